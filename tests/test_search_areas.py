"""Areas of the world: groups of countries, of which an index knows nothing by themselves."""

import pytest

from heritage.models import Place
from heritage.models.unit_of_work import change_set
from heritage.search.facets.areas import GROUPS
from heritage.search.filters import SiteFilter
from tests import builders as build

pytestmark = pytest.mark.django_db


@pytest.fixture
@change_set("command", all_or_nothing=True)
def sites():
    """One site in each of some countries, and one in a territory of France; by slug."""
    made = {}
    for code, name in (("VN", "Vietnam"), ("LA", "Laos"), ("FR", "France"), ("MG", "Madagascar")):
        country = build.make_place(name, level="country", code=code)
        made[code] = build.make_site(f"Place of {name}", place=country)
    far = build.make_place("Reunion", level="province", code="RE", parent=made["FR"].place)
    made["RE"] = build.make_site("Place of Reunion", place=far)
    return {site.pk: code for code, site in made.items()}


def found(sites, **asked) -> set[str]:
    return {sites[pk] for pk in SiteFilter(asked).hits}


def test_an_area_has_the_sites_of_its_countries(sites):
    assert found(sites, area="south-eastern-asia") == {"VN", "LA"}
    assert found(sites, q="Southeast Asia") == found(sites, q="东南亚") == {"VN", "LA"}
    assert found(sites, **{"not": "area:south-eastern-asia"}) == {"FR", "MG", "RE"}


def test_a_territory_lies_where_it_is_and_not_where_its_state_is(sites):
    assert found(sites, area="western-europe") == {"FR"}
    assert found(sites, area="eastern-africa") == {"MG", "RE"}


def test_an_area_is_not_read_in_the_middle_of_a_name(sites):
    """西亚 is Western Asia, and the end of 卡帕多西亚."""
    build.make_place("Türkiye", level="country", code="TR")
    turkey = Place.objects.get(code="TR")
    site = build.make_site("Göreme", "格雷梅国家公园和卡帕多西亚岩石遗址", place=turkey)
    asked = SiteFilter({"q": "卡帕多西亚"})
    assert list(asked.hits) == [site.pk]
    assert (asked.answer.text, asked.answer.filters) == ("卡帕多西亚", ())
    assert list(SiteFilter({"q": "西亚"}).hits) == [site.pk]


def test_a_form_counts_areas_that_do_not_overlap(sites, client):
    page = client.get("/en/sites/", {"q": "place"}).context["list"]
    [facet] = [each for each in page.more_facets if each.name == "area"]
    assert "South-eastern Asia" in facet.lines and "Indochina" not in facet.lines
    listed = [set(group.codes.split()) for group in GROUPS.values() if group.is_listed]
    assert sum(map(len, listed)) == len(set.union(*listed))
