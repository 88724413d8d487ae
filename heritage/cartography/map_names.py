"""The names on the base map, and where they stand.

Names are placed for the whole world at once, by zoom and script: the more important first, each
where no earlier one stands. Neighbouring tiles therefore show the same names at the same places.
This is done when the base map is made (fixtures/build/name_places.py); `name-places.npy` says which
of its `choices()` a name has taken. Coordinates are pixels of the world at a zoom.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import islice
from math import cos, radians, sin

import numpy as np

from heritage.cartography.base_map import BITS, FOLDER
from heritage.cartography.mercator import TILE, Box

SCRIPTS = ("en", "zh")  # the one that comes first; see script_of()
WATERS = {"ocean", "sea", "bay", "gulf", "strait", "channel", "lake"}
_SPREAD = {"range/mtn"}  # written along their slope
# By zoom the towns shown, by rank.
TOWNS = {2: 0, 3: 1, 4: 3, 5: 5, 6: 7, 7: 9}
_ONE_WORLD_TO = 2  # the zoom up to which a sheet may end at 180°: no name of an area reaches across
_CELL = 128  # pixels of a cell of the grid in which neighbours are looked for
REACH = 420  # pixels from the place of a name to the end of its letters, at most


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


def ground_name(line: str) -> GroundName:
    """The name in a line of names.tsv."""
    kind, rank, x, y, en, zh, angle, span, number = line.split("\t")
    scale = 1 << BITS
    return GroundName(
        kind, int(rank), int(x) / scale, int(y) / scale, en, zh,
        float(angle), float(span), int(number),
    )  # fmt: skip


def width_of(text: str, size: float) -> float:
    """About how wide a text is in pixels."""
    return size * sum(map(_letter, text))


@cache
def _letter(letter: str) -> float:
    if ord(letter) >= 0x2E80:
        return 1.0
    if letter in "iIljtf.,' ’":
        return 0.31
    if letter in "mwMW":
        return 0.86
    return 0.68 if letter.isupper() else 0.51


class Taken:
    """Boxes that are taken, indexed by the cells of a grid."""

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


@dataclass(frozen=True)
class Placement:
    """The names around a box, and the room that they take."""

    names: list[PlacedName]
    boxes: list[Box]

    @cached_property
    def taken(self) -> Taken:
        taken = Taken()
        taken.add(self.boxes)
        return taken


def around(zoom: int, script: str, box: Box) -> Placement:
    """The names that may reach into a box, from north to south."""
    world = TILE << zoom
    scale = world / (1 << BITS)
    left, top, right, bottom = box
    order, y = _by_latitude()
    first = np.searchsorted(y, (top - REACH) / scale, "right")
    last = np.searchsorted(y, (bottom + REACH) / scale)
    rows = np.sort(order[first:last])
    x, choice = _table()["x"][rows], _table()["choices"][rows, SCRIPTS.index(script), zoom]
    # What stands on the other side of 180° takes room on this one, too.
    away = (x * scale - (left + right - world) / 2) % world - world / 2
    is_near = (choice > 0) & (np.abs(away) < (right - left) / 2 + REACH)
    names, taken = [], []
    for row, chosen in zip(rows[is_near].tolist(), choice[is_near].tolist(), strict=True):
        placed, boxes = _placed(row, zoom, script, chosen)
        names.append(placed)
        taken += boxes
    return Placement(sorted(names, key=lambda each: (each.y, each.x)), taken)


@cache
def _table() -> np.ndarray:
    """For each line of names.tsv its offset in the file, and its choice by script and zoom; 0: not
    shown."""
    return np.load(FOLDER / "name-places.npy")


@cache
def _by_latitude() -> tuple[np.ndarray, np.ndarray]:
    """The lines of the table from north to south, and where each lies."""
    y = _table()["y"]
    order = np.argsort(y, kind="stable")
    return order, y[order]


@cache
def _text() -> bytes:
    return (FOLDER / "names.tsv").read_bytes()


@lru_cache(maxsize=4000)
def _placed(row: int, zoom: int, script: str, chosen: int) -> tuple[PlacedName, list[Box]]:
    """The name of a row of the table where its choice, counted from 1, puts it."""
    start = int(_table()["start"][row])
    name = ground_name(_text()[start : _text().index(b"\n", start)].decode())
    return next(islice(choices(name, zoom, script), chosen - 1, None))


def _lines(name: GroundName, script: str, is_both: bool) -> tuple[str, ...]:
    first, second = (name.zh, name.en) if script == "zh" else (name.en, name.zh)
    texts = [text for text in (first, second) if text]
    return tuple(texts if is_both else texts[:1])


def choices(name: GroundName, zoom: int, script: str) -> Iterator[tuple[PlacedName, list[Box]]]:
    """Where a name may stand, the best first, with the room that it needs."""
    world = TILE << zoom
    x, y = name.x * world, name.y * world
    kinds = {"town": _town, "mountain": _mountain}
    for placed, boxes in kinds.get(name.kind, _area)(name, zoom, script, x, y):
        if not TILE < x < world - TILE:
            # The same place on the other side of 180° is taken, too.
            boxes += [
                (box[0] + turn, box[1], box[2] + turn, box[3])
                for box in boxes
                for turn in (-world, world)
            ]
        yield placed, boxes


def _town(
    name: GroundName, zoom: int, script: str, x: float, y: float
) -> Iterator[tuple[PlacedName, list[Box]]]:
    weight = max(0, min(3, (TOWNS.get(zoom, 11) - name.rank) // 2))
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
) -> Iterator[tuple[PlacedName, list[Box]]]:
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
    yield PlacedName(name, "m", size, lines, x, base, "middle", box, (x, y)), [box]


def _area(
    name: GroundName, zoom: int, script: str, x: float, y: float
) -> Iterator[tuple[PlacedName, list[Box]]]:
    room = name.span / 360 * (TILE << zoom)
    is_water = name.kind in WATERS
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
    if zoom <= _ONE_WORLD_TO:
        half, world = wide * 0.62 + 8, TILE << zoom  # letters may be wider than they were taken for
        x = min(max(x, half), world - half)
    box = (x - wide / 2 - 3, y - high / 2, x + wide / 2 + 3, y + high / 2)
    base = y - high / 2 + size * 0.95
    yield PlacedName(name, style, size, lines, x, base, "middle", box), [box]


_SPACING = {"c": 0.34, "w": 0.18, "r": 0.3, "a": 0.22}  # of the size, between letters
