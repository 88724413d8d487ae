"""An upgrade is rehearsed on a backup; the running catalogue is not touched."""

import hashlib
import http.server
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.test_releases import ROOT, stored

__all__ = ["stored"]
RELEASE = ROOT / "tests" / "releases" / "1.0"
PAGES = 24


def manage(variables, *words):
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def variables(stored):
    """Those that name the catalogue of a release."""
    return stored[1] | {"HERITAGE_DEMO": "1", "DJANGO_SETTINGS_MODULE": "heritage.settings"}


def backup(variables) -> Path:
    folder = Path(variables["HERITAGE_DATA"], "backups")
    done = manage(variables, "backup", str(folder))
    assert done.returncode == 0, done.stderr
    [file] = folder.glob("*.tar")
    return file


def change(variables, statement):
    if url := variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            connection.execute(statement)
    else:
        file = Path(variables["HERITAGE_DATA"], "heritage.sqlite3")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(statement)


def former_release(folder: Path) -> Path:
    """This code with another heading on the pages of sites."""
    for name in ("heritage", "templates"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.po")
        )
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "static").symlink_to(ROOT / "static")
    (folder / ".venv").symlink_to(sys.prefix)
    template = folder / "templates" / "web" / "site.html"
    text, count = re.subn(r"(<h1[^>]*>)", r"\1Formerly ", template.read_text("utf-8"))
    assert count
    template.write_text(text, "utf-8")
    return folder


def digest(variables) -> str:
    """Of what the running catalogue holds."""
    if url := variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
            return str([*rows.fetchall(), *connection.execute("TABLE heritage_site").fetchall()])
    return hashlib.sha256(
        Path(variables["HERITAGE_DATA"], "heritage.sqlite3").read_bytes()
    ).digest()


@pytest.mark.parametrize("stored", [RELEASE], ids=["1.0"], indirect=True)
def test_pages_that_differ_from_those_of_the_former_release_are_told(variables, tmp_path):
    assert manage(variables, "migrate").returncode == 0  # `former` is this code but for a heading
    file = backup(variables)
    former, before = former_release(tmp_path / "former"), digest(variables)
    done = manage(
        variables, "rehearse_upgrade", str(file), "--release", former, "--pages", str(PAGES)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    differ = re.findall(r"^(/\S+):\n  heading “.+” instead of “Formerly .+”", done.stdout, re.M)
    assert 1 < len(differ) < PAGES, done.stdout
    assert all("/sites/" in path for path in differ)
    said = rf"^Safe: migrated in \d+ s, {len(differ)} of {PAGES} pages differ\.$"
    assert re.search(said, done.stdout, re.M), done.stdout
    assert digest(variables) == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


class Silent(http.server.BaseHTTPRequestHandler):
    """A catalogue that answers nothing but its own fault."""

    def do_GET(self):
        self.send_error(503)

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("stored", [RELEASE], ids=["1.0"], indirect=True)
def test_pages_are_compared_with_those_of_an_address(variables):
    file = backup(variables)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        done = manage(
            variables, "rehearse_upgrade", str(file), "--address", address, "--pages", "3"
        )
        server.shutdown()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("answers 200 instead of 503") == 3
    assert "3 of 3 pages differ." in done.stdout


@pytest.mark.parametrize("stored", [RELEASE], ids=["1.0"], indirect=True)
def test_a_migration_that_fails_is_told_and_harms_nothing(variables):
    change(variables, "CREATE TABLE heritage_job (id integer)")  # which a migration since 1.0 makes
    file, before = backup(variables), digest(variables)
    done = manage(variables, "rehearse_upgrade", str(file))
    assert done.returncode == 1
    assert "Not safe: migrate fails. Nothing was changed." in done.stderr
    assert digest(variables) == before
