"""The table of where sources disagree: what becomes of a row, and what is refused."""

import csv

import pytest

from fixtures.build import chinese_names, disagreements
from fixtures.build.command import FIXTURES
from fixtures.build.files import Index, item

ROW = {
    "site": "longmen", "key": "date", "fact": "date", "event": "begun", "source": "list",
    "other_en": "494", "other_zh": "494年", "other_source": "book",
    "reason_en": "The list has 493.",
    "reason_zh": "名录作493年。",
}  # fmt: skip


@pytest.fixture
def known():
    index = Index()
    index.add(
        [
            item("site", "longmen"),
            item("event", "longmen.event.begun"),
            item("designation", "whl-1003"),
            item("source", "list", kind="register"),
            item("source", "book", kind="publication"),
        ]
    )
    return index


def read(tmp_path, **cells):
    path = tmp_path / "table.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, disagreements.COLUMNS, restval="")
        writer.writeheader()
        writer.writerow(ROW | cells)
    return disagreements.read(path)


def test_a_row_names_its_event_by_its_site(tmp_path, known):
    lines = read(tmp_path)
    assert not list(disagreements.unknown(lines, known, "table.csv"))
    [made] = disagreements.rows(lines)
    assert made["fields"] == {
        "uid": "longmen.disagreement.date",
        "site": ["longmen"],
        "fact": "date",
        "event": ["longmen.event.begun"],
        "source": ["list"],
        "other_source": ["book"],
        "other": {"en": "494", "zh-hans": "494年"},
        "reason": {"en": "The list has 493.", "zh-hans": "名录作493年。"},
        "since": disagreements.SINCE,
    }


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"site": "yungang", "event": ""}, "site"),
        ({"event": "rebuilt"}, "event"),
        ({"designation": "whl-1"}, "designation"),
        ({"source": "rumour"}, "source"),
        ({"other_source": "rumour"}, "other_source"),
        ({"fact": "colour"}, "fact"),
        ({"other_en": "", "other_zh": ""}, "other"),
        ({"reason_en": "", "reason_zh": ""}, "reason"),
    ],
)
def test_what_is_refused(tmp_path, known, cells, column):
    faults = list(disagreements.unknown(read(tmp_path, **cells), known, "table.csv"))
    assert [fault.column for fault in faults] == [column]


def test_the_table_says_each_thing_in_both_languages():
    """A value that is Chinese in itself, such as a word of a register, may stand alone."""
    for line in disagreements.read(FIXTURES / "records" / "disagreements.csv"):
        assert line.cells["reason_en"] and line.cells["reason_zh"], line
        assert line.cells["other_zh"], line
        if line.cells["shown_en"]:
            assert line.cells["shown_zh"], line


def test_every_corrected_name_says_why():
    assert chinese_names.WHY.keys() == chinese_names.CORRECTED.keys()
