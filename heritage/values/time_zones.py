"""The time zone of a place, from the table of zones that systems have."""

import re
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH

from heritage.values.coordinates import Point, distance_km

_TABLE = "zone.tab"
_ONE = {"CN": "Asia/Shanghai"}  # countries with one legal time, whatever the table lists
_ISO6709 = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


def zone_of(country: str, point: Point | None) -> str:
    """The time zone of a country, given by its ISO code; if it has several, the one whose city is
    nearest to the point.

    Empty if that is not known.
    """
    if country in _ONE:
        return _ONE[country]
    zones = _zones().get(country, ())
    if len(zones) == 1:
        return zones[0][0]
    if not zones or point is None:
        return ""
    return min(zones, key=lambda zone: distance_km(zone[1], point))[0]


@cache
def _zones() -> dict[str, list[tuple[str, Point]]]:
    found: dict[str, list[tuple[str, Point]]] = {}
    for line in _text().splitlines():
        cells = line.split("\t")
        match = _ISO6709.fullmatch(cells[1]) if len(cells) > 2 and line[0] != "#" else None
        if match:
            south, d, m, s, west, dd, mm, ss = match.groups()
            latitude = (int(d) + int(m) / 60 + int(s or 0) / 3600) * (-1 if south == "-" else 1)
            longitude = (int(dd) + int(mm) / 60 + int(ss or 0) / 3600) * (-1 if west == "-" else 1)
            found.setdefault(cells[0], []).append((cells[2], (latitude, longitude)))
    return found


def _text() -> str:
    """Of the system, or of the package tzdata where that is installed."""
    for folder in TZPATH:
        path = Path(folder) / _TABLE
        if path.is_file():
            return path.read_text("utf-8")
    try:
        return (resources.files("tzdata") / "zoneinfo" / _TABLE).read_text("utf-8")
    except (ModuleNotFoundError, OSError):
        return ""
