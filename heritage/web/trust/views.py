"""Views of the pages about what the records rest on."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import Addresses
from heritage.web.shared import meta_tags
from heritage.web.shared.context import public
from heritage.web.trust.disagreements import disagreements_page, document
from heritage.web.trust.sources import sources_page


@require_safe
@conditional_page
def sources(request: HttpRequest) -> HttpResponse:
    page = sources_page()
    head = meta_tags.of_text(request, _("Sources"), page.summary)
    response = render(request, "web/sources.html", {"page": page, "head": head})
    if page.counted_at is None:
        return public(response)
    patch_cache_control(response, no_cache=True)  # and not in the page cache
    return response


@require_safe
@conditional_page
def disagreements(request: HttpRequest) -> HttpResponse:
    page = disagreements_page(request.GET)
    words = _("Where a record and an official file differ, or two sources: both values, and why.")
    head = meta_tags.of_text(request, _("Where sources disagree"), words)
    if request.GET:  # parts of what the page without a query has
        head = meta_tags.hidden(head.title)
    return public(render(request, "web/disagreements.html", {"page": page, "head": head}))


@require_safe
@conditional_page
def disagreements_json(request: HttpRequest) -> HttpResponse:
    found = document(request.GET, Addresses.of_request(request))
    return public(JsonResponse(found, json_dumps_params={"ensure_ascii": False}))
