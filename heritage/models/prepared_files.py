"""Files that take too long to make in a request: a job makes them, and they are kept a while."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.jobs import Job


class PreparedFile(models.Model):
    """A file under the folder of prepared files, or one that is being prepared."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    uid = models.CharField(max_length=32, unique=True)
    maker = models.CharField(_("maker"), max_length=40)  # as declared in services.prepared
    parameters = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # Of maker, parameters and user: who asks for the same gets the same file.
    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(  # who alone may have it; null: everybody
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=150)  # under which it is saved
    content_type = models.CharField(max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARING)
    path = models.CharField(max_length=200, blank=True)  # under the folder, once it is ready
    size = models.BigIntegerField(_("bytes"), default=0)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(default=timezone.now)  # when it was last asked for

    class Meta:
        verbose_name = _("prepared file")
        verbose_name_plural = _("prepared files")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
