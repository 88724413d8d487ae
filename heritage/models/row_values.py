"""Plain values of rows for the history, read from the database or from an object.

The columns are those that a fixture may carry (`serialize`), with relations as ids. Derived
columns are left out.
"""

from collections.abc import Container, Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import batched

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection, models


def is_carried(field: models.Field) -> bool:
    """Whether a fixture may carry the column, which is not derived then."""
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


_OF_JSON = frozenset({str, int, float, bool, type(None)})


def plain_object(row: models.Model, names: Container[str] | None = None) -> dict:
    """The same of an object that was just saved; of these columns (names or attnames) or all."""
    plain = {}
    for field in recorded_columns(type(row)):
        if names is not None and not (field.name in names or field.attname in names):
            continue
        value = getattr(row, field.attname)
        if hasattr(value, "resolve_expression"):  # the database computes it: `F("order") + 1`
            value = stored_rows(type(row), [row.pk])[row.pk][field.attname]
        elif not isinstance(field, models.FileField):
            try:
                value = field.get_prep_value(value)
            except ValidationError:  # a broken date is stored as it is
                value = str(value)
            if type(value) in _OF_JSON:  # nearly all are
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
    """Give a column a value that `json_value()` has made."""
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
