"""Recognises days on which something is open, and years: open on Monday, 12th century."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from heritage.models import Event
from heritage.search.facets.base import ordinals
from heritage.search.filter_fields import read_years
from heritage.search.index.snapshot import HoursGroup
from heritage.search.query_language.query_words import QueryFilter, QueryWords, Reading
from heritage.values import edtf, normalize
from heritage.values.date_parser import parse_date

_FIGURES = re.compile("[0-9]+")
_BEGINS_WITH_FIGURE = re.compile("[0-9]")
_TWO_YEARS = re.compile("([0-9]{3,4})-([0-9]{3,4})")
_LONGEST_DATE = 7  # words
_LONGEST_DAY = 6  # words, or Han characters and figures: 2027年5月1日
_LEAP_YEAR = 2028  # which has every day
FIRST_LIST = 1978  # the year of the first inscriptions


class Dates:
    def __init__(self, words: QueryWords):
        self.words = words
        self.asks_for_hours = words.has_any(("open", "closed"))

    def opened(self, at: int) -> Reading:
        """open on Monday, 周一开放, closed on 1 May: the next day that is one."""
        if not self.asks_for_hours:
            return 0, []
        before, group = self._says_open(at)
        if before:
            length, day = self._day(at + before)
            return (before + length, self._day_filter(day, group)) if day else (0, [])
        length, day = self._day(at)
        behind, group = self._says_open(at + length) if day else (0, "")
        return (length + behind, self._day_filter(day, group)) if day and behind else (0, [])

    def _says_open(self, at: int) -> tuple[int, str]:
        """How many words say “open” or “closed”, and the group of sites that they ask for."""
        if length := self.words.in_list("open", at):
            return length, ""
        return self.words.in_list("closed", at), HoursGroup.CLOSED.value

    @staticmethod
    def _day_filter(day: date, group: str) -> list[QueryFilter]:
        found = [QueryFilter("open", (day.isoformat(),))]
        return [*found, QueryFilter("hours", (group,))] if group else found

    def _day(self, at: int) -> tuple[int, date | None]:
        start = self.words.after_stop_words(at)
        for named, days in (("today", 0), ("tomorrow", 1)):
            if length := self.words.in_list(named, start):
                return start + length - at, self.words.today + timedelta(days)
        for length in (3, 2, 1):
            name = self.words.atoms[start : start + length]
            weekday = self.words.dictionary.weekdays.get(name)
            if weekday is not None and len(name) == length:
                days = (weekday - self.words.today.weekday()) % 7
                return start + length - at, self.words.today + timedelta(days)
        for length in range(min(_LONGEST_DAY, len(self.words.atoms) - start), 0, -1):
            words = self.words.atoms[start : start + length]
            if any(map(_BEGINS_WITH_FIGURE.match, words)):
                text = ("" if any(map(normalize.is_han, words)) else " ").join(words)
                if day := _calendar_day(text) or _next_day(text, self.words.today):
                    # A day that is past is no question: opened 1 May 1889.
                    return (start + length - at, day) if day >= self.words.today else (0, None)
        return 0, None

    def span(self, at: int) -> Reading:
        """built in 68, 12th century, 公元前5世纪, 建于1420年, before 500 BC, from 500 to 700."""
        built = at + self.words.in_list("built", at)
        for start in dict.fromkeys((at, built)):
            if self._is_bounded(start):  # what is not read as a span is no single year
                continue
            for length in range(min(_LONGEST_DATE, len(self.words.atoms) - start), 0, -1):
                date = self._with_figures(self.words.atoms[start : start + length])
                is_year = start > at and len(date) == 1 and bool(_FIGURES.fullmatch(date[0]))
                if not any(_BEGINS_WITH_FIGURE.match(word) for word in date):
                    continue
                if not (is_year or self._is_dating(date) or self._is_span(date)):
                    continue
                if start == at and self.year(at)[0] == length:
                    continue
                if span := _span(("" if any(map(normalize.is_han, date)) else " ").join(date)):
                    return self._dated(at, start, start + length, span)
        return 0, []

    def _dated(self, at: int, start: int, end: int, span: list[QueryFilter]) -> tuple[int, list]:
        """How many words belong to a date, including words around it such as “built”; and the
        filters."""
        behind = end + self.words.in_list("built", end)
        if self._says_built(at, start) or self._says_built(end, behind):
            return behind - at, [*span, QueryFilter("role", (str(Event.Role.BEGINNINGS),))]
        return end - at, span

    def _is_bounded(self, at: int) -> bool:
        """Whether the words before a position make the date there the end of a span: since 1900."""
        return any(
            self.words.atoms[at - n : at] in self.words.dictionary.lists["bounds"]
            for n in (1, 2)
            if n <= at
        )

    def _is_span(self, date: Sequence[str]) -> bool:
        """Whether words with a figure are a span of years: since 1900, 500 to 700, 500-700."""
        bounds = self.words.dictionary.lists["bounds"]
        if tuple(date[:1]) in bounds or tuple(date[:2]) in bounds:
            return len(date) > 1
        if span := _TWO_YEARS.fullmatch(date[0]) if len(date) == 1 else None:
            return int(span[1]) < int(span[2]) <= self.words.today.year
        return len(date) > 2 and bool(_FIGURES.fullmatch(date[-1]))

    def _with_figures(self, words: tuple[str, ...]) -> list[str]:
        """twelfth century → 12th century; 十二世纪 → 12世纪."""
        for length in (3, 2, 1):
            for at in range(len(words) - length + 1):
                number = ordinals().get(words[at : at + length])
                if number and self._is_dating(words[at + length : at + length + 2]):
                    is_han = normalize.is_han(words[at])
                    figure = str(number) if is_han else f"{number}th"
                    return [*words[:at], figure, *words[at + length :]]
        return list(words)

    def year(self, at: int) -> Reading:
        """A year of inscriptions in the World Heritage List, such as 1987: sites inscribed then."""
        word = self.words.atoms[at]
        if not re.fullmatch("[0-9]{4}", word) or self._is_bounded(at):
            return 0, []
        if FIRST_LIST <= int(word) <= self.words.today.year:
            return 1 + self.words.in_list("year", at + 1), [
                QueryFilter("inscribed", (word,), is_name=True)
            ]
        return 0, []

    def _says_built(self, first: int, last: int) -> bool:
        """Whether words beside a date speak of a beginning (built in), not of a time only (in)."""
        return any(
            word not in normalize.STOP_WORDS and not (word in "在于的" and normalize.is_han(word))
            for word in self.words.atoms[first:last]
        )

    def _is_dating(self, date: Sequence[str]) -> bool:
        """Whether words make a date of a number: 12th century, 500 BC, 1200s, 68年."""
        return any(
            tuple(date[at : at + length]) in self.words.dictionary.lists["century"]
            for at in range(len(date))
            for length in (1, 2, 3)
        ) or any(re.fullmatch("[0-9]+0s", word) for word in date)


def _next_day(text: str, today: date) -> date | None:
    """The next day of this date, which has no year: 1 May, 5月1日."""
    is_han = normalize.is_han(text[-1])
    found = _calendar_day(f"{_LEAP_YEAR}年{text}" if is_han else f"{text} {_LEAP_YEAR}")
    if found is None:
        return None
    for year in range(today.year, today.year + 9):  # 29 February may be far
        with suppress(ValueError):
            if (day := found.replace(year=year)) >= today:
                return day
    return None


def _calendar_day(text: str) -> date | None:
    """A day written with its year; None for any other text."""
    try:
        day = date.fromisoformat(parse_date(text))
    except ValueError:
        return None
    return day if f"{day.year}" in _FIGURES.findall(text) else None


def _span(text: str) -> list[QueryFilter]:
    """The filters for the first and last year of a date; an empty list if the text is no date."""
    try:
        ends = zip(("from", "to"), read_years(text), strict=True)
    except ValidationError:
        return []
    return [
        QueryFilter(name, (str(edtf.to_historical(year)),))
        for name, year in ends
        if year is not None
    ]
