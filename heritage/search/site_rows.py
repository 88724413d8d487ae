"""The rows that a site's page is made of, read for one site.

They lie in a dozen tables, and most sites have rows in a few: one question tells in which, and the
others are not asked. The SQL of each question is put together once, as that takes Django several
times as long as the database takes to answer. Terms come from the vocabularies in memory.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from heritage.models import (
    Coverage,
    Custodian,
    Designation,
    DesignationEvent,
    Event,
    Identifier,
    Image,
    Kind,
    Name,
    Notice,
    Opening,
    PartOf,
    Place,
    Price,
    SchemeTerm,
    Site,
    Source,
    VisitingFact,
    WorldHeritage,
)
from heritage.models.visiting import falls_within
from heritage.models.vocabularies import Term
from heritage.search.rows_by_key import rows_by_key
from heritage.search.vocabulary import TermTree, Vocabulary


@dataclass(slots=True)
class Property:
    """The World Heritage columns of a designation."""

    detail: WorldHeritage
    criteria: list[SchemeTerm]
    regions: list[SchemeTerm]
    states: list[Place]


@dataclass(slots=True)
class SiteRows:
    """A site with its rows, each list in the order of its model; of what readers do not see none.

    What the rows refer to is loaded. A hidden site may have rows: editors see its page.
    """

    site: Site
    kinds: list[Kind] = field(default_factory=list)
    also_in: list[Place] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    coverages: list[Coverage] = field(default_factory=list)
    part_of: list[PartOf] = field(default_factory=list)
    parts: list[PartOf] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    visitingfacts: list[VisitingFact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    # By the primary key of the entry that a coverage refers to.
    properties: dict[int, Property] = field(default_factory=dict)
    entry_events: dict[int, list[DesignationEvent]] = field(default_factory=dict)
    shares_entries: bool = False  # whether an entry covers other sites too

    def criteria_of(self, coverage: Coverage) -> list[SchemeTerm]:
        """Those of the property that a coverage refers to."""
        listed = self.properties.get(coverage.designation_id)
        return listed.criteria if listed else []

    @property
    def places(self) -> list[Place]:
        """The places of the site, the primary one first."""
        return [place for place in (self.site.place, *self.also_in) if place]


def published_site(slug: str) -> Site | None:
    """The row of the site alone."""
    return next(iter(_rows("published_site", slug)), None)


def read(site: Site, known: Vocabulary) -> SiteRows:
    """Everything that the page of a site shows.

    The rows may be newer than the vocabularies: what names a term that is not in these is left out.
    """
    found: dict[str, Any] = {name: _rows(name, site.pk) for name in _present(site.pk)}
    cited_by_site = {row.source_id for row in found.pop("sources", ())}
    today = timezone.localdate()
    rows = SiteRows(
        site,
        kinds=_terms(known.kinds, (row.kind_id for row in found.pop("kinds", ()))),
        also_in=_terms(known.places, (row.place_id for row in found.pop("also_in", ()))),
        notices=[
            row for row in found.pop("notices", ()) if falls_within(today, row.begins, row.ends)
        ],
        **found,
    )
    site.place, site.public_images = known.places.get(site.place_id), rows.images
    schemes = known.identifier_schemes
    rows.identifiers = [row for row in rows.identifiers if row.scheme_id in schemes]
    for row in rows.identifiers:
        row.scheme = schemes[row.scheme_id]
    for event in rows.events:
        event.first_era = known.eras.get(event.first_era_id)
        event.last_era = known.eras.get(event.last_era_id)
    _add_sites(rows)
    entries = _add_entries(rows, known)
    _add_sources(rows, entries, cited_by_site, known)
    if site.custodian_id:
        site.custodian = _by_pk(Custodian, [site.custodian_id])[site.custodian_id]
    return rows


def links(ids: Iterable[int]) -> dict[int, Site]:
    """Published sites by primary key, with what a link to them says and where they lie."""
    columns = ("id", "state", "uid", "slug", "name", "public_latitude", "public_longitude")
    found = rows_by_key(Site, "id", ids, columns)
    return {site.pk: site for site in found if site.state == Site.State.PUBLISHED}


def _add_sites(rows: SiteRows) -> None:
    for coverage in rows.coverages:
        coverage.site = rows.site
    ids = [*(row.whole_id for row in rows.part_of), *(row.part_id for row in rows.parts)]
    others = _by_pk(Site, ids)
    for row in rows.part_of:
        row.whole = others[row.whole_id]
    for row in rows.parts:
        row.part = others[row.part_id]


def _add_entries(rows: SiteRows, known: Vocabulary) -> list[Designation]:
    """The entries of registers that cover the site, with what stands in tables of their own."""
    if not rows.coverages:
        return []
    pk = rows.site.pk
    entries = {
        entry.pk: entry for entry in _rows("entries", pk) if entry.scheme_id in known.schemes
    }
    others = _by_pk(Designation, (entry.superseded_by_id for entry in entries.values()))
    newer = {pk: entry for pk, entry in others.items() if entry.scheme_id in known.schemes}
    for entry in entries.values():
        entry.category = known.terms.get(entry.category_id or 0)
        entry.superseded_by = newer.get(entry.superseded_by_id)
    for entry in (*entries.values(), *newer.values()):
        entry.scheme = known.schemes[entry.scheme_id]
    rows.coverages = [row for row in rows.coverages if row.designation_id in entries]
    for coverage in rows.coverages:
        coverage.designation = entries[coverage.designation_id]
    rows.shares_entries = bool(_rows("other_coverages", pk))
    for event in _rows("entry_events", pk):
        rows.entry_events.setdefault(event.designation_id, []).append(event)
    for detail in _rows("properties", pk):
        criteria, regions, states = (
            _rows(name, detail.pk) for name in ("criteria", "regions", "states")
        )
        rows.properties[detail.designation_id] = Property(
            detail,
            criteria=_words(known, (row.schemeterm_id for row in criteria)),
            regions=_words(known, (row.schemeterm_id for row in regions)),
            states=_terms(known.places, (row.place_id for row in states)),
        )
    return list(entries.values())


def _add_sources(
    rows: SiteRows, entries: list[Designation], own: set[int], known: Vocabulary
) -> None:
    """What all of it rests on, in one question; `own` are those of the site as a whole."""
    site = rows.site
    checked: list[Any] = [*rows.openings, *rows.prices, *rows.visitingfacts]
    cited: list[Any] = [*rows.names, *rows.events, *rows.coverages, *rows.notices]
    cited += [*checked, *entries]
    ids = {row.source_id for row in cited} | {row.second_source_id for row in checked}
    found = _by_pk(Source, ids | own | {site.point_source_id})
    rows.sources = sorted((found[pk] for pk in own), key=lambda source: source.uid)
    for row in cited:
        row.source = found.get(row.source_id)
    for row in checked:
        row.second_source = found.get(row.second_source_id)
    if site.point_source_id:
        site.point_source = found[site.point_source_id]
    licensed: list[Any] = [*found.values(), *rows.images]
    for row in licensed:
        row.licence = known.licences.get(row.licence_id)


def _terms[T: Term](tree: TermTree[T], ids: Iterable[int]) -> list[T]:
    return [tree.terms[pk] for pk in sorted(tree.terms.keys() & ids, key=tree.order.__getitem__)]


def _words(known: Vocabulary, ids: Iterable[int]) -> list[SchemeTerm]:
    """Terms that one register uses for one thing."""
    found = (known.terms[pk] for pk in known.terms.keys() & ids)
    return sorted(found, key=lambda term: (term.order, term.code))


# --- statements ------------------------------------------------------------------------------

_GIVEN = "-7"  # stands for what a row is looked up by, until it is known
_PARTS = {"part__state": Site.State.PUBLISHED, "whole__state": Site.State.PUBLISHED}

# What is read of each relation that the page shows, by the primary key of the site.
_RELATIONS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "kinds": lambda pk: Site.kinds.through.objects.filter(site=pk),
    "also_in": lambda pk: Site.also_in.through.objects.filter(site=pk),
    "sources": lambda pk: Site.sources.through.objects.filter(site=pk),
    "identifiers": lambda pk: Identifier.objects.filter(site=pk),
    "names": lambda pk: Name.objects.filter(site=pk),
    "events": lambda pk: Event.objects.filter(site=pk),
    "coverages": lambda pk: Coverage.objects.filter(site=pk),
    "part_of": lambda pk: PartOf.objects.filter(part=pk, **_PARTS),
    "parts": lambda pk: PartOf.objects.filter(whole=pk, **_PARTS),
    # Not of published sites alone: editors see a preview.
    "images": lambda pk: Image.objects.filter(site=pk, published=True),
    "openings": lambda pk: Opening.objects.shown().filter(site=pk),
    "prices": lambda pk: Price.objects.shown().filter(site=pk),
    "visitingfacts": lambda pk: VisitingFact.objects.shown().filter(site=pk),
    "notices": lambda pk: Notice.objects.filter(site=pk),
}
_OTHERS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "published_site": lambda slug: Site.objects.published().filter(slug=slug),
    "entries": lambda pk: Designation.objects.filter(coverages__site=pk).order_by(),
    "entry_events": lambda pk: DesignationEvent.objects.filter(designation__coverages__site=pk),
    "other_coverages": lambda pk: (
        Coverage.objects.filter(designation__coverages__site=pk).exclude(site=pk).order_by()[:1]
    ),
    "properties": lambda pk: WorldHeritage.objects.filter(designation__coverages__site=pk),
    # By the primary key of the property.
    "criteria": lambda pk: WorldHeritage.criteria.through.objects.filter(worldheritage=pk),
    "regions": lambda pk: WorldHeritage.regions.through.objects.filter(worldheritage=pk),
    "states": lambda pk: WorldHeritage.states.through.objects.filter(worldheritage=pk),
}


def _rows(name: str, given: int | str) -> list[Any]:
    model, sql, parameters = _statement(name)
    return list(model._default_manager.raw(sql, _filled(parameters, given)))


def _by_pk[T: Model](model: type[T], ids: Iterable[int | None]) -> dict[int, T]:
    rows = rows_by_key(model, "id", {pk for pk in ids if pk is not None})
    return {row.pk: row for row in rows}


def _present(site_id: int) -> list[str]:
    """The names of the relations in which the site has rows."""
    sql, parameters = _is_there()
    with connection.cursor() as cursor:
        cursor.execute(sql, _filled(parameters, site_id))
        (found,) = cursor.fetchall()
    return [name for name, is_there in zip(_RELATIONS, found, strict=True) if is_there]


def _filled(parameters: Iterable[Any], given: int | str) -> list[Any]:
    return [given if str(value) == _GIVEN else value for value in parameters]


@cache
def _statement(name: str) -> tuple[type[Model], str, tuple[Any, ...]]:
    rows = (_RELATIONS | _OTHERS)[name](_GIVEN)
    return rows.model, *rows.query.sql_with_params()


@cache
def _is_there() -> tuple[str, tuple[Any, ...]]:
    tables = [Exists(rows(OuterRef("pk")).order_by()) for rows in _RELATIONS.values()]
    found = Site.objects.order_by().filter(pk=_GIVEN).values_list(*tables)
    return found.query.sql_with_params()
