"""The world map of the page of the World Heritage List."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from heritage.cartography import sheets
from heritage.search import current_index
from heritage.web.media import tagged
from heritage.web.world_heritage.statistics import WorldHeritageList


@require_safe
def world_map(request: HttpRequest) -> HttpResponseBase:
    columns = ("designation__category__code", "site__public_latitude", "site__public_longitude")
    found = (
        WorldHeritageList(current_index())
        .placed()
        .values_list(*columns)
        .order_by("designation__uid", "site__uid")
    )
    groups: dict[str, list] = {category: [] for category in ("", "cultural", "natural", "mixed")}
    for category, latitude, longitude in found:
        groups[category if category in groups else ""].append((latitude, longitude))
    svg = sheets.draw_world(tuple((key, tuple(each)) for key, each in groups.items()))
    return tagged.svg(request, svg, is_public=True)
