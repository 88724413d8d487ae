"""Where a point can be looked at: on our own map, and on those that people use."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.formats import path_of
from heritage.models import Site
from heritage.web.media import maps
from heritage.web.shared import map_sheets

_CLOSE = 11  # the zoom at which an exact point is shown
_DOUBT_KM = ((1, 10), (5, 9), (15, 7))  # up to so many km of doubt, the zoom
_FAR = 5


@dataclass(frozen=True, slots=True)
class MapLink:
    label: str
    url: str


def own_map(site: Site) -> str:
    """The address of our map at a site; empty without a point."""
    if site.public_point is None:
        return ""
    doubt = maps.uncertainty_km(site)
    zoom = _CLOSE
    if doubt is not None:
        zoom = next((zoom for km, zoom in _DOUBT_KM if doubt <= km), _FAR)
    at = map_sheets.place_in_address(*site.public_point, zoom)
    return f"{path_of('web:sites')}?view=map&{map_sheets.AT}={at}"


def services(site: Site) -> list[MapLink]:
    """The point on the maps of others; of a blurred site none, as they would show it as exact.

    They are told that the point is WGS 84: Chinese maps shift it themselves.
    """
    if site.public_point is None or site.public_blur_km:
        return []
    latitude, longitude = (f"{each:.6f}".rstrip("0").rstrip(".") for each in site.public_point)
    name = site.name.best().text
    point = f"{latitude},{longitude}"
    amap = {"position": f"{longitude},{latitude}", "name": name, "coordinate": "wgs84"}
    baidu = {"location": point, "title": name, "content": name, "coord_type": "wgs84"}
    everywhere = [
        MapLink(
            "OpenStreetMap",
            f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
            f"#map=15/{latitude}/{longitude}",
        ),
        MapLink(
            "Google", f"https://www.google.com/maps/search/?api=1&{urlencode({'query': point})}"
        ),
        MapLink("Apple", f"https://maps.apple.com/?{urlencode({'ll': point, 'q': name})}"),
    ]
    chinese = [
        MapLink(_("Amap"), f"https://uri.amap.com/marker?{urlencode(amap)}"),
        MapLink(
            _("Baidu"), f"https://api.map.baidu.com/marker?{urlencode(baidu | {'output': 'html'})}"
        ),
    ]
    if (get_language() or "").startswith("zh"):
        return [*chinese, *everywhere]
    return [*everywhere, *chinese]
