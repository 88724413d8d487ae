"""A horizontal time axis: its scale, its ticks, and eras packed in lanes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.timezone import localdate

from heritage.models import Era
from heritage.values.date_format import year_phrase
from heritage.values.years import from_historical, to_historical
from heritage.web.charts import nice_step, percent

LANE = 24  # pixels
_LETTER, _HAN = 7.4, 14.5  # how wide a letter of a label is, in pixels
_BOLD = 1.12  # and how much wider in bold, in which the named eras stand
_WIDTHS = (0, 320, 480, 640, 900)  # of the strip, from which on a label fits
EVERYWHERE = "from-320"  # what fits on the narrowest phone


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str
    is_wide: bool = False  # shown only where there is room


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
    beside_x: str = ""  # where its label stands while it does not fit within; empty for nowhere
    beside_dx: int = 0
    beside_anchor: str = ""

    @property
    def until(self) -> str:
        return self.fits.replace("from", "until")


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
        is_tight = max(map(_width, labels), default=0) > apart
        return [
            Tick(percent(self.at(year)), label, is_tight and number % 2 == 1)
            for number, (year, label) in enumerate(zip(shown, labels, strict=True))
        ]


def scale_of(spans: Iterable[tuple[int | None, int | None]]) -> Scale | None:
    """A scale that shows all spans with some margin; None if nothing is dated."""
    years = [year for span in spans for year in span if year is not None]
    if not years:
        return None
    first, last = min(years), max(years)
    room = max(30, round((last - first) * 0.08))
    return Scale(first - room, min(last + room, max(last + 1, localdate().year)))


def segments(eras: Iterable[Era], scale: Scale, named: set[int], top: int) -> list[Segment]:
    """Eras within the scale, packed in as few lanes as show all of them."""
    ends: list[float] = []
    found = []
    for era in eras:
        start, end = scale.span(era.first_year, era.last_year)
        if end - start < 0.4:
            continue
        free = (number for number, taken in enumerate(ends) if taken <= start + 0.3)
        lane = next(free, len(ends))
        ends[lane : lane + 1] = [end]
        label = str(era.short())
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
            )
        )
    return found


def with_labels_beside(segments: list[Segment]) -> list[Segment]:
    """Eras that are named get their label next to them where it does not fit within."""
    return [_beside(segment, segments) for segment in segments]


def _beside(segment: Segment, segments: list[Segment]) -> Segment:
    if not segment.is_named or segment.fits == EVERYWHERE:
        return segment
    lane = [other for other in segments if other.y == segment.y and other is not segment]
    start, end = _number(segment.x), _number(segment.x) + _number(segment.width)
    needed = 100 * _width(segment.label, is_bold=True) / _WIDTHS[1]
    right = min((_number(o.x) for o in lane if _number(o.x) >= end - 0.1), default=100.0)
    left = max((_number(o.x) + _number(o.width) for o in lane if _number(o.x) < start), default=0)
    if right - end >= needed:
        return replace(segment, beside_x=percent(end), beside_dx=5, beside_anchor="start")
    if start - left >= needed:
        return replace(segment, beside_x=percent(start), beside_dx=-5, beside_anchor="end")
    return segment


def _number(value: str) -> float:
    return float(value.rstrip("%"))


def fits(label: str, width: float, is_bold: bool = False) -> str:
    """The CSS class for the width of the axis from which a label fits into `width` percent of
    it."""
    needed = _width(label, is_bold)
    for size in _WIDTHS[1:]:
        if size * width / 100 >= needed:
            return f"from-{size}"
    return "from-never"


def height(segments: list[Segment], top: int) -> int:
    """Where the lanes end."""
    return max((segment.y + LANE for segment in segments), default=top)


def _width(label: str, is_bold: bool = False) -> float:
    """About how many pixels a label takes, with a little room around it."""
    letter_width = _LETTER * _BOLD if is_bold else _LETTER  # Chinese is as wide in any weight
    return sum(_HAN if ord(letter) > 0x2E80 else letter_width for letter in label) + 6
