"""A diagram of nearby sites by distance and direction, from public points alone.

At this scale there is no coastline to show, so it has only rings of distance around the site.
The map with land is in web/shared/map_images.py.
"""

from dataclasses import dataclass, replace
from math import atan2, cos, degrees, pi, radians, sin

from django.utils.translation import pgettext_lazy

from heritage.search import page_rows
from heritage.values.coordinates import KM_PER_DEGREE, Point

SIZE = 320
_MIDDLE = SIZE / 2
_REACH = _MIDDLE - 26  # pixels from the middle to the outermost ring
_RINGS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 50)

DIRECTIONS = (
    pgettext_lazy("direction from here", "north"),
    pgettext_lazy("direction from here", "north-east"),
    pgettext_lazy("direction from here", "east"),
    pgettext_lazy("direction from here", "south-east"),
    pgettext_lazy("direction from here", "south"),
    pgettext_lazy("direction from here", "south-west"),
    pgettext_lazy("direction from here", "west"),
    pgettext_lazy("direction from here", "north-west"),
)


@dataclass(frozen=True, slots=True)
class Ring:
    radius: str
    label_x: str
    label_y: str
    km: float


@dataclass(frozen=True, slots=True)
class Dot:
    number: int
    x: str
    y: str
    text_x: str
    text_y: str


@dataclass(frozen=True, slots=True)
class NearbyMap:
    """Prepared for components/nearby_map.html."""

    rings: list[Ring]
    dots: list[Dot]
    is_blurred: bool
    doubt: str  # the radius within which the site lies; empty for an exact one
    size: int = SIZE
    middle: int = int(_MIDDLE)


def nearby_map(
    here: Point | None,
    neighbours: list[page_rows.Neighbour],
    *,
    doubt: float | None = None,
    is_blurred: bool = False,
) -> NearbyMap | None:
    """None for a site without a point or without neighbours.

    `doubt` is the radius in km in which the site lies, if its point is not exact.
    """
    shown = [near for near in neighbours if near.km > 0.01]
    if here is None or not shown:
        return None
    reach = shown[-1].km * 1.06
    pixels = _REACH / reach
    rings = [km for km in _RINGS if reach / 5 <= km <= reach]
    dots = [
        _dot(number, *_offset(here, near.point), pixels)
        for number, near in enumerate(neighbours, start=1)
        if near.km > 0.01
    ]
    numbered = _numbered(dots)
    return NearbyMap(
        rings=[_ring(km, pixels, numbered) for km in rings],
        dots=numbered,
        is_blurred=is_blurred,
        # Never so small that it hides behind the mark, never beyond the sheet.
        doubt="" if doubt is None else f"{min(max(doubt * pixels, 14), _REACH):.1f}",
    )


def _ring(km: float, pixels: float, dots: list[Dot]) -> Ring:
    """Its label stands on its southern edge, or elsewhere on it where a dot is in the way."""
    radius = km * pixels
    taken = [(_MIDDLE, 12.0)]  # the north
    taken += [(float(dot.x), float(dot.y)) for dot in dots]
    taken += [(float(dot.text_x), float(dot.text_y)) for dot in dots]
    spots = [
        (_MIDDLE + (radius - 9) * sin(turn), _MIDDLE + (radius - 9) * cos(turn) + 4)
        for turn in (0, pi / 4, -pi / 4, pi, 3 * pi / 4, -3 * pi / 4, pi / 2, -pi / 2)
    ]
    free = ((x, y) for x, y in spots if all(abs(x - a) > 28 or abs(y - b) > 11 for a, b in taken))
    x, y = next(free, spots[0])
    return Ring(f"{radius:.1f}", f"{x:.1f}", f"{y:.1f}", km)


def _offset(here: Point, there: Point) -> tuple[float, float]:
    """Kilometres east and north, on a plane that is true around the point."""
    latitude, longitude = here
    east = (there[1] - longitude + 180) % 360 - 180
    north = there[0] - latitude
    shrink = cos(radians(latitude))
    return east * shrink * KM_PER_DEGREE, north * KM_PER_DEGREE


def _dot(number: int, east: float, north: float, pixels: float) -> Dot:
    x, y = _MIDDLE + east * pixels, _MIDDLE - north * pixels
    x, y = min(max(x, 10), SIZE - 10), min(max(y, 12), SIZE - 10)
    return Dot(number, f"{x:.1f}", f"{y:.1f}", "", "")


def _numbered(dots: list[Dot]) -> list[Dot]:
    """Each dot with its number beside it, where no other dot and no other number is."""
    taken = [(float(dot.x), float(dot.y)) for dot in dots]
    placed = []
    for dot in dots:
        x, y = _free(float(dot.x), float(dot.y), taken)
        taken.append((x, y))
        placed.append(replace(dot, text_x=f"{x:.1f}", text_y=f"{y + 4:.1f}"))
    return placed


def _free(x: float, y: float, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of a number: away from the site if that is free, else around, else further."""
    outwards = 0 if x >= _MIDDLE else pi
    for away in range(11, 60, 8):
        for turn in (0, pi / 2, -pi / 2, pi / 4, -pi / 4, pi, 3 * pi / 4, -3 * pi / 4):
            at = x + away * cos(outwards + turn), y + away * sin(outwards + turn)
            is_on = all(8 <= part <= SIZE - 8 for part in at)
            if is_on and all(abs(at[0] - a) > 9 or abs(at[1] - b) > 10 for a, b in taken):
                return at
    return x + 11 * cos(outwards), y


def direction(here: Point, there: Point) -> str:
    """In which of eight directions another point lies, in words."""
    east, north = _offset(here, there)
    return str(DIRECTIONS[round(degrees(atan2(east, north)) / 45) % 8])
