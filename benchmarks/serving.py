"""A server of its own for each measuring: started, asked, weighed, and ended by its number."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 120
_LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class Server:
    """A command that serves on a free port of this machine, or on a socket of its file system.

    Where `{port}` or `{socket}` stands in the command.
    """

    def __init__(self, command: list[str], environment: dict[str, str], ready: str):
        self._folder = tempfile.TemporaryDirectory()
        on = {"{port}": free_port(), "{socket}": f"{self._folder.name}/socket"}
        (self.address,) = (on[part] for part in command if part in on)
        command = [str(on.get(part, part)) for part in command]
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the process
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=self._output,
            stderr=self._output,
        )
        self._await(ready)
        self.client = self.connect()

    def _await(self, ready: str) -> None:
        """Wait until the server says that it is up; nothing is asked of it before."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if ready in self.output():
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"The server did not start:\n{self.output()[-2000:]}")

    def output(self) -> str:
        self._output.flush()
        return Path(f"/proc/self/fd/{self._output.fileno()}").read_text()

    def connect(self) -> "Client":
        return Client(self.address)

    def pids(self) -> list[int]:
        """The process and all its children."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += _children(pid)
        return found

    def workers(self) -> list[int]:
        """Those that answer: all but the one that only watches over them."""
        grown = sorted(self.pids()[1:], key=resident, reverse=True)
        return [pid for pid in grown if resident(pid) > resident(grown[0]) / 2] or self.pids()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


class Client:
    """One that asks and takes as little of the processors as it can.

    It shares them with the servers that it measures, and reads no more of an answer than its
    status and its length; one without a length (Datasette's) is read to its last chunk. Its
    connection is kept for as long as the server keeps it; the next one is part of what is measured.
    """

    def __init__(self, address: int | str):
        """`address`: a port of this machine, or the path of a socket."""
        self._address, self._socket = address, None

    def _connect(self) -> None:
        is_port = isinstance(self._address, int)
        self._socket = socket.socket(socket.AF_INET if is_port else socket.AF_UNIX)
        self._socket.settimeout(600)
        self._socket.connect(("127.0.0.1", self._address) if is_port else self._address)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def get(self, address: str) -> tuple[int, float, bytes]:
        """Status, milliseconds and body. A connection that idled too long is made anew."""
        try:
            return self._get(address)
        except ConnectionError:
            self.close()
            return self._get(address)

    def _get(self, address: str) -> tuple[int, float, bytes]:
        request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        started = time.perf_counter()
        if self._socket is None:
            self._connect()
        self._socket.sendall(request.encode("ascii"))
        head, body = self._until(b"", b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length:
            parts, missing = [body], int(length[1]) - len(body)
            while missing > 0:
                parts.append(self._receive())
                missing -= len(parts[-1])
            body = b"".join(parts)
        else:
            body, _rest = self._until(body, b"\r\n0\r\n\r\n")
        if _LAST.search(head):
            self.close()
        return int(head[9:12]), (time.perf_counter() - started) * 1000, body

    def _until(self, found: bytes, end: bytes) -> tuple[bytes, bytes]:
        while end not in found:
            found += self._receive()
        before, _end, after = found.partition(end)
        return before, after

    def _receive(self) -> bytes:
        found = self._socket.recv(1 << 18)
        if not found:
            raise ConnectionError
        return found

    def json(self, address: str) -> dict:
        status, _wall, body = self.get(address)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        return json.loads(body)


def granian(environment: dict[str, str], workers: int = 1) -> Server:
    """The catalogue as deploy/heritage@.service runs it, with the pages it is compared with."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--uds", "{socket}"]
    command += ["--no-http1-keep-alive", "--workers", str(workers)]
    command += ["--blocking-threads", "2", "--backpressure", "2", "--backlog", "128"]
    command += ["--http1-header-read-timeout", "10000", "--respawn-failed-workers"]
    command += ["--respawn-interval", "0.5", "--workers-max-rss", "900"]
    command += ["--workers-kill-timeout", "20"]
    command += ["--log-level", "info", "heritage.wsgi:application"]
    own = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    own |= {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144"}
    environment = own | environment
    return Server(command, environment, ready=f"Started worker-{workers}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(server: Server, pids: list[int], address: str) -> tuple[int, float, float]:
    """One request: its status, and what these processes computed and the client waited, in ms."""
    before = cpu_ms(pids)
    status, wall, _body = server.client.get(address)
    return status, cpu_ms(pids) - before, wall


# --- what the machine says of a process ---------------------------------------------------------


def _children(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            continue
    return found


def cpu_ms(pids) -> float:
    """Milliseconds that processes have computed so far; those that are gone count nothing.

    By the clock that Linux has for each process, which is exact.
    """
    return sum(map(_process_ms, pids))


def _process_ms(pid: int) -> float:
    try:
        return time.clock_gettime_ns(~pid << 3 | 2) / 1e6  # as clock_getcpuclockid() numbers it
    except OSError:
        return 0.0


def resident(pid: int) -> int:
    """Bytes of memory that a process holds, shared ones too."""
    return _kilobytes(f"/proc/{pid}/status", "VmRSS:") * 1024


def unshared(pid: int) -> int:
    """Bytes that would be free if the process ended."""
    path = f"/proc/{pid}/smaps_rollup"
    return 1024 * (_kilobytes(path, "Private_Clean:") + _kilobytes(path, "Private_Dirty:"))


def _kilobytes(path: str, name: str) -> int:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))
