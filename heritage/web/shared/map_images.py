"""The maps of public pages: their addresses and text alternatives.

Only public points are drawn. A page embeds a map as an image with an address of its own, so
that the page stays small and browsers cache the map. Where it has a scale, the address is in the
language of the page.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.cartography import sheets
from heritage.models import Place, Site
from heritage.search import current_index, page_dependencies
from heritage.values.coordinates import Point
from heritage.web.media.maps import points_of
from heritage.web.shared import language_html, unplaced
from heritage.web.shared.charts import Series
from heritage.web.shared.unplaced import UnplacedSites


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


def around(site: Site, parts: tuple[Point, ...] = ()) -> MapImage | None:
    """The map of the land around a site, with its parts if it has several, or of the district in
    which it lies somewhere; None if nothing is known of where it lies."""
    if site.public_latitude is None and len(parts) < 2:
        district = site.district
        if district is None:
            return None
        alt = _("Map: the area around the centre of %(place)s in which %(name)s lies")
        words = {"place": district.label.best(), "name": site.shown_name.best()}
        return MapImage(reverse("web:site_land", args=[site.uid]), alt % words)
    address, words = reverse("web:site_land", args=[site.uid]), {"name": site.shown_name.best()}
    if len(parts) > 1:
        alt = _("Map: the component parts of %(name)s as dots on the land around")
        return MapImage(address, alt % words, *sheets.size_of(parts))
    alt = _("Map: %(name)s on the land around it, and where that is on the globe")
    return MapImage(address, alt % words)


def of_sites(place: Place, hits: BitMap) -> MapImage | None:
    """The sites of a place as dots; None where none has a point."""
    index = current_index()
    page_dependencies.parts(index, "points")
    points = points_of(index, hits)
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
