"""Tables as spreadsheets: XLSX and ODS, with a second sheet that says what the table is."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from heritage.formats.downloads.columns import FileColumn, Value
from heritage.formats.downloads.table import FileTable, rows_of
from heritage.values.cell_text import for_xml

MOST = 100_000  # rows that one can work with; the programs open a million
_LONGEST = 32_767  # characters of a cell of XLSX
_WIDTHS = {"number": 12, "integer": 10, "year": 10, "datetime": 22}


def _about_rows(table: FileTable, cut: int = 0) -> Iterator[list[str]]:
    """The second sheet: the file, then its sources."""
    for line in table.about.lines:
        yield [line]
    if cut:
        text = ngettext(
            "%(count)s text was cut, as a cell holds %(most)s characters at most.",
            "%(count)s texts were cut, as a cell holds %(most)s characters at most.",
            cut,
        )
        yield [text % {"count": cut, "most": f"{_LONGEST:,}"}]
    if not table.about.sources:
        return
    yield []
    yield [_("Source"), _("Address"), _("Licence"), _("Address of the licence"), "uid"]
    for each in table.about.sources:
        yield [each.citation, each.url, each.licence, each.licence_url, each.uid]


def write_xlsx(path: Path, table: FileTable) -> Iterator[int]:
    """Texts stay texts, whatever they begin with; rows are not kept in memory."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("sites")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 2)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, _width(column))
            sheet.write_string(0, place, column.key, bold)
        done = cut = 0
        for portion in table.portions:
            for row in rows_of(portion):
                done += 1
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        if value:
                            cut += len(value) > _LONGEST
                            sheet.write_string(done, place, value[:_LONGEST])
                    elif value is not None:
                        sheet.write_number(done, place, value)
            yield done
        sheet.autofilter(0, 0, max(done, 1), len(table.columns) - 1)
        with override(table.about.language):
            about = book.add_worksheet(_("About"))
            about.set_column(0, 1, 60)
            for number, cells in enumerate(_about_rows(table, cut)):
                for place, text in enumerate(cells):
                    about.write_string(number, place, text)


def _width(column: FileColumn) -> int:
    if column.key.partition(":")[0] in ("summary", "description", "hook", "note"):
        return 40
    return _WIDTHS.get(column.datatype, 24)


# --- ODS -------------------------------------------------------------------------------------

_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<office:document-content xmlns:office="{_OFFICE}:office:1.0"'
    f' xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0"'
    ' office:version="1.3"><office:body><office:spreadsheet>'
)


def write_ods(path: Path, table: FileTable) -> Iterator[int]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and not compressed, so that programs know the file by its first bytes.
        archive.writestr("mimetype", _MEDIA_TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as out:
            out.write(_HEAD.encode())
            out.write(b'<table:table table:name="sites">')
            _write_ods_rows(out, [table.keys])
            done = 0
            for portion in table.portions:
                _write_ods_rows(out, rows_of(portion))
                done += len(portion[0])
                yield done
            out.write(b"</table:table>")
            with override(table.about.language):
                out.write(f'<table:table table:name="{escape(_("About"))}">'.encode())
                _write_ods_rows(out, _about_rows(table))
            out.write(b"</table:table></office:spreadsheet></office:body>")
            out.write(b"</office:document-content>")


def _write_ods_rows(out: IO[bytes], rows: Iterable[Iterable[Value]]) -> None:
    for row in rows:
        cells = "".join(map(_ods_cell, row)) or "<table:table-cell/>"
        out.write(f"<table:table-row>{cells}</table:table-row>".encode())


def _ods_cell(value: Value) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if not isinstance(value, str):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    lines = "".join(f"<text:p>{_ods_line(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _ods_line(line: str) -> str:
    """A run of spaces would count as one."""
    text = escape(for_xml(line)).replace("\t", "<text:tab/>").replace("\r", "")
    return text.replace("  ", ' <text:s text:c="1"/>') if "  " in text else text
