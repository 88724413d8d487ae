"""Pages of a list, addressed by number and by the site that they start from.

A link to the next or previous page names the site that it continues from, so that no site is
shown twice or skipped while sites are added; the page number is used if that site is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.models import Site
from heritage.search import SiteFilter
from heritage.values.html import fragment
from heritage.values.query_strings import updated_query

PER_PAGE = 24
_NEIGHBOURS = 2  # pages shown on each side of the current one


class NoSuchPage(Exception):
    """A page beyond the last one; `last` is the last page, `query` leads to it."""

    def __init__(self, last: int, query: str):
        super().__init__(last)
        self.last, self.query = last, query


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int  # 0 is a gap
    query: str
    is_current: bool

    @property
    def label(self) -> str:
        return _("Page %(number)s") % {"number": self.number}


@dataclass(frozen=True, slots=True)
class Paging:
    number: int
    last: int
    links: list[PageLink]
    previous: str | None
    next: str | None


ONE_PAGE = Paging(1, 1, [], None, None)


def start(filtered: SiteFilter, language: str) -> int:
    """How many sites come before the page. Raises NoSuchPage."""
    data, total = filtered.raw_data, len(filtered.hits)
    for name, step in (("after", 1), ("before", -PER_PAGE)):
        place = _place(filtered, language, data.get(name, ""))
        if place is not None and place + step < total:
            return max(0, place + step)
    last = max(1, -(-total // PER_PAGE))
    number = page_number(data.get("page", "1"), last)
    if number is None:
        raise NoSuchPage(last, page_query(data, last))
    return (number - 1) * PER_PAGE


def page_number(text: str, last: int) -> int | None:
    """The page number in an address; None if there is no such page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number if 1 <= number <= last else None


def _place(filtered: SiteFilter, language: str, slug: str) -> int | None:
    """The position of the site that the URL names."""
    site = slug and Site.objects.filter(slug=slug).values_list("pk", flat=True).first()
    return filtered.position(language, site) if site else None


def paging(filtered: SiteFilter, start: int, slugs: list[str]) -> Paging:
    """The links to other pages, from a page that shows these sites."""
    data, total = filtered.raw_data, len(filtered.hits)
    last = max(1, -(-total // PER_PAGE))
    number = min(last, -(-start // PER_PAGE) + 1)
    has_next = start + PER_PAGE < total
    first, final = (slugs[0], slugs[-1]) if slugs else (None, None)
    return Paging(
        number=number,
        last=last,
        links=page_links(number, last, lambda page: page_query(data, page)),
        previous=_step(data, max(1, number - 1), "before", first) if start else None,
        next=_step(data, number + 1, "after", final) if has_next else None,
    )


def page_links(number: int, last: int, query_of: Callable[[int], str]) -> list[PageLink]:
    """Links to the first and last page and those near the current one; none of a single page."""
    near = range(max(1, number - _NEIGHBOURS), min(last, number + _NEIGHBOURS) + 1)
    links: list[PageLink] = []
    for page in sorted({1, last, *near}):
        if links and page > links[-1].number + 1:
            links.append(PageLink(0, "", False))
        links.append(PageLink(page, query_of(page), page == number))
    return links if last > 1 else []


def page_query(data: QueryDict, page: int) -> str:
    return updated_query(data, page=str(page)) if page > 1 else updated_query(data)


def _step(data: QueryDict, page: int, name: str, slug: str | None) -> str:
    if page == 1 or slug is None:
        return page_query(data, page)
    return updated_query(data, page=str(page), **{name: slug})


# --- as HTML ---------------------------------------------------------------------------------

_PAGES, _STEP = fragment("pages/pages.html"), fragment("pages/step.html")
_ITEM, _GAP = fragment("pages/item.html"), fragment("pages/gap.html")
_LINK, _CURRENT = fragment("pages/link.html"), fragment("pages/current.html")


def page_links_html(paging: Paging, is_followed: bool) -> SafeString:
    """The links as HTML; empty for a single page. Search engines follow them if `is_followed`."""
    if not paging.links:
        return SafeString("\n")
    rel = "" if is_followed else " nofollow"
    items = [f"\n      {_ITEM(link=_link_html(each, is_followed))}\n    " for each in paging.links]
    links = _PAGES(
        label=_("Pages"),
        previous=_step_html(f"prev{rel}", paging.previous, _("Previous")),
        links=SafeString("".join(items)),
        next=_step_html(f"next{rel}", paging.next, _("Next")),
    )
    return SafeString(f"\n  {links}\n")


def _step_html(rel: str, query: str | None, label: str) -> SafeString:
    return SafeString() if query is None else _STEP(rel=rel, address=link_to(query), label=label)


def _link_html(link: PageLink, is_followed: bool) -> SafeString:
    if not link.number:
        return _GAP()
    if link.is_current:
        return _CURRENT(number=link.number)
    return _LINK(
        is_nofollow=not is_followed,
        address=link_to(link.query),
        label=link.label,
        number=link.number,
    )


def link_to(query: str) -> str:
    """The address of the list with another query; of the list without filters if the query is
    empty."""
    return f"?{query}" if query else "."
