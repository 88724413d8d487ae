"""Tiles, and maps of lists, as files: drawn when they are first asked for, one at a time in a
process, and kept; tiles compressed, as browsers take them.

`VERSION` is part of their address and of their folder, so that a tile never changes: it follows
from the data and the code that tiles are drawn from. The folder may be emptied at any time.
"""

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import brotli

from heritage.cartography import map_sheet
from heritage.cartography.base_map import FOLDER
from heritage.cartography.map_names import SCRIPTS

MOST_PICTURES = 2_000  # of some 100 kB
_QUALITY = 10  # of Brotli: a sixth smaller than gzip, and half the time of 11, which is no smaller
_WAITS = 5.0  # seconds for a tile that another thread draws


class BusyError(Exception):
    """Other tiles are being drawn."""


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted((*FOLDER.iterdir(), *FOLDER.parent.glob("*.py"))):
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


VERSION = _version()
_lock = threading.Lock()


def path_of(folder: Path, script: str, zoom: int, x: int, y: int) -> Path:
    return folder / VERSION / script / str(zoom) / str(x) / f"{y}.svg.br"


def tile(folder: Path, script: str, zoom: int, x: int, y: int) -> bytes:
    """A tile, compressed by Brotli, read from its file or drawn. Raises ValueError if there is no
    such tile, and BusyError while others are drawn."""
    if script not in SCRIPTS or not 0 <= zoom <= map_sheet.LARGEST:
        raise ValueError("There is no such tile")
    path = path_of(folder, script, zoom, x, y)

    def draw() -> bytes:
        drawn = map_sheet.draw_tile(zoom, x, y, script).encode()
        return brotli.compress(drawn, quality=_QUALITY)

    return _stored_or_drawn(path, draw)


def picture(folder: Path, name: str, draw: Callable[[], bytes]) -> bytes:
    """The content of a file, drawn if it is not there; its name must say all that it shows. Of many
    files the latest are kept. Raises BusyError."""
    path = folder / VERSION / "pictures" / name
    return _stored_or_drawn(path, draw, most=MOST_PICTURES)


def _stored_or_drawn(path: Path, draw: Callable[[], bytes], most: int = 0) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        pass
    with drawing():
        drawn = draw()
    _keep(path, drawn)
    if most:
        _remove_oldest(path.parent, most)
    return drawn


@contextmanager
def drawing() -> Iterator[None]:
    """One drawing at a time in this process. Raises BusyError after waiting for others."""
    if not _lock.acquire(timeout=_WAITS):
        raise BusyError
    try:
        yield
    finally:
        _lock.release()


def _keep(path: Path, drawn: bytes) -> None:
    """Write a file atomically. If the disk is full, the map is still answered."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(drawn)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        pass


def _remove_oldest(folder: Path, most: int) -> None:
    """Delete the oldest fifth of the files if there are more than `most`."""
    with suppress(OSError):
        paths = list(folder.iterdir())
        if len(paths) > most:
            for path in sorted(paths, key=lambda path: path.stat().st_mtime)[: most // 5 + 1]:
                path.unlink(missing_ok=True)


def remove_former(folder: Path) -> int:
    """Delete the tiles of other versions; returns how many versions were deleted."""
    former = [each for each in folder.glob("*") if each.is_dir() and each.name != VERSION]
    for each in former:
        shutil.rmtree(each, ignore_errors=True)
    return len(former)
