"""The context of the page of a journey: its days with their maps, and the stops that are left
out."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from heritage.cartography import mercator
from heritage.models import WEEKDAYS, Site
from heritage.search import IndexSnapshot, SiteFilter, current_index
from heritage.values.coordinates import distance_phrase
from heritage.web.journey import planning
from heritage.web.journey.address import Asked, own_field
from heritage.web.journey.planning import LeftOutReason, Travel, Visit, Warned
from heritage.web.journey.stops import JourneySite, read_sites
from heritage.web.shared import language_html, map_sheets
from heritage.web.shared.map_sheets import MapMark, MapSheet
from heritage.web.shared.visiting import SiteDay, age_in_words, basis_in_words, hours_in_words
from heritage.web.site import location
from heritage.web.site.location import MapLink

WIDTH, HEIGHT = 520, 400  # pixels of the map of a day: its names can be read on a phone, too
_CLOSEST, _CLOSEST_OF_ONE = 10, 9  # zooms of a map: closer there is hardly a town beside a stop
_OFFERED = 8  # sites that a search offers
_SEAL = 12.0  # pixels of half a side
CARRIED = ("gpx", "kml", "geojson", "ics")


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a site on a day. `key` is "open", "closed", "unclear" or "unknown"."""

    key: str
    label: str
    hours: str
    basis: str  # and its year; empty for a notice
    age: str  # "recent", "old", "undated"
    note: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class StopLine:
    number: int
    each: JourneySite
    times: str  # "09:00–12:00"; empty if it is on no day
    leg: str  # the way to it
    state: State | None
    warnings: list[str]
    minutes_field: str
    earlier: str  # addresses of the same journey, changed
    later: str
    without: str
    services: list[MapLink]


@dataclass(frozen=True, slots=True)
class DayPart:
    number: int
    day: date
    heading: str
    total: str
    lines: list[StopLine]
    sheet: MapSheet | None


@dataclass(frozen=True, slots=True)
class LeftLine:
    line: StopLine
    reason: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A site that a search found, with the address of the journey with it."""

    name: SafeString | str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class File:
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Prepared for the template web/journey.html."""

    asked: Asked
    title: str
    days: list[DayPart]
    left: list[LeftLine]
    missing: list[str]  # what the address names and the catalogue does not have, in words
    assumptions: str
    files: list[File]
    address: str  # of this journey, in the order that is shown
    turned: str  # the same in the other kind of order
    scroll: str
    book: str
    compare: str  # of the first sites; empty if there are fewer than two
    version: str  # changes with whatever the page shows, and with the release
    query: str
    words: str  # of a search for more sites
    offered: list[Offered]
    hidden: list[tuple[str, str]]  # fields of the form of wishes that others set
    fields: list[tuple[str, str]]  # of the whole address
    total: int

    @property
    def warnings(self) -> int:
        return sum(1 for day in self.days for line in day.lines if line.warnings)


def journey_page(data: QueryDict) -> JourneyPage:
    asked, index = Asked.from_query(data), current_index()
    sites = read_sites(index, asked)
    by_uid = {each.uid: each for each in sites}
    made = planning.plan([each.as_stop() for each in sites], asked.wishes)
    order = [visit.stop.uid for day in made.days for visit in day.visits]
    order += [stop.uid for stop, _reason in made.left]
    days, number = [], 0
    for at, day in enumerate(made.days, 1):
        lines = []
        for visit in day.visits:
            number += 1
            each = by_uid[visit.stop.uid]
            lines.append(_line(number, each, asked, order, visit, each.day(day.day)))
        days.append(_day(at, day, lines))
    left = [
        LeftLine(_line(0, by_uid[stop.uid], asked, order), _reason(reason, by_uid[stop.uid]))
        for stop, reason in made.left
    ]
    query, here = asked.query(order), reverse("web:journey")
    words = data.get("q", "").strip()[:200]
    return JourneyPage(
        asked,
        asked.name or _("Your journey"),
        days,
        left,
        list(_missing_in_words(asked, by_uid)),
        _assumptions(asked),
        _files(query, sites),
        f"{here}?{query}",
        f"{here}?{asked.query(order, by_hand=not asked.by_hand)}",
        f"{reverse('web:handscroll')}?{query}",
        f"{reverse('web:picture_book')}?{query}",
        _compare(order),
        _version(index, asked, sites),
        query,
        words,
        offered(index, words, order, lambda uid: f"{here}?{asked.query([*order, uid])}")
        if words and len(order) < planning.MOST_STOPS
        else [],
        [(name, value) for name, value in parse_qsl(query) if name in ("stop", "order")],
        parse_qsl(query),
        len(sites),
    )


def _version(index: IndexSnapshot, asked: Asked, sites: Sequence[JourneySite]) -> str:
    changed = [index.changed_at(each.site.pk) for each in sites]
    version = f"{settings.VERSION} {asked.day} {asked.query()} {changed}"
    return hashlib.sha256(version.encode()).hexdigest()[:16]


def _compare(uids: Sequence[str]) -> str:
    if len(uids) < 2:
        return ""
    return f"{reverse('web:compare')}?site={'~'.join(uids[:4])}"


# --- stops ---------------------------------------------------------------------------------------


def _line(
    number: int,
    each: JourneySite,
    asked: Asked,
    order: Sequence[str],
    visit: Visit | None = None,
    day: SiteDay | None = None,
) -> StopLine:
    at = order.index(each.uid)
    here = reverse("web:journey")

    def moved(to: int) -> str:
        if not 0 <= to < len(order):
            return ""
        uids = [*order]
        uids.insert(to, uids.pop(at))
        return f"{here}?{asked.query(uids, by_hand=True)}#stop-{each.uid}"

    rest = [uid for uid in order if uid != each.uid]
    return StopLine(
        number,
        each,
        f"{clock(visit.begins)}–{clock(visit.ends)}" if visit else "",
        _way(visit) if visit else "",
        state_of(day) if day else None,
        [_warning(each_warning, visit) for each_warning in visit.warnings] if visit else [],
        own_field(each.uid),
        moved(at - 1),
        moved(at + 1),
        f"{here}?{asked.query(rest)}",
        location.services(each.site),
    )


def clock(minutes: int) -> str:
    """Minutes since midnight as a time; after midnight it begins again."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def state_of(day: SiteDay) -> State:
    """What is known of a site on a day, in words."""
    basis, age = "", ""
    if day.row is not None:
        basis = basis_in_words(day.row)
        age = age_in_words([day.row])[1]
    note = language_html.as_html(day.notice.text) if day.notice else ""
    if day.row and not note:
        note = language_html.as_html(day.row.note)
    if day.group.is_open and day.row:
        return State("open", pgettext("a site on a day", "open"), _span(day), basis, age, note)
    if day.group == day.group.CLOSED:
        return State("closed", pgettext("a site on a day", "closed"), "", basis, age, note)
    if day.group == day.group.UNCLEAR:
        return State("unclear", _("recorded hours do not say"), "", "", "", "")
    return State("unknown", pgettext("a site on a day", "not checked"), "", "", "", "")


def _span(day: SiteDay) -> str:
    row = day.row
    if row and (row.opens, row.closes, row.last_entry) == (day.opens, day.closes, day.last_entry):
        return hours_in_words(row)
    return f"{day.opens:%H:%M}–{day.closes:%H:%M}"


def _way(visit: Visit) -> str:
    leg = visit.leg
    if leg is None:
        return ""
    words = {"km": distance_phrase(leg.km), "minutes": minutes_phrase(leg.minutes)}
    if leg.is_walk:
        return _("%(km)s in a straight line, about %(minutes)s on foot") % words
    return _("%(km)s in a straight line, about %(minutes)s by car") % words


def minutes_phrase(minutes: int) -> str:
    """ "45 min", "2 h", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(number)s h") % {"number": hours}] if hours else []
    if rest or not hours:
        parts.append(_("%(number)s min") % {"number": rest})
    return " ".join(parts)


def _warning(warned: Warned, visit: Visit | None) -> str:
    hours = visit.hours if visit else None
    match warned:
        case Warned.CLOSED:
            return _("Closed on this day.")
        case Warned.NOT_CHECKED:
            return _("Not checked whether it is open on this day.")
        case Warned.SHORT:
            words = {"time": clock(hours.closes or 0) if hours else ""}
            return _("Closes at %(time)s, before the visit would end.") % words
        case Warned.LATE:
            return _("You would arrive after the last entry.")
        case Warned.OVERTIME:
            return _("Ends after the end of the day.")
    return _("Not on an earlier day: it is closed then, or would close too soon.")


def _reason(reason: LeftOutReason, each: JourneySite) -> str:
    match reason:
        case LeftOutReason.CLOSED:
            return _("Closed on each of these days.")
        case LeftOutReason.FULL:
            return _("Does not fit into these days.")
    district = each.site.district
    if district is None:
        return _("Its place is not recorded, so it is in no order.")
    words = {"place": district.label.best()}
    return (
        _("Somewhere in %(place)s: its exact place is not recorded, so it is in no order.") % words
    )


# --- days ----------------------------------------------------------------------------------------


def _day(number: int, day: planning.Day, lines: list[StopLine]) -> DayPart:
    words = {
        "number": number,
        "weekday": WEEKDAYS[day.day.weekday()],
        "date": date_format(day.day, "DATE_FORMAT"),
    }
    total = ngettext("%(number)s stop", "%(number)s stops", len(lines)) % {"number": len(lines)}
    if lines:
        times = f"{clock(day.visits[0].begins)}–{clock(day.visits[-1].ends)}"
        total = " · ".join([total, times, distance_phrase(day.km)] if day.km else [total, times])
    return DayPart(
        number,
        day.day,
        _("Day %(number)s, %(weekday)s, %(date)s") % words,
        total,
        lines,
        day_sheet(lines, _("Map of day %(number)s") % words) if lines else None,
    )


def day_sheet(lines: Sequence[StopLine], label: str) -> MapSheet | None:
    """A map of a day: the stops with their numbers, connected in their order; blurred ones as
    areas. None if no stop has a point."""
    placed = [(line, line.each.point) for line in lines if line.each.point]
    if not placed:
        return None
    spots = [mercator.project(longitude, latitude) for _line_, (latitude, longitude) in placed]
    xs, ys = zip(*spots, strict=True)
    if max(xs) - min(xs) > 0.5:  # across 180°
        xs = tuple(x + 1 if x < 0.5 else x for x in xs)
    closest = _CLOSEST if len({*spots}) > 1 else _CLOSEST_OF_ONE
    window = mercator.window_around(min(xs), min(ys), max(xs), max(ys), WIDTH, HEIGHT, closest)
    world = mercator.TILE << window.zoom
    left, top = round(window.left), round(window.top)
    at = [(x * world - left, y * world - top) for x, y in zip(xs, ys, strict=True)]
    marks = list(_areas(placed, at, window.zoom)) + list(_seals(placed, at))
    made = map_sheets.sheet(window, marks, label)
    route = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at) if len(at) > 1 else ""
    return map_sheets.with_route(made, route)


def _areas(
    placed: Sequence[tuple[StopLine, tuple[float, float]]],
    at: Sequence[tuple[float, float]],
    zoom: int,
) -> Iterable[MapMark]:
    for (line, (latitude, longitude)), (x, y) in zip(placed, at, strict=True):
        if line.each.km:
            radius = line.each.km * 1000 / mercator.metres_per_pixel(latitude, zoom)
            yield MapMark(
                "site", x, y, latitude, longitude, 1, line.each.name, line.each.url,
                round(max(radius, _SEAL), 1), line.each.km,
            )  # fmt: skip


def _seals(
    placed: Sequence[tuple[StopLine, tuple[float, float]]], at: Sequence[tuple[float, float]]
) -> Iterable[MapMark]:
    """A seal with a number at each stop, moved aside where it would cover another one."""
    taken: list[tuple[float, float]] = []
    for (line, (latitude, longitude)), (x, y) in zip(placed, at, strict=True):
        while any(abs(x - a) < 2 * _SEAL and abs(y - b) < 2 * _SEAL for a, b in taken):
            x += 2 * _SEAL + 1
        taken.append((x, y))
        yield MapMark(
            "group", x, y, latitude, longitude, line.number,
            f"{line.number} {line.each.name}", line.each.url, _SEAL,
        )  # fmt: skip


# --- words ---------------------------------------------------------------------------------------


def _missing_in_words(asked: Asked, known: dict[str, JourneySite]) -> Iterable[str]:
    missing = [uid for uid in asked.uids if uid not in known]
    if missing:
        yield ngettext(
            "%(number)s site of this address is not in the catalogue: %(uids)s.",
            "%(number)s sites of this address are not in the catalogue: %(uids)s.",
            len(missing),
        ) % {"number": len(missing), "uids": ", ".join(missing)}
    if asked.wrong:
        yield ngettext(
            "%(number)s part of this address names no site.",
            "%(number)s parts of this address name no site.",
            len(asked.wrong),
        ) % {"number": len(asked.wrong)}
    if asked.left_out:
        yield ngettext(
            "A journey has at most %(most)s stops: %(number)s more is left out.",
            "A journey has at most %(most)s stops: %(number)s more are left out.",
            asked.left_out,
        ) % {"number": asked.left_out, "most": planning.MOST_STOPS}


def _assumptions(asked: Asked) -> str:
    return _(
        "Assumed: %(minutes)s for each stop of which no time needed is recorded. Distances are "
        "straight lines. Times add a third for the way round: 4.5 km/h on foot, 30 km/h by car, "
        "60 km/h for more than 20 km, and 5 minutes for each drive."
    ) % {"minutes": minutes_phrase(asked.minutes)}


def travel_choices() -> list[tuple[str, str]]:
    return [
        (Travel.BOTH, _("on foot up to 1.5 km, else by car")),
        (Travel.WALK, _("on foot")),
        (Travel.DRIVE, _("by car")),
    ]


def _files(query: str, sites: Sequence[JourneySite]) -> list[File]:
    def address(form: str) -> str:
        return f"{reverse('web:journey_file', args=[form])}?{query}"

    notes = {
        "gpx": _("for hiking apps and navigation"),
        "kml": _("for maps on a computer"),
        "geojson": _("for programs"),
        "ics": _("for a calendar: with times where hours are known"),
    }
    names = {"gpx": "GPX", "kml": "KML", "geojson": "GeoJSON", "ics": "ICS"}
    found = [File(names[form], address(form), notes[form]) for form in CARRIED]
    if any(each.country == "CN" for each in sites):
        note = _("for Chinese map apps alone: each point is shifted to their datum, GCJ-02")
        found.append(File("GPX (GCJ-02)", address("gcj02.gpx"), note))
    return found


def offered(
    index: IndexSnapshot, words: str, known: Sequence[str], address: Callable[[str], str]
) -> list[Offered]:
    """Sites found by words that are not yet known; `address` leads to the page with one of them."""
    ids = SiteFilter({"q": words}).page(get_language() or "en", 0, _OFFERED)
    rows = Site.objects.published().in_bulk(ids)
    found = []
    for pk in ids:
        site = rows.get(pk)
        if site is None or site.uid in known:
            continue
        place = index.vocabulary.places.get(site.place_id)
        name = language_html.as_html(site.shown_name)
        label = place.label.best().text if place else ""
        found.append(Offered(name, label, address(site.uid)))
    return found
