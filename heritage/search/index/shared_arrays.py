"""The large arrays of the snapshot as files, which all processes of a machine map and so share.

A file is a copy of a part of the stored snapshot; the name of both is the digest of the content. It
is never changed, and may be deleted at any time: whoever has mapped it keeps what it has, and
others read the part from the database.
"""

import mmap
import tempfile
import time
from collections.abc import Buffer, Collection
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from django.conf import settings

_LEAST = 65_536  # bytes: smaller parts cost less in memory than as files
# Seconds in which a process that starts may still need a file of a former snapshot.
_LEFT_FOR = 3_600


def digest(data: Buffer) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def mapped(name: str) -> mmap.mmap | None:
    """The array with this digest; None if there is no file of it, or an incomplete one."""
    try:
        with (settings.INDEX_ROOT / name).open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # ValueError: an empty file
        return None
    return data if digest(data) == name else None


def stored(name: str, data: bytes) -> Buffer:
    """The same data, written to a file and mapped from it; small data are returned as they are.

    Raises OSError if the file cannot be written.
    """
    if len(data) < _LEAST:
        return data
    folder = settings.INDEX_ROOT
    folder.mkdir(mode=0o750, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="new-", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            Path(file.name).replace(folder / name)
        except OSError:
            Path(file.name).unlink()
            raise
    return mapped(name) or data


def remove_others(used: Collection[str]) -> None:
    """Remove files that belong to former snapshots."""
    before = time.time() - _LEFT_FOR
    with suppress(OSError):  # another process may remove the same, or there is no folder
        for path in settings.INDEX_ROOT.iterdir():
            if path.name not in used and path.stat().st_mtime < before:
                path.unlink()
