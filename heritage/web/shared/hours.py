"""Opening hours in words: the days of a row, its hours, and what it rests on."""

from collections.abc import Iterable

from django.utils.formats import time_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from heritage.models import Opening
from heritage.models.fields import edtf_bounds
from heritage.models.visiting import WEEKDAYS, CheckedRecord, Quality, days_of_season
from heritage.values import edtf, sentences
from heritage.values.date_format import date_in_words, year_phrase
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
    days = _("Daily") if row.weekdays == "1234567" else _weekdays(row.weekdays)
    return days_of_season(days, row.season_from, row.season_to)


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
    today = localdate()
    if (today.year - year) * 12 + today.month - month > _OLD_MONTHS:
        return _("%(year)s, may be out of date") % {"year": words}
    return words


def _last_month(row: CheckedRecord) -> tuple[int, int] | None:
    """Year and month of the check, or the last ones that the date of the source can mean."""
    if row.checked_on:
        return row.checked_on.year, row.checked_on.month
    _first, year = edtf_bounds(row.as_of)
    if year is None:
        return None
    return year, edtf.parse(row.as_of).ends[-1].month or 12


def _weekdays(digits: str) -> str:
    """ "Monday to Friday, Sunday"."""
    runs: list[list[int]] = []
    for number in map(int, digits):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return sentences.listed(map(_run, runs))


def _run(days: Iterable[int]) -> str:
    names = [str(WEEKDAYS[number - 1]) for number in days]
    if len(names) < 3:
        return sentences.listed(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
