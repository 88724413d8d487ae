"""Uploads whose form had errors: a day long they need not be sent again. Never served."""

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

LASTS = 24 * 60 * 60  # seconds


def folder() -> Path:
    """The folder; it has a subfolder for each user."""
    return settings.DATA_DIR / "uploads"


def expired() -> Iterator[Path]:
    """Files that have expired."""
    for path in folder().glob("*/*"):
        if is_expired(path):
            yield path


def is_expired(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > LASTS
