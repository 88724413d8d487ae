"""Tables of the search index: the stored snapshot, words for spelling, and terms whose sites are
not yet refreshed. The change log is in `unit_of_work`."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length

from heritage.models.sites import Site
from heritage.values import normalize


class IndexPart(models.Model):
    """A part of the index as it was after one change: a bitmap, an order, a column."""

    name = models.CharField(max_length=60, unique=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class PendingRefreshManager(models.Manager["PendingRefresh"]):
    def sites_left(self) -> int:
        """The greatest possible number of sites that are not yet refreshed."""
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

    text = models.CharField(max_length=normalize.MAX_WORD_LENGTH, unique=True)

    class Meta:
        indexes = [models.Index(Length("text"), "text", name="spelt_word_length_text")]

    def __str__(self) -> str:
        return self.text
