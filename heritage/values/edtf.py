"""Historical dates in EDTF: parsed, validated, and bounded by a first and last year.

Levels 0 and 1 of the Extended Date/Time Format are supported in full, and of level 2 the set of
which one member is meant ([0618..0907], [1592,1596]): the Library of Congress specification of
4 February 2019 (https://www.loc.gov/standards/datetime/), a profile of ISO 8601-2:2019. Years are
astronomical throughout: 0 is 1 BCE (see `to_historical()`).
"""

import calendar
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OPEN, UNKNOWN = "..", ""

# Far more than any date needs; longer text is refused before anything looks at it.
MAX_LENGTH = 80


class EDTFError(ValueError):
    """Text that is not a valid date; the translated message says what is wrong and what to
    write."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A simple date, or one end of an interval or of a range in a set.

    An open end has the text `..`, an unknown one an empty text; neither has anything else.
    """

    text: str
    first_year: int | None = None
    last_year: int | None = None
    unspecified: int = 0  # how many last digits of the year are X: 0, 1 or 2
    season: int | None = None  # 21 spring, 22 summer, 23 autumn, 24 winter
    month: int | None = None  # 1-12; None where it is not given or XX
    day: int | None = None  # 1-31; None where it is not given or XX
    approximate: bool = False
    uncertain: bool = False

    @property
    def is_dated(self) -> bool:
        return self.first_year is not None

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of a dated moment; ValueError for an open or unknown end."""
        if self.first_year is None or self.last_year is None:
            raise ValueError("An open or unknown end has no years.")
        return self.first_year, self.last_year

    @property
    def is_bare_year(self) -> bool:
        """Whether it is a single year: no month, no X, no qualifier."""
        parts = (self.unspecified, self.season, self.month, self.approximate, self.uncertain)
        return self.is_dated and not any(parts)


@dataclass(frozen=True)
class HistoricalDate:
    """A date, an interval, or one unknown date of a set.

    Qualifiers (`~ ? %`) never widen its bounds, X digits do.
    """

    text: str
    ends: tuple[Moment, ...]  # one moment; of an interval or a set, the first and the last
    # What a set is made of: moments, and the two ends of ranges. Empty for anything else.
    members: tuple[tuple[Moment, ...], ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def is_interval(self) -> bool:
        return len(self.ends) == 2 and not self.is_one_of

    @property
    def is_one_of(self) -> bool:
        """Whether it is an unknown date within the bounds, and not all the time between them."""
        return bool(self.members)

    @property
    def first_year(self) -> int | None:
        """The earliest year it may mean; None where the start is open or unknown."""
        return self.ends[0].first_year

    @property
    def last_year(self) -> int | None:
        """The latest year it may mean; None where the end is open or unknown."""
        return self.ends[-1].last_year

    @cached_property
    def approximate(self) -> bool:
        return any(moment.approximate for moment in self._moments)

    @cached_property
    def uncertain(self) -> bool:
        return any(moment.uncertain for moment in self._moments)

    @property
    def _moments(self) -> tuple[Moment, ...]:
        return tuple(chain(*self.members)) or self.ends


def parse(text: str) -> HistoricalDate:
    """The date of EDTF text of level 0 or 1, or of a set in [ ]; EDTFError for any other text.

    Surrounding spaces are ignored, nothing else: `date_parser.parse_date` is the lenient one. Years
    are not limited to those of the catalogue (`years.check_range`), but always fit a 32-bit
    integer.
    """
    text = text.strip()
    if not text:
        raise EDTFError(_("The date is empty. Write a year such as 0493, or 0493/0907."))
    if len(text) > MAX_LENGTH:
        raise EDTFError(_("The date is too long. Write a year such as 0493, or 0493/0907."))
    return _parsed(text)


@lru_cache(4096)  # pages are full of dates, and of the same ones
def _parsed(text: str) -> HistoricalDate:
    if text.startswith("[") and text.endswith("]"):
        return _set(text)
    parts = text.split("/")
    if len(parts) == 1:
        return HistoricalDate(text, (_moment(text),))
    if len(parts) > 2:
        raise _error(
            _("“%(text)s” has more than two ends. Write a start and an end, as in 0493/0907."), text
        )
    start, end = (
        Moment(part) if part in (OPEN, UNKNOWN) else _moment(part, in_interval=True)
        for part in parts
    )
    _check_interval(text, start, end)
    return HistoricalDate(text, (start, end))


def year_text(year: int) -> str:
    """The EDTF text of an astronomical year: 68 -> 0068, -1299 -> -1299, 12000 -> Y12000."""
    if abs(year) > 9999:
        return f"Y{year}"
    return f"{year:05d}" if year < 0 else f"{year:04d}"


def printable(text: str) -> str:
    """The text as a message may quote it, with unprintable characters replaced."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


# --- One moment ------------------------------------------------------------------------------

_MOMENT = re.compile(
    r"(?P<year>-?[0-9]{4}|-?[0-9]{3}X|-?[0-9]{2}XX|Y-?[1-9][0-9]{4,8})"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?"
    r"(?P<time>T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3])(?::[0-5][0-9])?)?)?"
    r"(?P<qualifier>[?~%])?"
)


def _moment(text: str, in_interval: bool = False) -> Moment:
    match = _MOMENT.fullmatch(text)
    if not match:
        raise _error(_diagnosis(text), text)
    _check_combination(match, text, in_interval)
    first, last = _bounds(match["year"], text)
    month, day = _number(match["month"]), _number(match["day"])
    season = month if month and 21 <= month <= 24 else None
    if match["month"] and not season:
        _check_month(match["month"], text)
    if month and day is not None:
        _check_day(first, month, day, text)
    return Moment(
        text=text,
        first_year=first,
        last_year=last,
        unspecified=match["year"].count("X"),
        season=season,
        month=None if season else month,
        day=day,
        approximate=match["qualifier"] in ("~", "%"),
        uncertain=match["qualifier"] in ("?", "%"),
    )


def _number(digits: str | None) -> int | None:
    return int(digits) if digits and digits != "XX" else None


def _bounds(year: str, text: str) -> tuple[int, int]:
    """First and last year of 0493, -04XX or Y-1699999."""
    if year == "-0000":
        raise _error(_("There is no year -0000 in “%(text)s”. Write 0000 for 1 BCE."), text)
    digits = year.removeprefix("Y")
    ends = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    return min(ends), max(ends)


def _check_combination(match: re.Match, text: str, in_interval: bool) -> None:
    """Refuse parts that are right by themselves and may not stand together."""
    year, month, day = match["year"], match["month"], match["day"]
    if match["time"] and in_interval:
        raise _error(
            _("An interval or a set holds no time of day: write “%(text)s” as a date."), text
        )
    if match["time"] and (day in (None, "XX") or match["qualifier"]):
        raise _error(
            _("The time in “%(text)s” needs a whole date and no ?, ~ or %% after it."), text
        )
    if month and year.startswith("Y"):
        raise _error(_("A year that begins with Y stands alone, not as in “%(text)s”."), text)
    if (month and "X" in year) or (month == "XX" and day and day != "XX"):
        raise _error(str(_LEVEL_2_DIGITS), text)
    if day and month.isdigit() and 21 <= int(month) <= 24:
        raise _error(_("No day can follow the season in “%(text)s”: leave the day out."), text)


def _check_month(month: str, text: str) -> None:
    if month == "XX" or 1 <= int(month) <= 12:
        return
    if 25 <= int(month) <= 41:
        message = _(
            "The season %(month)s in “%(text)s” is of EDTF level 2, which is not accepted. "
            "Write 21 for spring, 22 summer, 23 autumn, 24 winter."
        )
    else:
        message = _(
            "There is no month %(month)s in “%(text)s”. Write 01 to 12, or 21 to 24 for a "
            "season; for a span of years write both in full, as in 1914/1918."
        )
    raise _error(message, text, month=month)


def _check_day(year: int, month: int, day: int, text: str) -> None:
    """Refuse a day that its month lacks in the (proleptic Gregorian) calendar."""
    # The calendar repeats every 400 years, and Python's knows no year before 1.
    days = calendar.monthrange(2000 + year % 400, month)[1]
    if not 1 <= day <= days:
        raise _error(
            _("There is no day %(day)s in “%(text)s”: that month has %(days)s days."),
            text,
            day=f"{day:02d}",
            days=days,
        )


# --- Two ends --------------------------------------------------------------------------------


def _check_interval(text: str, start: Moment, end: Moment) -> None:
    if not start.is_dated and not end.is_dated:
        raise _error(
            _("“%(text)s” has no date at either end. Write one at least, as in 1949/.."), text
        )
    if start.is_dated and end.is_dated and _earliest(start, end) > _latest(end, start):
        raise _error(
            _("“%(text)s” ends before it starts. Write the earlier date first, as in 0493/0907."),
            text,
        )


def _earliest(moment: Moment, other: Moment) -> tuple[int, int, int]:
    return moment.years[0], _month(moment, other) or 0, moment.day or 0


def _latest(moment: Moment, other: Moment) -> tuple[int, int, int]:
    return moment.years[1], _month(moment, other) or 99, moment.day or 99


def _month(moment: Moment, other: Moment) -> int | None:
    """Month or season, where both ends have the same: no season has months of its own."""
    return moment.season if other.season else moment.month


# --- One of a set ----------------------------------------------------------------------------


def _set(text: str) -> HistoricalDate:
    """[0618..0907], [1592,1596], [..0067]: members in order of time, the earliest first."""
    parts = text[1:-1].split(",")
    members = tuple(
        _member(part, text, i == 0, i == len(parts) - 1) for i, part in enumerate(parts)
    )
    for one, other in pairwise(members):
        _check_interval(text, one[-1], other[0])
    if len(parts) == 1 and len(members[0]) == 1:
        raise _error(
            _("“%(text)s” is a set of one date. Write it without brackets."),
            text,
        )
    return HistoricalDate(text, (members[0][0], members[-1][-1]), members)


def _member(part: str, text: str, is_first: bool, is_last: bool) -> tuple[Moment, ...]:
    """A moment, or the ends of a range: open at the outer side of the set, if at all."""
    start, dots, end = part.partition(OPEN)
    if not dots:
        return (_moment(part, in_interval=True),)
    if not (start or end) or not (start or is_first) or not (end or is_last):
        raise _error(
            _(
                "“%(text)s” is no set of dates. Write it as in [0618..0907], [1592,1596], [..0067] "
                "(or earlier) or [1406..] (or later)."
            ),
            text,
        )
    ends = tuple(_moment(each, in_interval=True) if each else Moment(OPEN) for each in (start, end))
    if start and end:
        _check_interval(text, *ends)
    return ends


# --- What is wrong ---------------------------------------------------------------------------

_LEVEL_2_DIGITS = gettext_lazy(
    "The X in “%(text)s” is of EDTF level 2, which is not accepted. X may replace the last one or "
    "two digits of a year alone (201X, 20XX), the day (1985-04-XX), or month and day (1985-XX-XX)."
)
# What text that is no EDTF may look like, and what to say of it; the first that fits speaks.
_FAULTS = (
    (
        r".*[{}].*",
        gettext_lazy(
            "“%(text)s” means all dates of a set, which is of EDTF level 2 and not accepted. Write "
            "an interval such as 0493/0907, or one date of a set, as in [0618..0907]."
        ),
    ),
    (
        r".*[\[\]].*",
        gettext_lazy(
            "“%(text)s” is no set of dates. Write it as in [0618..0907], [1592,1596], [..0067] "
            "(or earlier) or [1406..] (or later)."
        ),
    ),
    (
        r"Y?-?[0-9]+[ES][0-9].*",
        gettext_lazy(
            "“%(text)s” uses E or S, which are of EDTF level 2 and not accepted. "
            "Write all digits, with ~ for about, as in Y-1699999~."
        ),
    ),
    (
        r".*[?~%].+",
        gettext_lazy(
            "In “%(text)s” a qualifier stands inside or twice, which is of EDTF level 2 and not "
            "accepted. Write one of ? (uncertain), ~ (about) or %% (both) at the end of the date."
        ),
    ),
    (r"[-0-9X]*X[-0-9X]*[?~%]?", _LEVEL_2_DIGITS),
    (
        r"[0-9]{8}(T.*)?",
        gettext_lazy("“%(text)s” lacks hyphens. Write year, month and day as in 1985-04-12."),
    ),
    (
        r"-?[0-9]{4}-.*T.*",
        gettext_lazy(
            "There is no such time as in “%(text)s”. Write it as in 1985-04-12T23:20:30Z."
        ),
    ),
    (
        r"Y.*",
        gettext_lazy(
            "“%(text)s” is no year: Y stands before a year of five to nine digits, as in "
            "Y-1699999. A shorter one is written without Y, as in -1299."
        ),
    ),
    (
        r"-?[0-9]{5,}.*",
        gettext_lazy("The year in “%(text)s” has more than four digits: write Y before it."),
    ),
    (
        r"-?[0-9]{1,3}(-.*)?[?~%]?",
        gettext_lazy(
            "The year in “%(text)s” needs four digits: 0068 is 68 CE, -0067 is 68 BCE. "
            "A month is written 1985-04."
        ),
    ),
)
_NO_DATE = gettext_lazy(
    "“%(text)s” is not a date in EDTF. Write a year such as 0493, 0493~ (about) or -1299 "
    "(1300 BCE), a day such as 1985-04-12, or an interval such as 0493/0907 or 1949/.."
)


def _diagnosis(text: str) -> str:
    return str(next((fault for shape, fault in _FAULTS if re.fullmatch(shape, text)), _NO_DATE))


def _error(message: str, text: str, **values: object) -> EDTFError:
    return EDTFError(message % {"text": printable(text), **values})


# From the first stone tools that a site may show to the last year of four digits.
EARLIEST = -5_000_000
LATEST = 9999


def from_historical(year: int) -> int:
    """The astronomical year of a historical one: -1300 (1300 BCE) -> -1299.

    Raises ValueError for 0, which does not exist in historical counting.
    """
    if year == 0:
        raise ValueError(_("There is no year 0: write 1 BCE (-1 in data files) or 1 CE (1)."))
    return year + 1 if year < 0 else year


def to_historical(year: int) -> int:
    """The historical year of an astronomical one: 0 -> -1 (1 BCE), -1299 -> -1300. Never 0."""
    return year - 1 if year <= 0 else year


def check_range(year: int) -> int:
    """The astronomical year itself, if the catalogue can hold it; otherwise ValueError."""
    if not EARLIEST <= year <= LATEST:
        raise ValueError(
            _("The year must lie between %(earliest)s BCE and %(latest)s CE.")
            % {"earliest": f"{-to_historical(EARLIEST):,}", "latest": LATEST}
        )
    return year
