"""Two processes that write at once: the index of each is exact whenever both pause."""

import io
import random
import subprocess
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from heritage.models import IndexChange, Site
from heritage.search import store
from tests.builders import make_era, make_event, make_site
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive
from tests.process_beside import process_beside
from tests.random_catalogue import Catalogue
from tests.random_writes import write_if_possible
from tests.second_process import WRITES

ROUNDS = 6


@pytest.mark.django_db(transaction=True)
def test_exact_while_two_processes_write():
    catalogue = Catalogue(random.Random(1))
    catalogue.populate(300)
    with process_beside("tests.second_process", "2") as other:
        for _round in range(ROUNDS):
            before = IndexChange.objects.count()
            tell(other, "write")
            for _write in range(WRITES):
                write_if_possible(catalogue)
                state = store.current()
                assert set(state.orders["oldest"].ids.tolist()) == set(state.sites)
            assert other.stdout.readline() == "done\n"
            assert IndexChange.objects.count() > before
            tell(other, "check")
            assert_as_rebuilt(store.current())
            assert other.stdout.readline() == "done\n"
            assert_nothing_to_derive()


def tell(other: subprocess.Popen, word: str) -> None:
    other.stdin.write(f"{word}\n")
    other.stdin.flush()


@pytest.mark.django_db(transaction=True)
def test_a_writer_derives_from_what_another_has_just_written():
    tang, site = make_era(span="0618/0907"), make_site()
    started = threading.Event()

    def add_an_event():
        started.set()
        make_event(site, "built", date="", first_era=tang)
        connection.close()

    other = threading.Thread(target=add_an_event)
    with transaction.atomic():
        tang.span = "0700/0800"
        tang.save()
        other.start()
        started.wait()
        other.join(0.3)  # it must not be done before this is written
    other.join()
    assert Site.objects.get().first_year == 700
    assert_nothing_to_derive()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_runs_takes_up_what_reindex_made():
    for _ in range(8):
        make_site()
    assert len(store.current().sites) == 8
    QuerySet(Site).filter(pk=Site.objects.first().pk).update(state="draft")  # past the journal
    assert len(store.current().sites) == 8
    call_command("reindex", stdout=io.StringIO())
    assert len(store.current().sites) == 7
    with CaptureQueriesContext(connection) as queries:
        store.current()
    assert len(queries) == 1
    assert_as_rebuilt(store.current())
