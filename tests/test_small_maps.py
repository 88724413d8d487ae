"""The small maps of pages: marks that are links, and the way to the large map."""

import re

import pytest
from django.utils import translation

from heritage.models import ComponentPoint, Site
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.web.shared import map_sheets
from heritage.web.site.location import nearby
from tests import builders as build
from tests.webrows import as_read, vocabulary

pytestmark = pytest.mark.django_db

MARK = re.compile(r'<a href="([^"]+)" aria-label="([^"]+)"')


def marks(html: str) -> dict[str, str]:
    """The addresses of the marks on a page by their names."""
    return {name: href.replace("&amp;", "&") for href, name in MARK.findall(html)}


@pytest.fixture
def words():
    return vocabulary()


@pytest.fixture
@change_set("command")
def filled(words):
    town = build.make_place(
        "Luoyang", "洛阳", "city", parent=words.china, slug="yiluo",
        latitude=34.62, longitude=112.45, radius_km=60,
    )  # fmt: skip
    for number in range(6):
        build.make_site(
            f"Hall {number}", place=town, kinds=[words.temple],
            latitude=34.62 + number / 5000, longitude=112.45,
        )  # fmt: skip
    build.make_site("Kiln", place=town, kinds=[words.temple])
    site = build.make_site("Cave", place=town, kinds=[words.temple],
                           latitude=34.2, longitude=112.0, slug="cave")  # fmt: skip
    build.make_event(site, "founded", "", words.tang)
    listed = build.make_designation("world_heritage", "1", events=["2000"])
    build.make_coverage(site, listed)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("places/yiluo/", "place=yiluo"),
        ("places/china/", "place=china"),
        ("kinds/temple/", "kind=temple"),
        ("eras/tang/", "era=tang"),
        ("world-heritage/", "unesco="),
        ("", ""),
    ],
)
def test_marks_lead_to_what_they_stand_for(client, filled, language, path, filters):
    html = as_read(client.get(f"/{language}/{path}"))
    found = marks(html)
    assert found
    for href in found.values():
        listed = client.get(href)
        assert listed.status_code == 200
        assert f"/{language}/sites/" in href
        is_of_district = "not=has%3Apoint" in href  # which is narrower than the place
        assert (
            filters in href or is_of_district or re.fullmatch(rf"/{language}/sites/[\w-]+/", href)
        )
    opened = re.search(r'small-map-open"><a rel="nofollow" href="([^"]+)"', html)[1]
    page = client.get(opened.replace("&amp;", "&")).context["list"]
    assert page.shown.map and filters in opened


def test_all_sites_of_a_town_are_on_its_map_and_none_is_lost(client, filled):
    page = client.get("/en/places/yiluo/").context["page"]
    assert page.map.counts == [
        "8 sites in view",
        "1 of them stands at its district: its exact place is not recorded.",
    ]
    counts = [mark.count for mark in page.map.sheet.marks]
    assert sum(counts) == 8 and len(counts) < 8
    # The group falls apart where its mark leads to.
    group = next(mark for mark in page.map.sheet.marks if mark.kind == "group")
    shown = client.get(group.href).context["list"].shown.map.sheet
    assert shown.window.zoom > page.map.sheet.window.zoom


def test_there_is_no_map_of_what_lies_nowhere(client, words):
    build.make_place("Empty", level="country", slug="empty")
    bare = build.make_site("Bare", slug="bare")
    for path in ("places/empty/", "sites/bare/"):
        assert "map-sheet" not in as_read(client.get(f"/en/{path}")).split("<body")[1]
    assert map_sheets.small_map_of_site(bare) is None


def test_a_page_follows_when_a_point_is_moved(client, filled):
    def at() -> list:
        page = client.get("/en/world-heritage/").context["page"]
        return [(mark.latitude, mark.longitude) for mark in page.map.sheet.marks]

    assert at() == [(34.2, 112.0)]
    site = Site.objects.get(slug="cave")
    site.latitude = 35.5
    site.save()
    assert at() == [(35.5, 112.0)]


# --- of one site ------------------------------------------------------------------------------


def test_a_site_stands_in_the_middle_of_the_land_around_it(client, filled):
    page = client.get("/en/sites/cave/").context["page"]
    (mark,) = page.land.sheet.marks
    assert (mark.kind, mark.km) == ("here", None)
    assert (
        abs(mark.x - map_sheets.SMALL_WIDTH / 2) <= 1
        and abs(mark.y - map_sheets.SMALL_HEIGHT / 2) <= 1
    )
    assert client.get(mark.href).context["list"].shown.map
    assert page.land.sheet.label == "Map: Cave and the land around it"


def test_neighbours_are_marks_around_it_and_of_parts_the_nearest(client, words):
    entry = build.make_designation("world_heritage", events=["2000"])
    here = build.make_site("Here", slug="here", latitude=34.5, longitude=112.5)
    far = build.make_site("Canal", slug="canal", latitude=39.9, longitude=116.4)
    build.make_coverage(far, entry)
    for number, (latitude, longitude) in enumerate(((34.6, 112.7), (39.9, 116.4))):
        ComponentPoint.objects.create(
            designation=entry, number=number, latitude=latitude, longitude=longitude
        )
    found = nearby(store.current(), here)[0]
    sheet = map_sheets.small_map_of_neighbours(here, found).sheet
    by_name = {mark.label: mark for mark in sheet.marks}
    assert (by_name["Canal"].latitude, by_name["Canal"].longitude) == (34.6, 112.7)
    assert by_name["Canal"].x > by_name["Here"].x and by_name["Canal"].y < by_name["Here"].y
    assert sheet.window.zoom >= 9
    assert map_sheets.small_map_of_neighbours(here, []) is None


def test_neighbours_beyond_180_are_near():
    here = build.make_site("Here", latitude=0, longitude=179.9)
    build.make_site("Other", latitude=0, longitude=-179.9)
    sheet = map_sheets.small_map_of_neighbours(here, nearby(store.current(), here)[0]).sheet
    at = {mark.label: mark.x for mark in sheet.marks}
    assert 44 <= at["Other"] - at["Here"] < map_sheets.SMALL_WIDTH


@pytest.mark.parametrize(
    ("said", "km"),
    [
        ({"precision": "surveyed"}, None),
        ({"precision": "approximate"}, 0),
        ({"precision": "approximate", "accuracy_m": 4000}, 4),
        ({"precision": "town"}, 2),
        ({"precision": "surveyed", "blur_km": 20}, 15),
        ({"precision": "approximate", "accuracy_m": 900_000}, 900),
    ],
)
def test_a_circle_is_as_large_as_the_doubt_and_fits(said, km):
    site = build.make_site(latitude=34.5, longitude=112.5, **said)
    assert map_sheets.uncertainty_km(site) == km
    (mark,) = map_sheets.small_map_of_site(site).sheet.marks
    assert mark.radius <= map_sheets.SMALL_HEIGHT / 2
    # At this scale, four kilometres are no larger than a dot.
    assert (mark.km is not None) == bool(km and km > 4)


def test_the_exact_point_of_a_blurred_site_is_on_no_map(client):
    site = build.make_site(slug="tomb", latitude=34.51234, longitude=112.51234, blur_km=5)
    build.make_site("Other", latitude=34.7, longitude=112.7)

    def shown() -> list:
        page = client.get("/en/sites/tomb/").context["page"]
        return [each.sheet for each in (page.land, page.nearby_map)]

    before = shown()
    assert all(any(mark.km for mark in sheet.marks) for sheet in before)
    site.latitude += 0.0001  # within the same cell
    site.save()
    assert shown() == before


def test_a_blurred_part_is_blurred_on_the_map_of_the_whole(client):
    entry = build.make_designation("world_heritage", events=["2000"])
    whole, tomb = (
        build.make_site("Whole", slug="whole", latitude=34.5, longitude=112.5),
        build.make_site("Tomb", latitude=34.51234, longitude=112.51234, blur_km=20),
    )
    build.make_coverage(whole, entry)
    for number, site in enumerate((whole, tomb)):
        point = {"latitude": site.latitude, "longitude": site.longitude, "site": site}
        ComponentPoint.objects.create(designation=entry, number=number, **point)
    assert map_sheets.parts_of(whole) == (whole.public_point, tomb.public_point)
    assert tomb.public_point != (tomb.latitude, tomb.longitude)
    assert len(client.get("/en/sites/whole/").context["page"].land.sheet.parts) == 2


def test_the_scale_of_a_map_is_in_the_language_of_its_page():
    site = build.make_site(latitude=34.5, longitude=112.5)
    said = []
    for language, unit in (("en", " km"), ("zh-hans", "公里")):
        with translation.override(language):
            label = map_sheets.small_map_of_site(site).sheet.scale_label
        assert label.endswith(unit)
        said.append(label.removesuffix(unit))
    assert said[0] == said[1]


def test_a_map_of_many_marks_has_few_stops_for_keys(client, words):
    with change_set("command"):
        for number in range(160):
            build.make_site(
                f"S{number}", latitude=-50 + number % 10 * 11, longitude=-170 + number // 10 * 21
            )
    html = as_read(client.get("/en/sites/?view=map&at=10,0,1"))
    sheet = html.split('class="map-sheet"')[1].split("</svg>")[0]
    assert sheet.count("<a ") > 40
    assert sheet.count("<a ") - sheet.count('tabindex="-1"') <= 30


def test_the_map_of_a_site_shows_its_boundary(client, filled):
    corners = [[112.0, 34.1], [112.1, 34.1], [112.1, 34.3], [112.0, 34.1]]
    site = Site.objects.get(slug="cave")
    far = map_sheets.small_map_of_site(site)
    assert "map-boundary" not in client.get("/en/sites/cave/").content.decode()
    with change_set("command"):
        site.boundary = {"type": "Polygon", "coordinates": [corners]}
        site.save()
    page = client.get("/en/sites/cave/").content.decode()
    path = re.search(r'class="map-boundary" d="M([^"]+)z"', page)[1]
    made = map_sheets.small_map_of_site(site)
    assert "Cave with its boundary" in page and made.sheet.at != far.sheet.at
    for corner in path.split("L"):  # all of it is on the map
        x, y = map(int, corner.split())
        assert 0 <= x <= map_sheets.SMALL_WIDTH and 0 <= y <= map_sheets.SMALL_HEIGHT
    with change_set("command"):
        site.blur_km = 5
        site.save()
    assert "map-boundary" not in client.get("/en/sites/cave/").content.decode()
