"""The map in the form of a site, in an equirectangular projection: x and y follow from degrees.

A browser can therefore turn a position on the map into coordinates by itself. The scale of
longitude is that of the map's middle latitude.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, floor, log10, radians

from heritage.cartography.land import rings
from heritage.cartography.outlines import Ring, clipped
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
    drawing = rings("fine")
    shapes = []
    for ring in drawing:
        placed = [window.place(latitude, longitude) for longitude, latitude in ring]
        if _jumps(placed, 180 * window.per_degree[1]):
            continue  # it lies on the other side of the earth and is torn there
        cut = clipped(placed, -4, -4, WIDTH + 4, HEIGHT + 4)
        if len(cut) > 2:
            shapes.append(_path(cut))
    return "".join(shapes)


def _jumps(ring: Ring, half_round: float) -> bool:
    """Whether two points that follow each other are more than half the earth's round apart."""
    return any(abs(a[0] - b[0]) > half_round for a, b in pairwise(ring))


def _path(ring: Ring) -> str:
    steps: list[str] = []
    for x, y in ring:
        step = f"{x:.0f} {y:.0f}"
        if not steps or steps[-1] != step:
            steps.append(step)
    return f"M{'L'.join(steps)}z"


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
