"""Composes a cover from a scene: sky, hills and ground around it, in the manner of ink wash.

The same arguments always give the same picture; the seed decides whatever nothing else decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from heritage.media.covers import scene_files, seals
from heritage.media.covers.scene_files import (
    PALETTES,
    Dice,
    Palette,
    Scene,
    choose_palette,
    choose_plant,
    number_of,
)
from heritage.media.covers.shapes import SHAPES, CoverShape, picture
from heritage.values.svg_paths import smooth, steps

MAX_BYTES = 10_000  # of a cover
_SUNS = 6  # one of so many covers has a sun or a moon: it is the loudest shape of a grid
# Of the ground that a scene brings itself, up to here at either side.
_GROUND = 800
_MAX_SCALE = 1.05  # by which it is made larger for that


def compose(
    scene: Scene,
    *,
    seed: str,
    palettes: Sequence[str] = (),
    plants: Sequence[str] = (),
    seal: str = "",
    titles: Mapping[str, str] | None = None,
    shape: CoverShape = SHAPES[""],
) -> str:
    """The cover as SVG text.

    The seed (a site's uid) chooses among `palettes`, which suit its region and era, and among
    `plants`, unless the scene asks for its own. Of `seal` are shown the first four characters, or
    all numerals of criteria, with spaces between.
    """
    name, plant = choose_palette(scene, seed, palettes), choose_plant(scene, seed, plants)
    paints = Paints(PALETTES[name])
    dice = Dice(number_of(seed, scene.name))
    # Half of the pictures look the other way, and the seal keeps clear of what is near.
    is_turned = scene.turns and dice.integer(0, 1) == 1
    has_sun = Dice(number_of(seed, "sun")).integer(1, _SUNS) == 1
    back, body = _back(paints, dice, scene, has_sun), _body(paints, dice, scene, shape)
    front = _near(paints, dice, plant, shape) if scene.near else ""
    bare = _near(paints, dice, "", shape) if scene.near else ""
    stamped = seals.drawn(seal, shape, paints.colours, left=is_turned)
    turn = ' transform="scale(-1 1)"' if is_turned else ""
    svg = ""
    # A scene of many lines has enough to see: nothing grows before it, and less lies behind it.
    for behind, before in (
        (back.full, front),
        (back.full, bare),
        (back.least, bare),
    ):
        drawn = f'<g fill="none" stroke-linecap="round"{turn}>{behind}{body}{before}</g>{stamped}'
        svg = picture(shape, paints.gradients(drawn) + drawn, titles)
        if len(svg.encode()) <= MAX_BYTES:
            break
    return svg


class Paints:
    """Colours of a palette, and gradients made from them.

    Ids are as short as may be: a cover is a file of its own, or alone on a sheet.
    """

    def __init__(self, colours: Palette) -> None:
        self.colours = colours

    def fading(self, key: str) -> str:
        """A fill that fades, by its letter: hills (f)ar, (m)id, (n)ear, (g)round, (v)apour …"""
        return f"url(#{key})"

    def gradients(self, drawn: str) -> str:
        """The definitions of those that are used."""
        p = self.colours
        made = {
            "s": f'x2="0" y2="1"><stop stop-color="{p.sky}"/>'
            f'<stop offset=".7" stop-color="{p.mist}"/>',
            "f": _fade(p.far, -370, -60),
            "m": _fade(p.mid, -290, 10),
            "n": _fade(p.near, -170, 90),
            "g": _fade(p.ground, -10, 170, 0.25),
            "w": _fade(p.water, 20, 200, 0.9),
            "h": _glow(p.disc, 0.5),
            "v": _glow(p.mist, 0.95),
        }
        found = []
        ranged = ""  # the first from top to bottom, which the others follow
        for key, inner in made.items():
            if self.fading(key) in drawn:
                if inner.startswith(_DOWN):
                    inner = inner.replace(_DOWN, f'href="#{ranged}"') if ranged else inner
                    ranged = ranged or key
                kind = "radialGradient" if key in "hv" else "linearGradient"
                gap = "" if inner.startswith(">") else " "
                found.append(f'<{kind} id="{key}"{gap}{inner}</{kind}>')
        return f"<defs>{''.join(found)}</defs>"


_DOWN = 'gradientUnits="userSpaceOnUse" x2="0"'  # from one height to another


def _fade(colour: str, top: float, bottom: float, end: float = 0) -> str:
    return (
        f'{_DOWN} y1="{top}" y2="{bottom}">'
        f'<stop stop-color="{colour}"/><stop offset="1" stop-color="{colour}" '
        f'stop-opacity="{end}"/>'
    )


def _glow(colour: str, strength: float) -> str:
    return (
        f'><stop stop-color="{colour}" stop-opacity="{strength}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/>'
    )


# --- shapes ------------------------------------------------------------------------------------


def _oval(fill: str, x: float, y: float, rx: float, ry: float, opacity: float = 1) -> str:
    return (
        f'<ellipse fill="{fill}"{_opacity(opacity)} cx="{x:.0f}" cy="{y:.0f}" '
        f'rx="{rx:.0f}" ry="{ry:.0f}"/>'
    )


def _path(fill: str, data: str, opacity: float = 1) -> str:
    return f'<path fill="{fill}"{_opacity(opacity)} d="{data}"/>'


def _line(colour: str, width: float, parts: Sequence[str | float], opacity: float = 1) -> str:
    return (
        f'<path stroke="{colour}" stroke-width="{width:g}"{_opacity(opacity)} d="{steps(*parts)}"/>'
    )


def _opacity(value: float) -> str:
    return "" if value == 1 else f' opacity="{value:g}"'


# --- behind the scene --------------------------------------------------------------------------


@dataclass(slots=True)
class _Back:
    """What lies behind a scene, and the least of it."""

    full: str = ""
    least: str = ""

    def add(self, drawn: str, is_needed: bool = True) -> None:
        self.full += drawn
        self.least += drawn if is_needed else ""


def _back(paints: Paints, dice: Dice, scene: Scene, has_sun: bool) -> _Back:
    """Sky, perhaps a sun or moon, hills, mist, birds, ground or water."""
    back = _Back()
    stars, sun, clouds = _sky(paints, dice)
    back.add(_path(paints.fading("s"), "M-820-610H820V200H-820z"))
    back.add(stars, False)
    back.add(sun if has_sun else "")
    back.add(clouds)
    if scene.hills:
        for number, hills in enumerate(_hills(paints, dice, scene.hills)):
            back.add(hills, number > 0)
    back.add(_oval(paints.fading("v"), -40, -70, 640, 170))
    if scene.near:
        back.add(_birds(paints, dice), False)
    if scene.ground != "none":
        back.add(_ground(paints, dice, scene.ground))
    if scene.ground in ("land", "bank"):
        back.add(_oval(paints.fading("v"), -380, 66, 560, 60, 0.7))
    return back


def _sky(paints: Paints, dice: Dice) -> tuple[str, str, str]:
    """Stars, if it is night; the sun or moon with its halo; perhaps streaks of cloud."""
    p = paints.colours
    # A small one high up, or now and then a large one that the hills half hide.
    is_low = not p.night and dice.integer(0, 2) == 0
    x = dice.between(-430, -150)
    y = dice.between(-330, -240) if is_low else dice.between(-500, -380)
    radius = dice.between(92, 118) if is_low else dice.between(48, 70)
    stars = ""
    if p.night:
        points = [
            part
            for _number in range(34)
            for part in ("M", dice.between(-720, 720), dice.between(-600, -260), "h", 0)
        ]
        stars = _line(p.disc, 3, points, 0.7)
    sun = _oval(paints.fading("h"), x, y, radius * 2 + 60, radius * 2 + 60)
    sun += _oval(p.disc, x, y, radius, radius)
    clouds = ""
    for _number in range(dice.integer(0, 3)):
        wide = dice.between(140, 340)
        where = dice.between(-500, 500), dice.between(-540, -330)
        clouds += _oval(paints.fading("v"), *where, wide, wide * 0.07, 0.9)
    return stars, sun, clouds


def _ridge(dice: Dice, foot: float, height: float, peaks: int, sharp: float) -> str:
    """A line of hills from edge to edge, closed below; `sharp` 1 is rolling, 2 is craggy."""
    wide = 1640 / peaks
    tops = [
        (
            -820 + (number + dice.between(0.15, 0.85)) * wide,
            height * dice.between(0.4, 1),
            wide * dice.between(0.55, 0.95),
        )
        for number in range(peaks)
    ]
    points = []
    for x in range(-820, 821, 60):
        rises = (max(0.0, 1 - abs(x - top) / reach) ** sharp * high for top, high, reach in tops)
        points.append((x, foot - max(rises) - dice.between(0, height * 0.055)))
    return steps(smooth(points), "V200H-820z")


def _hills(paints: Paints, dice: Dice, scale: float) -> Iterator[str]:
    """Three ranges, paler with distance, and mist lying between them."""
    sharp, scale = dice.between(1.1, 1.9), scale * dice.between(0.8, 1.12)
    for key, foot, height, peaks in (
        ("f", -150, 250, dice.integer(2, 5)),
        ("m", -70, 215, dice.integer(2, 5)),
        ("n", 0, 140, dice.integer(2, 4)),
    ):
        ridge = _ridge(dice, foot * min(1, scale), height * scale, peaks, sharp)
        mist = _oval(paints.fading("v"), dice.between(-500, 400), foot + 10, 460, 44, 0.8)
        yield _path(paints.fading(key), ridge) + mist


def _birds(paints: Paints, dice: Dice) -> str:
    x, y = dice.between(-330, -120), dice.between(-440, -330)
    parts: list[str | float] = []
    for number in range(dice.integer(3, 6)):
        reach = 15 - number
        parts += ["M", x + number * 34 - number % 2 * 22, y - number * 13 + number % 2 * 26]
        parts += ["q", reach * 0.6, -reach * 0.7, reach, 2, "q", reach * 0.5, -reach * 0.8]
        parts += [reach * 1.1, -3]
    colour = paints.colours.light if paints.colours.night else paints.colours.ink
    return _line(colour, 2.5, parts, 0.8)


def _ground(paints: Paints, dice: Dice, kind: str) -> str:
    """A rise of land that fades downwards, or water with or without a bank behind it."""
    p, mist = paints.colours, paints.fading("v")
    if kind == "sea":
        sea = _path(p.water, "M-820-70H820V200H-820z") + _oval(mist, 0, -70, 900, 40)
        return sea + _ripples(paints, dice, -40, 16)
    water = ""
    if kind != "land":
        water = _path(p.water, "M-820 26H820V200H-820z") + _ripples(paints, dice, 50, 11)
    if kind == "river":
        return water + _oval(mist, 0, 26, 900, 34)
    crest = [(-820, 40), (-560, 34 + dice.between(-8, 14)), (-330, 6), (-120, -1), (140, -1)]
    crest += [(360, 4), (580, 22 + dice.between(-10, 14)), (820, 30)]
    if kind == "bank":
        return water + _path(p.ground, smooth(crest) + "V56Q300 34 0 40T-820 52z")
    return _path(paints.fading("g"), smooth(crest) + "V200H-820z")


def _ripples(paints: Paints, dice: Dice, top: float, count: int) -> str:
    """Strokes of light on the water, longer the nearer they are."""
    parts: list[str | float] = []
    for number in range(count):
        depth = number / (count - 1)
        y = top + (190 - top) * depth**1.4
        parts += ["M", dice.between(-780, 620), y, "q", 40, -4, 70 + depth * 130, 0]
    return _line(paints.colours.light, 3, parts, 0.6)


# --- the scene and what is before it -----------------------------------------------------------


def _body(paints: Paints, dice: Dice, scene: Scene, shape: CoverShape) -> str:
    scale, aside = dice.between(0.88, 1.08), dice.between(-70, 70)
    if scene.ground == "none":  # its ground reaches both edges, and the foot
        least = max(0.95, (shape.units / 2 + abs(aside)) / _GROUND)
        scale, aside = (max(scale, least), aside) if least <= _MAX_SCALE else (1, 0)
    drawn = scene_files.drawn(scene.body, dice)
    return (
        f'<g transform="matrix({scale:.4g} 0 0 {scale:.4g} {aside:.0f} 0)">'
        f"{_coloured(drawn, paints, 'o')}</g>"
        if drawn
        else ""
    )


def _coloured(drawn: str, paints: Paints, part: str) -> str:
    """In the colours of the palette; `part` keeps its ids apart from those of other parts."""
    return drawn.format_map({**asdict(paints.colours), "id": part})


def _near(paints: Paints, dice: Dice, plant: str, shape: CoverShape) -> str:
    """A dark slope in the corner that the eye steps off from, with something growing on it."""
    top = dice.between(84, 118)
    slope = steps(
        "M", -820, top - 30, "Q", -600, top - 34, -450, top + 34, "T", -130, 200, "H", -820, "z"
    )
    drawn = _path(paints.colours.ink, slope, 0.92)
    if plant:
        grown = _coloured(scene_files.drawn(scene_files.plant(plant), dice), paints, "q")
        first, second = _place(dice, -608, top, 0.95), _place(dice, -508, top, 0.6)
        drawn += f'<g transform="{first}"><g id="p">{grown}</g></g>'
        drawn += f'<use href="#p" transform="{second}"/>'
    # Of a square the corner is cut off, and it moves in.
    aside = max(0, shape.left + 600) * 0.65
    return f'<g transform="translate({aside:g} 24)">{drawn}</g>' if aside else drawn


def _place(dice: Dice, x: float, top: float, scale: float) -> str:
    """A place about there on the slope, for a plant of about that size that looks either way."""
    scale *= dice.between(0.85, 1.1)
    side = -scale if dice.integer(0, 1) else scale
    return f"matrix({side:.3g} 0 0 {scale:.3g} {x + dice.between(-14, 14):.0f} {top + 8:.0f})"
