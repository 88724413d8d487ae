"""Path data of a globe that shows where on earth a place is, for covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import cos, pi, radians, sin

import numpy as np

from heritage.cartography import base_map, mercator
from heritage.cartography.outlines import Point, Ring, area, contains_point, thinned
from heritage.values.svg_paths import steps

RADIUS = 200  # units of the path data
_STEP = 15  # degrees between the sides that a globe is shown from: few, so that they can be kept
_DETAIL = 12  # square units below which a corner, or an island, is left out


@dataclass(frozen=True, slots=True)
class Globe:
    """The land of half the earth as path data around 0, 0 (fill rule evenodd), and a point on
    it."""

    land: str
    point: Point
    radius: int = RADIUS


def globe_around(latitude: float, longitude: float, lean: int = 0) -> Globe:
    """The side of the earth around a point, tilted by `lean` degrees."""
    # The globe leans, so that the sea of ice is not all of it.
    middle = latitude - lean if lean else latitude * 0.75
    north = max(-90, round(middle / _STEP) * _STEP)
    east = round(longitude / _STEP) * _STEP
    x, y = View(north, east).point(latitude, longitude)
    return Globe(_land(north, east), (round(x * RADIUS, 1), round(y * RADIUS, 1)))


@lru_cache(maxsize=512)
def _land(north: int, east: int) -> str:
    parts: list[str | float] = []
    for ring in View(north, east).land():
        shape = thinned([(x * RADIUS, y * RADIUS) for x, y in ring], _DETAIL)
        if area(shape) > _DETAIL:
            parts.append("M")
            for x, y in shape:
                parts += [x, y]
            parts.append("z")
    return steps(*parts)


def _vectors(longitudes: np.ndarray, latitudes: np.ndarray) -> np.ndarray:
    """Degrees as unit vectors, one a row."""
    east, north = np.radians(longitudes), np.radians(latitudes)
    return np.column_stack(
        (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    )


@dataclass(frozen=True, slots=True)
class _Outline:
    """A ring on the globe, with the spherical cap that contains it."""

    points: np.ndarray  # unit vectors, one a row
    middle: np.ndarray
    reach: float  # radians from the middle to its farthest point


@cache
def _outlines() -> list[_Outline]:
    """All land. The base map ends at 85°: what reaches its lower edge goes on to the pole."""
    lines = base_map.lines("land", base_map.level_of(1))
    found = []
    for number in range(len(lines)):
        x, y = lines.line(number).T
        latitudes = mercator.latitudes(y)
        points = _vectors(
            (x - 0.5) * 360, np.where(latitudes < 0.01 - mercator.EDGE, -90, latitudes)
        )
        middle = points.mean(axis=0)
        middle = middle / np.linalg.norm(middle)
        reach = float(np.arccos(np.clip(points @ middle, -1, 1)).max())
        found.append(_Outline(points, middle, reach))
    return found


class View:
    """The half of the globe around a point, seen from afar; x to the east, y to the south.

    Points behind the horizon are moved onto it, which keeps every outline closed.
    """

    def __init__(self, latitude: float, longitude: float):
        lat, lon = radians(latitude), radians(longitude)
        self._middle = np.array((cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)))
        self._east = np.array((-sin(lon), cos(lon), 0.0))
        self._north = np.array((-sin(lat) * cos(lon), -sin(lat) * sin(lon), cos(lat)))

    def _polar(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Directions of unit vectors from the middle, and angles to it."""
        flat = np.column_stack((points @ self._east, -(points @ self._north)))
        length = np.hypot(*flat.T)
        angle = np.arctan2(length, points @ self._middle)
        return flat / np.maximum(length, 1e-12)[:, None], angle

    def flat(self, points: np.ndarray) -> np.ndarray:
        """Of unit vectors, in radii of the earth."""
        direction, angle = self._polar(points)
        return direction * np.sin(np.minimum(angle, pi / 2))[:, None]

    def point(self, latitude: float, longitude: float) -> Point:
        x, y = self.flat(_vectors(np.array([longitude]), np.array([latitude])))[0]
        return float(x), float(y)

    def land(self) -> Iterator[Ring]:
        """The rings in sight; the fill rule is evenodd.

        A ring that holds the far side of the globe is turned inside out when it is drawn onto
        the horizon; the whole disc, crossed with it, puts that right.
        """
        for outline in _outlines():
            away = float(np.arccos(np.clip(outline.middle @ self._middle, -1, 1)))
            if away - outline.reach > pi / 2:
                continue
            yield list(map(tuple, _along_horizon(self.flat(outline.points)).tolist()))
            if pi - away <= outline.reach and _holds(outline, -self._middle):
                turn = np.linspace(0, 2 * pi, 72, endpoint=False)
                yield list(zip(np.cos(turn).tolist(), np.sin(turn).tolist(), strict=True))


def _along_horizon(flat: np.ndarray) -> np.ndarray:
    """A ring whose long steps along the horizon follow it, instead of cutting through."""
    following = np.roll(flat, -1, axis=0)
    is_out = np.hypot(*flat.T) > 0.999
    long = is_out & np.roll(is_out, -1) & (np.hypot(*(following - flat).T) > 0.2)
    if not long.any():
        return flat
    pieces = []
    for here, there, is_long in zip(flat, following, long, strict=True):
        pieces.append(here.reshape(1, 2))
        if is_long:
            start = np.arctan2(here[1], here[0])
            turn = (np.arctan2(there[1], there[0]) - start + pi) % (2 * pi) - pi
            angles = start + np.linspace(0, turn, max(3, int(abs(turn) * 12)))[1:-1]
            pieces.append(np.column_stack((np.cos(angles), np.sin(angles))))
    return np.concatenate(pieces)


def _holds(outline: _Outline, point: np.ndarray) -> bool:
    """Whether a ring holds a point of the globe, laid flat around the ring's own middle."""
    x, y, z = outline.middle
    view = View(float(np.degrees(np.arcsin(z))), float(np.degrees(np.arctan2(y, x))))
    direction, angle = view._polar(np.vstack((outline.points, point)))
    flat = direction * np.sin(angle / 2)[:, None]
    *ring, at = map(tuple, flat.tolist())
    return contains_point(ring, at)
