"""Facets as the page shows them: the commonest values at hand, the others behind one line."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest

from django.http import QueryDict
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from heritage.catalogue import vocabulary
from heritage.catalogue.facets import Facet, Option
from heritage.catalogue.index.state import State
from heritage.catalogue.recent import Recent
from heritage.web import texts

MOST = 12  # values that are shown without a fold
_AT_HAND = 8
_KEPT = 5_000  # lines in one language, of about half a kB each
UNFOLDED = "all"
_OPEN = ("kind", "era", "place", "unesco")


@dataclass(frozen=True, slots=True)
class FoldedFacet:
    name: str
    label: str
    lines: SafeString  # its values as HTML; empty where there are none
    chosen: int
    more: int  # values behind the fold
    is_whole: bool  # unfolded, and so long that it wants a search of its own
    is_open: bool


class Lines:
    """The values of facets as HTML: each line is made once, and then only told its count.

    Kept as long as the vocabularies stay the same. A page prints a hundred of them.
    """

    def __init__(self, index: State):
        memory = vocabulary.of(index).memory
        self.kept = memory.setdefault(("facet lines", get_language()), Recent(_KEPT))

    def of(self, facet: Facet, option: Option, depth: int, above: Option | None) -> str:
        """One line; `above` is the broader value that it is parted from, where it is."""
        key = (
            facet.name,
            option.value,
            depth,
            above and above.value,
            option.chosen,
            option.count == 0,
        )
        before, after = self.kept.recall(key, lambda: _printed(facet, option, depth, above))
        return f"{before}{texts.number(option.count)}{after}"


_MARK = "x-count-x"


def _printed(facet: Facet, option: Option, depth: int, above: Option | None) -> tuple[str, str]:
    """What stands before and behind the count."""
    context = {
        "name": facet.name,
        "option": option,
        "label": texts.as_html(option.label),
        "note": option.note or (str(above.label) if above else ""),
        "depth": depth,
        "count": _MARK,
    }
    template = get_template("components/option.html").template
    # The last one: a name might hold it too.
    before, _mark, after = template.render(Context(context)).rpartition(_MARK)
    return before, after


def folded(facet: Facet, lines: Lines, data: QueryDict) -> FoldedFacet:
    """What is chosen is always at hand. A value parted from its broader one names it.

    `all=kind` in the address unfolds the kinds.
    """
    whole = facet.name in data.getlist(UNFOLDED)
    is_long, kept = len(facet.offered) > MOST, set(facet.offered)
    if is_long and not whole:
        most = nlargest(_AT_HAND, facet.offered, key=facet.counts.__getitem__)
        kept = {*most, *facet.picked}
    shown = (lines.of(facet, *each) for each in _shown(facet, kept))
    return FoldedFacet(
        facet.name,
        facet.label,
        mark_safe("".join(shown)),  # noqa: S308 - lines that a template made
        len(facet.picked),
        len(facet.offered) - len(kept),
        whole and is_long,
        facet.name in _OPEN or bool(facet.picked) or whole,
    )


def _shown(facet: Facet, kept: set[int]) -> Iterator[tuple[Option, int, Option | None]]:
    """The options at these places, with how deep each stands among those shown.

    And with the broader value next above, where that is not shown.
    """
    for place in sorted(kept):
        above = facet.broader(place)
        is_parted = above and above[0] not in kept
        depth = sum(each in kept for each in above)
        yield facet.option(place), depth, facet.option(above[0]) if is_parted else None
