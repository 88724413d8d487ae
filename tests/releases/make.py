"""Makes the files of a release that tests/test_releases.py upgrades.

`uv run python -m tests.releases.make NAME FOLDER POSTGRESQL`, in this clone: FOLDER is a checkout
of the release (`git worktree add FOLDER TAG`), POSTGRESQL the address of a server, such as
`postgres://postgres@127.0.0.1/postgres`, on which a database is made and dropped. The code of the
release is run by this Python; `--python` names another one, with its requirements. In
`tests/releases/NAME/` it writes:

- `heritage.sqlite3.xz` and `heritage.sql.xz`, the same catalogue in both databases,
- `media.tar`, its pictures,
- `pages.json.xz`, the facts of its pages, as `heritage/management/page_facts.py` reads them.

The files of a release are made once, when it is released, and never again.
"""

import argparse
import json
import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
HERE = Path(__file__).resolve().parent
RENDER = HERE.parents[1] / "heritage" / "management" / "render_pages.py"
PAGES = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    parser.add_argument("postgresql")
    parser.add_argument("--python", default=sys.executable)
    asked = parser.parse_args()
    target = HERE / asked.name
    target.mkdir()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        _run(asked, data, HERE / "fill.py")
        plain = data / "whole.sqlite3"
        with sqlite3.connect(data / "heritage.sqlite3") as connection:
            connection.execute(f"VACUUM INTO '{plain}'")
        _write(target / "heritage.sqlite3.xz", plain.read_bytes())
        with tarfile.open(target / "media.tar", "w") as archive:
            archive.add(data / "media" / "images", "images")
        lines = _run(asked, data, RENDER, said=str(PAGES)).splitlines()
        pages = facts_of(lines, plain)
        text = json.dumps(pages, ensure_ascii=False, sort_keys=True)
        _write(target / "pages.json.xz", text.encode())
    _write(target / "heritage.sql.xz", _dump(asked).encode())


def _run(asked: argparse.Namespace, data: Path, script: Path, said: str = "", **more: str) -> str:
    kept = {x: y for x, y in os.environ.items() if not x.startswith(("HERITAGE_", "DATABASE_"))}
    environment = kept | {"HERITAGE_DEMO": "1", "HERITAGE_DATA": str(data)} | more
    environment.pop("DJANGO_SETTINGS_MODULE")
    done = subprocess.run(
        [asked.python, script],
        cwd=asked.folder, env=environment, input=said,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def facts_of(lines: list[str], database: Path) -> dict[str, list]:
    """The facts of pages by their paths, with such texts only as are stored in the database."""
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    django.setup()
    from django.db import connection

    from heritage.management import page_facts

    connection.settings_dict["NAME"] = str(database)
    rendered = [json.loads(line) for line in lines]
    pages = {path: page_facts.read(path, status, html) for path, status, html in rendered}
    texts = set().union(*(page.texts | page.pictures for page in pages.values()))
    stored = page_facts.stored_texts(connection, texts)
    return {path: page.only(stored).as_lists() for path, page in pages.items()}


def _dump(asked: argparse.Namespace) -> str:
    """The catalogue in PostgreSQL, as plain SQL that any later version of it takes."""
    name = f"release_{os.getpid()}"
    server, _slash, _database = asked.postgresql.rpartition("/")
    with psycopg.connect(asked.postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            with tempfile.TemporaryDirectory() as data:
                _run(asked, Path(data), HERE / "fill.py", DATABASE_URL=f"{server}/{name}")
            done = subprocess.run(
                ["pg_dump", "--no-owner", "--no-privileges", "--rows-per-insert=200",
                 f"{server}/{name}"],
                stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    text = re.sub(r"^(?:\\.*|SET transaction_timeout.*)\n", "", done.stdout, flags=re.MULTILINE)
    return re.sub(r"^-- .*\n|^--\n", "", text, flags=re.MULTILINE)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{path.relative_to(HERE)}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
