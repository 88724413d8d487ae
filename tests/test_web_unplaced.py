"""Sites without a position: lists by distance and maps count those that they leave out."""

import pytest
from django.http import QueryDict

from heritage.models import Site
from heritage.models.unit_of_work import change_set
from heritage.search import brute_force
from heritage.search.filters import SiteFilter
from tests import builders as build

pytestmark = pytest.mark.django_db


@pytest.fixture
@change_set("command", all_or_nothing=True)
def sites():
    """A town in a district of which one site has a position, another town, and one site of none."""
    china = build.make_place("China", "中国", slug="china", level="country")
    henan = build.make_place("Henan", "河南", slug="henan", level="province", parent=china)
    luoyang = build.make_place(
        "Luoyang", "洛阳市", slug="luoyang", level="city", parent=henan,
        latitude=34.66, longitude=112.43,
    )  # fmt: skip
    yanshi = build.make_place("Yanshi", "偃师", slug="yanshi", level="county", parent=luoyang)
    kaifeng = build.make_place("Kaifeng", "开封市", slug="kaifeng", level="city", parent=henan)
    temple = build.make_kind("Temple", slug="temple")
    here = {"latitude": 34.7, "longitude": 112.5}
    build.make_site("Gate", slug="gate", place=yanshi, **here)
    build.make_site("Hall", slug="hall", place=luoyang, kinds=[temple], **here)
    build.make_site("Blurred", slug="blurred", place=luoyang, blur_km=20, **here)
    build.make_site("Bell", slug="bell", place=luoyang, kinds=[temple])
    build.make_site("Bridge", slug="bridge", place=yanshi)
    build.make_site("Pagoda", slug="pagoda", place=kaifeng, kinds=[temple])
    build.make_site("Anywhere", slug="anywhere")
    build.make_site("Draft", slug="draft", place=luoyang, state="draft")


def left_out(client, path) -> dict[str, set[str]]:
    """What a page says that it leaves out, by its words, and the sites that each link leads to."""
    context = client.get(path).context
    holder = context.get("list") or context["page"]
    if not hasattr(holder, "unplaced"):
        holder = getattr(holder, "surroundings", None) or holder.map
    found = {}
    for each in holder.unplaced:
        query = QueryDict(each.url.partition("?")[2])
        filtered = SiteFilter(query)
        assert filtered.problems() == [] and len(filtered.hits) == each.count
        assert client.get(each.url).context["list"].total == each.count  # nothing is cleaned away
        found[each.label] = set(Site.objects.in_bulk(filtered.hits).values())
    return {label: {site.slug for site in sites} for label, sites in found.items()}


LEFT = {
    "sites/": {},
    "sites/?kind=temple": {},
    "sites/?near=luoyang": {"2 in Luoyang": {"bell", "bridge"},
                            "2 elsewhere": {"pagoda", "anywhere"}},
    "sites/?near=luoyang&within=5&sort=distance": {"2 in Luoyang": {"bell", "bridge"},
                                                   "2 elsewhere": {"pagoda", "anywhere"}},
    "sites/?near=gate&sort=name": {"2 in Luoyang": {"bell", "bridge"},
                                   "2 elsewhere": {"pagoda", "anywhere"}},
    "sites/?near=yanshi": {"1 in Yanshi": {"bridge"},
                           "3 elsewhere": {"bell", "pagoda", "anywhere"}},
    "sites/?near=34.7,112.5": {"4 sites": {"bell", "bridge", "pagoda", "anywhere"}},
    "sites/?near=luoyang&kind=temple": {"1 in Luoyang": {"bell"}, "1 elsewhere": {"pagoda"}},
    "sites/?near=luoyang&not=kind:temple": {"1 in Luoyang": {"bridge"},
                                            "1 elsewhere": {"anywhere"}},
    "sites/?near=luoyang&place=yanshi": {"1 site": {"bridge"}},
    "sites/?near=luoyang&place=henan": {"3 sites": {"bell", "bridge", "pagoda"}},
    "sites/?near=luoyang&has=point": {},
    "sites/?bbox=110,31,117,36&kind=temple": {"2 sites": {"bell", "pagoda"}},
    "sites/?bbox=0,0,1,1&near=luoyang": {"2 in Luoyang": {"bell", "bridge"},
                                         "2 elsewhere": {"pagoda", "anywhere"}},
    "places/luoyang/": {"2 in Luoyang": {"bell", "bridge"}},
    "places/henan/": {"3 sites": {"bell", "bridge", "pagoda"}},
    "sites/gate/": {"2 in Luoyang": {"bell", "bridge"}},
}  # fmt: skip


@pytest.mark.parametrize(("path", "left"), LEFT.items(), ids=LEFT)
def test_what_cannot_be_placed_is_counted_and_linked(client, sites, path, left):
    assert left_out(client, f"/en/{path}") == left


@pytest.mark.parametrize("query", [path for path in LEFT if "near=34" in path or "bbox" in path])
def test_the_counts_are_those_of_the_rows(client, sites, query):
    asked = QueryDict(query.partition("?")[2])
    others = asked.copy()
    for name in ("near", "bbox"):
        others.pop(name, None)
    left = Site.objects.filter(pk__in=brute_force.matching(others), public_latitude=None)
    assert set(SiteFilter(asked).unplaced) == set(left.values_list("pk", flat=True))


SAID = {
    "en": ("Left out, as no position is recorded:", "Exact place not recorded:"),
    "zh-hans": ("因尚无坐标记录而未列入：", "具体地点未记录："),
}


@pytest.mark.parametrize(("language", "words"), SAID.items())
def test_pages_say_it_in_both_languages(client, sites, language, words):
    of_list, of_page = words
    assert client.get(f"/{language}/sites/?near=luoyang").content.decode().count(of_list) == 1
    for path in ("places/luoyang/", "sites/gate/"):
        assert client.get(f"/{language}/{path}").content.decode().count(of_page) == 1, path
    of_map = client.get(f"/{language}/places/henan/").content.decode()
    assert of_map.count(of_list) == 1
    assert of_list not in client.get(f"/{language}/sites/").content.decode()


def test_a_map_says_how_many_it_shows(client, sites):
    page = client.get("/en/places/henan/").context["page"]
    assert page.map.counts == ["3 sites in view"]
    assert [each.count for each in page.map.unplaced] == [3]
    Site.objects.filter(slug__in=["bell", "bridge", "pagoda"]).delete()
    page = client.get("/en/places/henan/").context["page"]
    assert (page.map.counts, page.map.unplaced) == ([], [])


def test_the_world_map_says_which_properties_it_cannot_show(client):
    register = build.make_register("world_heritage", edition="2020")
    for number, (year, point) in enumerate([("2000", True), ("2001", False), ("2024", False)]):
        place = {"latitude": 1.0, "longitude": 1.0} if point else {}
        site = build.make_site(slug=f"s{number}", **place)
        build.make_coverage(site, build.make_designation(register=register, events=[year]))
    # What was inscribed after the edition is in the list that the map is of, too.
    assert left_out(client, "/en/world-heritage/") == {"2 sites": {"s1", "s2"}}
    page = client.get("/en/world-heritage/").context["page"]
    assert page.map.counts == ["1 site in view"]


def test_a_position_is_a_filter_by_itself(client, sites):
    assert {s.slug for s in SiteFilter(QueryDict("has=point")).qs} == {"gate", "hall", "blurred"}
    found = SiteFilter(QueryDict("q=without coordinates"))
    assert {site.slug for site in found.qs} == {"bell", "bridge", "pagoda", "anywhere"}
