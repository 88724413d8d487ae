"""Text files: their encoding, and CSV with whatever delimiter."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from heritage.exchange.reading.source import Limits, SheetInfo, UnreadableFile

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"


def encoding_of(path: Path) -> str:
    """The encoding of a text file, by its bytes: all of them are looked at.

    UTF-8 or UTF-16 by mark or by their patterns; else GB18030 if the text is Chinese then, else
    Windows-1252. UTF-8 of which a few bytes are broken stays UTF-8.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if sample.count(0) > len(sample) // 4:  # Latin text in two bytes, without a mark
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    valid, broken = _counted(path)
    if not broken or valid > 10 * broken:
        return "utf-8"
    return "gb18030" if _is_chinese(path) else "cp1252"


def _counted(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII a file has as UTF-8, and how many places are none."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    valid = broken = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        if not text.isascii():
            lost = text.count("\ufffd")
            broken += lost
            valid += len(text) - len(text.encode("ascii", "ignore")) - lost
    broken += decoder.decode(b"", final=True).count("\ufffd")
    return valid, broken


def _is_chinese(path: Path) -> bool:
    """Whether a file is GB18030: what is not ASCII in it is nearly all of GB 2312."""
    decoder = codecs.getincrementaldecoder("gb18030")("strict")
    common = others = 0
    try:
        for chunk in _chunks(path):
            text = decoder.decode(chunk)
            if not text.isascii():
                beyond = "".join(character for character in text if character > "\x7f")
                known = beyond.encode("gb2312", "ignore").decode("gb2312")
                common += len(known)
                others += len(beyond) - len(known)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return common > 4 * others


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


class CsvFile:
    """A table as text, with one sheet."""

    def __init__(self, path: Path, limits: Limits, encoding: str):
        self._path, self._limits, self.encoding = path, limits, encoding
        self._delimiter, self._skipped = self._shape()
        self.sheets = [SheetInfo("")]
        self.notes: list[str] = []
        if self.encoding in ("cp1252", "gb18030"):
            name = {"cp1252": "Windows-1252", "gb18030": "GB18030"}[self.encoding]
            self.notes.append(
                _("The file is no UTF-8; it was read as %(encoding)s.") % {"encoding": name}
            )

    def header(self, sheet: str) -> list[str] | None:
        return None

    def lines(self, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
        with self._path.open(encoding=self.encoding, errors="replace", newline="") as file:
            if self._skipped:
                next(file)
            reader = csv.reader(file, delimiter=self._delimiter)
            csv.field_size_limit(self._limits.characters)
            start = self._skipped + 1  # a record may go over several lines
            try:
                for texts in reader:
                    yield start, texts
                    start = self._skipped + reader.line_num + 1
            except csv.Error as error:
                raise UnreadableFile(
                    _(
                        "The row that begins in line %(line)s is not read: a cell in it has more "
                        "than %(most)s characters, or a quotation mark is not closed."
                    )
                    % {"line": start, "most": self._limits.characters},
                    start,
                ) from error

    def _shape(self) -> tuple[str, int]:
        """The delimiter, and how many lines at the top say nothing but this."""
        with self._path.open(encoding=self.encoding, errors="replace", newline="") as file:
            sample = file.read(_SAMPLE)
        if found := re.match(r"sep=(.)\r?\n", sample):
            return found[1], 1
        return delimiter_of(sample), 0


def delimiter_of(sample: str) -> str:
    """The sign that parts most lines into equally many cells."""
    return max(_DELIMITERS, key=lambda each: _regularity(sample, each))


def _regularity(sample: str, delimiter: str) -> tuple[int, int]:
    lines = sample.splitlines(keepends=True)
    if len(sample) >= _SAMPLE:
        lines.pop()  # perhaps cut off
    try:
        widths = Counter(map(len, csv.reader(lines[:200], delimiter=delimiter)))
    except csv.Error:
        return 0, 0
    widths.pop(0, None)
    widths.pop(1, None)
    if not widths:
        return 0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count, width
