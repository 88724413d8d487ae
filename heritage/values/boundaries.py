"""Validation of site boundaries in GeoJSON (RFC 7946)."""

from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

# Far more than an outline needs; a larger one would make every page that draws it heavy.
MAX_POSITIONS = 20_000


def check_boundary(value: object) -> None:
    """Raise ValueError unless `value` is None or a GeoJSON Polygon or MultiPolygon in WGS 84."""
    if value is None:
        return
    if not isinstance(value, dict) or value.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError(_("A boundary is a GeoJSON geometry of type Polygon or MultiPolygon."))
    polygons: Any = value.get("coordinates")
    if value["type"] == "Polygon":
        polygons = [polygons]
    try:
        rings = list(chain.from_iterable(polygons))
        if not rings or sum(map(len, rings)) > MAX_POSITIONS:
            raise ValueError(
                _("A boundary has between 4 and %(most)s points.") % {"most": MAX_POSITIONS}
            )
        for ring in rings:
            _check_ring(ring)
    except TypeError as error:
        raise ValueError(_("The coordinates of the boundary are no rings of points.")) from error


def _check_ring(ring: list) -> None:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError(_("Each ring has at least four points and ends where it began."))
    for longitude, latitude, *_height in ring:
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValueError(
                _("The point %(point)s lies outside the globe; GeoJSON puts longitude first.")
                % {"point": [longitude, latitude]}
            )
