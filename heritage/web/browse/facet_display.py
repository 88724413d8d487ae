"""Facets as the page shows them: the most common values, and the others folded."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from typing import TypedDict

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from heritage.search.facets.counting import FacetCounts
from heritage.search.facets.registry import FACETS
from heritage.web import language_html

MOST = 12  # values that are shown without a fold
_AT_HAND = 8
_AT_FIRST = ("kind", "era", "region", "place", "unesco", "has")  # others are behind one fold
UNFOLDED = "all"


class OptionLine(TypedDict):  # a page has a hundred, and templates look into a dict first
    """A value of a facet for components/options.html."""

    value: str
    label: SafeString
    note: str  # what tells it from its like, or the broader value that it is parted from
    depth: int
    number: int  # of sites
    shown_number: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FoldedFacet:
    name: str
    label: str
    lines: SafeString  # its values as HTML; empty where there are none
    chosen: int
    more: int  # values behind the fold
    is_whole: bool  # unfolded, and so long that it wants a search of its own
    is_open: bool

    @property
    def is_at_first(self) -> bool:
        return self.name in _AT_FIRST


def folded(facet: FacetCounts, data: QueryDict) -> FoldedFacet:
    """A facet with its most common values; chosen values are always shown.

    A value that is shown without its broader one names it. `all=kind` in the URL shows all kinds.
    """
    whole = facet.name in data.getlist(UNFOLDED)
    is_long, kept = len(facet.offered) > MOST, set(facet.offered)
    if is_long and not whole:
        most = nlargest(_AT_HAND, facet.offered, key=facet.counts.__getitem__)
        kept = {*most, *facet.picked}
    lines = render_to_string(
        "components/options.html", {"name": facet.name, "lines": list(_shown(facet, kept))}
    )
    return FoldedFacet(
        facet.name,
        facet.label,
        lines if kept else SafeString(),
        len(facet.picked),
        len(facet.offered) - len(kept),
        whole and is_long,
        facet.name == FACETS[0].name or bool(facet.picked) or whole,
    )


def _shown(facet: FacetCounts, kept: set[int]) -> Iterator[OptionLine]:
    """The options at these places."""
    for place in sorted(kept):
        option, above = facet.option(place), facet.broader(place)
        is_parted = above and above[0] not in kept
        yield OptionLine(
            value=option.value,
            label=language_html.as_html(option.label),
            note=option.note or (str(facet.option(above[0]).label) if is_parted else ""),
            depth=sum(each in kept for each in above),
            number=option.count,
            shown_number=language_html.number(option.count),
            chosen=option.chosen,
        )
