"""The facts of the Henan sites and the national list, read from their tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from heritage.exchange.making import cells, henan_cells
from heritage.exchange.making.henan_cells import Eras, FirstEvent, Listed, Precision, Span
from heritage.exchange.making.tables import Fault, Line, TableError, read
from heritage.values import years

CERTAINTIES = ("certain", "approximate", "traditional")

_FACTS = (
    "name_en",
    "name_zh",
    "pinyin",
    "kind",
    "city",
    "county",
    "latitude",
    "longitude",
    "coord_source",
    "eras",
    "earliest_year",
    "era_zh_listed",
    "unesco_id",
    "unesco_property",
    "protection_code",
    "protection_batch",
    "protection_year",
    "protection_category",
    "aaaaa",
    "wikidata_qid",
    "source",
    "earliest_event",
    "certainty",
)
_UNITS = ("code", "batch", "year", "name", "category", "era")


@dataclass(frozen=True, slots=True)
class Fact:
    """One site as the table has it; years are historical, as in the table."""

    line: int
    name_en: str
    name_zh: str
    pinyin: str
    kind: str
    city: str
    counties: tuple[str, ...]
    point: tuple[float, float]
    precision: Precision
    spans: tuple[Span, ...]
    year: int
    event: FirstEvent
    certainty: str
    listed: Listed | None
    listed_text: str
    unesco: int | None
    property: str
    code: str
    batch: int | None
    protected: int | None
    category: str
    is_rated: bool
    wikidata: str
    sources: tuple[str, ...]
    source_text: str
    corrected: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """An entry of the national list."""

    code: str
    batch: int
    year: int
    name: str
    category: str
    era: str


def read_facts(path: Path, eras: Eras) -> list[Fact]:
    return _each(path, _FACTS, lambda line, cell: _fact(line, cell, eras))


def read_units(path: Path) -> dict[str, Unit]:
    return {unit.code: unit for unit in _each(path, _UNITS, _unit)}


def _each(path: Path, columns: tuple[str, ...], make: Callable) -> list:
    """A row for each line; all that cannot be read is told at once."""
    rows, faults = [], []
    for line in read(path, columns):
        found: list[Fault] = []

        def cell(column: str, convert: Callable = cells.text, line=line, found=found):
            try:
                return convert(line.cells.get(column, ""))
            except ValueError as error:
                found.append(Fault(path.name, line.number, column, str(error)))
                return None

        row = make(line, cell)
        rows.append(row)
        faults += found
    if faults:
        raise TableError(faults)
    return rows


def _fact(line: Line, cell: Callable, eras: Eras) -> Fact:
    source, placed = cell("source"), cell("coord_source")
    return Fact(
        line=line.number,
        name_en=cell("name_en", _needed),
        name_zh=cell("name_zh", _needed),
        pinyin=cell("pinyin", _needed),
        kind=cell("kind", _needed),
        city=cell("city", _needed),
        counties=tuple(filter(None, (cell("county") or "").split("/"))),
        point=(cell("latitude", _degrees), cell("longitude", _degrees)),
        precision=cell("coord_source", henan_cells.precision),
        spans=cell("eras", eras.spans) or (),
        year=cell("earliest_year", _year),
        event=cell("earliest_event", henan_cells.first_event),
        certainty=cell("certainty", _certainty),
        listed=cell("era_zh_listed", eras.listed),
        listed_text=cell("era_zh_listed"),
        unesco=cell("unesco_id", cells.whole),
        property=cell("unesco_property"),
        code=cell("protection_code", _code),
        batch=cell("protection_batch", cells.whole),
        protected=cell("protection_year", cells.whole),
        category=cell("protection_category"),
        is_rated=bool(cell("aaaaa", cells.flag)),
        wikidata=cell("wikidata_qid"),
        sources=henan_cells.sources(f"{source} {placed}"),
        source_text=source,
        corrected=henan_cells.corrected(source),
    )


def _unit(line: Line, cell: Callable) -> Unit:
    return Unit(
        code=cell("code", _needed),
        batch=cell("batch", cells.whole),
        year=cell("year", cells.whole),
        name=cell("name"),
        category=cell("category"),
        era=cell("era"),
    )


def _needed(words: str) -> str:
    words = cells.text(words)
    if not words:
        raise ValueError("nothing stands here")
    return words


def _degrees(words: str) -> float:
    value = cells.number(_needed(words))
    if abs(value) > 180:
        raise ValueError(f"{value} lies nowhere on the globe")
    return value


def _year(words: str) -> int:
    value = cells.whole(_needed(words))
    years.from_historical(value)
    return value


def _certainty(words: str) -> str:
    if words not in CERTAINTIES:
        raise ValueError(f"“{words}” is none of {', '.join(CERTAINTIES)}")
    return words


def _code(words: str) -> str:
    words = cells.text(words)
    if words and not re.fullmatch(r"\d-\d{4}-\d-\d{3}", words):
        raise ValueError(f"“{words}” is no code of the national list")
    return words
