"""Meta tags of a page, for search engines, feed readers and link previews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from heritage.formats import Addresses, jsonld, path_of
from heritage.values.html import fragment, to_text, with_line_breaks
from heritage.values.language import Text, display_width, interface_languages, proper_tag
from heritage.web.media import previews
from heritage.web.shared.cards import RenderedCard
from heritage.web.shared.context import LanguageVersion, identity

# About what a search engine shows, in letters.
_DESCRIPTION_WIDTH = 160
_NAMES_SHOWN = 4
NEVER = "noindex"
_LARGE_PICTURES = "max-image-preview:large"
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
    """What `head_tags()` writes."""

    title: str = ""
    description: str = ""
    canonical: str = ""
    alternates: list[Alternate] = field(default_factory=list)
    robots: str = ""
    kind: str = "website"  # of Open Graph
    picture: str = ""
    picture_type: str = "image/jpeg"
    picture_alt: str = ""
    locale: str = ""
    other_locales: list[str] = field(default_factory=list)
    feeds: list[FeedLink] = field(default_factory=list)
    data: str = ""  # the address of the same as JSON-LD
    manifest: str = ""  # and for viewers of pictures (IIIF)
    permanent: str = ""  # the address by which the thing is cited
    jsonld: SafeString | str = ""


# --- as HTML ---------------------------------------------------------------------------------

_HEAD, _LINKS = fragment("head/head.html"), fragment("head/links.html")
_ALTERNATE, _FEED = fragment("head/alternate.html"), fragment("head/feed.html")
_LOCALE = fragment("head/locale.html")


def head_tags(head: Head | str, site_name: Text, versions: Iterable[LanguageVersion]) -> SafeString:
    """The tags as HTML; for a page without a `Head`, the links to its other languages."""
    if isinstance(head, Head):
        links = _links(head, str(site_name)) if head.canonical else ""
        found = _HEAD(
            description=head.description, robots=head.robots, links=links, jsonld=head.jsonld
        )
    else:
        found = with_line_breaks(
            _ALTERNATE(tag=version.tag, url=version.url) for version in versions
        )
    return SafeString(f"{found}\n")


def _links(head: Head, site_name: str) -> SafeString:
    tags = _LINKS(
        canonical=head.canonical,
        alternates=with_line_breaks(
            _ALTERNATE(tag=each.tag, url=each.url) for each in head.alternates
        ),
        feeds=with_line_breaks(_FEED(title=feed.title, url=feed.url) for feed in head.feeds),
        data=head.data,
        manifest=head.manifest,
        permanent=head.permanent,
        kind=head.kind,
        site_name=site_name,
        title=head.title or site_name,
        description=head.description,
        locale=head.locale,
        other_locales=with_line_breaks(_LOCALE(locale=locale) for locale in head.other_locales),
        picture=head.picture,
        picture_type=head.picture_type,
        picture_alt=head.picture_alt,
    )
    return with_line_breaks([tags])


# --- one for each kind of page ---------------------------------------------------------------


def of_home(request: HttpRequest) -> Head:
    who = identity(request)
    document = jsonld.catalogue_document(who, Addresses.of_request(request))
    description = who.tagline.best().text or _("Places people travel to see")
    return head_of(request, description=description, jsonld=jsonld.as_script(document))


def of_text(request: HttpRequest, title: str, words: str = "") -> Head:
    """A page of text, such as About; `words` is Markdown."""
    return head_of(request, title=title, description=describe(words))


def of_overview(
    request: HttpRequest, title: str, words: str, paths: Sequence[str], total: int | None = None
) -> Head:
    """The meta tags of a page with links to many pages: `paths` are their paths, or the first of
    `total`."""
    about = of_text(request, title, words)
    return _with_items(request, about, [], paths, len(paths) if total is None else total)


def of_term(
    request: HttpRequest,
    title: str,
    words: str,
    total: int,
    cards: Sequence[RenderedCard],
    trail: Iterable[tuple[str, str]],
) -> Head:
    """The page of an era, a kind or a place, with how many sites it has and the first of them.

    `trail` are the paths and names of its broader terms.
    """
    if not words and cards:
        words = counted(total, [card.name for card in cards])
    paths = [path_of("web:site", card.slug) for card in cards]
    about = _with_items(request, of_text(request, title, words), trail, paths, total)
    if not total:  # search engines need not list an empty page
        return replace(about, robots=NEVER, alternates=[])
    return about


def _with_items(
    request: HttpRequest,
    about: Head,
    trail: Iterable[tuple[str, str]],
    paths: Iterable[str],
    total: int,
) -> Head:
    here = request.build_absolute_uri
    steps = [*((here(path), name) for path, name in trail), (about.canonical, about.title)]
    origin = here("/").rstrip("/")  # once: a page has dozens
    items = [f"{origin}{path}" for path in paths]
    document = jsonld.page_document(about.canonical, about.title, steps, items, total)
    return replace(about, jsonld=jsonld.as_script(document))


def of_data(request: HttpRequest, title: str, script: SafeString) -> Head:
    """The page that describes the catalogue as a data set."""
    description = _(
        "Where the facts come from, who made the pictures, and what may be done with either."
    )
    return head_of(request, title=title, description=description, jsonld=script)


def hidden(title: str) -> Head:
    """A page that search engines should not index: a preview, a form, a thank-you."""
    return Head(title=title, robots=NEVER)


def head_of(
    request: HttpRequest,
    *,
    query: str = "",
    robots: str = "",
    more_feeds: Iterable[FeedLink] = (),
    **values: Any,
) -> Head:
    """The tags of a page with this query; `values` are fields of `Head` other than usual."""
    language = get_language()
    canonical = _url(request, language, query)
    who = identity(request)
    defaults = {
        "canonical": canonical,
        "alternates": [] if NEVER in robots else alternates(request, query),
        "robots": robots or _LARGE_PICTURES,
        "picture_alt": who.name.best().text,
        "locale": _locale(language),
        "other_locales": [_locale(code) for code in interface_languages() if code != language],
        "feeds": [_feed(request), *more_feeds],
    }
    if "picture" not in values:
        address = previews.address_of_catalogue(who)
        values["picture"] = request.build_absolute_uri(address)
    return Head(**defaults | values)


# --- words -----------------------------------------------------------------------------------


def describe(text: str) -> str:
    """The plain text on one line, cut to the length that search engines show."""
    start = text[:_DESCRIPTION_WIDTH] or " "
    return to_text(text, round(_DESCRIPTION_WIDTH * len(start) / display_width(start)))


def counted(total: int, names: Sequence[SafeString]) -> str:
    """The number of sites in words, and the names of the first few."""
    count = ngettext(
        "%(counter)s site in the catalogue", "%(counter)s sites in the catalogue", total
    ) % {"counter": total}
    if not names:
        return count
    shown = [strip_markup(name) for name in names[:_NAMES_SHOWN]]
    listed = pgettext("between parts of a short description", " · ").join(shown)
    more = "…" if total > len(shown) else ""
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


def _feed(request: HttpRequest) -> FeedLink:
    name = str(identity(request).name.best())
    title = _("%(name)s: new and changed") % {"name": name}
    return FeedLink(title, request.build_absolute_uri(path_of("web:feed")))
