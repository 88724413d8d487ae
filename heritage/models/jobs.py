"""Jobs, which the background worker runs: the parameters, progress and result of each.

The row of a job has its state; the task in the queue only names the job. Here are the states and
the transitions between them. `services.jobs` declares the kinds of jobs and runs them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.models.command_runs import SILENCE
from heritage.models.history import ChangeSet
from heritage.models.users import User
from heritage.values.language import LanguageMap

UNDONE_BY = "undone_by"  # among the parameters: the id of the user who asked for the undo

# Sent within the transaction in which a job began to wait for the worker; `job` is the job.
job_waits = Signal()


def _is_silent() -> Q:
    return Q(state="running", heartbeat__lt=timezone.now() - SILENCE)


class WrongJobState(Exception):
    """A job cannot be continued, stopped or undone in its present state."""


class JobQuerySet(models.QuerySet["Job"]):
    def silent(self) -> "JobQuerySet":
        """Jobs whose state is “running” but whose heartbeat is old: their worker ended."""
        return self.filter(_is_silent())

    def in_state(self, state: str) -> "JobQuerySet":
        """Jobs in a state as pages show it: a silent job counts as stopped."""
        if state == Job.State.STOPPED:
            return self.filter(Q(state=state) | _is_silent())
        if state == Job.State.RUNNING:
            return self.filter(state=state).exclude(_is_silent())
        return self.filter(state=state)


class JobManager(models.Manager["Job"]):
    def get_queryset(self) -> JobQuerySet:
        return JobQuerySet(self.model, using=self._db)

    def start(self, kind: str, user: User | None = None, **parameters: Any) -> "Job":
        """Create a job, which the worker begins when its turn comes."""
        with transaction.atomic():
            job = self.create(kind=kind, user=user, parameters=parameters)
            job_waits.send(sender=Job, job=job)
        return job


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("finished")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("kind"), max_length=40, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    parameters = models.JSONField(_("parameters"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    # Whether what waits, runs or has stopped is the undo of what the job wrote.
    is_undo = models.BooleanField(default=False)
    is_to_stop = models.BooleanField(default=False)  # it ends after the step that it is at
    done = models.BigIntegerField(_("done so far"), default=0)
    total = models.BigIntegerField(_("total"), null=True)
    # What it is doing or has done, in each language of the interface.
    sentence = models.JSONField(default=dict)
    # What its function needs to know to go on, as of the last whole step.
    cursor = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    result = models.JSONField(_("result"), default=dict, encoder=DjangoJSONEncoder)
    change_sets = models.ManyToManyField(
        ChangeSet, related_name="jobs", verbose_name=_("change sets")
    )
    token = models.CharField(max_length=32, default="")  # of the process that runs it
    heartbeat = models.DateTimeField(_("last heard of"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)  # by the worker itself, without a step
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar = JobManager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["state", "heartbeat"],
                condition=Q(state__in=("waiting", "running")),
                name="job_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_silent(self) -> bool:
        if self.state != self.State.RUNNING or self.heartbeat is None:
            return False
        return self.heartbeat < timezone.now() - SILENCE

    @property
    def shown_state(self) -> str:
        """The state as pages show it: a silent job is stopped."""
        return self.State.STOPPED if self.is_silent else self.State(self.state)

    @property
    def says(self) -> str:
        """Its sentence in the language of the reader."""
        return str(LanguageMap(self.sentence).best())

    # --- from one state to another

    @property
    def can_continue(self) -> bool:
        return self.shown_state in (self.State.STOPPED, self.State.FAILED)

    @property
    def can_stop(self) -> bool:
        return self.shown_state in (self.State.WAITING, self.State.RUNNING) and not self.is_to_stop

    @property
    def can_undo(self) -> bool:
        ended = (self.State.STOPPED, self.State.FAILED, self.State.DONE)
        return self.shown_state in ended and not self.is_undo and self.change_sets.exists()

    def continue_(self) -> None:
        """Let it go on where it stopped."""
        with self._locked("can_continue"):
            self._wait()

    def stop(self) -> None:
        """Let it stop: at once if it waits, else after the step that it is at."""
        with self._locked("can_stop"):
            if self.state == self.State.WAITING:
                self.state = self.State.STOPPED
            else:
                self.is_to_stop = True
            self.save(update_fields=["state", "is_to_stop"])

    def undo(self, by: User | None = None) -> None:
        """Let the worker undo all that it wrote."""
        with self._locked("can_undo"):
            self.parameters = {**self.parameters, UNDONE_BY: by and by.pk}
            self.is_undo, self.cursor, self.sentence = True, {}, {}
            self.done, self.total = 0, None
            self._wait()

    def _wait(self) -> None:
        self.state, self.token, self.is_to_stop = self.State.WAITING, "", False
        self.tries, self.ended_at = 0, None
        self.save()
        job_waits.send(sender=Job, job=self)

    @contextmanager
    def _locked(self, condition: str) -> Iterator[None]:
        """A transaction with the job locked and read anew; raises `WrongJobState`."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Job.objects.select_for_update(of=("self",)))
            if not getattr(self, condition):
                raise WrongJobState(self.shown_state)
            yield


class JobLine(models.Model):
    """A line in the log of a job: what could not be done, or is worth knowing."""

    class Level(models.TextChoices):
        INFO = "info", _("note")
        WARNING = "warning", _("warning")
        ERROR = "error", _("error")

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=8, choices=Level, default=Level.INFO)
    text = models.JSONField()  # in each language of the interface
    # The record that it is about, such as heritage.site 12; empty if none.
    model = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(LanguageMap(self.text).best())
