"""Writes a backup: the database first, then the pictures that it names, while others write."""

import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import django
from django.conf import settings

from heritage.exchange.backups import databases
from heritage.exchange.backups.archive import (
    MEDIA,
    NOT_IN_MEDIA,
    ORIGINALS,
    BackupError,
    Manifest,
    Writer,
)
from heritage.server.machine_lock import one_at_a_time

NAME = re.compile(r"heritage-\d{8}T\d{6}Z(?:-\d+)?\.tar")
_WORK = ".heritage-backup-"

type Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    bytes: int


def silent(_text: str) -> None:
    pass


def make(folder: Path, tell: Tell = silent) -> Backup:
    """Write an archive into the folder, which is created if needed; only the owner may read it.

    Raises BackupError; then nothing is left behind.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with one_at_a_time("backup") as is_ours:
            if not is_ours:
                raise BackupError("Another backup is being made.")
            with work_folder(folder, _WORK) as work:
                return _make(folder, work, tell)
    except OSError as error:
        raise BackupError(f"The backup was not made: {error.strerror}: {folder}") from error


def _make(folder: Path, work: Path, tell: Tell) -> Backup:
    database = databases.current()
    tell("Copying the database")
    file, facts = database.dump(work)
    manifest = Manifest(
        made_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        heritage=settings.VERSION,
        django=django.get_version(),
        database=database.kind,
        database_version=facts.version,
        database_bytes=facts.bytes,
        migrations=facts.migrations,
        rows=facts.rows,
        left_out=list(databases.LEFT_OUT),
        settings=sorted(name for name in os.environ if name.startswith(("HERITAGE_", "DATABASE_"))),
    )
    part = work / "archive.tar"
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            writer = Writer(tar)
            writer.add(database.member, file)
            file.unlink()
            tell("Adding pictures")
            manifest.missing = _add_files(writer, facts.files)
            writer.finish(manifest)
        out.flush()
        os.fsync(out.fileno())
    path = _free_name(folder)
    part.replace(path)
    _sync(folder)
    return Backup(path, manifest, path.stat().st_size)


def roots() -> dict[str, Path]:
    """The folders of pictures, by their name in an archive."""
    return {MEDIA: Path(settings.MEDIA_ROOT), ORIGINALS: Path(settings.ORIGINALS_ROOT)}


def place_of(member: str, roots: dict[str, Path]) -> Path:
    folder, _slash, name = member.partition("/")
    return roots[folder] / name


def _add_files(writer: Writer, named: list[str]) -> list[str]:
    """Add the files that rows name, and those of deleted pictures; returns the names of missing
    ones."""
    missing = []
    for member in named:
        try:
            writer.add(member, place_of(member, roots()))
        except FileNotFoundError:
            missing.append(member)
    for head, root in roots().items():
        for path in _files_in(root, NOT_IN_MEDIA if head == MEDIA else ()):
            member = f"{head}/{path.relative_to(root).as_posix()}"
            if member not in writer.members:
                try:
                    writer.add(member, path)
                except FileNotFoundError:
                    continue  # no row names it, and it was swept away just now
    return missing


def _files_in(root: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    for folder, folders, files in os.walk(root, followlinks=True):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in left_out]
        folders.sort()
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(folder) / name


def _free_name(folder: Path) -> Path:
    stem = f"heritage-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    path, number = folder / f"{stem}.tar", 1
    while path.exists():
        path, number = folder / f"{stem}-{number}.tar", number + 1
    return path


def _sync(folder: Path) -> None:
    """Sync the folder, so that the name of the file is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def work_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A temporary folder for the block; folders that killed processes left are deleted, too."""
    for left in parent.glob(f"{prefix}*"):
        number = left.name.removeprefix(prefix).partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    work = Path(mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def keep_latest(folder: Path, count: int) -> list[Path]:
    """Delete all but the latest backups of a folder; returns the deleted ones."""
    found = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    former = found[: max(0, len(found) - max(1, count))]
    for path in former:
        path.unlink()
    return former
