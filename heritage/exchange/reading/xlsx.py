"""XLSX, read row by row from the members of its archive: what is not needed is never held.

Libraries keep the whole sheet, or crash on a file of 1.4 kB with two cells far apart. Here a sheet
takes the memory of its longest row and of the texts that its cells share.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from heritage.exchange.reading import archives, xlsx_cells, xml_stream
from heritage.exchange.reading.source import Limits, SheetInfo, UnreadableFile

_ROWS = re.compile(rb"<(?:\w+:)?dimension\b[^>]*\bref=\"[A-Z]+(\d+)(?::[A-Z]+(\d+))?\"")
_CELL = re.compile(rb"<(?:\w+:)?c[ >]")


class XlsxFile:
    """A workbook of Excel 2007 or later, or of whatever writes its format."""

    def __init__(self, path: Path, limits: Limits):
        self._path, self._limits = path, limits
        self._names = {name.lower(): name for name in archives.checked_names(path, limits)}
        self._is_1904 = False
        self._members: dict[str, str] = {}  # of the sheets
        self.sheets: list[SheetInfo] = []
        self.notes: list[str] = []
        self._read_workbook()
        self._formats = self._read_formats()
        self._shared: xlsx_cells.SharedTexts | None = None

    def header(self, sheet: str) -> list[str] | None:
        return None

    def lines(self, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
        if self._shared is None:
            self._shared = self._read_shared()
        dates = xlsx_cells.DateFormats(self._formats, self._is_1904)
        read = xlsx_cells.RowReader(self._shared, dates, self._limits)
        chunks = self._chunks(self._members[sheet])
        for _fed in xml_stream.feed(chunks, read.start, read.end, read.text):
            yield from read.rows
            read.rows.clear()

    # --- what a workbook says of itself

    def _read_workbook(self) -> None:
        root = self._target("_rels/.rels", "officeDocument") or "xl/workbook.xml"
        folder, name = posixpath.split(root)
        targets = self._targets(f"{folder}/_rels/{name}.rels")
        self._parts = dict(targets.values())
        found: list[tuple[str, str, str]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            plain = {xml_stream.local(key): value for key, value in attributes.items()}
            if name == "workbookPr":
                self._is_1904 = plain.get("date1904", "0") in ("1", "true", "on")
            elif name == "sheet":
                found.append((plain.get("name", ""), plain.get("state", ""), plain.get("id", "")))

        self._parse(root, start)
        if len(found) > self._limits.sheets:
            raise UnreadableFile(
                _("The file has more than %(most)s sheets. Copy what is needed into a new file.")
                % {"most": self._limits.sheets}
            )
        for title, state, key in found:
            kind, target = targets.get(key, ("", ""))
            if kind == "worksheet" and target.lower() in self._names:  # charts have sheets, too
                self._members[title] = target
                is_hidden = state in ("hidden", "veryHidden")
                self.sheets.append(SheetInfo(title, is_hidden, self._rows(target)))
        if not self.sheets:
            raise UnreadableFile(_("The file has no sheet with cells."))

    def _rows(self, member: str) -> int | None:
        """How many rows a sheet says that it has; 0 if it is short and has no cell."""
        start = b"".join(islice(self._chunks(member), 2))
        if found := _ROWS.search(start):
            return int(found[2] or found[1])
        is_complete = b"</sheetData>" in start or b"<sheetData/>" in start
        return 0 if is_complete and not _CELL.search(start) else None

    def _read_formats(self) -> list[str]:
        """By the number of a style, what its numbers show of a date, see `xlsx_cells.shown()`."""
        custom: dict[int, str] = {}
        styles: list[int] = []
        within = ""

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal within
            if name in ("cellXfs", "cellStyleXfs"):
                within = name
            elif name == "numFmt":
                custom[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
            elif name == "xf" and within == "cellXfs":
                styles.append(int(attributes.get("numFmtId", 0)))

        member = self._parts.get("styles", "")
        if member.lower() in self._names:
            self._parse(member, start)
        return [xlsx_cells.shown(number, custom.get(number, "")) for number in styles]

    def _read_shared(self) -> xlsx_cells.SharedTexts:
        shared = xlsx_cells.SharedTexts(self._limits)
        member = self._parts.get("sharedStrings", "")
        if member.lower() in self._names:
            for _fed in xml_stream.feed(self._chunks(member), *shared.handlers()):
                pass
        return shared

    # --- members

    def _target(self, member: str, kind: str) -> str:
        found = (target for each, target in self._targets(member).values() if each == kind)
        return next(found, "")

    def _targets(self, member: str) -> dict[str, tuple[str, str]]:
        """By id what a member refers to: the kind of each and its name in the archive."""
        found: dict[str, tuple[str, str]] = {}
        base = posixpath.dirname(posixpath.dirname(member))

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                target = attributes.get("Target", "")
                part = target[1:] if target.startswith("/") else posixpath.join(base, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, posixpath.normpath(part)

        if member.lower() in self._names:
            self._parse(member, start)
        return found

    def _parse(self, member: str, start: xml_stream.Start) -> None:
        for _fed in xml_stream.feed(self._chunks(member), start, _nothing):
            pass

    def _chunks(self, member: str) -> Iterator[bytes]:
        return archives.chunks(self._path, self._names.get(member.lower(), member))


def _nothing(_name: str) -> None:
    pass
