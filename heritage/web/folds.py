"""Facets as the page shows them: the commonest values at hand, the others behind one line."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from heritage.catalogue import vocabulary
from heritage.catalogue.facets import Facet, Option
from heritage.catalogue.index.state import State
from heritage.web import texts

MOST = 12  # values that are shown without a fold
_AT_HAND = 8
UNFOLDED = "all"
_OPEN = ("kind", "era", "place", "unesco")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value; all of it ready to be printed."""

    value: str
    label: SafeString
    note: str
    count: str
    chosen: bool
    depth: int
    is_nothing: bool  # chosen, and no site would be left


@dataclass(frozen=True, slots=True)
class FoldedFacet:
    name: str
    label: str
    choices: list[Choice]
    chosen: int
    more: int  # values behind the fold
    is_whole: bool  # unfolded, and so long that it wants a search of its own
    is_open: bool


class Labels:
    """Names of values as HTML, kept as long as the vocabularies stay the same."""

    def __init__(self, index: State):
        memory = vocabulary.of(index).memory
        self.kept = memory.setdefault(("labels", get_language()), {})

    def of(self, facet: Facet, option: Option) -> tuple[SafeString, str]:
        """The label and the note."""
        key = (facet.name, option.value)
        if key not in self.kept:
            self.kept[key] = (texts.as_html(option.label), option.note)
        return self.kept[key]


def folded(facet: Facet, labels: Labels, data: QueryDict) -> FoldedFacet:
    """What is chosen is always at hand. A value parted from its broader one names it.

    `all=kind` in the address unfolds the kinds.
    """
    whole = facet.name in data.getlist(UNFOLDED)
    options, kept = facet.options, None
    if len(options) > MOST and not whole:
        most = sorted(options, key=lambda option: -option.count)[:_AT_HAND]
        kept = {option.value for option in most} | {option.value for option in facet.chosen}
    return FoldedFacet(
        facet.name,
        facet.label,
        [
            Choice(
                option.value,
                label,
                note,
                number_format(option.count, use_l10n=True, force_grouping=True),
                option.chosen,
                depth,
                option.count == 0,
            )
            for option, label, note, depth in _shown(facet, labels, kept)
        ],
        len(facet.chosen),
        0 if kept is None else len(options) - len(kept),
        whole and len(options) > MOST,
        facet.name in _OPEN or bool(facet.chosen) or whole,
    )


def _shown(facet: Facet, labels: Labels, kept: set[str] | None):
    """The options that are kept, or all, with how deep each stands among those shown."""
    line: list[Option] = []
    for option in facet.options:  # depth first
        del line[option.depth :]
        if kept is None or option.value in kept:
            label, note = labels.of(facet, option)
            depth = option.depth if kept is None else sum(above.value in kept for above in line)
            if kept is not None and line and line[-1].value not in kept:
                note = note or str(line[-1].label)
            yield option, label, note, depth
        line.append(option)
