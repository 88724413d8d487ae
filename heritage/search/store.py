"""Keeps the index snapshot of this process up to date with the database.

Each write enters its sites in the change log, in its own transaction. A process that finds new
entries reads those sites again; a process that starts takes the stored snapshot or reads
everything. Writes of an open transaction are visible within it and nowhere else.

Visitors' pages may read records from a streaming replica that has at least the changes in their
snapshot.
"""

import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    models,
    transaction,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from pyroaring import BitMap

from heritage.models import IndexChange, IndexPart, Record
from heritage.search.facets.facet_list import BY_NAME
from heritage.search.index import columns, loader, orders, stored_snapshot
from heritage.search.index.snapshot import IndexSnapshot, Order, build_snapshot, patched_snapshot

logger = logging.getLogger(__name__)

_NO_SITE = BitMap([IndexChange.VOCABULARY])
_ATTEMPTS = 5  # to read while others write, before they are made to wait
_STAGGERED = 5.0  # seconds within which processes begin to save, so that one of them is enough
_CLOCKS_DIFFER = timedelta(seconds=60)  # at most, of machines that write
_TRIED_AGAIN = 600.0  # seconds after the snapshot could not be saved, as on a full disk

_shared: list[IndexSnapshot] = []  # at most one: the committed snapshot that all threads use
_lock = threading.Lock()
_private = threading.local()  # of a thread whose transaction is open
# What the request that is answered has been given; None outside of `pinned()`.
_pinned: ContextVar[list[IndexSnapshot] | None] = ContextVar("pinned", default=None)


@contextmanager
def pinned() -> Iterator[None]:
    """Within it, `current()` always returns the same snapshot."""
    token = _pinned.set([])
    try:
        yield
    finally:
        _pinned.reset(token)


def current() -> IndexSnapshot:
    """The index as of the last entry of the change log."""
    pinned = _pinned.get()
    if pinned is None:
        return _newest()
    if not pinned:
        pinned.append(_newest())
    return pinned[0]


def already_pinned() -> IndexSnapshot | None:
    """What `current()` returns within `pinned()`, if it has been asked for."""
    return next(iter(_pinned.get() or ()), None)


def _newest() -> IndexSnapshot:
    number, token = _head()
    snapshot = _cached(number, token)
    if snapshot is not None:
        return snapshot
    if connection.in_atomic_block:
        _private.snapshot = _fresh()
        return _private.snapshot
    _private.snapshot = None  # of a transaction that has ended
    with _lock:  # one thread reads, the others wait for it
        snapshot = _cached(*_head())
        if snapshot is None:
            snapshot = _fresh()
            _shared[:] = [snapshot]
        return snapshot


# Asked by every page, some more than once: in so many words it takes a tenth of the time.
_LAST_ENTRY = f"SELECT id, token FROM {IndexChange._meta.db_table} ORDER BY id DESC LIMIT 1"  # noqa: S608 - our name


def changes_behind() -> int | None:
    """How many entries of the change log this process has not read yet; None before the first."""
    if not _shared:
        return None
    return IndexChange.objects.filter(pk__gt=_shared[0].number).count()


def _head() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_ENTRY)
        return cursor.fetchone() or (0, "")


def _cached(number: int, token: str) -> IndexSnapshot | None:
    for snapshot in _snapshots():
        if (snapshot.number, snapshot.token) == (number, token):
            return snapshot
    return None


def _snapshots() -> list[IndexSnapshot]:
    private = getattr(_private, "snapshot", None) if connection.in_atomic_block else None
    return [snapshot for snapshot in (private, *_shared) if snapshot is not None]


def _fresh() -> IndexSnapshot:
    """A snapshot as of the last entry of the change log, made from the nearest earlier one.

    Other sites may be written while some are read. The change log shows which; they are read again,
    together with those that were placed beside them. Writers wait only if this does not come to an
    end.
    """
    base: IndexSnapshot | None = None
    for _attempt in range(_ATTEMPTS):
        before = _head()
        try:
            base = base if base and _is_in_log(base) else _base()
            snapshot = _as_of(base, *_head())
        except LookupError:  # a site's row was read that names a term which is newer than the terms
            if _head() == before:
                raise
            base = None
            continue
        if _head() == (snapshot.number, snapshot.token):
            return snapshot
    with transaction.atomic():
        IndexChange.objects.lock()
        return _as_of(base if base and _is_in_log(base) else _base(), *_head())


def _base() -> IndexSnapshot:
    """A snapshot that the change log continues: this process's own, the stored one, or a new
    one."""
    for snapshot in _snapshots():
        if _is_in_log(snapshot) and _is_near(snapshot):
            return snapshot
    try:
        stored = stored_snapshot.load(BY_NAME)
    except stored_snapshot.BrokenSnapshot:
        logger.exception("The snapshot of the index is broken; everything is read anew.")
        stored = None
        _saved.clear()
        _found_broken.set()
    if stored and _is_in_log(stored) and _is_near(stored):
        return stored
    return rebuilt(*_head())


def _as_of(base: IndexSnapshot, number: int, token: str) -> IndexSnapshot:
    changed = _changed_since(base)
    if changed:
        return _patch(base, number, token, changed)
    return base


def _changed_since(snapshot: IndexSnapshot) -> BitMap:
    changes = IndexChange.objects.filter(pk__gt=snapshot.number)
    return BitMap(changes.values_list("site_id", flat=True))


def _is_near(snapshot: IndexSnapshot) -> bool:
    """Whether so few sites have changed that patching is quicker than reading everything."""
    return len(_changed_since(snapshot) - _NO_SITE) <= len(snapshot.sites) // 4


def _is_in_log(snapshot: IndexSnapshot) -> bool:
    """Whether the change log continues this snapshot: it was not rolled back or cut off."""
    if snapshot.number == 0:
        return not IndexPart.objects.exists()
    return IndexChange.objects.filter(pk=snapshot.number, token=snapshot.token).exists()


def _patch(snapshot: IndexSnapshot, number: int, token: str, changed: BitMap) -> IndexSnapshot:
    sites = changed - _NO_SITE
    found = loader.read_index_data(snapshot.facets.values(), sites)
    if IndexChange.VOCABULARY in changed:
        found.more_times = loader.read_times(_dates_known_to(snapshot))

    def order_of(name: str, order: Order) -> Order:
        return orders.placed(name, order, sites, found.sites) if sites else order

    return patched_snapshot(snapshot, number, token, changed, found, order_of)


def read_again(snapshot: IndexSnapshot, sites: BitMap) -> IndexSnapshot:
    """The snapshot with these sites read again; parts that do not differ are the same objects."""
    return _patch(snapshot, snapshot.number, snapshot.token, sites - _NO_SITE)


def _dates_known_to(snapshot: IndexSnapshot) -> datetime | None:
    """The time since which changes of sites may be missing in this snapshot; None: all have to be
    read.

    A change of a term changes the date of all sites that show it, without entering them in the
    change log.
    """
    latest = columns.latest_of(snapshot.times)
    if latest is None or latest > timezone.now():  # by a clock that was wrong
        return None
    return latest - _CLOCKS_DIFFER


def rebuilt(number: int, token: str) -> IndexSnapshot:
    """A snapshot read from the whole database."""
    by_order = {name: orders.ids(name) for name in orders.names()}
    data = loader.read_index_data(BY_NAME.values())
    return build_snapshot(BY_NAME, number, token, data, by_order)


# --- snapshots -------------------------------------------------------------------------------


def save_snapshot() -> IndexSnapshot:
    """Read everything and store it; running processes take it, too."""
    snapshot = rebuilt(*_head())
    for _attempt in range(_ATTEMPTS):
        snapshot = _with_later_changes(snapshot)
        if stored_snapshot.save(snapshot, starts_anew=True, pause=0):
            return snapshot
    with transaction.atomic():  # nobody writes meanwhile
        IndexChange.objects.lock()
        snapshot = _with_later_changes(snapshot)
        stored_snapshot.save(snapshot, starts_anew=True, pause=0)
    return snapshot


def _with_later_changes(snapshot: IndexSnapshot) -> IndexSnapshot:
    """A snapshot that was just read, with everything that was written meanwhile."""
    if snapshot.number and not _is_in_log(snapshot):
        snapshot = rebuilt(*_head())
    return _as_of(snapshot, *_head())


_saving = threading.Lock()
_saved: list[int] = []  # the number of the snapshot, as far as this process knows
_found_broken = threading.Event()  # the stored snapshot, by this process
_failed: list[float] = []  # the monotonic time at which this process could not save it


def keep_snapshot_fresh(**kwargs: object) -> None:
    """Store the snapshot in a thread if it is due; called at the end of a request.

    It is due after INDEX_SNAPSHOT_EVERY changes, or if the stored one is missing or broken. No page
    waits for it. If it cannot be saved, another attempt follows after ten minutes.
    """
    if _failed and time.monotonic() - _failed[0] < _TRIED_AGAIN:
        return
    if not _shared or not _is_due(_shared[0], next(iter(_saved), None)):
        return
    if _saving.acquire(blocking=False):
        threading.Thread(target=_save_in_turn, name="index snapshot", daemon=True).start()


def refresh_snapshot() -> bool:
    """Store the present snapshot if it is due; returns whether it was. For commands that write
    much."""
    snapshot = current()
    if _found_broken.is_set():
        stored_snapshot.remove_broken()
        _found_broken.clear()
    return _is_due(snapshot, stored_snapshot.saved_number()) and stored_snapshot.save(snapshot)


def _is_due(snapshot: IndexSnapshot, saved: int | None) -> bool:
    every = settings.INDEX_SNAPSHOT_EVERY
    if not every or not snapshot.number:  # nothing was ever written, or only past the change log
        return False
    return saved is None or abs(snapshot.number - saved) >= every


def _save_in_turn() -> None:
    """Store it, unless another process has done so meanwhile."""
    try:
        if stored_snapshot.saved_number() is not None:
            time.sleep(random.uniform(0, _STAGGERED))  # noqa: S311 - no secret
        refresh_snapshot()
        saved = stored_snapshot.saved_number()
        _saved[:] = [] if saved is None else [saved]
        _failed.clear()
    except (DatabaseError, OSError) as error:
        _failed[:] = [time.monotonic()]
        why = " ".join(str(error).split())  # a database may answer in several lines
        logger.error("The snapshot of the index was not saved: %s", why)
    except Exception:
        _failed[:] = [time.monotonic()]
        logger.exception("The snapshot of the index was not saved.")
    finally:
        connection.close()
        _saving.release()


# --- reads from a streaming replica --------------------------------------------------------------

# Where HERITAGE_REPLICA_URL names one, what visitors read of records may come from it while it has
# all that the index of their page has: then no page is older than the last save. It is asked for
# the last entry of the change log that the index has read; since it replays transactions in the
# order of their commits, it then has all before it as well. Its distance in seconds would not tell
# that. In all other cases the primary is read: where the replica lags or does not answer, within a
# transaction, and what the change log does not follow.

REPLICA = "replica"
_ASKED_AGAIN = 10.0  # seconds after it did not answer, so that no page waits for it
_HAS_ENTRY = f"SELECT 1 FROM {IndexChange._meta.db_table} WHERE id = %s AND token = %s"  # noqa: S608 - our name
_CONFLICT = "40001"  # SQLSTATE: a replica ends a query that stands in the way of replaying


@dataclass
class VisitorRead:
    """A request of a visitor, and the database from which it is answered."""

    alias: str = ""  # until its first query after it has an index
    lags: bool = False

    @property
    def is_from_replica(self) -> bool:
        return self.alias == REPLICA

    def failed(self, error: BaseException) -> bool:
        """Whether the replica failed, and the request can be answered from the primary instead."""
        if not self.is_from_replica or not isinstance(error, OperationalError | InterfaceError):
            return False
        self.alias = DEFAULT_DB_ALIAS
        if getattr(error.__cause__, "sqlstate", None) != _CONFLICT:
            _note_replica_away(error)
        return True


_reading: ContextVar[VisitorRead | None] = ContextVar("reading", default=None)
_replica_away: list[float] = []  # the monotonic time at which it did not answer


@contextmanager
def visitor_read() -> Iterator[VisitorRead]:
    """Within it, records may be read from the replica."""
    this = VisitorRead()
    token = _reading.set(this)
    try:
        yield this
    finally:
        _reading.reset(token)


def read_connection() -> BaseDatabaseWrapper:
    """The connection for SQL that reads records and writes nothing."""
    return connections[_alias()]


class ReplicaRouter:
    """Django's router of queries: see above."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        is_followed = issubclass(model, Record) and model.describes_sites
        return _alias() if is_followed else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True  # it is one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def _alias() -> str:
    this = _reading.get()
    if this is None or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    if not this.alias:
        index = already_pinned()
        if index is None:  # which may just be read
            return DEFAULT_DB_ALIAS
        this.lags = not index.number or not _replica_has(index.number, index.token)
        this.alias = DEFAULT_DB_ALIAS if this.lags else REPLICA
    return this.alias


def _replica_has(number: int, token: str) -> bool:
    """Whether the replica has this entry of the change log."""
    if _replica_away and time.monotonic() - _replica_away[0] < _ASKED_AGAIN:
        return False
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_HAS_ENTRY, [number, token])
            has = cursor.fetchone() is not None
    except (DatabaseError, InterfaceError) as error:
        _note_replica_away(error)
        return False
    _replica_away.clear()
    return has


def _note_replica_away(error: BaseException) -> None:
    _replica_away[:] = [time.monotonic()]
    connections[REPLICA].close()
    logger.error("The replica does not answer: %s", " ".join(str(error).split()))
