"""Draws the cover of a site without a photograph, as a small SVG in the style of ink wash."""

import hashlib
import re
from xml.sax.saxutils import escape, quoteattr

from heritage.media.covers.brush import Canvas, Dice, leafy, pine
from heritage.media.covers.palettes import PALETTES as _PALETTES
from heritage.media.covers.palettes import Palette
from heritage.media.covers.silhouettes import SCENES, Scene
from heritage.media.covers.silhouettes.trees import palm
from heritage.values.svg_paths import smooth, steps

SILHOUETTES: frozenset[str] = frozenset(SCENES)
PALETTES: frozenset[str] = frozenset(_PALETTES)

# The frame that everything is composed in; another shape shows the middle of it.
_WIDTH, _HEIGHT = 1200, 800
_FOOT = 610  # where the building stands
# What no XML may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONTS = "'Noto Serif CJK SC','Songti SC',STSong,serif"


def draw_cover(
    *,
    seed: str,
    silhouette: str,
    palette: str,
    seal: str = "",
    title: str = "",
    width: int = _WIDTH,
    height: int = _HEIGHT,
) -> str:
    """A picture as SVG text, always the same for the same arguments.

    `seed` (a site's uid) shapes hills, trees and sky. `silhouette` is one of SILHOUETTES, else
    "default" is drawn; `palette` one of PALETTES, else the seed chooses. Of `seal` the first two
    characters are cut. With a `title` the picture names itself to a screen reader, without one
    it is hidden as decoration. `width` and `height` are CSS pixels: the drawing fills them and
    loses what the shape cannot show. Raises ValueError if either is not positive.
    """
    if width <= 0 or height <= 0:
        raise ValueError("A cover needs a positive width and height")
    title, seal = _FORBIDDEN.sub("", title), _FORBIDDEN.sub("", seal)
    scene = SCENES.get(silhouette, SCENES["default"])
    colours = _PALETTES.get(palette) or _PALETTES[sorted(_PALETTES)[_number(seed) % len(_PALETTES)]]
    # Several covers may stand inline on one page, where ids are shared.
    name = f"c{_number(seed, silhouette, palette, seal, title, str(width), str(height)):016x}"[:6]
    box = _visible(width, height)
    canvas = Canvas(Dice(_number(seed)), colours, name)
    named = f' role="img"><title>{escape(title)}</title>' if title else ' aria-hidden="true">'
    # Half of the pictures look the other way, and the seal keeps clear of what is near.
    turned = _number(seed, "turned") % 2 == 1
    _paint(canvas, scene, turned=turned)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{" ".join(map(str, box))}" preserveAspectRatio="xMidYMid slice"{named}'
        f"{_gradients(name, colours)}{''.join(canvas.shapes)}"
        f"{_seal(seal, box, colours, left=turned)}</svg>"
    )


def _number(*texts: str) -> int:
    digest = hashlib.sha256("\0".join(texts).encode()).digest()
    return int.from_bytes(digest[:8])


def _visible(width: int, height: int) -> tuple[int, int, int, int]:
    """The part of the frame that this shape shows: x, y, width, height."""
    shown_width = min(_WIDTH, round(_HEIGHT * width / height))
    shown_height = min(_HEIGHT, round(_WIDTH * height / width))
    # The building stands low and right of the middle, so the sky is given up first.
    return (
        round((_WIDTH - shown_width) * 0.5),
        round((_HEIGHT - shown_height) * 0.6),
        max(1, shown_width),
        max(1, shown_height),
    )


def _gradients(name: str, p: Palette) -> str:
    """What fades: the sky, each hill into the mist at its foot, the halo, mist and water."""

    def fade(key: str, colour: str, top: float, bottom: float, end: float = 0) -> str:
        return (
            f'<linearGradient id="{name}{key}" gradientUnits="userSpaceOnUse" x1="0" x2="0" '
            f'y1="{top}" y2="{bottom}"><stop stop-color="{colour}"/>'
            f'<stop offset="1" stop-color="{colour}" stop-opacity="{end}"/></linearGradient>'
        )

    def glow(key: str, colour: str, strength: float) -> str:
        return (
            f'<radialGradient id="{name}{key}"><stop stop-color="{colour}" '
            f'stop-opacity="{strength}"/><stop offset="1" stop-color="{colour}" '
            'stop-opacity="0"/></radialGradient>'
        )

    return (
        f'<defs><linearGradient id="{name}s" x1="0" x2="0" y1="0" y2="1">'
        f'<stop stop-color="{p.sky}"/><stop offset=".7" stop-color="{p.mist}"/></linearGradient>'
        + fade("f", p.far, -370, -60)
        + fade("m", p.mid, -290, 10)
        + fade("n", p.near, -170, 90)
        + fade("g", p.ground, -10, 170, 0.25)
        + fade("w", p.water, 20, 200, 0.9)
        + glow("h", p.disc, 0.5)
        + glow("v", p.mist, 0.95)
        + "</defs>"
    )


def _paint(c: Canvas, scene: Scene, *, turned: bool) -> None:
    """Back to front: sky, disc, hills, mist, ground, the building, what is near."""
    foot = round(c.dice.between(640, 720))
    c.add(f'<path fill="{c.fading("s")}" d="M0 0h1200v800H0z"/>')
    place = f"matrix(-1 0 0 1 {_WIDTH - foot} {_FOOT})" if turned else f"translate({foot} {_FOOT})"
    c.add(f'<g fill="none" stroke-linecap="round" transform="{place}">')
    _disc(c, -foot)
    if scene.hills:
        _hills(c, scene.hills)
    c.oval(c.fading("v"), -40, -70, 640, 170)
    if scene.ground != "none":
        _ground(c, scene.ground)
    if scene.ground in ("land", "bank"):
        c.oval(c.fading("v"), -380, 66, 560, 60, 0.7)
    scene.draw(c)
    if scene.near:
        _near(c, scene.plants)
    _birds(c)
    c.add("</g>")


def _disc(c: Canvas, left: float) -> None:
    """The sun with its halo, or the moon among stars."""
    # A small one high up, or now and then a large one that the hills half hide.
    is_low = not c.colours.night and c.dice.whole(0, 3) == 0
    x = left + c.dice.between(200, 360)
    y = c.dice.between(-330, -250) if is_low else c.dice.between(-470, -400)
    radius = c.dice.between(92, 118) if is_low else c.dice.between(50, 68)
    if c.colours.night:
        stars: list[str | float] = []
        for _number_of_star in range(34):
            stars += ["M", c.dice.between(-720, 560), c.dice.between(-600, -260), "h", 0]
        c.line(c.colours.disc, 3, *stars, opacity=0.7)
    c.oval(c.fading("h"), x, y, radius * 2 + 60, radius * 2 + 60)
    c.oval(c.colours.disc, x, y, radius, radius)


def _ridge(dice: Dice, foot: float, height: float, peaks: int, sharp: float) -> str:
    """A line of hills from edge to edge, closed below; `sharp` 1 is rolling, 2 is craggy."""
    tops = [
        (
            -820 + (number + dice.between(0.15, 0.85)) * 1640 / peaks,
            height * dice.between(0.45, 1),
            1640 / peaks * dice.between(0.55, 0.95),
        )
        for number in range(peaks)
    ]
    points = []
    for x in range(-820, 821, 60):
        rises = (max(0.0, 1 - abs(x - top) / wide) ** sharp * high for top, high, wide in tops)
        points.append((x, foot - max(rises) - dice.between(0, height * 0.055)))
    return steps(smooth(points), "V200H-820z")


def _hills(c: Canvas, scale: float) -> None:
    """Three ranges, paler with distance, and mist lying between them."""
    dice = c.dice
    sharp = dice.between(1.1, 1.9)
    for key, foot, height, peaks in (
        ("f", -150, 250, dice.whole(3, 5)),
        ("m", -70, 215, dice.whole(3, 5)),
        ("n", 0, 140, dice.whole(3, 4)),
    ):
        ridge = _ridge(dice, foot * min(1, scale), height * scale, peaks, sharp)
        c.add(f'<path fill="{c.fading(key)}" d="{ridge}"/>')
        x = dice.between(-500, 400)
        c.oval(c.fading("v"), x, foot + 10, 460, 44, 0.8)


def _ground(c: Canvas, kind: str) -> None:
    """A rise of land that fades downwards, or water with or without a bank behind it."""
    p, dice = c.colours, c.dice
    if kind == "sea":
        c.path(p.water, "M-820-70H820V200H-820z")
        c.oval(c.fading("v"), 0, -70, 900, 40)
        _ripples(c, -40, 190, 16)
        return
    if kind != "land":
        c.path(p.water, "M-820 26H820V200H-820z")
        _ripples(c, 50, 190, 11)
    if kind == "river":
        c.oval(c.fading("v"), 0, 26, 900, 34)
        return
    crest = [(-820, 40), (-560, 34 + dice.between(-8, 14)), (-330, 6), (-120, -1), (140, -1)]
    crest += [(360, 4), (580, 22 + dice.between(-10, 14)), (820, 30)]
    if kind == "bank":
        c.path(p.ground, smooth(crest), "V56Q300 34 0 40T-820 52z")
    else:
        c.path(c.fading("g"), smooth(crest), "V200H-820z")


def _ripples(c: Canvas, top: float, bottom: float, count: int) -> None:
    """Strokes of light on the water, longer the nearer they are."""
    parts: list[str | float] = []
    for number in range(count):
        depth = number / (count - 1)
        y = top + (bottom - top) * depth**1.4
        parts += ["M", c.dice.between(-780, 620), y, "q", 40, -4, 70 + depth * 130, 0]
    c.line(c.colours.light, 3, *parts, opacity=0.6)


def _near(c: Canvas, plants: tuple[str, ...]) -> None:
    """A dark slope in the corner that the eye steps off from, with something growing on it."""
    p, dice = c.colours, c.dice
    top = dice.between(84, 118)
    c.path(
        p.ink, "M", -820, top - 30, "Q", -600, top - 34, -450, top + 34, "T", -130, 200, "H", -820,
        "z", opacity=0.92,
    )  # fmt: skip
    plant = dice.pick(plants)
    if plant == "blossom":
        _blossom(c, top)
    elif plant == "reeds":
        _reeds(c, top)
    else:
        draw, fill, first = {
            "pine": (pine, p.ink, 250), "leafy": (leafy, p.accent, 220), "palm": (palm, p.ink, 330),
        }[plant]  # fmt: skip
        for x, size in ((-605, first), (-515, first * 0.64)):
            draw(c, x, top + 7, size * dice.between(0.85, 1.1), fill)


def _blossom(c: Canvas, top: float) -> None:
    """A branch of plum, the first to flower: open flowers, and buds at the tips."""
    p, dice = c.colours, c.dice
    c.line(p.ink, 11, "M", -660, top + 10, "Q", -640, top - 110, -570, top - 160)
    c.line(
        p.ink, 6, "M", -570, top - 160, "Q", -500, top - 206, -470, top - 310,
        "M", -580, top - 154, "q", 70, -10, 130, -44, "M", -522, top - 206, "q", 56, -30, 84, -84,
        "M", -612, top - 126, "q", -16, -80, 26, -184,
    )  # fmt: skip
    flowers: list[str | float] = []
    for x, y in ((-484, -270), (-510, -222), (-462, -244), (-500, -172), (-600, -246), (-614, -190),
                 (-548, -178), (-470, -208)):  # fmt: skip
        flowers += ["M", x + dice.between(-8, 8), top + y + dice.between(-8, 8), "h", 0]
    c.line(p.accent, 22, *flowers)
    c.line(p.light, 6, *flowers)
    buds = (-470, -318), (-442, -196), (-436, -298), (-586, -318), (-452, -284), (-566, -250)
    c.line(p.accent, 11, *(part for x, y in buds for part in ("M", x, top + y, "h", 0)))


def _reeds(c: Canvas, top: float) -> None:
    parts: list[str | float] = []
    for number in range(11):
        x = -660 + number * 25 + c.dice.between(-8, 8)
        tall = c.dice.between(70, 190)
        parts += ["M", x, top + 20, "q", 4, -tall * 0.6, c.dice.between(16, 60), -tall]
    c.line(c.colours.ink, 4, *parts)


def _birds(c: Canvas) -> None:
    x, y = c.dice.between(-330, -120), c.dice.between(-400, -300)
    parts: list[str | float] = []
    for number in range(c.dice.whole(3, 6)):
        reach = 15 - number
        parts += ["M", x + number * 34 - number % 2 * 22, y - number * 13 + number % 2 * 26]
        parts += ["q", reach * 0.6, -reach * 0.7, reach, 2, "q", reach * 0.5, -reach * 0.8]
        parts += [reach * 1.1, -3]
    colour = c.colours.light if c.colours.night else c.colours.ink
    c.line(colour, 2.5, *parts, opacity=0.8)


def _seal(text: str, box: tuple[int, int, int, int], p: Palette, *, left: bool) -> str:
    """One or two characters cut in cinnabar, in a lower corner of what is shown."""
    letters = "".join(text.split())[:2]
    if not letters:
        return ""
    x, y, width, height = box
    side, tall = 64, 64 if len(letters) == 1 else 108
    start, top = x + 44 if left else x + width - 44 - side, y + height - 44 - tall
    # Cut by hand: no side is quite straight.
    edge = steps(
        "M", start + 7, top, "l", side - 13, 1, "q", 7, 0, 6, 8, "l", -1, tall - 17, "q", 0, 8, -8,
        8, "l", -side + 14, -1, "q", -6, 0, -6, -8, "l", 1, -tall + 15, "q", 0, -6, 7, -6, "z",
    )  # fmt: skip
    frame = steps("M", start + 7, top + 7, "h", side - 14, "v", tall - 14, "h", 14 - side, "z")
    glyphs = "".join(
        f'<text x="{start + side / 2:g}" y="{top + 47 + number * 44}">{escape(letter)}</text>'
        for number, letter in enumerate(letters)
    )
    return (
        f'<path fill="{p.seal}" opacity=".94" d="{edge}"/>'
        f'<path fill="none" stroke="#fdf3df" stroke-width="2" d="{frame}"/>'
        f'<g fill="#fdf3df" font-family={quoteattr(_FONTS)} font-size="42" font-weight="700" '
        f'text-anchor="middle">{glyphs}</g>'
    )
