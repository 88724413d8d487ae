"""The cells of an XLSX sheet: numbers, dates, texts and errors as one text each."""

import re
from array import array
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from heritage.exchange.reading.header import letters
from heritage.exchange.reading.source import EMPTY, FileCell, Limits, UnreadableFile

Handlers = tuple[
    Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]
]

_LAST_ROW = 1_048_576
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FIGURES = "0123456789"


# --- texts that cells share ------------------------------------------------------------------


class SharedTexts:
    """The texts of a workbook by number, in one piece of memory."""

    def __init__(self, limits: Limits):
        self._bytes, self._ends = bytearray(), array("I", [0])
        self._most = limits.shared_bytes

    def __getitem__(self, index: int) -> str:
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def handlers(self) -> Handlers:
        read = TextReader()

        def end(name: str) -> None:
            read.end(name)
            if name == "si":
                self._bytes += read.taken().encode("utf-8", "replace")
                self._ends.append(len(self._bytes))
                if len(self._bytes) > self._most:
                    raise UnreadableFile(
                        _(
                            "The sheets share more than %(most)s MB of text. Divide the file, or "
                            "save it as CSV."
                        )
                        % {"most": self._most // 1_000_000}
                    )

        return read.start, end, read.text


class TextReader:
    """Collects a text with its parts in different letters, without how they are pronounced."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._is_within = self._is_phonetic = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "t":
            self._is_within = not self._is_phonetic
        elif name == "rPh":
            self._is_phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._is_within = False
        elif name == "rPh":
            self._is_phonetic = False

    def text(self, data: str) -> None:
        if self._is_within:
            self._parts.append(data)

    def taken(self) -> str:
        found = "".join(self._parts)
        self._parts.clear()
        return unescaped(found)


def unescaped(text: str) -> str:
    """With the characters that XLSX writes as _x000A_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


# --- rows ------------------------------------------------------------------------------------


class RowReader:
    """Appends each row of a sheet that has a value to `rows`: number and texts of its cells."""

    def __init__(self, shared: SharedTexts, dates: "DateFormats", limits: Limits):
        self.rows: list[tuple[int, Sequence[str]]] = []
        self._shared, self._dates, self._limits = shared, dates, limits
        self._columns: dict[str, int] = {}  # by their letters
        self._cells: dict[int, str] = {}
        self._parts: list[str] = []
        self._row, self._at = 0, -1
        self._style = self._kind = ""
        self._is_value = self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._at = self._column(attributes.get("r"))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        elif name == "v" or (name == "t" and not self._is_phonetic):
            self._is_value = True
        elif name == "row":
            number = attributes.get("r", "")
            is_number = number.isdecimal() and len(number) < 8
            self._row, self._at = int(number) if is_number else self._row + 1, -1
            if self._row > _LAST_ROW:
                raise UnreadableFile(
                    _("Row %(row)s is beyond the last row of a sheet.") % {"row": self._row}
                )
        elif name == "rPh":
            self._is_phonetic = True

    def text(self, data: str) -> None:
        if self._is_value:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._is_value = False
        elif name == "c":
            if self._parts:
                self._end_cell()
        elif name == "row":
            if cells := self._cells:
                texts = [cells.get(index, EMPTY) for index in range(max(cells) + 1)]
                self.rows.append((self._row, texts))
                cells.clear()
        elif name == "rPh":
            self._is_phonetic = False

    def _column(self, reference: str | None) -> int:
        """Where a cell stands; without a reference it is the next one."""
        if not reference:
            return self._at + 1
        word = reference.rstrip(_FIGURES)
        if word not in self._columns:
            self._columns[word] = column(word)
        return self._columns[word]

    def _end_cell(self) -> None:
        cell = self._text_of("".join(self._parts))
        self._parts.clear()
        if cell or isinstance(cell, FileCell):
            if self._at >= self._limits.columns:
                raise self._beyond_the_columns()
            self._cells[self._at] = cell

    def _text_of(self, value: str) -> str:
        """What a cell shows, by the kind that its attributes say."""
        kind = self._kind
        if kind == "s":
            if value.isdecimal() and int(value) < len(self._shared):
                return self._shared[int(value)]
            return FileCell.faulty(
                _("The text of this cell is missing in the file: write it anew.")
            )
        if kind == "n":
            shown = self._dates.shown(self._style) if self._style else ""
            return self._dates.text(value, shown) if shown else plain_number(value)
        if kind == "b":
            return "true" if value == "1" else "false"
        if kind == "e":
            return FileCell.faulty(_("The cell holds the error %(error)s.") % {"error": value[:20]})
        if len(value) > self._limits.characters:
            raise UnreadableFile(
                _("A cell in row %(row)s has more than %(most)s characters.")
                % {"row": self._row, "most": self._limits.characters},
                self._row,
            )
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("Z")
        return unescaped(value)

    def _beyond_the_columns(self) -> UnreadableFile:
        return UnreadableFile(
            _(
                "There is something in column %(column)s of row %(row)s; at most %(most)s columns "
                "are read. Delete what is not needed."
            )
            % {"column": letters(self._at), "row": self._row, "most": self._limits.columns},
            self._row,
        )


def column(word: str) -> int:
    """AB → 27."""
    index = 0
    for letter in word[:8].upper():
        if not "A" <= letter <= "Z":
            raise UnreadableFile(
                _("The file is damaged: a cell is called “%(name)s”.") % {"name": word[:20]}
            )
        index = index * 26 + ord(letter) - 64
    return index - 1


def plain_number(text: str) -> str:
    """A number as people write it: 208.0 → 208, 67.825249999999997 → 67.82525."""
    if text.isdecimal():
        return text
    try:
        short = format(float(text), ".15g")  # what a spreadsheet keeps and shows
    except ValueError:
        return text
    if "e" in short:
        short = format(Decimal(short), "f")
    return "0" if short == "-0" else text if short[-1:].isalpha() else short  # nan, inf


# --- dates -----------------------------------------------------------------------------------

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
# The numbers that mean a format, in whatever language; those from 27 on are Chinese and Japanese.
_BUILT_IN = {
    **dict.fromkeys([14, 15, *range(27, 32), 36, *range(50, 55), 58], "ymd"),
    **dict.fromkeys([17, 55], "ym"),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 56, 57], "t"),
    16: "ymd",
    22: "ymdt",
}


def shown(number: int, code: str) -> str:
    """What a format shows of a date: letters among "ymdt", or nothing where it is none."""
    if not code:
        return _BUILT_IN.get(number, "")
    plain = _LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in plain:
        return ""
    has_time = "h" in plain or "s" in plain
    has_day = "d" in plain
    has_year = "y" in plain or "e" in re.sub(r"e[+-]", "", plain)
    if has_day or (has_year and "m" in plain):
        found = "ymd" if has_day else "ym"
        return found + ("t" if has_time else "")
    return "y" if has_year else "t" if has_time else ""


class DateFormats:
    """Numbers of days as dates, by the styles of a workbook."""

    def __init__(self, formats: list[str], is_1904: bool):
        self._formats = {str(at): shows for at, shows in enumerate(formats) if shows}
        self._first = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)
        self._is_1904 = is_1904

    def shown(self, style: str) -> str:
        return self._formats.get(style, "")

    def text(self, value: str, shows: str) -> str:
        """In ISO 8601, as closely as the format shows it: 1985-03-02, 1985-03, 1985 or 14:30."""
        try:
            days = float(value)
        except ValueError:
            return value
        if "y" not in shows:
            return _clock(days)
        if not self._is_1904 and 0 <= days < 1:
            return FileCell.faulty(
                _("1900-01-00 is how spreadsheets show 0 as a date: empty the cell.")
            )
        if not self._is_1904 and 60 <= days < 61:
            return FileCell.faulty(_("1900-02-29 is a day that never was: correct the date."))
        if not self._is_1904 and days < 60:
            days += 1  # spreadsheets count that day
        try:
            moment = self._first + timedelta(seconds=round(days * 86_400))
        except (OverflowError, ValueError):
            moment = None
        if moment is None or days < 0:
            return FileCell.faulty(
                _("The number %(number)s is shown as a date, but is none.") % {"number": value[:20]}
            )
        day = moment.date().isoformat()
        if shows == "y":
            return day[:4]
        if shows == "ym":
            return day[:7]
        return day if moment.time() == time() else f"{day}T{moment.time().isoformat()}"


def _clock(days: float) -> str:
    """The time of a day; a number where it is more than one."""
    if not 0 <= days < 1:
        return plain_number(str(days))
    moment = datetime.combine(date(2000, 1, 1), time()) + timedelta(seconds=round(days * 86_400))
    return moment.time().isoformat()
