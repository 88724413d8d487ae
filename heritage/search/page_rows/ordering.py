"""`Meta.ordering` of a model, as SQL and for rows in memory.

What follows a relation, as the rank of an entry's register, can only be compared once that is
loaded: it comes first in each ordering, so that rows are sorted by it afterwards.
"""

from collections.abc import Iterable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Model, OrderBy


class _SortKey(NamedTuple):
    path: str  # of an attribute; with dots through relations
    column: str  # empty through relations
    nulls_first: bool | None  # None: it is never null


@cache
def _sort_keys(model: type[Model]) -> tuple[_SortKey, ...]:
    """Those of `Meta.ordering`, which ascend; where it does not say, null comes first."""
    found = []
    for each in model._meta.ordering or ():
        asked = each if isinstance(each, OrderBy) else OrderBy(F(str(each)))
        column: Any = asked.expression
        path = column.name.replace("__", ".")
        field = None if "." in path else model._meta.get_field(path)
        nulls_first = not asked.nulls_last if field and field.null else None
        found.append(_SortKey(path, getattr(field, "column", ""), nulls_first))
    return tuple(found)


@cache
def order_by(model: type[Model]) -> str:
    """The model's own columns in its ordering as a clause of SQL; empty if there is none."""
    nulls = {None: "", True: " NULLS FIRST", False: " NULLS LAST"}
    columns = [
        f"{connection.ops.quote_name(key.column)}{nulls[key.nulls_first]}"
        for key in _sort_keys(model)
        if key.column
    ]
    return f" ORDER BY {', '.join(columns)}" if columns else ""


def in_order[T: Model](model: type[T], rows: Iterable[T]) -> list[T]:
    """Rows in the order that `order_by` gives them."""
    found = list(rows)
    for key in reversed(_sort_keys(model)):
        if key.column:
            value = attrgetter(key.path)
            null = [row for row in found if value(row) is None]
            found = sorted((row for row in found if value(row) is not None), key=value)
            found = null + found if key.nulls_first else found + null
    return found


def sort_by_relations[T: Model](model: type[T], rows: list[T]) -> None:
    """Sort rows, which are in the order of their own columns, by what they refer to."""
    if len(rows) > 1:
        rows.sort(key=attrgetter(*(key.path for key in _sort_keys(model) if not key.column)))
