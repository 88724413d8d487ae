"""Covers for printing: the drawing on a sheet of paper, with the name and place of the site.

They are SVG with sizes in millimetres, so lines stay sharp at any size.
"""

from urllib.parse import unquote
from xml.sax.saxutils import escape

from django.templatetags.static import static
from django.utils.translation import get_language

from heritage.media.covers import CoverShape, clean_text, text_width
from heritage.models import Site
from heritage.web.media import covers

# In millimetres. All have the same proportions, so one drawing serves.
SHEETS = {"a4": (297, 210), "a3": (420, 297)}
_WIDTH, _HEIGHT = SHEETS["a4"]
_PICTURE = CoverShape(252, 168, -600, -610, 1200)
_LEFT, _TOP = (_WIDTH - _PICTURE.width) / 2, 14
_PAPER, _INK, _SOFT = "#fffdf8", "#26221c", "#5d5547"
_FONTS = "'Noto Serif CJK SC','Songti SC',STSong,SimSun,'Noto Serif',Georgia,serif"
_NAME_SIZE, _TEXT_SIZE, _ADDRESS_SIZE = 6.4, 3.7, 3.1
_NAME_ROOM = 175  # before the name of the catalogue, on the same line


def printed(site: Site, sheet: str, catalogue: str, address: str) -> str:
    names = covers.name_lines(site.shown_name, get_language())[:2]
    title = covers.described(site, site.kinds.all(), get_language() or "en")
    title = title.partition(": ")[2] or title.partition("：")[2]
    left, right = _LEFT, _WIDTH - _LEFT
    foot = _TOP + _PICTURE.height
    caption = _line(left, foot + 9, _fitted(" · ".join(names), _NAME_SIZE, _NAME_ROOM), _INK)
    if title:
        caption += _line(left, foot + 15, _fitted(title, _TEXT_SIZE, _PICTURE.width), _SOFT)
    url = _fitted(unquote(address), _ADDRESS_SIZE, _PICTURE.width)
    caption += _line(left, foot + 20.5, url, _SOFT)
    who = _fitted(catalogue, _TEXT_SIZE, _PICTURE.width - _NAME_ROOM - 4)
    caption += _line(right, foot + 9, who, _INK, at="end")
    width, height = SHEETS[sheet]
    return (
        f'<?xml-stylesheet href="{static(f"css/sheet-{sheet}.css")}"?>'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}"><path fill="{_PAPER}" d="M0 0h{_WIDTH}v{_HEIGHT}H0z"/>'
        f'<g transform="translate({_LEFT:g} {_TOP})">'
        f"{covers.cover(site, _PICTURE, get_language(), is_named=True)}</g>"
        f'<g font-family="{_FONTS}">{caption}</g></svg>'
    )


def _fitted(text: str, size: float, room: float) -> tuple[str, float]:
    """The text and the font size in which it fits, at most `size`."""
    text = clean_text(text)
    return text, min(size, room / max(1, text_width(text)))


def _line(x: float, y: float, words: tuple[str, float], colour: str, at: str = "start") -> str:
    text, size = words
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:.2f}" fill="{colour}" text-anchor="{at}">'
        f"{escape(clean_text(text))}</text>"
    )
