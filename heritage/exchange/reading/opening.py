"""Opens a file by what is in it, whatever it is called."""

from pathlib import Path

from django.utils.translation import gettext as _

from heritage.exchange.reading.source import Limits, SourceFile, UnreadableFile
from heritage.exchange.reading.texts import CsvFile
from heritage.exchange.reading.xlsx import XlsxFile


def open_file(
    path: Path, name: str = "", *, sheet: str | None = None, limits: Limits | None = None
) -> SourceFile:
    """Open the file at `path`, which its user calls `name`. Raises UnreadableFile."""
    limits = limits or Limits()
    name = name or path.name
    if path.stat().st_size > limits.file_bytes:
        raise UnreadableFile(
            _("The file has more than %(most)s MB. Divide it into several files.")
            % {"most": limits.file_bytes // 1_000_000}
        )
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        return SourceFile(path, name, "xlsx", XlsxFile(path, limits), limits, "", sheet)
    reader = CsvFile(path, limits)
    return SourceFile(path, name, "csv", reader, limits, reader.encoding, sheet)
