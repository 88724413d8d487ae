"""Compares the index with the rows that it is made from, for `manage.py verify`.

Each step holds the lock of the change log; others can write between two steps. Nothing is written
here.
"""

from collections.abc import Iterator

import numpy as np
from django.db.models import Max, Min
from django.http import QueryDict
from pyroaring import BitMap

from heritage.models import IndexChange, Site
from heritage.search import brute_force, store
from heritage.search.counting import facet_counts
from heritage.search.filters import SiteFilter
from heritage.search.index import orders
from heritage.search.index.snapshot import IndexSnapshot
from heritage.values.finding import Checking, Finding
from heritage.values.progress import Progress

_AT_ONCE = 1_000  # sites that are read again in one step
_REINDEX = "manage.py reindex"
# Of filters without a list of values, some that together ask for nearly every site: spans of 500
# years, and eighths of the world.
_FURTHER = [
    *(f"from={year}&to={year + 498}" for year in range(-4999, 2500, 500)),
    *(f"bbox={west},{south},{west + 90},{south + 90}"
      for west in range(-180, 180, 90) for south in (-90, 0)),
]  # fmt: skip


def index() -> Checking:
    """Reads each site again as after a write, and yields where the index differs."""
    found = Site.objects.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    current = store.current().sites
    ends = [*filter(None, found.values()), *([current.min(), current.max()] if current else [])]
    if not ends:
        return
    first, last = min(ends), max(ends)
    for start in range(first, last + 1, _AT_ONCE):
        with IndexChange.objects.locked():
            now = store.current()
            again = store.read_again(now, BitMap(range(start, start + _AT_ONCE)))
        yield from _differences(now, again)
        yield Progress(min(start + _AT_ONCE, last), last)
    for name in orders.names():
        with IndexChange.objects.locked():
            stored = store.current().orders[name].ids
            anew = np.fromiter(orders.ids(name), dtype=np.int32)
        if not np.array_equal(stored, anew):
            yield _stale(f"order {name}", np.setxor1d(stored, anew).tolist())


def _differences(now: IndexSnapshot, again: IndexSnapshot) -> Iterator[Finding]:
    """Differences between two snapshots, in which equal parts are the same objects."""
    if again.sites != now.sites:
        yield _stale("published sites", again.sites ^ now.sites)
    if again.values is not now.values:
        for key in sorted(again.values.keys() | now.values.keys()):
            if different := again.with_key(key) ^ now.with_key(key):
                yield _stale(key, different)
    for name in ("points", "component_points", "districts", "times"):
        if getattr(again, name) is not getattr(now, name):
            yield _stale(name, [])
    for role, spans in now.spans.items():
        if again.spans[role] is not spans:
            yield _stale(f"years of {role}", [])
    for name, order in now.orders.items():
        if again.orders[name] is not order:
            yield _stale(f"order {name}", [])


def _stale(part: str, sites: BitMap | list[int]) -> Finding:
    ids = [str(pk) for pk in list(sites)[:5]]
    which = f" for sites {', '.join(ids)}{', …' if len(sites) > len(ids) else ''}" if ids else ""
    return Finding(f"index: {part}", f"is not as the rows say{which}", _REINDEX)


def counts() -> Checking:
    """Compares the number beside each value of each filter, and the sites in its list."""
    with IndexChange.objects.locked():
        shown, stored = len(SiteFilter(QueryDict()).hits), Site.objects.published().count()
        numbers = _numbers()
        number = store.current().number
    if shown != stored:
        yield Finding("all sites", f"{shown} are counted, {stored} are stored", _REINDEX)
    further = list(map(QueryDict, _FURTHER))
    asked = list(numbers)
    for done, asking in enumerate(further):
        with IndexChange.objects.locked():
            wanted, led_to = brute_force.matching(asking), set(SiteFilter(asking).hits)
        if led_to != wanted:
            how = f"{len(led_to)} are found, {len(wanted)} stored"
            yield Finding(f"sites with {asking.urlencode(safe=',')}", how, _REINDEX)
        yield Progress(done + 1, len(further) + len(asked))
    for done, (name, value) in enumerate(asked, len(further)):
        query = QueryDict(mutable=True)
        query[name] = value
        with IndexChange.objects.locked():
            if store.current().number != number:  # somebody wrote
                numbers, number = _numbers(), store.current().number
            counted = numbers.get((name, value), 0)
            wanted = brute_force.matching(query)
            led_to = set(SiteFilter(query).hits)
        if led_to != wanted or counted != len(wanted):
            how = f"{counted} are counted, {len(led_to)} found, {len(wanted)} stored"
            yield Finding(f"sites with {name}={value}", how, _REINDEX)
        yield Progress(done + 1, len(further) + len(asked))


def _numbers() -> dict[tuple[str, str], int]:
    """The numbers that pages show beside values, by (name of the filter, value)."""
    return {
        (facet.name, option.value): option.count
        for facet in facet_counts(SiteFilter(QueryDict()))
        for option in facet.options
    }
