"""The view of the page of the World Heritage List."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import path_of
from heritage.web.shared import meta_tags, page_dependencies
from heritage.web.shared.context import public
from heritage.web.world_heritage.page import world_heritage_page


@require_safe
@conditional_page
def world_heritage(request: HttpRequest) -> HttpResponse:
    page = world_heritage_page()
    words = page.register.description.best().text if page.register else ""
    paths = [path_of("web:site", card.slug) for card in page.newest]
    total = page.sites.total
    head = meta_tags.of_overview(request, _("World Heritage"), words, paths, total)
    page_dependencies.nothing_else()
    return public(render(request, "web/world_heritage.html", {"page": page, "head": head}))
