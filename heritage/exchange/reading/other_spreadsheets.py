"""XLS, XLSB and ODS, read by calamine in a process with limits of memory and time."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from heritage.exchange.reading.source import FileCell, Limits, SheetInfo, UnreadableFile
from heritage.exchange.reading.xlsx_cells import plain_number

_PROGRAM = Path(__file__).with_name("calamine_child.py")


class OtherSpreadsheet:
    """A workbook in one of these formats; the process is started for each reading of it."""

    def __init__(self, path: Path, limits: Limits):
        self._path, self._limits = path, limits
        self.notes = [_("Cells with an error, such as #REF!, are read as empty in this format.")]
        first: dict[str, Any] = next(self._output(""), {})
        self.sheets = [SheetInfo(name, hidden) for name, hidden in first.get("sheets", [])]
        if len(self.sheets) > limits.sheets:
            raise UnreadableFile(
                _("The file has more than %(most)s sheets. Copy what is needed into a new file.")
                % {"most": limits.sheets}
            )
        if not self.sheets:
            raise UnreadableFile(_("The file has no sheet with cells."))

    def header(self, sheet: str) -> list[str] | None:
        return None

    def lines(self, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
        for line in self._output(sheet):
            if isinstance(line, list):
                number, cells = line
                yield number, [self._text(cell, number) for cell in cells]

    def _text(self, cell: object, row: int) -> str:
        if isinstance(cell, str):
            if len(cell) > self._limits.characters:
                raise UnreadableFile(
                    _("A cell in row %(row)s has more than %(most)s characters.")
                    % {"row": row, "most": self._limits.characters},
                    row,
                )
            return cell
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, list):
            moment = str(cell[0]).removesuffix("T00:00:00")
            if moment == "00:00:00" or moment.startswith(("1899-12-30", "1899-12-31")):
                return FileCell.faulty(
                    _("1900-01-00 is how spreadsheets show 0 as a date: empty the cell.")
                )
            return moment
        return "" if cell is None else plain_number(str(cell))

    def _output(self, sheet: str) -> Iterator[Any]:
        """The output of the process: a JSON value for each line."""
        limits = self._limits
        program = [sys.executable, "-I", str(_PROGRAM), str(self._path), sheet]
        program += [str(limits.child_bytes), str(limits.child_seconds)]
        with subprocess.Popen(  # noqa: S603 - a program of ours
            program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        ) as process:
            # Its processor time is limited. By the clock it may wait for its reader, but not
            # before it has said anything.
            timer = threading.Timer(2 * limits.child_seconds, process.kill)
            timer.start()
            try:
                for line in process.stdout or ():
                    timer.cancel()
                    value = json.loads(line)
                    if isinstance(value, dict) and "refused" in value:
                        raise self._refusal(value["refused"])
                    yield value
                if process.wait() != 0:
                    raise self._refusal("limit exceeded")
            finally:
                timer.cancel()
                process.kill()

    def _refusal(self, reason: str) -> UnreadableFile:
        if reason == "password":
            return UnreadableFile(
                _("The file is protected by a password. Save it without one, then send it again.")
            )
        if "limit exceeded" in reason:
            return UnreadableFile(
                _(
                    "The file takes more than %(memory)s MB of memory or %(seconds)s seconds to "
                    "read, or it is damaged. Save it as XLSX."
                )
                % {
                    "memory": self._limits.child_bytes // 1_000_000,
                    "seconds": self._limits.child_seconds,
                }
            )
        return UnreadableFile(
            _(
                "The file is damaged or breaks off. Save or download it once more, then send it "
                "again."
            )
        )
