"""Opening hours in words: the days of a row, its hours, and what it rests on."""

from collections.abc import Iterable

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from heritage.models import Opening
from heritage.models.visiting import WEEKDAYS, CheckedRecord, Quality, days_of_season
from heritage.values import sentences
from heritage.values.date_format import date_in_words
from heritage.web.shared import language_html


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
    return _("recalled, not checked")


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
