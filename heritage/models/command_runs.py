"""When scheduled commands last ran, so that a warning is shown if they do not."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

# A job, or the worker, that has told nothing for so long does not run any more.
SILENCE = timedelta(seconds=60)


class CommandRunManager(models.Manager["CommandRun"]):
    def enter(self, command: str, **detail: Any) -> None:
        """Record that a command has just ended; `detail` is what it found, as JSON."""
        self.update_or_create(command=command, defaults={"at": timezone.now(), "detail": detail})

    def latest_of(self, command: str) -> "CommandRun | None":
        return self.filter(command=command).first()

    def worker_seen(self) -> datetime | None:
        """The time of the last sign of life of a background worker; None if there was none."""
        latest = self.latest_of(CommandRun.WORKER)
        return latest.at if latest is not None else None

    def has_worker(self) -> bool:
        seen = self.worker_seen()
        return seen is not None and seen > timezone.now() - SILENCE


class CommandRun(models.Model):
    """The last run of a command, on whichever machine."""

    WORKER = "db_worker"  # which tells every few seconds that it runs

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
        """Whether it is a run of `verify` that compared everything and found no difference."""
        return bool(self.detail.get("is_complete")) and not self.detail.get("count")
