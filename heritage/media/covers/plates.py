"""A plain plate for a site of which no scene is drawn: its name on paper, as a small SVG."""

import re
from xml.sax.saxutils import escape

from heritage.media.covers.palettes import PALETTES

# What no XML may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONTS = "'Noto Serif CJK SC','Songti SC',STSong,SimSun,'Noto Serif',Georgia,serif"
_PAPER, _INK, _SOFT, _RULE = "#ece7dc", "#26221c", "#5d5547", "#b9b0a0"
_STONE = "#dcdad5"  # paler and colder, for places of memory
_MARGIN = 0.08  # of the width
_SIZES = (84, 72, 62, 54, 46, 40)  # of the first name, in a frame 1200 wide
_MOST_LINES = 3  # of a name, unless it is very long
_LEADING = 1.28

Block = tuple[list[str], float, str]  # lines, size, colour


def draw_plate(
    names: list[str],
    line: str,
    *,
    palette: str = "",
    is_solemn: bool = False,
    width: int = 1200,
    height: int = 800,
) -> str:
    """The plate as SVG text: up to two names, the first one large, and a line below them.

    The paper has the sky of the palette, if it is one of a day; a solemn plate has no colour.

    Its text is decoration: the page says the same in words.
    """
    scale = width / 1200
    room = width * (1 - 2 * _MARGIN)
    blocks = _blocks([_clean(name) for name in names[:2]], room, height * 0.7, scale)
    if line := _clean(line):
        blocks.append((_wrapped(line, room, 42 * scale)[:2], 42 * scale, _SOFT))
    gap = 26 * scale
    while blocks and _height(blocks, gap) > height * 0.9:
        blocks = _shorter(blocks)
    y, shapes = (height - _height(blocks, gap)) / 2, []
    for lines, size, colour in blocks:
        for text in lines:
            y += size * _LEADING
            shapes.append(
                f'<text x="{width / 2:g}" y="{y - size * 0.3:.1f}" font-size="{size:.1f}" '
                f'fill="{colour}">{escape(text)}</text>'
            )
        y += gap
    inner = 22 * scale
    paper, ground = _paper("" if is_solemn else palette, is_solemn=is_solemn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f'{paper}<path fill="{ground}" d="M0 0h{width}v{height}H0z"/>'
        f'<rect x="{inner:g}" y="{inner:g}" width="{width - 2 * inner:g}" '
        f'height="{height - 2 * inner:g}" fill="none" stroke="{_RULE}" stroke-width="2"/>'
        f'<g font-family="{_FONTS}" text-anchor="middle">{"".join(shapes)}</g></svg>'
    )


def _paper(palette: str, *, is_solemn: bool) -> tuple[str, str]:
    """What is defined first, and what the ground is filled with."""
    colours = PALETTES.get(palette)
    if is_solemn or colours is None or colours.night:
        return "", _STONE if is_solemn else _PAPER
    gradient = (
        f'<linearGradient id="plate-{palette}" x1="0" x2="0" y1="0" y2="1">'
        f'<stop stop-color="{colours.sky}" stop-opacity=".55"/>'
        f'<stop offset="1" stop-color="{colours.mist}"/></linearGradient>'
    )
    return (
        f'<defs>{gradient}</defs><path fill="{colours.mist}" d="M0 0h3000v3000H0z"/>',
        f"url(#plate-{palette})",
    )


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", " ".join(text.split()))


def _height(blocks: list[Block], gap: float) -> float:
    lines = sum(len(lines) * size * _LEADING for lines, size, _colour in blocks)
    return lines + max(0, len(blocks) - 1) * gap


def _shorter(blocks: list[Block]) -> list[Block]:
    """Without a line of the longest block; without the last block where each is one line."""
    longest = max(range(len(blocks)), key=lambda place: len(blocks[place][0]))
    lines, size, colour = blocks[longest]
    if len(lines) == 1:
        return blocks[:-1]
    cut = [*lines[:-2], f"{lines[-2].rstrip('…')}…"]
    return [*blocks[:longest], (cut, size, colour), *blocks[longest + 1 :]]


def _blocks(names: list[str], room: float, height: float, scale: float) -> list[Block]:
    """Each name in lines, as large as the room allows."""
    found: list[Block] = []
    for size in (size * scale for size in _SIZES):
        found = []
        for place, name in enumerate(names):
            own = size if place == 0 else max(size * 0.68, 36 * scale)
            found.append((_wrapped(name, room, own), own, _SOFT if place else _INK))
        fits = all(len(lines) <= _MOST_LINES for lines, _size, _colour in found)
        if fits and _height(found, 26 * scale) <= height:
            return found
    return found


def _wrapped(text: str, room: float, size: float) -> list[str]:
    """In lines that fit: broken between words, and anywhere between Chinese characters."""
    lines, line = [], ""
    for piece in re.findall(r"[⺀-￯]|[^\s⺀-￯]+\s*|\s+", text):
        if line and _width(line + piece.rstrip()) * size > room:
            lines.append(line.rstrip())
            line = piece
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _width(text: str) -> float:
    """About how many times its size a text is wide."""
    return sum(1.0 if ord(letter) >= 0x2E80 else 0.52 for letter in text)
