"""What every file is read into: lines of cells below a row of column names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from heritage.exchange.reading import header
from heritage.values.cell_text import as_meant
from heritage.values.language import join_words


class UnreadableFile(ValueError):
    """A file is refused; the text says why and what to do. `line` is the line of the file, if
    known."""

    def __init__(self, message: str, line: int | None = None):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold. Whatever exceeds it is refused before it is read, or while it is."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 600_000_000  # of a spreadsheet, which is a zip archive
    ratio: int = 200  # unpacked to packed, of what unpacks to more than `small_bytes`
    small_bytes: int = 10_000_000
    shared_bytes: int = 60_000_000  # of the texts that cells of a spreadsheet share
    rows: int = 1_000_000
    columns: int = 500
    cells: int = 25_000_000
    characters: int = 100_000  # in one cell
    sheets: int = 100
    child_bytes: int = 1_000_000_000  # of memory, for what reads XLS, XLSB and ODS
    child_seconds: int = 60  # of processor time; it is ended after twice as many by the clock


class FileCell(str):
    """The text of a cell, "" if it is empty. `problem` says why its content is no value."""

    problem: str = ""

    @classmethod
    def faulty(cls, problem: str) -> "FileCell":
        made = cls("")
        made.problem = problem
        return made


EMPTY = FileCell("")


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # in the file, from 1; of a GeoJSON or JSON file the number of the object
    cells: dict[str, FileCell]  # of each of the columns


@dataclass(frozen=True, slots=True)
class SheetInfo:
    name: str
    hidden: bool = False
    rows: int | None = None  # as the file says; None: it does not say


class FileReader(Protocol):
    """A kind of file. `header` names the columns where the file does, else the header is sought."""

    sheets: list[SheetInfo]
    notes: list[str]

    def header(self, sheet: str) -> list[str] | None: ...
    def lines(self, sheet: str) -> Iterator[tuple[int, Sequence[str]]]: ...


_ERRORS = {
    "#BLOCKED!", "#BUSY!", "#CALC!", "#CONNECT!", "#DIV/0!", "#FIELD!", "#GETTING_DATA", "#N/A",
    "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#UNKNOWN!", "#VALUE!",
}  # fmt: skip
# What people open in a spreadsheet program, or have saved there from a CSV file of ours.
_TABLES = ("csv", "xlsx", "xls", "xlsb", "ods")
_NO_DAY = re.compile(r"1900[-/.]0?1[-/.]00?")
_NOT_STORED = re.compile("[\x00\ud800-\udfff]")


def as_cell(text: str, *, is_table: bool = True) -> FileCell:
    """A text of a file as a cell: without the spaces around it, and in tables without the
    apostrophe that `cell_text.harmless()` puts before what looks like a formula."""
    if not text:
        return EMPTY
    text = (as_meant(text) if is_table and text[0] == "'" else text).strip()
    if text.startswith("#") and text in _ERRORS:
        return FileCell.faulty(_("The cell holds the error %(error)s.") % {"error": text})
    if "\ufffd" in text:
        return FileCell.faulty(_("A character of this text was lost: write it anew."))
    if _NOT_STORED.search(text):
        return FileCell.faulty(_("It holds a character that cannot be stored: write it anew."))
    if _NO_DAY.match(text):
        return FileCell.faulty(
            _("1900-01-00 is how spreadsheets show 0 as a date: empty the cell.")
        )
    return FileCell(text)


def quoted(name: str) -> str:
    return f"“{name}”"


@dataclass
class SourceFile:
    """An open file: its sheets, and the rows of one of them.

    Of several sheets one must be chosen, `sheet` says which it is; `needs_sheet` if none is yet.
    """

    path: Path
    name: str
    # "csv", "xlsx", "xls", "xlsb", "ods", "json", "jsonl", "geojson", "kml", "xml" or "records"
    kind: str
    reader: FileReader
    limits: Limits
    encoding: str = ""
    sheet: str | None = None
    _found: dict[str, header.Header] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.sheet is None:
            filled = [each for each in self.sheets if each.rows != 0] or self.sheets
            shown = [each for each in filled if not each.hidden] or filled
            self.sheet = shown[0].name if len(shown) == 1 else None
            if hidden := [each.name for each in filled if each.hidden and each not in shown]:
                self.notes.append(
                    _("Hidden sheets are not read unless they are chosen: %(sheets)s.")
                    % {"sheets": join_words(map(quoted, hidden))}
                )
        elif self.sheet not in {each.name for each in self.sheets}:
            raise UnreadableFile(
                _("The file has no sheet “%(name)s”. It has: %(sheets)s.")
                % {"name": self.sheet, "sheets": self._names()}
            )

    @property
    def sheets(self) -> list[SheetInfo]:
        return self.reader.sheets

    @property
    def notes(self) -> list[str]:
        """What was noticed while opening, in sentences."""
        return self.reader.notes

    @property
    def needs_sheet(self) -> bool:
        return self.sheet is None

    @property
    def columns(self) -> list[str]:
        """The names of the columns of the chosen sheet, each once."""
        return self._header(None).columns

    @property
    def header_line(self) -> int:
        """The line of the (last) row of column names; 0 where the file names them otherwise."""
        return self._header(None).line

    def rows(self, sheet: str | None = None) -> Iterator[Row]:
        """The rows of a sheet below its header that are not empty. Raises UnreadableFile."""
        found = self._header(sheet)
        width, is_table = len(found.columns), self.kind in _TABLES
        for line, texts in self._lines(sheet):
            if line <= found.line:
                continue
            cells = [
                text if isinstance(text, FileCell) else as_cell(text, is_table=is_table)
                for text in texts[:width]
            ]
            cells += [EMPTY] * (width - len(cells))
            if any(cell or cell.problem for cell in cells):
                yield Row(line, dict(zip(found.columns, cells, strict=True)))

    def _names(self) -> str:
        return join_words(quoted(each.name) for each in self.sheets)

    def _chosen(self, sheet: str | None) -> str:
        chosen = sheet or self.sheet
        if chosen is None:
            raise UnreadableFile(
                _("The file has several sheets: choose one of %(sheets)s.")
                % {"sheets": self._names()}
            )
        return chosen

    def _header(self, sheet: str | None) -> header.Header:
        chosen = self._chosen(sheet)
        if chosen not in self._found:
            names = self.reader.header(chosen)
            if names is None:
                self._found[chosen] = header.find(self._lines(sheet))
            else:
                self._found[chosen] = header.Header(0, header.each_once(names))
            if not self._found[chosen].columns:
                raise UnreadableFile(
                    _("There is no row with the names of columns in it: write one above the data.")
                )
        return self._found[chosen]

    def _lines(self, sheet: str | None) -> Iterator[tuple[int, Sequence[str]]]:
        """The lines of a sheet within the limits."""
        limits, cells = self.limits, 0
        for rows, (line, texts) in enumerate(self.reader.lines(self._chosen(sheet)), 1):
            cells += len(texts)
            if len(texts) > limits.columns:
                raise UnreadableFile(
                    _(
                        "There are %(count)s columns in line %(line)s; at most %(most)s are read. "
                        "Delete those that are not needed."
                    )
                    % {"count": len(texts), "line": line, "most": limits.columns},
                    line,
                )
            if rows > limits.rows or cells > limits.cells:
                raise UnreadableFile(
                    _(
                        "The file has more than %(rows)s rows or %(cells)s cells. Divide it into "
                        "several files."
                    )
                    % {"rows": limits.rows, "cells": limits.cells},
                    line,
                )
            yield line, texts
