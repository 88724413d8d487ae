"""Refreshes denormalised columns and the full text for given ids, in the transaction of the write.

SQLite keeps the words of each site in a contentless FTS5 table, PostgreSQL in a `tsvector` column
under a GIN index (`fulltext_table`). `values.normalize` makes them, `search.fulltext` reads them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from heritage.models import statements
from heritage.models.base import Record, chunks, untracked
from heritage.models.designations import Designation, DesignationEvent, Register, standing_of
from heritage.models.events import Event, SiteEra, SortName
from heritage.models.identifiers import Identifier, IdentifierScheme
from heritage.models.quantities import Quantity
from heritage.models.relations import Coverage
from heritage.models.row_values import insert_rows, update_columns
from heritage.models.site_dates import SiteDate
from heritage.models.sites import Name, Site
from heritage.models.sources import Source, SourcedSentence
from heritage.models.visiting import Opening, Price, VisitingFact
from heritage.models.vocabularies import Era, Kind, Place
from heritage.services.dependencies import (
    BlurRules,
    ColumnEffect,
    CoveringEntry,
    SiteWithRows,
    Terms,
    effect_of,
    read_entries,
    read_sites,
    sites_to_create,
)
from heritage.services.fulltext_table import AFTER_MANY, BEFORE_MANY, TABLE, execute
from heritage.values import normalize
from heritage.values.language import interface_languages

# What everything derived follows from: these columns of a site, and any of these other records; of
# vocabularies, what `dependencies.COLUMN_EFFECTS` says.
_NAMES = {"name", "short_name"}
_TEXTS = _NAMES | {"slug", "hook", "summary", "description"}
_OF_SITE = _TEXTS | {"kinds", "place", "also_in", "prominence", "featured", "custodian"}
_OF_RECORDS: set[Any] = {Event, Era, Coverage, Designation, DesignationEvent, Register}
_OF_RECORDS |= {Name, Identifier, IdentifierScheme, Kind, Place, Opening, Price}
# What the number of unchecked statements follows from.
_STATED_BY_SITE = {"summary", "description", "sources", "latitude", "point_source", "area_ha"}
_STATED_BY: set[Any] = {Event, Name, Coverage, Designation, DesignationEvent, Source}
_STATED_BY |= {SourcedSentence, Quantity, Opening, Price, VisitingFact}


@dataclass(slots=True)
class PreparedSite:
    """A new site with its rows and its derived columns, before any of them is stored."""

    rows: SiteWithRows
    words: list[str]
    sort_keys: dict[str, str]  # by language


@dataclass(slots=True)
class Prepared:
    """What is computed before the lock of a write is taken."""

    sites: list[PreparedSite]
    terms: Terms  # that the sites refer to
    # Whether nothing follows from further rows: their unchecked statements are counted, too.
    are_complete: bool


def prepare(
    rows: Mapping[type, list[Any]],
    links: Iterable[tuple[Any, str, list[int]]],
    known: Terms | None = None,
) -> Prepared:
    """Derive the columns and the words of sites that are about to be created, for `unit.prepared`;
    see `sites_to_create()`.

    The caller ensures that no term is written in between, and that those in `known` are up to date.
    What follows from entries of registers is computed again when everything is stored.
    """
    links = list(links)
    sites = sites_to_create(rows, links)
    terms = Terms.of_sites(sites, known)
    _set_years(sites, terms)
    blurs = BlurRules(sites, terms)
    prepared = Prepared([], terms, not rows.keys() & (_STATED_BY - {Event, Name}))
    for each in sites:
        site = each.site
        _set_columns(each, blurs)
        _set_texts(each, terms)
        site.is_prepared = True
        words, keys = normalize.index_words(site.search_text), sort_keys_of(site)
        prepared.sites.append(PreparedSite(each, words, keys))
    if prepared.are_complete:
        _count_statements(sites, rows.get(Name, ()), links)
    return prepared


def refresh(
    site_ids: Iterable[int],
    edited: Iterable[int] = (),
    written: Mapping[type[Record], set[str]] | None = None,
    prepared: Prepared | None = None,
    new: Set[int] = frozenset(),
) -> set[int]:
    """Refresh everything that is derived from the rows of these sites; returns those whose public
    point has changed.

    `edited` are the sites with a written row, which get a new date; `written` has the written
    columns by model, if known: what cannot follow from them is not refreshed. Of `new` sites
    nothing is stored but what was written in this unit.
    """
    edited, now = set(edited), timezone.now()
    ready = {each.rows.site.pk: each for each in prepared.sites} if prepared else {}
    counted = ready.keys() if prepared and prepared.are_complete else set()
    columns = _OF_SITE if written is None else _OF_SITE & written.get(Site, set())
    effects = {
        model: ColumnEffect.ALL if written is None else effect_of(model, written[model])
        for model in (_OF_RECORDS if written is None else _OF_RECORDS & written.keys())
    }
    is_derived = bool(columns) or any(ColumnEffect.DERIVED & each for each in effects.values())
    moved: set[int] = set()
    is_stated = written is None or bool(
        _STATED_BY & written.keys() or _STATED_BY_SITE & written.get(Site, set())
    )
    are_sentences = written is None or bool(
        SourcedSentence in written or {"summary", "description"} & written.get(Site, set())
    )
    for chunk in chunks(sorted(set(site_ids))):
        dated = edited.intersection(chunk)
        of_new = written if new >= set(chunk) else None  # nothing but this was written of them
        if are_sentences and (of_new is None or SourcedSentence in of_new):
            _refresh_sentences(chunk)
        uncounted = [pk for pk in chunk if pk not in counted]
        if is_derived:
            made = {pk: ready[pk] for pk in chunk if pk in ready}
            of_made = [each.rows for each in made.values()]
            others = [pk for pk in chunk if pk not in made]
            sites = read_sites(others, of_new, are_counted=is_stated) if others else []
            unchecked = {each.site.pk: each.unchecked for each in sites} if is_stated else {}
            terms = Terms.of_sites(sites, prepared.terms if prepared else None)
            if Event in effects or ColumnEffect.VALUES in effects.get(Era, ColumnEffect.NOTHING):
                _refresh_events(sites, terms)
                _refresh_eras([*sites, *of_made], terms, new)
            elif columns & {"place", "also_in"} or Place in effects:
                _refresh_eras([*sites, *of_made], terms, new)
            if columns & _NAMES:
                keys = {each.site.pk: sort_keys_of(each.site) for each in sites}
                _refresh_names(keys | {pk: each.sort_keys for pk, each in made.items()}, new)
            if of_made and not counted:
                read_entries(of_made)
                sites += of_made
                if is_stated:
                    found = statements.unchecked_by_site(list(made))
                    unchecked |= {pk: found[pk] for pk in made}
            points = _public_points(sites)
            dated -= _refresh_sites(sites, terms, made, dated, now, unchecked)
            moved |= {pk for pk, point in _public_points(sites).items() if point != points[pk]}
            delete_words(set(chunk) - made.keys() - {each.site.pk for each in sites})
        elif is_stated:
            refresh_statements(uncounted)
        if dated:
            untracked(Site).filter(pk__in=dated).update(updated_at=now)
    return moved


def _public_points(sites: Iterable[SiteWithRows]) -> dict[int, tuple]:
    found = (each.site for each in sites)
    return {site.pk: (site.public_point, site.public_blur_km) for site in found}


def refresh_terms() -> None:
    """Refresh the search texts of kinds, places and eras, for when the rules have changed."""
    for model in (Kind, Place, Era):
        rows = list(model.objects.all())
        for row in rows:
            row.derive()
        update_columns(model, [(row, model.derived_fields) for row in rows])


def refresh_designations(ids: Iterable[int]) -> None:
    """Refresh standing and year of listing, from the events."""
    for chunk in chunks(sorted(set(ids))):
        changed = []
        for entry in Designation.objects.filter(pk__in=chunk).prefetch_related("events"):
            before = (entry.standing, entry.listed_year)
            entry.standing, entry.listed_year = standing_of(entry.events.all())
            if (entry.standing, entry.listed_year) != before:
                changed.append((entry, ["standing", "listed_year"]))
        update_columns(Designation, changed)


# --- one step each ---------------------------------------------------------------------------


def _refresh_events(sites: Iterable[SiteWithRows], terms: Terms) -> None:
    update_columns(Event, ((event, Event.refreshed_fields) for event in _set_years(sites, terms)))


def _set_years(sites: Iterable[SiteWithRows], terms: Terms) -> list[Event]:
    """Set the years of events from their dates or eras; returns the events whose years have
    changed."""
    changed = []
    for each in sites:
        for event in each.events:
            event.first_era = terms.eras.get(event.first_era_id or 0)
            event.last_era = terms.eras.get(event.last_era_id or 0)
            bounds = event.bounds()
            if bounds != (event.first_year, event.last_year):
                event.first_year, event.last_year = bounds
                changed.append(event)
    return changed


def _eras_between(sites: Iterable[SiteWithRows], terms: Terms) -> "EraPeriods":
    """The eras of sites, and those that the spans of their events may run through."""
    events = [event for each in sites for event in each.events if event.last_era_id]
    firsts = [terms.eras[event.first_era_id].first_year for event in events if event.first_era_id]
    lasts = [terms.eras[event.last_era_id].last_year for event in events if event.last_era_id]
    start = min((year for year in firsts if year is not None), default=None)
    end = max((year for year in lasts if year is not None), default=None)
    if start is None or end is None:
        return EraPeriods(terms.eras.values())
    columns = ("parent", "region", "region_name", "first_year", "last_year")
    within: QuerySet[Any] = Era.objects.filter(first_year__gte=start, last_year__lte=end)
    # An era comes once for each place that it held.
    eras = list(within.filter(parent=None).only(*columns).annotate(held=F("territory")).order_by())
    held = [(era.pk, era.held) for era in eras if era.held is not None]
    return EraPeriods([*eras, *terms.eras.values()], held)


def _refresh_eras(sites: list[SiteWithRows], terms: Terms, new: Set[int]) -> None:
    eras = _eras_between(sites, terms)
    wanted = {
        (each.site.pk, era_id, role)
        for each in sites
        for era_id, role in eras_of_site(each.events, eras, terms.places_of(each))
    }
    old = [each.site.pk for each in sites if each.site.pk not in new]
    rows = SiteEra.objects.filter(site__in=old)
    stored = {(row.site_id, row.era_id, row.role): row.pk for row in rows}
    gone = [pk for key, pk in stored.items() if key not in wanted]
    if gone:
        SiteEra.objects.filter(pk__in=gone).delete()
    insert_rows(SiteEra, ("site", "era", "role"), sorted(wanted - stored.keys()))


def eras_of_site(
    events: Iterable[Event], eras: "EraPeriods", places: Set[int] = frozenset()
) -> set[tuple[int, str]]:
    """(era, role) for all eras of a site's events; `places` are all places that it lies in.

    An event names one era, or the first and the last of a span: these it states. Eras that the
    span runs through have the role `within`, unless another event states them or an era that
    they group: 唐至清 is stated for Tang and Qing, and runs through Song, Jin, Yuan and Ming.
    Where the site lies in no place that the era held, the role is `meanwhile`.
    """
    stated: set[tuple[int, str]] = set()
    within: set[int] = set()
    for event in events:
        stated.update((era_id, str(event.role)) for era_id in stated_by(event))
        within.update(eras.within(event.first_era_id, event.last_era_id))
    if not within:
        return stated
    named = {line for era_id, _role in stated for line in eras.line(era_id)}
    return stated | {(era_id, eras.role_at(era_id, places)) for era_id in within - named}


def stated_by(event: Event) -> set[int]:
    """Ids of the eras that an event names: one, or the first and the last of a span."""
    return {pk for pk in (event.first_era_id, event.last_era_id) if pk is not None}


class EraPeriods:
    """Eras with their groups, and the eras that a span runs through."""

    def __init__(self, eras: Iterable[Era], held: Iterable[tuple[int, int]] = ()):
        """`held` are the territories: (era, place) for each place that an era held."""
        self._by_id = {era.pk: era for era in eras}
        self._within: dict[tuple[int, int], set[int]] = {}
        self._held: dict[int, set[int]] = defaultdict(set)
        for era_id, place_id in held:
            self._held[era_id].add(place_id)

    def role_at(self, era_id: int, places: Set[int]) -> str:
        """The role of an era that a span runs through, for a site that lies in these places.

        One that is recorded under a country alone, of which an era held a part, may lie anywhere.
        """
        held = self._held.get(era_id)
        is_held = held is None or not held.isdisjoint(places)
        return str(SiteEra.Role.WITHIN if is_held else SiteEra.Role.MEANWHILE)

    def line(self, era_id: int) -> set[int]:
        """An era and all that group it."""
        line: set[int] = set()
        at: int | None = era_id
        while at is not None and at in self._by_id and at not in line:
            line.add(at)
            at = self._by_id[at].parent_id
        return line

    def within(self, first_id: int | None, last_id: int | None) -> set[int]:
        """Ids of the eras of the same region whose years all lie within the span.

        None that belongs to a broader one: a span that runs through Tang says nothing of Wu Zhou.
        """
        if first_id is None or last_id is None or first_id == last_id:
            return set()
        key = (first_id, last_id)
        if key not in self._within:
            self._within[key] = self._between(self._by_id[first_id], self._by_id[last_id])
        return self._within[key]

    def _between(self, first: Era, last: Era) -> set[int]:
        """The eras of the same region, without parts, that lie within the span."""
        start, end, region = first.first_year, last.last_year, _region(first)
        if start is None or end is None or region is None:
            return set()
        return {
            era.pk
            for era in self._by_id.values()
            if era.parent_id is None
            and era.first_year is not None
            and era.last_year is not None
            and start <= era.first_year
            and era.last_year <= end
            and _region(era) == region
        } - {first.pk, last.pk}


def _region(era: Era) -> tuple | None:
    """The key of the region of an era; None if it has none."""
    if era.region_id is None and not era.region_name:
        return None
    return era.region_id, tuple(sorted(era.region_name.items()))


def sort_keys_of(site: Site) -> dict[str, str]:
    """The keys by which a site is sorted, by language of the interface."""
    names = ((code, site.shown_name.best(code).text) for code in interface_languages())
    return {code: normalize.sort_key(name, code) for code, name in names}


def _refresh_names(keys: Mapping[int, dict[str, str]], new: Set[int]) -> None:
    """Set the sort keys of sites, given by id."""
    wanted = {(pk, code): key for pk, of_site in keys.items() for code, key in of_site.items()}
    old = keys.keys() - new
    rows = SortName.objects.filter(site__in=old)
    stored = {(row.site_id, row.language): row for row in rows}
    changed = []
    for place, row in stored.items():
        # Another process may know more languages: what it has made stays, until `reindex`.
        if row.key != wanted.get(place, row.key):
            row.key = wanted[place]
            changed.append(row)
    SortName.objects.bulk_update(changed, ["key"], batch_size=500)
    missing = [(*place, wanted[place]) for place in sorted(wanted.keys() - stored.keys())]
    insert_rows(SortName, ("site", "language", "key"), missing)


def inscribed_year_of(entries: Iterable[CoveringEntry]) -> int | None:
    """The first year in which a property that still covers the site became World Heritage."""
    years = [entry.year for entry in entries if entry.is_world_heritage]
    return min((year for year in years if year is not None), default=None)


def _refresh_sites(
    sites: list[SiteWithRows],
    terms: Terms,
    made: Mapping[int, PreparedSite],
    edited: set[int],
    now: datetime,
    unchecked: Mapping[int, int],
) -> set[int]:
    """Refresh the columns and words of sites; returns the ids of those that were written. The texts
    of prepared sites, and numbers of statements that were not counted, are left as they are."""
    changed: list[tuple[Site, list[str]]] = []
    found_by = {pk: each.words for pk, each in made.items()}
    blurs = BlurRules(sites, terms)
    for each in sites:
        site = each.site
        before = _columns(site)
        _set_columns(each, blurs)
        if site.pk not in made:
            _set_texts(each, terms)
        if site.pk in unchecked:
            site.unchecked_statements = unchecked[site.pk]
        names = [name for name, value in _columns(site).items() if value != before[name]]
        if "search_text" in names:
            found_by[site.pk] = normalize.index_words(site.search_text)
        if names and site.pk in edited:
            site.updated_at = now
            names.append("updated_at")
        if names:
            changed.append((site, names))
    write_words(found_by)
    update_columns(Site, changed)
    return {site.pk for site, _names in changed}


def _set_columns(rows: SiteWithRows, blurs: BlurRules) -> None:
    site = rows.site
    years = [
        event.first_year
        for event in rows.events
        if event.role == Event.Role.BEGINNINGS and event.first_year is not None
    ]
    site.first_year = min(years, default=None)
    site.inscribed_year = inscribed_year_of(rows.entries)
    site.rule_blur_km = blurs.of_site(rows)
    site.derive_public_point()
    site.effective_prominence = prominence_of(rows)


def _set_texts(rows: SiteWithRows, terms: Terms) -> None:
    rows.site.search_text = search_text_of(rows, terms)
    rows.site.reading = reading_of(rows.site)


def _count_statements(
    sites: list[SiteWithRows],
    names: Iterable[Name],
    links: Iterable[tuple[Any, str, list[int]]],
) -> None:
    """Count the unchecked statements of new sites from their rows in memory."""
    named: dict[int, list[Name]] = defaultdict(list)
    for name in names:
        named[id(name.site)].append(name)
    cited = {id(site): ids for site, relation, ids in links if relation == "sources"}
    sources = Source.objects.in_bulk({pk for ids in cited.values() for pk in ids})
    for each in sites:
        site = each.site
        of_site = [sources[pk] for pk in cited.get(id(site), ())]
        rows = statements.NewRows(site, of_site, named.get(id(site), []), each.events)
        found = statements.statements_of(rows)
        unchecked = [one for one in found if one.trust in statements.TO_BE_CHECKED]
        site.unchecked_statements = len(unchecked)


def _refresh_sentences(ids: list[int]) -> None:
    changed = []
    for row in untracked(SourcedSentence).filter(site__in=ids).select_related("site"):
        if (stands := row.stands_in(row.site.summary, row.site.description)) != row.stands:
            row.stands = stands
            changed.append((row, ["stands"]))
    update_columns(SourcedSentence, changed)


def refresh_statements(ids: list[int]) -> None:
    """Refresh the number of unchecked statements of these sites."""
    if not ids:
        return
    unchecked, changed = statements.unchecked_by_site(ids), []
    for site in untracked(Site).filter(pk__in=ids).only("unchecked_statements"):
        if site.unchecked_statements != unchecked[site.pk]:
            site.unchecked_statements = unchecked[site.pk]
            changed.append((site, ["unchecked_statements"]))
    update_columns(Site, changed)


def _columns(site: Site) -> dict[str, object]:
    names = (*Site.refreshed_fields, "public_latitude", "public_longitude")
    return {name: getattr(site, name) for name in names}


def prominence_of(rows: SiteWithRows) -> int:
    """The rank of a site in lists: set by an editor, else from what its record holds.

    A site with a description or summary always ranks above those without.
    """
    site = rows.site
    if site.prominence is not None:
        return site.prominence
    readable = 600 if site.description else 400 if site.summary else 0
    world_heritage = 150 if site.inscribed_year is not None else 0
    on_home_page = max(0, 40 - site.featured) if site.featured is not None else 0
    languages = {*site.name, *(language for language, _text in rows.names)}
    return readable + world_heritage + on_home_page + min(100, 10 * len(languages))


def reading_of(site: Site) -> str:
    """The Chinese name in pinyin, as the dictionary has it; empty without a Chinese name."""
    return normalize.pinyin(site.name.get("zh-hans", ""))


def search_text_of(rows: SiteWithRows, terms: Terms) -> str:
    """The text by which a site is found."""
    site = rows.site
    known, foreign = _names(rows)
    return normalize.index_text(
        known,
        _terms(rows, terms),
        (*site.hook.values(), *site.summary.values()),
        foreign,
        _texts(rows),
        (*site.name.values(), *site.short_name.values()),
        any(map(terms.is_chinese_spoken, _countries(rows))),
    )


def _countries(rows: SiteWithRows) -> list[int | None]:
    """The places that say which country a site is in: its own, else those of its parts."""
    if rows.site.place_id is None and rows.also_in:
        return list(rows.also_in)
    return [rows.site.place_id]


def _names(rows: SiteWithRows) -> tuple[list[str], list[str]]:
    """Names in the languages of the interface, and in others."""
    site = rows.site
    known: list[str] = []
    foreign: list[str] = []
    ours = {code.partition("-")[0] for code in interface_languages()}
    for language, name in (*site.name.items(), *site.short_name.items(), *rows.names):
        (known if language.partition("-")[0] in ours else foreign).append(name)
    return [*known, site.slug.replace("-", " ")], foreign


def _terms(rows: SiteWithRows, terms: Terms) -> Iterable[str]:
    for entry in rows.entries:
        yield entry.reference
        yield entry.component_reference
        yield from entry.name.values()
    yield from rows.identifiers
    for kind_id in rows.kinds:
        yield from terms.names("kinds", kind_id)
    for place_id in (rows.site.place_id, *rows.also_in):
        yield from terms.names("places", place_id)
    # In an order of their own, so that the text is the same whatever events state them.
    for era_id in sorted({era_id for event in rows.events for era_id in stated_by(event)}):
        yield from terms.names("eras", era_id)


def _texts(rows: SiteWithRows) -> Iterable[str]:
    """Longer texts beside the summary."""
    yield from rows.site.description.values()
    for event in rows.events:
        yield from event.note.values()
    for entry in rows.entries:
        yield from entry.note.values()


def set_changed_at(
    site_ids: Iterable[int], now: datetime | None = None, *, of_any_state: bool = False
) -> None:
    """Set the dates of these sites: of the published ones, or of all."""
    for chunk in chunks(sorted(site_ids)):
        rows = SiteDate.objects.filter(site__in=chunk) if of_any_state else dates_of(chunk)
        rows.update(changed_at=now or timezone.now())


def dates_of(site_ids: Any) -> QuerySet[SiteDate]:
    """The dates of those of these sites that are published; the ids may be a query."""
    # A condition on the site's state would make the database join the table with itself.
    return SiteDate.objects.filter(site__in=Site.objects.published().filter(pk__in=site_ids))


# --- the full text --------------------------------------------------------------------------

_MANY = 50  # sites, for which FTS5 is given more memory

UPSERT = {
    "sqlite": "INSERT OR REPLACE INTO {table} (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO {table} (site_id, words)"
    " VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))"
    " ON CONFLICT (site_id) DO UPDATE SET words = excluded.words",
}
# Nearly all of them are known. PostgreSQL would give a number to each of these, too.
_ADD_SPELT_WORDS = {
    "sqlite": "INSERT INTO heritage_speltword (text) SELECT value FROM json_each(%s) WHERE true"
    " ON CONFLICT DO NOTHING",
    "postgresql": "INSERT INTO heritage_speltword (text) SELECT word FROM unnest(%s::text[]) word"
    " WHERE NOT EXISTS (SELECT FROM heritage_speltword WHERE text = word) ON CONFLICT DO NOTHING",
}
_DELETE = {
    "sqlite": "DELETE FROM heritage_words WHERE rowid = %s",
    "postgresql": "DELETE FROM heritage_words WHERE site_id = %s",
}


def write_words(words: dict[int, list[str]]) -> None:
    """Replace the words of sites, by id."""
    are_many = len(words) >= _MANY
    if are_many:
        execute(connection, BEFORE_MANY[connection.vendor])
    insert_words(words, UPSERT[connection.vendor].format(table=TABLE))
    if are_many:
        execute(connection, AFTER_MANY[connection.vendor])


def insert_words(words: dict[int, list[str]], statement: str) -> None:
    if not words:
        return
    with connection.cursor() as cursor:
        rows = [(site_id, " ".join(found)) for site_id, found in sorted(words.items())]
        cursor.executemany(statement, rows)
    spelt = sorted(normalize.misspellable(set[str]().union(*words.values())))
    with connection.cursor() as cursor:
        given = spelt if connection.vendor == "postgresql" else json.dumps(spelt)
        cursor.execute(_ADD_SPELT_WORDS[connection.vendor], [given])


def delete_words(site_ids: Iterable[int]) -> None:
    """Delete the words of sites that no longer exist."""
    rows = [(site_id,) for site_id in site_ids]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_DELETE[connection.vendor], rows)
