"""The orders that a list of sites can have, and the position of a site in each.

Exports `names()`, `ids()` for a whole order, `keys()` for what sites are sorted by, and `placed()`
for an order in which some sites have changed. Every order is total: equal sites are ordered by id.
Sort keys are compared here exactly as the database compares them.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import batched, pairwise
from typing import Any

import numpy as np
from django.db.models import Exists, F, OrderBy, OuterRef, QuerySet
from pyroaring import BitMap

from heritage.models import Site, SiteQuerySet, SortName
from heritage.search.index import map_keys
from heritage.search.index.columns import microseconds
from heritage.search.index.snapshot import INSCRIBED, OLDEST, PROMINENCE, RECENT, Order
from heritage.values.language import interface_languages

_BY_YEAR = {OLDEST: "first_year", INSCRIBED: "inscribed_year"}  # the undated come last
MAP = "map"  # along the curve of `map_keys`; the sites without a point come last
_AT_ONCE = 10_000  # ids fetched from the database together
_KEYS_AT_ONCE = 2_000  # of which the keys are asked for in one query
# Sites that one step of a search looks at: enough that few steps find the place of a single one.
_PROBES = 128

type Key = tuple[Any, ...]  # what a site is sorted by, its id last


def by_name(language: str) -> str:
    """The order of names in one language of the interface."""
    return f"name:{language}"


def names() -> list[str]:
    """All orders that the index holds."""
    return [*map(by_name, interface_languages()), *_BY_YEAR, RECENT, PROMINENCE, MAP]


def ids(order: str) -> Iterator[int]:
    """Ids of all published sites in an order."""
    if order == MAP:
        yield from _along_the_map()
    elif order in _BY_YEAR or order in (RECENT, PROMINENCE):
        yield from _rows(order).iterator(_AT_ONCE)
    else:
        yield from _named(order).iterator(_AT_ONCE)
        yield from _nameless(order).iterator(_AT_ONCE)


def placed(name: str, order: Order, changed: BitMap, published: Iterable[int]) -> Order:
    """The order after some sites have changed; `published` are those of them that are published
    now.

    Returns the same object if every site keeps its place. All other sites must be in the order
    already and sorted as their rows say. However many sites have changed, a few dozen queries by
    primary key find their places.
    """
    published = BitMap(published)
    places = order.places_of(changed)
    if BitMap(order.ids[places].tolist()) == published and _are_in_place(name, order.ids, places):
        return order
    standing = np.delete(order.ids, places)
    wanted = sorted(keys(name, published).values())
    found = [key[-1] for key in wanted]
    return Order(np.insert(standing, _search(name, standing, wanted), found).astype(np.int32))


# --- where sites belong ----------------------------------------------------------------------


def _are_in_place(name: str, ids: np.ndarray, places: np.ndarray) -> bool:
    """Whether the sites at these places still belong between their neighbours."""
    around = np.unique(np.concatenate((places - 1, places, places + 1)))
    around = around[(around >= 0) & (around < len(ids))]
    by_id = keys(name, ids[around].tolist())
    return all(
        by_id[ids[place]] < by_id[ids[following]]
        for place, following in pairwise(around.tolist())
        if following == place + 1
    )


def _search(name: str, ids: np.ndarray, wanted: list[Key]) -> list[int]:
    """For each of `wanted`, which ascend, the position in an order before which it belongs.

    A binary search for all of them at once, in steps of one query each. The fewer keys are
    looked for, the more parts a step cuts the order into.
    """
    lowest, highest = [0] * len(wanted), [len(ids)] * len(wanted)
    cuts = max(1, _PROBES // max(1, len(wanted)))
    while open_ones := [n for n, low in enumerate(lowest) if low < highest[n]]:
        probes: set[int] = set()
        for n in open_ones:
            low, high = lowest[n], highest[n]
            probes.update(low + (high - low) * cut // (cuts + 1) for cut in range(1, cuts + 1))
        ordered = sorted(probes)
        by_id = keys(name, ids[ordered].tolist())
        probed = [by_id[ids[place]] for place in ordered]
        for n in open_ones:
            next_probe = bisect_left(probed, wanted[n])
            if next_probe < len(probed):
                highest[n] = min(highest[n], ordered[next_probe])
            if next_probe:
                lowest[n] = max(lowest[n], ordered[next_probe - 1] + 1)
    return lowest


def keys(name: str, site_ids: Iterable[int]) -> dict[int, Key]:
    """By id, what sites are sorted by in an order, published or not."""
    found: dict[int, Key] = {}
    for chunk in batched(site_ids, _KEYS_AT_ONCE):
        found.update(_keys_of(name, chunk))
    return found


def _keys_of(name: str, site_ids: tuple[int, ...]) -> dict[int, Key]:
    """A site that is deleted while this is read comes last: what is read then is read again."""
    found: dict[int, Key] = {}
    if name == RECENT:
        for pk, at in _sites(site_ids).values_list("pk", "published_at"):
            found[pk] = (at is None, -microseconds(at) if at else 0, -pk, pk)
        return {pk: (True, 0, -pk, pk) for pk in site_ids} | found
    if name == MAP:
        placed = _sites(site_ids).filter(public_latitude__isnull=False)
        columns = ("pk", "public_latitude", "public_longitude")
        table = np.array(list(placed.values_list(*columns)), dtype=float).reshape(-1, 3)
        by_id = dict.fromkeys(site_ids, map_keys.BEYOND + 1)
        at = map_keys.keys(table[:, 1], table[:, 2]).tolist()
        by_id.update(zip(table[:, 0].astype(int).tolist(), at, strict=True))
        return {pk: (key, pk) for pk, key in by_id.items()}
    if name == PROMINENCE:
        for pk, prominence in _sites(site_ids).values_list("pk", "effective_prominence"):
            found[pk] = (False, -prominence, pk)
        return {pk: (True, 0, pk) for pk in site_ids} | found
    if name in _BY_YEAR:
        for pk, year in _sites(site_ids).values_list("pk", _BY_YEAR[name]):
            found[pk] = (year is None, year or 0, pk)
        return {pk: (True, 0, pk) for pk in site_ids} | found
    rows = SortName.objects.filter(site__in=site_ids, language=_language(name))
    for pk, key in rows.values_list("site_id", "key"):
        found[pk] = (False, key, pk)
    return {pk: (True, "", pk) for pk in site_ids} | found


def _sites(site_ids: tuple[int, ...]) -> SiteQuerySet:
    return Site.objects.filter(pk__in=site_ids).order_by()


# --- whole orders ----------------------------------------------------------------------------


def _rows(order: str) -> QuerySet[Site, int]:
    by: tuple[str | OrderBy, str]
    if order == RECENT:
        by = F("published_at").desc(nulls_last=True), "-pk"
    elif order == PROMINENCE:
        by = "-effective_prominence", "pk"
    else:
        by = F(_BY_YEAR[order]).asc(nulls_last=True), "pk"
    return Site.objects.published().order_by(*by).values_list("pk", flat=True)


def _along_the_map() -> Iterator[int]:
    columns = ("pk", "public_latitude", "public_longitude")
    rows = Site.objects.published().order_by("pk").values_list(*columns)
    ids, others, latitudes, longitudes = array("q"), array("q"), array("d"), array("d")
    for pk, latitude, longitude in rows.iterator(_AT_ONCE):
        if latitude is None or longitude is None:
            others.append(pk)
        else:
            ids.append(pk)
            latitudes.append(latitude)
            longitudes.append(longitude)
    found = map_keys.keys(np.array(latitudes), np.array(longitudes))
    yield from np.array(ids)[np.argsort(found, kind="stable")].tolist()
    yield from others


def _named(order: str) -> QuerySet[SortName, int]:
    rows = SortName.objects.filter(language=_language(order), site__state="published")
    return rows.order_by("key", "site_id").values_list("site_id", flat=True)


def _nameless(order: str) -> QuerySet[Site, int]:
    """Sites without a key in a language, for example because the language is new; they come
    last."""
    keys = SortName.objects.filter(language=_language(order), site=OuterRef("pk"))
    rows = Site.objects.published().filter(~Exists(keys))
    return rows.order_by("pk").values_list("pk", flat=True)


def _language(order: str) -> str:
    return order.partition(":")[2]
