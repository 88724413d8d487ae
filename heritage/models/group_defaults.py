"""Which default permissions groups have been given, so that none is given twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GroupDefault(models.Model):
    """A default group was given its permissions on a model; without `model` it was created.

    What an operator takes away afterwards is therefore not given again by the next `migrate`.
    """

    group = models.CharField(max_length=150)
    model = models.CharField(max_length=150, blank=True)  # heritage.site

    class Meta:
        verbose_name = _("default permission")
        verbose_name_plural = _("default permissions")
        constraints = [
            models.UniqueConstraint(fields=["group", "model"], name="group_default_once")
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.model}".strip()
