"""Official tables as rows of text, whatever a spreadsheet program did to the file."""

import csv
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.column}: {self.reason}"


class TableError(Exception):
    """All that is wrong with a table, one line each."""

    def __init__(self, faults: list):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cells: dict[str, str]


def read(path: Path, needed: tuple[str, ...]) -> list[Line]:
    """The lines of a CSV file or of a workbook's first sheet, by the names of their columns.

    Columns may stand in any order, and there may be more than are needed.
    """
    lines = list(_workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path.read_bytes()))
    head = [cell.strip() for cell in lines[0][1]] if lines else []
    missing = [column for column in needed if column not in head]
    if missing:
        raise TableError(
            [Fault(path.name, 1, column, "this column is missing") for column in missing]
        )
    return [
        Line(number, dict(zip(head, cells, strict=False)))
        for number, cells in lines[1:]
        if any(map(str.strip, cells))
    ]


def decode(content: bytes) -> str:
    """UTF-8 with or without its mark, else Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(decode(content), newline=""))
    for cells in reader:
        yield reader.line_num, cells


def _workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet, as text. The operator's own file: nobody uploads one here."""
    with zipfile.ZipFile(path) as archive:
        shared = [
            "".join(part.text or "" for part in item.iter(f"{_MAIN}t"))
            for item in _parse(archive, "xl/sharedStrings.xml")
        ]
        sheet = min(n for n in archive.namelist() if posixpath.dirname(n) == "xl/worksheets")
        for row in _parse(archive, sheet).iter(f"{_MAIN}row"):
            cells: dict[int, str] = {}
            for cell in row:
                value = cell.find(f"{_MAIN}v")
                if value is not None:
                    words = value.text or ""
                    cells[_column(cell.get("r"))] = (
                        shared[int(words)] if cell.get("t") == "s" else words
                    )
            yield int(row.get("r")), [cells.get(at, "") for at in range(max(cells, default=-1) + 1)]


def _parse(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(name))  # noqa: S314


def _column(reference: str) -> int:
    """AB12 → 27."""
    index = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        index = index * 26 + ord(letter) - 64
    return index - 1
