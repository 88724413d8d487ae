"""Facets as the page shows them: the most common values, and the others folded.

They are written here: a hundred options take 0.1 ms of CPU so, and 1.5 ms in a template.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.formats import path_of
from heritage.models import Era, Register, RegisterTerm, Term
from heritage.search import FACETS, CacheKey, FacetCounts, LRUCache
from heritage.web.shared import language_html
from heritage.web.shared.language_html import TermTexts

MOST = 12  # values that are shown without a fold
_AT_HAND = 8
_UNFOLDED = {facet.name for facet in FACETS if facet.is_unfolded}
UNFOLDED = "all"
_MAX_CACHED = 500  # facets as HTML, of 1 to 2 kB, in each language

_NONE = SafeString()
_CHOSEN = " checked"
_WITHOUT_SITES = ' class="option-nothing"'
_OPTION = (
    '<li{depth}><label{nothing}><input type="checkbox" name="{name}" value="{value}"{chosen}>'
    '<span>{label}{note}</span><span class="option-count">{count}</span></label></li>\n'
)
_OPENING = """
<details class="facet"{open}><summary id="facet-{name}">{label}{chosen}</summary>
<fieldset aria-labelledby="facet-{name}">"""
_OPEN = SafeString(" open")
_NUMBER_CHOSEN = '\n  <span class="facet-chosen">{}</span>'
_OPTIONS = '\n<ul class="options"{search}>{lines}</ul>\n{more}</fieldset>\n</details>\n'
_SEARCH = ' data-filter="{}"'
_MORE = """
  <p class="facet-more"><button id="more-{name}" name="all" value="{name}"
    formaction="{list}#facet-{name}">{label}</button></p>
"""


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
    def opening(self) -> SafeString:
        """The HTML up to what one fills in, if a facet has such fields."""
        return format_html(
            _OPENING,
            name=self.name,
            open=_OPEN if self.is_open else "",
            label=self.label,
            chosen=format_html(_NUMBER_CHOSEN, self.chosen) if self.chosen else "",
        )

    @cached_property
    def options(self) -> SafeString:
        """The HTML of all that follows."""
        return format_html(
            _OPTIONS,
            search=format_html(_SEARCH, _("Find among them")) if self.is_unfolded else "",
            lines=self.lines,
            more=_more(self.name, self.more) if self.more else "",
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
    parts = (f"{each.opening}{fields.get(each.name, '')}{each.options}" for each in facets)
    return mark_safe(f"{''.join(parts)}\n")  # noqa: S308 - of safe parts


def _folded(facet: FacetCounts, unfolded: bool, texts: TermTexts) -> FoldedFacet:
    is_long, shown = len(facet.offered) > MOST, set(facet.offered)
    if is_long and not unfolded:
        most = nlargest(_AT_HAND, facet.offered, key=facet.counts.__getitem__)
        shown = {*most, *facet.picked}
    return FoldedFacet(
        facet.name,
        facet.label,
        mark_safe("".join(_lines(facet, shown, texts))),  # noqa: S308 - of safe parts
        len(facet.picked),
        len(facet.offered) - len(shown),
        unfolded and is_long,
        facet.name == FACETS[0].name or bool(facet.picked) or unfolded,
    )


def _more(name: str, number: int) -> SafeString:
    """The button that unfolds a facet."""
    label = _("%(number)s more") % {"number": number}
    return format_html(_MORE, name=name, list=path_of("web:sites"), label=label)


def _lines(facet: FacetCounts, shown: set[int], texts: TermTexts) -> Iterator[str]:
    """The options at these places, as HTML: each part of a line is HTML already."""
    name, language = language_html.as_html(facet.name), get_language()
    for place in sorted(shown):
        option, above = facet.option(place), facet.broader(place)
        note = texts.text(_note, option.term) if isinstance(option.term, Era) else _NONE
        if not note and above and above[0] not in shown:
            note = _small(str(facet.option(above[0]).label))
        depth = sum(each in shown for each in above)
        yield _OPTION.format(
            name=name,
            value=language_html.as_html(option.value),
            label=_label(option.term, texts),
            note=note,
            depth=f' class="depth-{depth}"' if depth else "",
            count=language_html.number_in(language, option.count),
            nothing=_WITHOUT_SITES if not option.count else "",
            chosen=_CHOSEN if option.chosen else "",
        )


def _label(term: Term | Register | RegisterTerm | str, texts: TermTexts) -> SafeString:
    if isinstance(term, str):
        return language_html.as_html(term)
    return texts.text(language_html.term_label, term)


def _note(era: Era) -> SafeString:
    """What distinguishes an era from others: its years, and its region outside China."""
    region = era.region_name.best().text
    is_named = not region or region in era.label.best().text
    return _small(era.years() if is_named else f"{era.years()} · {region}")


def _small(text: str) -> SafeString:
    return format_html(" <small>{}</small>", text) if text else _NONE
