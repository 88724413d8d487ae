"""Figures of a measuring: percentiles, ratios, and the table that shows them."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

NOTHING = "–"
LEAST = 30  # requests that a cell rests on


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of all (0.95: 95 %) do not exceed; nan of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def ratio(value: float, base: float) -> str:
    """How many times the base: "× 2.4", "× 120"."""
    if not base or math.isnan(value) or math.isnan(base):
        return NOTHING
    times = value / base
    return f"× {times:.0f}" if times >= 20 else f"× {times:.1f}" if times >= 2 else f"× {times:.2f}"


def short(value: float) -> str:
    """Milliseconds or megabytes as a table shows them."""
    if math.isnan(value):
        return NOTHING
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def median(values: Iterable[float]) -> float:
    values = list(values)
    return statistics.median(values) if values else math.nan


@dataclass
class Sample:
    """What was measured of one page at one size, in milliseconds, a request each."""

    same: list[float] = field(default_factory=list)  # computing
    varied: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)  # of varied requests
    cold: list[float] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # of varied requests

    @property
    def computing(self) -> float:
        """Median of a varied request; nan of too few."""
        return median(self.varied) if len(self.varied) >= LEAST else math.nan

    def cell(self) -> str:
        if not self.varied:
            return "skipped"
        if len(self.varied) < LEAST:
            return f"too few: {len(self.varied)}"
        figures = [median(self.same), self.computing, median(self.walls)]
        figures += [percentile(self.walls, 0.95), median(self.cold)]
        different = len(set(self.addresses))
        return " · ".join([*map(short, figures), f"{different}/{len(self.varied)}"])


@dataclass
class Walked:
    """What one mixed walk came to."""

    walls: list[float]
    computing: float
    seconds: float
    memory: list[tuple[int, int]] = field(default_factory=list)  # resident and unshared, bytes
    wrote: list[float] = field(default_factory=list)  # what each write meanwhile took

    def cell(self) -> str:
        p50, p95 = percentile(self.walls, 0.5), percentile(self.walls, 0.95)
        rate = len(self.walls) / self.seconds if self.seconds else math.nan
        return f"{short(p50)} · {short(p95)} · {short(self.computing)} · {rate:,.0f}/s"

    def weight(self) -> str:
        mebi = 1024 * 1024
        return ", ".join(f"{short(rss / mebi)} · {short(uss / mebi)}" for rss, uss in self.memory)


def table(
    samples: dict[tuple[int, str], Sample], sizes: list[int], pages: list[str], floor: str
) -> str:
    """A row a page, a column a size, and the ratios that the targets speak of."""
    small, large = sizes[0], sizes[-1]
    columns = [f"{size:,} sites" for size in sizes]
    ratios = [f"{large:,} : {small:,}", "to the floor"]
    lines = _head(["page", *columns, *ratios])
    for page in pages:
        found = [samples.get((size, page), Sample()) for size in sizes]
        base = samples.get((large, floor), Sample()).computing
        grown = [ratio(found[-1].computing, found[0].computing), ratio(found[-1].computing, base)]
        lines.append(_row([page, *(sample.cell() for sample in found), *grown]))
    return "\n".join(lines)


def versus(
    samples: dict[tuple[int, str], Sample], sizes: list[int], page: str, others: list[str]
) -> str:
    """How many times the computing of `page` each of the others takes."""
    lines = _head([f"to “{page}”", *(f"{size:,} sites" for size in sizes)])
    for other in others:
        times = [
            ratio(
                samples.get((size, other), Sample()).computing,
                samples.get((size, page), Sample()).computing,
            )
            for size in sizes
        ]
        lines.append(_row([other, *times]))
    return "\n".join(lines)


def walks(found: dict[tuple[int, str], Walked], sizes: list[int]) -> str:
    """The mixed walks, and what a worker weighs after each."""
    lines = _head(["mixed walk", *(f"{size:,} sites" for size in sizes)])
    for name in dict.fromkeys(name for _size, name in found):
        row = [found.get((size, name)) for size in sizes]
        lines.append(_row([name, *(walked.cell() if walked else NOTHING for walked in row)]))
        weights = [walked.weight() if walked else NOTHING for walked in row]
        lines.append(_row([f"{name}: memory of each worker", *weights]))
    return "\n".join(lines)


def readings(found: dict[int, dict[str, str]]) -> str:
    """Single figures by size and name, a row a name."""
    lines = _head(["", *(f"{size:,} sites" for size in found)])
    for name in dict.fromkeys(name for each in found.values() for name in each):
        lines.append(_row([name, *(each.get(name, NOTHING) for each in found.values())]))
    return "\n".join(lines)


def _head(columns: list[str]) -> list[str]:
    return [_row(columns), _row(["---"] * len(columns))]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
