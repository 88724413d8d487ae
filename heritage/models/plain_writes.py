"""Writes past the write path: columns and tables that follow from others, and the history itself.

`executemany()` of tuples: Django's `bulk_update()` and `bulk_create()` build one long statement of
model instances, which takes several times as long.
"""

from collections.abc import Iterable, Iterator, Sequence
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
    columns = list(zip(*rows, strict=True))
    if columns:
        _insert(model, fields, columns, " ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def insert_objects(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert new rows with all their values; they are not told their keys."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    for field in fields:
        if isinstance(field, models.ForeignKey):
            _follow(field, rows)
    columns = [[field.pre_save(row, add=True) for row in rows] for field in fields]
    _insert(model, fields, columns)


def insert_records(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert new rows with a uid, and give them their keys."""
    insert_objects(model, rows)
    key = model._meta.pk
    stored: models.QuerySet[Any] = models.QuerySet(model).order_by()
    stored = stored.filter(uid__in=[row.uid for row in rows])
    keys = dict(stored.values_list("uid", key.attname))
    for row in rows:
        setattr(row, key.attname, keys[row.uid])
        row._state.adding, row._state.db = False, connection.alias


def _follow(field: models.ForeignKey, rows: Sequence[Any]) -> None:
    """Take over the keys of rows that were stored since they were assigned, as Django does."""
    for row in rows:
        if getattr(row, field.attname) is None and field.is_cached(row):
            other = getattr(row, field.name)
            if other is not None and other.pk is None:
                raise ValueError(f"{field.name} of {row!r} is not stored yet.")
            setattr(row, field.name, other)


def _insert(
    model: type[models.Model],
    fields: Sequence[models.Field],
    columns: Sequence[Sequence[Any]],
    ending: str = "",
) -> None:
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(field.column or field.attname) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places}){ending}"  # noqa: S608 - our names
    stored = (_stored(field, values) for field, values in zip(fields, columns, strict=True))
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*stored, strict=True)))


def _stored(field: models.Field, values: Sequence[Any]) -> Iterator[Any]:
    """What is stored of a column, in which most rows have the same value as the one before."""
    last, stored = object(), None
    for value in values:
        if value is not last:
            last, stored = value, field.get_db_prep_save(value, connection)
        yield stored
