"""Finds the row of column names, whatever stands above it, and gives each column a name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

SEARCHED = 30  # lines from the top
_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s%]*")


@dataclass(frozen=True, slots=True)
class Header:
    line: int
    columns: list[str]


def find(lines: Iterable[tuple[int, Sequence[str]]]) -> Header:
    """The first line that names nearly as many columns as any other has values.

    Where cells are merged over several columns, the names stand in the next line: “Location” over
    “Latitude” and “Longitude” gives “Location: Latitude” and “Location: Longitude”.
    """
    top = [(line, _stripped(texts)) for line, texts in islice(lines, SEARCHED)]
    top = [(line, texts) for line, texts in top if texts]
    if not top:
        return Header(0, [])
    widest = max(_filled(texts) for _line, texts in top)
    at = next(at for at, (_line, texts) in enumerate(top) if _filled(texts) * 2 > widest)
    # A table has names; a line of figures alone is none.
    line, names = top[at]
    if at and _is_group_row(top[at - 1][1], names):
        at -= 1
        line, names = top[at]
    if at + 2 <= len(top) - 1 and _is_group_row(names, top[at + 1][1]):
        line, names = top[at + 1][0], _joined(names, top[at + 1][1])
    if all(_NUMBER.fullmatch(name) for name in names if name):
        return Header(0, [])
    return Header(line, each_once(names))


def each_once(names: Sequence[str]) -> list[str]:
    """Names that differ: a second “Name” is “Name (2)”, one without a name is “Column D”."""
    found: list[str] = []
    seen: Counter[str] = Counter()
    for at, name in enumerate(names):
        name = " ".join(name.split()) or _("Column %(letter)s") % {"letter": letters(at)}
        seen[name] += 1
        while seen[name] > 1 and (again := f"{name} ({seen[name]})") in seen:
            seen[name] += 1
        found.append(name if seen[name] == 1 else again)
        seen[found[-1]] = max(seen[found[-1]], 1)
    return found


def letters(index: int) -> str:
    """27 → AB, as spreadsheets name their columns."""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found


def _stripped(texts: Sequence[str]) -> list[str]:
    found = [text.strip() for text in texts]
    while found and not found[-1]:
        found.pop()
    return found


def _filled(texts: Sequence[str]) -> int:
    return sum(map(bool, texts))


def _is_group_row(groups: Sequence[str], names: Sequence[str]) -> bool:
    """Whether `groups` has cells that are merged over several names of the line below.

    Each name below stands under such a cell; where there is none, the column has its name above.
    """
    if _filled(groups) < 2 or _filled(names) < 2 or any(map(_NUMBER.fullmatch, (*groups, *names))):
        return False
    merged = _merged(groups, len(names))
    named = {at for at, name in enumerate(names) if name}
    return bool(merged) and named <= merged


def _merged(groups: Sequence[str], width: int) -> set[int]:
    """The columns below cells that are followed by empty ones."""
    found: set[int] = set()
    start = None
    for at in range(max(width, len(groups))):
        if at < len(groups) and groups[at]:
            start = at
        elif start is not None:
            found |= {start, at}
    return found


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    found, above = [], ""
    for at in range(max(len(groups), len(names))):
        above = groups[at] if at < len(groups) and groups[at] else above
        name = names[at] if at < len(names) else ""
        found.append(f"{above}: {name}" if above and name else above or name)
    return found
