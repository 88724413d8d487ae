"""The command that makes the fixtures: writes, checks, tidies up, and never half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.build import files, make_world_heritage
from fixtures.build.command import CommandError
from tests.spreadsheets import xlsx
from tests.test_build_facts import PART, table
from tests.test_build_world_heritage import vocabularies


@pytest.fixture
def command(tmp_path):
    folder, written = tmp_path / "fixtures", tmp_path / "records"
    folder.mkdir()
    written.mkdir()
    rows = [
        files.item(model, **fields)
        for model, found in vocabularies().rows.items()
        for fields in found.values()
    ]
    (folder / "registers.json").write_text(json.dumps(rows))
    dossiers = xlsx(tmp_path / "whc-sites-2024.xlsx", {"P": [["id_no", "rev_bis"], [7, "bis"]]})
    parts = table(tmp_path, {}, name="parts.csv", row=PART)

    def run(*changes, check=False) -> Path:
        make_world_heritage.main(
            [
                f"--facts={table(tmp_path, *changes)}", f"--components={parts}",
                f"--dossiers={dossiers}", f"--records={written}", f"--to={folder}",
                *(["--check"] if check else []),
            ]
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


def test_the_commands_run_as_programs():
    root = Path(__file__).resolve().parents[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HERITAGE_", "DJANGO_"))}
    tables = root / "tests" / "facts"
    done = subprocess.run(
        [
            sys.executable, "-m", "fixtures.build.make_henan", "--check",
            f"--facts={tables / 'henan.csv'}", f"--units={tables / 'protected_units.csv'}",
        ],
        cwd=root, env=kept, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("The file is what the tables say.\n")
