"""Where a record is blurred nobody outside learns more than the grid: somebody tries, and fails."""

import random
import re

import pytest

from heritage.models import ChangeSet, ComponentPoint, Custodian, Kind, Site
from heritage.models.unit_of_work import change_set
from heritage.search import SiteFilter, store
from heritage.services import merge, undo
from heritage.values.coordinates import distance_km, snap
from heritage.web.site.location import nearby
from tests.builders import (
    make_coverage,
    make_designation,
    make_event,
    make_kind,
    make_place,
    make_register,
    make_site,
    text,
)
from tests.index_comparison import assert_as_rebuilt

pytestmark = pytest.mark.django_db

EXACT = (34.567891, 112.345678)


@pytest.fixture
def tomb():
    """An unexcavated tomb, with everything that a page may show."""
    site = make_site(
        "Unexcavated Tomb", "未发掘之墓", slug="tomb", uid="tomb", kinds=[make_kind("Tomb")],
        place=make_place("Luoyang"), latitude=EXACT[0], longitude=EXACT[1], accuracy_m=5,
        precision="surveyed", blur_km=5, featured=1,
        boundary={
            "type": "Polygon",
            "coordinates": [[[112.34, 34.56], [112.35, 34.56], [112.35, 34.57], [112.34, 34.56]]],
        },
    )  # fmt: skip
    make_event(site, "built", date="0150")
    return site


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"\d{1,3}\.\d+", text)]


def test_no_page_says_more_than_the_grid(client, tomb):
    make_site("Neighbour", slug="neighbour", latitude=34.6, longitude=112.3)
    pages = ["", "sites/", "sites/?q=tomb", "sites/tomb/", "sites/neighbour/"]
    pages += ["sites/?view=map&at=34.5,112.3,12", "sites/map.json?at=34.5,112.3,12&size=900x600"]
    for language in ("en", "zh-hans"):
        for page in pages:
            response = client.get(f"/{language}/{page}")
            assert response.status_code == 200
            said = numbers(response.content.decode())
            for exact in EXACT:
                # Three decimals are 100 m: nothing may come as near as that to the exact point.
                assert not [number for number in said if abs(number - exact) < 0.0005], page
    cover = client.get("/en/covers/tomb.svg").content.decode()
    assert "34.56" not in cover


def test_distances_lead_to_the_grid_and_not_to_the_point(tomb):
    """Many observers take the distance; the point that fits them all is the public one."""
    dice = random.Random(34)
    public = (tomb.public_latitude, tomb.public_longitude)
    assert distance_km(public, EXACT) > 0.05
    for _ in range(30):
        observer = make_site(
            latitude=EXACT[0] + dice.uniform(-0.2, 0.2),
            longitude=EXACT[1] + dice.uniform(-0.2, 0.2),
        )
        index = store.current()
        seen = {found.site.pk: found.km for found in nearby(index, observer, limit=50)[0]}
        here = (observer.latitude, observer.longitude)
        assert seen[tomb.pk] == pytest.approx(distance_km(here, public))


def test_a_radius_closes_in_on_the_grid_and_not_on_the_point(tomb):
    """An observer at the exact point sees the tomb only from the distance of the public one."""
    observer = make_site(latitude=EXACT[0], longitude=EXACT[1])
    apart = distance_km(EXACT, (tomb.public_latitude, tomb.public_longitude))
    index = store.current()
    inside = nearby(index, observer, apart + 0.01)[0]
    outside = nearby(index, observer, apart - 0.01)[0]
    assert [found.site.pk for found in inside] == [tomb.pk]
    assert outside == []


def test_order_by_distance_follows_the_public_point(tomb):
    """Of two sites that change places between exact and public point, the public one decides."""
    public = (tomb.public_latitude, tomb.public_longitude)
    near_exact = make_site("Near the exact point", latitude=EXACT[0], longitude=EXACT[1])
    near_public = make_site("Near the public point", latitude=public[0], longitude=public[1])
    order = [found.site.pk for found in nearby(store.current(), tomb)[0]]
    assert order == [near_public.pk, near_exact.pk]


def test_all_tombs_of_a_cell_look_alike(tomb):
    others = [
        make_site(latitude=tomb.public_latitude + north, longitude=tomb.public_longitude, blur_km=5)
        for north in (-0.01, 0, 0.01)
    ]
    public = Site.objects.filter(pk__in=[tomb.pk, *(site.pk for site in others)])
    assert public.values("public_latitude", "public_longitude").distinct().count() == 1


def test_importing_a_blurred_point_is_an_editors_act(tomb):
    """Saving what the public sees does not happen by itself: the exact point stays."""
    stored = Site.objects.get(pk=tomb.pk)
    stored.save()
    stored.refresh_from_db()
    assert (stored.latitude, stored.longitude) == EXACT


def test_a_thousand_boxes_find_a_blurred_site_by_its_public_point_alone(tomb):
    """Among them small ones that hold the exact point, and not the one on the grid."""
    dice, public = random.Random(5), tomb.public_point
    seen = set()
    for _ in range(1000):
        size = dice.choice([0.001, 0.01, 0.1])
        centre = dice.choice([EXACT, public])
        south, west = (c + dice.uniform(-size, 0) for c in centre)
        box = (west, south, west + size, south + size)
        holds = west <= public[1] <= west + size and south <= public[0] <= south + size
        found = tomb.pk in SiteFilter({"bbox": ",".join(map(str, box))}).hits
        assert found == holds
        seen.add((found, centre))
    assert {(True, public), (False, EXACT)} <= seen


# --- by the rules of kinds -----------------------------------------------------------------------


@pytest.fixture
def kinds():
    burial = make_kind("Burial place", slug="burial", blur_km=5)
    return {
        "burial": burial,
        "tomb": make_kind("Tomb", slug="tomb-kind", parent=burial),
        "mausoleum": make_kind("Mausoleum", slug="mausoleum", parent=burial, blur_km=0),
        "barrow": make_kind("Barrow", slug="barrow", parent=burial, blur_km=20),
        "temple": make_kind("Temple", slug="temple"),
    }


def point(**fields) -> dict:
    return {"latitude": EXACT[0], "longitude": EXACT[1], **fields}


RULES = {
    # kinds, choice of the record, guard: how closely it is shown
    "of the broader kind": (["tomb"], None, "", 5),
    "its own": (["barrow"], None, "", 20),
    "lifted for a narrower kind": (["mausoleum"], None, "", 0),
    "the widest of several": (["tomb", "barrow", "temple"], None, "", 20),
    "no rule": (["temple"], None, "", 0),
    "the record says exactly": (["tomb"], 0, "", 0),
    "the record says wider": (["tomb"], 20, "", 20),
    "opening hours": (["tomb"], None, "opening", 0),
    "prices": (["tomb"], None, "price", 0),
    "a custodian": (["tomb"], None, "custodian", 0),
    "World Heritage": (["tomb"], None, "world heritage", 0),
    "World Heritage of old": (["tomb"], None, "delisted", 5),
    "guarded, and blurred by the record": (["tomb"], 20, "price", 20),
}


def guard(site, by: str) -> None:
    if by == "opening":
        site.openings.create(weekdays="1234567")
    elif by == "price":
        site.prices.create(label=text("Adults"), amount=10)
    elif by == "custodian":
        site.custodian = Custodian.objects.create(name=text("A bureau"))
        site.save()
    elif by:
        events = (
            ["1987"] if by == "world heritage" else [("inscribed", "1987"), ("delisted", "1990")]
        )
        make_coverage(site, make_designation("world_heritage", events=events))


@pytest.mark.parametrize(("names", "chosen", "by", "km"), RULES.values(), ids=RULES)
def test_kinds_say_how_closely_their_sites_are_shown(kinds, names, chosen, by, km):
    site = make_site(kinds=[kinds[name] for name in names], **point(blur_km=chosen))
    guard(site, by)
    site.refresh_from_db()
    assert site.public_blur_km == km
    assert site.public_point == (snap(*EXACT, km) if km else EXACT)
    assert_as_rebuilt(store.current())


def test_a_rule_holds_from_its_writing_on_and_is_undone_with_it(kinds):
    site = make_site(kinds=[kinds["temple"]], **point())
    assert site.public_point == EXACT
    with change_set(reason="Temples are robbed") as made:
        kinds["temple"].blur_km = 20
        kinds["temple"].save()
    site.refresh_from_db()
    assert site.public_point == snap(*EXACT, 20)
    assert_as_rebuilt(store.current())
    undo.undo(ChangeSet.objects.get(pk=made.pk))
    site.refresh_from_db()
    assert site.public_point == EXACT
    assert Kind.objects.get(pk=kinds["temple"].pk).blur_km is None


def test_a_site_that_gets_a_point_or_a_kind_later(kinds):
    site = make_site(kinds=[kinds["tomb"]])
    site.latitude, site.longitude = EXACT
    site.save()
    site.refresh_from_db()
    assert site.public_point == snap(*EXACT, 5)
    site.kinds.set([kinds["temple"]])
    site.refresh_from_db()
    assert site.public_point == EXACT
    site.kinds.add(kinds["barrow"])
    site.refresh_from_db()
    assert site.public_point == snap(*EXACT, 20)


def test_a_merge_keeps_the_wider_of_two(kinds):
    kept = make_site(kinds=[kinds["temple"]], **point())
    other = make_site(kinds=[kinds["tomb"]], **point())
    merge.merge(kept, other)
    kept.refresh_from_db()
    assert kept.public_blur_km == 5


def test_the_form_says_which_rule_applies(client, editor, kinds):
    def said(site) -> str:
        return client.get(f"/en/admin/heritage/site/{site.pk}/change/").content.decode()

    site = make_site(kinds=[kinds["tomb"]], **point())
    assert "The rule of its kind Burial place holds: to about 5 km." in said(site)
    guard(site, "price")
    words = "The rule of its kind Burial place (to about 5 km) does not hold, as it is guarded: "
    assert words + "opening hours or prices." in said(site)
    site.refresh_from_db()
    site.blur_km = 0
    site.save()
    words = "The rule of its kind Burial place (to about 5 km) gives way to what is chosen here."
    assert words in said(site)


def test_component_points_of_what_is_blurred_are_not_told(kinds):
    """Of a blurred property none, of a blurred part its grid; wherever they are asked for."""
    entry = make_designation("tentative", register=make_register("world_heritage"), events=[])
    whole, part = make_site("Whole"), make_site("Part", kinds=[kinds["temple"]], **point())
    make_coverage(whole, entry)
    ComponentPoint.objects.create(
        designation=entry, number=1, latitude=EXACT[0], longitude=EXACT[1], site=part
    )

    def told() -> list:
        assert_as_rebuilt(store.current())
        rows = store.current().component_points
        return [(pk, *at) for pk, *at in zip(*map(list, rows), strict=True)]

    assert told() == [(whole.pk, *EXACT)]
    kinds["temple"].blur_km = 5  # a rule of the part changes what is told of the whole
    kinds["temple"].save()
    assert told() == [(whole.pk, *snap(*EXACT, 5))]
    part.refresh_from_db()
    part.blur_km = 20
    part.save()
    assert told() == [(whole.pk, *snap(*EXACT, 20))]
    whole.refresh_from_db()
    whole.blur_km = 20
    whole.save()
    assert told() == []
