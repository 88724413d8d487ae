"""`IndexSnapshot`, the index in memory. It never changes, so many threads may read it.

Its `Vocabulary` has kinds, eras, places, registers, licences and the catalogue's identity; they are
read again when one of them is written. `hours_groups()` tells which sites are open on a day, from
their opening hours and the notices that close them.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy
from pyroaring import BitMap

from heritage.models import (
    Era,
    Event,
    IdentifierScheme,
    Identity,
    IndexChange,
    Kind,
    Licence,
    Place,
    Register,
    RegisterTerm,
    Source,
    Term,
    falls_within,
    is_in_season,
    new_uid,
)
from heritage.search.index import columns
from heritage.search.index.columns import (
    DISTRICTS,
    POINTS,
    SPANS,
    TIMES,
    NearSite,
    Table,
    TableRows,
    WithinRadius,
    bitmap,
    ids_of,
    time_of,
)
from heritage.search.index.rows import DEPENDABLE, REPORTED, Column, IndexRows
from heritage.server.caches import Cache, LRUCache
from heritage.values.coordinates import Point

# --- Vocabularies --------------------------------------------------------------------------------

_CACHED = 2  # the one that all use, and that of a transaction which is still open
_vocabularies: LRUCache[str, "Vocabulary"] = LRUCache(_CACHED)


class TermTree[T: Term]:
    """The terms of one vocabulary, each linked to its broader one. Read-only."""

    def __init__(self, terms: Iterable[T]):
        self.terms: dict[int, T] = {term.pk: term for term in terms}
        self.by_slug = {term.slug: term for term in self.terms.values()}
        self.children: dict[int | None, list[T]] = {}
        for term in self.terms.values():
            self.children.setdefault(term.parent_id, []).append(term)
            if term.parent_id is not None:
                term.parent = self.terms[term.parent_id]
        self.order = {pk: place for place, pk in enumerate(self.terms)}

    def get(self, pk: int | None) -> T | None:
        return None if pk is None else self.terms.get(pk)

    def broader(self, term: T) -> list[T]:
        """The broader terms of a term, from the broadest to its parent."""
        chain: list[T] = []
        parent = self.get(term.parent_id)
        while parent is not None and parent not in chain:
            chain.append(parent)
            parent = self.get(parent.parent_id)
        return chain[::-1]


@dataclass(slots=True)
class Vocabulary:
    kinds: TermTree[Kind] = field(default_factory=lambda: TermTree(Kind.objects.all()))
    eras: TermTree[Era] = field(default_factory=lambda: TermTree(Era.objects.all()))
    places: TermTree[Place] = field(default_factory=lambda: TermTree(Place.objects.all()))
    registers: dict[int, Register] = field(  # in the order of their rank
        default_factory=lambda: {register.pk: register for register in Register.objects.all()}
    )
    terms: dict[int, RegisterTerm] = field(  # in their order
        default_factory=lambda: {term.pk: term for term in RegisterTerm.objects.all()}
    )
    licences: dict[int, Licence] = field(default_factory=lambda: Licence.objects.in_bulk())
    identifier_schemes: dict[int, IdentifierScheme] = field(
        default_factory=lambda: IdentifierScheme.objects.in_bulk()
    )
    recalled: frozenset[int] = field(
        default_factory=lambda: frozenset(
            Source.objects.filter(kind=Source.Kind.RECALLED).values_list("pk", flat=True)
        )
    )
    identity: Identity = field(default_factory=lambda: Identity.objects.current())
    # What pages make of the terms, such as their labels as HTML; as long-lived as the terms.
    cache: Cache = field(default_factory=Cache)

    def __post_init__(self) -> None:
        for era in self.eras.terms.values():
            era.region = self.places.get(era.region_id)

    def terms_of(self, register: Register, facet: str) -> list[RegisterTerm]:
        """The terms of a register: its categories, criteria or regions."""
        return [t for t in self.terms.values() if t.register_id == register.pk and t.facet == facet]


# --- Sites ---------------------------------------------------------------------------------------

NOTHING = BitMap()
# What the index holds beside the values of facets: keys, or what keys begin with.
COVERED = "covered"  # and the id of a register: the sites under any entry of it, in force or not
WORLD_HERITAGE = f"{COVERED}:world_heritage"  # the same of the World Heritage List
WITH_EVENTS = "with:event"  # the sites that have any event
WITH_HOURS = "with:hours"  # the sites that say anything of their hours, in rows or in words
HOURS = "hours"  # and a row of opening hours
CLOSED = "closed"  # and from when to when a notice closes the site
# Parts of the index that pages depend on as a whole: which sites there are and the values that they
# have, the sites of the World Heritage List, and where sites lie: points, parts and districts.
type Part = Literal["values", "world heritage", "points"]
PARTS: tuple[Part, ...] = ("values", "world heritage", "points")
_MAX_CHANGES = 10_000  # sites of which the last change is remembered


class IndexedFacet(Protocol):
    """What the index asks of a facet: which site has which value, and what a value is called."""

    @property
    def site_columns(self) -> tuple[Column, ...]:
        """Columns of a site's own row that `index_keys` gets from `rows.column()`."""

    def index_keys(self, rows: IndexRows) -> Iterable[tuple[int, str]]:
        """(id of a published site, key of a value that it has)"""

    def key(self, value: Any, role: str | None = None) -> str:
        """The key of a value; raises ValueError for what is no value of this facet."""

    def index_name(self, role: str | None = None) -> str:
        """What the keys of its values begin with, before a colon."""


@dataclass(slots=True)
class IndexData:
    """What is read of published sites: ids by key of a value, points, years, times of change."""

    sites: array[int] = field(default_factory=lambda: array("I"))
    values: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("I")))
    points: TableRows = field(default_factory=lambda: TableRows(POINTS))
    component_points: TableRows = field(default_factory=lambda: TableRows(POINTS))
    districts: TableRows = field(default_factory=lambda: TableRows(DISTRICTS))
    times: TableRows = field(default_factory=lambda: TableRows(TIMES))
    # The same of sites of which nothing else was written: that show a term which was.
    more_times: TableRows = field(default_factory=lambda: TableRows(TIMES))
    spans: dict[str, TableRows] = field(
        default_factory=lambda: {role: TableRows(SPANS) for role in Event.Role.values}
    )


# Names of orders of the index, beside the map and the names in each language.
OLDEST, RECENT, INSCRIBED, PROMINENCE = "oldest", "recent", "inscribed", "prominence"
_FIRST_SHARE = 10  # a tenth of a radius is searched first: where sites are many, that is enough
# Of a list's first sites: how many times as far as they are likely to be one looks for them, and
# what a look costs, in hits that are sorted.
_PATIENCE, _LOOK = 4, 10


@dataclass(frozen=True, slots=True)
class Order:
    """The ids of all sites in one order (int32), and the position of each."""

    ids: np.ndarray
    _places: list[np.ndarray] = field(default_factory=list, compare=False)

    @property
    def places(self) -> np.ndarray:
        """By id, its place in the order; made when first asked for."""
        if not self._places:
            size = int(self.ids.max(initial=0)) + 1
            places = np.zeros(size, dtype=np.int32)
            places[self.ids] = np.arange(len(self.ids), dtype=np.int32)
            self._places.append(places)
        return self._places[0]

    def places_of(self, sites: BitMap) -> np.ndarray:
        """The places of those of the sites that are in the order, ascending."""
        ids = ids_of(sites)
        ids = ids[ids < len(self.places)]
        places = self.places[ids]
        # A place of 0 is also that of an id which no site has.
        return np.sort(places[self.ids[places] == ids])

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        """The ids of `hits` at places `start` to `stop` among them, in this order."""
        if len(hits) == len(self.ids):
            return self.ids[start:stop].tolist()
        if (first := self._first(hits, stop)) is not None:
            return first[start:]
        places = self.places[ids_of(hits)]
        stop = min(stop, len(places))
        if start >= stop:
            return []
        # Partitioned first, so that only the requested part is sorted.
        places.partition((start, stop - 1))
        return self.ids[np.sort(places[start:stop])].tolist()

    def _first(self, hits: BitMap, stop: int) -> list[int] | None:
        """The first `stop` of many hits, by a look at each site from the first; None if they are
        not that near to it."""
        looked_at = _PATIENCE * stop * len(self.ids) // max(1, len(hits))
        if looked_at * _LOOK > len(hits):
            return None
        found = []
        for site_id in self.ids[:looked_at].tolist():
            if site_id in hits:
                found.append(site_id)
                if len(found) == stop:
                    return found
        return None

    def place(self, hits: BitMap, site_id: int) -> int:
        """How many of `hits` come before one of them."""
        place = self.places[site_id]
        if len(hits) == len(self.ids):
            return int(place)
        return int(np.count_nonzero(self.places[ids_of(hits)] < place))


@dataclass(frozen=True, slots=True)
class IndexSnapshot:
    """All bitmaps, orders and columns as of one entry of the change log, by number and token.

    Where a site lies is told by three tables, all of what the public may see:

    - `points`: its measured point, at most one row a site (latitude, longitude).
    - `component_points`: the points of the parts of a property, none to hundreds of rows a site,
      of the site that the entry covers as a whole. None for a blurred site; a part whose own record
      is blurred is blurred here.
    - `districts`: for a site without a measured point, the circle of the narrowest place that it
      lies in and that has a centre and a radius (latitude, longitude, km, id of the place). It lies
      somewhere within. At most one row a site, and none for a site that is in a table above.

    The sites in one of the first two are those of `has:point`, those in the third those of
    `has:district`; a site in none of them could not be placed: `nowhere`.
    """

    facets: Mapping[str, IndexedFacet] = field(compare=False, repr=False)  # by name
    number: int
    token: str
    sites: BitMap
    values: dict[str, BitMap]
    # By `oldest`, `recent`, `inscribed`, `prominence`, `map`, and `name:` with a language.
    orders: dict[str, Order]
    points: Table
    component_points: Table
    districts: Table
    times: Table  # of the last change that readers see
    spans: dict[str, Table]  # by the role of the events
    # The same in two states: no term, no source, no identity was written between them.
    vocabulary_token: str = field(default_factory=new_uid)
    # By id, the token of its last change, for the sites that changed since `since` was the token.
    changes: dict[int, str] = field(default_factory=dict)
    since: str = field(default_factory=new_uid)
    # By the names in `PARTS`: the same in two states in which that part is the same.
    parts: dict[Part, str] = field(default_factory=lambda: dict.fromkeys(PARTS, new_uid()))
    # Caches of other modules. This one is empty after every write.
    cache: Cache = field(default_factory=Cache, compare=False)
    # The same after writes that change neither a bitmap nor a vocabulary.
    facet_cache: Cache = field(default_factory=Cache, compare=False)
    # The same after writes that concern no World Heritage entry, no site under one, no vocabulary.
    world_heritage_cache: Cache = field(default_factory=Cache, compare=False)

    def version(self, site_id: int) -> tuple[str, str]:
        """A token of everything that is shown of a site; it changes when any of that is written."""
        return self.vocabulary_token, self.site_version(site_id)

    def site_version(self, site_id: int) -> str:
        """A token of what is shown of a site without its terms."""
        return self.changes.get(site_id, self.since)

    def changed_at(self, site_id: int) -> datetime | None:
        """When what readers see of a published site was last changed; None for another one."""
        return time_of(self.times, site_id)

    @property
    def last_change(self) -> datetime | None:
        """When what readers see of any published site was last changed; None without any site."""
        return columns.latest_of(self.times)

    def changed_last(self, sites: BitMap, most: int) -> list[int]:
        """The ids of those of these sites that were changed last, the latest first."""
        return columns.latest(self.times, sites, most)

    @property
    def vocabulary(self) -> Vocabulary:
        return _vocabularies.get_or_set(self.vocabulary_token, Vocabulary)

    def having(self, facet: IndexedFacet | str, value: Any, role: str | None = None) -> BitMap:
        """The ids of the sites that have a value of a facet; `facet` may be given by its name.

        `role` is a role of eras. Raises KeyError for a name that no facet has, and ValueError for a
        value that is none of the facet.
        """
        return self.values.get(self._facet(facet).key(value, role), NOTHING)

    def having_any(
        self, facet: IndexedFacet | str, values: Iterable[Any], role: str | None = None
    ) -> BitMap:
        """The sites that have any of these values of a facet."""
        facet = self._facet(facet)
        return BitMap.union(NOTHING, *(self.having(facet, value, role) for value in values))

    def sites_by_value(self, facet: IndexedFacet | str) -> dict[str, BitMap]:
        """The sites of each value of a facet, by the part of its key after the colon; without
        values that no site has."""
        return self._by_key(self._facet(facet).index_name())

    def _facet(self, facet: IndexedFacet | str) -> IndexedFacet:
        return self.facets[facet] if isinstance(facet, str) else facet

    def with_key(self, key: str) -> BitMap:
        """The sites with a key, made by a facet or by this package."""
        return self.values.get(key, NOTHING)

    def _by_key(self, name: str) -> dict[str, BitMap]:
        """The sites of all keys that begin with this name and a colon, by the rest of the key."""
        start = f"{name}:"
        return {
            key[len(start) :]: sites for key, sites in self.values.items() if key.startswith(start)
        }

    def around(
        self, here: Point, km: float, always: BitMap = NOTHING, *, districts: bool = True
    ) -> WithinRadius:
        """The sites within `km` of a point, measured from the nearest of their points; with
        `districts`, also sites without a point, measured from the centre of their district.

        Sites in `always` are found at any distance, if a position of them is known.
        """
        tables = [(self.component_points, False), *([(self.districts, True)] if districts else ())]
        found = [columns.within_radius(table, here, km, rough) for table, rough in tables]
        if always:
            tables.append((self.points, False))
            found += [
                columns.within_radius(table.of_sites(always), here, columns.WORLD_KM, rough)
                for table, rough in tables
            ]
        return columns.nearest(columns.within_radius(self.points, here, km), found)

    def nearest(self, here: Point, km: float, most: int) -> list[NearSite]:
        """The sites nearest to a point, by their measured points, within so many km."""
        found = self.around(here, km / _FIRST_SHARE, districts=False)
        if len(found.ids) < most:  # else the nearest are among them
            found = self.around(here, km, districts=False)
        return found.first(None, most)

    def best_known_near(self, here: Point, km: float, most: int) -> list[NearSite]:
        """The best-known sites with a measured point within so many km, the nearest first."""
        found = self.around(here, km, districts=False)
        known = self.best_known.slice(bitmap(found.ids), 0, most)
        return found.first(BitMap(known), most)

    def districts_of(self, ids: Iterable[int]) -> dict[int, tuple[int, int]]:
        """For those of these sites that have no measured point: by id, the id of the place that
        they lie in, and its radius in km."""
        rows = self.districts.of_sites(BitMap(ids))
        _latitudes, _longitudes, km, places = (column.tolist() for column in rows.columns)
        return dict(zip(rows.ids.tolist(), zip(places, km, strict=True), strict=True))

    def measured_within(self, west: float, south: float, east: float, north: float) -> BitMap:
        """The sites with a measured point of their own in a box."""
        return columns.within(self.points, columns.BoundingBox(west, south, east, north))

    @property
    def measured(self) -> BitMap:
        """The sites with a measured point of their own."""
        return bitmap(self.points.ids)

    def within(self, box: columns.BoundingBox) -> BitMap:
        """The sites with a point in a box, or whose district has its centre in it."""
        tables = (self.points, self.component_points, self.districts)
        return BitMap.union(*(columns.within(table, box) for table in tables))

    @property
    def best_known(self) -> Order:
        return self.orders[PROMINENCE]

    @property
    def unplaced(self) -> BitMap:
        """The sites without a recorded point; for some of them a district is known."""
        return self.sites - self.having("has", "point")

    @property
    def in_districts(self) -> BitMap:
        """The sites without a point whose district is known."""
        return self.having("has", "district")

    @property
    def nowhere(self) -> BitMap:
        """The sites with neither a point nor a district, which no map and no list by distance can
        show."""
        return self.unplaced - self.in_districts

    @property
    def with_events(self) -> BitMap:
        """The sites that have any event."""
        return self.with_key(WITH_EVENTS)

    @property
    def with_hours(self) -> BitMap:
        """The sites with opening hours, in rows or as visiting facts in words."""
        return self.with_key(WITH_HOURS)

    @property
    def hours(self) -> dict[str, BitMap]:
        """The sites of each text of `IndexRows.hours`, by that text."""
        return self._by_key(HOURS)

    @property
    def closures(self) -> dict[str, BitMap]:
        """The sites that notices close, by the first and last day of the notice with a comma
        between."""
        return self._by_key(CLOSED)

    def under_register(self, register_id: int) -> BitMap:
        """The sites under any entry of a register, in force or not."""
        return self.with_key(f"{COVERED}:{register_id}")


def build_snapshot(
    facets: Mapping[str, IndexedFacet],
    number: int,
    token: str,
    data: IndexData,
    order_ids: Mapping[str, Iterable[int]],
) -> IndexSnapshot:
    """A snapshot from the data of all sites and their ids in each order."""
    return IndexSnapshot(
        facets,
        number,
        token,
        BitMap(data.sites),
        {name: BitMap(ids) for name, ids in data.values.items()},
        {name: Order(np.fromiter(ids, dtype=np.int32)) for name, ids in order_ids.items()},
        Table.from_rows(data.points),
        Table.from_rows(data.component_points),
        Table.from_rows(data.districts),
        Table.from_rows(data.times),
        {role: Table.from_rows(rows) for role, rows in data.spans.items()},
    )


def patched_snapshot(
    snapshot: IndexSnapshot,
    number: int,
    token: str,
    changed: BitMap,
    data: IndexData,
    order_of: Callable[[str, Order], Order],
) -> IndexSnapshot:
    """A snapshot in which the changed sites have the values in `data` and no others.

    Unchanged parts are the same objects as before.
    """
    values = _patched_values(snapshot.values, changed, data.values)
    sites = _patched(snapshot.sites, changed, BitMap(data.sites))
    is_in_vocabulary = IndexChange.VOCABULARY in changed
    is_as_it_was = values is snapshot.values and sites is snapshot.sites and not is_in_vocabulary
    changes, since = snapshot.changes | dict.fromkeys(changed, token), snapshot.since
    if len(changes) > _MAX_CHANGES:
        changes, since = {}, token
    listed = snapshot.with_key(WORLD_HERITAGE) | values.get(WORLD_HERITAGE, NOTHING)
    is_listed = is_in_vocabulary or listed.intersect(changed)
    points = snapshot.points.patched(changed, Table.from_rows(data.points))
    parts = snapshot.component_points.patched(changed, Table.from_rows(data.component_points))
    districts = snapshot.districts.patched(changed, Table.from_rows(data.districts))
    is_other: dict[Part, bool] = {
        "values": not is_as_it_was,
        "world heritage": is_listed,
        "points": points is not snapshot.points
        or parts is not snapshot.component_points
        or districts is not snapshot.districts,
    }
    return IndexSnapshot(
        snapshot.facets,
        number,
        token,
        sites,
        values,
        {name: order_of(name, order) for name, order in snapshot.orders.items()},
        points,
        parts,
        districts,
        _patched_times(snapshot.times, changed, data),
        {
            role: spans.patched(changed, Table.from_rows(data.spans[role]))
            for role, spans in snapshot.spans.items()
        },
        token if is_in_vocabulary else snapshot.vocabulary_token,
        changes,
        since,
        {name: token if is_other[name] else before for name, before in snapshot.parts.items()},
        facet_cache=snapshot.facet_cache if is_as_it_was else Cache(),
        world_heritage_cache=Cache() if is_listed else snapshot.world_heritage_cache,
    )


def _patched_times(times: Table, changed: BitMap, data: IndexData) -> Table:
    times = times.patched(changed, Table.from_rows(data.times))
    more = Table.from_rows(data.more_times)
    there = np.isin(more.ids, times.ids)  # not one that was published since
    more = Table(more.ids[there], tuple(column[there] for column in more.columns))
    return times.patched(bitmap(more.ids), more)


def _patched_values(
    values: dict[str, BitMap], changed: BitMap, found: Mapping[str, Iterable[int]]
) -> dict[str, BitMap]:
    fresh = {name: BitMap(ids) for name, ids in found.items()}
    after = {
        name: _patched(bitmap, changed, fresh.pop(name, NOTHING)) for name, bitmap in values.items()
    }
    if not fresh and all(after[name] is bitmap for name, bitmap in values.items()):
        return values
    return {name: bitmap for name, bitmap in (after | fresh).items() if bitmap}


def _patched(bitmap: BitMap, changed: BitMap, fresh: BitMap) -> BitMap:
    """The bitmap with `fresh`, and no others of the changed sites."""
    return bitmap if bitmap & changed == fresh else (bitmap - changed) | fresh


# --- A day ---------------------------------------------------------------------------------------


class HoursGroup(TextChoices):
    """What the catalogue knows of a day at a site; each site is in one group."""

    OFFICIAL = "official", pgettext_lazy("hours of a day", "open by official hours")
    REPORTED = "reported", pgettext_lazy("hours of a day", "open as reported")
    CLOSED = "closed", pgettext_lazy("hours of a day", "closed that day")
    UNCLEAR = "unclear", pgettext_lazy("hours of a day", "unclear that day")
    UNKNOWN = "unknown", pgettext_lazy("hours of a day", "hours not known")

    @property
    def is_open(self) -> bool:
        return self in (HoursGroup.OFFICIAL, HoursGroup.REPORTED)


def hours_groups(index: IndexSnapshot, day: date) -> dict[HoursGroup, BitMap]:
    """All sites by what is known of the day.

    A notice that closes a site decides first. Then reliable rows of hours take precedence over
    those that are only reported; among equally reliable rows, “closed” takes precedence over hours,
    as it is the exception.
    """
    rows: dict[tuple[str, str], BitMap] = defaultdict(BitMap)
    for hours, sites in index.hours.items():
        basis, kind, *days = hours.split(",")
        if is_in_season(day, *days):
            rows[basis, kind] |= sites
    closed = rows[DEPENDABLE, "closed"]
    for notice, sites in index.closures.items():
        if falls_within(day, *_ends(notice)):
            closed |= sites
    official = rows[DEPENDABLE, "open"] - closed
    closed |= rows[REPORTED, "closed"] - official
    reported = rows[REPORTED, "open"] - official - closed
    settled = BitMap.union(official, reported, closed)
    unclear = index.with_hours - settled
    return {
        HoursGroup.OFFICIAL: official,
        HoursGroup.REPORTED: reported,
        HoursGroup.CLOSED: closed,
        HoursGroup.UNCLEAR: unclear,
        HoursGroup.UNKNOWN: index.sites - settled - unclear,
    }


def _ends(notice: str) -> list[date | None]:
    return [date.fromisoformat(end) if end else None for end in notice.split(",")]
