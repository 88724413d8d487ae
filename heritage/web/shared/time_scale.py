"""The scale of every axis of time: years to percent of its width, ticks, and where labels fit."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import floor

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from heritage.values import sentences
from heritage.values.date_format import year_phrase
from heritage.values.language import display_width
from heritage.values.years import EARLIEST, LATEST, from_historical, to_historical
from heritage.web.shared.charts import nice_step, percent

_LETTER, _HAN = 7.4, 14.5  # how wide a letter of a label is, in pixels
_BOLD = 1.12  # and how much wider in bold, in which the named eras stand
WIDTHS = (0, 320, 480, 640, 900)  # of the strip, from which on a label fits
EVERYWHERE = "from-320"  # what fits on the narrowest phone

type Span = tuple[int | None, int | None]  # the first and last year; None for an open end


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str
    is_wide: bool = False  # shown only where there is room
    is_knot: bool = False  # the scale changes here
    year: int = 0


# Where the unequal scale changes: astronomical years, and their places on it. Between them a
# century is as wide as any other; later ones are wider, since more of them is known.
_KNOTS = {
    EARLIEST: 0.0,
    from_historical(-10_000): 5.0,
    from_historical(-3_000): 16.0,
    from_historical(-500): 34.0,
    1500: 76.0,
    1800: 88.0,
    2030: 100.0,
    LATEST: 500.0,
}
_YEARS, _PLACES = list(_KNOTS), list(_KNOTS.values())
EVEN_BELOW = 1500  # years: a shorter axis is always even


@dataclass(frozen=True)
class Scale:
    """Astronomical years to percent of an axis: every axis of time has one.

    A long axis is unequal, unless an equal one is asked for.
    """

    first: int
    last: int
    is_equal: bool = False

    @cached_property
    def is_even(self) -> bool:
        return self.is_equal or self.last - self.first < EVEN_BELOW

    def at(self, year: int | None, default: float = 0.0) -> float:
        if year is None:
            return default
        start, end = self._ends
        place = year if self.is_even else _between(year, _YEARS, _PLACES)
        return min(100.0, max(0.0, 100 * (place - start) / (end - start)))

    def year_at(self, place: float) -> int:
        """The inverse of it, to whole years."""
        start, end = self._ends
        there = start + (end - start) * place / 100
        return floor(there if self.is_even else _between(there, _PLACES, _YEARS) + 1e-6)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        if self.is_even:
            return self.first, self.last
        return _between(self.first, _YEARS, _PLACES), _between(self.last, _YEARS, _PLACES)

    def span(self, first: int | None, last: int | None) -> tuple[float, float]:
        """From and to; an open end runs to the end of the strip."""
        return self.at(first, 0.0), self.at(last, 100.0)

    @property
    def knots(self) -> list[int]:
        """The years on it at which the scale changes."""
        return [] if self.is_even else [year for year in _KNOTS if self.first < year < self.last]

    @property
    def note(self) -> str:
        """Where the scale changes, in words; empty for an even one."""
        if not (knots := self.knots):
            return ""
        words = {"years": sentences.listed(year_phrase(year, style="short") for year in knots)}
        return _("The scale is not equal: it changes at %(years)s.") % words

    @property
    def ticks(self) -> list[Tick]:
        """Round historical years, none so close to the edge that its label would be cut.

        Of an unequal scale also where it changes. Those that a phone has no room for are `is_wide`.
        """
        candidates = [(False, year) for year in self._round_years()]
        candidates += [(True, year) for year in self.knots]
        shown: list[tuple[float, str, float]] = []
        found: list[tuple[float, Tick]] = []
        for is_knot, year in sorted(candidates, reverse=True):
            x, label = self.at(year), year_phrase(year, style="short")
            needed = label_width(label)
            apart = [(abs(x - other), (needed + width) / 2) for other, _label, width in shown]
            if not 7 <= x <= 93 or any(gap * 6.4 < room for gap, room in apart):
                continue
            is_wide = any(
                gap * 3.2 < room
                for (gap, room), tick in zip(apart, found, strict=True)
                if not tick[1].is_wide
            )
            shown.append((x, label, needed))
            found.append((x, Tick(percent(x), label, is_wide, is_knot, year)))
        return [tick for _x, tick in sorted(found, key=lambda pair: pair[0])]

    def _round_years(self) -> Iterator[int]:
        """In each even part of the scale."""
        for start, end in pairwise([self.first, *self.knots, self.last]):
            parts = max(1, round((self.at(end) - self.at(start)) / 16))
            step = nice_step(end - start, parts)
            first = -(-to_historical(start) // step) * step
            for year in range(first, to_historical(end) + 1, step):
                yield from_historical(year or 1)


def _between(
    value: float, knots: list[float] | list[int], others: list[float] | list[int]
) -> float:
    """What corresponds to a value, evenly between two knots."""
    place = min(max(bisect_right(knots, value), 1), len(knots) - 1)
    low, high = knots[place - 1], knots[place]
    return others[place - 1] + (others[place] - others[place - 1]) * (value - low) / (high - low)


def scale_of(spans: Iterable[Span], share: float = 0.08, least: int = 30) -> Scale | None:
    """A scale that shows all spans; None if nothing is dated.

    At both ends is room for `share` of the years between, at least for `least`, but not for years
    to come.
    """
    years = [year for span in spans for year in span if year is not None]
    if not years:
        return None
    first, last = min(years), max(years)
    room = max(least, round((last - first) * share))
    return Scale(first - room, min(last + room, max(last + 1, this_year())))


def this_year() -> int:
    """Where the axis ends for what has not ended."""
    return localdate().year


def fits(label: str, width: float, is_bold: bool = False) -> str:
    """The CSS class for the width of the axis from which a label fits into `width` percent of
    it."""
    needed = label_width(label, is_bold)
    for size in WIDTHS[1:]:
        if size * width / 100 >= needed:
            return f"from-{size}"
    return "from-never"


def centred(label: str, middle: float, is_bold: bool = False) -> float:
    """The middle of a label, in percent, as near to this as it is whole on the narrowest phone."""
    half = 50 * label_width(label, is_bold) / WIDTHS[1]
    return min(max(middle, half), max(100 - half, half))


def label_width(label: str, is_bold: bool = False) -> float:
    """About how many pixels a label takes, with a little room around it."""
    letter_width = _LETTER * _BOLD if is_bold else _LETTER  # Chinese is as wide in any weight
    wide = display_width(label) - len(label)
    return wide * _HAN + (len(label) - wide) * letter_width + 6
