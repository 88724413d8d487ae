"""Meta tags of the list of sites.

Indexable are lists under at most one filter, unless an era, kind or place has a page of its own.
Searches, other orders and combinations of filters may be followed but are not indexed: there is no
end of them, and each site is found without them.
"""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.formats import jsonld, path_of
from heritage.search import FACETS, SiteFilter, query_strings, timeline
from heritage.values.language import join_words
from heritage.web.browse.listing import Listing
from heritage.web.shared.meta_tags import NEVER, FeedLink, Head, counted, head_of

_FOLLOW_ONLY = "noindex, follow"
_FREE = {
    "sort",
    "bbox",
    "near",
    "within",
    *timeline.ROLES,
    "stood",
}  # with endless values, or another order
_ENDLESS = {SiteFilter.NOT, *(facet.name for facet in FACETS if facet.is_endless)}


def list_head(request: HttpRequest, page: Listing) -> Head:
    """A list of sites."""
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
    """The list as a collection, with the sites on this page of it."""
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
    """The picture of a link: where the sites of the list lie."""
    query = query_strings.updated(QueryDict(page.canonical), drop=["sort", "view"])
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
    query = query_strings.updated(QueryDict(page.canonical), drop=["sort"])
    return [FeedLink(title, request.build_absolute_uri(f"{path_of('web:sites_feed')}?{query}"))]
