"""Facets as the page shows them: the most common values, and the others folded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.formats import path_of
from heritage.models import Era, Register, RegisterTerm, Term
from heritage.search import FACETS, FacetCounts
from heritage.server.caches import CacheKey, LRUCache
from heritage.values.html import fragment, with_line_breaks
from heritage.web.shared import language_html
from heritage.web.shared.language_html import TermTexts

MOST = 12  # values that are shown without a fold
_AT_HAND = 8
_UNFOLDED = {facet.name for facet in FACETS if facet.is_unfolded}
UNFOLDED = "all"
_MAX_CACHED = 500  # facets as HTML, of 1 to 2 kB, in each language

_NONE = SafeString()
_FACET = fragment("facets/facet.html")
_OPTION = fragment("facets/option.html")


@dataclass(frozen=True)
class FoldedFacet:
    name: str
    label: str
    lines: SafeString  # its values as HTML
    chosen: int
    more: int  # values behind the fold
    is_unfolded: bool  # unfolded, and so long that it wants a search of its own
    is_open: bool

    @property
    def is_at_first(self) -> bool:
        return self.name in _UNFOLDED

    @cached_property
    def html(self) -> SafeString:
        """The facet as HTML, if it has no fields of its own."""
        return self.with_fields(_NONE)

    def with_fields(self, fields: SafeString) -> SafeString:
        """The facet as HTML, with fields above its options."""
        return _FACET(
            name=self.name,
            label=self.label,
            is_open=self.is_open,
            chosen=self.chosen,
            fields=fields,
            search=_("Find among them") if self.is_unfolded else "",
            lines=self.lines,
            more=_("%(number)s more") % {"number": self.more} if self.more else "",
            list=path_of("web:sites"),
        )


# By language.
_FACETS: CacheKey[dict[str, LRUCache[tuple[int, bool], FoldedFacet]]] = CacheKey("folded facets")


def folded(facet: FacetCounts, data: QueryDict, texts: TermTexts) -> FoldedFacet:
    """A facet with its most common values; chosen values are always shown.

    A value that is shown without its broader one names it. `all=kind` in the URL shows all kinds.
    """
    unfolded = facet.name in data.getlist(UNFOLDED)
    made = texts.in_language(_FACETS, lambda: LRUCache(_MAX_CACHED))
    return made.get_or_set((facet.fingerprint, unfolded), lambda: _folded(facet, unfolded, texts))


def facets_html(facets: Iterable[FoldedFacet], fields: Mapping[str, SafeString]) -> SafeString:
    """Facets as HTML, with the fields that some have beside their options, by name."""
    each_html = (
        each.with_fields(fields[each.name]) if each.name in fields else each.html for each in facets
    )
    return SafeString("".join([f"\n{html}\n" for html in each_html]) + "\n")


def _folded(facet: FacetCounts, unfolded: bool, texts: TermTexts) -> FoldedFacet:
    is_long, shown = len(facet.offered) > MOST, set(facet.offered)
    if is_long and not unfolded:
        most = nlargest(_AT_HAND, facet.offered, key=facet.counts.__getitem__)
        shown = {*most, *facet.picked}
    return FoldedFacet(
        facet.name,
        facet.label,
        with_line_breaks(_lines(facet, shown, texts)),
        len(facet.picked),
        len(facet.offered) - len(shown),
        unfolded and is_long,
        facet.name == FACETS[0].name or bool(facet.picked) or unfolded,
    )


def _lines(facet: FacetCounts, shown: set[int], texts: TermTexts) -> Iterator[SafeString]:
    """The options at these positions, as HTML."""
    name, language = language_html.as_html(facet.name), get_language()
    for place in sorted(shown):
        option, above = facet.option(place), facet.broader(place)
        note = texts.text(_note, option.term) if isinstance(option.term, Era) else _NONE
        if not note and above and above[0] not in shown:
            note = language_html.as_html(str(facet.option(above[0]).label))
        yield _OPTION(
            name=name,
            value=language_html.as_html(option.value),
            label=_label(option.term, texts),
            note=note,
            depth=sum(each in shown for each in above),
            count=language_html.number_in(language, option.count),
            is_empty=not option.count,
            chosen=bool(option.chosen),
        )


def _label(term: Term | Register | RegisterTerm | str, texts: TermTexts) -> SafeString:
    if isinstance(term, str):
        return language_html.as_html(term)
    return texts.text(language_html.term_label, term)


def _note(era: Era) -> SafeString:
    """What distinguishes an era from others: its years, and its region outside China."""
    region = era.region_name.best().text
    is_named = not region or region in era.label.best().text
    return language_html.as_html(era.years() if is_named else f"{era.years()} · {region}")
