"""Outlines made simpler and cut truly; the globe of covers, and the map of an editor's form."""

import re

import pytest

from heritage.cartography import globe, outlines, point_map
from heritage.cartography.point_map import Window
from heritage.values.coordinates import distance_km

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


# --- outlines ---------------------------------------------------------------------------------


def test_corners_that_matter_stay():
    ring = [(0, 0), (5, 0.01), (10, 0), (10, 10), (5, 14), (0, 10)]
    assert outlines.thinned(ring, 1) == [p for p in ring if p != (5, 0.01)]
    assert len(outlines.thinned(ring, 10**6)) == 3


def test_what_leaves_a_box_runs_along_its_edge():
    assert outlines.area(outlines.clipped(SQUARE, 5, 5, 20, 20)) == 25
    assert outlines.clipped(SQUARE, 20, 20, 30, 30) == []
    round_the_box = outlines.clipped(SQUARE, 2, 2, 4, 4)
    assert outlines.area(round_the_box) == 4


# --- on the globe -----------------------------------------------------------------------------


def holds(rings, x: float, y: float) -> bool:
    """By even and odd."""
    return sum(outlines.contains_point(ring, (x, y)) for ring in rings) % 2 == 1


PLACES = {
    "Henan": (34.5, 112.5, True),
    "the Caspian": (41.9, 50.5, False),
    "Chukotka": (68.0, 179.5, True),
    "Chukotka, beyond 180°": (68.0, -179.5, True),
    "south pole": (-89, 30, True),
    "north pole": (89, 0, False),
    "the Pacific": (-40, -130, False),
    "Greenland": (72, -40, True),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("north", "east"), [(0, 0), (30, 30), (-25, -20)])
def test_land_is_land_and_sea_is_sea(place, north, east):
    latitude, longitude, is_land = place
    view = globe.View(max(-90, min(90, latitude + north)), longitude + east)
    assert holds(view.land(), *view.point(latitude, longitude)) is is_land


def test_a_globe_seen_from_the_other_side_is_not_inside_out():
    """East of New Zealand the antipode lies in Spain, so the ring of Eurasia surrounds it."""
    view = globe.View(-40, 176)
    shapes = list(view.land())
    assert not holds(shapes, *view.point(-45, -150))
    assert holds(shapes, *view.point(-25, 135))


@pytest.mark.parametrize("here", [(34.5, 112.5), (-27, -109.4), (-90, 0), (90, 0), (0, 180)])
def test_a_globe_is_small(here):
    found = globe.globe_around(*here)
    assert 100 < len(found.land) < 6_000 and "nan" not in found.land
    assert found.point[0] ** 2 + found.point[1] ** 2 <= found.radius**2


# --- the map of a form ------------------------------------------------------------------------


def rings_of(data: str) -> list[list[tuple[float, float]]]:
    return [
        [tuple(map(float, pair.split())) for pair in re.findall(r"-?\d+ -?\d+", ring)]
        for ring in data.split("z")
        if ring
    ]


@pytest.mark.parametrize("km", [30, 400, 4000])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_the_map_of_a_form_knows_land_from_sea(place, km):
    latitude, longitude, is_land = place
    window = Window(latitude, longitude, km)
    if abs(latitude) > 85:
        return  # the base map ends there
    at = window.place(latitude, longitude)
    assert at == (240, 160)
    assert holds(rings_of(point_map.land(window)), 240.5, 160.5) is is_land


def test_both_sides_of_180_are_on_it():
    window = Window(68, 179.9, 1500)
    shapes = rings_of(point_map.land(window))
    for longitude in (175.0, -175.0):
        assert holds(shapes, *window.place(67.0, longitude))
    assert distance_km((68, 175.0), (68, -175.0)) < 1500
