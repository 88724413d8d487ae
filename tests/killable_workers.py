"""Background workers that a test begins and kills: forks of `tests.worker_process`."""

import os
import subprocess
import time
from contextlib import contextmanager

from django.db import connection

from tests.process_beside import process_beside


def wait_until(is_so) -> None:
    until = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


class Workers:
    def __init__(self, parent: subprocess.Popen):
        self._parent = parent
        self._servers = _servers()

    def begin(self) -> int:
        """The process id of a new one."""
        self._parent.stdin.write("go\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    def end(self, worker: int, signal: int) -> None:
        os.kill(worker, signal)
        assert self._parent.stdout.readline() == "ended\n"
        # A server may be at the last commit still.
        wait_until(lambda: _servers() <= self._servers)


@contextmanager
def killable_workers():
    """Workers, one at a time; at the end the process that forks them must end by itself."""
    with process_beside("tests.worker_process") as parent:
        yield Workers(parent)


def _servers() -> set[int]:
    """The processes of PostgreSQL that serve this database; those of earlier tests stay a while."""
    if connection.vendor == "sqlite":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return {pid for (pid,) in cursor.fetchall()}
