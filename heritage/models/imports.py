"""Files that are imported: what each row of one would do, what it asks, and what was done.

`exchange.importing` fills and carries out these rows; nothing else writes them.
"""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.models.jobs import Job
from heritage.values.language import LanguageMap


class Import(models.Model):
    """A file to be imported, how its columns are read, and the state of its import."""

    class State(models.TextChoices):
        NEW = "new", _("columns to be chosen")
        PLANNED = "planned", _("planned")
        APPLIED = "applied", _("applied")

    name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64)  # of the bytes: SHA-256
    path = models.CharField(max_length=200, blank=True)  # under the folder; empty once it is read
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    language = models.CharField(max_length=35)  # of what the plan says of rows and of the file
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    # The slug of the register whose official list it is; empty for a table of sites.
    register = models.CharField(max_length=60, blank=True)
    edition = models.CharField(_("edition"), max_length=40, blank=True)
    sheet = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=list)  # of the columns of the file, in their order
    signature = models.CharField(max_length=64, db_index=True)  # of the headers, for `mapping`
    mapping = models.JSONField(default=dict)  # the key of a column of a site, by header
    # Datum, word that clears, state of new sites …: see `exchange.importing.options`.
    options = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    notes = models.JSONField(default=list)  # what is to be known of the whole file
    # The last id of a site when it was planned: later ones were made meanwhile.
    last_site = models.BigIntegerField(default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")  # the latest
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    planned_at = models.DateTimeField(_("planned at"), null=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class ImportQuestion(models.Model):
    """What only a person can decide; one question may concern many rows."""

    class Kind(models.TextChoices):
        MATCH = "match", _("the same site?")
        PLACE = "place", _("places that are not known")
        VALUE = "value", _("what is meant")

    of_import = models.ForeignKey(Import, models.CASCADE, related_name="questions")
    key = models.CharField(max_length=200)  # the same for all rows that ask the same
    kind = models.CharField(max_length=10, choices=Kind)
    # What is asked, in each language of the interface.
    words = models.JSONField(default=dict, db_default={})
    options = models.JSONField(default=list)  # pairs of an answer and its label in each of them
    answer = models.CharField(max_length=100, blank=True)
    rows = models.PositiveIntegerField(default=0)  # how many ask it

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["of_import", "key"], name="import_question_once")
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """What is asked, in the language of the reader."""
        return str(LanguageMap(self.words).best())

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers with their labels in the language of the reader."""
        return [(answer, str(LanguageMap(label).best())) for answer, label in self.options]


class ImportRow(models.Model):
    """A row of the file, or an entry of the register that the file no longer has."""

    class Outcome(models.TextChoices):
        READ = "read", _("read")
        CREATE = "create", pgettext_lazy("row of an import", "new")
        UPDATE = "update", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        QUESTION = "question", _("open question")
        ERROR = "error", _("error")
        GONE = "gone", _("no longer in the list")
        LEFT = "left", _("left out")

    of_import = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(default=0)  # of the file; 0: none
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.READ)
    name = models.CharField(max_length=300, blank=True)
    # What it changes or has made. No foreign keys: a site can be deleted, and the row stays.
    site = models.BigIntegerField(null=True)
    entry = models.BigIntegerField(null=True)  # of the register
    cells = models.JSONField(default=dict)  # the texts by header
    # Texts that cannot be read, by header: what the reader of files says of a cell.
    faults = models.JSONField(default=dict)
    differences = models.JSONField(default=list)  # [key of the column, before, after]
    problems = models.JSONField(default=list)  # [header or "", what is wrong and its remedy]
    asks = models.JSONField(default=list)  # keys of questions
    is_applied = models.BooleanField(default=False)

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["of_import", "outcome", "id"], name="import_row_outcome"),
            models.Index(
                fields=["of_import", "id"],
                condition=Q(outcome__in=("create", "update"), is_applied=False),
                name="import_row_to_apply",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.name}".strip()
