"""The database of every release is upgraded to this code, and keeps all that is in it.

The files are in tests/releases/, see make.py there. A release is never taken out: a catalogue may
be upgraded from any of them.
"""

import json
import lzma
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = sorted(path.parent for path in (ROOT / "tests" / "releases").glob("*/pages.json.xz"))
ENGINE = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]


def test_the_releases_are_there():
    assert [folder.name for folder in FOLDERS] == ["1.0", "df00393"]


@pytest.fixture
def stored(tmp_path, request):
    """Variables that name a database as a release left it, and its pictures."""
    folder = request.param
    with tarfile.open(folder / "media.tar") as archive:
        archive.extractall(tmp_path / "media", filter="data")
    variables = {"HERITAGE_DATA": str(tmp_path)}
    if ENGINE == "sqlite3":
        content = lzma.decompress((folder / "heritage.sqlite3.xz").read_bytes())
        (tmp_path / "heritage.sqlite3").write_bytes(content)
        yield folder, variables
        return
    given = settings.DATABASES["default"]
    server = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
    name = f"release_{os.getpid()}"
    with psycopg.connect(f"postgres://{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(f"postgres://{server}/{name}") as filled:
                filled.execute(lzma.decompress((folder / "heritage.sql.xz").read_bytes()))
            yield folder, variables | {"DATABASE_URL": f"postgres://{server}/{name}"}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


# The list of eras has Chinese names beside the English ones in China alone; these are of others.
_SEALS = (
    "中世纪早期|中世纪盛期|加洛林|古希腊|哥特式|巴列维|巴洛克|希腊古典|希腊古风|所罗门王朝埃塞俄比亚"
    "|拉丁美洲共和国|欧洲中世纪|漫长的十九世纪|英属印度|近代早期欧洲"
)
_ERAS = rf"^/en/eras/ without the text “({_SEALS})”$"
# The size of a picture is a distance in schema.org, and has a unit.
_SIZES = r"without the data “(width|height): \d+”$"
# What pages of this code say in another way than those of a release, with the reason.
DIFFERENT = {
    "1.0": [_ERAS, _SIZES],
    "df00393": [
        _ERAS,
        _SIZES,
        # What is recalled bears a mark, which is no source.
        r"without the (text|data) “(name: )?(Recalled by the compilers; not|编者凭记忆写出，尚未)",
        # The sentence of a site without a summary names its county, too.
        r"without the data “description: ([\w ]+ \([\w ]+\) in \w+, Henan\.|河南省\w+市的\S+)”",
    ],
}


@pytest.mark.parametrize("stored", FOLDERS, ids=lambda folder: folder.name, indirect=True)
def test_a_catalogue_is_upgraded_with_all_that_is_in_it(stored):
    folder, variables = stored
    done = subprocess.run(
        [sys.executable, "-m", "tests.releases.upgrade", str(folder)],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "The catalogue is sound." in done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["pages"]["count"] >= 300
    patterns = DIFFERENT[folder.name]
    differ = [f"{path} {each}" for path, found in told["pages"]["differ"].items() for each in found]
    assert not [each for each in differ if not any(re.search(x, each) for x in patterns)]
    assert all(any(re.search(x, each) for each in differ) for x in patterns)
    assert told["undone"] == {
        reason: []
        for reason in (
            *("Taken back at once", "Two pictures", "A place of our own"),
            *("A kind as people call it", "One event less", "A plainer address", "Better words"),
        )
    }
    assert told["left"] == {
        "summary": True, "named": False, "names": 0, "images": 0, "own": 404,
        "address": "white-horse-temple", "former": 301, "draft": "draft",
        "correction": "It is older, a reader says.",
    }  # fmt: skip
