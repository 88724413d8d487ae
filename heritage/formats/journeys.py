"""A journey as files to carry along: GPX 1.1, KML, GeoJSON, iCalendar.

Points are WGS 84, but in `gcj02_gpx()`, which says so in its name and its text. A blurred site is
an area where a file can say so, and else a point whose name has its radius. Stops without a point
are named in the description.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import cos, pi, radians, sin
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.values.coordinates import KM_PER_DEGREE, Point, distance_phrase, to_gcj02

_GPX, _KML = "http://www.topografix.com/GPX/1/1", "http://www.opengis.net/kml/2.2"
_CORNERS = 36  # of the polygon of a circle
_LINE = 73  # octets of a line of iCalendar, without its end


@dataclass(frozen=True, slots=True)
class CarriedStop:
    """A stop; `day` is None if it is on no day, times are None if the hours are not known."""

    uid: str
    name: str
    words: str
    url: str
    point: Point | None
    km: float | None = None  # the radius in which it lies
    day: date | None = None
    begins: time | None = None
    ends: time | None = None
    zone: str = ""  # of the site; empty if it is not known

    @property
    def label(self) -> str:
        """The name, with the radius if the site lies somewhere within a circle."""
        if not self.km:
            return self.name
        words = {"name": self.name, "km": distance_phrase(self.km)}
        return _("%(name)s (within %(km)s)") % words


@dataclass(frozen=True, slots=True)
class Journey:
    title: str
    url: str
    stops: Sequence[CarriedStop]  # in their order

    @property
    def days(self) -> dict[date, list[CarriedStop]]:
        found: dict[date, list[CarriedStop]] = {}
        for stop in self.stops:
            if stop.day and stop.point:
                found.setdefault(stop.day, []).append(stop)
        return found

    @property
    def left(self) -> str:
        """A sentence on the stops that have no point; empty if all have one."""
        names = [stop.name for stop in self.stops if stop.point is None]
        if not names:
            return ""
        text = ngettext(
            "%(number)s stop has no recorded point: %(names)s.",
            "%(number)s stops have no recorded point: %(names)s.",
            len(names),
        )
        return text % {"number": len(names), "names": ", ".join(names)}


# --- GPX -----------------------------------------------------------------------------------------


def gpx(journey: Journey) -> str:
    return _gpx(journey, journey.left)


def gcj02_gpx(journey: Journey) -> str:
    """Each point of China shifted to GCJ-02, as Chinese map apps expect."""
    stops = [
        replace(stop, point=to_gcj02(*stop.point)) if stop.point and _is_shifted(stop) else stop
        for stop in journey.stops
    ]
    datum = _("Points in China are in GCJ-02, not in WGS 84: for Chinese map apps alone.")
    shifted = replace(journey, title=f"{journey.title} (GCJ-02)", stops=stops)
    return _gpx(shifted, f"{datum} {journey.left}".strip())


def _is_shifted(stop: CarriedStop) -> bool:
    return stop.zone == "Asia/Shanghai"


def _gpx(journey: Journey, words: str) -> str:
    root = ElementTree.Element("gpx", {"version": "1.1", "creator": "Heritage", "xmlns": _GPX})
    about = ElementTree.SubElement(root, "metadata")
    _texts(about, name=journey.title, desc=words)
    ElementTree.SubElement(about, "link", href=journey.url)
    for stop in journey.stops:
        if stop.point:
            _gpx_point(root, "wpt", stop)
    for day, stops in journey.days.items():
        route = ElementTree.SubElement(root, "rte")
        _texts(route, name=f"{journey.title} · {day.isoformat()}")
        for stop in stops:
            _gpx_point(route, "rtept", stop)
    return _as_text(root)


def _gpx_point(parent: ElementTree.Element, tag: str, stop: CarriedStop) -> None:
    assert stop.point  # noqa: S101 - callers have asked
    latitude, longitude = (f"{each:.6f}" for each in stop.point)
    point = ElementTree.SubElement(parent, tag, lat=latitude, lon=longitude)
    _texts(point, name=stop.label, desc=stop.words)
    ElementTree.SubElement(point, "link", href=stop.url)


# --- KML -----------------------------------------------------------------------------------------


def kml(journey: Journey) -> str:
    root = ElementTree.Element("kml", xmlns=_KML)
    document = ElementTree.SubElement(root, "Document")
    _texts(document, name=journey.title, description=journey.left)
    for day, stops in journey.days.items():
        folder = ElementTree.SubElement(document, "Folder")
        _texts(folder, name=day.isoformat())
        for stop in stops:
            _placemark(folder, stop)
        if len(stops) > 1:
            way = ElementTree.SubElement(folder, "Placemark")
            _texts(way, name=_("straight lines from stop to stop"))
            line = ElementTree.SubElement(way, "LineString")
            _texts(line, coordinates=_pairs([stop.point for stop in stops if stop.point]))
    for stop in journey.stops:
        if stop.point and not stop.day:
            _placemark(document, stop)
    return _as_text(root)


def _placemark(parent: ElementTree.Element, stop: CarriedStop) -> None:
    mark = ElementTree.SubElement(parent, "Placemark")
    _texts(mark, name=stop.label, description=f"{stop.words}\n{stop.url}".strip())
    assert stop.point  # noqa: S101 - callers have asked
    if not stop.km:
        _texts(ElementTree.SubElement(mark, "Point"), coordinates=_pairs([stop.point]))
        return
    outer = ElementTree.SubElement(ElementTree.SubElement(mark, "Polygon"), "outerBoundaryIs")
    ring = ElementTree.SubElement(outer, "LinearRing")
    _texts(ring, coordinates=_pairs(circle(stop.point, stop.km)))


def _pairs(points: Sequence[Point]) -> str:
    return " ".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in points)


def circle(middle: Point, km: float) -> list[Point]:
    """The corners of a polygon around a circle, against the clock, closed by the first."""
    latitude, longitude = middle
    up = km / KM_PER_DEGREE
    across = up / max(0.01, cos(radians(latitude)))
    turns = [2 * pi * each / _CORNERS for each in range(_CORNERS)]
    found = [(latitude + up * sin(turn), longitude + across * cos(turn)) for turn in turns]
    return [*found, found[0]]


def _texts(parent: ElementTree.Element, **texts: str) -> None:
    for tag, text in texts.items():
        if text:
            ElementTree.SubElement(parent, tag).text = _xml(text)


def _xml(text: str) -> str:
    """Without control characters, which XML does not know."""
    return "".join(c for c in text if c >= " " or c in "\n\t")


def _as_text(root: ElementTree.Element) -> str:
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


# --- GeoJSON -------------------------------------------------------------------------------------


def geojson(journey: Journey) -> str:
    features = [_feature(number, stop) for number, stop in enumerate(journey.stops, 1)]
    for day, stops in journey.days.items():
        if len(stops) > 1:
            line = [_position(stop.point) for stop in stops if stop.point]
            features.append(
                {
                    "type": "Feature",
                    "geometry": {"type": "LineString", "coordinates": line},
                    "properties": {"day": day.isoformat()},
                }
            )
    found = {"type": "FeatureCollection", "name": journey.title, "features": features}
    return json.dumps(found, ensure_ascii=False, allow_nan=False)


def _feature(number: int, stop: CarriedStop) -> dict:
    """A stop without a point has no geometry, as RFC 7946 allows."""
    geometry: dict | None = None
    if stop.point and stop.km:
        ring = [_position(point) for point in circle(stop.point, stop.km)]
        geometry = {"type": "Polygon", "coordinates": [ring]}
    elif stop.point:
        geometry = {"type": "Point", "coordinates": _position(stop.point)}
    properties = {
        "number": number,
        "name": stop.label,
        "description": stop.words,
        "url": stop.url,
        "day": stop.day and stop.day.isoformat(),
    }
    return {
        "type": "Feature",
        "id": stop.uid,
        "geometry": geometry,
        "properties": {name: value for name, value in properties.items() if value},
    }


def _position(point: Point) -> list[float]:
    return [round(point[1], 6), round(point[0], 6)]


# --- iCalendar -----------------------------------------------------------------------------------


def ics(journey: Journey) -> str:
    """An event for each stop on a day; without known hours it is all day."""
    stamp = f"{timezone.now():%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Heritage//Journey//EN"]
    lines.append(f"X-WR-CALNAME:{_escaped(journey.title)}")
    timed = [stop for stop in journey.stops if stop.begins and stop.zone and stop.day]
    for zone in sorted({stop.zone for stop in timed}):
        lines += _zone(zone, sorted({stop.day for stop in timed if stop.day}))
    for stop in journey.stops:
        if stop.day:
            lines += _event(stop, stop.day, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(stop: CarriedStop, day: date, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{stop.uid}-{day:%Y%m%d}@heritage"
    yield f"DTSTAMP:{stamp}"
    if stop.begins and stop.ends:
        # Without a zone a time is that of wherever the reader is.
        zone = f";TZID={stop.zone}" if stop.zone else ""
        last = day + timedelta(days=stop.ends <= stop.begins)
        yield f"DTSTART{zone}:{day:%Y%m%d}T{stop.begins:%H%M}00"
        yield f"DTEND{zone}:{last:%Y%m%d}T{stop.ends:%H%M}00"
    else:
        yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(stop.label)}"
    if stop.words:
        yield f"DESCRIPTION:{_escaped(stop.words)}"
    yield f"URL:{stop.url}"
    if stop.point and not stop.km:
        yield f"GEO:{stop.point[0]:.6f};{stop.point[1]:.6f}"
    yield "END:VEVENT"


def _zone(name: str, days: Sequence[date]) -> Iterator[str]:
    """The offsets of a zone on these days."""
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{name}"
    before = ""
    for day in days:
        offset = f"{datetime.combine(day, time(12), ZoneInfo(name)):%z}"
        if offset != before:
            since = "19700101" if not before else f"{day:%Y%m%d}"
            yield "BEGIN:STANDARD"
            yield f"DTSTART:{since}T000000"
            yield f"TZOFFSETFROM:{before or offset}"
            yield f"TZOFFSETTO:{offset}"
            yield "END:STANDARD"
            before = offset
    yield "END:VTIMEZONE"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "".join(c for c in text.replace("\r", "").replace("\n", "\\n") if c >= " ")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, continued by a space; no character is cut."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + width
    yield part
