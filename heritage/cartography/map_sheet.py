"""Draws tiles and sheets of the base map as SVG, in Web Mercator.

A sheet is what tiles show side by side: the same code draws both. Each follows the light or dark
scheme of the reader by itself. Borders of states are never drawn.
"""

import re
from base64 import b64encode
from xml.sax.saxutils import escape

import numpy as np

from heritage.cartography import base_map, map_names, mark_names, relief, river_names
from heritage.cartography.base_map import Level
from heritage.cartography.line_file import Lines, clipped_ring
from heritage.cartography.map_names import Box, PlacedName
from heritage.cartography.mercator import TILE, SheetWindow, scale_of
from heritage.values.coordinates import distance_phrase

LARGEST = 15  # zoom
_FINE = 4  # units of path data to a pixel: finer is not seen, and weighs
_IN_PIXELS = f'transform="scale({1 / _FINE:g})"'
_NEAR = 24  # pixels around a window in which coasts are drawn: as wide as their water lines
_RIVERS = {0: 0, 1: 1, 2: 2, 3: 4, 4: 4, 5: 5, 6: 7, 7: 10}  # by zoom the largest rank drawn
_ROUNDED_FROM = 8  # the zoom from which rivers have no corners
_URBAN = (5, 8)  # zooms at which built-up areas are shown: their outlines are twenty years old
_LEAST_ROW, _ROW = 30, 15  # pixels of the foot of a sheet: of one row, and of a further one
_FOOT_SIZE = 11.0
_SCALE_ROOM = 200  # pixels of a scale bar with its words, at most
_LAND_TO = 3  # the zoom of the level that tells land from water
COVER = 44  # pixels of the side of a cover
STREETS_FROM = 10  # the zoom from which a reader would look for streets

# Class: what it is in the light and in the dark.
_COLOURS = {
    "wa": ("fill:#dde6df", "fill:#12191b"),  # water
    "la": ("fill:#f8f2e2", "fill:#2b2924"),  # land
    "wl": ("stroke:#7fa398", "stroke:#4f7d74"),  # water lines along a coast
    "co": ("stroke:#75877e", "stroke:#75877e"),  # coast
    "ri": ("stroke:#7398a0", "stroke:#4d7580"),  # rivers
    "lk": ("fill:#d3e0db;stroke:#7398a0", "fill:#172427;stroke:#4d7580"),
    "ur": ("fill:#c9b79a", "fill:#57503f"),  # built-up areas
    "dt": ("fill:#fdfaf3;stroke:#3a342a", "fill:#1b1a17;stroke:#d8cdb8"),  # dots of towns
    "pk": ("fill:#7d6a4a", "fill:#a8977a"),  # peaks
    "sc": ("stroke:#453e33", "stroke:#d2c8b6"),  # scale
    "se": ("fill:#a5291b;stroke:#fdfaf3", "fill:#b23423;stroke:#1b1a17"),  # seals: sites
    "sb": (
        "fill:#a5291b;stroke:#a5291b",
        "fill:#f08a70;stroke:#f08a70",
    ),  # where one lies somewhere
    "bo": ("fill:#a5291b;stroke:#a5291b", "fill:#f08a70;stroke:#f08a70"),  # boundaries of sites
    "cv": ("stroke:#a5291b", "stroke:#b23423"),  # frames of covers
    "ft": ("fill:#fdfaf3", "fill:#1f1d1a"),  # foot of a sheet
    "by": ("fill:#f7f2e6", "fill:#161513"),  # beyond the world
    "sd": ("fill:#fdfaf3;stroke:#a5291b", "fill:#1f1d1a;stroke:#f08a70"),  # districts
    "pt": ("fill:#fdfaf3;stroke:#a5291b", "fill:#1f1d1a;stroke:#f08a70"),  # parts of properties
    "nu": ("fill:#fff4e2", "fill:#fff4e2"),  # numbers
    "nd": ("fill:#93261a", "fill:#f39b84"),
}
_TEXTS = {
    "t": ("fill:#2f2a22;stroke:#f8f2e2", "fill:#e9e0cd;stroke:#24221e"),
    "s": ("fill:#655c4c;stroke:#f8f2e2", "fill:#b3a893;stroke:#24221e"),  # the other script
    "fs": ("fill:#655c4c;stroke:none", "fill:#b3a893;stroke:none"),  # the foot
    "m": ("fill:#5f4c2c;stroke:#f8f2e2", "fill:#cbb88f;stroke:#24221e"),
    "a": ("fill:#7c6a4b;stroke:#f8f2e2", "fill:#b5a37f;stroke:#24221e"),
    "w": ("fill:#4b7274;stroke:#dde6df", "fill:#86b0ae;stroke:#12191b"),
    "v": ("fill:#3f6c78;stroke:#f8f2e2", "fill:#83b4bd;stroke:#24221e"),
}
_CLASSES = re.compile(r'class="([^"]+)"')
_FONT = (
    "font-family:'Source Han Serif SC','Noto Serif CJK SC','Songti SC',STSong,SimSun,"
    "'Iowan Old Style',Palatino,'Noto Serif','DejaVu Serif',serif"
)
_FONT_EN = (
    "font-family:'Iowan Old Style','Palatino Linotype',Palatino,P052,'Noto Serif','DejaVu Serif',"
    "'Source Han Serif SC','Noto Serif CJK SC','Songti SC',STSong,SimSun,serif"
)
# Smooth, as a picture in pixels takes nearly twice as long with what is best for an image.
_SHARED = (
    "path{fill:none}.wl{stroke-linejoin:round;stroke-linecap:round;stroke-opacity:.16}.co{"
    f"stroke-width:{0.9 * _FINE:g};stroke-linejoin:round}}"
    ".ri{stroke-linecap:round;stroke-linejoin:round}"
    f".lk{{stroke-width:{0.6 * _FINE:g}}}"
    ".ur{fill-opacity:.38}.dt{stroke-width:1.2}.re{mix-blend-mode:hard-light;"
    "image-rendering:smooth}"
    "text{paint-order:stroke;stroke-width:2.6px;stroke-linejoin:round}.w,.v{font-style:italic}"
    ".a,.r{letter-spacing:.22em}.w{letter-spacing:.18em}.c{letter-spacing:.34em}"
    ".t3,.c,.r{font-weight:600}.se{stroke-width:1.5}.sb{fill-opacity:.18;stroke-width:1.8;"
    "stroke-dasharray:4 3}.bo{fill-opacity:.1;fill-rule:evenodd;stroke-width:1.5}"
    ".cv{fill:none;stroke-width:2}.sd{stroke-width:1.6;stroke-dasharray:3 2.5}.pt{stroke-width:1.6}"
    ".nu,.nd{stroke:none;font:600 12px sans-serif;text-anchor:middle;dominant-baseline:central}"
)
# Each with the classes that it is for.
_RULES = [
    (frozenset(re.findall(r"\.([a-z]\w*)", rule.partition("{")[0])), rule)
    for rule in re.findall(r"[^{}]+\{[^{}]+\}", _SHARED)
]


def draw_tile(zoom: int, x: int, y: int, script: str) -> str:
    """One tile. ValueError for one that there is not."""
    if not (0 <= zoom <= LARGEST and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise ValueError("There is no such tile")
    window = SheetWindow(zoom, x * TILE, y * TILE, TILE, TILE)
    return _svg(window, script, _ground(window, script))


def draw_sheet(
    window: SheetWindow, script: str, marks: str = "", lines: tuple[str, ...] = ()
) -> str:
    """A sheet, and below it a foot with a scale bar and `lines`; `marks` is SVG laid on it."""
    shapes = _ground(window, script) + marks + _foot(window, lines)
    return _svg(window, script, shapes, window.height + foot_height(window.width, lines))


def is_land(x: float, y: float) -> bool:
    """Whether there is land at a point, given in parts of the world; as roughly as a map of the
    world draws it."""
    lines = base_map.lines("land", base_map.level_of(_LAND_TO))
    crossings = 0
    for number in lines.touching(x, y, x, y):
        ring = lines.line(number)
        ends = np.roll(ring, -1, axis=0)
        meets = np.flatnonzero((ring[:, 1] > y) != (ends[:, 1] > y))
        (ax, ay), (bx, by) = ring[meets].T, ends[meets].T
        crossings += int((x < ax + (y - ay) * (bx - ax) / (by - ay)).sum())
    return crossings % 2 == 1


def seal(x: float, y: float, radius: float, number: str) -> str:
    """A group of sites on a sheet, with their number."""
    side = 2 * radius
    return (
        f'<rect class="se" x="{x - radius:.1f}" y="{y - radius:.1f}" width="{side:.1f}" '
        f'height="{side:.1f}" rx="4"/><text class="nu" x="{x:.1f}" y="{y:.1f}">{number}</text>'
    )


def dot(x: float, y: float, radius: float, *, is_exact: bool = True) -> str:
    """A site, or the circle in which it lies."""
    kind = "se" if is_exact else "sb"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'


def cover(x: float, y: float, svg: str) -> str:
    """The square cover of a site, from its SVG text."""
    data = b64encode(svg.encode()).decode()
    half = COVER / 2
    at = f'x="{x - half:.1f}" y="{y - half:.1f}" width="{COVER}" height="{COVER}"'
    image = f'<image width="{COVER}" height="{COVER}" href="data:image/svg+xml;base64,{data}"/>'
    return f'<svg {at}>{image}</svg><rect class="cv" {at} rx="3"/>'


def name(x: float, y: float, anchor: str, text: str) -> str:
    """The name of a mark, at the place that `mark_names` found."""
    return (
        f'<text class="t" x="{x:.1f}" y="{y:.1f}" font-size="{mark_names.SIZE}" font-weight="600" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def boundary(path: str) -> str:
    """The boundary of a site, from path data."""
    return f'<path class="bo" d="{path}"/>'


def beyond(path: str) -> str:
    """The paper that covers what lies beyond the edges of the world, where it would be seen
    twice."""
    return f'<path class="by" fill-rule="evenodd" d="{path}"/>'


def part(x: str, y: str) -> str:
    """A component part of a property."""
    return f'<circle class="pt" cx="{x}" cy="{y}" r="3.5"/>'


def badge(x: float, y: float, radius: float, number: str) -> str:
    """Sites of which only the district is known."""
    return (
        f'<circle class="sd" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        f'<text class="nd" x="{x:.1f}" y="{y:.1f}">{number}</text>'
    )


# --- what is drawn -----------------------------------------------------------------------------


def _ground(window: SheetWindow, script: str) -> str:
    parts = [f'<path class="wa" d="M0 0h{window.width}v{window.height}H0z"/>']
    turns = _turns(window)
    level = base_map.level_of(window.zoom)
    coast = "".join(_lines(base_map.lines("coast", level), turn, _NEAR) for turn in turns)
    if coast:
        widths = (26, 14, 6) if window.zoom > 1 else (10, 5)
        parts.append(f'<defs><path id="k" d="{coast}"/></defs><g {_IN_PIXELS}>')
        parts += [f'<use href="#k" class="wl" stroke-width="{each * _FINE}"/>' for each in widths]
        parts.append("</g>")
    land = "".join(_areas(base_map.lines("land", level), turn) for turn in turns)
    if land:
        parts.append(f'<g {_IN_PIXELS}><path class="la" fill-rule="evenodd" d="{land}"/></g>')
    parts += _relief(window)
    parts.append(f"<g {_IN_PIXELS}>")
    if _URBAN[0] <= window.zoom <= _URBAN[1]:
        built = "".join(_areas(base_map.urban(), turn) for turn in turns)
        parts.append(f'<path class="ur" d="{built}"/>' if built else "")
    parts += _rivers(level, turns)
    lakes = "".join(_areas(base_map.lines("lakes", level), turn, margin=3) for turn in turns)
    parts.append(f'<path class="lk" fill-rule="evenodd" d="{lakes}"/>' if lakes else "")
    if coast:
        parts.append('<use href="#k" class="co"/>')
    parts.append("</g>")
    parts += _names(turns, script)
    return "".join(parts)


def _turns(window: SheetWindow) -> list[SheetWindow]:
    """The window, moved by whole worlds to where there is something to see."""
    world = TILE << window.zoom
    found = []
    first = (window.left - _NEAR) // world
    for turn in range(first, (window.left + window.width + _NEAR) // world + 1):
        found.append(
            SheetWindow(
                window.zoom, window.left - turn * world, window.top, window.width, window.height
            )
        )
    return found


def _touching(lines: Lines, window: SheetWindow, margin: float) -> np.ndarray:
    world = TILE << window.zoom
    left, top, right, bottom = window.box
    return lines.touching(
        (left - margin) / world,
        (top - margin) / world,
        (right + margin) / world,
        (bottom + margin) / world,
    )


def _is_within(lines: Lines, numbers: np.ndarray, window: SheetWindow) -> list[bool]:
    """Whether lines lie wholly in a window: nothing of these has to be looked at or cut."""
    world = TILE << window.zoom
    left, top, right, bottom = window.box
    boxes = lines.boxes[numbers]
    low, high = (left + 1, top + 1), (right - 1, bottom - 1)
    inside = (boxes[:, :2] * world > low).all(axis=1) & (boxes[:, 2:] * world < high).all(axis=1)
    return inside.tolist()


def _pixels(points: np.ndarray, window: SheetWindow) -> np.ndarray:
    """In quarters of a pixel from the corner of the window; the same for every window."""
    world = float(_FINE * (TILE << window.zoom))
    rounded = np.floor(points * world + 0.5).astype(np.int64)
    return rounded - np.array((window.left * _FINE, window.top * _FINE))


def _rounded(line: np.ndarray) -> np.ndarray:
    """With its corners cut twice (Chaikin): close up, an old survey has no sharp bends."""
    for _round in range(2):
        early, late = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        inner = np.stack((early, late), axis=1).reshape(-1, 2)
        line = np.concatenate((line[:1], inner, line[-1:]))
    return line


def _lines(
    lines: Lines,
    window: SheetWindow,
    margin: float,
    numbers: np.ndarray | None = None,
    *,
    is_rounded: bool = False,
) -> str:
    """Path data of the pieces near the window, their corners as they are."""
    reach = margin * _FINE
    wide, high = window.width * _FINE + reach, window.height * _FINE + reach
    found = []
    numbers = _touching(lines, window, margin) if numbers is None else numbers
    for number, is_within in zip(numbers, _is_within(lines, numbers, window), strict=True):
        line = lines.line(number)
        points = _pixels(_rounded(line) if is_rounded else line, window)
        if is_within:
            found.append(_data(points))
            continue
        low = np.minimum(points[:-1], points[1:])
        high_end = np.maximum(points[:-1], points[1:])
        is_near = (
            (low[:, 0] <= wide)
            & (low[:, 1] <= high)
            & (high_end[:, 0] >= -reach)
            & (high_end[:, 1] >= -reach)
        )
        if not is_near.any():
            continue
        edges = np.flatnonzero(np.diff(np.concatenate(([0], is_near.view(np.int8), [0]))))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            found.append(_data(points[start : end + 1]))
    return "".join(found)


def _areas(lines: Lines, window: SheetWindow, margin: float = 2) -> str:
    """Path data of the parts of rings in the window."""
    reach = margin * _FINE
    found = []
    numbers = _touching(lines, window, margin)
    for number, is_within in zip(numbers, _is_within(lines, numbers, window), strict=True):
        points = _pixels(lines.line(number), window)
        if is_within:
            if data := _data(points):
                found.append(data + "z")
            continue
        ring = points.astype(float)
        right, bottom = window.width * _FINE + reach, window.height * _FINE + reach
        ring = clipped_ring(ring, -reach, -reach, right, bottom)
        if len(ring) > 2 and (data := _data(np.floor(ring + 0.5).astype(np.int64))):
            found.append(data + "z")
    return "".join(found)


def _data(points: np.ndarray) -> str:
    """As path data in relative steps; points that fall on one another are one."""
    steps = np.diff(points, axis=0)
    steps = steps[steps.any(axis=1)]
    if not len(steps):
        return ""
    x, y = points[0].tolist()
    text = " ".join(map(str, steps.ravel().tolist())).replace(" -", "-")
    return f"M{x} {y}l{text}".replace(" -", "-")


def _rivers(level: Level, turns: list[SheetWindow]) -> list[str]:
    """By rank, the larger ones wider."""
    lines = base_map.lines("rivers", level)
    ranks = np.array([rank for rank, _en, _zh in lines.features] or [0])
    zoom = turns[0].zoom
    found: dict[int, str] = {}
    for turn in turns:
        near = _touching(lines, turn, 6)
        if not len(near):
            continue
        of = ranks[lines.owners[near]]
        for rank in sorted(set(of.tolist())):
            if rank <= _RIVERS.get(zoom, 99):
                data = _lines(lines, turn, 6, near[of == rank], is_rounded=zoom >= _ROUNDED_FROM)
                found[rank] = found.get(rank, "") + data
    return [
        f'<path class="ri" stroke-width="{_river_width(rank, zoom) * _FINE / 10:g}" d="{data}"/>'
        for rank, data in sorted(found.items(), reverse=True)
        if data
    ]


def _river_width(rank: int, zoom: int) -> int:
    """In tenths of a pixel."""
    widest = (6, 7, 9, 11, 14, 18, 22, 27, 32, 38, 44, 50)[min(zoom, 11)]
    return max(5, round(widest - rank * (1.2 if zoom < 6 else 2.2)))


def _relief(window: SheetWindow) -> list[str]:
    if not relief.strength(window.zoom):
        return []
    found = []
    most = 1 << window.zoom
    for y in range(window.top // TILE, (window.top + window.height - 1) // TILE + 1):
        for x in range(window.left // TILE, (window.left + window.width - 1) // TILE + 1):
            data = relief.data_url(window.zoom, x % most, y) if 0 <= y < most else ""
            if data:
                found.append(
                    f'<image class="re" x="{x * TILE - window.left}" '
                    f'y="{y * TILE - window.top}" width="{TILE}" height="{TILE}" '
                    f'preserveAspectRatio="none" href="{data}"/>'
                )
    return found


# --- names -------------------------------------------------------------------------------------


def _names(turns: list[SheetWindow], script: str) -> list[str]:
    zoom = turns[0].zoom
    # Names of rivers that reach in may touch names that do not.
    nearby = [map_names.around(zoom, script, _wider(t.box, river_names.ROOM + 20)) for t in turns]
    parts, paths = [], 0
    for turn, placed in zip(turns, nearby, strict=True):
        for river in river_names.within(zoom, script, _wider(turn.box, 10), placed):
            paths += 1
            data = _data(_pixels(river.points / float(TILE << zoom), turn))
            spacing = f' letter-spacing="{river.spacing:.1f}"' if river.spacing > 2 else ""
            parts.append(
                f'<path id="r{paths}" {_IN_PIXELS} d="{data}"/>'
                f'<text class="v" font-size="{river_names.SIZE:g}" dy="-4"{spacing}>'
                f'<textPath href="#r{paths}" startOffset="50%" text-anchor="middle">'
                f"{escape(river.text)}</textPath></text>"
            )
    for turn, placed in zip(turns, nearby, strict=True):
        # Letters may be wider than they were taken for: a name that might reach in is drawn.
        box = _wider(turn.box, 40)
        for name in placed.names:
            left, top, right, bottom = name.box
            if left < box[2] and right > box[0] and top < box[3] and bottom > box[1]:
                parts.append(_name(name, turn))
    return parts


def _wider(box: Box, pixels: float) -> Box:
    return box[0] - pixels, box[1] - pixels, box[2] + pixels, box[3] + pixels


def _name(placed: PlacedName, window: SheetWindow) -> str:
    x, y = placed.x - window.left, placed.y - window.top
    mark = ""
    if placed.dot:
        dot_x, dot_y = placed.dot[0] - window.left, placed.dot[1] - window.top
        if placed.style == "m":
            mark = f'<path class="pk" d="M{dot_x - 6:.1f} {dot_y + 4:.1f}l6-10 6 10z"/>'
        else:
            radius = 3 if placed.style in ("t2", "t3") else 2.3
            mark = f'<circle class="dt" cx="{dot_x:.1f}" cy="{dot_y:.1f}" r="{radius}"/>'
    anchor = "" if placed.anchor == "start" else f' text-anchor="{placed.anchor}"'
    kind = placed.style if placed.style[0] != "t" else f"t {placed.style}"
    if placed.style in ("r", "c"):
        kind = f"a {placed.style}"
    turned = ""
    if placed.style == "r" and placed.name.angle:
        turned = f' transform="rotate({-placed.name.angle:g} {x:.1f} {y:.1f})"'
    first = (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{placed.size:g}"{anchor}{turned}>'
        f"{escape(placed.lines[0])}</text>"
    )
    if len(placed.lines) == 1:
        return mark + first
    second = "s" if placed.style[0] in "tm" else kind
    small = placed.size * 0.8
    return (
        mark
        + first
        + (
            f'<text class="{second}" x="{x:.1f}" y="{y + placed.size * 0.92:.1f}" '
            f'font-size="{small:.1f}"{anchor}>{escape(placed.lines[1])}</text>'
        )
    )


# --- scale and foot of a sheet -----------------------------------------------------------------


def foot_height(width: int, lines: tuple[str, ...]) -> int:
    """Pixels of the foot below a sheet: lines stand beside the scale bar if there is room."""
    return _LEAST_ROW + _ROW * (len(_rows(width, lines)) - 1)


def _rows(width: int, lines: tuple[str, ...]) -> list[str]:
    """What stands in each row of the foot, at its end; the scale bar begins the first."""
    together = " · ".join(lines)
    if map_names.width_of(together, _FOOT_SIZE) + _SCALE_ROOM <= width:
        return [together]
    return ["", *lines]


def _foot(window: SheetWindow, lines: tuple[str, ...]) -> str:
    km, length = scale_of(window)
    wide, top = window.width, window.height
    x, y = 12, top + 19
    texts = "".join(
        f'<text class="fs" x="{wide - 12}" y="{y + _ROW * number}" font-size="{_FOOT_SIZE:g}" '
        f'text-anchor="end">{escape(line)}</text>'
        for number, line in enumerate(_rows(wide, lines))
        if line
    )
    return (
        f'<path class="ft" d="M0 {top}h{wide}v{foot_height(wide, lines)}H0z"/>'
        f'<path class="sc" stroke-width="1.4" d="M{x} {y - 5}v5h{length:.0f}v-5"/>'
        f'<text class="fs" x="{x + length + 8:.0f}" y="{y}" font-size="12">'
        f"{escape(distance_phrase(km))}</text>{texts}"
    )


# --- SVG ---------------------------------------------------------------------------------------


def _style(script: str, zoom: int, shapes: str) -> str:
    """The CSS rules for what is drawn."""
    strength = relief.strength(zoom)
    rules = _COLOURS | _TEXTS | {"re": (f"opacity:{strength:g}", f"opacity:{strength * 0.6:.2g}")}
    used = {name for each in _CLASSES.findall(shapes) for name in each.split()}
    rules = {name: rule for name, rule in rules.items() if name in used}
    light = "".join(f".{name}{{{rule[0]}}}" for name, rule in rules.items())
    dark = "".join(f".{name}{{{rule[1]}}}" for name, rule in rules.items())
    font = _FONT if script == "zh" else _FONT_EN
    shared = "".join(rule for names, rule in _RULES if not names or names & used)
    return f"{shared}svg{{{font}}}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _svg(window: SheetWindow, script: str, shapes: str, height: int = TILE) -> str:
    language = "zh-Hans" if script == "zh" else "en"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{window.width}" height="{height}" '
        f'viewBox="0 0 {window.width} {height}" xml:lang="{language}">'
        f"<style>{_style(script, window.zoom, shapes)}</style>{shapes}</svg>"
    )
