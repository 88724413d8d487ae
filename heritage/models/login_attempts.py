"""Failed attempts to log in; `admin/accounts/login_attempts.py` counts them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginAttempt(models.Model):
    """A failed attempt; one row for each limit that it counts against."""

    key = models.CharField(max_length=64)  # a digest: neither name nor address is kept
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("log-in attempt")
        verbose_name_plural = _("log-in attempts")
        indexes = [models.Index(fields=["key", "at"], name="login_attempt_by_key")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M:%S}"
