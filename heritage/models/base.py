"""Base classes of all records and of the rows of their relations.

Records have a permanent uid and natural keys; all writes are tracked.
"""

import copy
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import batched
from typing import Any, ClassVar, NoReturn, Self, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Model, Q
from django.db.models.base import ModelBase
from django.db.models.fields import NOT_PROVIDED
from django.utils.translation import gettext_lazy as _

from heritage.models import row_values
from heritage.models.fields import new_uid
from heritage.models.row_values import (
    column,
    insert_records,
    linked_ids,
    plain_object,
    plain_row,
    relation,
    stored_rows,
    update_columns,
)
from heritage.models.tracked import TrackedModel
from heritage.models.unit_of_work import UnitOfWork, unit_of_work

CHUNK = 500  # rows read and written at once
_MANY = 50  # rows, of which Django's statement takes twice as long as tuples


def chunks[T](values: list[T]) -> list[list[T]]:
    return [list(chunk) for chunk in batched(values, CHUNK)]


def marked[F: Callable[..., Any]](**marks: bool) -> Callable[[F], F]:
    """Mark a method of a queryset by attributes that Django reads: as one that alters data, or as
    one that managers do not have.

    Django itself marks overrides of its own methods that alter data.
    """

    def mark(method: F) -> F:
        for name, value in marks.items():
            setattr(method, name, value)
        return method

    return mark


class RecordQuerySet[M: "Record"](models.QuerySet[M]):
    """Bulk writes follow the same steps as single saves, see `services.write_path`."""

    def get_by_natural_key(self, *key: str) -> M:
        return self.get(**dict(zip(self.model.natural_key_fields, key, strict=True)))

    def update(self, **values: Any) -> int:
        with unit_of_work() as unit:
            unit.prepare_write(self.model)
            # A join may give a row more than once.
            ids = list(dict.fromkeys(self.values_list("pk", flat=True)))
            return sum(self._update_rows(unit, chunk, values) for chunk in chunks(ids))

    def _update_rows(self, unit: UnitOfWork, ids: list[int], values: dict[str, Any]) -> int:
        stored = stored_rows(self.model, ids)
        changed = models.QuerySet.update(self.filter(pk__in=ids), **values)
        derived = self.model.derived_fields
        if derived and not values.keys() <= set(derived):
            derive_stored(self.model, ids, stored, unit.user_id, values)
        after = stored_rows(self.model, ids)
        saved = {pk: plain_row(self.model, row) for pk, row in after.items()}
        unit.rows_saved(self.model, stored, saved)
        if values.keys() <= set(derived):  # which no history tells, and the index may hold
            unit.mark_changed(self.model, [pk for pk, row in after.items() if row != stored[pk]])
        return changed

    def bulk_create(
        self,
        objs: Iterable[M],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[M]:
        objs = list(objs)
        if not (ignore_conflicts or update_conflicts):
            with unit_of_work() as unit:
                unit.prepare_write(self.model)
                computed = [obj for obj in objs if obj.derive_before(None, unit.user_id)]
                if len(objs) < _MANY or computed or any(obj.pk for obj in objs):
                    created = super().bulk_create(objs, batch_size)
                else:
                    for chunk in chunks(objs):
                        insert_records(self.model, chunk)
                    created = objs
                if computed:
                    derive_stored(self.model, [obj.pk for obj in computed], {}, unit.user_id)
                unit.rows_saved(self.model, {}, {obj.pk: plain_object(obj) for obj in created})
            return created
        if update_conflicts and list(unique_fields or ()) != ["uid"]:
            raise ValueError("Rows that are there already are known by their uid alone.")
        with unit_of_work() as unit:
            unit.prepare_write(self.model)
            # Django does not tell which of them were there, nor which it has written.
            same = untracked(self.model).filter(uid__in=[obj.uid for obj in objs])
            stored = stored_rows(self.model, same.values_list("pk", flat=True))
            for obj in objs:
                obj.derive_before(None, unit.user_id)
            created = super().bulk_create(
                objs,
                batch_size,
                ignore_conflicts=ignore_conflicts,
                update_conflicts=update_conflicts,
                update_fields=update_fields,
                unique_fields=unique_fields,
            )
            rows = {row.pk: row for row in same.all()}
            if update_conflicts and self.model.derived_fields:
                for pk, row in rows.items():
                    row.derive(stored.get(pk), unit.user_id)
                untracked(self.model).bulk_update(rows.values(), self.model.derived_fields, 200)
            saved = {pk: plain_object(row) for pk, row in rows.items()}
            unit.rows_saved(self.model, stored, saved)
        return created

    def bulk_update(
        self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        objs = list(objs)
        with unit_of_work() as unit:
            unit.prepare_write(self.model)
            changed = 0
            for rows in chunks(objs):
                ids = [obj.pk for obj in rows]
                stored = stored_rows(self.model, ids)
                computed = [
                    obj.pk
                    for obj in rows
                    if obj.pk in stored and obj.derive_before(stored[obj.pk], unit.user_id, fields)
                ]
                written = {*fields, *self.model.derived_fields}
                changed += untracked(self.model).bulk_update(rows, written, batch_size)
                if computed:
                    derive_stored(self.model, computed, stored, unit.user_id, fields)
                # Read again: a value may have been an expression.
                after = stored_rows(self.model, ids)
                saved = {pk: plain_row(self.model, row) for pk, row in after.items()}
                unit.rows_saved(self.model, stored, saved)
        return changed

    @marked(alters_data=True)
    def bulk_add(self, relation: str, pairs: Iterable[tuple[int, int]]) -> None:
        """Add many rows to a many-to-many relation: pairs of (id, id of the other)."""
        field = row_values.relation(self.model, relation)
        near, far = field.m2m_column_name(), field.m2m_reverse_name()
        rows: Any = field.remote_field.through
        created = [rows(**{near: pk, far: other}) for pk, other in dict.fromkeys(pairs)]
        with unit_of_work():
            for chunk in batched(created, CHUNK):
                rows.objects.bulk_create(chunk, ignore_conflicts=True)

    @marked(alters_data=True)
    def bulk_remove(self, relation: str, other: int, ids: Iterable[int]) -> None:
        """Remove one related row from many rows of a many-to-many relation."""
        field = row_values.relation(self.model, relation)
        near, far = field.m2m_column_name(), field.m2m_reverse_name()
        through: Any = field.remote_field.through
        with unit_of_work():
            for chunk in chunks(list(dict.fromkeys(ids))):
                through.objects.filter(**{far: other, f"{near}__in": chunk}).delete()

    @marked(queryset_only=True)
    def delete(self) -> tuple[int, dict[str, int]]:
        with unit_of_work():
            return super().delete()


def untracked[R: models.Model](model: type[R]) -> models.QuerySet[R]:
    """A plain queryset that bypasses the write path, for derived columns."""
    return models.QuerySet(model)


def derive_stored[R: "Record"](
    model: type[R],
    ids: Iterable[int],
    stored: Mapping[int, dict],
    user_id: int | None,
    written: Iterable[str] = (),
) -> dict[int, R]:
    """Derive the columns of rows again from what the database holds now; returns the rows by id.

    `stored` has the rows as they were before the write, `written` names the columns of the write:
    one that is empty but must not be is derived, too.
    """
    names = dict.fromkeys((*model.derived_fields, *written))
    fields = [column(model, name) for name in names]
    rows, changed = untracked(model).in_bulk(list(ids)), []
    for pk, row in rows.items():
        before = [getattr(row, field.attname) for field in fields]
        row.derive(stored.get(pk), user_id)
        both = zip(fields, before, strict=True)
        changed.append((row, [f.name for f, old in both if getattr(row, f.attname) != old]))
    update_columns(model, changed)
    return rows


class Record(TrackedModel):
    """A row with a permanent `uid`, by which fixtures, undo, merges and imports identify it.

    `derive()` sets the columns named in `derived_fields`. `constraint_fields` says at which form
    field the message of a constraint is shown.
    """

    natural_key_fields: tuple[str, ...] = ("uid",)
    constraint_fields: dict[str, str] = {}
    # What a form knows, and Django would ask the database for. The stored rows that share a foreign
    # key with this one, and the name of that key: a query less for each row of a form, 10 instead
    # of 18 for a site with eight names and eight events.
    siblings: tuple[str, Iterable["Record"]] = ("", ())
    # The columns that are as they are stored: no query whether a slug or a uid is free.
    unchanged: Iterable[str] = ()

    uid = models.CharField(
        _("uid"),
        max_length=80,
        unique=True,
        default=new_uid,
        editable=False,
        validators=[RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z")],
        help_text=_("Permanent: never changed and never used again."),
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        # By this manager Django moves rows to another owner (`site.names.add(name)`), and empties
        # the foreign keys to a deleted row.
        base_manager_name = "objects"

    def save(
        self,
        *,
        update_fields: Iterable[str] | None = None,
        force_insert: bool | tuple[ModelBase, ...] = False,
        **options: Any,
    ) -> None:
        deferred = self.get_deferred_fields()
        if update_fields is None and deferred and not force_insert and not self._state.adding:
            # As Django does, which would leave the derived ones out.
            columns = {field.attname for field in self._meta.concrete_fields}
            update_fields = columns - deferred - {self._meta.pk.attname}
        if update_fields:
            update_fields = {*update_fields, *self.derived_fields}
        with unit_of_work():
            super().save(update_fields=update_fields, force_insert=force_insert, **options)

    def natural_key(self) -> tuple:
        return (self.uid,)

    def derive(self, stored: dict | None = None, user_id: int | None = None) -> None:
        """Set the columns named in `derived_fields` from the row's own other columns.

        Called before every write. `stored` has the columns as they are in the database, `user_id`
        is the id of the user who writes.
        """

    def derive_before(
        self, stored: dict | None, user_id: int | None, written: Iterable[str] | None = None
    ) -> bool:
        """Derive columns before a write of all columns, or of those in `written` while the others
        keep their stored values.

        Returns whether the database computes a value that is written. Then the columns are to be
        derived again from the row that it has stored.
        """
        fields = self._meta.concrete_fields
        # What the database computes when it is written, as `F("order") + 1`.
        computed = {
            field
            for field in fields
            if type(value := self.__dict__.get(field.attname)) not in row_values.PLAIN
            and hasattr(value, "resolve_expression")
        }
        beside = set(computed)
        if written is not None:
            names = {*written, *self.derived_fields}
            beside.update(field for field in fields if not {field.name, field.attname} & names)
            computed -= {field for field in fields if not {field.name, field.attname} & names}
        if not beside:
            self.derive(stored, user_id)
            return False
        row = copy.copy(self)
        for field in fields:
            # What is deferred would be asked for column by column.
            if field in beside or field.attname not in row.__dict__:
                value = stored[field.attname] if stored else field.get_default()
                row.__dict__[field.attname] = value
        row.derive(stored, user_id)
        for field in fields:
            value = row.__dict__[field.attname]
            if field not in beside and value is not self.__dict__.get(field.attname, NOT_PROVIDED):
                setattr(self, field.attname, value)
        return bool(computed)

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        return row

    @classmethod
    def after_save(cls, before: dict[int, dict], after: dict[int, dict]) -> None:
        pass

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        # The database enforces foreign keys and forms look them up: asking once more for
        # each would cost a query a key.
        keys, excluded = _foreign_keys(type(self)), set(exclude or ())
        super().clean_fields(exclude=excluded.union(keys))
        missing = {
            name: ValidationError(field.error_messages["null"], code="null")
            for name, field in keys.items()
            if not field.null and name not in excluded and getattr(self, field.attname) is None
        }
        if missing:
            raise ValidationError(missing)

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        stored = {field.name for field in self._meta.fields if field.unique} & set(self.unchanged)
        super().validate_unique(exclude={*(exclude or ()), *stored})

    def get_constraints(
        self,
    ) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        # Those that the row certainly satisfies need not be put to the database.
        return [
            (model, [constraint for constraint in constraints if not self._satisfies(constraint)])
            for model, constraints in super().get_constraints()
        ]

    def _satisfies(self, constraint: models.BaseConstraint) -> bool:
        if isinstance(constraint, models.UniqueConstraint):
            return self._is_unlike_its_siblings(constraint)
        condition = getattr(constraint, "condition", None)
        if not isinstance(condition, models.Q):
            return False
        try:
            return evaluate(condition, self) is not False
        except (AttributeError, Undecidable, TypeError):
            return False

    def _is_unlike_its_siblings(self, constraint: models.UniqueConstraint) -> bool:
        owners, rows = self.siblings
        if constraint.condition or owners not in constraint.fields:
            return False
        names = [column(type(self), name).attname for name in constraint.fields if name != owners]
        mine = [getattr(self, name) for name in names]
        return not any(
            row.pk != self.pk and [getattr(row, name) for name in names] == mine for row in rows
        )

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as error:
            raise ValidationError(self._at_fields(error, set(exclude or ()))) from error

    def _at_fields(self, error: ValidationError, exclude: set[str]) -> dict:
        """Move the message of a constraint to the field that it is about."""
        placed: dict[str, list] = {}
        for field, errors in error.error_dict.items():
            for single in errors:
                target = self.constraint_fields.get(single.code or "", field)
                if target in exclude:
                    target = NON_FIELD_ERRORS
                placed.setdefault(target, []).append(single)
        return placed

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with unit_of_work():
            return super().delete(*args, **kwargs)


@cache
def _foreign_keys(model: type[Record]) -> dict[str, models.Field]:
    return {f.name: f for f in model._meta.fields if f.many_to_one or f.one_to_one}


class TreeQuerySet[T: "TreeRecord"](RecordQuerySet[T]):
    """Rows with a `parent`. Vocabularies are small: one query reads a whole tree."""

    def parents(self) -> dict[int, int | None]:
        """The id of each row's parent, by the row's own."""
        return dict(self.values_list("pk", "parent_id"))

    def subtree_ids(self, roots: Iterable[int]) -> set[int]:
        """The ids of `roots` and of everything below them, at any depth."""
        children: dict[int | None, list[int]] = {}
        for pk, parent in self.model.objects.parents().items():
            children.setdefault(parent, []).append(pk)
        found, todo = set(), list(roots)
        while todo:
            pk = todo.pop()
            if pk not in found:
                found.add(pk)
                todo.extend(children.get(pk, ()))
        return found


def refuse_cycle(
    start: int | None,
    above: Iterable[int],
    parents_of: Callable[[Iterable[int]], Iterable[int]],
    field: str,
) -> None:
    """Raise a ValidationError at `field` if `start` is reached by going up from `above`.

    `parents_of(ids)` gives the ids one step up; one query for each level.
    """
    level = set(above)
    seen: set[int] = set()
    while level:
        if start is not None and start in level:
            raise ValidationError(
                {field: _("This would make a circle: a thing cannot lie within itself.")},
                code="cycle",
            )
        seen |= level
        level = set(parents_of(level)) - seen


class TreeRecord(Record):
    """A term with one broader term."""

    parent: "models.ForeignKey[Self | None, Self | None]" = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    parent_id: int | None
    objects: ClassVar = TreeQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.parent_id:
            refuse_cycle(self.pk, [self.parent_id], self._parents_of, "parent")

    @classmethod
    def _parents_of(cls, ids: Iterable[int]) -> Iterable[int]:
        parents = cls.objects.filter(pk__in=ids).parents().values()
        return [parent for parent in parents if parent is not None]

    def ancestors(self) -> list[Self]:
        """The broader terms, from the broadest to the parent of this one."""
        chain: list[Self] = []
        node = self.parent
        while node is not None and node not in chain:
            chain.append(node)
            node = node.parent
        return chain[::-1]


# --- check constraints, evaluated in Python --------------------------------------------------

# Django puts each constraint of each row to the database. A form of a site with eight names and
# eight events, saved without a change, takes 10 queries with this and 67 without; one with a new
# event of two eras 33 and 46. What cannot be evaluated here is put to the database, which checks
# each write in any case.

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "range": lambda value, ends: ends[0] <= value <= ends[1],
}


class Undecidable(Exception):
    """The condition contains something that only the database can evaluate."""


def evaluate(condition: Q, row: Model) -> bool | None:
    """Whether a row satisfies a condition; None for SQL's "unknown", which a check accepts."""
    found = [
        evaluate(child, row) if isinstance(child, Q) else _compare(row, child)
        for child in condition.children
    ]
    if condition.connector == Q.AND:
        result = False if False in found else None if None in found else True
    elif condition.connector == Q.OR:
        result = True if True in found else None if None in found else False
    else:
        raise Undecidable(condition.connector)
    return not result if condition.negated and result is not None else result


def _compare(row: Model, child: object) -> bool | None:
    if not isinstance(child, tuple):
        raise Undecidable(child)
    lookup, value = child
    name, _joint, comparison = lookup.partition("__")
    left = _value(row, name)
    if comparison == "isnull":
        return (left is None) == value
    if isinstance(value, F):
        value = _value(row, value.name)  # type: ignore[attr-defined]  # which django-stubs lacks
    elif hasattr(value, "resolve_expression"):
        raise Undecidable(lookup)
    compare = _COMPARE.get(comparison or "exact")
    if compare is None:
        raise Undecidable(lookup)
    return None if left is None or value is None else compare(left, value)


def _value(row: Model, name: str) -> Any:
    return getattr(row, column(type(row), name).attname)


# --- rows of many-to-many relations ------------------------------------------------------------


class RelationRowQuerySet[T: "RelationRow"](models.QuerySet[T]):
    """Adds and removes rows, and records it in the history of the record that has the relation.

    Django's own `add()`, `remove()`, `set()` and `clear()` use it.
    """

    def bulk_create(self, objs: Iterable[T], *args: Any, **options: Any) -> list[T]:
        objs = list(objs)
        field = self.model.relation()
        near, far = self.model.owner_column, field.m2m_reverse_name()
        with unit_of_work() as unit:
            unit.prepare_write(cast("type[Record]", field.model))
            before: dict[int, list[int]] = {getattr(obj, near): [] for obj in objs}
            before |= linked_ids(field, [pk for pk in before if unit.may_be_linked(field, pk)])
            created = super().bulk_create(objs, *args, **options)
            after = {pk: {*ids} for pk, ids in before.items()}
            for obj in objs:
                after[getattr(obj, near)].add(getattr(obj, far))
            unit.relation_changed(field, before, {pk: sorted(ids) for pk, ids in after.items()})
        return created

    def update(self, **values: Any) -> NoReturn:
        """Not supported, nor is `bulk_update()`: rows of a relation can only be added and
        removed."""
        raise TypeError(self.model.refusal())

    def delete(self) -> tuple[int, dict[str, int]]:
        with self.model.tracked(self.values_list(self.model.owner_column, flat=True)):
            return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django marks its own


class RelationRow(models.Model):
    """A row of a many-to-many relation.

    `owner_column` is the key to the record that has the relation. `auto_created` says that a row
    has nothing but its two keys, as those that Django makes by itself: so its admin and its
    fixtures show and carry the relation, and there is no model to migrate.
    """

    relation_name: ClassVar[str]
    owner_column: ClassVar[str] = "site_id"

    objects = RelationRowQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError(self.refusal())
        with self.tracked([getattr(self, self.owner_column)]):
            super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        with self.tracked([getattr(self, self.owner_column)]):
            return super().delete(*args, **options)

    @classmethod
    def relation(cls) -> models.ManyToManyField:
        """The many-to-many field to which the rows belong."""
        key: Any = cls._meta.get_field(cls.owner_column.removesuffix("_id"))
        return relation(key.related_model, cls.relation_name)

    @classmethod
    def refusal(cls) -> str:
        model, name = cls.relation().model.__name__, cls.relation_name
        return (
            f"Rows of the relation “{name}” are not changed: use its add(), remove() and set(), or "
            f"{model}.objects.bulk_add() and bulk_remove()."
        )

    @classmethod
    @contextmanager
    def tracked(cls, ids: Iterable[int]) -> Iterator[None]:
        """Record what the block changes in the relation of these records, given by id."""
        field = cls.relation()
        with unit_of_work() as unit:
            unit.prepare_write(cast("type[Record]", field.model))
            before = linked_ids(field, ids)
            yield
            unit.relation_changed(field, before, linked_ids(field, before))
