"""The boundary of a site in its form: a text, checked while it is written, and a map to draw on.

The text is what is saved; the map writes it. Nothing is asked of anybody else.
"""

import json
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heritage.admin.form.points import LUOYANG, base_map, may_see_maps, point_in
from heritage.cartography.point_map import HEIGHT, WIDEST_KM, WIDTH, Window
from heritage.values.boundaries import area_ha, bounds, count_points, read_boundary
from heritage.values.coordinates import distance_km
from heritage.values.point_reader import read_point

NARROWEST_KM = 0.25
USUAL_KM = 2.0  # width of a map without a boundary
MAX_HANDLES = 200  # points that can be moved on the map
_MARGIN = 1.3


class BoundaryWidget(AdminTextareaWidget):
    """The text, and the place of the map with its buttons."""

    template_name = "admin/widgets/boundary.html"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"rows": 4, "spellcheck": "false"} | (attrs or {}))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["most"] = MAX_HANDLES
        return context


class BoundaryFormField(forms.JSONField):
    """GeoJSON, or one point on each line; empty where there is none."""

    widget = BoundaryWidget

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read_boundary(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The text as it was typed: Django would read it, and fail where `to_python` refuses."""
        return initial if self.disabled else data

    def prepare_value(self, value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        return super().prepare_value(value)


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
