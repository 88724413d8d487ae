"""`SiteChangeList`, the admin's list of sites in a catalogue of any size.

The index knows which published sites each filter leaves, and their order. Only sites that are not
published are asked of the database, and merged into that order by the same keys.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

import numpy as np
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import InvalidPage
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.models import Coverage, Site, SiteQuerySet
from heritage.search import IndexSnapshot, current_index, sort_keys
from heritage.services.undo import MAX_CHANGES

DATABASE_LIMIT = 20_000  # sites that the database is asked to sort, or the index to merge
MAX_HITS = 10_000  # of a search that the database lists; beyond that, the latest of them
LATEST_HITS = 500
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_PROBES = 64  # positions that are looked at in one query

UPDATED = "updated"
# By column of the list the order of the index, and whether that order descends.
ORDERS = {
    "beginnings": ("oldest", False),
    "unesco": ("inscribed", False),
    "state_badge": (UPDATED, False),
    "published_at": ("recent", True),
}
SORTABLE = ("display_name", *ORDERS)


def is_large() -> bool:
    """Whether there are so many sites that only orders of the index are offered."""
    return len(current_index().sites) > DATABASE_LIMIT


def latest_hits(rows: QuerySet[Any], hits: BitMap) -> QuerySet[Any]:
    """The hits that were changed last, if a search has very many; else the rows unchanged."""
    if len(hits) <= MAX_HITS:
        return rows
    latest = rows.order_by("-updated_at").values_list("pk", flat=True).iterator()
    return rows.filter(pk__in=list(islice((pk for pk in latest if pk in hits), LATEST_HITS)))


class IndexOrder:
    """One order of the index, and the keys by which unpublished sites are merged into it."""

    def __init__(self, index: IndexSnapshot, name: str):
        self._index, self._name = index, name

    def ids(self, sites: BitMap) -> np.ndarray:
        """These published sites in this order, as ids."""
        if self._name == UPDATED:
            positions = self._index.times.by_first
            ids = self._index.times.ids[positions]
        else:
            ids = self._index.orders[self._name].ids
        if len(sites) == len(ids):
            return ids
        wanted = np.zeros(int(max(ids.max(initial=0), sites.max() if sites else 0)) + 1, dtype=bool)
        wanted[np.asarray(sites.to_array())] = True
        return ids[wanted[ids]]

    def keys(self, ids: list[int]) -> dict[int, tuple]:
        if self._name != UPDATED:
            return sort_keys(self._name, ids)
        rows = Site.objects.filter(pk__in=ids).order_by().values_list("pk", "updated_at")
        found = {pk: (at, pk) for pk, at in rows}
        return {pk: (_LONG_AGO, pk) for pk in ids} | found  # one may be gone by now


class SortedSites:
    """Sites in an order of the index, as a sequence for a paginator."""

    def __init__(
        self,
        rows: QuerySet,
        order: IndexOrder,
        descends: bool,
        published: BitMap,
        unpublished: list[int],
    ):
        """`rows` reads sites as the list shows them."""
        self._rows, self._order, self._descends = rows, order, descends
        self._published = order.ids(published)
        self._unpublished = sorted(order.keys(unpublished).values()) if unpublished else []

    def __len__(self) -> int:
        return len(self._published) + len(self._unpublished)

    def __getitem__(self, part: slice) -> list[Site]:
        ids = self.ids(*part.indices(len(self))[:2])
        found = self._rows.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def ids(self, start: int, stop: int) -> list[int]:
        if not self._descends:
            return self._ascending(start, stop)
        return self._ascending(len(self) - stop, len(self) - start)[::-1]

    def _ascending(self, start: int, stop: int) -> list[int]:
        start, stop = max(0, start), min(stop, len(self))
        passed = self._unpublished_before(start)
        first = start - passed
        ids = self._published[first : first + stop - start].tolist()
        unpublished = self._unpublished[passed : passed + stop - start]
        if not unpublished:
            return ids
        keys = sorted([*self._order.keys(ids).values(), *unpublished])
        return [key[-1] for key in keys[: stop - start]]

    def _unpublished_before(self, start: int) -> int:
        """How many of the first `start` sites are unpublished.

        A binary search for the first number at which the next unpublished site sorts behind the
        last published one. It looks at many positions at once: each round costs a query.
        """
        low, high = max(0, start - len(self._published)), min(start, len(self._unpublished))
        while low < high:
            tried = list(range(low, high, max(1, (high - low) // _PROBES)))
            last = self._published[[start - number - 1 for number in tried]].tolist()
            keys = self._order.keys(last)
            at = bisect_left(
                range(len(tried)),
                True,
                key=lambda n: self._unpublished[tried[n]] > keys[last[n]],
            )
            low = tried[at - 1] + 1 if at else low
            high = tried[at] if at < len(tried) else high
        return low


class ListRequest(HttpRequest):
    """A request for the list of sites."""

    hits: BitMap | None  # of its search; set by `SiteAdmin.get_search_results()`
    respelt: str  # what was searched for instead of what was typed, or an empty text


class SiteChangeList(ChangeList):
    """The list of sites, sorted and filtered by the index if that can, else by the database."""

    model_admin: Any  # its paginator takes any sequence
    filter_specs: list[Any]  # each has a method `published()`, see `filters`
    sorted_sites: SortedSites | None  # None if the database sorts

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        self.is_large, self.database_limit = is_large(), DATABASE_LIMIT
        super().__init__(request, *args, **kwargs)
        if self.is_large:  # the database would count the sites of each choice of each filter
            self.is_facets_optional = self.add_facets = False
        if respelt := cast(ListRequest, request).respelt:
            self.search_help_text = _(
                "Nothing has “%(typed)s”. Listed is what has “%(other)s”."
            ) % {
                "typed": self.query,
                "other": respelt,
            }
        hits = cast(ListRequest, request).hits
        if self.sorted_sites is None and hits is not None and len(hits) > MAX_HITS:
            self.search_help_text = _(
                "Very many sites are found. Listed are the %(count)d that were changed last."
            ) % {"count": LATEST_HITS}

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        request = cast(ListRequest, request)
        request.hits, request.respelt = None, ""
        rows = super().get_queryset(request, exclude_parameters)
        if exclude_parameters is not None:  # of a filter, which counts its choices
            return rows if request.hits is None else rows.filter(pk__in=list(request.hits))
        self.sorted_sites = self._sorted_sites(request, cast(SiteQuerySet, rows))
        if self.sorted_sites is None and request.hits is not None:
            return latest_hits(rows, request.hits)
        if self.sorted_sites is not None and request.POST.get("select_across", "0") != "0":
            # For an action on all of them, which refuses more than this.
            return rows.filter(pk__in=self.sorted_sites.ids(0, MAX_CHANGES + 1))
        return rows

    def get_results(self, request: HttpRequest) -> None:
        if self.sorted_sites is None:
            super().get_results(request)
        else:
            self._read_page(request, self.sorted_sites)
        self.result_list = list(self.result_list)
        coverages = Coverage.objects.select_related("designation__register")
        prefetch_related_objects(self.result_list, "kinds", Prefetch("coverages", coverages))

    def _read_page(self, request: HttpRequest, sites: SortedSites) -> None:
        """Sets what Django's `get_results()` sets, without a query that counts."""
        self.paginator = self.model_admin.get_paginator(request, sites, self.list_per_page)
        self.result_count = len(sites)
        self.can_show_all = self.result_count <= self.list_max_show_all
        self.multi_page = self.result_count > self.list_per_page
        self.show_full_result_count, self.full_result_count = False, None
        self.show_admin_actions = True
        try:
            shows_all = (self.show_all and self.can_show_all) or not self.multi_page
            self.result_list = (
                sites[:] if shows_all else self.paginator.page(self.page_num).object_list
            )
        except InvalidPage as error:
            raise IncorrectLookupParameters from error

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        if self.is_large and self._index_order() is None:
            self.params.pop("o", None)  # is not offered
        return super().get_ordering(request, queryset)

    def _index_order(self) -> tuple[str, bool] | None:
        """The order of the index that the list is to have, and whether it is reversed."""
        if "o" not in self.params:
            return UPDATED, True
        asked = [
            (self.list_display[number], direction == "desc")
            for number, direction in self.get_ordering_field_columns().items()
            if 0 <= number < len(self.list_display)
        ]
        if len(asked) != 1 and not (asked and self.is_large):
            return None
        column, descends = asked[0]
        if column == "display_name":
            return f"name:{get_language()}", descends
        if column not in ORDERS:
            return None
        name, is_descending = ORDERS[column]
        return name, descends != is_descending

    def _sorted_sites(self, request: ListRequest, rows: SiteQuerySet) -> SortedSites | None:
        """The sites sorted by the index; None if it does not know the order or a filter, or if too
        many are unpublished."""
        index = current_index()
        order = self._index_order()
        known = {name for spec in self.filter_specs for name in spec.expected_parameters()}
        if order is None or not set(self.get_filters_params()) <= known:
            return None
        published = index.sites
        if request.hits is not None:
            published = published & request.hits
        for left in self._left_by_filters(request, index):
            if left is None:
                return None
            published = published & left
        ids = rows.order_by().unpublished().values_list("pk", flat=True)
        unpublished = list(ids[: DATABASE_LIMIT + 1])
        if len(unpublished) > DATABASE_LIMIT:
            return None
        if request.hits is not None:
            unpublished = [pk for pk in unpublished if pk in request.hits]
        name, descends = order
        shown = self.apply_select_related(self.root_queryset)
        return SortedSites(shown, IndexOrder(index, name), descends, published, unpublished)

    def _left_by_filters(
        self, request: HttpRequest, index: IndexSnapshot
    ) -> Iterator[BitMap | None]:
        """The published sites that each active filter leaves; None if the index cannot tell."""
        for spec in self.filter_specs:
            if spec.used_parameters:
                yield spec.published(request, index)
