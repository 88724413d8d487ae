"""When sites began, what stood in a year, and the scroll: exact under every filter."""

import random
from bisect import bisect_right

import pytest
from django.http import QueryDict

from heritage.models import Event, Site
from heritage.search import SiteFilter, brute_force, store, timeline
from heritage.search.timeline import Left
from heritage.values.years import from_historical
from tests.builders import make_event, make_site
from tests.random_catalogue import Catalogue
from tests.random_queries import question

pytestmark = pytest.mark.django_db


def test_bins_of_five_hundred_filters_count_as_the_database_does():
    dice = random.Random(26)
    catalogue = Catalogue(dice)
    catalogue.populate(700)
    index = store.current()
    years = {role: brute_force.earliest_years(role) for role in timeline.ROLES.values()}
    filters = [SiteFilter(QueryDict()), *(SiteFilter(question(catalogue)) for _n in range(40))]
    compared = 0
    for number in range(500):
        hits = filters[number % len(filters)].hits
        role = dice.choice(list(years))
        cuts = sorted(dice.sample(range(-2600, 2100), dice.randint(2, 80)))
        found = timeline.years_of(index, role).counts(index, hits, cuts)
        expected = [0] * (len(cuts) - 1)
        for pk in hits:
            year = years[role].get(pk)
            place = -1 if year is None else bisect_right(cuts, year) - 1
            if 0 <= place < len(expected):
                expected[place] += 1
        assert found == expected, (role, filters[number % len(filters)].data)
        compared += sum(expected)
        dated = {pk: years[role][pk] for pk in hits if pk in years[role]}
        ends = timeline.years_of(index, role).ends(hits)
        assert ends == ((min(dated.values()), max(dated.values())) if dated else None)
        assert set(hits & timeline.undated(index, role)) == set(hits) - dated.keys()
    assert compared > 5_000


def test_every_site_is_in_one_group_of_a_year():
    dice = random.Random(7)
    Catalogue(dice).populate(400)
    kinds = ["destroyed", "destroyed", "dated", "rebuilt", "fabric"]
    rows = [
        Event(site_id=pk, kind=dice.choice(kinds), date=f"0{dice.randint(100, 999)}")
        for pk in dice.choices(Site.objects.values_list("pk", flat=True), k=400)
    ]
    Event.objects.bulk_create(rows)
    index = store.current()
    met = set()
    for year in (-2500, -1046, 1, 150, 300, 676, 1420, 2000):
        groups = timeline.standing_in(index, from_historical(year)).groups
        assert sum(map(len, groups.values())) == len(index.sites)
        expected = brute_force.left_in(from_historical(year))
        for left, sites in groups.items():
            assert set(sites) == {pk for pk, name in expected.items() if name == left}, left
            met |= {left} if sites else set()
    assert met == set(Left)


def test_what_is_left_of_a_year(subtests):
    cases = {
        Left.KEPT: [("built", "0600"), ("fabric", "0650")],
        Left.REBUILT: [("founded", "0600"), ("fabric", "1400/1500")],
        Left.GROUND: [("occupied", "-1600"), ("dated", "-1600/-1300")],
        Left.LOST: [("built", "0500"), ("destroyed", "1860")],
        Left.UNCLEAR: [("built", "0500"), ("destroyed", "0900"), ("rebuilt", "0950")],
        Left.BEFORE: [("built", "0516"), ("destroyed", "0534")],
        Left.LATER: [("built", "1406/1420")],
        Left.UNDATED: [("excavated", "1959")],
    }
    sites = {}
    for left, events in cases.items():
        sites[left] = make_site(left.value)
        for kind, date in events:
            make_event(sites[left], kind, date)
    maybe = make_site("Maybe")
    make_event(maybe, "built", "[0618..0907]")
    back = make_site("Back")  # destroyed, and built again by then
    for kind, date in (("founded", "0500"), ("destroyed", "0577"), ("rebuilt", "0600")):
        make_event(back, kind, date)
    index = store.current()
    found = timeline.standing_in(index, 676)
    for left, site in sites.items():
        with subtests.test(left=left):
            assert site.pk in found.groups[left]
    assert back.pk in found.groups[Left.UNCLEAR]
    assert set(found.unsure) == {maybe.pk}
    assert Event.objects.filter(kind="destroyed").count() == 4
    query = SiteFilter({"stood": "676.kept"})
    assert set(query.hits) == {sites[Left.KEPT].pk} and not query.problems()
    assert set(SiteFilter({"stood": "676"}).hits) == set(found.there)


@pytest.mark.parametrize(
    ("name", "value"),
    [("begun", "0..100"), ("begun", "900..618"), ("standing", "618"), ("dating", "1..99999"),
     ("stood", "0"), ("stood", "676.else"), ("stood", "12000000")],
)  # fmt: skip
def test_years_that_mean_nothing_are_said(name, value):
    filtered = SiteFilter({name: value})
    assert [problem.name for problem in filtered.problems()] == [name]
    assert filtered.hits == filtered.index.sites


def test_a_write_moves_a_site_on_the_scroll():
    site, other = make_site("One"), make_site("Other")
    event = make_event(site, "built", "0600")
    make_event(other, "built", "0700")
    before = store.current()
    order = timeline.years_of(before, "beginnings")
    event.date = "0800"
    event.save()
    index = store.current()
    assert timeline.years_of(index, "beginnings").ends(index.sites) == (700, 800)
    assert timeline.years_of(before, "beginnings") is order
