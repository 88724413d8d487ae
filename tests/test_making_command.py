"""The command that makes the fixtures: writes, checks, tidies up, and never half."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from heritage.exchange.making import files
from tests.test_making_facts import PART, table, workbook
from tests.test_making_world_heritage import vocabularies


@pytest.fixture
def command(tmp_path):
    folder = tmp_path / "fixtures"
    folder.mkdir()
    rows = [
        files.item(model, **fields)
        for model, found in vocabularies().rows.items()
        for fields in found.values()
    ]
    (folder / "registers.json").write_text(json.dumps(rows))
    dossiers = workbook(tmp_path / "whc-sites-2024.xlsx", [["id_no", "rev_bis"], ["7", "bis"]])
    parts = table(tmp_path, {}, name="parts.csv", row=PART)

    def run(*changes, check=False) -> Path:
        call_command(
            "make_world_heritage", facts=table(tmp_path, *changes), components=parts,
            dossiers=dossiers, to=folder, check=check, stdout=io.StringIO(),
        )  # fmt: skip
        return folder

    return run


def test_the_command_writes_checks_and_tidies_up(command):
    folder = command({})
    written = {path.name for path in folder.iterdir()}
    assert {"countries.json", "world_heritage_africa.json", "registers.json"} <= written
    lines = (folder / "world_heritage_africa.json").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 + len(json.loads("".join(lines)))  # one object a line
    command({}, check=True)
    (folder / "world_heritage_old.json").write_text("[]")
    with pytest.raises(CommandError, match=r"world_heritage_old\.json$"):
        command({}, check=True)
    command({})
    assert not (folder / "world_heritage_old.json").exists()


def test_the_check_names_the_files_that_would_change(command):
    before = {path.name: path.read_bytes() for path in command({}).iterdir()}
    with pytest.raises(CommandError, match=r"say: world_heritage_africa\.json$"):
        command({"criteria": "ii"}, check=True)
    assert {path.name: path.read_bytes() for path in command({}).iterdir()} == before


def test_a_renamed_property_keeps_its_slug(command):
    command({})
    folder = command({"name_en": "Kilns of the Valley"})
    text = (folder / "world_heritage_sites_africa.json").read_text(encoding="utf-8")
    assert '"slug":"kiln"' in text and "Kilns of the Valley" in text


def test_nothing_is_written_where_something_is_wrong(command):
    with pytest.raises(CommandError, match=r"Nothing was written\.\n.*line 2, criteria"):
        command({"criteria": "xi"})
