"""The scale of all time axes: years as percent of the width, ticks, and where labels fit; strips of
eras, packed in lanes; and helpers for scales of numbers."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from math import floor
from operator import itemgetter

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from heritage.models import Era
from heritage.values.date_format import year_phrase
from heritage.values.edtf import EARLIEST, LATEST, from_historical, to_historical
from heritage.values.language import display_width, join_words

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
    """Converts astronomical years to percent of an axis.

    On a long axis early years take less room, unless an equal scale is asked for.
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
        return min(100.0, max(0.0, 100 * (self._place(year) - start) / (end - start)))

    def year_at(self, place: float) -> int:
        """The year at a position in percent, rounded down: the inverse of `at()`."""
        start, end = self._ends
        there = start + (end - start) * place / 100
        return floor(there if self.is_even else _between(there, _PLACES, _YEARS) + 1e-6)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        return self._place(self.first), self._place(self.last)

    @cached_property
    def _place(self) -> Callable[[int], float]:
        """A function that gives the position of a year in any unit."""
        return float if self.is_even else partial(_between, knots=_YEARS, others=_PLACES)

    def span(self, first: int | None, last: int | None) -> tuple[float, float]:
        """The positions of two years in percent; an open end is the end of the strip."""
        return self.at(first, 0.0), self.at(last, 100.0)

    @property
    def knots(self) -> list[int]:
        """The years within the axis at which the scale changes."""
        return [] if self.is_even else [year for year in _KNOTS if self.first < year < self.last]

    @property
    def note(self) -> str:
        """A sentence that says where the scale changes; empty for an equal scale."""
        if not (knots := self.knots):
            return ""
        words = {"years": join_words(year_phrase(year, style="short") for year in knots)}
        return _("The scale is not equal: it changes at %(years)s.") % words

    @property
    def ticks(self) -> list[Tick]:
        """Round historical years, none so close to the edge that its label would be cut.

        On an unequal scale, also years at which it changes. Ticks for which a phone has no room are
        `is_wide`.
        """
        candidates = [(False, year) for year in self._round_years()]
        candidates += [(True, year) for year in self.knots]
        found: list[tuple[float, float, Tick]] = []
        for is_knot, year in sorted(candidates, reverse=True):
            x, label = self.at(year), year_phrase(year, style="short")
            needed = label_width(label)
            apart = [(abs(x - other), (needed + width) / 2, tick) for other, width, tick in found]
            if not 7 <= x <= 93 or [gap for gap, room, _tick in apart if gap * 6.4 < room]:
                continue
            near = [tick for gap, room, tick in apart if gap * 3.2 < room and not tick.is_wide]
            found.append((x, needed, Tick(percent(x), label, bool(near), is_knot, year)))
        return [tick for _x, _needed, tick in sorted(found, key=itemgetter(0))]

    def _round_years(self) -> Iterator[int]:
        """Round historical years, as astronomical ones, in each part of the axis with one scale."""
        for start, end in pairwise([self.first, *self.knots, self.last]):
            parts = max(1, round((self.at(end) - self.at(start)) / 16))
            step = nice_step(end - start, parts)
            first = -(-to_historical(start) // step) * step
            for year in range(first, to_historical(end) + 1, step):
                yield from_historical(year or 1)


def _between(
    value: float, knots: list[float] | list[int], others: list[float] | list[int]
) -> float:
    """The value that corresponds to `value`, interpolated between `knots` and `others`."""
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
    """The year at which the axis ends for eras that have not ended."""
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
    """The middle of a label in percent, as near to `middle` as possible without cutting the label
    on the narrowest phone."""
    half = 50 * label_width(label, is_bold) / WIDTHS[1]
    return min(max(middle, half), max(100 - half, half))


def label_width(label: str, is_bold: bool = False) -> float:
    """About how many pixels a label takes, with a little room around it."""
    letter_width = _LETTER * _BOLD if is_bold else _LETTER  # Chinese is as wide in any weight
    wide = display_width(label) - len(label)
    return wide * _HAN + (len(label) - wide) * letter_width + 6


LANE = 24  # pixels
_NARROWEST = 0.4  # percent: what is narrower is not drawn, unless it is named


@dataclass(frozen=True, slots=True)
class Segment:
    """An era on the strip."""

    era: Era
    x: str
    width: str
    y: int
    middle: str
    label: str
    fits: str  # a class: from which width of the strip on the label is shown
    is_named: bool
    drawn: tuple[float, float]  # from and to, in percent
    beside_x: str = ""  # where its label stands while it does not fit within; empty for nowhere
    beside_dx: int = 0
    beside_anchor: str = ""

    @property
    def until(self) -> str:
        return self.fits.replace("from", "until")


@dataclass(frozen=True, slots=True)
class EraStrip:
    """Prepared for components/strip.html."""

    segments: list[Segment]
    ticks: list[Tick]
    height: int
    foot: int  # where the years stand below the eras
    note: str  # where the scale changes; empty for an even one


def strip_of(eras: Iterable[Era], scale: Scale, named: set[int], top: int = 0) -> EraStrip:
    """The eras on the scale, in lanes from `top` downwards; those with ids in `named` have labels
    at any width."""
    found = _with_labels_beside(_segments(eras, scale, named, top), top)
    foot = max((segment.y + LANE for segment in found), default=top) + 17
    return EraStrip(found, scale.ticks, foot + 7, foot, scale.note)


def _segments(eras: Iterable[Era], scale: Scale, named: set[int], top: int) -> list[Segment]:
    """The eras packed in as few lanes as possible; without those outside the scale, and without
    unnamed ones that would be too narrow to be seen."""
    ends: list[float] = []
    found = []
    for era in eras:
        start, end = scale.span(era.first_year, era.last_year)
        if end <= start or (end - start < _NARROWEST and era.pk not in named):
            continue
        end = max(end, start + _NARROWEST)
        free = (number for number, taken in enumerate(ends) if taken <= start + 0.3)
        lane = next(free, len(ends))
        ends[lane : lane + 1] = [end]
        label = era.short().text
        found.append(
            Segment(
                era=era,
                x=percent(start),
                width=percent(end - start),
                y=top + lane * LANE,
                middle=percent((start + end) / 2),
                label=label,
                fits=fits(label, end - start, era.pk in named),
                is_named=era.pk in named,
                drawn=(round(start, 2), round(start, 2) + round(end - start, 2)),
            )
        )
    return found


def _with_labels_beside(segments: list[Segment], top: int) -> list[Segment]:
    """The segments, with a label beside named eras if it does not fit into the segment.

    An era without room for it in its lane moves to one that has room, at last to a lane of its own.
    """
    lanes: dict[int, list[_Interval]] = {top: []}
    for segment in segments:
        lanes.setdefault(segment.y, []).append(segment.drawn)
    found = []
    for segment in segments:
        if segment.is_named and segment.fits != EVERYWHERE:
            lanes[segment.y].remove(segment.drawn)
            others = sorted(y for y in lanes if y != segment.y)
            new = max(lanes) + LANE
            segment, taken = next(_beside(segment, lanes, [segment.y, *others, new]))
            lanes.setdefault(segment.y, []).append(taken)
        found.append(segment)
    return found


type _Interval = tuple[float, float]  # from and to, in percent


def _beside(
    segment: Segment, lanes: dict[int, list[_Interval]], tried: list[int]
) -> Iterator[tuple[Segment, _Interval]]:
    """The possible positions of an era and its label in each lane with room: label after, before or
    above the era."""
    start, end = segment.drawn
    needed = 100 * label_width(segment.label, is_bold=True) / WIDTHS[1]
    centre = centred(segment.label, (start + end) / 2, is_bold=True)
    for y in tried:
        for at, gap, anchor, first, last in (
            (end, 5, "start", start, end + needed),
            (start, -5, "end", start - needed, end),
            (centre, 0, "middle", min(start, centre - needed / 2), max(end, centre + needed / 2)),
        ):
            is_last = y == tried[-1] and anchor == "middle"
            fits_in = first >= 0 and last <= 100
            is_over = anchor == "middle" and (start - needed >= 0 or end + needed <= 100)
            taken = lanes.get(y, ())
            is_free = all(last <= other + 0.1 or first >= till - 0.1 for other, till in taken)
            if is_last or (fits_in and is_free and not is_over):
                moved = replace(
                    segment, y=y, beside_x=percent(at), beside_dx=gap, beside_anchor=anchor
                )
                yield moved, (first, last)


# --- Of any scale ---------------------------------------------------------------------------------


def percent(value: float) -> str:
    """A number as SVG requires it, whatever the locale's decimal point."""
    return f"{value:.2f}%"


def nice_step(size: float, parts: int) -> int:
    """A round number that divides `size` into about this many parts."""
    rough = max(1.0, size / parts)
    magnitude = 1
    while magnitude * 10 <= rough:
        magnitude *= 10
    return next(magnitude * n for n in (1, 2, 5, 10) if magnitude * n >= rough)
