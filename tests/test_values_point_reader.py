"""heritage.values.coordinates: a point in one text, as people write or paste it."""

import pytest

from heritage.values.coordinates import distance_km, from_gcj02, read_point, to_gcj02

GUANLIN = (34.6086, 112.4739)
EXACT = (34.6086111, 112.4738889)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("34.6086, 112.4739", GUANLIN),
        ("34.6086 112.4739", GUANLIN),
        (" (34.6086,112.4739) ", GUANLIN),
        ("34.6086，112.4739", GUANLIN),
        ("lat: 34.6086, lon: 112.4739", GUANLIN),
        ("112.4739, 34.6086", GUANLIN),  # no latitude is 112
        ("34.6086N 112.4739E", GUANLIN),
        ("E112.4739 N34.6086", GUANLIN),
        ("N34.6086E112.4739", GUANLIN),
        ("-34.5 -70.25", (-34.5, -70.25)),
        ("34.5°S, 70.25°W", (-34.5, -70.25)),
        ("34°36'31\"N 112°28'26\"E", EXACT),
        ("34°36′31″N, 112°28′26″E", EXACT),
        ("34 36 31 N 112 28 26 E", EXACT),
        ("北纬34度36分31秒，东经112度28分26秒", EXACT),
        ("北纬34度36分31秒东经112度28分26秒", EXACT),
        ("东经112.4739度 北纬34.6086度", GUANLIN),
        ("北緯34.6086° 東經112.4739°", GUANLIN),
        ("geo:34.6086,112.4739?z=17", GUANLIN),
        ("https://www.google.com/maps/@34.6086,112.4739,17z", GUANLIN),
        ("https://www.google.com/maps/place/X/@34.6,112.4,17z/data=!3d34.6086!4d112.4739", GUANLIN),
        ("https://maps.google.com/?q=34.6086,112.4739", GUANLIN),
        ("https://www.google.com/maps/search/?api=1&query=34.6086%2C112.4739", GUANLIN),
        ("https://www.openstreetmap.org/#map=17/34.6086/112.4739", GUANLIN),
        ("https://www.openstreetmap.org/?mlat=34.6086&mlon=112.4739#map=17/1/2", GUANLIN),
        ("https://maps.apple.com/?ll=34.6086,112.4739&q=x", GUANLIN),
        ("https://www.bing.com/maps?cp=34.6086~112.4739&lvl=17", GUANLIN),
    ],
)
def test_it_is_read(text, point):
    assert read_point(text) == point


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("34.6086", "cannot be read as a point"),
        ("Luoyang", "cannot be read as a point"),
        ("34.6, 112.4, 5.0", "cannot be read as a point"),
        ("34.6N 112.4N", "cannot be read as a point"),
        ("134.6, 112.4", "cannot be read as a point"),
        ("1 2 3", "cannot be read as a point"),
        ("https://example.org/luoyang", "has no point in it"),
        ("https://uri.amap.com/marker?position=112.4739,34.6086", "Tick"),
        ("https://api.map.baidu.com/marker?location=34.6,112.4", "Baidu"),
    ],
)
def test_what_is_none_is_refused_in_words(text, message):
    with pytest.raises(ValueError, match=message):
        read_point(text)


def test_points_of_a_chinese_map_are_put_right():
    # Tiananmen, as it stands in both.
    assert from_gcj02(39.908722, 116.397499) == pytest.approx((39.907319, 116.391257), abs=3e-5)
    link = "https://uri.amap.com/marker?position=112.4739,34.6086"
    point = read_point(link, is_gcj02=True)
    assert 0.3 < distance_km(point, GUANLIN) < 0.8
    assert to_gcj02(*point) == pytest.approx(GUANLIN, abs=1e-5)
    assert read_point("48.8584, 2.2945", is_gcj02=True) == (48.8584, 2.2945)  # not in China
