"""The admin's list of sites, without the database counting, sorting or filtering very many.

The index knows which published sites each filter leaves and their places in each order. Sites that
are not published are asked of the database, and put among them by what both are sorted by.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import InvalidPage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from pyroaring import BitMap

from heritage.models import Site
from heritage.models.querysets import SiteQuerySet
from heritage.search.index import columns, orders, store
from heritage.search.index.snapshot import IndexSnapshot
from heritage.services.undo import MOST_CHANGES

MANY = 20_000  # sites from which on the database is not asked to sort them
MOST_OTHERS = 20_000  # unpublished sites of one list
_PROBES = 64  # places that are looked at in one query

UPDATED = "updated"
# By which order of the index a column sorts, and whether that order descends.
ORDERS = {
    "beginnings": (orders.OLDEST, False),
    "unesco": (orders.INSCRIBED, False),
    "state_badge": (UPDATED, False),
    "published_at": (orders.RECENT, True),
}
SORTABLE = ("display_name", *ORDERS)


class Sorting:
    """One order of the index, and the keys by which other sites find their places in it."""

    def __init__(self, index: IndexSnapshot, name: str):
        self._index, self._name = index, name

    def ids(self, sites: BitMap) -> np.ndarray:
        """These published sites in the order."""
        if self._name == UPDATED:
            places, _times = self._index.times.by_first
            ids = self._index.times.ids[places]
        else:
            ids = self._index.orders[self._name].ids
        if len(sites) == len(ids):
            return ids
        wanted = np.zeros(int(max(ids.max(initial=0), sites.max() if sites else 0)) + 1, dtype=bool)
        wanted[columns.ids_of(sites)] = True
        return ids[wanted[ids]]

    def keys(self, ids: list[int]) -> dict[int, tuple]:
        if self._name != UPDATED:
            return orders.keys(self._name, ids)
        rows = Site.objects.filter(pk__in=ids).order_by().values_list("pk", "updated_at")
        found = {pk: (columns.microseconds(at), pk) for pk, at in rows}
        return {pk: (0, pk) for pk in ids} | found  # one may be gone by now


class Selection:
    """Sites in an order, as a paginator wants them: it counts them and reads a page."""

    def __init__(
        self,
        rows: QuerySet,
        sorting: Sorting,
        descends: bool,
        published: BitMap,
        others: list[int],
    ):
        """`rows` reads sites as the list shows them; `others` are not published."""
        self._rows, self._sorting, self._descends = rows, sorting, descends
        self._published = sorting.ids(published)
        self._others = sorted(sorting.keys(others).values()) if others else []

    def __len__(self) -> int:
        return len(self._published) + len(self._others)

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
        passed = self._others_before(start)
        first = start - passed
        ids = self._published[first : first + stop - start].tolist()
        others = self._others[passed : passed + stop - start]
        if not others:
            return ids
        keys = sorted([*self._sorting.keys(ids).values(), *others])
        return [key[-1] for key in keys[: stop - start]]

    def _others_before(self, start: int) -> int:
        """How many of the first `start` are not published.

        The first number for which the next of the others comes behind the last of the published:
        looked for at many places at once, with a query for each round.
        """
        low, high = max(0, start - len(self._published)), min(start, len(self._others))
        while low < high:
            step = max(1, (high - low) // _PROBES)
            tried = list(range(low, high, step))
            last = self._published[[start - number - 1 for number in tried]].tolist()
            keys = self._sorting.keys(last)
            at = bisect_left(
                range(len(tried)),
                True,
                key=lambda n: self._others[tried[n]] > keys[last[n]],
            )
            low, high = (
                tried[at - 1] + 1 if at else low,
                tried[at] if at < len(tried) else high,
            )
        return low


class ListRequest(HttpRequest):
    """A request for the list of sites."""

    found: BitMap | None  # what its search finds, once it is asked: see SiteAdmin


class SiteList(ChangeList):
    """The list of sites: from the index, or else as Django has it."""

    model_admin: Any  # SiteAdmin
    filter_specs: list[Any]  # those of sites: see `filters`

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        asked = cast(ListRequest, request)
        asked.found = None  # what a search finds, once it is asked: see SiteAdmin
        rows = super().get_queryset(request, exclude_parameters)
        if exclude_parameters is not None:  # of a filter, which counts its choices
            return rows if asked.found is None else rows.filter(pk__in=list(asked.found))
        self.selection = self._selection(asked, cast(SiteQuerySet, rows))
        if self.selection is None and asked.found is not None:
            return self.model_admin.latest_found(rows, asked.found)
        if self.selection is not None and request.POST.get("select_across", "0") != "0":
            # For an action on all of them, which refuses more than this.
            return rows.filter(pk__in=self.selection.ids(0, MOST_CHANGES + 1))
        return rows

    def get_results(self, request: HttpRequest) -> None:
        if self.selection is None:
            super().get_results(request)
            return
        self.paginator = self.model_admin.get_paginator(request, self.selection, self.list_per_page)
        self.result_count = len(self.selection)
        self.can_show_all = self.result_count <= self.list_max_show_all
        self.multi_page = self.result_count > self.list_per_page
        self.show_full_result_count, self.full_result_count = False, None
        self.show_admin_actions = True
        try:
            shows_all = (self.show_all and self.can_show_all) or not self.multi_page
            self.result_list = (
                self.selection[:] if shows_all else self.paginator.page(self.page_num).object_list
            )
        except InvalidPage as error:
            raise IncorrectLookupParameters from error

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        if self.model_admin.is_large() and self._sorted_by() is None:
            self.params.pop("o", None)  # is not offered
        return super().get_ordering(request, queryset)

    def _sorted_by(self) -> tuple[str, bool] | None:
        """The order of the index that the list is to have, and whether it is turned round."""
        asked = [
            (self.list_display[number], direction == "desc")
            for number, direction in self.get_ordering_field_columns().items()
            if 0 <= number < len(self.list_display)
        ]
        if "o" not in self.params:
            return UPDATED, True
        if len(asked) != 1 and not (asked and self.model_admin.is_large()):
            return None
        column, descends = asked[0]
        if column == "display_name":
            return orders.by_name(get_language()), descends
        if column not in ORDERS:
            return None
        name, is_turned = ORDERS[column]
        return name, descends != is_turned

    def _selection(self, request: "ListRequest", rows: SiteQuerySet) -> Selection | None:
        """None where the index does not know the order or a filter, or too many are unpublished."""
        index = store.current()
        order = self._sorted_by()
        known = {name for spec in self.filter_specs for name in spec.expected_parameters()}
        if order is None or not set(self.get_filters_params()) <= known:
            return None
        published = index.sites
        if request.found is not None:
            published = published & request.found
        for left in self._left_by_filters(request, index):
            if left is None:
                return None
            published = published & left
        found = rows.order_by().unpublished().values_list("pk", flat=True)
        others = list(found[: MOST_OTHERS + 1])
        if len(others) > MOST_OTHERS:
            return None
        if request.found is not None:
            others = [pk for pk in others if pk in request.found]
        name, descends = order
        shown = self.apply_select_related(self.root_queryset)
        return Selection(shown, Sorting(index, name), descends, published, others)

    def _left_by_filters(
        self, request: HttpRequest, index: IndexSnapshot
    ) -> Iterator[BitMap | None]:
        """The published sites that each active filter leaves; None where the index cannot tell."""
        for spec in filter(lambda spec: spec.used_parameters, self.filter_specs):
            yield spec.published(request, index)
