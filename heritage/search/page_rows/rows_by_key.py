"""Rows of one table by keys, in plain SQL.

Pages read a few rows by their keys from a dozen tables. Django takes several times as long to put
such a statement together as the database takes to answer it, so it is written out here.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from heritage.search.page_rows.ordering import order_by
from heritage.search.replica import read_connection


def rows_by_key[T: Model](
    model: type[T],
    key: str,
    values: Iterable[Any],
    columns: Iterable[str] = ("*",),
    *,
    in_order: bool = False,
) -> list[T]:
    """The rows whose column `key` has one of the values; no values, no query.

    `key` and `columns` are names of columns, and go into the SQL as they are. Without `columns` all
    are read; others than those given are read one by one, when they are used. With `in_order`, rows
    are in the order of the model's own columns in `Meta.ordering`.
    """
    values = list(values)
    if not values:
        return []
    sql = _select(model, key, values, columns)
    return list(model._default_manager.raw(sql + order_by(model) if in_order else sql, values))


def values_by_key(
    model: type[Model], key: str, values: Iterable[Any], columns: Iterable[str]
) -> list[tuple]:
    """Columns of the same rows as the database gives them, in a third of the time."""
    values = list(values)
    if not values:
        return []
    with read_connection().cursor() as cursor:
        cursor.execute(_select(model, key, values, columns), values)
        return cursor.fetchall()


def _select(model: type[Model], key: str, values: list[Any], columns: Iterable[str]) -> str:
    names, places = ", ".join(columns), ", ".join(["%s"] * len(values))
    return f"SELECT {names} FROM {model._meta.db_table} WHERE {key} IN ({places})"  # noqa: S608 - our names
