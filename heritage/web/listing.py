"""The list of sites: what is applied, what can be chosen, one page of cards, how to go on."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.catalogue.facets import Applied, applied, facets, query
from heritage.catalogue.filters import SORTS, SiteFilter
from heritage.models import Event
from heritage.web import cards
from heritage.web.cards import Card
from heritage.web.folds import FoldedFacet, folded

PER_PAGE = 24
_DEFAULTS = [("page", ["1"]), ("view", ["cards"])]
_NEIGHBOURS = 2  # pages shown on each side of the current one


class NoSuchPage(Exception):
    """A page beyond the last one; `last` says which that is, `query` leads to it."""

    def __init__(self, last: int, query: str):
        super().__init__(last)
        self.last, self.query = last, query


@dataclass(frozen=True, slots=True)
class Sort:
    label: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int  # 0 is a gap
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Paging:
    number: int
    last: int
    links: list[PageLink]
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of an empty result: what to drop, and how many sites that would show."""

    label: str
    value: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Problem:
    label: str
    messages: list[str]
    query: str


@dataclass(frozen=True, slots=True)
class Role:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class View:
    """Cards or a list: two views of one address."""

    value: str
    label: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Prepared for the template web/sites.html."""

    text: str
    total: int
    first: int
    cards: list[Card]
    facets: list[FoldedFacet]
    roles: list[Role]
    applied: list[Applied]
    problems: list[Problem]
    ways: list[Way]
    views: list[View]
    view: str
    sorts: list[Sort]
    sort: str  # what the form carries on: empty if nobody asked for an order
    paging: Paging
    canonical: str


def clean_query(data: QueryDict) -> QueryDict:
    """The query as an address should have it: nothing empty, nothing twice, no defaults."""
    clean = QueryDict(mutable=True)
    for name, values in data.lists():
        stripped = (value.replace("\0", "").strip() for value in values)
        kept = list(dict.fromkeys(value for value in stripped if value))
        if kept and (name, kept) not in _DEFAULTS:
            clean.setlist(name, kept)
    return clean


def listing(data: QueryDict) -> Listing:
    """Raises NoSuchPage for a page that the result does not have."""
    filtered = SiteFilter(data)
    choices = facets(filtered)
    in_words = applied(filtered, choices)
    total = len(filtered.hits)
    paging = _paging(data, total)
    start = (paging.number - 1) * PER_PAGE
    page = filtered.page(get_language(), start, start + PER_PAGE)
    return Listing(
        text=data.get("q", ""),
        total=total,
        first=start + 1,
        cards=cards.of_ids(page),
        facets=[folded(facet) for facet in choices],
        roles=_roles(filtered),
        applied=in_words,
        problems=_problems(filtered),
        ways=[] if total else _ways(filtered, in_words),
        views=_views(data),
        view="list" if data.get("view") == "list" else "cards",
        sorts=_sorts(filtered),
        sort=filtered.chosen("sort") or "",
        paging=paging,
        canonical=_canonical(data, filtered),
    )


def _roles(filtered: SiteFilter) -> list[Role]:
    chosen = filtered.chosen("role") or ""
    choices = [
        ("", _("any part of its history")),
        (Event.Role.BEGINNINGS, _("its beginnings")),
        (Event.Role.STANDING, _("what stands today")),
    ]
    return [Role(value, label, value == chosen) for value, label in choices]


def _sorts(filtered: SiteFilter) -> list[Sort]:
    searched = filtered.chosen("q")
    return [
        Sort(str(label), _with(filtered.data, "sort", value), value == filtered.order)
        for value, label in SORTS
        if searched or value != "relevance"
    ]


def _views(data: QueryDict) -> list[View]:
    """The page stays the same: what one sees of it differs."""
    is_list, without = data.get("view") == "list", data.copy()
    without.pop("view", None)
    listed = without.copy()
    listed["view"] = "list"
    return [
        View("cards", _("Cards"), without.urlencode(), not is_list),
        View("list", _("List"), listed.urlencode(), is_list),
    ]


def _with(data: QueryDict, name: str, value: str) -> str:
    data = data.copy()
    data[name] = value
    if name != "page":
        data.pop("page", None)
    return data.urlencode()


def _problems(filtered: SiteFilter) -> list[Problem]:
    """Values that mean nothing: said, and otherwise ignored."""
    filtered.is_valid()
    return [
        Problem(
            str(filtered.filters[name].label),
            [_message(error) for error in errors],
            query(filtered.data, name),
        )
        for name, errors in filtered.form.errors.as_data().items()
        if name in filtered.filters
    ]


def _message(error: ValidationError) -> str:
    value = (error.params or {}).get("value")
    if error.code in ("invalid_choice", "invalid_pk_value") and value:
        return _("“%(value)s” is not known here.") % {"value": value}
    return " ".join(error.messages)


def _ways(filtered: SiteFilter, in_words: list[Applied]) -> list[Way]:
    """What dropping each filter would show, the most first."""
    found: dict[str, list[str]] = {}
    for item in in_words:
        found.setdefault(item.name, []).append(str(item.value))
    labels = {item.name: item.label for item in in_words}
    ways = [
        Way(
            labels[name],
            ", ".join(values),
            len(filtered.without(name)),
            query(filtered.data, name),
        )
        for name, values in found.items()
    ]
    return sorted((way for way in ways if way.count), key=lambda way: -way.count)


def _paging(data: QueryDict, total: int) -> Paging:
    last = max(1, -(-total // PER_PAGE))
    wanted = data.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
    if not 1 <= number <= last:
        raise NoSuchPage(last, _page_query(data, last))
    near = range(number - _NEIGHBOURS, number + _NEIGHBOURS + 1)
    shown = sorted({1, last, *near} & set(range(1, last + 1)))
    links: list[PageLink] = []
    for page in shown:
        if links and page > links[-1].number + 1:
            links.append(PageLink(0, "", False))
        links.append(PageLink(page, _page_query(data, page), page == number))
    return Paging(
        number=number,
        last=last,
        links=links if last > 1 else [],
        previous=_page_query(data, number - 1) if number > 1 else None,
        next=_page_query(data, number + 1) if number < last else None,
    )


def _page_query(data: QueryDict, page: int) -> str:
    return query(data, "page") if page == 1 else _with(data, "page", str(page))


def _canonical(data: QueryDict, filtered: SiteFilter) -> str:
    """The address of this list without what is no part of it, such as a campaign's tags."""
    known = QueryDict(mutable=True)
    for name in (*filtered.filters, "page"):
        if name in data:
            known.setlist(name, data.getlist(name))
    return known.urlencode()
