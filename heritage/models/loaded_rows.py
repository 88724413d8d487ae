"""What fixtures have loaded, so that a second load can tell which rows editors have changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedRow(models.Model):
    """A row that a fixture loaded, with digests of what it held and of what was then stored."""

    label = models.CharField(max_length=60)  # heritage.site
    uid = models.CharField(max_length=80)
    file = models.CharField(max_length=100)
    source_digest = models.CharField(max_length=64)  # of the row in the fixture
    stored_digest = models.CharField(max_length=64)  # of the stored row right after loading

    class Meta:
        verbose_name = _("loaded row")
        verbose_name_plural = _("loaded rows")
        constraints = [models.UniqueConstraint(fields=["label", "uid"], name="loaded_row_once")]

    def __str__(self) -> str:
        return f"{self.label} {self.uid}"
