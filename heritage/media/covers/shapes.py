"""What covers of each shape show: the part of the drawing, and its size in pixels."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

# What no XML may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {"zh-hans": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class CoverShape:
    """The pixels of a picture, and the part of the drawing that it shows. The foot of the drawing
    is at 0, 0; y is negative above it."""

    width: int
    height: int
    left: float
    top: float
    units: float  # of the drawing, from left to right
    is_small: bool = False  # shown so small that no words could be read

    @property
    def right(self) -> float:
        return self.left + self.units

    @property
    def high(self) -> float:
        """Units from top to bottom."""
        return round(self.units * self.height / self.width, 1)

    @property
    def bottom(self) -> float:
        return self.top + self.high


SHAPES = {
    "": CoverShape(1200, 800, -600, -610, 1200),
    "card": CoverShape(1200, 800, -600, -610, 1200, is_small=True),
    "square": CoverShape(900, 900, -400, -610, 800, is_small=True),
    # The picture above the names of a link preview: wide, so more is seen at the sides.
    "preview": CoverShape(1200, 470, -795, -462, 1590),
}


def clean_text(text: str) -> str:
    """The text on one line, without characters that XML does not allow."""
    if text.isprintable() and "  " not in text:  # nearly always
        return text.strip()
    return _FORBIDDEN.sub("", " ".join(text.split()))


# Letters of a serif type that are much narrower or wider than most.
_WIDTHS = {
    **dict.fromkeys("ijl.,:;'’‘|!() ", 0.34),
    **dict.fromkeys("frst-/", 0.46),
    **dict.fromkeys("mwMW—…", 0.94),
}


def text_width(text: str) -> float:
    """About how wide a text is, as a multiple of its font size."""
    return sum(map(_width, text))


def _width(letter: str) -> float:
    if ord(letter) >= 0x2E80:
        return 1.0
    return _WIDTHS.get(letter, 0.7 if letter.isupper() else 0.6)


def picture(shape: CoverShape, inner: str, titles: Mapping[str, str] | None = None) -> str:
    """The SVG text. With titles, by language, it names itself; without, it is decoration."""
    named = "".join(
        f'<title lang="{_TAGS.get(language, language)}">{escape(clean_text(text))}</title>'
        for language, text in (titles or {}).items()
    )
    role = 'role="img"' if named else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shape.width}" height="{shape.height}" '
        f'viewBox="{shape.left:g} {shape.top:g} {shape.units:g} {shape.high:g}" '
        f'preserveAspectRatio="xMidYMid slice" {role}>{named}{inner}</svg>'
    )
