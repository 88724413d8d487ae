"""Records that may be of the same site: by name in any script, pinyin, and by distance.

`similar()` is asked while somebody adds a site, in whatever state the others are;
`same_names()` finds those that are in the catalogue twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Count
from pyroaring import BitMap

from heritage.models import Site, SortName
from heritage.search.index.snapshot import State
from heritage.services import fulltext
from heritage.values import tokens
from heritage.values.coordinates import KM_PER_DEGREE, Point, distances_km

NEAR_KM = 2  # within which two records may be of one site
SAME_NAME_KM = (
    50  # within which two of one name may be: there is a temple of Confucius in each town
)
MOST_NAMED = 200  # of a name that so many hold nothing can be told
MOST_NEAR = 40
MOST_NAMESAKES = 5_000


@dataclass(frozen=True, slots=True)
class Similar:
    site: Site
    has_same_name: bool  # in any script, in pinyin, without accents
    has_similar_name: bool
    km: float | None  # where both have a point

    @property
    def is_doubtful(self) -> bool:
        """Whether it may well be the same site: said before another one is saved."""
        if self.has_same_name:
            return self.km is None or self.km <= SAME_NAME_KM
        return self.has_similar_name and self.km is not None and self.km <= NEAR_KM

    @property
    def metres(self) -> int | None:
        return None if self.km is None else round(self.km * 100) * 10

    @property
    def other_names(self) -> list[tuple[str, str]]:
        """By language, what else the record calls it."""
        return [(code, name) for code, name in self.site.name.items() if name != str(self.site)]


def similar(
    names: Iterable[str], point: Point | None = None, without: int | None = None, most: int = 6
) -> list[Similar]:
    """Sites of the same or a similar name or within 2 km, those that are closest first."""
    same, alike = _named(names)
    near = _near(point) if point else {}
    ids = (same | alike | BitMap(near)) - BitMap([without] if without else [])
    sites = Site.objects.select_related("place__parent").filter(pk__in=ids).order_by()
    found = [
        Similar(site, site.pk in same, site.pk in alike, _km(point, site, near)) for site in sites
    ]
    found.sort(key=_closeness)
    return found[:most]


def _closeness(found: Similar) -> tuple:
    far = found.km if found.km is not None else SAME_NAME_KM
    return not found.is_doubtful, not found.has_same_name, not found.has_similar_name, far


def _named(names: Iterable[str]) -> tuple[BitMap, BitMap]:
    """The sites that have one of the names, and those with one that holds its words."""
    same, alike = BitMap(), BitMap()
    for name in filter(None, map(str.strip, names)):
        for asked, into in ((tokens.just_named(name), same), (tokens.in_names(name), alike)):
            found = fulltext.holding(asked)
            if len(found) <= MOST_NAMED:
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
    nearest = np.argsort(km)[:MOST_NEAR]
    return {int(ids[at]): float(km[at]) for at in nearest if km[at] <= NEAR_KM}


def _km(point: Point | None, site: Site, near: dict[int, float]) -> float | None:
    if point is None or site.latitude is None or site.longitude is None:
        return None
    if site.pk in near:
        return near[site.pk]
    there = np.array([site.latitude]), np.array([site.longitude])
    return float(distances_km(point, *there)[0])


def same_names(index: State) -> BitMap:
    """Sites with the same name as another one within 2 km, or in the same place without a point.

    Remembered until something is written.
    """
    if "same names" not in index.memory:
        index.memory["same names"] = _same_names()
    return index.memory["same names"]


def _same_names() -> BitMap:
    keys = SortName.objects.values("language", "key").annotate(sites=Count("site"))
    shared = keys.filter(sites__gt=1).order_by("language", "key")
    groups: dict[tuple, list[int]] = defaultdict(list)
    for language, key in shared.values_list("language", "key")[:MOST_NAMESAKES]:
        groups[language, key] = []
    by_language: dict[str, list] = defaultdict(list)
    for language, key in groups:
        by_language[language].append(key)
    for language, wanted in by_language.items():
        rows = SortName.objects.filter(language=language, key__in=wanted).order_by()
        for key, site in rows.values_list("key", "site"):
            groups[language, key].append(site)
    ids = {pk for group in groups.values() for pk in group}
    sites = Site.objects.filter(pk__in=ids).order_by()
    where = {pk: found for pk, *found in sites.values_list("pk", "latitude", "longitude", "place")}
    found = BitMap()
    for group in groups.values():
        found |= _close(group, where)
    return found


def _close(group: list[int], where: dict[int, list]) -> BitMap:
    """Of sites of one name those that are close to another one."""
    found = BitMap()
    for at, one in enumerate(group):
        for other in group[at + 1 :]:
            if _may_be_one(where[one], where[other]):
                found |= BitMap([one, other])
    return found


def _may_be_one(one: list, other: list) -> bool:
    if None in (one[0], other[0]):
        return one[2] is not None and one[2] == other[2]
    there = np.array([other[0]]), np.array([other[1]])
    return bool(distances_km((one[0], one[1]), *there)[0] <= NEAR_KM)
