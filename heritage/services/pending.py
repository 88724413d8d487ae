"""Refreshes sites after a change of a term, where they are too many for its transaction.

A renamed country may have a hundred thousand sites whose words follow from its name; in one
transaction, nobody could save for minutes. So the write enters the term here, and its sites are
refreshed a few at a time, in short transactions: by a thread of the worker that wrote, after its
answer (`continue_in_background`); by a later worker, if that one ended; by `reindex` and
`publish_due`, too. Pages and filters show the term itself as it is at once, since they read it from
the vocabulary. Until all is done, lists say how many sites it does not find yet.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from heritage.models import IndexChange, PendingRefresh
from heritage.models.base import Record
from heritage.models.fields import new_uid
from heritage.services import denormalized
from heritage.services.dependencies import (
    SITES_OF,
    ColumnEffect,
    count_sites,
    effect_of,
    wholes_of_parts,
)

logger = logging.getLogger(__name__)

BATCH = 200  # sites in one transaction, at most
_FIRST, _FEWEST = 20, 5
_SECONDS = 0.3  # for which a transaction shall keep others waiting
_LEASE = timedelta(seconds=60)  # for which a process has the work to itself

_known = threading.Event()  # that there may be work; at first of every process
_known.set()
_working = threading.Lock()


def defer(model: type[Record], ids: Iterable[int], columns: set[str], sites: int) -> None:
    """Defer the refresh of the sites under these terms. `columns` were written; `sites` is the
    number of sites."""
    terms = sorted(ids)
    for pk in terms:
        left = sites if len(terms) == 1 else count_sites(SITES_OF[model]([pk]))
        row, _is_new = PendingRefresh.objects.get_or_create(
            model=model._meta.label_lower, object_id=pk, defaults={"columns": sorted(columns)}
        )
        row.columns = sorted({*row.columns, *columns})
        row.done_to, row.left, row.token = 0, left, ""
        row.save()
    transaction.on_commit(_known.set)


def finish(pause: Callable[[float], None] = lambda seconds: None) -> None:
    """Refresh all terms that no other process works on; `pause` is called with the seconds that
    each batch took."""
    token = new_uid()
    while (row := _claimed(token)) is not None:
        model: type[Record] = apps.get_model(row.model)
        sites = sorted(pk for pk in set(SITES_OF[model]([row.object_id])) if pk > row.done_to)
        done, size = 0, _FIRST
        while done < len(sites):
            batch = sites[done : done + min(size, BATCH)]
            begun = time.monotonic()
            if not _refresh(row, batch, len(sites) - done):
                break
            done += len(batch)
            seconds = time.monotonic() - begun
            size = max(_FEWEST, min(2 * size, int(len(batch) * _SECONDS / seconds)))
            pause(seconds)
        else:
            _end(row)


def _claimed(token: str) -> PendingRefresh | None:
    """Claim a term that no other process works on; None if there is none."""
    with IndexChange.objects.locked():
        now = timezone.now()
        free = Q(token__in=("", token)) | Q(leased_until__lt=now)
        row = PendingRefresh.objects.filter(free).order_by("pk").first()
        if row is not None:
            row.token, row.leased_until = token, now + _LEASE
            row.save()
        return row


def _refresh(row: PendingRefresh, sites: list[int], left: int) -> bool:
    """Refresh some sites; returns False if the term was written again, or another process works on
    it."""
    with IndexChange.objects.locked():
        if not PendingRefresh.objects.filter(pk=row.pk, token=row.token).exists():
            return False
        model: type[Record] = apps.get_model(row.model)
        denormalized.set_changed_at(denormalized.refresh(sites, (), {model: set(row.columns)}))
        if ColumnEffect.VALUES in effect_of(model, row.columns):
            IndexChange.objects.enter({*sites, *wholes_of_parts(set(sites))})
        row.done_to, row.left = sites[-1], left - len(sites)
        row.leased_until = timezone.now() + _LEASE
        row.save()
    return True


def _end(row: PendingRefresh) -> None:
    with IndexChange.objects.locked():
        if PendingRefresh.objects.filter(pk=row.pk, token=row.token).delete()[0]:
            # What was searched for before is found anew.
            IndexChange.objects.enter([IndexChange.VOCABULARY])


# --- in a worker -----------------------------------------------------------------------------


def continue_in_background(**kwargs: object) -> None:
    """Refresh what is pending in a thread; called at the end of a request."""
    if settings.REFRESHED_AT_ONCE and _known.is_set() and _working.acquire(blocking=False):
        _known.clear()
        threading.Thread(target=_work, name="pending refresh", daemon=True).start()


def _work() -> None:
    try:
        # Editors write in between: SQLite lets those who wait try again every tenth of a second.
        finish(lambda seconds: time.sleep(max(0.2, seconds)))
    except Exception:
        logger.exception("Sites were not refreshed after a term was changed; it is tried again.")
        _known.set()
    finally:
        connection.close()
        _working.release()
