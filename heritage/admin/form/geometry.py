"""Maps beside the point and boundary of a site's form, and records that may be the same.

They show land, meridians and nearby sites from the catalogue's own data; no other server is used.
What is saved is in the fields `PointField` and `BoundaryFormField`.
"""

import json
import re
from contextlib import suppress
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator

from heritage.admin.access import is_id
from heritage.cartography import point_map
from heritage.cartography.point_map import HEIGHT, WIDEST_KM, WIDTH, Window
from heritage.media.covers import text_width
from heritage.models import Site
from heritage.search import current_index, similar
from heritage.values.coordinates import (
    Point,
    area_ha,
    bounds,
    count_points,
    distance_km,
    point_text,
    read_boundary,
    read_point,
)

SHOWN = 40  # sites on the map
LONGEST_NAME = 28
_LETTER = 10  # pixels of the labels' font
LUOYANG = (34.6, 112.5)  # the middle of a map without a point


def may_see_maps(model_admin: ModelAdmin, request: HttpRequest) -> bool:
    """Whether the user has a form that shows maps."""
    return model_admin.has_add_permission(request) or model_admin.has_change_permission(request)


def point_in(data: Any) -> Point | None:
    """The point in the form, if it can be read."""
    try:
        return read_point(data.get("coordinates", ""), bool(data.get("coordinates_gcj02")))
    except ValueError:
        return None


def base_map(window: Window, without: str) -> dict:
    """The background of the maps in the form: land, lines and sites, except the one being
    edited."""
    tall, wide = window.per_degree
    return {
        "window": window,
        "tall": tall,
        "wide": wide,
        "width": point_map.WIDTH,
        "height": point_map.HEIGHT,
        "land": point_map.land(window),
        "lines": point_map.lines(window),
        "sites": _sites(window, without),
    }


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
    window = Window(*_middle(request, point), _width(request))
    context = base_map(window, request.GET.get("without", "")) | {
        "error": error,
        "point": point_text(*point) if point else "",
        "place": window.place(*point) if point else None,
        "wider": min(point_map.WIDEST_KM, window.km * 4),
        "closer": max(point_map.NARROWEST_KM, window.km / 4),
    }
    return render(request, "admin/point_map.html", context)


def _middle(request: HttpRequest, point: Point | None) -> Point:
    try:
        return read_point(request.GET.get("at", ""))
    except ValueError:
        return point or LUOYANG


def _width(request: HttpRequest) -> float:
    text = request.GET.get("km", "")
    known = float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,4})?", text) else 40.0
    return min(max(known, point_map.NARROWEST_KM), point_map.WIDEST_KM)


def _sites(window: Window, without: str) -> list[dict]:
    """The best-known published sites on the map, with names where there is room."""
    tall, wide = window.reach
    index = current_index()
    found = index.measured_within(
        window.longitude - wide,
        window.latitude - tall,
        window.longitude + wide,
        window.latitude + tall,
    )
    ids = index.best_known.slice(found, 0, SHOWN)
    rows = Site.objects.only("name", "public_latitude", "public_longitude").in_bulk(ids)
    shown: list[dict] = []
    labels: list[tuple[Point, float]] = []
    for row in (rows[pk] for pk in ids if pk in rows and str(pk) != without):
        if row.public_latitude is None or row.public_longitude is None:
            continue  # its point has been deleted meanwhile
        at = window.place(row.public_latitude, row.public_longitude)
        name = Truncator(row).chars(LONGEST_NAME)
        length = 8 + text_width(name) * _LETTER
        is_left = at[0] + length > point_map.WIDTH  # there is no room to the right of its mark
        ends = (at[0] - length, at[0]) if is_left else (at[0], at[0] + length)
        # The degrees stand at the upper edge.
        is_free = at[1] > 20 and not any(_overlap(ends, at[1], *label) for label in labels)
        if is_free:
            labels.append((ends, at[1]))
        shown.append({"name": name if is_free else "", "at": at, "is_left": is_left})
    return shown


def _overlap(ends: Point, y: float, other_ends: Point, other_y: float) -> bool:
    """Whether two labels of twelve pixels a line would overlap, by their ends and heights."""
    return abs(y - other_y) <= 12 and ends[0] < other_ends[1] and other_ends[0] < ends[1]


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

NARROWEST_KM = 0.25
USUAL_KM = 2.0  # width of a map without a boundary
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
    context = base_map(window, request.POST.get("without", "")) | {
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
        # In this order, NaN gives the narrowest map, too.
        km = max(NARROWEST_KM, min(WIDEST_KM, float(data.get("km", ""))))
        return Window(*read_point(data.get("at", "")), km)
    except ValueError:  # without a middle and a width: show everything
        pass
    if boundary is None:
        latitude, longitude = point or LUOYANG
        return Window(latitude, longitude, USUAL_KM)
    south, west, north, east = bounds(boundary)
    middle = (south + north) / 2, (west + east) / 2
    across = distance_km((middle[0], west), (middle[0], east))
    tall = distance_km((south, middle[1]), (north, middle[1])) * WIDTH / HEIGHT
    return Window(*middle, min(max(across * _MARGIN, tall * _MARGIN, NARROWEST_KM), WIDEST_KM))
