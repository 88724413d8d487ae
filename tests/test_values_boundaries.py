"""Boundaries as they are pasted: what is read, what is refused and why, how large they are."""

import json

import pytest

from heritage.values.coordinates import area_ha, bounds, check_boundary, count_points, read_boundary

SQUARE = [[112.0, 34.0], [112.01, 34.0], [112.01, 34.01], [112.0, 34.01], [112.0, 34.0]]
HOLE = [[112.002, 34.002], [112.002, 34.004], [112.004, 34.004], [112.002, 34.002]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
EAST = [[longitude + 1, latitude] for longitude, latitude in SQUARE]


def polygon(*rings):
    return json.dumps({"type": "Polygon", "coordinates": rings})


def feature(geometry):
    return {"type": "Feature", "properties": {"name": "x"}, "geometry": geometry}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(POLYGON),
        json.dumps(feature(POLYGON)),
        json.dumps({"type": "FeatureCollection", "features": [feature(POLYGON)]}),
        json.dumps({"type": "GeometryCollection", "geometries": [{"type": "Point"}, POLYGON]}),
        "34, 112\n34, 112.01\n\n34.01, 112.01\n34.01, 112",
        "34, 112\n34, 112.01\n34.01, 112.01\n34.01, 112\n34, 112\n",
        "34°N 112°E\n34°N 112.01°E\n北纬34.01度，东经112.01度\n34.01N, 112E",
    ],
)
def test_it_is_read_in_whatever_form_it_comes(text):
    assert read_boundary(text) == POLYGON


def test_nothing_is_no_boundary_and_several_are_one_of_several_parts():
    assert read_boundary(" \n") is None
    both = [feature(POLYGON), feature({"type": "MultiPolygon", "coordinates": [[EAST]]})]
    found = read_boundary(json.dumps({"type": "FeatureCollection", "features": both}))
    assert found == {"type": "MultiPolygon", "coordinates": [[SQUARE], [EAST]]}
    assert count_points(found) == 8 and bounds(found) == (34.0, 112.0, 34.01, 113.01)


def test_what_is_stored_is_read_as_it_is():
    high = {"type": "Polygon", "coordinates": [[[*point, 120] for point in SQUARE]], "bbox": []}
    assert read_boundary(json.dumps(high)) == high


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Polygon",\n "coordinates": [[[1, 2]', "line 2, column 25"),
        ("[1, 2]", "Polygon or MultiPolygon"),
        ('{"type": "Point", "coordinates": [1, 2]}', "This is: Point."),
        (json.dumps(feature({"type": "LineString", "coordinates": []})), "This is: Feature."),
        (json.dumps(feature(None)), "This is: Feature."),
        ('{"type": "Polygon"}', "no rings of points"),
        (
            '{"type": "Polygon", "coordinates": [[1, 2], [3, 4]]}',
            "point 1 is no pair of numbers: 1",
        ),
        ('{"type": "Polygon", "coordinates": "112"}', "no rings of points"),
        ('{"type": "MultiPolygon", "coordinates": [1]}', "no rings of points"),
        ('{"type": "Polygon", "coordinates": []}', "between 4 and"),
        (polygon([*SQUARE[:2], ["112", 34], *SQUARE[3:]]), 'point 3 is no pair of numbers: ["112"'),
        (polygon([*SQUARE[:2], [True, 34], *SQUARE[3:]]), "point 3 is no pair of numbers"),
        (polygon([[y, x] for x, y in SQUARE]), "point 1, [34.0, 112.0], lies outside the globe"),
        (polygon(SQUARE[:3]), "at least four points, of which the last is the first; here are 3"),
        (polygon(SQUARE[:4]), "the last point, [112.0, 34.01], is not the first, [112.0, 34.0]"),
        (polygon(SQUARE, HOLE[:3]), "Ring 2: a ring has at least four points"),
        (
            json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE], [EAST[:4]]]}),
            "Part 2, ring 1: the last point",
        ),
        (
            polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]),
            "the line from point 1 to 2 crosses that from point 3 to 4",
        ),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]]), "enclose nothing"),
        ("34, 112\n34, 113", "at least three points; 2 are given"),
        ("34, 112\nsomewhere\n34, 113", "Line 2: “somewhere”"),
        ("34, 112\n34, 113\n95, 113.5", "Line 3: "),
        (
            json.dumps(POLYGON | {"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}}),
            "EPSG::4547",
        ),
        ("[" * 100_000, ""),
        # What Python reads and no database stores, and what is not what its place asks for.
        ('{"type": "Polygon", "bbox": [NaN], "coordinates": []}', "cannot be stored"),
        (polygon([*SQUARE[:2], [112, 34, float("inf")], *SQUARE[3:]]), "cannot be stored"),
        ('{"type": "Polygon", "coordinates": [[[1e999, 1]]]}', "cannot be stored"),
        (json.dumps(POLYGON | {"bbox": ["\0"]}), "cannot be stored"),
        (json.dumps({"type": "Polygon\ud800"}), "cannot be stored"),
        (json.dumps(POLYGON | {"bbox": 0}).replace("0}", "9" * 5_000 + "}"), "cannot be stored"),
        (polygon([*SQUARE[:2], [112, 34, "high"], *SQUARE[3:]]), "point 3 is no pair of numbers"),
        ('{"type": "FeatureCollection", "features": 5}', "This is: FeatureCollection."),
        ('{"type": ["Polygon"]}', "Polygon or MultiPolygon"),
        (
            json.dumps(
                {
                    "type": "GeometryCollection",
                    "geometries": [POLYGON, {"type": "MultiPolygon", "coordinates": 5}],
                }
            ),
            "no rings of points",
        ),
        (json.dumps({"type": "MultiPolygon", "coordinates": [[], [SQUARE]]}), "between 4 and"),
        ("1, 1\n" * 20_002 + "nowhere", "between 4 and"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text, said):
    with pytest.raises(ValueError) as refusal:
        read_boundary(text)
    assert said in str(refusal.value)


def test_one_that_names_wgs_84_is_read():
    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read_boundary(json.dumps(POLYGON | {"crs": system}))["coordinates"] == [SQUARE]


def test_its_area_is_that_on_a_globe():
    # 0.01° by 0.01° at 34° north: 1.1119 km by 0.9219 km.
    assert area_ha(POLYGON) == pytest.approx(102.5, rel=1e-3)
    pierced = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
    assert area_ha(POLYGON) - area_ha(pierced) == pytest.approx(102.5 * 0.02, rel=1e-3)
    both = {"type": "MultiPolygon", "coordinates": [[SQUARE], [EAST]]}
    assert area_ha(both) == pytest.approx(2 * area_ha(POLYGON))
    octant = [[0, 0], [90, 0], [90, 90], [0, 90], [0, 0]]
    globe = 4 * 3.141592653589793 * 6371.0088**2 * 100
    assert area_ha({"type": "Polygon", "coordinates": [octant]}) == pytest.approx(globe / 8)


def test_a_large_one_is_checked_at_once():
    import math

    ring = [[math.cos(n / 3_000) * 5, math.sin(n / 3_000) * 5] for n in range(18_000)]
    check_boundary({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
