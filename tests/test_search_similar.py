"""Sites that are in the catalogue twice: found as a comparison of each with each finds them."""

import random
from itertools import combinations

import pytest

from heritage.models import Site, SortName
from heritage.search import similar, store
from heritage.values.coordinates import distance_km
from tests import builders as build

pytestmark = pytest.mark.django_db


def may_be_one(one: Site, other: Site) -> bool:
    if None in (one.latitude, other.latitude):
        return one.place_id is not None and one.place_id == other.place_id
    here, there = (one.latitude, one.longitude), (other.latitude, other.longitude)
    return distance_km(here, there) <= similar.NEAR_KM


@pytest.mark.parametrize("seed", range(4))
def test_sites_of_one_name_that_are_close_are_found(seed):
    dice = random.Random(seed)
    places = [build.make_place(), build.make_place(), None]
    for _number in range(45):
        point = {}
        if dice.random() < 0.8:
            point = {"latitude": dice.uniform(34, 34.1), "longitude": dice.uniform(112, 112.1)}
        name = dice.choice(["Temple", "Kiln", "Bridge", "Pagoda"])
        build.make_site(name, place=dice.choice(places), **point)
    by_name: dict[str, list[Site]] = {}
    for site in Site.objects.all():
        by_name.setdefault(site.name["en"], []).append(site)
    expected = {
        site.pk
        for group in by_name.values()
        for pair in combinations(group, 2)
        if may_be_one(*pair)
        for site in pair
    }
    assert 3 < len(expected) < 45
    assert set(similar.same_names(store.current())) == expected


def test_nothing_is_twice_in_an_empty_catalogue():
    assert not similar.same_names(store.current())


def test_a_name_that_very_many_have_tells_nothing(monkeypatch):
    monkeypatch.setattr(similar, "MAX_SITES_OF_A_NAME", 3)
    for name, count in (("Temple", 4), ("Kiln", 3)):
        for _number in range(count):
            build.make_site(name, latitude=34.0, longitude=112.0)
    found = Site.objects.filter(pk__in=list(similar.same_names(store.current())))
    assert {site.name["en"] for site in found} == {"Kiln"}


def test_the_points_of_a_common_name_are_compared_with_those_close_by_alone(monkeypatch):
    """A row of 200 temples, 10 km from each other: some hundred comparisons, not 20,000."""
    compared = []
    usual = similar.pair_distances_km

    def counted(ones, others):
        compared.append(len(ones[0]))
        return usual(ones, others)

    monkeypatch.setattr(similar, "pair_distances_km", counted)
    sites = [build.make_site(f"Site {n}", latitude=n / 10, longitude=112.0) for n in range(200)]
    SortName.objects.filter(site__in=sites).update(key="temple")
    Site.objects.filter(pk=sites[1].pk).update(latitude=0.01)
    SortName.objects.filter(site__in=sites).update(key="temple")
    assert set(similar.same_names(store.current())) == {sites[0].pk, sites[1].pk}
    assert sum(compared) < 400
