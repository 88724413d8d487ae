"""Texts in CSV, as spreadsheets do not compute them, and in XML; decimal numbers as texts."""

import re
from decimal import Decimal

# What a cell begins with that is read as a formula, in some programs if it is wide. With
# apostrophes before it, too, so that each has one more than before and can be taken off again.
_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
SUSPECT = frozenset("'=+-@\t\r＝＋－＠")  # the first character of all of these
# Characters that XML does not allow, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def harmless(text: str) -> str:
    """The text with an apostrophe before it, if a spreadsheet would read it as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """What `harmless()` was given: the text without that apostrophe."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def for_xml(text: str) -> str:
    """The text without the characters that XML does not allow, not yet escaped."""
    return _FORBIDDEN.sub("", text)


def decimal_text(number: Decimal | str) -> str:
    """The digits of a decimal number without zeros at the end of its fraction: 3.6000 → 3.6."""
    return f"{Decimal(number).normalize():f}"
