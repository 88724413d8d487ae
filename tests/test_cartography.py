"""The land: outlines made simpler and cut truly, laid flat without a seam, drawn small."""

import json
from math import hypot, radians, sin
from xml.etree import ElementTree

import pytest

from fixtures.build import land as maker
from fixtures.build import make_land
from fixtures.build.command import CommandError
from heritage.cartography import equal_earth, land, outlines, sheets
from heritage.cartography.land import Frame, land_in
from heritage.cartography.sheets import MapPoint
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


def test_text_gives_back_the_same_rings():
    rings = [[(0, 0), (-9000, 4499), (17, -16)], [(15, 16), (31, 32), (-1, -1)]]
    text = outlines.encoded(rings)
    assert len(text.splitlines()) == 2
    assert outlines.decoded(text, lambda x, y: (x, y)) == rings


# --- our drawing ------------------------------------------------------------------------------


def on_land(name: str, latitude: float, longitude: float) -> bool:
    """By even and odd, in a frame around the point."""
    km = 1600 if name == "fine" else 6800
    shapes = land_in(Frame(latitude, longitude, km, 1000, 1000), 10, 0)
    return sum(outlines.contains_point(ring, (500.5, 500.5)) for ring in shapes) % 2 == 1


@pytest.mark.parametrize("name", ["fine", "coarse"])
@pytest.mark.parametrize(
    ("latitude", "longitude", "is_land"),
    [
        (34.5, 112.5, True),  # Henan
        (41.9, 50.5, False),  # the Caspian: a ring within a ring
        (68.0, 179.95, True),  # Chukotka, on both sides of 180°
        (68.0, -179.95, True),
        (-90, 0, True),
        (90, 0, False),
        (-40, -130, False),
        (72, -40, True),  # Greenland
    ],
)
def test_land_is_land_and_sea_is_sea(name, latitude, longitude, is_land):
    assert on_land(name, latitude, longitude) is is_land


@pytest.mark.parametrize(("name", "most"), [("land_fine.txt", 60_000), ("land_coarse.txt", 15_000)])
def test_the_drawing_is_small_and_plain(name, most):
    path = land._FOLDER / name
    assert path.stat().st_size < most
    assert path.read_text(encoding="ascii").endswith("\n")


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(-18.1, 178.4), (1.9, -157.4), (-13.8, -172.2), (4.2, 73.5), (7.1, 171.4)],
    ids=["Fiji", "Kiritimati", "Samoa", "Maldives", "Marshalls"],
)
def test_islands_that_stand_alone_are_kept(latitude, longitude):
    here = (latitude, longitude)
    near = (distance_km(here, (y, x)) for ring in land.rings("coarse") for x, y in ring)
    assert min(near) < 350


# --- laid flat --------------------------------------------------------------------------------


@pytest.mark.parametrize("here", [(34.5, 112.5), (-3.7, -179.9), (78.9, 12), (-54.6, 158.9)])
def test_distances_and_directions_hold_from_the_middle(here):
    frame = Frame(*here, 1600, 480, 330)
    north = (here[0] + 2, here[1])
    (x, y), (nx, ny) = land.pixels(frame, [here, north])
    assert (x, y) == pytest.approx((240, 165))
    assert nx == pytest.approx(240) and ny < 165
    km = hypot(nx - x, ny - y) / frame.pixels_per_km
    assert km == pytest.approx(distance_km(here, north), rel=0.01)


def test_the_date_line_is_no_seam():
    frame = land.frame_around([(-17, 179), (-18, -179)], 480, 330)
    assert abs(frame.longitude) == pytest.approx(180, abs=0.2)
    assert land.holds_all(frame, [(-17, 179), (-18, -179)])


def test_a_frame_grows_until_a_coast_shows():
    inland, coast = (land.frame_around([p], 480, 330) for p in ((43.8, 87.6), (41.9, 12.5)))
    assert inland.km > coast.km == land.WIDTHS[0]


def test_half_a_world_of_points_has_no_frame():
    points = [(0, 0), (0, 90), (0, 180), (0, -90)]
    assert land.frame_around(points, 480, 330) is None
    assert not land.fits_half_a_globe(points, 480, 330)


def test_a_globe_seen_from_the_other_side_is_not_inside_out():
    """East of New Zealand the antipode lies in Spain, so the ring of Eurasia surrounds it."""
    plane = land.Plane(-40, 176, 1.5, globe=True)
    shapes = list(plane.outlines("coarse", 1.5))
    x, y = plane.point(-45, -150)
    assert sum(outlines.contains_point(ring, (x, y)) for ring in shapes) % 2 == 0
    x, y = plane.point(-25, 135)
    assert sum(outlines.contains_point(ring, (x, y)) for ring in shapes) % 2 == 1


def test_the_world_is_of_equal_areas_and_whole():
    def patch(latitude):
        corners = ((0, latitude), (1, latitude), (1, latitude + 1), (0, latitude + 1))
        return outlines.area([equal_earth.projected(*corner) for corner in corners])

    for latitude in (0, 40, 75):
        true = radians(1) * (sin(radians(latitude + 1)) - sin(radians(latitude)))
        assert patch(latitude) == pytest.approx(true, rel=0.001)
    shapes = equal_earth.land(1000, 0.5)
    share = sum(map(outlines.area, shapes)) / outlines.area(equal_earth.edge(1000))
    assert 0.27 < share < 0.31  # of the earth, land is 29 %


# --- sheets -----------------------------------------------------------------------------------

EVERYWHERE = {
    "Longmen": (34.556, 112.472),
    "Rapa Nui": (-27.07, -109.37),
    "Phoenix Islands": (-3.86, -172.65),
    "Svalbard": (78.9, 12),
    "Macquarie": (-54.59, 158.9),
    "north pole": (90, 0),
    "south pole": (-90, 0),
    "date line": (0, 180),
}


@pytest.mark.parametrize("here", EVERYWHERE.values(), ids=EVERYWHERE)
def test_every_place_has_a_small_sheet(here):
    svg = sheets.draw_point(MapPoint(*here))
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    assert (root.get("width"), root.get("height")) == ("480", "330")
    assert len(svg) < 20_000 and "nan" not in svg
    assert "prefers-color-scheme:dark" in svg and svg.count("http") == 1  # its namespace


def test_a_doubtful_place_is_a_ring_as_large_as_the_doubt():
    exact, near, far = (sheets.draw_point(MapPoint(41.9, 12.48, km)) for km in (None, 0.5, 100))
    assert 'fill-opacity=".25"' not in exact
    assert 'r="90"' in near  # the least that can be told from a point
    assert f'r="{round(100 * 480 / 1600 * 10)}"' in far


def test_dots_of_half_a_world_lie_on_all_of_it():
    here, away = ((48.8, 2.3),), ((48.8, 2.3), (-21.1, 55.5), (-17.5, -149.8))
    assert sheets.size_of(here) == (480, 330)
    assert sheets.size_of(away) == (sheets.WORLD_WIDTH, sheets.WORLD_HEIGHT)
    assert f'width="{sheets.WORLD_WIDTH}"' in sheets.draw_places(away)
    assert 'width="480"' in sheets.draw_places(here)


def test_a_thousand_dots_in_one_place_are_one():
    many = sheets.draw_world((("natural", ((10.0, 10.0),) * 1000),))
    one = sheets.draw_world((("natural", ((10.0, 10.0),)),))
    assert abs(len(many) - len(one)) < 10


# --- the maker --------------------------------------------------------------------------------


def topology(path, *rings):
    """Rings of whole degrees, as TopoJSON."""
    arcs = []
    for ring in rings:
        steps = zip([(0, 0), *ring], [*ring, ring[0]], strict=True)
        arcs.append([[x - u, y - v] for (u, v), (x, y) in steps])
    shapes = [{"type": "MultiPolygon", "arcs": [[[n]] for n in range(len(arcs))]}]
    path.write_text(
        json.dumps(
            {
                "arcs": arcs,
                "transform": {"scale": [0.1, 0.1], "translate": [0, 0]},
                "objects": {"land": {"type": "GeometryCollection", "geometries": shapes}},
            }
        )
    )
    return path


CONTINENT = [(0, 0), (300, 0), (300, 300), (150, 301), (0, 300)]
ISLET, ATOLL = [(302, 0), (303, 0), (303, 1)], [(900, 0), (901, 0), (901, 1)]


def test_islets_go_but_an_atoll_stands_for_itself(tmp_path):
    made = maker.make(topology(tmp_path / "land.json", CONTINENT, ISLET, ATOLL))
    found = outlines.decoded(made["land_coarse.txt"], lambda x, y: (x / 10, y / 10))
    assert len(found) == 2
    assert (30.0, 30.0) in found[0] and min(x for x, _y in found[1]) == 90


def test_the_command_writes_and_checks(tmp_path, capsys):
    outlines = topology(tmp_path / "land.json", CONTINENT)
    make_land.main([f"--outlines={outlines}", f"--to={tmp_path}"])
    assert "land_fine.txt: 0 kB" in capsys.readouterr().out
    make_land.main([f"--outlines={outlines}", f"--to={tmp_path}", "--check"])
    topology(outlines, CONTINENT, ATOLL)
    with pytest.raises(CommandError, match=r"land_coarse\.txt, land_fine\.txt$"):
        make_land.main([f"--outlines={outlines}", f"--to={tmp_path}", "--check"])


def test_what_is_no_land_is_refused(tmp_path):
    path = tmp_path / "land.json"
    path.write_text('{"arcs": []}')
    with pytest.raises(CommandError, match=r"Nothing was written\.\nland\.json is not TopoJSON"):
        make_land.main([f"--outlines={path}", f"--to={tmp_path}"])
    assert list(tmp_path.iterdir()) == [path]
