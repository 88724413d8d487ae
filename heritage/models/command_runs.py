"""When commands last ran that should run by themselves, so that it is told if they do not."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class CommandRunManager(models.Manager["CommandRun"]):
    def enter(self, command: str) -> None:
        """A command has just run to its end."""
        self.update_or_create(command=command, defaults={"at": timezone.now()})


class CommandRun(models.Model):
    """The last run of a command, on whichever machine."""

    command = models.CharField(max_length=40, unique=True)  # publish_due
    at = models.DateTimeField()

    objects: ClassVar = CommandRunManager()

    def __str__(self) -> str:
        return f"{self.command} {self.at}"
