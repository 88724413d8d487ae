"""Where badges stand, so that the names of the map below them can be read.

A badge stands for several sites around it, so it may stand some pixels aside. The mark of a single
site never moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from heritage.cartography import map_names
from heritage.cartography.map_names import Box

# Pixels across and down by which a badge may stand aside, the nearest first.
_ASIDE = np.array(
    [(0.0, 0.0)]
    + [
        (away * cos(turn * pi / 4), away * sin(turn * pi / 4))
        for away in (12, 22)
        for turn in range(8)
    ]
)
_WAY = 0.4 * np.hypot(*_ASIDE.T)  # what each costs: so much a pixel
_NAME = 0.08  # a square pixel of a name
_MARK = 4.0  # a pixel by which another mark is too near
_GAP = 4  # pixels between two marks


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge by its middle, in pixels of the sheet, and half its side. One that `is_fixed` is not
    moved."""

    x: float
    y: float
    radius: float
    is_fixed: bool = False


def beside_names(
    zoom: int, script: str, box: Box, badges: Sequence[Badge]
) -> list[tuple[float, float]]:
    """For each badge, by how many pixels it moves to the right and down. `box` is the sheet, in
    pixels of the world."""
    moves = [(0.0, 0.0)] * len(badges)
    if all(badge.is_fixed for badge in badges):
        return moves
    placed = map_names.around(zoom, script, box).names
    if not placed:
        return moves
    left, top = box[:2]
    names = np.array([name.box for name in placed]) - (left, top, left, top)
    at = np.array([(badge.x, badge.y) for badge in badges])
    radii = np.array([badge.radius for badge in badges])
    for number in np.flatnonzero(_covered(names, at, radii)).tolist():
        if badges[number].is_fixed:
            continue
        there = at[number] + _ASIDE
        apart = np.hypot(*(there[:, None] - at).transpose(2, 0, 1))
        overlaps = np.maximum(radii + radii[number] + _GAP - apart, 0)
        overlaps[:, number] = 0
        harm = (
            _NAME * _covered(names, there, np.full(len(there), radii[number]))
            + _MARK * overlaps.sum(axis=1)
            + _WAY
        )
        best = int(harm.argmin())
        at[number] = there[best]
        moves[number] = (float(_ASIDE[best][0]), float(_ASIDE[best][1]))
    return moves


def _covered(names: np.ndarray, at: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """For each point, how many square pixels of names the square around it would cover."""
    x, y = at[:, :1], at[:, 1:]
    reach = radii[:, None]
    wide = np.minimum(names[:, 2], x + reach) - np.maximum(names[:, 0], x - reach)
    high = np.minimum(names[:, 3], y + reach) - np.maximum(names[:, 1], y - reach)
    return (np.maximum(wide, 0) * np.maximum(high, 0)).sum(axis=1)
