"""Files that take too long to make in a request: a job makes them, and they are stored for some
days."""

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.fields import new_uid
from heritage.models.jobs import Job
from heritage.models.users import User


class PreparedFileManager(models.Manager["PreparedFile"]):
    def asked(
        self, maker: str, user: User | None = None, **parameters: Any
    ) -> "PreparedFile | None":
        """The file of a maker for these parameters, if it was ever asked for."""
        return self.filter(key=_key(maker, user, parameters)).select_related("job").first()

    def ask(
        self,
        maker: str,
        name: str,
        content_type: str,
        user: User | None = None,
        **parameters: Any,
    ) -> "PreparedFile":
        """The file of a maker for these parameters. A job makes it if it does not exist; with a
        user it is for this user only.

        If making it failed, or its job was lost, it is started again.
        """
        with transaction.atomic():
            file, _is_new = self.select_for_update().get_or_create(
                key=_key(maker, user, parameters),
                defaults={
                    "uid": new_uid(),
                    "maker": maker,
                    "parameters": parameters,
                    "user": user,
                    "name": name,
                    "content_type": content_type,
                },
            )
            file.used_at = timezone.now()
            if not file.is_ready and not file.is_being_made:
                file.state, file.asked_at = PreparedFile.State.PREPARING, timezone.now()
                file.job = Job.objects.start("prepare", user, file=file.pk, name=file.name)
            file.save()
        return file


def _key(maker: str, user: User | None, parameters: dict[str, Any]) -> str:
    asked = [maker, parameters, user and user.pk]
    text = json.dumps(asked, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


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
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(default=timezone.now)  # when it was last asked for

    objects: ClassVar = PreparedFileManager()

    class Meta:
        verbose_name = _("prepared file")
        verbose_name_plural = _("prepared files")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def full_path(self) -> Path:
        return Path(settings.PREPARED_ROOT) / self.path

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY and self.full_path.is_file()

    @property
    def is_being_made(self) -> bool:
        """Whether there is a job for it that waits or runs."""
        if self.state != self.State.PREPARING or self.job is None:
            return False
        return self.job.shown_state in (Job.State.WAITING, Job.State.RUNNING)
