"""The snapshot of the index: kept fresh by itself, replaced part by part, rebuilt when broken."""

import os
import random
import threading
from itertools import count

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from heritage.models import IndexChange, IndexPart, Site
from heritage.search import store
from heritage.search.facets.facet_list import BY_NAME
from heritage.search.index import loader, shared_arrays, stored_snapshot
from tests.builders import change, make_kind, make_place, make_site, text
from tests.index_comparison import assert_as_rebuilt
from tests.random_catalogue import Catalogue
from tests.random_writes import write


def forget() -> None:
    """As in a process that starts."""
    store._shared.clear()
    store._saved.clear()
    store._found_broken.clear()
    store._failed.clear()


@pytest.mark.django_db
def test_a_snapshot_carries_on():
    catalogue = Catalogue(random.Random(7))
    catalogue.populate(60)
    store.save_snapshot()
    assert IndexChange.objects.count() == 1
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    for _ in range(10):
        write(catalogue)
    forget()
    assert_as_rebuilt(store.current())


@pytest.mark.django_db
def test_a_snapshot_of_another_format_is_not_read():
    make_site()
    store.save_snapshot()
    head = IndexPart.objects.get(name="head")
    this, other = (f'"format": {number},'.encode() for number in (stored_snapshot.FORMAT, 0))
    assert this in bytes(head.data)
    head.data = bytes(head.data).replace(this, other)
    head.save()
    assert stored_snapshot.load(BY_NAME) is None
    assert stored_snapshot.saved_number() is None
    forget()
    assert_as_rebuilt(store.current())


@pytest.fixture
def shared(settings, tmp_path, monkeypatch):
    """The folder of the arrays that are shared, small as they are."""
    settings.INDEX_ROOT = tmp_path / "index"
    monkeypatch.setattr(shared_arrays, "_LEAST", 1)
    return settings.INDEX_ROOT


@pytest.mark.django_db
def test_arrays_are_read_from_files_that_processes_share(shared):
    catalogue = Catalogue(random.Random(7))
    catalogue.populate(20)
    store.save_snapshot()
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    names = {path.name for path in shared.iterdir()}
    # What has a file is not read from the database again.
    with CaptureQueriesContext(connection) as queries:
        loaded = stored_snapshot.load(BY_NAME)
    assert_as_rebuilt(loaded)
    assert names and all(name in queries[-1]["sql"] for name in names)
    assert all(order.ids.base is not None for order in loaded.orders.values())

    # Of a former snapshot nothing stays, once no process can want it.
    while not names - set(IndexPart.objects.values_list("name", flat=True)):
        write(catalogue)
        store.save_snapshot()
    for path in shared.iterdir():
        os.utime(path, (0, 0))
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    assert {path.name for path in shared.iterdir()} <= set(
        IndexPart.objects.values_list("name", flat=True)
    )


@pytest.mark.django_db
def test_a_file_that_is_damaged_or_cannot_be_written_is_read_from_the_database(
    shared, settings, caplog
):
    catalogue = Catalogue(random.Random(7))
    catalogue.populate(20)
    store.save_snapshot()
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    damaged = {path.name for path in shared.iterdir()}
    for number, path in enumerate(sorted(shared.iterdir())):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(b"" if number % 2 else content[:-1] + bytes([content[-1] ^ 1]))
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    assert all(shared_arrays.mapped(name) for name in damaged)

    settings.INDEX_ROOT = shared / sorted(damaged)[0] / "no folder"
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    assert caplog.text.count("Processes do not share the arrays of the index") == 1


@pytest.mark.django_db
def test_a_write_does_not_make_a_running_process_read_the_snapshot():
    for _ in range(8):
        make_site()
    store.save_snapshot()
    store.current()
    make_site()
    with CaptureQueriesContext(connection) as queries:
        assert len(store.current().sites) == 9
    assert not [query for query in queries if "indexpart" in query["sql"]]


@pytest.mark.django_db
def test_only_parts_that_changed_are_written_and_former_ones_are_removed():
    kinds = [make_kind() for _ in range(3)]
    sites = [make_site(kinds=[kinds[n % 3]], latitude=n, longitude=n) for n in range(12)]
    store.save_snapshot()
    before = dict(IndexPart.objects.exclude(name="head").values_list("name", "pk"))
    sites[0].kinds.set([kinds[1]])
    assert stored_snapshot.save(store.current())
    after = dict(IndexPart.objects.exclude(name="head").values_list("name", "pk"))
    assert len(after.keys() - before.keys()) == 3  # two kinds, and the times of change
    assert len(before.keys() - after.keys()) == 3
    assert all(after[name] == pk for name, pk in before.items() if name in after)
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))


def cut(part: IndexPart) -> None:
    part.data = bytes(part.data)[: len(part.data) // 2]
    part.save()


def scramble(part: IndexPart) -> None:
    part.data = bytes(255 - byte for byte in bytes(part.data))
    part.save()


def largest() -> IndexPart:
    return max(IndexPart.objects.exclude(name="head"), key=lambda part: len(part.data))


BREAKS = {
    "a part is cut": lambda: cut(largest()),
    "a part is scrambled": lambda: scramble(largest()),
    "a part is missing": lambda: largest().delete(),
    "the head is cut": lambda: cut(IndexPart.objects.get(name="head")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_snapshot_is_logged_and_replaced(name, client, caplog, settings):
    for _ in range(8):
        make_site()
    store.save_snapshot()
    BREAKS[name]()
    forget()
    assert client.get("/en/sites/").status_code == 200
    assert "The snapshot of the index is broken" in caplog.text
    assert_as_rebuilt(store.current())
    make_site()
    settings.INDEX_SNAPSHOT_EVERY = 1
    assert store.refresh_snapshot()
    caplog.clear()
    forget()
    assert_as_rebuilt(store.current())
    assert not caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", BREAKS)
def test_the_first_worker_that_finds_a_broken_snapshot_replaces_it(
    name, client, caplog, settings, monkeypatch
):
    """Although nothing was written since, and whichever part it is."""
    monkeypatch.setattr(store, "_STAGGERED", 0)
    settings.INDEX_SNAPSHOT_EVERY = 500
    for _ in range(8):
        make_site()
    store.save_snapshot()
    BREAKS[name]()
    forget()
    look(client)
    assert "The snapshot of the index is broken" in caplog.text
    caplog.clear()
    forget()
    look(client)
    assert not caplog.text
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))


@pytest.mark.django_db(transaction=True)
def test_workers_save_a_snapshot_after_so_many_changes(client, settings, monkeypatch):
    monkeypatch.setattr(store, "_STAGGERED", 0)
    settings.INDEX_SNAPSHOT_EVERY = 10
    for number in range(40):
        make_site(f"Site {number}")
    forget()
    look(client)
    first = stored_snapshot.saved_number()
    assert first == IndexChange.objects.last().pk  # there was none: saved at once
    for site in Site.objects.all()[:9]:
        change(site)
    look(client)
    assert stored_snapshot.saved_number() == first
    change(Site.objects.last())
    look(client)
    assert stored_snapshot.saved_number() == first + 10
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_once_and_tried_again_after_ten_minutes(
    client, settings, monkeypatch, caplog
):
    settings.INDEX_SNAPSHOT_EVERY = 10
    tries = []

    def fail(*args):
        tries.append(args)
        raise OperationalError("could not extend file\nHINT: Check free disk space.")

    make_site()
    forget()
    with monkeypatch.context() as full, caplog.at_level("ERROR", logger="heritage"):
        full.setattr(stored_snapshot, "_write_missing", fail)
        for _ in range(3):
            look(client)
        assert len(tries) == 1 and stored_snapshot.saved_number() is None
        [told] = [record for record in caplog.records if "snapshot" in record.message]
        assert told.exc_info is None and "\n" not in told.message
        assert "could not extend file HINT: Check free disk space." in told.message
        store._failed[0] -= 601
        look(client)
        assert len(tries) == 2
        store._failed[0] -= 601
    look(client)
    assert stored_snapshot.saved_number() == IndexChange.objects.last().pk
    assert not store._failed


def look(client) -> None:
    """A page, and what a thread does after it."""
    assert client.get("/en/sites/").status_code == 200
    for thread in threading.enumerate():
        if thread.name == "index snapshot":
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_gives_up(monkeypatch):
    for _ in range(8):
        make_site()
    store.save_snapshot()
    make_site()
    state = store.current()
    turns = count()
    write_missing = stored_snapshot._write_missing

    def after_another(*args):
        found = write_missing(*args)
        if next(turns) == 0:
            make_site()
            assert stored_snapshot.save(store.current())
        return found

    monkeypatch.setattr(stored_snapshot, "_write_missing", after_another)
    assert not stored_snapshot.save(state)
    assert_as_rebuilt(stored_snapshot.load(BY_NAME))
    assert len(stored_snapshot.load(BY_NAME).sites) == 10


@pytest.mark.django_db
def test_a_start_after_many_changes_takes_few_queries():
    for _ in range(400):
        make_site()
    store.save_snapshot()
    for site in Site.objects.all()[:90]:
        site.name = text(f"Renamed {site.pk % 7}")
        site.save()
    forget()
    with CaptureQueriesContext(connection) as queries:
        store.current()
    assert len(queries) < 80
    assert_as_rebuilt(store.current())


# --- while others write ------------------------------------------------------------------------


def elsewhere(work) -> None:
    """Let another connection write, and wait for it."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("starts", [False, True], ids=["patched", "read anew"])
def test_exact_when_others_write_while_it_is_read(starts, monkeypatch):
    sites = [make_site(f"Site {number:02}") for number in range(40)]
    store.current()
    sites[3].name = text("Site 20a")
    sites[3].save()
    if starts:
        forget()
    turns = count()
    read = loader.read_index_data

    def interrupted(*asked):
        found = read(*asked)
        if next(turns) < 2:  # the order of the others changes before the site's place is found
            elsewhere(rename_most)
        return found

    def rename_most():
        for site in sites[10:19]:
            site.name = text(f"Site {99 - site.pk % 50}")
            site.save()
        Site.objects.filter(pk=sites[30].pk).delete()
        make_site("Site 20b", place=make_place())

    monkeypatch.setattr(loader, "read_index_data", interrupted)
    state = store.current()
    monkeypatch.undo()
    assert_as_rebuilt(state)
    assert next(turns) >= 3
    assert (state.number, state.token) == store._head()


@pytest.mark.django_db(transaction=True)
def test_who_writes_without_end_is_made_to_wait(monkeypatch):
    sites = [make_site(f"Site {number:02}") for number in range(40)]
    store.current()
    change(sites[3])
    read = loader.read_index_data

    def interrupted(*asked):
        if not connection.in_atomic_block:
            elsewhere(lambda: change(sites[5]))
        return read(*asked)

    monkeypatch.setattr(loader, "read_index_data", interrupted)
    state = store.current()
    monkeypatch.undo()
    assert_as_rebuilt(state)
