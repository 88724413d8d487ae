"""Official lists in the shapes in which they are published, with their oddities."""

import csv
import io
import json

import pytest

from heritage.exchange.reading import open_file, recognise
from tests.spreadsheets import xlsx

# Two properties as the official spreadsheet has them; the names are made up.
SHEET = {
    "unique_number": "230", "id_no": "208", "rev_bis": "Bis",
    "name_en": "Kiln of  Ulu<U>r</U>u &amp; <em>Tulou</em>", "name_fr": "Four à\u00a0chaux",
    "name_es": "Horno", "name_ru": "Печь", "name_ar": "< فرن", "name_zh": "窑址",
    "short_description_en": "<p>A kiln.</p>", "justification_en": "",
    "date_inscribed": "2003", "secondary_dates": "2011,2017", "danger": "1", "date_end": "1992",
    "danger_list": "Y 1996 P 1984-1992", "longitude": "67.825249999999997", "latitude": "34.84694",
    "area_hectares": "158.9265", "C1": "1", "C2": "0", "C3": "0", "C4": "0", "C5": "0", "C6": "1",
    "N7": "0", "N8": "0", "N9": "0", "N10": "0", "criteria_txt": "(i)(vi)", "category": "Cultural",
    "category_short": "C", "states_name_en": "Albania,North Macedonia",
    "region_en": "Asia and the Pacific,Europe and North America", "iso_code": "al,mk",
    "udnp_code": "alb,ang", "transboundary": "1",
}  # fmt: skip
OTHER = SHEET | {
    "id_no": "1567", "rev_bis": "-552", "name_en": "Cave", "name_fr": "", "name_zh": "",
    "date_inscribed": "2024", "secondary_dates": "2000, 2001", "danger": "0", "date_end": "",
    "danger_list": "", "longitude": "", "latitude": "", "area_hectares": "0", "C1": "0",
    "criteria_txt": "(x)", "C6": "0", "N10": "1.0", "category": "Natural", "category_short": "N",
    "region_en": "Africa", "iso_code": "",
}  # fmt: skip
READ = {
    "whl.reference": "208", "whl.name:en": "Kiln of Uluru & Tulou", "whl.name:fr": "Four à chaux",
    "whl.name:es": "Horno", "whl.name:ru": "Печь", "whl.name:ar": "فرن",
    "whl.name:zh-hans": "窑址", "whl.category": "cultural", "whl.listed": "2003",
    "whl.extended": "2011; 2017", "whl.danger": "1984/1992; 1996", "whl.criteria": "i; vi",
    "whl.regions": "Asia and the Pacific; Europe and North America", "whl.states": "AL; MK",
    "latitude": "34.84694", "longitude": "67.82525", "whl.area_ha": "158.9265",
    "whl.dossier": "208bis",
}  # fmt: skip


def as_csv(rows, delimiter=","):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def official(path, content=None, **options):
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return recognise(open_file(path), **options)


def said(row):
    return {key: str(cell) for key, cell in row.cells.items() if cell}


def as_sheet(rows):
    """Numbers as numbers, as Excel stores them."""
    numbers = {"id_no", "date_inscribed", "danger", "longitude", "latitude", "area_hectares"}
    return [list(rows[0])] + [
        [float(text) if key in numbers and text else text or None for key, text in row.items()]
        for row in rows
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda path, rows: xlsx(path, {"Properties": as_sheet(rows)}),
        lambda path, rows: path.write_text(as_csv(rows), "utf-8-sig"),
        lambda path, rows: path.write_text(as_csv(rows, ";"), "utf-16"),
    ],
)
def test_the_official_spreadsheet_however_it_was_saved(tmp_path, make):
    path = tmp_path / "list.bin"
    make(path, [dict(reversed(row.items())) | {"added": "x"} for row in (SHEET, OTHER)])
    found = official(path)
    assert (found.register, found.edition) == ("whl", "2024")
    first, second = found
    # Columns in another order give the same, as a whole number is written 158 or 158.0.
    assert said(first) == READ
    assert (second.cells["whl.dossier"], second.cells["whl.extended"]) == ("1567", "2000; 2001")
    assert not any(second.cells[key] for key in ("latitude", "whl.area_ha", "whl.states"))
    assert not [cell for row in found for cell in row.cells.values() if cell.problem]
    counts = {note.rpartition(": ")[0]: note.rpartition(": ")[2] for note in found.notes}
    assert counts["Names with markup or odd spaces, which were cleaned"] == "3."
    assert counts["Without coordinates"] == counts["Without a state"] == "1."
    assert counts["Area 0, which means unknown"] == counts["In several regions"] == "1."
    assert counts["References to another file behind the number, left out"] == "1."


def test_windows_1252_with_a_byte_that_means_nothing(tmp_path):
    rows = [{key: SHEET[key] for key in SHEET if key not in ("name_ru", "name_ar", "name_zh")}]
    content = as_csv([*rows, rows[0] | {"id_no": "9", "name_en": "Château Äöü"}]).encode("cp1252")
    found = official(tmp_path / "a.csv", content.replace(b"Horno", b"Hor\x81no", 1))
    first, second = found
    assert first.cells["whl.name:fr"] == "Four à chaux"
    assert "lost" in first.cells["whl.name:es"].problem
    assert second.cells["whl.name:en"] == "Château Äöü"


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"id_no": ""}, "whl.reference", "must not be empty"),
        ({"id_no": "208bis"}, "whl.reference", "“208bis” is no number"),
        ({"date_inscribed": "203"}, "whl.listed", "203 is no year"),
        ({"danger_list": "Y 19996"}, "whl.danger", "is no period"),
        ({"latitude": "134"}, "latitude", "lies nowhere"),
        ({"longitude": ""}, "latitude", "Half a point"),
        ({"criteria_txt": "(xi)"}, "whl.criteria", "no criterion xi"),
        ({"category": "Rural"}, "whl.category", "“Rural” is no category"),
        ({"iso_code": "albania"}, "whl.states", "no code of a state"),
        ({"area_hectares": "-1"}, "whl.area_ha", "not negative"),
        ({"C1": "x"}, "whl.criteria", "neither 1 nor 0"),
        ({"name_en": "#REF!"}, "whl.name:en", "#REF!"),
    ],
)
def test_a_fault_stays_with_its_row_and_column(tmp_path, change, column, said):
    faulty, sound = official(tmp_path / "a.csv", as_csv([SHEET | change, OTHER]))
    assert {key for key, cell in faulty.cells.items() if cell.problem} == {column}
    assert said in faulty.cells[column].problem
    assert not any(cell.problem for cell in sound.cells.values())


def test_an_entry_that_stands_twice_and_criteria_that_differ(tmp_path):
    rows = [SHEET, SHEET | {"criteria_txt": "(i)", "danger": "0"}]
    first, second = found = official(tmp_path / "a.csv", as_csv(rows))
    assert not first.cells["whl.reference"].problem
    assert "line 2 already" in second.cells["whl.reference"].problem
    assert second.cells["whl.criteria"] == "i; vi"  # what one column drops, the other has
    assert any(note.startswith("Criteria that the columns") for note in found.notes)
    assert any("“in danger” contradicts" in note for note in found.notes)


def test_descriptions_only_when_they_are_asked_for(tmp_path):
    path = tmp_path / "a.csv"
    found = official(path, as_csv([SHEET]))
    assert "description:en" not in found.columns
    assert any(note.startswith("Descriptions are not read") for note in found.notes)
    assert official(path, with_texts=True).rows[0].cells["description:en"] == "A kiln."


OLD_XML = """<?xml version="1.0" encoding="UTF-8"?><query columns="3" rows="2">
<row><category>Mixed</category><criteria_txt>(i)(vii)</criteria_txt><danger>Y 1992-2011</danger>
<date_inscribed>1979</date_inscribed><http_url>https://example.org/99</http_url>
<id_number>99</id_number><iso_code>al,mk</iso_code><latitude>40.9918333333</latitude>
<longitude>20.7041666667</longitude><region>Europe and North America</region>
<secondary_dates>2019,1980</secondary_dates>
<short_description>&lt;p&gt;A lake.&lt;/p&gt;</short_description>
<site>Region of &lt;em&gt;the lake&lt;/em&gt;</site><states>Albania,North Macedonia</states>
<transboundary>1</transboundary><unique_number>2313</unique_number></row>
<row><category>Cultural</category><criteria_txt>(vi)</criteria_txt><danger></danger>
<date_inscribed>2025</date_inscribed><id_number>148</id_number><iso_code></iso_code><latitude/>
<longitude/><region>Arab States</region><secondary_dates></secondary_dates><site>City</site>
</row></query>"""
NEW_XML = """<query><row><category>Mixed</category><criteria_txt>(i)(vii)</criteria_txt>
<date_inscribed>1979</date_inscribed><dossier>99ter</dossier><id_number>99</id_number>
<iso_code>al,mk</iso_code><latitude>40.99</latitude><longitude>20.7</longitude>
<geolocations><poi><latitude>41.1</latitude><longitude>20.8</longitude><iso2>mk</iso2></poi>
<poi><latitude>40.9</latitude><longitude>20.6</longitude><iso2>al</iso2></poi></geolocations>
<regions>Europe and North America</regions><site>Lake</site><states>x</states></row></query>"""


def test_the_older_xml(tmp_path):
    first, second = found = official(tmp_path / "a.xml", OLD_XML)
    assert found.edition == "2025"
    assert said(first) == {
        "whl.reference": "99", "whl.name:en": "Region of the lake", "whl.category": "mixed",
        "whl.listed": "1979", "whl.extended": "1980; 2019", "whl.criteria": "i; vii",
        "whl.regions": "Europe and North America", "whl.states": "AL; MK",
        "latitude": "40.9918333333", "longitude": "20.7041666667",
    }  # fmt: skip
    assert (second.cells["whl.states"], second.cells["latitude"]) == ("", "")
    # Its column of that name is years behind: nothing is said of danger, and that is said.
    assert "whl.danger" not in found.columns
    assert any("not reliable" in note and note.endswith(": 1.") for note in found.notes)


def test_the_newer_xml_with_parts(tmp_path):
    [row] = found = official(tmp_path / "a.xml", NEW_XML)
    assert (row.cells["whl.dossier"], row.cells["whl.reference"]) == ("99ter", "99")
    assert [
        [part.cells[key] for key in ("reference", "number", "latitude", "longitude", "state")]
        for part in found.parts
    ] == [["99", "1", "41.1", "20.8", "MK"], ["99", "2", "40.9", "20.6", "AL"]]


HUB = {
    "Name EN": "Quarries", "Name ZH": "采石场", "Short Description EN": "x",
    "Date inscribed": "2018", "Secondary dates": "", "Danger": "False", "Date end": "",
    "Danger list": "", "Area hectares": "12", "Cultural Criteria": "(iii)(vi)",
    "Natural Criteria": "", "Criteria": "(iii)", "Category": "Cultural",
    "States Names": "Japan", "ISO Codes": "JP", "Region": "Asia and the Pacific",
    "Region Code": "APA", "Transboundary": "False", "UUID": "0-0", "ID": "1758",
    "Coordinates": "34.5, 135.6",
    "Components": "{name: North, upper part, ref: 1758-001, latitude: 34.6, longitude: 135.7},"
    "{name: South, ref: 1758-002, latitude: 34.4, longitude: 135.5}", "Components Count": "2",
}  # fmt: skip


def test_the_data_set_of_the_hub_as_csv(tmp_path):
    [row] = found = official(tmp_path / "a.csv", as_csv([HUB]))
    assert (row.cells["whl.reference"], row.cells["whl.criteria"]) == ("1758", "iii; vi")
    assert (row.cells["latitude"], row.cells["longitude"]) == ("34.5", "135.6")
    assert (row.cells["whl.name:en"], row.cells["whl.name:zh-hans"]) == ("Quarries", "采石场")
    assert [
        (part.cells["name"], part.cells["ref"], part.cells["latitude"]) for part in found.parts
    ] == [
        ("North, upper part", "1758-001", "34.6"),
        ("South", "1758-002", "34.4"),
    ]


def test_the_data_set_of_the_hub_as_json(tmp_path):
    item = {
        "id_no": "1758", "name_en": "Quarries", "name_zh": None, "date_inscribed": 2018,
        "criteria_txt": "(iii)", "category": "Cultural", "iso_codes": "JP", "danger": "False",
        "danger_list": None, "area_hectares": 0.0, "region": "Asia and the Pacific",
        "coordinates": {"lat": 34.5, "lon": 135.6},
        "components_list": [{"name": "A, b", "ref": "1758-001", "latitude": 1, "longitude": 2}],
    }  # fmt: skip
    text = json.dumps({"total_count": 1, "results": [item]})
    [row] = found = official(tmp_path / "a.json", text)
    assert said(row) == {
        "whl.reference": "1758", "whl.name:en": "Quarries", "whl.category": "cultural",
        "whl.listed": "2018", "whl.criteria": "iii", "whl.regions": "Asia and the Pacific",
        "whl.states": "JP", "latitude": "34.5", "longitude": "135.6",
    }  # fmt: skip
    assert found.parts[0].cells["name"] == "A, b"


def test_a_table_of_parts_alone(tmp_path):
    text = "id_no,seq,iso2,latitude,longitude\n1,1,EC,-0.7,-90.5\n1,2,EC,-0.8,-90.6\n2,1,ec,0,-78\n"
    found = official(tmp_path / "a.csv", text)
    assert [said(row) for row in found] == [{"whl.reference": "1"}, {"whl.reference": "2"}]
    assert [part.cells["state"] for part in found.parts] == ["EC", "EC", "EC"]


UNITS = """code,batch,year,name,category,category_zh,province,city,district,era,merged
1-0037-4-004,1,1961,某某石窟,stone-carvings,石窟寺,河南省,洛阳市,,北魏至唐,0
8-0000-1-005,8,2019,甲&#x7a91;址,archaeological-sites,古遗址,江苏省,淮安市淮安区,,1860－1863年,1
6-0784-3-487,6,2006,-{A|zh:巄;zh-hant:巄}-图塔,ancient-buildings,古建筑,新疆维吾尔自治区,伊犁哈萨克自治州霍城县,,元至民國,0
7-1620-5-013,7,2013,旧址,modern-historic,近现代,四川省,四川省、云南省、贵州省,,1935年,0
7-1620-5-014,7,2013,旧居,modern-historic,近现代,北京市,北京市,东城区,近代,0
"""


def test_chinas_protected_units(tmp_path):
    found = official(tmp_path / "a.csv", UNITS)
    assert (found.register, found.edition) == ("cn-national", "2019")
    rows = [said(row) for row in found]
    assert rows[0] == {
        "cn-national.reference": "1-0037-4-004", "cn-national.batch": "1",
        "cn-national.listed": "1961", "cn-national.name:zh-hans": "某某石窟",
        "cn-national.category": "stone-carvings", "cn-national.era": "北魏至唐",
        "event:fabric": "北魏至唐", "place": "河南省/洛阳市",
    }  # fmt: skip
    assert [row["cn-national.name:zh-hans"] for row in rows] == [
        "某某石窟", "甲窑址", "巄图塔", "旧址", "旧居",
    ]  # fmt: skip
    assert [row["place"] for row in rows] == [
        "河南省/洛阳市", "江苏省/淮安市/淮安区", "新疆维吾尔自治区/伊犁哈萨克自治州/霍城县",
        "四川省", "北京市/东城区",
    ]  # fmt: skip
    assert rows[3]["also_in"] == "云南省; 贵州省"
    assert (rows[1]["event:dated"], rows[2]["event:fabric"]) == ("1860-1863年", "元至民国")
    assert (rows[4]["cn-national.era"], rows[4]["event:dated"]) == ("近代", "1840-1949年")
    assert [note.rpartition(": ")[2] for note in found.notes] == ["1.", "2.", "1.", "1."]


def test_units_by_chinese_columns_and_what_is_wrong_in_them(tmp_path):
    text = (
        "编号,名称,时代,类别,省份,地址\n1-0001-5-001,甲,清,近现代重要史迹及代表性建筑,广东省,广州市\n"
        + "".join(f"2-{at:04}-3-{at:03},乙{at},明,古建筑,河南省,\n" for at in range(9))
        + "乙,丙,明,古建筑,河南省,\n"
    )
    found = official(tmp_path / "a.csv", text.encode("gb18030"))
    first, *_others, last = found
    assert (first.cells["cn-national.category"], first.cells["cn-national.batch"]) == (
        "modern-historic", "1",
    )  # fmt: skip
    assert first.cells["cn-national.listed"] == "1961"
    assert "no code of a unit" in last.cells["cn-national.reference"].problem


@pytest.mark.parametrize(
    "text",
    [
        "name,kind\nKiln,kiln\n",
        "code,name,era\nA1,Kiln,Ming\nB2,Wall,Qing\n",  # codes of somebody's own
        "id,name,category,date\n1,Kiln,Cultural,1990\n",
    ],
)
def test_other_tables_are_no_official_lists(tmp_path, text):
    assert official(tmp_path / "a.csv", text) is None
