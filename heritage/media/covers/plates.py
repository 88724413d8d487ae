"""Plates: the name of a place set in type, where no drawing of it would be true.

A plate has the colours of its region and a globe with the place on it; a small one has the globe
and a seal, and no words. A solemn plate, for places of suffering and memory, is of stone
under a still horizon, with years and the country, and has neither colour nor globe. The type is
decoration: the page says the same in words.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from xml.sax.saxutils import escape

from heritage.media.covers import seals
from heritage.media.covers.composer import choose_palette
from heritage.media.covers.scene_files import LANDSCAPE, PALETTES, Dice, Palette, number_of
from heritage.media.covers.seals import FONTS, stamp
from heritage.media.covers.shapes import SHAPES, CoverShape, clean_text, picture, text_width

_SIZES = (108, 96, 84, 73, 63, 54, 46, 40)  # of the first name, in a shape 1200 wide
_MAX_LINES = 4
_LEADING = 1.24
_UNDER = 2  # lines of a place, and of a date
_SECOND = 0.64  # size of the second name, of the first
_MARKS = " ·,.:;!?()，。、：；！？（）《》“”"  # of punctuation: no signs of a name
_STONE = Palette(
    sky="#d4d2cd", mist="#e4e2dd", far="#c9c6c0", mid="#a9a6a0", near="#6f6c67", ground="#bab7b1",
    water="#c9c6c0", ink="#2b2a28", wash="#55524d", light="#f1efeb", accent="#55524d",
    disc="#e4e2dd", seal="#55524d",
)  # fmt: skip


class PlateWords(NamedTuple):
    """What a plate says: names, the first one large; where; when; what it was inscribed for."""

    names: Sequence[str]
    where: Sequence[str] = ()  # in each language
    when: Sequence[str] = ()  # years, or an era in each language
    inscribed: str = ""
    criteria: Sequence[str] = ()  # i to x


@dataclass(frozen=True, slots=True)
class OnGlobe:
    """A point on a side of the globe: land as path data, in a circle around 0, 0."""

    land: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where type and globe stand, and what is behind them."""

    paper: _Box
    middle: tuple[float, float]  # of the globe
    radius: float
    type_colours: Palette
    ground: str = ""  # of all of it; else paper that is light below
    field: _Box | None = None  # cut out for the globe
    field_colour: str = ""
    lean: int = 0  # degrees by which the globe is turned, so that its upper side shows the place
    is_fixed: bool = False  # else the place is moved towards the middle


def plate(
    words: PlateWords,
    *,
    seed: str,
    palettes: Sequence[str] = (),
    globe: Callable[[int], OnGlobe] | None = None,
    seal: str = "",
    titles: Mapping[str, str] | None = None,
    shape: CoverShape = SHAPES[""],
) -> str:
    """The plate as SVG text: type, and the globe in one of four layouts.

    `globe` gives the side of the earth that the place lies on, leaning by some degrees. A small
    one has the `seal` of a scene.
    """
    p = PALETTES[choose_day_palette(seed, palettes)]
    dice = Dice(number_of(seed, "plate"))
    layout = dice.pick((_beside, _beside, _dark, _dark, _horizon, _moon))(shape, p, dice)
    name = f"p{number_of(seed, repr(shape)):x}"[:6]
    inner = _paper(layout, p, _box(shape), name)
    inner += _globe(layout, p, globe and globe(layout.lean), name)
    if shape.is_small:
        inner += seals.drawn(seal, shape, p, left=layout.middle[0] > 0)
    else:
        scale = _scale(shape) * (1 if words.names else 1.5)
        inner += _set(words, layout.paper, layout.type_colours, scale)
    return picture(shape, inner, titles)


_DAYS = [name for name, colours in PALETTES.items() if not colours.night]


def choose_day_palette(seed: str, palettes: Sequence[str] = ()) -> str:
    """One of these palettes, or of all; never one of the night, on which type is hard to read."""
    wanted = [each for each in palettes if each in _DAYS] or _DAYS
    return choose_palette(LANDSCAPE, seed, wanted)


def solemn_plate(
    words: PlateWords, *, titles: Mapping[str, str] | None = None, shape: CoverShape = SHAPES[""]
) -> str:
    """The plate of a place of suffering and memory: years in stone, and where it is below."""
    p, box = _STONE, _box(shape)
    horizon = box.top + box.height * 0.7
    below = _Box(box.left, horizon, box.width, box.top + box.height - horizon)
    scale, middle = _scale(shape), box.left + box.width / 2
    room, size = box.width * 0.76, 38 * scale
    blocks = _blocks([" · ".join(words.when)], room, box.height * 0.42, scale)
    type_set = _lines(blocks, middle, box.top + (horizon - box.top - _height(blocks)) / 2, p)
    under = _under(words.where, room, size)
    type_set += _lines([(under, size, "wash")], middle, horizon + below.height * 0.5 - size, p)
    inner = (
        '<defs><linearGradient id="stone" x1="0" x2="0" y1="0" y2="1">'
        f'<stop stop-color="{p.sky}"/><stop offset="1" stop-color="{p.mist}"/></linearGradient>'
        f'</defs><path fill="url(#stone)" d="{_rect(box)}"/>'
        f'<path fill="{p.ground}" d="{_rect(below)}"/>'
        f'<path fill="{p.mid}" d="{_rect(_Box(below.left, horizon, below.width, 2 * scale))}"/>'
        f'<g font-family="{FONTS}" text-anchor="middle">{type_set}</g>'
    )
    return picture(shape, inner, titles)


# --- the field and the globe -------------------------------------------------------------------


def _scale(shape: CoverShape) -> float:
    """Of type, in a wide shape by its height."""
    return min(shape.units / 1200, shape.high / 700)


def _box(shape: CoverShape) -> _Box:
    return _Box(shape.left, shape.top, shape.units, shape.high)


def _split(shape: CoverShape, dice: Dice, share: float) -> tuple[_Box, _Box]:
    """A share of the shape and the rest: side by side, or in a square one above the other.

    All of a small one for both.
    """
    if shape.is_small:
        return _box(shape), _box(shape)
    left, top, wide, high = shape.left, shape.top, shape.units, shape.high
    if wide < high * 1.2:
        part = high * share * 1.08
        return _Box(left, top, wide, part), _Box(left, top + part, wide, high - part)
    part = wide * share
    if dice.integer(0, 1):
        return _Box(left, top, part, high), _Box(left + part, top, wide - part, high)
    return _Box(left + wide - part, top, part, high), _Box(left, top, wide - part, high)


def _beside(shape: CoverShape, p: Palette, dice: Dice) -> _Layout:
    """The globe, larger than its field, beside the paper."""
    field, paper = _split(shape, dice, dice.between(0.34, 0.44))
    radius = max(field.width, field.height) * dice.between(0.46, 0.8)
    colour = dice.pick((p.near, p.ground, p.wash))
    return _Layout(paper, _in(field, dice), radius, p, p.mist, field=field, field_colour=colour)


def _dark(shape: CoverShape, p: Palette, dice: Dice) -> _Layout:
    """A dark sky, and the globe coming in from the far side as far as the type."""
    field, paper = _split(shape, dice, dice.between(0.38, 0.44))
    colours = replace(p, ink=p.light, wash=p.far, accent=p.light)  # on whichever ground
    across = min(field.width, field.height)
    radius = across * dice.between(0.7, 0.84)  # the place, near the middle, is in sight
    x, y = _in(field, dice)
    if paper.left > field.left:
        x = field.left + field.width - radius
    elif paper.left < field.left:
        x = field.left + radius
    else:
        y = field.top + field.height - radius
    ground = dice.pick((p.near, p.ground, p.ink))
    return _Layout(paper, (x, y), radius, colours, ground, is_fixed=True)


def _horizon(shape: CoverShape, p: Palette, dice: Dice) -> _Layout:
    """The earth as a hill under the type, the place just below its edge."""
    left, top, wide, high = shape.left, shape.top, shape.units, shape.high
    limb = top + high * (0.64 if wide < high * 1.2 else 0.62)
    radius = wide * dice.between(0.5, 0.64)
    middle = left + wide * dice.between(0.34, 0.66), limb + radius
    return _Layout(_Box(left, top, wide, limb - top), middle, radius, p, lean=55)


def _moon(shape: CoverShape, p: Palette, dice: Dice) -> _Layout:
    """A small globe in the sky."""
    field, paper = _split(shape, dice, dice.between(0.34, 0.4))
    radius = min(field.width, field.height) * dice.between(0.36, 0.44)
    y = field.top + field.height * dice.between(0.4, 0.6)
    return _Layout(paper, (field.left + field.width / 2, y), radius, p)


def _in(field: _Box, dice: Dice) -> tuple[float, float]:
    return (
        field.left + field.width * dice.between(0.42, 0.58),
        field.top + field.height * dice.between(0.42, 0.58),
    )


def _paper(layout: _Layout, p: Palette, box: _Box, name: str) -> str:
    if layout.ground:
        return f'<path fill="{layout.ground}" d="{_rect(box)}"/>'
    return (
        f'<linearGradient id="{name}s" x1="0" x2="0" y1="0" y2="1"><stop stop-color="{p.sky}"/>'
        f'<stop offset=".6" stop-color="{p.mist}"/></linearGradient>'
        f'<path fill="url(#{name}s)" d="{_rect(box)}"/>'
    )


def _globe(layout: _Layout, p: Palette, spot: OnGlobe | None, name: str) -> str:
    """The globe with the place marked; without a place, the disc of the sun."""
    (x, y), drawn = layout.middle, ""
    if field := layout.field:
        drawn = f'<path fill="{layout.field_colour}" d="{_rect(field)}"/>'
    if spot is None:
        radius = layout.radius
        if field:  # all of it in its field
            radius = min(field.width, field.height) * 0.34
            x, y = field.left + field.width / 2, field.top + field.height / 2
        return f'{drawn}<circle fill="{p.disc}" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}"/>'
    scale = layout.radius / spot.radius
    if not (layout.lean or layout.is_fixed):
        x, y = x - spot.x * scale * 0.6, y - spot.y * scale * 0.6
    rings = "".join(
        f'<ellipse rx="{spot.radius * share:.0f}" ry="{spot.radius}"/>' for share in (0.36, 0.74)
    )
    mark = 11 / scale**0.6
    globe = (
        f'<g transform="matrix({scale:.3g} 0 0 {scale:.3g} {x:.0f} {y:.0f})">'
        f'<circle fill="{p.mid}" r="{spot.radius + 5}" opacity=".45"/>'
        f'<circle fill="{p.far}" r="{spot.radius}"/>'
        f'<g fill="none" stroke="{p.mist}" stroke-width=".8" opacity=".7">{rings}'
        f'<path d="M0-{spot.radius}V{spot.radius}M-{spot.radius} 0H{spot.radius}"/></g>'
        f'<path fill="{p.mist}" fill-rule="evenodd" d="{spot.land}"/>'
        f'<circle fill="{p.accent}" cx="{spot.x:g}" cy="{spot.y:g}" r="{mark:.1f}"/>'
        f'<circle fill="none" stroke="{p.accent}" stroke-width="{mark * 0.4:.1f}" '
        f'cx="{spot.x:g}" cy="{spot.y:g}" r="{mark * 2:.1f}"/></g>'
    )
    if not field:
        return drawn + globe
    return (
        f'{drawn}<clipPath id="{name}c"><path d="{_rect(field)}"/></clipPath>'
        f'<g clip-path="url(#{name}c)">{globe}</g>'
    )


def _rect(box: _Box) -> str:
    return f"M{box.left:g} {box.top:g}h{box.width:g}v{box.height:g}h-{box.width:g}z"


# --- type --------------------------------------------------------------------------------------

_Block = tuple[list[str], float, str]  # lines, size, name of the colour


def _set(words: PlateWords, paper: _Box, p: Palette, scale: float) -> str:
    """Names, place and years, and the seals of the criteria, from the left margin."""
    margin = min(paper.width, paper.height * 1.3) * 0.1
    room = paper.width - 2 * margin
    small = 37 * scale
    lines = [*_under(words.where, room, small), *_under(words.when, room, small)]
    stamps = 56 * scale if words.criteria or words.inscribed else 0
    foot = len(lines) * small * _LEADING + (stamps + 26 * scale if stamps else 0)
    blocks = _blocks(words.names, room, paper.height - 2 * margin - foot - 44 * scale, scale)
    height = _height(blocks) + foot + (44 * scale if blocks and foot else 0)
    x, y = paper.left + margin, paper.top + (paper.height - height) / 2
    drawn = _lines(blocks, x, y, p)
    y += _height(blocks)
    if blocks and foot:
        rule = _Box(x, y + 20 * scale, 72 * scale, 4 * scale)
        drawn += f'<path fill="{p.accent}" d="{_rect(rule)}"/>'
        y += 44 * scale
    drawn += _lines([(lines, small, "wash")], x, y, p)
    y += len(lines) * small * _LEADING + 26 * scale
    type_set = f'<g font-family="{FONTS}">{drawn}</g>'
    if stamps:
        type_set += _seals(words, x, y, stamps, room, p)
    return type_set


def _seals(words: PlateWords, x: float, y: float, size: float, room: float, p: Palette) -> str:
    """The criteria as seals, and the year."""
    step = min(size * 1.16, (room - size * 2) / max(1, len(words.criteria)))
    drawn = ""
    for number, criterion in enumerate(words.criteria):
        at = x + number * step
        drawn += stamp((), at, y, p.seal, size) + (
            f'<text fill="{p.light}" x="{at + size / 2:.1f}" y="{y + size * 0.64:.1f}" '
            f'font-size="{size * 0.42:.1f}" text-anchor="middle">{escape(criterion)}</text>'
        )
    if words.inscribed:
        drawn += (
            f'<text fill="{p.accent}" x="{x + len(words.criteria) * step + size * 0.2:.1f}" '
            f'y="{y + size * 0.72:.1f}" font-size="{size * 0.66:.1f}">'
            f"{escape(clean_text(words.inscribed))}</text>"
        )
    return f'<g font-family="{FONTS}" font-weight="700">{drawn}</g>'


def _under(texts: Sequence[str], room: float, size: float, most: int = _UNDER) -> list[str]:
    """Short texts on one line if they fit, else each on its own; of so many lines at most."""
    shown = [text for text in map(clean_text, texts) if text]
    line = " · ".join(shown)
    if text_width(line) * size <= room:
        return [line] if line else []
    lines = [line for text in shown for line in _wrapped(text, room, size)]
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]}…"]


def _lines(blocks: list[_Block], x: float, y: float, p: Palette) -> str:
    drawn = ""
    for lines, size, colour in blocks:
        for text in lines:
            y += size * _LEADING
            drawn += (
                f'<text x="{x:.1f}" y="{y - size * 0.28:.1f}" font-size="{size:.1f}" '
                f'fill="{getattr(p, colour)}">{escape(text)}</text>'
            )
    return drawn


def _height(blocks: list[_Block]) -> float:
    return sum(len(lines) * size * _LEADING for lines, size, _colour in blocks)


def _blocks(names: Sequence[str], room: float, height: float, scale: float) -> list[_Block]:
    """Up to two names in lines, as large as the room allows; what is too long is cut."""
    shown = [text for text in map(clean_text, names) if text][:2]
    found: list[_Block] = []
    for size in (size * scale for size in _SIZES):
        found = []
        for place, name in enumerate(shown):
            own = size * _SECOND if place else size
            found.append((_wrapped(name, room, own), own, "wash" if place else "ink"))
        fits = all(len(lines) <= _MAX_LINES for lines, _size, _colour in found)
        widest = max(
            (text_width(line) * own for lines, own, _c in found for line in lines), default=0
        )
        if fits and widest <= room and _height(found) <= height:
            return found
    while found and _height(found) > height:
        found = _shorter(found)
    return found


def _shorter(blocks: list[_Block]) -> list[_Block]:
    """Without a line of the longest block; without the last block where each is one line."""
    longest = max(range(len(blocks)), key=lambda place: len(blocks[place][0]))
    lines, size, colour = blocks[longest]
    if len(lines) == 1:
        return blocks[:-1]
    cut = [*lines[:-2], f"{lines[-2].rstrip('…')}…"]
    return [*blocks[:longest], (cut, size, colour), *blocks[longest + 1 :]]


def _wrapped(text: str, room: float, size: float) -> list[str]:
    """In lines that fit: broken between words, and anywhere between Chinese characters. In the last
    line stands more than one sign.
    """
    pieces = re.findall(r"[⺀-￯]|[^\s⺀-￯]+\s*|\s+", text)
    lines: list[list[str]] = []
    for piece in pieces:
        if lines and text_width("".join([*lines[-1], piece.rstrip()])) * size <= room:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    if len(lines) > 1 and len("".join(lines[-1]).strip(_MARKS)) < 2 < len(lines[-2]):
        lines[-1].insert(0, lines[-2].pop())
    return [line for line in ("".join(pieces).strip() for pieces in lines) if line]
