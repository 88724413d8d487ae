"""Rows of one table by keys, in plain SQL.

Pages read a few rows by their keys from a dozen tables. Django takes several times as long to put
such a statement together as the database takes to answer it, so it is written out here.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model


def rows_by_key[T: Model](
    model: type[T],
    key: str,
    values: Iterable[Any],
    columns: Iterable[str] = ("*",),
    order: str = "",
) -> list[T]:
    """The rows whose column `key` has one of the values; no values, no query.

    `key`, `columns` and `order` are names of columns, and go into the SQL as they are. Without
    `columns` all are read; others than those given are read one by one, when they are used.
    """
    values = list(values)
    if not values:
        return []
    names, places = ", ".join(columns), ", ".join(["%s"] * len(values))
    sql = f"SELECT {names} FROM {model._meta.db_table} WHERE {key} IN ({places})"  # noqa: S608 - our names
    if order:
        sql += f" ORDER BY {order}"
    return list(model._default_manager.raw(sql, values))


def pairs_by_key(
    model: type[Model], columns: tuple[str, str], values: Iterable[int]
) -> list[tuple[int, int]]:
    """Two columns of ids, the first of which is one of the values; no values, no query."""
    values = list(values)
    if not values:
        return []
    places = ", ".join(["%s"] * len(values))
    key, other = columns
    sql = f"SELECT {key}, {other} FROM {model._meta.db_table} WHERE {key} IN ({places})"  # noqa: S608 - our names
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
