"""The small maps of pages: a sheet with marks that are links, and the way to the map there.

Only public points are marked. The sites of a page are grouped and counted as on the map of a list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log2

from django.http import QueryDict
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.cartography import mercator
from heritage.formats import path_of
from heritage.models import Site
from heritage.search import IndexSnapshot, map_cells, page_dependencies, page_rows, updated_query
from heritage.search.map_cells import MapWindow
from heritage.values.coordinates import Point, bounds
from heritage.web.shared import map_sheets, unplaced
from heritage.web.shared.map_sheets import AT, MapMark, MapSheet
from heritage.web.shared.unplaced import UnplacedSites

WIDTH, HEIGHT = 512, 340  # as wide as the world at zoom 0
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


def of_sites(
    index: IndexSnapshot, hits: BitMap, filters: dict[str, str | Iterable[str]], title: str = ""
) -> SmallMap | None:
    """The sites that these filters leave; None if nobody knows where any of them lies."""
    page_dependencies.parts(index, "points")
    if hits <= index.nowhere:
        return None
    data = QueryDict(mutable=True)
    for name, value in filters.items():
        data.setlist(name, [value] if isinstance(value, str) else list(value))
    window = map_cells.window_of(index, hits, WIDTH, HEIGHT, _CLOSEST)
    view = map_cells.map_view(index, hits, window)
    page_dependencies.sites(index, map_cells.ids_in(view.groups))
    in_view = map_sheets.in_view(view.shown + view.in_districts)
    counts = map_sheets.counts_in_words(view)
    left = unplaced.on_no_map(view.nowhere, filters)
    marks = map_sheets.marks_of(index, view, window, data)
    url = f"{path_of('web:sites')}?{updated_query(data, view='map')}"
    sheet = map_sheets.sheet(window, marks, _("Map: %(what)s") % {"what": in_view})
    return SmallMap(sheet, url, title, [in_view, *counts] if counts or left else [], left)


def of_neighbours(site: Site, found: list[page_rows.Neighbour]) -> SmallMap | None:
    """A site and those around it, of several parts the nearest one; None without any."""
    here = site.public_point
    if here is None or not found:
        return None
    latitudes, longitudes = zip(here, *(near.point for near in found), strict=True)
    window = map_cells.window_of_points(latitudes, longitudes, WIDTH, HEIGHT, _CLOSEST)
    groups = map_cells.grouped(((near.site.pk, *near.point) for near in found), window)
    sites = {near.site.pk: near.site for near in found}
    marks = map_sheets.marks_of_groups(groups, window, QueryDict(), sites)
    label = _("Map: %(name)s and what lies around it; the list names them")
    return _around(site, [*marks, *_here(site, window)], window, label)


def of_site(site: Site, parts: tuple[Point, ...] = ()) -> SmallMap | None:
    """The land around a site, with its parts if it has several, or near by with its boundary; None
    if nobody knows where it lies. Nothing is read but its row."""
    spot = map_sheets.spot_of(site)
    label = _("Map: %(name)s and the land around it")
    if len(parts) > 1:
        latitudes, longitudes = zip(*parts, strict=True)
        window = map_cells.window_of_points(latitudes, longitudes, WIDTH, HEIGHT, _REGION)
        label = _("Map: the component parts of %(name)s, and the land around them")
    elif spot is not None and (boundary := site.public_boundary):
        south, west, north, east = bounds(boundary)
        (latitude, longitude), _km = spot
        window = map_cells.window_of_points(
            (south, north, latitude), (west, east, longitude), WIDTH, HEIGHT, _CLOSEST
        )
        label = _("Map: %(name)s with its boundary")
    elif spot is not None:
        window = MapWindow.around(*spot[0], _zoom(*spot), WIDTH, HEIGHT)
        if site.public_point is None:
            label = _("Map: the circle around the centre of its district in which %(name)s lies")
    else:
        return None
    return _around(site, _here(site, window), window, label, parts if len(parts) > 1 else ())


def _around(
    site: Site, marks: list[MapMark], window: MapWindow, label: str, parts: Iterable[Point] = ()
) -> SmallMap:
    words = label % {"name": site.shown_name.best()}
    return SmallMap(map_sheets.sheet(window, marks, words, parts), _there(window))


def _zoom(middle: Point, km: float | None) -> int:
    """So that the circle in which a site lies takes half of the map at most."""
    if not km:
        return _REGION
    widest = HEIGHT / 4 * mercator.metres_per_pixel(middle[0], 0) / 1000
    return max(_FAR, min(_REGION, int(log2(widest / km))))


def _here(site: Site, window: MapWindow) -> list[MapMark]:
    """The site of the page."""
    spot = map_sheets.spot_of(site)
    if spot is None:
        return []
    mark = map_sheets.mark_of(site, *spot, window, _there(window), "here")
    return [map_sheets.with_boundary(mark, site, window)]


def _there(window: MapWindow) -> str:
    return f"{path_of('web:sites')}?view=map&{AT}={map_sheets.at_of(window)}"
