"""Views of journeys: the page, the files to carry, sites compared, the handscroll.

Their addresses hold what a reader has chosen, so nothing of them is kept between reader and server.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.formats import Addresses, journeys
from heritage.web.journey.carrying import carried
from heritage.web.journey.comparing import compare_page
from heritage.web.journey.page import journey_page, travel_choices
from heritage.web.journey.scroll import scroll_page
from heritage.web.shared import meta_tags

_FORMS: dict[str, tuple[str, Callable[[journeys.Journey], str]]] = {
    "gpx": ("application/gpx+xml", journeys.gpx),
    "gcj02.gpx": ("application/gpx+xml", journeys.gcj02_gpx),
    "kml": ("application/vnd.google-earth.kml+xml", journeys.kml),
    "geojson": ("application/geo+json", journeys.geojson),
    "ics": ("text/calendar; charset=utf-8", journeys.ics),
}


@require_safe
def journey(request: HttpRequest) -> HttpResponse:
    page = journey_page(request.GET)
    context = {
        "page": page,
        "head": meta_tags.hidden(page.title),
        "travels": travel_choices(),
    }
    return _own(render(request, "web/journey.html", context))


@require_safe
def carry(request: HttpRequest, form: str) -> HttpResponse:
    """The journey as a file; 404 for a form that there is not."""
    if form not in _FORMS:
        raise Http404
    content_type, write = _FORMS[form]
    text = write(carried(request.GET, Addresses.of_request(request)))
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="journey.{form}"'
    return _own(response)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    page = compare_page(request.GET)
    context = {"page": page, "head": meta_tags.hidden(str(_("Compare sites")))}
    return _own(render(request, "web/compare.html", context))


@require_safe
def handscroll(request: HttpRequest) -> HttpResponse:
    """The page of the scroll, or with `form=svg` its picture."""
    page = scroll_page(request.GET)
    if request.GET.get("form") == "svg":
        response = render(request, "web/handscroll.svg", {"page": page}, "image/svg+xml")
        response["Content-Disposition"] = 'attachment; filename="journey.svg"'
        return _own(response)
    context = {"page": page, "head": meta_tags.hidden(page.title)}
    return _own(render(request, "web/handscroll.html", context))


def _own(response: HttpResponse) -> HttpResponse:
    """For whoever has the address: asked for again each time, and in no search engine."""
    patch_cache_control(response, private=True, no_cache=True)
    response["X-Robots-Tag"] = "noindex"
    return response
