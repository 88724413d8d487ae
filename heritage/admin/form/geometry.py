"""Maps beside the point and boundary of a site's form, and records that may be the same.

They show what the map for visitors shows: the base map, or the tiles that an operator has set, and
nearby sites. What is saved is in the fields `PointField` and `BoundaryFormField`.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.translation import get_language

from heritage.admin.access import is_id
from heritage.cartography import map_sheet, mark_names, script_of
from heritage.cartography.mark_names import MarkOnSheet
from heritage.cartography.point_map import HEIGHT, WIDTH, Tile, Window
from heritage.cartography.tile_layers import TileLayer
from heritage.formats import tile_address, tile_layers
from heritage.models import Site
from heritage.search import current_index, similar
from heritage.values.coordinates import (
    Point,
    area_ha,
    bounds,
    count_points,
    distance_km,
    from_gcj02,
    point_text,
    read_boundary,
    read_point,
    to_gcj02,
)

SHOWN = 40  # sites on the map
LONGEST_NAME = 28
LUOYANG = (34.6, 112.5)  # the middle of a map without a point
USUAL_KM = 40.0
_RADIUS = 4  # pixels of the mark of a site
_PIXELS = 256  # of the side of an operator's tile


def may_see_maps(model_admin: ModelAdmin, request: HttpRequest) -> bool:
    """Whether the user has a form that shows maps."""
    return model_admin.has_add_permission(request) or model_admin.has_change_permission(request)


def point_in(data: Any) -> Point | None:
    """The point in the form, if it can be read."""
    try:
        return read_point(data.get("coordinates", ""), bool(data.get("coordinates_gcj02")))
    except ValueError:
        return None


def ground(window: Window, without: str) -> dict:
    """What both maps in the form show beneath: tiles, an operator's over our own, and the sites
    around, except the one being edited."""
    credits = [text for layer in tile_layers() for text in (layer.credit, layer.map_number)]
    return {
        "window": window,
        "width": WIDTH,
        "height": HEIGHT,
        "tiles": list(_tiles(window)),
        "credits": list(dict.fromkeys(filter(None, credits))),
        "sites": _sites(window, without),
    }


def _tiles(window: Window) -> Iterator[tuple[str, Tile]]:
    address = tile_address()
    for tile in window.tiles():
        yield address.format(z=tile.zoom, x=tile.column, y=tile.row), tile
    for layer in tile_layers():
        hosts = layer.subdomains or ("",)
        for tile in _shifted(window, layer):
            host = hosts[(tile.column + tile.row) % len(hosts)]
            yield layer.url.format(z=tile.zoom, x=tile.column, y=tile.row, s=host), tile


def _shifted(window: Window, layer: TileLayer) -> Iterator[Tile]:
    """The tiles of a layer, those of a Chinese map where they are true."""
    middle = window.latitude, window.longitude
    is_shifted = layer.datum == "gcj02" and from_gcj02(*middle) != middle
    there = Window(*to_gcj02(*middle), window.zoom) if is_shifted else window
    return there.tiles(_PIXELS, layer.largest_zoom)


def map_view(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The map around a point (`point`, or `at` its middle), `km` wide."""
    if not may_see_maps(model_admin, request):
        raise PermissionDenied
    text, error = request.GET.get("point", ""), ""
    point: Point | None = None
    try:
        point = read_point(text, "gcj02" in request.GET) if text.strip() else None
    except ValueError as refusal:
        error = str(refusal)
    window = Window.of_width(*_middle(request, point), _width(request))
    context = ground(window, request.GET.get("without", "")) | {
        "error": error,
        "point": point_text(*point) if point else "",
        "wider": window.zoomed(-2).km,
        "closer": window.zoomed(2).km,
    }
    return render(request, "admin/point_map.html", context)


def _middle(request: HttpRequest, point: Point | None) -> Point:
    try:
        return read_point(request.GET.get("at", ""))
    except ValueError:
        return point or LUOYANG


def _width(request: HttpRequest) -> float:
    text = request.GET.get("km", "")
    known = float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,20})?", text) else USUAL_KM
    return max(known, _LEAST_KM)


def _sites(window: Window, without: str) -> list[dict]:
    """The best-known published sites on the map, with names where there is room."""
    index = current_index()
    ids = index.best_known.slice(index.measured_within(*window.degrees), 0, SHOWN)
    rows = Site.objects.only("name", "public_latitude", "public_longitude").in_bulk(ids)
    marks = [
        MarkOnSheet(
            *window.place(row.public_latitude, row.public_longitude),
            _RADIUS,
            Truncator(row).chars(LONGEST_NAME),
        )
        for row in (rows[pk] for pk in ids if pk in rows and str(pk) != without)
        # Its point may have been deleted meanwhile.
        if row.public_latitude is not None and row.public_longitude is not None
    ]
    sides = ["right"] * len(marks)
    if window.zoom <= map_sheet.LARGEST:  # closer, tiles are enlarged, and few sites are near
        sides = mark_names.sides(window.zoom, window.box, script_of(get_language()), marks)
    return [
        {"mark": mark, "name_at": mark_names.text_position(mark, side) if side else None}
        for mark, side in zip(marks, sides, strict=True)
    ]


def similar_view(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Records that may be of the same site as the one being added."""
    if not may_see_maps(model_admin, request):
        raise PermissionDenied
    point = None
    with suppress(ValueError):  # it may be incomplete
        point = read_point(request.GET.get("point", ""), "gcj02" in request.GET)
    without = request.GET.get("without", "")
    found = similar.similar(
        request.GET.getlist("name"), point, int(without) if is_id(without) else None
    )
    return render(request, "admin/similar_sites.html", {"found": found})


# --- boundaries ------------------------------------------------------------------------------

_LEAST_KM, _MOST_KM = 0.1, 40_000.0
BOUNDARY_KM = 1.5  # width of a map without a boundary
_MARGIN = 1.3


def boundary_map_view(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The map of what is written as `boundary`: what it encloses, or what is wrong with it.

    All of it is shown, or a map of `km` around `at`.
    """
    if not may_see_maps(model_admin, request):
        raise PermissionDenied
    text, error = request.POST.get("boundary", ""), ""
    boundary: dict[str, Any] | None = None
    try:
        boundary = read_boundary(text)
    except ValueError as refusal:
        error = str(refusal)
    point = point_in(request.POST)
    window = _window(request.POST, boundary, point)
    context = ground(window, request.POST.get("without", "")) | {
        "error": error,
        "geometry": json.dumps(boundary) if boundary else "",
        "hectares": area_ha(boundary) if boundary else None,
        "points": count_points(boundary) if boundary else 0,
        "point": window.place(*point) if point else None,
        "metres": window.km * 1000 if window.km < 1 else None,
    }
    return render(request, "admin/boundary_map.html", context)


def _window(data: Any, boundary: dict[str, Any] | None, point: Any) -> Window:
    try:
        # In this order, NaN gives the closest map, too.
        km = max(_LEAST_KM, min(_MOST_KM, float(data.get("km", ""))))
        return Window.of_width(*read_point(data.get("at", "")), km)
    except ValueError:  # without a middle and a width: show everything
        pass
    if boundary is None:
        latitude, longitude = point or LUOYANG
        return Window.of_width(latitude, longitude, BOUNDARY_KM)
    south, west, north, east = bounds(boundary)
    middle = (south + north) / 2, (west + east) / 2
    across = distance_km((middle[0], west), (middle[0], east))
    tall = distance_km((south, middle[1]), (north, middle[1])) * WIDTH / HEIGHT
    return Window.of_width(*middle, max(across * _MARGIN, tall * _MARGIN, _LEAST_KM))
