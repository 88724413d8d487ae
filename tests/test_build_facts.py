"""Tables as they come, with all that a spreadsheet program does to them, read as facts."""

import csv
import io
from pathlib import Path

import pytest

from fixtures.build import facts
from fixtures.build.tables import TableError
from tests.spreadsheets import xlsx

ROW = {
    "id_no": "7", "status": "inscribed", "name_en": "Kiln", "name_fr": "", "name_es": "",
    "name_ru": "", "name_ar": "", "name_zh": "", "category": "Cultural",
    "date_inscribed": "1990", "secondary_dates": "", "in_danger": "0", "danger_years": "",
    "delisted_year": "", "criteria": "i", "region": "Africa", "states_iso2": "KE",
    "longitude": "36.8", "latitude": "-1.3", "area_ha": "12.5", "source": "whc-sites-2025.xlsx",
    "note": "",
}  # fmt: skip
PART = {"id_no": "7", "seq": "1", "iso2": "KE", "latitude": "-1.3", "longitude": "36.8"}


def as_csv(rows: list[dict]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def table(folder: Path, *changes: dict, name="facts.csv", row=None, encoding="utf-8") -> Path:
    path = folder / name
    path.write_bytes(as_csv([{**(row or ROW), **change} for change in changes]).encode(encoding))
    return path


def test_columns_in_any_order_with_a_mark_and_more_than_are_needed(tmp_path):
    row = {"udnp_code": "ang", **dict(reversed(ROW.items()))}
    [found] = facts.read_properties(table(tmp_path, {}, row=row, encoding="utf-8-sig"))
    assert (found.number, found.names, found.states) == (7, {"en": "Kiln"}, ("KE",))


def test_a_file_that_was_saved_as_windows_1252(tmp_path):
    [found] = facts.read_properties(table(tmp_path, {"name_fr": "Château"}, encoding="cp1252"))
    assert found.names["fr"] == "Château"


def test_numbers_that_became_floats(tmp_path):
    change = {
        "id_no": "7.0",
        "date_inscribed": "1990.0",
        "in_danger": "1.0",
        "danger_years": "1996-",
    }
    [found] = facts.read_properties(table(tmp_path, change))
    assert (found.number, found.inscribed, found.danger[0].first) == (7, 1990, 1996)


def test_a_missing_column_is_named(tmp_path):
    row = {name: value for name, value in ROW.items() if name != "criteria"}
    with pytest.raises(TableError, match="criteria: this column is missing"):
        facts.read_properties(table(tmp_path, {}, row=row))


def test_every_fault_is_named_with_line_and_column(tmp_path):
    path = table(
        tmp_path, {}, {"id_no": "8", "criteria": "xi", "date_inscribed": "soon"},
        {"id_no": "9", "name_en": ""}, {"id_no": "10", "in_danger": "1"},
        {"id_no": "11", "delisted_year": "2007"}, {"id_no": "12", "status": "gone"},
    )  # fmt: skip
    with pytest.raises(TableError) as error:
        facts.read_properties(path)
    assert [(fault.line, fault.column) for fault in error.value.faults] == [
        (3, "date_inscribed"), (3, "criteria"), (3, "date_inscribed"), (4, "name_en"),
        (5, "in_danger"), (6, "delisted_year"), (7, "status"),
    ]  # fmt: skip


def test_a_number_that_stands_twice(tmp_path):
    with pytest.raises(TableError, match="7 stands in it twice"):
        facts.read_properties(table(tmp_path, {}, {}))


def test_a_part_without_a_point(tmp_path):
    with pytest.raises(TableError, match="line 2, latitude: a part has a point"):
        facts.read_parts(table(tmp_path, {"latitude": "", "longitude": ""}, row=PART))


def test_dossiers_are_read_from_a_workbook(tmp_path):
    rows = [
        ["unique", "id_no", "rev_bis"],
        ["1", "7", ""],
        ["2", "8", "Bis"],
        ["3", "9", "-10 Rev"],
        ["4", "205", "-552"],
    ]
    path = xlsx(tmp_path / "whc-sites-2024.xlsx", {"Properties": rows})
    assert facts.read_dossiers(path) == {7: "7", 8: "8bis", 9: "9-10rev", 205: "205"}
