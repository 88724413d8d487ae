"""Undoes a change set of any size as a job, some hundred changes at a time.

A record is undone together with all its rows, in one transaction. Records that the change set
deleted are restored first and those that it created are deleted last, so that each finds what it
refers to. What is still in the way of another is tried again once the rest is done.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.models import Change, ChangeSet, JobLine
from heritage.models.base import Record, untracked
from heritage.services.dependencies import parents_first
from heritage.services.history import changes_of
from heritage.services.jobs import UNDO_JOB, JobRefused, Progress, Run, Steps, declare
from heritage.services.undo import undo_changes, why_thinned, why_unknown
from heritage.services.undo_plan import Conflict, line_of
from heritage.values.language import LazyText

CHANGES = 500  # that are undone in one transaction, unless one record, or one row, has more

# Why a row stays that may be out of the way later.
_FOR_NOW = ("used", "missing", "refused")

Owner = tuple[int, int]  # content type and id, of a record or of a row


@dataclass(frozen=True)
class Undo:
    """What a job undoes: a change set record by record, or the history of a record row by row."""

    changes: QuerySet[Change]
    of: ChangeSet | None
    says: str | LazyText

    @property
    def columns(self) -> tuple[str, str]:
        """The columns of a change that name what is undone as a whole."""
        return ("owner_model", "owner_id") if self.of else ("model", "object_id")

    def owner(self, change: Change) -> Owner:
        if self.of:
            return change.owner_model_id, change.owner_id
        return change.model_id, change.object_id


def undo_in_steps(run: Run, undo: Undo, keeps_fit: bool = True) -> Steps:
    """The steps of a job that undoes changes; those of an earlier run are left out.

    With `keeps_fit` no published site is left unfit to be published.
    """
    of = undo.of
    groups = _groups(undo)
    total = sum(size for _owners, size in groups)
    at = run.cursor.get("undo", {})
    if at.get("of", 0) != (of.pk if of else None):
        at = {"of": of.pk if of else None, "todo": None, "next": 0, "again": [], "is_last": False}
        at |= {"changes": 0, "stays": 0}
        run.cursor["undo"] = at
    says = undo.says
    while True:
        todo: Sequence[int] = range(len(groups)) if at["todo"] is None else at["todo"]
        while at["next"] < len(todo):
            upto = _end_of_batch(groups, todo, at["next"])
            batch = [groups[number] for number in todo[at["next"] : upto]]
            numbers = {
                owner: number for number in todo[at["next"] : upto] for owner in groups[number][0]
            }
            with run.batch(ChangeSet.Kind.UNDO, run.parameters.get("reason", ""), undoes=of):
                _undo_batch(run, undo, numbers, keeps_fit)
                at["next"] = upto
                if at["todo"] is None:
                    at["changes"] += sum(size for _owners, size in batch)
            yield Progress(at["changes"], total, says)
        if at["is_last"] or not at["again"]:
            break
        with run.step():
            # If it comes no further, what is in the way is told.
            at["is_last"] = len(at["again"]) == len(todo)
            at["todo"], at["next"], at["again"] = at["again"], 0, []
    written = Change.objects.filter(change_set__in=run.job.change_sets.filter(undoes=of)).order_by()
    rows = written.values("model", "object_id").distinct().count()
    if at["stays"]:
        says = _("{rows} rows were undone; {stays} things stay as they are, see the log.")
    else:
        says = _("{rows} rows were undone.")
    yield Progress(total, total, format_lazy(says, rows=rows, stays=at["stays"]))
    return {"rows": rows, "stays": at["stays"]}


def _end_of_batch(groups: list[tuple[list[Owner], int]], todo: Sequence[int], first: int) -> int:
    size, upto = 0, first
    while upto < len(todo) and (upto == first or size + groups[todo[upto]][1] <= CHANGES):
        size += groups[todo[upto]][1]
        upto += 1
    return upto


def _undo_batch(run: Run, undo: Undo, numbers: dict[Owner, int], keeps_fit: bool) -> None:
    """Undo what was done to these records or rows; each has the number of its group."""
    by_model: dict[int, list[int]] = defaultdict(list)
    for model, pk in numbers:
        by_model[model].append(pk)
    found, (of_model, of_id) = Q(), undo.columns
    for model, ids in by_model.items():
        found |= Q(**{of_model: model, f"{of_id}__in": ids})
    changes = list(undo.changes.filter(found).order_by("pk"))
    group_of = {
        (change.model_class(), change.object_id): numbers[undo.owner(change)] for change in changes
    }
    owner_of = {
        (change.model_class(), change.object_id): (change.owner_model_id, change.owner_id)
        for change in changes
    }
    kind = ChangeSet.Kind.UNDO
    done = undo_changes(changes, None, kind, undoes=undo.of, keeps_fit=keeps_fit)
    conflicts = done.conflicts
    at, later = run.cursor["undo"], set()
    if not at["is_last"]:
        later = {
            group_of[each.model, each.object_id]
            for each in conflicts
            if each.why in _FOR_NOW and (each.model, each.object_id) in group_of
        }
        at["again"] += sorted(later)
    for each in conflicts:
        row = (each.model, each.object_id)
        if group_of.get(row) not in later:
            at["stays"] += 1
            _log(run, each, owner_of.get(row))


def _log(run: Run, conflict: Conflict, owner: Owner | None) -> None:
    about: tuple[type[Record], int] = (conflict.model, conflict.object_id)
    if owner is not None:
        model = ContentType.objects.get_for_id(owner[0]).model_class()
        about = (model, owner[1]) if model is not None else about  # type: ignore[assignment]
    run.log(line_of(conflict), JobLine.Level.WARNING, about)


def _groups(undo: Undo) -> list[tuple[list[Owner], int]]:
    """The records or rows that were written, in the order in which they are undone.

    Records between which a row was moved are one group. Each has its number of changes.
    """
    sizes: dict[Owner, int] = {}
    themselves = changes = undo.changes.order_by()
    for model, pk, size in changes.values_list(*undo.columns).annotate(size=Count("pk")):
        sizes[model, pk] = size
    if undo.of:
        themselves = changes.filter(model=F("owner_model"), object_id=F("owner_id"))
    deleted = set(themselves.filter(after__isnull=True).values_list("model", "object_id"))
    created = set(themselves.filter(before__isnull=True).values_list("model", "object_id"))
    models: dict[type[Record], int] = {}
    for content_type in {model for model, _pk in sizes}:
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is not None and issubclass(model, Record):
            models[model] = content_type
    order = {models[model]: number for number, model in enumerate(parents_first(models))}

    def place(owner: Owner) -> tuple:
        model, pk = owner
        number = order.get(model, 0)
        if owner in deleted:
            return (0, number, pk)
        if owner in created:
            return (2, -number, -pk)
        return (1, number, pk)

    moved = changes.filter(former_owner_id__isnull=False) if undo.of else changes.none()
    owners_of_moved: Any = moved.values_list("owner_model", "owner_id", "former_owner_id")
    joined = _joined(((model, was), (model, now)) for model, now, was in owners_of_moved)
    groups: dict[Owner, list[Owner]] = defaultdict(list)
    for owner in sizes:
        groups[joined.get(owner, owner)].append(owner)
    ordered = sorted(groups.values(), key=lambda owners: min(map(place, owners)))
    return [(sorted(owners), sum(sizes[owner] for owner in owners)) for owners in ordered]


def _joined(pairs: Iterable[tuple[Owner, Owner]]) -> dict[Owner, Owner]:
    """For each record of these pairs one that stands for all that are connected with it."""
    stands: dict[Owner, Owner] = {}

    def top(owner: Owner) -> Owner:
        while stands.setdefault(owner, owner) != owner:
            owner = stands[owner]
        return owner

    for one, other in pairs:
        stands[top(one)] = top(other)
    return {owner: top(owner) for owner in list(stands)}


def undo_of_change_set(of: ChangeSet) -> Undo:
    """All of a change set; raises JobRefused if the history no longer holds all of it."""
    if of.thinned_at is not None:
        raise JobRefused(lazy(why_thinned, str)(of))
    says = format_lazy(_("Undoing change set {number}"), number=of.pk)
    return Undo(of.changes.get_queryset(), of, says)


def undo_of_record(record: Record, since: ChangeSet, upto: int) -> Undo:
    """What was done to a record and its rows after a change set, up to a change.

    Raises JobRefused if the history no longer tells what it was then.
    """
    if why_unknown(record, since):
        raise JobRefused(lazy(why_unknown, str)(record, since))
    says = format_lazy(_("Undoing changes of {record}"), record=str(record))
    return Undo(changes_of(record).filter(change_set__gt=since.pk, pk__lte=upto), None, says)


def _asked(parameters: dict[str, Any]) -> Undo:
    of = ChangeSet.objects.filter(pk=parameters["change_set"]).first()
    if of is None:
        raise JobRefused(_("This change set is no longer there."))
    if "record" not in parameters:
        return undo_of_change_set(of)
    label, pk = parameters["record"]
    record = untracked(apps.get_model(label)).filter(pk=pk).first()
    if record is None:
        raise JobRefused(_("This record is no longer there."))
    return undo_of_record(record, of, parameters["upto"])


def _title(given: dict[str, Any]) -> str:
    number = {"number": given.get("change_set")}
    if "record" in given:
        return gettext("Undo of all changes of a record after change set %(number)s") % number
    return gettext("Undo of change set %(number)s") % number


@declare(
    "undo",
    _("Undo of a change set"),
    permission="heritage.publish_site",
    describe=_title,
)
def _undo(run: Run) -> Steps:
    undo = _asked(run.parameters)
    user = run.user
    if user is not None and not (user.is_active and user.has_perm("heritage.publish_site")):
        raise JobRefused(_("Who started it may not publish any more."))
    return undo_in_steps(run, undo, run.parameters.get("keeps_fit", True))


@declare(UNDO_JOB, _("Undo of a job"))
def _undo_job(run: Run) -> Steps:
    """Undo the change sets of a job, the last first."""
    made = list(run.job.change_sets.order_by("-pk"))
    own = {each.pk for each in made}
    undone = run.cursor.setdefault("undone", [])
    result = {"rows": 0, "stays": 0}
    for each in made:
        if each.undoes_id in own or each.pk in undone:
            continue
        done = yield from undo_in_steps(run, undo_of_change_set(each))
        result = {name: number + (done or {}).get(name, 0) for name, number in result.items()}
        with run.step():
            undone.append(each.pk)
    return result
