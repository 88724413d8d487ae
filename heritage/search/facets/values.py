"""The values of a facet with their sites, and counts of them among some sites.

There are three ways to count; which is fastest depends on the number of sites and of values.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from heritage.models import Register, RegisterTerm, Term
from heritage.search.index.columns import bitmap, ids_of

_FEW = 2_000  # sites, below which a bitmap is short
_LONG = 128  # values, above which a list is counted site by site
_SHARE = 4  # of all sites one in so many: more are not counted site by site


# What stands for a value in a form: a row with a `label`, or the label itself.
type FacetTerm = Term | Register | RegisterTerm | str


class FacetValue(NamedTuple):
    """A value of a facet with its sites; `parent` is the position of the broader value."""

    term: FacetTerm
    slug: str
    depth: int
    parent: int | None
    sites: BitMap


class FacetValues:
    """The values of a facet, depth first; a site that has a value has the broader ones too."""

    def __init__(self, rows: Sequence[FacetValue], sites: BitMap):
        """`sites`: all there are."""
        self.rows, self._sites = rows, sites
        self.totals = [len(each.sites) for each in rows]
        self.hash = hash(tuple(each.slug for each in rows))
        # By place, where what is narrower ends.
        self._after = np.arange(1, len(rows) + 1)
        for place in reversed(range(len(rows))):
            above = rows[place].parent
            if above is not None:
                self._after[above] = max(self._after[above], self._after[place])

    def counts(self, hits: BitMap, others: Callable[[], BitMap]) -> list[int]:
        """The number of hits of each value; `others` gives all other sites."""
        if len(self.rows) > _LONG and len(hits) * _SHARE <= len(self._sites):
            return self._by_sites(hits)
        if len(hits) > _FEW:
            return self._by_others(others())
        return self._by_values(hits)

    def _by_values(self, hits: BitMap) -> list[int]:
        """Intersects value by value; below a value without sites nothing is counted."""
        counts, place = [0] * len(self.rows), 0
        while place < len(counts):
            counts[place] = hits.intersection_cardinality(self.rows[place].sites)
            place = place + 1 if counts[place] else int(self._after[place])
        return counts

    def _by_others(self, others: BitMap) -> list[int]:
        """Subtracts from each total the sites that are no hits: of broad lists these are few, and
        small bitmaps are intersected quickest."""
        among_others = others.intersection_cardinality
        return [
            total - among_others(each.sites)
            for each, total in zip(self.rows, self.totals, strict=True)
        ]

    def _by_sites(self, hits: BitMap) -> list[int]:
        """Counts the narrowest value of each site, and adds what is below broader ones to them."""
        narrowest, several = self._narrowest
        alone = hits - several if several else hits
        found = np.bincount(narrowest[ids_of(alone)], minlength=len(self.rows) + 1)
        until = np.concatenate(([0], np.cumsum(found[:-1])))
        counts = (until[self._after] - until[:-1]).tolist()
        if others := hits & several:
            more = self._by_values(others)
            return [sum(pair) for pair in zip(counts, more, strict=True)]
        return counts

    @cached_property
    def _narrowest(self) -> tuple[np.ndarray, BitMap]:
        """By id the place of the one value that a site has beside broader ones, and those sites
        that have several, which stand for none here.

        Two bytes a site; a million are read in milliseconds.
        """
        narrower = defaultdict(list)
        for each in self.rows:
            if each.parent is not None:
                narrower[each.parent].append(each.sites)
        size = self._sites.max() + 1 if self._sites else 0
        nothing = len(self.rows)
        found = np.full(size, nothing, np.min_scalar_type(nothing))
        times = np.zeros(size, np.min_scalar_type(nothing))
        for place, each in enumerate(self.rows):
            own = each.sites - BitMap.union(*narrower[place]) if place in narrower else each.sites
            found[ids_of(own)] = place
            times[ids_of(own)] += 1
        several = np.flatnonzero(times > 1)
        return found, bitmap(several.astype(np.uint32))
