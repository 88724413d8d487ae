"""Charts as plain geometry: bars and columns in percent, with text that is never scaled.

In an SVG without a viewBox, x is given in percent of the width and y in pixels. A chart is
therefore as wide as its page, and its text keeps its size on a phone.
"""

from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from heritage.values.html import fragment
from heritage.web.shared import language_html
from heritage.web.shared.time_scale import nice_step, percent

_PART, _BAR = fragment("charts/part.html"), fragment("charts/bar.html")

_TOP, _HEIGHT, _FOOT = 18, 150, 22  # of columns, in pixels
_LEFT = 7.0  # percent kept free for the numbers at the grid's lines


@dataclass(frozen=True, slots=True)
class Series:
    key: str  # its colour: a class in figures.css
    label: SafeString | str


@dataclass(frozen=True, slots=True)
class ChartRow:
    label: SafeString | str
    values: list[int]  # one for each series
    url: str = ""
    note: SafeString | str = ""
    mark: str = ""  # what stands below its column; empty for most

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class ChartPart:
    """A piece of a bar or a column."""

    key: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Shape:
    row: ChartRow
    parts: list[ChartPart]
    middle: str = ""

    @property
    def bar(self) -> SafeString:
        """The bar of a row with its label and its number, as an item of a list."""
        row = self.row
        return _BAR(
            url=row.url,
            label=row.label,
            note=row.note,
            total=language_html.number(row.total),
            parts=self.drawn,
        )

    @property
    def drawn(self) -> SafeString:
        """The parts as SVG."""
        return SafeString(
            "\n".join(
                [_PART(key=p.key, x=p.x, y=p.y, width=p.width, height=p.height) for p in self.parts]
            )
        )


@dataclass(frozen=True, slots=True)
class Line:
    y: str
    label: int


@dataclass(frozen=True)
class Chart:
    """Prepared for components/bars.html or components/columns.html, with its table."""

    id: str
    title: str
    summary: str  # what it says, in a sentence
    head: str  # what its rows are
    series: list[Series]
    rows: list[ChartRow]
    height: int = _TOP + _HEIGHT + _FOOT
    ground: int = _TOP + _HEIGHT  # where columns stand
    foot: int = _TOP + _HEIGHT + 16  # the base line of what is written below them

    @property
    def is_split(self) -> bool:
        return len(self.series) > 1

    @property
    def bars(self) -> list[Shape]:
        """Horizontal bars, parts side by side; the longest row fills the width."""
        shapes = []
        for row in self.rows:
            parts, x = [], 0.0
            for series, value in zip(self.series, row.values, strict=True):
                width = 100 * value / self._most
                if value:
                    parts.append(ChartPart(series.key, percent(x), "0", percent(width), "100%"))
                x += width
            shapes.append(Shape(row, parts))
        return shapes

    @property
    def columns(self) -> list[Shape]:
        """Vertical columns, with their parts stacked."""
        step = (100 - _LEFT) / (len(self.rows) or 1)
        shapes = []
        for number, row in enumerate(self.rows):
            left, y, parts = _LEFT + number * step, float(self.ground), []
            for series, value in zip(self.series, row.values, strict=True):
                tall = _HEIGHT * value / self._ceiling
                y -= tall
                if value:
                    x, width = percent(left + step * 0.12), percent(step * 0.76)
                    parts.append(ChartPart(series.key, x, f"{y:.1f}", width, f"{tall:.1f}"))
            shapes.append(Shape(row, parts, percent(left + step / 2)))
        return shapes

    @property
    def lines(self) -> list[Line]:
        step = nice_step(self._most, 4)
        values = range(step, self._ceiling + 1, step)
        return [Line(f"{self.ground - _HEIGHT * v / self._ceiling:.1f}", v) for v in values]

    @cached_property
    def _most(self) -> int:
        return max((row.total for row in self.rows), default=0) or 1

    @cached_property
    def _ceiling(self) -> int:
        step = nice_step(self._most, 4)
        return -(-self._most // step) * step
