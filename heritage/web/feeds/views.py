"""Views of what programs read: Atom feeds, sitemaps and robots.txt."""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import Addresses
from heritage.models import Site
from heritage.search import SiteFilter, current_index, timeline
from heritage.values.language import interface_languages, join_words, proper_tag
from heritage.web.browse.listing import MOST_PROBLEMS
from heritage.web.feeds import sitemaps
from heritage.web.feeds.atom import atom_feed, clean, newest
from heritage.web.shared.context import identity

_HALF_AN_HOUR = 1800
_SHORT_NAME = 16  # letters, as OpenSearch has it
_HOUR = 3600
# Parameters with endless values, or that only reorder a list.
_ENDLESS = (
    *("q", "sort", "view", "role", "from", "to", "bbox", "near", "within", "open", "all"),
    *(*timeline.ROLES, "stood"),
)


@require_safe
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """The feed of all sites."""
    name = clean(identity(request).name.best())
    page, index = reverse("web:home"), current_index()
    return _feed(request, newest(index, index.sites), name, page)


@require_safe
@conditional_page
def sites_feed(request: HttpRequest) -> HttpResponse:
    """The feed of a filtered list; order and page in the query are ignored."""
    filtered = SiteFilter(request.GET)
    if problems := list(_problems(filtered)):
        return HttpResponse(
            "\n".join([_("This feed cannot be made:"), *problems]) + "\n",
            content_type="text/plain; charset=utf-8",
            status=400,
        )
    words = [clean(word) for word in _chosen(filtered)] or [_("Sites")]
    catalogue = clean(identity(request).name.best())
    names = {"catalogue": catalogue, "words": join_words(words)}
    title = _("%(catalogue)s: %(words)s") % names
    query = filtered.data.copy()
    for name in ("page", "sort"):
        query.pop(name, None)
    page = reverse("web:sites") + (f"?{query.urlencode()}" if query else "")
    return _feed(request, newest(filtered.index, filtered.hits), title, page)


def _problems(filtered: SiteFilter) -> Iterator[str]:
    found = [problem for problem in filtered.problems() if problem.name != "sort"]
    for problem in found[:MOST_PROBLEMS]:
        yield f"{problem.name}: {problem.message}"


def _chosen(filtered: SiteFilter) -> Iterator[str]:
    """The active filters in words."""
    for item in filtered.active():
        yield f"“{item.value}”" if item.name == "q" else str(item.alone)


def _feed(request: HttpRequest, sites: list[Site], title: str, page: str) -> HttpResponse:
    body = atom_feed(request, sites, title, page)
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_HALF_AN_HOUR)
    return response


@require_safe
@conditional_page
def sitemap_index(request: HttpRequest) -> HttpResponse:
    return _xml(sitemaps.index_file(_origin(request)))


@require_safe
@conditional_page
def sitemap_pages(request: HttpRequest, language: str) -> HttpResponse:
    _check(language)
    return _xml(sitemaps.pages_file(_origin(request), language))


@require_safe
@conditional_page
def sitemap_terms(request: HttpRequest, language: str) -> HttpResponse:
    _check(language)
    return _xml(sitemaps.terms_file(_origin(request), language))


@require_safe
def sitemap_sites(request: HttpRequest, language: str, number: int) -> HttpResponseBase:
    """These files are too large for the page cache. A crawler that has one gets 304 before it is
    made."""
    _check(language)
    origin = _origin(request)
    version = sitemaps.version_of_sites(origin, language, number)
    if not version:
        raise Http404
    tag = f'"{version}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = _xml(sitemaps.sites_file(origin, language, number))
        response["ETag"] = tag
    return _cached_for_an_hour(response)


def _origin(request: HttpRequest) -> str:
    return Addresses.of_request(request).origin


def _check(language: str) -> None:
    if language not in interface_languages():
        raise Http404


def _xml(body: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/xml; charset=utf-8")
    return _cached_for_an_hour(response)


def _cached_for_an_hour[R: HttpResponseBase](response: R) -> R:
    patch_cache_control(response, public=True, max_age=_HOUR)
    return response


@require_safe
@conditional_page
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describes the search to browsers (OpenSearch 1.1)."""
    name = clean(identity(request).name.best())
    address = request.build_absolute_uri(reverse("web:sites"))
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{escape(name[:_SHORT_NAME])}</ShortName><Description>{escape(name)}</Description>"
        f'<Url type="text/html" template="{escape(address)}?q={{searchTerms}}"/>'
        f"<Language>{proper_tag(get_language() or settings.LANGUAGE_CODE)}</Language>"
        "<InputEncoding>UTF-8</InputEncoding></OpenSearchDescription>\n"
    )
    content_type = "application/opensearchdescription+xml; charset=utf-8"
    return _cached_for_an_hour(HttpResponse(body, content_type=content_type))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Lets crawlers read pages about things and lists with one filter, but not the unlimited number
    of others."""
    # Parts of pictures are without number; sites and lists as viewers read them are not.
    lines = ["User-agent: *", "Disallow: /map/", "Disallow: /iiif/3/"]
    for code in interface_languages():
        lines += [f"Disallow: /{code}/admin/", f"Disallow: /{code}/suggest/"]
        lines += [f"Disallow: /{code}/sites/map.json", f"Disallow: /{code}/map.svg"]
        lines.append(f"Disallow: /{code}/embed/")
        lines.append(f"Disallow: /{code}/journey/book/")  # another ten at each visit
        lines.append(f"Disallow: /{code}/timeline.")
        lines += [f"Disallow: /{code}/sites.", f"Disallow: /{code}/download/"]
        lines += [f"Disallow: /{code}/data/sites."]
        lines += [f"Disallow: /{code}/sites/?{name}=" for name in _ENDLESS]
        # The longest matching rule applies: all pages of the unfiltered list may be read.
        lines += [f"Disallow: /{code}/sites/?*&", f"Allow: /{code}/sites/?page="]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
