"""Which cover a site has is what its record says, or its kind; nothing is guessed."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from django.core.exceptions import ValidationError

from heritage.media.covers import SHAPES, scene_files
from heritage.models import Site, WorldHeritage
from heritage.search import store
from heritage.search.page_rows import card_rows
from heritage.services.record_problems import row_problems
from heritage.web.media.covers import (
    cover,
    described,
    drawing_of,
    drawing_of_kind,
    drawing_of_row,
    scene_of,
)
from tests import builders as build

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def texts_of(svg: str) -> list[str]:
    return [text.text for text in parsed(svg).iter(f"{SVG}text")]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - ours


def chosen(*scenes, **fields) -> str:
    kinds = [build.make_kind(scene=scene, order=n) for n, scene in enumerate(scenes)]
    found = scene_of(build.make_site(**fields), kinds)
    return found if isinstance(found, str) else found.name


@pytest.mark.parametrize(
    ("scenes", "own", "shown"),
    [
        (("medina",), "", "medina"),
        (("", "medina", "giza"), "", "medina"),
        (("",), "", "plate"),
        ((), "", "plate"),
        (("medina",), "plate", "plate"),
        (("medina",), "solemn", "solemn"),
        (("medina",), "giza", "giza"),
        ((), "giza", "giza"),
    ],
)
def test_the_record_says_what_is_drawn(scenes, own, shown):
    assert chosen(*scenes, cover=own) == shown


def test_a_name_and_a_country_say_nothing():
    land = build.make_place("Egypt", level="country", code="EG")
    assert chosen(place=land, name=build.text("Pyramids of Giza")) == "plate"


@pytest.mark.parametrize("value", ["spaceship", "../giza", "Giza", "drawn"])
def test_what_is_no_scene_is_refused(value):
    site = build.make_site(cover="giza")
    site.cover = value
    with pytest.raises(ValidationError, match="no scene"):
        site.full_clean()
    kind = build.make_kind()
    kind.scene = value
    with pytest.raises(ValidationError, match="no scene"):
        kind.full_clean()
    era = build.make_era()
    era.palette = value
    with pytest.raises(ValidationError, match="no palette"):
        era.full_clean()


def test_a_kind_has_a_scene_and_no_plate():
    kind = build.make_kind()
    kind.scene = "plate"
    with pytest.raises(ValidationError):
        kind.full_clean()


def test_a_scene_that_is_gone_is_told_and_a_plate_shown():
    site = build.make_site("Somewhere")
    Site.objects.filter(pk=site.pk).update(cover="gone")
    site.refresh_from_db()
    assert "Somewhere" in texts_of(cover(site))
    assert "gone" in dict(row_problems(site))["cover"]


@pytest.fixture
def listed():
    """Makes a site that is wholly World Heritage for some criteria."""

    def make(criteria: str, *names, **fields):
        site = build.make_site(*names, **fields)
        register = build.make_register("world_heritage", slug="whl")
        entry = build.make_designation(register=register, events=["1992"])
        build.make_coverage(site, entry)
        detail = WorldHeritage.objects.get(designation=entry)
        for order, code in enumerate(criteria.split()):
            detail.criteria.add(build.make_term(register, code, "criterion", order=order))
        site.refresh_from_db()
        return site

    return make


@pytest.fixture
def angkor(listed):
    land = build.make_place("Cambodia", "柬埔寨", level="country", code="KH")
    where = {"place": land, "latitude": 13.4, "longitude": 103.9}
    return listed("i iv", "Angkor", "吴哥古迹", uid="angkor", **where)


def test_a_plate_says_name_country_years_and_criteria(angkor):
    build.make_event(angkor, "founded", "0802")
    shown = ["Cambodia · 柬埔寨", "802", "i", "iv", "1992"]
    assert texts_of(cover(angkor)) == ["Angkor", "吴哥古迹", *shown]
    assert texts_of(cover(angkor, SHAPES["preview"])) == shown


@pytest.mark.parametrize(
    ("date", "era", "said"),
    [
        ("1931", "", "1931"),
        ("1931-05-02/1944", "", "1931–1944"),
        ("10XX", "", ""),
        ("1931~", "", ""),
        ("-0100", "", ""),
        ("", "Tang", "Tang · 唐"),
    ],
)
def test_a_plate_says_years_that_are_exact_and_else_the_era(date, era, said):
    site = build.make_site("Somewhere")
    build.make_event(site, "built", date, build.make_era(era, "唐") if era else None)
    assert texts_of(cover(site)) == ["Somewhere", *([said] if said else [])]


@pytest.mark.parametrize(
    ("certainty", "english", "chinese"),
    [("traditional", "traditionally 68", "相传68年"), ("approximate", "c. 68", "约68年")],
)
def test_a_plate_says_that_a_year_is_not_certain(certainty, english, chinese):
    site = build.make_site("Somewhere")
    build.make_event(site, "founded", "0068", certainty=certainty)
    assert texts_of(cover(site)) == ["Somewhere", english]
    assert texts_of(cover(site, language="zh-hans")) == ["Somewhere", chinese]


@pytest.mark.parametrize(
    ("code", "era", "cut"),
    [
        ("CN", "唐代", "唐代"),
        ("CN", "新石器时代", "新石器"),
        ("JP", "平安时代", "平安"),
        ("CN", "五代十国后期", "i iii iv"),  # no room: rather no era than half of one
        ("CN", "", "i iii iv"),
        ("IT", "罗马", "i iii iv"),
        ("EG", "", "i iii iv"),
    ],
)
def test_a_seal_is_an_era_in_east_asia_and_elsewhere_the_criteria(code, era, cut, listed):
    land = build.make_place("Land", "某国", level="country", code=code)
    site = listed("i iii iv", place=land, cover="giza")
    if era:
        build.make_event(site, "built", "", build.make_era("Era", era, region=land))
    assert drawing_of(site).seal == cut
    [card] = card_rows.read_cards(store.current(), [site.pk])
    assert drawing_of_row(card) == drawing_of(site)
    assert drawing_of(build.make_site(place=land, cover="giza")).seal == ""


def test_the_seal_of_an_era_from_elsewhere_is_not_cut(angkor):
    france = build.make_place("France", "法国", level="country", code="FR")
    build.make_event(angkor, "built", "", build.make_era("Colonial", "殖民", region=france))
    angkor.cover = "angkor"
    assert texts_of(cover(angkor)) == ["i", "iv"]


def test_the_seal_is_of_what_stands():
    china = build.make_place("China", "中国", level="country", code="CN")
    site = build.make_site("Observatory", cover="giza", place=china)
    build.make_event(site, "built", "0723", build.make_era("Tang", "唐"))
    assert "".join(texts_of(cover(site))) == "唐"
    build.make_event(site, "fabric", "", build.make_era("Yuan", "元", "1271/1368"))
    drawing = drawing_of(Site.objects.get(pk=site.pk))
    assert drawing.seal == "元"
    [card] = card_rows.read_cards(store.current(), [site.pk])
    assert drawing_of_row(card) == drawing


@pytest.mark.parametrize(
    ("kind", "spans", "seal"),
    [
        ("dated", [("夏", ""), ("商", ""), ("汉", "")], "夏商汉"),
        ("fabric", [("元", ""), ("清", "")], "元清"),
        ("fabric", [("金", "清")], "金至清"),
        ("dated", [("新石器", ""), ("金", "元")], ""),  # no room: rather none than one of them
    ],
)
def test_a_seal_names_all_eras_or_none(kind, spans, seal):
    china = build.make_place("China", "中国", level="country", code="CN")
    site = build.make_site("Nandun", cover="giza", place=china)
    starts = itertools.count(100, 100)
    for span in spans:
        eras = [
            build.make_era(name, name, f"0{start}/0{start + 50}", slug=f"era-{start}")
            for name, start in zip(filter(None, span), starts, strict=False)
        ]
        build.make_event(site, kind, "", eras[0], last_era=eras[1] if eras[1:] else None)
    drawing = drawing_of(Site.objects.get(pk=site.pk))
    assert drawing.seal == seal
    [card] = card_rows.read_cards(store.current(), [site.pk])
    assert drawing_of_row(card) == drawing


def test_a_solemn_plate_says_what_happened_and_not_only_what_came_first():
    site = build.make_site("Dome", cover="solemn")
    for kind, date in (("built", "1915"), ("destroyed", "1945-08-06"), ("rebuilt", "196X")):
        build.make_event(site, kind, date)
    build.make_event(site, "begun", "1900", certainty="approximate")
    assert texts_of(cover(site)) == ["1915 · 1945"]
    [card] = card_rows.read_cards(store.current(), [site.pk])
    assert drawing_of_row(card) == drawing_of(Site.objects.get(pk=site.pk))


def test_a_solemn_plate_keeps_still(angkor):
    """It repeats no headline; a small one is bare stone."""
    angkor.cover = "solemn"
    build.make_event(angkor, "in_use", "1975/1979")
    svg = cover(angkor)
    assert texts_of(svg) == ["1975–1979", "Cambodia · 柬埔寨"]
    assert "circle" not in svg
    for shape in ("card", "square"):
        assert texts_of(cover(angkor, SHAPES[shape])) == []


def test_a_site_without_a_point_is_shown_where_its_town_is():
    city = build.make_place("Luoyang", level="city", latitude=34.6, longitude=112.4)
    county = build.make_place("Luolong", level="county", parent=city)
    placed, unplaced = build.make_site(place=county), build.make_site()
    assert "fill-rule" in cover(placed) and "fill-rule" not in cover(unplaced)


@pytest.mark.parametrize(("shape", "is_small"), [("", False), ("card/", True), ("square/", True)])
def test_a_plate_of_the_size_of_a_card_has_globe_and_criteria_only(client, angkor, shape, is_small):
    svg = client.get(f"/en/covers/{shape}{angkor.uid}.svg").content.decode()
    assert ("Angkor" in svg) != is_small and "fill-rule" in svg
    assert {"i", "iv"} <= set(texts_of(svg))
    assert not is_small or len(texts_of(svg)) == 2


def test_cards_ask_for_the_plate_without_words(client, angkor):
    build.make_site("Giza", cover="giza", uid="giza")
    html = client.get("/en/sites/").content.decode()
    assert f"/en/covers/card/{angkor.uid}.svg" in html and "/en/covers/giza.svg" in html
    page = client.get(f"/en/sites/{angkor.slug}/").content.decode()
    assert f'src="/en/covers/{angkor.uid}.svg' in page


def test_of_one_scene_a_grid_shows_three_and_then_plates(client):
    for number in range(7):
        cover = "medina" if number == 2 else "giza"
        land = build.make_place(f"Land {number}", level="country", latitude=9.0, longitude=number)
        build.make_site(f"Site {number}", cover=cover, place=land, prominence=9 - number)
    html = client.get("/zh-hans/sites/").text
    shown = re.findall(r'class="card-picture" src="([^"]+)"', html)
    assert ["/card/" in address for address in shown] == [False] * 4 + [True] * 3
    for address in shown:
        response = client.get(address)
        assert response["Cache-Control"].endswith("immutable")  # the tag is of this drawing
        assert ("fill-rule" in response.text) == ("/card/" in address)  # of a globe
    # A record by itself, and the next page, begin anew.
    assert "/card/" not in client.get("/en/sites/?q=Site+6").text


# --- said in words -----------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "start"), [("en", "Drawing: "), ("zh-hans", "绘画：")])
def test_the_page_of_a_site_says_what_the_drawing_shows(client, language, start):
    site = build.make_site("Giza", slug="giza", cover="giza")
    words = described(site, site.kinds.all(), language)
    assert words == scene_files.scene("giza").title(language) and words.startswith(start)
    html = client.get(f"/{language}/sites/giza/").content.decode()
    assert f'alt="{words}"' in html
    listed = client.get(f"/{language}/sites/").content.decode()
    assert words not in listed


def test_a_plate_is_decoration(client):
    build.make_site("Bare", slug="bare")
    html = client.get("/en/sites/bare/").content.decode()
    assert 'src="/en/covers/' in html and 'alt="Drawing' not in html


# --- by itself ---------------------------------------------------------------------------------


def test_a_scene_is_shown_by_itself(client):
    response = client.get("/covers/scenes/giza.svg")
    assert response["Content-Type"] == "image/svg+xml"
    titles = [title.text for title in parsed(response.content.decode()).iter(f"{SVG}title")]
    assert titles == [scene_files.scene("giza").title(code) for code in ("en", "zh-hans")]
    assert client.get("/covers/scenes/spaceship.svg").status_code == 404


def test_a_kind_without_a_scene_has_a_plate():
    for scene, said in (("", ["Temple", "寺庙"]), ("giza", [])):
        kind = build.make_kind("Temple", "寺庙", scene=scene)
        assert texts_of(drawing_of_kind(kind).svg(SHAPES[""])) == said


def test_the_words_of_a_plate_begin_with_the_language_of_the_page(client, angkor):
    """A picture has one address in each language, and each shows its own."""
    kind = build.make_kind("Temple", "寺庙")
    angkor.kinds.set([kind])
    for language, names in (("en", ["Temple", "寺庙"]), ("zh-hans", ["寺庙", "Temple"])):
        page = client.get(f"/{language}/kinds/{kind.slug}/").content.decode()
        address = re.search(rf'src="([^"]+/covers/kinds/{kind.slug}\.svg[^"]*)"', page)[1]
        response = client.get(address, headers={"accept-language": "fr"})
        assert texts_of(response.content.decode()) == names
        assert "immutable" in response["Cache-Control"]
    page = client.get(f"/zh-hans/sites/{angkor.slug}/").content.decode()
    address = re.search(rf'src="([^"]+/covers/{angkor.uid}.svg[^"]*)"', page)[1]
    said = texts_of(client.get(address).content.decode())
    assert said.index("吴哥古迹") < said.index("Angkor")
    assert "柬埔寨 · Cambodia" in said
    sheet = texts_of(client.get(f"/zh-hans/covers/a4/{angkor.uid}.svg").content.decode())
    assert "吴哥古迹 · Angkor" in sheet


# --- to print ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "size"), [("a4", ("297mm", "210mm")), ("a3", ("420mm", "297mm"))]
)
def test_a_cover_is_printed_with_its_name_and_address(client, sheet, size):
    site = build.make_site("Giza & Sphinx", "吉萨", slug="giza", cover="giza")
    html = client.get("/zh-hans/sites/giza/").content.decode()
    address = f"/zh-hans/covers/{sheet}/{site.uid}.svg"
    assert f'href="{address}"' in html
    svg = client.get(address).content.decode()
    root = parsed(svg)
    assert (root.get("width"), root.get("height")) == size
    said = texts_of(svg)
    assert "吉萨 · Giza & Sphinx" in said and "http://testserver/zh-hans/sites/giza/" in said
    assert scene_files.scene("giza").title("zh-hans").removeprefix("绘画：") in said
    assert root.find(f".//{SVG}svg").get("role") == "img"


def test_what_is_hidden_is_not_printed(client):
    site = build.make_site("Secret", state="draft")
    assert client.get(f"/en/covers/a4/{site.uid}.svg").status_code == 404
    client.force_login(build.make_user(is_superuser=True))
    response = client.get(f"/en/covers/a4/{site.uid}.svg")
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/en/covers/a5/x.svg", "/en/covers/a4/nobody.svg"])
def test_there_is_no_such_sheet(client, path):
    build.make_site(uid="x")
    assert client.get(path).status_code == 404
