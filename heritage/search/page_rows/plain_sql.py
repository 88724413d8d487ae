"""Rows of one table by keys, in plain SQL and in the order of their model.

Pages read a few rows by their keys from a dozen tables. Django takes several times as long to put
such a statement together as the database takes to answer it, so it is written here; how its columns
become attributes is determined once for each model.

A `Meta.ordering` may begin with columns of related models, such as the rank of an entry's register.
Rows are sorted by these afterwards, when the related objects are loaded: see `sort_by_relations()`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Model, OrderBy
from django.db.models.expressions import Col

from heritage.models import Image, Rendition, Source, Term
from heritage.search.index.snapshot import Vocabulary
from heritage.search.store import read_connection
from heritage.server.caches import CacheKey


def rows_by_key[T: Model](
    model: type[T],
    key: str,
    values: Iterable[Any],
    columns: Iterable[str] = ("*",),
    *,
    in_order: bool = False,
) -> list[T]:
    """The rows whose column `key` has one of the values. Without values there is no query.

    `key` and `columns` are names of columns, and go into the SQL as they are. By default all
    columns are read; others than those given are deferred. With `in_order`, rows are in the order
    of the model's own columns in `Meta.ordering`.
    """
    values = list(values)
    if not values:
        return []
    sql = _select(model, key, values, columns)
    if in_order and (order := own_order(model)):
        sql += f" ORDER BY {order}"
    database = connections[router.db_for_read(model)]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
        read = _attributes(model, tuple([column[0] for column in cursor.description]))
    return _instances(model, found, read, database)


def rows_with(
    model: type[Model], key: str, value: Any, joins: str, *others: type[Model]
) -> list[tuple[Any, ...]]:
    """The rows of `model` with a value, in order, each in a tuple with its row in each other model,
    or None; one query.

    `joins` is the SQL that joins the other tables.
    """
    table = model._meta.db_table
    tables = f"{table} {joins} WHERE {table}.{key} = %s ORDER BY {own_order(model)}"
    return list(zip(*_joined((model, *others), tables, [value]), strict=True))


def rows_of_tables(
    models: Sequence[type[Model]], key: str, values: Iterable[Any]
) -> dict[type[Model], list[Any]]:
    """For several models, the rows whose column `key` has one of the values, in order: one query.

    Each row of the answer has the columns of all tables, and values in those of one.
    """
    values = list(values)
    if not (values and models):
        return {model: [] for model in models}
    numbers = " UNION ALL ".join(f"SELECT {number} AS number" for number in range(len(models)))
    joined, places = [f"({numbers}) each"], ", ".join(["%s"] * len(values))
    for number, table in enumerate(model._meta.db_table for model in models):
        joined.append(f"{table} ON each.number = {number} AND {table}.{key} IN ({places})")
    tables = f"{' LEFT JOIN '.join(joined)} ORDER BY {', '.join(map(own_order, models))}"
    found = zip(models, _joined(tuple(models), tables, values * len(models)), strict=True)
    return {model: [row for row in rows if row is not None] for model, rows in found}


def _joined(models: tuple[type[Model], ...], tables: str, values: list[Any]) -> list[list[Any]]:
    """The rows of joined tables: for each model, a list with an instance or None for each row."""
    database, found_of, start = connections[router.db_for_read(models[0])], [], 0
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(_names, models))} FROM {tables}", values)  # noqa: S608 - our names
        found = cursor.fetchall()
    for model in models:
        columns = _columns(model)
        rows = [row[start : start + len(columns)] for row in found]
        start += len(columns)
        # The first column is the primary key.
        read, there = _attributes(model, columns), [row for row in rows if row[0] is not None]
        made = iter(_instances(model, there, read, database))
        found_of.append([None if row[0] is None else next(made) for row in rows])
    return found_of


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple([str(field.column) for field in model._meta.concrete_fields])


@cache
def _names(model: type[Model]) -> str:
    return ", ".join(_name(model, column) for column in _columns(model))


def _name(model: type[Model], column: str) -> str:
    return f"{model._meta.db_table}.{connection.ops.quote_name(column)}"


def values_by_key(
    model: type[Model], key: str, values: Iterable[Any], columns: Iterable[str]
) -> list[tuple]:
    """Columns of the rows that `rows_by_key()` finds, as tuples without conversion: takes a third
    of its time."""
    values = list(values)
    if not values:
        return []
    with read_connection().cursor() as cursor:
        cursor.execute(_select(model, key, values, columns), values)
        return cursor.fetchall()


def _select(model: type[Model], key: str, values: list[Any], columns: Iterable[str]) -> str:
    names, places = ", ".join(columns), ", ".join(["%s"] * len(values))
    return f"SELECT {names} FROM {model._meta.db_table} WHERE {key} IN ({places})"  # noqa: S608 - our names


class _Attributes(NamedTuple):
    """The attributes of an instance that a statement gives, in the order of the fields."""

    names: list[str]
    places: list[int]  # of their columns in a row
    converters: list[tuple[int, Col, list[Callable[..., Any]]]]  # of those that need any


@cache
def _attributes(model: type[Model], columns: tuple[str, ...]) -> _Attributes:
    """How columns become attributes. Columns that the model does not have are ignored: during an
    upgrade the table may be of a later release."""
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    converters = []
    for at, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        of_database = connection.ops.get_db_converters(column)
        if found := [*of_database, *column.get_db_converters(connection)]:
            converters.append((at, column, found))
    places = [columns.index(field.column) for field in fields]
    return _Attributes([field.attname for field in fields], places, converters)


def _instances[T: Model](
    model: type[T], rows: list[tuple], read: _Attributes, database: BaseDatabaseWrapper
) -> list[T]:
    found = []
    for row in rows:
        values = [row[place] for place in read.places]
        for at, column, converters in read.converters:
            for convert in converters:
                values[at] = convert(values[at], column, database)
        found.append(model.from_db(database.alias, read.names, values))
    return found


def add_renditions(images: Collection[Image]) -> None:
    """Set `renditions` of each picture, the narrowest first: one query for all."""
    found: dict[str, list[Rendition]] = defaultdict(list)
    sources = {image.source for image in images if image.sha256}
    for row in rows_by_key(Rendition, "source", sources, in_order=True):
        found[row.source].append(row)
    for image in images:
        image.renditions = found.get(image.source, [])


_SOURCES: CacheKey[dict[int, Source]] = CacheKey("sources")
_MOST_SOURCES = 5000  # of 2 kB


def sources_by_id(ids: Iterable[int | None], vocabulary: Vocabulary) -> dict[int, Source]:
    """Sources with their licences, by id; cached with the vocabularies, which are read again after
    each write of a source."""
    wanted, read = {pk for pk in ids if pk is not None}, vocabulary.cache.get_or_set(_SOURCES, dict)
    found = {pk: source for pk in wanted if (source := read.get(pk))}
    for source in rows_by_key(Source, "id", wanted - found.keys()):
        source.licence = vocabulary.licences.get(source.licence_id or 0)
        found[source.pk] = source
    if len(read) > _MOST_SOURCES:
        read.clear()
    read.update(found)
    return found


def add_sources(term: Term, vocabulary: Vocabulary) -> None:
    """Set the sources of a term."""
    wanted = {name: getattr(term, f"{name}_id") for name in _names_of_sources(type(term))}
    found = sources_by_id(wanted.values(), vocabulary)
    for name, pk in wanted.items():
        if pk in found:
            setattr(term, name, found[pk])


@cache
def _names_of_sources(model: type[Model]) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    return tuple(field.name for field in fields if field.related_model is Source)


# --- Order ---------------------------------------------------------------------------------------


class _SortKey(NamedTuple):
    path: str  # of an attribute; with dots through relations
    column: str  # empty through relations
    nulls_first: bool | None  # None: it is never null


@cache
def _sort_keys(model: type[Model]) -> tuple[_SortKey, ...]:
    """The keys of `Meta.ordering`, all ascending; null comes first unless the ordering says
    otherwise."""
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
def own_order(model: type[Model]) -> str:
    """The model's own columns in its ordering, as SQL; empty if there is none."""
    nulls = {None: "", True: " NULLS FIRST", False: " NULLS LAST"}
    own = [key for key in _sort_keys(model) if key.column]
    return ", ".join(f"{_name(model, key.column)}{nulls[key.nulls_first]}" for key in own)


@cache
def sort_columns(model: type[Model]) -> tuple[str, ...]:
    """The model's own order as columns for `values_by_key()`: sorting their values in Python gives
    the order of `own_order()`."""
    columns = []
    for key in _sort_keys(model):
        if key.column and key.nulls_first is not None:
            columns.append(f"{key.column} IS {'NOT ' if key.nulls_first else ''}NULL")
        columns += [key.column] if key.column else []
    return tuple(columns)


def in_order[T: Model](model: type[T], rows: Iterable[T]) -> list[T]:
    """Rows in the order that `own_order` gives them."""
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
