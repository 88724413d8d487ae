"""The world map in the Equal Earth projection, which keeps areas true.

By Bojan Šavrič, Tom Patterson and Bernhard Jenny (2018). The map is cut at 169° west, in the
Bering Strait, so that no inhabited land lies at both edges.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from heritage.cartography.land import rings
from heritage.cartography.outlines import Point, Ring, area, clipped, thinned

MIDDLE = 11  # the meridian that runs straight down
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_STEP = 4  # degrees: a longer edge is bent


def projected(longitude: float, latitude: float) -> Point:
    """Projected coordinates on the unit globe, y to the south; longitudes are relative to the
    middle."""
    slant = asin(sqrt(3) / 2 * sin(radians(latitude)))
    squared = slant * slant
    sixth = squared**3
    a, b, c, d = _A
    y = slant * (a + b * squared + sixth * (c + d * squared))
    across = a + 3 * b * squared + sixth * (7 * c + 9 * d * squared)
    return 2 * sqrt(3) * radians(longitude) * cos(slant) / (3 * across), -y


_HALF_WIDTH, _HALF_HEIGHT = projected(180, 0)[0], -projected(0, 90)[1]


def height_of(width: int) -> int:
    return round(width * _HALF_HEIGHT / _HALF_WIDTH)


def place(longitude: float, latitude: float, width: int) -> Point:
    """Pixels from the upper left corner of the map."""
    east = (longitude - MIDDLE + 180) % 360 - 180
    return _pixels(projected(east, latitude), width)


def _pixels(point: Point, width: int) -> Point:
    scale = width / 2 / _HALF_WIDTH
    return (point[0] + _HALF_WIDTH) * scale, (point[1] + _HALF_HEIGHT) * scale


def edge(width: int) -> Ring:
    """The outline of the map."""
    return _laid([(-180, -90), (-180, 90), (180, 90), (180, -90)], width)


@lru_cache(maxsize=4)
def land(width: int, detail: float) -> list[Ring]:
    """All land; `detail` is the area in square pixels below which a corner is left out."""
    found = []
    for ring in rings("coarse"):
        for piece in _pieces(ring):
            laid = thinned(_laid(piece, width), detail)
            if area(laid) >= detail * 2:
                found.append(laid)
    return found


def _pieces(ring: Ring) -> Iterator[Ring]:
    """A ring cut at the edges of the map; one around a pole follows the edge of that pole."""
    east, turns = [], 0
    last = ring[0][0]
    for longitude, latitude in [*ring, ring[0]]:
        turns -= round((longitude - last) / 360)
        last = longitude
        east.append((longitude + 360 * turns - MIDDLE, latitude))
    if abs(east[-1][0] - east[0][0]) > 180:
        pole = -90 if east[0][1] < 0 else 90
        east += [(east[-1][0], pole), (east[0][0], pole)]
    else:
        east.pop()
    for turn in (-720, -360, 0, 360, 720):
        piece = clipped([(x + turn, y) for x, y in east], -180, -90, 180, 90)
        if len(piece) > 2:
            yield piece


def _laid(ring: Ring, width: int) -> Ring:
    """A ring on the sheet, its long edges bent as the sheet is."""
    bent = []
    for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
        parts = max(1, int(max(abs(bx - ax), abs(by - ay)) / _STEP))
        bent += [(ax + (bx - ax) * n / parts, ay + (by - ay) * n / parts) for n in range(parts)]
    return [_pixels(projected(*point), width) for point in bent]
