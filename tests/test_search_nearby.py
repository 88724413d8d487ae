"""What lies near a site: by public points, the nearest first, published only."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heritage.search import store
from heritage.values.coordinates import distance_km
from heritage.web.site.location import nearby
from tests.builders import make_site

pytestmark = pytest.mark.django_db


def at(latitude, longitude, name=None, **fields):
    return make_site(name, latitude=latitude, longitude=longitude, **fields)


def found(site, **limits) -> list[str]:
    return [str(near.site) for near in nearby(store.current(), site, **limits)[0]]


def test_the_nearest_first_without_itself():
    here = at(34.5, 112.5)
    at(34.8, 112.5, "33 km")
    at(34.5, 112.6, "9 km")
    at(34.6, 112.6, "14 km")
    assert found(here) == ["9 km", "14 km", "33 km"]
    near = nearby(store.current(), here)[0][0]
    assert near.km == pytest.approx(distance_km((34.5, 112.5), (34.5, 112.6)))


def test_only_what_is_within_reach_and_no_more_than_asked_for():
    here = at(34.5, 112.5)
    at(34.5, 112.6, "A")
    at(34.5, 112.7, "B")
    at(34.94, 112.94, "in the corner of the box, beyond 50 km")
    at(36, 112.5, "far")
    assert found(here) == ["A", "B"]
    assert found(here, limit=1) == ["A"]
    assert found(here, within_km=10) == ["A"]


def test_only_what_is_published_and_has_a_point():
    here = at(34.5, 112.5)
    at(34.5, 112.51, state="draft")
    make_site("no point")
    assert found(here) == []
    assert found(make_site("nowhere")) == []


def test_by_the_public_point():
    tomb = at(34.5001, 112.5001, "blurred", blur_km=20)
    here = at(tomb.public_latitude, tomb.public_longitude, "on its public point")
    assert nearby(store.current(), here)[0][0].km == 0
    assert nearby(store.current(), tomb)[0][0].km == 0


def test_across_the_date_line_and_at_the_pole():
    fiji = at(-17, 179.95)
    at(-17, -179.95, "11 km, across the line")
    at(-17, 179.7, "27 km")
    assert found(fiji) == ["11 km, across the line", "27 km"]
    pole = at(89.99, 0)
    at(89.99, 179, "across the pole")
    assert found(pole) == ["across the pole"]


def test_one_query_however_many():
    here = at(34.5, 112.5)
    for number in range(8):
        at(34.5, 112.5 + number / 100)
    index = store.current()
    with CaptureQueriesContext(connection) as queries:
        assert [near.site.name["en"] and near.site.slug for near in nearby(index, here)[0]]
    assert len(queries) == 1
