"""Journeys: their order, days and warnings; their address, files and pages; sites compared."""

import json
import random
import time as clock
import warnings
from datetime import date, time, timedelta
from itertools import pairwise, permutations
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import gpxpy
import pytest
from django.http import QueryDict
from django.utils.html import strip_tags
from icalendar import Calendar

from heritage.models import Correction, Opening, Site
from heritage.values.coordinates import distance_km, to_gcj02
from heritage.values.durations import minutes_in
from heritage.values.time_zones import zone_of
from heritage.web.journey.address import Asked
from heritage.web.journey.page import journey_page
from heritage.web.journey.planning import (
    DayHours,
    LeftOutReason,
    Openness,
    Stop,
    Travel,
    Warned,
    Wishes,
    leg,
    ordered,
    plan,
)
from tests import builders as build

SUNDAY, MONDAY = date(2026, 12, 6), date(2026, 12, 7)
OPEN = DayHours(Openness.OPEN, 9 * 60, 17 * 60)


def stop(uid, km=0.0, minutes=60, closed=(), hours=OPEN, has_point=True):
    """A stop so many km east of the first; `closed` are the days on which it is."""
    point = (34.0, 112.0 + km / 92.2) if has_point else None
    is_closed = DayHours(Openness.CLOSED)
    return Stop(uid, point, minutes, lambda day: is_closed if day in closed else hours)


def days_of(made):
    return [[visit.stop.uid for visit in day.visits] for day in made.days]


def warnings_of(made):
    return {v.stop.uid: set(v.warnings) for day in made.days for v in day.visits if v.warnings}


# --- order ---------------------------------------------------------------------------------------


def test_the_order_is_a_short_way():
    points = [(34.0, 112 + each / 10) for each in range(12)]
    shuffled = random.Random(3).sample(range(12), 12)
    way = [shuffled[each] for each in ordered([points[each] for each in shuffled])]
    assert way in (list(range(12)), list(range(11, -1, -1)))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_is_near_the_best_of_all(seed):
    dice = random.Random(seed)
    points = [(34 + dice.random(), 112 + dice.random()) for _each in range(7)]

    def length(way):
        return sum(distance_km(points[a], points[b]) for a, b in pairwise(way))

    best = min(map(length, permutations(range(7))))
    assert sorted(ordered(points)) == list(range(7))
    assert length(ordered(points)) <= best * 1.1


def test_sixty_stops_take_less_than_50_ms():
    dice = random.Random(28)
    stops = [
        Stop(str(n), (34 + dice.random(), 112 + dice.random()), 60, lambda day: OPEN)
        for n in range(60)
    ]
    taken = []
    for _again in range(3):
        began = clock.process_time()
        made = plan(stops, Wishes(SUNDAY))
        taken.append(clock.process_time() - began)
    assert sum(map(len, days_of(made))) + len(made.left) == 60
    assert min(taken) < 0.05


# --- days ----------------------------------------------------------------------------------------

LONG = {"minutes": 200}
PLANS = {
    "all in a day": ([stop("a"), stop("b", 5)], {}, [["a", "b"]], {}, {}),
    "by time needed": (
        [stop("a", **LONG), stop("b", 1, **LONG), stop("c", 2, **LONG)], {},
        [["a", "b"], ["c"]], {}, {},
    ),
    "closed on Monday": (
        [stop("a", 0, closed=[MONDAY]), stop("b", 5)], {"first": MONDAY},
        [["b"], ["a"]], {"a": {Warned.MOVED}}, {},
    ),
    "two days, and the museum is closed on the second": (
        [stop("a", 0, 300), stop("b", 5, 120), stop("c", 20, 180, closed=[MONDAY])],
        {"most_days": 2}, [["c"], ["a", "b"]], {}, {},
    ),
    "by hand it stays, with a warning": (
        [stop("a", 0, closed=[MONDAY]), stop("b", 5)], {"first": MONDAY, "by_hand": True},
        [["a", "b"]], {"a": {Warned.CLOSED}}, {},
    ),
    "by hand in its order": (
        [stop("b", 9), stop("a"), stop("c", 5)], {"by_hand": True}, [["b", "a", "c"]], {}, {},
    ),
    "what is closed on every day": (
        [stop("a"), stop("b", 1, closed=[SUNDAY])], {"most_days": 1},
        [["a"]], {}, {"b": LeftOutReason.CLOSED},
    ),
    "what does not fit": (
        [stop("a", **LONG), stop("b", 1, **LONG), stop("c", 2, **LONG)], {"most_days": 1},
        [["a", "b"]], {}, {"c": LeftOutReason.FULL},
    ),
    "without a point": (
        [stop("a"), stop("b", has_point=False)], {}, [["a"]], {}, {"b": LeftOutReason.NO_POINT},
    ),
    "not checked": (
        [stop("a", hours=DayHours())], {}, [["a"]], {"a": {Warned.NOT_CHECKED}}, {},
    ),
    "longer than a day": (
        [stop("a", minutes=700, hours=DayHours())], {}, [["a"]],
        {"a": {Warned.NOT_CHECKED, Warned.OVERTIME}}, {},
    ),
    "closes too soon": (
        [stop("a", minutes=120, hours=DayHours(Openness.OPEN, 540, 600))], {}, [["a"]],
        {"a": {Warned.SHORT}}, {},
    ),
    "after the last entry": (
        [stop("a", hours=DayHours(Openness.OPEN, 480, 700, 500))], {}, [["a"]],
        {"a": {Warned.LATE}}, {},
    ),
    "nothing": ([], {}, [], {}, {}),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS.values(), ids=PLANS)
def test_plan(case):
    stops, wishes, days, warned, left = case
    made = plan(stops, Wishes(**{"first": SUNDAY, **wishes}))
    assert (days_of(made), warnings_of(made)) == (days, warned)
    assert {each.uid: reason for each, reason in made.left} == left


def test_a_visit_begins_when_it_opens():
    early = DayHours(Openness.OPEN, 600, 1000)
    (day,) = plan([stop("a", hours=early)], Wishes(SUNDAY, begins=time(8))).days
    assert (day.visits[0].arrives, day.visits[0].begins, day.visits[0].ends) == (480, 600, 660)


def test_nothing_is_dropped():
    dice = random.Random(5)
    for _round in range(60):
        days = [SUNDAY + timedelta(days=each) for each in range(7)]
        stops = [
            stop(
                str(n), dice.random() * 60, dice.choice([30, 90, 240]),
                dice.sample(days, dice.randint(0, 7)), has_point=dice.random() < 0.8,
            )
            for n in range(dice.randint(0, 15))
        ]  # fmt: skip
        made = plan(stops, Wishes(SUNDAY, most_days=dice.choice([None, 1, 2, 3])))
        found = [uid for day in days_of(made) for uid in day]
        found += [each.uid for each, _reason in made.left]
        assert sorted(found) == sorted(each.uid for each in stops)
        for day in made.days:
            for before, after in pairwise(day.visits):
                assert after.arrives >= before.ends


@pytest.mark.parametrize(
    ("km", "travel", "is_walk"),
    [(1, Travel.BOTH, True), (2, Travel.BOTH, False), (2, Travel.WALK, True),
     (0.1, Travel.DRIVE, False)],
)  # fmt: skip
def test_ways(km, travel, is_walk):
    found = leg((34.0, 112.0), (34.0, 112.0 + km / 92.2), travel)
    assert (found.is_walk, round(found.km, 1)) == (is_walk, km)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [("Three hours or more.", 180), ("One to two hours.", 90), ("About half an hour; more.", 30),
     ("Two and a half to four hours.", 195), ("Half a day to one day.", 360), ("90 minutes", 90),
     ("1.5 hours", 90), ("三小时以上。", 180), ("一至两小时。", 90),
     ("约半小时，与寺合计半天。", 30),
     ("两个半至四小时。", 195), ("半天至一天。", 360), ("As you like.", None), ("2 temples", None)],
)  # fmt: skip
def test_time_needed_in_words(words, minutes):
    assert minutes_in(words) == minutes


@pytest.mark.parametrize(
    ("country", "point", "zone"),
    [("CN", (43.8, 87.6), "Asia/Shanghai"), ("IT", None, "Europe/Rome"),
     ("US", (40.7, -74.0), "America/New_York"), ("US", None, ""), ("", None, "")],
)  # fmt: skip
def test_the_zone_of_a_site(country, point, zone):
    assert zone_of(country, point) == zone


# --- the address ---------------------------------------------------------------------------------

ADDRESSES = [
    ("", {}),
    ("stop=a~b~a", {"uids": ("a", "b")}),
    ("stop=a&stop=b", {"uids": ("a", "b")}),
    ("stop=a~<x>", {"uids": ("a",), "wrong": ("<x>",)}),
    (f"stop={'~'.join(map(str, range(70)))}", {"left_out": 10}),
    ("day=2026-12-07&days=2&from=08:30&to=18:00&minutes=30&travel=walk&order=hand",
     {"first": MONDAY, "most_days": 2, "begins": time(8, 30), "ends": time(18), "minutes": 30,
      "travel": Travel.WALK, "by_hand": True}),
    ("day=7+December&days=0&from=x&to=25:00&minutes=-5&travel=fly&order=x", {}),
    ("from=18:00&to=08:00", {}),
    ("stop=a&t.a=90&t.b=90", {"own": {"a": 90}, "uids": ("a",)}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), ADDRESSES)
def test_the_address_says_it_all(query, expected):
    asked, usual = Asked.from_query(QueryDict(query)), Asked()
    for name in ("first", "most_days", "begins", "ends", "minutes", "travel", "by_hand", "own"):
        assert getattr(asked, name) == expected.get(name, getattr(usual, name)), name
    for name in {"uids", "wrong", "left_out"} & expected.keys():
        assert getattr(asked, name) == expected[name]
    again = Asked.from_query(QueryDict(asked.query()))
    assert (again.wishes, again.uids, again.own) == (asked.wishes, asked.uids, asked.own)


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def luoyang(db):
    """Four sites with hours, one of them closed on Mondays; one blurred; one without a point."""
    china = build.make_place("China", "中国", "country", code="CN", slug="china")
    henan = build.make_place("Henan", "河南", "province", parent=china)
    town = build.make_place("Luoyang", "洛阳", "city", parent=henan, slug="luoyang")

    def make(slug, zh, at, days="1234567", need="", **fields):
        point = {"latitude": at[0], "longitude": at[1]} if at else {}
        site = build.make_site(slug.title(), zh, place=town, slug=slug, uid=slug, **point, **fields)
        if days:
            build.make_opening(site, weekdays=days)
            if closed := "".join(each for each in "1234567" if each not in days):
                build.make_opening(site, opens=None, weekdays=closed)
        if need:
            build.make_fact(site, "time_needed", value="", text=build.text(need))
        return site

    grottoes = make("grottoes", "龙门石窟", (34.5556, 112.4722), need="Three hours or more.")
    entry = build.make_designation("world_heritage", "1003", ["2000"])
    build.make_coverage(grottoes, entry)
    make("temple", "白马寺", (34.7236, 112.6036), need="One to two hours.")
    make("museum", "博物馆", (34.70, 112.69), days="234567", need="About two hours.")
    make("tomb", "墓", (34.62, 112.48), days="", blur_km=5)
    make("gate", "门", None, days="")
    return town


ALL = "stop=grottoes~temple~museum~tomb~gate"


def address_of(page, days=2):
    return f"/en/journey/?{ALL}&day=2026-12-06&days={days}"


def planned(first="2026-12-06", more=""):
    page = journey_page(QueryDict(f"{ALL}&day={first}&days=2{more}"))
    return [[line.each.uid for line in day.lines] for day in page.days], page


def test_two_days_in_luoyang(client, luoyang):
    days, page = planned()
    monday = days[1]
    assert "museum" not in monday and "museum" in days[0]
    assert {uid for day in days for uid in day} == {"grottoes", "temple", "museum", "tomb"}
    assert [line.line.each.uid for line in page.left] == ["gate"]
    html = client.get(f"/en/journey/?{ALL}&day=2026-12-06&days=2").content.decode()
    for words in ("Day 2, Monday", "龙门石窟", "in a straight line", "assumed", "not checked",
                  "Its place is not recorded", "Assumed: 45 min", "map-route"):  # fmt: skip
        assert words in html, words


def test_a_site_that_changes_its_closing_day_changes_the_plan(luoyang):
    before, _page = planned()
    Opening.objects.get(site__uid="museum", opens=None).delete()
    Opening.objects.filter(site__uid="museum").update(weekdays="1234567")
    temple = Opening.objects.get(site__uid="temple")
    temple.weekdays = "234567"
    temple.save()
    build.make_opening(temple.site, opens=None, weekdays="1")
    after, _page = planned()
    assert "museum" in before[0] and "temple" in after[0] and "temple" not in after[1]
    assert after != before


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_links_work_without_a_script(client, luoyang, language):
    html = client.get(f"/{language}/journey/?{ALL}&q=temple").content.decode()
    _days, page = planned()
    line = page.days[0].lines[0]
    without = parse_qs(urlsplit(line.without).query)
    assert line.each.uid not in without["stop"][0].split("~")
    later = parse_qs(urlsplit(line.later).query)
    assert later["order"] == ["hand"] and later["stop"][0].split("~")[1] == line.each.uid
    assert client.get(line.later).status_code == 200
    assert 'name="t.grottoes"' in html and "Set-Cookie" not in html


def test_a_search_offers_what_is_not_yet_in_it(client, luoyang):
    html = client.get("/en/journey/?stop=grottoes&q=museum").content.decode()
    assert "stop=grottoes~museum" in html
    again = client.get("/en/journey/?stop=grottoes~museum&q=museum").content.decode()
    assert "No other site is found" in again


def test_what_the_catalogue_does_not_have_is_said(client, luoyang):
    build.make_site("Draft", uid="draft", state="draft")
    html = client.get("/en/journey/?stop=grottoes~gone~draft").content.decode()
    assert "2 sites of this address are not in the catalogue: gone, draft." in html
    many = "~".join(map(str, range(61)))
    assert "1 more is left out" in client.get(f"/en/journey/?stop={many}").content.decode()


def test_a_journey_is_nobody_elses(client, luoyang):
    response = client.get(f"/en/journey/?{ALL}")
    assert "private" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


# --- files ---------------------------------------------------------------------------------------

GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"


def file_of(client, form):
    response = client.get(f"/en/journey/journey.{form}?{ALL}&day=2026-12-06&days=2")
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    return response.content.decode()


def read_xml(text):
    return ElementTree.fromstring(text)  # noqa: S314 - our own


def test_gpx(client, luoyang):
    root = read_xml(file_of(client, "gpx"))
    points = {each.find(f"{GPX}name").text: each.attrib for each in root.iter(f"{GPX}wpt")}
    assert points["Grottoes"] == {"lat": "34.555600", "lon": "112.472200"}
    assert any(name.startswith("Tomb (within") for name in points)
    assert len(root.findall(f"{GPX}rte")) == 2
    assert "1 stop has no recorded point: Gate." in root.find(f"{GPX}metadata/{GPX}desc").text


def test_the_shifted_gpx_names_its_datum(client, luoyang):
    root = read_xml(file_of(client, "gcj02.gpx"))
    point = next(p for p in root.iter(f"{GPX}wpt") if p.find(f"{GPX}name").text == "Grottoes")
    latitude, longitude = to_gcj02(34.5556, 112.4722)
    assert point.attrib == {"lat": f"{latitude:.6f}", "lon": f"{longitude:.6f}"}
    assert "GCJ-02" in root.find(f"{GPX}metadata/{GPX}name").text


def test_kml_and_geojson_have_areas(client, luoyang):
    root = read_xml(file_of(client, "kml"))
    marks = {each.find(f"{KML}name").text: each for each in root.iter(f"{KML}Placemark")}
    assert marks["Grottoes"].find(f"{KML}Point") is not None
    tomb = next(mark for name, mark in marks.items() if name.startswith("Tomb"))
    assert tomb.find(f"{KML}Point") is None and tomb.find(f"{KML}Polygon") is not None
    found = {each.get("id"): each for each in json.loads(file_of(client, "geojson"))["features"]}
    assert found["tomb"]["geometry"]["type"] == "Polygon"
    assert found["gate"]["geometry"] is None
    assert found["grottoes"]["geometry"]["coordinates"] == [112.4722, 34.5556]


def test_ics_has_times_where_hours_are_known(client, luoyang):
    text = file_of(client, "ics")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    events = text.replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    by_uid = {each.partition("UID:")[2].partition("-2026")[0]: each for each in events}
    assert "DTSTART;TZID=Asia/Shanghai:202612" in by_uid["grottoes"]
    assert "DTSTART;VALUE=DATE:202612" in by_uid["tomb"] and "gate" not in by_uid
    assert text.count("BEGIN:VTIMEZONE") == 1 and "TZOFFSETTO:+0800" in text


def test_the_files_are_read_by_their_libraries(client, luoyang):
    read = gpxpy.parse(file_of(client, "gpx"))
    assert {each.name for each in read.waypoints} >= {"Grottoes", "Temple", "Museum"}
    assert [len(each.points) for each in read.routes] == [len(day) for day in planned()[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns without lxml, and reads as well
        import fastkml

    folders = list(fastkml.KML.from_string(file_of(client, "kml").partition("?>")[2]).features)
    (document,) = folders
    marks = list(fastkml.utils.find_all(document, of_type=fastkml.Placemark))
    shapes = {each.name: each.geometry.geom_type for each in marks}
    assert shapes["Grottoes"] == "Point" and "Polygon" in shapes.values()
    events = Calendar.from_ical(file_of(client, "ics")).walk("VEVENT")
    begins = {str(each["SUMMARY"]): each.decoded("DTSTART") for each in events}
    assert begins["Grottoes"].utcoffset() == timedelta(hours=8)
    assert any(not hasattr(each, "hour") for each in begins.values())  # the tomb: all day


def test_there_is_no_other_form(client, luoyang):
    assert client.get(f"/en/journey/journey.pdf?{ALL}").status_code == 404


# --- compare -------------------------------------------------------------------------------------


def test_compare_marks_what_differs(client, luoyang):
    one, other = build.make_site("One", uid="one"), build.make_site("Other", uid="other")
    build.make_quantity(one, "figures", 51_000)
    build.make_quantity(other, "figures", 100_000)
    build.make_quantity(one, "height", 17, unit="m")
    build.make_event(one, date="0460", kind="built")
    build.make_event(other, date="0493", kind="built")
    html = client.get("/en/compare/?site=one~other~gone").content.decode()
    rows = html.split('<tr class="')
    figures = next(row for row in rows if ">Figures" in row)
    assert figures.startswith("differs") and "≠" in figures and "100,000" in figures
    assert "▲" in figures.partition("100,000")[2] and "▲" not in figures.partition("100,000")[0]
    height = next(row for row in rows if ">Height" in row)
    assert "17 m" in height and "not recorded" in height
    assert "On one scale of time" in html
    assert "1 site of this address is not in the catalogue: gone." in html


def row_of(html, label):
    return next(row for row in html.split('<tr class="') if f">{label} <" in row)


def test_areas_of_properties_are_compared(client, luoyang):
    """Of a component, that of the whole is told, and not the largest."""
    areas = {"museum": ("440", 23_392), "temple": ("1039", 348.75), "tomb": ("1442", 42_668)}
    for uid, (number, area) in areas.items():
        entry = build.make_designation("world_heritage", number, ["2000"])
        entry.world_heritage.area_ha = area
        entry.world_heritage.save()
        extent = "component" if uid == "tomb" else "whole"
        build.make_coverage(Site.objects.get(uid=uid), entry, extent=extent)
    html = client.get("/en/compare/?site=temple~museum~tomb~gate").content.decode()
    row = row_of(html, "Area of the World Heritage property")
    temple, museum, tomb, gate = row.split("<td>")[1:]
    assert "348.75 ha" in temple and "23,392 ha" in museum and "not recorded" in gate
    assert "42,668 ha" in tomb and "the whole of" in tomb
    assert ["▲" in cell for cell in (temple, museum, tomb)] == [False, True, False]


def test_all_hours_are_compared(client, luoyang):
    """None is left out, however many seasons there are."""
    for hour in range(10, 16):
        build.make_opening(Site.objects.get(uid="gate"), opens=f"{hour}:00")
    html = client.get("/en/compare/?site=gate~temple").content.decode()
    assert all(f"{hour}:00–17:00" in row_of(html, "Opening hours") for hour in range(10, 16))


def test_what_a_site_may_be_compared_with(client, luoyang):
    html = client.get("/en/compare/?site=temple&q=museum").content.decode()
    assert "site=temple~museum" in html
    html = client.get("/en/sites/temple/").content.decode()
    assert "/en/compare/?site=temple" in html


def test_at_most_four_are_compared(client, luoyang):
    html = client.get("/en/compare/?site=grottoes~temple~museum~tomb~gate").content.decode()
    assert html.count('<th scope="col">') == 4 and "1 more is left out" in html
    assert "Choose two to four" in client.get("/en/compare/").content.decode()
    assert "to stand beside Tomb" in client.get("/en/compare/?site=tomb").content.decode()


# --- the handscroll ------------------------------------------------------------------------------


def test_the_scroll_is_in_the_order_of_time_or_road(client, luoyang):
    for uid, year in (("museum", "-1750"), ("temple", "0068"), ("grottoes", "0493")):
        build.make_event(Site.objects.get(uid=uid), kind="built", date=year)
    html = client.get(f"/en/journey/scroll/?{ALL}").content.decode()
    places = [html.index(f'/en/sites/{uid}/"') for uid in ("museum", "temple", "grottoes", "tomb")]
    assert places == sorted(places) and "Without a date" in html
    # What is said of each is the date by which it stands there.
    build.make_event(Site.objects.get(uid="temple"), kind="fabric", date="1400")
    again = strip_tags(client.get(f"/en/journey/scroll/?{ALL}").content.decode())
    assert again.index("Built 68") < again.index("Built 493") and "1400" not in again
    drawing = client.get(f"/en/journey/scroll/?{ALL}&form=svg")
    root = read_xml(drawing.content.decode())
    pictures = list(root.iter("{http://www.w3.org/2000/svg}image"))
    assert len(pictures) == 5
    assert all(each.get("href").startswith("data:image/svg+xml;base64,") for each in pictures)
    road = client.get(f"/en/journey/scroll/?{ALL}&by=road").content.decode()
    assert "In the order of the road." in road


def test_ten_at_random_by_a_seed(client, luoyang):
    """The same for whoever opens the address; never a place of suffering; another is elsewhere."""
    for number in range(30):
        build.make_site(f"Place {number}", slug=f"p{number}", uid=f"p{number}")
    solemn = build.make_site("Camp", slug="camp", uid="camp", cover="solemn")
    first = client.get("/en/journey/book/")
    assert first.status_code == 302 and first["Location"].startswith("/en/journey/book/?seed=")
    assert "no-store" in first["Cache-Control"]

    def shown(seed):
        response = client.get(f"/en/journey/book/?seed={seed}")
        assert response["X-Robots-Tag"] == "noindex"
        return [panel.uid for panel in response.context["page"].panels]

    tens = {seed: shown(seed) for seed in range(8)}
    assert all(len(set(ten)) == 10 for ten in tens.values())
    assert shown(3) == tens[3] and len({tuple(ten) for ten in tens.values()}) == 8
    assert solemn.uid not in {uid for ten in tens.values() for uid in ten}
    book = client.get("/en/journey/book/?stop=grottoes~temple&name=Ours").context["page"]
    assert (book.title, [panel.uid for panel in book.panels]) == ("Ours", ["grottoes", "temple"])
    assert client.get("/en/journey/book/?seed=x").status_code == 302


# --- without a network ---------------------------------------------------------------------------


def test_a_copy_is_known_to_be_old(luoyang, settings):
    def version(more=""):
        return journey_page(QueryDict(f"{ALL}&day=2026-12-06{more}")).version

    first = version()
    assert version() == first and version("&days=2") != first
    temple = Site.objects.get(uid="temple")
    temple.name = build.text("Renamed", "改名")
    temple.save()
    second = version()
    assert second != first
    settings.VERSION = "99.0"
    assert version() != second


def test_worker_and_manifest(client, luoyang, settings):
    worker = client.get("/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert settings.VERSION in worker.content.decode().partition("\n")[0]
    assert "no-cache" in worker["Cache-Control"]
    assert "worker-src 'self'" in worker["Content-Security-Policy"]
    for language in ("en", "zh-hans"):
        said = client.get(f"/{language}/manifest.webmanifest").json()
        assert said["start_url"] == f"/{language}/journey/"
        assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}
        assert "manifest.webmanifest" in client.get(f"/{language}/").content.decode()


# --- a town on a day -----------------------------------------------------------------------------


def test_a_town_says_what_is_open_on_a_day(client, luoyang):
    build.make_price(Site.objects.get(uid="grottoes"), 90)
    html = client.get("/en/places/luoyang/?day=2026-12-07").content.decode()
    assert "Open on Monday" in html
    table = html.partition('class="day-table"')[2].partition("</section>")[0]
    rows = {uid: row for row in table.split("<tr ")[1:] for uid in ("grottoes", "temple", "museum")
            if f"/sites/{uid}/" in row}  # fmt: skip
    assert 'class="is-open"' in rows["grottoes"] and "90" in rows["grottoes"]
    assert "17:00" in rows["temple"] and "One to two hours." in rows["temple"]
    assert 'class="is-closed"' in rows["museum"] and "Monday" in rows["museum"]
    assert table.index("/sites/temple/") < table.index("/sites/museum/")  # the open first
    assert "Of 2 more sites here nothing is recorded" in table


def test_the_table_follows_what_is_written(client, luoyang):
    before = client.get("/en/places/luoyang/?day=2026-12-07").content.decode()
    build.make_opening(Site.objects.get(uid="temple"), opens=None, weekdays="1")
    after = client.get("/en/places/luoyang/?day=2026-12-07").content.decode()
    assert before.count('class="is-closed"') + 1 == after.count('class="is-closed"')


# --- what still holds ----------------------------------------------------------------------------


def test_that_a_fact_still_holds_is_told_to_the_editors_once(client, luoyang):
    site = Site.objects.get(uid="temple")
    fact = site.visitingfacts.get()
    html = client.get("/en/sites/temple/").content.decode()
    address = f"/en/sites/temple/correction/?about=visit-{fact.uid}&holds=1"
    assert address.replace("&", "&amp;") in html
    for _again in range(2):
        form = client.get(address).context["form"]
        sent = {name: form[name].value() or "" for name in ("topic", "text", "key")}
        answer = client.post(address, sent)
        assert answer.status_code == 302, answer.context["form"].errors
    correction = Correction.objects.get()
    assert (correction.state, correction.topic) == ("new", "visit")
    assert "One to two hours." in correction.text and "still holds" in correction.text
    field = client.get(address.removesuffix("&holds=1")).content.decode()
    assert address.replace("&", "&amp;") in field  # beside the text of a correction, too
    draft = client.get("/en/sites/temple/correction/?holds=1").context["form"]
    assert not draft.holds  # of no fact
