"""Helpers of views: cache headers, and partial responses to htmx requests."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.middleware import HtmxDetails


def public(response: HttpResponse) -> HttpResponse:
    """Browsers may store it but must revalidate, so that withdrawn pages disappear at once."""
    patch_cache_control(response, public=True, no_cache=True)
    return response


def private(response: HttpResponse) -> HttpResponse:
    """For one reader alone: not stored anywhere, and in no search engine."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def moved(address: str) -> HttpResponse:
    """To the new address for good; browsers ask again, as an old address may get its page back."""
    response = HttpResponse(status=301, headers={"Location": address})
    patch_cache_control(response, no_cache=True)
    return response


def with_query(path: str, query: str) -> str:
    """The address of a path with a query string, which may be empty."""
    return f"{path}?{query}" if query else path


class HtmxRequest(HttpRequest):
    """A request after the middleware of django-htmx."""

    htmx: HtmxDetails


def page_or_part(
    request: HtmxRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """The page, or the part requested by htmx; caches keep the two apart."""
    is_part = request.htmx and not request.htmx.history_restore_request
    response = render(request, f"{template}#{part}" if is_part else template, context)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return public(response)
