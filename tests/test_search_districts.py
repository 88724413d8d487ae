"""A site without a point lies in its district: found there, after what is measured, and told so."""

import json

import pytest
from django.http import QueryDict

from heritage.models import ComponentPoint, Place, Site
from heritage.models.unit_of_work import change_set
from heritage.search import SiteFilter, brute_force, store
from heritage.values.coordinates import distance_km
from heritage.web.site.location import nearby, reachable
from tests import builders as build
from tests.index_comparison import assert_as_rebuilt

pytestmark = pytest.mark.django_db

LUOYANG, YANSHI, FAR = (34.68, 112.47), (34.72, 112.78), (33.79, 111.62)


def at(point, **fields) -> dict:
    return {"latitude": point[0], "longitude": point[1], **fields}


@pytest.fixture
@change_set("command", all_or_nothing=True)
def sites():
    """A prefecture and its counties: one near, one far, one of which only the name is known; and a
    property with parts far apart."""
    china = build.make_place("China", slug="china", level="country")
    henan = build.make_place("Henan", slug="henan", level="province", parent=china)
    luoyang = build.make_place(
        "Luoyang", "洛阳市", slug="luoyang", parent=henan, **at(LUOYANG, radius_km=30)
    )
    county = {"level": "county", "parent": luoyang}
    yanshi = build.make_place(
        "Yanshi", "偃师区", slug="yanshi", **at(YANSHI, radius_km=25), **county
    )
    far = build.make_place(
        "Luanchuan", "栾川县", slug="luanchuan", **at(FAR, radius_km=50), **county
    )
    bare = build.make_place("Mengjin", "孟津区", slug="mengjin", **county)
    gate = {"place": yanshi, **at((34.7, 112.5))}
    build.make_site("Gate", slug="gate", **gate)
    build.make_site("Blurred", slug="blurred", place=far, **at((33.9, 111.7), blur_km=20))
    build.make_site("Bridge", slug="bridge", place=yanshi)
    build.make_site("Bell", slug="bell", place=luoyang, prominence=900)
    build.make_site("Hall", slug="hall", place=bare)
    build.make_site("Cave", slug="cave", place=far)
    build.make_site("Draft", slug="draft", place=yanshi, state="draft")
    build.make_site("Somewhere", slug="somewhere", place=henan)
    build.make_site("Anywhere", slug="anywhere")
    canal = build.make_site("Canal", slug="canal", place=china, **at((39.9, 116.4)))
    entry = build.make_designation("world_heritage", events=["2014"])
    build.make_coverage(canal, entry)
    for number, point in enumerate([(34.67, 112.46), (30.3, 120.1)], start=1):
        ComponentPoint.objects.create(designation=entry, number=number, **at(point))


FOUND = {
    # query: measured, nearest first; by district; could not be placed
    "near=luoyang": ("canal gate blurred", "bell hall bridge cave", "somewhere anywhere"),
    "near=luoyang&within=50": ("canal gate", "bell hall bridge", "somewhere anywhere"),
    "near=luoyang&within=5": ("canal gate", "bell hall", "somewhere anywhere"),
    "near=34.68,112.47": ("canal gate", "bell hall bridge", "somewhere anywhere"),
    "near=yanshi": ("gate canal", "bridge bell hall", "somewhere anywhere"),
    "near=yanshi&within=10": ("", "bridge", "somewhere anywhere"),
    "near=30,120&within=100": ("canal", "", "somewhere anywhere"),
    "near=luoyang&has=point": ("canal gate blurred", "", ""),
    "near=luoyang&has=district": ("", "bell hall bridge cave", ""),
    "near=luoyang&not=has:point": ("", "bell hall bridge cave", "somewhere anywhere"),
    "near=luoyang&place=luoyang": ("gate blurred", "bell hall bridge cave", ""),
    "bbox=112.4,34.6,112.6,34.8": ("canal gate", "bell hall", "somewhere anywhere"),
    "bbox=111,33,113,35": ("canal gate blurred", "bell hall bridge cave", "somewhere anywhere"),
    "bbox=0,0,1,1": ("", "", "somewhere anywhere"),
}


@pytest.mark.parametrize(("query", "expected"), FOUND.items(), ids=FOUND)
def test_what_is_found_and_in_which_order(sites, query, expected):
    filtered = SiteFilter(QueryDict(query))
    slugs = dict(Site.objects.values_list("pk", "slug"))
    found = [slugs[pk] for pk in filtered.page("en", 0, 24)]
    measured, rough, nowhere = (part.split() for part in expected)
    assert len(filtered.hits) == len(found) == len(measured) + len(rough)
    if "near" in query:
        # "Bell" and "Hall" lie at one centre: by their ids.
        assert found == [*measured, *rough]
    else:
        assert set(found[: len(measured)]) == set(measured)
        assert set(found[len(measured) :]) == set(rough)
    assert {slugs[pk] for pk in filtered.in_districts} == set(rough)
    assert {slugs[pk] for pk in filtered.unplaced} == set(nowhere)
    if "not=" not in query:
        assert set(filtered.hits) == brute_force.matching(QueryDict(query))


def test_the_list_counts_and_links_each_group(client, sites):
    def told(query):
        found = client.get(f"/en/sites/?{query}").context["list"]
        groups = [*found.by_district.found, *found.unplaced]
        for each in groups:
            assert client.get(each.url).context["list"].total == each.count
        farther = found.by_district.farther
        return found.total, [each.label for each in groups], farther and farther.count

    nowhere = ["2 elsewhere"]
    assert told("near=luoyang") == (7, ["4 in Luoyang", *nowhere], None)
    assert told("near=luoyang&within=50") == (5, ["3 in Luoyang", *nowhere], 1)
    assert told("near=yanshi") == (5, ["1 in Yanshi", "2 elsewhere", *nowhere], None)
    assert told("bbox=111,33,113,35") == (7, ["4 sites", "2 sites"], None)


SAID = {
    "en": (
        {"about 29 km, somewhere in Yanshi", "somewhere in Luoyang, within about 30 km", "1.4 km"},
        "Somewhere in Yanshi, within about 25 km of its centre. The exact place is not recorded.",
    ),
    "zh-hans": (
        {"约29公里，在偃师区境内某处", "洛阳市境内某处，约30公里以内", "1.4公里"},
        "在偃师区境内某处，距其中心约25公里以内；具体地点未记录。",
    ),
}


@pytest.mark.parametrize(("language", "words"), SAID.items())
def test_pages_say_somewhere_and_never_a_point(client, sites, language, words):
    for view in ("", "&view=list"):
        page = client.get(f"/{language}/sites/?near=luoyang{view}")
        cards = {card.distance for card in page.context["list"].shown.cards}
        assert words[0] <= cards
    page = client.get(f"/{language}/sites/bridge/").content.decode()
    assert words[1] in page and "geo:" not in page
    data = page.partition('application/ld+json">')[2].partition("</script>")[0]
    assert "GeoCoordinates" not in data and "GeoCircle" not in data and json.loads(data)
    # The map shows the area; without a district there is none.
    (mark,) = client.get(f"/{language}/sites/bridge/").context["page"].land.sheet.marks
    assert mark.km == 25
    assert client.get(f"/{language}/sites/anywhere/").context["page"].land is None


def test_the_table_of_a_page_is_of_the_narrowest_place_that_is_known(sites):
    index = store.current()
    slugs = dict(Site.objects.values_list("pk", "slug"))
    places = dict(Place.objects.values_list("pk", "slug"))
    rows = zip(index.districts.ids, *index.districts.columns, strict=True)
    assert {slugs[pk]: (km, places[place]) for pk, _lat, _lon, km, place in rows} == {
        "bridge": (25, "yanshi"), "bell": (30, "luoyang"), "hall": (30, "luoyang"),
        "cave": (50, "luanchuan"),
    }  # fmt: skip


def test_districts_follow_every_write(sites):
    bridge = Site.objects.get(slug="bridge")

    def district():
        assert_as_rebuilt(store.current())
        found = store.current().districts_of([bridge.pk]).get(bridge.pk)
        return Place.objects.get(pk=found[0]).slug if found else None

    assert district() == "yanshi"
    Place.objects.filter(slug="yanshi").update(radius_km=None)
    assert district() == "luoyang"
    Place.objects.filter(slug="mengjin").update(latitude=34.8, longitude=112.4, radius_km=20)
    bridge.place = Place.objects.get(slug="mengjin")
    bridge.save()
    assert district() == "mengjin"
    bridge.latitude, bridge.longitude = 34.81, 112.41
    bridge.save()
    assert district() is None and bridge.pk in SiteFilter({"near": "34.81,112.41"}).hits
    bridge.latitude = bridge.longitude = None
    bridge.place = None
    bridge.save()
    assert district() is None and bridge.pk in store.current().nowhere


def test_neighbours_are_measured_and_by_their_nearest_part(sites):
    index, gate = store.current(), Site.objects.get(slug="gate")
    [near] = nearby(index, gate)[0]
    assert (near.site.slug, near.point) == ("canal", (34.67, 112.46))
    assert near.km == pytest.approx(distance_km((34.7, 112.5), (34.67, 112.46)))
    assert [each.site.slug for each in reachable(index, LUOYANG, 50, 5)] == ["canal", "gate"]


def test_a_circle_needs_a_centre(sites):
    place = build.make_place("Xin'an", level="county")
    place.radius_km = 20
    with pytest.raises(Exception, match="A radius needs a centre"):
        place.full_clean()
