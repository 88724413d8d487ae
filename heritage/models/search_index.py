"""Tables of the search index: the change log, the stored snapshot, words for spelling, and terms
whose sites are not yet refreshed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from django.db import connection, models, transaction
from django.db.models.functions import Length

from heritage.models.base import new_uid
from heritage.models.row_values import insert_rows
from heritage.models.sites import Site
from heritage.values import tokens

# What PostgreSQL knows the lock of the change log by: any number, the same in every process.
_LOCK = 6868


class ChangeLog(models.Manager["IndexChange"]):
    """Which sites were written, in the order of the commits: so readers learn what writers did.

    A process that finds entries newer than its index reads those sites again. For that, entries
    must become visible in the order of their numbers: a transaction that writes anything the index
    follows holds one lock, from its first such row to its commit. SQLite has that lock by itself.
    """

    def lock(self) -> None:
        """Wait until no other transaction holds the lock, and keep it to the end of this one."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A transaction that holds the lock."""
        with transaction.atomic():
            self.lock()
            yield

    def enter(self, site_ids: Iterable[int]) -> None:
        """Enter changed sites, in their transaction, which holds the lock."""
        entries = [(pk, new_uid()) for pk in sorted(set(site_ids))]
        insert_rows(IndexChange, ("site_id", "token"), entries)


class IndexChange(models.Model):
    """An entry of the change log: a site that was written or deleted, in the order of commits."""

    VOCABULARY = 0  # in place of a site's id: a term, a source or the identity was written

    # Not a foreign key: the site may be gone. The token tells a row from one of a transaction
    # that was rolled back and whose number was used again.
    site_id = models.BigIntegerField()
    token = models.CharField(max_length=32, default=new_uid)

    objects: ClassVar = ChangeLog()

    def __str__(self) -> str:
        return f"{self.pk} {self.site_id}"


class IndexPart(models.Model):
    """A part of the index as it was after one change: a bitmap, an order, a column."""

    name = models.CharField(max_length=60, unique=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class PendingRefreshManager(models.Manager["PendingRefresh"]):
    def sites_left(self) -> int:
        """How many sites at most are not yet as their terms say."""
        found = sum(self.values_list("left", flat=True))
        # Several terms may have the same sites.
        return min(found, Site.objects.count()) if found else 0


class PendingRefresh(models.Model):
    """A term that was written, and whose sites are refreshed later: see `services.pending`."""

    model = models.CharField(max_length=40)  # such as heritage.kind
    object_id = models.BigIntegerField()
    columns = models.JSONField()  # that were written
    done_to = models.BigIntegerField(default=0)  # the last of its sites that was refreshed
    left = models.PositiveIntegerField(default=0)  # sites, at most
    token = models.CharField(max_length=32, default="")  # of the process that is at it
    leased_until = models.DateTimeField(null=True)

    objects: ClassVar = PendingRefreshManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "object_id"], name="pending_refresh_once")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class SpeltWord(models.Model):
    """A word that some record contains or contained, for spelling corrections."""

    text = models.CharField(max_length=tokens.MAX_WORD_LENGTH, unique=True)

    class Meta:
        indexes = [models.Index(Length("text"), "text", name="spelt_word_length_text")]

    def __str__(self) -> str:
        return self.text
