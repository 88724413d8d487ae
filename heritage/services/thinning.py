"""Thins the old part of the history: removes states between the first and the last state of a row.

Of consecutive changes of a row, none of which creates or deletes it, only the last one remains,
with the effect of all of them. The states that the history still has, before the first of them and
after the last, stay correct. Who did what and when stays in the change sets, which are all kept.
`ThinnedHistory` says of each record for which time its states are no longer known; the change sets
that no longer hold all their changes say so in `thinned_at`.

A row that moved from one record to another is left as it is, and so is the deletion of a row, from
which it can be restored.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from heritage.models import Change, ChangeSet, ThinnedHistory
from heritage.models.base import chunks
from heritage.services.history import net_changes

KEPT_DAYS = 400  # that are never thinned: a year, and what is found out at its end
ROW_BYTES = 110  # of a change, beside its values: the rest of the row, and its places in indexes
_AT_ONCE = 500  # rows of a model that are thinned in one transaction

Owner = tuple[int, int]  # content type and id


class TooRecent(Exception):
    """The time lies within the days that are never thinned."""


@dataclass(slots=True)
class Thinning:
    """What was thinned so far, or would be."""

    changes: int = 0  # that are gone
    rows: int = 0
    bytes: int = 0  # about so many are free
    owners: set[Owner] = field(default_factory=set)


@dataclass(slots=True)
class _Run:
    """Consecutive changes of one row, oldest first; the last one remains."""

    changes: list[Change]

    @property
    def owner(self) -> Owner:
        return self.changes[0].owner_model_id, self.changes[0].owner_id


def latest_allowed() -> datetime:
    return timezone.now() - timedelta(days=KEPT_DAYS)


def thin(before: datetime, is_real: bool) -> Iterator[Thinning]:
    """Thin what was written before a time, in batches, each a transaction; yields after each.

    If not `is_real`, only say what would be done. Raises TooRecent.
    """
    if before > latest_allowed():
        raise TooRecent
    done = Thinning()
    last = _last_before(before)
    for model in Change.objects.order_by().values_list("model", flat=True).distinct():
        old = Change.objects.filter(model=model, pk__lte=last).order_by()
        ends = old.aggregate(first=Min("object_id"), last=Max("object_id"))
        if ends["first"] is None:
            continue
        for start in range(ends["first"], ends["last"] + 1, _AT_ONCE):
            rows = old.filter(object_id__range=(start, start + _AT_ONCE - 1))
            with transaction.atomic():
                runs = list(_runs(rows))
                if is_real:
                    _carry_out(runs)
            _count(done, runs)
            yield done


def _last_before(before: datetime) -> int:
    """The number of the last change that is, like all before it, older than `before`."""
    later = Change.objects.filter(change_set__at__gte=before).order_by()
    first = later.aggregate(first=Min("pk"))["first"]
    if first is not None:
        return first - 1
    return Change.objects.aggregate(last=Max("pk"))["last"] or 0


def _is_update(change: Change) -> bool:
    return change.before is not None and change.after is not None and change.former_owner_id is None


def _runs(rows: QuerySet[Change]) -> Iterator[_Run]:
    updated = rows.filter(before__isnull=False, after__isnull=False)
    several = updated.values("object_id").annotate(n=Count("pk")).filter(n__gt=1)
    ids = list(several.values_list("object_id", flat=True))
    changes = rows.filter(object_id__in=ids).select_related("change_set")
    by_row = groupby(changes.order_by("object_id", "pk"), lambda change: change.object_id)
    for _pk, of_row in by_row:
        # A row that was once another record's is told at both.
        for is_update, run in groupby(
            of_row, lambda change: (_is_update(change), change.owner_model_id, change.owner_id)
        ):
            found = list(run)
            if is_update[0] and len(found) > 1 and found[0].model_class() is not None:
                yield _Run(found)


def _size(change: Change) -> int:
    return ROW_BYTES + len(json.dumps([change.before, change.after], ensure_ascii=False).encode())


def _count(done: Thinning, runs: list[_Run]) -> None:
    for run in runs:
        done.changes += len(run.changes) - 1
        done.rows += 1
        done.owners.add(run.owner)
        done.bytes += sum(_size(change) for change in run.changes[:-1])


def _carry_out(runs: list[_Run]) -> None:
    if not runs:
        return
    remaining: list[Change] = []
    gone: list[int] = []
    sets: set[int] = set()
    for run in runs:
        *others, last = run.changes
        net = next(iter(net_changes(run.changes)), None)
        last.before, last.after = (net.before, net.after) if net else ({}, {})
        remaining.append(last)
        gone += [change.pk for change in others]
        sets.update(change.change_set_id for change in run.changes)
    _remember(runs)
    Change.objects.bulk_update(remaining, ["before", "after"], batch_size=200)
    for chunk in chunks(gone):
        Change.objects.filter(pk__in=chunk).delete()
    for chunk in chunks(sorted(sets)):
        ChangeSet.objects.filter(pk__in=chunk, thinned_at=None).update(thinned_at=timezone.now())


def _remember(runs: list[_Run]) -> None:
    """For each record, the time of which its states are no longer known."""
    by_owner: dict[Owner, list[_Run]] = defaultdict(list)
    for run in runs:
        by_owner[run.owner].append(run)
    for (model, pk), of_owner in by_owner.items():
        changes = [change for run in of_owner for change in run.changes[:-1]]
        since = min(run.changes[0].change_set.at for run in of_owner)
        until = max(run.changes[-1].change_set.at for run in of_owner)
        row, is_new = ThinnedHistory.objects.select_for_update().get_or_create(
            owner_model_id=model, owner_id=pk,
            defaults={"since": since, "until": until, "changes": 0},
        )  # fmt: skip
        if not is_new:
            row.since, row.until = min(row.since, since), max(row.until, until)
        row.changes += len(changes)
        row.change_sets = sorted({*row.change_sets, *(change.change_set_id for change in changes)})
        row.save()


def sets_of(thinned: ThinnedHistory) -> list[ChangeSet]:
    """Who did the changes that are gone, and when, latest first."""
    found = ChangeSet.objects.filter(pk__in=thinned.change_sets).select_related("user")
    return list(found.order_by("-pk"))
