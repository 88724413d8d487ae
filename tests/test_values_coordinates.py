"""heritage.values.coordinates: points judged, blurred, measured, printed."""

import random
from decimal import Decimal

import pytest
from django.utils.translation import get_language, override

from heritage.values import coordinates
from heritage.values.coordinates import (
    distance_km,
    format_point,
    snap,
    validate_latitude,
    validate_longitude,
)

LONGMEN = (34.5556, 112.4722)


@pytest.mark.parametrize(
    ("value", "degrees"),
    [(34.5, 34.5), (90, 90.0), (-90, -90.0), ("34.5", 34.5), (Decimal("1.25"), 1.25), (-0.0, 0.0)],
)
def test_a_good_coordinate_passes(value, degrees):
    assert validate_latitude(value) == degrees
    assert str(validate_longitude(value)) == str(degrees)


@pytest.mark.parametrize(
    ("validate", "value", "complaint"),
    [
        (validate_latitude, 91, "Latitude must lie between -90 and 90; 91 does not."),
        (validate_latitude, "-90.001", "Latitude must lie between -90 and 90; -90.001 does not."),
        (validate_longitude, 180.5, "Longitude must lie between -180 and 180; 180.5 does not."),
        (validate_latitude, "north", "Latitude must be a number of degrees; “north” is not."),
        (validate_longitude, None, "Longitude must be a number of degrees; “None” is not."),
        (validate_longitude, "", "Longitude must be a number of degrees; “” is not."),
        (validate_latitude, float("nan"), "Latitude must be a number of degrees; “nan” is not."),
        (validate_latitude, "inf", "Latitude must be a number of degrees; “inf” is not."),
        (validate_latitude, True, "Latitude must be a number of degrees; “True” is not."),
        (validate_latitude, [1], "Latitude must be a number of degrees; “[1]” is not."),
    ],
)
def test_a_bad_coordinate_is_refused_by_name(validate, value, complaint):
    with pytest.raises(ValueError) as refusal:
        validate(value)
    assert str(refusal.value) == complaint


# --- snap --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "grid_km", "public"),
    [
        (LONGMEN, 10, (34.543, 112.466)),
        (LONGMEN, 1, (34.5521, 112.4693)),
        ((0, 0), 10, (0.0, 0.0)),
        ((90, 0), 10, (89.955, 0.0)),
        ((-90, 0), 10, (-89.955, 0.0)),
        (LONGMEN, 50_000, (0.0, 0.0)),
    ],
)
def test_snapping(point, grid_km, public):
    assert snap(*point, grid_km) == public


def test_points_of_a_cell_share_one_public_point():
    public = snap(*LONGMEN, 10)
    nearby = [(LONGMEN[0] + a / 100, LONGMEN[1] + b / 100) for a in range(3) for b in range(3)]
    assert {snap(*point, 10) for point in nearby} == {public}
    assert public not in nearby


@pytest.mark.parametrize("longitude", [180, -180])
@pytest.mark.parametrize("latitude", [-90, -45, 0, 45, 90])
def test_the_date_line_is_one_line(latitude, longitude):
    assert snap(latitude, longitude, 10) == snap(latitude, -longitude, 10)


@pytest.mark.parametrize("grid_km", [0.05, 1, 2.5, 10, 50, 500])
def test_the_public_point_is_near_valid_and_its_own(grid_km):
    rng = random.Random(7)
    for _ in range(500):
        point = (rng.uniform(-90, 90), rng.uniform(-180, 180))
        public = snap(*point, grid_km)
        assert validate_latitude(public[0]) == public[0]
        assert validate_longitude(public[1]) == public[1]
        assert snap(*public, grid_km) == public  # what was published tells nothing when sent back
        assert distance_km(point, public) < grid_km * 1.5


def test_cells_are_about_as_large_as_asked():
    # A walk of 1,000 km along a parallel crosses about 100 cells of 10 km, wherever it is.
    for latitude in (0, 34.5, 60, 75):
        step = distance_km((latitude, 0), (latitude, 0.001))
        walk = [snap(latitude, 0.001 * i, 10) for i in range(int(1000 / step))]
        assert 90 <= len(set(walk)) <= 101


@pytest.mark.parametrize("grid_km", [0, -1, float("nan"), float("inf")])
def test_a_grid_must_have_a_size(grid_km):
    with pytest.raises(ValueError, match="positive number of kilometres"):
        snap(*LONGMEN, grid_km)


# --- distance_km -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (LONGMEN, LONGMEN, 0),
        ((0, 0), (0, 1), 111.195),
        ((0, 179.5), (0, -179.5), 111.195),
        ((90, 0), (90, 120), 0),
        ((0, 0), (0, 180), 20015.115),
        ((12.3, 45.6), (-12.3, -134.4), 20015.115),  # antipodes
        ((39.9042, 116.4074), (31.2304, 121.4737), 1067.3),  # Beijing to Shanghai
    ],
)
def test_distance(a, b, km):
    assert distance_km(a, b) == pytest.approx(km, abs=0.1)
    assert distance_km(b, a) == distance_km(a, b)


# --- format_point ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "accuracy_m", "printed"),
    [
        (LONGMEN, None, "34.556° N, 112.472° E"),
        (LONGMEN, 0, "34.55560° N, 112.47220° E"),
        (LONGMEN, 1, "34.55560° N, 112.47220° E"),
        (LONGMEN, 10, "34.5556° N, 112.4722° E"),
        (LONGMEN, 100, "34.556° N, 112.472° E"),
        (LONGMEN, 2000, "34.56° N, 112.47° E"),
        (LONGMEN, 5000, "34.6° N, 112.5° E"),
        (LONGMEN, 100_000, "35° N, 112° E"),
        (LONGMEN, 1e9, "35° N, 112° E"),
        ((-13.1631, -72.545), 100, "13.163° S, 72.545° W"),
        ((-0.0001, -0.0001), 2000, "0.00° N, 0.00° E"),
        ((90, 180), None, "90.000° N, 180.000° E"),
    ],
)
def test_a_point_is_printed_as_finely_as_it_is_known(point, accuracy_m, printed):
    assert format_point(*point, accuracy_m, "en") == printed


def test_numbers_are_written_as_in_the_language():
    assert format_point(*LONGMEN, None, "fr") == "34,556° N, 112,472° E"


def test_a_point_is_printed_in_the_language_asked_for(monkeypatch):
    monkeypatch.setattr(coordinates, "_", lambda message: f"{get_language()} {message}")
    with override("en"):
        assert format_point(*LONGMEN, None, "zh-hans").startswith("zh-hans ")
        assert format_point(*LONGMEN).startswith("en ")
        assert get_language() == "en"
