"""Trees by climate, shared by all scenes."""

from collections.abc import Callable
from math import cos, pi, sin

from heritage.media.covers.brush import Canvas, cypress, fir, leafy

Tree = Callable[[Canvas, float, float, float, str], None]


def palm(c: Canvas, x: float, y: float, size: float, fill: str = "") -> None:
    """A palm: a bowed trunk, and fronds that fall to both sides."""
    fill = fill or c.colours.ink
    lean = c.dice.between(-0.2, 0.2) * size
    top_x, top_y = x + lean, y - size * 0.8
    c.line(fill, size / 24, "M", x, y, "Q", x - lean * 0.3, y - size * 0.5, top_x, top_y)
    parts: list[str | float] = []
    for turn in (-0.02, 0.14, 0.3, 0.5, 0.7, 0.86, 1.02):
        reach = size * (0.42 - 0.06 * abs(turn - 0.5))
        tip_x, lift = reach * cos(pi * turn), reach * sin(pi * turn) * 0.72
        fall = size * 0.16
        middle = lift + size * 0.1
        parts += ["M", top_x, top_y, "q", tip_x * 0.5, -middle, tip_x, fall - lift]
        parts += ["q", -tip_x * 0.42, -fall - size * 0.02, -tip_x, lift - fall, "z"]
    c.path(fill, *parts)


def acacia(c: Canvas, x: float, y: float, size: float, fill: str = "") -> None:
    """A thorn tree of the savanna: forked, under a crown as flat as a table."""
    fill = fill or c.colours.ink
    high = size * 0.7
    c.line(
        fill, size / 22, "M", x, y, "q", size * 0.02, -high * 0.36, -size * 0.03, -high * 0.5,
        "q", -size * 0.06, -high * 0.3, -size * 0.24, -high * 0.42, "M", x - size * 0.02,
        y - high * 0.44, "q", size * 0.1, -high * 0.26, size * 0.26, -high * 0.4,
    )  # fmt: skip
    parts: list[str | float] = []
    for dx, dy, half in ((-0.2, 0.84, 0.36), (0.24, 0.82, 0.32), (0.02, 0.98, 0.34)):
        wide = size * half * c.dice.between(0.92, 1.08)
        left, base = x + dx * size - wide, y - high * dy
        parts += ["M", left, base, "q", wide * 0.4, -size * 0.1, wide, -size * 0.1]
        parts += ["q", wide * 0.7, 0, wide, size * 0.1, "q", -wide, size * 0.035, -2 * wide, 0, "z"]
    c.path(fill, *parts)


def scrub(c: Canvas, x: float, y: float, size: float, fill: str = "") -> None:
    """A bush of dry country: stiff twigs from one root, a little leaf on each."""
    fill = fill or c.colours.ink
    twigs: list[str | float] = []
    leaves: list[str | float] = []
    for number in range(7):
        lean = (number - 3) / 3
        tall = size * 0.42 * c.dice.between(0.75, 1.1) * (1 - abs(lean) * 0.28)
        twigs += ["M", x, y, "q", lean * size * 0.1, -tall * 0.6, lean * size * 0.3, -tall]
        leaves += ["M", x + lean * size * 0.3, y - tall, "h", 0]
    c.line(fill, size / 40, *twigs)
    c.line(fill, size / 9, *leaves)


FLORA: dict[str, Tree] = {
    "fir": fir,
    "leafy": leafy,
    "cypress": cypress,
    "palm": palm,
    "acacia": acacia,
    "scrub": scrub,
}
