"""The events of a site for its page, grouped by role: what it dates from, beginnings, the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import overload

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from heritage.models import Event, Source
from heritage.values.language import LazyText
from heritage.values.web_address import safe_url
from heritage.web.shared import certainty, language_html
from heritage.web.shared.certainty import Mark

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
    source: "SourceLine | None"


@dataclass(frozen=True, slots=True)
class EventGroup:
    role: str
    heading: str
    lines: list[EventLine]


@dataclass(frozen=True, slots=True)
class SourceLine:
    citation: SafeString
    url: str
    kind: str
    seen_on: str
    licence: SafeString | str
    marks: list[Mark]

    @property
    def is_worth_a_line(self) -> bool:
        """Not if it says only “recalled”, which the mark says already."""
        return bool(self.url or not self.marks)


def event_groups(events: Iterable[Event]) -> list[EventGroup]:
    """The events, grouped by role and sorted by time."""
    by_role: dict[str, list[EventLine]] = {role: [] for role in _HEADINGS}
    for event in events:
        by_role[event.role].append(event_line(event))
    return [
        EventGroup(str(role), str(_HEADINGS[role]), found)
        for role, found in by_role.items()
        if found
    ]


def event_line(event: Event) -> EventLine:
    date, eras = event.date_phrase(), event.era_phrase()
    what, beside = capfirst(event.get_kind_display()), eras if date else ""
    if event.role == Event.Role.DATED:  # the heading says it
        what, beside = beside, ""
    return EventLine(
        date=date or eras,
        eras=beside,
        what=what,
        note=language_html.as_html(event.note.best()),
        marks=certainty.of_event(event) + certainty.of_source(event.source),
        source=source_line(event.source),
    )


@overload
def source_line(source: Source) -> SourceLine: ...
@overload
def source_line(source: Source | None) -> SourceLine | None: ...
def source_line(source: Source | None) -> SourceLine | None:
    if source is None:
        return None
    return SourceLine(
        citation=language_html.as_html(source.citation.best()),
        url=safe_url(source.url),
        kind=source.get_kind_display(),
        seen_on=language_html.day(source.seen_on),
        licence=language_html.as_html(source.licence.label.best()) if source.licence else "",
        marks=certainty.of_source(source),
    )
