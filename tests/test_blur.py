"""Where a record is blurred nobody outside learns more than the grid: somebody tries, and fails."""

import random
import re

import pytest

from heritage.models import Site
from heritage.search import store
from heritage.search.page_rows.neighbours import nearby
from heritage.values.coordinates import distance_km
from tests.builders import make_event, make_kind, make_place, make_site

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
        seen = {found.site.pk: found.km for found in nearby(index, observer, limit=50)}
        here = (observer.latitude, observer.longitude)
        assert seen[tomb.pk] == pytest.approx(distance_km(here, public))


def test_a_radius_closes_in_on_the_grid_and_not_on_the_point(tomb):
    """An observer at the exact point sees the tomb only from the distance of the public one."""
    observer = make_site(latitude=EXACT[0], longitude=EXACT[1])
    apart = distance_km(EXACT, (tomb.public_latitude, tomb.public_longitude))
    index = store.current()
    inside = nearby(index, observer, apart + 0.01)
    outside = nearby(index, observer, apart - 0.01)
    assert [found.site.pk for found in inside] == [tomb.pk]
    assert outside == []


def test_order_by_distance_follows_the_public_point(tomb):
    """Of two sites that change places between exact and public point, the public one decides."""
    public = (tomb.public_latitude, tomb.public_longitude)
    near_exact = make_site("Near the exact point", latitude=EXACT[0], longitude=EXACT[1])
    near_public = make_site("Near the public point", latitude=public[0], longitude=public[1])
    order = [found.site.pk for found in nearby(store.current(), tomb)]
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
