"""URLs of lists of sites and of pages of terms, for links from other pages."""

from collections.abc import Iterable

from django.utils.http import urlencode

from heritage.formats import path_of
from heritage.models import Site, Term
from heritage.search import SiteFilter


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


def link(query: str) -> str:
    """The address of this list under another query; of all of it where there is none."""
    return f"?{query}" if query else "."
