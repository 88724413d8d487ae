"""Formats historical dates in any language that has a message catalogue.

No language is hard-coded: word order, markers and endings are messages of the catalogue.
"""

from dataclasses import replace
from functools import lru_cache

from django.utils.translation import get_language, override, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from heritage.values.edtf import (
    OPEN,
    UNKNOWN,
    EDTFError,
    HistoricalDate,
    Moment,
    parse,
    to_historical,
)

MONTHS = (
    pgettext_lazy("month in a date", "January"),
    pgettext_lazy("month in a date", "February"),
    pgettext_lazy("month in a date", "March"),
    pgettext_lazy("month in a date", "April"),
    pgettext_lazy("month in a date", "May"),
    pgettext_lazy("month in a date", "June"),
    pgettext_lazy("month in a date", "July"),
    pgettext_lazy("month in a date", "August"),
    pgettext_lazy("month in a date", "September"),
    pgettext_lazy("month in a date", "October"),
    pgettext_lazy("month in a date", "November"),
    pgettext_lazy("month in a date", "December"),
)
SEASONS = {
    21: pgettext_lazy("season in a date", "spring"),
    22: pgettext_lazy("season in a date", "summer"),
    23: pgettext_lazy("season in a date", "autumn"),
    24: pgettext_lazy("season in a date", "winter"),
}
ABOUT = {
    "long": pgettext_lazy("historical date, long", "about %(date)s"),
    "short": pgettext_lazy("historical date, short", "c. %(date)s"),
}
UNCERTAIN = pgettext_lazy("historical date", "%(date)s (uncertain)")
THE_PERIOD = pgettext_lazy("century or decade after “about”, “from” or “until”", "the %(date)s")
# Said of the one end that is dated, by what the other end is.
FROM = {
    OPEN: pgettext_lazy("historical date", "from %(date)s"),
    UNKNOWN: pgettext_lazy("historical date", "from %(date)s (end unknown)"),
}
UNTIL = {
    OPEN: pgettext_lazy("historical date", "until %(date)s"),
    UNKNOWN: pgettext_lazy("historical date", "until %(date)s (start unknown)"),
}
# Of a date that is not known more closely: one of a range, or of a few.
BETWEEN = {
    "long": pgettext_lazy("historical date, long", "at some time between %(start)s and %(end)s"),
    "short": pgettext_lazy("historical date, short", "between %(start)s and %(end)s"),
}


def phrase(
    date: HistoricalDate,
    language: str | None = None,
    style: str = "long",
    approximate: bool = False,
) -> str:
    """The date in words: 0493~ -> "about 493" (long) or "c. 493" (short).

    `language` is a code such as zh-hans (default: the active one). `approximate` adds "about" to a
    date that has no such qualifier.
    """
    approximate = approximate and not date.approximate
    with override(language or get_language()):
        if date.is_one_of:
            return _one_of(date.members, style, approximate)
        if date.is_interval:
            start, end = date.ends
            return _interval(start, end, style, approximate)
        return _moment(date.ends[0], style, approximate)


def date_in_words(text: str | None, style: str = "long", approximate: bool = False) -> str:
    """A stored date in words; empty if there is none or it is not valid EDTF."""
    return _date(text, get_language(), style, approximate) if text else ""


@lru_cache(4096)
def _date(text: str, language: str | None, style: str, approximate: bool) -> str:
    try:
        return phrase(parse(text), language, style, approximate)
    except EDTFError:
        return ""


def year_phrase(
    year: int, language: str | None = None, style: str = "long", approximate: bool = False
) -> str:
    """An astronomical year in words: 0 -> "1 BCE", 68 -> "68 CE", 493 -> "493"."""
    return _year_in_words(year, language or get_language(), style, approximate)


@lru_cache(4096)  # of axes of time, of which each has the same round years
def _year_in_words(year: int, language: str | None, style: str, approximate: bool) -> str:
    with override(language):
        return _qualified(_year(year), style, approximate)


def span_phrase(
    first_year: int | None,
    last_year: int | None,
    language: str | None = None,
    style: str = "long",
    approximate: bool = False,
) -> str:
    """A span of astronomical years in words: "25–220 CE". None is an open end.

    With both ends open, an empty text.
    """
    return _span(first_year, last_year, language or get_language(), style, approximate)


@lru_cache(4096)  # of eras, of which pages name dozens
def _span(
    first_year: int | None,
    last_year: int | None,
    language: str | None,
    style: str,
    approximate: bool,
) -> str:
    start, end = [
        Moment(OPEN) if year is None else Moment(str(year), first_year=year, last_year=year)
        for year in (first_year, last_year)
    ]
    with override(language):
        if start.is_dated and end.is_dated:
            return _years(start, end, style, approximate)
        if start.is_dated or end.is_dated:
            return _one_sided(start, end, style, approximate)
        return ""


# --- Intervals -------------------------------------------------------------------------------


def _interval(start: Moment, end: Moment, style: str, approximate: bool) -> str:
    if not (start.is_dated and end.is_dated):
        return _one_sided(start, end, style, approximate)
    period = _centuries(start, end) or _common_period(start, end)
    if period:
        return _qualified(
            period, style, approximate or start.approximate, start.uncertain, is_period=True
        )
    return _years(start, end, style, approximate)


def _years(start: Moment, end: Moment, style: str, approximate: bool) -> str:
    """Start and end: under one marker where both are bare years of one reckoning."""
    first, last = start.years[0], end.years[1]
    across = first <= 0 < last
    if approximate or across or not (start.is_bare_year and end.is_bare_year):
        return pgettext("historical date", "%(start)s – %(end)s") % {
            "start": _moment(start, style, approximate),
            "end": _moment(end, style, approximate, marked=across),
        }
    if first == last:
        return _year(first)
    numbers = {"first": _number(first), "last": _number(last)}
    if last <= 0:
        return _("%(first)s–%(last)s BCE") % numbers
    if first < 100:
        return _("%(first)s–%(last)s CE") % numbers
    return pgettext("years from and to", "%(first)s–%(last)s") % numbers


def _one_sided(start: Moment, end: Moment, style: str, approximate: bool) -> str:
    message, date = (FROM[end.text], start) if start.is_dated else (UNTIL[start.text], end)
    return message % {"date": _moment(date, style, approximate, after_preposition=True)}


def _centuries(start: Moment, end: Moment) -> str | None:
    """05XX/07XX -> "6th–8th centuries", under one marker; None for anything else."""
    if not (start.unspecified == end.unspecified == 2 and start.years[0] >= 0):
        return None
    if (start.approximate, start.uncertain) != (end.approximate, end.uncertain):
        return None
    first, last = (moment.years[0] // 100 + 1 for moment in (start, end))
    return pgettext("from one to another", "%(first)s–%(last)s centuries") % {
        "first": _ordinal(first),
        "last": _ordinal(last),
    }


def _common_period(start: Moment, end: Moment) -> str | None:
    """The century or millennium that two equally qualified years are the ends of."""
    same = (start.approximate, start.uncertain) == (end.approximate, end.uncertain)
    are_years = not any(m.month or m.season or m.unspecified for m in (start, end))
    return _period(start.years[0], end.years[1]) if same and are_years else None


# --- One of a set ----------------------------------------------------------------------------


def _one_of(members: tuple[tuple[Moment, ...], ...], style: str, approximate: bool) -> str:
    """ "between 618 and 907", "1592 or 1596", "before 68 CE"."""
    if len(members) == 1:
        return _member(members[0], style, approximate, str(BETWEEN[style]))
    dates = [
        _named_period(each, style, approximate)
        or _member(each, style, approximate, str(BETWEEN["short"]))
        for each in members
    ]
    return pgettext("dates of which one is meant", "%(first)s or %(last)s") % {
        "first": pgettext("dates of which one is meant", ", ").join(dates[:-1]),
        "last": dates[-1],
    }


def _named_period(member: tuple[Moment, ...], style: str, approximate: bool) -> str | None:
    start, end = member[0], member[-1]
    period = len(member) == 2 and start.is_dated and end.is_dated and _common_period(start, end)
    if not period:
        return None
    return _qualified(
        period, style, approximate or start.approximate, start.uncertain, is_period=True
    )


def _member(member: tuple[Moment, ...], style: str, approximate: bool, between: str) -> str:
    start, end = member[0], member[-1]
    if len(member) == 1:
        return _moment(start, style, approximate)
    if not start.is_dated:
        return _open_member(end, -1, style, approximate)
    if not end.is_dated:
        return _open_member(start, 1, style, approximate)
    across = start.years[0] <= 0 < end.years[1]
    return between % {
        "start": _moment(start, style, approximate),
        "end": _moment(end, style, approximate, marked=across),
    }


def _open_member(moment: Moment, side: int, style: str, approximate: bool) -> str:
    """What lies before or after a bound that is itself among the dates meant."""
    is_year = not (moment.month or moment.season or moment.unspecified)
    if is_year:  # “before 68 CE” for 67 CE or earlier
        year = moment.years[0] - side
        moment = replace(moment, first_year=year, last_year=year)
    words = {"date": _moment(moment, style, approximate, after_preposition=True)}
    if is_year and side < 0:
        return pgettext("historical date", "before %(date)s") % words
    if is_year:
        return pgettext("historical date", "after %(date)s") % words
    if side < 0:
        return pgettext("historical date", "%(date)s or earlier") % words
    return pgettext("historical date", "%(date)s or later") % words


# --- One moment ------------------------------------------------------------------------------


def _moment(
    moment: Moment,
    style: str,
    approximate: bool = False,
    marked: bool = False,
    after_preposition: bool = False,
) -> str:
    text, is_period = _unqualified(moment, marked)
    return _qualified(
        text,
        style,
        approximate or moment.approximate,
        moment.uncertain,
        is_period,
        after_preposition,
    )


def _unqualified(moment: Moment, marked: bool) -> tuple[str, bool]:
    """The date without "about" and the like, and whether it is the name of a period."""
    if not moment.unspecified:
        return _calendar_date(moment, marked), False
    period = _period_of_digits(moment)
    if period:
        return period, True
    first, last = (Moment("", year, year) for year in (moment.first_year, moment.last_year))
    return _years(first, last, style="long", approximate=False), False


def _qualified(
    text: str,
    style: str,
    approximate: bool,
    uncertain: bool = False,
    is_period: bool = False,
    after_preposition: bool = False,
) -> str:
    if is_period and (style == "long" if approximate else after_preposition):
        text = THE_PERIOD % {"date": text}
    if approximate:
        text = ABOUT[style] % {"date": text}
    return UNCERTAIN % {"date": text} if uncertain else text


def _calendar_date(moment: Moment, marked: bool) -> str:
    year = _year(moment.years[0], marked)
    if moment.season:
        return pgettext("season of a year", "%(season)s %(year)s") % {
            "season": SEASONS[moment.season],
            "year": year,
        }
    if not moment.month:
        return year
    parts = {"day": moment.day, "month": MONTHS[moment.month - 1], "year": year}
    if moment.day:
        return pgettext("whole date", "%(day)s %(month)s %(year)s") % parts
    return pgettext("month of a year", "%(month)s %(year)s") % parts


def _year(year: int, marked: bool = False) -> str:
    """A year with the marker it needs: below 100 CE a bare number would not read as a year."""
    number = {"year": _number(year)}
    if year <= 0:
        return _("%(year)s BCE") % number
    if marked or year < 100:
        return _("%(year)s CE") % number
    return pgettext("year", "%(year)s") % number


def _number(year: int) -> str:
    """The count of a year, without a marker; in groups from five digits on."""
    count = abs(to_historical(year))
    if count < 10_000:
        return str(count)
    if year % 1000 == 0:  # so long ago a round year is meant as a round one, year 0 or not
        count = abs(year)
    word = pgettext("the four noughts of a round year, or a word for them", "0000")
    if word != "0000" and count % 10_000 == 0:
        return f"{count // 10_000}{word}"
    return f"{count:,}".replace(",", pgettext("separator of thousands in a year", ","))


# --- Periods ---------------------------------------------------------------------------------


def _period_of_digits(moment: Moment) -> str | None:
    """201X -> "2010s", 04XX -> "5th century", -04XX -> "5th century BCE"; None: it has no name.

    04XX is 400 to 499: as near to the 5th century (401 to 500) as anybody can tell who gives it.
    """
    first, last = moment.years
    if moment.unspecified == 2 and first >= 0:
        return _period(first + 1, last + 1)
    if moment.unspecified == 1 and first > 100 and first % 100:
        return pgettext("decade", "%(first)ss") % {"first": first}
    return _period(first, last)


def _period(first: int, last: int) -> str | None:
    """ "5th century BCE" for exactly -499 to -400; None for years that are no such period."""
    size = last - first + 1
    if size not in (100, 1000) or last % size:
        return None
    if size == 1000:
        message = _("%(ordinal)s millennium") if last > 0 else _("%(ordinal)s millennium BCE")
    elif last <= 0:
        message = _("%(ordinal)s century BCE")
    elif last <= 1000:
        message = pgettext("1st to 10th", "%(ordinal)s century")
    else:
        message = pgettext("11th and later", "%(ordinal)s century")
    return message % {"ordinal": _ordinal(last // size if last > 0 else 1 - last // size)}


def _ordinal(number: int) -> str:
    last_digit = 0 if number % 100 in (11, 12, 13) else number % 10
    message = {
        1: pgettext("ordinal of 1, 21, 31 …", "%(number)sst"),
        2: pgettext("ordinal of 2, 22, 32 …", "%(number)snd"),
        3: pgettext("ordinal of 3, 23, 33 …", "%(number)srd"),
    }.get(last_digit, pgettext("ordinal of any other number", "%(number)sth"))
    return message % {"number": number}
