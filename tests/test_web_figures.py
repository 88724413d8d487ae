"""Charts, strips of time, the locator and folded facets: geometry that tells the truth."""

import pytest

from heritage.catalogue.facets import Facet, Option
from heritage.catalogue.nearby import nearby
from heritage.models import Site
from heritage.web.charts import Chart, Row, Series, nice_step
from heritage.web.covers import silhouette
from heritage.web.folds import folded
from heritage.web.lifelines import lifeline
from heritage.web.locator import direction, locator
from heritage.web.site_page import for_page
from heritage.web.strips import Scale, scale_of
from tests import builders as build
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db


def chart(*rows) -> Chart:
    series = [Series("a", "A"), Series("b", "B")]
    return Chart(
        "c", "Title", "", "Year", series, [Row(str(n), list(v)) for n, v in enumerate(rows)]
    )


def test_bars_are_as_long_as_their_numbers():
    first, second = chart((3, 1), (2, 0)).bars
    assert [(p.x, p.width) for p in first.parts] == [("0.00%", "75.00%"), ("75.00%", "25.00%")]
    assert [(p.key, p.width) for p in second.parts] == [("a", "50.00%")]


def test_columns_are_as_tall_as_their_numbers():
    found = chart((10, 10), (0, 5))
    tall = [[float(part.height) for part in shape.parts] for shape in found.columns]
    assert tall[0] == [75.0, 75.0] and tall[1] == [37.5]
    assert [line.label for line in found.lines] == [5, 10, 15, 20]
    top = found.columns[0].parts[-1]
    assert float(top.y) == pytest.approx(found.ground - 150)


def test_an_empty_chart_is_drawn_without_dividing_by_nothing():
    assert chart().bars == chart().columns == []
    assert [shape.parts for shape in chart((0, 0)).columns] == [[]]


@pytest.mark.parametrize(("size", "parts", "step"), [(61, 4, 20), (4229, 6, 1000), (3, 4, 1)])
def test_steps_are_round(size, parts, step):
    assert nice_step(size, parts) == step


# --- time -------------------------------------------------------------------------------------


def test_a_scale_has_room_around_and_no_year_nought():
    scale = scale_of([(-99, 200), (None, 150)])
    assert scale.at(scale.first) == 0 and 0 < scale.at(-99) < scale.at(200) < 100
    assert scale.span(None, 150)[0] == 0 and scale.span(100, None)[1] == 100
    labels = [tick.label for tick in Scale(-1000, 1000).ticks]
    assert labels == ["500 BCE", "1 CE", "500"]
    assert scale_of([(None, None)]) is None


@pytest.fixture
def words():
    return vocabulary()


def loaded(site) -> Site:
    return for_page(Site.objects.all()).get(pk=site.pk)


def test_founding_and_fabric_are_told_apart_on_the_strip(client, words):
    line = lifeline(loaded(full_site(words)))
    assert [mark.role for mark in line.marks] == ["beginnings", "other", "standing"]
    begun, enlarged, fabric = line.marks
    assert begun.is_dot and begun.is_loose and begun.label == "begun c. 493"
    assert enlarged.is_loose
    assert not fabric.is_dot and fabric.label.endswith("Tang to Qing")
    named = {segment.label for segment in line.segments if segment.is_named}
    assert named == {"Eastern Han", "Tang", "Qing"} or named == {"Tang", "Qing"}
    html = client.get("/en/sites/longmen-grottoes/").content.decode()
    assert 'class="moment-mark moment-standing"' in html and "moment-loose" in html


def test_no_strip_without_a_date(words):
    assert lifeline(loaded(build.make_site())) is None


# --- where ------------------------------------------------------------------------------------


def test_neighbours_lie_in_their_direction():
    here = build.make_site("Here", latitude=34.5, longitude=112.5)
    east = build.make_site("East", latitude=34.5, longitude=112.6)
    south = build.make_site("South", latitude=34.4, longitude=112.5)
    found = nearby(here)
    drawing = locator(here, found)
    by_name = dict(zip([str(n.site) for n in found], drawing.dots, strict=True))
    assert float(by_name["East"].x) > 160 and float(by_name["East"].y) == 160
    assert float(by_name["South"].y) > 160 and float(by_name["South"].x) == 160
    assert (direction(here, east), direction(here, south)) == ("east", "south")
    assert [ring.km for ring in drawing.rings] == [5, 10]


def test_directions_hold_across_the_date_line():
    here = build.make_site(latitude=0, longitude=179.9)
    assert direction(here, build.make_site(latitude=0, longitude=-179.9)) == "east"


def test_alone_or_without_a_point_there_is_no_drawing():
    assert locator(build.make_site(latitude=1, longitude=1), []) is None
    assert locator(build.make_site(), []) is None


def test_a_blurred_site_is_an_area_and_its_exact_point_is_nowhere(client):
    site = build.make_site(slug="tomb", latitude=34.51234, longitude=112.51234, blur_km=5)
    build.make_site(latitude=34.7, longitude=112.7)
    html = client.get("/en/sites/tomb/").content.decode()
    assert 'class="locator-blur"' in html and "locator-here" not in html
    other = build.make_site(latitude=34.52, longitude=112.52)
    exact = locator(loaded(site), nearby(loaded(site)))
    site.latitude += 0.0001  # within the same cell
    site.save()
    assert locator(loaded(site), nearby(loaded(site))) == exact
    assert other.pk


# --- covers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "country", "drawn"),
    [
        ("Aachen Cathedral", "default", "DE", "church"),
        ("Cathedrals of Vladimir", "default", "RU", "hills"),
        ("Abu Mena", "default", "EG", "hills"),
        ("Somewhere", "default", "CN", "default"),
        ("Great Barrier Reef", "nature", "AU", "reef"),
        ("Horyu-ji", "temple", "JP", "temple"),
        ("Delphi", "temple", "GR", "hills"),
        ("Kronborg", "castle", "DK", "castle"),
        ("Longmen", "grotto", "CN", "grotto"),
    ],
)
def test_drawings_claim_nothing_untrue(name, kind, country, drawn):
    site = build.make_site(name, kinds=[build.make_kind(silhouette=kind)])
    assert silhouette(site, country) == drawn


def test_the_seal_of_a_country_is_its_letters(client, words):
    germany = build.make_place("Germany", level="country", code="DE")
    site = build.make_site("Somewhere", place=germany, latitude=50.0, longitude=7.0)
    assert ">D</text>" in client.get(f"/covers/{site.uid}.svg").content.decode()
    site = build.make_site("Elsewhere", place=words.county)
    build.make_event(site, "built", "", words.tang)
    assert ">唐</text>" in client.get(f"/covers/{site.uid}.svg").content.decode()


# --- facets -----------------------------------------------------------------------------------


def option(number, depth=0, chosen=False, note="") -> Option:
    return Option(f"v{number}", f"Value {number}", number, chosen, depth, note)


def test_a_short_facet_is_whole():
    facet = Facet("kind", "Kind", [option(number) for number in range(12)])
    assert (folded(facet).options, folded(facet).rest) == (facet.options, [])


def test_a_long_facet_is_folded_and_loses_nothing():
    options = [option(number, chosen=number == 1) for number in range(30)]
    found = folded(Facet("place", "Place", options))
    assert len(found.options) == 9 and "v1" in {o.value for o in found.options}
    assert {o.value for o in found.options + found.rest} == {o.value for o in options}
    assert found.chosen == [option(1, chosen=True)]


def test_a_value_parted_from_its_broader_one_names_it():
    options = [option(100), option(0, depth=1), *(option(n + 1) for n in range(20))]
    found = folded(Facet("place", "Place", options))
    parted = next(o for o in found.rest if o.value == "v0")
    assert (parted.depth, parted.note) == (0, "Value 100")
