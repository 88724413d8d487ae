"""Path data of a globe that shows where on earth a place is, for covers."""

from dataclasses import dataclass
from functools import lru_cache
from math import pi

from heritage.cartography.land import Plane
from heritage.cartography.outlines import Point, area, thinned
from heritage.values.svg_paths import steps

RADIUS = 200  # units of the path data
_STEP = 15  # degrees between the sides that a globe is shown from: few, so that they can be kept
_DETAIL = 12  # square units below which a corner, or an island, is left out


@dataclass(frozen=True, slots=True)
class Globe:
    """Land as seen from afar, around 0, 0, to be filled by even and odd, and a point on it."""

    land: str
    point: Point
    radius: int = RADIUS


def globe_around(latitude: float, longitude: float, lean: int = 0) -> Globe:
    """The side of the earth around a point, tilted by `lean` degrees."""
    # The globe leans, so that the sea of ice is not all of it.
    middle = latitude - lean if lean else latitude * 0.75
    north = max(-90, round(middle / _STEP) * _STEP)
    east = round(longitude / _STEP) * _STEP
    x, y = _plane(north, east).point(latitude, longitude)
    return Globe(_land(north, east), (round(x * RADIUS, 1), round(y * RADIUS, 1)))


def _plane(north: int, east: int) -> Plane:
    return Plane(north, east, pi / 2, globe=True)


@lru_cache(maxsize=512)
def _land(north: int, east: int) -> str:
    parts: list[str | float] = []
    for ring in _plane(north, east).outlines("coarse", pi / 2):
        shape = thinned([(x * RADIUS, y * RADIUS) for x, y in ring], _DETAIL)
        if area(shape) > _DETAIL:
            parts.append("M")
            for x, y in shape:
                parts += [x, y]
            parts.append("z")
    return steps(*parts)
