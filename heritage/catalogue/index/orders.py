"""The orders that a list of sites can have: whole, and where one site stands in them.

Every order is total: what is equal is told apart by the id.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from heritage.models import Site, SortName

OLDEST, RECENT, INSCRIBED = "oldest", "recent", "inscribed"
_BY_YEAR = {OLDEST: "first_year", INSCRIBED: "inscribed_year"}  # the undated come last
_AT_ONCE, _A_FEW = 10_000, 50  # ids fetched from the database: of all, of those that follow one


def by_name(language: str) -> str:
    """The order of names in one language of the interface."""
    return f"name:{language}"


def names() -> list[str]:
    """All orders that the index holds."""
    return [*(by_name(code) for code, _name in settings.LANGUAGES), *_BY_YEAR, RECENT]


def ids(order: str) -> Iterator[int]:
    """Ids of all published sites in an order."""
    if order in _BY_YEAR or order == RECENT:
        yield from _rows(order).iterator(_AT_ONCE)
    else:
        yield from _named(order).iterator(_AT_ONCE)
        yield from _nameless(order).iterator(_AT_ONCE)


def after(order: str, site_id: int) -> Iterator[int]:
    """The ids that follow a published site in an order, nearest first."""
    if order in _BY_YEAR:
        yield from _rows(order).filter(_later(_BY_YEAR[order], site_id)).iterator(_A_FEW)
    elif order == RECENT:
        yield from _rows(order).filter(_earlier(site_id)).iterator(_A_FEW)
    else:
        own = SortName.objects.filter(site=site_id, language=_language(order))
        key = own.values_list("key", flat=True).first()
        nameless = _nameless(order)
        if key is None:
            nameless = nameless.filter(pk__gt=site_id)
        else:
            following = Q(key__gt=key) | Q(key=key, site__gt=site_id)
            yield from _named(order).filter(following).iterator(_A_FEW)
        yield from nameless.iterator(_A_FEW)


def _rows(order: str):
    if order == RECENT:
        by = F("published_at").desc(nulls_last=True), "-pk"
    else:
        by = F(_BY_YEAR[order]).asc(nulls_last=True), "pk"
    return Site.objects.published().order_by(*by).values_list("pk", flat=True)


def _named(order: str):
    rows = SortName.objects.filter(language=_language(order), site__state="published")
    return rows.order_by("key", "site_id").values_list("site_id", flat=True)


def _nameless(order: str):
    """Those whose key in a language is yet to be made, as when the language is new: last."""
    keys = SortName.objects.filter(language=_language(order), site=OuterRef("pk"))
    rows = Site.objects.published().filter(~Exists(keys))
    return rows.order_by("pk").values_list("pk", flat=True)


def _later(column: str, site_id: int) -> Q:
    year = Site.objects.values_list(column, flat=True).get(pk=site_id)
    undated = Q(**{f"{column}__isnull": True})
    if year is None:
        return undated & Q(pk__gt=site_id)
    later, same = Q(**{f"{column}__gt": year}) | undated, Q(**{column: year})
    return later | Q(same, pk__gt=site_id)


def _earlier(site_id: int) -> Q:
    at = Site.objects.values_list("published_at", flat=True).get(pk=site_id)
    unknown = Q(published_at__isnull=True)
    if at is None:
        return unknown & Q(pk__lt=site_id)
    return Q(published_at__lt=at) | unknown | Q(published_at=at, pk__lt=site_id)


def _language(order: str) -> str:
    return order.partition(":")[2]
