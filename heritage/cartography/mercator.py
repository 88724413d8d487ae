"""Web Mercator: the world as a square of side 1, from its upper left corner.

Windows show a part of it: `MapWindow` what a map shows, `SheetWindow` whole pixels that are drawn.
A tile has 512 pixels; zoom 0 shows the world in one, and each further zoom twice as large.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import atan, cos, degrees, exp, hypot, log, pi, radians, tan

import numpy as np
from numpy.typing import ArrayLike

type Box = tuple[float, float, float, float]  # left, top, right, bottom

TILE = 512  # pixels
EDGE = 85.0511287798066  # degrees of latitude where the square ends
_EARTH_M = 40_075_016.686  # around the equator
_ROUND = (1, 2, 5)
_SCALE_WIDTH = 110  # pixels of a scale bar, at most
APART = 44  # pixels that two marks are apart at least: what a finger needs
LARGEST = 17  # zoom
_AROUND = 0.8  # of the world


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """x (to the east) and y (to the south) in the square; y is limited to the square."""
    latitude = min(max(latitude, -EDGE), EDGE)
    return longitude / 360 + 0.5, 0.5 - log(tan(pi / 4 + radians(latitude) / 2)) / (2 * pi)


def unproject(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point in the square; longitude may be beyond 180°."""
    return (x - 0.5) * 360, degrees(2 * atan(exp((0.5 - y) * 2 * pi)) - pi / 2)


def metres_per_pixel(latitude: float, zoom: float) -> float:
    return _EARTH_M * cos(radians(latitude)) / (TILE * 2**zoom)


def latitudes(y: np.ndarray) -> np.ndarray:
    """The latitudes of many values of y, in degrees."""
    return np.degrees(2 * np.arctan(np.exp((0.5 - y) * 2 * pi)) - pi / 2)


def script_of(language: str | None) -> str:
    """The script in which a language names places first."""
    return "zh" if (language or "").startswith("zh") else "en"


# --- Windows, and marks in them ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetWindow:
    """A part of the world at a zoom, in pixels from its upper left corner."""

    zoom: int
    left: int
    top: int
    width: int
    height: int

    @property
    def box(self) -> Box:
        return self.left, self.top, self.left + self.width, self.top + self.height

    @property
    def degrees(self) -> Box:
        """West, south, east, north; east may be beyond 180°."""
        world = TILE << self.zoom
        west, north = unproject(self.left / world, self.top / world)
        east, south = unproject((self.left + self.width) / world, (self.top + self.height) / world)
        return west, south, east, north


def scale_of(window: SheetWindow) -> tuple[float, float]:
    """The length of a scale bar in km and in pixels, exact in the middle of the window."""
    _west, south, _east, north = window.degrees
    per_pixel = metres_per_pixel((south + north) / 2, window.zoom) / 1000
    step = next(
        each * 10.0**power
        for power in range(4, -3, -1)
        for each in reversed(_ROUND)
        if each * 10.0**power / per_pixel <= _SCALE_WIDTH
    )
    return step, step / per_pixel


@dataclass(frozen=True, slots=True)
class MapWindow:
    """A part of the world at a zoom, in pixels from its upper left corner; it may cross 180°.

    A screen may show it larger or smaller by `scale`. `needs` are the pixels, across and down, of
    what it was made to show, with room around it.
    """

    zoom: int
    left: float
    top: float
    width: float
    height: float
    scale: float = 1.0
    needs: tuple[float, float] | None = None

    @classmethod
    def around(
        cls, latitude: float, longitude: float, zoom: int, width: float, height: float
    ) -> "MapWindow":
        x, y = project(longitude, latitude)
        world = TILE << zoom
        return cls(zoom, x * world - width / 2, y * world - height / 2, width, height)

    def resized(self, width: float, height: float) -> "MapWindow":
        """The window in another size, in pixels, with the same middle."""
        left = self.left + (self.width - width) / 2
        top = self.top + (self.height - height) / 2
        return replace(self, left=left, top=top, width=width, height=height)

    def moved(self, across: float, down: float) -> "MapWindow":
        return MapWindow(self.zoom, self.left + across, self.top + down, self.width, self.height)

    def zoomed(self, steps: int) -> "MapWindow":
        """The window with the same middle, so many zooms closer, or farther if `steps` is
        negative."""
        factor = 2.0**steps
        x, y = self.left + self.width / 2, self.top + self.height / 2
        return MapWindow(
            self.zoom + steps,
            x * factor - self.width / 2,
            y * factor - self.height / 2,
            self.width,
            self.height,
        )

    @property
    def apart(self) -> float:
        """The least distance between marks on it, in its pixels."""
        return APART / self.scale


@dataclass(slots=True)
class Group:
    """Sites that lie near each other, or one alone.

    `latitude` and `longitude` are the point of one site, in the square with most sites of the
    group. `site` is its id if it is alone. `left` to `bottom` are squares that the group spans, in
    parts of the world; `is_one_point` says that all lie at the very same point.
    """

    count: int
    latitude: float
    longitude: float
    site: int | None
    spans: tuple[float, float, float, float]
    is_one_point: bool = False


def _join(group: Group, count: int, spans: tuple[float, float, float, float]) -> None:
    group.count += count
    group.site = None
    group.is_one_point = False
    left, top, right, bottom = group.spans
    west, north, east, south = spans
    if abs(left - west) > 0.5:  # across 180°
        shift = round(left - west)
        west, east = west + shift, east + shift
    group.spans = (
        left if left < west else west,
        top if top < north else north,
        right if right > east else east,
        bottom if bottom > south else south,
    )


def grouped(points: Iterable[tuple[int, float, float]], window: MapWindow) -> list[Group]:
    """Groups of a few sites, which are given with the points at which they are shown."""
    groups: list[Group] = []
    at: list[tuple[float, float]] = []
    world = TILE << window.zoom
    for site, latitude, longitude in points:
        x, y = project(longitude, latitude)
        for group, (near_x, near_y) in zip(groups, at, strict=True):
            across = abs(near_x - x) % 1
            if hypot(min(across, 1 - across) * world, (near_y - y) * world) < window.apart:
                _join(group, 1, (x, y, x, y))
                break
        else:
            groups.append(Group(1, latitude, longitude, site, (x, y, x, y)))
            at.append((x, y))
    return groups


def window_of_points(
    latitudes: ArrayLike, longitudes: ArrayLike, width: float, height: float, largest: int = 13
) -> MapWindow:
    """The window that shows some points, at least one, as close as it can.

    The points are in degrees. The window takes the shorter way around the globe.
    """
    latitudes = np.clip(latitudes, -EDGE, EDGE)
    longitudes = np.asarray(longitudes, dtype=float)
    ordered = np.sort((longitudes / 360 + 0.5) % 1)
    gaps = np.diff(np.append(ordered, ordered[0] + 1))
    widest = int(np.argmax(gaps))
    west = float(ordered[(widest + 1) % len(ordered)])
    across = 1 - float(gaps[widest])
    rows = [project(0, float(each))[1] for each in (latitudes.max(), latitudes.min())]
    return window_around(west, rows[0], west + across, rows[1], width, height, largest)


def window_around(
    left: float, top: float, right: float, bottom: float,
    width: float, height: float, largest: int = LARGEST,
) -> MapWindow:  # fmt: skip
    """The window that shows a box, given in parts of the world, with room around it."""

    def needs(zoom: int) -> tuple[float, float]:
        world = TILE << zoom
        return min((right - left) * world + 2 * APART, world), (bottom - top) * world + 2 * APART

    zoom = largest
    while zoom > 0 and (needs(zoom)[0] > width or needs(zoom)[1] > height):
        zoom -= 1
    world = TILE << zoom
    # All the way around is shown as maps of the world are cut.
    x = 0.5 if right - left > _AROUND else (left + right) / 2
    y = (top + bottom) / 2
    return MapWindow(
        zoom, x * world - width / 2, y * world - height / 2, width, height, needs=needs(zoom)
    )
