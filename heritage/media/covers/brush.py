"""Drawing tools of covers: a seeded random source, a canvas of SVG shapes, common strokes."""

from collections.abc import Sequence

from heritage.media.covers.palettes import Palette
from heritage.values.svg_paths import steps

_MASK = (1 << 64) - 1


class Dice:
    """Numbers from a seed: the same ones on every machine and in every Python (SplitMix64)."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def unit(self) -> float:
        """The next number, from 0 up to but without 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def pick[T](self, choices: Sequence[T]) -> T:
        return choices[self.whole(0, len(choices) - 1)]


class Canvas:
    """Shapes in the order they are painted, with the palette's colours as attributes at hand.

    Coordinates are those of the drawing: the foot of the building is 0, 0, up is negative,
    and the frame reaches from about -600 to 600 and from -600 to 200.
    """

    def __init__(self, dice: Dice, palette: Palette, name: str = "c") -> None:
        self.dice = dice
        self.name = name
        self.colours = palette
        self.shapes: list[str] = []

    def add(self, shape: str) -> None:
        self.shapes.append(shape)

    def fading(self, key: str) -> str:
        """A fill that fades, by its letter: hills (f)ar, (m)id, (n)ear, (g)round, (v)apour ..."""
        return f"url(#{self.name}{key})"

    def path(self, fill: str, *parts: str | float, opacity: float = 1, holes: bool = False) -> None:
        """A filled shape; with `holes`, what lies inside another part of it is left out."""
        rule = ' fill-rule="evenodd"' if holes else ""
        self.add(f'<path fill="{fill}"{rule}{_opacity(opacity)} d="{steps(*parts)}"/>')

    def line(
        self, colour: str, width: float, *parts: str | float, opacity: float = 1, cap: str = "round"
    ) -> None:
        """A stroke. The group that holds the shapes says once: no fill, and round ends."""
        self.add(f'<path {_stroke(colour, width, cap)}{_opacity(opacity)} d="{steps(*parts)}"/>')

    def dashes(
        self,
        colour: str,
        width: float,
        dash: float,
        gap: float,
        *parts: str | float,
        opacity: float = 1,
        cap: str = "butt",
    ) -> None:
        """A broken line: merlons, posts and treads for the price of one stroke."""
        self.add(
            f'<path {_stroke(colour, width, cap)} stroke-dasharray="{dash:.3g} {gap:.3g}"'
            f'{_opacity(opacity)} d="{steps(*parts)}"/>'
        )

    def boxes(self, fill: str, *boxes: tuple[float, ...], opacity: float = 1) -> None:
        """Rectangles, each x, y, width, height from its upper left corner, as one shape."""
        parts: list[str | float] = []
        for x, y, width, height in boxes:
            parts += ["M", x, y, "h", width, "v", height, "h", -width, "z"]
        self.path(fill, *parts, opacity=opacity)

    def arches(self, fill: str, *arches: tuple[float, ...], opacity: float = 1) -> None:
        """Round-headed openings, each x of the middle, y of the foot, width, height."""
        self.path(fill, *(part for arch in arches for part in arch_path(*arch)), opacity=opacity)

    def oval(self, fill: str, x: float, y: float, rx: float, ry: float, opacity: float = 1) -> None:
        self.add(
            f'<ellipse fill="{fill}"{_opacity(opacity)} cx="{x:.0f}" cy="{y:.0f}" '
            f'rx="{rx:.0f}" ry="{ry:.0f}"/>'
        )


def arch_path(x: float, y: float, width: float, height: float) -> list[str | float]:
    """The outline of a round-headed opening, as parts of path data."""
    half = width / 2
    return [
        "M", x - half, y, "v", half - height, "a", half, half, "0 0 1", width, 0,
        "v", height - half, "z",
    ]  # fmt: skip


def _stroke(colour: str, width: float, cap: str) -> str:
    ends = "" if cap == "round" else f' stroke-linecap="{cap}"'
    return f'stroke="{colour}" stroke-width="{width:.3g}"{ends}'


def _opacity(value: float) -> str:
    return "" if value == 1 else f' opacity="{value:g}"'


# --- Trees and small things -------------------------------------------------------------------


def pine(c: Canvas, x: float, y: float, size: float, fill: str = "") -> None:
    """A pine in the Chinese manner: a leaning trunk under flat clouds of needles."""
    fill = fill or c.colours.ink
    lean = c.dice.between(-0.25, 0.25) * size
    c.line(fill, size / 14, "M", x, y, "Q", x + lean, y - size / 2, x + lean * 0.5, y - size * 0.92)
    parts: list[str | float] = []
    for level, (side, height) in enumerate(((-1, 0.4), (1, 0.53), (-1, 0.68), (1, 0.8), (0, 0.9))):
        half = size * (0.31 - level * 0.026)
        left = x + lean * 0.7 + side * half * 0.65 - half
        top = y - size * height
        parts += ["M", left, top, "q", half * 0.3, -half * 0.62, half, -half * 0.6]
        parts += ["q", half * 0.8, 0, half, half * 0.6, "q", -half, half * 0.3, -2 * half, 0, "z"]
    c.path(fill, *parts)


def cypress(c: Canvas, x: float, y: float, size: float, fill: str = "", opacity: float = 1) -> None:
    """A narrow flame of a tree."""
    half = size * 0.15
    c.path(
        fill or c.colours.ink, "M", x, y - size,
        "Q", x + half * 1.9, y - size * 0.3, x + half * 0.5, y - size * 0.06,
        "V", y, "H", x - half * 0.5, "V", y - size * 0.06,
        "Q", x - half * 1.9, y - size * 0.3, x, y - size, "z", opacity=opacity,
    )  # fmt: skip


def fir(c: Canvas, x: float, y: float, size: float, fill: str = "", opacity: float = 1) -> None:
    """A northern tree: three skirts of branches, each hanging a little."""
    c.path(fill or c.colours.ink, *fir_path(x, y, size), opacity=opacity)


def fir_path(x: float, y: float, size: float) -> list[str | float]:
    """The outline of a fir, as parts of path data, so that a whole row can be one shape."""
    trunk, half = size * 0.02 + 1, size * 0.25
    parts: list[str | float] = ["M", x - trunk, y, "v", -size * 0.12, "h", trunk * 2, "V", y, "z"]
    for width, foot, top in ((1, 0.08, 0.5), (0.8, 0.32, 0.75), (0.56, 0.58, 1)):
        wide, low = half * width, size * (top - foot)
        parts += ["M", x, y - size * top, "q", wide * 0.35, low * 0.76, wide, low]
        parts += ["q", -wide, size * 0.07, -2 * wide, 0, "q", wide * 0.65, -low * 0.24, wide, -low]
        parts += ["z"]
    return parts


def leafy(c: Canvas, x: float, y: float, size: float, fill: str = "", opacity: float = 1) -> None:
    """A broad tree: trunk and boughs in ink, a crown of round brushes."""
    c.line(
        c.colours.ink, size / 13, "M", x, y, "q", 4, -size * 0.3, 0, -size * 0.55,
        "M", x + 2, y - size * 0.3, "q", 8, -10, size * 0.18, -size * 0.25,
    )  # fmt: skip
    for dx, dy, radius in (
        (-0.2, 0.6, 0.2),
        (0.2, 0.58, 0.19),
        (0.02, 0.76, 0.24),
        (0, 0.55, 0.18),
    ):
        wide = size * radius * c.dice.between(0.9, 1.15)
        c.oval(
            fill or c.colours.near, x + dx * size, y - dy * size, wide * 1.15, wide * 0.85, opacity
        )


def willow(c: Canvas, x: float, y: float, size: float, fill: str = "") -> None:
    """A willow by the water: a bent trunk and hanging threads."""
    lean = size * 0.16
    c.line(c.colours.ink, size / 15, "M", x, y, "q", -lean, -size * 0.4, lean, -size * 0.82)
    threads: list[str | float] = []
    for number in range(19):
        reach = (number - 9) / 9
        start_x, start_y = x + lean + reach * size * 0.2, y - size * (0.86 - abs(reach) * 0.1)
        drop = size * c.dice.between(0.42, 0.74) * (1 - abs(reach) * 0.15)
        threads += ["M", x + lean * 0.8, y - size * 0.78, "Q", start_x, start_y - size * 0.1]
        threads += [start_x + reach * size * 0.16, start_y, "q", reach * 14, drop * 0.4]
        threads += [reach * 6, drop]
    c.line(fill or c.colours.near, size / 45, *threads)


def boat(
    c: Canvas, x: float, y: float, size: float, *, sail: bool = False, battens: bool = False
) -> None:
    """A river boat with a mat roof and its boatman, or under sail; a junk's has battens."""
    colours = c.colours
    if sail:
        c.line(colours.ink, size / 45, "M", x, y, "v", -size)
        c.path(
            colours.accent, "M", x - 3, y - size, "q", -size * 0.42, size * 0.4, -size * 0.38,
            size * 0.85, "h", size * 0.38, "z", "M", x + 5, y - size * 0.8,
            "q", size * 0.24, size * 0.3, size * 0.22, size * 0.62, "h", -size * 0.22, "z",
        )  # fmt: skip
        ribs: list[str | float] = []
        for level in (0.36, 0.56, 0.74) if battens else ():
            ribs += ["M", x - 3, y - size * (1 - level), "h", -size * (0.16 + level * 0.26)]
        if ribs:
            c.line(colours.light, size / 60, *ribs, opacity=0.6)
    else:
        c.path(
            colours.wash, "M", x - size * 0.26, y, "v", -size * 0.12,
            "q", size * 0.22, -size * 0.22, size * 0.44, 0, "v", size * 0.12, "z",
        )  # fmt: skip
        c.line(
            colours.ink, size / 28, "M", x + size * 0.34, y, "v", -size * 0.26,
            "M", x + size * 0.44, y - size * 0.34, "l", -size * 0.16, size * 0.46,
        )  # fmt: skip
        c.oval(colours.ink, x + size * 0.34, y - size * 0.31, size * 0.07, size * 0.035)
    c.path(
        colours.ink, "M", x - size * 0.56, y - size * 0.08,
        "q", size * 0.5, size * 0.14, size * 1.14, -size * 0.04,
        "q", -size * 0.12, size * 0.2, -size * 0.28, size * 0.2, "h", -size * 0.6,
        "q", -size * 0.18, -4, -size * 0.26, -size * 0.16, "z",
    )  # fmt: skip


def smoke(c: Canvas, x: float, y: float, size: float) -> None:
    """A plume that widens and drifts off."""
    c.path(
        c.colours.light, "M", x - 5, y,
        "C", x - 30, y - size * 0.4, x + size * 0.5, y - size * 0.5, x + size * 0.35, y - size,
        "C", x + size * 0.9, y - size * 0.6, x + size * 0.1, y - size * 0.4, x + 6, y, "z",
        opacity=0.55,
    )  # fmt: skip
