"""What fixtures have loaded, so that a second load can tell which rows editors have changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedRow(models.Model):
    """A row as a fixture brought it: where from, what the fixture said, what was stored."""

    label = models.CharField(max_length=60)  # heritage.site
    uid = models.CharField(max_length=80)
    file = models.CharField(max_length=100)
    said = models.CharField(max_length=64)  # digest of the fixture's row
    stored = models.CharField(max_length=64)  # digest of the row right after it was loaded

    class Meta:
        verbose_name = _("loaded row")
        verbose_name_plural = _("loaded rows")
        constraints = [models.UniqueConstraint(fields=["label", "uid"], name="loaded_row_once")]

    def __str__(self) -> str:
        return f"{self.label} {self.uid}"
