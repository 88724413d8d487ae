"""The permanent address of a site, and its data.

`/id/<uid>` names the place itself. It depends neither on the name of its page nor on a language of
the interface, and leads to the page or to the data, as whoever asks prefers.
"""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import http_date, urlencode
from django.utils.translation import get_language_from_request
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import Addresses
from heritage.models import Site, former_site
from heritage.search import page_rows
from heritage.web.access import any_site, gone, withdrawn
from heritage.web.shared.responses import moved, public, with_query
from heritage.web.site.head import site_document
from heritage.web.site.page import site_rows

JSON_LD = "application/ld+json"
_TYPES = ["text/html", JSON_LD, "application/json"]  # the first where nothing is asked for


@require_safe
def permanent(request: HttpRequest, uid: str) -> HttpResponse:
    """To the page in the reader's language or to the data; to the site that it was merged into."""
    day = request.GET.get("at", "")
    query = urlencode({"at": day}) if day else ""
    site = Site.objects.filter(uid=uid).first()
    if site is None:
        return _former(request, uid, query)
    if site.state != Site.State.PUBLISHED:
        return gone(request, site)
    language = get_language_from_request(request)
    is_data = request.get_preferred_type(_TYPES) in _TYPES[1:] and not day
    name = "web:site_data" if is_data else "web:site"
    address = Addresses().url(name, site.slug, language=language)
    response = HttpResponse(status=303, headers={"Location": with_query(address, query)})
    patch_vary_headers(response, ["Accept", "Accept-Language", "Cookie"])
    patch_cache_control(response, no_cache=True)
    return _for_scripts(response)


def _former(request: HttpRequest, uid: str, query: str) -> HttpResponse:
    former = former_site(uid)
    if former is None:
        raise Http404
    kept = former.merged_into
    if kept is not None and kept.published_at is not None:
        address = reverse("permanent", args=[kept.uid])
        return _for_scripts(moved(with_query(address, query)))
    if not former.was_public:
        raise Http404
    return withdrawn(request)


@require_safe
@conditional_page
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """A published site as JSON-LD, for programs on any website."""
    site = page_rows.published_site(slug)
    if site is None:
        hidden = any_site(slug)
        if hidden is not None and hidden.slug != slug and hidden.state == Site.State.PUBLISHED:
            return _for_scripts(moved(reverse("web:site_data", args=[hidden.slug])))
        return gone(request, hidden)
    document = site_document(request, site_rows(site))
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    response = public(HttpResponse(text + "\n", content_type=JSON_LD))
    response["Last-Modified"] = http_date(site.public_changed_at.timestamp())
    return _for_scripts(response)


def _for_scripts(response: HttpResponse) -> HttpResponse:
    """Scripts of any website may read it: it says the same to everybody."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
