"""How long the transaction of a page waits for other writers, and why nothing may have been
written.

Another writer may hold the lock for too long; or the disk may be full or broken. The page then says
so.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InternalError, OperationalError, connection, transaction

# SQLSTATE of PostgreSQL: a lock was not to be had in time; two writers waited for each other.
_GAVE_UP = ("55P03", "40P01")
# Likewise: the disk is full; input or output failed; the server takes reads alone.
_NO_STORAGE = ("53100", "58030", "25006")
_OF_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
_OF_FILES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class NotWritten(Exception):
    """Nothing was written, for a reason other than the data that were sent."""


class LockTimeout(NotWritten):
    """Another writer held the lock for too long."""


class StorageFailed(NotWritten):
    """The disk is full or broken, or may only be read."""


def is_lock_timeout(error: OperationalError) -> bool:
    """Whether the database gave up waiting for another writer."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # Extended codes, such as that of a stale snapshot, have the plain code in their low byte.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(cause, "sqlstate", None) in _GAVE_UP


def is_storage_failure(error: BaseException | None) -> bool:
    """Whether the database or a file could not be written to."""
    if isinstance(error, OSError):
        return error.errno in _OF_FILES
    if not isinstance(error, OperationalError | InternalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _OF_SQLITE
    return getattr(cause, "sqlstate", None) in _NO_STORAGE


@contextmanager
def lock_timeout(seconds: float) -> Iterator[None]:
    """One transaction that waits this long for other writers; raises `NotWritten`."""
    try:
        if connection.vendor == "sqlite":
            with _busy_timeout(seconds), transaction.atomic():
                yield
        else:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
                yield
    except (OperationalError, InternalError, OSError) as error:
        if is_storage_failure(error):
            raise StorageFailed from error
        if isinstance(error, OperationalError) and is_lock_timeout(error):
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
