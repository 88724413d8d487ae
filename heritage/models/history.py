"""The history: `ChangeSet` (who, when, why), `Change` (one row before and after), and for which
time the changes of a record were thinned (`ThinnedHistory`)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, cast

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.tracked import TrackedModel

# In the detail of a change set: the account of its user was deleted since.
USER_IS_GONE = "user_is_gone"


class ChangeSet(models.Model):
    """What one person did at once: a save of a form, an import, a bulk action."""

    class Kind(models.TextChoices):
        EDIT = "edit", _("edit")
        BULK = "bulk", _("bulk action")
        IMPORT = "import", _("import")
        CORRECTION = "correction", _("correction")
        MERGE = "merge", _("merge")
        UNDO = "undo", _("undo")
        RESTORE = "restore", _("restoration")
        COMMAND = "command", _("command")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.COMMAND)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    reason = models.TextField(_("reason"), blank=True)  # a person's words, nothing else
    # The program's own facts, such as {"state": "archived"}: worded in the reader's language.
    detail = models.JSONField(_("detail"), default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    undoes = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )
    # Since when it no longer holds all its changes, see `ThinnedHistory`: it cannot be undone.
    thinned_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.reason or str(self.get_kind_display())

    @property
    def author(self) -> str:
        """The name of the person who made it, as the history shows it."""
        if self.user:
            return self.user.display_name
        if self.detail.get(USER_IS_GONE):
            return str(_("a deleted account"))
        return str(_("a reader") if self.kind == self.Kind.CORRECTION else _("a command"))


class Change(models.Model):
    """One write to one row; rows of this table are changed by `thin_history` alone.

    `before` is null where the row is new, `after` where it is gone; otherwise both hold the
    columns that differ, many-to-many relations as sorted lists of ids. The owner is the record
    that a row belongs to, such as the site of a name; a record owns itself. A row that moved is
    found at both owners.
    """

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="changes")
    model = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    object_id = models.BigIntegerField()
    owner_model = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    owner_id = models.BigIntegerField()
    former_owner_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["owner_model", "owner_id", "id"], name="change_owner"),
            models.Index(fields=["model", "object_id", "id"], name="change_object"),
            models.Index(
                fields=["owner_model", "former_owner_id"],
                condition=models.Q(former_owner_id__isnull=False),  # few rows move
                name="change_former_owner",
            ),
            models.Index(
                fields=["model", "-id"],
                condition=models.Q(after__isnull=True),  # what was deleted
                name="change_deletion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model.model} {self.object_id}"

    def model_class(self) -> type[TrackedModel] | None:
        """The model of the row; None if it no longer exists."""
        return cast(
            "type[TrackedModel] | None", ContentType.objects.get_for_id(self.model_id).model_class()
        )


class ThinnedHistoryManager(models.Manager["ThinnedHistory"]):
    def for_record(self, record: models.Model) -> ThinnedHistory | None:
        """What `thin_history` has removed from the history of a record; None if nothing."""
        owner_model = ContentType.objects.get_for_model(type(record))
        return self.filter(owner_model=owner_model, owner_id=record.pk).first()


class ThinnedHistory(models.Model):
    """What `thin_history` left out of the history of one record and the rows that belong to it.

    From `since` until `until` (excluded) the record's state is not known: several changes of a row
    have become one, which is dated `until` or before. Before and after, each state is as it was.
    """

    owner_model = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    owner_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    changes = models.PositiveIntegerField()  # how many are gone
    change_sets = models.JSONField(default=list)  # ids of those that they belonged to: who and when

    objects: ClassVar = ThinnedHistoryManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_model", "owner_id"], name="thinned_history_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner_model.model} {self.owner_id}: {self.changes} changes"

    def covers(self, at: datetime) -> bool:
        """Whether the record's state at this time is not known."""
        return self.since <= at < self.until
