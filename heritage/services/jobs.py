"""Long work, done by the background worker: kinds of jobs, and how a job is run and watched.

A kind is declared with its function, which gets a `Run` and is a generator: it does a step, short
enough that no editor has to wait (half a second), and yields how far it is. At a yield the job may
be stopped, and its process may be killed at any time. The function is then run again with the
cursor of its last complete step, so it must be harmless to repeat a step.

    @declare("renumber", _("Numbering sites"), permission="heritage.change_site")
    def _renumber(run: Run) -> Steps:
        numbers = sites_after(run.cursor.get("site", 0))
        for batch in chunks(numbers):
            with run.batch("bulk", reason=...):  # a transaction and a change set
                ...
                run.cursor["site"] = batch[-1]
            yield Progress(done, len(numbers), _("Numbering sites"))
        return {"numbered": done}

`start()` enters a job; `continue_()`, `stop()` and `undo()` are methods of `Job`. Without a
worker jobs wait: `CommandRun.objects.worker_seen()` tells when there was one.
"""

import contextlib
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from heritage.models import (
    ChangeSet,
    CommandRun,
    Job,
    JobLine,
    Record,
    User,
    WrongJobState,
    job_waits,
)
from heritage.models.fields import new_uid
from heritage.models.jobs import UNDONE_BY
from heritage.models.unit_of_work import change_set
from heritage.server.timeouts import is_lock_timeout
from heritage.values.language import LazyText, interface_languages
from heritage.values.progress import Progress

__all__ = ["Job", "JobKind", "JobRefused", "Progress", "Run", "Steps", "WrongJobState"]

logger = logging.getLogger(__name__)

HEARTBEAT = 10  # seconds
UNDO_JOB = "undo_job"  # the kind whose function undoes what a job of any kind wrote
STEP_SECONDS = 900  # for a step; a process that takes longer hangs
# After so much work, and for so long, a job leaves the database to others; what it computes between
# two steps leaves it to them, too.
WORK_SECONDS, PAUSE_SECONDS = 0.3, 0.25
TRIES = 3  # by the worker itself, of a job that comes no further

# What a function of a kind is: it yields its progress, and returns what is kept as the result.
type Steps = Generator[Progress, None, dict[str, Any] | None]
type Function = Callable[["Run"], Steps]


class JobRefused(Exception):
    """A job cannot be done; the text, for the person who started it, says why."""


class TakenOver(Exception):
    """Somebody has stopped or continued the job meanwhile: this run of it ends."""


@dataclass(frozen=True)
class JobKind:
    """What sort of job it is. With `every` or `daily_at` the worker starts one by itself."""

    name: str  # in the database
    label: str | LazyText
    run: Function
    permission: str = ""  # that somebody needs to start, continue, stop or undo one
    describe: Callable[[dict[str, Any]], str] | None = None  # its parameters, in words
    every: timedelta | None = None
    daily_at: time_of_day | None = None  # in the time zone of the catalogue
    is_needed: Callable[[], bool] | None = None  # whether there is anything to do when it is due
    # Short enough to be done beside a long job.
    is_quick: bool = False
    # A run that was killed is continued by the next worker; else somebody has to say so, as it may
    # have been the job that killed its worker. What is done by schedule always is.
    continues_itself: bool = False

    @property
    def is_scheduled(self) -> bool:
        return self.every is not None or self.daily_at is not None

    def title(self, job: Job) -> str:
        return self.describe(job.parameters) if self.describe else str(self.label)


_kinds: dict[str, JobKind] = {}


def declare(name: str, label: str | LazyText, **more: Any) -> Callable[[Function], Function]:
    """Declare a kind of jobs by the function that does them; `more` are fields of `JobKind`."""

    def with_function(run: Function) -> Function:
        _kinds[name] = JobKind(name, label, run, **more)
        return run

    return with_function


def kinds() -> dict[str, JobKind]:
    return dict(_kinds)


def kind_of(job: Job) -> JobKind:
    """The kind of a job. A kind that this version does not know fails when it is run."""
    return _kinds.get(job.kind) or JobKind(job.kind, job.kind, _unknown)


def _unknown(run: "Run") -> Steps:
    raise JobRefused(_("This version of the catalogue does not know this kind of job."))
    yield


def start(kind: str, user: User | None = None, **parameters: Any) -> Job:
    """Enter a job, in the transaction that is open if there is one; the worker begins with it."""
    return Job.objects.start(_kinds[kind].name, user, **parameters)


def run_here(kind: str, user: User | None = None, **parameters: Any) -> Job:
    """Start a job and run it in this process, as commands do; a signal to end stops it."""
    job = Job.objects.create(kind=_kinds[kind].name, user=user, parameters=parameters)
    return continue_here(job)


def continue_here(job: Job) -> Job:
    """Run a waiting job in this process, with its heartbeat."""
    with heartbeat(is_worker=False):
        run(job.pk)
    job.refresh_from_db()
    return job


# --- one job ---------------------------------------------------------------------------------


@dataclass
class Run:
    """A job that is being run, as its function sees it."""

    job: Job
    token: str
    cursor: dict[str, Any] = field(default_factory=dict)
    step_ended: float = 0.0  # the last one
    _in_steps: float = 0.0  # seconds, since others last had the time to write

    @property
    def parameters(self) -> dict[str, Any]:
        return self.job.parameters

    @property
    def user(self) -> User | None:
        """The user who started the job, or who asked to undo it."""
        if self.job.is_undo:
            by: int | None = self.parameters.get(UNDONE_BY)
            return User.objects.filter(pk=by).first() if by else None
        return self.job.user

    def note_alive(self) -> None:
        """Say, within a step of many minutes, that it does not hang: `STEP_SECONDS` count anew."""
        _running[self.job.pk] = (self.token, time.monotonic())

    @contextmanager
    def step(self) -> Iterator[None]:
        """A transaction: a whole step. The cursor is stored with it."""
        self._let_others_write()
        begun = time.monotonic()
        with transaction.atomic():
            self._hold()
            yield
            self._is_ours().update(cursor=self.cursor, heartbeat=timezone.now(), tries=0)
        self.step_ended = time.monotonic()
        self._in_steps += self.step_ended - begun

    def _let_others_write(self) -> None:
        """Pause if steps have taken long, unless enough time has passed since the last one."""
        free = time.monotonic() - self.step_ended
        if free < PAUSE_SECONDS:
            if self._in_steps <= WORK_SECONDS:
                return
            _pause(PAUSE_SECONDS - free)
        self._in_steps = 0.0

    @contextmanager
    def batch(
        self,
        kind: str,
        reason: str = "",
        undoes: ChangeSet | None = None,
        **detail: Any,
    ) -> Iterator[ChangeSet]:
        """A step whose writes belong to a change set of the job, the same for all its batches."""
        before = self.job.change_sets.filter(kind=kind, undoes=undoes).order_by("pk").last()
        with self.step():
            with change_set(kind, self.user, reason, undoes, continues=before, **detail) as made:
                yield made
            if made.pk is not None:
                self.job.change_sets.add(made)

    def log(
        self,
        text: object,
        level: str = JobLine.Level.INFO,
        about: tuple[type[Record], int] | None = None,
    ) -> None:
        """A line in its log, in each language; `about` is the record with its id, if any."""
        model, pk = about or (None, None)
        JobLine.objects.create(
            job=self.job,
            text=in_languages(text),
            level=level,
            model=model._meta.label_lower if model else "",
            object_id=pk,
        )

    def is_ours(self) -> bool:
        """Whether nobody has stopped or continued the job meanwhile."""
        return bool(self._is_ours().exists())

    def _is_ours(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, token=self.token)

    def _hold(self) -> None:
        """Lock the job to the end of the transaction; raises TakenOver if another process has
        it."""
        if self._is_ours().select_for_update().first() is None:
            raise TakenOver


def in_languages(text: object) -> dict[str, str]:
    """A text in each language of the interface."""
    found = {}
    for code in interface_languages():
        with translation.override(code):
            found[code] = str(text)
    return found


@task
def run_job(pk: int) -> None:
    """The task in the queue: a job whose turn has come."""
    run(pk)


def run(pk: int) -> None:
    """Run a waiting job until it is done, fails or is stopped; nothing if it does not wait."""
    token = new_uid()
    now = timezone.now()
    waits = Job.objects.filter(pk=pk, state=Job.State.WAITING)
    if not waits.update(state=Job.State.RUNNING, token=token, heartbeat=now):
        return
    job = Job.objects.select_related("user").get(pk=pk)
    if job.started_at is None:
        Job.objects.filter(pk=pk).update(started_at=now)
    this = Run(job, token, dict(job.cursor))
    with _beating(job.pk, token):
        try:
            result = _run_steps(this)
        except TakenOver:
            logger.info("Job %s was taken over.", pk)
        except _Stopped as stopped:
            _end(this, Job.State.WAITING if stopped.goes_on else Job.State.STOPPED)
        except JobRefused as error:
            _fail(this, error.args[0])
        except (OperationalError, InterfaceError):
            logger.exception("Job %s could not reach the database.", pk)
            if not connection.in_atomic_block:
                connection.close()  # a broken one would stay so
            _try_again(this)
        except Exception as error:
            logger.exception("Job %s failed.", pk)
            _fail(this, _("A fault of the program: %(error)s") % {"error": repr(error)}, error)
        except BaseException:  # the process is told to end at once
            _end(this, Job.State.STOPPED)
            raise
        else:
            _succeed(this, result)


class _Stopped(Exception):
    def __init__(self, goes_on: bool):
        self.goes_on = goes_on  # with the next worker, without being told to


def _run_steps(this: Run) -> dict[str, Any] | None:
    kind = _kinds[UNDO_JOB] if this.job.is_undo else kind_of(this.job)
    steps = kind.run(this)
    worked = 0.0
    with contextlib.closing(steps):
        while True:
            begun = time.monotonic()
            try:
                progress = next(steps)
            except StopIteration as ended:
                return ended.value
            _store_progress(this, progress)
            if this.step_ended > begun:
                continue  # the next step waits before it begins, if it has to
            worked += time.monotonic() - begun
            if worked > WORK_SECONDS:
                _pause(PAUSE_SECONDS)
                worked = 0.0


def _pause(seconds: float) -> None:
    """SQLite lets those who wait try again every tenth of a second; PostgreSQL lets them queue."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(seconds)


def _store_progress(this: Run, progress: Progress) -> None:
    """Store how far it is, and see whether it shall go on."""
    values: dict[str, Any] = {
        "done": progress.done,
        "total": progress.total,
        "heartbeat": timezone.now(),
        "tries": 0,
    }
    this.note_alive()
    if progress.sentence:
        values["sentence"] = in_languages(progress.sentence)
    with transaction.atomic():
        if not this._is_ours().update(**values):
            raise TakenOver
        is_to_stop = this._is_ours().values_list("is_to_stop", flat=True).first()
    if is_to_stop:
        raise _Stopped(goes_on=False)
    if _ending.is_set():
        raise _Stopped(goes_on=True)


def _end(this: Run, state: str, **values: Any) -> None:
    with transaction.atomic():
        ended = None if state == Job.State.WAITING else timezone.now()
        values |= {"state": state, "token": "", "is_to_stop": False, "ended_at": ended}
        if this._is_ours().update(**values) and state == Job.State.WAITING:
            job_waits.send(sender=Job, job=this.job)


def _succeed(this: Run, result: dict[str, Any] | None) -> None:
    job = this.job
    state = Job.State.UNDONE if job.is_undo else Job.State.DONE
    with transaction.atomic():
        _end(this, state, cursor={}, **({} if job.is_undo else {"result": result or {}}))
        _forget_earlier(job, state)


def _forget_earlier(job: Job, state: str) -> None:
    """Delete earlier jobs of a kind that runs by itself which ended in the same state, except those
    that wrote something."""
    if job.user is None and kind_of(job).is_scheduled:
        earlier = Job.objects.filter(kind=job.kind, user=None, state=state, pk__lt=job.pk)
        earlier.filter(change_sets=None).delete()


def _fail(this: Run, reason: str | LazyText, error: Exception | None = None) -> None:
    with transaction.atomic():
        this.log(reason, JobLine.Level.ERROR)
        if error is not None:
            this.log("".join(traceback.format_exception(error)), JobLine.Level.ERROR)
        _end(this, Job.State.FAILED, sentence=in_languages(reason))
        _forget_earlier(this.job, Job.State.FAILED)


def _try_again(this: Run) -> None:
    """Let a job try again whose database was not available or locked, which is no fault of the
    job."""
    tries = (this._is_ours().values_list("tries", flat=True).first() or 0) + 1
    if tries > TRIES:
        _fail(this, _("The database could not be reached or written to."))
    else:
        _end(this, Job.State.WAITING, tries=tries)


# --- what waits ------------------------------------------------------------------------------


def connect() -> None:
    """Called once the app is ready."""
    job_waits.connect(_enqueue, dispatch_uid="queue of jobs")


def _enqueue(job: Job, **kwargs: Any) -> None:
    kind = kind_of(job)
    if not kind.is_quick:
        # What visitors ask for waits for what editors do.
        is_of_visitor = job.user_id is None and not kind.is_scheduled
        (run_job.using(priority=-10) if is_of_visitor else run_job).enqueue(job.pk)


def attend() -> None:
    """The tasks of the worker every few seconds, beside the job that it runs."""
    _note_silent()
    _enqueue_lost()
    for kind in _kinds.values():
        if _is_due(kind):
            start(kind.name)
    quick = [kind.name for kind in _kinds.values() if kind.is_quick]
    waiting = Job.objects.filter(kind__in=quick, state=Job.State.WAITING).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        run(pk)


def _note_silent() -> None:
    """Stop jobs whose process has ended, or let this process continue them."""
    for job in Job.objects.get_queryset().silent():
        values = {"token": "", "is_to_stop": False}
        unchanged = Job.objects.filter(pk=job.pk, state=job.state, token=job.token)
        kind = kind_of(job)
        continues_itself = kind.continues_itself or kind.is_scheduled
        if continues_itself and job.tries < TRIES and not job.is_to_stop:
            values |= {"state": Job.State.WAITING, "tries": job.tries + 1}
        else:
            values |= {"state": Job.State.STOPPED, "ended_at": job.heartbeat}
        with transaction.atomic():
            if unchanged.update(**values) and values["state"] == Job.State.WAITING:
                job_waits.send(sender=Job, job=job)


def _enqueue_lost() -> None:
    """A process may have been killed after it had taken the task and before it took the job."""
    quick = [kind.name for kind in _kinds.values() if kind.is_quick]
    waiting = Job.objects.filter(state=Job.State.WAITING).exclude(kind__in=quick)
    ids = set(waiting.values_list("pk", flat=True))
    if ids:
        queued = DBTaskResult.objects.ready().filter(task_path=run_job.module_path)
        for call in queued.values_list("args_kwargs", flat=True):
            ids -= set(call["args"])
        for pk in sorted(ids):
            run_job.enqueue(pk)


_begun = timezone.now()


def _is_due(kind: JobKind) -> bool:
    """Whether the worker is to start one of this kind by itself, now."""
    if not kind.is_scheduled:
        return False
    latest = Job.objects.filter(kind=kind.name, user=None).order_by("-pk").first()
    if latest is not None and latest.shown_state in (Job.State.WAITING, Job.State.RUNNING):
        return False
    now = timezone.localtime()
    if kind.daily_at is not None:
        due = datetime.combine(now.date(), kind.daily_at, now.tzinfo)
        due -= timedelta(days=due > now)
        is_due = (latest.created_at if latest is not None else _begun) < due
    else:
        is_due = latest is None or latest.created_at <= now - (kind.every or timedelta(0))
    return is_due and (kind.is_needed is None or kind.is_needed())


STORED_FOR = timedelta(days=90)


def forget_old() -> int:
    """Delete jobs that ended long ago and wrote nothing, and former tasks; says how many jobs."""
    now = timezone.now()
    tasks = DBTaskResult.objects.exclude(status="READY")
    tasks.filter(finished_at__lt=now - timedelta(days=1)).delete()
    # Those that never finished: their worker was killed.
    tasks.filter(finished_at=None, started_at__lt=now - STORED_FOR).delete()
    old = Job.objects.filter(ended_at__lt=now - STORED_FOR, change_sets=None)
    count = old.count()
    old.delete()
    return count


# --- heartbeats ------------------------------------------------------------------------------

_ending = threading.Event()  # this process is told to end: jobs stop after their step
_running: dict[int, tuple[str, float]] = {}  # jobs of this process: token, when it began a step


def end_soon() -> None:
    """Let the jobs of this process stop after their present step."""
    _ending.set()


@contextmanager
def _beating(pk: int, token: str) -> Iterator[None]:
    _running[pk] = (token, time.monotonic())
    try:
        yield
    finally:
        _running.pop(pk, None)


@contextmanager
def heartbeat(is_worker: bool) -> Iterator[None]:
    """Within it, a thread stores heartbeats of the jobs of this process and, with `is_worker`, of
    the worker. It ends the process if a step takes longer than `STEP_SECONDS`."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(ended, is_worker), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=HEARTBEAT)


def _beat(ended: threading.Event, is_worker: bool) -> None:
    while not ended.wait(HEARTBEAT):
        try:
            if is_worker:
                CommandRun.objects.enter(CommandRun.WORKER)
            for pk, (token, since) in list(_running.items()):
                if time.monotonic() - since > STEP_SECONDS:
                    logger.critical("Job %s hangs: this process ends.", pk)
                    os._exit(os.EX_SOFTWARE)
                rows = Job.objects.filter(pk=pk, token=token, state=Job.State.RUNNING)
                rows.update(heartbeat=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            # A step of a job may hold the lock for some seconds.
            if not (isinstance(error, OperationalError) and is_lock_timeout(error)):
                logger.warning("The heartbeat could not be stored.", exc_info=True)
                connection.close()
    connection.close()
