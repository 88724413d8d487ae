"""When sites began, and which existed in a year: exact counts for any list.

`years_of()` has the sites sorted by the earliest possible year of their events of one role. Sites
between two years are adjacent, so a count needs only that part of the order. Three questions are
kept apart: when a site began, from when there is fabric that stands, and from when what lies in the
ground dates.

`standing_in()` divides all sites by what was there in one year and what is left of it.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy
from pyroaring import BitMap

from heritage.models import Event
from heritage.search.index import columns
from heritage.search.index.columns import NO_FIRST, NO_LAST, Table, TableRows
from heritage.search.index.snapshot import IndexSnapshot
from heritage.server.caches import CacheKey, LRUCache

# The filters by a year, each for the role of the events that it asks about.
ROLES = {
    "begun": Event.Role.BEGINNINGS,
    "standing": Event.Role.STANDING,
    "dating": Event.Role.DATED,
}
# What brings back a site that was destroyed.
_AGAIN = ("founded", "begun", "built", "completed", "rebuilt")
_NEAR = 2_000  # sites at either end, among which there is one of the hits if they are many
_MANY = 5_000
_CACHED_YEARS = 32  # years of which the groups are remembered


@dataclass(frozen=True)
class YearOrder:
    """The sites with a known earliest year: ids by year, and the years (astronomical)."""

    ids: np.ndarray
    years: np.ndarray
    _places: list[np.ndarray] = field(default_factory=list, compare=False)

    @property
    def places(self) -> np.ndarray:
        """By id the position of a site; for sites without a year, the number of sites in the
        order."""
        if not self._places:
            places = np.full(int(self.ids.max(initial=0)) + 2, len(self.ids), dtype=np.int32)
            places[self.ids] = np.arange(len(self.ids), dtype=np.int32)
            self._places.append(places)
        return self._places[0]

    def counts(self, index: IndexSnapshot, hits: BitMap, cuts: list[int]) -> list[int]:
        """How many hits have their year in each interval from one of `cuts` up to, but not
        including, the next."""
        stops = np.searchsorted(self.years, cuts).tolist()
        stretches = list(pairwise(stops))
        if len(hits) == len(index.sites):
            return [stop - start for start, stop in stretches]
        # Whichever are fewer are marked, the hits or the others.
        is_few = 2 * len(hits) < len(index.sites)
        marks = np.zeros(len(self.ids) + 1, dtype=bool)
        ids = columns.ids_of(hits if is_few else index.sites - hits)
        marks[self.places[np.minimum(ids, len(self.places) - 1)]] = True
        marked = [int(np.count_nonzero(marks[start:stop])) for start, stop in stretches]
        if is_few:
            return marked
        return [stop - start - n for (start, stop), n in zip(stretches, marked, strict=True)]

    def sites(self, first: int | None = None, last: int | None = None) -> BitMap:
        """The sites with their year from `first` to `last`; None is no limit."""
        start = 0 if first is None else int(np.searchsorted(self.years, first))
        stop = len(self.ids) if last is None else int(np.searchsorted(self.years, last, "right"))
        inside = (self.places >= start) & (self.places < stop)
        return columns.bitmap(np.flatnonzero(inside).astype(np.uint32))

    def ends(self, hits: BitMap) -> tuple[int, int] | None:
        """The earliest and the latest year of the hits; None if none has a year."""
        if len(hits) > _MANY:
            first, last = (
                next((n for n, pk in enumerate(ids[:_NEAR].tolist()) if pk in hits), None)
                for ids in (self.ids, self.ids[::-1])
            )
            if first is not None and last is not None:
                return int(self.years[first]), int(self.years[-1 - last])
        ids = columns.ids_of(hits)
        places = self.places[np.minimum(ids, len(self.places) - 1)]
        places = places[places < len(self.ids)]
        if not len(places):
            return None
        return int(self.years[places.min()]), int(self.years[places.max()])


_ORDER: CacheKey[YearOrder] = CacheKey("sites by their earliest year")


def years_of(index: IndexSnapshot, role: str) -> YearOrder:
    """The sites sorted by year; cached until an event of this role changes."""
    spans = index.spans[role]
    return spans.cache.get_or_set(_ORDER, lambda: _made_order(spans))


def _made_order(spans: Table) -> YearOrder:
    firsts = spans.columns[0]
    known = np.flatnonzero(firsts != NO_FIRST)
    ids = spans.ids[known]
    earliest = known[np.flatnonzero(np.diff(ids.astype(np.int64), prepend=-1))]  # of each site
    ids, years = spans.ids[earliest], firsts[earliest]
    order = np.argsort(years, kind="stable")
    return YearOrder(ids[order].astype(np.int32), years[order])


def undated(index: IndexSnapshot, role: str) -> BitMap:
    """The sites without a known earliest year."""
    return index.sites - years_of(index, role).sites()


# --- one year --------------------------------------------------------------------------------


class Left(TextChoices):
    """What became of a site, seen from a year. Each site is in one of these groups.

    The first five were there in that year.
    """

    KEPT = "kept", pgettext_lazy("of a site in a year", "something of that time stands today")
    REBUILT = "rebuilt", pgettext_lazy("of a site in a year", "what stands today is later")
    GROUND = "ground", pgettext_lazy("of a site in a year", "what is left lies in the ground")
    LOST = "lost", pgettext_lazy("of a site in a year", "destroyed since")
    UNCLEAR = "unclear", pgettext_lazy("of a site in a year", "what is left is not recorded")
    BEFORE = "before", pgettext_lazy("of a site in a year", "destroyed before")
    LATER = "later", pgettext_lazy("of a site in a year", "not begun yet")
    UNDATED = "undated", pgettext_lazy("of a site in a year", "no year recorded")

    @property
    def was_there(self) -> bool:
        return self not in (Left.BEFORE, Left.LATER, Left.UNDATED)


@dataclass(frozen=True, slots=True)
class YearGroups:
    """All sites, grouped by what became of them. Sites in `unsure` are counted as existing, but may
    be younger."""

    groups: dict[Left, BitMap]
    unsure: BitMap

    @property
    def there(self) -> BitMap:
        return BitMap.union(*(self.groups[left] for left in Left if left.was_there))

    @property
    def gone(self) -> BitMap:
        """Those that were there, and of which nothing of that time stands today."""
        return BitMap.union(*(self.groups[each] for each in (Left.REBUILT, Left.GROUND, Left.LOST)))


@dataclass(frozen=True, slots=True)
class _Gaps:
    """From which to which year sites lay destroyed; NO_LAST if nothing was built again."""

    ids: np.ndarray
    first: np.ndarray
    again: np.ndarray

    def at(self, year: int) -> BitMap:
        return columns.bitmap(np.unique(self.ids[(self.first < year) & (year < self.again)]))

    @property
    def today(self) -> BitMap:
        return columns.bitmap(np.unique(self.ids[self.again == NO_LAST]))


_GAPS: CacheKey[_Gaps] = CacheKey("when sites were destroyed")
_GROUPS: CacheKey[LRUCache[int, YearGroups]] = CacheKey("sites by what is left, by year")


def standing_in(index: IndexSnapshot, year: int) -> YearGroups:
    """All published sites, divided by one year (astronomical).

    A date that may mean several years counts from the earliest of them; if only its last year is
    known, from that.
    """
    cache = index.cache.get_or_set(_GROUPS, lambda: LRUCache(_CACHED_YEARS))
    return cache.get_or_set(year, lambda: _divided(index, year))


def _divided(index: IndexSnapshot, year: int) -> YearGroups:
    begun, standing, dating = (index.spans[role] for role in ROLES.values())
    gaps = index.cache.get_or_set(_GAPS, lambda: _read_gaps(index))
    was_begun, in_ground = _by(begun, year), _by(dating, year)
    stands = _by(standing, year)
    before = gaps.at(year) - stands
    rest = (was_begun | in_ground) - stands - before
    rebuilt = rest & _by(standing, NO_LAST)
    ground = (rest - rebuilt) & in_ground
    lost = (rest - rebuilt - ground) & gaps.today
    dated = BitMap.union(*(_by(spans, NO_LAST) for spans in (begun, standing, dating)))
    groups = {
        Left.KEPT: stands,
        Left.REBUILT: rebuilt,
        Left.GROUND: ground,
        Left.LOST: lost,
        Left.UNCLEAR: rest - rebuilt - ground - lost,
        Left.BEFORE: before,
        Left.LATER: dated - stands - before - rest,
        Left.UNDATED: index.sites - dated - before,
    }
    sure = BitMap.union(*(_surely_by(spans, year) for spans in (begun, standing, dating)))
    return YearGroups(groups, (stands | rest) - sure)


def _by(spans: Table, year: int) -> BitMap:
    """The sites with an event that may have happened by this year."""
    firsts, lasts = spans.columns
    return _sites(spans, np.where(firsts == NO_FIRST, lasts, firsts) <= year)


def _surely_by(spans: Table, year: int) -> BitMap:
    """The sites with an event that was over by this year, or that had begun and has no end."""
    firsts, lasts = spans.columns
    return _sites(spans, np.where(lasts == NO_LAST, firsts, lasts) <= year)


def _sites(spans: Table, mask: np.ndarray) -> BitMap:
    return columns.bitmap(np.unique(spans.ids[np.flatnonzero(mask)]))


def _read_gaps(index: IndexSnapshot) -> _Gaps:
    rows = Event.objects.order_by().filter(kind=Event.Kind.DESTROYED)
    destroyed = [
        (pk, first, last)
        for pk, first, last in rows.values_list("site_id", "first_year", "last_year")
        if pk in index.sites and not (first is None and last is None)
    ]
    again: dict[int, list[int]] = {}
    rows = Event.objects.order_by().filter(
        kind__in=_AGAIN, site__in=Event.objects.filter(kind=Event.Kind.DESTROYED).values("site")
    )
    for pk, first, last in rows.values_list("site_id", "first_year", "last_year"):
        if (year := last if first is None else first) is not None:
            again.setdefault(pk, []).append(year)
    found = TableRows("Iqq")
    for pk, first, last in destroyed:
        since = first if first is not None else last or 0
        later = (year for year in again.get(pk, ()) if year >= since)
        found.add(pk, last if last is not None else since, min(later, default=NO_LAST))
    table = Table.from_rows(found)
    return _Gaps(table.ids, *table.columns)
