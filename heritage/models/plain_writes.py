"""Writes past the write path: columns and tables that follow from others, and the history itself.

`executemany()` of tuples: Django's `bulk_update()` and `bulk_create()` build one long statement of
model instances, which takes several times as long.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from heritage.models.row_values import column


def update_columns[R: models.Model](
    model: type[R], rows: Iterable[tuple[R, Iterable[str]]]
) -> None:
    """Write some columns of each row, which would be derived again by the write path."""
    together: dict[tuple[str, ...], list[R]] = {}
    for row, names in rows:
        together.setdefault(tuple(names), []).append(row)
    quoted = connection.ops.quote_name
    for names, alike in together.items():
        if not names:
            continue
        fields = [column(model, name) for name in (*names, model._meta.pk.name)]
        *to_set, key = [f"{quoted(field.column or field.attname)} = %s" for field in fields]
        statement = f"UPDATE {quoted(model._meta.db_table)} SET {', '.join(to_set)} WHERE {key}"  # noqa: S608 - our names
        values = [
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            for row in alike
        ]
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> None:
    """Insert rows of these columns, which are all that have no default in the database.

    `ignore_conflicts` leaves out the rows that are there already.
    """
    fields = [column(model, name) for name in names]
    values = [
        [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, row, strict=True)
        ]
        for row in rows
    ]
    if not values:
        return
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column or field.attname) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our names
    if ignore_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
