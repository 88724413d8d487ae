"""Files as people have them: what is read, and what is refused with which sentence."""

import json
import random
import tracemalloc
import zipfile

import pytest

from heritage.exchange.reading import Limits, UnreadableFile, open_file, recognise
from heritage.values.cell_text import harmless
from tests import builders as build
from tests.spreadsheets import xlsx


def read(folder, content, name="sites.csv", **options):
    """The file's columns and the cells of its rows."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = open_file(path, name, **options)
    return source, [list(row.cells.values()) for row in source.rows()]


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,kind\nChâteau,castle\n".encode(), "utf-8"),
        ("name,kind\nChâteau,castle\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name,kind\nChâteau,castle\n".encode("utf-16"), "utf-16"),
        ("name,kind\nChâteau,castle\n".encode("utf-16-le"), "utf-16-le"),
        ("name,kind\nChâteau,castle\n".encode("cp1252"), "cp1252"),
        ("name;kind\r\nChâteau;castle\r\n".encode("cp1252"), "cp1252"),
        ("sep=;\nname;kind\nChâteau;castle\n".encode(), "utf-8"),
        ("name\tkind\nChâteau\tcastle\n".encode(), "utf-8"),
        ('name|kind\n"Château"|castle'.encode(), "utf-8"),
    ],
)
def test_encodings_and_delimiters(tmp_path, content, encoding):
    source, rows = read(tmp_path, content)
    assert (source.encoding, source.columns, rows) == (
        encoding, ["name", "kind"], [["Château", "castle"]],
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@home", "'=1", "''=1", "＝1", "plain", "'ok"]
)
def test_what_was_made_harmless_is_read_as_it_was(tmp_path, text):
    written = harmless(text)
    assert written[0] not in "=+-@＝"
    assert read(tmp_path, f"name\n{written}\n")[1] == [[text]]


def test_a_cell_that_does_not_end_is_refused_by_its_line(tmp_path):
    with pytest.raises(UnreadableFile, match="line 3") as refused:
        read(tmp_path, 'name,kind\na,b\n"c,d\n' + "e,f\n" * 50_000)
    assert refused.value.line == 3


# --- XLSX -------------------------------------------------------------------------------------


def cells(path, **options):
    """The cells of each row of a file."""
    return [list(row.cells.values()) for row in open_file(path, **options).rows()]


def test_a_workbook_with_all_kinds_of_cells(tmp_path):
    rows = [
        ["name", "id", "longitude", "open", "formula", "note"],
        ['<c t="s"><v>0</v></c>', 208.0, "<c ><v>67.825249999999997</v></c>",
         '<c t="b"><v>1</v></c>', '<c t="str"><f>A1</f><v>Kiln</v></c>', '<c t="s"><v>1</v></c>'],
        ["1003", None, "<c ><v>1E-3</v></c>", '<c t="b"><v>0</v></c>', None, "a_x000A_b "],
    ]  # fmt: skip
    shared = ["<r><t>Bai</t></r><r><t>masi</t></r><rPh><t>XX</t></rPh>", "白马寺 &amp; 塔"]
    path = xlsx(tmp_path / "a.xlsx", {"Sites": rows}, shared=shared)
    assert cells(path) == [
        ["Baimasi", "208", "67.82525", "true", "Kiln", "白马寺 & 塔"],
        ["1003", "", "0.001", "false", "", "a\nb"],
    ]


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("yyyy-mm-dd", 31108, "1985-03-02"),
        ("d.m.yy", 59, "1900-02-28"),
        ("d.m.yy", 61, "1900-03-01"),
        ('yyyy"年"m"月"d"日"', 31108, "1985-03-02"),
        ("[$-409]mmm yyyy", 31108, "1985-03"),
        ("yyyy", 31108, "1985"),
        ("d/m/yy h:mm", 31108.5, "1985-03-02T12:00:00"),
        ("h:mm", 0.5, "12:00:00"),
        ("0.00", 31108, "31108"),
        ('0 "days"', 3, "3"),
        ("0.0E+00", 31108, "31108"),
        ("yyyy-mm-dd", 0, "problem"),
        ("yyyy-mm-dd", 60, "problem"),
        ("yyyy-mm-dd", -3, "problem"),
        ("yyyy-mm-dd", 10**9, "problem"),
    ],
)
def test_numbers_that_are_dates(tmp_path, code, value, expected):
    rows = [["date"], [f'<c s="1"><v>{value}</v></c>']]
    [[cell]] = cells(xlsx(tmp_path / "a.xlsx", {"Sites": rows}, formats=[code]))
    assert (cell or (cell.problem and "problem")) == expected


def test_days_that_are_counted_from_1904(tmp_path):
    rows = [["date"], ['<c s="1"><v>29646</v></c>'], ['<c s="1"><v>0</v></c>']]
    path = xlsx(tmp_path / "a.xlsx", {"Sites": rows}, formats=["yyyy-mm-dd"], is_1904=True)
    assert cells(path) == [["1985-03-02"], ["1904-01-01"]]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("#REF!", "#REF!"),
        ("1900-01-00", "1900-01-00"),
        ("Ch\ufffdteau", "lost"),
    ],
)
def test_a_cell_without_a_value_says_why(tmp_path, cell, said):
    [[found]] = cells(xlsx(tmp_path / "a.xlsx", {"Sites": [["name"], [cell]]}))
    assert (found, said in found.problem) == ("", True)


@pytest.mark.parametrize(
    ("rows", "line", "columns"),
    [
        ([["name", "kind"], ["a", "b"]], 1, ["name", "kind"]),
        ([["Sites of 2025"], [], ["name", "kind", "area"], ["a", "b", 3]], 3,
         ["name", "kind", "area"]),
        ([["Name", None, "Where", None], ["English", "Chinese", "Latitude", "Longitude"],
          ["a", "b", 1, 2]], 2,
         ["Name: English", "Name: Chinese", "Where: Latitude", "Where: Longitude"]),
        ([["List"], ["Name", "Kind", "Where", None], [None, None, "Latitude", "Longitude"],
          ["a", "b", 1, 2]], 3, ["Name", "Kind", "Where: Latitude", "Where: Longitude"]),
        ([["name", None, "name", "note"], ["a", "b", "c", "d"]], 1,
         ["name", "Column B", "name (2)", "note"]),
        ([["name", "name (2)", "name"], ["a", "b", "c"]], 1, ["name", "name (2)", "name (3)"]),
    ],
)  # fmt: skip
def test_the_row_of_column_names(tmp_path, rows, line, columns):
    source = open_file(xlsx(tmp_path / "a.xlsx", {"Sites": rows}))
    assert (source.header_line, source.columns) == (line, columns)
    assert [row.line for row in source.rows()] == [len(rows)]


def test_of_several_sheets_one_is_chosen(tmp_path):
    sheets = {"One": [["name"], ["a"]], "Old, hidden": [["name"], ["b"]], "Two": [["name"], ["c"]]}
    path = xlsx(tmp_path / "a.xlsx", sheets)
    source = open_file(path)
    assert [(sheet.name, sheet.hidden) for sheet in source.sheets] == [
        ("One", False), ("Old", True), ("Two", False),
    ]  # fmt: skip
    assert source.needs_sheet
    with pytest.raises(UnreadableFile, match=r"“One”.*“Two”"):
        list(source.rows())
    assert [list(row.cells.values()) for row in source.rows("Two")] == [["c"]]
    assert cells(path, sheet="Old") == [["b"]]
    with pytest.raises(UnreadableFile, match="no sheet “Three”"):
        open_file(path, sheet="Three")


def test_an_empty_or_a_hidden_sheet_beside_the_only_one_is_not_asked_about(tmp_path):
    sheets = {"Sheet1": [["name"], ["a"]], "Old, hidden": [["name"], ["b"]], "Sheet3": []}
    source = open_file(xlsx(tmp_path / "a.xlsx", sheets))
    assert (source.sheet, source.needs_sheet) == ("Sheet1", False)
    assert "“Old”" in " ".join(source.notes)


# --- files that do harm, or are no tables -------------------------------------------------------

BILLION = '<!DOCTYPE a [<!ENTITY b "ha">' + "".join(
    f'<!ENTITY b{at} "&b{at - 1 or ""};&b{at - 1 or ""};">' for at in range(1, 30)
)


def far_apart(folder):
    cells = ('<row r="1"><c r="A1"><v>1</v></c></row>',
             '<row r="30000"><c r="XFD30000"><v>1</v></c></row>')  # fmt: skip
    return xlsx(folder / "a.xlsx", {"S": "".join(cells)})


def with_member(name, content):
    return lambda folder: xlsx(folder / "a.xlsx", {"S": [["name"], ["a"]]}, members={name: content})


def cut_off(folder):
    path = xlsx(folder / "a.xlsx", {"S": [["name"], ["a"]]})
    path.write_bytes(path.read_bytes()[:-300])
    return path


def broken(folder):
    """The members are all there, and one has wrong bytes."""
    path = xlsx(folder / "a.xlsx", {"S": [[f"name {at}"] for at in range(3000)]})
    content = bytearray(path.read_bytes())
    content[200:900] = bytes(700)
    path.write_bytes(content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (far_apart, "column XFD of row 30000"),
        (with_member(SHEET, BILLION + "]><a>&b29;</a>"), "DOCTYPE"),
        (with_member("xl/sharedStrings.xml", BILLION + "]><a>&b29;</a>"), "DOCTYPE"),
        (with_member("xl/workbook.xml", "<!DOCTYPE a><a/>"), "DOCTYPE"),
        (with_member(SHEET, "<a>" * 50_000), "nested"),
        (with_member(SHEET, "<a>" + " " * 20_000_000 + "</a>"), "unpacks to more than 200 times"),
        (with_member("xl/media/zeros.bin", "0" * 20_000_000), "unpacks to more than 200 times"),
        (with_member(SHEET, "<worksheet><row>"), "breaks off or is damaged"),
        (with_member(SHEET, "nothing"), "breaks off or is damaged"),
        (with_member("xl/workbook.xml", "<workbook/>"), "no sheet"),
        (lambda f: xlsx(f / "a.xlsx", {"S": [["n"], ['<c t="inlineStr"><is><t>' + "ab" * 60_000
                                                    + "</t></is></c>"]]}), "100000 characters"),
        (lambda f: xlsx(f / "a.xlsx", {"S": [[1, 2], [3, 4]]}), "names of columns"),
        (lambda f: xlsx(f / "a.xlsx", {"S": []}), "names of columns"),
        (lambda f: xlsx(f / "a.xlsx", {f"S{at}": [] for at in range(101)}), "100 sheets"),
        (cut_off, "damaged or breaks off"),
        (broken, "damaged or breaks off"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path, make, said):
    with pytest.raises(UnreadableFile) as refused:
        cells(make(tmp_path))
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_comment_without_end_is_not_collected(tmp_path):
    """30 MB that do not pack well, in one comment."""
    noise = "".join(random.Random(1).choices("abcdefghij", k=6_000_000))
    path = xlsx(tmp_path / "a.xlsx", {"S": []}, members={SHEET: f"<a><!--{noise}--></a>"})
    with pytest.raises(UnreadableFile, match="a tag or a comment of more than 4 MB"):
        cells(path)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"file_bytes": 900}, "more than 0 MB"),
        ({"unpacked_bytes": 1000}, "Unpacked"),
        ({"columns": 2}, "column C of row 1; at most 2 columns"),
        ({"rows": 2}, "more than 2 rows"),
        ({"cells": 8}, "8 cells"),
        ({"shared_bytes": 2}, "share more than"),
    ],
)
def test_limits(tmp_path, limits, said):
    rows = [["a", "b", "c"], [1, 2, 3], ['<c t="s"><v>0</v></c>', 5, 6]]
    path = xlsx(tmp_path / "a.xlsx", {"S": rows}, shared=["text"])
    assert len(cells(path)) == 2
    with pytest.raises(UnreadableFile, match=said):
        cells(path, limits=Limits(**limits))


def test_501_columns_are_refused_in_a_text_file_too(tmp_path):
    assert len(read(tmp_path, ",".join(f"c{at}" for at in range(500)))[0].columns) == 500
    with pytest.raises(UnreadableFile, match="501 columns in line 1"):
        read(tmp_path, ",".join(f"c{at}" for at in range(501)))


# --- XLS, XLSB, ODS -----------------------------------------------------------------------------


def ods(path, content, kind="spreadsheet"):
    """A workbook in OpenDocument with the XML of its sheets."""
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>{content}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def ods_cell(value, kind="string"):
    if kind == "string":
        return (
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    attribute = {"float": "value", "date": "date-value", "boolean": "boolean-value"}[kind]
    return f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}"/>'


def ods_sheet(name, *rows):
    lines = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}">{lines}</table:table>'


HEADS = [ods_cell("name"), ods_cell("id"), ods_cell("date"), ods_cell("open")]


def test_an_ods_file(tmp_path):
    row = [ods_cell("白马寺"), ods_cell(1442, "float"), ods_cell("1985-03-02", "date"),
           ods_cell("true", "boolean")]  # fmt: skip
    path = ods(tmp_path / "a.ods", ods_sheet("Sites", HEADS, row) + ods_sheet("Notes", HEADS))
    source = open_file(path)
    assert (source.kind, source.needs_sheet) == ("ods", True)
    assert cells(path, sheet="Sites") == [["白马寺", "1442", "1985-03-02", "true"]]
    assert cells(path, sheet="Notes") == []


@pytest.mark.parametrize(("width", "height"), [(1000, 60_000), (16_000, 1_000_000)])
def test_a_spreadsheet_that_takes_too_much_ends_its_own_process_only(tmp_path, width, height):
    """Millions of cells by two attributes: a file of some hundred bytes."""
    cell = (
        '<table:table-cell office:value-type="float" office:value="1"'
        f' table:number-columns-repeated="{width}"/>'
    )
    rows = f'<table:table-row table:number-rows-repeated="{height}">{cell}</table:table-row>'
    path = ods(tmp_path / "a.ods", f'<table:table table:name="S">{rows}</table:table>')
    assert path.stat().st_size < 1500
    with pytest.raises(UnreadableFile) as refused:
        cells(path, limits=Limits(child_bytes=400_000_000, child_seconds=5))
    assert "more than 400 MB of memory or 5 seconds" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "damaged"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\n\n\n", "names of columns"),
        ("a.csv", b"%PDF-1.7\n", "PDF"),
        ("a.xlsx", b"<html><table><tr><td>a</td></tr></table></html>", "HTML"),
        ("a.xls", b"<!DOCTYPE html><p>Please log in", "HTML"),
        ("a.csv", b"name\0\1\2,\0" * 9, "own format"),
        ("a.csv.gz", b"\x1f\x8b\x08", "GZIP"),
        ("a.xml", b"<catalogue><site/></catalogue>", "“catalogue”"),
        ("a.xml", BILLION.encode() + b"]><query><row/></query>", "DOCTYPE"),
        ("a.kml", b"<kml><Document><Placemark>", "breaks off"),
        ("a.json", b'[{"name": "a"}, {"name": ', "line 1"),
        ("a.json", b'[\n{"name": NaN}]', "line 2"),
        ("a.json", b'[{"name": "a"} {"name": "b"}]', "breaks off"),
        ("a.json", b"[" * 100_000, "no JSON"),
        ("a.json", b'[{"a": ' + b"[" * 100_000, "no JSON"),
        ("a.json", b"[1, 2]", "Number 1 of the list is no object"),
        ("a.json", b'[{"model": "heritage.site", "fields": {}}]', "manage.py loaddata"),
        ("a.json", b'{"type": "FeatureCollection", "crs": {"name": "EPSG:4490"}, "features": '
                   b'[{"type": "Feature"}]}', "EPSG:4490"),
        ("a.json", json.dumps([dict.fromkeys(map(str, range(501)))]).encode(), "500 different"),
        ("a.zip", "zip", "archive with other files"),
        ("a.zip", "own", "manage.py import_catalogue"),
        ("a.docx", "docx", "Word"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_remedy(tmp_path, name, content, said):
    path = tmp_path / name
    if isinstance(content, str):
        members = {
            "zip": ["a.csv"],
            "own": ["catalogue.json"],
            "docx": ["[Content_Types].xml", "word/document.xml"],
        }[content]
        with zipfile.ZipFile(path, "w") as archive:
            for member in members:
                archive.writestr(member, "name\na\n")
    else:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        cells(path)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "is_noted"), [("a.csv", True), ("a.xlsx", False), ("A.XLSX", False), ("a", False)]
)
def test_a_wrong_ending_is_noted_and_the_content_read(tmp_path, name, is_noted):
    source = open_file(xlsx(tmp_path / name, {"S": [["name"], ["a"]]}), name)
    assert source.kind == "xlsx"
    assert ("XLSX" in " ".join(source.notes)) == is_noted


# --- JSON, GeoJSON, KML ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('[{"name": {"en": "Kiln", "zh-hans": "窑"}, "n": 7.0, "tags": ["a", "b"], "x": null}]',
         "json"),
        ('{"total_count": 1, "results": [{"name": {"en": "Kiln", "zh-hans": "窑"}, "n": 7,'
         ' "tags": "a; b", "x": ""}]}', "json"),
        ('{"name": {"en": "Kiln", "zh-hans": "窑"}, "n": 7, "tags": "a; b", "x": ""}\n{"n": 8}\n',
         "jsonl"),
    ],
)  # fmt: skip
def test_objects_are_rows(tmp_path, content, kind):
    source, rows = read(tmp_path, content, f"a.{kind}")
    assert source.kind == kind
    assert source.columns == ["name:en", "name:zh-hans", "n", "tags", "x"]
    assert rows[0] == ["Kiln", "窑", "7", "a; b", ""]
    assert rows[1:] == ([["", "", "8", "", ""]] if kind == "jsonl" else [])


def test_a_large_file_of_objects_is_read_piece_by_piece(tmp_path):
    """Objects that lie across the borders of what is read at once, also within a letter."""
    objects = [{"id": at, "note": "窑" * (at % 500)} for at in range(3000)]
    _source, rows = read(tmp_path, json.dumps(objects, ensure_ascii=False), "a.json")
    assert rows == [[str(each["id"]), each["note"]] for each in objects]


RING = [[112.1, 34.1], [112.2, 34.1], [112.2, 34.2], [112.1, 34.1]]
AREA = {"type": "Polygon", "coordinates": [RING]}


def test_geojson(tmp_path):
    point = {"type": "Point", "coordinates": [112.47, 34.55, 150]}
    features = [
        {"type": "Feature", "id": 5, "properties": {"name": "Kiln"}, "geometry": point},
        {"type": "Feature", "properties": {"name": "Wall"}, "geometry": AREA},
        {"type": "Feature", "properties": {"name": "Both"},
         "geometry": {"type": "GeometryCollection", "geometries": [point, AREA]}},
        {"type": "Feature", "properties": None, "geometry": None},
        {"type": {"a": 1}, "properties": {"name": "Odd"}, "geometry": {"type": ["Point"]}},
        {"type": "Feature", "properties": {"name": "Road"},
         "geometry": {"type": "LineString", "coordinates": RING}},
        {"type": "Feature", "geometry": point,
         "properties": {"name": "Moved", "latitude": 34.0, "longitude": 112.47}},
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features})
    source, rows = read(tmp_path, text, "a.geojson")
    area = json.dumps(AREA, separators=(",", ":"))
    assert source.columns == ["name", "id", "latitude", "longitude", "boundary"]
    assert rows == [
        ["Kiln", "5", "34.55", "112.47", ""],
        ["Wall", "", "", "", area],
        ["Both", "", "34.55", "112.47", area],
        ["Odd", "", "", "", ""],
        ["Road", "", "", "", ""],
        ["Moved", "", "34.55", "112.47", ""],
    ]
    [road] = [row for row in source.rows() if row.cells["name"] == "Road"]
    assert "LineString" in road.cells["boundary"].problem
    assert "1 object has coordinates" in " ".join(source.notes)


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<name>My places</name><Folder><name>Temples</name>
<Placemark><name>白马寺</name><description><![CDATA[<b>First</b>&nbsp;temple]]></description>
<ExtendedData><Data name="batch"><value>1</value></Data></ExtendedData>
<Point><coordinates>
 112.6036, 34.7236,0 </coordinates></Point></Placemark></Folder>
<Placemark><name>Wall</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
112.1,34.1,0 112.2,34.1,0
112.2,34.2,0 112.1,34.1,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>Road</name><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>
</Document></kml>"""


@pytest.mark.parametrize("ending", ["kml", "kmz"])
def test_kml(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    if ending == "kmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", KML)
    else:
        path.write_text(KML)
    source = open_file(path)
    rows = [{key: cell for key, cell in row.cells.items() if cell} for row in source.rows()]
    assert (source.kind, source.notes) == ("kml", [])
    assert rows == [
        {"name": "白马寺", "description": "First temple", "batch": "1", "folder": "Temples",
         "latitude": "34.7236", "longitude": "112.6036"},
        {"name": "Wall", "boundary": json.dumps(AREA, separators=(",", ":"))},
        {"name": "Road"},
    ]  # fmt: skip


# --- what the catalogue itself writes ---------------------------------------------------------


@pytest.fixture
def downloaded(client, tmp_path, db):
    """Downloads of two sites, by the ending of the file; texts look like formulas and markup."""
    summary = build.text("=HYPERLINK(1)", "一\n二 <b>三</b> & 四")
    build.make_site("Longmen", "龙门", latitude=34.5556, longitude=112.4697, summary=summary)
    build.make_site("Nowhere", note=build.text("+1 'quoted'"))

    def path_of(ending):
        path = tmp_path / f"sites.{ending}"
        answer = client.get(f"/en/sites.{ending}")
        path.write_bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        return path

    return path_of


@pytest.mark.parametrize("ending", ["jsonl", "geojson", "xlsx", "ods", "kml"])
def test_a_download_is_read_as_it_was_written(downloaded, ending):
    def rows(path):
        source = open_file(path)
        assert not source.needs_sheet
        return {
            row.cells["uid"]: {key: str(cell) for key, cell in row.cells.items() if cell}
            for row in source.rows()
        }

    expected, found = rows(downloaded("csv")), rows(downloaded(ending))
    assert len(found) == 2
    for uid, written in expected.items():
        assert {key: found[uid].get(key) for key in written} == written


# --- files that were damaged at random ----------------------------------------------------------


def sound_files(folder):
    xlsx(folder / "a.xlsx", {"S": [["name", "date", 3], ["a", "b", 1.5]] * 40}, formats=["yyyy"])
    (folder / "a.csv").write_text("name,kind\n" + '"Kiln, old",窑\n' * 40)
    (folder / "a.json").write_text(json.dumps([{"name": {"en": "Kiln"}, "n": 1}] * 40))
    point = {"type": "Point", "coordinates": [112.47, 34.55]}
    feature = {"type": "Feature", "properties": {"name": "Kiln"}, "geometry": point}
    collection = {"type": "FeatureCollection", "features": [feature] * 40}
    (folder / "a.geojson").write_text(json.dumps(collection))
    (folder / "a.kml").write_text(KML)
    (folder / "a.xml").write_text("<query>" + "<row><a>1</a><b><c><d>2</d></c></b></row>" * 40)
    return sorted(folder.iterdir())


def damaged(content, chance):
    """The content with some bytes changed, left out or repeated, or cut off."""
    found = bytearray(content)
    for _time in range(chance.randint(1, 8)):
        at = chance.randrange(len(found))
        kind = chance.randrange(4)
        if kind == 0:
            found[at] = chance.randrange(256)
        elif kind == 1:
            del found[at : at + chance.randint(1, 30)]
        elif kind == 2:
            found[at:at] = found[at : at + chance.randint(1, 300)] * chance.randint(1, 20)
        else:
            found[at:at] = chance.choice([b"\0", b"<", b"{", b"[", b'"', b"&x;", b"\xff", b"\n"])
        if len(found) < 2:
            break
    return bytes(found)


def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path):
    chance = random.Random(27)
    refused = 0
    for path in sound_files(tmp_path):
        sound = path.read_bytes()
        for _time in range(60):
            path.write_bytes(damaged(sound, chance))
            try:
                source = open_file(path)
                recognise(source)
                for row in source.rows():
                    assert list(row.cells) == source.columns
            except UnreadableFile as error:
                assert str(error).endswith(".")
                refused += 1
    assert refused > 60  # and others are read


def test_a_long_sheet_takes_no_more_memory_than_a_short_one(tmp_path):
    """The rows are held by nobody, and texts that cells share as plain bytes."""
    rows = [[f"column {at}" for at in range(24)], *([f"text {at}"] * 24 for at in range(3000))]
    path = xlsx(tmp_path / "a.xlsx", {"S": rows})
    source = open_file(path)
    tracemalloc.start()
    try:
        assert sum(1 for _row in source.rows()) == 3000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_500_000  # of 6 MB of XML
