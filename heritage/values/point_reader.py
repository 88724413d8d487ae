"""Parses a point as people write or paste it: two coordinates in one text, or the link of a map.

Decimal degrees, degrees with minutes and seconds, letters, Chinese words, `geo:` URIs, links of
map services. Which of two numbers is the latitude is never guessed: the first is, unless
letters say otherwise or it is out of range.
"""

import math
import re
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from heritage.values import coordinates
from heritage.values.coordinates import Point

LONGEST = 2_000  # characters of a link
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
# How the links of map services write a point, and whether the longitude comes first.
_LINKS = (
    (rf"!3d({_NUMBER})!4d({_NUMBER})", False),  # the marked place, before the middle of the map
    (rf"[?&]mlat=({_NUMBER})&mlon=({_NUMBER})", False),
    (
        rf"[?&](?:q|query|ll|sll|daddr|destination|center)=(?:loc:)?({_NUMBER}),\+?({_NUMBER})",
        False,
    ),
    (rf"@({_NUMBER}),({_NUMBER})", False),
    (rf"#map=[\d.]+/({_NUMBER})/({_NUMBER})", False),
    (rf"[?&]cp=({_NUMBER})~({_NUMBER})", False),
    (rf"(?:coord|marker=coord):({_NUMBER}),({_NUMBER})", False),
    (rf"[?&](?:position|lnglat|dest|from)=({_NUMBER}),({_NUMBER})", True),
)
_GCJ02_LINK = re.compile(r"//[\w.-]*\b(?:amap|autonavi|gaode)\.com|//[\w.-]*\bmap\.qq\.com")
_BAIDU_LINK = re.compile(r"//[\w.-]*\bbaidu\.com")
_LABELS = re.compile(r"(?:latitude|longitude|lat|lon|lng|long)\b\s*[:=]?|坐标[::]?", re.IGNORECASE)
_SPACED = re.compile(
    r"(\d{1,3})[\s:]+(\d{1,2})[\s:]+(\d{1,2}(?:\.\d+)?)(?=\s*(?:[NSEW,;]|$))", re.I
)
_BETWEEN = re.compile(
    r"[,;/|\s]+|(?<=[NSEW])(?=\d)|(?=[NSEW北南东東西])|(?<=[NSEW度分秒'\"°])", re.I
)
_LATITUDE, _LONGITUDE = re.compile("[NS北南]", re.I), re.compile("[EW东東西]", re.I)


def read_point(text: str, is_gcj02: bool = False) -> Point:
    """Latitude and longitude in WGS 84; ValueError, saying what to write, if there are none.

    `is_gcj02`: the text comes from a Chinese map, whose coordinates are shifted.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    if "//" in plain or plain.startswith("geo:"):
        latitude, longitude = _of_link(plain, is_gcj02)
    else:
        latitude, longitude = _of_words(plain)
    point = coordinates.validate_latitude(latitude), coordinates.validate_longitude(longitude)
    return from_gcj02(*point) if is_gcj02 else point


def _of_link(text: str, is_gcj02: bool) -> Point:
    if _BAIDU_LINK.search(text):
        raise ValueError(
            _(
                "Baidu's maps shift their points in a way of their own. Take the point from "
                "another map."
            )
        )
    if _GCJ02_LINK.search(text) and not is_gcj02:
        raise ValueError(
            _(
                "This map shifts its points (GCJ-02). Tick “From a Chinese map”, and they are "
                "put right."
            )
        )
    geo = re.match(rf"geo:({_NUMBER}),({_NUMBER})", text)
    if geo:
        return float(geo[1]), float(geo[2])
    link = text.replace("%2C", ",").replace("%2c", ",").replace("%3A", ":")
    for shape, is_longitude_first in _LINKS:
        if found := re.search(shape, link):
            first, second = float(found[1]), float(found[2])
            return (second, first) if is_longitude_first else (first, second)
    raise ValueError(
        _("This link has no point in it. Open the place in the map, then copy its full address.")
    )


def _of_words(text: str) -> Point:
    plain = _LABELS.sub(" ", text.translate(coordinates.SAME_SIGNS)).strip(" ()[],;")
    plain = _SPACED.sub(r"\1°\2'\3" + '"', plain)
    found = {pair for pair in _pairs(plain) if pair is not None}
    if len(found) != 1:
        raise ValueError(
            _(
                "“%(value)s” cannot be read as a point. Write latitude and longitude, such as "
                "34.6086, 112.4739 or 34°36′31″N 112°28′26″E."
            )
            % {"value": text[:60]}
        )
    return found.pop()


def _pairs(text: str) -> Iterator[Point | None]:
    """The points that a text may mean, by each place where it can be parted."""
    places = {(match.start(), match.end()) for match in _BETWEEN.finditer(text)}
    for start, end in places:
        parts = text[:start].strip(" ,;"), text[end:].strip(" ,;")
        if all(parts):
            yield _pair(*parts)


def _pair(one: str, other: str) -> Point | None:
    try:
        is_turned = _LONGITUDE.search(one) or _LATITUDE.search(other)
        is_told = _LATITUDE.search(one) or _LONGITUDE.search(other)
        if is_turned or (not is_told and _is_beyond(one)):
            one, other = other, one
        return coordinates.read_latitude(one), coordinates.read_longitude(other)
    except ValueError:
        return None


def _is_beyond(text: str) -> bool:
    """Whether a number is no latitude: then it is the longitude."""
    number = re.match(r"[-+]?(\d{1,3})", text)
    return number is not None and int(number[1]) > 90


# --- GCJ-02 ----------------------------------------------------------------------------------

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # of Krasovsky's ellipsoid
_CHINA = (0.8293, 55.8271, 72.004, 137.8347)  # where points are shifted: south, north, west, east


def from_gcj02(latitude: float, longitude: float) -> Point:
    """The WGS 84 point of one in GCJ-02, to about a centimetre; outside China it is unchanged."""
    south, north, west, east = _CHINA
    if not (south <= latitude <= north and west <= longitude <= east):
        return latitude, longitude
    true = latitude, longitude
    for _step in range(10):
        shifted = to_gcj02(*true)
        true = true[0] + latitude - shifted[0], true[1] + longitude - shifted[1]
    return round(true[0], 6), round(true[1], 6)


def to_gcj02(latitude: float, longitude: float) -> Point:
    x, y = longitude - 105, latitude - 35
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    north += _waves(x, (6, 20), (2, 20)) + _waves(y, (1, 20), (1 / 3, 40))
    north += _waves(y, (1 / 12, 160), (1 / 30, 320))
    east += _waves(x, (6, 20), (2, 20)) + _waves(x, (1, 20), (1 / 3, 40))
    east += _waves(x, (1 / 12, 150), (1 / 30, 300))
    angle = math.radians(latitude)
    root = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    metres_north = _AXIS * (1 - _ECCENTRICITY) / (root * math.sqrt(root)) * math.pi / 180
    metres_east = _AXIS / math.sqrt(root) * math.cos(angle) * math.pi / 180
    return latitude + north / metres_north, longitude + east / metres_east


def _waves(value: float, *waves: tuple[float, float]) -> float:
    return sum(height * math.sin(value * times * math.pi) for times, height in waves) * 2 / 3
