"""Visiting information in words: opening hours, their days and sources; for the page of a site also
notices, prices, facts, their age, and whether it is open today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import zip_longest

from django.utils.formats import number_format, time_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import (
    WEEKDAYS,
    CheckedRecord,
    Notice,
    Opening,
    Price,
    Quality,
    VisitingFact,
    days_of_season,
    edtf_bounds,
    falls_within,
)
from heritage.search import HoursGroup, page_rows
from heritage.values import edtf
from heritage.values.date_format import date_in_words, year_phrase
from heritage.values.html import fragment
from heritage.values.language import LanguageMap, join_words, list_comma
from heritage.values.web_address import safe_url
from heritage.web.shared import language_html
from heritage.web.shared.certainty import Mark, SourceLine, source_line

_PHONE = fragment("links/phone.html")
_OLD_MONTHS = 60  # hours, prices and ways may have changed since


def hours_in_words(row: Opening) -> str:
    """ "08:30–20:30, last entry 20:00", or "closed"."""
    if row.opens is None or row.closes is None:
        return _("closed")
    hours = f"{time_format(row.opens, 'H:i')}–{time_format(row.closes, 'H:i')}"
    if row.last_entry:
        hours += _(", last entry %(time)s") % {"time": time_format(row.last_entry, "H:i")}
    return hours


def days_in_words(row: Opening) -> str:
    """ "Monday to Friday, 1 April to 31 October"."""
    days = _("Daily") if row.weekdays == "1234567" else weekdays_in_words(row.weekdays)
    return days_of_season(days, row.season_from, row.season_to)


def rows_of_day(rows: Iterable[Opening], day: date) -> list[Opening]:
    """The rows of hours that apply to a day, the reliable ones first.

    A row that says “closed” takes precedence over other rows of the same source.
    """
    of_day = [row for row in rows if row.covers(day)]
    closed_by = {row.source_id for row in of_day if not row.is_open}
    left = [row for row in of_day if not (row.is_open and row.source_id in closed_by)]
    return sorted(left, key=lambda row: (not row.is_dependable, row.is_open))


@dataclass(frozen=True, slots=True)
class SiteDay:
    """What is known of a site on a day, and the row or notice that decides it."""

    group: HoursGroup
    opens: time | None = None
    closes: time | None = None
    last_entry: time | None = None
    row: Opening | None = None
    notice: Notice | None = None


def site_day(rows: page_rows.VisitRows, day: date) -> SiteDay:
    """What is known of a site on a day, by the rule of the filter “open on”: a notice decides
    first, then reliable rows before others."""
    for notice in rows.closures:
        if falls_within(day, notice.begins, notice.ends):
            return SiteDay(HoursGroup.CLOSED, notice=notice)
    of_day = rows_of_day(rows.openings, day)
    if not of_day:
        is_known = rows.openings or any(fact.kind in fact.OF_HOURS for fact in rows.facts)
        return SiteDay(HoursGroup.UNCLEAR if is_known else HoursGroup.UNKNOWN)
    first = of_day[0]
    if not first.is_open:
        return SiteDay(HoursGroup.CLOSED, row=first)
    same = [row for row in of_day if row.is_open and row.is_dependable == first.is_dependable]
    entries = [row.last_entry for row in same if row.last_entry]
    return SiteDay(
        HoursGroup.OFFICIAL if first.is_dependable else HoursGroup.REPORTED,
        min(row.opens for row in same if row.opens),
        max(row.closes for row in same if row.closes),
        max(entries) if len(entries) == len(same) else None,
        first,
    )


def age_in_words(rows: Sequence[CheckedRecord]) -> tuple[str, str]:
    """The year of the oldest of some rows in words, and "recent", "old" or "undated" as its age."""
    dated = [(_last_month(row) or (0, 0), row) for row in rows]
    if not dated:
        return "", ""
    (year, month), row = min(dated, key=lambda pair: pair[0])
    if not year:
        return year_in_words(row), "undated"
    return year_in_words(row), "old" if _is_old(year, month) else "recent"


def basis_in_words(row: CheckedRecord) -> str:
    """How reliable a row is, and its date: "official, as of March 2020"."""
    if row.checked_on:
        return _("checked on %(date)s") % {"date": language_html.day(row.checked_on)}
    date = date_in_words(row.as_of) or row.as_of
    match row.quality:
        case Quality.OFFICIAL:
            return _("official, as of %(date)s") % {"date": date}
        case Quality.PRESS:
            return _("press, as of %(date)s") % {"date": date}
        case Quality.REPORTED if date:
            return _("as reported, %(date)s") % {"date": date}
        case Quality.REPORTED:
            return _("as reported, undated")
        case Quality.RECALLED if date:
            return _("recalled in %(date)s, not checked") % {"date": date}
    return _("recalled, not checked")


def year_in_words(row: CheckedRecord) -> str:
    """The year to which a row refers, and whether it is old: "2017, may be out of date",
    "undated"."""
    last = _last_month(row)
    if last is None:
        return _("undated")
    year, month = last
    words = year_phrase(year)
    if _is_old(year, month):
        return _("%(year)s, may be out of date") % {"year": words}
    return words


def _is_old(year: int, month: int) -> bool:
    today = localdate()
    return (today.year - year) * 12 + today.month - month > _OLD_MONTHS


def _last_month(row: CheckedRecord) -> tuple[int, int] | None:
    """The year and month of the check, or the latest that the date of the source can mean."""
    if row.checked_on:
        return row.checked_on.year, row.checked_on.month
    _first, year = edtf_bounds(row.as_of)
    if year is None:
        return None
    return year, edtf.parse(row.as_of).ends[-1].month or 12


def weekdays_in_words(digits: str) -> str:
    """ "Monday to Friday, Sunday"."""
    runs: list[list[int]] = []
    for number in map(int, digits):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return join_words(map(_run, runs))


def _run(days: Iterable[int]) -> str:
    names = [str(WEEKDAYS[number - 1]) for number in days]
    if len(names) < 3:
        return join_words(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


# --- On the page of a site -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeLine:
    text: SafeString
    dates: str
    is_closed: bool
    source: SourceLine | None


@dataclass(frozen=True, slots=True)
class Basis:
    """The sources of rows, their age, and what other sources say."""

    sources: tuple[SourceLine, ...]
    age: str
    differs: SafeString

    @property
    def marks(self) -> list[Mark]:
        return [mark for source in self.sources for mark in source.marks]


@dataclass(frozen=True, slots=True)
class VisitingLine:
    label: SafeString | str
    value: SafeString | str
    note: SafeString | str
    year: str  # of what year it is
    marks: list[Mark]
    basis: Basis | None  # None if the next row has the same
    key: str  # of its statement, in the address of a correction


@dataclass(frozen=True, slots=True)
class SharedBasis:
    """The common basis of several rows."""

    about: SafeString
    basis: Basis


@dataclass(frozen=True, slots=True)
class Visiting:
    hours: list[VisitingLine]
    prices: list[VisitingLine]
    facts: list[VisitingLine]
    age: str  # a sentence on the age of unchecked facts; empty if all were checked

    def __bool__(self) -> bool:
        return bool(self.hours or self.prices or self.facts)

    @property
    def _lines(self) -> list[VisitingLine]:
        return [*self.hours, *self.prices, *self.facts]

    @property
    def marks(self) -> list[Mark]:
        return [mark for line in self._lines for mark in line.marks]

    @property
    def shared_bases(self) -> list[SharedBasis]:
        found, labels = [], []
        for line in self._lines:
            labels.append(line.label)
            if line.basis:
                rows = [(label,) for label in dict.fromkeys(labels)]
                found.append(SharedBasis(format_html_join(list_comma(), "{}", rows), line.basis))
                labels = []
        return found


def notices(rows: page_rows.SiteRows) -> list[NoticeLine]:
    return [
        NoticeLine(
            language_html.as_html(notice.text),
            _dates(notice.begins, notice.ends),
            notice.is_closed,
            source_line(notice.source),
        )
        for notice in rows.notices
    ]


# Facts that are shown under the prices, as those of hours are under the hours.
_WITH_PRICES = (VisitingFact.Kind.PRICE, VisitingFact.Kind.BOOKING)


def visiting(rows: page_rows.SiteRows) -> Visiting:
    openings, prices = rows.openings, rows.prices
    facts = sorted(rows.visitingfacts, key=_asked)
    of_hours = [_fact(row) for row in facts if row.kind in VisitingFact.OF_HOURS]
    of_prices = [_fact(row) for row in facts if row.kind in _WITH_PRICES]
    others = [
        _fact(row) for row in facts if row.kind not in (*VisitingFact.OF_HOURS, *_WITH_PRICES)
    ]
    return Visiting(
        hours=_joined(
            [_hint(row, days_in_words(row), hours_in_words(row), row.note) for row in openings]
        )
        + _joined(of_hours),
        prices=_joined(
            [
                _hint(row, language_html.as_html(row.label), price_in_words(row), row.note)
                for row in prices
            ]
        )
        + _joined(of_prices),
        facts=_joined(others),
        age=_age([*openings, *prices, *facts]),
    )


def _age(rows: Iterable[CheckedRecord]) -> str:
    """The age of unchecked rows; empty if all were checked."""
    unchecked = [row for row in rows if row.checked_on is None]
    if not unchecked:
        return ""
    unchecked = [row for row in unchecked if row.quality != Quality.RECALLED]
    if not unchecked:
        return _("Not checked by the catalogue: from general knowledge. Check before you go.")
    bounds = [edtf_bounds(row.as_of) for row in unchecked if row.as_of]
    years = [year for pair in bounds for year in pair if year is not None]
    if not years:
        return _("Not checked by the catalogue, and undated. Check before you go.")
    first, last = min(years), max(years)
    if first == last:
        text = _(
            "Not checked by the catalogue: as sources of %(year)s or undated ones have it. "
            "Hours and prices change; check before you go."
        )
        return text % {"year": first}
    text = _(
        "Not checked by the catalogue: as sources from %(first)s to %(last)s or undated ones "
        "have it. Hours and prices change; check before you go."
    )
    return text % {"first": first, "last": last}


def _hint(
    row: CheckedRecord, label: SafeString | str, value: str, note: LanguageMap
) -> VisitingLine:
    return _line(row, label, value, language_html.as_html(note))


def _line(
    row: CheckedRecord, label: SafeString | str, value: SafeString | str, note: SafeString | str
) -> VisitingLine:
    basis = _basis(row)
    return VisitingLine(
        label, value, note, year_in_words(row), basis.marks, basis, f"visit-{row.uid}"
    )


def _basis(row: CheckedRecord) -> Basis:
    lines = (source_line(row.source), source_line(row.second_source))
    sources = tuple([line for line in lines if line])
    return Basis(sources, basis_in_words(row), language_html.as_html(row.differs))


def _joined(lines: list[VisitingLine]) -> list[VisitingLine]:
    """The lines, where consecutive ones with the same basis show it once, after the last of
    them."""
    return [
        replace(line, basis=None) if after and after.basis == line.basis else line
        for line, after in zip_longest(lines, lines[1:])
    ]


def _asked(row: VisitingFact) -> int:
    """The sort key of a fact: kinds in the order of the model, in which travellers ask."""
    return VisitingFact.Kind.values.index(row.kind)


def _fact(row: VisitingFact) -> VisitingLine:
    value = language_html.as_html(row.text)
    if row.kind == VisitingFact.Kind.WEBSITE and safe_url(row.value):
        shown = row.value.partition("://")[2].rstrip("/")
        link = language_html.external_link(row.value, shown, is_address=True)
        value = SafeString(f"{link} {value}")
    elif row.kind == VisitingFact.Kind.PHONE and row.value:
        number = "".join([c for c in row.value if c.isdigit() or c == "+"])
        value = SafeString(f"{_PHONE(number=number, text=row.value)} {value}")
    elif row.value:
        value = format_html("{} {}", row.value, value)
    return _line(row, row.get_kind_display(), value, "")


def price_in_words(row: Price) -> str:
    if row.amount == 0:
        return _("free")
    decimals = 0 if row.amount == row.amount.to_integral_value() else 2
    amount = number_format(row.amount, decimals, force_grouping=True)
    if row.currency == "CNY":  # the one currency whose users write it differently
        return pgettext("price", "%(amount)s CNY") % {"amount": amount}
    return pgettext("price", "%(amount)s %(currency)s") % {
        "amount": amount,
        "currency": row.currency,
    }


def _dates(begins: date | None, ends: date | None) -> str:
    first, last = language_html.day(begins), language_html.day(ends)
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("since %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else ""


@dataclass(frozen=True, slots=True)
class VisitDay:
    """What is known of a day for the page of a site. `key` is "open", "closed" or "unclear", `age`
    "recent", "old" or "undated"; what is not recorded is empty."""

    key: str
    state: str
    closes: str
    ticket: SafeString | str
    needed: SafeString | str
    as_of: str
    age: str

    def __bool__(self) -> bool:
        """Whether anything is recorded that helps on this day."""
        return self.key != "unclear" or bool(self.ticket or self.needed)


def visit_day(rows: page_rows.VisitRows, day: date) -> VisitDay:
    found = site_day(rows, day)
    key, state = _state(found)
    price = rows.prices[0] if rows.prices else None
    needed = next((f for f in rows.facts if f.kind == VisitingFact.Kind.TIME_NEEDED), None)
    shown: list[CheckedRecord] = [row for row in (found.row, price) if row]
    as_of, age = age_in_words(shown)
    return VisitDay(
        key,
        state,
        f"{found.closes:%H:%M}" if found.closes else "",
        price_in_words(price) if price else "",
        language_html.as_html(needed.text) if needed else "",
        as_of,
        age,
    )


def _state(day: SiteDay) -> tuple[str, str]:
    if day.group.is_open and day.row:
        return "open", hours_in_words(day.row)
    if day.group == HoursGroup.CLOSED:
        return "closed", pgettext("a site on a day", "closed")
    return "unclear", pgettext("a site on a day", "not checked")
