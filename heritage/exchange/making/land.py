"""Our drawing of the land, from the outlines of Natural Earth (public domain, as TopoJSON).

Two of them: a fine one for regions, a coarse one for the globe and the world. Kept are coasts,
the shores of inland seas among them; there are no borders of states in it, nor shall there be:
many are contested, and the catalogue takes no side.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path

from heritage.imaging.land_outline import Ring, area, encoded, kept_corners
from heritage.values.coordinates import KM_PER_DEGREE, distance_km


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of the outlines is kept."""

    name: str
    per_degree: int  # whole units of the file
    least_km2: float  # of the triangle that a point makes with its neighbours
    island_km2: float  # a smaller one goes ...
    alone_km: float  # ... unless nothing that is kept lies so near: an atoll stands for itself


FINE = Scale("land_fine.txt", 50, 46, 160, 100)
COARSE = Scale("land_coarse.txt", 10, 900, 3000, 300)


def make(path: Path) -> dict[str, str]:
    """The files, by name. ValueError if the outlines are not TopoJSON of land."""
    rings = read(path)
    return {scale.name: drawn(rings, scale) for scale in (FINE, COARSE)}


def read(path: Path) -> list[Ring]:
    """All rings, as longitude and latitude; inland seas are rings like any other."""
    try:
        topology = json.loads(path.read_text(encoding="utf-8"))
        east, north = topology["transform"]["scale"]
        west, south = topology["transform"]["translate"]
        arcs = [_arc(arc, east, north, west, south) for arc in topology["arcs"]]
        shapes = topology["objects"]["land"]["geometries"]
        numbers = [ring for shape in shapes for ring in _rings(shape)]
        return [_joined([arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]) for ring in numbers]
    except (KeyError, TypeError, IndexError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name} is not TopoJSON of land: {error!r}") from error


def _arc(steps: list, east: float, north: float, west: float, south: float) -> Ring:
    x = y = 0
    points = []
    for step_x, step_y in steps:
        x, y = x + step_x, y + step_y
        points.append((x * east + west, y * north + south))
    return points


def _rings(shape: dict) -> Iterator[list[int]]:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for polygon in polygons:
        yield from polygon


def _joined(arcs: list[Ring]) -> Ring:
    """Arcs end where the next begins, the last one where the first did."""
    return [point for arc in arcs for point in arc[:-1]]


def drawn(rings: Iterable[Ring], scale: Scale) -> str:
    """The largest first, so that what is cut short is the least."""
    flat = [(on_plane(ring), ring) for ring in rings]
    sized = sorted(((area(plane), plane, ring) for plane, ring in flat), key=lambda it: -it[0])
    near = _Near(scale.alone_km)
    kept = []
    for size, plane, ring in sized:
        if size == 0 or (size < scale.island_km2 and near.has(ring[0])):
            continue
        corners = kept_corners(plane, min(scale.least_km2, size / 8))
        kept.append(_whole([ring[number] for number in corners], scale.per_degree))
        for point in ring:
            near.add(point)
    return encoded(kept)


def on_plane(ring: Ring) -> Ring:
    """In kilometres, true in area: longitudes run on across 180°, and shrink by their latitude."""
    plane, last, turns = [], ring[0][0], 0
    for longitude, latitude in ring:
        turns -= round((longitude - last) / 360)
        last = longitude
        shrink = cos(radians(latitude))
        plane.append(((longitude + 360 * turns) * shrink * KM_PER_DEGREE, latitude * KM_PER_DEGREE))
    return plane


def _whole(ring: Ring, per_degree: int) -> list[tuple[int, int]]:
    """In whole units; points that fall on one another become one, an atoll the least there is."""
    points = [(round(x * per_degree), round(y * per_degree)) for x, y in ring]
    points = [point for number, point in enumerate(points) if point != points[number - 1]]
    if len(points) > 2 and area(points):
        return points
    x, y = round(ring[0][0] * per_degree), round(ring[0][1] * per_degree)
    return [(x, y), (x + 1, y), (x, y + 1)]


class _Near:
    """Which coasts are within a distance, by cells of a grid."""

    def __init__(self, km: float):
        self.km = km
        self.step = km / KM_PER_DEGREE
        self.cells: dict[tuple[int, int], list] = defaultdict(list)

    def add(self, point: tuple[float, float]) -> None:
        self.cells[self._cell(*point)].append(point)

    def has(self, point: tuple[float, float]) -> bool:
        column, row = self._cell(*point)
        return any(
            distance_km(point[::-1], other[::-1]) < self.km
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for other in self.cells.get((x, y), ())
        )

    def _cell(self, longitude: float, latitude: float) -> tuple[int, int]:
        # Columns of one latitude's width: towards the poles they hold fewer degrees of truth,
        # which keeps an island too many there, never one too few.
        return int(longitude // self.step), int(latitude // self.step)
