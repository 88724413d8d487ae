"""Views of the list of sites, and of the suggestions of the search field."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from heritage.cartography import tile_files
from heritage.search import SiteFilter, query_strings
from heritage.web.browse import map_display, picture_files, timeline_display
from heritage.web.browse.displays import chosen
from heritage.web.browse.head import list_head
from heritage.web.browse.listing import listing
from heritage.web.browse.paging import NoSuchPage
from heritage.web.browse.picture_files import ListPicture
from heritage.web.browse.queries import LONGEST, clean_query, requested_list
from heritage.web.browse.suggestions import suggestion_groups
from heritage.web.media import pictures
from heritage.web.shared.map_sheets import AT
from heritage.web.shared.page_urls import list_url
from heritage.web.shared.responses import HtmxRequest, page_or_part, public, with_query


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
    """What a script shows of a list in a window: marks, counts in words, and the list beside it."""
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
    """The map of a list by itself, for a frame in a page of others: see `map_policy`."""
    filtered = requested_list(request.GET, "map")
    shown = chosen(filtered.raw_data).show(filtered)
    query = query_strings.updated(filtered.raw_data)
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
    """A list as a picture; for a moment refused while others are drawn."""
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
