"""Jobs of the background worker: each is done, continued or undone, and never half."""

import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from datetime import time as time_of_day
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from heritage.models import Change, ChangeSet, CommandRun, Event, Job, Name, Site, WrongJobState
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.server.timeouts import lock_timeout
from heritage.services import jobs, undo_in_batches
from heritage.web.media import previews
from tests import builders as build
from tests import worker_process
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive
from tests.killable_workers import killable_workers, wait_until

pytestmark = pytest.mark.django_db

State = Job.State


def unscheduled() -> dict[str, jobs.JobKind]:
    """Without those that are due at some time of day: a test at that time would start them."""
    return {name: kind for name, kind in jobs.kinds().items() if not kind.is_scheduled}


@pytest.fixture
def declare(monkeypatch):
    """`declare(run, **more)` declares the kind of job "test"."""

    def with_function(run, **more):
        kind = jobs.JobKind("test", "A test", run, **more)
        monkeypatch.setattr(jobs, "_kinds", unscheduled() | {"test": kind})
        return kind

    return with_function


@pytest.fixture
def marking(monkeypatch):
    """Seven sites, and the kind of job "mark", which adds an event and a name to each."""
    monkeypatch.setattr(jobs, "_kinds", unscheduled() | {"mark": worker_process.kind()})
    return [build.make_site(f"Site {number}") for number in range(7)]


def work() -> None:
    """What a worker does until nothing waits; itself it would close the test's connection."""
    while (queued := DBTaskResult.objects.ready().first()) is not None:
        queued.delete()
        with suppress(SystemExit):
            queued.task.call(*queued.args_kwargs["args"])


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def make_silent(job: Job) -> None:
    """As after a kill of its process, two minutes ago."""
    ago = timezone.now() - timedelta(minutes=2)
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, token="gone", heartbeat=ago)


def marked() -> Counter:
    events = Counter(Event.objects.filter(date="1400").values_list("site", flat=True))
    assert events == Counter(Name.objects.filter(text="Marked").values_list("site", flat=True))
    return events


# --- a run -----------------------------------------------------------------------------------


def test_a_job_tells_how_far_it_is_in_each_language_and_what_came_of_it(declare):
    seen = []

    def run(this):
        yield jobs.Progress(1, 2, gettext_lazy("Sites"))
        seen.append(fresh(this.job))
        this.log(gettext_lazy("Names"))
        yield jobs.Progress(2, 2)
        return {"found": 3}

    declare(run)
    user = build.make_user("li")
    job = jobs.start("test", user, where="here")
    assert (job.state, job.parameters, job.user) == (State.WAITING, {"where": "here"}, user)
    work()
    assert (seen[0].state, seen[0].done, seen[0].total) == (State.RUNNING, 1, 2)
    assert timezone.now() - seen[0].heartbeat < timedelta(seconds=30)
    with translation.override("zh-hans"):
        assert (seen[0].says, str(job.lines.get())) == ("遗产地", "名称")
    ended = fresh(job)
    assert (ended.state, ended.done, ended.result) == (State.DONE, 2, {"found": 3})
    assert ended.started_at <= ended.ended_at and ended.says == "Sites"


@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (jobs.JobRefused(gettext_lazy("Sites")), State.FAILED, "Sites"),
        (ValueError("odd"), State.FAILED, "A fault of the program: ValueError('odd')"),
        (OperationalError("away"), State.FAILED, "The database could not be reached or written to"),
        (SystemExit(1), State.STOPPED, ""),
    ],
)
def test_what_goes_wrong_is_said_and_the_job_can_be_continued(declare, error, state, said):
    runs = []

    def run(this):
        runs.append(1)
        if len(runs) <= 1 + jobs.TRIES or not isinstance(error, OperationalError):
            raise error
        yield jobs.Progress(1)

    declare(run)
    job = jobs.start("test")
    work()
    job = fresh(job)
    assert (job.state, job.says[: len(said)]) == (state, said)
    assert len(runs) == (1 + jobs.TRIES if isinstance(error, OperationalError) else 1)
    assert ("ValueError" in "".join(map(str, job.lines.all()))) == isinstance(error, ValueError)
    declare(lambda this: iter_once())
    job.continue_()
    work()
    assert fresh(job).state == State.DONE


def iter_once():
    yield jobs.Progress(1, 1)


def test_a_job_that_is_told_to_stop_ends_after_its_step_and_goes_on_from_there(marking):
    job = jobs.start("mark")
    steps = jobs.Run._hold

    def stop_at_second(self):
        steps(self)
        if self.cursor:
            Job.objects.filter(pk=job.pk).update(is_to_stop=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs.Run, "_hold", stop_at_second)
        work()
    assert (fresh(job).state, fresh(job).done, len(marked())) == (State.STOPPED, 6, 6)
    job.continue_()
    work()
    assert fresh(job).state == State.DONE
    assert marked() == Counter([site.pk for site in marking])
    made = job.change_sets.get()
    assert (made.reason, made.changes.count()) == ("marked", 14)
    assert_nothing_to_derive()


def test_a_process_that_ends_leaves_its_job_to_the_next(marking, monkeypatch):
    job = jobs.start("mark")
    jobs.end_soon()
    try:
        jobs.run(job.pk)
    finally:
        jobs._ending.clear()
    assert (fresh(job).state, len(marked())) == (State.WAITING, 3)
    work()
    assert (fresh(job).state, len(marked())) == (State.DONE, 7)


def test_a_run_that_somebody_took_over_writes_nothing_more(declare, marking):
    def run(this):
        steps = worker_process.mark_sites(this)
        yield next(steps)
        make_silent(this.job)
        fresh(this.job).continue_()
        next(steps)
        raise AssertionError("it went on")

    declare(run)
    job = jobs.start("test")
    jobs.run(job.pk)
    assert (fresh(job).state, len(marked())) == (State.WAITING, 3)


ALLOWED = {  # continue, stop, undo
    "waiting": (False, True, False),
    "running": (False, True, False),
    "silent": (True, False, True),
    "stopped": (True, False, True),
    "failed": (True, False, True),
    "done": (False, False, True),
    "undone": (False, False, False),
}


@pytest.mark.parametrize("state", ALLOWED)
def test_what_can_be_done_with_a_job_in_each_state(declare, state):
    declare(iter_once)
    job = Job.objects.create(kind="test", state=state, is_undo=state == "undone")
    if state in ("running", "silent"):
        Job.objects.update(state="running", heartbeat=timezone.now())
    if state == "silent":
        make_silent(job)
    job = fresh(job)
    assert job.shown_state == ("stopped" if state == "silent" else state)
    assert list(Job.objects.get_queryset().in_state(job.shown_state)) == [job]
    assert not job.can_undo  # it wrote nothing
    with change_set("import") as made:
        build.make_site()
    job.change_sets.add(made)
    allowed = (job.can_continue, job.can_stop, job.can_undo)
    assert allowed == ALLOWED[state]
    for name, may in zip(("continue_", "stop", "undo"), allowed, strict=True):
        if not may:
            with pytest.raises(WrongJobState):
                getattr(fresh(job), name)()


def test_what_a_job_wrote_is_undone_but_for_what_was_edited_since(marking, monkeypatch):
    monkeypatch.setattr(undo_in_batches, "CHANGES", 4)
    job = jobs.run_here("mark", build.make_user("li"))
    edited = Name.objects.filter(text="Marked").first()
    edited.text = "Edited"
    edited.save()
    by = build.make_user("wang")
    fresh(job).undo(by)
    work()
    job = fresh(job)
    assert (job.state, Name.objects.filter(text="Marked").count()) == (State.UNDONE, 0)
    assert [str(name) for name in Name.objects.filter(text="Edited")] == ["Edited"]
    line = job.lines.get()
    assert "edited since" in str(line)
    assert (line.model, line.object_id) == ("heritage.site", edited.site_id)
    assert job.says == "13 rows were undone; 1 things stay as they are, see the log."
    undone = ChangeSet.objects.get(kind="undo")
    assert (undone.user, undone.undoes) == (by, job.change_sets.exclude(pk=undone.pk).get())
    assert_nothing_to_derive()


# --- the queue and the worker ----------------------------------------------------------------


def test_a_job_whose_task_was_lost_is_entered_again(marking):
    job = jobs.start("mark")
    DBTaskResult.objects.update(status="RUNNING")  # its worker was killed before it took the job
    jobs.attend()
    assert DBTaskResult.objects.ready().count() == 1
    jobs.attend()
    assert DBTaskResult.objects.ready().count() == 1
    work()
    assert fresh(job).state == State.DONE


@pytest.mark.parametrize("continues_itself", [True, False])
def test_a_job_whose_worker_was_killed_stops_or_goes_on(declare, continues_itself):
    declare(lambda this: iter_once(), continues_itself=continues_itself)
    job = Job.objects.create(kind="test")
    make_silent(job)
    for _kill in range(jobs.TRIES if continues_itself else 0):
        jobs.attend()
        assert fresh(job).state == State.WAITING
        make_silent(job)
    jobs.attend()
    assert fresh(job).state == State.STOPPED


NOW = datetime(2026, 11, 30, 12, 0, tzinfo=timezone.get_default_timezone())
DAILY = {"daily_at": time_of_day(3, 30)}


@pytest.mark.parametrize(
    ("schedule", "latest", "begun", "is_due"),
    [
        ({}, None, timedelta(days=2), False),
        ({"every": timedelta(minutes=5)}, None, timedelta(0), True),
        ({"every": timedelta(minutes=5)}, timedelta(minutes=4), timedelta(days=2), False),
        ({"every": timedelta(minutes=5)}, timedelta(minutes=5), timedelta(days=2), True),
        (DAILY, None, timedelta(hours=1), False),  # the worker runs since eleven only
        (DAILY, None, timedelta(hours=9), True),
        (DAILY, timedelta(hours=8), timedelta(days=2), False),
        (DAILY, timedelta(hours=9), timedelta(days=2), True),
    ],
)
def test_when_a_job_is_due(declare, monkeypatch, schedule, latest, begun, is_due):
    kind = declare(lambda this: iter_once(), **schedule)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(jobs, "_begun", NOW - begun)
    if latest is not None:
        Job.objects.create(kind="test", state=State.DONE, created_at=NOW - latest)
    Job.objects.create(kind="test", user=build.make_user(), created_at=NOW)  # by hand
    assert jobs._is_due(kind) == is_due
    Job.objects.create(kind="test", state=State.WAITING, created_at=NOW - timedelta(days=3))
    assert not jobs._is_due(kind)


def test_what_runs_by_itself_leaves_its_last_run_and_what_it_wrote(declare, marking):
    declare(worker_process.mark_sites, every=timedelta(0))
    wrote = jobs.run_here("test")
    declare(lambda this: iter_once(), every=timedelta(0))
    by_hand = jobs.run_here("test", build.make_user())
    for _number in range(3):
        last = jobs.run_here("test")
    assert set(Job.objects.all()) == {wrote, by_hand, last}


def test_jobs_of_long_ago_are_forgotten_unless_they_wrote(declare, marking):
    wrote = jobs.run_here("mark")
    declare(lambda this: iter_once())
    recent, old = jobs.run_here("test"), jobs.run_here("test")
    waiting = jobs.start("test")
    long_ago = timezone.now() - timedelta(days=91)
    Job.objects.exclude(pk__in=[recent.pk, waiting.pk]).update(ended_at=long_ago)
    Job.objects.filter(pk=waiting.pk).update(created_at=long_ago)
    assert jobs.forget_old() == 1
    assert set(Job.objects.all()) == {wrote, recent, waiting} and old.pk
    work()
    assert fresh(waiting).state == State.DONE


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_seen_while_it_runs(declare):
    declare(lambda this: iter_once())
    job = jobs.start("test")
    assert CommandRun.objects.worker_seen() is None
    call_command("db_worker", batch=True, interval=0)
    assert fresh(job).state == State.DONE
    assert CommandRun.objects.has_worker()
    CommandRun.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert not CommandRun.objects.has_worker() and CommandRun.objects.worker_seen() is not None


def test_everything_that_is_due_by_schedule_is_done(settings):
    """As it is registered: publishing, refreshing, tidying, previews, prepared files."""
    settings.CONTACT = "mailto:heritage@example.org"  # which the check of Commons asks for
    kind = build.make_kind("Temple")
    site = build.make_site("Temple", kinds=[kind], state="published")
    names = {name for name, kind in jobs.kinds().items() if kind.is_scheduled}
    assert names >= {"publish_due", "refresh", "tidy", "previews", "sweep_prepared"}
    for name in sorted(names):
        job = jobs.run_here(name)
        assert job.state == State.DONE, (name, list(map(str, job.lines.all())))
    assert CommandRun.objects.latest_of("publish_due") is not None
    assert previews.has_any(site.uid)
    said = [str(line) for line in Job.objects.get(kind="tidy").lines.all()]
    assert any("sessions" in line.lower() or "Sessions" in line for line in said)
    assert Job.objects.get(kind="previews").says == "1 link previews were drawn."
    assert jobs.run_here("previews").says == "0 link previews were drawn."


@pytest.mark.django_db(transaction=True)
def test_others_write_while_a_job_does_step_after_step(declare):
    """None waits longer than the job's steps and its pauses take."""
    site, ended = build.make_site(), threading.Event()

    def run(this):
        while not ended.is_set():
            with this.step():
                this.cursor["at"] = 1
                time.sleep(0.05)
            yield jobs.Progress(1)

    declare(run)
    job = jobs.start("test")

    def work_beside():
        jobs.run(job.pk)
        connection.close()

    thread = threading.Thread(target=work_beside)
    thread.start()
    try:
        wait_until(lambda: fresh(job).cursor)
        for number in range(1, 6):
            with lock_timeout(2):
                site.featured = number
                site.save()
    finally:
        ended.set()
        thread.join()
    assert (fresh(job).state, Site.objects.get().featured) == (State.DONE, 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("between", "paused"), [(0, [0.25, 0.25]), (0.1, [0.15, 0.15]), (0.3, [])])
def test_a_job_pauses_after_steps_unless_it_computes_as_long_between_them(
    declare, monkeypatch, between, paused
):
    now, pauses = [100.0], []

    def sleep(seconds):
        pauses.append(round(seconds, 3))
        now[0] += seconds

    def run(this):
        for number in range(6):
            with this.step():
                now[0] += 0.2
            yield jobs.Progress(number)
            now[0] += between

    declare(run)
    job = jobs.start("test")
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=sleep)
    monkeypatch.setattr(jobs, "time", clock)
    jobs.run(job.pk)
    assert fresh(job).state == State.DONE
    assert pauses == (paused if connection.vendor == "sqlite" else [])


# --- a change set of several transactions ----------------------------------------------------


def test_a_change_set_goes_on_over_several_transactions_each_derived_by_itself():
    kind = build.make_kind("Temple")
    before = Change.objects.count()
    with change_set("import", reason="all of it") as made:
        first = build.make_site("First", kinds=[kind])
    with change_set("edit", reason="other words", continues=made, more=1):
        second = build.make_site("Second", kinds=[kind])
        written = ChangeSet.objects.get(pk=made.pk).changes.filter(object_id=first.pk)
    with change_set(continues=made):
        pass
    stored = ChangeSet.objects.get(pk=made.pk)
    assert (stored.kind, stored.reason, stored.detail) == ("import", "all of it", {})
    assert stored.changes.count() == Change.objects.count() - before and written.exists()
    assert {first.pk, second.pk} <= set(stored.changes.values_list("owner_id", flat=True))
    assert_nothing_to_derive()


def test_a_transaction_that_continues_a_change_set_refreshes_what_it_wrote_alone(
    django_assert_max_num_queries,
):
    with change_set("import") as made:
        for _number in range(30):
            build.make_site()
    site = Site.objects.first()
    with django_assert_max_num_queries(40), change_set(continues=made):
        site.featured = 3
        site.save()


# --- kills -----------------------------------------------------------------------------------

KILLS = 20


@pytest.mark.django_db(transaction=True)
def test_twenty_kills_leave_nothing_half(monkeypatch):
    """Each job is continued or undone afterwards."""
    monkeypatch.setitem(jobs._kinds, "mark", worker_process.kind())
    dice = random.Random(7)
    sites = [build.make_site(f"Site {number}").pk for number in range(24)]
    states, steps = Counter(), Counter()
    with killable_workers() as workers:

        def wait_for(job: Job, states: set[str]) -> None:
            wait_until(lambda: fresh(job).state in states)

        def wait_for_steps(job: Job, number: int) -> None:
            seen = {fresh(job).done}

            def has_come_so_far() -> bool:
                now = fresh(job)
                seen.add(now.done)
                return len(seen) > number or now.state != State.RUNNING

            wait_until(has_come_so_far)

        job = jobs.start("mark")
        for _kill in range(KILLS):
            worker = workers.begin()
            wait_for(job, set(State.values) - {State.WAITING})
            wait_for_steps(job, dice.randint(0, 3))
            time.sleep(dice.random() * 0.03)
            workers.end(worker, signal.SIGKILL)
            job = fresh(job)
            states[job.state] += 1
            found = marked()
            assert set(found.values()) <= {1}  # nothing twice
            if not job.is_undo and job.state == State.RUNNING:
                done = fresh(job).cursor.get("last", 0)
                assert set(found) == {pk for pk in sites if pk <= done}  # whole steps
                assert len(found) % worker_process.BATCH == 0
                steps[len(found)] += 1
            if job.state == State.RUNNING:
                make_silent(job)
                job = fresh(job)
            if job.can_undo and dice.random() < 0.5:
                job.undo()
            elif job.can_continue:
                job.continue_()
            elif job.state == State.UNDONE:
                assert not found
                job = jobs.start("mark")
        worker = workers.begin()
        wait_for(job, {State.DONE, State.UNDONE})
        workers.end(worker, signal.SIGTERM)
    assert states[State.RUNNING] >= KILLS / 2 and len(steps) > 1, (states, steps)
    job = fresh(job)
    expected = Counter(sites) if job.state == State.DONE else Counter()
    assert marked() == expected
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
