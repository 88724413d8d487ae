"""Plain values of rows: read for the history, and written past the write path.

The columns of the history are those that a fixture may carry (`serialize`), with relations as ids.
Derived columns are left out. What follows from other columns, and the history itself, is written by
`executemany()` of tuples: Django's `bulk_update()` and `bulk_create()` build one long statement of
model instances, which takes several times as long.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from itertools import batched
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


def is_carried(field: models.Field) -> bool:
    """Whether fixtures contain the column; derived columns are not in them."""
    return field.serialize  # type: ignore[attr-defined]  # which django-stubs does not know


@cache
def recorded_columns(model: type[models.Model]) -> tuple[models.Field, ...]:
    fields = model._meta.concrete_fields
    return tuple(field for field in fields if is_carried(field) and not field.primary_key)


@cache
def recorded_relations(model: type[models.Model]) -> tuple[models.ManyToManyField, ...]:
    return tuple(field for field in model._meta.many_to_many if is_carried(field))


@cache
def column(model: type[models.Model], name: str) -> models.Field:
    """The field of a column. Raises FieldDoesNotExist, for reverse relations, too."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(name)
    return field


def relation(model: type[models.Model], name: str) -> models.ManyToManyField:
    """A many-to-many relation by its name."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.ManyToManyField):
        raise FieldDoesNotExist(name)
    return field


def relation_rows(field: models.ManyToManyField) -> models.QuerySet[models.Model]:
    """The rows of a many-to-many relation, each with the keys of two others."""
    return models.QuerySet(field.remote_field.through)


def stored_rows(model: type[models.Model], ids: Iterable[int]) -> dict[int, dict]:
    """Rows as stored in the database, by id: column name (`attname`) → value.

    They are locked, so the second of two writers sees what the first has written.
    """
    # A row that Django's own loaddata saves may come outside of a transaction.
    rows: models.QuerySet[models.Model] = models.QuerySet(model).order_by()
    if connection.in_atomic_block:
        # No key: whoever adds a row that refers to one of these need not wait.
        rows = rows.select_for_update(of=("self",), no_key=True)
    attnames = [field.attname for field in model._meta.concrete_fields]
    found = rows.filter(pk__in=list(ids)).values_list(*attnames)
    key = attnames.index(model._meta.pk.attname)
    return {row[key]: dict(zip(attnames, row, strict=True)) for row in found}


def plain_row(model: type[models.Model], stored: dict, more: Iterable[str] = ()) -> dict:
    """The recorded columns of a stored row, ready for JSON; `more` names further columns."""
    plain = {
        field.name: json_value(field, stored[field.attname]) for field in recorded_columns(model)
    }
    for name in more:
        field = column(model, name)
        plain[name] = json_value(field, stored[field.attname])
    return plain


PLAIN = frozenset({str, int, float, bool, type(None)})
# What Django stores of a value of this very type in a field of this very class: the value itself.
# Nearly all values are such, and to ask a field takes longer than to write one.
_STORED_AS_IS: dict[type[models.Field], type] = {
    models.BooleanField: bool,
    models.FloatField: float,
    models.ForeignKey: int,
    **dict.fromkeys((models.CharField, models.SlugField, models.TextField, models.URLField), str),
    **dict.fromkeys((models.IntegerField, models.BigIntegerField), int),
    **dict.fromkeys((models.SmallIntegerField, models.PositiveIntegerField), int),
    models.PositiveSmallIntegerField: int,
}


def plain_object(row: models.Model, names: Container[str] | None = None) -> dict:
    """The recorded columns of an object that was just saved, ready for JSON; only those in `names`
    (names or attnames), if given."""
    plain = {}
    for field in recorded_columns(type(row)):
        if names is not None and not (field.name in names or field.attname in names):
            continue
        value = getattr(row, field.attname)
        if type(value) is _STORED_AS_IS.get(type(field)):
            plain[field.name] = value
            continue
        if hasattr(value, "resolve_expression"):  # the database computes it: `F("order") + 1`
            value = stored_rows(type(row), [row.pk])[row.pk][field.attname]
        elif not isinstance(field, models.FileField):
            try:
                value = field.get_prep_value(value)
            except ValidationError:  # a broken date is stored as it is
                value = str(value)
            if type(value) in PLAIN:
                plain[field.name] = value
                continue
        plain[field.name] = json_value(field, value)
    return plain


def json_value(field: models.Field, value: object) -> object:
    """The JSON value of a column."""
    match value:
        case Decimal() if isinstance(field, models.DecimalField):
            return str(value.quantize(Decimal(1).scaleb(-field.decimal_places)))
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()  # as the database gives it
        case datetime() | date() | time():
            return value.isoformat()
        case str() if type(value) is not str:
            return str(value)
        case _ if isinstance(field, models.FileField):
            return str(value or "")
        case dict():
            return dict(value)
        case _:
            return value


def set_plain_value(row: models.Model, name: str, value: object) -> None:
    """Set a column from a value that `json_value()` returned."""
    field = column(type(row), name)
    try:
        setattr(row, field.attname, field.to_python(value))
    except ValidationError:  # a broken date was stored as it was
        setattr(row, field.attname, value)


def linked_ids(field: models.ManyToManyField, ids: Iterable[int]) -> dict[int, list[int]]:
    """For each of these rows, the sorted ids that it is related to."""
    near, far = field.m2m_column_name(), field.m2m_reverse_name()
    found: dict[int, list[int]] = {pk: [] for pk in ids}
    for chunk in batched(list(found), 500):
        rows = relation_rows(field).filter(**{f"{near}__in": chunk})
        for pk, other in rows.order_by(far).values_list(near, far):
            found[pk].append(other)
    return found


def rows_by_ids[*A](
    select: Callable[[Sequence[int], *A], models.QuerySet], ids: Sequence[int], *args: *A
) -> list[tuple]:
    """The rows of `select(ids, *args)`, of plain numbers and texts, in no order.

    For unions of many tables: Django takes 30 ms to put such a statement together, and the database
    less than one to answer it for a site. So each is put together once for a number of ids, which
    are filled up to a power of two with the last of them.
    """
    if not ids:
        return []
    size = 1 << (len(ids) - 1).bit_length()
    sql, params = _statement(select, size, args)
    values = dict(zip(_placeholders(size), [*ids, *[ids[-1]] * (size - len(ids))], strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [values.get(param, param) for param in params])
        return cursor.fetchall()


@lru_cache(maxsize=100)
def _statement(
    select: Callable[..., models.QuerySet], size: int, args: tuple
) -> tuple[str, tuple[Any, ...]]:
    return select(_placeholders(size), *args).query.sql_with_params()


def _placeholders(size: int) -> Sequence[int]:
    """Ids that no row has, which stand for the ids of rows in a prepared statement."""
    return range(-size, 0)


def update_columns[R: models.Model](
    model: type[R], rows: Iterable[tuple[R, Iterable[str]]]
) -> None:
    """Write some columns of each row, which would be derived again by the write path."""
    together: dict[tuple[str, ...], list[R]] = {}
    for row, names in rows:
        together.setdefault(tuple(names), []).append(row)
    database = connections[DEFAULT_DB_ALIAS]  # the proxy would be asked for each value
    quoted = database.ops.quote_name
    for names, alike in together.items():
        if not names:
            continue
        fields = [column(model, name) for name in (*names, model._meta.pk.name)]
        *to_set, key = [f"{quoted(field.column or field.attname)} = %s" for field in fields]
        statement = f"UPDATE {quoted(model._meta.db_table)} SET {', '.join(to_set)} WHERE {key}"  # noqa: S608 - our names
        values = [
            [field.get_db_prep_save(getattr(row, field.attname), database) for field in fields]
            for row in alike
        ]
        with database.cursor() as cursor:
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
    """Insert new rows with all their values, without setting their primary keys."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    for field in fields:
        if isinstance(field, models.ForeignKey):
            _follow(field, rows)
    columns = [[field.pre_save(row, add=True) for row in rows] for field in fields]
    _insert(model, fields, columns)


def insert_records(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert new rows with a uid, and set their primary keys."""
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
    database = connections[DEFAULT_DB_ALIAS]  # the proxy would be asked for each value
    quoted = database.ops.quote_name
    names = ", ".join(quoted(field.column or field.attname) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({places}){ending}"  # noqa: S608 - our names
    stored = (
        _stored(field, values, database) for field, values in zip(fields, columns, strict=True)
    )
    with database.cursor() as cursor:
        cursor.executemany(statement, list(zip(*stored, strict=True)))


def _stored(
    field: models.Field, values: Sequence[Any], database: BaseDatabaseWrapper
) -> Iterator[Any]:
    """The values as the database stores them. A value of a type in `_STORED_AS_IS` needs no
    conversion; the same value several times in succession, which is frequent, needs one."""
    as_is = _STORED_AS_IS.get(type(field))
    last, stored = object(), None
    for value in values:
        if type(value) is as_is:
            yield value
            continue
        if value is not last and (value or last or type(value) is not type(last)):
            last, stored = value, field.get_db_prep_save(value, database)
        yield stored
