"""Views of the list of sites, and of the suggestions of the search field."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from heritage.search import SiteFilter
from heritage.web.browse.head import list_head
from heritage.web.browse.listing import listing
from heritage.web.browse.paging import NoSuchPage
from heritage.web.browse.queries import clean_query
from heritage.web.browse.suggestions import suggestion_groups
from heritage.web.shared.page_urls import list_url
from heritage.web.shared.responses import HtmxRequest, page_or_part, public, with_query

_LONGEST = 4_000  # characters of a query, which each link of the page repeats


@require_safe
@conditional_page
def browse(request: HtmxRequest) -> HttpResponse:
    clean = clean_query(request.GET)
    if len(clean.urlencode()) > _LONGEST:
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
def suggestions(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", " ").strip()[: SiteFilter.MAX_TEXT]
    groups = suggestion_groups(text)
    # The way to everything is an option too.
    total = sum(len(group.lines) for group in groups) + bool(groups)
    context = {"groups": groups, "total": total, "all_url": list_url(q=text), "text": text}
    return public(render(request, "components/suggestions.html", context))
