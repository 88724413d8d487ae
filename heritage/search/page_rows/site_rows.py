"""The rows that a site's page is made of, read for one site.

They are in a dozen tables, but most sites have rows in only a few of them: one query finds these
and the related ids. Other tables are not read. Terms come from the vocabularies in memory.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from heritage.models import (
    Change,
    ComponentPoint,
    Coverage,
    Custodian,
    Designation,
    DesignationEvent,
    Disagreement,
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
    Quantity,
    RegisterTerm,
    Site,
    Source,
    SourcedSentence,
    Term,
    VisitingFact,
    WorldHeritage,
    age_events,
    falls_within,
    first_beginning,
    standing_of,
)
from heritage.search.index.snapshot import TermTree, Vocabulary
from heritage.search.page_rows.day_rows import VisitRows
from heritage.search.page_rows.past import Past
from heritage.search.page_rows.plain_sql import (
    add_renditions,
    rows_by_key,
    rows_of_tables,
    rows_with,
    sort_by_relations,
    sources_by_id,
)
from heritage.search.page_rows.site_tables import LINKS, RELATIONS
from heritage.search.store import read_connection


@dataclass(slots=True)
class PropertyRows:
    """The World Heritage columns of a designation."""

    detail: WorldHeritage
    criteria: list[RegisterTerm]
    regions: list[RegisterTerm]
    states: list[Place]


@dataclass
class SiteRows:
    """A site with those of its rows that readers may see, each list in the order of its model.

    What the rows refer to is loaded. The site itself may be hidden: editors see its page.
    """

    site: Site
    kinds: list[Kind] = field(default_factory=list)
    also_in: list[Place] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    sentences: list[SourcedSentence] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    coverages: list[Coverage] = field(default_factory=list)
    part_of: list[PartOf] = field(default_factory=list)
    parts: list[PartOf] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    visitingfacts: list[VisitingFact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    district_source: Source | None = None  # of the centre of the district, where it has no point
    # By the primary key of the entry that a coverage refers to.
    properties: dict[int, PropertyRows] = field(default_factory=dict)
    entry_events: dict[int, list[DesignationEvent]] = field(default_factory=dict)
    change_number: int | None = None  # of the change set that wrote it or an entry of it last
    shares_entries: bool = False  # whether an entry covers other sites too, or may
    related_site_ids: tuple[int, ...] = ()  # see `related_site_ids()`; as of before its rows

    def criteria_of(self, coverage: Coverage) -> list[RegisterTerm]:
        """The criteria of the World Heritage entry that a coverage refers to."""
        listed = self.properties.get(coverage.designation_id)
        return listed.criteria if listed else []

    @cached_property
    def beginning(self) -> Event | None:
        """The first beginning of the site or, without any, its first event."""
        return first_beginning(self.events)

    @cached_property
    def age(self) -> list[Event]:
        """The events that date the fabric that stands or, without such, what lies in the ground."""
        return age_events(self.events)

    @property
    def visit(self) -> VisitRows:
        closures = [notice for notice in self.notices if notice.is_closed]
        return VisitRows(closures, self.openings, self.prices, self.visitingfacts)

    @property
    def places(self) -> list[Place]:
        """The places of the site, the primary one first."""
        return [place for place in (self.site.place, *self.also_in) if place]


_PART, _COVERAGE = PartOf._meta.db_table, Coverage._meta.db_table
MOST_RELATED = 301  # sites: a page with so many is not compared with each of them
# The ids of sites that a site has to do with, in SQL.
_RELATED_SITES = (
    f"WITH me (pk) AS (SELECT %s), entry (pk) AS "  # noqa: S608 - our names
    f"(SELECT designation_id FROM {_COVERAGE} JOIN me ON site_id = me.pk) "
    f"SELECT part_id FROM {_PART} JOIN me ON whole_id = me.pk "
    f"UNION SELECT whole_id FROM {_PART} JOIN me ON part_id = me.pk "
    f"UNION SELECT site_id FROM {_COVERAGE} WHERE designation_id IN (SELECT pk FROM entry) "
    f"UNION SELECT site_id FROM {ComponentPoint._meta.db_table} "
    "WHERE site_id IS NOT NULL AND designation_id IN (SELECT pk FROM entry) "
    f"ORDER BY 1 LIMIT {MOST_RELATED}"
)
# In SQL: the ids of each of `LINKS`, 1 for each of `RELATIONS` in which a site has rows, 1 if an
# entry of the site covers another one.
_OF_SITE = {
    name: f"SELECT {column} FROM {through._meta.db_table} WHERE site_id = %s"  # noqa: S608 - our names
    for name, (through, column) in LINKS.items()
}
_OF_SITE |= {
    name: f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE {column} = %s)"  # noqa: S608 - our names
    for name, (model, column) in RELATIONS.items()
}
_OF_SITE["shares_entries"] = (
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {Coverage._meta.db_table} own "  # noqa: S608 - our names
    f"JOIN {Coverage._meta.db_table} other USING (designation_id) "
    "WHERE own.site_id = %s AND other.site_id <> own.site_id)"
)
# The number of the change set that wrote a record last, in SQL.
_LAST_CHANGE = (
    f"SELECT change_set_id FROM {Change._meta.db_table} WHERE owner_model_id = "  # noqa: S608 - our names
    f"(SELECT id FROM {ContentType._meta.db_table} WHERE app_label = 'heritage' AND model = '%s') "
    "AND owner_id = %s ORDER BY id DESC LIMIT 1"
)
# Of a site or of an entry that covers it.
_OF_SITE["change_number"] = (
    f"WITH me (pk) AS (SELECT %s) SELECT MAX(number) FROM ("  # noqa: S608 - our names
    f"SELECT ({_LAST_CHANGE % ('site', 'me.pk')}) AS number FROM me UNION ALL "
    f"SELECT ({_LAST_CHANGE % ('designation', 'covered.designation_id')}) "
    f"FROM {Coverage._meta.db_table} covered JOIN me ON covered.site_id = me.pk) numbers"
)
_OF_SITE["related_sites"] = _RELATED_SITES
_ENTRY, _DETAIL = Designation._meta.db_table, WorldHeritage._meta.db_table
_ENTRIES = (
    f"JOIN {_ENTRY} ON {_ENTRY}.id = {_COVERAGE}.designation_id "
    f"LEFT JOIN {_DETAIL} ON {_DETAIL}.designation_id = {_ENTRY}.id"
)
_VISIT = ("openings", "prices", "visitingfacts")  # are read together
# What a World Heritage entry is linked to.
_OF_ENTRY = {
    name: f"SELECT {column} FROM {through._meta.db_table} WHERE worldheritage_id = %s"  # noqa: S608 - our names
    for name, through, column in (
        ("criteria", WorldHeritage.criteria.through, "registerterm_id"),
        ("regions", WorldHeritage.regions.through, "registerterm_id"),
        ("states", WorldHeritage.states.through, "place_id"),
    )
}


def published_site(slug: str) -> Site | None:
    """The published site with this slug, without related rows."""
    found = rows_by_key(Site, "slug", [slug])
    return next((site for site in found if site.state == Site.State.PUBLISHED), None)


def related_site_ids(site_id: int) -> tuple[int, ...]:
    """The ids of sites, published or not, that are related to a site by rows.

    These are its parts, the sites that it is a part of, and the sites under entries that cover it;
    at most one more than a page compares individually.
    """
    return _others(site_id, _answers({"related_sites": _RELATED_SITES}, site_id)["related_sites"])


def _others(site_id: int, found: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(pk for pk in found if pk != site_id))


def read_site(
    site: Site,
    terms: Vocabulary,
    change: Callable[[dict[str, list[Any]]], None] | None = None,
    past: Past | None = None,
) -> SiteRows:
    """Everything that the page of a site shows.

    One statement first finds in which tables it has rows, and the related sites.

    The rows may be newer than the vocabularies; references to terms that are not in these are left
    out. `change` is called with the ids found of each of `LINKS` and the rows of each of
    `RELATIONS`, before they are put together. `past` changes them to what they were at a moment;
    `site` is of that moment already.
    """
    found: dict[str, list[Any]] = dict(_answers(_OF_SITE, site.pk))
    (number,) = found.pop("change_number")
    is_shared = bool(found.pop("shares_entries")) or change is not None
    related = _others(site.pk, found.pop("related_sites"))
    covered: list[tuple[Any, ...]] = []
    if found["coverages"]:
        covered = rows_with(Coverage, "site_id", site.pk, _ENTRIES, Designation, WorldHeritage)
    found["coverages"] = [coverage for coverage, _entry, _detail in covered]
    visit = rows_of_tables(
        [RELATIONS[name][0] for name in _VISIT if found[name]], "site_id", [site.pk]
    )
    for name, (model, column) in RELATIONS.items():
        if name in _VISIT:
            found[name] = visit.get(model, [])
        elif found[name] and name != "coverages":
            found[name] = rows_by_key(model, column, [site.pk], in_order=True)
    if past is not None:
        change = past.change
    if change is not None:
        change(found)
    today = past.moment.date() - timedelta(days=1) if past else timezone.localdate()
    schemes = terms.identifier_schemes
    rows = SiteRows(
        site,
        kinds=_terms(terms.kinds, found["kinds"]),
        also_in=_terms(terms.places, found["also_in"]),
        identifiers=[row for row in found["identifiers"] if row.scheme_id in schemes],
        sentences=found["sentences"],
        names=found["names"],
        events=found["events"],
        change_number=number,
        shares_entries=is_shared,
        related_site_ids=related,
        # Whether the site is published or not: editors see a preview.
        images=[row for row in found["images"] if row.published],
        quantities=found["quantities"],
        openings=[row for row in found["openings"] if row.is_shown],
        prices=[row for row in found["prices"] if row.is_shown],
        visitingfacts=[row for row in found["visitingfacts"] if row.is_shown],
        notices=[row for row in found["notices"] if falls_within(today, row.begins, row.ends)],
        disagreements=[row for row in found["disagreements"] if row.is_public_of(site)],
    )
    add_renditions(rows.images)
    site.place, site.public_images = terms.places.get(site.place_id), rows.images
    for row in rows.identifiers:
        row.scheme = schemes[row.scheme_id]
    sort_by_relations(Identifier, rows.identifiers)
    for event in rows.events:
        event.first_era = terms.eras.get(event.first_era_id)
        event.last_era = terms.eras.get(event.last_era_id)
    _add_related_sites(rows, found["part_of"], found["parts"])
    entries = _add_entries(rows, found["coverages"], covered, terms, past)
    _add_facts(rows, entries)
    _add_sources(rows, entries, set(found["sources"]), terms)
    if site.custodian_id:
        site.custodian = _by_pk(Custodian, [site.custodian_id])[site.custodian_id]
    return rows


def _answers(asked: dict[str, str], pk: int) -> dict[str, list[int]]:
    """The results of several queries by name, each with one parameter and one integer in each row.

    The database is asked once.
    """
    named = [f"SELECT '{name}', each.* FROM ({sql}) each" for name, sql in asked.items()]  # noqa: S608 - our names
    found: dict[str, list[int]] = {name: [] for name in asked}
    with read_connection().cursor() as cursor:
        cursor.execute(" UNION ALL ".join(named), [pk] * len(asked))
        for name, value in cursor.fetchall():
            found[name].append(value)
    return found


def linked_sites(ids: Iterable[int], *also: str) -> dict[int, Site]:
    """Published sites by primary key, with the columns of links, their position, and the given
    columns."""
    names = ("name", "short_name")
    columns = ("id", "state", "uid", "slug", *names, "public_latitude", "public_longitude", *also)
    found = rows_by_key(Site, "id", ids, columns)
    return {site.pk: site for site in found if site.state == Site.State.PUBLISHED}


def _add_related_sites(rows: SiteRows, part_of: list[PartOf], parts: list[PartOf]) -> None:
    """Add the relations between published sites."""
    if not (part_of or parts) or rows.site.state != Site.State.PUBLISHED:
        return
    sites = _by_pk(Site, [*(row.whole_id for row in part_of), *(row.part_id for row in parts)])
    sites = {pk: site for pk, site in sites.items() if site.state == Site.State.PUBLISHED}
    for row in part_of:
        if row.whole_id in sites:
            row.part, row.whole = rows.site, sites[row.whole_id]
            rows.part_of.append(row)
    for row in parts:
        if row.part_id in sites:
            row.part, row.whole = sites[row.part_id], rows.site
            rows.parts.append(row)
    sort_by_relations(PartOf, rows.part_of)
    sort_by_relations(PartOf, rows.parts)


def _add_entries(
    rows: SiteRows,
    coverages: list[Coverage],
    covered: list[tuple[Any, ...]],  # coverages as stored, with their entries and details
    terms: Vocabulary,
    past: Past | None,
) -> list[Designation]:
    """The entries of registers that cover the site, with what stands in tables of their own."""
    if not coverages:
        return []
    ids = {row.designation_id for row in coverages}
    found = {entry.pk: entry for _coverage, entry, _detail in covered if entry.pk in ids}
    details = [row for *_entry, row in covered if row and row.designation_id in ids]
    if others := ids - found.keys():  # of a form that is not saved, or of the past
        found |= _by_pk(Designation, others)
        details += rows_by_key(WorldHeritage, "designation_id", others)
    events = rows_by_key(DesignationEvent, "designation_id", ids, in_order=True)
    if past is not None:
        past.read_changes(Designation, ids)
        listed_then = past.rows(Designation, "id", ids, list(found.values()))
        found = {entry.pk: entry for entry in listed_then}
        events = past.rows(DesignationEvent, "designation_id", ids, events)
        details = past.rows(WorldHeritage, "designation_id", ids, details)
    entries = {pk: entry for pk, entry in found.items() if entry.register_id in terms.registers}
    named = _by_pk(Designation, (entry.superseded_by_id for entry in entries.values()))
    newer = {pk: entry for pk, entry in named.items() if entry.register_id in terms.registers}
    for entry in entries.values():
        entry.category = terms.terms.get(entry.category_id or 0)
        entry.superseded_by = newer.get(entry.superseded_by_id or 0)
    for entry in (*entries.values(), *newer.values()):
        entry.register = terms.registers[entry.register_id]
    for coverage in coverages:
        if coverage.designation_id in entries:
            coverage.site, coverage.designation = rows.site, entries[coverage.designation_id]
            rows.coverages.append(coverage)
    sort_by_relations(Coverage, rows.coverages)
    for event in events:
        rows.entry_events.setdefault(event.designation_id, []).append(event)
    for pk, entry in entries.items() if past else ():
        entry.standing, entry.listed_year = standing_of(rows.entry_events.get(pk, []))
    for detail in details:
        listed = _answers(_OF_ENTRY, detail.pk)
        if past is not None:
            listed = {name: past.related(detail, name, listed[name]) for name in listed}
        rows.properties[detail.designation_id] = PropertyRows(
            detail,
            criteria=_register_terms(terms, listed["criteria"]),
            regions=_register_terms(terms, listed["regions"]),
            states=_terms(terms.places, listed["states"]),
        )
    return list(entries.values())


def _add_facts(rows: SiteRows, entries: list[Designation]) -> None:
    """Set on each disagreement the row that it is about."""
    events = {event.pk: event for event in rows.events}
    by_pk = {entry.pk: entry for entry in entries}
    for row in rows.disagreements:
        row.site = rows.site
        row.event = events.get(row.event_id or 0)
        row.designation = by_pk.get(row.designation_id or 0)


def _add_sources(
    rows: SiteRows, entries: list[Designation], own: set[int], terms: Vocabulary
) -> None:
    """Read the sources of all rows in one query; `own` are the ids of the site's own sources.

    Among these, official sources come first, and those that more rows cite come before others.
    """
    site = rows.site
    checked: list[Any] = [*rows.openings, *rows.prices, *rows.visitingfacts]
    cited: list[Any] = [*rows.names, *rows.quantities, *rows.events, *rows.coverages, *rows.notices]
    cited += [*checked, *entries, *chain.from_iterable(rows.entry_events.values())]
    cited += [*rows.sentences, *rows.disagreements]
    ids = {row.source_id for row in cited} | {row.second_source_id for row in checked}
    ids |= {row.other_source_id for row in rows.disagreements}
    district = site.district
    district_source = district.centre_source_id if district else None
    ids |= own | {site.point_source_id, district_source}
    found = sources_by_id(ids, terms)
    uses = Counter([row.source_id for row in cited])
    uses.update([row.second_source_id for row in checked])
    uses.update([entry.source_id for entry in entries if entry.pk in rows.properties])
    uses[site.point_source_id] += 1
    kinds = Source.Kind.values  # the weightier ones first

    def place(source: Source) -> tuple[bool, int, int, str]:
        is_other = source.kind not in (Source.Kind.OFFICIAL, Source.Kind.REGISTER)
        return is_other, -uses[source.pk], kinds.index(source.kind), source.uid

    rows.district_source = found.get(district_source or 0)
    rows.sources = sorted((found[pk] for pk in own), key=place)
    for row in cited:
        row.source = found.get(row.source_id)
    for row in checked:
        row.second_source = found.get(row.second_source_id)
    for row in rows.disagreements:
        row.other_source = found.get(row.other_source_id or 0)
    if site.point_source_id:
        site.point_source = found[site.point_source_id]
    for image in rows.images:
        image.licence = terms.licences.get(image.licence_id or 0)


def _terms[T: Term](tree: TermTree[T], ids: Iterable[int]) -> list[T]:
    return [tree.terms[pk] for pk in sorted(tree.terms.keys() & ids, key=tree.order.__getitem__)]


def _register_terms(terms: Vocabulary, ids: Iterable[int]) -> list[RegisterTerm]:
    wanted = set(ids)
    return [term for pk, term in terms.terms.items() if pk in wanted]


def _by_pk[T: Model](model: type[T], ids: Iterable[int | None]) -> dict[int, T]:
    rows = rows_by_key(model, "id", {pk for pk in ids if pk is not None})
    return {row.pk: row for row in rows}
