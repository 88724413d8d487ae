"""Tables of the search index: the change log, the stored snapshot, and words for spelling."""

from django.db import models
from django.db.models.functions import Length

from heritage.models.base import new_uid
from heritage.values import tokens


class IndexChange(models.Model):
    """An entry of the change log: a site that was written or deleted, in the order of commits."""

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


class SpeltWord(models.Model):
    """A word that some record contains or contained, for spelling corrections."""

    text = models.CharField(max_length=tokens.MAX_WORD_LENGTH, unique=True)

    class Meta:
        indexes = [models.Index(Length("text"), "text", name="spelt_word_length_text")]

    def __str__(self) -> str:
        return self.text
