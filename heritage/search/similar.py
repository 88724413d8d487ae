"""Finds records that may be of the same site: by name in any script, by pinyin, by distance.

`similar()` is called while somebody adds a site, and looks at sites in any state. `same_names()`
finds sites that may be recorded twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Count
from pyroaring import BitMap

from heritage.models import Site, SortName, chunks
from heritage.search import fulltext
from heritage.search.index.snapshot import IndexSnapshot
from heritage.server.caches import CacheKey
from heritage.values import tokens
from heritage.values.coordinates import KM_PER_DEGREE, Point, distances_km, pair_distances_km

NEAR_KM = 2  # within which two records may be of one site
SAME_NAME_KM = 50  # within which two of one name may be: each town has a temple of Confucius
MAX_SITES_OF_A_NAME = 200  # a name that more sites have shows no duplicates
MAX_NEAR = 40
MAX_SHARED_NAMES = 5_000
_SAME_NAMES: CacheKey[BitMap] = CacheKey("sites of the same name")


@dataclass(frozen=True, slots=True)
class SimilarSite:
    site: Site
    has_same_name: bool  # in any script, in pinyin, without accents
    has_similar_name: bool
    km: float | None  # where both have a point

    @property
    def is_likely_same(self) -> bool:
        """Whether it may well be the same site, so that the editor is warned before saving."""
        if self.has_same_name:
            return self.km is None or self.km <= SAME_NAME_KM
        return self.has_similar_name and self.km is not None and self.km <= NEAR_KM

    @property
    def metres(self) -> int | None:
        return None if self.km is None else round(self.km * 100) * 10

    @property
    def other_names(self) -> list[tuple[str, str]]:
        """Other names of the record, by language."""
        return [(code, name) for code, name in self.site.name.items() if name != str(self.site)]


def similar(
    names: Iterable[str], point: Point | None = None, without: int | None = None, most: int = 6
) -> list[SimilarSite]:
    """Sites with the same or a similar name, or within 2 km; the most similar first."""
    same, alike = _named(names)
    near = _near(point) if point else {}
    ids = [pk for pk in same | alike | BitMap(near) if pk != without]
    sites = Site.objects.select_related("place__parent").filter(pk__in=ids).order_by()
    found = [
        SimilarSite(site, site.pk in same, site.pk in alike, _km(point, site, near))
        for site in sites
    ]
    found.sort(key=_closeness)
    return found[:most]


def _closeness(found: SimilarSite) -> tuple:
    far = found.km if found.km is not None else SAME_NAME_KM
    return not found.is_likely_same, not found.has_same_name, not found.has_similar_name, far


def _named(names: Iterable[str]) -> tuple[BitMap, BitMap]:
    """The sites that have one of the names, and the sites with a name that contains the words of
    one."""
    same, alike = BitMap(), BitMap()
    for name in filter(None, map(str.strip, names)):
        for asked, into in ((tokens.exact_name(name), same), (tokens.words_in_names(name), alike)):
            found = fulltext.sites_matching(asked)
            if len(found) <= MAX_SITES_OF_A_NAME:
                into |= found
    return same, alike


def _near(point: Point) -> dict[int, float]:
    """Sites within 2 km by their public points, with the distances: the nearest of many."""
    latitude, longitude = point
    reach = NEAR_KM / KM_PER_DEGREE
    width = reach / max(0.01, float(np.cos(np.radians(latitude))))
    box = Site.objects.filter(
        public_latitude__range=(latitude - reach, latitude + reach),
        public_longitude__range=(longitude - width, longitude + width),
    )
    rows = list(box.order_by().values_list("pk", "public_latitude", "public_longitude"))
    if not rows:
        return {}
    ids, latitudes, longitudes = (np.array(column) for column in zip(*rows, strict=True))
    km = distances_km(point, latitudes, longitudes)
    nearest = np.argsort(km)[:MAX_NEAR]
    return {int(ids[at]): float(km[at]) for at in nearest if km[at] <= NEAR_KM}


def _km(point: Point | None, site: Site, near: dict[int, float]) -> float | None:
    if point is None or site.latitude is None or site.longitude is None:
        return None
    if site.pk in near:
        return near[site.pk]
    there = np.array([site.latitude]), np.array([site.longitude])
    return float(distances_km(point, *there)[0])


def same_names(index: IndexSnapshot) -> BitMap:
    """Sites with the same name as another within 2 km, or in the same place without a point.

    Cached until something is written.
    """
    return index.cache.get_or_set(_SAME_NAMES, _same_names)


def _same_names() -> BitMap:
    """The ids by comparing all names; cached until something is written."""
    names, ids = _namesakes()
    if not len(ids):
        return BitMap()
    rows = _where(ids)
    latitudes, longitudes, places = (
        np.array([rows[pk][at] for pk in ids.tolist()], dtype=float) for at in range(3)
    )
    has_point = ~(np.isnan(latitudes) | np.isnan(longitudes))
    found = np.zeros(len(ids), dtype=bool)
    pointed = np.flatnonzero(has_point)
    close = _close(names[pointed], latitudes[pointed], longitudes[pointed])
    found[pointed[close]] = True
    placed = np.flatnonzero(~np.isnan(places))
    found[placed[_in_one_place(names[placed], places[placed], has_point[placed])]] = True
    return BitMap(ids[found].tolist())


def _namesakes() -> tuple[np.ndarray, np.ndarray]:
    """Numbers of names that a few sites share, and the sites that have them: one pair a line."""
    keys = SortName.objects.values("language", "key").annotate(sites=Count("site"))
    shared = keys.filter(sites__gt=1, sites__lte=MAX_SITES_OF_A_NAME).order_by("language", "key")
    by_language: dict[str, list[str]] = defaultdict(list)
    for language, key in shared.values_list("language", "key")[:MAX_SHARED_NAMES]:
        by_language[language].append(key)
    numbers: dict[tuple[str, str], int] = {}
    pairs: list[tuple[int, int]] = []
    for language, wanted in by_language.items():
        for chunk in chunks(wanted):
            rows = SortName.objects.filter(language=language, key__in=chunk).order_by()
            for key, site in rows.values_list("key", "site"):
                pairs.append((numbers.setdefault((language, key), len(numbers)), site))
    names, ids = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return names, ids


def _where(ids: np.ndarray) -> dict[int, tuple]:
    """Latitude, longitude and place of sites by id; None for missing values."""
    found: dict[int, tuple] = {}
    for chunk in chunks(np.unique(ids).tolist()):
        rows = Site.objects.filter(pk__in=chunk).order_by()
        for pk, *where in rows.values_list("pk", "latitude", "longitude", "place"):
            found[pk] = tuple(where)
    return found


def _close(names: np.ndarray, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Which of these points have another one of the same name close by.

    From south to north each is compared with the next ones, as far as these may be close.
    """
    order = np.lexsort((latitudes, names))
    names, latitudes, longitudes = names[order], latitudes[order], longitudes[order]
    found = np.zeros(len(order), dtype=bool)
    ones, step = np.arange(len(order)), 1
    while len(ones := ones[ones + step < len(order)]):
        others = ones + step
        near = (names[ones] == names[others]) & (
            latitudes[others] - latitudes[ones] <= NEAR_KM / KM_PER_DEGREE * 1.01
        )
        ones, others = ones[near], others[near]
        km = pair_distances_km(
            (latitudes[ones], longitudes[ones]), (latitudes[others], longitudes[others])
        )
        is_close = km <= NEAR_KM
        found[ones[is_close]] = found[others[is_close]] = True
        step += 1
    return order[found]


def _in_one_place(names: np.ndarray, places: np.ndarray, has_point: np.ndarray) -> np.ndarray:
    """Which share name and place with another one, where one of the two has no point."""
    pairs = np.column_stack((names, places.astype(np.int64)))
    _pairs, group, sizes = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    without = np.bincount(group, weights=~has_point, minlength=len(sizes))
    return np.flatnonzero(((sizes > 1) & (without > 0))[group])
