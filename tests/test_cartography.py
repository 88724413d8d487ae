"""Outlines made simpler and cut truly; the globe of covers, and the map of an editor's form."""

import pytest

from heritage.cartography import globe, mercator, outlines, point_map
from heritage.cartography.point_map import Window

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


@pytest.mark.parametrize("km", [1, 40, 4000])
@pytest.mark.parametrize("here", [(34.5, 112.5), (-40, -179.9), (68, 179.9), (0, 0), (70, 20)])
def test_tiles_lie_where_their_degrees_are(here, km):
    window = Window.of_width(*here, km)
    assert window.place(*here) == pytest.approx((240, 160))
    assert window.km > km * 0.99 or window.zoom == point_map.WIDEST
    west, south, east, north = window.degrees
    assert window.place(north, west) == pytest.approx((0, 0), abs=1e-6)
    assert window.place(south, east) == pytest.approx((480, 320), abs=1e-6)
    for pixels, largest in ((512, 15), (256, 18)):
        covered = 0.0
        for tile in window.tiles(pixels, largest):
            assert tile.zoom <= largest and 0 <= tile.column < 1 << tile.zoom
            longitude, latitude = mercator.unproject(
                tile.column / (1 << tile.zoom), tile.row / (1 << tile.zoom)
            )
            x, y = window.place(latitude, longitude)
            turns = (x - tile.x) / (512 << window.zoom)
            assert turns == pytest.approx(round(turns), abs=1e-6)
            assert y == pytest.approx(tile.y, abs=1e-3)
            right, bottom = min(480, tile.x + tile.side), min(320, tile.y + tile.side)
            covered += (right - max(0, tile.x)) * (bottom - max(0, tile.y))
        assert covered == pytest.approx(480 * 320)


def test_both_sides_of_180_are_on_it():
    window = Window.of_width(68, 179.9, 1500)
    for longitude in (175.0, -175.0):
        x, _y = window.place(67.0, longitude)
        assert 0 < x < 480


def test_a_map_shows_what_was_asked_and_less_than_twice_of_it():
    for km in (0.5, 7, 300):
        assert km * 0.99 < Window.of_width(34, 112, km).km < km * 2
    window = Window.of_width(34, 112, 40)
    assert Window.of_width(34, 112, window.zoomed(2).km).zoom == window.zoom + 2
    assert Window.of_width(34, 112, window.zoomed(-2).km).zoom == window.zoom - 2
