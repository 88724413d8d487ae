"""Views of journeys: the page, the files to carry, sites compared, the handscroll, offline.

Their addresses hold all that a reader has chosen, so that nothing has to be stored.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.formats import Addresses, journeys
from heritage.search import current_index
from heritage.web.journey.carrying import carried
from heritage.web.journey.comparing import compare_page
from heritage.web.journey.page import journey_page, travel_choices
from heritage.web.journey.scroll import book_page, scroll_page, seed_of
from heritage.web.shared import meta_tags
from heritage.web.shared.context import private, public

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
    """The journey as a file; 404 for an unknown format."""
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


@require_safe
def picture_book(request: HttpRequest) -> HttpResponse:
    """Large covers of a journey, or of ten sites at random; the address then gets a seed."""
    if not request.GET.get("stop") and seed_of(request.GET) is None:
        return private(redirect(f"{reverse('web:picture_book')}?seed={secrets.randbelow(10**6)}"))
    page = book_page(request.GET)
    context = {"page": page, "head": meta_tags.hidden(page.title)}
    return _own(render(request, "web/picture_book.html", context))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows what was taken along; at the root, as it is for all pages."""
    script = render_to_string("web/worker.js", {"version": settings.VERSION})
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest, by which a phone shows the catalogue on its home screen; it opens the
    journey."""
    icons = [
        {"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (192, 512)
    ]
    name = current_index().vocabulary.identity.name.best()
    content = {
        "name": str(name),
        "short_name": str(name),
        "lang": name.lang_tag,
        "id": reverse("web:home"),
        "start_url": reverse("web:journey"),
        "scope": reverse("web:home"),
        "display": "minimal-ui",
        "background_color": "#f7f2e6",
        "theme_color": "#f7f2e6",
        "icons": [*icons, icons[1] | {"purpose": "maskable"}],
    }
    return public(JsonResponse(content, content_type="application/manifest+json"))


def _own(response: HttpResponse) -> HttpResponse:
    """Mark the response as not for search engines, and to be revalidated each time."""
    patch_cache_control(response, private=True, no_cache=True)
    response["X-Robots-Tag"] = "noindex"
    return response
