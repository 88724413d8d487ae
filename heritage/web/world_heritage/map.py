"""The world map of the page of the World Heritage List."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from heritage.cartography import sheets
from heritage.models import Coverage
from heritage.search.index import store
from heritage.web.media import tagged
from heritage.web.world_heritage.statistics import Register


@require_safe
def world_map(request: HttpRequest) -> HttpResponseBase:
    found = (
        Coverage.objects.filter(
            designation__in=Register(store.current()).inscribed(),
            extent=Coverage.Extent.WHOLE,
            site__state="published",
            site__public_latitude__isnull=False,
        )
        .values_list(
            "designation__category__code", "site__public_latitude", "site__public_longitude"
        )
        .order_by("designation__uid", "site__uid")
    )
    groups: dict[str, list] = {category: [] for category in ("", "cultural", "natural", "mixed")}
    for category, latitude, longitude in found:
        groups[category if category in groups else ""].append((latitude, longitude))
    svg = sheets.draw_world(tuple((key, tuple(each)) for key, each in groups.items()))
    return tagged.svg(request, svg, is_public=True)
