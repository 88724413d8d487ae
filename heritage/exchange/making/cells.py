"""Clean values from the cells of official tables; each names what it cannot read."""

import html
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# UTF-8 that was read as Windows-1252: Ã and the like begin what is one letter.
_MISREAD = re.compile("[ÂÃÄÅ][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
# What a further mistreatment left of such letters; nobody writes these pairs.
# And ` is no apostrophe.
_MANGLED = {"í¡": "á", "í¨": "è", "í\xad": "í", "“™": "’", "ā ͐ in": "āʾin", "`": "’"}
_UNSEEN = dict.fromkeys(map(ord, "\xad\u200b\ufeff"))  # soft hyphen, no space, byte order mark
_OPENING, _CLOSING, _DANGLING = "([（", ")]）", " -–,،;:/"
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_YEARS = range(1972, 2100)  # the Convention is of 1972


@dataclass(frozen=True, slots=True)
class Period:
    """From a year to a year; no end: until today."""

    first: int
    last: int | None


def text(cell: str | None) -> str:
    """A cell without markup, entities, stray signs and odd spaces."""
    words = html.unescape(html.unescape(cell or ""))  # some are escaped twice
    words = _TAG.sub("", words).replace("<", " ")
    for mangled, meant in _MANGLED.items():
        words = words.replace(mangled, meant)
    words = _MISREAD.sub(_reread, words).translate(_UNSEEN)
    return unicodedata.normalize("NFC", " ".join(words.split()))


def name(cell: str | None) -> str:
    """A name: clean text without a remark at its end that was cut off within its bracket."""
    words, opened = text(cell), []
    for at, character in enumerate(words):
        if character in _OPENING:
            opened.append(at)
        elif character in _CLOSING and opened:
            opened.pop()
    return words[: opened[0] if opened else None].rstrip(_DANGLING)


def _reread(misread: re.Match[str]) -> str:
    raw = b"".join(_byte(character) for character in misread[0])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return misread[0]


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def number(cell: str | None) -> float | None:
    """A number, also one with a decimal comma; None from an empty cell."""
    cell = text(cell)
    try:
        return float(cell.replace(",", ".")) if cell else None
    except ValueError:
        raise ValueError(f"“{cell}” is no number") from None


def whole(cell: str | None) -> int | None:
    """A whole number, also one that a spreadsheet made a float: 1442.0."""
    value = number(cell)
    if value is not None and value != int(value):
        raise ValueError(f"“{cell}” is no whole number")
    return None if value is None else int(value)


def flag(cell: str | None) -> bool:
    cell = text(cell).casefold()
    if cell in ("", "0", "0.0", "false", "no"):
        return False
    if cell in ("1", "1.0", "true", "yes"):
        return True
    raise ValueError(f"“{cell}” is neither 1 nor 0")


def year(cell: str | None) -> int | None:
    value = whole(cell)
    if value is not None and value not in _YEARS:
        raise ValueError(f"{value} is no year of the list")
    return value


def years(cell: str | None) -> tuple[int, ...]:
    """`2011,2017`, `2000, 2001` or `2004;2005`: in order, each once."""
    parts = re.split(r"[;,\s]+", text(cell))
    return tuple(sorted({year(part) for part in parts if part}))


def periods(cell: str | None) -> tuple[Period, ...]:
    """`2007-2010;1996-`, or the official way: `Y 1996 P 1984-1992` (Y: since)."""
    found, rest = [], text(cell)
    for match in re.finditer(r"Y\s*(\d{4})|(?:P\s*)?(\d{4})\s*[-–]\s*(\d{4})?", rest):
        since, first, last = match.groups()
        found.append(Period(year(since or first), year(last)))
    left = re.sub(r"Y\s*\d{4}|(?:P\s*)?\d{4}\s*[-–]\s*(?:\d{4})?|[;,\s]", "", rest)
    if left:
        raise ValueError(f"“{left}” is no period")
    found.sort(key=lambda period: period.first)
    for period in found:
        if period.last is not None and period.last <= period.first:
            raise ValueError(f"{period.first}-{period.last} ends before it has begun")
    for period, following in pairwise(found):
        if period.last is None or period.last > following.first:
            raise ValueError(f"the periods from {period.first} and {following.first} overlap")
    return tuple(found)


def criteria(cell: str | None) -> tuple[str, ...]:
    """`(i)(ii)(vi)` or `i;ii;vi`: in their order."""
    found = set(filter(None, re.split(r"[()\s;,]+", text(cell).lower())))
    if unknown := found - set(_ROMAN):
        raise ValueError(f"there is no criterion {', '.join(sorted(unknown))}")
    return tuple(code for code in _ROMAN if code in found)


def parts(cell: str | None) -> tuple[str, ...]:
    """Regions or states, joined by commas or semicolons: each once, as they stand."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, re.split("[;,]", text(cell))))))


def codes(cell: str | None) -> tuple[str, ...]:
    """ISO 3166 codes of two letters, in upper case."""
    found = tuple(code.upper() for code in parts(cell))
    if wrong := [code for code in found if not re.fullmatch("[A-Z]{2}", code)]:
        raise ValueError(f"{', '.join(wrong)} is no code of a state")
    return found


def area(cell: str | None) -> str | None:
    """Hectares as a decimal text; 0 means unknown."""
    value = number(cell)
    if value is not None and value < 0:
        raise ValueError("an area is not negative")
    return f"{value:.4f}".rstrip("0").rstrip(".") if value else None


def point(latitude: str | None, longitude: str | None) -> tuple[float, float] | None:
    """A point on the globe, or None where both cells are empty."""
    pair = number(latitude), number(longitude)
    if pair == (None, None):
        return None
    if None in pair:
        raise ValueError("half a point is none")
    if abs(pair[0]) > 90 or abs(pair[1]) > 180:
        raise ValueError(f"{pair[0]}, {pair[1]} lies nowhere on the globe")
    return pair


def suffix(cell: str | None) -> str:
    """What follows the number in a dossier's reference: `Bis` → `bis`, `-894 Rev` → `-894rev`."""
    words = text(cell).lower().replace(" ", "")
    if not re.fullmatch(r"(-\d+)?(rev|bis|ter|quater|quinquies|sexies)*", words):
        raise ValueError(f"“{words}” follows no reference")
    return words
