"""Views of the list of sites with its meta tags, and of the suggestions of the search field."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.cartography import tile_files
from heritage.formats import jsonld, list_url, path_of
from heritage.search import FACETS, SiteFilter, timeline
from heritage.values.language import join_words
from heritage.values.query_strings import updated_query
from heritage.web.browse import map_display, picture_files, timeline_display
from heritage.web.browse.displays import chosen
from heritage.web.browse.listing import Listing, listing
from heritage.web.browse.paging import NoSuchPage
from heritage.web.browse.picture_files import ListPicture
from heritage.web.browse.queries import LONGEST, clean_query, requested_list
from heritage.web.browse.suggestions import suggestion_groups
from heritage.web.media import pictures
from heritage.web.shared.context import HtmxRequest, page_or_part, public, with_query
from heritage.web.shared.map_sheets import AT
from heritage.web.shared.meta_tags import NEVER, FeedLink, Head, counted, head_of


@require_safe
@conditional_page
def browse(request: HtmxRequest) -> HttpResponse:
    clean = clean_query(request.GET)
    if len(clean.urlencode()) > LONGEST:
        raise BadRequest
    if list(clean.lists()) != list(request.GET.lists()):
        return HttpResponseRedirect(with_query(request.path, clean.urlencode()))
    try:
        page = listing(clean)
    except NoSuchPage as beyond:
        context = {"last_page": beyond.last, "last_page_query": beyond.query}
        return render(request, "404.html", context, status=404)
    context = {"list": page, "head": list_head(request, page)}
    return page_or_part(request, "web/sites.html", "list", context)


@require_safe
def map_data(request: HttpRequest) -> HttpResponse:
    """The data for a window of the map: marks, counts in words, and the list beside it."""
    data = request.GET.copy()
    at, size, scale, known = (data.pop(name, [""])[-1] for name in (AT, "size", "scale", "known"))
    filtered = requested_list(data, "map")
    window = map_display.window_of_request(filtered, at, size, scale)
    if window is None:
        raise BadRequest
    shown = map_display.shown_at(filtered, window, "components/map_list.html")
    if shown.map is None:
        raise BadRequest
    counts = render_to_string("components/map_counts.html", {"map": shown.map})
    found = render_to_string("components/map_found.html", {"cards": shown.cards})
    return public(JsonResponse(map_display.data_of(shown.map, counts, found, known)))


@require_safe
@conditional_page
def embedded_map(request: HttpRequest) -> HttpResponse:
    """The map of a list by itself, for a frame in a page of another website: see `map_policy`."""
    filtered = requested_list(request.GET, "map")
    shown = chosen(filtered.raw_data).show(filtered)
    query = updated_query(filtered.raw_data)
    context = {"map": shown.map, "whole": f"{reverse('web:sites')}?{query}"}
    response = public(render(request, "web/embedded_map.html", context))
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def map_image(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The map of a list as a picture: `bbox` or `at` say where, `size` how large (900x620)."""
    data = request.GET.copy()
    size = data.pop("size", [""])[-1]
    filtered = requested_list(data, "map")
    number = filtered.index.vocabulary.identity.map_number
    return _picture(request, map_display.picture(filtered, size, number), suffix)


@require_safe
def timeline_image(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The timeline of a list as a picture: `at`, `counted` and `scale` say what it shows."""
    filtered = requested_list(request.GET, "timeline")
    page = request.build_absolute_uri(reverse("web:sites"))
    return _picture(request, timeline_display.picture(filtered, page), suffix)


def _picture(request: HttpRequest, wanted: ListPicture, suffix: str) -> HttpResponseBase:
    """A list as a picture; 503 while others are drawn."""
    kind = "image/svg+xml" if suffix == "svg" else "image/png"
    try:
        return pictures.answer(
            request,
            wanted.tag,
            is_public=True,
            draw=lambda: HttpResponse(picture_files.file_of(wanted, suffix), content_type=kind),
        )
    except tile_files.BusyError:
        return HttpResponse(status=503, headers={"Retry-After": "2"})


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", " ").strip()[: SiteFilter.MAX_TEXT]
    groups = suggestion_groups(text)
    # The way to everything is an option too.
    total = sum(len(group.lines) for group in groups) + bool(groups)
    context = {"groups": groups, "total": total, "all_url": list_url(q=text), "text": text}
    return public(render(request, "components/suggestions.html", context))


# --- Meta tags of the list ------------------------------------------------------------------------
#
# Indexable are lists under at most one filter, unless an era, kind or place has a page of its own.
# Searches, other orders and combinations of filters may be followed but are not indexed: there is
# no end of them, and each site is found without them.

_FOLLOW_ONLY = "noindex, follow"
# With endless values, or another order.
_FREE = {"sort", "bbox", "near", "within", *timeline.ROLES, "stood"}
_ENDLESS = {SiteFilter.NOT, *(facet.name for facet in FACETS if facet.is_endless)}


def list_head(request: HttpRequest, page: Listing) -> Head:
    """The meta tags of a list of sites."""
    values: dict[str, Any] = _map(request, page) if page.total and not page.problems else {}
    path = page.page_of_term if page.is_canonical else ""
    if path:  # that one is found
        values |= {"canonical": request.build_absolute_uri(path), "alternates": []}
    return head_of(
        request,
        title=_title(page),
        description=counted(page.total, [card.name for card in page.shown.cards]),
        query=page.canonical,
        robots=_robots(page),
        jsonld=_document(request, page),
        more_feeds=_feeds(request, page),
        **values,
    )


def _document(request: HttpRequest, page: Listing) -> SafeString:
    """JSON-LD of the list as a collection, with the sites on this page."""
    here = request.build_absolute_uri
    url = here(f"{request.path}?{page.canonical}" if page.canonical else request.path)
    sites = here(path_of("web:sites"))
    items = [f"{sites}{card.slug}/" for card in page.shown.cards]
    steps = [(here(request.path), _("Sites"))]
    document = jsonld.page_document(url, _title(page), steps, items, page.total)
    if page.answer:
        text = f"{page.answer.name}: {page.answer.text}"
        document["about"] = jsonld.question(page.text, text, here(page.answer.url))
    return jsonld.as_script(document)


def _map(request: HttpRequest, page: Listing) -> dict[str, str]:
    """The tags of the picture for link previews: a map of the sites of the list."""
    query = updated_query(QueryDict(page.canonical), drop=["sort", "view"])
    address = f"{path_of('web:map_png')}?{query}{'&' if query else ''}size=1200x630"
    words = _("Map: %(what)s") % {"what": _title(page)}
    return {
        "picture": request.build_absolute_uri(address),
        "picture_type": "image/png",
        "picture_alt": words,
    }


def _title(page: Listing) -> str:
    """The active filters and the page number: no two pages have the same title."""
    title = join_words(item.alone for item in page.applied) or _("Sites")
    if page.shown.paging.number == 1:
        return title
    return _("%(title)s, page %(number)s") % {"title": title, "number": page.shown.paging.number}


def _robots(page: Listing) -> str:
    if page.problems or not page.total:
        return NEVER
    is_narrow = any(role.is_chosen and role.value for role in page.roles)
    is_free = any(name in _FREE for name, _value in page.carried) or any(page.typed.values())
    is_free = is_free or any(item.name in _ENDLESS for item in page.applied)
    is_many = len(page.applied) > 1
    is_else = page.text or is_free or is_narrow or is_many
    return _FOLLOW_ONLY if is_else or not page.is_canonical else ""


def _feeds(request: HttpRequest, page: Listing) -> list[FeedLink]:
    """The feed of a filtered list; of all sites there is one already."""
    if not page.applied or page.problems:
        return []
    words = join_words(item.alone for item in page.applied)
    title = _("%(name)s: new and changed") % {"name": words}
    query = updated_query(QueryDict(page.canonical), drop=["sort"])
    return [FeedLink(title, request.build_absolute_uri(f"{path_of('web:sites_feed')}?{query}"))]
