"""Coordinates in WGS 84: validated, blurred, measured, formatted; and distances in words.

A point is (latitude, longitude) in degrees, north and east positive.
"""

import re
import unicodedata
from math import asin, ceil, cos, floor, isfinite, log10, pi, radians, sin, sqrt

import numpy as np
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, override, pgettext
from django.utils.translation import gettext as _

from heritage.values.language import LazyText

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
    """The same for many points at once."""
    points = np.array([here[0]]), np.array([here[1]])
    return pair_distances_km(points, (latitudes, longitudes))


def pair_distances_km(
    ones: tuple[np.ndarray, np.ndarray], others: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """The same, of many pairs of points: latitudes and longitudes of the ones and the others."""
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
