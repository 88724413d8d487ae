"""The orders that a list of sites can have: whole, and where one site stands in them.

Every order is total: what is equal is told apart by the id.
"""

from django.conf import settings
from django.db.models import F, Q

from heritage.models import Site, SortName

OLDEST, RECENT, INSCRIBED = "oldest", "recent", "inscribed"
_BY_YEAR = {OLDEST: "first_year", INSCRIBED: "inscribed_year"}  # the undated come last


def by_name(language: str) -> str:
    """The order of names in one language of the interface."""
    return f"name:{language}"


def names() -> list[str]:
    """All orders that the index holds."""
    return [*(by_name(code) for code, _name in settings.LANGUAGES), *_BY_YEAR, RECENT]


def ids(order: str):
    """Ids of all published sites in an order, as a queryset of single values."""
    if order in _BY_YEAR:
        by_year = F(_BY_YEAR[order]).asc(nulls_last=True)
        return Site.objects.published().order_by(by_year, "pk").values_list("pk", flat=True)
    if order == RECENT:
        ordered = Site.objects.published().order_by(F("published_at").desc(nulls_last=True), "-pk")
        return ordered.values_list("pk", flat=True)
    rows = SortName.objects.filter(language=_language(order), site__state="published")
    return rows.order_by("key", "site_id").values_list("site_id", flat=True)


def after(order: str, site_id: int):
    """The ids that follow a published site in an order, nearest first."""
    if order in _BY_YEAR:
        column = _BY_YEAR[order]
        year = Site.objects.values_list(column, flat=True).get(pk=site_id)
        undated = Q(**{f"{column}__isnull": True})
        if year is None:
            return ids(order).filter(undated, pk__gt=site_id)
        later, same = Q(**{f"{column}__gt": year}) | undated, Q(**{column: year})
        return ids(order).filter(later | Q(same, pk__gt=site_id))
    if order == RECENT:
        at = Site.objects.values_list("published_at", flat=True).get(pk=site_id)
        earlier = Q(published_at__lt=at) | Q(published_at__isnull=True)
        same = Q(published_at=at) if at is not None else Q(published_at__isnull=True)
        following = Q(same, pk__lt=site_id)
        return ids(order).filter(following if at is None else earlier | following)
    key = SortName.objects.values_list("key", flat=True).get(
        site=site_id, language=_language(order)
    )
    return ids(order).filter(Q(key__gt=key) | Q(key=key, site__gt=site_id))


def _language(order: str) -> str:
    return order.partition(":")[2]
