"""Backups: made while others write, restored elsewhere or in place, whole or not at all."""

import gzip
import hashlib
import io
import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as project_settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from heritage.exchange import backups
from heritage.exchange.backups import archive, databases, making
from heritage.models import Change, CommandRun, Image, Kind, Site
from heritage.models.unit_of_work import change_set
from tests.builders import make_image, make_kind, make_site, make_user

pytestmark = pytest.mark.django_db(transaction=True)
IS_SQLITE = project_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(autouse=True)
def _own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "backups"


def run(command: str, *options) -> str:
    out = io.StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


def media() -> Path:
    return Path(project_settings.MEDIA_ROOT)


ALL = 'SELECT * FROM "{}"'


def rows_at(environment: dict[str, str], tables) -> dict[str, list]:
    """All rows of these tables, in the database that the variables name."""
    url = environment["DATABASE_URL"]
    found = {}
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            for table in tables:
                found[table] = sorted(map(str, database.execute(ALL.format(table))))
    else:
        with psycopg.connect(url) as database:
            for table in tables:
                found[table] = sorted(map(str, database.execute(ALL.format(table))))
    return found


def here() -> dict[str, str]:
    return databases.current().environment()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files_in(root: Path) -> dict[str, bytes]:
    """Those that a backup of this folder has: without those that are made again."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in archive.NOT_IN_MEDIA
    }


# --- making ----------------------------------------------------------------------------------


def test_a_backup_under_four_writers_is_of_one_moment(folder):
    """Each writer keeps two sites equal, in one transaction; they are in the backup, too."""
    kind = make_kind("Temple")
    pairs = [[make_site(f"{n} {side}", kinds=[kind]).pk for side in "ab"] for n in range(4)]
    for pair in pairs:
        make_image(Site.objects.get(pk=pair[0]))
    is_over, written = threading.Event(), []

    def write(pair):
        try:
            number = 0
            while not is_over.is_set():
                number = number % 90 + 1
                with change_set():
                    for pk in pair:
                        Site.objects.filter(pk=pk).update(featured=number)
                written.append(number)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(pair,)) for pair in pairs]
    for writer in writers:
        writer.start()
    try:
        ends = time.monotonic() + 20
        while len(written) < 8 and time.monotonic() < ends:
            time.sleep(0.01)
        before = len(written)
        made = backups.make(folder)
        assert len(written) > before  # they went on meanwhile
    finally:
        is_over.set()
        for writer in writers:
            writer.join(60)
    with backups.restored_beside(made.path) as place:
        tables = made.manifest.rows
        found = rows_at(place.environment, tables)
        assert {name: len(rows) for name, rows in found.items()} == tables
        sites = {row[0]: row[1] for row in pairs_of(place.environment)}
        assert all(sites[one] == sites[other] for one, other in pairs)
        assert files_in(place.folder / "media") == files_in(media())
        assert len(files_in(media())) == 4 and not made.manifest.missing


def pairs_of(environment):
    url, query = environment["DATABASE_URL"], "SELECT id, featured FROM heritage_site"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return database.execute(query).fetchall()
    with psycopg.connect(url) as database:
        return database.execute(query).fetchall()


def test_what_is_restored_elsewhere_is_equal_row_by_row(folder):
    site = make_site("Longmen", kinds=[make_kind("Grotto")])
    make_image(site)
    make_user("li", group="editor", password="tortoise-shell")
    made = backups.make(folder)
    there = databases.current().environment()
    with backups.restored_beside(made.path) as place:
        assert made.manifest.rows["heritage_site"] == 1
        tables = made.manifest.rows
        assert rows_at(place.environment, tables) == rows_at(there, tables)
        assert files_in(place.folder / "media") == files_in(media()) != {}
        inside = place.folder
    assert not inside.exists() and names_in(folder) == [made.path.name]


def test_what_lets_somebody_in_is_not_in_it(folder, client, monkeypatch):
    monkeypatch.setenv("HERITAGE_EMAIL_URL", "smtp://u:very-secret@mail.example")
    client.force_login(make_user("li", group="editor"))
    key = Session.objects.get().session_key
    made = backups.make(folder)
    assert "HERITAGE_EMAIL_URL" in made.manifest.settings
    assert "django_session" in made.manifest.left_out
    with backups.restored_beside(made.path) as place:
        assert rows_at(place.environment, ["django_session"]) == {"django_session": []}
    with tarfile.open(made.path) as tar:
        texts = [tar.extractfile(info).read() for info in tar]
    if IS_SQLITE:
        texts[0] = gzip.decompress(texts[0])
    for secret in (key, project_settings.SECRET_KEY, "very-secret"):
        assert not any(secret.encode() in text for text in texts)


def test_a_picture_that_is_not_there_is_told(folder):
    first, second = (make_image(make_site(name)) for name in ("One", "Two"))
    assert first.file.name != second.file.name
    (media() / first.file.name).unlink()
    said = run("backup", folder)
    assert f"A row names media/{first.file.name}, which is not there." in said
    assert "1 pictures, 1 missing." in said
    assert CommandRun.objects.get(command="backup").detail["missing"] == 1


def test_pictures_that_an_undo_may_need_are_in_it_and_previews_are_not(folder):
    image = make_image(make_site("One"))
    name, original = image.file.name, image.original.name
    image.delete()
    (media() / "cache").mkdir(exist_ok=True)
    (media() / "cache" / "preview.png").write_bytes(b"drawn")
    (media() / "renditions").mkdir(exist_ok=True)
    (media() / "renditions" / "a-320.avif").write_bytes(b"made again")
    files = backups.make(folder).manifest.files
    assert files == [f"media/{name}", f"originals/{original}"]


def test_nobody_else_may_read_it_and_the_latest_are_kept(folder):
    make_site("One")
    other = folder / "heritage-notes.tar"
    names = []
    for _number in range(3):
        run("backup", folder, "--keep", "2")
        names += [name for name in names_in(folder) if name not in names]
        other.write_text("of somebody")
    assert sorted(backups_in(folder)) == sorted(set(names) - {other.name})[-2:]
    assert other.exists()
    for path in folder.glob("heritage-2*.tar"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def backups_in(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if backups.NAME.fullmatch(name)]


def test_a_backup_that_fails_leaves_nothing_and_deletes_no_former_one(folder, monkeypatch):
    make_site("One")
    run("backup", folder)
    former = names_in(folder)
    killed = folder / ".heritage-backup-999999999-left"
    killed.mkdir()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.Writer, "finish", full)
    with pytest.raises(CommandError, match="No space left"):
        run("backup", folder, "--keep", "1")
    assert names_in(folder) == former  # and what a killed one had left is gone


def test_check_restores_it_and_looks_at_the_catalogue(folder):
    make_kind("Temple")
    assert "The catalogue is sound." in run("backup", folder, "--check")
    assert CommandRun.objects.get(command="backup").detail["is_checked"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE heritage_kind SET slug = 'No slug at all'")
    with pytest.raises(CommandError, match="1 problem found"):
        run("backup", folder, "--check", "--keep", "1")
    assert len(backups_in(folder)) == 2
    assert [name for name in names_in(folder) if name.startswith(".")] == []


# --- restoring -------------------------------------------------------------------------------


def test_restore_refuses_a_catalogue_that_is_there_unless_told(folder):
    site = make_site("One")
    image = make_image(site)
    name, content = image.file.name, (media() / image.file.name).read_bytes()
    made = backups.make(folder)
    site.delete()
    (media() / name).unlink()
    later = make_site("Two")
    with pytest.raises(CommandError, match="--replace"):
        run("restore", made.path)
    assert Site.objects.get() == later
    said = run("restore", made.path, "--replace")
    assert Site.objects.get().slug == site.slug
    assert (media() / name).read_bytes() == content
    [aside] = (project_settings.DATA_DIR / "replaced").iterdir()
    assert str(aside) in said and "1 sites, 1 pictures" in said
    run("restore", aside, "--replace")
    assert Site.objects.get().slug == later.slug
    assert list(project_settings.DATA_DIR.glob(".heritage-*")) == []


def test_a_file_that_was_damaged_is_as_in_the_backup(folder):
    image = make_image(make_site("One"))
    path = media() / image.file.name
    content = path.read_bytes()
    made = backups.make(folder)
    path.write_bytes(content[:-1] + b"?")
    backups.restore(made.path, replace=True)
    assert path.read_bytes() == content


def test_a_damaged_database_is_moved_aside_as_it_is(folder, tmp_path, settings):
    """SQLite; a server repairs its own."""
    if not IS_SQLITE:
        return
    make_site("One")
    made = backups.make(folder)
    path = tmp_path / "broken.sqlite3"
    path.write_bytes(b"no database" * 1000)
    database = databases.SQLite(path)
    assert database.is_filled()
    with pytest.raises(databases.Unreadable):
        database.dump(tmp_path)
    (tmp_path / "aside").mkdir()
    assert database.move_aside(tmp_path / "aside") and not path.exists()
    assert (tmp_path / "aside" / path.name).exists()
    environment = here() | {"DATABASE_URL": f"sqlite:///{path}"}
    path.write_bytes(b"no database" * 1000)
    done = restore_in_a_process(made.path, settings.DATA_DIR, environment)
    assert done.returncode == 0, done.stderr
    assert "moved as they are" in done.stdout and len(rows_at(environment, ["heritage_site"])) == 1


def restore_in_a_process(path: Path, data: Path, environment: dict[str, str]):
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(path), "--replace"],
        cwd=project_settings.BASE_DIR,
        env=os.environ | {"HERITAGE_DATA": str(data)} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


KILLED = """
import os, signal, sys, threading, time
import django
django.setup()
from heritage.exchange import backups

def tell(text):
    if text == sys.argv[2]:
        seconds = float(sys.argv[3])
        kill = lambda: (time.sleep(seconds), os.kill(os.getpid(), signal.SIGKILL))
        threading.Thread(target=kill, daemon=True).start() if seconds else kill()

backups.restore(sys.argv[1], True, tell)
"""


def test_killed_half_way_it_is_the_former_catalogue_or_the_new_one(folder, settings):
    """Never something between; and begun again it comes to its end."""
    kind = make_kind("Temple")
    Site.objects.bulk_create(Site(slug=f"new-{n}", uid=f"new-{n}") for n in range(400))
    make_image(Site.objects.first())
    made = backups.make(folder)
    Site.objects.all().delete()
    Kind.objects.filter(pk=kind.pk).delete()
    Site.objects.bulk_create(Site(slug=f"old-{n}", uid=f"old-{n}") for n in range(300))
    make_image(Site.objects.first())
    connection.close()
    tables = [name for name in made.manifest.rows if name != "heritage_commandrun"]
    environment = here() | {
        "HERITAGE_DATA": str(settings.DATA_DIR), "DJANGO_SETTINGS_MODULE": "tests.settings",
    }  # fmt: skip
    former = rows_at(environment, tables)
    with backups.restored_beside(made.path) as place:
        wanted = rows_at(place.environment, tables)
    assert former != wanted
    chance = random.Random(5)
    whens = [("Checking checksums", 0), ("Saving the present catalogue", 0.05)]
    whens += [
        ("Loading the database", chance.uniform(0, 0.15 if IS_SQLITE else 0.8))
        for _number in range(4)
    ]
    for stage, seconds in [*whens, ("", 0)]:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, made.path, stage, str(seconds)],
            cwd=project_settings.BASE_DIR, env=os.environ | environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert stage or done.returncode == 0, done.stderr
        assert rows_at(environment, tables) in (former, wanted), (stage, seconds)
    assert rows_at(environment, tables) == wanted
    assert list(settings.DATA_DIR.glob(".heritage-*")) == []


# --- archives that are not restored ----------------------------------------------------------


def rewritten(path: Path, change) -> Path:
    """The archive once more: `change` gets its members, [[TarInfo, bytes]], and its manifest."""
    with tarfile.open(path) as tar:
        members = [[info, tar.extractfile(info).read()] for info in tar]
    manifest = json.loads(members.pop()[1])
    members = change(members, manifest) or members
    text = json.dumps(manifest).encode()
    info = tarfile.TarInfo(archive.MANIFEST)
    info.size = len(text)
    target = path.with_name("hostile.tar")
    with tarfile.open(target, "w") as tar:
        for info_of, content in members:
            tar.addfile(info_of, io.BytesIO(content))
        tar.addfile(info, io.BytesIO(text))
    return target


def enter(members, manifest, name, content=b"x", **attributes):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    members.append([info, content[: info.size]])
    digest = hashlib.sha256(content).hexdigest()
    manifest["members"][name] = {"bytes": info.size, "sha256": digest}


def named(name, **attributes):
    return lambda members, manifest: enter(members, manifest, name, **attributes)


def replaced(change_database):
    """The same archive with other bytes of the database, whose checksum is right."""

    def change(members, manifest):
        info, content = members[0]
        content = change_database(content)
        info.size = len(content)
        members[0][1] = content
        digest = hashlib.sha256(content).hexdigest()
        manifest["members"][info.name] = {"bytes": len(content), "sha256": digest}

    return change


def said(**values):
    return lambda members, manifest: manifest.update(values)


def with_unknown_migration(members, manifest):
    manifest["migrations"]["heritage"].append("9999_from_the_future")


def damaged(members, manifest):
    members[0][1] = members[0][1][:-9] + b"\0" * 9


def twice(members, manifest):
    return [*members, members[0]]


def unnamed(members, manifest):
    enter(members, manifest, "media/extra.jpg")
    del manifest["members"]["media/extra.jpg"]


def lying_about_size(members, manifest):
    manifest["members"][members[0][0].name]["bytes"] += 1


def without_database(members, manifest):
    manifest["members"].clear()
    others = []
    enter(others, manifest, "media/only.jpg")
    return others


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd", "size": 0}
HOSTILE = {
    "a path outside": (named("../../outside"), "no place"),
    "a path outside of media": (named("media/../../outside"), "no place"),
    "an absolute path": (named("/outside"), "no place"),
    "another name": (named("heritage.env"), "no place"),
    "the folder of caches": (named("media/cache/lock"), "no place"),
    "a name of two lines": (named("media/a\nb"), "no place"),
    "a backslash": (named("media/..\\b"), "no place"),
    "a symbolic link": (named("media/link", **LINK), "plain files"),
    "a hard link": (named("media/link", **LINK | {"type": tarfile.LNKTYPE}), "plain files"),
    "a device": (named("media/null", type=tarfile.CHRTYPE, size=0), "plain files"),
    "a folder": (named("media/folder", type=tarfile.DIRTYPE, size=0), "plain files"),
    "a member twice": (twice, "twice"),
    "a member that is not named": (unnamed, "differ by 1 files"),
    "a size that is not so": (lying_about_size, "another size"),
    "no database": (without_database, "no database"),
    "a checksum that is not so": (damaged, "checksum"),
    "another format": (said(format=2), "format 2"),
    "members that are none": (said(members=[1]), "cannot be read"),
    "an unknown entry": (said(surprise=1), "cannot be read"),
    "a newer version": (said(heritage="99.0"), "newer version"),
    "a newer migration": (with_unknown_migration, "9999_from_the_future"),
    "another database": (said(database="oracle"), "oracle"),
    "more than the disk holds": (said(database_bytes=1 << 60), "are free"),
    "fewer rows than it says": (said(rows={"heritage_site": 77}), "should have 77"),
    "a table that cannot be": (said(rows={'x"; DROP': 1}), "cannot be"),
}
if IS_SQLITE:

    def unpacking_to(text: bytes):
        return replaced(lambda packed: gzip.compress(text))

    def with_trigger(packed: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(gzip.decompress(packed))
            database.execute("CREATE TRIGGER t AFTER INSERT ON heritage_user BEGIN SELECT 1; END")
            return gzip.compress(database.serialize())

    def hidden_code(members, manifest):
        replaced(with_trigger)(members, manifest)
        manifest["database_bytes"] = len(gzip.decompress(members[0][1]))

    def no_sqlite(members, manifest):
        unpacking_to(b"none")(members, manifest)
        manifest["database_bytes"] = 4

    HOSTILE |= {
        "a bomb": (unpacking_to(bytes(100_000_000)), "not as large"),
        "no gzip": (replaced(lambda packed: b"none"), "cannot be unpacked"),
        "a cut gzip": (replaced(lambda packed: packed[:2000]), "cannot be unpacked"),
        "no SQLite": (no_sqlite, "cannot be read"),
        "code in the database": (hidden_code, "code of its own"),
    }  # fmt: skip
else:
    HOSTILE |= {"no dump": (replaced(lambda dump: b"none"), "pg_restore failed")}


@pytest.fixture(scope="module")
def sound(django_db_setup, django_db_blocker, tmp_path_factory):
    """A backup of an empty catalogue with a picture that nothing names, made once."""
    picture = media() / "images" / "of_a_backup.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"a picture")
    with django_db_blocker.unblock():
        made = backups.make(tmp_path_factory.mktemp("sound"))
        connection.close()
    picture.unlink()
    return made.path


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_or_damaged_archive_changes_nothing(sound, case, tmp_path, settings):
    change, words = HOSTILE[case]
    path = rewritten(sound, change)
    Path(project_settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    before = rows_at(here(), ["heritage_site", "heritage_user", "django_migrations"])
    media_before = files_in(media())
    with pytest.raises(backups.BackupError, match=words):
        backups.restore(path)
    assert rows_at(here(), ["heritage_site", "heritage_user", "django_migrations"]) == before
    assert files_in(media()) == media_before and not (tmp_path / "outside").exists()
    assert list(settings.DATA_DIR.iterdir()) == []


@pytest.mark.parametrize("cut", [0, 10, 700, 5000])
def test_an_archive_that_was_cut_off_is_refused(sound, cut):
    path = sound.with_name("cut.tar")
    content = sound.read_bytes()
    path.write_bytes(content[:cut])
    with pytest.raises(backups.BackupError):
        backups.restore(path)
    with pytest.raises(CommandError, match="There is no file"):
        run("restore", path.with_name("none.tar"))


def test_an_older_backup_says_that_it_is_to_be_migrated(sound):
    def older(members, manifest):
        manifest["migrations"]["heritage"].pop()

    assert "run migrate (1 migrations)" in run("restore", rewritten(sound, older))


def test_the_tables_of_a_newer_version_go_with_the_database(folder):
    """Back from an upgrade that added a table which refers to others."""
    if IS_SQLITE:
        return
    make_site("One")
    made = backups.make(folder)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE newer (site bigint REFERENCES heritage_site (id))")
    backups.restore(made.path, replace=True)
    assert "newer" not in connection.introspection.table_names()
    assert Site.objects.count() == 1 and Change.objects.exists() and not Image.objects.exists()
