"""The pieces of a sentence that was understood: filters that can be changed or taken off.

Each says how many sites there would be then. What was chosen in the form is changed there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from heritage.search import ActiveFilter, FacetCounts, SiteFilter, query_strings
from heritage.values.coordinates import distance_phrase
from heritage.web.browse.queries import clean_query
from heritage.web.shared import language_html

DISTANCES = (10, 25, SiteFilter.WITHIN_KM, 100, 250)  # km of what a list is near to
_MOST = 6  # other values of a piece


@dataclass(frozen=True, slots=True)
class PieceChoice:
    label: SafeString
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A filter of a list; `choices` is empty where it was not read in a sentence."""

    id: str
    applied: ActiveFilter
    choices: list[PieceChoice]


def pieces(
    filtered: SiteFilter, applied: list[ActiveFilter], counted: list[FacetCounts]
) -> list[Piece]:
    answer = filtered.answer
    read = {each.name for each in answer.filters} if answer else set()
    found = []
    for number, item in enumerate(applied):
        choices = list(_choices(filtered, item, counted)) if item.name in read else []
        # Another one when the value changes: it is closed then.
        name = slugify(f"piece-{item.name}-{number}-{item.value}", allow_unicode=True)
        found.append(Piece(name, item, choices))
    return found


def _choices(
    filtered: SiteFilter, item: ActiveFilter, counted: list[FacetCounts]
) -> Iterator[PieceChoice]:
    """Without it first; then what has most sites."""
    count = len(SiteFilter(QueryDict(item.without)).hits)
    yield PieceChoice(language_html.as_html(_("without it")), count, item.without)
    if item.name == "near":
        for km in DISTANCES:
            query = query_strings.updated(filtered.data, within=f"{km:g}")
            if km != filtered.within_km and (found := SiteFilter(QueryDict(query)).hits):
                yield PieceChoice(language_html.as_html(distance_phrase(km)), len(found), query)
        return
    facet = next((each for each in counted if each.name == item.name), None)
    if facet is None or len(facet.picked) != 1:
        return
    others = (place for place in facet.offered if place not in facet.picked and facet.counts[place])
    for place in nlargest(_MOST, others, key=facet.counts.__getitem__):
        option = facet.option(place)
        query = query_strings.updated(clean_query(filtered.data), **{item.name: option.value})
        yield PieceChoice(language_html.as_html(option.label), option.count, query)
