"""Query strings of links to lists, derived from the current one, and spans of years in them.

`docs/architecture.md` says why templates do not write these with `{% querystring %}`.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict

from heritage.values import edtf

PAGE_PARAMETERS = ("page", "after", "before")  # of a page within a list


def updated_query(data: QueryDict, drop: Iterable[str] = (), **values: str) -> str:
    """The query with other values, at the place of the old ones or at the end.

    Without the names in `drop`, and without the page unless `values` sets it.
    """
    dropped = {*PAGE_PARAMETERS, *drop}
    pairs: list[tuple[str, str]] = []
    for name, listed in data.lists():
        if name in dropped:
            continue
        if name in values:
            pairs.append((name, values.pop(name)))
        else:
            pairs += [(name, value) for value in listed]
    return urlencode([*pairs, *values.items()])


def query_without(
    data: QueryDict, name: str, value: str | None = None, together: Iterable[str] = ()
) -> str:
    """The query without `name`, or without one value of it, from its first page.

    `together` are names that mean nothing without it.
    """
    dropped = {*PAGE_PARAMETERS, *together}
    return urlencode(
        [
            (each, one)
            for each, listed in data.lists()
            if each not in dropped
            for one in listed
            if each != name or (value is not None and one != value)
        ]
    )


def years_in_address(first: int, last: int) -> str:
    """Astronomical years as addresses write a span of them, historically: -1046..-771."""
    return f"{edtf.to_historical(first)}..{edtf.to_historical(last)}"


def span_in_address(text: str) -> tuple[int, int] | None:
    """The inverse of `years_in_address`; None for a text that is no such span, or is outside the
    years of the catalogue."""
    found = re.fullmatch(r"(-?[1-9][0-9]{0,6})\.\.(-?[1-9][0-9]{0,6})", text)
    if not found:
        return None
    first, last = (edtf.from_historical(int(each)) for each in found.groups())
    is_known = edtf.EARLIEST <= first <= last <= edtf.LATEST
    return (first, last) if is_known else None
