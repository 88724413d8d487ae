"""Which records refer to which, and which sites depend on them.

`SITES_OF` maps a model to a function from ids of its records to ids of sites, so that a write to
one refreshes the others; a row with an owner (`Record.owner`) counts as its owner.
`COLUMN_EFFECTS` says what follows from each column of a vocabulary, and `SITES_THAT_SHOW` whose
pages say what a term says. System checks (`system_checks`)
find a model that belongs to a site and is not covered, and a column that `COLUMN_EFFECTS` lacks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from enum import Flag, auto
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from heritage.models import (
    ComponentPoint,
    Coverage,
    Custodian,
    Designation,
    Era,
    Event,
    Identifier,
    IdentifierScheme,
    Identity,
    Image,
    Kind,
    Licence,
    Opening,
    Place,
    Price,
    Register,
    RegisterTerm,
    Site,
    Source,
    statements,
)
from heritage.models.base import Record
from heritage.models.unit_of_work import owner_model


def referring_columns(model: type[Model]) -> Iterator[tuple[type[Record], Any]]:
    """(model, column) of each foreign key and many-to-many relation of records to a model."""
    relation: Any  # of several types, without a common one
    for relation in model._meta.get_fields(include_hidden=True):
        other = relation.related_model if relation.auto_created else None
        if isinstance(other, type) and issubclass(other, Record):
            yield other, relation.field


def parents_first(models: Iterable[type[Record]]) -> list[type[Record]]:
    """The models, each after those that it refers to."""
    sorter: TopologicalSorter[type[Record]] = TopologicalSorter()
    models = list(models)
    for model in models:
        columns = (*model._meta.concrete_fields, *model._meta.many_to_many)
        targets = {column.related_model: None for column in columns}
        sorter.add(model, *(each for each in models if each in targets and each is not model))
    return list(sorter.static_order())


def _sites_with_events_in(era_ids: Iterable[int]) -> Iterable[int]:
    # What lies within a span depends on all eras: see denormalized.eras_of_site().
    ids = Era.objects.subtree_ids(era_ids)
    events = Event.objects.filter(Q(first_era__in=ids) | Q(last_era__isnull=False))
    return events.order_by().values_list("site_id", flat=True)


def _sites_in(place_ids: Iterable[int]) -> Iterable[int]:
    return Site.objects.in_places(Place.objects.subtree_ids(place_ids)).values_list("pk", flat=True)


def _sites_of(kind_ids: Iterable[int]) -> Iterable[int]:
    return Site.objects.of_kinds(Kind.objects.subtree_ids(kind_ids)).values_list("pk", flat=True)


def _sites_listed_in(register_ids: Iterable[int]) -> Iterable[int]:
    covered = Coverage.objects.filter(designation__register__in=register_ids)
    return covered.order_by().values_list("site_id", flat=True)


def _sites_under(designation_ids: Iterable[int]) -> Iterable[int]:
    """Sites under these entries, and under entries that these supersede: their pages name both."""
    under = ("designation", "designation__superseded_by")
    found = [Coverage.objects.filter(**{f"{by}__in": designation_ids}).order_by() for by in under]
    return {pk for covered in found for pk in covered.values_list("site_id", flat=True)}


def _sites_using(term_ids: Iterable[int]) -> Iterable[int]:
    """Sites under entries that a register's term describes."""
    # Two questions, since one with OR is planned badly where many rows have just been written.
    described = ("designation__category", "designation__world_heritage__criteria")
    found = [Coverage.objects.filter(**{f"{by}__in": term_ids}).order_by() for by in described]
    return {pk for covered in found for pk in covered.values_list("site_id", flat=True)}


def _sites_identified_by(scheme_ids: Iterable[int]) -> Iterable[int]:
    rows = Identifier.objects.filter(scheme__in=scheme_ids)
    return rows.order_by().values_list("site_id", flat=True)


SITES_OF: dict[type, Callable[[Iterable[int]], Iterable[int]]] = {
    Site: lambda ids: ids,
    Era: _sites_with_events_in,
    Place: _sites_in,
    Kind: _sites_of,
    Designation: _sites_under,
    Register: _sites_listed_in,
    RegisterTerm: _sites_using,
    IdentifierScheme: _sites_identified_by,
    Source: statements.sites_resting_on,
}


def _sites_citing(source_ids: Any) -> QuerySet[Any]:
    """Sites of which the text, the point, a row or an entry names one of these sources."""
    found = []
    for model, column in referring_columns(Source):
        owner = owner_model(model)
        if model.describes_sites and owner in (Site, Designation):
            path = "" if owner is model else f"{model.owner}__"
            path += "pk" if owner is Site else "coverages__site"
            rows = model.objects.filter(**{f"{column.name}__in": source_ids})
            found.append(rows.order_by().values_list(path, flat=True))
    first, *others = found
    return first.union(*others)


def _entries_described_by(term_ids: Iterable[int]) -> QuerySet[Any]:
    columns = ("category", "world_heritage__criteria", "world_heritage__regions")
    entries = [Designation.objects.filter(**{f"{name}__in": term_ids}) for name in columns]
    first, *others = (found.order_by().values("pk") for found in entries)
    return first.union(*others)


def _sites_with_licence(licence_ids: Iterable[int]) -> QuerySet[Any]:
    pictures = Image.objects.filter(licence__in=licence_ids).order_by()
    sources = Source.objects.filter(licence__in=licence_ids).order_by().values("pk")
    return pictures.values_list("site", flat=True).union(_sites_citing(sources))


# By vocabulary, the sites whose pages or data say what a term says, by ids of terms.
SITES_THAT_SHOW: dict[type, Callable[[Iterable[int]], Any]] = {
    Kind: lambda ids: Site.kinds.through.objects.filter(kind__in=ids).values("site"),
    Place: _sites_in,
    Era: lambda ids: Event.objects.filter(Q(first_era__in=ids) | Q(last_era__in=ids)).values(
        "site"
    ),
    Register: _sites_listed_in,
    RegisterTerm: lambda ids: Coverage.objects.filter(
        designation__in=_entries_described_by(ids)
    ).values("site"),
    IdentifierScheme: _sites_identified_by,
    Source: _sites_citing,
    Licence: _sites_with_licence,
    Custodian: lambda ids: Site.objects.filter(custodian__in=ids).values("pk"),
}


class ColumnEffect(Flag):
    """What follows from a column of a term for the sites under it."""

    NOTHING = 0  # and no page of a site says it
    WORDS = auto()  # the words by which they are found
    VALUES = auto()  # other columns of theirs, and what the index holds of them
    DERIVED = WORDS | VALUES
    SHOWN = auto()  # the page or the data of a site says it: it is dated anew
    ALL = DERIVED | SHOWN


def _nothing(*columns: str) -> dict[str, ColumnEffect]:
    return dict.fromkeys(columns, ColumnEffect.NOTHING)


def _shown(*columns: str) -> dict[str, ColumnEffect]:
    return dict.fromkeys(columns, ColumnEffect.SHOWN)


_SHOWN_WORDS = ColumnEffect.WORDS | ColumnEffect.SHOWN
_TERM = _nothing("uid") | {
    "slug": ColumnEffect.SHOWN,
    "label": _SHOWN_WORDS,
    "other_names": ColumnEffect.WORDS,
    "parent": ColumnEffect.DERIVED,
}
# What decides how closely readers see where a site lies: these columns, or all of a model.
_OF_BLUR: dict[type[Record], set[str] | None] = {
    Site: {"blur_km", "kinds", "custodian"},
    Kind: {"blur_km", "parent"},
    Coverage: None,
    Designation: None,
    Opening: None,
    Price: None,
}
# Whoever keeps these vocabularies, or pages that show them, must hear of every change, whichever
# site uses them.
COLUMN_EFFECTS: dict[type[Record], dict[str, ColumnEffect]] = {
    Kind: _TERM
    | {"blur_km": ColumnEffect.VALUES}
    | _nothing("order")
    | _shown("description", "scene", "aat"),
    # The code tells whether Chinese is spoken there.
    Place: _TERM
    | {"code": _SHOWN_WORDS, "parent": ColumnEffect.ALL}
    | dict.fromkeys(("latitude", "longitude", "radius_km"), ColumnEffect.VALUES)
    | _shown("level", "note")
    | _nothing("centre_source", "description", "description_source"),
    Era: _TERM
    | {"short_label": _SHOWN_WORDS, "span": ColumnEffect.VALUES | ColumnEffect.SHOWN}
    | dict.fromkeys(("region", "region_name", "territory"), ColumnEffect.VALUES)
    | _nothing(
        "territory_source",
        "certainty",
        "periodo",
        "source",
        "palette",
        "description",
        "description_source",
    ),
    Register: {"role": ColumnEffect.VALUES | ColumnEffect.SHOWN}
    | _shown("slug", "label", "description", "short_label", "authority", "uri_template")
    | _nothing("uid", "other_names", "country", "rank", "edition", "edition_note"),
    RegisterTerm: _nothing("uid", "register", "facet", "other_names", "order")
    | _shown("code", "label"),
    IdentifierScheme: {"slug": _SHOWN_WORDS}
    | _nothing("uid", "pattern")
    | _shown("label", "uri_template"),
    # The kind tells whether what rests on it is checked.
    Source: {"kind": ColumnEffect.VALUES | ColumnEffect.SHOWN}
    | _nothing("uid")
    | _shown("citation", "url", "seen_on", "licence"),
    Licence: _nothing("uid", "code") | _shown("label", "url"),
    Custodian: _nothing("uid") | _shown("name", "url"),
    Identity: _nothing("uid", "name", "tagline", "about", "privacy", "email")
    | _nothing("logo", "width", "height", "sha256", "map_number"),
}


def is_vocabulary(model: type[Model]) -> bool:
    """Whether records of a model are terms that others are described with."""
    return model in COLUMN_EFFECTS


def effect_of(model: type[Record], columns: Iterable[str]) -> ColumnEffect:
    """What follows for sites from these columns of a model; all of it, if it is no vocabulary."""
    if model not in COLUMN_EFFECTS:
        return ColumnEffect.ALL
    found = ColumnEffect.NOTHING
    for name in columns:
        found |= COLUMN_EFFECTS[model][name]
    return found


def count_sites(ids: Iterable[int]) -> int:
    """How many there are of these ids, which may be a queryset of them."""
    if isinstance(ids, QuerySet):
        return ids.distinct().count()  # quicker than to read very many
    return len(set(ids))


class DependentSites(NamedTuple):
    """The ids of sites of which something follows from what was written."""

    refreshed: set[int]  # whose derived columns may be out of date
    entered: set[int]  # those of them of which the index or a page shows something else


def sites_of(
    changed: Mapping[Any, set[int]],
    written: Mapping[Any, set[str]],
    most: int = 0,
    new: Set[int] = frozenset(),
) -> tuple[DependentSites, dict[type[Record], int]]:
    """The sites that depend on written records, given by model with the columns written.

    Where more than `most` (0: however many) follow from terms, and were not written themselves,
    they are left out, and their number is given by the model of the terms. `new` are new sites.
    """
    found, left_out = DependentSites(set(), set()), {}
    of_site = changed.get(Site, set())
    for model, ids in changed.items():
        effect = effect_of(model, written[model])
        if not (ids and effect & ColumnEffect.DERIVED and model in SITES_OF):
            continue
        following = SITES_OF[model](ids)
        may_be_left = bool(most) and model in COLUMN_EFFECTS
        if may_be_left and not of_site and isinstance(following, QuerySet):
            count = count_sites(following)
        else:
            following = set(following)
            count = len(following - of_site) if may_be_left else 0
        if count > most:
            left_out[model] = count
            continue
        sites = set(following)
        found.refreshed.update(sites)
        if ColumnEffect.VALUES in effect:
            found.entered.update(sites)
    # A new site that is a part of a property was made one with it: then the property is entered.
    if may_blur(written) and (may_be_parts := found.entered - new):
        found.entered.update(wholes_of_parts(may_be_parts))
    return found, left_out


def may_blur(written: Mapping[Any, set[str]]) -> bool:
    """Whether these columns, by model, are among those that decide how closely sites are shown."""
    return any(
        columns is None or not columns.isdisjoint(written[model])
        for model, columns in _OF_BLUR.items()
        if model in written
    )


def wholes_of_parts(site_ids: set[int]) -> set[int]:
    """The properties with a component point that is that of one of these sites."""
    points = ComponentPoint.objects.filter(site__isnull=False).order_by()
    covered = points.filter(designation__coverages__extent=Coverage.Extent.WHOLE)
    pairs = covered.values_list("site_id", "designation__coverages__site_id")
    return {whole for part, whole in pairs if part in site_ids}
