"""Rows of one table by keys, in plain SQL.

Pages read a few rows by their keys from a dozen tables. Django takes several times as long to put
such a statement together as the database takes to answer it, so it is written out here.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model


def rows_by_key[T: Model](
    model: type[T], key: str, values: Iterable[Any], columns: Iterable[str] = ("*",)
) -> list[T]:
    """The rows whose column `key` has one of the values, in no order; no values, no question.

    `key` and `columns` are names of columns. Without `columns` all are read; others than those
    given are read when they are asked for, one by one.
    """
    values = list(values)
    if not values:
        return []
    names, places = ", ".join(columns), ", ".join(["%s"] * len(values))
    sql = f"SELECT {names} FROM {model._meta.db_table} WHERE {key} IN ({places})"  # noqa: S608
    return list(model._default_manager.raw(sql, values))
