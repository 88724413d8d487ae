"""Who has the form of a record open. Shown to colleagues; it locks nothing.

A browser renews its entry while the form is open; an entry that is not renewed expires.
"""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.users import User

LIFETIME = timedelta(minutes=3)  # browsers renew a mark every minute


class OpenFormManager(models.Manager["OpenForm"]):
    def mark(self, row: models.Model, user: User) -> list["OpenForm"]:
        """Record that a user has a record open. Returns the entries of others."""
        now = timezone.now()
        self.filter(seen_at__lt=now - LIFETIME).delete()
        self.update_or_create(
            model=row._meta.label_lower,
            object_id=row.pk,
            user=user,
            defaults={"seen_at": now},
            create_defaults={"since": now, "seen_at": now},
        )
        others = self.filter(model=row._meta.label_lower, object_id=row.pk)
        return list(others.exclude(user=user).select_related("user").order_by("since"))

    def unmark(self, row: models.Model, user: User) -> None:
        """Record that a user has closed it."""
        self.filter(model=row._meta.label_lower, object_id=row.pk, user=user).delete()


class OpenForm(models.Model):
    """One person at the form of one record."""

    model = models.CharField(max_length=60)  # heritage.site
    object_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar = OpenFormManager()

    class Meta:
        verbose_name = _("open form")
        verbose_name_plural = _("open forms")
        constraints = [
            models.UniqueConstraint(fields=["model", "object_id", "user"], name="open_form_once")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}: {self.user}"
