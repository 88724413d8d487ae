"""A process beside that of a test, on the same database, which is told what to do line by line."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def process_beside(module: str, *arguments: str) -> Iterator[subprocess.Popen]:
    """Run a module of tests; once its input is closed, it must end by itself without a fault."""
    command = [sys.executable, "-m", module, connection.settings_dict["NAME"], *arguments]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()
        assert process.wait(timeout=20) == 0
