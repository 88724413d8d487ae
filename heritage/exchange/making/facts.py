"""The World Heritage List as clean facts: one property a row, its parts, its dossiers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from heritage.exchange.making import cells
from heritage.exchange.making.cells import Period
from heritage.exchange.making.corrections import LATER_SOURCE
from heritage.exchange.making.tables import Fault, Line, TableError, read
from heritage.values.coordinates import distance_km

LANGUAGES = {  # column of a name → language
    "name_en": "en",
    "name_fr": "fr",
    "name_es": "es",
    "name_ru": "ru",
    "name_ar": "ar",
    "name_zh": "zh-hans",
}
STATUSES = ("inscribed", "delisted", "superseded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What the list says of one property."""

    number: int
    status: str
    names: dict[str, str]
    category: str
    inscribed: int
    extended: tuple[int, ...]
    danger: tuple[Period, ...]
    delisted: int | None
    criteria: tuple[str, ...]
    regions: tuple[str, ...]
    states: tuple[str, ...]
    point: tuple[float, float] | None
    area: str | None
    source: str
    note: str
    in_the_middle: bool = False  # the point is that of one of its parts


@dataclass(frozen=True, slots=True)
class Part:
    """A component part: no more than its place in an order, its state and its point."""

    property: int
    number: int
    state: str
    point: tuple[float, float]


# Each field of a property: the columns that it is read from, and how.
_FIELDS: dict[str, tuple[tuple[str, ...], Callable]] = {
    "number": (("id_no",), cells.whole),
    "status": (("status",), cells.text),
    "category": (("category",), lambda cell: cells.text(cell).lower()),
    "inscribed": (("date_inscribed",), cells.year),
    "extended": (("secondary_dates",), cells.years),
    "danger": (("danger_years",), cells.periods),
    "delisted": (("delisted_year",), cells.year),
    "criteria": (("criteria",), cells.criteria),
    "regions": (("region",), cells.parts),
    "states": (("states_iso2",), cells.codes),
    "point": (("latitude", "longitude"), cells.point),
    "area": (("area_ha",), cells.area),
    "source": (("source",), cells.text),
    "note": (("note",), cells.text),
}
_NEEDED = (
    *LANGUAGES,
    "in_danger",
    *(column for columns, _ in _FIELDS.values() for column in columns),
)


def read_properties(path: Path) -> list[Property]:
    """The facts of all properties, by number. Raises TableError with every fault."""
    properties = _read(path, _NEEDED, _property)
    seen: set[int] = set()
    twice = [p.number for p in properties if p.number in seen or seen.add(p.number)]
    if twice:
        raise TableError([f"{path.name}: {number} stands in it twice" for number in twice])
    return sorted(properties, key=lambda p: p.number)


def read_later(path: Path) -> list[Property]:
    """Properties of a later edition that is not complete, by number: few facts, points of parts."""
    needed = ("id_no", "name_en", "category", "criteria", "year", "states", "region", "points")
    return sorted(_read(path, needed, _later), key=lambda p: p.number)


def read_parts(path: Path) -> list[Part]:
    """The component parts, by property and order."""
    needed = ("id_no", "seq", "iso2", "latitude", "longitude")
    return sorted(_read(path, needed, _part), key=lambda part: (part.property, part.number))


def read_dossiers(path: Path) -> dict[int, str]:
    """The references with their suffixes, by property, from an official spreadsheet."""
    return dict(_read(path, ("id_no", "rev_bis"), _dossier))


def _read(path: Path, needed: tuple[str, ...], build: Callable[["_Cells"], Any]) -> list:
    faults: list[Fault] = []
    rows = []
    for line in read(path, needed):
        row = _Cells(path.name, line, faults)
        before = len(faults)
        built = build(row)
        if len(faults) == before:
            rows.append(built)
    if faults:
        raise TableError(faults)
    return rows


class _Cells:
    """One line being read: what cannot be read is noted, and reading goes on."""

    def __init__(self, file: str, line: Line, faults: list[Fault]):
        self._file, self._line, self._faults = file, line, faults

    def get(self, columns: tuple[str, ...], convert: Callable) -> Any:
        try:
            return convert(*(self._line.cells.get(column) for column in columns))
        except ValueError as error:
            self.wrong(columns[0], str(error))
            return None

    def wrong(self, column: str, reason: str) -> None:
        self._faults.append(Fault(self._file, self._line.number, column, reason))


def _property(row: _Cells) -> Property:
    values = {name: row.get(columns, convert) for name, (columns, convert) in _FIELDS.items()}
    names = {code: row.get((column,), cells.name) for column, code in LANGUAGES.items()}
    built = Property(**values, names={code: words for code, words in names.items() if words})
    for column, reason in _contradictions(built, row.get(("in_danger",), cells.flag)):
        row.wrong(column, reason)
    return built


def _later(row: _Cells) -> Property:
    points = row.get(("points",), _points) or []
    return Property(
        number=row.get(("id_no",), cells.whole),
        status="inscribed",
        names={"en": row.get(("name_en",), cells.name)},
        category=row.get(("category",), lambda cell: cells.text(cell).lower()),
        inscribed=row.get(("year",), cells.year),
        extended=(),
        danger=(),
        delisted=None,
        criteria=row.get(("criteria",), cells.criteria),
        regions=row.get(("region",), cells.parts),
        states=row.get(("states",), cells.codes),
        point=middle(points),
        area=None,
        source=LATER_SOURCE,
        note="",
        in_the_middle=len(points) > 1,
    )


def _points(cell: str | None) -> list[tuple[float, float]]:
    """`29.286,117.243 29.297,117.201`: latitude and longitude of each."""
    return [cells.point(*pair.split(",")) for pair in cells.text(cell).split()]


def middle(points: list[tuple[float, float]]) -> tuple[float, float] | None:
    """The point that lies nearest to all others."""
    if not points:
        return None
    return min(points, key=lambda point: sum(distance_km(point, other) for other in points))


def _contradictions(found: Property, in_danger: bool | None) -> Iterator[tuple[str, str]]:
    """What is missing in a row, or said in two ways."""
    for column, value in (("id_no", found.number), ("date_inscribed", found.inscribed)):
        if value is None:
            yield column, "must not be empty"
    if not found.names.get("en"):
        yield "name_en", "must not be empty"
    if found.status not in STATUSES:
        yield "status", f"“{found.status}” is none of {', '.join(STATUSES)}"
    if (found.status == "delisted") != (found.delisted is not None):
        yield "delisted_year", "belongs to a delisted property, and to no other"
    if found.danger is not None and in_danger != any(p.last is None for p in found.danger):
        yield "in_danger", "is not what danger_years says"


def _part(row: _Cells) -> Part:
    part = Part(
        row.get(("id_no",), cells.whole),
        row.get(("seq",), cells.whole),
        row.get(("iso2",), partial(_one, cells.codes)),
        row.get(("latitude", "longitude"), cells.point),
    )
    if part.point is None:
        row.wrong("latitude", "a part has a point")
    return part


def _one(convert: Callable, cell: str | None) -> str:
    """One value or an empty text."""
    found = convert(cell)
    if len(found) > 1:
        raise ValueError(f"“{cell}” is more than one")
    return found[0] if found else ""


def _dossier(row: _Cells) -> tuple[int, str]:
    number = row.get(("id_no",), cells.whole)
    return number, f"{number}{row.get(('rev_bis',), cells.suffix)}"
