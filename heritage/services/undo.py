"""Undoes changes, except where a later change conflicts; see `undo_plan`.

`undo()` and `undo_since()` plan with the rows locked, and carry the plan out as a change set of its
own. A former address is never removed: it redirects for ever.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from heritage.models import Change, ChangeSet, FormerSlug, Site, ThinnedHistory, User
from heritage.models.base import Record, chunks, untracked
from heritage.models.row_values import recorded_relations, set_plain_value
from heritage.models.unit_of_work import change_set, unit_of_work
from heritage.services.dependencies import parents_first, referring_columns
from heritage.services.history import changes_of, column_of
from heritage.services.record_problems import PUBLICATION_RELATED, publication_problems
from heritage.services.undo_plan import (
    CREATE,
    DELETE,
    UPDATE,
    Conflict,
    Only,
    Plan,
    Step,
    as_list,
    plan,
)

MAX_CHANGES = 5_000  # that a page undoes or writes at once; more are for commands


class ThinnedChangeSet(Exception):
    """A change set cannot be undone, as the history no longer holds all its changes; the text says
    so."""


class UndoResult(NamedTuple):
    """The change set that was made, or None if nothing was written; and the conflicts."""

    change_set: ChangeSet | None
    conflicts: list[Conflict]


# --- what others call ------------------------------------------------------------------------


def why_thinned(of: ChangeSet) -> str:
    """Why a change set cannot be undone; empty if its changes are all there."""
    if of.thinned_at is None:
        return ""
    return _(
        "On %(date)s old changes were combined by “manage.py thin_history”. The history no longer "
        "holds each change of this set, so that it cannot be undone."
    ) % {"date": date_format(localtime(of.thinned_at))}


def why_unknown(record: Record, of: ChangeSet) -> str:
    """Why the history no longer tells what a record was after this change set; empty if it does."""
    thinned = ThinnedHistory.objects.for_record(record)
    if thinned is None or not thinned.covers(of.at):
        return ""
    return why_thinned(of) or _("The history of that time was thinned.")


def undo(of: ChangeSet, user: User | None = None, reason: str = "") -> UndoResult:
    """Undo a change set. An undo is a change set too, and can itself be undone.

    Raises ThinnedChangeSet.
    """
    if why_not := why_thinned(of):
        raise ThinnedChangeSet(why_not)
    changes = of.changes.order_by("pk")
    return undo_changes(changes, None, ChangeSet.Kind.UNDO, user, reason, undoes=of)


def undo_since(
    record: Record,
    change: Change,
    user: User | None = None,
    reason: str = "",
    only: Only | None = None,
) -> UndoResult:
    """Undo what was done to a record and its rows after a change."""
    later = changes_of(record).filter(pk__gt=change.pk)
    return undo_changes(later, only, ChangeSet.Kind.UNDO, user, reason)


def restore_deleted(deletion: Change, user: User | None = None, reason: str = "") -> UndoResult:
    """Restore a deleted record, but not what else its change set deleted.

    Its rows are restored with it, and references from other rows to it.
    """
    return undo_changes(changes_with(deletion), None, ChangeSet.Kind.RESTORE, user, reason)


def changes_with(deletion: Change) -> list[Change]:
    """The changes of a deletion's change set that concern the deleted record."""
    found = Q(owner_model=deletion.model_id, owner_id=deletion.object_id)
    found |= Q(model=deletion.model_id, object_id=deletion.object_id)
    model = deletion.model_class()
    for other, column in referring_columns(model) if model is not None else ():
        content_type = ContentType.objects.get_for_model(other)
        if column.many_to_many:  # SQLite cannot look into the list
            found |= Q(model=content_type, before__has_key=column.name)
        else:
            found |= Q(model=content_type, **{f"before__{column.name}": deletion.object_id})
    candidates = deletion.change_set.changes.filter(found).order_by("pk")
    return [change for change in candidates if _is_about(change, deletion)]


def _is_about(change: Change, record: Change) -> bool:
    """Whether a row belonged to a record, or referred to it."""
    row = (record.model_id, record.object_id)
    if row in ((change.owner_model_id, change.owner_id), (change.model_id, change.object_id)):
        return True
    model, target = change.model_class(), record.model_class()
    if model is None or change.before is None:
        return False
    columns = (column_of(model, name) for name in change.before)
    return any(
        column.related_model is target and record.object_id in as_list(change.before[column.name])
        for column in columns
        if column is not None and column.is_relation
    )


def undo_changes(
    changes: Iterable[Change],
    only: Only | None,
    kind: str,
    user: User | None = None,
    reason: str = "",
    undoes: ChangeSet | None = None,
    approve: Callable[[Plan], None] | None = None,
    keeps_fit: bool = False,
) -> UndoResult:
    """Undo these changes in one change set; the other functions here use it.

    `approve` is called with the plan once the rows are locked; an exception from it stops
    everything. With `keeps_fit` no published site is left unfit to be published.
    """
    changes = list(changes)
    with change_set(kind, user, reason, undoes) as made, unit_of_work() as unit:
        for model in {change.model_class() for change in changes}:
            if model is not None:
                unit.prepare_write(model)
        planned = plan(changes, only)
        if approve is not None:
            approve(planned)
        refused = (_carry_out_fit if keeps_fit else _carry_out)(planned.steps)
    return UndoResult(made if made.pk else None, planned.conflicts + refused)


# --- carrying out ----------------------------------------------------------------------------


class _LeavesUnfit(Exception):
    """The undo would take from these published sites what a published site must have."""

    def __init__(self, sites: set[int]):
        self.sites = sites


def _carry_out_fit(steps: list[Step]) -> list[Conflict]:
    """Carry out steps, but for those that would leave a published site unfit to be published."""
    sites = _sites_of(steps)
    before = _faults(sites)
    try:
        return _carry_out_unless_worse(steps, before, sites)
    except _LeavesUnfit as error:
        stay = error.sites
    without = {number for pk in stay for number in sites[pk]}
    rest = [step for number, step in enumerate(steps) if number not in without]
    refused: list[Conflict] = []
    try:
        refused = _carry_out_unless_worse(rest, before, sites)
    except _LeavesUnfit as error:  # by what is deleted elsewhere: all of it stays
        stay |= error.sites
    return [Conflict(Site, pk, "unfit") for pk in sorted(stay)] + refused


def _carry_out_unless_worse(
    steps: list[Step], before: dict[int, set[tuple]], sites: Iterable[int]
) -> list[Conflict]:
    with transaction.atomic():
        refused = _carry_out(steps)
        after = _faults(sites)
        worse = {pk for pk, faults in after.items() if not faults <= before.get(pk, set())}
        if worse:
            raise _LeavesUnfit(worse)
    return refused


def _faults(sites: Iterable[int]) -> dict[int, set[tuple]]:
    """What published sites lack, where they lack something."""
    found: dict[int, set[tuple]] = {}
    for chunk in chunks(sorted(sites)):
        rows = Site.objects.filter(pk__in=chunk, state=Site.State.PUBLISHED).order_by()
        for site in rows.prefetch_related(*PUBLICATION_RELATED):
            if faults := {
                (each.relation, each.field, each.reason) for each in publication_problems(site)
            }:
                found[site.pk] = faults
    return found


def _sites_of(steps: list[Step]) -> dict[int, set[int]]:
    """The sites that exist before and after the steps, each with the numbers of the steps that
    concern it."""
    found: dict[int, set[int]] = defaultdict(set)
    by_model: dict[type[Record], dict[int, int]] = defaultdict(dict)
    for number, step in enumerate(steps):
        if step.model is Site:
            found[step.object_id].add(number)
        elif step.model.owner == "site" and step.model.describes_sites:
            by_model[step.model][step.object_id] = number
            found[step.values.get("site", 0)].add(number)
    for model, numbers in by_model.items():
        for chunk in chunks(list(numbers)):
            rows: QuerySet[Any] = untracked(model).filter(pk__in=chunk).order_by()
            for pk, site in rows.values_list("pk", "site"):
                found[site].add(numbers[pk])
    come_or_go = {s.object_id for s in steps if s.model is Site and s.action != UPDATE}
    return {pk: numbers for pk, numbers in found.items() if pk and pk not in come_or_go}


def _carry_out(steps: list[Step]) -> list[Conflict]:
    """Parents are created before their children and deleted after them.

    Steps that the database refuses are tried again at the end, as other rows may have been in the
    way.
    """
    models = parents_first(dict.fromkeys(step.model for step in steps))
    order = {model: number for number, model in enumerate(models)}
    rank = {CREATE: 0, UPDATE: 1, DELETE: 2}

    def place(step: Step) -> tuple:
        number = order[step.model]
        if step.model is FormerSlug and step.action == CREATE:
            return (3, number)  # after the write path, which makes them too
        return (rank[step.action], -number if step.action == DELETE else number)

    todo = sorted(steps, key=place)
    while todo:
        groups: dict[tuple, list[Step]] = defaultdict(list)
        for step in todo:
            groups[place(step)].append(step)
        refused = [step for group in groups.values() for step in _refused(group)]
        if len(refused) == len(todo):
            break
        todo = refused
    return [Conflict(step.model, step.object_id, "refused") for step in todo]


def _refused(steps: list[Step]) -> list[Step]:
    """Carry out steps of one action and model; gives those that the database refuses."""
    refused = []
    for chunk in chunks(steps):
        try:
            with transaction.atomic():
                _DO[chunk[0].action](chunk[0].model, chunk)
        except (IntegrityError, ValidationError):
            if len(chunk) == 1:
                refused += chunk
            else:
                for step in chunk:
                    refused += _refused([step])
    return refused


def _create(model: type[Record], steps: list[Step]) -> None:
    if model is FormerSlug:
        slugs = [step.values["slug"] for step in steps]
        there = untracked(model).filter(slug__in=slugs).values_list("slug", flat=True)
        steps = [step for step in steps if step.values["slug"] not in set(there)]
    relations = {column.name for column in recorded_relations(model)}
    rows = []
    for step in steps:
        row = model()
        row.pk = step.object_id
        for name, value in step.values.items():
            if name not in relations:
                set_plain_value(row, name, value)
        rows.append(row)
    if model is Site:
        # A site that comes back has its own address again, which may have led elsewhere meanwhile.
        FormerSlug.objects.filter(slug__in=[step.values["slug"] for step in steps]).delete()
    model.objects.bulk_create(rows)
    for name in relations:
        pairs = [(step.object_id, pk) for step in steps for pk in step.values.get(name, ())]
        model.objects.bulk_add(name, pairs)


def _update(model: type[Record], steps: list[Step]) -> None:
    relations = {column.name for column in recorded_relations(model)}
    rows = untracked(model).in_bulk([step.object_id for step in steps])
    by_columns: dict[frozenset, list[Record]] = defaultdict(list)
    for step in steps:
        row = rows[step.object_id]
        columns = frozenset(step.values.keys() - relations)
        for name in columns:
            set_plain_value(row, name, step.values[name])
        if columns:
            by_columns[columns].append(row)
        for name in step.values.keys() & relations:
            getattr(row, name).set(step.values[name])
    for columns, changed in by_columns.items():
        model.objects.bulk_update(changed, columns)


def _delete(model: type[Record], steps: list[Step]) -> None:
    model.objects.filter(pk__in=[step.object_id for step in steps]).delete()


_DO = {CREATE: _create, UPDATE: _update, DELETE: _delete}
