"""Spreadsheets for tests, written by hand: with faults that no library would write."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from heritage.exchange.reading.header import letters

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def xlsx(
    path: Path,
    sheets: Mapping[str, Iterable | str],
    *,
    shared: Iterable[str] = (),
    formats: Iterable[str] = (),
    is_1904: bool = False,
    members: Mapping[str, str] = {},
) -> Path:
    """Write a workbook. `sheets` has rows by the name of the sheet (", hidden" behind it hides it):
    lists of texts, numbers, None and the XML of cells; or the XML of all its rows.

    `shared` are the texts that cells share, or their XML; `formats` are those of the styles from 1
    on; `members` are further files of the archive, and replace others.
    """
    names, links, files = "", "", {}
    for number, (title, rows) in enumerate(sheets.items(), 1):
        name, _comma, state = title.partition(", ")
        kept = f' state="{state}"' if state else ""
        names += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"{kept}/>'
        links += _link(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml")
        files[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows)
    codes = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode={quoteattr(code)}/>'
        for at, code in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{200 + at}"/>' for at, _code in enumerate(formats))
    items = "".join(f"<si>{each if '<' in each else f'<t>{each}</t>'}</si>" for each in shared)
    links += _link("styles", "styles", "styles.xml")
    links += _link("texts", "sharedStrings", "/xl/sharedStrings.xml")
    start = _link("book", "officeDocument", "xl/workbook.xml")
    files |= {
        "_rels/.rels": f"<Relationships {_PACKAGE}>{start}</Relationships>",
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(is_1904)}"/><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {_PACKAGE}>{links}</Relationships>",
        "xl/styles.xml": f"<styleSheet {_MAIN}><numFmts>{codes}</numFmts>"
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{items}</sst>",
        **members,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def sheet_xml(rows: Iterable | str) -> str:
    """A sheet with its rows; cells without a value are left out."""
    if not isinstance(rows, str):
        rows = "".join(
            f'<row r="{number}">{"".join(map(_cell, row, range(len(row))))}</row>'
            for number, row in enumerate(rows, 1)
        )
    return f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"


def _cell(value: object, at: int) -> str:
    place = f'r="{letters(at)}1"'  # the row is that of the element around it
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith("<c "):
            return value.replace("<c ", f"<c {place} ", 1)
        return f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c {place}><v>{value!r}</v></c>"


def _link(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
