"""A worker that applies an import is killed at random moments: batches stay whole."""

import random
import signal
import time
from functools import partial

import pytest

from heritage.exchange import importing
from heritage.models import ChangeSet, Event, Job, Site
from heritage.services import jobs
from tests import builders as build
from tests.killable_workers import killable_workers, wait_until
from tests.test_imports import write_csv
from tests.test_jobs import assert_nothing_to_derive, fresh, make_silent
from tests.worker_process import BATCH

KILLS, SITES = 20, 30
State = Job.State


def stored() -> list:
    """What the import has written, without ids."""
    rows = Site.objects.order_by("slug").values_list("slug", "name", "place__slug", "area_ha")
    return [*rows, sorted(Event.objects.values_list("site__slug", "date"))]


@pytest.mark.django_db(transaction=True)
def test_an_import_goes_on_after_each_kill_as_if_there_had_been_none(tmp_path):
    dice = random.Random(5)
    build.make_place("Luoyang", "洛阳")
    rows = [
        {"name:en": f"Site {number}", "place": "洛阳", "event:built": 600 + number, "area_ha": 2}
        for number in range(SITES)
    ]
    path = write_csv(tmp_path / "sites.csv", rows)
    whole = importing.add(path, path.name, None)
    importing.plan(whole, None, here=True)
    made = importing.apply(whole, None, here=True)
    expected = stored()
    assert len(expected) == SITES + 1
    made.undo()
    jobs.continue_here(made)
    assert not Site.objects.exists()

    of_import = importing.add(path, path.name, None)
    importing.plan(of_import, None, here=True)
    partly = set()
    with killable_workers() as workers:
        job = importing.apply(of_import, None, here=False)

        def has_come_so_far(target: int) -> bool:
            now = fresh(job).state
            return now == State.DONE or (now == State.RUNNING and Site.objects.count() >= target)

        for _kill in range(KILLS):
            worker = workers.begin()
            target = Site.objects.count() + dice.randint(0, 2) * BATCH
            wait_until(partial(has_come_so_far, target))
            time.sleep(dice.random() * 0.03)
            workers.end(worker, signal.SIGKILL)
            job = fresh(job)
            count = Site.objects.count()
            assert count % BATCH == 0 or count == SITES  # whole batches
            assert count == of_import.rows.filter(is_applied=True).count()
            partly.add(count)
            if job.state == State.DONE:
                break
            make_silent(job)
            job = fresh(job)
            job.continue_()
        worker = workers.begin()
        wait_until(lambda: fresh(job).state == State.DONE)
        workers.end(worker, signal.SIGTERM)
    assert len(partly) > 2, partly
    assert stored() == expected
    assert ChangeSet.objects.filter(jobs=job, kind="import").count() == 1
    assert_nothing_to_derive()
