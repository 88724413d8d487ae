"""Maps on pages: tiles side by side, and on them marks that are links.

Only public points are marked, as exactly as the public may know where a site lies. The same marks
are sent to the script that pans and zooms.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from math import cos, hypot, log2, log10, pi, sin
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.cartography import (
    badge_places,
    map_sheet,
    mark_names,
    mercator,
    script_of,
)  # fmt: skip
from heritage.cartography.mercator import Group, MapWindow, SheetWindow
from heritage.formats import list_url, path_of, tile_address
from heritage.models import Coverage, Place, Site
from heritage.search import IndexSnapshot, SiteFilter, map_cells, page_rows
from heritage.values.coordinates import Point, bounds, distance_phrase
from heritage.values.query_strings import updated_query
from heritage.web.shared import language_html, page_dependencies

_CELL_REACH = 0.75  # of a blurred cell, from its middle to its corners and a little more
_TOWN_KM = 2  # from the middle of a town to its sites, if no accuracy is recorded


def parts_of(site: Site) -> tuple[Point, ...]:
    """The points of the parts of a property, as the public sees them; none for a blurred site."""
    rows = Coverage.objects.filter(site=site).component_points()
    return tuple((latitude, longitude) for _site, latitude, longitude in rows)


def uncertainty_km(site: Site) -> float | None:
    """The radius in km around the public point in which a site lies; None if the point is exact."""
    if site.public_blur_km:
        return site.public_blur_km * _CELL_REACH
    accuracy_km = (site.accuracy_m or 0) / 1000
    if site.precision == Site.Precision.TOWN:
        return max(accuracy_km, _TOWN_KM)
    return accuracy_km if site.precision == Site.Precision.APPROXIMATE else None


def spot_of(site: Site) -> tuple[Point, float | None] | None:
    """The public point of a site, or the centre of its district; and the radius in km around it in
    which the site lies, or None if the point is exact."""
    if site.public_point is not None:
        return site.public_point, uncertainty_km(site)
    district = site.district
    if district is None or district.circle is None:
        return None
    latitude, longitude, km = district.circle
    return (latitude, longitude), km


AT = "at"  # the parameter of the place that a map shows: latitude, longitude, zoom
CREDIT = "Natural Earth · GeoNames (CC BY 4.0)"
_HAIR = 0.00002  # degrees around a point, so that it is found again
_BOUNDARIES_FROM = 9  # zoom
_COVERS_FROM = 12  # the zoom from which single sites show their cover
_NAMES_FROM = 10  # the zoom from which many single sites bear their names
_MOST_NAMED, _FEW_NAMED = 150, 12  # marks on a sheet with names, and on one of a lower zoom
_IN_WATER = 12  # pixels of another mark that a badge rather covers than it stands in the sea
_LEAST_BLUR = 9.0  # pixels of the radius of a circle, so that it seems no point


# What the mark of a site on a map tells of where it lies.
MARK_COLUMNS = ("precision", "accuracy_m", "blur_km", "rule_blur_km", "boundary")


@dataclass(frozen=True, slots=True)
class Neighbour:
    site: Site  # with what a link to it and its mark on a map need
    km: float
    point: Point  # the nearest of the site and its parts, as the public sees it


@dataclass(frozen=True, slots=True)
class TileImage:
    href: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class MapMark:
    """Something on the map. `kind` is "site", "group", "district", or "here": a page's own site."""

    kind: str
    x: float  # pixels from the corner of the sheet
    y: float
    latitude: float
    longitude: float
    count: int
    label: str  # a site's name, or what is here
    href: str
    radius: float  # pixels of the mark, or of the circle in which a site lies
    km: float | None = None  # the radius in which a site lies; None if it is exact
    cover: str = ""
    boundary: tuple[tuple[Point, ...], ...] = ()  # rings, as exact as the zoom shows
    boundary_path: str = ""  # the same in pixels, as SVG has it
    name: str = ""  # of a site, as short as it has one
    name_at: tuple[float, float, str] | None = None  # as SVG has it: x, y, anchor; None: no room
    name_beside: tuple[str, int, int] | None = None  # as Leaflet has it: side, and pixels from it

    # As SVG has it.

    @property
    def cx(self) -> str:
        return f"{self.x:z.1f}"

    @property
    def cy(self) -> str:
        return f"{self.y:z.1f}"

    @property
    def r(self) -> str:
        return f"{self.radius:.1f}"

    @property
    def side(self) -> str:
        """The side of a seal in pixels."""
        return f"{self.radius * 2:.1f}"

    @property
    def left(self) -> str:
        return f"{self.x - self.radius:.1f}"

    @property
    def top(self) -> str:
        return f"{self.y - self.radius:.1f}"

    @property
    def number(self) -> str:
        return language_html.number(self.count)


@dataclass(frozen=True, slots=True)
class MapSheet:
    """Prepared for components/map_sheet.html."""

    window: MapWindow
    width: int
    height: int
    label: str
    tiles: list[TileImage]
    marks: list[MapMark]
    parts: list[tuple[str, str]]  # of properties, in pixels
    scale_share: str  # percent of the width of the sheet
    scale_label: str
    notes: list[str] = field(default_factory=list)
    route: str = ""  # the path that joins the marks, as SVG has it

    @property
    def at(self) -> str:
        return at_of(self.window)

    @property
    def needs(self) -> str:
        """The size in pixels of what the map was made to show, which the script fits into its
        frame."""
        return "x".join(str(round(each)) for each in self.window.needs or (self.width, self.height))

    @property
    def beyond(self) -> str:
        """The path of what lies beside a world that is narrower than the sheet. It is covered,
        since marks are only drawn on the world in the middle."""
        world = mercator.TILE << self.window.zoom
        left, top = (self.width - world) / 2, -round(self.window.top)
        if left <= 0:
            return ""
        sheet = f"M-2 -2h{self.width + 4}v{self.height + 4}h-{self.width + 4}z"
        return f"{sheet}M{left:.1f} {top}h{world}v{world}h-{world}z"

    @property
    def has_covers(self) -> bool:
        """Whether the zoom is so close that sites are shown by their covers."""
        return self.window.zoom >= _COVERS_FROM

    @property
    def is_of_streets(self) -> bool:
        """Whether the zoom is so close that a reader would expect streets."""
        return self.window.zoom >= map_sheet.STREETS_FROM


def sheet(
    window: MapWindow,
    marks: list[MapMark],
    label: str,
    parts: Iterable[tuple[float, float]] = (),
) -> MapSheet:
    """The sheet of a window, in whole pixels."""
    pixels = pixels_of(window)
    left, top, width, height = pixels.left, pixels.top, pixels.width, pixels.height
    km, length = mercator.scale_of(pixels)
    return MapSheet(
        window,
        width,
        height,
        label,
        list(_tiles(window.zoom, left, top, width, height)),
        marks,
        [(f"{x - left:.1f}", f"{y - top:.1f}") for x, y in _pixels(window, parts)],
        f"{100 * length / width:.2f}",
        distance_phrase(km),
    )


def with_route(made: MapSheet, path: str) -> MapSheet:
    return replace(made, route=path)


def pixels_of(window: MapWindow) -> SheetWindow:
    """The window in whole pixels."""
    corner, size = (window.left, window.top), (window.width, window.height)
    return SheetWindow(window.zoom, *map(round, corner), *map(round, size))


def _tiles(zoom: int, left: int, top: int, width: int, height: int) -> Iterator[TileImage]:
    address, most, side = tile_address(), 1 << zoom, mercator.TILE
    for y in range(max(0, top // side), min(most, (top + height - 1) // side + 1)):
        for x in range(left // side, (left + width - 1) // side + 1):
            href = address.format(z=zoom, x=x % most, y=y)
            yield TileImage(href, x * side - left, y * side - top)


def _pixels(
    window: MapWindow, points: Iterable[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """Points in pixels of the world, on the side of 180° on which the window lies."""
    world = mercator.TILE << window.zoom
    middle = window.left + window.width / 2
    for latitude, longitude in points:
        x, y = mercator.project(longitude, latitude)
        yield x * world + round((middle - x * world) / world) * world, y * world


def marks_of(
    index: IndexSnapshot, view: map_cells.MapView, window: MapWindow, data: QueryDict
) -> list[MapMark]:
    """The marks for a view of the list with the query `data`: districts first, single sites
    last."""
    marks = marks_of_groups(view.groups, window, data, _read_sites(view.groups, window))
    badges: list[MapMark] = []
    for each in _districts(index, view, window, data):
        # Left of its town, since the name of that mostly stands at the right.
        badge = _moved(each, each.x - each.radius + 4, each.y, window)
        badges.append(_beside(badge, [*marks, *badges], window))
    return _beside_names([*badges, *marks], window)


def with_names(marks: list[MapMark], window: MapWindow) -> list[MapMark]:
    """The marks, with the names of single sites where there is room, at close zooms or if there are
    few."""
    most = _MOST_NAMED if window.zoom >= _NAMES_FROM else _FEW_NAMED
    if len(marks) > most or window.scale < 1:
        return marks
    has_covers = window.zoom >= _COVERS_FROM
    drawn = []
    for mark in marks:
        reach = mark.radius
        if mark.km is not None:
            reach = 0
        elif mark.cover and has_covers:
            reach = map_sheet.COVER / 2
        drawn.append(mark_names.MarkOnSheet(mark.x, mark.y, reach, mark.name))
    box = pixels_of(window).box
    sides = mark_names.sides(window.zoom, box, script_of(get_language()), drawn)
    return [
        replace(
            mark,
            name_at=mark_names.text_position(there, side),
            name_beside=(side, *mark_names.edge_offset(there, side)),
        )
        if side
        else mark
        for mark, there, side in zip(marks, drawn, sides, strict=True)
    ]


def _beside_names(marks: list[MapMark], window: MapWindow) -> list[MapMark]:
    """The marks, with badges moved beside the names of the map where there is room."""
    badges = [
        badge_places.Badge(
            mark.x, mark.y, mark.radius if mark.km is None else 0, mark.kind == "site"
        )
        for mark in marks
    ]
    box, script = pixels_of(window).box, script_of(get_language())
    moves = badge_places.beside_names(window.zoom, script, box, badges)
    return [
        _moved(mark, mark.x + across, mark.y + down, window) if across or down else mark
        for mark, (across, down) in zip(marks, moves, strict=True)
    ]


def marks_of_groups(
    groups: list[Group], window: MapWindow, data: QueryDict, sites: dict[int, Site]
) -> list[MapMark]:
    """The marks of groups of several sites, then those of single sites; `sites` has these by id,
    with `MARK_COLUMNS`."""
    return [*_groups(groups, window, data), *_sites(groups, window, sites)]


def _beside(badge: MapMark, marks: list[MapMark], window: MapWindow) -> MapMark:
    """A district's badge, moved to the best place beside a mark that would hide it."""
    in_way = [mark for mark in marks if mark.km is None and _overlap(badge, mark)]
    if not in_way:
        return badge
    mark = max(in_way, key=lambda each: _overlap(badge, each))
    away = (mark.radius + badge.radius) * 0.94
    turns = (pi / 4, -pi / 4, 3 * pi / 4, -3 * pi / 4, 0, pi, pi / 2, -pi / 2)
    places = [(mark.x + away * cos(turn), mark.y + away * sin(turn)) for turn in turns]
    moved = [_moved(badge, x, y, window) for x, y in places]
    return min(moved, key=lambda each: _harm(each, badge, marks))


def _harm(moved: MapMark, badge: MapMark, marks: list[MapMark]) -> float:
    """A penalty in pixels for a badge at a place: for covering marks, lying in the sea, and being
    far from its own place."""
    x, y = mercator.project(moved.longitude, moved.latitude)
    overlaps = sum(_overlap(moved, other) for other in marks)
    away = hypot(moved.x - badge.x, moved.y - badge.y)
    return overlaps + (0 if map_sheet.is_land(x, y) else _IN_WATER) + away / 100


def _moved(badge: MapMark, x: float, y: float, window: MapWindow) -> MapMark:
    """The badge at other pixels of the sheet, and at the point that lies there."""
    world = mercator.TILE << window.zoom
    at_x, at_y = (x + round(window.left)) / world, (y + round(window.top)) / world
    longitude, latitude = mercator.unproject(at_x % 1, at_y)
    return replace(badge, x=x, y=y, latitude=latitude, longitude=longitude)


def _overlap(one: MapMark, other: MapMark) -> float:
    """How many pixels two marks overlap; 0 if they do not."""
    return max(0, one.radius + other.radius - hypot(one.x - other.x, one.y - other.y) - 2)


def _read_sites(groups: Iterable[Group], window: MapWindow) -> dict[int, Site]:
    """The single sites among groups; boundaries only where they are drawn."""
    columns = [
        name for name in MARK_COLUMNS if name != "boundary" or window.zoom >= _BOUNDARIES_FROM
    ]
    return page_rows.linked_sites([each.site for each in groups if each.site], *columns)


def _sites(groups: Iterable[Group], window: MapWindow, sites: dict[int, Site]) -> Iterator[MapMark]:
    """Single sites, each linked to its page."""
    points = {each.site: (each.latitude, each.longitude) for each in groups if each.site}
    for site in (sites[pk] for pk in sorted(points.keys() & sites.keys())):
        km, href = uncertainty_km(site), path_of("web:site", site.slug)
        mark = with_boundary(mark_of(site, points[site.pk], km, window, href), site, window)
        cover = path_of("web:square_cover", site.uid)
        yield replace(mark, cover=cover, name=site.shown_name.best().text)


def with_boundary(mark: MapMark, site: Site, window: MapWindow) -> MapMark:
    """The mark with the boundary of its site, at close zooms."""
    if window.zoom < _BOUNDARIES_FROM or (boundary := site.public_boundary) is None:
        return mark
    rings, path = _boundary(boundary, window)
    return replace(mark, boundary=rings, boundary_path=path)


def _boundary(
    geometry: dict[str, Any], window: MapWindow
) -> tuple[tuple[tuple[Point, ...], ...], str]:
    """The rings of a boundary in degrees, and as path data; of points in the same pixel the first
    is kept."""
    areas = geometry["coordinates"]
    rings, path = [], ""
    for ring in chain(*(areas if geometry["type"] == "MultiPolygon" else [areas])):
        points = [(position[1], position[0]) for position in ring]
        pixels = [
            (round(x - window.left), round(y - window.top)) for x, y in _pixels(window, points)
        ]
        corners = [n for n, at in enumerate(pixels) if n == 0 or at != pixels[n - 1]]
        if len(corners) > 3:  # the last is the first again
            rings.append(tuple((round(points[n][0], 6), round(points[n][1], 6)) for n in corners))
            path += "M" + "L".join(f"{pixels[n][0]} {pixels[n][1]}" for n in corners) + "z"
    return tuple(rings), path


def mark_of(
    site: Site, point: Point, km: float | None, window: MapWindow, href: str, kind: str = "site"
) -> MapMark:
    """The mark of a site at a point, or of the circle with a radius of `km` in which it lies."""
    ((x, y),) = _pixels(window, [point])
    radius = 6.0
    if km is not None:
        per_pixel = mercator.metres_per_pixel(point[0], window.zoom) / 1000
        radius = max(_LEAST_BLUR, km / per_pixel)
        if radius == _LEAST_BLUR and not site.public_blur_km:  # no larger than its dot
            km, radius = None, 6.0
    return MapMark(
        kind,
        x - round(window.left),
        y - round(window.top),
        *point,
        1,
        site.name.best().text,
        href,
        round(radius, 1),
        km,
    )


def _groups(groups: Iterable[Group], window: MapWindow, data: QueryDict) -> Iterator[MapMark]:
    for group in groups:
        if group.site is not None:
            continue
        ((x, y),) = _pixels(window, [(group.latitude, group.longitude)])
        words = ngettext("%(number)s site here", "%(number)s sites here", group.count)
        label = words % {"number": language_html.number(group.count)}
        if group.is_one_point or window.zoom >= map_sheet.LARGEST:
            href, label = _list_there(group, data), _("%(what)s: see the list") % {"what": label}
        else:
            href, label = _closer(group, window, data), _("%(what)s: zoom in") % {"what": label}
        yield MapMark(
            "group",
            x - round(window.left),
            y - round(window.top),
            group.latitude,
            group.longitude,
            group.count,
            label,
            href,
            round((10 + 3.4 * log10(group.count)) / window.scale, 1),
        )


def _closer(group: Group, window: MapWindow, data: QueryDict) -> str:
    """The address of the map at the closest zoom that shows the whole group, at least one step
    closer."""
    fit = mercator.window_around(*group.spans, window.width, window.height, map_sheet.LARGEST)
    zoom = min(max(fit.zoom, window.zoom + 1), map_sheet.LARGEST)
    left, top, right, bottom = group.spans
    longitude, latitude = mercator.unproject((left + right) / 2 % 1, (top + bottom) / 2)
    return f"{path_of('web:sites')}?" + updated_query(
        data, view="map", **{AT: place_in_address(latitude, longitude, zoom)}
    )


def _list_there(group: Group, data: QueryDict) -> str:
    """The address of the list of a group's sites, which no zoom divides."""
    left, top, right, bottom = group.spans
    if group.is_one_point:
        west, east = group.longitude - _HAIR, group.longitude + _HAIR
        south, north = group.latitude - _HAIR, group.latitude + _HAIR
    else:
        west, north = mercator.unproject(left % 1, top)
        east, south = mercator.unproject(right % 1, bottom)
    box = ",".join(f"{each:.5f}" for each in (west, south, east, north))
    query = updated_query(data, drop=["view", AT], bbox=box)
    return f"{path_of('web:sites')}?{query}"


def _districts(
    index: IndexSnapshot, view: map_cells.MapView, window: MapWindow, data: QueryDict
) -> Iterator[MapMark]:
    places = index.vocabulary.places.terms
    for badge in view.districts:
        named = [places[pk] for pk in badge.places if pk in places]
        ((x, y),) = _pixels(window, [(badge.latitude, badge.longitude)])
        words = ngettext(
            "%(number)s site in %(place)s, its exact place is not recorded",
            "%(number)s sites in %(place)s, their exact places are not recorded",
            badge.count,
        )
        label = words % {
            "number": language_html.number(badge.count),
            "place": _("%(first)s and around") % {"first": named[0].label.best()}
            if len(named) > 1
            else named[0].label.best()
            if named
            else "",
        }
        query = QueryDict(updated_query(data, drop=["view", AT, "place"]), mutable=True)
        query.setlist("place", [place.slug for place in named])
        query.appendlist(SiteFilter.NOT, "has:point")
        yield MapMark(
            "district",
            x - round(window.left),
            y - round(window.top),
            badge.latitude,
            badge.longitude,
            badge.count,
            label,
            f"{path_of('web:sites')}?{query.urlencode()}",
            round((9 + 3 * log10(badge.count)) / window.scale, 1),
        )


def in_view(count: int) -> str:
    words = ngettext("%(number)s site in view", "%(number)s sites in view", count)
    return words % {"number": language_html.number(count)}


def counts_in_words(view: map_cells.MapView) -> list[str]:
    """Sentences that say how the sites in view and those outside add up to all with a position."""
    found = []
    if view.in_districts:
        found.append(
            ngettext(
                "%(number)s of them stands at its district: its exact place is not recorded.",
                "%(number)s of them stand at their district: their exact places are not recorded.",
                view.in_districts,
            )
            % {"number": language_html.number(view.in_districts)}
        )
    if view.outside:
        found.append(
            ngettext(
                "%(number)s more lies outside this map.",
                "%(number)s more lie outside this map.",
                view.outside,
            )
            % {"number": language_html.number(view.outside)}
        )
    return found


def nowhere_in_words(count: int) -> list[str]:
    """The sentence on sites that no map shows; empty if there are none."""
    words = ngettext(
        "Of %(number)s it is not recorded where it lies.",
        "Of %(number)s it is not recorded where they lie.",
        count,
    )
    return [words % {"number": language_html.number(count)}] if count else []


# --- Sites that no map can show ------------------------------------------------------------------

WITHOUT_POINT = "has:point"  # what the list of sites excludes of which no point is recorded
NOWHERE = (WITHOUT_POINT, "has:district")  # and that of those that could not be placed


@dataclass(frozen=True, slots=True)
class UnplacedSites:
    """Sites without a position: how many, and the address of their list."""

    label: str
    count: int
    url: str

    @classmethod
    def counted(cls, count: int, url: str) -> "UnplacedSites":
        words = ngettext("%(number)s site", "%(number)s sites", count)
        return cls(words % {"number": language_html.number(count)}, count, url)

    @classmethod
    def in_place(cls, place: Place, count: int, url: str) -> "UnplacedSites":
        words = {"number": language_html.number(count), "place": place.label.best()}
        return cls(_("%(number)s in %(place)s") % words, count, url)


def unplaced_in(index: IndexSnapshot, place: Place | None) -> list[UnplacedSites]:
    """The sites of a place whose exact place is not recorded; empty if there are none."""
    if place is None:
        return []
    question = partial(_count_unplaced, place_id=place.pk)
    count = question(index)
    page_dependencies.answer(index, question, count)
    url = list_url(place=place.slug, **{SiteFilter.NOT: WITHOUT_POINT})
    return [UnplacedSites.in_place(place, count, url)] if count else []


def _count_unplaced(index: IndexSnapshot, place_id: int) -> int:
    return len(index.unplaced & index.having("place", place_id))


def _on_no_map(count: int, filters: dict[str, str | Iterable[str]]) -> list[UnplacedSites]:
    """The entry for sites that match these filters and have neither a point nor a district."""
    url = list_url(**filters, **{SiteFilter.NOT: NOWHERE})
    return [UnplacedSites.counted(count, url)] if count else []


def town_of(place: Place | None) -> Place | None:
    """The town or prefecture that a place lies in, or the place itself if it lies in none."""
    if place is None:
        return None
    line = (*place.ancestors(), place)
    return next((each for each in line if each.level == Place.Level.CITY), place)


# --- the place that a map shows, in its address ------------------------------------------------


def at_of(window: MapWindow) -> str:
    world = mercator.TILE << window.zoom
    x = (window.left + window.width / 2) / world % 1
    y = min(max((window.top + window.height / 2) / world, 0), 1)
    longitude, latitude = mercator.unproject(x, y)
    return place_in_address(latitude, longitude, window.zoom)


def place_in_address(latitude: float, longitude: float, zoom: int) -> str:
    digits = 2 if zoom < 7 else 4
    return f"{latitude:.{digits}f},{longitude:.{digits}f},{zoom}"


def window_at(text: str, width: float, height: float) -> MapWindow | None:
    """The window of an address; None if it means nothing."""
    try:
        latitude, longitude, zoom = text.split(",")
        at, around, level = float(latitude), float(longitude), int(zoom)
    except ValueError:
        return None
    if not (abs(at) <= 90 and abs(around) <= 180 and 0 <= level <= map_sheet.LARGEST):
        return None
    return MapWindow.around(at, around, level, width, height)


# --- Small maps of pages -------------------------------------------------------------------------

SMALL_WIDTH, SMALL_HEIGHT = 512, 340  # as wide as the world at zoom 0
_REGION = 7  # the zoom at which the land around a site is shown: 260 km of it in China
_CLOSEST = 11
_FAR = 3


@dataclass(frozen=True, slots=True)
class SmallMap:
    """Prepared for components/small_map.html; `url` is the same on the large map."""

    sheet: MapSheet
    url: str
    title: str = ""
    counts: list[str] = field(default_factory=list)
    unplaced: list[UnplacedSites] = field(default_factory=list)  # what it cannot show


def small_map_of_sites(
    index: IndexSnapshot, hits: BitMap, filters: dict[str, str | Iterable[str]], title: str = ""
) -> SmallMap | None:
    """A map of the sites that match `filters`; None if none of them has a position."""
    page_dependencies.parts(index, "points")
    if hits <= index.nowhere:
        return None
    data = QueryDict(mutable=True)
    for name, value in filters.items():
        data.setlist(name, [value] if isinstance(value, str) else list(value))
    window = map_cells.window_of(index, hits, SMALL_WIDTH, SMALL_HEIGHT, _CLOSEST)
    view = map_cells.map_view(index, hits, window)
    page_dependencies.sites(index, view.site_ids)
    found = in_view(view.shown + view.in_districts)
    counts = counts_in_words(view)
    left = _on_no_map(view.nowhere, filters)
    marks = marks_of(index, view, window, data)
    url = f"{path_of('web:sites')}?{updated_query(data, view='map')}"
    made = sheet(window, marks, _("Map: %(what)s") % {"what": found})
    return SmallMap(made, url, title, [found, *counts] if counts or left else [], left)


def small_map_of_neighbours(site: Site, found: list[Neighbour]) -> SmallMap | None:
    """A map of a site and its neighbours, each at its nearest point; None without neighbours."""
    here = site.public_point
    if here is None or not found:
        return None
    latitudes, longitudes = zip(here, *(near.point for near in found), strict=True)
    window = mercator.window_of_points(latitudes, longitudes, SMALL_WIDTH, SMALL_HEIGHT, _CLOSEST)
    groups = mercator.grouped(((near.site.pk, *near.point) for near in found), window)
    sites = {near.site.pk: near.site for near in found}
    marks = marks_of_groups(groups, window, QueryDict(), sites)
    label = _("Map: %(name)s and what lies around it; the list names them")
    return _around(site, [*marks, *_here(site, window)], window, label)


def small_map_of_site(site: Site, parts: tuple[Point, ...] = ()) -> SmallMap | None:
    """A map of the surroundings of a site: with its parts if it has several, else closer and with
    its boundary; None without a position. Reads nothing but the row of the site."""
    spot = spot_of(site)
    label = _("Map: %(name)s and the land around it")
    if len(parts) > 1:
        latitudes, longitudes = zip(*parts, strict=True)
        window = mercator.window_of_points(
            latitudes, longitudes, SMALL_WIDTH, SMALL_HEIGHT, _REGION
        )
        label = _("Map: the component parts of %(name)s, and the land around them")
    elif spot is not None and (boundary := site.public_boundary):
        south, west, north, east = bounds(boundary)
        (latitude, longitude), _km = spot
        window = mercator.window_of_points(
            (south, north, latitude), (west, east, longitude), SMALL_WIDTH, SMALL_HEIGHT, _CLOSEST
        )
        label = _("Map: %(name)s with its boundary")
    elif spot is not None:
        window = MapWindow.around(*spot[0], _zoom(*spot), SMALL_WIDTH, SMALL_HEIGHT)
        if site.public_point is None:
            label = _("Map: the circle around the centre of its district in which %(name)s lies")
    else:
        return None
    return _around(site, _here(site, window), window, label, parts if len(parts) > 1 else ())


def _around(
    site: Site, marks: list[MapMark], window: MapWindow, label: str, parts: Iterable[Point] = ()
) -> SmallMap:
    words = label % {"name": site.shown_name.best()}
    return SmallMap(sheet(window, marks, words, parts), _there(window))


def _zoom(middle: Point, km: float | None) -> int:
    """The zoom at which the circle in which a site lies takes at most half of the map."""
    if not km:
        return _REGION
    widest = SMALL_HEIGHT / 4 * mercator.metres_per_pixel(middle[0], 0) / 1000
    return max(_FAR, min(_REGION, int(log2(widest / km))))


def _here(site: Site, window: MapWindow) -> list[MapMark]:
    """The mark of the site of the page."""
    spot = spot_of(site)
    if spot is None:
        return []
    mark = mark_of(site, *spot, window, _there(window), "here")
    return [with_boundary(mark, site, window)]


def _there(window: MapWindow) -> str:
    return f"{path_of('web:sites')}?view=map&{AT}={at_of(window)}"
