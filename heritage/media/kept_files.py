"""The folder of uploads that are kept for a day for forms with errors. It is never served."""

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

LASTS = 24 * 60 * 60  # seconds


def folder() -> Path:
    """The folder; it has a subfolder for each user."""
    return settings.DATA_DIR / "uploads"


def lapsed() -> Iterator[Path]:
    """Files that have expired."""
    for path in folder().glob("*/*"):
        if is_lapsed(path):
            yield path


def is_lapsed(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > LASTS
