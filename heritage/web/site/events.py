"""The events of a site for its page: grouped by role, and drawn against the eras of its region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from heritage.models import Era, Event, Kind
from heritage.search import TermTree, page_rows
from heritage.values.language import LazyText
from heritage.web.shared import certainty, language_html, time_scale
from heritage.web.shared.certainty import Mark, SourceLine, source_line
from heritage.web.shared.time_scale import LANE, EraStrip, Scale, percent, scale_of, strip_of

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
        role = event.role
        line = _event_line(event, role, rows.kinds, event.pk in differing)
        by_role[role].append(line)
    return [
        EventGroup(str(role), str(_HEADINGS[role]), found)
        for role, found in by_role.items()
        if found
    ]


def _event_line(event: Event, role: str, kinds: Sequence[Kind], is_differing: bool) -> EventLine:
    date, eras, source = event.date_phrase(), event.era_phrase(), source_line(event.source)
    what, beside = capfirst(certainty.what_happened(event, kinds)), eras if date else ""
    if role == Event.Role.DATED:  # the heading says it
        what, beside = beside, ""
    return EventLine(
        date=date or eras,
        eras=beside,
        what=what,
        note=language_html.as_html(event.note),
        marks=[
            *certainty.of_event(event),
            *(source.marks if source else []),
            *([certainty.DIFFERS] if is_differing else []),
        ],
        source=source,
    )


_MAX_EVENTS = 14  # events that get a line of their own
_DOT = 12  # pixels: how wide a mark is at least
_INSIDE = 30  # percent of the strip: a narrower bar has its label beside it
_ORDER = (Event.Role.DATED, Event.Role.BEGINNINGS, Event.Role.OTHER, Event.Role.STANDING)


@dataclass(frozen=True, slots=True)
class MomentMark:
    """An event on the timeline: a bar, or a dot if it took only a few years."""

    role: str
    is_dot: bool
    is_loose: bool  # approximate, uncertain, by tradition, or some time in its span
    x: str
    width: str
    y: int
    label: str
    label_x: str
    label_dx: int
    anchor: str
    is_inside: bool  # its label is drawn inside the bar
    title: str
    fits: str = ""  # a class: from which width of the strip on the label is shown
    short: str = ""  # the label below that width; empty where the label fits everywhere
    short_x: str = ""
    short_dx: int = 0
    short_anchor: str = ""

    @property
    def until(self) -> str:
        return self.fits.replace("from", "until")


@dataclass(frozen=True, slots=True)
class SiteTimeline(EraStrip):
    """Prepared for components/site_timeline.html."""

    marks: list[MomentMark]
    roles: list[tuple[str, str]]  # those that occur, for the key

    @property
    def has_loose(self) -> bool:
        return any(mark.is_loose for mark in self.marks)

    @property
    def grid_height(self) -> int:
        return self.foot - 14


def site_timeline(rows: page_rows.SiteRows, eras: TermTree[Era]) -> SiteTimeline | None:
    """None if nothing is dated, or only one event without a span."""
    events = [e for e in rows.events if (e.first_year, e.last_year) != (None, None)]
    scale = scale_of((event.first_year, event.last_year) for event in events)
    if scale is None:
        return None
    by_role: dict[str, list[Event]] = {role: [] for role in _ORDER}
    for event in events:
        by_role[event.role].append(event)
    events = list(chain.from_iterable(by_role.values()))[:_MAX_EVENTS]
    marks = [_mark(event, rows.kinds, scale, row * LANE) for row, event in enumerate(events)]
    top = len(marks) * LANE + 8
    shown = _shown(events, eras)
    strip = strip_of(shown, scale, {era.pk for era in shown}, top)
    present = {mark.role for mark in marks}
    roles = [(str(role), str(role.label)) for role in _ORDER if role in present]
    return SiteTimeline(
        strip.segments, strip.ticks, strip.height, strip.foot, strip.note, marks, roles
    )


def _short(event: Event, label: str, room: float) -> str:
    """The longest of a few labels that a narrow strip has room for."""
    eras = event.era_phrase()
    first = event.first_era.short().text if event.first_era else ""
    tries = (label, eras, first if first == eras else first and f"{first} …")
    for text in filter(None, tries):
        if time_scale.fits(text, room) == time_scale.EVERYWHERE:
            return text
    return ""


def _named(events: Iterable[Event]) -> set[int]:
    ids = {era for event in events for era in (event.first_era_id, event.last_era_id)}
    return {era for era in ids if era is not None}


def _shown(events: Iterable[Event], eras: TermTree[Era]) -> list[Era]:
    """The eras that the events name, and the broader ones that they belong to."""
    named = _named(events)
    wider = {above.pk for pk in named for above in eras.broader(eras.terms[pk])}
    return [eras.terms[pk] for pk in sorted(named | wider, key=eras.order.__getitem__)]


def _mark(event: Event, kinds: Sequence[Kind], scale: Scale, y: int) -> MomentMark:
    start, end = scale.span(event.first_year, event.last_year)
    date = event.parsed
    is_loose = event.certainty != Event.Certainty.CERTAIN or bool(
        date and (date.approximate or date.uncertain or date.is_one_of)
    )
    label = event.date_phrase("short") or event.era_phrase()
    is_dot = end - start < 2.5
    middle = (start + end) / 2
    is_inside = end - start > max(_INSIDE, start, 100 - end)
    if is_inside:
        label_x, dx, anchor = start, 10, "start"
    elif 100 - end >= start:
        label_x, dx, anchor = (middle if is_dot else end), _DOT if is_dot else 8, "start"
    else:
        label_x, dx, anchor = (middle if is_dot else start), -_DOT if is_dot else -8, "end"
    room = end - start if is_inside else 100 - label_x if anchor == "start" else label_x
    what = certainty.what_happened(event, kinds)
    text = label if is_inside else f"{what} {label}"
    fits = time_scale.fits(text, room - 4)
    short, short_x, short_dx, short_anchor = "", label_x, dx, anchor
    if fits != time_scale.EVERYWHERE:
        short = _short(event, label, room - 4)
        if not short:  # over the bar: it is alone on its line
            short, short_dx, short_anchor = _short(event, label, 100), 0, "middle"
            short_x = time_scale.centred(short, middle)
    return MomentMark(
        role=str(event.role),
        is_dot=is_dot,
        is_loose=is_loose,
        x=percent(middle if is_dot else start),
        width=percent(end - start),
        y=y,
        label=text,
        label_x=percent(label_x),
        label_dx=dx,
        anchor=anchor,
        is_inside=is_inside and event.role == Event.Role.STANDING,
        title=certainty.event_title(event, kinds),
        fits="" if fits == time_scale.EVERYWHERE else fits,
        short=short,
        short_x=percent(short_x),
        short_dx=short_dx,
        short_anchor=short_anchor,
    )
