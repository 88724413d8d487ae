"""The map in the form of a site, in an equirectangular projection: x and y follow from degrees.

A browser can therefore turn a position on the map into coordinates by itself. The scale of
longitude is that of the map's middle latitude.
"""

from dataclasses import dataclass
from math import ceil, cos, floor, log2, log10, radians

import numpy as np

from heritage.cartography import base_map, mercator
from heritage.cartography.line_file import clipped_ring
from heritage.values.coordinates import KM_PER_DEGREE

WIDTH, HEIGHT = 480, 320
WIDEST_KM, NARROWEST_KM = 4_000.0, 2.0


@dataclass(frozen=True, slots=True)
class Window:
    """The section of a map: its middle, and its width in km."""

    latitude: float
    longitude: float
    km: float

    @property
    def per_degree(self) -> tuple[float, float]:
        """Pixels to a degree of latitude and of longitude."""
        tall = WIDTH / self.km * KM_PER_DEGREE
        return tall, tall * max(0.05, cos(radians(self.latitude)))

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """The position of a point in pixels from the left and from the top."""
        tall, wide = self.per_degree
        east = (longitude - self.longitude + 180) % 360 - 180
        return WIDTH / 2 + east * wide, HEIGHT / 2 - (latitude - self.latitude) * tall

    @property
    def reach(self) -> tuple[float, float]:
        """Degrees from the middle to the edge: of latitude and of longitude."""
        tall, wide = self.per_degree
        return HEIGHT / 2 / tall, min(180.0, WIDTH / 2 / wide)


def land(window: Window) -> str:
    """The land as the data of an SVG path."""
    zoom = log2(WIDTH / window.km * mercator.metres_per_pixel(window.latitude, 0) / 1000)
    lines = base_map.lines("land", base_map.level_of(ceil(max(0, zoom))))
    tall, wide = window.per_degree
    south, east = window.reach
    top, bottom = (mercator.project(0, window.latitude + each)[1] for each in (south, -south))
    shapes = []
    for turn in (-360, 0, 360):  # no ring crosses 180°: it is drawn on both sides of it
        middle = window.longitude + turn
        left, right = ((middle + each) / 360 + 0.5 for each in (-east, east))
        for number in lines.touching(left, top, right, bottom):
            x, y = lines.line(number).T
            across = (x * 360 - 180 - middle) * wide
            down = (window.latitude - mercator.latitudes(y)) * tall
            ring = np.column_stack((WIDTH / 2 + across, HEIGHT / 2 + down))
            shapes.append(_path(clipped_ring(ring, -4, -4, WIDTH + 4, HEIGHT + 4)))
    return "".join(shapes)


def _path(ring: np.ndarray) -> str:
    """In whole pixels, points that fall on one another as one."""
    rounded = np.rint(ring).astype(int)
    rounded = rounded[np.any(rounded != np.roll(rounded, 1, axis=0), axis=1)]
    return f"M{'L'.join(f'{x} {y}' for x, y in rounded.tolist())}z" if len(rounded) > 2 else ""


def lines(window: Window) -> list[tuple[str, float, float, float, float]]:
    """Meridians and parallels: label, start and end of each."""
    tall_reach, wide_reach = window.reach
    step = _round_step(tall_reach)
    found: list[tuple[str, float, float, float, float]] = []
    first = floor((window.latitude - tall_reach) / step)
    for number in range(first, first + 12):
        degrees = number * step
        _x, y = window.place(degrees, window.longitude)
        if 0 <= y <= HEIGHT and abs(degrees) <= 90:
            found.append((f"{abs(degrees):.7g}° {'N' if degrees >= 0 else 'S'}", 0, y, WIDTH, y))
    first = floor((window.longitude - wide_reach) / step)
    for number in range(first, first + 24):
        degrees = (number * step + 180) % 360 - 180
        x, _y = window.place(window.latitude, degrees)
        if 0 <= x <= WIDTH:
            found.append((f"{abs(degrees):.7g}° {'E' if degrees >= 0 else 'W'}", x, 0, x, HEIGHT))
    return found


def _round_step(degrees: float) -> float:
    """1, 2 or 5 times a power of ten, not more than so many degrees."""
    power = 10.0 ** floor(log10(degrees))
    return next(power * times for times in (5, 2, 1) if power * times <= degrees)
