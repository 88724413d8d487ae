"""A horizontal time axis: its scale, its ticks, and eras packed in lanes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.timezone import localdate

from heritage.models import Era
from heritage.values.date_format import year_phrase
from heritage.values.years import from_historical, to_historical
from heritage.web.shared.charts import nice_step, percent

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


def with_labels_beside(segments: list[Segment], top: int) -> list[Segment]:
    """Eras that are named get a label next to them where it does not fit within.

    An era without room for it in its lane moves to one that has room, at last to a lane of its own.
    """
    lanes: dict[int, list[_Interval]] = {top: []}
    for segment in segments:
        lanes.setdefault(segment.y, []).append(_interval(segment))
    found = []
    for segment in segments:
        if segment.is_named and segment.fits != EVERYWHERE:
            lanes[segment.y].remove(_interval(segment))
            others = sorted(y for y in lanes if y != segment.y)
            new = max(lanes) + LANE
            segment, taken = next(_beside(segment, lanes, [segment.y, *others, new]))
            lanes.setdefault(segment.y, []).append(taken)
        found.append(segment)
    return found


type _Interval = tuple[float, float]  # from and to, in percent


def _interval(segment: Segment) -> _Interval:
    start = _number(segment.x)
    return start, start + _number(segment.width)


def _beside(
    segment: Segment, lanes: dict[int, list[_Interval]], tried: list[int]
) -> Iterator[tuple[Segment, _Interval]]:
    """The era in each lane with room for it and its label: behind it, before it or over it."""
    start, end = _interval(segment)
    needed = 100 * _width(segment.label, is_bold=True) / _WIDTHS[1]
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


def centred(label: str, middle: float, is_bold: bool = False) -> float:
    """The middle of a label, in percent, as near to this as it is whole on the narrowest phone."""
    half = 50 * _width(label, is_bold) / _WIDTHS[1]
    return min(max(middle, half), max(100 - half, half))


def height(segments: list[Segment], top: int) -> int:
    """Where the lanes end."""
    return max((segment.y + LANE for segment in segments), default=top)


def _width(label: str, is_bold: bool = False) -> float:
    """About how many pixels a label takes, with a little room around it."""
    letter_width = _LETTER * _BOLD if is_bold else _LETTER  # Chinese is as wide in any weight
    return sum(_HAN if ord(letter) > 0x2E80 else letter_width for letter in label) + 6
