"""Two machines serve one catalogue: PostgreSQL, pictures and Redis are shared, nothing else is.

Loopback addresses stand for the machines. On SQLite, which is for one machine, nothing is tested.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings

from tests.test_deployment import needs
from tests.test_releases import ENGINE, ROOT, stored

__all__ = ["stored"]
RELEASE = ROOT / "tests" / "releases" / "1.0"
MACHINES = ("127.0.0.1", "127.0.0.2")
SAVES = int(os.environ.get("HERITAGE_TEST_SAVES", 20))
PAGE = "/en/sites/longmen-grottoes/"
LIST = "/en/sites/?q=龙门"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(host: str, port: int, path: str = PAGE) -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def wait(host: str, port: int, path: str = "/readyz") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if ask(host, port, path)[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise AssertionError(f"{host}:{port} does not answer")


class Machines:
    """What is shared, and a server on each address with a data folder of its own."""

    def __init__(self, folder: Path, variables: dict[str, str]):
        self.folder, self.port, self.started = folder, free_port(), []
        self.redis = free_port()
        shared = Path(variables["HERITAGE_DATA"], "media")
        kept = {x: y for x, y in os.environ.items() if not x.startswith(("HERITAGE_", "DJANGO_"))}
        self.environment = kept | {
            "DATABASE_URL": variables["DATABASE_URL"],
            "HERITAGE_DATA": variables["HERITAGE_DATA"],
            "HERITAGE_CACHE_URL": f"redis://127.0.0.1:{self.redis}/1",
            "HERITAGE_MACHINES": "2",
            "HERITAGE_SECRET_KEY": settings.SECRET_KEY,
            "HERITAGE_HTTPS": "0",
            "HERITAGE_HOSTS": "localhost",
        }
        self.start(needs("redis-server"), "--port", self.redis, "--save", "", "--bind", MACHINES[0])
        for command in ("migrate", "collectstatic"):
            self.manage(command, "--noinput", "--verbosity", "0")
        self.servers = {}
        for host in MACHINES:
            data = folder / host
            data.mkdir()
            (data / "media").symlink_to(shared)
            (data / "static").symlink_to(Path(variables["HERITAGE_DATA"], "static"))
            self.servers[host] = self.start(
                sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host,
                "--port", self.port, "--workers", "1", "--blocking-threads", "2",
                "heritage.wsgi:application", HERITAGE_DATA=str(data),
            )  # fmt: skip
        for host in MACHINES:
            wait(host, self.port)

    def manage(self, *words):
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment, check=True, capture_output=True,
        )  # fmt: skip

    def start(self, *words, **variables) -> subprocess.Popen:
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=ROOT, env=self.environment | variables, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
            process.stdin.close()
            process.stdout.close()


NGINX = """daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}
http {{
  access_log off; {temporary}
  upstream heritage {{
    server 127.0.0.1:{port} max_fails=1 fail_timeout=5s;
    server 127.0.0.2:{port} max_fails=1 fail_timeout=5s;
  }}
  server {{
    listen 127.0.0.1:{front};
    location / {{
      proxy_pass http://heritage; proxy_set_header Host localhost; proxy_connect_timeout 2s;
    }}
  }}
}}"""


def nginx(machines: Machines) -> int:
    """The port of nginx before both."""
    front, folder = free_port(), machines.folder
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    text = NGINX.format(folder=folder, temporary=temporary, port=machines.port, front=front)
    (folder / "nginx.conf").write_text(text)
    machines.start(needs("nginx"), "-c", folder / "nginx.conf")
    wait("127.0.0.1", front)
    return front


if ENGINE == "postgresql":

    @pytest.fixture
    def machines(stored, tmp_path):
        machines = None
        try:
            machines = Machines(tmp_path, stored[1])
            yield machines
        finally:
            if machines:
                machines.stop()

    @pytest.mark.parametrize("stored", [RELEASE], ids=["1.0"], indirect=True)
    def test_no_page_of_either_is_stale_and_one_may_die(machines):
        writer = machines.start(sys.executable, "-m", "tests.machine_writer")

        def save(text: str) -> None:
            writer.stdin.write(f"{text}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == "committed\n"

        stale, asked = [], 0
        for number in range(SAVES):
            save(f"Words number {number}.")
            for host in MACHINES:
                status, page = ask(host, machines.port)
                asked += 1
                if status != 200 or f"Words number {number}." not in page:
                    stale.append((number, host, status))
        assert stale == [] and asked == 2 * SAVES
        counters = redis.Redis(port=machines.redis, db=1)
        assert list(counters.scan_iter("*:last"))  # of the writer
        counters.close()

        front, statuses = nginx(machines), []
        for number in range(40):
            if number == 10:  # with all its processes, as when the power fails
                os.killpg(machines.servers[MACHINES[1]].pid, signal.SIGKILL)
            if number % 10 == 5:
                save(f"Later words {number}.")
            status, page = ask("127.0.0.1", front)
            statuses.append(status)
            if number >= 5:
                assert f"Later words {number - (number - 5) % 10}." in page
        assert statuses == [200] * 40
