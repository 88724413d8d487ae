"""A plain plate for a site of which no scene is drawn: its name on paper, as a small SVG."""

import re
from xml.sax.saxutils import escape

# What no XML may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONTS = "'Noto Serif CJK SC','Songti SC',STSong,SimSun,'Noto Serif',Georgia,serif"
_PAPER, _INK, _SOFT, _RULE = "#ece7dc", "#26221c", "#5d5547", "#b9b0a0"
_STONE = "#dcdad5"  # paler and colder, for places of memory
_MARGIN = 0.08  # of the width
_SIZES = (84, 72, 62, 54, 46, 40)  # of the first name, in a frame 1200 wide
_MOST_LINES = 4


def draw_plate(
    names: list[str], line: str, *, is_solemn: bool = False, width: int = 1200, height: int = 800
) -> str:
    """The plate as SVG text: up to two names, the first one large, and a line below them.

    Its text is decoration: the page says the same in words.
    """
    scale = width / 1200
    room = width * (1 - 2 * _MARGIN)
    blocks = _blocks([_clean(name) for name in names[:2]], room, height * 0.7, scale)
    if line := _clean(line):
        blocks.append((_wrapped(line, room, 42 * scale)[:2], 42 * scale, _SOFT))
    total = sum(len(lines) * size * 1.28 for lines, size, _colour in blocks)
    total += max(0, len(blocks) - 1) * 26 * scale
    y, shapes = (height - total) / 2, []
    for lines, size, colour in blocks:
        for text in lines:
            y += size * 1.28
            shapes.append(
                f'<text x="{width / 2:g}" y="{y - size * 0.3:.1f}" font-size="{size:.1f}" '
                f'fill="{colour}">{escape(text)}</text>'
            )
        y += 26 * scale
    paper = _STONE if is_solemn else _PAPER
    inner = 22 * scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f'<path fill="{paper}" d="M0 0h{width}v{height}H0z"/>'
        f'<rect x="{inner:g}" y="{inner:g}" width="{width - 2 * inner:g}" '
        f'height="{height - 2 * inner:g}" fill="none" stroke="{_RULE}" stroke-width="2"/>'
        f'<g font-family="{_FONTS}" text-anchor="middle">{"".join(shapes)}</g></svg>'
    )


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", " ".join(text.split()))


def _blocks(
    names: list[str], room: float, height: float, scale: float
) -> list[tuple[list[str], float, str]]:
    """Each name in lines, as large as the room allows: (lines, size, colour)."""
    found: list[tuple[list[str], float, str]] = []
    for size in (size * scale for size in _SIZES):
        found = []
        for place, name in enumerate(names):
            own = size if place == 0 else max(size * 0.68, 36 * scale)
            found.append((_wrapped(name, room, own), own, _SOFT if place else _INK))
        fits = all(len(lines) <= _MOST_LINES - 1 for lines, _size, _colour in found)
        if fits and sum(len(lines) * own * 1.28 for lines, own, _colour in found) <= height:
            return found
    return [(_cut(lines), size, colour) for lines, size, colour in found]


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]}…"]


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
