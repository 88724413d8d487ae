"""The options of a facet, with the number of sites that each would show.

Each facet is counted among the sites that all *other* filters leave, so that the number beside a
second value of it is the number of sites that it would show.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import get_language

from heritage.search.facets.base import AnyFacet, FacetTerm, FacetValue, FacetValues
from heritage.search.facets.facet_list import FACETS
from heritage.search.filters import SiteFilter
from heritage.server.caches import CacheKey, LRUCache
from heritage.values.language import Text

_MANY = 10_000  # sites, among which counting takes longer than anything else
_CACHED = 1_000  # facets whose counts among many are remembered, of four bytes a value


@dataclass(slots=True)  # not frozen: quickly made, a page has hundreds
class FacetOption:
    value: str
    term: FacetTerm
    count: int
    chosen: bool
    depth: int

    @property
    def label(self) -> Text | str:
        return self.term if isinstance(self.term, str) else self.term.label.best()


@dataclass(frozen=True)
class FacetCounts:
    """A facet of one list: its values with their counts.

    A page shows few of them; options are made only for those.
    """

    name: str
    label: str
    values: Sequence[FacetValue]
    counts: Sequence[int]  # of each value
    offered: Sequence[int]  # the places of those that can be chosen here
    picked: Sequence[int]  # of those that are chosen
    values_hash: int = 0  # of the names of the values in URLs

    @cached_property
    def fingerprint(self) -> int:
        """Equal for two states of a facet that show the same, while no term is written."""
        places = (*self.offered, "picked", *self.picked)
        return hash((self.name, self.values_hash, *self.counts, "offered", *places))

    def option(self, place: int) -> FacetOption:
        each = self.values[place]
        return FacetOption(
            each.slug, each.term, self.counts[place], place in self.picked, each.depth
        )

    @property
    def options(self) -> list[FacetOption]:
        return [self.option(place) for place in self.offered]

    @property
    def chosen(self) -> list[FacetOption]:
        return [self.option(place) for place in self.picked]

    def broader(self, place: int) -> list[int]:
        """The positions of the broader values of a value, the nearest first."""
        found = []
        while (above := self.values[place].parent) is not None:
            found.append(place := above)
        return found


# By the name of the facet in the index and the language, if its values are in one.
_VALUES: CacheKey[dict[tuple[str, str], FacetValues]] = CacheKey("values of facets")
_AMONG_ALL: CacheKey[dict[tuple[str, str], FacetCounts]] = CacheKey("counts among all sites")
# By the filters of a list and the name of the facet.
_COUNTS: CacheKey[LRUCache[tuple[frozenset, str], Sequence[int]]] = CacheKey("counts in lists")


def facet_counts(filtered: SiteFilter) -> list[FacetCounts]:
    """The facets of a form, in its order, counted.

    Of a vocabulary those terms that have sites here, or are chosen; of a short list of values
    all that any site has, with a count of 0 where none is left.
    """
    return [_with_others(filtered, facet) for facet in FACETS if facet.in_form]


def _with_others(filtered: SiteFilter, facet: AnyFacet) -> FacetCounts:
    """With chosen values that are not listed, at the end: a batch without sites, a span of
    years."""
    counted = _counted(filtered, facet)
    chosen = filtered.chosen(facet.name)
    if not chosen:
        return counted
    listed = {each.slug for each in counted.values}
    others = [value for value in chosen if facet.slug(value) not in listed]
    if not others:
        return counted
    role, hits = filtered.chosen("role"), filtered.without(facet.name)
    found = [facet.sites([value], filtered.index, role) for value in others]
    places = range(len(counted.values), len(counted.values) + len(others))
    return replace(
        counted,
        values=[
            *counted.values,
            *(
                FacetValue(facet.term(value), facet.slug(value), 0, None, sites)
                for value, sites in zip(others, found, strict=True)
            ),
        ],
        counts=[*counted.counts, *(hits.intersection_cardinality(sites) for sites in found)],
        offered=[*counted.offered, *places],
        picked=[*counted.picked, *places],
        values_hash=hash((counted.values_hash, *map(facet.slug, others))),
    )


def _counted(filtered: SiteFilter, facet: AnyFacet) -> FacetCounts:
    """With those of its values offered that have sites here, or are chosen.

    Values, and what is counted among all sites, are remembered until a value or a term changes.
    """
    index, role = filtered.index, filtered.chosen("role")
    chosen = set(map(facet.slug, filtered.chosen(facet.name) or ()))
    name = facet.index_name(role)
    all_values = index.facet_cache.get_or_set(_VALUES, dict)
    key = name, "" if facet.is_multilingual else get_language()
    if key not in all_values:
        rows = facet.values(index, index.vocabulary, role)
        all_values[key] = FacetValues(rows, index.sites)
    values = all_values[key]
    among_all = index.facet_cache.get_or_set(_AMONG_ALL, dict)
    key = name, get_language()
    counts = _counts(filtered, facet, name, values)
    if counts is None and not chosen and key in among_all:
        return among_all[key]
    found = values.totals if counts is None else counts
    having = values.totals if facet.offers_empty else found
    picked = (
        [place for place, each in enumerate(values.rows) if each.slug in chosen] if chosen else []
    )
    offered = [place for place, each in enumerate(having) if each or place in picked]
    result = FacetCounts(
        *(facet.name, str(facet.label), values.rows, found, offered, picked), values.hash
    )
    if counts is None and not chosen:
        among_all[key] = result
    return result


def _counts(
    filtered: SiteFilter, facet: AnyFacet, name: str, values: FacetValues
) -> Sequence[int] | None:
    """How many sites each value would show beside all that other filters ask; None: all it has.

    Counts among many sites are remembered until a value or a term changes: a few broad filters
    lead to most of the pages that are asked for.
    """
    # Where one value narrows the other, they are counted among what is left.
    beside = None if facet.values_narrow else facet.name
    hits = filtered.hits if beside is None else filtered.without(beside)
    sites = filtered.index.sites
    if len(hits) == len(sites):
        return None

    def counts() -> list[int]:
        return values.counts(
            hits, lambda: filtered.other_sites if hits is filtered.hits else sites - hits
        )

    if len(hits) <= _MANY:
        return counts()
    index = filtered.index
    cache = index.facet_cache if filtered.is_answered_by_values(beside) else index.cache
    counted = cache.get_or_set(_COUNTS, lambda: LRUCache(_CACHED))
    return counted.get_or_set((filtered.fingerprint(beside), name), lambda: array("I", counts()))
