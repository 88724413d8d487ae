"""The map as a display of a list: the same sites, marks that are links, counts that add up."""

import gzip
import io
import re
from math import hypot
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from PIL import Image as Picture

from benchmarks import weights
from heritage.cartography import map_sheet, mercator, tile_files
from heritage.models import Coverage, Identity, Kind
from heritage.models.unit_of_work import change_set
from heritage.search import map_cells
from heritage.web.shared.map_sheets import window_at
from tests.builders import make_designation, make_kind, make_place, make_site, text
from tests.webrows import as_read

pytestmark = pytest.mark.django_db

AT = "34.6,112.45,8"


@pytest.fixture
def filled():
    temple = make_kind("Temple", slug="temple")
    town = make_place(
        "Gongyi", "巩义", slug="gongyi", latitude=34.75, longitude=112.98, radius_km=9
    )
    for number in range(5):
        make_site(f"Cave {number}", latitude=34.55, longitude=112.47)
    make_site("Hall", kinds=[temple], latitude=34.9, longitude=112.0)
    make_site("Hidden", kinds=[temple], latitude=34.42, longitude=112.91, blur_km=5)
    make_site("Kiln", place=town)
    make_site("Far", kinds=[temple], latitude=48.85, longitude=2.35)
    make_site("Somewhere", kinds=[temple])


def page(client, query="", language="en"):
    response = client.get(f"/{language}/sites/?view=map{query}")
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("query", ["", f"&at={AT}", f"&kind=temple&at={AT}", "&bbox=112,34,113,35"])
def test_the_sites_in_view_and_the_others_add_up_to_the_list(client, filled, query):
    shown = page(client, query).context["list"]
    said = [
        re.search(r"\d+", each)[0] for each in (shown.shown.map.in_view, *shown.shown.map.counts)
    ]
    first, *others = map(int, said)
    districts = [
        int(s)
        for s, line in zip(said[1:], shown.shown.map.counts, strict=True)
        if "district" in line
    ]  # of those in view
    assert first + sum(others) - sum(districts) == shown.total


def test_what_the_map_brings_is_light(client, filled):
    """Leaflet comes in the place of htmx: CSS and JS are at most 60 kB together, as sent."""
    found = weights.page(client, "/en/sites/?view=map")
    assert any("js_lib_leaflet/leaflet.js" in each for each in found.scripts)
    assert not any("htmx" in each for each in found.scripts)
    assert 40_000 < found.css + found.js <= 60_000
    # And with its tiles and what the script asks for, the first view of a world is at most 150 kB.
    for latitude, longitude in ((-33.9, 151.2), (-22.9, -43.2), (37.8, -122.4)):
        make_site(f"At {longitude}", latitude=latitude, longitude=longitude)
    sheet = page(client).context["list"].shown.map.sheet
    addresses = [
        *{tile.href for tile in sheet.tiles},
        f"/en/sites/map.json?at={sheet.at}&size=814x594",
    ]
    more = sum(len(gzip.compress(client.get(address).content)) for address in addresses)
    assert more > 20_000
    assert found.html_gzipped + found.css + found.js + more <= 150_000


def test_marks_are_links_to_sites_and_to_what_is_closer(client, filled):
    html = as_read(page(client, f"&at={AT}"))
    assert 'href="/en/sites/hall/" aria-label="Hall"' in html
    five = re.search(r'href="([^"]+)" aria-label="5 sites here: see the list"', html)[1]
    listed = client.get(five.replace("&amp;", "&")).context["list"]
    assert listed.total == 5 and not listed.shown.map
    assert 'aria-label="1 site in Gongyi, its exact place is not recorded"' in html
    assert "map-blur" in html  # the hidden one is a circle
    far = as_read(page(client, "&at=30,60,2"))
    closer = re.search(r'href="([^"]+)" aria-label="\d+ sites here: zoom in"', far)[1]
    zoomed = client.get(closer.replace("&amp;", "&")).context["list"].shown.map.sheet.window
    assert zoomed.zoom > 2


def test_a_district_leads_to_the_list_of_its_sites(client, filled):
    html = as_read(page(client, f"&at={AT}"))
    href = re.search(r'href="([^"]+)" aria-label="1 site in Gongyi', html)[1]
    assert [str(card.name) for card in client.get(href.replace("&amp;", "&")).context[
        "list"].shown.cards] == ["Kiln"]  # fmt: skip


def test_a_district_leaves_the_name_of_its_town_to_be_read(client, filled):
    """Names stand right of the dot of their town, mostly, 7 pixels away."""
    sheet = page(client, f"&at={AT}").context["list"].shown.map.sheet
    (badge,) = [mark for mark in sheet.marks if mark.kind == "district"]
    x, y = mercator.project(112.98, 34.75)
    world = mercator.TILE << sheet.window.zoom
    town = x * world - sheet.window.left, y * world - sheet.window.top
    assert town[0] - 2 * badge.radius < badge.x < badge.x + badge.radius < town[0] + 7
    assert abs(badge.y - town[1]) <= 1


def test_filters_apply_and_stay_as_the_display_changes(client, filled):
    shown = page(client, f"&kind=temple&at={AT}").context["list"]
    assert shown.total == 4
    queries = {link.label: link.query for link in shown.displays}
    assert queries == {
        "Cards": "kind=temple",
        "List": "view=list&kind=temple",
        "Map": "view=map&kind=temple",
        "Timeline": "view=timeline&kind=temple",
    }
    assert ("view", "map") in shown.carried


def test_an_area_is_searched_by_its_link(client, filled):
    shown = page(client, f"&at={AT}").context["list"].shown
    found = client.get(f"/en/sites/?{shown.map.area_query}").context["list"]
    names, listed = ({str(card.name) for card in each.cards} for each in (shown, found.shown))
    assert names - {"Kiln"} == listed - {"Kiln"}  # which is known by its district alone
    assert len(names) == 8
    assert {str(item.name) for item in found.applied} == {"bbox"}


@pytest.mark.parametrize(
    "value", ["", "x", "91,0,3", "0,181,3", "0,0,99", "0,0", "nan,0,2", "0,0,1.5"]
)
def test_a_place_that_means_nothing_is_taken_out_of_the_address(client, filled, value):
    response = client.get(f"/en/sites/?view=map&at={value}")
    assert (response.status_code, response.url) == (302, "/en/sites/?view=map")
    assert window_at(value, 100, 100) is None
    # Nor does a place mean anything without a map.
    assert client.get(f"/en/sites/?at={AT}").url == "/en/sites/"


def data(client, query="", at=AT, size="900x600"):
    return client.get(f"/en/sites/map.json?{query}&at={at}&size={size}")


def test_the_script_is_sent_what_the_page_shows(client, filled):
    sent = data(client, "kind=temple").json()
    sheet = page(client, f"&kind=temple&at={AT}").context["list"].shown.map.sheet
    assert sorted(each["label"] for each in sent["marks"]) == sorted(m.label for m in sheet.marks)
    assert sent["inView"] == "2 sites in view"
    assert "Hall" in sent["found"] and "Far" not in sent["found"]
    blurred = next(each for each in sent["marks"] if each["label"] == "Hidden")
    assert blurred["km"] > 0


def test_a_world_that_is_narrower_than_the_map_is_seen_once(client, filled, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_site("Atoll", latitude=-17, longitude=-179.9)
    response = page(client, "&at=20,30,0")
    sheet = response.context["list"].shown.map.sheet
    assert "M194.0 " in sheet.beyond and "h512v512" in sheet.beyond  # in the middle of 900 pixels
    assert f'class="map-beyond" d="{sheet.beyond}"' in as_read(response)
    assert all(194 <= mark.x <= 706 for mark in sheet.marks)
    assert 'class="by"' in client.get("/en/map.svg?at=20,30,0&size=900x500").text
    for query in ("at=20,30,0&size=500x500", "at=20,30,1&size=900x500"):
        assert 'class="by"' not in client.get(f"/en/map.svg?{query}").text
    assert not page(client, "&at=20,30,1").context["list"].shown.map.sheet.beyond


def test_a_list_that_the_script_has_is_not_sent_again(client, filled):
    first = data(client).json()
    html = as_read(page(client, f"&at={AT}"))
    assert re.search(r'data-known="([^"]+)"', html)[1] == first["tag"]
    assert "Cave 1" in first["found"] and "8 sites in view" in first["counts"]
    moved = "34.61,112.46,8"
    again = data(client, f"known={first['tag']}", at=moved)
    assert "found" not in again.json() and again.json()["tag"] == first["tag"]
    whole = data(client, at=moved)
    assert whole.json() == again.json() | {"found": first["found"]}
    assert len(again.content) < len(whole.content) / 2
    closer = data(client, f"known={first['tag']}", at="34.9,112.0,12").json()
    assert "Hall" in closer["found"]


SQUARE = [[112.46, 34.54], [112.48, 34.54], [112.48, 34.56], [112.46, 34.56], [112.46, 34.54]]


def test_the_boundary_of_a_site_is_drawn_close_by(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    site = make_site("Grottoes", latitude=34.55, longitude=112.47)
    make_site("Other", latitude=34.62, longitude=112.6)
    close, far = "34.55,112.47,11", "34.55,112.47,7"
    assert "map-boundary" not in as_read(page(client, f"&at={close}"))
    with change_set("command"):
        site.boundary = polygon
        site.save()
    # The cached page follows, the script is sent the rings, and the picture has them.
    assert "map-boundary" in as_read(page(client, f"&at={close}"))
    (ring,) = [ring for mark in data(client, at=close).json()["marks"]
               for ring in mark.get("boundary", ())]  # fmt: skip
    assert [point[::-1] for point in ring] == SQUARE
    assert b'class="bo"' in client.get(f"/en/map.svg?at={close}").content
    for address in (f"/en/sites/?view=map&at={far}", f"/en/map.svg?at={far}"):
        assert b"map-boundary" not in client.get(address).content.replace(b'"bo"', b"map-boundary")
    # Two areas, one with a hole, are four rings; of a ring below a pixel nothing is left.
    hole = [
        [112.465 + x / 10, 34.545 + y / 10] for x, y in ((0, 0), (0.05, 0), (0.05, 0.05), (0, 0))
    ]
    speck = [[112.5 + x / 1e6, 34.5] for x in (0, 1, 2, 0)]
    with change_set("command"):
        site.boundary = {"type": "MultiPolygon", "coordinates": [[SQUARE, hole], [speck], [SQUARE]]}
        site.save()
    sent = [
        mark["boundary"] for mark in data(client, at=close).json()["marks"] if "boundary" in mark
    ]
    assert [len(ring) for ring in sent[0]] == [5, 4, 5]
    # Blurred, it is a circle and no more.
    with change_set("command"):
        site.blur_km = 5
        site.save()
    assert not any("boundary" in mark for mark in data(client, at=close).json()["marks"])


def test_sites_show_their_cover_close_by(client, filled):
    assert "map-cover" not in as_read(page(client, "&at=34.9,112.0,11"))
    html = as_read(page(client, "&at=34.9,112.0,12"))
    assert re.search(r'<image\s+href="/en/covers/[^"]+"', html) and "map-cover" in html


@pytest.mark.parametrize(
    ("at", "size"), [("", "9x9"), (AT, ""), (AT, "axb"), ("1,2", "900x600"), (AT, "²x9")]
)
def test_what_makes_no_sense_is_a_bad_request(client, filled, at, size):
    assert data(client, at=at, size=size).status_code == 400


def test_the_parts_of_a_property_are_shown_close_by_or_where_they_are_few(client, monkeypatch):
    whole = make_site("Grottoes", latitude=34.55, longitude=112.47)
    make_site("Other", latitude=34.9, longitude=113.5)
    entry = make_designation("world_heritage", "1003")
    Coverage.objects.create(designation=entry, site=whole, extent=Coverage.Extent.WHOLE)
    for number in range(3):
        entry.points.create(number=number, latitude=34.5 + number / 10, longitude=112.4)
    near = data(client, at="34.6,112.45,9").json()
    assert len(near["parts"]) == 3
    assert client.get("/en/map.svg?at=34.6,112.45,9").text.count('class="pt"') == 3
    assert len(data(client, at="34.6,112.45,4").json()["parts"]) == 3
    monkeypatch.setattr(map_cells, "_FEW_PARTS", 2)
    assert data(client, at="34.6,112.45,4").json()["parts"] == []
    assert len(data(client, "q=grottoes", at="34.6,112.45,4").json()["parts"]) == 3


def test_the_number_of_the_map_stands_on_it(client, filled):
    Identity.objects.create(name=text("Heritage"), map_number="GS(2024)0650号")
    assert "GS(2024)0650号" in as_read(page(client))


def test_the_words_are_chinese_in_a_chinese_page(client, filled):
    html = as_read(page(client, f"&at={AT}", language="zh-hans"))
    assert "地图范围内有8处遗产地" in html
    assert "/zh/8/" in html  # tiles in which Chinese comes first
    assert QueryDict("view=map")["view"] == "map"


def test_the_map_of_a_list_is_a_picture_too(client, filled):
    Identity.objects.create(name=text("Heritage"), map_number="GS(2024)0650号")
    response = client.get("/zh-hans/map.svg?kind=temple&bbox=111,33,114,36&size=500x300")
    svg = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml"
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="500" height="300"')
    assert "GS(2024)0650号" in svg and "GeoNames" in svg
    assert svg.count('class="sb"') == 1  # the blurred site, as a circle
    assert svg.count('<circle class="se"') == 1
    assert "洛阳" in svg
    # Scale, credit and number stand below the sheet, where they hide nothing.
    low = [float(y) for y in re.findall(r'class="fs" x="[^"]+" y="([^"]+)"', svg)]
    foot = float(re.search(r'class="ft" d="M0 (\d+)h500', svg)[1])
    assert len(low) >= 2 and all(foot < y < 300 for y in low)
    narrow = client.get("/zh-hans/map.svg?kind=temple&size=300x300").text
    rows = re.findall(r'class="fs" x="[^"]+" y="([^"]+)"', narrow)
    assert len(rows) == len(set(rows)) == 3
    ElementTree.fromstring(svg)  # noqa: S314 - our own
    # Opened by itself, it may have its own style and no script.
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert client.get("/en/map.svg?size=nonsense").status_code == 200
    assert client.get("/en/map.svg", headers={"If-None-Match": client.get("/en/map.svg")["ETag"]}
                      ).status_code == 304  # fmt: skip


def test_close_by_sites_bear_their_names_on_the_page_and_in_pictures(client, filled):
    make_site("Long Name of a Hall", latitude=34.9, longitude=112.0012, short_name=text("Annexe"))
    near, far = "34.9,112.0,15", "34.9,112.0,9"
    data = client.get(f"/en/sites/map.json?at={near}&size=800x600").json()
    named = {each["name"]: each["beside"] for each in data["marks"]}
    assert set(named) == {"Hall", "Annexe"}
    assert named["Hall"][0] != "right"  # where the other one is
    assert abs(named["Hall"][1]) + abs(named["Hall"][2]) == 22  # from the edge of its cover
    drawn = client.get(f"/en/map.svg?at={near}").text
    assert drawn.count("data:image/svg+xml;base64,") == 2 and drawn.count('class="cv"') == 2
    assert ">Annexe</text>" in drawn and ">Annexe</text>" in as_read(page(client, f"&at={near}"))
    drawn = client.get(f"/en/map.svg?at={far}").text
    assert "base64" not in drawn and "Annexe" not in drawn  # both are one mark there
    # A blurred site's name stands in the middle of the circle in which it lies.
    data = client.get("/en/sites/map.json?at=34.42,112.91,10&size=800x600").json()
    hidden = next(each for each in data["marks"] if each["label"] == "Hidden")
    assert hidden["beside"] == ["center", 0, 0]


def test_of_one_site_is_shown_what_lies_around_it(client, filled):
    only = page(client, "&q=hall").context["list"].shown.map.sheet
    assert only.window.zoom == 8 and [mark.name for mark in only.marks if mark.name_at] == ["Hall"]
    near = page(client, "&q=cave").context["list"].shown.map.sheet
    assert near.window.zoom > 8 and near.marks[0].count == 5


def test_a_badge_beside_a_mark_stands_on_land(client):
    """On a map of the world, too, where the sea is nearer to Henan than a badge is wide."""
    county = make_place("Gongyi", slug="gongyi", latitude=34.75, longitude=112.98, radius_km=9)
    for number in range(9):
        make_site(f"Cave {number}", latitude=34.55, longitude=113.47)
        make_site(f"Kiln {number}", place=county)
    marks = client.get("/en/sites/map.json?at=30,112,0&size=900x600").json()["marks"]
    assert {each["kind"] for each in marks} == {"district", "group"}
    badge, seal = (
        mercator.project(*reversed(each["at"]))
        for each in sorted(marks, key=lambda each: each["kind"])
    )
    assert map_sheet.is_land(*badge)
    apart = hypot(badge[0] - seal[0], badge[1] - seal[1]) * mercator.TILE
    assert apart > 20  # so that either can be touched


def test_a_point_leads_to_the_map_and_to_those_that_people_use(client, filled):
    english, chinese = (
        as_read(client.get(f"/{language}/sites/hall/")) for language in ("en", "zh-hans")
    )
    own = re.search(r'href="(/en/sites/\?view=map&amp;at=[^"]+)"', english)[1]
    assert "Hall" in as_read(client.get(own.replace("&amp;", "&")))
    hosts = [re.findall(r'href="https://([^/"]+)/', page.split("where-maps")[1].split("</p>")[0])
             for page in (english, chinese)]  # fmt: skip
    assert hosts[0][0] == "www.openstreetmap.org" and hosts[1][0] == "uri.amap.com"
    assert len(hosts[0]) == 5 and set(hosts[0]) == set(hosts[1])
    assert "position=112%2C34.9" in english and "coordinate=wgs84" in english


def test_others_are_not_sent_to_a_blurred_point(client, filled):
    hidden = as_read(client.get("/en/sites/hidden/")).split("where-maps")[1].split("</p>")[0]
    assert "https://" not in hidden and "view=map" in hidden


def test_the_sites_of_a_kind_are_one_step_from_the_map(client, filled):
    html = as_read(client.get("/en/kinds/temple/"))
    href = re.search(r'href="(/en/sites/\?kind=temple&amp;view=map)"', html)[1]
    assert client.get(href.replace("&amp;", "&")).context["list"].shown.map


# --- elsewhere --------------------------------------------------------------------------------


def test_the_map_by_itself_may_stand_in_a_frame_and_nothing_else_may(client, filled, settings):
    for _again in range(2):  # from the cache of pages, too
        response = client.get(f"/en/embed/map/?kind=temple&at={AT}")
        assert response.status_code == 200 and not response.cookies
        assert "frame-ancestors *" in response["Content-Security-Policy"]
        assert "X-Frame-Options" not in response
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        assert response["X-Robots-Tag"] == "noindex"
    html = as_read(response)
    assert "Hall" in html and "<form" not in html and 'base target="_blank"' in html
    whole = re.search(r'embedded-whole"><a href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert client.get(whole, follow=True).context["list"].total == 4
    for path in ("/en/sites/?view=map", "/en/sites/", "/en/"):
        other = client.get(path)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"


def test_an_embedded_map_is_moved_within_its_frame(client, filled):
    html = as_read(client.get(f"/en/embed/map/?at={AT}"))
    steps = re.findall(r'target="_self" class="button-quiet" href="([^"]+)"', html)
    assert len(steps) == 6
    moved = client.get("/en/embed/map/" + steps[0].replace("&amp;", "&"))
    assert moved.status_code == 200 and moved.context["map"].sheet.window.zoom == 9


def test_what_is_shown_is_a_picture_in_pixels(client, filled):
    response = client.get("/en/map.png?kind=temple&size=600x315")
    with Picture.open(io.BytesIO(response.content)) as picture:
        assert (response["Content-Type"], picture.size) == ("image/png", (600, 315))
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 30
    tag = {"If-None-Match": response["ETag"]}
    assert client.get("/en/map.png?kind=temple&size=600x315", headers=tag).status_code == 304
    shown = as_read(page(client, f"&kind=temple&at={AT}"))
    for suffix in ("png", "svg"):
        assert re.search(rf'href="/en/map.{suffix}\?kind=temple&amp;at=34.6', shown)
    assert re.search(r'href="/en/embed/map/\?kind=temple&amp;at=34.6', shown)


def test_a_picture_is_drawn_once_and_kept(client, filled, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    drawn = []
    draw = map_sheet.draw_sheet
    monkeypatch.setattr(map_sheet, "draw_sheet", lambda *given: drawn.append(given) or draw(*given))
    address = "/en/map.png?kind=temple&size=300x200"
    first = client.get(address)
    assert client.get(address).content == first.content
    assert client.get("/en/map.png?kind=temple&size=300x200&sort=name").content == first.content
    assert len(drawn) == 1
    # While another is drawn, what is there comes at once; what is not is asked for again later.
    monkeypatch.setattr(tile_files, "_WAITS", 0.01)
    with tile_files.drawing():
        assert client.get(address).status_code == 200
        busy = client.get("/en/map.png?kind=temple&size=300x201")
    assert (busy.status_code, busy["Retry-After"]) == (503, "2")
    # It shows what is recorded now, and the folder keeps no more than it may.
    make_site("New", kinds=[Kind.objects.get(slug="temple")], latitude=20.0, longitude=100.0)
    assert client.get(address).content != first.content
    monkeypatch.setattr(tile_files, "MOST_PICTURES", 5)
    for width in range(301, 312):
        client.get(f"/en/map.svg?size={width}x200")
    assert len(list(tmp_path.glob("cache/map/*/pictures/*"))) <= 5


def test_the_link_of_a_list_shows_its_map(client, filled):
    html = client.get("/en/sites/?kind=temple").content.decode()
    picture = re.search(r'og:image" content="http://testserver([^"]+)"', html)[1]
    assert picture == "/en/map.png?kind=temple&amp;size=1200x630"
    assert 'og:image:type" content="image/png"' in html
    none = client.get("/en/sites/?q=nothing+like+it").content.decode()
    assert "map.png" not in none and 'og:image:type" content="image/jpeg"' in none


def test_the_map_of_what_is_near_shows_the_nearest_parts(client):
    town = make_place("Town", slug="town", latitude=34.6, longitude=112.5, radius_km=9)
    make_site("Temple", place=town, latitude=34.62, longitude=112.52)
    road = make_site("Road", latitude=43.0, longitude=77.0)
    entry = make_designation("world_heritage", "1442")
    Coverage.objects.create(designation=entry, site=road, extent=Coverage.Extent.WHOLE)
    for number, at in enumerate(((34.65, 112.6), (43.0, 77.0))):
        entry.points.create(number=number, latitude=at[0], longitude=at[1])
    shown = page(client, "&near=place:town").context["list"]
    assert shown.total == 2
    box = map_cells.box_of(shown.shown.map.sheet.window)
    assert 112 < box.west < 112.5 < box.east < 113
