"""Opening hours in words: the days of a row, its hours, and what it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.formats import time_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from heritage.models import Notice, Opening
from heritage.models.fields import edtf_bounds
from heritage.models.visiting import (
    WEEKDAYS,
    CheckedRecord,
    Quality,
    days_of_season,
    falls_within,
)
from heritage.search import HoursGroup, page_rows
from heritage.values import edtf
from heritage.values.date_format import date_in_words, year_phrase
from heritage.values.language import join_words
from heritage.web.shared import language_html

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
    """The rows that apply to a day, the dependable first.

    To the other rows of its source, a row that says “closed” is an exception.
    """
    of_day = [row for row in rows if row.covers(day)]
    closed_by = {row.source_id for row in of_day if not row.is_open}
    left = [row for row in of_day if not (row.is_open and row.source_id in closed_by)]
    return sorted(left, key=lambda row: (not row.is_dependable, row.is_open))


@dataclass(frozen=True, slots=True)
class SiteDay:
    """What is known of a day at a site, and the row or the notice that decides it."""

    group: HoursGroup
    opens: time | None = None
    closes: time | None = None
    last_entry: time | None = None
    row: Opening | None = None
    notice: Notice | None = None


def site_day(rows: page_rows.VisitRows, day: date) -> SiteDay:
    """As the filter “open on” has it: a notice decides, then dependable rows before others."""
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
    """How far a row may be relied on, and of when it is: "official, as of March 2020"."""
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
    """The year that a row is of, and whether it is old: "2017, may be out of date", "undated"."""
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
    """Year and month of the check, or the last ones that the date of the source can mean."""
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
