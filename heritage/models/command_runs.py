"""When commands last ran that should run by themselves, so that it is told if they do not."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class CommandRunManager(models.Manager["CommandRun"]):
    def enter(self, command: str, **detail: Any) -> None:
        """A command has just run to its end; `detail` is what it found, as JSON."""
        self.update_or_create(command=command, defaults={"at": timezone.now(), "detail": detail})

    def latest_of(self, command: str) -> "CommandRun | None":
        return self.filter(command=command).first()


class CommandRun(models.Model):
    """The last run of a command, on whichever machine."""

    command = models.CharField(max_length=40, unique=True)  # publish_due
    at = models.DateTimeField()
    # What it found, such as {"bytes": 1200000}; the default is that of the database, too.
    detail = models.JSONField(
        default=dict, db_default=models.Value({}, output_field=models.JSONField())
    )

    objects: ClassVar = CommandRunManager()

    def __str__(self) -> str:
        return f"{self.command} {self.at}"

    @property
    def is_proof(self) -> bool:
        """Of `verify`: everything was compared, and nothing differed."""
        return bool(self.detail.get("is_complete")) and not self.detail.get("count")
