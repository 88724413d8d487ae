"""Two to four sites beside each other: a row for each fact, from what their own pages say."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heritage.models import Coverage, Event, Quantity, Register, Site, VisitingFact
from heritage.search import current_index
from heritage.values.coordinates import area_phrase
from heritage.values.date_format import year_phrase
from heritage.values.html import fragment
from heritage.web.journey.address import BETWEEN, uids_in
from heritage.web.journey.page import Offered, offered
from heritage.web.media.covers import Picture
from heritage.web.shared import certainty, language_html, time_scale
from heritage.web.shared.cards import marks
from heritage.web.shared.certainty import quantity_line
from heritage.web.shared.time_scale import Tick, percent
from heritage.web.shared.visiting import VisitingLine
from heritage.web.site.page import SitePage, site_page

MOST = 4
_ROW_HEIGHT = 44  # pixels of a site on the scale of time
_SHORTEST = 0.8  # percent of the scale


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """The cell of one site; empty if nothing is known. `is_most`: it has the largest number."""

    value: SafeString | str
    is_most: bool = False


@dataclass(frozen=True, slots=True)
class CompareRow:
    label: str
    cells: list[tuple[str, ComparedCell]]  # with the name of the site, for a narrow page
    differs: bool


@dataclass(frozen=True, slots=True)
class Span:
    x: str
    width: str
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class TimeRow:
    name: str
    y: int
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class TimeScale:
    height: int
    foot: int
    ticks: list[Tick]
    rows: list[TimeRow]


@dataclass(frozen=True, slots=True)
class Compared:
    name: SafeString | str
    other: SafeString | str
    url: str
    picture: Picture
    without: str  # the address of the others


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Prepared for the template web/compare.html."""

    sites: list[Compared]
    rows: list[CompareRow]
    scale: TimeScale | None
    missing: list[str]  # of what the address names, in words
    journey: str
    address: str  # of the sites, for a search
    words: str
    offered: list[Offered]


def compare_page(data: QueryDict) -> ComparePage:
    uids, wrong = uids_in(BETWEEN.join(data.getlist("site")))
    shown = uids[:MOST]
    found = {site.uid: site for site in Site.objects.published().filter(uid__in=shown)}
    pages = [site_page(found[uid]) for uid in shown if uid in found]
    known = [page.site.uid for page in pages]
    notes = []
    if missing := [uid for uid in shown if uid not in found] + wrong:
        text = ngettext(
            "%(number)s site of this address is not in the catalogue: %(uids)s.",
            "%(number)s sites of this address are not in the catalogue: %(uids)s.",
            len(missing),
        )
        notes.append(text % {"number": len(missing), "uids": ", ".join(missing)})
    if left := len(uids) - len(shown):
        text = ngettext(
            "At most %(most)s sites are compared: %(number)s more is left out.",
            "At most %(most)s sites are compared: %(number)s more are left out.",
            left,
        )
        notes.append(text % {"number": left, "most": MOST})
    address, words = BETWEEN.join(known), data.get("q", "").strip()[:200]
    more = [
        *(offered(current_index(), words, known, lambda uid: _with(known, uid)) if words else ()),
        *(_alike(pages[0]) if len(pages) == 1 and not words else ()),
    ]
    return ComparePage(
        [_compared(page, known) for page in pages],
        list(_rows(pages)) if len(pages) > 1 else [],
        _scale(pages),
        notes,
        f"{reverse('web:journey')}?stop={address}",
        address,
        words,
        more,
    )


def _alike(page: SitePage) -> Iterable[Offered]:
    """Sites to compare with: the best known of the same kind in its country, and of those listed in
    the same year."""
    found = {each.uid: each for group in page.related for each in group.others}
    for uid, each in found.items():
        yield Offered(each.name, "", _with([page.site.uid], uid))


def _with(known: Sequence[str], uid: str) -> str:
    return f"{reverse('web:compare')}?site={BETWEEN.join([*known, uid])}"


def _compared(page: SitePage, known: Sequence[str]) -> Compared:
    others = language_html.in_other_languages(page.site.shown_name)
    rest = BETWEEN.join(uid for uid in known if uid != page.site.uid)
    return Compared(
        language_html.as_html(page.name),
        language_html.in_its_language(others[0]) if others else "",
        reverse("web:site", args=[page.site.slug]),
        page.picture,
        f"{reverse('web:compare')}?site={rest}",
    )


_VALUE, _LINE = fragment("compare/value.html"), fragment("compare/line.html")
_SEAL, _SEALS = fragment("compare/seal.html"), fragment("compare/seals.html")

# --- rows ----------------------------------------------------------------------------------------


def _rows(pages: Sequence[SitePage]) -> Iterable[CompareRow]:
    for label, value in _BEFORE:
        yield from _row(pages, str(label()), [value(page) for page in pages])
    for kind in Quantity.Kind:
        yield from _quantities(pages, kind)
    yield from _property_areas(pages)
    for label, value in _AFTER:
        yield from _row(pages, str(label()), [value(page) for page in pages])
        if value is _inscribed:
            yield from _criteria(pages)
    yield from _visits(pages)
    yield from _row(pages, _("Managed by"), [page.custodian for page in pages])


def _row(
    pages: Sequence[SitePage],
    label: str,
    values: Sequence[SafeString | str],
    most: frozenset[int] = frozenset(),
) -> Iterable[CompareRow]:
    """The row; none if nothing is known of any site."""
    if not any(values):
        return
    cells = [
        (str(page.name), ComparedCell(value, number in most))
        for number, (page, value) in enumerate(zip(pages, values, strict=True))
    ]
    yield CompareRow(label, cells, len({str(value) for value in values}) > 1)


def _quantities(pages: Sequence[SitePage], kind: Quantity.Kind) -> Iterable[CompareRow]:
    """The rows of numbers; the largest is marked if all are numbers of the same thing."""
    found = [[row for row in page.rows.quantities if row.kind == kind] for page in pages]
    firsts = [rows[0] for rows in found if rows]
    alike = all(row.of == firsts[0].of for row in firsts)
    amounts = [rows[0].in_first_unit if rows and alike else None for rows in found]
    values = [_joined(map(_value_in_html, rows)) for rows in found]
    yield from _row(pages, str(capfirst(kind.label)), values, _largest(amounts))


def _largest(amounts: Sequence[Decimal | None]) -> frozenset[int]:
    """The position of the largest amount, if there are others and all are smaller."""
    known = sorted((each for each in amounts if each is not None), reverse=True)
    if len(known) < 2 or known[0] == known[1]:
        return frozenset()
    return frozenset({amounts.index(known[0])})


def _value_in_html(row: Quantity) -> SafeString:
    line = quantity_line(row)
    return _VALUE(value=line.value, note=line.of, marks=marks(line.marks))


def _property_areas(pages: Sequence[SitePage]) -> Iterable[CompareRow]:
    """The area of the World Heritage property that each site is, or is a component of."""
    found = [list(_with_area(page)) for page in pages]
    wholes = [
        next((area for coverage, area in rows if coverage.extent == Coverage.Extent.WHOLE), None)
        for rows in found
    ]
    values = [_joined(_area(coverage, area) for coverage, area in rows) for rows in found]
    yield from _row(pages, _("Area of the World Heritage property"), values, _largest(wholes))


def _with_area(page: SitePage) -> Iterable[tuple[Coverage, Decimal]]:
    for coverage in page.rows.coverages:
        listed = page.rows.properties.get(coverage.designation_id)
        if listed and listed.detail.area_ha and coverage.designation.register.role == _LISTED:
            yield coverage, listed.detail.area_ha


def _area(coverage: Coverage, area: Decimal) -> SafeString:
    entry, of = coverage.designation, ""
    if coverage.extent == Coverage.Extent.COMPONENT:
        name = language_html.within_quotes(language_html.as_html(entry.name))
        of = format_html(_("the whole of “{}”"), name)
    of_source = marks(certainty.of_source(entry.source))
    return _VALUE(value=area_phrase(area), note=of, marks=of_source)


def _criteria(pages: Sequence[SitePage]) -> Iterable[CompareRow]:
    """The criteria that any of the sites meets, as seals: met or not by each site."""
    met = [
        {term.code for each in page.rows.coverages for term in page.rows.criteria_of(each)}
        & _ROMAN.keys()
        for page in pages
    ]
    every = sorted(set().union(*met), key=_ROMAN.__getitem__)
    yield from _row(pages, _("Criteria"), [_seals(every, codes) if codes else "" for codes in met])


def _seals(every: Sequence[str], met: set[str]) -> SafeString:
    words = {
        True: ("is-met", pgettext("a criterion", "met")),
        False: ("is-not", pgettext("a criterion", "not met")),
    }
    seals = []
    for code in every:
        key, label = words[code in met]
        seals.append(_SEAL(key=key, code=code, words=label))
    return _SEALS(seals=SafeString("".join(seals)))


def _joined(values: Iterable[SafeString | str]) -> SafeString:
    lines = (_LINE(value=value, follows=at > 0) for at, value in enumerate(values))
    return SafeString("".join(lines))


def _visits(pages: Sequence[SitePage]) -> Iterable[CompareRow]:
    """The rows of hours, tickets and time needed, each with its year."""
    hours = [page.visiting.hours[: len(page.rows.openings)] for page in pages]
    prices = [page.visiting.prices[: len(page.rows.prices)] for page in pages]
    needed = str(VisitingFact.Kind.TIME_NEEDED.label)
    times = [[line for line in page.visiting.facts if line.label == needed] for page in pages]
    for label, found in ((_("Opening hours"), hours), (_("Tickets"), prices), (needed, times)):
        yield from _row(pages, label, [_visit(lines, label) for lines in found])


def _visit(lines: Iterable[VisitingLine], heading: str) -> SafeString:
    values = []
    for line in lines:
        value = line.value
        if line.label != heading:
            value = format_html(pgettext("label: value", "{}: {}"), line.label, line.value)
        values.append(_VALUE(value=value, note=line.year, marks=""))
    return _joined(values)


def _inscribed(page: SitePage) -> str:
    return page.inscribed


_LISTED = Register.Role.WORLD_HERITAGE
_ROMAN = {
    code: number
    for number, code in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)
}
type _Value = Callable[[SitePage], SafeString | str]
_BEFORE: tuple[tuple[Callable[[], str], _Value], ...] = (
    (lambda: _("What it is"), lambda page: _joined(kind.label for kind in page.kinds)),
    (lambda: _("Beginnings"), lambda page: page.beginning),
    (lambda: _("What stands"), lambda page: page.age),
)
_AFTER: tuple[tuple[Callable[[], str], _Value], ...] = (
    (lambda: _("Area of the site"), lambda page: page.area),
    (lambda: _("Where"), lambda page: page.where.place),
    (lambda: _("World Heritage"), lambda page: _joined(str(each.label) for each in page.unesco)),
    (lambda: _("Inscribed"), _inscribed),
    (lambda: _("Protection"), lambda page: page.protection),
)


# --- time ----------------------------------------------------------------------------------------


def _scale(pages: Sequence[SitePage]) -> TimeScale | None:
    """All dated events of all sites on one scale; None if none of two sites is dated."""
    every = [page.rows.events for page in pages]
    dated = [[event for event in events if event.first_year is not None] for events in every]
    if sum(map(bool, dated)) < 2:
        return None
    scale = time_scale.scale_of(
        (event.first_year, event.last_year) for events in dated for event in events
    )
    if scale is None:
        return None
    rows = []
    for number, (page, events) in enumerate(zip(pages, dated, strict=True)):
        spans = [_span(event, scale) for event in events]
        rows.append(TimeRow(str(page.name), number * _ROW_HEIGHT, spans))
    height = len(rows) * _ROW_HEIGHT + 24
    return TimeScale(height, height - 6, scale.ticks, rows)


def _span(event: Event, scale: time_scale.Scale) -> Span:
    left, right = scale.span(event.first_year, event.last_year)
    width = max(_SHORTEST, right - left)
    when = event.when("short") or year_phrase(event.first_year or 0)
    label = f"{event.get_kind_display()}: {when}"
    return Span(percent(min(left, 100 - width)), percent(width), label, event.role)
