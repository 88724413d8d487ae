"""The names on the base map, and where they stand.

Names are placed for the whole world at once, by zoom and script: the more important first, each
where no earlier one stands. Neighbouring tiles therefore show the same names at the same places.
Coordinates are pixels of the world at a zoom.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import cos, radians, sin

from heritage.cartography.base_map import BITS, FOLDER
from heritage.cartography.mercator import TILE

SCRIPTS = ("en", "zh")  # the one that comes first; see script_of()
_WATERS = {"ocean", "sea", "bay", "gulf", "strait", "channel", "lake"}
_SPREAD = {"range/mtn"}  # written along their slope
# By zoom the towns shown, by rank.
_TOWNS = {2: 0, 3: 1, 4: 3, 5: 5, 6: 7, 7: 9}
_FIRST = {0: 0, 1: 1, 2: 3, 3: 4, 4: 4, 5: 5, 6: 5, 7: 6, 8: 7}  # by rank of land and water
_CELL = 128  # pixels of a cell of the grid in which neighbours are looked for

type Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class GroundName:
    kind: str
    rank: int
    x: float  # parts of the world
    y: float
    en: str
    zh: str
    angle: float
    span: float  # degrees of longitude, 0 for a point
    number: int  # inhabitants, or metres of height


@dataclass(frozen=True, slots=True)
class PlacedName:
    """A name at its place; `box` is what it needs."""

    name: GroundName
    style: str  # a class of the style sheet
    size: float  # of the first line, in pixels
    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str  # "start", "middle" or "end"
    box: Box
    dot: tuple[float, float] | None = None


def script_of(language: str | None) -> str:
    """The script in which a language names places first."""
    return "zh" if (language or "").startswith("zh") else "en"


@cache
def _names() -> tuple[GroundName, ...]:
    scale = 1 << BITS
    found = []
    for line in (FOLDER / "names.tsv").read_text(encoding="utf-8").splitlines():
        kind, rank, x, y, en, zh, angle, span, number = line.split("\t")
        found.append(
            GroundName(
                kind, int(rank), int(x) / scale, int(y) / scale, en, zh,
                float(angle), float(span), int(number),
            )
        )  # fmt: skip
    return tuple(found)


def width_of(text: str, size: float) -> float:
    """About how wide a text is in pixels."""
    return size * sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    if ord(letter) >= 0x2E80:
        return 1.0
    if letter in "iIljtf.,' ’":
        return 0.31
    if letter in "mwMW":
        return 0.86
    return 0.68 if letter.isupper() else 0.51


class Taken:
    """Boxes that something stands in, by cells of a grid."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def is_free(self, boxes: Iterable[Box]) -> bool:
        return not any(
            left < box[2] and right > box[0] and top < box[3] and bottom > box[1]
            for box in boxes
            for cell in _cells(box)
            for left, top, right, bottom in self._cells.get(cell, ())
        )

    def add(self, boxes: Iterable[Box]) -> None:
        for box in boxes:
            for cell in _cells(box):
                self._cells[cell].append(box)


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for x in range(int(box[0] // _CELL), int(box[2] // _CELL) + 1):
        for y in range(int(box[1] // _CELL), int(box[3] // _CELL) + 1):
            yield x, y


@dataclass(frozen=True, slots=True)
class Placement:
    """All names at a zoom, by cells of the size of a tile, and the room that they take."""

    by_tile: dict[tuple[int, int], list[PlacedName]]
    taken: Taken

    def within(self, left: float, top: float, right: float, bottom: float) -> list[PlacedName]:
        """The names that reach into a box, each once and in the order of their placing."""
        found: dict[int, PlacedName] = {}
        for x in range(int(left // TILE), int(right // TILE) + 1):
            for y in range(int(top // TILE), int(bottom // TILE) + 1):
                found |= {id(each): each for each in self.by_tile.get((x, y), ())}
        return sorted(found.values(), key=lambda each: (each.y, each.x))


@lru_cache(maxsize=4)
def placement(zoom: int, script: str) -> Placement:
    taken = Taken()
    by_tile: dict[tuple[int, int], list[PlacedName]] = defaultdict(list)
    world = TILE << zoom
    for name in sorted(_names(), key=_order):
        if not _is_shown(name, zoom):
            continue
        for placed, boxes in _choices(name, zoom, script):
            if not TILE < placed.x < world - TILE:
                # The same place on the other side of 180° is taken, too.
                boxes += [
                    (box[0] + turn, box[1], box[2] + turn, box[3])
                    for box in boxes
                    for turn in (-world, world)
                ]
            if taken.is_free(boxes):
                taken.add(boxes)
                left, top, right, bottom = placed.box
                for x in range(int(left // TILE), int(right // TILE) + 1):
                    for y in range(int(top // TILE), int(bottom // TILE) + 1):
                        by_tile[x, y].append(placed)
                break
    return Placement(dict(by_tile), taken)


def _order(name: GroundName) -> tuple[float, int, float, float]:
    """The more important first: of land and water, and of towns by their rank."""
    place = name.rank + 1.6 if name.kind == "town" else name.rank * 0.9
    return place, -name.number, name.x, name.y


def _is_shown(name: GroundName, zoom: int) -> bool:
    if name.kind == "town":
        return zoom >= 8 or name.rank <= _TOWNS.get(zoom, -1)
    if name.kind == "continent":
        return zoom <= 2
    if zoom < max(_FIRST[min(name.rank, 8)], 0 if name.kind in _WATERS else 2):
        return False
    return not name.span or name.span / 360 * (TILE << zoom) < 2600


def _lines(name: GroundName, script: str, is_both: bool) -> tuple[str, ...]:
    first, second = (name.zh, name.en) if script == "zh" else (name.en, name.zh)
    texts = [text for text in (first, second) if text]
    return tuple(texts if is_both else texts[:1])


def _choices(name: GroundName, zoom: int, script: str) -> Iterator[tuple[PlacedName, list[Box]]]:
    """Where a name may stand, the best first, with the room that it needs."""
    x, y = name.x * (TILE << zoom), name.y * (TILE << zoom)
    if name.kind == "town":
        yield from _town(name, zoom, script, x, y)
    elif name.kind == "mountain":
        yield _mountain(name, zoom, script, x, y)
    else:
        yield from _area(name, zoom, script, x, y)


def _town(
    name: GroundName, zoom: int, script: str, x: float, y: float
) -> Iterator[tuple[PlacedName, list[Box]]]:
    weight = max(0, min(3, (_TOWNS.get(zoom, 11) - name.rank) // 2))
    style, size = f"t{weight}", (12.0, 12.5, 13.5, 15.0)[weight]
    lines = _lines(name, script, weight > 0 or zoom >= 8)
    wide = max(width_of(text, size if n == 0 else size * 0.8) for n, text in enumerate(lines))
    high = size * (1.15 if len(lines) == 1 else 2.05)
    dot = (x - 4, y - 4, x + 4, y + 4)
    up = size * 0.36 if len(lines) == 1 else -size * 0.06
    for anchor, left, base in (
        ("start", x + 7, y + up),
        ("end", x - 7 - wide, y + up),
        ("middle", x - wide / 2, y - 8 - (high - size * 1.15)),
        ("middle", x - wide / 2, y + 6 + size),
    ):
        box = (left - 2, base - size * 0.95, left + wide + 2, base - size * 0.9 + high)
        at = {"start": left, "end": left + wide, "middle": x}[anchor]
        around = (
            min(box[0], dot[0]), min(box[1], dot[1]), max(box[2], dot[2]), max(box[3], dot[3]),
        )  # fmt: skip
        placed = PlacedName(name, style, size, lines, at, base, anchor, around, (x, y))
        yield placed, [dot, box]


def _mountain(
    name: GroundName, zoom: int, script: str, x: float, y: float
) -> tuple[PlacedName, list[Box]]:
    size = 13.0
    lines = _lines(name, script, True)
    wide = max(width_of(text, size if n == 0 else size * 0.8) for n, text in enumerate(lines))
    base = y + 8 + size
    box = (
        x - wide / 2 - 2,
        y - 8,
        x + wide / 2 + 2,
        base + size * 0.3 + size * 0.9 * len(lines[1:]),
    )
    return PlacedName(name, "m", size, lines, x, base, "middle", box, (x, y)), [box]


def _area(
    name: GroundName, zoom: int, script: str, x: float, y: float
) -> Iterator[tuple[PlacedName, list[Box]]]:
    room = name.span / 360 * (TILE << zoom)
    is_water = name.kind in _WATERS
    style = (
        "w"
        if is_water
        else "r"
        if name.kind in _SPREAD
        else "c"
        if name.kind == "continent"
        else "a"
    )
    size = {"c": 15.0, "w": 13.5, "r": 13.0, "a": 13.0}[style]
    if name.kind == "lake":
        size = 11.5
    if style in "wa" and room > 700:
        size += 3
    lines = _lines(name, script, style != "r" and name.kind != "lake")
    spacing = _SPACING[style]
    wide = max(
        width_of(text, size if n == 0 else size * 0.8) + spacing * size * len(text)
        for n, text in enumerate(lines)
    )
    if room < wide * (0.8 if name.kind == "lake" else 0.55):
        return
    high = size * (1.2 if len(lines) == 1 else 2.1)
    if style == "r" and name.angle:
        boxes = []
        turn = radians(-name.angle)
        for step in range(5):
            along = (step - 2) / 4 * (wide - size)
            at_x, at_y = x + along * cos(turn), y + along * sin(turn)
            boxes.append(
                (at_x - size * 0.7, at_y - size * 0.7, at_x + size * 0.7, at_y + size * 0.7)
            )
        half_x = abs(wide / 2 * cos(turn)) + size
        half_y = abs(wide / 2 * sin(turn)) + size
        box = (x - half_x, y - half_y, x + half_x, y + half_y)
        yield PlacedName(name, style, size, lines, x, y, "middle", box), boxes
        return
    box = (x - wide / 2 - 3, y - high / 2, x + wide / 2 + 3, y + high / 2)
    base = y - high / 2 + size * 0.95
    yield PlacedName(name, style, size, lines, x, base, "middle", box), [box]


_SPACING = {"c": 0.34, "w": 0.18, "r": 0.3, "a": 0.22}  # of the size, between letters
