"""The file of a backup: a tar archive whose last member, the manifest, names all others.

    database.sqlite3.gz or database.dump  media/images/….jpg  originals/….tif  …  manifest.json

Names and sizes are not trusted before they are compared with the manifest, nor contents before
their checksum is.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA, ORIGINALS = "media", "originals"
# Link previews, renditions and tiles, which are made again.
NOT_IN_MEDIA = ("cache", "renditions", "tiles", "iiif")
_BLOCK = 1 << 20
_MOST_MEMBERS = 1_000_000
_LARGEST_MANIFEST = 256 << 20  # bytes: a million members


class BackupError(Exception):
    """A backup was not made or not restored; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    bytes: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What an archive says of itself. Counts are of rows, by table; sizes are in bytes."""

    made_at: str  # ISO 8601, UTC
    heritage: str  # version
    django: str
    database: str  # sqlite or postgresql
    database_version: str  # of SQLite, or of pg_dump
    database_bytes: int  # unpacked
    migrations: dict[str, list[str]]  # applied, by app
    rows: dict[str, int]
    left_out: list[str]  # tables whose rows are not in it
    settings: list[str]  # names of the variables that were set, without their values
    missing: list[str] = field(default_factory=list)  # files that rows name and that are not there
    members: dict[str, Member] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def files(self) -> list[str]:
        """The files of pictures, as members: their path begins with the folder's name."""
        return [name for name in self.members if name.startswith((f"{MEDIA}/", f"{ORIGINALS}/"))]

    @property
    def pictures(self) -> int:
        """How many pictures are in it; originals are not counted again."""
        return sum(name.startswith(f"{MEDIA}/") for name in self.members)

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        try:
            found: dict[str, Any] = json.loads(text)
            if found.get("format") != FORMAT:
                raise BackupError(
                    f"This backup has format {found.get('format')!r}; this version reads "
                    f"format {FORMAT}. Restore it with the version that made it."
                )
            found["members"] = {
                str(name): Member(int(each["bytes"]), str(each["sha256"]))
                for name, each in found["members"].items()
            }
            manifest = cls(**found)
            manifest.database_bytes = int(manifest.database_bytes)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BackupError(f"The manifest of the backup cannot be read: {error}") from error
        return manifest


# --- writing ---------------------------------------------------------------------------------


class Writer:
    """Adds files to an archive and notes their checksums."""

    def __init__(self, tar: tarfile.TarFile):
        self.tar = tar
        self.members: dict[str, Member] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file under a name; raises FileNotFoundError if it does not exist."""
        with path.open("rb") as file:
            info = self.tar.gettarinfo(arcname=name, fileobj=file)
            # Whose it was and who might read it is not for the archive to say.
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            info.mode = 0o640
            reading = _Hashing(file)
            self.tar.addfile(info, reading)
        self.members[name] = Member(info.size, reading.digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        manifest.members = self.members
        text = manifest.as_json()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o640
        self.tar.addfile(info, _Bytes(text))


class _Hashing:
    def __init__(self, file: IO[bytes]):
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block


class _Bytes:
    def __init__(self, text: bytes):
        self.text = text

    def read(self, size: int = -1) -> bytes:
        block, self.text = self.text[:size], self.text[size:]
        return block


def compress(source: Path, target: Path) -> None:
    with source.open("rb") as file, gzip.open(target, "wb", compresslevel=6) as packed:
        while block := file.read(_BLOCK):
            packed.write(block)


def decompress(source: Path, target: Path, size: int) -> None:
    """Unpack `source` to `target`; raises BackupError if this does not give exactly `size`
    bytes."""
    done = 0
    try:
        with gzip.open(source, "rb") as packed, target.open("wb") as file:
            while block := packed.read(_BLOCK):
                done += len(block)
                if done > size:
                    break
                file.write(block)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        raise BackupError(f"The database in the backup cannot be unpacked: {error}") from error
    if done != size:
        raise BackupError("The database in the backup is not as large as its manifest says.")


# --- reading ---------------------------------------------------------------------------------


class Reader:
    """An archive whose members are those of its manifest: plain files, each of the named size."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest, infos: dict[str, tarfile.TarInfo]):
        self.tar, self.manifest, self._infos = tar, manifest, infos

    def extract(self, name: str, target: Path) -> None:
        """Write a member to a new file; raises BackupError if its checksum is another."""
        digest = hashlib.sha256()
        file = self.tar.extractfile(self._infos[name])
        assert file is not None  # noqa: S101 - a plain file, see _checked()
        with file, target.open("xb") as out:
            while block := file.read(_BLOCK):
                digest.update(block)
                out.write(block)
        if digest.hexdigest() != self.manifest.members[name].sha256:
            raise BackupError(f"The backup is damaged: the checksum of {name} is another.")


def read_manifest(path: Path) -> Manifest:
    with reading(path) as archive:
        return archive.manifest


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open an archive; its names, kinds and sizes are checked, its contents not yet."""
    try:
        with tarfile.open(path, "r:") as tar:
            infos = _infos(tar)
            yield Reader(tar, _checked(tar, infos), infos)
    except tarfile.TarError as error:
        raise BackupError(f"{path} is no backup, or a damaged one: {error}") from error
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise
        raise BackupError(f"There is no file {path}.") from error


def _infos(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    found: dict[str, tarfile.TarInfo] = {}
    for info in tar:
        name = info.name
        if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.issparse():
            raise BackupError(f"The backup holds something else than plain files: {name!r}.")
        if not _is_sane(name):
            raise BackupError(f"The backup holds a file that has no place in it: {name!r}.")
        if name in found:
            raise BackupError(f"The backup holds {name!r} twice.")
        if len(found) >= _MOST_MEMBERS:
            raise BackupError(f"The backup holds more than {_MOST_MEMBERS:,} files.")
        found[name] = info
    return found


def _is_sane(name: str) -> bool:
    """Whether a member may have this name: or path, in a folder of pictures."""
    if name in (MANIFEST, "database.sqlite3.gz", "database.dump"):
        return True
    path = PurePosixPath(name)
    parts = path.parts
    return (
        str(path) == name
        and len(parts) > 1
        and parts[0] in (MEDIA, ORIGINALS)
        and not (parts[0] == MEDIA and parts[1] in NOT_IN_MEDIA)
        and not {".", ".."} & set(parts)
        and name.isprintable()
        and "\\" not in name
    )


def _checked(tar: tarfile.TarFile, infos: dict[str, tarfile.TarInfo]) -> Manifest:
    info = infos.pop(MANIFEST, None)
    if info is None:
        raise BackupError("The backup has no manifest: it was cut off, or is none.")
    if info.size > _LARGEST_MANIFEST:
        raise BackupError(f"The manifest of the backup is too large: {info.size:,} bytes.")
    file = tar.extractfile(info)
    assert file is not None  # noqa: S101 - a plain file
    manifest = Manifest.from_json(file.read())
    if more := infos.keys() ^ manifest.members.keys():
        raise BackupError(f"The backup and its manifest differ by {len(more)} files: {min(more)}.")
    for name, each in infos.items():
        if each.size != manifest.members[name].bytes:
            raise BackupError(f"The backup is damaged: {name} has another size than it says.")
    return manifest


def refuse_newer(manifest: Manifest, known: dict[str, set[str]]) -> None:
    """Raise BackupError if a newer version made it; `known` are the migrations of this one."""
    for app, names in manifest.migrations.items():
        unknown = sorted(set(names) - known[app]) if app in known else []
        if unknown:
            raise BackupError(
                f"A newer version made this backup: {manifest.heritage}, with the migration "
                f"{app} {unknown[0]}, which version {settings.VERSION} does not know. "
                "Install that version first."
            )
    if _numbers(manifest.heritage) > _numbers(settings.VERSION):
        raise BackupError(
            f"A newer version made this backup: {manifest.heritage}; this is "
            f"{settings.VERSION}. Install that version first."
        )


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, by which it is compared: (1, 0, 2) for "1.0.2rc1"."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()
