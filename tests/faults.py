"""A database that cannot be written to."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def no_writes():
    """The database takes no writes, as on a disk that may only be read."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA query_only = OFF")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        yield
        transaction.set_rollback(True)  # which makes it writable again


@contextmanager
def no_space():
    """The database cannot grow, as on a full disk."""
    with connection.cursor() as cursor:
        # Pages that earlier tests have given free would be room, too.
        free, size = (
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("freelist_count", "page_size")
        )
        cursor.execute("CREATE TABLE filler AS SELECT zeroblob(%s) AS room", [free * size])
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
            cursor.execute("DROP TABLE filler")
