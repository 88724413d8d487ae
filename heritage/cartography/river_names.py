"""Names of rivers, written along them.

A name stands at fixed stretches of its river, by zoom, where the river is straight enough and no
other name stands: whether it does depends on nothing but its surroundings, so that neighbouring
tiles agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from heritage.cartography import base_map
from heritage.cartography.map_names import Box, Placement, width_of
from heritage.cartography.mercator import TILE

SIZE = 12.0
_SPACING = {"zh": 0.9, "en": 0.12}  # of the size, between letters
_APART = 760  # pixels from one name to the next along a river
_STRAIGHT = 0.86  # of its length, how far apart the ends of a name are at least
_BEND = 0.42  # radians by which its line turns at one of its points, at most
_SHIFTS = (0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36)  # of that: where else it may stand
ROOM = 150  # pixels around a window in which names may touch it
_FROM = {0: 9, 1: 9, 2: 9, 3: 2, 4: 3, 5: 5, 6: 7, 7: 10}  # the zoom: the ranks that are named


@dataclass(frozen=True, slots=True)
class RiverName:
    text: str
    points: np.ndarray  # of the line that it stands on, in pixels of the world
    boxes: tuple[Box, ...]
    order: tuple[float, ...]

    @property
    def spacing(self) -> float:
        return SIZE * _SPACING["zh" if ord(self.text[0]) >= 0x2E80 else "en"]


def within(zoom: int, script: str, window: Box, placed: Placement) -> Iterator[RiverName]:
    """The names that reach into a window."""
    left, top, right, bottom = window
    # Names that touch the window are compared with all that may touch them.
    wide = (left - 2 * ROOM, top - 2 * ROOM, right + 2 * ROOM, bottom + 2 * ROOM)
    found = sorted(_candidates(zoom, script, wide), key=lambda each: each.order)
    for number, each in enumerate(found):
        if not any(_meets(box, window) for box in each.boxes):
            continue
        if not placed.taken.is_free(each.boxes):
            continue
        # Whether the one before is shown itself does not matter: so no chain runs out of sight.
        if any(_meet(each, other) for other in found[:number]):
            continue
        yield each


def _meets(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _meet(one: RiverName, other: RiverName) -> bool:
    return any(_meets(a, b) for a in one.boxes for b in other.boxes)


def _candidates(zoom: int, script: str, wide: Box) -> Iterator[RiverName]:
    """Where names would stand whose middle is in a box, if nothing else stood there."""
    if zoom < 3:
        return
    world = float(TILE << zoom)
    rivers = base_map.lines("rivers", base_map.level_of(zoom))
    for line in rivers.touching(*(each / world for each in wide)).tolist():
        rank, en, zh = rivers.features[rivers.owners[line]]
        if rank > _FROM.get(zoom, 99) or not (en or zh):
            continue
        points = rivers.line(line) * world
        lengths = np.concatenate(([0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
        text = (zh or en) if script == "zh" else (en or zh)
        spaced = SIZE * _SPACING["zh" if ord(text[0]) >= 0x2E80 else "en"]
        needed = width_of(text, SIZE) + spaced * len(text)
        if lengths[-1] < needed * 1.3:
            continue
        count = max(1, int(lengths[-1] // _APART))
        gap = lengths[-1] / count
        for number in _near(points, lengths, wide, gap, count):
            for shift in _SHIFTS:
                middle = gap * (number + 0.5 + shift)
                name = _along(points, lengths, text, rank, middle, needed)
                if name is not None:
                    at = [np.interp(middle, lengths, points[:, axis]) for axis in (0, 1)]
                    if wide[0] < at[0] < wide[2] and wide[1] < at[1] < wide[3]:
                        yield name
                    break


def _near(points: np.ndarray, lengths: np.ndarray, wide: Box, gap: float, count: int) -> range:
    """The numbers of the stretches of a river that may have their name in a box."""
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    near = np.flatnonzero(((low <= wide[2:]) & (high >= wide[:2])).all(axis=1))
    if not len(near):
        return range(0)
    reach = 0.5 + max(_SHIFTS)
    first, last = lengths[near[0]] / gap, lengths[near[-1] + 1] / gap
    return range(max(0, floor(first - reach)), min(count, ceil(last + reach)))


def _along(
    points: np.ndarray, lengths: np.ndarray, text: str, rank: int, middle: float, needed: float
) -> RiverName | None:
    """A name around a place of its river; None where the river winds too much, or ends."""
    first, last = middle - needed * 0.62 - 6, middle + needed * 0.62 + 6
    if first < 0 or last > lengths[-1]:
        return None
    places = np.linspace(first, last, 13)
    x, y = (np.interp(places, lengths, points[:, axis]) for axis in (0, 1))
    for _round in range(8):
        x[1:-1] = (x[:-2] + 2 * x[1:-1] + x[2:]) / 4
        y[1:-1] = (y[:-2] + 2 * y[1:-1] + y[2:]) / 4
    steps_x, steps_y = np.diff(x), np.diff(y)
    length = float(np.hypot(steps_x, steps_y).sum())
    # Smoothing takes some of the length: a winding river leaves no room.
    if length < needed + 4 or np.hypot(x[-1] - x[0], y[-1] - y[0]) < _STRAIGHT * length:
        return None
    bends = np.abs(np.diff(np.unwrap(np.arctan2(steps_y, steps_x))))
    if bends.max() > _BEND:
        return None
    if x[0] > x[-1]:
        x, y = x[::-1], y[::-1]
    half = SIZE * 0.75
    boxes = tuple(
        (float(a) - half, float(b) - half - 4, float(a) + half, float(b) + half - 4)
        for a, b in zip(x[1:-1], y[1:-1], strict=True)
    )
    order = (rank, float(x[6]), float(y[6]))
    return RiverName(text, np.column_stack((x, y)), boxes, order)
