"""Views of the home page, and of the address without a language, which leads to it."""

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language_from_request, get_supported_language_variant
from django.views.decorators.http import conditional_page, require_safe

from heritage.web.home.page import home as home_page
from heritage.web.shared import meta_tags, page_dependencies
from heritage.web.shared.context import identity, public


@require_safe
def redirect_to_language(request: HttpRequest) -> HttpResponse:
    """Redirect to the home page, in the first of the browser's languages that the interface has."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
def redirect_other_tag(request: HttpRequest, tag: str, rest: str) -> HttpResponse:
    """Redirect from another tag of a language, as in /zh-CN/sites/, to that of the interface."""
    try:
        code = get_supported_language_variant(tag.lower())
    except LookupError:
        raise Http404 from None
    query = request.META.get("QUERY_STRING", "")
    path = escape_uri_path(f"/{code}/{rest}")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    name = identity(request).name
    context = {"home": home_page(name), "head": meta_tags.of_home(request)}
    page_dependencies.nothing_else()
    return public(render(request, "web/home.html", context))
