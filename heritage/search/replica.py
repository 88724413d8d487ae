"""Reads from a streaming replica, where HERITAGE_REPLICA_URL names one.

What visitors read of records may come from it while it has all that the index of their page has:
then no page is older than the last save. It is asked for the last entry of the change log that the
index has read; since it replays transactions in the order of their commits, it then has all before
it as well. Its distance in seconds would not tell that. In all other cases the primary is read:
where the replica lags or does not answer, within a transaction, and what the change log does not
follow.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connections,
    models,
)
from django.db.backends.base.base import BaseDatabaseWrapper

from heritage.models import IndexChange, Record
from heritage.search import store

logger = logging.getLogger(__name__)

ALIAS = "replica"
_ASKED_AGAIN = 10.0  # seconds after it did not answer, so that no page waits for it
_HAS = f"SELECT 1 FROM {IndexChange._meta.db_table} WHERE id = %s AND token = %s"  # noqa: S608 - our name
_CONFLICT = "40001"  # SQLSTATE: a replica ends a query that stands in the way of replaying


@dataclass
class VisitorRead:
    """A request of a visitor, and the database that it is answered from."""

    alias: str = ""  # until its first query after it has an index
    lags: bool = False


_reading: ContextVar[VisitorRead | None] = ContextVar("reading", default=None)
_away: list[float] = []  # the monotonic time at which it did not answer


@contextmanager
def reading() -> Iterator[VisitorRead]:
    """Within it, records may be read from the replica."""
    this = VisitorRead()
    token = _reading.set(this)
    try:
        yield this
    finally:
        _reading.reset(token)


def read_connection() -> BaseDatabaseWrapper:
    """For SQL that reads tables of records, and writes nothing."""
    return connections[_alias()]


def failed(this: VisitorRead, error: BaseException) -> bool:
    """Whether the replica failed in a request, which can be answered from the primary instead."""
    if this.alias != ALIAS or not isinstance(error, OperationalError | InterfaceError):
        return False
    this.alias = DEFAULT_DB_ALIAS
    if getattr(error.__cause__, "sqlstate", None) != _CONFLICT:
        _note_away(error)
    return True


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
        index = store.already_pinned()
        if index is None:  # which may just be read
            return DEFAULT_DB_ALIAS
        this.lags = not index.number or not _has(index.number, index.token)
        this.alias = DEFAULT_DB_ALIAS if this.lags else ALIAS
    return this.alias


def _has(number: int, token: str) -> bool:
    """Whether the replica has this entry of the change log."""
    if _away and time.monotonic() - _away[0] < _ASKED_AGAIN:
        return False
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(_HAS, [number, token])
            has = cursor.fetchone() is not None
    except (DatabaseError, InterfaceError) as error:
        _note_away(error)
        return False
    _away.clear()
    return has


def _note_away(error: BaseException) -> None:
    _away[:] = [time.monotonic()]
    connections[ALIAS].close()
    logger.error("The replica does not answer: %s", " ".join(str(error).split()))
