"""What every stored row has in common: a permanent uid, natural keys, one way to be written."""

import uuid
from collections.abc import Iterable
from contextlib import contextmanager
from itertools import batched

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.models.changes import announce, batch
from heritage.models.conditions import Undecidable, holds

CHUNK = 500  # rows read and written at once


def new_uid() -> str:
    return uuid.uuid4().hex


def chunks[T](values: list[T]) -> list[list[T]]:
    return [list(chunk) for chunk in batched(values, CHUNK)]


class RecordQuerySet(models.QuerySet):
    """Bulk writes derive and announce their rows as single saves do.

    Two things they do not: `update(slug=…)` leaves no former address, and what an `update()` says
    of derived columns beside others gives way to what is derived.
    """

    def get_by_natural_key(self, *key):
        return self.get(**dict(zip(self.model.natural_key_fields, key, strict=True)))

    def _announce(self) -> None:
        model, key = self.model.announced_as()
        announce(model, self.values_list(key, flat=True))

    @contextmanager
    def _announced(self, by: str, values: list):
        """Announce the rows that a write is about, before it and after it.

        Before are those that they belonged to, after it those that they belong to now. Gives the
        rows in pieces.
        """
        pieces = [self.model.objects.filter(**{f"{by}__in": chunk}) for chunk in chunks(values)]
        with batch():
            for rows in pieces:
                rows._announce()
            yield pieces
            for rows in pieces:
                rows._announce()

    def update(self, **values):
        with batch():
            # A join may give a row more than once.
            ids = list(dict.fromkeys(self.values_list("pk", flat=True)))
            return sum(self._update(chunk, values) for chunk in chunks(ids))

    update.alters_data = True

    def _update(self, ids: list[int], values: dict) -> int:
        with self._announced("pk", ids) as [rows]:
            derives = not values.keys() <= set(self.model.derived_fields)
            before = list(rows) if derives and self.model.derived_fields else []
            changed = models.QuerySet.update(self.filter(pk__in=ids), **values)
            after = rows.in_bulk() if before else {}
            for row in before:
                # What it was is remembered by the row: some of what is derived depends on it.
                for name in values:
                    attname = self.model._meta.get_field(name).attname
                    setattr(row, attname, getattr(after[row.pk], attname))
            self._derive(before)
        return changed

    def _derive(self, rows: list["Record"]) -> None:
        for row in rows:
            row.derive()
        if rows:
            models.QuerySet(self.model).bulk_update(rows, self.model.derived_fields, 200)

    def bulk_create(
        self, objs, batch_size=None, ignore_conflicts=False, update_conflicts=False, **options
    ):
        objs = list(objs)
        for obj in objs:
            obj.derive()
        options |= {"ignore_conflicts": ignore_conflicts, "update_conflicts": update_conflicts}
        if not (ignore_conflicts or update_conflicts):
            with batch():
                created = super().bulk_create(objs, batch_size, **options)
                model, key = self.model.announced_as()
                announce(model, [getattr(obj, key) for obj in created])
            return created
        # Django does not tell which of them were there, nor which it has written.
        with self._announced("uid", [obj.uid for obj in objs]) as pieces:
            created = super().bulk_create(objs, batch_size, **options)
            if update_conflicts and self.model.derived_fields:
                for rows in pieces:
                    self._derive(list(rows))
        return created

    bulk_create.alters_data = True

    def bulk_update(self, objs, fields, batch_size=None):
        objs = list(objs)
        for obj in objs:
            obj.derive()
        written = {*fields, *self.model.derived_fields}
        with self._announced("pk", [obj.pk for obj in objs]):
            return models.QuerySet(self.model).bulk_update(objs, written, batch_size)

    bulk_update.alters_data = True

    def delete(self):
        with batch():
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class Record(models.Model):
    """A row with a permanent `uid`: fixtures, undo, merges and imports stand on it.

    `derived_fields` names the columns that follow from the row's own other columns and are
    set by `derive()` on every kind of write; they are never part of a fixture.
    `owner` names the foreign key to the row that this one is a part of, where there is one.
    `constraint_fields` says at which form field the message of a constraint belongs.
    """

    natural_key_fields: tuple[str, ...] = ("uid",)
    derived_fields: tuple[str, ...] = ()
    constraint_fields: dict[str, str] = {}
    owner: str | None = None
    # The stored rows that share a foreign key with this one, and the name of that key: for those
    # who judge many rows of one owner and have them at hand.
    siblings: tuple[str, Iterable["Record"]] = ("", ())

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

    def save(self, *args, update_fields=None, **kwargs) -> None:
        if update_fields is not None:
            update_fields = {*update_fields, *self.derived_fields}
        with batch():
            super().save(*args, update_fields=update_fields, **kwargs)

    @classmethod
    def announced_as(cls) -> tuple[type, str]:
        """As which model, and by which column, a write to this one is announced."""
        if cls.owner is None:
            return cls, "pk"
        field = cls._meta.get_field(cls.owner)
        return field.related_model, field.attname

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        row = super().from_db(db, field_names, values, **kwargs)
        if cls.owner:
            # So that a row which moves is missed where it was.
            row._stored_owner = row.__dict__.get(cls._meta.get_field(cls.owner).attname)
        return row

    def announce(self) -> None:
        """Say that this row was written or deleted."""
        model, key = self.announced_as()
        ids = {getattr(self, key), getattr(self, "_stored_owner", None)}
        announce(model, ids - {None})

    def natural_key(self) -> tuple:
        return (self.uid,)

    def derive(self) -> None:
        """Set the columns named in `derived_fields` from the row's own other columns.

        Called with every write: see touches.connect() for single ones, fixtures included.
        """

    def clean_fields(self, exclude=None) -> None:
        # The database enforces foreign keys and forms look them up: asking once more for
        # each would cost a query a key.
        keys = {f.name for f in self._meta.fields if f.many_to_one or f.one_to_one}
        super().clean_fields(exclude=set(exclude or ()) | keys)
        missing = {
            f.name: ValidationError(f.error_messages["null"], code="null")
            for f in self._meta.fields
            if f.name in keys - set(exclude or ())
            and not f.null
            and getattr(self, f.attname) is None
        }
        if missing:
            raise ValidationError(missing)

    def get_constraints(self):
        # Those that the row plainly keeps need not be put to the database.
        return [
            (model, [constraint for constraint in constraints if not self._keeps(constraint)])
            for model, constraints in super().get_constraints()
        ]

    def _keeps(self, constraint) -> bool:
        if isinstance(constraint, models.UniqueConstraint):
            return self._is_unlike_its_siblings(constraint)
        try:
            return holds(constraint.condition, self) is not False
        except (AttributeError, Undecidable, TypeError):
            return False

    def _is_unlike_its_siblings(self, constraint) -> bool:
        owners, rows = self.siblings
        if constraint.condition or owners not in constraint.fields:
            return False
        names = [self._meta.get_field(name).attname for name in constraint.fields if name != owners]
        mine = [getattr(self, name) for name in names]
        return not any(
            row.pk != self.pk and [getattr(row, name) for name in names] == mine for row in rows
        )

    def validate_constraints(self, exclude=None) -> None:
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as error:
            raise ValidationError(self._at_fields(error, set(exclude or ()))) from error

    def _at_fields(self, error: ValidationError, exclude: set[str]) -> dict:
        """Move a constraint's message to the field that it speaks of."""
        placed: dict[str, list] = {}
        for field, errors in error.error_dict.items():
            for single in errors:
                target = self.constraint_fields.get(single.code, field)
                if target in exclude:
                    target = NON_FIELD_ERRORS
                placed.setdefault(target, []).append(single)
        return placed

    def delete(self, *args, **kwargs):
        with batch():
            return super().delete(*args, **kwargs)


class TreeQuerySet(RecordQuerySet):
    """Rows with a `parent`. Vocabularies are small: one query reads a whole tree."""

    def subtree_ids(self, roots: Iterable[int]) -> set[int]:
        """The ids of `roots` and of everything below them, at any depth."""
        children: dict[int | None, list[int]] = {}
        for pk, parent in self.model.objects.values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(pk)
        found, todo = set(), list(roots)
        while todo:
            pk = todo.pop()
            if pk not in found:
                found.add(pk)
                todo.extend(children.get(pk, ()))
        return found


def refuse_cycle(start: int | None, above: Iterable[int], parents_of, field: str) -> None:
    """Raise a ValidationError at `field` if `start` is found by climbing from `above`.

    `parents_of(ids)` gives the ids one step up: one query a level, at any depth.
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

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    objects = TreeQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.parent_id:
            refuse_cycle(self.pk, [self.parent_id], self._parents_of, "parent")

    @classmethod
    def _parents_of(cls, ids):
        return cls.objects.filter(pk__in=ids, parent__isnull=False).values_list(
            "parent_id", flat=True
        )

    def ancestors(self) -> list:
        """From the broadest term down to this one's parent."""
        chain, node = [], self.parent
        while node is not None and node not in chain:
            chain.append(node)
            node = node.parent
        return chain[::-1]
