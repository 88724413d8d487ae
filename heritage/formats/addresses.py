"""URLs of sites, lists, terms and files: paths; absolute ones for JSON-LD, feeds and sitemaps."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override

from heritage.models import Image, Site, Term
from heritage.search import SiteFilter

_STAND_IN = "1234567890"  # for a slug, a uid or a number
TAG_PARAMETER = "v"  # of the query: the tag of a picture
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")  # slugs and uids, which no URL quotes


def path_of(name: str, slug: str = "") -> str:
    """The path of a route with one argument (slug, uid or number) or none, as `reverse()` gives it.

    A page has dozens; each route is reversed once in each language.
    """
    if slug and not _SLUG.fullmatch(slug):
        return reverse(name, args=[slug])
    urls = get_urlconf() or settings.ROOT_URLCONF
    before, after = _around(name, bool(slug), get_language(), get_script_prefix(), urls)
    return f"{before}{slug}{after}"


@lru_cache(maxsize=1024)
def _around(
    name: str, has_slug: bool, _language: str | None, _prefix: str, urls: str
) -> tuple[str, str]:
    if not has_slug:
        return reverse(name, urlconf=urls), ""
    before, _slug, after = reverse(name, urlconf=urls, args=[_STAND_IN]).rpartition(_STAND_IN)
    return before, after


def tagged_path(route: str, argument: str, tag: str) -> str:
    """The path of a picture with the tag of what it shows: browsers store it for good."""
    return f"{path_of(route, argument)}?{TAG_PARAMETER}={tag}"


def tagged_paths(route: str) -> Callable[[str, str], str]:
    """A function that makes such paths from argument and tag, for lists with dozens of them."""
    before, _stand_in, after = path_of(route, _STAND_IN).partition(_STAND_IN)
    return lambda argument, tag: f"{before}{argument}{after}?{TAG_PARAMETER}={tag}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses under one origin, such as `https://heritage.example`, without a slash at its end.

    An empty origin gives paths alone.
    """

    origin: str = ""

    @classmethod
    def of_request(cls, request: HttpRequest) -> "Addresses":
        """Addresses under the origin of the request."""
        return cls(request.build_absolute_uri("/").rstrip("/"))

    def url(self, name: str, *args: str, language: str | None = None) -> str:
        """The address of a named route, in a language of the interface (None: the active one)."""
        if language is not None:
            with override(language):
                return self.url(name, *args)
        return self.origin + (path_of(name, *args) if len(args) < 2 else reverse(name, args=args))

    def site(self, site: Site) -> str:
        return self.url("web:site", site.slug)

    def permanent(self, site: Site) -> str:
        """The address that names the place itself, whatever its page is called."""
        return self.url("permanent", site.uid)

    def image(self, image: Image) -> str:
        return self.url("media:image", image.uid, image.file_name)


def term_url(name: str, term: Term) -> str:
    """The page of an "era", a "kind" or a "place"."""
    return path_of(f"web:{name}", term.slug)


def list_url(**values: str | Iterable[str]) -> str:
    """The list of sites under these filters."""
    query = urlencode({name: value for name, value in values.items() if value}, doseq=True)
    return f"{path_of('web:sites')}?{query}" if query else path_of("web:sites")


def around_url(site: Site) -> str:
    """The list of all sites around a published site, itself included."""
    return list_url(near=site.slug, within=str(SiteFilter.WITHIN_KM))
