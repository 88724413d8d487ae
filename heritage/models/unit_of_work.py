"""The unit of work: one transaction, one change set, one refresh of derived columns.

`change_set()` groups several writes and says who makes them and why. A single save outside of
one is a change set by itself. The managers of records call `unit_of_work()`.
`services.write_path` describes every step of a write.

The change log (`IndexChange`) tells processes that hold an index which sites units have written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, NamedTuple, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.dispatch import Signal

from heritage.models.fields import new_uid
from heritage.models.history import Change, ChangeSet
from heritage.models.row_values import column, insert_rows, plain_row, stored_rows
from heritage.models.tracked import TrackedModel
from heritage.models.users import User

# Sent once, before rows of a model (the sender) that the search index follows are written.
indexed_rows_are_to_be_written = Signal()
# Sent once at the end, within the transaction; `unit` is the unit of work.
unit_ends = Signal()


@dataclass(slots=True)
class NewChange:
    """A change before it is stored: the columns of `Change`, and its id once it is stored."""

    model_id: int
    object_id: int
    owner_model_id: int
    owner_id: int
    former_owner_id: int | None
    before: dict | None
    after: dict | None
    pk: int | None = None


_COLUMNS = tuple(each.name for each in fields(NewChange) if each.name != "pk")
_MOST = 5_000  # changes held in memory until the end, unless all or nothing is to be entered


type Row = tuple[type[TrackedModel], int]  # its model and id


class Written(NamedTuple):
    """A row that was written: its model, and the record that it belongs to."""

    model: type[TrackedModel]
    owner_model: type[TrackedModel]
    owner_id: int


@cache
def owner_model(model: type[TrackedModel]) -> type[TrackedModel]:
    """The model of the record that rows of a model belong to; the model itself if its rows have no
    owner."""
    if not model.owner:
        return model
    return cast("type[TrackedModel]", column(model, model.owner).related_model)


class UnitOfWork:
    def __init__(self, change_set: ChangeSet | None, all_or_nothing: bool = False):
        self.is_named = change_set is not None  # somebody has called change_set()
        # It goes on with a change set of earlier transactions, whose changes are not its own.
        self.continues = change_set is not None and change_set.pk is not None
        self._earlier = 0  # the last of these
        self.all_or_nothing = all_or_nothing
        self.change_set = change_set or ChangeSet()
        # What others derive from: the ids of written records, by model.
        self.changed: dict[type[TrackedModel], set[int]] = defaultdict(set)
        # The rows that no savepoint can roll back: none was open when they were saved.
        self.saved: dict[type[TrackedModel], set[int]] = defaultdict(set)
        self.created: dict[type[TrackedModel], set[int]] = defaultdict(set)
        self.deleted: dict[type[TrackedModel], set[int]] = defaultdict(set)
        # Rows are copied from another database: what follows from them may come with them.
        self.copies = False
        # Columns and relations that were written, those rolled back to a savepoint included.
        self.written_columns: dict[type[TrackedModel], set[str]] = defaultdict(set)
        # What readers see differently: by the written row, the site, entry or term that shows it,
        # with the columns that differ.
        self.shown: dict[Written, dict[Row, set[str]]] = defaultdict(dict)
        # What was computed before the lock was taken, see `services.denormalized.Prepared`.
        self.prepared: Any = None
        self._savepoints = connection.savepoint_state
        self._is_locked = False
        self._gathered: list[NewChange] = []  # to be entered at the end
        self._linked: dict[models.ManyToManyField, set[int]] = defaultdict(set)
        self._written: set[Written] = set()
        self._deletion: tuple[object, dict] | None = None
        self._stored: dict[Row, dict] = {}
        self._type_ids: dict[type[TrackedModel], int] = {}
        self._entered: tuple | None = None  # what the stored change set says
        if self.continues:
            self._entered = self._stored_values()
            latest = self.change_set.changes.order_by("-pk").values_list("pk", flat=True)
            self._earlier = latest.first() or 0
        elif self.is_named:
            self._enter_change_set()

    @property
    def user_id(self) -> int | None:
        return self.change_set.user_id

    @property
    def has_savepoints(self) -> bool:
        """Whether any savepoint was opened in it so far: some of it may have been rolled back."""
        return connection.savepoint_state != self._savepoints

    def new(self, model: type[TrackedModel]) -> set[int]:
        """Ids of rows that were created in this unit; whatever refers to them was written in it,
        too."""
        return set() if self.copies else self.created[model]

    def may_be_linked(self, field: models.ManyToManyField, pk: int) -> bool:
        """Whether a row may have rows of a relation: it is not new, or such rows were written."""
        model = cast("type[TrackedModel]", field.model)
        return pk not in self.new(model) or pk in self._linked[field]

    def prepare_write(self, model: type[TrackedModel]) -> None:
        """Announce that rows of a model are about to be read in order to be written."""
        if model.describes_sites and not self._is_locked:
            indexed_rows_are_to_be_written.send(sender=model)
            # A lock that is taken within a savepoint is lost with it.
            self._is_locked = not self.has_savepoints

    def mark_changed(self, model: type[TrackedModel], ids: Iterable[int | None]) -> None:
        """Announce that data derived from these rows may be out of date."""
        self.changed[model].update(pk for pk in ids if pk is not None)

    def lock_row(self, model: type[TrackedModel], pk: int) -> dict | None:
        """The stored row, locked to the end of the transaction; None if it does not exist.

        `stored_row()` then returns it without reading it again.
        """
        stored = stored_rows(model, [pk]).get(pk)
        if stored is not None:
            self._stored[model, pk] = stored
        return stored

    def stored_row(self, model: type[TrackedModel], pk: int) -> dict | None:
        """The row as it is before it is written: see `row_values.stored_rows`."""
        stored = self._stored.pop((model, pk), None)
        return stored if stored is not None else stored_rows(model, [pk]).get(pk)

    # --- what was written ----------------------------------------------------------------

    def rows_saved(
        self, model: type[TrackedModel], stored: dict[int, dict], saved: dict[int, dict]
    ) -> None:
        """Record that rows were created or changed: `stored` as they were before (`stored_rows`),
        `saved` as they are now."""
        changes = []
        before = {pk: plain_row(model, row) for pk, row in stored.items() if pk in saved}
        for pk, after in saved.items():
            changes += self._change(model, pk, before.get(pk), after)
            self._stored.pop((model, pk), None)
        if not self.has_savepoints:
            self.saved[model].update(saved)
        self.created[model].update(saved.keys() - stored.keys())
        self._enter(changes)
        model.after_save(before, saved)

    def rows_deleted(self, model: type[TrackedModel], plain_rows: dict[int, dict]) -> None:
        """Record that rows are about to be deleted; they are given as plain values, with their
        relations."""
        changes = []
        for pk, before in plain_rows.items():
            changes += self._change(model, pk, before, None)
        self.deleted[model].update(plain_rows)
        self._enter(changes)

    def relation_changed(
        self, field: models.ManyToManyField, before: dict[int, list], after: dict[int, list]
    ) -> None:
        """Record that a many-to-many relation was changed: the related ids by id, before and
        after."""
        model = cast("type[TrackedModel]", field.model)
        self._linked[field].update(before)
        ids = [pk for pk in before if before[pk] != after[pk]]
        owners = dict(zip(ids, ids, strict=True))
        if model.owner and ids:
            rows: models.QuerySet[Any] = models.QuerySet(model).filter(pk__in=ids).order_by()
            owners = dict(rows.values_list("pk", column(model, model.owner).attname))
        changes = [
            self._new_change(
                model, pk, owners[pk], None, {field.name: old}, {field.name: after[pk]}
            )
            for pk, old in before.items()
            if pk in owners
        ]
        if model.describes_sites:
            self.mark_changed(owner_model(model), owners.values())
            for owner in owners.values():
                self._mark_shown(model, owner, owner_model(model), [owner], {field.name})
        self._enter(changes)

    def deleted_by(self, origin: object) -> dict[type[models.Model], set[int]]:
        """The ids that one deletion has deleted so far, by model; `origin` is that of Django's
        signals."""
        if self._deletion is None or self._deletion[0] is not origin:
            self._deletion = (origin, defaultdict(set))
        return self._deletion[1]

    def forget(self) -> None:
        """Discard the changes gathered so far, since the loaded data have a history of their
        own."""
        self._gathered, self._written = [], set()

    def _change(
        self, model: type[TrackedModel], pk: int, before: dict | None, after: dict | None
    ) -> list[NewChange]:
        owner_id, former = pk, None
        if model.owner:
            owners = [row[model.owner] for row in (before, after) if row is not None]
            owner_id = owners[-1]
            former = owners[0] if owners[0] != owner_id else None
        if model.describes_sites:
            self._compare_shown(model, owner_id, before, after)
        if before is not None and after is not None:
            names = [name for name in after if before[name] != after[name]]
            if not names:
                return []
            before, after = ({name: row[name] for name in names} for row in (before, after))
        if model.describes_sites:
            self.mark_changed(owner_model(model), [owner_id, former])
        return [self._new_change(model, pk, owner_id, former, before, after)]

    def _compare_shown(
        self, model: type[TrackedModel], owner_id: int, before: dict | None, after: dict | None
    ) -> None:
        """Mark the sites that show a row if what readers see of it has changed."""
        old, new = ((model.public_values(row) or {}) if row else {} for row in (before, after))
        columns = {name for name in {**old, **new} if old.get(name, ...) != new.get(name, ...)}
        if not columns:
            return
        rows = [row for row in (before, after) if row is not None]
        owners = {row[model.owner] for row in rows} if model.owner else {owner_id}
        self._mark_shown(model, owner_id, owner_model(model), owners, columns)
        for name in model.also_shown_by:
            other = cast("type[TrackedModel]", column(model, name).related_model)
            self._mark_shown(model, owner_id, other, {row[name] for row in rows}, columns)

    def _mark_shown(
        self,
        model: type[TrackedModel],
        owner_id: int,
        by: type[TrackedModel],
        ids: Iterable[int | None],
        columns: set[str],
    ) -> None:
        marked = self.shown[Written(model, owner_model(model), owner_id)]
        for pk in ids:
            if pk is not None:
                marked.setdefault((by, pk), set()).update(columns)

    def _new_change(
        self,
        model: type[TrackedModel],
        pk: int,
        owner_id: int,
        former: int | None,
        before: dict | None,
        after: dict | None,
    ) -> NewChange:
        self._written.add(Written(model, owner_model(model), owner_id))
        self.written_columns[model].update(before or (), after or ())
        return NewChange(
            model_id=self._type_id(model),
            object_id=pk,
            owner_model_id=self._type_id(owner_model(model)),
            owner_id=owner_id,
            former_owner_id=former,
            before=before,
            after=after,
        )

    def _type_id(self, model: type[TrackedModel]) -> int:
        """The id of the content type of a model, which is asked of Django once for each unit."""
        if model not in self._type_ids:
            self._type_ids[model] = ContentType.objects.get_for_model(model).pk
        return self._type_ids[model]

    def _enter(self, changes: list[NewChange]) -> None:
        """Enter changes together at the end; at once, if a savepoint may roll them back."""
        if not self.has_savepoints:
            self._gathered += changes
            if len(self._gathered) >= _MOST and not self.all_or_nothing:
                self._enter_gathered()
        elif changes:
            self._store(changes, with_ids=bool(self._gathered))
            if self._gathered:  # which come before them
                self._gathered += changes

    def _enter_gathered(self) -> None:
        changes, self._gathered = self._gathered, []
        if changes := _without_rolled_back(changes):
            self._store(changes, with_ids=False)

    def _store(self, changes: list[NewChange], with_ids: bool) -> None:
        if self.change_set.pk is None:
            self._enter_change_set()
        rows = [[getattr(change, name) for name in _COLUMNS] for change in changes]
        if not with_ids:
            made = self.change_set.pk
            insert_rows(Change, ("change_set_id", *_COLUMNS), [[made, *row] for row in rows])
            return
        stored = Change.objects.bulk_create(
            [
                Change(change_set=self.change_set, **dict(zip(_COLUMNS, row, strict=True)))
                for row in rows
            ],
            batch_size=500,
        )
        for change, row in zip(changes, stored, strict=True):
            change.pk = row.pk

    def _enter_change_set(self) -> None:
        self.change_set.save(force_insert=True)
        self._entered = self._stored_values()

    def _stored_values(self) -> tuple:
        made = self.change_set
        return made.reason, dict(made.detail), made.user_id

    # --- the end -------------------------------------------------------------------------

    def written(self) -> set[Written]:
        """The rows that were written, without those of rolled-back savepoints."""
        if not (self.is_named and self.has_savepoints):
            return self._written
        rows = Change.objects.filter(change_set=self.change_set, pk__gt=self._earlier).order_by()
        found = rows.values_list("model", "owner_model", "owner_id").distinct()

        def model(pk: int) -> type[TrackedModel]:
            return cast("type[TrackedModel]", ContentType.objects.get_for_id(pk).model_class())

        return {Written(model(row), model(owner), pk) for row, owner, pk in found}

    def finish(self) -> None:
        self._enter_gathered()
        written = self.written()
        unit_ends.send(sender=UnitOfWork, unit=self, written=written)
        self._enter_gathered()
        if not self.is_named or self._entered is None:
            return
        if not written and not self.continues:
            self.change_set.delete()
        elif self._entered != self._stored_values():
            self.change_set.save(update_fields=["reason", "detail", "user"])


def _without_rolled_back(gathered: list[NewChange]) -> list[NewChange]:
    """The changes that are to be entered, in their order, of those that were gathered.

    Those that were made after a savepoint had been opened were entered at once and have an id. Of
    these, what is still stored was not rolled back; it is entered again behind those before it.
    """
    # A savepoint that is rolled back gives its ids free: the last that has one is meant.
    entered = {change.pk: change for change in gathered if change.pk is not None}
    if not entered:
        return gathered
    rows = Change.objects.filter(pk__in=entered)
    left = {id(entered[pk]) for pk in rows.values_list("pk", flat=True)}
    rows.delete()
    changes = [change for change in gathered if change.pk is None or id(change) in left]
    for change in changes:
        change.pk = None
    return changes


_running: ContextVar[UnitOfWork | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work(
    change_set: ChangeSet | None = None, all_or_nothing: bool = False
) -> Iterator[UnitOfWork]:
    """One transaction; units nest, and the outermost one counts."""
    running = _running.get()
    if running is not None:
        yield running
        return
    with transaction.atomic(savepoint=not all_or_nothing):
        unit = UnitOfWork(change_set, all_or_nothing)
        token = _running.set(unit)
        try:
            yield unit
            unit.finish()
        finally:
            _running.reset(token)


@contextmanager
def change_set(
    kind: str = ChangeSet.Kind.EDIT,
    user: User | AnonymousUser | None = None,
    reason: str = "",
    undoes: ChangeSet | None = None,
    all_or_nothing: bool = False,
    continues: ChangeSet | None = None,
    **detail: Any,
) -> Iterator[ChangeSet]:
    """All writes within it are one change set. Change sets nest: the outermost one counts.

    Its reason and detail can be changed until the end; if nothing was written, it is deleted.
    `all_or_nothing`: if it fails, the surrounding transaction fails as well, so that no savepoint
    is needed for it. With `continues` the writes are added to a stored change set, which keeps its
    kind, user and reason: one action may take several transactions.
    """
    if user is not None and not user.is_authenticated:
        user = None
    reason = reason.replace("\0", "")  # which PostgreSQL does not store
    made = continues or ChangeSet(kind=kind, user=user, reason=reason, undoes=undoes, detail=detail)
    with unit_of_work(made, all_or_nothing) as unit:
        yield unit.change_set


# --- the change log ---------------------------------------------------------------------------

# What PostgreSQL knows the lock of the change log by: any number, the same in every process.
_LOCK = 6868


class ChangeLog(models.Manager["IndexChange"]):
    """Which sites were written, in the order of the commits; readers use it to follow the writers.

    A process that finds entries newer than its index reads those sites again. For that, entries
    must become visible in the order of their numbers: a transaction that writes anything the index
    follows holds one lock, from its first such row to its commit. SQLite has that lock by itself.
    """

    def lock(self) -> None:
        """Wait until no other transaction holds the lock, and keep it to the end of this one."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A transaction that holds the lock."""
        with transaction.atomic():
            self.lock()
            yield

    def enter(self, site_ids: Iterable[int]) -> None:
        """Enter changed sites, in their transaction, which holds the lock."""
        entries = [(pk, new_uid()) for pk in sorted(set(site_ids))]
        insert_rows(IndexChange, ("site_id", "token"), entries)


class IndexChange(models.Model):
    """An entry of the change log: a site that was written or deleted, in the order of commits."""

    VOCABULARY = 0  # in place of a site's id: a term, a source or the identity was written

    # Not a foreign key: the site may be gone. The token tells a row from one of a transaction
    # that was rolled back and whose number was used again.
    site_id = models.BigIntegerField()
    token = models.CharField(max_length=32, default=new_uid)

    objects: ClassVar = ChangeLog()

    def __str__(self) -> str:
        return f"{self.pk} {self.site_id}"
