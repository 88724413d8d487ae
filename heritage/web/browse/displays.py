"""The displays of a list: how the sites that its filters leave are shown.

`view` in the address names one of `DISPLAYS`; the first is shown without it. A display gets the
filtered list and nothing else of the page; the page includes the template of the display with
`list.shown`.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy

from heritage.search import SiteFilter
from heritage.values.language import LazyText
from heritage.values.query_strings import PAGE_PARAMETERS, updated_query
from heritage.web.browse import paging
from heritage.web.browse.map_display import MapDisplay
from heritage.web.browse.paging import PER_PAGE
from heritage.web.browse.shown import Shown, hours_lines, shown_cards
from heritage.web.browse.timeline_display import COUNTED, SCALE, TimelineDisplay
from heritage.web.shared import cards
from heritage.web.shared.map_sheets import AT

_AT_ONCE = 3  # pictures that are in view when the page opens


class Display(Protocol):
    @property
    def label(self) -> LazyText: ...

    def show(self, filtered: SiteFilter) -> Shown:
        """What the display shows of the list. Raises paging.NoSuchPage for a page beyond the
        last."""
        ...

    def state(self, filtered: SiteFilter) -> Hashable:
        """A key of what is shown, made without making cards: as long as it and the records of the
        sites are the same, so is what is shown. Raises paging.NoSuchPage."""
        ...


@dataclass(frozen=True, slots=True)
class CardPages:
    """Pages of cards, or of rows of a table."""

    label: LazyText
    template: str
    form: str  # of `cards.rendered_cards()`

    def show(self, filtered: SiteFilter) -> Shown:
        start, *ids = state = self.state(filtered)
        rendered = cards.rendered_cards(filtered.index, ids, self.form, _AT_ONCE)
        return Shown(
            self.template,
            ids,
            state,
            shown_cards(filtered, rendered, hours_lines(filtered, rendered)),
            paging.paging(filtered, start, [card.slug for card in rendered.values()]),
        )

    def state(self, filtered: SiteFilter) -> tuple[int, ...]:
        language = get_language()
        start = paging.start(filtered, language)
        return start, *filtered.page(language, start, start + PER_PAGE)


DISPLAYS: dict[str, Display] = {
    "cards": CardPages(gettext_lazy("Cards"), "components/cards.html", "card"),
    "list": CardPages(gettext_lazy("List"), "components/rows.html", "row"),
    "map": MapDisplay(gettext_lazy("Map")),
    "timeline": TimelineDisplay(gettext_lazy("Timeline")),
}
DEFAULT = next(iter(DISPLAYS))
_OF_ONE = (AT, COUNTED, SCALE)  # parameters that mean nothing in another display


@dataclass(frozen=True, slots=True)
class ChoiceLink:
    """One of several displays or orders."""

    label: str
    query: str
    is_current: bool
    fills_page: bool = False  # which brings scripts of its own


def chosen(data: QueryDict) -> Display:
    return DISPLAYS[data.get("view", DEFAULT)]


def links(data: QueryDict) -> Iterator[ChoiceLink]:
    """Links to each display of the same page of the list."""
    steps = {step: str(data[step]) for step in PAGE_PARAMETERS if step in data}
    for name, display in DISPLAYS.items():
        changed = (
            {"drop": ["view", *_OF_ONE]} if name == DEFAULT else {"drop": _OF_ONE, "view": name}
        )
        query = updated_query(data, **changed, **steps)
        is_drawn = isinstance(display, MapDisplay | TimelineDisplay)
        yield ChoiceLink(str(display.label), query, display is chosen(data), is_drawn)
