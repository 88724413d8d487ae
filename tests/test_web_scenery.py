"""Covers claim nothing untrue, and a thousand places of one kind are not one picture."""

from collections import Counter

import pytest

from heritage.imaging.covers import SILHOUETTES
from heritage.web.covers import cover
from heritage.web.scenery import silhouette
from tests import builders as build

pytestmark = pytest.mark.django_db

# What shows a building, or something else that only some places have.
CLAIMS = {key for key in SILHOUETTES if key.partition("-")[0] not in
          ("hills", "ridges", "valley", "plain", "mesas")}  # fmt: skip


def drawn(name, kind, country, latitude=None):
    site = build.make_site(
        name, kinds=[build.make_kind(silhouette=kind)], latitude=latitude,
        longitude=None if latitude is None else 10.0,
    )  # fmt: skip
    return silhouette(site, country)


@pytest.mark.parametrize(
    ("name", "kind", "country", "shown"),
    [
        ("Aachen Cathedral", "default", "DE", "church"),
        ("Great Barrier Reef", "nature", "AU", "reef"),
        ("Horyu-ji", "temple", "JP", "temple"),
        ("Kronborg", "castle", "DK", "castle"),
        ("Longmen", "grotto", "CN", "grotto"),
        ("Historic Centre of Lima", "default", "PE", "roofs"),
        ("Old City of Sana'a", "default", "YE", "cubes"),
        ("Old Town of Lijiang", "default", "CN", "town"),
        ("Archaeological Site of Delphi", "default", "GR", "stones"),
        ("Archaeological Ruins of Liangzhu City", "default", "CN", "ruin"),
        ("Megaliths of Carnac", "default", "FR", "menhirs"),
        ("Namib Sand Sea", "nature", "NA", "dunes"),
        ("Los Glaciares National Park", "nature", "AR", "ice"),
        ("Piedmont Wine", "default", "IT", "vines"),
        ("Mount Taishan", "default", "CN", "mountain"),
        ("Mount Athos", "default", "GR", "ridges-leafy"),
        ("Easter Island", "default", "CL", "island"),
    ],
)
def test_what_the_kind_or_the_name_says_is_drawn(name, kind, country, shown):
    assert drawn(name, kind, country) == shown


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Cathedrals of Vladimir", "default", "RU"),
        ("Abu Mena", "default", "EG"),
        ("Delphi", "temple", "GR"),
        ("Museum Island, Berlin", "default", "DE"),
        ("Historic Centre of Shakhrisyabz", "default", "UZ"),
        ("Somewhere", "nature", "BR"),
        ("Somewhere", "", ""),
    ],
)
def test_a_place_that_says_no_more_gets_open_country(name, kind, country):
    for latitude in (None, 0.5, 20.0, 35.0, 43.0):
        assert drawn(name, kind, country, latitude) not in CLAIMS


@pytest.mark.parametrize(
    ("country", "latitude", "trees"),
    [
        ("KE", -1.0, {"acacia"}),
        ("NO", 69.0, {"fir"}),
        ("DE", 50.0, {"leafy"}),
        ("IT", 41.0, {"cypress", "leafy"}),
        ("BR", -5.0, {"palm", "leafy"}),
        ("JO", 30.0, {"scrub", "palm", "mesas"}),
    ],
)
def test_what_grows_there_is_of_its_climate(country, latitude, trees):
    shown = {drawn(f"Place {n}", "default", country, latitude) for n in range(40)}
    assert {key.rpartition("-")[2] for key in shown} == trees
    assert len(shown) >= 4


def test_many_places_of_which_little_is_known_are_many_pictures():
    france = build.make_place("France", level="country", code="FR")
    sites = [build.make_site(f"Place {n}", place=france, latitude=48.0 + n / 100, longitude=2.0)
             for n in range(60)]  # fmt: skip
    scenes = Counter(silhouette(site, "FR") for site in sites)
    assert len(scenes) == 4 and max(scenes.values()) < 30
    assert len({cover(site) for site in sites}) == 60
    assert cover(sites[0]) == cover(sites[0])
