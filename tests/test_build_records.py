"""The table of the properties that travellers know best, and what the maker stores of it."""

from pathlib import Path

import pytest

from fixtures.build import records
from fixtures.build.tables import TableError

FOLDER = Path(records.__file__).parents[1] / "records"


def table(folder: Path, *lines: str) -> Path:
    (folder / "known.csv").write_text("\n".join(["number,rank", *lines]) + "\n", encoding="utf-8")
    return folder


def test_the_best_known_stand_above_all_that_is_computed(tmp_path):
    written = records.read(table(tmp_path, "438,1", "668,150"))
    assert records.prominence(written, 438) == {"prominence": 1149}
    assert records.prominence(written, 668) == {"prominence": 1000}
    assert records.prominence(written, 7) == {}


@pytest.mark.parametrize("line", ["438,2", "439,1"])
def test_nothing_stands_twice(tmp_path, line):
    with pytest.raises(TableError):
        records.read(table(tmp_path, "438,1", line))


def test_the_table_is_whole():
    known = records.read(FOLDER).known
    assert sorted(known.values()) == list(range(1, 151))
