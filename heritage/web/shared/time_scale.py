"""The scale of every axis of time: years to percent of its width, ticks, and where labels fit."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.timezone import localdate

from heritage.values.date_format import year_phrase
from heritage.values.language import display_width
from heritage.values.years import from_historical, to_historical
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


@dataclass(frozen=True, slots=True)
class Scale:
    """Astronomical years to percent of the strip's width."""

    first: int
    last: int

    def at(self, year: int | None, default: float = 0.0) -> float:
        if year is None:
            return default
        return min(100.0, max(0.0, 100 * (year - self.first) / (self.last - self.first)))

    def span(self, first: int | None, last: int | None) -> tuple[float, float]:
        """From and to; an open end runs to the end of the strip."""
        return self.at(first, 0.0), self.at(last, 100.0)

    @property
    def ticks(self) -> list[Tick]:
        """Round historical years, none so close to the edge that its label would be cut."""
        step = nice_step(self.last - self.first, 6)
        start = -(-to_historical(self.first) // step) * step
        years = [
            from_historical(year or 1) for year in range(start, to_historical(self.last) + 1, step)
        ]
        shown = [year for year in years if 7 <= self.at(year) <= 93]
        labels = [year_phrase(year, style="short") for year in shown]
        apart = 320 * step / (self.last - self.first)  # pixels on a phone
        is_tight = max(map(label_width, labels), default=0) > apart
        return [
            Tick(percent(self.at(year)), label, is_tight and number % 2 == 1)
            for number, (year, label) in enumerate(zip(shown, labels, strict=True))
        ]


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
