"""What a map shows of a list: groups of sites that lie near each other, exactly counted.

The order of the map (`index/map_keys.py`) has the points of each square in one stretch, so that a
square's count under a filter is the difference of two numbers: how many hits come before its end,
and before its beginning. No points are sent for it, and nothing is stored for each zoom.

A map shows all squares that its window touches. Counts are of these squares, so that the sites
shown and those outside add up to the list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil, floor, hypot
from typing import NamedTuple, Protocol

import numpy as np
from pyroaring import BitMap

from heritage.cartography import mercator
from heritage.cartography.mercator import APART, TILE, Group, MapWindow, window_of_points
from heritage.search.index import columns, map_keys, orders
from heritage.search.index.columns import BoundingBox, Table
from heritage.search.index.snapshot import IndexSnapshot
from heritage.server.caches import CacheKey, LRUCache

SQUARE = 16  # pixels of a side
PARTS_FROM = 8  # the zoom from which the parts of properties are shown, be they many
MOST_PARTS = 1500
_FEW_PARTS = 200  # that are shown from afar, too
_FEW = 0.02  # of all sites: fewer hits than that are sorted, more are marked in the order
_MANY = 1_000  # squares with hits
_SIDES = (2, 3)  # of a cell, in squares: of few and of many
_CACHED = 12  # filters, 4 MB each at a million sites


@dataclass(frozen=True, slots=True)
class District:
    """Sites whose district alone is known; `places` are the ids of these districts."""

    count: int
    latitude: float
    longitude: float
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MapView:
    """The groups in a window, and four counts, which add up to the number of hits."""

    groups: list[Group]
    districts: list[District]
    shown: int  # by a point of their own
    in_districts: int  # shown by a district
    outside: int  # elsewhere, by point or district
    nowhere: int  # nobody knows where
    parts: list[tuple[float, float]]  # points of parts of properties that are shown
    sites: "SitesInView" = field(repr=False)  # shown, either way

    @property
    def site_ids(self) -> list[int]:
        """The ids of the sites that are shown by themselves."""
        return _ids_in(self.groups)


class Places(Protocol):
    """The hits in the order of the map."""

    def before(self, keys: np.ndarray) -> np.ndarray:
        """How many hits have a key below each of these."""
        ...

    def at(self, numbers: np.ndarray) -> np.ndarray:
        """The positions in the order of the hits with these numbers, counted from 0."""
        ...


@dataclass(frozen=True, slots=True)
class SortedPlaces:
    """For few hits: the position of each, and the keys of those with a point."""

    places: np.ndarray
    keys: np.ndarray

    def before(self, keys: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.keys, keys)

    def at(self, numbers: np.ndarray) -> np.ndarray:
        return self.places[numbers]


@dataclass(frozen=True, slots=True)
class Sums:
    """For many hits: how many come before each position, and in all; and the keys of all sites with
    a point."""

    sums: np.ndarray
    keys: np.ndarray

    def before(self, keys: np.ndarray) -> np.ndarray:
        return self.sums[np.searchsorted(self.keys, keys)]

    def at(self, numbers: np.ndarray) -> np.ndarray:
        # Of another type, all sums would be copied to it.
        return np.searchsorted(self.sums, (numbers + 1).astype(self.sums.dtype)) - 1


def sorted_places(index: IndexSnapshot, hits: BitMap) -> Places:
    places, keys = index.orders[orders.MAP].places_of(hits), _curve(index).keys
    return SortedPlaces(places, keys[places[: np.searchsorted(places, len(keys))]])


def marked_places(index: IndexSnapshot, hits: BitMap) -> Places:
    order = index.orders[orders.MAP]
    marks = np.zeros(len(order.ids) + 1, dtype=np.int32)
    marks[order.places[columns.ids_of(hits)] + 1] = 1
    return Sums(np.cumsum(marks, dtype=np.int32), _curve(index).keys)


def places_by_others(index: IndexSnapshot, hits: BitMap) -> Places:
    """The hits, computed from the sites that are no hits, for lists in which these are fewer."""
    order = index.orders[orders.MAP]
    marks = np.ones(len(order.ids) + 1, dtype=np.int32)
    marks[0] = 0
    marks[order.places[columns.ids_of(index.sites - hits)] + 1] = 0
    return Sums(np.cumsum(marks, dtype=np.int32), _curve(index).keys)


def places_of(index: IndexSnapshot, hits: BitMap) -> Places:
    """The quickest of the three forms for these hits, which are published sites."""
    if len(hits) < _FEW * len(index.sites):
        return sorted_places(index, hits)
    if 2 * len(hits) < len(index.sites):
        return marked_places(index, hits)
    return places_by_others(index, hits)


# --- the order's keys, and squares -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Curve:
    """The keys of the sites with a point, in the order of the map."""

    ids: np.ndarray
    keys: np.ndarray
    latitudes: np.ndarray
    longitudes: np.ndarray


@dataclass(frozen=True, slots=True)
class _RowsOfCurve:
    """The rows of a table of points in the order of their keys."""

    keys: np.ndarray
    rows: np.ndarray


_ROWS_OF_CURVE: CacheKey[_RowsOfCurve] = CacheKey("rows of a table of points along the curve")
_SITES: CacheKey[BitMap] = CacheKey("sites of a table")
_CURVE: CacheKey[_Curve] = CacheKey("curve of the map")
_PLACES: CacheKey[LRUCache[frozenset[tuple[str, ...]], Places]] = CacheKey("places on the map")


def _curve(index: IndexSnapshot) -> _Curve:
    """It depends on the points alone: the sites without one come after it in the order."""
    return index.points.cache.get_or_set(_CURVE, lambda: _made_curve(index))


def _made_curve(index: IndexSnapshot) -> _Curve:
    points, order = index.points, index.orders[orders.MAP]
    ids = order.ids[: len(points.ids)]
    row_of = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.int64)
    row_of[points.ids] = np.arange(len(points.ids))
    latitudes, longitudes = (column[row_of[ids]] for column in points.columns)
    keys = map_keys.keys(latitudes, longitudes)
    visible = int(np.searchsorted(keys, map_keys.BEYOND))
    return _Curve(ids[:visible], keys[:visible], latitudes[:visible], longitudes[:visible])


# --- what a window shows -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grid:
    """The squares of a window, in rows and columns: how many hits each has, and how many come
    before it in the order of the map.

    Columns continue beyond 180°. `spans_world`: the first column follows the last."""

    left: int  # the first column
    top: int  # the first row
    keys: np.ndarray  # the lowest of each
    size: int  # how many keys each has
    before: np.ndarray
    counts: np.ndarray
    spans_world: bool


def map_view(
    index: IndexSnapshot,
    hits: BitMap,
    window: MapWindow,
    fingerprint: frozenset[tuple[str, ...]] | None = None,
) -> MapView:
    """The groups in a window. `fingerprint` names the filter, so that it is prepared once."""
    curve = _curve(index)
    places = _prepared(index, hits, fingerprint)
    grid = _grid(places, window)
    shown = int(grid.counts.sum())
    groups = _merged(curve, places, grid, window)
    by_parts = _known_by_parts(index, hits, window)
    groups += by_parts
    shown += len(by_parts)
    badges, in_view = _districts(index, hits, window)
    in_districts = len(in_view)
    nowhere = hits.intersection_cardinality(index.nowhere)
    return MapView(
        groups,
        badges,
        shown,
        in_districts,
        len(hits) - shown - in_districts - nowhere,
        nowhere,
        _parts(index, hits, window),
        SitesInView(index, hits, window, grid, in_view | BitMap(_ids_in(by_parts))),
    )


def _prepared(
    index: IndexSnapshot, hits: BitMap, fingerprint: frozenset[tuple[str, ...]] | None
) -> Places:
    if fingerprint is None:
        return places_of(index, hits)
    cache = index.cache.get_or_set(_PLACES, lambda: LRUCache(_CACHED))
    return cache.get_or_set(fingerprint, lambda: places_of(index, hits))


def _shift(zoom: int) -> int:
    """Bits of a key's column below those of a square of this zoom."""
    return map_keys.BITS - (zoom + (TILE // SQUARE).bit_length() - 1)


class _Stretch(NamedTuple):
    """Squares in a row of columns and of rows, the last ones included."""

    first: int
    last: int
    top: int
    bottom: int

    def holds(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Which of the squares in these columns and rows are among them."""
        return (x >= self.first) & (x <= self.last) & (y >= self.top) & (y <= self.bottom)


def _touched(window: MapWindow) -> tuple[int, int, int, int]:
    """The squares that a window touches, none beyond the poles: the first column and that behind
    the last, the first row and that behind the last. Columns go on beyond 180°."""
    side = (TILE // SQUARE) << window.zoom
    left, right = floor(window.left / SQUARE), ceil((window.left + window.width) / SQUARE)
    top = max(0, floor(window.top / SQUARE))
    return left, right, top, min(side, ceil((window.top + window.height) / SQUARE))


def _stretches(window: MapWindow) -> list[_Stretch]:
    """The same squares: two stretches where it crosses 180°."""
    side = (TILE // SQUARE) << window.zoom
    left, right, top, below = _touched(window)
    bottom = below - 1
    if top > bottom:
        return []
    if right - left >= side:
        return [_Stretch(0, side - 1, top, bottom)]
    first, last = left % side, (right - 1) % side
    if first <= last:
        return [_Stretch(first, last, top, bottom)]
    return [_Stretch(first, side - 1, top, bottom), _Stretch(0, last, top, bottom)]


def _grid(places: Places, window: MapWindow) -> _Grid:
    side = (TILE // SQUARE) << window.zoom
    shift = _shift(window.zoom)
    left, right, top, below = _touched(window)
    spans_world = right - left >= side
    if spans_world:
        left, right = 0, side
    size = 1 << 2 * shift
    keys = map_keys.of_squares(np.arange(left, right) % side, np.arange(top, below)) * size
    before = places.before(keys)
    counts = places.before(keys + size) - before
    return _Grid(left, top, keys, size, before, counts, spans_world)


def _large_squares(shift: int, stretch: _Stretch) -> Iterator[tuple[int, int]]:
    """The keys, from and to before, of at most four large squares that cover these squares."""
    first, last, top, bottom = stretch
    size = max(last - first, bottom - top).bit_length()
    for row in range(top >> size, (bottom >> size) + 1):
        for column in range(first >> size, (last >> size) + 1):
            low = map_keys.of_square(column, row) << 2 * (size + shift)
            yield low, low + (1 << 2 * (size + shift))


@dataclass(frozen=True, slots=True)
class SitesInView:
    """The hits that a window shows: those in its squares, and `others`. Finding them all takes
    longer than counting them."""

    index: IndexSnapshot
    hits: BitMap
    window: MapWindow
    grid: _Grid
    others: BitMap

    @property
    def looked_at(self) -> int:
        """How many sites `all()` looks at: those in the squares, hits or not."""
        starts, stops = self._stretches()
        return int((stops - starts).sum())

    def _stretches(self) -> tuple[np.ndarray, np.ndarray]:
        """From which place and to before which in the order the squares with hits lie."""
        keys, grid = _curve(self.index).keys, self.grid
        found = grid.keys[grid.counts > 0]
        return np.searchsorted(keys, found), np.searchsorted(keys, found + grid.size)

    def all(self) -> BitMap:
        if int(self.grid.counts.sum()) == len(self.hits):
            return self.hits
        starts, stops = self._stretches()
        size = stops - starts
        ends = np.cumsum(size)
        places = np.repeat(stops - ends, size) + np.arange(ends[-1] if len(ends) else 0)
        ids = np.sort(_curve(self.index).ids[places].astype(np.uint32))
        return self.hits & columns.bitmap(ids) | self.others

    def among(self, ids: np.ndarray) -> np.ndarray:
        """Those of `ids` that are in view, in the same order."""
        keys = _curve(self.index).keys
        places = self.index.orders[orders.MAP].places[ids]
        rows = np.flatnonzero(places < len(keys))  # those with a point
        x, y = map_keys.columns_and_rows(keys[places[rows]] >> 2 * _shift(self.window.zoom))
        shown = np.zeros(len(ids), dtype=bool)
        for stretch in _stretches(self.window):
            shown[rows] |= stretch.holds(x, y)
        if self.others:
            shown |= np.isin(ids, columns.ids_of(self.others))
        return ids[shown]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Squares by cells of the same side, those of most hits first, each with its largest square."""

    counts: np.ndarray
    first: np.ndarray  # the number of the first hit in the largest square
    last: np.ndarray
    is_one_square: np.ndarray
    row: np.ndarray  # of the cell in the grid
    column: np.ndarray
    spans: np.ndarray  # left, top, right and bottom of its squares with hits, in squares
    shape: tuple[int, int]  # rows and columns of cells
    reach: int  # how many cells away another may have its point nearer than marks are


def _cells(grid: _Grid, apart: float) -> _Cells:
    """Cells are about as large as the distance between marks; a little larger if there are many."""
    side = max(1, int(_SIDES[int(np.count_nonzero(grid.counts) > _MANY)] * apart / APART))
    up, before = grid.top % side, grid.left % side  # cells lie where they lie in every window
    high, wide = grid.counts.shape
    rows, columns = -(-(up + high) // side), -(-(before + wide) // side)
    room = np.zeros((rows * side, columns * side), dtype=np.int64)
    room[up : up + high, before : before + wide] = grid.counts
    squares = room.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(-1, side * side)
    sums = squares.sum(axis=1)
    cell = np.flatnonzero(sums)
    squares, sums = squares[cell], sums[cell]
    row, column = cell // columns, cell % columns
    largest = squares.argmax(axis=1)
    at = row * side + largest // side - up, column * side + largest % side - before
    first = grid.before[at]
    last = first + squares.max(axis=1) - 1
    used = (squares > 0).reshape(-1, side, side)
    across, down = used.any(axis=1), used.any(axis=2)
    left, top = grid.left - before + column * side, grid.top - up + row * side
    spans = np.stack(
        (
            left + across.argmax(axis=1),
            top + down.argmax(axis=1),
            left + side - across[:, ::-1].argmax(axis=1),
            top + side - down[:, ::-1].argmax(axis=1),
        ),
        axis=1,
    )
    is_one_square = sums == squares.max(axis=1)
    order = np.lexsort((first, -sums))
    # The last cell of the world may be narrower.
    reach = 2 if grid.spans_world or side * SQUARE < apart else 1
    return _Cells(
        sums[order],
        first[order],
        last[order],
        is_one_square[order],
        row[order],
        column[order],
        spans[order],
        (rows, columns),
        reach,
    )


def _merged(curve: _Curve, places: Places, grid: _Grid, window: MapWindow) -> list[Group]:
    """The squares as groups that are apart: a cell that is too near to larger ones which are
    groups belongs to the nearest of them."""
    if not grid.counts.any():
        return []
    cells = _cells(grid, window.apart)
    world = float(TILE << window.zoom)
    first = places.at(cells.first)
    latitudes, longitudes = curve.latitudes[first], curve.longitudes[first]
    one, other, away = _neighbours(
        cells, latitudes, longitudes, window, spans_world=grid.spans_world
    )
    leads = [True] * len(first)
    for each, larger in zip(one.tolist(), other.tolist(), strict=True):  # in the order of `each`
        if leads[larger]:
            leads[each] = False
    is_group = np.array(leads)
    joined = is_group[other] & ~is_group[one]
    one, other, away = one[joined], other[joined], away[joined]
    nearest = np.lexsort((away, one))
    nearest = nearest[np.flatnonzero(np.diff(one[nearest], prepend=-1))]
    group = np.arange(len(first))
    group[one[nearest]] = other[nearest]
    spans = cells.spans / (world / SQUARE)
    if grid.spans_world:  # what joins across 180° goes on beyond it
        spans[:, ::2] += np.round(spans[group, :1] - spans[:, :1])
    order = np.argsort(group, kind="stable")  # the groups first in what is theirs
    runs = np.flatnonzero(np.diff(group[order], prepend=-1))
    shown = order[runs]
    counts = np.add.reduceat(cells.counts[order], runs)
    spans = np.hstack(
        (
            np.minimum.reduceat(spans[order, :2], runs),
            np.maximum.reduceat(spans[order, 2:], runs),
        )
    )
    is_one = (
        (counts > 1)
        & (counts == cells.counts[shown])
        & cells.is_one_square[shown]
        & (curve.keys[first[shown]] == curve.keys[places.at(cells.last[shown])])
    )
    parts = (counts, latitudes[shown], longitudes[shown], curve.ids[first[shown]], spans, is_one)
    return [
        Group(count, latitude, longitude, site if count == 1 else None, tuple(span), is_one_point)
        for count, latitude, longitude, site, span, is_one_point in zip(
            *(each.tolist() for each in parts), strict=True
        )
    ]


def _neighbours(
    cells: _Cells,
    latitudes: np.ndarray,
    longitudes: np.ndarray,
    window: MapWindow,
    *,
    spans_world: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of cells whose points are nearer than marks are, by the first: the number of a cell,
    that of a larger one, and the square of their distance in pixels."""
    world = float(TILE << window.zoom)
    rows, columns = cells.shape
    reach, count = cells.reach, len(cells.counts)
    # Around the cells is room in which none is, or those of the other side of the world.
    table = np.full((rows + 2 * reach, columns + 2 * reach), count)
    table[cells.row + reach, cells.column + reach] = np.arange(count)
    if spans_world:
        table[:, :reach] = table[:, columns : columns + reach]
        table[:, columns + reach :] = table[:, reach : 2 * reach]
    wide = table.shape[1]
    around = (np.arange(2 * reach + 1)[:, None] * wide + np.arange(2 * reach + 1)).ravel()
    near = table.ravel()[(cells.row * wide + cells.column)[:, None] + around]
    one, place = np.nonzero(near < np.arange(count)[:, None])  # the larger ones
    other = near[one, place]
    x = (longitudes / 360 + 0.5) % 1 * world
    slope = np.radians(latitudes)
    y = (0.5 - np.log(np.tan(np.pi / 4 + slope / 2)) / (2 * np.pi)) * world
    across = np.abs(x[one] - x[other])
    across = np.minimum(across, world - across)
    away = across**2 + (y[one] - y[other]) ** 2
    close = away < window.apart**2
    return one[close], other[close], away[close]


# --- districts and parts -----------------------------------------------------------------------


def _in_window(latitudes: np.ndarray, longitudes: np.ndarray, window: MapWindow) -> np.ndarray:
    """Which points lie in the squares of a window."""
    x, y = map_keys.squares(latitudes, longitudes)
    shift = _shift(window.zoom)
    x, y = x >> shift, y >> shift
    inside = np.zeros(len(x), dtype=bool)
    for stretch in _stretches(window):
        inside |= stretch.holds(x, y)
    return inside


def _districts(
    index: IndexSnapshot, hits: BitMap, window: MapWindow
) -> tuple[list[District], BitMap]:
    """The districts in a window, each alone or together with others near it; and their sites."""
    table = index.districts
    asked = hits & index.in_districts
    if not asked:
        return [], BitMap()
    rows = np.flatnonzero(np.isin(table.ids, columns.ids_of(asked)))
    latitudes, longitudes, _km, of = (column[rows] for column in table.columns)
    seen = np.flatnonzero(_in_window(latitudes, longitudes, window))
    rows, latitudes, longitudes, of = rows[seen], latitudes[seen], longitudes[seen], of[seen]
    sites = columns.bitmap(table.ids[rows])
    places, first, counts = np.unique(of, return_index=True, return_counts=True)
    order = np.lexsort((places, -counts)).tolist()
    world = TILE << window.zoom
    badges: list[tuple[float, float, int, float, float, list[int]]] = []
    for number in order:
        latitude, longitude = float(latitudes[first[number]]), float(longitudes[first[number]])
        x, y = (each * world for each in mercator.project(longitude, latitude))
        count, place = int(counts[number]), int(places[number])
        for known, badge in enumerate(badges):
            if hypot(badge[0] - x, badge[1] - y) < window.apart:
                badges[known] = (*badge[:2], badge[2] + count, *badge[3:5], [*badge[5], place])
                break
        else:
            badges.append((x, y, count, latitude, longitude, [place]))
    return [District(each[2], each[3], each[4], tuple(each[5])) for each in badges], sites


def _known_by_parts(index: IndexSnapshot, hits: BitMap, window: MapWindow) -> list[Group]:
    """Groups for sites without a point of their own that have parts in the window; each at the
    first of these."""
    table = index.component_points
    with_parts = table.cache.get_or_set(_SITES, lambda: columns.bitmap(np.unique(table.ids)))
    with_point = index.points.cache.get_or_set(_SITES, lambda: columns.bitmap(index.points.ids))
    table = table.of_sites((hits & with_parts) - with_point)
    latitudes, longitudes = table.columns
    rows = np.flatnonzero(_in_window(latitudes, longitudes, window))
    ids, first = np.unique(table.ids[rows], return_index=True)
    at = rows[first]
    return [
        Group(1, latitude, longitude, site, (0.0, 0.0, 0.0, 0.0))
        for site, latitude, longitude in zip(
            ids.tolist(), table.columns[0][at].tolist(), table.columns[1][at].tolist(), strict=True
        )
    ]


def _parts(index: IndexSnapshot, hits: BitMap, window: MapWindow) -> list[tuple[float, float]]:
    """The points of the parts of properties, at close zooms or if there are few."""
    is_near = window.zoom >= PARTS_FROM
    if not is_near and len(hits) > _FEW_PARTS:
        return []
    table = index.component_points
    if is_near:
        rows = _rows_near(table, window)
        ids = table.ids[rows]
        if len(hits) < len(index.sites):
            found = columns.ids_of(hits & columns.bitmap(np.unique(ids)))
            rows = rows[np.isin(ids, found)]
    else:
        table = table.of_sites(hits)
        rows = np.flatnonzero(_in_window(table.columns[0], table.columns[1], window))
    rows = rows[:MOST_PARTS]
    if not is_near and len(hits) > 1 and len(rows) > _FEW_PARTS:
        return []
    latitudes, longitudes = (column[rows].tolist() for column in table.columns)
    return list(zip(latitudes, longitudes, strict=True))


def _rows_near(table: Table, window: MapWindow) -> np.ndarray:
    """The rows of a table of points that lie in the squares of a window, ascending."""
    curve = table.cache.get_or_set(_ROWS_OF_CURVE, lambda: _made_rows(table))
    shift = _shift(window.zoom)
    parts = [np.zeros(0, dtype=np.int32)]
    for stretch in _stretches(window):
        for low, high in _large_squares(shift, stretch):
            start, stop = np.searchsorted(curve.keys, (low, high)).tolist()
            x, y = map_keys.columns_and_rows(curve.keys[start:stop] >> 2 * shift)
            parts.append(curve.rows[start:stop][stretch.holds(x, y)])
    return np.sort(np.concatenate(parts))


def _made_rows(table: Table) -> "_RowsOfCurve":
    keys = map_keys.keys(*table.columns)
    order = np.argsort(keys, kind="stable").astype(np.int32)
    return _RowsOfCurve(keys[order], order)


def window_of(
    index: IndexSnapshot, hits: BitMap, width: float, height: float, largest: int = 13
) -> MapWindow:
    """The closest window that shows all hits, up to the zoom `largest`; the world if none of them
    has a position.

    The narrower way around the globe is taken. Districts count by their centre.
    """
    latitudes, longitudes = _points(index, hits)
    if not len(latitudes):
        return MapWindow.around(25, 20, 1, width, height)
    return window_of_points(latitudes, longitudes, width, height, largest)


def _points(index: IndexSnapshot, hits: BitMap) -> tuple[np.ndarray, np.ndarray]:
    if len(hits) == 1:
        parts = index.component_points
        rows = np.flatnonzero(parts.ids == hits[0])
        if len(rows) > 1:
            return parts.columns[0][rows], parts.columns[1][rows]
    points, districts = index.points, index.districts
    found = []
    for table in (points, districts):
        if len(hits) == len(index.sites):
            rows = np.arange(len(table.ids))
        else:
            ids = columns.ids_of(hits)
            rows = np.searchsorted(table.ids, ids)
            rows = rows[np.append(table.ids, 0)[rows] == ids]
        found.append((table.columns[0][rows], table.columns[1][rows]))
    latitudes, longitudes = (np.concatenate(each) for each in zip(*found, strict=True))
    return latitudes, longitudes


def box_of(window: MapWindow) -> BoundingBox:
    """The squares that a window touches, in degrees."""
    world = TILE << window.zoom
    left, top = (floor(each / SQUARE) * SQUARE for each in (window.left, window.top))
    right = ceil((window.left + window.width) / SQUARE) * SQUARE
    bottom = ceil((window.top + window.height) / SQUARE) * SQUARE
    if right - left >= world:
        west, east = -180.0, 180.0
    else:
        west, east = (((edge / world) % 1 - 0.5) * 360 for edge in (left, right))
    north, south = (
        mercator.unproject(0.5, min(max(edge / world, 0), 1))[1] for edge in (top, bottom)
    )
    return BoundingBox(west, south, east, north)


def _ids_in(groups: Iterable[Group]) -> list[int]:
    return [group.site for group in groups if group.site is not None]
