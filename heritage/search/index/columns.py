"""Numeric columns of the index: coordinates, years of events, times of the last change.

Rows are sorted by the id of the site. A table is never changed after it was made.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Buffer, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from heritage.server.caches import Cache
from heritage.values.coordinates import KM_PER_DEGREE, Point, distances_km

# The types of a table's columns, the id first, as `array` and numpy both name them.
POINTS = "Idd"  # latitude and longitude as they are stored: a box cuts where the database would
DISTRICTS = "IddII"  # a circle: latitude and longitude of its centre, km; and the id of its place
SPANS = "Iii"  # first and last year
TIMES = "Iq"  # microseconds since 1970
# Stand for an end that is open or unknown: nothing limits the span there.
NO_FIRST, NO_LAST = (int(end) for end in (np.iinfo(np.int32).min, np.iinfo(np.int32).max))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exactly."""
    passed = at - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def moment(microseconds: int) -> datetime:
    """The inverse of `microseconds`."""
    return _EPOCH + timedelta(microseconds=microseconds)


def bitmap(ids: np.ndarray) -> BitMap:
    return BitMap(array("I", ids.tobytes()))


def _where(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """ids[mask]; several times as fast if most of the mask is true."""
    return ids[np.flatnonzero(mask)]


def ids_of(bitmap: BitMap) -> np.ndarray:
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


class TableRows:
    """Rows collected for a table, in any order; much smaller than tuples."""

    def __init__(self, types: str):
        self.columns: list[array[float]] = [array(kind) for kind in types]

    def add(self, *row: float) -> None:
        for column, value in zip(self.columns, row, strict=True):
            column.append(value)


@dataclass(frozen=True, slots=True)
class Table:
    """Site ids, each with one or more rows, and their columns."""

    ids: np.ndarray
    columns: tuple[np.ndarray, ...]
    _by_first: list[np.ndarray] = field(default_factory=list, compare=False)
    # What other modules compute of it: the same as long as no row of it changes.
    cache: Cache = field(default_factory=Cache, compare=False, repr=False)

    @property
    def by_first(self) -> np.ndarray:
        """The places of the rows in the order of the first column; made when first asked for."""
        if not self._by_first:
            places = np.argsort(self.columns[0], kind="stable").astype(np.int32)
            self._by_first.append(places)
        return self._by_first[0]

    @classmethod
    def from_rows(cls, rows: TableRows) -> "Table":
        arrays = [np.array(column, dtype=column.typecode) for column in rows.columns]
        order = np.lexsort(arrays[::-1])
        ids, *columns = (values[order] for values in arrays)
        return cls(ids, tuple(columns))

    @classmethod
    def from_bytes(cls, parts: Iterable[Buffer], types: str) -> "Table":
        pairs = zip(parts, types, strict=True)
        ids, *columns = (np.frombuffer(part, dtype=kind) for part, kind in pairs)
        return cls(ids, tuple(columns))

    def to_bytes(self) -> list[bytes]:
        return [values.tobytes() for values in self]

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.ids, *self.columns))

    def patched(self, changed: BitMap, fresh: "Table") -> "Table":
        """The table in which the changed sites have the rows of `fresh` and no others."""
        places = self._places(ids_of(changed))
        if np.array_equal(self.ids[places], fresh.ids):  # as many rows of each site as before
            columns = [
                _with(column, places, new)
                for column, new in zip(self.columns, fresh.columns, strict=True)
            ]
            same = all(new is old for new, old in zip(columns, self.columns, strict=True))
            return self if same else Table(self.ids, tuple(columns))
        others = [np.delete(column, places) for column in self]
        inserted = np.searchsorted(others[0], fresh.ids)
        ids, *columns = (
            np.insert(old, inserted, new) for old, new in zip(others, fresh, strict=True)
        )
        return Table(ids, tuple(columns))

    def of_sites(self, sites: BitMap) -> "Table":
        """A table with the rows of these sites only."""
        places = self._places(ids_of(sites))
        return Table(self.ids[places], tuple(column[places] for column in self.columns))

    def _places(self, ids: np.ndarray) -> np.ndarray:
        """Where the rows of these sites are, ascending."""
        first, end = (np.searchsorted(self.ids, ids, side) for side in ("left", "right"))
        counts = end - first
        return np.repeat(end - np.cumsum(counts), counts) + np.arange(counts.sum())


def _with(column: np.ndarray, places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The column with `values` at these positions; the same object if it has them already."""
    if np.array_equal(column[places], values):
        return column
    column = column.copy()
    column[places] = values
    return column


# --- which were changed last -----------------------------------------------------------------


def latest(times: Table, hits: BitMap, most: int) -> list[int]:
    """The ids of `hits` with the latest times, latest first; equal times by id."""
    ids, moments = times.ids, times.columns[0]
    if len(hits) < len(ids):
        places = np.searchsorted(ids, ids_of(hits))
        ids, moments = ids[places], moments[places]
    if len(ids) > most:
        earliest = np.partition(moments, len(moments) - most)[len(moments) - most]
        asked = np.flatnonzero(moments >= earliest)
        ids, moments = ids[asked], moments[asked]
    return ids[np.lexsort((ids, moments))[::-1]][:most].tolist()


def time_of(times: Table, site_id: int) -> datetime | None:
    """The time of one site; None if it has none."""
    place = int(np.searchsorted(times.ids, site_id))
    if place == len(times.ids) or times.ids[place] != site_id:
        return None
    return moment(int(times.columns[0][place]))


def latest_of(times: Table) -> datetime | None:
    """The latest time of all; None without any."""
    return moment(int(times.columns[0].max())) if len(times.ids) else None


# --- where -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A box in degrees; if west is greater than east, it crosses 180°."""

    west: float
    south: float
    east: float
    north: float


def present(table: Table, ids: Iterable[int]) -> BitMap:
    """The ids among `ids` that have a row."""
    asked = np.unique(np.fromiter(ids, dtype=np.int64))
    return BitMap(asked[np.isin(asked, table.ids)].tolist())


def within(points: Table, box: BoundingBox) -> BitMap:
    """The sites with a point in a box, its edges included; `points` may be the centres of
    districts."""
    latitudes, longitudes = points.columns[:2]
    inside = longitudes >= box.west
    if box.west <= box.east:
        inside &= longitudes <= box.east
    else:
        inside |= longitudes <= box.east
    # 180° W is 180° E: a box that ends at one holds the points written as the other.
    if box.west == -180:
        inside |= longitudes == 180
    if box.east == 180:
        inside |= longitudes == -180
    inside &= latitudes >= box.south
    inside &= latitudes <= box.north
    return bitmap(_where(points.ids, inside))


def some_points(points: Table, hits: BitMap, most: int) -> list[Point]:
    """The points of these sites in the order of their ids; if there are more than `most`, an even
    sample."""
    ids = ids_of(hits)
    ids = ids[:: max(1, -(-len(ids) // most))]
    places = np.searchsorted(points.ids, ids)
    places = places[np.append(points.ids, 0)[places] == ids]  # without those that have no point
    latitudes, longitudes = points.columns
    return list(zip(latitudes[places].tolist(), longitudes[places].tolist(), strict=True))


def middle(points: list[Point]) -> Point | None:
    """The median point, or None without points.

    For points of one town or province; not for points on both sides of 180°.
    """
    if not points:
        return None
    latitudes, longitudes = zip(*points, strict=True)
    return float(np.median(latitudes)), float(np.median(longitudes))


WORLD_KM = 20_100  # farther than anything is
_FAR_KM = 1e6  # more than any distance


class NearSite(NamedTuple):
    """A site near a point: the nearest of its points, and how far it is."""

    pk: int
    km: float
    point: Point


@dataclass(frozen=True, slots=True)
class WithinRadius:
    """The sites within a radius by id: the nearest point of each, and how far it is.

    `km` is the distance, `is_district` whether the point is the centre of a district in which the
    site lies somewhere. Such sites come after all that are measured.
    """

    ids: np.ndarray
    km: np.ndarray
    latitudes: np.ndarray
    longitudes: np.ndarray
    is_district: np.ndarray

    @property
    def _keys(self) -> np.ndarray:
        """What the sites are sorted by."""
        return self.km + self.is_district * _FAR_KM

    def slice(self, hits: BitMap | None, start: int, stop: int) -> list[int]:
        """The ids of `hits`, all within the radius, at places `start` to `stop`: nearest first.

        The equally near stand by their ids. None: of all within the radius.
        """
        ids, keys = self.ids, self._keys
        if hits is not None:
            ids = ids_of(hits)
            keys = keys[np.searchsorted(self.ids, ids)]
        stop = min(stop, len(ids))
        if start >= stop:
            return []
        # Only what is asked for is sorted, with all that is just as far as its ends.
        nearest, farthest = np.partition(keys, (start, stop - 1))[[start, stop - 1]]
        asked = np.flatnonzero((keys >= nearest) & (keys <= farthest))
        before = int(np.count_nonzero(keys < nearest))
        ordered = ids[asked[np.argsort(keys[asked], kind="stable")]]
        return ordered[start - before : stop - before].tolist()

    def first(self, hits: BitMap | None, most: int) -> list[NearSite]:
        """The nearest of `hits`, which are all within the radius; None: of all."""
        ids = self.slice(hits, 0, most)
        places = np.searchsorted(self.ids, ids)
        points = zip(self.latitudes[places].tolist(), self.longitudes[places].tolist(), strict=True)
        return list(map(NearSite, ids, self.km[places].tolist(), points))

    def place(self, hits: BitMap, site_id: int) -> int:
        """How many of `hits` come before one of them."""
        ids, keys = ids_of(hits), self._keys
        its = keys[np.searchsorted(self.ids, site_id)]
        keys = keys[np.searchsorted(self.ids, ids)]
        return int(np.count_nonzero((keys < its) | ((keys == its) & (ids < site_id))))

    def km_of(self, ids: Iterable[int]) -> dict[int, float]:
        ids = list(ids)
        places = np.searchsorted(self.ids, ids)
        return dict(zip(ids, self.km[places].tolist(), strict=True))

    def points_of(self, ids: Iterable[int]) -> dict[int, Point]:
        """The nearest point of each of these sites, by id."""
        ids = list(ids)
        places = np.searchsorted(self.ids, ids)
        points = zip(self.latitudes[places].tolist(), self.longitudes[places].tolist(), strict=True)
        return dict(zip(ids, points, strict=True))


NONE_NEAR = WithinRadius(*(np.empty(0, kind) for kind in ("I", "d", "d", "d", "?")))


def within_radius(points: Table, here: Point, km: float, districts: bool = False) -> WithinRadius:
    """All rows within so many kilometres of a point, also several of one site; see `nearest`."""
    latitudes, longitudes = points.columns[:2]
    reach = km / KM_PER_DEGREE + 1e-9  # of latitude: more than rounding may take
    # A few looks at latitudes: without a second column of them, in order, for each worker.
    places, latitude = points.by_first, latitudes.__getitem__
    first = bisect_left(places, here[0] - reach, key=latitude)
    near = places[first : bisect_right(places, here[0] + reach, key=latitude)]
    near = np.sort(near[_may_be_near(longitudes[near], here, reach)])
    distances = distances_km(here, latitudes[near], longitudes[near])
    inside = distances <= km
    near = near[inside]
    return WithinRadius(
        points.ids[near],
        distances[inside],
        latitudes[near],
        longitudes[near],
        np.full(len(near), districts),
    )


def nearest(measured: WithinRadius, others: Iterable[WithinRadius]) -> WithinRadius:
    """The nearest point of each site, where a measured point counts before the centre of a
    district.

    `measured` has one row for each site; `others` may have several.
    """
    arrays = [np.concatenate(parts) for parts in zip(*map(_columns, others), strict=True)]
    if not len(arrays[0]):
        return measured
    ids, km, _latitudes, _longitudes, is_district = arrays
    order = np.lexsort((km, is_district, ids))
    first = order[np.flatnonzero(np.diff(ids[order], prepend=-1))]  # of each site
    ids, km, _latitudes, _longitudes, is_district = rows = [array[first] for array in arrays]
    places = np.searchsorted(measured.ids, ids)
    is_there = np.append(measured.ids, 0)[places] == ids
    is_nearer = is_there & ~is_district
    is_nearer[is_there] &= km[is_there] < measured.km[places[is_there]]
    merged = []
    for old, new in zip(_columns(measured), rows, strict=True):
        column = old.copy()
        column[places[is_nearer]] = new[is_nearer]
        merged.append(np.insert(column, places[~is_there], new[~is_there]))
    return WithinRadius(*merged)


def _columns(found: WithinRadius) -> tuple[np.ndarray, ...]:
    return found.ids, found.km, found.latitudes, found.longitudes, found.is_district


def _may_be_near(longitudes: np.ndarray, here: Point, reach: float) -> np.ndarray:
    """Which points are in reach by longitude, a quick test before distances are computed."""
    farthest = abs(here[0]) + reach  # of all latitudes in reach the one where a degree is shortest
    if farthest >= 89:
        return np.ones(len(longitudes), dtype=bool)
    # Somewhat more than the widest that a circle around the point gets.
    width = reach / np.cos(np.radians(farthest)) + 1e-6
    apart = np.abs(longitudes - here[1])
    return np.minimum(apart, 360 - apart) <= width


# --- when ------------------------------------------------------------------------------------


def overlapping(spans: Table, first: int | None, last: int | None) -> BitMap:
    """The sites with a span that overlaps `first` to `last`; None is no limit."""
    firsts, lasts = spans.columns
    if first is None and last is None:
        return bitmap(spans.ids)
    shared = lasts >= first if first is not None else firsts <= last
    if first is not None and last is not None:
        shared &= firsts <= last
    return bitmap(_where(spans.ids, shared))


def closest_spans(
    tables: Iterable[Table], first: int, last: int, slacks: Iterable[int], hits: BitMap
) -> Iterator[BitMap]:
    """Divides hits, all with a span that overlaps `first` to `last`, by how far their closest span
    extends beyond these years: for each of `slacks`, those within so many years at each end; then
    the others."""
    tables = list(tables)
    for slack in slacks:
        close = BitMap.union(*(_inside(spans, first, last, slack) for spans in tables))
        yield hits & close
        hits = hits - close
    yield hits


def _inside(spans: Table, first: int, last: int, slack: int) -> BitMap:
    """The sites with a span that overlaps these years and extends at most `slack` years beyond each
    end."""
    firsts, lasts = spans.columns
    inside = (firsts <= last) & (lasts >= first)
    inside &= (firsts >= first - slack) & (lasts <= last + slack)
    return bitmap(_where(spans.ids, inside))
