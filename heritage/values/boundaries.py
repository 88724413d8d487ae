"""Boundaries of sites in GeoJSON (RFC 7946): read as they are pasted, checked, measured."""

import json
from collections.abc import Iterator
from itertools import islice, pairwise
from math import radians, sin
from typing import Any

from django.utils.translation import gettext as _

from heritage.values.coordinates import EARTH_RADIUS_KM
from heritage.values.language import join_sentences
from heritage.values.point_reader import read_point

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
    """Corners: the last point of a ring is its first."""
    return sum(len(ring) - 1 for polygon in _polygons(value) for ring in polygon)


def _polygons(value: dict[str, Any]) -> list[list[Ring]]:
    found: list[list[Ring]] = value["coordinates"]
    return found if value["type"] == "MultiPolygon" else [value["coordinates"]]


# --- reading -----------------------------------------------------------------------------------


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


# --- checking ----------------------------------------------------------------------------------


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
