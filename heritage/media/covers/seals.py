"""Seals on covers: an era in up to four characters, or the numerals of criteria."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import batched
from math import isqrt
from xml.sax.saxutils import escape, quoteattr

from heritage.media.covers.scene_files import Palette
from heritage.media.covers.shapes import CoverShape, clean_text

# Latin fonts first: those for Chinese lack accented letters, and each letter has the first with it.
FONTS = "'Noto Serif',Georgia,'Times New Roman','Noto Serif CJK SC','Songti SC',STSong,serif"
_LETTERS = "#fdf3df"
LONGEST_SEAL = 4


@lru_cache(maxsize=4096)  # names of eras and countries
def seal_letters(text: str) -> str:
    """The characters of a text that a seal can show."""
    return "".join(clean_text(text).split())


def drawn(text: str, shape: CoverShape, p: Palette, *, left: bool) -> str:
    """A seal cut in cinnabar, in a lower corner of what is shown."""
    if not (columns := _columns(text)):
        return ""
    wide, tall = _sides(columns)
    x = shape.left + 44 if left else shape.right - 44 - wide
    return stamp(columns, x, shape.bottom - 44 - tall, p.seal)


def _columns(text: str) -> list[Sequence[str]]:
    """Columns of a seal from left to right: numerals of criteria; or up to four characters, of
    which the first stand at the right.
    """
    numerals = text.split()
    is_latin = set("".join(numerals)) <= set("ivx")
    signs = numerals if is_latin else list(seal_letters(text)[:LONGEST_SEAL])
    columns = list(batched(signs, isqrt(max(0, len(signs) - 1)) + 1))
    return [*(columns if is_latin else reversed(columns))]


def _sides(columns: Sequence[Sequence[str]]) -> tuple[int, int]:
    return 20 + 44 * max(1, len(columns)), 20 + 44 * max([1, *map(len, columns)])


def stamp(
    columns: Sequence[Sequence[str]], x: float, y: float, colour: str, size: float = 64
) -> str:
    """A seal at its upper left corner; `size` is the side of one with a single character, or with
    none."""
    unit = size / 64
    wide, tall = _sides(columns)
    # Cut by hand: no side is quite straight.
    edge = (
        f"M7 0l{wide - 13} 1q7 0 6 8l-1 {tall - 17}q0 8-8 8l-{wide - 14}-1q-6 0-6-8l1-{tall - 15}"
        "q0-6 7-6z"
    )
    border = f"M7 7h{wide - 14}v{tall - 14}h-{wide - 14}z"
    high, drop = (42, 15) if not "".join(map("".join, columns)).isascii() else (25, 9)
    glyphs = "".join(
        f'<text x="{32 + place * 44}" y="{(tall - 44 * len(column)) // 2 + row * 44 + 22 + drop}">'
        f"{escape(sign)}</text>"
        for place, column in enumerate(columns)
        for row, sign in enumerate(column)
    )
    return (
        f'<g transform="matrix({unit:g} 0 0 {unit:g} {x:g} {y:g})">'
        f'<path fill="{colour}" opacity=".94" d="{edge}"/>'
        f'<path fill="none" stroke="{_LETTERS}" stroke-width="2" d="{border}"/>'
        f'<g fill="{_LETTERS}" font-family={quoteattr(FONTS)} font-size="{high}" '
        f'font-weight="700" text-anchor="middle">{glyphs}</g></g>'
    )
