"""Eras on an axis of time, packed in lanes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from heritage.models import Era
from heritage.web.shared.charts import percent
from heritage.web.shared.time_scale import (
    EVERYWHERE,
    WIDTHS,
    Scale,
    Tick,
    centred,
    fits,
    label_width,
)

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
    """The eras within the scale from `top` on; those whose ids are `named` have a label at any
    width."""
    found = _with_labels_beside(_segments(eras, scale, named, top), top)
    foot = max((segment.y + LANE for segment in found), default=top) + 17
    return EraStrip(found, scale.ticks, foot + 7, foot, scale.note)


def _segments(eras: Iterable[Era], scale: Scale, named: set[int], top: int) -> list[Segment]:
    """Packed in as few lanes as show all of them."""
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
            )
        )
    return found


def _with_labels_beside(segments: list[Segment], top: int) -> list[Segment]:
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


def _number(value: str) -> float:
    return float(value.rstrip("%"))
