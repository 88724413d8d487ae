"""The events of a site for its page, grouped by role: what it dates from, beginnings, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from heritage.models import Event, Kind
from heritage.search import page_rows
from heritage.values.language import LazyText
from heritage.web.shared import cards, certainty, language_html
from heritage.web.shared.certainty import Mark
from heritage.web.shared.sources import SourceLine, source_line

_HEADINGS: dict[str, LazyText] = {
    Event.Role.DATED: _("Dates from"),
    Event.Role.BEGINNINGS: _("Beginnings"),
    Event.Role.OTHER: _("In between"),
    Event.Role.STANDING: _("What stands today"),
}


@dataclass(frozen=True, slots=True)
class EventLine:
    date: str  # the date, or the eras where there is none
    eras: str  # the eras, where there is a date too
    what: str
    note: SafeString
    marks: list[Mark]
    source: SourceLine | None


@dataclass(frozen=True, slots=True)
class EventGroup:
    role: str
    heading: str
    lines: list[EventLine]


def event_groups(rows: page_rows.SiteRows) -> list[EventGroup]:
    """The events, grouped by role and sorted by time."""
    differing = {row.event.pk for row in rows.disagreements if row.event}
    by_role: dict[str, list[EventLine]] = {role: [] for role in _HEADINGS}
    for event in rows.events:
        by_role[event.role].append(_event_line(event, rows.kinds, event.pk in differing))
    return [
        EventGroup(str(role), str(_HEADINGS[role]), found)
        for role, found in by_role.items()
        if found
    ]


def _event_line(event: Event, kinds: Sequence[Kind], is_differing: bool) -> EventLine:
    date, eras = event.date_phrase(), event.era_phrase()
    what, beside = capfirst(cards.what_happened(event, kinds)), eras if date else ""
    if event.role == Event.Role.DATED:  # the heading says it
        what, beside = beside, ""
    return EventLine(
        date=date or eras,
        eras=beside,
        what=what,
        note=language_html.as_html(event.note),
        marks=[
            *certainty.of_event(event),
            *certainty.of_source(event.source),
            *([certainty.DIFFERS] if is_differing else []),
        ],
        source=source_line(event.source),
    )
