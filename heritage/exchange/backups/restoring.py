"""Restores a backup: everything is unpacked and checked in a separate place, then put in place.

The database is replaced in one transaction; before that, files of pictures are only added. If the
restore is stopped at any moment, the catalogue is completely the former or the new one.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from heritage.exchange.backups import databases
from heritage.exchange.backups.archive import (
    BackupError,
    Manifest,
    Reader,
    reading,
    refuse_newer,
)
from heritage.exchange.backups.databases import Database, Unreadable, place
from heritage.exchange.backups.making import Tell, make, place_of, roots, silent, work_folder
from heritage.server.machine_lock import one_at_a_time

_WORK = ".heritage-restore-"
REPLACED = "replaced"  # in the data folder: what was there before


@dataclass(slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    files: int  # of pictures that were put in place
    aside: Path | None = None  # where the former catalogue is
    pending: list[str] = field(default_factory=list)  # migrations that are to be applied


@dataclass(frozen=True, slots=True)
class TemporaryCatalogue:
    """A catalogue beside the running one, with the variables by which commands find it."""

    folder: Path
    environment: dict[str, str]
    manifest: Manifest


def restore(path: Path, replace: bool = False, tell: Tell = silent) -> Restored:
    """Put a backup in the place of what is there, or change nothing and raise BackupError.

    With `replace` a catalogue that is there is saved in the data folder first.
    """
    database = databases.current()
    connection.close()
    try:
        with one_at_a_time("restore") as is_ours:
            if not is_ours:
                raise BackupError("Another backup is being restored.")
            with (
                reading(path) as archive,
                work_folder(Path(settings.DATA_DIR), _WORK) as work,
            ):
                is_filled = _may_be_restored(archive, database, replace)
                file, files = _unpack(archive, database, work, tell)
                aside = _save_aside(database, tell) if is_filled else None
                count = _put_in_place(database, file, archive.manifest, files, roots(), tell)
    except OSError as error:
        raise BackupError(
            f"The backup was not restored: {error.strerror}: {error.filename or path}"
        ) from error
    return Restored(archive.manifest, count, aside, _pending(archive.manifest))


@contextmanager
def restored_beside(
    path: Path, folder: Path | None = None, tell: Tell = silent
) -> Iterator[TemporaryCatalogue]:
    """Restore a backup into a temporary place, which is gone after the block.

    The place is a folder in `folder` (else beside the archive), with a database of its own.
    """
    folder = folder or path.resolve().parent
    try:
        with (
            reading(path) as archive,
            work_folder(folder, ".heritage-check-") as work,
            databases.temporary(work) as database,
        ):
            _may_be_restored(archive, database, replace=False)
            unpacked = work / "unpacked"
            unpacked.mkdir()
            file, files = _unpack(archive, database, unpacked, tell)
            beside = {name: work / name for name in roots()}
            _put_in_place(database, file, archive.manifest, files, beside, tell)
            # The demo keeps its key in the data folder: it is given here as well.
            secret = {"HERITAGE_SECRET_KEY": settings.SECRET_KEY}
            environment = {"HERITAGE_DATA": str(work), **secret, **database.environment()}
            yield TemporaryCatalogue(work, environment, archive.manifest)
    except OSError as error:
        raise BackupError(
            f"The backup cannot be tried: {error.strerror}: {error.filename or path}"
        ) from error


def _may_be_restored(archive: Reader, database: Database, replace: bool) -> bool:
    """Whether there is a catalogue already; raises BackupError if this may not be restored."""
    manifest = archive.manifest
    refuse_newer(manifest, _known_migrations())
    if manifest.database != database.kind:
        raise BackupError(
            f"This is a backup of {manifest.database}, and the database is {database.kind}. "
            "To move from one to the other, restore it where it came from, and use dumpdata and "
            "loaddata."
        )
    if database.member not in archive.manifest.members:
        raise BackupError("The backup holds no database.")
    is_filled = database.is_filled()
    if is_filled and not replace:
        raise BackupError(
            "There is a catalogue already. With --replace it is saved in the data folder, and "
            "then replaced."
        )
    return is_filled


def _known_migrations() -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (app, name), migration in (loader.disk_migrations or {}).items():
        known.setdefault(app, set()).add(name)
        for other, former in migration.replaces:
            known.setdefault(other, set()).add(former)
    return known


def _pending(manifest: Manifest) -> list[str]:
    applied = {(app, name) for app, names in manifest.migrations.items() for name in names}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return sorted(f"{app} {name}" for app, name in (loader.disk_migrations or {}).keys() - applied)


def _unpack(
    archive: Reader, database: Database, work: Path, tell: Tell
) -> tuple[Path, dict[str, Path]]:
    """Unpack an archive and check it: returns the file of the database, and the files of pictures
    by member."""
    manifest = archive.manifest
    needed = sum(member.bytes for member in manifest.members.values()) + manifest.database_bytes
    if needed > (free := shutil.disk_usage(work).free):
        raise BackupError(
            f"The backup needs {needed >> 20:,} MiB in {work.parent}; {free >> 20:,} are free."
        )
    tell("Checking checksums")
    packed = work / database.member
    archive.extract(database.member, packed)
    files = {}
    for number, name in enumerate(sorted(manifest.files)):
        files[name] = work / f"file-{number}"
        archive.extract(name, files[name])
    return database.unpack(packed, manifest), files


def _save_aside(database: Database, tell: Tell) -> Path:
    tell("Saving the present catalogue")
    folder = Path(settings.DATA_DIR) / REPLACED
    try:
        return make(folder).path
    except Unreadable as error:
        stem = folder / f"damaged-{os.getpid()}"
        number = 1
        while (damaged := stem.with_name(f"{stem.name}-{number}")).exists():
            number += 1
        damaged.mkdir(mode=0o700)
        if not database.move_aside(damaged):
            raise
        tell(f"{error}. Its files are moved as they are.")
        return damaged


def _put_in_place(
    database: Database,
    file: Path,
    manifest: Manifest,
    files: dict[str, Path],
    folders: dict[str, Path],
    tell: Tell,
) -> int:
    """How many files of pictures were added or replaced."""
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    targets = {name: place_of(name, folders) for name in files}
    new = [name for name in files if not targets[name].exists()]
    try:
        for name in new:
            place(files.pop(name), targets[name])
        tell("Loading the database")
        database.load(file, manifest)
    except BaseException:
        for name in new:
            targets[name].unlink(missing_ok=True)
        raise
    # A file that is there under the same name, but is another: until now it was the right one.
    others = [name for name in files if not _is_equal(files[name], targets[name])]
    for name in others:
        place(files[name], targets[name])
    return len(new) + len(others)


def _is_equal(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(1 << 20):
            if block != second.read(len(block)):
                return False
    return True
