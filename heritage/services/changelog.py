"""The change log of the search index: which sites were written, in the order of the commits.

A process that finds entries newer than its index reads those sites again. For that, entries
must become visible in the order of their numbers: a transaction that writes anything the index
follows holds one lock, from its first such row to its commit. SQLite has that lock by itself.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from heritage.models import IndexChange

# Stands where a site's id would: a term, a source or the identity was written.
VOCABULARY = 0
# What PostgreSQL knows the lock by: any number, the same in every process.
_LOCK = 6868


def lock() -> None:
    """Wait until no other transaction holds the lock, and keep it to the end of this one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@contextmanager
def locked() -> Iterator[None]:
    """A transaction that holds the lock."""
    with transaction.atomic():
        lock()
        yield


def enter(site_ids: Iterable[int]) -> None:
    """Enter changed sites, in their transaction, which holds the lock."""
    entries = [IndexChange(site_id=pk) for pk in sorted(set(site_ids))]
    if entries:
        IndexChange.objects.bulk_create(entries, batch_size=2000)
