"""Draws maps as small SVG images: land, coastline, places, and a scale in the active language.

Each follows the light or dark scheme of the page that embeds it. The colours of the light
scheme are attributes, so that a map opened by itself needs no style sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, radians

from django.utils.translation import get_language

from heritage.cartography import equal_earth
from heritage.cartography.land import (
    EARTH_KM,
    Frame,
    Plane,
    fits_half_a_globe,
    frame_around,
    land_in,
    pixels,
    vectors,
)
from heritage.cartography.outlines import Point, Ring, area, thinned
from heritage.values.distances import distance_phrase
from heritage.values.svg_paths import steps

WIDTH, HEIGHT = 480, 330  # of a region
WORLD_WIDTH = 1000
WORLD_HEIGHT = equal_earth.height_of(WORLD_WIDTH)

_EDGE = 4  # around the world, so that its outline is whole
_FINE = 10  # units of a drawing to a pixel: path data is written in whole ones
_MARGIN = 24  # beyond the frame, so that its edge is no coast
_DETAIL = 0.8  # square pixels
_ROUND = (50, 100, 200, 300, 500, 1000, 2000)  # km of a scale bar
_GLOBE = 46  # its radius in pixels
_HALF_A_GLOBE = 9000  # km: the outline of a wider frame would be the globe's own

# Class: light, dark. The water is the paper's sunk tone, the land what lies raised on it.
_FILLS = {
    "w": ("#e6ebe0", "#12191a"),  # water
    "l": ("#fbf6ea", "#37342c"),  # land
    "d": ("#a5291b", "#f08a70"),  # a place
    "t": ("#453e33", "#d2c8b6"),  # type
    "o": ("#fdfaf3", "#161513"),  # the rim of a dot
}
_STROKES = {
    "c": ("#6f7d70", "#8f9a8b"),  # coast
    "r": ("#8fb3a4", "#3f6f63"),  # water lines
    "g": ("#c3cfc0", "#26312f"),  # meridians and parallels
    "k": ("#453e33", "#d2c8b6"),  # scale and needle
    "e": ("#8d816b", "#7d7364"),  # edges
    "s": ("#a5291b", "#f08a70"),  # around a place
}
# Kinds of dots: what a page's own key shows in the same colours (--chart-1 to -3).
DOTS = {
    "cultural": ("#a9472f", "#d9795f"),
    "natural": ("#2f7361", "#6fb39f"),
    "mixed": ("#a67817", "#d9b15c"),
    "": ("#a5291b", "#f08a70"),
}


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place on a map; `blur_km` is the radius in which it lies, None if it is exact."""

    latitude: float
    longitude: float
    blur_km: float | None = None


def draw_point(spot: MapPoint) -> str:
    """A map of one place and the land around it, with its position on the globe."""
    return _draw_point(spot, get_language())


@lru_cache(maxsize=1024)
def _draw_point(spot: MapPoint, language: str | None) -> str:
    here = (spot.latitude, spot.longitude)
    frame = frame_around([here], WIDTH, HEIGHT)
    if frame is None:
        raise ValueError("A single point always has a frame")
    mark = _dot_with_ring(WIDTH / 2, HEIGHT / 2) if spot.blur_km is None else _ring(spot, frame)
    return _sheet(WIDTH, HEIGHT, _region(frame) + mark + _corner_marks(frame, [here]))


def size_of(points: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """Width and height of the result of draw_places(), without drawing it."""
    if fits_half_a_globe(list(points), WIDTH, HEIGHT):
        return WIDTH, HEIGHT
    return WORLD_WIDTH, WORLD_HEIGHT


def draw_places(points: tuple[tuple[float, float], ...]) -> str:
    """A map of several places as dots; the whole world if half a globe does not hold them."""
    return _draw_places(points, get_language())


@lru_cache(maxsize=256)
def _draw_places(points: tuple[tuple[float, float], ...], language: str | None) -> str:
    frame = frame_around(list(points), WIDTH, HEIGHT)
    if frame is None:
        return draw_world((("", points),))
    size = 8 if len(points) <= 12 else 6 if len(points) <= 200 else 4
    dots = _dots("", pixels(frame, list(points)), size)
    return _sheet(WIDTH, HEIGHT, _region(frame) + dots + _corner_marks(frame, points))


@lru_cache(maxsize=16)
def draw_world(groups: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]) -> str:
    """A world map with dots, each group in its colour (DOTS), the last on top."""
    width = WORLD_WIDTH
    sheet = _data([equal_earth.edge(width)])
    ground = f'<path {_fill("w")} {_stroke("e", 1)} d="{sheet}"/>' + _coast(
        equal_earth.land(width, 1.5), (3,)
    )
    size = 8 if sum(len(points) for _kind, points in groups) <= 200 else 4
    dots = "".join(
        _dots(kind, [equal_earth.place(lon, lat, width) for lat, lon in points], size)
        for kind, points in groups
        if points
    )
    box = (-_EDGE, -_EDGE, width + 2 * _EDGE, WORLD_HEIGHT + 2 * _EDGE)
    return _sheet(width, WORLD_HEIGHT, ground + dots, box)


# --- land --------------------------------------------------------------------------------------


def _region(frame: Frame) -> str:
    shapes = land_in(frame, _MARGIN, _DETAIL)
    water = f'<path {_fill("w")} d="M0 0h{WIDTH * _FINE}v{HEIGHT * _FINE}H0z"/>'
    return water + _grid(frame) + _coast(shapes, (14, 7))


def _coast(shapes: list[Ring], lines: Sequence[float]) -> str:
    """Land over its water lines: each stroke lies half under the land."""
    if not shapes:
        return ""
    below = "".join(
        f'<use href="#l" {_stroke("r", 2 * each)} stroke-opacity=".22"/>' for each in lines
    )
    path = f'<path id="l" fill-rule="evenodd" stroke-linejoin="round" d="{_data(shapes)}"/>'
    return (
        f'<defs>{path}</defs><g fill="none">{below}</g>'
        f'<use href="#l" {_fill("l")} {_stroke("c", 1.1)}/>'
    )


def _grid(frame: Frame) -> str:
    """Meridians and parallels: how the plane lies on the globe."""
    step = next(each for each in (5, 10, 20, 30) if each * 111 * 4.5 >= frame.km)
    # Towards a pole meridians close up: there fewer are drawn.
    wider = step / max(cos(radians(frame.latitude)), 0.1)
    turn = next((each for each in (5, 10, 20, 30) if each >= wider), 45)
    lines = [_meridian(frame, x, step) for x in range(-180, 180, turn)]
    lines += [_parallel(frame, y) for y in range(-90 + step, 90, step)]
    seen = [piece for line in lines for piece in _within(frame, line)]
    data = "".join(_line(piece) for piece in seen)
    return f'<path fill="none" {_stroke("g", 1)} d="{data}"/>' if data else ""


def _meridian(frame: Frame, longitude: int, step: int) -> Ring:
    """To the last parallel: all of them in the pole would be a blot."""
    last = 90 - step
    count = 2 * last // 5
    return pixels(frame, [(-last + 5 * n, longitude) for n in range(count + 1)])


def _parallel(frame: Frame, latitude: int) -> Ring:
    return pixels(frame, [(latitude, frame.longitude + 5 * n - 180) for n in range(73)])


def _within(frame: Frame, line: Ring) -> list[Ring]:
    """The pieces that come near the frame."""
    room = max(frame.width, frame.height) * 0.35 + 5 * 111 * frame.pixels_per_km
    pieces: list[Ring] = [[]]
    for x, y in line:
        if hypot(x - frame.width / 2, y - frame.height / 2) < frame.width / 2 + room:
            pieces[-1].append((x, y))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]


# --- places ------------------------------------------------------------------------------------


def _dot_with_ring(x: float, y: float) -> str:
    return (
        f'<circle {_fill("d")} {_stroke("o", 2)} cx="{_u(x)}" cy="{_u(y)}" r="{_u(7)}"/>'
        f'<circle fill="none" {_stroke("s", 1.5)} cx="{_u(x)}" cy="{_u(y)}" r="{_u(13)}"/>'
    )


def _ring(spot: MapPoint, frame: Frame) -> str:
    """Somewhere in here: as large as the doubt is, and never so small that it seems a point."""
    radius = max(9.0, (spot.blur_km or 0) * frame.pixels_per_km)
    middle = f'cx="{_u(frame.width / 2)}" cy="{_u(frame.height / 2)}" r="{_u(radius)}"'
    return (
        f'<circle fill="none" {_stroke("o", 5)} {middle}/>'
        f'<circle {_fill("d")} fill-opacity=".25" {_stroke("s", 2.5)} {middle}/>'
    )


def _dots(kind: str, points: list[Point], size: float) -> str:
    """All in one path: a line of no length with round ends is a dot."""
    # In whole pixels, each once: a thousand dots on one another say no more than one.
    places = sorted({(round(x), round(y)) for x, y in points}, key=lambda each: each[::-1])
    data = steps(*(part for x, y in places for part in ("M", x, y, "h", 0)))
    name = f"d{kind}"
    return (
        f'<defs><path id="{name}" d="{data}"/></defs>'
        f'<g fill="none" stroke-linecap="round" transform="scale({_FINE})">'
        f'<use class="rim" href="#{name}" stroke="{_FILLS["o"][0]}" stroke-width="{size + 2}"/>'
        f'<use class="dot" href="#{name}" stroke="{DOTS[kind][0]}" stroke-width="{size}"/></g>'
    )


# --- scale, needle and globe -------------------------------------------------------------------


def _corner_marks(frame: Frame, points: Sequence[tuple[float, float]]) -> str:
    """Scale, needle and globe, in the corners that are farthest from what is shown."""
    flat = pixels(frame, list(points))
    on_right = sum(x > frame.width * 0.72 and y > frame.height * 0.62 for x, y in flat)
    on_left = sum(x < frame.width * 0.28 and y > frame.height * 0.62 for x, y in flat)
    globe_right = on_right <= on_left
    return _scale(frame, left=globe_right) + _needle() + _globe(frame, right=globe_right)


def _scale(frame: Frame, *, left: bool) -> str:
    """The bar is true in the middle of the frame."""
    km = max(each for each in _ROUND if each * frame.pixels_per_km <= WIDTH * 0.24)
    long = km * frame.pixels_per_km
    x, y = (20 if left else WIDTH - 20 - long), HEIGHT - 20
    bar = steps("M", _u(x), _u(y - 6), "v", _u(6), "h", _u(long), "v", -_u(6))
    return (
        f'<path fill="none" {_stroke("k", 1.5)} d="{bar}"/>'
        f'<text {_fill("t")} x="{_u(x + long / 2)}" y="{_u(y - 9)}" text-anchor="middle" '
        f'font-family="system-ui,sans-serif" font-size="{_u(15)}">{distance_phrase(km)}</text>'
    )


def _needle() -> str:
    """North is up in the middle of the frame."""
    x, y = _u(WIDTH - 24), _u(18)
    return (
        f'<path {_fill("t")} d="{steps("M", x, y, "l", _u(6), _u(26), "l", -_u(6), -_u(5), "z")}"/>'
        f'<path fill="none" {_stroke("k", 1)} '
        f'd="{steps("M", x, y, "l", -_u(6), _u(26), "l", _u(6), -_u(5))}"/>'
    )


def _globe(frame: Frame, *, right: bool) -> str:
    """Where on the earth the frame lies; the globe leans, so that the sea of ice is not all."""
    plane = Plane(frame.latitude * 0.75, frame.longitude, pi / 2, globe=True)
    x = WIDTH - _GLOBE - 14 if right else _GLOBE + 14
    y = HEIGHT - _GLOBE - 14
    shapes = []
    for ring in plane.outlines("coarse", pi / 2):
        pixel = thinned([(x + a * _GLOBE, y + b * _GLOBE) for a, b in ring], 0.7)
        if area(pixel) > 1:
            shapes.append(pixel)
    disc = f'cx="{_u(x)}" cy="{_u(y)}" r="{_u(_GLOBE)}"'
    return (
        f"<circle {_fill('o')} {_stroke('o', 9)} {disc}/>"
        f"<circle {_fill('w')} {disc}/>"
        f'<path {_fill("l")} {_stroke("c", 0.5)} fill-rule="evenodd" d="{_data(shapes)}"/>'
        f'<circle fill="none" {_stroke("e", 1)} {disc}/>' + _footprint(frame, plane, x, y)
    )


def _footprint(frame: Frame, plane: Plane, x: float, y: float) -> str:
    """The frame as it lies on the globe; of a very wide one the middle."""
    flat = plane.flat(vectors([(frame.longitude, frame.latitude)]))[0]
    at_x, at_y = x + float(flat[0]) * _GLOBE, y + float(flat[1]) * _GLOBE
    wide, high = (each / frame.pixels_per_km / EARTH_KM * _GLOBE for each in (WIDTH, HEIGHT))
    high *= cos(radians(frame.latitude * 0.25))
    if frame.km > _HALF_A_GLOBE:
        return f'<circle {_fill("d")} cx="{_u(at_x)}" cy="{_u(at_y)}" r="{_u(4)}"/>'
    return (
        f'<rect {_fill("d")} fill-opacity=".3" {_stroke("s", 1.5)} x="{_u(at_x - wide / 2)}" '
        f'y="{_u(at_y - high / 2)}" width="{_u(wide)}" height="{_u(high)}" rx="{_u(2)}"/>'
    )


# --- SVG ---------------------------------------------------------------------------------------


def _u(pixel: float) -> int:
    return round(pixel * _FINE)


def _data(shapes: list[Ring]) -> str:
    return "".join(f"{_line(ring)}z" for ring in shapes)


def _line(points: Ring) -> str:
    parts: list[str | float] = ["M"]
    for x, y in points:
        parts += [_u(x), _u(y)]
    return steps(*parts)


def _fill(key: str) -> str:
    return f'fill="{_FILLS[key][0]}"'


def _stroke(key: str, width: float) -> str:
    """As attributes; a class can be given once only, so the dark rule goes by the colour."""
    light = _STROKES[key][0] if key in _STROKES else _FILLS[key][0]
    return f'stroke="{light}" stroke-width="{_u(width)}"'


def _dark() -> str:
    rules = [f"[fill='{light}']{{fill:{dark}}}" for light, dark in _FILLS.values()]
    strokes = dict((*_STROKES.values(), *DOTS.values(), _FILLS["o"]))
    rules += [f"[stroke='{light}']{{stroke:{dark}}}" for light, dark in strokes.items()]
    return "".join(rules)


def _sheet(width: int, height: int, shapes: str, box: tuple[int, ...] = ()) -> str:
    """The picture; `box` is what of the drawing it shows, in pixels: else all of it."""
    box = tuple(_u(each) for each in box or (0, 0, width, height))
    # A phone shows a sheet small: there its dots are drawn larger. The width is the picture's own.
    small = "@media (max-width:520px){.dot{stroke-width:7}.rim{stroke-width:9}}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{" ".join(map(str, box))}" aria-hidden="true">'
        f"<style>@media (prefers-color-scheme:dark){{{_dark()}}}{small}</style>{shapes}</svg>"
    )
