"""Lists that authorities publish, recognised by their columns and read into ours."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from heritage.exchange.reading.source import EMPTY, FileCell, Row, SourceFile


@dataclass
class OfficialList:
    """An official list in the columns of the catalogue, whatever it calls them itself.

    Of an entry they are `REGISTER.reference`, `REGISTER.name:LANGUAGE` and so on; values are joined
    by “; ”. What a row says of no column of ours is left out, and the notes say so.
    """

    register: str  # slug: "whl", "cn-national"
    edition: str  # year of its latest entry; empty if it does not tell
    columns: list[str]
    rows: list[Row]
    parts: list[Row] = field(default_factory=list)  # reference, latitude, longitude, state, name
    notes: list[str] = field(default_factory=list)  # oddities, counted
    has_texts: bool = False  # descriptions, read only if they are asked for

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def official_list(
    register: str, edition: str, rows: list[Row], parts: list[Row], notes: list[str]
) -> OfficialList:
    """With a cell in each row for every column that any of them has."""
    columns = list(dict.fromkeys(key for row in rows for key in row.cells))
    filled = [Row(row.line, {key: row.cells.get(key, EMPTY) for key in columns}) for row in rows]
    return OfficialList(register, edition, columns, filled, parts, notes)


class Listed:
    """One row of an official list while it is read: cells by our names for its columns."""

    def __init__(self, row: Row, columns: dict[str, str], register: str, seen: Counter[str]):
        self.line, self._row, self._columns = row.line, row, columns
        self._register, self.seen = register, seen
        self.cells: dict[str, FileCell] = {}

    def has(self, name: str) -> bool:
        return name in self._columns

    def raw(self, name: str) -> str:
        """The cell of the file, or an empty text. What is wrong with it is noted by `put()`."""
        return self._row.cells.get(self._columns.get(name, ""), EMPTY)

    def put(self, key: str, names: Iterable[str], read: Callable[..., Any]) -> Any:
        """Read cells of the file into one of ours, and return the value; a fault stays with ours.

        A key that begins with a dot is a column of the entry.
        """
        key = f"{self._register}{key}" if key.startswith(".") else key
        names = list(names)
        faulty = (self._row.cells.get(self._columns.get(name, ""), EMPTY) for name in names)
        if problem := next((cell.problem for cell in faulty if cell.problem), ""):
            self.cells[key] = FileCell.faulty(problem)
            return None
        try:
            value = read(*(self.raw(name) for name in names))
        except ValueError as error:
            self.cells[key] = FileCell.faulty(str(error))
            return None
        self.cells[key] = FileCell(as_text(value))
        return value

    def as_row(self) -> Row:
        return Row(self.line, self.cells)


def as_text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "; ".join(map(as_text, value))
    return "" if value is None else str(value)


def known_columns(source: SourceFile, aliases: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Which column of a file has which of our names."""
    theirs = {plain(column): column for column in reversed(source.columns)}
    found = {}
    for name, called in aliases.items():
        column = next((theirs[each] for each in called if each in theirs), None)
        if column is not None:
            found[name] = column
    return found


def plain(column: str) -> str:
    """“Name EN”, “name_en” and “name:en” are the same."""
    return re.sub(r"[\W_]+", "_", column.casefold()).strip("_")


def refuse_twice(rows: list[Row], key: str) -> None:
    """Mark the second row of an entry: a list has each once."""
    first: dict[str, int] = {}
    for row in rows:
        reference = row.cells[key]
        if reference and first.setdefault(reference, row.line) != row.line:
            row.cells[key] = FileCell.faulty(
                _("%(reference)s stands in line %(line)s already.")
                % {"reference": reference, "line": first[reference]}
            )
