"""Pages of eras, kinds, places and of the World Heritage List: what they say is true."""

import itertools
import re

import pytest

from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Era,
    Event,
    Kind,
    Place,
    Register,
    RegisterTerm,
    Site,
)
from heritage.models.unit_of_work import change_set
from heritage.web.shared import time_scale
from heritage.web.vocabularies import eras
from heritage.web.world_heritage import entries as statistics
from tests import builders as build
from tests.webrows import LANGUAGES, as_read, full_site, plain_sites

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words_once")]

PAGES = ("eras/", "eras/tang/", "kinds/", "kinds/temple/", "places/", "places/china/",
         "places/luolong/", "world-heritage/")  # fmt: skip


@pytest.fixture
@change_set("command", all_or_nothing=True)
def filled(words):
    full_site(words)
    plain_sites(words, range(20))
    return words


@pytest.fixture
def page(client):
    """The prepared page at an address, in English."""
    return lambda path, language="en": client.get(f"/{language}/{path}").context["page"]


def test_every_page_opens_in_its_language(client, filled):
    for path in (f"/{language}/{page}" for language in LANGUAGES for page in PAGES):
        response = client.get(path)
        html = response.content.decode()
        assert response.status_code == 200, path
        assert html.count("<h1") == 1, path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html), path
        assert "no-cache" in response["Cache-Control"] and not client.cookies, path
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), path
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids), path
        levels = [int(level) for level in re.findall(r"<h(\d)", html)]
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), path


@pytest.mark.parametrize("path", ["eras/nope/", "kinds/nope/", "places/nope/"])
def test_an_unknown_term_is_not_found(client, words, path):
    assert client.get(f"/en/{path}").status_code == 404


def test_an_empty_catalogue_has_these_pages(client, words):
    for path in PAGES:
        assert client.get(f"/zh-hans/{path}").status_code == 200, path


def test_a_term_without_a_site_is_not_indexed(client, filled):
    assert 'content="noindex"' in client.get("/en/kinds/bridge/").content.decode() or (
        Site.objects.filter(kinds__slug="bridge").exists()
    )
    build.make_kind("Empty", slug="empty")
    html = client.get("/en/kinds/empty/").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert "No site of the catalogue is here yet." in html


# --- counts equal brute force -----------------------------------------------------------------


def below(model, term) -> set[int]:
    return model.objects.subtree_ids([term.pk])


def test_counts_of_kinds(page, filled):
    for kind in Kind.objects.all():
        ids = below(Kind, kind)
        truth = Site.objects.published().filter(kinds__in=ids).distinct().count()
        assert page(f"kinds/{kind.slug}/").sites.total == truth


def test_counts_of_eras_and_their_roles(page, filled):
    for era in Era.objects.all():
        ids = below(Era, era)
        found = Site.objects.published().filter(site_eras__era__in=ids).distinct()
        shown = page(f"eras/{era.slug}/")
        assert shown.sites.total == found.count()
        for role, link in zip(
            [r for r in Event.Role if found.filter(site_eras__role=r).exists()],
            sorted(shown.roles, key=lambda link: ["role=beginnings" in link.url,
                                                  "role=standing" in link.url]),
            strict=False,
        ):  # fmt: skip
            assert link.count > 0 and role
        by_url = {link.url.rpartition("role=")[2]: link.count for link in shown.roles}
        for role in ("beginnings", "standing"):
            truth = Site.objects.published().filter(site_eras__era__in=ids, site_eras__role=role)
            assert by_url.get(role, 0) == truth.distinct().count()


def test_counts_of_places(page, filled):
    for place in Place.objects.all():
        ids = list(below(Place, place))
        truth = Site.objects.published().in_places(ids).count()
        assert page(f"places/{place.slug}/").sites.total == truth


def test_charts_link_to_lists_of_as_many_sites(client, page, filled):
    for path in ("eras/tang/", "kinds/temple/", "places/china/"):
        for chart in page(path).charts:
            for row in chart.rows:
                listed = client.get(row.url).context["list"]
                assert listed.total == row.total, (path, row.url)


def test_sites_of_a_term_are_cards_and_lead_to_all(client, page, filled):
    sites = page("eras/tang/").sites
    assert len(sites.cards) == 12 and sites.total > 12
    assert client.get(sites.url).context["list"].total == sites.total


def test_the_era_page_says_what_an_era_is(client, filled):
    Era.objects.filter(slug="tang").update(
        periodo="http://n2t.net/ark:/99152/p0fp7wvrjpj", source=filled.official
    )
    build.make_era("Wu Zhou", "武周", span="0690/0705", slug="wu-zhou",
                   parent=Era.objects.get(slug="tang"))  # fmt: skip
    html = client.get("/en/eras/tang/").content.decode()
    for said in ('<li lang="zh-Hans" dir="ltr"', "618–907", "p0fp7wvrjpj", "An official list",
                 '<a href="/en/eras/wu-zhou/">Wu Zhou</a>', "era-named"):  # fmt: skip
        assert said in html
    html = client.get("/zh-hans/eras/wu-zhou/").content.decode()
    assert '<a href="/zh-hans/eras/tang/">唐</a>' in html


@pytest.mark.parametrize(("first", "last"), [(0, 100), (-100, 0)])
def test_an_era_that_begins_or_ends_in_1_bce_stands_whole_on_its_strip(first, last):
    era = Era(pk=1, first_year=first, last_year=last, label={"en": "Era"})
    segment = eras.era_strip(era, [era]).segments[0]
    start, width = (float(part.removesuffix("%")) for part in (segment.x, segment.width))
    assert start > 20 and 50 < width < 60


def test_an_era_names_itself_on_its_strip_on_a_phone(words):
    """Beside it where its name does not fit within."""
    tang = Era.objects.get(slug="tang")
    short = build.make_era("Wu Zhou (Wu Zetian)", span="0690/0705", parent=tang, region=words.china)
    strip = eras.era_strip(short, [tang, short])
    (segment,) = [each for each in strip.segments if each.is_named]
    assert segment.fits != time_scale.EVERYWHERE and segment.beside_x


def test_countries_stand_under_their_regions(page, filled):
    region = page("places/").regions
    assert [(str(r.label), [str(c.label) for c in r.countries]) for r in region] == [
        ("Asia", ["China"])
    ]
    assert region[0].countries[0].count == Site.objects.published().count()


def test_a_town_says_what_one_reaches_from_its_centre(client, page, words):
    """The best known, nearest first, over its borders too."""
    centre = {"latitude": 34.5, "longitude": 112.4}
    Place.objects.filter(slug="luoyang").update(**centre)
    build.make_site("West", place=words.county, latitude=34.5, longitude=112.2)
    build.make_site("East", place=words.county, latitude=34.5, longitude=112.5)
    build.make_site("Nowhere", place=words.county)
    build.make_site("Over the border", place=words.henan, latitude=34.6, longitude=112.6)
    build.make_site("Far", place=words.henan, latitude=36.5, longitude=112.4)
    surroundings = page("places/luoyang/").surroundings
    assert [str(near.name) for near in surroundings.nearby] == ["East", "West", "Over the border"]
    assert [near.direction for near in surroundings.nearby] == ["east", "west", "north-east"]
    assert surroundings.url == "/en/sites/?near=place%3Aluoyang&within=30"
    html = client.get("/en/places/luoyang/").content.decode()
    assert html.count('class="map-sheet"') == 1
    assert (
        page("places/henan/").surroundings is None and page("places/luolong/").surroundings is None
    )


def test_of_many_sites_in_reach_the_best_known_are_named(page, words):
    Place.objects.filter(slug="luoyang").update(latitude=34.5, longitude=112.4)
    for number in range(12):
        build.make_site(
            f"Site {number}", place=words.henan, latitude=34.5, longitude=112.41 + number / 100,
            prominence=1 + number,
        )  # fmt: skip
    named = [str(near.name) for near in page("places/luoyang/").surroundings.nearby]
    assert named == [f"Site {number}" for number in range(3, 12)]


def test_a_place_says_what_the_catalogue_has_of_it(client, page, words):
    place = build.make_place("Fenzhou", level="city", slug="fenzhou", parent=words.henan)
    assert page("places/fenzhou/").lead == ""
    for number in range(4):
        site = build.make_site(f"Site {number}", place=place, prominence=9 - number)
    entry = build.make_designation(register=words.unesco, events=["2000"])
    build.make_coverage(site, entry)
    build.make_coverage(Site.objects.get(name__en="Site 2"), entry, extent="component")
    said = (
        "This catalogue has 4 sites in Fenzhou. 1 is a World Heritage property. "
        "1 is part of a World Heritage property. "
        "The best known are Site 0, Site 1 and Site 2."
    )
    html = client.get("/en/places/fenzhou/").content.decode()
    assert f'<p class="term-lead">{said}</p>' in html
    assert f'<meta name="description" content="{said}">' in html
    Place.objects.filter(pk=place.pk).update(note={"en": "An old town."})
    assert str(page("places/fenzhou/").lead) == "An old town."


def test_years_that_are_in_the_name_of_an_era_are_not_said_again(page, words):
    build.make_era("Jin (1115–1234)", slug="jin", span="1115/1234", region=words.china)
    assert page("eras/jin/").lead.startswith("Jin (1115–1234): China.")


def test_an_era_says_when_and_where_it_was_and_what_came_before_and_after(client, page, words):
    other = build.make_place("Elsewhere", level="country")
    eras = [("Sui", 581, 618), ("Middle", 618, 907), ("Late", 902, 1279), ("Far", 1500, 1600)]
    for name, first, last in eras:
        span = f"{first:04}/{last:04}"
        build.make_era(name, span=span, slug=name.lower(), region=words.china)
    build.make_era("Foreign", span="0500/0618", slug="foreign", region=other)
    kind = build.make_kind("Arch", "牌坊", slug="arch")
    for number in range(2):
        site = build.make_site(f"Site {number}", kinds=[kind], prominence=9 - number)
        build.make_event(site, first_era=Era.objects.get(slug="middle"))
    said = (
        "Middle: 618–907, China. Before it: Sui; after it: Late. "
        "This catalogue has 2 sites of it. They are Site 0 and Site 1."
    )
    html = client.get("/en/eras/middle/").content.decode()
    assert f'<p class="term-lead">{said}</p>' in html
    assert f'<meta name="description" content="{said}">' in html
    assert page("eras/far/").lead == "Far: 1500–1600, China."
    assert "after it" not in page("eras/late/").lead
    said = "This catalogue has 2 sites of this kind. They are Site 0 and Site 1."
    assert page("kinds/arch/").lead == said


def test_the_home_page_counts_each_status_of_unesco(client, filled):
    ways = client.get("/en/").context["home"].unesco
    assert {(str(way.label), way.url) for way in ways} >= {
        ("World Heritage, not in danger", "/en/sites/?unesco=inscribed"),
        ("Not World Heritage", "/en/sites/?unesco=none"),
    }  # fmt: skip
    for way in ways:
        assert client.get(way.url).context["list"].total == way.count


# --- World Heritage ---------------------------------------------------------------------------


def heritage(words, number: int, state="published", **fields) -> Designation:
    fields = {"events": [str(1990 + number % 3)], "states": [words.china]} | fields
    entry = build.make_designation(register=words.unesco, reference=f"w{number}", **fields)
    site = build.make_site(f"Property {number}", state=state, place=words.china)
    build.make_coverage(site, entry)
    return entry


@pytest.fixture
@change_set("command", all_or_nothing=True)
def listed(words):
    asia = build.make_term(words.unesco, "asia", "region", "Asia")
    europe = build.make_term(words.unesco, "europe", "region", "Europe")
    first = build.make_term(words.unesco, "i", "criterion", "A masterpiece")
    terms = {c: build.make_term(words.unesco, c, "category", c.title()) for c in
             statistics.CATEGORIES}  # fmt: skip
    italy = build.make_place("Italy", level="country", slug="italy", code="IT")
    for number in range(6):
        heritage(words, number, category=terms["cultural"], criteria=[first], regions=[asia])
    heritage(words, 6, category=terms["natural"], regions=[asia, europe],
             states=[words.china, italy])  # fmt: skip
    heritage(words, 7, category=terms["mixed"], regions=[europe], states=[italy],
             events=["1991", ("in_danger", "1995"), ("out_of_danger", "1998"),
                     ("in_danger", "2001")])  # fmt: skip
    heritage(words, 8, category=terms["natural"], events=["1990", ("delisted", "2007")])
    Register.objects.filter(pk=words.unesco.pk).update(edition="2020")
    heritage(words, 9, state="draft", category=terms["cultural"], criteria=[first], regions=[asia])


def test_properties_are_counted_and_hidden_ones_are_not(page, listed):
    world = page("world-heritage/")
    figures = {figure.label: figure.number for figure in world.figures}
    assert figures == {
        "properties on the list of 2020": 8, "cultural": 6, "natural": 1, "mixed": 1,
        "states with a property": 2, "shared by several states": 1, "in danger": 1,
    }  # fmt: skip
    assert {row.label: row.total for row in world.by_year.rows if row.total} == {
        "1990": 3, "1991": 3, "1992": 2,
    }  # fmt: skip
    assert [(str(r.label), r.values) for r in world.regions.rows] == [
        ("Asia", [6, 0, 1]), ("Europe", [0, 1, 1]),
    ]  # fmt: skip
    assert [(r.label, r.total) for r in world.criteria.rows] == [("(i)", 6)]
    assert [(str(r.label), r.total) for r in world.states.rows] == [("China", 7), ("Italy", 2)]


def test_the_page_ends_with_its_edition(client, page, words, listed):
    heritage(words, 10, events=["2021"], category=RegisterTerm.objects.get(code="natural"))
    Register.objects.filter(pk=words.unesco.pk).update(
        edition_note=build.text("Of the inscriptions of 2021 one is recorded.")
    )
    world = page("world-heritage/")
    assert world.figures[0].number == 8 and world.edition == "2020"
    assert [world.by_year.rows[-1].label, world.danger.rows[-1].label] == ["2020", "2020"]
    assert sum(row.total for row in world.by_year.rows) == 8
    assert [(str(site.name), site.year) for site in world.later] == [("Property 10", "2021")]
    assert world.newest_year == 1992
    # It is a site like all others, and the page says what either number counts.
    assert (world.sites.total, world.sites.whole, world.sites.in_danger) == (9, 8, 1)
    assert client.get(world.sites.url).context["list"].total == 9
    html = client.get("/en/world-heritage/").content.decode()
    for said in ("As of the list of 2020.", "Of the inscriptions of 2021 one is recorded.",
                 "In danger, as of the list of 2020", "Inscribed after the list of 2020",
                 "Of the properties on the list of 2020.",
                 "World Heritage sites of this catalogue: 9 (whole properties 8, whole and in "
                 "danger 1, parts of a property 0)."):  # fmt: skip
        assert said in html, said
    assert "today" not in html
    home = client.get("/en/").context["home"]
    assert home.world_heritage == world.sites
    assert page("places/china/").by_year.rows[-1].label == "2020"


def test_without_an_edition_the_charts_end_with_the_newest(page, words, listed):
    Register.objects.filter(pk=words.unesco.pk).update(edition="")
    world = page("world-heritage/")
    assert world.figures[0].label == "properties on the list"
    assert world.by_year.rows[-1].label == "1992" and world.danger.rows[-1].label == "2001"
    assert world.later == []


def test_the_year_with_the_most_is_named_where_there_is_one(page, words):
    cultural = build.make_term(words.unesco, "cultural", "category")
    for year in (1990, 1991, 1992, 1993):
        heritage(words, year, events=[str(year)], category=cultural)
    assert "in one year" not in page("world-heritage/").by_year.summary  # one in each of them
    heritage(words, 9, events=["1992"], category=cultural)
    assert page("world-heritage/").by_year.summary.endswith("2 properties, in 1992.")


def test_that_none_is_in_danger_any_more_hides_no_chart(client, page, words):
    entry = build.make_designation(
        register=words.unesco, events=["1990", ("in_danger", "2000"), ("out_of_danger", "2005")]
    )
    build.make_coverage(build.make_site("Kiln"), entry)
    assert page("world-heritage/").in_danger == []
    html = client.get("/en/world-heritage/").text
    assert 'id="danger-years"' in html and "See them with pictures" not in html


def test_danger_is_told_year_by_year(page, listed):
    world = page("world-heritage/")
    danger = {row.label: row.total for row in world.danger.rows}
    assert [danger[str(year)] for year in (1995, 1997, 1998, 2000, 2001, 2020)] == [
        1, 1, 0, 0, 1, 1,
    ]  # fmt: skip
    in_danger = [site for group in world.in_danger for site in group.sites]
    assert [(str(site.name), site.since) for site in in_danger] == [("Property 7", 2001)]
    assert [(str(site.name), site.year) for site in world.delisted] == [("Property 8", "2007")]


def test_a_property_of_several_sites_is_listed_once(page, words, listed):
    """By its best-known one: their number is that of properties, and the list stays short."""
    entry = Designation.objects.get(coverages__site__name__en="Property 7")
    for name, prominence in (("A part of it", 0), ("Known to all", 900)):
        site = build.make_site(name, prominence=prominence, latitude=43, longitude=12)
        site.coverages.create(uid=f"c-{site.pk}", designation=entry, extent="whole")
    world = page("world-heritage/")
    assert [[str(s.name) for s in group.sites] for group in world.in_danger] == [["Known to all"]]
    assert world.figures[-1].number == 1


def test_badges_say_since_when_and_pages_why(client, listed):
    site = Site.objects.get(name__en="Property 7")
    events = DesignationEvent.objects.filter(
        designation__coverages__site=site, kind=DesignationEvent.Kind.IN_DANGER
    )
    event = events.get(first_year=2001)
    lists = ("/en/sites/?unesco=in_danger", "/en/sites/?unesco=in_danger&view=list")
    for path in lists:
        assert "In danger since 2001</span>" in client.get(path).text
    assert "2001年起濒危</span>" in client.get("/zh-hans/sites/?unesco=in_danger").text
    event.date, event.note = "2003", build.text("Mining & roads", "采矿与道路")
    event.save()
    for path in lists:
        assert "In danger since 2003</span>" in client.get(path).text
    html = as_read(client.get(f"/en/sites/{site.slug}/"))
    assert "Why in danger: Mining &amp; roads" in html and 'id="mark-recalled"' in html
    html = client.get("/en/world-heritage/").text
    assert '<span class="listed-reason">Mining &amp; roads</span>' in html
    assert "Reasons without a source are unchecked" in html
    make = DesignationEvent.objects.create
    make(designation=event.designation, kind=DesignationEvent.Kind.OUT_OF_DANGER, date="2010")
    assert "Mining" not in client.get(f"/en/sites/{site.slug}/").text
    assert "In danger since" not in client.get("/en/sites/").text


def test_a_reason_of_danger_carries_its_source_or_the_mark(client, listed, words):
    site = Site.objects.get(name__en="Property 7")
    events = DesignationEvent.objects.filter(
        designation__coverages__site=site, kind=DesignationEvent.Kind.IN_DANGER
    )
    event = events.get(first_year=2001)
    event.note = build.text("Mining.")
    address, mark = f"/en/sites/{site.slug}/", 'href="#mark-recalled"'
    for source, is_marked in ((None, True), (words.recalled, True), (words.official, False)):
        event.source = source
        event.save()
        html = as_read(client.get(address))
        reason = html.partition("Why in danger: Mining.")[2].partition("<details")[0]
        assert (mark in reason) == is_marked and ("An official list" in reason) != is_marked
        world = as_read(client.get("/en/world-heritage/"))
        assert ("Reasons without a source are unchecked" in world) == is_marked
        assert ('listed-reason">Mining. (<a' in world) != is_marked


def test_eras_are_under_parts_of_the_world_china_first(client, words):
    china = Place.objects.get(slug="china")
    Place.objects.filter(pk=china.pk).update(level="country", code="CN")
    Era.objects.filter(parent=None).update(region=china)
    egypt = build.make_place("Egypt", level="country", code="EG")
    italy = build.make_place("Italy", level="country", code="IT")
    france = build.make_place("France", level="country", code="FR")
    europe = {"en": "Europe", "zh-hans": "欧洲"}
    middle_ages = build.make_era("Middle Ages", "中世纪", "0500/1500", region_name=europe)
    build.make_era("Carolingian", "加洛林", parent=middle_ages,
                   region_name={"en": "Francia", "zh-hans": "法兰克"})  # fmt: skip
    build.make_era("Etruscans", "伊特鲁里亚", region_name={"en": "Italy", "zh-hans": "意大利"},
                   region=italy)  # fmt: skip
    rome = build.make_era("Rome", "罗马", region_name={"en": "Mediterranean", "zh-hans": "地中海"})
    build.make_era("Of nowhere", "无地")
    # Its region is no place: the sites of its eras tell where it is.
    for name, place, era in (("Aachen", france, middle_ages), ("Trier", italy, middle_ages),
                             ("Giza", egypt, rome), ("Arles", france, rome)):  # fmt: skip
        build.make_event(build.make_site(name, place=place), "built", "", era)
    found = client.get("/en/eras/").context["page"].parts
    assert [(part.label, [str(region.label) for region in part.regions]) for part in found] == [
        ("China", ["China"]), ("Europe", ["Europe", "Italy"]),
        ("Several parts of the world", ["Mediterranean", ""]),
    ]  # fmt: skip
    rows = [(str(row.label), row.depth, str(row.region)) for row in found[1].rows]
    assert rows == [("Middle Ages", 0, ""), ("Carolingian", 1, "Francia"), ("Etruscans", 0, "")]
    assert (found[1].sites, found[1].eras) == (2, 1)
    assert [str(label) for label in found[1].most] == ["Middle Ages"]
    html = client.get("/zh-hans/eras/").text
    assert html.count("</h2>") >= 3 and ">欧洲</h3>" in html and ">其他地区</h3>" in html
    assert re.search(r"Middle Ages <small>500–1500[^<]* · Europe</small>",
                     as_read(client.get("/en/sites/")))  # fmt: skip


def test_what_is_folded_can_be_addressed(client, listed):
    """A browser opens the fold that holds what an address names; the fold itself it would not."""
    region = client.get("/en/places/").context["page"].regions[0]
    for path, anchor in (("/en/places/", region.key), ("/en/world-heritage/", "danger")):
        assert re.search(rf'<(?:div|section)[^>]* id="{anchor}"', client.get(path).text)
    for path in ("eras/", "kinds/", "places/", "world-heritage/"):
        html = client.get(f"/en/{path}").text
        assert not re.search(r"<details[^>]*\sid=", html)
        assert html.count("<details") == html.count("<summary") == html.count("</details>")


def test_broad_kinds_with_most_sites_come_first(page, filled):
    counts = [plate.link.count for plate in page("kinds/").plates]
    assert counts == sorted(counts, reverse=True) and all(counts)


def test_a_broad_kind_shows_a_well_known_site_that_is_of_it_alone(client, page):
    tower, garden, museum = (
        build.make_kind(name, slug=name.lower(), order=order)
        for order, name in enumerate(("Tower", "Garden", "Museum"))
    )
    gate = build.make_kind("Gate", slug="gate", parent=tower, order=7)
    for name, kinds, cover, prominence in (
        ("Photographed", [gate], "plate", 9),
        ("Both", [gate, garden], "taj-mahal", 8),
        ("Alone", [gate], "giza", 7),
        ("Also", [tower], "medina", 6),
        ("Same", [garden], "giza", 5),
        ("Green", [garden], "reef", 4),
        ("Bare", [museum], "", 3),
    ):
        build.make_site(name, slug=name.lower(), kinds=kinds, cover=cover, prominence=prominence)
    plates = {str(plate.link.label): plate for plate in page("kinds/").plates}
    names = {name: str(plate.picture.site_name) for name, plate in plates.items()}
    assert names == {"Tower": "Alone", "Garden": "Green", "Museum": ""}
    alone = plates["Tower"]
    assert alone.picture.site_url == "/en/sites/alone/" and alone.link.count == 4
    assert client.get(alone.picture.src)["Cache-Control"].endswith("immutable")
    assert "/covers/kinds/museum.svg" in plates["Museum"].picture.src
    assert page("kinds/garden/").picture.site_url == "/en/sites/both/"
    html = client.get("/en/kinds/").text
    shown = html.partition('<ul class="kind-plates">')[2].partition("</ul>\n")[0]
    assert shown.count("<img") == shown.count('loading="lazy"') >= 3


def test_the_best_known_of_an_era_are_those_that_show_it(page, words):
    fen = build.make_era("Fen", slug="fen")
    for number, kind in enumerate(("renamed", "renamed", "built", "fabric")):
        site = build.make_site(f"Site {number}", prominence=9 - number)
        build.make_event(site, kind, "", fen)
    shown = page("eras/fen/")
    assert [str(card.name) for card in shown.sites.cards] == [
        "Site 2", "Site 3", "Site 0", "Site 1",
    ]  # fmt: skip
    assert shown.lead.endswith("The best known are Site 2, Site 3 and Site 0.")


def test_a_name_in_the_other_language_of_the_pages_comes_first(page, words):
    label = {"ar": "المكسيك", "en": "Mexico", "fr": "Mexique", "zh-hans": "墨西哥"}
    build.make_place("Mexico", level="country", slug="mexico")
    Place.objects.filter(slug="mexico").update(label=label)
    assert [str(label.text) for label in page("places/mexico/").labels] == [
        "墨西哥", "المكسيك", "Mexique",
    ]  # fmt: skip


def test_a_listed_property_is_in_a_country(page, words, listed):
    province = build.make_place("Far North", level="province", parent=words.china)
    Site.objects.filter(name__en="Property 8").update(place=province)
    assert page("world-heritage/").delisted[0].place == "Far North, China"


def test_bars_and_figures_of_the_list_lead_to_their_sites(client, page, listed):
    world = page("world-heritage/")
    ways = [row.url for chart in (world.regions, world.criteria) for row in chart.rows]
    ways += [figure.url for figure in world.figures if "category=" in figure.url]
    assert ways
    html = client.get("/en/world-heritage/").text
    for url in ways:
        assert f'href="{url}"' in html
        shown = client.get(url).context["list"]
        assert shown.total and len(shown.applied) == 1 and not shown.problems


def test_numbers_behind_the_charts_are_in_tables(client, listed):
    html = client.get("/en/world-heritage/").content.decode()
    assert html.count('<details class="numbers-behind">') == 4
    assert re.search(
        r'<th scope="row">1990</th>\s*<td>2</td>\s*<td>0</td>\s*<td>1</td><td>3</td>', html
    )


def test_the_newest_are_those_of_the_last_year(page, listed):
    world = page("world-heritage/")
    assert world.newest_year == 1992
    assert sorted(str(card.name) for card in world.newest) == ["Property 2", "Property 5"]


def test_a_country_shows_when_its_properties_were_inscribed(page, listed):
    chart = page("places/china/").by_year
    assert sum(row.total for row in chart.rows) == 7
    assert page("places/italy/").by_year is None  # two are no chart


@pytest.mark.parametrize("state", [Site.State.DRAFT, Site.State.REVIEW, Site.State.ARCHIVED])
def test_what_is_not_published_is_in_no_number(client, page, words, state):
    hidden = build.make_site("Secret vault", state=state, kinds=[words.temple], place=words.county)
    build.make_event(hidden, "built", "", words.tang)
    build.make_coverage(hidden, build.make_designation(register=words.unesco, states=[words.china],
                        events=["1999", ("in_danger", "2000")]))  # fmt: skip
    assert Coverage.objects.exists()
    for path in PAGES:
        html = client.get(f"/en/{path}").content.decode()
        assert "Secret" not in html and "1 site" not in html
    assert page("eras/tang/").sites.total == page("kinds/temple/").sites.total == 0
    assert page("world-heritage/").figures == []
    assert page("world-heritage/").in_danger == []


def test_drawings_of_kinds(client, words):
    response = client.get("/en/covers/kinds/temple.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert client.get("/en/covers/kinds/nope.svg").status_code == 404


@pytest.mark.parametrize("path", ["eras/tang/", "places/luolong/"])
def test_a_term_speaks_for_itself_and_says_what_is_unchecked(client, words, path):
    mark = 'class="mark mark-recalled"'
    for term in (words.tang, words.county):
        term.description = {"en": "Poets wrote here.", "zh-hans": "诗人在此写作。"}
        term.description_source = build.make_source("Recalled", kind="recalled")
        term.save()
    html = client.get(f"/en/{path}").content.decode()
    assert "Poets wrote here." in html and mark in html and "Recalled" not in html
    assert re.search('<meta name="description" content="Poets wrote here', html)
    assert "诗人在此写作。" in client.get(f"/zh-hans/{path}").content.decode()
    for term in (words.tang, words.county):
        term.description_source = build.make_source("A gazetteer", url="https://g.example/")
        term.save()
    html = client.get(f"/en/{path}").content.decode()
    assert (mark in html, "https://g.example/" in html) == (False, True)
