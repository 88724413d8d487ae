"""Opens a file by what is in it, whatever it is called."""

from pathlib import Path

from django.utils.translation import gettext as _

from heritage.exchange.reading import archives
from heritage.exchange.reading.json_file import JsonFile
from heritage.exchange.reading.other_spreadsheets import OtherSpreadsheet
from heritage.exchange.reading.source import FileReader, Limits, SourceFile, UnreadableFile
from heritage.exchange.reading.texts import CsvFile, encoding_of
from heritage.exchange.reading.xlsx import XlsxFile
from heritage.exchange.reading.xml_file import XmlFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # XLS and other files of old Office programs
OWN_SHEET = "sites"
_OTHERS = (  # of which the first bytes say that they are no tables
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
)
_ENDINGS = {
    "csv": (".csv", ".tsv", ".txt", ".tab"),
    "jsonl": (".jsonl", ".ndjson"),
    "geojson": (".geojson", ".json"),
    "kml": (".kml", ".kmz"),
    "records": (".json",),
    "xlsx": (".xlsx", ".xlsm"),
}


def open_file(
    path: Path, name: str = "", *, sheet: str | None = None, limits: Limits | None = None
) -> SourceFile:
    """Open the file at `path`, which its user calls `name`. Raises UnreadableFile."""
    limits = limits or Limits()
    name = name or path.name
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise UnreadableFile(
            _("The file has more than %(most)s MB. Divide it into several files.")
            % {"most": limits.file_bytes // 1_000_000}
        )
    if not size:
        raise UnreadableFile(_("The file is empty."))
    kind, reader = _reader(path, limits)
    encoding = getattr(reader, "encoding", "")
    ending = Path(name).suffix.lower()
    if ending and ending not in _ENDINGS.get(kind, (f".{kind}",)):
        reader.notes.append(
            _("The file is called “%(name)s”; by its content it is %(kind)s, and read as that.")
            % {"name": name, "kind": kind.upper()}
        )
    return SourceFile(path, name, kind, reader, limits, encoding, sheet or _own_sheet(reader))


def _own_sheet(reader: FileReader) -> str | None:
    """Of a download of this catalogue the sheet with the sites: the other says what it is."""
    names = [sheet.name for sheet in reader.sheets]
    if len(names) != 2 or names[0] != OWN_SHEET:
        return None
    first = next(iter(reader.lines(OWN_SHEET)), None)
    return OWN_SHEET if first and "uid" in first[1] else None


def _reader(path: Path, limits: Limits) -> tuple[str, FileReader]:
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK"):
        return _of_archive(path, limits)
    if start.startswith(_OLE):
        return "xls", OtherSpreadsheet(path, limits)
    if other := next((kind for sign, kind in _OTHERS if start.startswith(sign)), ""):
        raise _no_table(other)
    encoding = encoding_of(path)
    text = start.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _of_markup(text.lower(), path, limits)
    if text.startswith(("{", "[")):
        of_json = JsonFile(path, limits)
        return of_json.kind, of_json
    if "\0" in text:
        raise _no_table(_("a program’s own format"))
    return "csv", CsvFile(path, limits, encoding)


def _of_archive(path: Path, limits: Limits) -> tuple[str, FileReader]:
    names = set(archives.checked_names(path, limits))
    lower = {name.lower() for name in names}
    if "catalogue.json" in names:
        raise UnreadableFile(
            _("This is a whole catalogue: load it by “manage.py import_catalogue”.")
        )
    if "xl/workbook.bin" in lower:
        return "xlsb", OtherSpreadsheet(path, limits)
    if "mimetype" in names and "content.xml" in names:
        kind = b"".join(archives.chunks(path, "mimetype"))[:200]
        if b"opendocument.spreadsheet" in kind:
            return "ods", OtherSpreadsheet(path, limits)
        raise _no_table("OpenDocument")
    if "[content_types].xml" in lower and any(name.startswith("word/") for name in lower):
        raise _no_table("Word")
    if any(name.endswith(".kml") for name in names):
        return "kml", XmlFile(path, limits, is_archive=True)
    if "_rels/.rels" in lower or "xl/workbook.xml" in lower:
        return "xlsx", XlsxFile(path, limits)
    raise UnreadableFile(
        _("This is an archive with other files in it. Unpack it, and send the one with the table.")
    )


def _of_markup(text: str, path: Path, limits: Limits) -> tuple[str, FileReader]:
    if text.startswith(("<!doctype html", "<html", "<table", "<meta", "<head")):
        raise _no_table("HTML")
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise _no_table("XML Spreadsheet 2003")
    of_xml = XmlFile(path, limits)
    return of_xml.kind, of_xml


def _no_table(kind: str) -> UnreadableFile:
    return UnreadableFile(
        _(
            "This file is %(kind)s, which is not read. Open it in its program and save or export "
            "the table as XLSX or CSV."
        )
        % {"kind": kind}
    )
