"""Names of rivers, written along them.

A name stands at fixed stretches of its river, by zoom, where the river is straight enough and no
other name stands: whether it does depends on nothing but its surroundings, so that neighbouring
tiles agree.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from heritage.cartography import base_map
from heritage.cartography.base_map import Level
from heritage.cartography.map_names import Box, Placement, width_of
from heritage.cartography.mercator import TILE

SIZE = 12.0
_SPACING = {"zh": 0.9, "en": 0.12}  # of the size, between letters
_APART = 760  # pixels from one name to the next along a river
_STRAIGHT = 0.86  # of its length, how far apart the ends of a name are at least
_BEND = 0.42  # radians by which its line turns at one of its points, at most
_SHIFTS = (0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36)  # of that: where else it may stand
_ROOM = 150  # pixels around a window in which names may touch it
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


@dataclass(frozen=True, slots=True)
class _Chain:
    rank: int
    en: str
    zh: str
    points: np.ndarray  # in parts of the world
    lengths: np.ndarray  # from the beginning to each point
    box: Box


@lru_cache(maxsize=4)
def _chains(level: Level) -> list[_Chain]:
    """The rivers with names, lines that meet end to end as one."""
    lines = base_map.lines("rivers", level)
    parts = defaultdict(list)
    for number, owner in enumerate(lines.owners.tolist()):
        rank, en, zh = lines.features[owner]
        if en or zh:
            parts[rank, en, zh].append(lines.line(number))
    found = []
    for (rank, en, zh), pieces in sorted(parts.items(), key=lambda item: item[0]):
        for points in _joined(pieces):
            steps = np.hypot(*np.diff(points, axis=0).T)
            lengths = np.concatenate(([0], np.cumsum(steps)))
            box = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
            found.append(_Chain(rank, en, zh, points, lengths, box))
    return found


def _joined(pieces: list[np.ndarray]) -> list[np.ndarray]:
    left = list(pieces)
    found = []
    while left:
        chain = left.pop(0)
        grown = True
        while grown:
            grown = False
            for number, other in enumerate(left):
                if np.allclose(chain[-1], other[0], atol=1e-7):
                    chain = np.vstack((chain, other[1:]))
                elif np.allclose(chain[0], other[-1], atol=1e-7):
                    chain = np.vstack((other, chain[1:]))
                else:
                    continue
                del left[number]
                grown = True
                break
        found.append(chain)
    return found


def within(zoom: int, script: str, window: Box, placed: Placement) -> Iterator[RiverName]:
    """The names that reach into a window."""
    left, top, right, bottom = window
    # Names that touch the window are compared with all that may touch them.
    wide = (left - 2 * _ROOM, top - 2 * _ROOM, right + 2 * _ROOM, bottom + 2 * _ROOM)
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
    world = float(TILE << zoom)
    for chain in _chains(base_map.level_of(zoom)):
        if chain.rank > _FROM.get(zoom, 99) or zoom < 3:
            continue
        left, top, right, bottom = (each * world for each in chain.box)
        if not _meets((left, top, right, bottom), wide):
            continue
        text = (chain.zh or chain.en) if script == "zh" else (chain.en or chain.zh)
        spaced = SIZE * _SPACING["zh" if ord(text[0]) >= 0x2E80 else "en"]
        needed = width_of(text, SIZE) + spaced * len(text)
        total = chain.lengths[-1] * world
        if total < needed * 1.3:
            continue
        count = max(1, int(total // _APART))
        gap = total / count
        for number in range(count):
            middle = gap * (number + 0.5)
            for shift in _SHIFTS:
                name = _along(chain, text, middle + shift * gap, needed, world, wide)
                if name is not None:
                    yield name
                    break


def _along(
    chain: _Chain, text: str, middle: float, needed: float, world: float, wide: Box
) -> RiverName | None:
    first, last = middle - needed * 0.62 - 6, middle + needed * 0.62 + 6
    if first < 0 or last > chain.lengths[-1] * world:
        return None
    places = np.linspace(first, last, 13) / world
    x = np.interp(places, chain.lengths, chain.points[:, 0]) * world
    y = np.interp(places, chain.lengths, chain.points[:, 1]) * world
    if not (wide[0] < x[6] < wide[2] and wide[1] < y[6] < wide[3]):
        return None
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
    order = (chain.rank, float(x[6]), float(y[6]))
    return RiverName(text, np.column_stack((x, y)), boxes, order)
