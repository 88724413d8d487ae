"""Two writers at once: each is told what the other has left, and neither waits without need."""

import threading
import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from heritage.admin.accounts import login_attempts
from heritage.models import Correction, Kind, Review, Site
from heritage.models.unit_of_work import change_set, unit_of_work
from heritage.search import store
from heritage.server.timeouts import LockTimeout, lock_timeout
from heritage.services import review
from heritage.services.history import changes_of
from tests.builders import make_kind, make_site, make_user
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive

pytestmark = pytest.mark.django_db(transaction=True)


def needs_several_writers(test):
    """SQLite has one writer at any time: there is nothing to be tested."""
    return test if connection.vendor == "postgresql" else None


def together(*works) -> list[Exception]:
    """Run each in a thread with a connection of its own; gives what they raise."""
    errors = []

    def run(work):
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_the_second_of_two_writers_tells_what_the_first_has_left():
    site = make_site(featured=1)
    first_has_written = threading.Event()

    def first():
        with change_set(reason="first"):
            Site.objects.filter(pk=site.pk).update(featured=2)
            first_has_written.set()
            time.sleep(0.5)

    def second():
        stale = Site.objects.get(pk=site.pk)
        first_has_written.wait(10)
        stale.featured = 3
        stale.save()

    assert together(first, second) == []
    told = [(c.before["featured"], c.after["featured"]) for c in changes_of(site) if c.before]
    assert told == [(1, 2), (2, 3)]


def test_writers_of_the_same_rows_in_another_order_do_not_wait_for_ever():
    kinds = [make_kind(slug=f"k{n}") for n in range(2)]
    sites = [make_site(f"Site {n}", kinds=kinds) for n in range(4)]

    def rename(order):
        for number in range(5):
            with change_set():
                for kind in kinds[::order]:
                    Kind.objects.filter(pk=kind.pk).update(order=number + 5 + order)
                for site in sites[::order]:
                    stored = Site.objects.get(pk=site.pk)
                    stored.featured = number + 2
                    stored.save()

    assert together(lambda: rename(1), lambda: rename(-1)) == []
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())


@needs_several_writers
def test_a_reader_who_sends_a_correction_waits_for_no_editor():
    site = make_site()
    editor_writes, is_sent = threading.Event(), threading.Event()

    def editor():
        with change_set():
            Site.objects.filter(pk=site.pk).update(featured=2)
            editor_writes.set()
            assert is_sent.wait(10)

    def reader():
        editor_writes.wait(10)
        Correction.objects.create(site=site, topic="name", text="Wrong")
        is_sent.set()

    assert together(editor, reader) == []


@needs_several_writers
def test_an_open_change_set_that_has_written_nothing_keeps_nobody_waiting():
    site = make_site()
    is_open, is_saved = threading.Event(), threading.Event()

    def slow():
        with change_set():
            is_open.set()
            assert is_saved.wait(10)
            site.featured = 5
            site.save()

    def quick():
        is_open.wait(10)
        with transaction.atomic():
            Site.objects.filter(pk=site.pk).update(featured=4)
        is_saved.set()

    assert together(slow, quick) == []
    assert Site.objects.get().featured == 5


def test_attempts_to_log_in_at_once_are_counted_one_by_one():
    admitted = []

    def attempt():
        if not login_attempts.register_attempt("ed", "192.0.2.1"):
            admitted.append(1)

    assert together(*[attempt] * 12) == []
    assert len(admitted) == login_attempts.PER_ACCOUNT_AND_ADDRESS


def test_who_assigns_and_who_takes_a_step_do_not_wait_for_each_other():
    site, user = make_site(state="in_review"), make_user("li")
    Review.objects.create(site=site, publish_at=timezone.now())
    is_locked = threading.Event()

    def step():
        with change_set(), unit_of_work() as unit:
            unit.prepare_write(Site)
            Site.objects.select_for_update().get(pk=site.pk)
            is_locked.set()
            time.sleep(0.5)
            Review.objects.filter(site=site).update(publish_at=None)

    def assign():
        is_locked.wait(10)
        review.assign(site, user, user)

    assert together(step, assign) == []
    found = Review.objects.get()
    assert (found.publish_at, found.assigned_to) == (None, user)


def test_two_who_wait_for_each_other_are_told_that_others_write():
    class Deadlock(Exception):
        sqlstate = "40P01"

    with pytest.raises(LockTimeout), lock_timeout(1):
        raise OperationalError from Deadlock()


@needs_several_writers
def test_a_savepoint_that_is_rolled_back_does_not_give_up_the_lock():
    """Else two who write the same sites in another order wait for each other for ever."""
    sites = [make_site(f"Site {number}") for number in range(3)]
    first_has_written, second_waits = threading.Event(), threading.Event()

    def save(site):
        stored = Site.objects.get(pk=site.pk)
        stored.featured = 7
        stored.save()

    def first():
        with change_set():
            with suppress(ZeroDivisionError), transaction.atomic():
                save(sites[0])
                raise ZeroDivisionError
            save(sites[1])
            first_has_written.set()
            second_waits.wait(1)  # which it does before its first row, and says nothing
            save(sites[2])

    def second():
        first_has_written.wait(10)
        with change_set():
            save(sites[2])
            second_waits.set()
            save(sites[1])

    assert together(first, second) == []
    assert list(Site.objects.order_by("pk").values_list("featured", flat=True)) == [None, 7, 7]
    assert_nothing_to_derive()
    assert_as_rebuilt(store.current())
