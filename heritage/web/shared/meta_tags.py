"""Meta tags of a page, for search engines, feed readers and link previews.

Indexable are pages that answer a question of their own: the home page, texts, sites, and lists
under at most one filter, unless an era, kind or place has a page of its own. Searches, other
orders and combinations of filters may be followed but are not indexed: there is no end of them,
and each site is found without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import unescape
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from heritage.formats import jsonld, sentence
from heritage.formats.addresses import Addresses
from heritage.search import FACETS, SiteFilter, query_strings
from heritage.values import sentences
from heritage.values.language import display_width, interface_languages, proper_tag
from heritage.values.markdown import to_text
from heritage.web.media import previews
from heritage.web.shared.context import identity

if TYPE_CHECKING:
    from heritage.web.browse.listing import Listing
    from heritage.web.site.page import SitePage
    from heritage.web.vocabularies.common import TermSites

# About what a search engine shows, in letters.
_DESCRIPTION_WIDTH = 160
_NAMES_SHOWN = 4
_NEVER = "noindex"
_FOLLOW_ONLY = "noindex, follow"
_LARGE_PICTURES = "max-image-preview:large"
_FREE = {"sort", "bbox", "near", "within"}  # with endless values, or another order
_ENDLESS = {SiteFilter.NOT, *(facet.name for facet in FACETS if facet.is_endless)}
# Open Graph requires a territory for a language.
_TERRITORIES = {"en": "en_GB", "zh-hans": "zh_CN", "zh-hant": "zh_TW"}


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language; `x-default` for everybody else."""

    tag: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedLink:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Head:
    """Prepared for the template components/head_links.html."""

    title: str = ""
    description: str = ""
    canonical: str = ""
    alternates: list[Alternate] = field(default_factory=list)
    robots: str = ""
    kind: str = "website"  # of Open Graph
    picture: str = ""
    picture_alt: str = ""
    locale: str = ""
    other_locales: list[str] = field(default_factory=list)
    feeds: list[FeedLink] = field(default_factory=list)
    jsonld: SafeString | str = ""


# --- one for each kind of page ---------------------------------------------------------------


def of_home(request: HttpRequest) -> Head:
    who = identity(request)
    document = jsonld.catalogue_document(who, Addresses.of_request(request))
    description = str(who.tagline.best()) or _("Places people travel to see")
    return _head(request, description=description, jsonld=jsonld.as_script(document))


def of_text(request: HttpRequest, title: str, words: str = "") -> Head:
    """A page of text, such as About; `words` is Markdown."""
    return _head(request, title=title, description=describe(words))


def of_term(
    request: HttpRequest, title: str, words: str, sites: TermSites, trail: Iterable[tuple[str, str]]
) -> Head:
    """The page of an era, a kind or a place.

    `trail` are the paths and names of its broader terms.
    """
    names = [strip_markup(card.name) for card in sites.cards[:_NAMES_SHOWN]]
    if not words and names:
        words = _counted(sites.total, names)
    about = of_text(request, title, words)
    steps = [(request.build_absolute_uri(path), name) for path, name in trail]
    document = jsonld.page_document(about.canonical, title, [*steps, (about.canonical, title)])
    about = replace(about, jsonld=jsonld.as_script(document))
    if not sites.total:  # search engines need not list an empty page
        return replace(about, robots=_NEVER, alternates=[])
    return about


def of_data(request: HttpRequest, title: str, script: SafeString) -> Head:
    """The page that describes the catalogue as a data set."""
    description = _(
        "Where the facts come from, who made the pictures, and what may be done with either."
    )
    return _head(request, title=title, description=description, jsonld=script)


def of_site(request: HttpRequest, page: SitePage) -> Head:
    """A published site's page."""
    who = identity(request)
    picture = request.build_absolute_uri(previews.address_of(page.rows))
    today = timezone.localdate()
    document = jsonld.site_document(page.rows, Addresses.of_request(request), who, today, picture)
    return _head(
        request,
        title=page.title,
        description=describe(str(page.summary)) or sentence.of_rows(page.rows),
        kind="article",
        picture=picture,
        picture_alt=page.title,
        jsonld=jsonld.as_script(document),
    )


def of_list(request: HttpRequest, page: Listing) -> Head:
    """A list of sites."""
    values: dict[str, Any] = {}
    path = page.page_of_term if page.is_canonical else ""
    if path:  # that one is found
        values = {"canonical": request.build_absolute_uri(path), "alternates": []}
    return _head(
        request,
        title=_list_title(page),
        description=_list_description(page),
        query=page.canonical,
        robots=_list_robots(page),
        more_feeds=_list_feeds(request, page),
        **values,
    )


def hidden(title: str) -> Head:
    """A page that search engines should not index: a preview, a form, a thank-you."""
    return Head(title=title, robots=_NEVER)


def _head(
    request: HttpRequest,
    *,
    query: str = "",
    robots: str = "",
    more_feeds: Iterable[FeedLink] = (),
    **values: Any,
) -> Head:
    language = get_language()
    canonical = _url(request, language, query)
    who = identity(request)
    picture = request.build_absolute_uri(previews.address_of_catalogue(who))
    defaults = {
        "canonical": canonical,
        "alternates": [] if _NEVER in robots else alternates(request, query),
        "robots": robots or _LARGE_PICTURES,
        "picture": picture,
        "picture_alt": str(who.name.best()),
        "locale": _locale(language),
        "other_locales": [_locale(code) for code in interface_languages() if code != language],
        "feeds": [_feed(request), *more_feeds],
    }
    return Head(**defaults | values)


# --- words -----------------------------------------------------------------------------------


def describe(text: str, width: int = _DESCRIPTION_WIDTH) -> str:
    """The plain text on one line, cut to the length that search engines show."""
    start = text[:width] or " "
    return to_text(text, round(width * len(start) / display_width(start)))


def _list_title(page: Listing) -> str:
    """The active filters and the page number: no two pages have the same title."""
    title = sentences.listed(item.alone for item in page.applied) or _("Sites")
    if page.shown.paging.number == 1:
        return title
    return _("%(title)s, page %(number)s") % {"title": title, "number": page.shown.paging.number}


def _list_description(page: Listing) -> str:
    names = [strip_markup(card.name) for card in page.shown.cards[:_NAMES_SHOWN]]
    return _counted(page.total, names)


def _counted(total: int, names: list[str]) -> str:
    """How many sites, and the names of the first."""
    count = ngettext(
        "%(counter)s site in the catalogue", "%(counter)s sites in the catalogue", total
    ) % {"counter": total}
    if not names:
        return count
    listed = pgettext("between parts of a short description", " · ").join(names)
    more = "…" if total > len(names) else ""
    return _("%(count)s: %(names)s%(more)s") % {"count": count, "names": listed, "more": more}


def strip_markup(html: str) -> str:
    """The plain text of a label that is HTML."""
    return " ".join(unescape(strip_tags(html)).split())


# --- where -----------------------------------------------------------------------------------


def alternates(request: HttpRequest, query: str = "") -> list[Alternate]:
    """The page in each language of the interface, itself among them, and for everybody else."""
    found = [
        Alternate(proper_tag(code), _url(request, code, query)) for code in interface_languages()
    ]
    # Not `/`, which redirects: that is in no sitemap.
    return [*found, Alternate("x-default", _url(request, settings.LANGUAGE_CODE, query))]


def _url(request: HttpRequest, language: str, query: str = "") -> str:
    _language, _slash, rest = request.path_info.lstrip("/").partition("/")
    path = escape_uri_path(f"/{language}/{rest}")
    return request.build_absolute_uri(f"{path}?{query}" if query else path)


def _locale(language: str) -> str:
    return _TERRITORIES.get(language, language.replace("-", "_"))


# --- lists -----------------------------------------------------------------------------------


def _list_robots(page: Listing) -> str:
    if page.problems or not page.total:
        return _NEVER
    is_narrow = any(role.is_chosen and role.value for role in page.roles)
    is_free = any(name in _FREE for name, _value in page.carried) or any(page.typed.values())
    is_free = is_free or any(item.name in _ENDLESS for item in page.applied)
    is_many = len(page.applied) > 1
    is_else = page.text or is_free or is_narrow or is_many
    return _FOLLOW_ONLY if is_else or not page.is_canonical else ""


def _feed(request: HttpRequest) -> FeedLink:
    name = str(identity(request).name.best())
    title = _("%(name)s: new and changed") % {"name": name}
    return FeedLink(title, request.build_absolute_uri(reverse("web:feed")))


def _list_feeds(request: HttpRequest, page: Listing) -> list[FeedLink]:
    """The feed of a filtered list; of all sites there is one already."""
    if not page.applied or page.problems:
        return []
    words = sentences.listed(item.alone for item in page.applied)
    title = _("%(name)s: new and changed") % {"name": words}
    query = query_strings.updated(QueryDict(page.canonical), drop=["sort"])
    return [FeedLink(title, request.build_absolute_uri(f"{reverse('web:sites_feed')}?{query}"))]
