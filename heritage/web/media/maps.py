"""The maps of public pages: their addresses, text alternatives and SVG.

Only public points are drawn. A page embeds a map as an image with an address of its own, so
that the page stays small and browsers cache the map. Where it has a scale, the address is in the
language of the page.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from pyroaring import BitMap

from heritage.cartography import sheets
from heritage.cartography.sheets import MapPoint
from heritage.models import ComponentPoint, Coverage, Place, Register, Site
from heritage.search import IndexSnapshot, columns, current_index, page_dependencies
from heritage.values.coordinates import Point, snap
from heritage.web import language_html, unplaced
from heritage.web.access import visible_site
from heritage.web.charts import Series
from heritage.web.media import tagged
from heritage.web.nearby_map import uncertainty_km
from heritage.web.unplaced import UnplacedSites

_MAX_DOTS = 3000  # dots: more of them on one map are evenly thinned


@dataclass(frozen=True, slots=True)
class MapImage:
    """Prepared for components/land.html."""

    src: str
    alt: str
    width: int = sheets.WIDTH
    height: int = sheets.HEIGHT
    title: str = ""
    series: tuple[Series, ...] = ()  # what the colours mean
    note: str = ""  # how many are shown
    unplaced: tuple[UnplacedSites, ...] = ()

    @property
    def is_world(self) -> bool:
        return self.width == sheets.WORLD_WIDTH


# --- for pages ---------------------------------------------------------------------------------


def around(site: Site, parts: tuple[Point, ...] = ()) -> MapImage | None:
    """The map of the land around a site, with its parts if it has several; None without a point."""
    if site.public_latitude is None:
        return None
    if len(parts) > 1:
        alt = _("Map: the component parts of %(name)s as dots on the land around")
        address = reverse("web:site_land", args=[site.uid])
        return MapImage(address, alt % {"name": site.name.best()}, *sheets.size_of(parts))
    alt = _("Map: %(name)s on the land around it, and where that is on the globe")
    return MapImage(reverse("web:site_land", args=[site.uid]), alt % {"name": site.name.best()})


def parts_of(site: Site) -> tuple[Point, ...]:
    """The points of the parts of a property, as the public sees them; none for a blurred site."""
    if site.blur_km:
        return ()
    points = ComponentPoint.objects.filter(
        designation__coverages__site=site,
        designation__coverages__extent=Coverage.Extent.WHOLE,
        designation__register__role=Register.Role.WORLD_HERITAGE,
    )
    rows = points.order_by("number").values_list("latitude", "longitude", "site__blur_km")
    return tuple(
        snap(latitude, longitude, blur_km) if blur_km else (latitude, longitude)
        for latitude, longitude, blur_km in rows
    )


def of_sites(place: Place, hits: BitMap) -> MapImage | None:
    """The sites of a place as dots; None where none has a point."""
    index = current_index()
    page_dependencies.parts(index, "points")
    points = _points(index, hits)
    if not points:
        return None
    alt = _("Map: the sites of %(place)s as dots on the land around; the list below names them")
    return MapImage(
        reverse("web:place_land", args=[place.slug]),
        alt % {"place": place.label.best()},
        *sheets.size_of(points),
        title=_("Where they lie"),
        note=_("%(shown)s of %(total)s sites are on this map.") % _numbers(len(points), len(hits))
        if len(points) < len(hits)
        else "",
        unplaced=tuple(unplaced.in_place(index, place)),
    )


def of_properties(
    series: list[Series], placed: int, total: int, left: list[UnplacedSites]
) -> MapImage:
    """The World Heritage of the whole world: `placed` of `total` properties, and who is left."""
    alt = _("World map: a dot for each property; the charts below count them by region and state")
    return MapImage(
        reverse("media:world_land"),
        alt,
        sheets.WORLD_WIDTH,
        sheets.WORLD_HEIGHT,
        title=_("Where they lie"),
        series=tuple(series),
        note=_("%(shown)s of %(total)s properties are on this map.") % _numbers(placed, total)
        if placed < total
        else "",
        unplaced=tuple(left),
    )


def _numbers(shown: int, total: int) -> dict[str, str]:
    return {"shown": language_html.number(shown), "total": language_html.number(total)}


# --- the pictures ------------------------------------------------------------------------------


@require_safe
def of_site(request: HttpRequest, uid: str) -> HttpResponseBase:
    fields = "state", "precision", "accuracy_m", "blur_km", "public_latitude", "public_longitude"
    sites = Site.objects.only(*fields).filter(public_latitude__isnull=False)
    site, is_public = visible_site(request, sites, uid)
    parts = parts_of(site)
    if len(parts) > 1:
        return tagged.svg(request, sheets.draw_places(parts), is_public)
    if site.public_point is None:
        raise Http404
    spot = MapPoint(*site.public_point, uncertainty_km(site))
    return tagged.svg(request, sheets.draw_point(spot), is_public)


@require_safe
def of_place(request: HttpRequest, slug: str) -> HttpResponseBase:
    place = Place.objects.filter(slug=slug).first()
    if place is None:
        raise Http404
    index = current_index()
    points = _points(index, index.having(f"place:{place.pk}"))
    if not points:
        raise Http404
    return tagged.svg(request, sheets.draw_places(points), is_public=True)


def _points(index: IndexSnapshot, hits: BitMap) -> tuple[Point, ...]:
    return tuple(columns.of_some(index.points, hits - index.unplaced, _MAX_DOTS))
