"""Which records refer to which, and which sites depend on them.

`SITES_OF` maps a model to a function from ids of its records to ids of sites, so that a write to
one refreshes the others; a row with an owner (`Record.owner`) counts as its owner.
`COLUMN_EFFECTS` says what follows from each column of a vocabulary, and `SITES_THAT_SHOW` whose
pages say what a term says. System checks (`system_checks`)
find a model that belongs to a site and is not covered, and a column that `COLUMN_EFFECTS` lacks.

`read_sites()` reads the rows that the derived columns of sites follow from, for many sites at once.
Among it is how closely the public is shown sites that nobody guards: `Kind.blur_km` is the rule of
a kind and of all narrower kinds without one of their own. A site is guarded if it is World
Heritage, has a custodian, or opening hours or prices. `Site.blur_km` of the record goes before any
rule.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Flag, auto
from graphlib import TopologicalSorter
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

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
    Name,
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
from heritage.models.designations import IN_FORCE
from heritage.models.row_values import rows_by_ids
from heritage.models.tracked import TrackedModel
from heritage.models.unit_of_work import owner_model
from heritage.values.language import LanguageMap, LazyText


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
    """Sites under these entries, and under entries that these supersede, since their pages name
    both."""
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
    """Sites whose text, point, rows or entries name one of these sources."""
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


def effect_of(model: type[TrackedModel], columns: Iterable[str]) -> ColumnEffect:
    """What follows for sites from these columns of a model; all of it, if it is no vocabulary."""
    if model not in COLUMN_EFFECTS:
        return ColumnEffect.ALL
    found = ColumnEffect.NOTHING
    for name in columns:
        found |= COLUMN_EFFECTS[model][name]
    return found


def count_sites(ids: Iterable[int]) -> int:
    """The number of different ids; `ids` may be a queryset."""
    if isinstance(ids, QuerySet):
        return ids.distinct().count()  # quicker than to read very many
    return len(set(ids))


class DependentSites(NamedTuple):
    """The ids of sites for which something follows from a write."""

    refreshed: set[int]  # whose derived columns may be out of date
    entered: set[int]  # those of them of which the index or a page shows something else


def sites_of(
    changed: Mapping[Any, set[int]],
    written: Mapping[Any, set[str]],
    most: int = 0,
    new: Set[int] = frozenset(),
) -> tuple[DependentSites, dict[type[Record], int]]:
    """The sites that depend on written records, given by model with the columns written.

    If more than `most` sites (0: no limit) depend on terms and were not written themselves, they
    are left out, and their number is returned by the model of the terms. `new` are new sites.
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
    """The sites of properties that have one of these sites as a component point."""
    points = ComponentPoint.objects.filter(site__isnull=False).order_by()
    covered = points.filter(designation__coverages__extent=Coverage.Extent.WHOLE)
    pairs = covered.values_list("site_id", "designation__coverages__site_id")
    return {whole for part, whole in pairs if part in site_ids}


# --- the rows that derived columns follow from -------------------------------------------------


class CoveringEntry(NamedTuple):
    """A register's entry that covers a site, and what the coverage says of it."""

    reference: str
    name: LanguageMap
    standing: str
    year: int | None
    role: str
    component_reference: str
    note: LanguageMap

    @property
    def is_world_heritage(self) -> bool:
        return self.role == Register.Role.WORLD_HERITAGE and self.standing in IN_FORCE


@dataclass(slots=True)
class SiteWithRows:
    """A site with the rows that belong to it, each in its own order; terms as ids."""

    site: Site
    names: list[tuple[str, str]] = field(default_factory=list)  # language and text
    kinds: list[int] = field(default_factory=list)
    also_in: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    entries: list[CoveringEntry] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)  # such as “wikidata Q181623”
    unchecked: int = 0  # statements, where they were counted


def read_sites(
    ids: Iterable[int],
    written: Mapping[Any, Set[str]] | None = None,
    *,
    are_counted: bool = False,
) -> list[SiteWithRows]:
    """These sites with their rows. Most rows are read as plain columns, which takes half the time.

    With `written` (columns by model), the sites are new, and only rows of these models are read.
    `are_counted`: their unchecked statements are counted, too.
    """
    found = {site.pk: SiteWithRows(site) for site in Site.objects.filter(pk__in=ids).order_by()}
    for pk, part, number, _order, language_or_scheme, text in _short_rows(
        list(found), written, are_counted
    ):
        of_site = found[pk]
        match part:
            case "names":
                of_site.names.append((language_or_scheme, text))
            case "identifiers":
                of_site.identifiers.append(f"{language_or_scheme} {text}")
            case "kinds":
                of_site.kinds.append(number)
            case "also_in":
                of_site.also_in.append(number)
            case "unchecked":
                of_site.unchecked += 1
    # Not by their years, which follow from eras and are refreshed: the text would depend on them.
    if written is None or Event in written:
        for event in Event.objects.filter(site__in=list(found)).order_by("uid"):
            found[event.site_id].events.append(event)
    if written is None or Coverage in written:
        read_entries(found.values())
    return list(found.values())


def _short_rows(
    ids: list[int], written: Mapping[Any, Set[str]] | None, are_counted: bool
) -> list[tuple]:
    """Rows of several tables in one statement: site, part, number and three texts, sorted by them.

    The order depends on no column of related rows, as the text would then depend on it.
    """
    are_named = written is None or not written.keys().isdisjoint((Name, Identifier))
    are_linked = written is None or not written[Site].isdisjoint(("kinds", "also_in"))
    if not (are_named or are_linked or are_counted):
        return []
    return sorted(rows_by_ids(_select_short_rows, ids, are_named, are_linked, are_counted))


def _select_short_rows(
    ids: Sequence[int], are_named: bool, are_linked: bool, are_counted: bool
) -> QuerySet[Any, tuple]:
    parts: list[QuerySet[Any]] = []

    def add(rows: QuerySet[Any], part: str, number: Any, *texts: Any) -> None:
        parts.append(rows.order_by().values_list("site_id", Value(part), number, *texts))

    zero, no_text = Value(0), Value("")
    if are_named:
        names, identifiers = (model.objects.filter(site__in=ids) for model in (Name, Identifier))
        add(names, "names", zero, "kind", "language", "text")
        add(identifiers, "identifiers", zero, "uid", "scheme__slug", "value")
    if are_linked:
        for relation, key in ((Site.kinds, "kind_id"), (Site.also_in, "place_id")):
            links = relation.through.objects.filter(site__in=ids)
            add(links, relation.field.name, key, no_text, no_text, no_text)
    if are_counted:
        for rows in statements.unchecked(ids):
            texts = (Value("unchecked"), zero, no_text, no_text, no_text)
            parts.append(rows.values_list("of_site", *texts))
    first, *others = parts
    return first.union(*others, all=True).order_by()


def read_entries(sites: Iterable[SiteWithRows]) -> None:
    """Read, or read again, what entries cover these sites."""
    found = {each.site.pk: each for each in sites}
    for each in found.values():
        each.entries = []
    entry = ("reference", "name", "standing", "listed_year", "register__role")
    columns = (*(f"designation__{name}" for name in entry), "component_reference", "note")
    rows = Coverage.objects.filter(site__in=list(found)).order_by("uid")
    for pk, *values in rows.values_list("site_id", *columns):
        found[pk].entries.append(CoveringEntry(*values))


def sites_to_create(
    rows: Mapping[type, Iterable[Any]], links: Iterable[tuple[Any, str, list[int]]]
) -> list[SiteWithRows]:
    """New sites with their rows, before any of them is stored: by model, and `links` as (row, name
    of a relation, ids). Their rows are in the order in which `read_sites()` will have them."""
    found = {id(site): SiteWithRows(site) for site in rows.get(Site, ())}

    def of_new(model: type, *order: str) -> Iterator[tuple[SiteWithRows, Any]]:
        for row in sorted(rows.get(model, ()), key=attrgetter(*order)):
            if row.site_id is None:
                yield found[id(row.site)], row

    for of_site, name in of_new(Name, "kind", "language", "text"):
        of_site.names.append((name.language, name.text))
    for row, relation, ids in links:
        if id(row) in found and relation in ("kinds", "also_in"):
            getattr(found[id(row)], relation).extend(sorted(ids))
    for of_site, event in of_new(Event, "uid"):
        of_site.events.append(event)
    for of_site, row in of_new(Coverage, "uid"):
        entry = row.designation
        standing, year, role = entry.standing, entry.listed_year, entry.register.role
        of_site.entries.append(
            CoveringEntry(
                *(entry.reference, entry.name, standing, year, role),
                *(row.component_reference, row.note),
            )
        )
    for of_site, row in of_new(Identifier, "uid"):
        of_site.identifiers.append(f"{row.scheme.slug} {row.value}")
    return list(found.values())


class Terms:
    """Kinds, places and eras by id, with all their broader terms."""

    def __init__(self, kinds: Iterable[Kind], places: Iterable[Place], eras: Iterable[Era]) -> None:
        self.kinds, self.places = _with_broader(kinds), _with_broader(places)
        self.eras = _with_broader(eras)
        self._spoken: dict[int, bool] = {}
        self._names: dict[tuple[str, int], tuple[str, ...]] = {}

    @classmethod
    def of_sites(cls, sites: list[SiteWithRows], known: "Terms | None" = None) -> "Terms":
        """The terms that sites refer to, with their broader terms; those in `known` are not read
        again."""
        known = known or cls((), (), ())
        kinds = {pk for each in sites for pk in each.kinds} - known.kinds.keys()
        places = {pk for each in sites for pk in (each.site.place_id, *each.also_in) if pk}
        places -= known.places.keys()
        events = [event for each in sites for event in each.events]
        eras = {pk for event in events for pk in (event.first_era_id, event.last_era_id) if pk}
        eras -= known.eras.keys()
        if not (kinds or places or eras):
            return known
        new_kinds = Kind.objects.filter(pk__in=kinds).select_related("parent__parent")
        new_places = Place.objects.filter(pk__in=places)
        new_places = new_places.select_related("parent__parent__parent")
        new_eras = Era.objects.filter(pk__in=eras).select_related("parent__parent")
        return cls(
            [*known.kinds.values(), *new_kinds],
            [*known.places.values(), *new_places],
            [*known.eras.values(), *new_eras],
        )

    def places_of(self, rows: SiteWithRows) -> set[int]:
        """All places that a site lies in, up to its countries."""
        places = (rows.site.place_id, *rows.also_in)
        return {place.pk for pk in places for place in term_and_broader(self.places, pk)}

    def names(self, which: str, pk: int | None) -> tuple[str, ...]:
        """All names of a term of `kinds`, `places` or `eras`, and of its broader terms."""
        if pk is None:
            return ()
        if (which, pk) not in self._names:
            line = term_and_broader(getattr(self, which), pk)
            self._names[which, pk] = tuple([name for term in line for name in term.names()])
        return self._names[which, pk]

    def is_chinese_spoken(self, place_id: int | None) -> bool:
        """Whether places of the country have Chinese names, as far as is known; people then also
        type pinyin."""
        if place_id is None:
            return True
        if place_id not in self._spoken:
            places = list(term_and_broader(self.places, place_id))
            self._spoken[place_id] = not places or places[-1].has_chinese_names()
        return self._spoken[place_id]


def _with_broader[T: (Kind, Place, Era)](terms: Iterable[T]) -> dict[int, T]:
    """Terms by id, with all their broader terms."""
    found: dict[int, T] = {term.pk: term for term in terms}
    todo = list(found.values())
    while todo:
        term = todo.pop()
        if term.parent_id is not None and term.parent_id not in found:
            broader: Any = term.parent  # of the same model
            found[term.parent_id] = broader
            todo.append(broader)
    return found


def term_and_broader[T: (Kind, Place, Era)](terms: dict[int, T], pk: int | None) -> list[T]:
    """A term and its broader terms, the narrowest first."""
    found: dict[int, T] = {}  # by id: to compare rows takes ten times as long
    while pk is not None and pk in terms and pk not in found:
        found[pk] = terms[pk]
        pk = terms[pk].parent_id
    return list(found.values())


# --- rules of kinds, by which sites are blurred ----------------------------------------------

_VISITED = (Opening, Price)


class BlurRules:
    """The rules for some sites, of which all rows have been read."""

    def __init__(self, sites: Iterable[SiteWithRows], terms: Terms):
        self._terms = terms
        ruled = [each.site.pk for each in sites if self._km(each.kinds)]
        self._visited: set[int] = set()
        for model in _VISITED if ruled else ():
            rows = model.objects.filter(site__in=ruled).order_by()
            self._visited.update(rows.values_list("site_id", flat=True))

    def of_site(self, rows: SiteWithRows) -> int:
        """The blur of a site in km: the widest of its kinds; 0 if it is guarded or has no rule."""
        site = rows.site
        is_guarded = (
            site.inscribed_year is not None
            or site.custodian_id is not None
            or site.pk in self._visited
        )
        return 0 if is_guarded else self._km(rows.kinds)

    def _km(self, kinds: Iterable[int]) -> int:
        return max((self._rule(pk) for pk in kinds), default=0)

    def _rule(self, kind_id: int) -> int:
        kind = ruling(term_and_broader(self._terms.kinds, kind_id))
        return (kind.blur_km or 0) if kind else 0


def ruling(line: Iterable[Kind]) -> Kind | None:
    """The first kind with a rule among a kind and its broader ones, narrowest first; None without
    one."""
    return next((kind for kind in line if kind.blur_km is not None), None)


@dataclass(frozen=True, slots=True)
class RuleOfSite:
    """The rule of the kinds of a stored site, and who guards the site; for a guarded site it does
    not apply."""

    kind: Kind
    km: int
    guards: list[LazyText]


def blur_rule_of(site: Site) -> RuleOfSite | None:
    """The rule for a stored site; None if no rule blurs it."""
    if not Kind.objects.filter(blur_km__gt=0).exists():
        return None
    found = []
    for kind in site.kinds.all():
        if rule := ruling((kind, *reversed(kind.ancestors()))):
            found.append((rule.blur_km or 0, rule))
    widest = max(found, key=lambda each: each[0], default=None)
    if widest is None or not widest[0]:
        return None
    return RuleOfSite(widest[1], widest[0], list(_guards(site)))


def _guards(site: Site) -> Iterator[LazyText]:
    if site.inscribed_year is not None:
        yield _("World Heritage")
    if site.custodian_id is not None:
        yield _("custodian")
    if any(model.objects.filter(site=site).exists() for model in _VISITED):
        yield _("opening hours or prices")
