"""A time limit for writes that wait for another writer, and the exception when it has passed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

# SQLSTATE of PostgreSQL: a lock was not to be had in time; two writers waited for each other.
_GAVE_UP = ("55P03", "40P01")


class LockTimeout(Exception):
    """Another writer held the lock for too long; nothing was written."""


def is_lock_timeout(error: OperationalError) -> bool:
    """Whether the database gave up waiting for another writer."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # Extended codes, such as that of a stale snapshot, have the plain code in their low byte.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(cause, "sqlstate", None) in _GAVE_UP


@contextmanager
def lock_timeout(seconds: float) -> Iterator[None]:
    """One transaction that waits this long for other writers, then raises `LockTimeout`."""
    try:
        if connection.vendor == "sqlite":
            with _busy_timeout(seconds), transaction.atomic():
                yield
        else:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
                yield
    except OperationalError as error:
        if is_lock_timeout(error):
            raise LockTimeout from error
        raise


@contextmanager
def _busy_timeout(seconds: float) -> Iterator[None]:
    usual = connection.settings_dict.get("OPTIONS", {}).get("timeout", 5)
    _pragma(seconds)
    try:
        yield
    finally:
        if connection.connection is not None:
            _pragma(usual)


def _pragma(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
