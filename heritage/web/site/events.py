"""The history of a site for its page: its events, and its designations.

Events are grouped by role, and drawn beside the eras of its region; designations are explained.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from heritage.formats import path_of
from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Era,
    Event,
    Kind,
    Register,
    RegisterTerm,
    Site,
    Source,
    Term,
    unesco_statuses,
)
from heritage.search import TermTree, page_rows
from heritage.values.coordinates import area_phrase
from heritage.values.date_format import span_phrase
from heritage.values.html import fragment
from heritage.values.language import LazyText, Text, join_words, list_comma
from heritage.web.shared import certainty, language_html, time_scale
from heritage.web.shared.certainty import Mark, SourceLine, source_line
from heritage.web.shared.time_scale import LANE, EraStrip, Scale, percent, scale_of, strip_of

_HEADINGS: dict[str, LazyText] = {
    Event.Role.DATED: gettext_lazy("Dates from"),
    Event.Role.BEGINNINGS: gettext_lazy("Beginnings"),
    Event.Role.OTHER: gettext_lazy("In between"),
    Event.Role.STANDING: gettext_lazy("What stands today"),
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
    """The timeline of a site; None if nothing is dated, or only one event without a span."""
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
    """The longest of several labels for an event that fits on a narrow strip."""
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
    """The eras that the events name, and their broader eras."""
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


# --- designations --------------------------------------------------------------------------------

_OF_UNESCO = (Register.Role.WORLD_HERITAGE, Register.Role.TENTATIVE)

MAX_OTHERS = 60  # other sites under the same entry


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: SafeString


@dataclass(frozen=True, slots=True)
class SiteDesignation:
    role: str  # world_heritage, tentative, protection, rating: its colour
    seal: Text  # the few characters on its seal
    register: SafeString
    statement: SafeString  # what holds for this site, in a sentence
    is_past: bool
    is_in_danger: bool
    danger_reason: SafeString | str
    danger_marks: list[Mark]  # recalled, where no source gives the reason
    danger_source: SourceLine | None
    explanation: SafeString
    facts: list[Fact]
    criteria: list[Fact]
    notes: list[SafeString]
    others: list[Fact]  # URL and name of other sites under the same entry
    more_url: str  # of the list of all, where there are more
    sources: list[SourceLine]
    marks: list[Mark]


def site_designations(rows: page_rows.SiteRows) -> list[SiteDesignation]:
    """The designations of a site, those in force first."""
    past = (Designation.Standing.ENDED, Designation.Standing.SUPERSEDED)
    coverages = sorted(rows.coverages, key=lambda coverage: coverage.designation.standing in past)
    others = _others(rows.site, coverages) if rows.shares_entries else {}
    differing = {row.designation.pk for row in rows.disagreements if row.designation}
    return [
        _site_designation(
            coverage,
            rows.properties.get(coverage.designation_id),
            rows.entry_events.get(coverage.designation_id, []),
            others.get(coverage.designation_id, []),
            coverage.designation_id in differing,
        )
        for coverage in coverages
    ]


def _site_designation(
    coverage: Coverage,
    listed: page_rows.PropertyRows | None,
    events: list[DesignationEvent],
    others: list[Fact],
    is_differing: bool,
) -> SiteDesignation:
    entry, events = coverage.designation, sorted(events, key=lambda event: event.order)
    register, danger = entry.register, danger_event(entry, events)
    sources = [source for source in (entry.source, coverage.source) if source]
    return SiteDesignation(
        role=register.role,
        seal=_seal_text(entry),
        register=language_html.as_html(register.label),
        statement=_statement(coverage),
        is_past=entry.standing in (Designation.Standing.ENDED, Designation.Standing.SUPERSEDED),
        is_in_danger=entry.standing == Designation.Standing.IN_DANGER,
        danger_reason=language_html.as_html(danger.note) if danger else "",
        danger_marks=[certainty.RECALLED] if danger and is_unchecked(danger.source) else [],
        danger_source=source_line(danger.source) if danger else None,
        explanation=language_html.as_html(register.description),
        facts=_facts(coverage, listed, events),
        criteria=[
            Fact(term.code, language_html.as_html(term.label))
            for term in (listed.criteria if listed else ())
        ],
        notes=[language_html.as_html(note) for note in (entry.note, coverage.note) if note],
        others=others[:MAX_OTHERS],
        more_url=_all_url(coverage) if len(others) > MAX_OTHERS else "",
        sources=[source_line(source) for source in dict.fromkeys(sources)],
        marks=[
            *certainty.legend(mark for source in sources for mark in certainty.of_source(source)),
            *([certainty.DIFFERS] if is_differing else []),
        ],
    )


def _seal_text(entry: Designation) -> Text:
    """The grade of a rating, otherwise the short label of the register."""
    if entry.register.role == Register.Role.RATING and entry.category:
        return Text(entry.category.code)
    label = entry.register.short_label
    if "zh-hans" in label:  # seals are Chinese wherever the register has a Chinese label
        return Text(label["zh-hans"], "zh-hans")
    return label.best() or entry.register.label.best()


def _statement(coverage: Coverage) -> SafeString:
    """ "Part of the property Historic Monuments of Dengfeng", "World Heritage", "Grade AAAAA" …"""
    entry = coverage.designation
    name = language_html.as_html(entry.name)
    if entry.standing == Designation.Standing.SUPERSEDED:
        return format_html("{}", _("Superseded: no longer an entry of its own"))
    if entry.register.role in (Register.Role.WORLD_HERITAGE, Register.Role.TENTATIVE):
        if coverage.extent == Coverage.Extent.COMPONENT:
            quoted = language_html.within_quotes(
                name or language_html.as_html(entry.register.label)
            )
            return format_html(_("Part of “{}”"), quoted)
        label = unesco_statuses([coverage])[0].label
        # The name of the entry, where that is not what the page is headed with already.
        if not name or entry.name.best() == coverage.site.name.best():
            return format_html("{}", label)
        return format_html(pgettext("status: name of the entry", "{}: {}"), label, name)
    if entry.standing == Designation.Standing.ENDED:
        return format_html("{}", _("No longer in force"))
    if coverage.extent == Coverage.Extent.COMPONENT and name:
        return format_html(_("Part of “{}”"), language_html.within_quotes(name))
    return name


def _facts(
    coverage: Coverage, listed: page_rows.PropertyRows | None, events: list[DesignationEvent]
) -> list[Fact]:
    entry = coverage.designation
    pairs = [
        (_("Reference"), _reference(entry)),
        (_("Component"), coverage.component_reference),
        (_("Category"), _label(entry.category)),
        (_("Batch"), entry.batch),
        (_("Listed in"), entry.listed_year),
        (_("Official page"), _official_page(entry)),
        (_("Era as listed"), _han(entry.era_text)),
        (_("What changed"), _changes(events)),
        (_("In danger"), _danger(events)),
        (_("Superseded by"), _superseded(entry)),
    ]
    if listed:
        detail = listed.detail
        pairs += [
            (_("Dossier"), detail.dossier if detail.dossier != entry.reference else ""),
            (_("States"), _labels(listed.states)),
            (_("Region"), _labels(listed.regions)),
            (_("Area"), area_phrase(detail.area_ha)),
        ]
    pairs.append((_("Maintained by"), language_html.as_html(entry.register.authority)))
    return [Fact(label, format_html("{}", value)) for label, value in pairs if value]


def _reference(entry: Designation) -> SafeString | str:
    if not entry.uri or entry.register.role in _OF_UNESCO:
        return entry.reference
    return language_html.external_link(entry.uri, entry.reference)


def _official_page(entry: Designation) -> SafeString | str:
    """The link to the page of an entry on the website of UNESCO, whose text says so; empty without
    an address, and for registers of others."""
    if not entry.uri or entry.register.role not in _OF_UNESCO:
        return ""
    return language_html.external_link(entry.uri, _("UNESCO’s own page"))


def _label(term: Term | RegisterTerm | None) -> SafeString | str:
    return language_html.as_html(term.label) if term else ""


def _labels(terms: Iterable[Term | RegisterTerm]) -> SafeString:
    return format_html_join(list_comma(), "{}", ((_label(term),) for term in terms))


_HAN = fragment("text/han.html")


def _han(text: str) -> SafeString | str:
    """A text as it stands in a Chinese register."""
    return _HAN(text=text) if text else ""


def _changes(events: list[DesignationEvent]) -> SafeString:
    """Events after the listing, except those of the danger list.

    An event that happened several times is listed once, with all its years.
    """
    kind = DesignationEvent.Kind
    shown_elsewhere = (kind.INSCRIBED, kind.IN_DANGER, kind.OUT_OF_DANGER)
    years: dict[str, list] = {}
    for event in events:
        if event.kind not in shown_elsewhere:
            when = format_html("{}{}", event.when(), _note(event))
            years.setdefault(event.get_kind_display(), []).append((when,))
    return format_html_join(
        pgettext("between statements", "; "),
        "{} {}",
        ((what, format_html_join(list_comma(), "{}", when)) for what, when in years.items()),
    )


def _note(event: DesignationEvent) -> SafeString | str:
    return format_html(" ({})", language_html.as_html(event.note)) if event.note else ""


def _danger(events: list[DesignationEvent]) -> str:
    """The periods on the List of World Heritage in Danger: “1984–1988, from 2000”."""
    return join_words(
        span_phrase(first, last) or _("dates not recorded")
        for first, last in danger_periods(events)
    )


def danger_periods(
    events: Iterable[DesignationEvent],
) -> list[tuple[int | None, int | None]]:
    """First and last year of each period on the danger list; a period may have no end yet."""
    kind = DesignationEvent.Kind
    periods, since, is_open = [], None, False
    for event in sorted(events, key=lambda event: event.order):
        if event.kind == kind.IN_DANGER and not is_open:
            since, is_open = event.first_year, True
        elif event.kind in (kind.OUT_OF_DANGER, kind.DELISTED) and is_open:
            periods.append((since, event.first_year))
            is_open = False
    return [*periods, (since, None)] if is_open else periods


def danger_event(entry: Designation, events: Iterable[DesignationEvent]) -> DesignationEvent | None:
    """The last event that put a property on the danger list; None if it is not in danger today, or
    if the event has no note that says why."""
    if entry.standing != Designation.Standing.IN_DANGER:
        return None
    kind = DesignationEvent.Kind.IN_DANGER
    found = sorted((event for event in events if event.kind == kind), key=lambda event: event.order)
    return found[-1] if found and found[-1].note else None


def is_unchecked(source: Source | None) -> bool:
    """Whether a reason for danger is unchecked. The list gives no reasons, so one without a source
    is recalled."""
    return source is None or source.is_recalled


def _superseded(entry: Designation) -> SafeString | str:
    newer = entry.superseded_by
    if newer is None:
        return ""
    return format_html("{} {}", language_html.as_html(newer.name), _reference(newer))


def _others(site: Site, coverages: list[Coverage]) -> dict[int, list[Fact]]:
    """The other published sites under each entry, by its id; if there are very many, the first of
    them."""
    rank = Window(RowNumber(), partition_by=F("designation"), order_by="pk")
    rows = (
        Coverage.objects.filter(
            designation__in=[coverage.designation_id for coverage in coverages],
            site__state=Site.State.PUBLISHED,
        )
        .exclude(site=site)
        .annotate(rank=rank)
        .filter(rank__lte=MAX_OTHERS + 1)
        .order_by()
    )
    columns = ("designation_id", "component_reference", "pk", "site__slug", "site__name")
    found: dict[int, list[Fact]] = defaultdict(list)
    for entry, _reference, _pk, slug, name in sorted(rows.values_list(*columns)):
        fact = Fact(path_of("web:site", slug), language_html.as_html(name))
        found[entry].append(fact)
    return found


def _all_url(coverage: Coverage) -> str:
    """The address of the list of all sites under a World Heritage entry."""
    entry = coverage.designation
    if entry.register.role != Register.Role.WORLD_HERITAGE or not entry.reference:
        return ""
    return reverse("web:sites", query={"property": entry.reference})


def protection_label(coverages: Iterable[Coverage]) -> SafeString | str:
    """The first legal protection in force, short: “National unit”."""
    standing = Designation.Standing
    for coverage in coverages:
        entry = coverage.designation
        if entry.register.role == Register.Role.PROTECTION and entry.standing == standing.IN_FORCE:
            return language_html.as_html(entry.register.short())
    return ""
