"""Coastlines around a place, projected and clipped to a frame.

Data: Natural Earth (public domain), see fixtures/build/land.py. Borders of states are never
drawn: many are contested, and a catalogue of heritage takes no side.

The projection is azimuthal and touches the globe in the middle of the frame: distances and
directions from there are true or nearly so, and neither 180° nor a pole is a seam.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import cos, pi, radians, sin, sqrt
from pathlib import Path

import numpy as np

from heritage.cartography.outlines import (
    Point,
    Ring,
    area,
    clipped,
    contains_point,
    decoded,
    thinned,
)

EARTH_KM = 6371.0088
_FOLDER = Path(__file__).parent
_FILES = {"fine": ("land_fine.txt", 50), "coarse": ("land_coarse.txt", 10)}  # units per degree
_FINE_UP_TO = 5000  # km: a wider frame shows no more than the coarse drawing knows
# Widths of a frame in km. In the narrowest a coast still has its shape; the widest is half a globe.
WIDTHS = (1600, 2400, 3400, 4800, 6800, 9600, 12000)
# Of the frame: with less of either, no shape can be made out.
_LEAST_LAND, _LEAST_SEA = 0.12, 0.18
_EDGE = 0.06  # of the frame, where no point should lie


@dataclass(frozen=True, slots=True)
class Outline:
    """A ring on the globe, with the spherical cap that contains it."""

    points: np.ndarray  # unit vectors, one a row
    middle: np.ndarray
    reach: float  # radians from the middle to its farthest point


@dataclass(frozen=True, slots=True)
class Frame:
    """The section of a map: its middle, its width in km, and its size in pixels."""

    latitude: float
    longitude: float
    km: float
    width: int
    height: int

    @property
    def pixels_per_km(self) -> float:
        return self.width / self.km


def vectors(points: list[Point]) -> np.ndarray:
    """Longitudes and latitudes in degrees as unit vectors."""
    east, north = np.radians(np.array(points, dtype=float).reshape(-1, 2)).T
    return np.column_stack(
        (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    )


@cache
def rings(name: str) -> list[Ring]:
    """The rings of a data file as longitudes and latitudes."""
    file, units = _FILES[name]
    text = (_FOLDER / file).read_text(encoding="ascii")
    return decoded(text, lambda x, y: (x / units, y / units))


@cache
def _outlines(name: str) -> list[Outline]:
    found = []
    for ring in rings(name):
        points = vectors(ring)
        middle = points.mean(axis=0)
        middle = middle / np.linalg.norm(middle)
        reach = float(np.arccos(np.clip(points @ middle, -1, 1)).max())
        found.append(Outline(points, middle, reach))
    return found


class Plane:
    """An azimuthal projection around a point up to a horizon; x to the east, y to the south.

    Points behind the horizon are moved onto it, which keeps every outline closed.
    """

    def __init__(self, latitude: float, longitude: float, horizon: float, *, globe: bool = False):
        lat, lon = radians(latitude), radians(longitude)
        self.middle = vectors([(longitude, latitude)])[0]
        self.east = np.array((-sin(lon), cos(lon), 0.0))
        self.north = np.array((-sin(lat) * cos(lon), -sin(lat) * sin(lon), cos(lat)))
        self.horizon = horizon
        self.globe = globe  # as seen from afar (orthographic); else of equal areas

    def radius[A: (float, np.ndarray)](self, angle: A) -> A:
        return np.sin(angle) if self.globe else 2 * np.sin(angle / 2)

    def flat(self, points: np.ndarray) -> np.ndarray:
        """Of unit vectors, in radii of the earth."""
        x, y = points @ self.east, points @ self.north
        from_middle = np.hypot(x, y)
        angle = np.arctan2(from_middle, points @ self.middle)
        stretch = self.radius(np.minimum(angle, self.horizon)) / np.maximum(from_middle, 1e-12)
        return np.column_stack((x * stretch, -y * stretch))

    def point(self, latitude: float, longitude: float) -> Point:
        x, y = self.flat(vectors([(longitude, latitude)]))[0]
        return float(x), float(y)

    def sees(self, latitude: float, longitude: float) -> bool:
        here = float(vectors([(longitude, latitude)])[0] @ self.middle)
        return here >= cos(self.horizon)

    def outlines(self, name: str, within: float) -> Iterator[Ring]:
        """Rings that come within an angle of the middle; to be filled by even and odd.

        A ring that holds the far side of the globe is turned inside out when it is drawn onto
        the horizon; the whole disc, crossed with it, puts that right.
        """
        for outline in _outlines(name):
            away = float(np.arccos(np.clip(outline.middle @ self.middle, -1, 1)))
            if away - outline.reach > within:
                continue
            yield list(map(tuple, self._joined(self.flat(outline.points)).tolist()))
            if pi - away <= outline.reach and _holds(outline, -self.middle):
                yield list(map(tuple, self.edge().tolist()))

    def _joined(self, flat: np.ndarray) -> np.ndarray:
        """A ring whose long steps along the horizon follow it, instead of cutting through."""
        edge = self.radius(self.horizon)
        following = np.roll(flat, -1, axis=0)
        is_out = np.hypot(*flat.T) > edge * 0.999
        long = is_out & np.roll(is_out, -1) & (np.hypot(*(following - flat).T) > edge * 0.2)
        if not long.any():
            return flat
        pieces = []
        for here, there, is_long in zip(flat, following, long, strict=True):
            pieces.append(here.reshape(1, 2))
            if is_long:
                start = np.arctan2(here[1], here[0])
                turn = (np.arctan2(there[1], there[0]) - start + pi) % (2 * pi) - pi
                angles = start + np.linspace(0, turn, max(3, int(abs(turn) * 12)))[1:-1]
                pieces.append(np.column_stack((np.cos(angles), np.sin(angles))) * edge)
        return np.concatenate(pieces)

    def edge(self) -> np.ndarray:
        turn = np.linspace(0, 2 * pi, 72, endpoint=False)
        return np.column_stack((np.cos(turn), np.sin(turn))) * self.radius(self.horizon)


def _holds(outline: Outline, point: np.ndarray) -> bool:
    """Whether a ring holds a point of the globe, seen from the ring's own middle."""
    x, y, z = outline.middle
    lat, lon = np.degrees(np.arcsin(z)), np.degrees(np.arctan2(y, x))
    plane = Plane(float(lat), float(lon), pi)
    flat = list(map(tuple, plane.flat(outline.points).tolist()))
    return contains_point(flat, tuple(plane.flat(point.reshape(1, 3))[0].tolist()))


def land_in(frame: Frame, margin: float, detail: float) -> list[Ring]:
    """The land of a frame in pixels from its upper left corner, and `margin` pixels beyond.

    `detail` is the area in square pixels below which a corner, or an island, is left out.
    """
    name = "fine" if frame.km <= _FINE_UP_TO else "coarse"
    plane = Plane(frame.latitude, frame.longitude, radians(110))
    scale = EARTH_KM * frame.pixels_per_km
    half = (frame.width / 2 + margin, frame.height / 2 + margin)
    within = 2 * np.arcsin(min(1.0, sqrt(half[0] ** 2 + half[1] ** 2) / scale / 2))
    found = []
    for ring in plane.outlines(name, float(within)):
        pixels = [(x * scale + frame.width / 2, y * scale + frame.height / 2) for x, y in ring]
        inside = clipped(pixels, -margin, -margin, frame.width + margin, frame.height + margin)
        if len(inside) > 2:
            inside = thinned(inside, detail)
            if area(inside) >= detail * 2:
                found.append(inside)
    return found


def frame_around(points: list[tuple[float, float]], width: int, height: int) -> Frame | None:
    """The narrowest frame that contains all points and shows land as well as sea.

    Points are latitudes and longitudes. None if they do not fit on half a globe.
    """
    middle = _middle(points)
    frames = [Frame(*middle, km, width, height) for km in WIDTHS]
    holding = [frame for frame in frames if holds_all(frame, points)]
    for frame in holding:
        if _LEAST_LAND <= _share_of_land(frame) <= 1 - _LEAST_SEA:
            return frame
    return holding[-1] if holding else None


def fits_half_a_globe(points: list[tuple[float, float]], width: int, height: int) -> bool:
    """Whether frame_around() finds a frame."""
    return holds_all(Frame(*_middle(points), WIDTHS[-1], width, height), points)


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    if len(points) == 1:
        return points[0]
    found = vectors([(longitude, latitude) for latitude, longitude in points])
    # Of their spread, not of their mean: a crowd of points does not pull the frame to itself.
    plane = Plane(*_degrees(found.mean(axis=0)), pi * 0.99)
    flat = plane.flat(found)
    x, y = (flat.min(axis=0) + flat.max(axis=0)) / 2
    radius = float(np.hypot(x, y))
    angle = 2 * np.arcsin(min(1.0, radius / 2))
    if radius < 1e-9:
        return _degrees(plane.middle)
    towards = (x * plane.east - y * plane.north) / radius
    return _degrees(np.cos(angle) * plane.middle + np.sin(angle) * towards)


def _degrees(vector: np.ndarray) -> tuple[float, float]:
    x, y, z = (float(each) for each in vector)
    return float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))


def pixels(frame: Frame, points: list[tuple[float, float]]) -> list[Point]:
    """Where points lie in a frame."""
    plane = Plane(frame.latitude, frame.longitude, radians(110))
    flat = plane.flat(vectors([(longitude, latitude) for latitude, longitude in points]))
    scale = EARTH_KM * frame.pixels_per_km
    return [(x * scale + frame.width / 2, y * scale + frame.height / 2) for x, y in flat.tolist()]


def holds_all(frame: Frame, points: list[tuple[float, float]]) -> bool:
    """Whether all points lie within the frame and not close to its edge."""
    x_edge, y_edge = frame.width * _EDGE, frame.height * _EDGE
    return all(
        x_edge <= x <= frame.width - x_edge and y_edge <= y <= frame.height - y_edge
        for x, y in pixels(frame, points)
    )


def _share_of_land(frame: Frame) -> float:
    """Of the frame's area. Seas within land are counted as land: they are few."""
    small = Frame(
        frame.latitude, frame.longitude, frame.km, 96, round(96 * frame.height / frame.width)
    )
    found = sum(area(ring) for ring in land_in(small, 0, 0.5))
    return found / (small.width * small.height)
