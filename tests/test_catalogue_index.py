"""The index is exact after every kind of write, whoever wrote and whatever was rolled back."""

import random
import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap

from heritage.catalogue.index import orders, store
from heritage.models import Coverage, Era, Event, IndexChange, Kind, Place, Site, UnescoStatus
from heritage.models.changes import batch
from tests.builders import (
    make_coverage,
    make_designation,
    make_era,
    make_event,
    make_kind,
    make_place,
    make_site,
    text,
)


def brute_force() -> dict[str, set[int]]:
    """Every value's sites, asked of the database one by one."""
    public = Site.objects.published()
    found = {"sites": public}
    for kind in Kind.objects.all():
        found[f"kind:{kind.pk}"] = public.of_kinds(Kind.objects.subtree_ids([kind.pk]))
    for place in Place.objects.all():
        found[f"place:{place.pk}"] = public.in_places(Place.objects.subtree_ids([place.pk]))
    for era in Era.objects.all():
        ids = Era.objects.subtree_ids([era.pk])
        found[f"era:{era.pk}"] = public.of_eras(ids)
        for role in Event.Role.values:
            found[f"era.{role}:{era.pk}"] = public.of_eras(ids, role)
    for status in UnescoStatus:
        found[f"unesco:{status}"] = public.with_unesco_status(status)
    schemes = set(Coverage.objects.values_list("designation__scheme", flat=True))
    for scheme in schemes:
        found[f"scheme:{scheme}"] = public.under_schemes([scheme])
    return {name: set(sites.values_list("pk", flat=True)) for name, sites in found.items()}


def assert_exact(state=None) -> None:
    state = state or store.current()
    expected = brute_force()
    assert set(state.sites) == expected.pop("sites")
    for name, ids in expected.items():
        assert set(state.having(name)) == ids, name
    assert {name for name in state.values if state.values[name]} <= expected.keys()
    for name in orders.names():
        assert state.orders[name].ids.tolist() == list(orders.ids(name)), name


@pytest.fixture
def vocabulary():
    """Terms to choose among, with broader and narrower ones."""
    kinds = [make_kind() for _ in range(2)]
    kinds += [make_kind(parent=kinds[0]), make_kind(parent=kinds[1])]
    places = [make_place() for _ in range(2)]
    places += [make_place(parent=places[0]), make_place(parent=places[1])]
    places.append(make_place(parent=places[2]))
    eras = [make_era(span=f"0{n}00/0{n}99") for n in range(1, 5)]
    eras.append(make_era(span="0150/0180", parent=eras[0]))
    units = [make_designation(role) for role in ("world_heritage", "tentative", "protection")]
    return kinds, places, eras, units


def write_at_random(dice: random.Random, vocabulary) -> None:
    """One write of some kind."""
    kinds, places, eras, units = vocabulary
    sites = list(Site.objects.all())
    site = dice.choice(sites) if sites else None
    match dice.randint(0, 13) if site else 0:
        case 0 | 1 | 2:
            site = make_site(
                name=f"{dice.choice('abcxyz')} {dice.randint(1, 9)}",
                place=dice.choice([None, *places]),
                state=dice.choice(["published", "published", "draft"]),
            )
            site.kinds.set(dice.sample(kinds, dice.randint(0, 2)))
        case 3:
            site.state = dice.choice(Site.State.values)
            site.save()
        case 4:
            site.name = text(f"{dice.choice('abcxyz')} {dice.randint(1, 9)}")
            site.save()
        case 5:
            site.also_in.set(dice.sample(places, dice.randint(0, 2)))
        case 6 | 7:
            year = f"0{dice.randint(100, 499)}"
            kind = dice.choice(["built", "fabric", "repaired"])
            make_event(site, kind, date=dice.choice(["", year]) or year, first_era=None)
            make_event(site, kind, date="", first_era=dice.choice(eras))
        case 8:
            Event.objects.filter(site=site).delete()
        case 9:
            unit = dice.choice(units)
            if not Coverage.objects.filter(site=site, designation=unit).exists():
                make_coverage(site, unit, extent=dice.choice(["whole", "component"]))
            else:
                Coverage.objects.filter(site=site, designation=unit).delete()
        case 10:
            site.delete()
        case 11:
            Site.objects.filter(pk__in=[s.pk for s in dice.sample(sites, len(sites) // 3)]).update(
                state=dice.choice(["published", "archived"])
            )
        case 12:
            place = dice.choice(places[2:])
            place.parent = dice.choice([None, *places[:2]])
            place.save()
        case 13:
            Kind.objects.filter(pk=kinds[2].pk).update(parent=dice.choice(kinds[:2]))


@pytest.mark.django_db
@pytest.mark.parametrize("sites_a_place", [0, 1_000_000], ids=["place by place", "read again"])
@pytest.mark.parametrize("seed", range(3))
def test_exact_after_random_writes(vocabulary, seed, sites_a_place, monkeypatch):
    monkeypatch.setattr(store, "SITES_A_PLACE", sites_a_place)
    dice = random.Random(seed)
    for _ in range(40):
        for _ in range(dice.randint(1, 3)):
            write_at_random(dice, vocabulary)
        assert_exact()


@pytest.mark.django_db
def test_exact_after_many_sites_at_once(vocabulary):
    kinds = vocabulary[0]
    for _ in range(3):
        make_site()
    assert_exact()
    with batch():
        for number in range(70):
            make_site(f"Site {number % 7}", kinds=[kinds[number % 4]])
    assert_exact()
    Site.objects.filter(name__en="Site 3").delete()
    assert_exact()


@pytest.mark.django_db
def test_a_rolled_back_write_leaves_no_trace(vocabulary):
    make_site("Kept")
    assert_exact()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_site("Lost")
        assert len(store.current().sites) == 2  # seen within its transaction
        raise RuntimeError
    assert_exact()
    make_site("Later")  # takes the number that the lost one had in the journal
    assert_exact()


@pytest.mark.django_db
def test_a_snapshot_carries_on(vocabulary):
    dice = random.Random(7)
    for _ in range(30):
        write_at_random(dice, vocabulary)
    store.save_snapshot()
    assert IndexChange.objects.count() == 1
    [stored] = store._stored()
    assert_exact(stored)
    for _ in range(10):
        write_at_random(dice, vocabulary)
    store._shared.clear()
    assert_exact()


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
def test_a_page_is_a_slice_of_the_sorted_hits():
    dice = random.Random(3)
    sites = [make_site(f"{dice.random()}") for _ in range(60)]
    order = store.current().orders[orders.by_name("en")]
    for size in (0, 1, 7, 59, 60):
        hits = BitMap(site.pk for site in dice.sample(sites, size))
        whole = [pk for pk in order.ids.tolist() if pk in hits]
        for start in (0, 5, 24, 58, 70):
            assert order.slice(hits, start, start + 24) == whole[start : start + 24]


@pytest.mark.django_db(transaction=True)
def test_threads_and_commits():
    """Writers in several threads, readers between them: the end is exact."""
    kinds = [make_kind() for _ in range(3)]
    errors = []

    def work(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(8):
                make_site(f"{dice.random()}", kinds=[dice.choice(kinds)])
                state = store.current()
                assert set(state.orders["oldest"].ids.tolist()) == set(state.sites)
        except Exception as error:  # a thread has nobody to tell
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(store.current().sites) == 24
    assert_exact()
