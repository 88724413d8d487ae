"""What the index of the catalogue is kept fresh by: a journal of changed sites, and snapshots."""

from collections.abc import Iterable

from django.db import connection, models

from heritage.models.base import new_uid

# Stands in the journal where a site's id would: a term, a source or the identity was written.
VOCABULARY = 0
# What PostgreSQL knows the lock of all writers by: any number, the same in every process.
_LOCK = 6868


class IndexChange(models.Model):
    """A site that was written or deleted, in the order in which the writes were committed."""

    # Not a foreign key: the site may be gone. The token tells a row from one of a transaction
    # that was rolled back and whose number was used again.
    site_id = models.BigIntegerField()
    token = models.CharField(max_length=32, default=new_uid)

    def __str__(self) -> str:
        return f"{self.pk} {self.site_id}"


class IndexPart(models.Model):
    """A part of the index as it was after one change: a bitmap, an order, a column."""

    name = models.CharField(max_length=60, unique=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name


def lock() -> None:
    """Wait until no other transaction writes, as SQLite does by itself.

    What one writer derives then rests on all that the others wrote, and the numbers of the
    journal follow the order of the commits.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def note(site_ids: Iterable[int]) -> None:
    """Enter changed sites in the journal, within their transaction, which holds the lock."""
    changes = [IndexChange(site_id=pk) for pk in sorted(set(site_ids))]
    if changes:
        IndexChange.objects.bulk_create(changes, batch_size=2000)
