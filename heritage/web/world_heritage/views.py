"""Views of the page of the World Heritage List and of its map."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.cartography import sheets
from heritage.search import current_index, page_dependencies
from heritage.web.media import pictures
from heritage.web.shared import meta_tags
from heritage.web.shared.responses import public
from heritage.web.world_heritage.entries import WorldHeritageList
from heritage.web.world_heritage.page import world_heritage_page


@require_safe
@conditional_page
def world_heritage(request: HttpRequest) -> HttpResponse:
    page = world_heritage_page()
    words = str(page.register.description.best()) if page.register else ""
    head = meta_tags.of_text(request, _("World Heritage"), words)
    page_dependencies.nothing_else()
    return public(render(request, "web/world_heritage.html", {"page": page, "head": head}))


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
    return pictures.svg(request, svg, is_public=True)
