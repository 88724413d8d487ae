"""What all public pages need: values for templates, such as the identity of the installation and
the languages; cache headers; and the part of a page that htmx asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi, ngettext
from django_htmx.middleware import HtmxDetails

from heritage.models import CommandRun, Identity, PendingRefresh
from heritage.search import current_index
from heritage.server.caches import CacheKey
from heritage.values.html import fragment
from heritage.values.language import proper_tag
from heritage.values.query_strings import updated_query
from heritage.web.shared import language_html, page_dependencies


def public(response: HttpResponse) -> HttpResponse:
    """Browsers may store it but must revalidate, so that withdrawn pages disappear at once."""
    patch_cache_control(response, public=True, no_cache=True)
    return response


def private(response: HttpResponse) -> HttpResponse:
    """Mark a response as for one reader only: not to be stored anywhere, and not for search
    engines."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def moved(address: str) -> HttpResponse:
    """A permanent redirect. Browsers must revalidate it, as the old address may become valid
    again."""
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


@dataclass(frozen=True, slots=True)
class LanguageVersion:
    """The page in one language of the interface."""

    tag: str  # zh-Hans
    name: str  # 简体中文
    path: str
    url: str
    is_current: bool


def catalogue(request: HttpRequest) -> dict[str, object]:
    """Values for every template, computed only when used."""
    return {
        "identity": SimpleLazyObject(lambda: identity(request)),
        "language_versions": SimpleLazyObject(lambda: language_versions(request)),
        "canonical": SimpleLazyObject(lambda: request.build_absolute_uri(request.path)),
        "refreshing": SimpleLazyObject(refreshing),
        "program_version": settings.VERSION,
        "mail_is_set_up": settings.MAIL_IS_SET_UP,
        "mail_waits": SimpleLazyObject(mail_waits),
        "page_language": language_html.page_language(),
        "page_direction": "rtl" if get_language_bidi() else "ltr",
    }


def mail_waits() -> bool:
    """Whether mail is not sent at present, because no background worker runs."""
    return "server" in settings.MAILERS and not CommandRun.objects.has_worker()


_SITES_LEFT: CacheKey[int] = CacheKey("sites that are not yet refreshed")


def refreshing() -> str:
    """The notice in lists while sites are refreshed after a change of terms; otherwise empty."""
    is_used = settings.REFRESHED_AT_ONCE
    count = PendingRefresh.objects.sites_left if is_used else int
    if not (left := current_index().cache.get_or_set(_SITES_LEFT, count)):
        return ""
    page_dependencies.everything()  # there are fewer after each write of the refresh
    return ngettext(
        "Terms have just been changed. %(count)s site is not found by them yet.",
        "Terms have just been changed. Up to %(count)s sites are not found by them yet.",
        left,
    ) % {"count": language_html.number(left)}


def identity(request: HttpRequest) -> Identity:
    """The identity of the installation."""
    return current_index().vocabulary.identity


def _page(data: QueryDict) -> dict[str, str]:
    return {"page": str(data["page"])} if data.get("page") else {}


def language_versions(request: HttpRequest) -> list[LanguageVersion]:
    """This page in every language, with its query; the home page if it has no URL."""
    codes = dict(settings.LANGUAGES)
    first, slash, rest = request.path_info.lstrip("/").partition("/")
    rest = rest if slash and first in codes else ""
    # Steps name a site to continue from, whose position differs in another language.
    query = request.META.get("QUERY_STRING", "")
    if "after" in request.GET or "before" in request.GET:
        query = updated_query(request.GET, **_page(request.GET))
    found = []
    for code, name in codes.items():
        path = escape_uri_path(f"/{code}/{rest}") + (f"?{query}" if query and rest else "")
        found.append(
            LanguageVersion(
                tag=proper_tag(code),
                name=name,
                path=path,
                url=request.build_absolute_uri(path),
                is_current=code == get_language(),
            )
        )
    return found


_LINK = fragment("links/language.html")


def other_languages(versions: Iterable[LanguageVersion]) -> SafeString:
    """Links to this page in the languages other than its own."""
    others = [each for each in versions if not each.is_current]
    links = [_LINK(path=each.path, tag=each.tag, name=each.name) for each in others]
    return SafeString("".join(links))
