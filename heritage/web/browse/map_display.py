"""The map as a display of a list: it has the same sites and the same address.

The list beside the map has the sites in its window. `at` in the address is the window; without it
the map shows the area of the filter, or all sites of the list.
"""

import json
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.cartography import map_sheet, mercator, script_of
from heritage.cartography.mercator import MapWindow, SheetWindow
from heritage.cartography.tile_layers import TileLayer
from heritage.formats import path_of, tile_address, tile_layers
from heritage.media.covers import SHAPES, tag_of_texts
from heritage.search import SiteFilter, map_cells
from heritage.server.caches import CacheKey, LRUCache
from heritage.values.language import LazyText
from heritage.values.query_strings import updated_query
from heritage.web.browse.picture_files import tag_of
from heritage.web.browse.shown import MapPage, MapStep, Shown, ShownCard, shown_cards
from heritage.web.media import covers
from heritage.web.shared import cards, language_html, map_sheets
from heritage.web.shared.map_sheets import AT, MapMark

WIDTH, HEIGHT = 900, 620  # pixels of the sheet without a script
LISTED = 24  # sites in the list beside the map
_CLOSEST, _CLOSEST_OF_ONE = 13, 8  # zooms: of one site is shown what lies around it
FIRST = 5_000  # sites of a list that are kept, to look for those in view
_CACHED = 100  # lists, 20 kB each
_FIRST: CacheKey[LRUCache[tuple[Hashable, ...], np.ndarray]] = CacheKey("first sites of lists")
_MOST_COVERS = 60  # in a picture
_SIZES = (100, 2400)  # pixels that a map may have
_SCALES = (0.25, 2)  # of a pixel, between two zooms and beyond the smallest
_STEP = 0.6  # of the sheet, by which a link moves it


@dataclass(frozen=True, slots=True)
class MapDisplay:
    label: LazyText
    template: str = "components/map.html"

    def show(self, filtered: SiteFilter) -> Shown:
        return shown_at(filtered, _window_of_page(filtered), self.template)

    def state(self, filtered: SiteFilter) -> Hashable:
        window = _window_of_page(filtered)
        view = _view(filtered, window)
        return _state(filtered, window, view, first_in_view(filtered, view))


def _state(
    filtered: SiteFilter, window: MapWindow, view: map_cells.MapView, ids: list[int]
) -> Hashable:
    groups = tuple(
        (each.count, each.latitude, each.longitude, each.site, each.is_one_point)
        for each in view.groups
    )
    counts = (view.shown, view.in_districts, view.outside, view.nowhere)
    return window, groups, counts, tuple(view.districts), tuple(view.parts), tuple(ids)


def shown_at(filtered: SiteFilter, window: MapWindow, template: str) -> Shown:
    view = _view(filtered, window)
    ids = first_in_view(filtered, view)
    listed = shown_cards(filtered, cards.rendered_cards(filtered.index, ids))
    return Shown(
        template,
        [*ids, *view.site_ids],
        _state(filtered, window, view, ids),
        listed,
        map=_page(filtered, window, view, listed),
    )


def data_of(page: MapPage, counts: str, found: str, known: str) -> dict[str, Any]:
    """The data of a window for the script: marks, and as HTML the counts and the list beside the
    map.

    The list is left out if the script has it already: `known` is the tag of what it has.
    """
    return {
        "marks": [
            {
                "kind": mark.kind,
                "at": [round(mark.latitude, 6), round(mark.longitude, 6)],
                "number": mark.number,
                "label": mark.label,
                "href": mark.href,
                "r": round(mark.radius * page.sheet.window.scale, 1),
            }
            | ({"km": mark.km} if mark.km is not None else {})
            | ({"cover": mark.cover} if mark.cover else {})
            | ({"name": mark.name, "beside": mark.name_beside} if mark.name_at else {})
            | ({"boundary": mark.boundary} if mark.boundary else {})
            for mark in page.sheet.marks
        ],
        "hasCovers": page.sheet.has_covers,
        "isOfStreets": page.sheet.is_of_streets,
        "scale": [page.sheet.scale_share, page.sheet.scale_label],
        "parts": [[round(each, 6) for each in point] for point in page.parts],
        "inView": page.in_view,
        "area": f"?{page.area_query}",
        "counts": counts,
        "tag": page.tag,
    } | ({} if page.tag == known else {"found": found})


@dataclass(frozen=True, slots=True)
class MapPicture:
    """The map of a list as one picture, with its credit."""

    window: SheetWindow
    script: str
    marks: str
    lines: tuple[str, ...]

    @property
    def tag(self) -> str:
        return tag_of(self.window, self.script, self.marks, self.lines)

    def svg(self) -> str:
        return map_sheet.draw_sheet(self.window, self.script, self.marks, self.lines)


def picture(filtered: SiteFilter, size: str, number: str) -> MapPicture:
    """The map of a list as a picture, with the approval number of the map, if there is one."""
    width, height = _size(size) or (WIDTH, HEIGHT)
    lines = tuple(line for line in (map_sheets.CREDIT, number) if line)
    window = _window(filtered, width, height - map_sheet.foot_height(width, lines))
    view = _view(filtered, window)
    marks = map_sheets.marks_of(filtered.index, view, window, filtered.raw_data)
    marks = map_sheets.with_names(marks, window)
    sheet = map_sheets.sheet(window, marks, "", view.parts)
    covers_of = _covers(view) if sheet.has_covers else {}
    drawn = map_sheet.beyond(sheet.beyond) if sheet.beyond else ""
    drawn += "".join(map_sheet.part(x, y) for x, y in sheet.parts)
    drawn += "".join(map_sheet.boundary(mark.boundary_path) for mark in marks if mark.boundary)
    drawn += "".join(_mark_of(mark, covers_of.get(mark.cover, "")) for mark in marks)
    drawn += "".join(map_sheet.name(*mark.name_at, mark.name) for mark in marks if mark.name_at)
    return MapPicture(map_sheets.pixels_of(window), script_of(get_language()), drawn, lines)


def _covers(view: map_cells.MapView) -> dict[str, str]:
    """The square covers of the sites that stand alone, as SVG by their address."""
    ids = [group.site for group in view.groups if group.site is not None][:_MOST_COVERS]
    sites = covers.with_covers().filter(pk__in=ids)
    return {
        path_of("web:square_cover", site.uid): covers.cover(site, SHAPES["square"], get_language())
        for site in sites
    }


def _mark_of(mark: MapMark, cover: str) -> str:
    """A mark as SVG of a picture."""
    if mark.kind == "group":
        return map_sheet.seal(mark.x, mark.y, mark.radius, mark.number)
    if mark.kind == "district":
        return map_sheet.badge(mark.x, mark.y, mark.radius, mark.number)
    if cover and mark.km is None:
        return map_sheet.cover(mark.x, mark.y, cover)
    return map_sheet.dot(mark.x, mark.y, mark.radius, is_exact=mark.km is None)


def _view(filtered: SiteFilter, window: MapWindow) -> map_cells.MapView:
    fingerprint = filtered.fingerprint() if filtered.is_answered_by_values() else None
    return map_cells.map_view(filtered.index, filtered.hits, window, fingerprint)


def first_in_view(filtered: SiteFilter, view: map_cells.MapView) -> list[int]:
    """The ids of the first sites in view, in the order of the list. If many are in view, they are
    looked for among the first of the list, which are cached; else all in view, which are few, are
    sorted."""
    language, count = get_language(), len(filtered.hits)
    likely = (view.shown + view.in_districts) * min(FIRST, count) // max(1, count)
    if view.sites.looked_at > FIRST and (likely >= 2 * LISTED or count <= FIRST):
        first = _first_of_list(filtered, language)
        found = view.sites.among(first)[:LISTED].tolist()
        if len(found) == LISTED or len(first) == count:
            return found
    return filtered.page(language, 0, LISTED, view.sites.all())


def _first_of_list(filtered: SiteFilter, language: str) -> np.ndarray:
    def first() -> np.ndarray:
        return np.array(filtered.page(language, 0, FIRST), dtype=np.int32)

    if filtered.nearby or "q" in filtered.raw_data or not filtered.is_answered_by_values():
        return first()
    cache = filtered.index.cache.get_or_set(_FIRST, lambda: LRUCache(_CACHED))
    return cache.get_or_set((filtered.fingerprint(), filtered.order, language), first)


def _window_of_page(filtered: SiteFilter) -> MapWindow:
    """The window of the page. At zoom 0 it has the width of the world, which the page enlarges, and
    only the height that the sites need."""
    window = _window(filtered, WIDTH, HEIGHT)
    if window.zoom > 0 or window.needs is None:
        return window
    least = mercator.TILE * HEIGHT / WIDTH
    return window.resized(mercator.TILE, min(max(window.needs[1], least), mercator.TILE))


def _window(filtered: SiteFilter, width: float, height: float) -> MapWindow:
    """The window in the address; else the area of the filter, or the nearest sites; else all sites
    of the list."""
    at = map_sheets.window_at(filtered.raw_data.get(AT, ""), width, height)
    if at is not None:
        return at
    if box := filtered.chosen("bbox"):
        left, top = mercator.project(box.west, box.north)
        right, bottom = mercator.project(box.east, box.south)
        right += right < left  # across 180°
        framed = mercator.window_around(
            left, top, right, bottom, width + 80, height + 80, map_sheet.LARGEST
        ).resized(width, height)
        world = mercator.TILE << framed.zoom
        return replace(framed, needs=((right - left) * world, (bottom - top) * world))
    if (near := filtered.nearby) and (ids := near.slice(filtered.hits, 0, LISTED)):
        # Of several parts, the nearest: the whole may have its point anywhere.
        latitudes, longitudes = zip(*near.points_of(ids).values(), strict=True)
        return mercator.window_of_points(latitudes, longitudes, width, height)
    closest = _CLOSEST if len(filtered.hits) > 1 else _CLOSEST_OF_ONE
    return map_cells.window_of(filtered.index, filtered.hits, width, height, closest)


def window_of_request(filtered: SiteFilter, at: str, size: str, scale: str) -> MapWindow | None:
    """The window that a script asks for: in pixels of the browser, and by how much the browser
    enlarges tiles; None if it is invalid."""
    asked, factor = _size(size), _scale(scale)
    if asked is None or factor is None:
        return None
    window = map_sheets.window_at(at, asked[0] / factor, asked[1] / factor)
    return replace(window, scale=factor) if window else None


def _scale(text: str) -> float | None:
    try:
        scale = float(text or 1)
    except ValueError:
        return None
    return scale if _SCALES[0] <= scale <= _SCALES[1] else None


def _size(text: str) -> tuple[int, int] | None:
    """Width and height from a text such as `900x620`, limited to what is allowed; None if
    invalid."""
    parts = text.split("x")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    least, most = _SIZES
    width, height = (min(max(int(part[:5]), least), most) for part in parts)
    return width, height


def _page(
    filtered: SiteFilter, window: MapWindow, view: map_cells.MapView, listed: list[ShownCard]
) -> MapPage:
    data = filtered.raw_data
    in_view = view.shown + view.in_districts
    label = map_sheets.in_view(in_view)
    marks = map_sheets.marks_of(filtered.index, view, window, data)
    marks = map_sheets.with_names(marks, window)
    sheet = map_sheets.sheet(window, marks, _("Map: %(what)s") % {"what": label}, view.parts)
    box = map_cells.box_of(window)
    area = ",".join(f"{each:.5f}" for each in (box.west, box.south, box.east, box.north))
    query = updated_query
    layers = tile_layers()
    credits = [text for layer in layers for text in (layer.credit, layer.map_number)]
    return MapPage(
        sheet,
        [*map_sheets.counts_in_words(view), *map_sheets.nowhere_in_words(view.nowhere)],
        label,
        list(_steps(filtered, window)),
        query(data, drop=[AT], bbox=area),
        query(data, drop=[AT, "view"], bbox=area),
        _("The first %(listed)s of %(all)s in view are listed here.")
        % {"listed": language_html.number(len(listed)), "all": language_html.number(in_view)}
        if len(listed) < in_view
        else "",
        f"{path_of('web:map_data')}?{query(data, drop=[AT, 'view'])}",
        tile_address(),
        json.dumps([_layer_data(layer) for layer in layers]) if layers else "",
        " · ".join(dict.fromkeys(filter(None, credits))),
        any(layer.datum == "gcj02" for layer in layers),
        view.parts,
        query(data, drop=[AT, "view"], **{AT: map_sheets.at_of(window)}),
        tag_of_texts(*(f"{card.distance}{card.html}" for card in listed)),
    )


def _layer_data(layer: TileLayer) -> dict[str, Any]:
    """The data of a tile layer for Leaflet."""
    return {
        "url": layer.url,
        "subdomains": layer.subdomains,
        "maxNativeZoom": layer.largest_zoom,
    }


def _steps(filtered: SiteFilter, window: MapWindow) -> list[MapStep]:
    """Links that move the map without a script: closer, farther, and in four directions."""
    across, down = window.width * _STEP, window.height * _STEP
    moved = [
        (_("Zoom in"), "+", window.zoomed(1)),
        (_("Zoom out"), "−", window.zoomed(-1)),
        (_("West"), "←", window.moved(-across, 0)),
        (_("North"), "↑", window.moved(0, -down)),
        (_("South"), "↓", window.moved(0, down)),
        (_("East"), "→", window.moved(across, 0)),
    ]
    return [
        MapStep(
            label,
            sign,
            updated_query(filtered.raw_data, view="map", **{AT: map_sheets.at_of(each)}),
        )
        for label, sign, each in moved
        if 0 <= each.zoom <= map_sheet.LARGEST
    ]
