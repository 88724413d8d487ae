"""A lock for work that a machine does one piece at a time, whichever process is asked for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import locks

_BETWEEN = 0.05  # seconds between two tries


@contextmanager
def one_at_a_time(name: str, seconds: float = 0) -> Iterator[bool]:
    """True in at most one process of the machine at a time, which holds the lock to the end of the
    block; False if another process has it.

    Waits up to `seconds` for the lock. Raises OSError if the lock file cannot be written.
    """
    folder = Path(settings.MEDIA_ROOT) / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + seconds
    with (folder / f"{name}.lock").open("ab") as lock:  # closing it gives it up
        while not (is_ours := locks.lock(lock, locks.LOCK_EX | locks.LOCK_NB)):
            if time.monotonic() >= ends:
                break
            time.sleep(_BETWEEN)
        yield is_ours
