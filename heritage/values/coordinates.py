"""Points and boundaries in WGS 84: read, validated, blurred, measured, formatted.

A point is (latitude, longitude) in degrees, north and east positive. `read_point()` reads one as
people write or paste it: decimal degrees, degrees with minutes and seconds, letters, Chinese words,
`geo:` URIs, links of map services. Which of two numbers is the latitude is never guessed: the first
is, unless letters say otherwise or it is out of range. A boundary is GeoJSON (RFC 7946).
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice, pairwise
from math import asin, ceil, cos, floor, isfinite, log10, pi, radians, sin, sqrt
from typing import Any

import numpy as np
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, override, pgettext
from django.utils.translation import gettext as _

from heritage.values.language import LazyText, join_sentences

Point = tuple[float, float]

# Translated for errors alone: a file has many points.
_LATITUDE, _LONGITUDE = gettext_lazy("Latitude"), gettext_lazy("Longitude")

EARTH_RADIUS_KM = 6371.0088  # the mean radius, IUGG
# Signs that look alike: minus, minutes, seconds, degrees.
SAME_SIGNS = str.maketrans(
    dict.fromkeys("−–", "-")
    | dict.fromkeys("‘’′", "'")
    | dict.fromkeys("º˚", "°")
    | dict.fromkeys("“”″", '"')
)

KM_PER_DEGREE = EARTH_RADIUS_KM * pi / 180  # of latitude, and of longitude on the equator


def validate_latitude(value: object) -> float:
    """The latitude given by a form or file; ValueError, naming the field, if it is invalid."""
    return _validate(value, _LATITUDE, 90)


def validate_longitude(value: object) -> float:
    """The longitude given by a form or file; ValueError, naming the field, if it is invalid."""
    return _validate(value, _LONGITUDE, 180)


def read_latitude(text: str) -> float:
    """The latitude in a text; ValueError, saying what to write, if it cannot be read."""
    return validate_latitude(_degrees(text, "NS北南", _LATITUDE))


def read_longitude(text: str) -> float:
    """The longitude in a text; ValueError, saying what to write, if it cannot be read."""
    return validate_longitude(_degrees(text, "EW东東西", _LONGITUDE))


# A sign or a hemisphere, degrees, minutes, seconds, a hemisphere: 34°36′31″N, 北纬34度36分31秒.
_DEGREES = re.compile(
    r"(?P<before>[NSEW北南东東西])?[纬緯经經]?\s*(?P<sign>[-+])?\s*(?P<degrees>\d{1,3}(?:\.\d*)?)\s*"
    r"(?:[°º度]\s*(?:(?P<minutes>\d{1,2}(?:\.\d*)?)\s*['分]\s*"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d*)?)\s*(?:\"|''|秒)\s*)?)?)?(?P<after>[NSEW])?",
    re.IGNORECASE,
)


def _degrees(text: str, hemispheres: str, field: LazyText) -> float:
    text = unicodedata.normalize("NFKC", text.translate(SAME_SIGNS)).strip()
    names = {"field": field, "value": text[:40]}
    pair = [part.strip() for part in re.split(r"[,;\s]+", text) if part.strip()]
    if len(pair) == 2 and all(_DEGREES.fullmatch(part) for part in pair):
        raise ValueError(
            _("“%(value)s” is a pair of numbers. Write latitude and longitude in their own fields.")
            % names
        )
    found = _DEGREES.fullmatch(text)
    hemisphere = found and (found["before"] or found["after"] or "").upper()
    if not found or (found["before"] and found["after"]) or (hemisphere and found["sign"]):
        raise ValueError(
            _("%(field)s: “%(value)s” cannot be read. Write degrees such as 34.6086 or 34°36′31″.")
            % names
        )
    if hemisphere and hemisphere not in hemispheres:
        raise ValueError(_("“%(value)s” is the other coordinate: this is the %(field)s.") % names)
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError(_("Minutes and seconds of “%(value)s” must be less than 60.") % names)
    degrees = float(found["degrees"])
    if minutes or seconds:  # what is written as degrees alone is kept as it is
        degrees = round(degrees + minutes / 60 + seconds / 3600, 7)
    return -degrees if found["sign"] == "-" or hemisphere in ("S", "W", "南", "西") else degrees


def _validate(value: object, field: LazyText, limit: int) -> float:
    names = {"field": field, "limit": limit, "value": str(value)[:40]}
    try:
        degrees = float(value)  # type: ignore[arg-type]  # checked below
    except (TypeError, ValueError, OverflowError):
        degrees = float("nan")
    if isinstance(value, bool) or not isfinite(degrees):
        raise ValueError(_("%(field)s must be a number of degrees; “%(value)s” is not.") % names)
    if abs(degrees) > limit:
        names["value"] = repr(degrees).removesuffix(".0")
        raise ValueError(
            _("%(field)s must lie between -%(limit)s and %(limit)s; %(value)s does not.") % names
        )
    return degrees + 0.0  # no -0.0


def snap(latitude: float, longitude: float, grid_km: float) -> Point:
    """The centre of the grid cell of a point: what the public sees of a blurred record.

    A cell measures `grid_km` or a little more each way. The grid is fixed, so all points of a cell
    give the same centre, and no number of requests or edits reveals more than the cell; a random
    shift could be averaged away. Rows have equal height in degrees; each is cut into whole columns,
    fewer towards the poles. ValueError if `grid_km` is not positive.
    """
    if not (isfinite(grid_km) and grid_km > 0):
        raise ValueError(_("The grid must be a positive number of kilometres."))
    rows, row = _cell(latitude + 90, 180, grid_km / KM_PER_DEGREE)
    centre = (row + 0.5) * 180 / rows - 90
    # 180° E is 180° W: as an offset of 360 it is the first column, not one past the last.
    width = grid_km / (KM_PER_DEGREE * cos(radians(centre)))
    columns, column = _cell((longitude + 180) % 360, 360, width)
    # Digits enough to stay well within the cell, and no more: they would claim what is not known.
    decimals = max(0, ceil(-log10(180 / rows))) + 1
    east = (column + 0.5) * 360 / columns - 180
    return round(centre, decimals) + 0.0, round(east, decimals) + 0.0  # no -0.0


def _cell(offset: float, span: float, step: float) -> tuple[int, int]:
    """Into how many cells of at least `step` a span falls, and in which of them an offset lies."""
    cells = max(1, floor(span / step))
    return cells, min(int(offset * cells / span), cells - 1)


def distance_km(a: Point, b: Point) -> float:
    """The great-circle distance of two points in km (haversine; within 0.5 % on the globe)."""
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(p[0]), radians(p[1])) for p in (a, b))
    h = sin((lat_b - lat_a) / 2) ** 2
    h += cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1, sqrt(h)))  # rounding can pass 1 at the antipodes


def distances_km(here: Point, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """The distances in km from one point to many."""
    points = np.array([here[0]]), np.array([here[1]])
    return pair_distances_km(points, (latitudes, longitudes))


def pair_distances_km(
    ones: tuple[np.ndarray, np.ndarray], others: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """The distances in km of many pairs of points: each of `ones` and of `others` has latitudes and
    longitudes."""
    (lat, lon), (lat2, lon2) = (
        (np.radians(each[0]), np.radians(each[1])) for each in (ones, others)
    )
    h = np.sin((lat2 - lat) / 2) ** 2
    h += np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1, np.sqrt(h)))


def point_text(latitude: float | None, longitude: float | None) -> str:
    """A point as people edit it, empty without one: "34.5562, 112.4724"."""
    return "" if latitude is None or longitude is None else f"{latitude:.7g}, {longitude:.7g}"


def format_point(
    latitude: float,
    longitude: float,
    accuracy_m: float | None = None,
    language: str | None = None,
) -> str:
    """A point in `language` (None: the active one): "34.556° N, 112.472° E".

    The accuracy in metres decides the number of decimals: 5 for 1 m, 2 for 2 km, 3 if it is
    unknown.
    """
    decimals = _decimals(accuracy_m)
    lat, lon = round(latitude, decimals), round(longitude, decimals)
    with override(language or get_language()):
        north_south = _("%(degrees)s° N") if lat >= 0 else _("%(degrees)s° S")
        east_west = _("%(degrees)s° E") if lon >= 0 else _("%(degrees)s° W")
        return _("%(latitude)s, %(longitude)s") % {
            "latitude": north_south % {"degrees": number_format(abs(lat), decimals)},
            "longitude": east_west % {"degrees": number_format(abs(lon), decimals)},
        }


def _decimals(accuracy_m: float | None) -> int:
    """How many decimals of a degree come nearest to an accuracy."""
    if accuracy_m is None:
        return 3
    degrees = max(accuracy_m, 1) / (1000 * KM_PER_DEGREE)
    return max(0, round(-log10(degrees)))


def distance_phrase(km: float) -> str:
    """ "800 m", "1.4 km", "12 km"."""
    if km < 0.95:
        metres = max(10, round(km * 1000, -2 if km >= 0.1 else -1))
        return pgettext("distance", "%(number)s m") % {"number": number_format(metres, 0)}
    decimals = 1 if km < 10 and round(km, 1) != round(km) else 0
    return pgettext("distance", "%(number)s km") % {
        "number": number_format(round(km, decimals), decimals)
    }


def area_phrase(hectares: Decimal | None) -> str:
    if not hectares:
        return ""
    number = number_format(hectares.normalize(), force_grouping=True)
    return pgettext("area", "%(hectares)s ha") % {"hectares": number}


# --- a point in one text ---------------------------------------------------------------------

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
_OF_LATITUDE, _OF_LONGITUDE = re.compile("[NS北南]", re.I), re.compile("[EW东東西]", re.I)


def read_point(text: str, is_gcj02: bool = False) -> Point:
    """Latitude and longitude in WGS 84; ValueError, saying what to write, if there are none.

    `is_gcj02`: the text comes from a Chinese map, whose coordinates are shifted.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    if "//" in plain or plain.startswith("geo:"):
        latitude, longitude = _of_link(plain, is_gcj02)
    else:
        latitude, longitude = _of_words(plain)
    point = validate_latitude(latitude), validate_longitude(longitude)
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
    plain = _LABELS.sub(" ", text.translate(SAME_SIGNS)).strip(" ()[],;")
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
        is_turned = _OF_LONGITUDE.search(one) or _OF_LATITUDE.search(other)
        is_named = _OF_LATITUDE.search(one) or _OF_LONGITUDE.search(other)
        if is_turned or (not is_named and _is_beyond(one)):
            one, other = other, one
        return read_latitude(one), read_longitude(other)
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


# --- boundaries in GeoJSON -------------------------------------------------------------------

# Far more than an outline needs; a larger one would make every page that draws it heavy.
MAX_POSITIONS = 20_000
COMPARED = 500  # points of a ring whose lines are compared with each other: it takes their square

_TYPES = ("Polygon", "MultiPolygon")
_WGS84 = ("CRS84", "4326", "WGS84", "WGS 84")
_LISTS = (list, tuple)

Ring = list[Any]


def read_boundary(text: str) -> dict[str, Any] | None:
    """Parses a pasted boundary: GeoJSON, also within features, or one point on each line.

    None for an empty text; ValueError, saying what is wrong and where, for an invalid one.
    """
    if not text.strip():
        return None
    value = _of_json(text) if text.lstrip()[0] in "{[" else _of_lines(text)
    check_boundary(value)
    return value


def check_boundary(value: object) -> None:
    """Raise ValueError unless `value` is None or a GeoJSON Polygon or MultiPolygon in WGS 84."""
    if value is None:
        return
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or kind not in _TYPES:
        message = _("A boundary is a GeoJSON geometry of type Polygon or MultiPolygon.")
        is_named = isinstance(kind, str) and kind
        found = _("This is: %(type)s.") % {"type": kind} if is_named else ""
        raise ValueError(join_sentences([message, found]))
    polygons = [value.get("coordinates")] if kind == "Polygon" else value.get("coordinates")
    if not isinstance(polygons, _LISTS) or not all(isinstance(each, _LISTS) for each in polygons):
        raise ValueError(_("The coordinates of the boundary are no rings of points."))
    rings = [ring for polygon in polygons for ring in polygon]
    if not all(isinstance(ring, _LISTS) for ring in rings):
        raise ValueError(_("The coordinates of the boundary are no rings of points."))
    if not rings or not all(polygons) or sum(map(len, rings)) > MAX_POSITIONS:
        raise ValueError(
            _("A boundary has between 4 and %(most)s points.") % {"most": MAX_POSITIONS}
        )
    for part, polygon in enumerate(polygons, 1):
        for number, ring in enumerate(polygon, 1):
            if fault := next(_faults(ring), ""):
                where = _where(part, len(polygons), number, len(polygon))
                raise ValueError(f"{where}: {fault}" if where else fault)


def area_ha(value: dict[str, Any]) -> float:
    """The area of a boundary on the globe in hectares, without its holes."""
    found = 0.0
    for outer, *inner in _polygons(value):
        found += _enclosed_ha(outer) - sum(map(_enclosed_ha, inner))
    return found


def bounds(value: dict[str, Any]) -> tuple[float, float, float, float]:
    """The bounding box: south, west, north, east."""
    points = [point for polygon in _polygons(value) for ring in polygon for point in ring]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(latitudes), min(longitudes), max(latitudes), max(longitudes)


def count_points(value: dict[str, Any]) -> int:
    """The number of corners; the last point of a ring, which is its first, is not counted twice."""
    return sum(len(ring) - 1 for polygon in _polygons(value) for ring in polygon)


def _polygons(value: dict[str, Any]) -> list[list[Ring]]:
    found: list[list[Ring]] = value["coordinates"]
    return found if value["type"] == "MultiPolygon" else [value["coordinates"]]


# --- reading a boundary ----------------------------------------------------------------------


def _of_json(text: str) -> Any:
    try:
        value = json.loads(text)
        _refuse_what_is_not_stored(value)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        message = (
            _("This is no GeoJSON: it breaks off at line %(line)s, column %(column)s.") % place
        )
        raise ValueError(message) from error
    except RecursionError as error:
        raise ValueError(_("The coordinates of the boundary are no rings of points.")) from error
    except ValueError as error:
        message = _("It holds a number or a character that cannot be stored.")
        raise ValueError(message) from error
    if not isinstance(value, dict):
        return value
    _refuse_other_systems(value)
    if value.get("type") in _TYPES:
        return value
    found = [each for each in _geometries(value) if each.get("type") in _TYPES]
    if not found:
        return value
    if len(found) == 1:
        return found[0]
    parts: list[Any] = []
    for each in found:
        coordinates: Any = each.get("coordinates")
        if each["type"] == "MultiPolygon" and isinstance(coordinates, list):
            parts += coordinates
        else:
            parts.append(coordinates)
    return {"type": "MultiPolygon", "coordinates": parts}


def _refuse_what_is_not_stored(value: object) -> None:
    """JSON as Python reads it may hold NaN, infinite numbers, halves of characters and U+0000."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode()
    if "\\u0000" in text:
        raise ValueError


def _geometries(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of a feature, of a collection of features or of one of geometries."""
    inner = {"Feature": [value.get("geometry")], "FeatureCollection": value.get("features")}
    inner["GeometryCollection"] = value.get("geometries")
    listed = inner.get(str(value.get("type")))
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            yield each
            if each.get("type") == "Feature" and isinstance(each.get("geometry"), dict):
                yield each["geometry"]


def _refuse_other_systems(value: dict[str, Any]) -> None:
    """GeoJSON of before 2016 could name one."""
    system = value.get("crs")
    if system and not any(name in json.dumps(system) for name in _WGS84):
        raise ValueError(
            _("These coordinates are in another system (%(name)s); a boundary is in WGS 84.")
            % {"name": json.dumps(system, ensure_ascii=False)[:120]}
        )


def _of_lines(text: str) -> dict[str, Any]:
    ring: Ring = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(ring) > MAX_POSITIONS:
            break  # refused, however many follow
        if not line.strip():
            continue
        try:
            latitude, longitude = read_point(line)
        except ValueError as error:
            message = _("Line %(number)s: %(fault)s") % {"number": number, "fault": error}
            raise ValueError(message) from error
        ring.append([longitude, latitude])
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(ring) < 3:
        message = _("A boundary has at least three points; %(count)s are given.")
        raise ValueError(message % {"count": len(ring)})
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


# --- checking a boundary ---------------------------------------------------------------------


def _where(part: int, parts: int, ring: int, rings: int) -> str:
    """Which ring it is; nothing where there is one alone."""
    if parts > 1:
        return _("Part %(part)s, ring %(ring)s") % {"part": part, "ring": ring}
    return _("Ring %(ring)s") % {"ring": ring} if rings > 1 else ""


def _faults(ring: Ring) -> Iterator[str]:
    """What is wrong with a ring, the coarsest first: what follows may rest on it."""
    for number, point in enumerate(ring, 1):
        if not _is_pair(point):
            message = _("point %(number)s is no pair of numbers: %(point)s")
            yield message % {"number": number, "point": json.dumps(point)[:60]}
        elif not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            message = _(
                "point %(number)s, %(point)s, lies outside the globe; GeoJSON puts longitude first."
            )
            yield message % {"number": number, "point": list(point[:2])}
    if len(ring) < 4:
        message = _(
            "a ring has at least four points, of which the last is the first; here are %(n)s."
        )
        yield message % {"n": len(ring)}
    if ring[0] != ring[-1]:
        message = _("the last point, %(last)s, is not the first, %(first)s.")
        yield message % {"last": ring[-1], "first": ring[0]}
    if crossing := _crossing(ring):
        message = _("the line from point %(a)s to %(b)s crosses that from point %(c)s to %(d)s.")
        first, second = crossing
        yield message % {"a": first, "b": first + 1, "c": second, "d": second + 1}
    if not _enclosed_ha(ring):
        yield _("the points enclose nothing.")


def _is_pair(point: object) -> bool:
    """Of numbers; a height may follow them."""
    numbers = point if isinstance(point, _LISTS) else ()
    return len(numbers) >= 2 and all(type(each) in (int, float) for each in numbers)


def _crossing(ring: Ring) -> tuple[int, int] | None:
    """The numbers of two lines that cross, by the points that they begin at."""
    if len(ring) > COMPARED:
        return None
    # From west to east: what begins east of the end of a line does not cross it, nor what follows.
    lines = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), number, a, b)
        for number, (a, b) in enumerate(pairwise(ring), 1)
    )
    for index, (_west, east, first, a, b) in enumerate(lines, 1):
        for west, _east, second, c, d in islice(lines, index, None):
            if west > east:
                break
            if _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
                return min(first, second), max(first, second)
    return None


def _side(a: list[float], b: list[float], point: list[float]) -> int:
    """On which side of the line from a to b a point lies: 0 on it."""
    turn = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
    return (turn > 0) - (turn < 0)


def _enclosed_ha(ring: Ring) -> float:
    """Of a ring on a globe, by the areas between its lines and the pole."""
    total = 0.0
    for (east, north), (next_east, next_north) in pairwise(point[:2] for point in ring):
        width = radians(next_east - east)
        total += width * (2 + sin(radians(north)) + sin(radians(next_north)))
    return abs(total) * EARTH_RADIUS_KM**2 / 2 * 100
