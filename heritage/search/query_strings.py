"""Query strings derived from the current one, for the links of a list.

`docs/architecture.md` says why templates do not write them with `{% querystring %}`.
"""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict

PAGE_PARAMETERS = ("page", "after", "before")  # of a page within a list


def updated(data: QueryDict, drop: Iterable[str] = (), **values: str) -> str:
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


def without(
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
