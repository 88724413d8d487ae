"""A time limit for single queries while pages are served, and the error when it has passed.

PostgreSQL has `statement_timeout`, see settings.py. SQLite asks a handler from time to time whether
to go on. It counts the time that the thread computes, so that a page that is read slowly, such as
an export, loses nothing.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

_STEPS = 1_000_000  # of SQLite's virtual machine between two looks at the clock: some 10 ms
_CANCELLED = "57014"  # SQLSTATE of PostgreSQL


def is_query_timeout(error: OperationalError) -> bool:
    """Whether the database was told to give up a query."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return getattr(cause, "sqlstate", None) == _CANCELLED


@contextmanager
def query_timeout(seconds: float) -> Iterator[None]:
    """With SQLite, queries in the block that take longer raise OperationalError; 0: no limit."""
    if connection.vendor != "sqlite" or not seconds:
        yield
        return
    ends = 0.0

    def is_too_long() -> bool:
        return time.thread_time() > ends

    def limited(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal ends
        ends = time.thread_time() + seconds
        connection.connection.set_progress_handler(is_too_long, _STEPS)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(limited):
            yield
    finally:
        if connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)
