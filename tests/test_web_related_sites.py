"""Ways on from a site's page: its kind in its country, what was listed in the same year."""

import pytest

from heritage.models import ComponentPoint, Site
from heritage.web.shared import map_sheets
from tests.builders import (
    make_coverage,
    make_designation,
    make_kind,
    make_place,
    make_register,
    make_site,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    china, japan = (make_place(name, level="country") for name in ("China", "Japan"))
    henan = make_place("Henan", level="province", parent=china)
    temple, bridge = make_kind("Temple", slug="temple"), make_kind("Bridge", slug="bridge")
    national = make_register("protection", slug="cn-national")

    def site(number, kind, place, batch=None, **more):
        made = make_site(f"Site {number}", slug=f"s{number}", kinds=[kind], place=place, **more)
        if batch:
            make_coverage(made, make_designation(register=national, batch=batch, events=["1961"]))
        return made

    site(1, temple, henan, batch=1)
    site(2, temple, china, prominence=1000)
    site(3, temple, japan)
    site(4, bridge, henan, batch=1)
    site(5, bridge, japan, batch=2)
    site(6, temple, henan, state="draft")
    return site


def ways(client, slug) -> dict:
    page = client.get(f"/en/sites/{slug}/").context["page"]
    return {
        more.key: ([other.url.split("/")[-2] for other in more.others], more.total, more.url)
        for more in page.related
    }


def test_what_is_alike_is_linked(client, catalogue):
    china = Site.objects.get(slug="s1").place.parent
    assert ways(client, "s1") == {
        "kind": (["s2"], 2, f"/en/sites/?kind=temple&place={china.slug}"),
        "year": (["s4"], 2, "/en/sites/?batch=cn-national.1"),
    }
    for _others, total, url in ways(client, "s1").values():
        assert client.get(url).context["list"].total == total
    html = client.get("/en/sites/s1/").text
    assert "More of this kind in this country" in html and "Listed the same year" in html
    assert "See all" not in html  # they are all here


def test_a_place_of_suffering_has_no_poster_and_no_neighbours_by_chance(client, catalogue):
    assert "Print this cover" in client.get("/en/sites/s1/").text
    site = Site.objects.get(slug="s1")
    site.cover = "solemn"
    site.save()
    assert list(ways(client, "s1")) == ["kind"]
    assert "Print this cover" not in client.get("/en/sites/s1/").text


def test_nothing_is_said_where_nothing_is_alike(client, catalogue):
    assert ways(client, "s3") == ways(client, "s5") == {}
    html = client.get("/en/sites/s3/").text
    assert "More of this kind" not in html and "Listed the same year" not in html


def test_the_best_known_come_first_and_the_rest_is_a_list(client, catalogue, settings):
    temple = Site.objects.get(slug="s1").kinds.get()
    china = Site.objects.get(slug="s2").place
    for number in range(10, 20):
        site = catalogue(number, temple, china)
        entry = make_designation("world_heritage", events=["1987"])
        make_coverage(site, entry)
    others, total, _url = ways(client, "s1")["kind"]
    assert others == ["s2", *(f"s{number}" for number in range(10, 15))] and total == 12
    others, total, url = ways(client, "s10")["year"]
    assert len(others) == 6 and total == 10 and url == "/en/sites/?inscribed=1987"
    assert "See all 12" in client.get("/en/sites/s1/").text


def test_the_parts_of_a_property_are_counted_and_drawn(client):
    site = make_site("Arc", slug="arc", latitude=50, longitude=20)
    entry = make_designation("world_heritage", events=["2005"])
    make_coverage(site, entry)
    assert client.get("/en/sites/arc/").context["page"].land.sheet.parts == []
    for number, latitude in enumerate((45, 50, 55), start=1):
        ComponentPoint.objects.create(
            designation=entry, number=number, latitude=latitude, longitude=20 + number
        )
    response = client.get("/en/sites/arc/")
    assert "3 component parts, as the official list counts them." in response.text
    assert "Map: the component parts of Arc, and the land around them" in response.text
    sheet = response.context["page"].land.sheet
    assert len(set(sheet.parts)) == 3 == response.text.count('class="map-part"')
    for x, y in sheet.parts:
        assert 0 < float(x) < sheet.width and 0 < float(y) < sheet.height
    site.blur_km = 20  # its parts are kept back with it
    site.save()
    assert "component parts" not in client.get("/en/sites/arc/").text
    assert map_sheets.parts_of(site) == ()
