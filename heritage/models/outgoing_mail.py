"""Mail that the background worker is to send, has sent or could not send."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OutgoingMail(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", _("failed")

    to = models.TextField(_("recipients"))  # addresses, with commas
    subject = models.TextField(_("subject"))
    # All else, encrypted, since it may be a link that sets a password; empty once it is sent.
    content = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    error = models.TextField(_("what went wrong"), blank=True)  # at the last try
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="waiting"), name="mail_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
