"""The index is exact after every kind of write, whoever wrote and whatever was rolled back."""

import random
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap

from heritage.models import IndexChange, Kind, Place, Site, SortName
from heritage.models.unit_of_work import change_set
from heritage.search import TREES, store
from heritage.search.index import columns, orders
from heritage.search.index import snapshot as state_module
from heritage.search.index.snapshot import Order
from heritage.server.caches import CacheKey
from heritage.web.feeds.sitemaps import latest_by_block
from tests.builders import change, make_kind, make_notice, make_place, make_site, make_source, text
from tests.index_comparison import assert_as_rebuilt
from tests.random_catalogue import Catalogue
from tests.random_queries import assert_answered, question
from tests.random_writes import rounds, write


@pytest.mark.django_db
@pytest.mark.parametrize("probes", [1, 3, 128])
def test_exact_after_random_writes(probes, monkeypatch):
    """A few sites only, so that each is written to again and again."""
    monkeypatch.setattr(orders, "_PROBES", probes)
    catalogue = Catalogue(random.Random(probes))
    catalogue.populate(40)
    for _round in range(rounds(40)):
        for _write in range(catalogue.dice.randint(1, 3)):
            write(catalogue)
        assert_as_rebuilt(store.current())
        assert_answered(question(catalogue))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 7, 60])
def test_the_places_of_changed_sites_are_found_in_few_queries(count):
    """However many have changed: many sites share a year, a name and the day of publication."""
    dice = random.Random(count)
    with change_set():
        sites = [make_site(f"Site {dice.randint(1, 9)}") for _ in range(120)]
    published_at = sites[0].published_at
    for site in sites:
        QuerySet(Site).filter(pk=site.pk).update(
            first_year=dice.choice([None, -500, 68, 618]),
            inscribed_year=dice.choice([None, 1987, 2000]),
            effective_prominence=dice.choice([10, 410, 610]),
            published_at=dice.choice(
                [None, published_at, published_at + timedelta(microseconds=dice.randint(1, 3))]
            ),
        )
    changed = BitMap(site.pk for site in dice.sample(sites, count))
    for name in ("oldest", "inscribed", "recent", "prominence", "name:en", "name:zh-hans"):
        whole = list(orders.ids(name))
        elsewhere = Order(
            np.array([*[pk for pk in whole if pk not in changed], *changed], dtype=np.int32)
        )
        with CaptureQueriesContext(connection) as queries:
            found = orders.placed(name, elsewhere, changed, changed)
        assert found.ids.tolist() == whole, name
        assert found.ids.dtype == np.int32
        assert len(queries) <= 10, name
        as_it_was = Order(np.array(whole, dtype=np.int32))
        with CaptureQueriesContext(connection) as queries:
            assert orders.placed(name, as_it_was, changed, changed) is as_it_was, name
        assert len(queries) == 1, name


@pytest.mark.django_db
def test_exact_after_many_sites_at_once():
    kinds = [make_kind() for _ in range(4)]
    for _ in range(3):
        make_site()
    assert_as_rebuilt(store.current())
    with change_set():
        for number in range(70):
            make_site(f"Site {number % 7}", kinds=[kinds[number % 4]])
    assert_as_rebuilt(store.current())
    Site.objects.filter(name__en="Site 3").delete()
    assert_as_rebuilt(store.current())
    assert len(store.current().sites) == 63


@pytest.mark.django_db
def test_a_rolled_back_write_leaves_no_trace():
    make_site("Kept")
    store.current()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_site("Lost", latitude=1, longitude=1)
        assert len(store.current().sites) == 2  # seen within its transaction
        raise RuntimeError
    assert len(store.current().sites) == 1
    assert_as_rebuilt(store.current())
    make_site("Later")  # takes the number that the lost one had in the journal
    assert_as_rebuilt(store.current())


@pytest.mark.django_db
def test_sites_without_a_name_to_sort_by_come_last():
    """As when a language was added and nothing is made anew yet."""
    first, second, third = (make_site(name) for name in ("Alpha", "Beta", "Gamma"))
    SortName.objects.filter(site__in=[first, second]).delete()
    assert list(orders.ids("name:en")) == [third.pk, first.pk, second.pk]
    store._shared.clear()
    assert_as_rebuilt(store.current())
    make_site("Delta")
    assert_as_rebuilt(store.current())


# --- what goes with a state --------------------------------------------------------------------


@pytest.mark.django_db
def test_the_vocabulary_token_stays_until_a_term_or_a_source_is_written():
    for _ in range(8):
        make_site()
    state = store.current()
    state.cache.get_or_set(CacheKey("cards"), int)
    site = Site.objects.first()
    change(site)
    later = store.current()
    assert later.vocabulary_token == state.vocabulary_token
    assert not later.cache
    unused = make_kind()
    assert store.current().vocabulary_token != state.vocabulary_token
    assert_as_rebuilt(store.current())
    for write_term in (lambda: change(unused), make_source, unused.delete):
        before = store.current()
        write_term()
        after = store.current()
        assert after.vocabulary_token != before.vocabulary_token
        assert after.number == before.number + 1  # one row, however much was written


@pytest.mark.django_db
def test_one_journal_row_tells_of_a_whole_batch_of_terms():
    with change_set():
        for _ in range(5):
            make_kind()
    assert list(IndexChange.objects.values_list("site_id", flat=True)) == [0]


@pytest.mark.django_db
def test_a_state_shares_what_did_not_change():
    sites = [make_site(latitude=1, longitude=1) for _ in range(8)]
    before = store.current()
    make_notice(sites[0])
    after = store.current()
    assert after is not before
    assert after.points is before.points
    assert after.spans["standing"] is before.spans["standing"]


@pytest.mark.django_db
def test_what_a_write_leaves_as_it_was_stays(client):
    """A state shares every bitmap, order and table, and what was counted, with the one before."""
    kind = make_kind()
    site, *_others = [make_site(kinds=[kind], latitude=1, longitude=1) for _ in range(8)]
    before = store.current()
    client.get("/en/sites/")
    assert before.facet_cache
    site.area_ha = 3
    site.save()
    after = store.current()
    assert after is not before
    assert after.values is before.values
    assert after.sites is before.sites
    assert all(after.orders[name] is order for name, order in before.orders.items())
    assert after.facet_cache is before.facet_cache
    site.kinds.clear()
    later = store.current()
    assert later.values[f"kind:{kind.pk}"] != after.values[f"kind:{kind.pk}"]
    assert later.values["unesco:none"] is after.values["unesco:none"]
    assert not later.facet_cache
    client.get("/en/sites/")
    kind.label = text("Bridge")
    kind.save()
    assert not store.current().facet_cache


@pytest.mark.django_db
def test_the_version_of_a_site_changes_with_it_and_with_the_vocabularies(monkeypatch):
    first, second, *_others = [make_site() for _ in range(8)]

    def versions():
        state = store.current()
        return state.version(first.pk), state.version(second.pk)

    before = versions()
    change(first)
    after = versions()
    assert after[0] != before[0]
    assert after[1] == before[1]
    make_kind()
    renamed = versions()
    assert renamed[0] != after[0]
    assert renamed[1] != after[1]
    # Too many changes to remember: all sites count as changed, and none as it was ever before.
    monkeypatch.setattr(state_module, "_MAX_CHANGES", 1)
    change(second)
    assert {*versions()}.isdisjoint({*before, *after, *renamed})
    assert store.current().changes == {}


@pytest.mark.parametrize("size", [0, 1, 3, 50, 200])
def test_the_latest_of_some_sites(size):
    dice = random.Random(size)
    rows = columns.TableRows(columns.TIMES)
    times = {pk: dice.choice([5, 10**15, 10**15 + 1, dice.randint(0, 99)]) for pk in range(3, 203)}
    for pk, time in times.items():
        rows.add(pk, time)
    table = columns.Table.from_rows(rows)
    hits = BitMap(dice.sample(sorted(times), size))
    whole = sorted(hits, key=lambda pk: (times[pk], pk), reverse=True)
    for most in (1, 2, 50, 300):
        assert columns.latest(table, hits, most) == whole[:most]
    blocks = {pk // 20: max(times[n] for n in times if n // 20 == pk // 20) for pk in times}
    assert latest_by_block(table.ids, table.columns[0], 20) == blocks
    nothing = columns.Table.from_rows(columns.TableRows(columns.TIMES))
    assert latest_by_block(nothing.ids, nothing.columns[0], 20) == {}


def test_a_moment_is_kept_exactly():
    for at in (
        datetime(2026, 11, 26, 9, 18, 5, 123456, UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    ):
        assert columns.moment(columns.microseconds(at)) == at


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


@pytest.mark.parametrize("is_late", [False, True])
def test_the_first_of_many_hits_are_those_of_the_sorted_ones(is_late):
    dice = np.random.default_rng(7)
    order = Order((dice.permutation(20_000) + 1).astype(np.int32))
    for share in (0.02, 0.3, 0.9, 0.999):
        chosen = order.ids[dice.random(20_000) < share]
        if is_late:  # the hits stand at the end of the order
            chosen = order.ids[-int(20_000 * share) :]
        hits = BitMap(chosen.tolist())
        whole = [pk for pk in order.ids.tolist() if pk in hits]
        for start, stop in ((0, 1), (0, 24), (24, 48), (0, 0), (90, 30_000)):
            assert order.slice(hits, start, stop) == whole[start:stop]


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
    assert_as_rebuilt(store.current())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facet", "value", "error"),
    [
        ("plaec", 1, KeyError),
        ("era.standing", 1, KeyError),  # a role is asked for beside the facet
        ("place", "henan", ValueError),
        ("kind", None, ValueError),
        ("place", Kind(pk=1), ValueError),
        ("protection", Place(pk=1), ValueError),
        ("unesco", "inscirbed", ValueError),
        ("has", "pictures", ValueError),
        ("language", "not a code", ValueError),
        ("language", "nonsense", ValueError),
        ("language", "zh", ValueError),
        ("batch", 8, ValueError),
        ("rating", "5A", ValueError),
        ("inscribed", "1987", ValueError),
        ("area", "europe", ValueError),
    ],
)
def test_a_misspelt_facet_or_value_is_an_error(facet, value, error):
    index = store.current()
    with pytest.raises(error):
        index.having(facet, value)
    with pytest.raises(ValueError, match="standnig"):
        index.having("era", 1, "standnig")
    if error is KeyError:
        with pytest.raises(error):
            index.having_any(facet, [])
        with pytest.raises(error):
            index.sites_by_value(facet)


@pytest.mark.django_db
def test_a_stored_language_that_has_no_valid_code_breaks_no_list(client):
    site = make_site("Kiln")
    Site.objects.filter(pk=site.pk).update(summary={"x-old": "Words"})
    assert "x-old" in store.current().sites_by_value("language")
    page = client.get("/en/sites/")
    assert page.status_code == 200 and "language=x-old" not in page.text


@pytest.mark.django_db
def test_values_are_asked_for_by_facet_row_key_and_role():
    henan, kiln = make_place("Henan"), make_kind("kiln")
    town = make_place("Dengfeng", parent=henan)
    site, other = make_site("Kiln", place=town, kinds=[kiln]), make_site("Other", place=henan)
    index = store.current()
    assert set(index.having("place", henan)) == {site.pk, other.pk}
    only = BitMap([site.pk])
    assert index.having("place", town.pk) == index.having(TREES["place"], town) == only
    assert set(index.having_any("place", [town, henan])) == {site.pk, other.pk}
    assert set(index.having("unesco", "none")) == {site.pk, other.pk}
    assert index.sites_by_value("kind") == {str(kiln.pk): only}
