"""Two machines serve one catalogue: PostgreSQL, pictures and Redis are shared, nothing else is.

Loopback addresses stand for the machines. On SQLite, for one machine, none is started.
"""

import http.client
import lzma
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from heritage.models import IndexChange, Job, Review, Site
from heritage.search import store
from heritage.web.operations.middleware import ReplicaReads
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


def ask(host: str, port: int, path: str = PAGE, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": "localhost"} | headers)
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

    def __init__(self, folder: Path, variables: dict[str, str], hosts: tuple = MACHINES):
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
        for host in hosts:
            data = folder / host
            data.mkdir()
            (data / "media").symlink_to(shared)
            (data / "static").symlink_to(Path(variables["HERITAGE_DATA"], "static"))
            self.servers[host] = self.serve(host, self.port, HERITAGE_DATA=str(data))
        for host in hosts:
            wait(host, self.port)

    def serve(self, host: str, port: int, **variables: str) -> subprocess.Popen:
        return self.start(
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host,
            "--port", port, "--workers", "1", "--blocking-threads", "2",
            "heritage.wsgi:application", **variables,
        )  # fmt: skip

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

    def writer(self) -> Callable[[str], None]:
        """Saves a text as the summary of Longmen; it is committed when it returns."""
        process = self.start(sys.executable, "-m", "tests.machine_writer")

        def save(text: str) -> None:
            process.stdin.write(f"{text}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "committed\n"

        return save

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


class Cluster:
    """A PostgreSQL server of the test, with its files in `folder`."""

    def __init__(self, folder: Path):
        found = Path("/usr/lib/postgresql").glob("*/bin")
        self.programs = max(found, key=lambda path: float(path.parent.name))
        self.folder, self.port = folder, free_port()
        # It refuses to run as root, which the tests of CI do.
        self.user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}

    def do(self, program: str, *words: object) -> None:
        command = [str(self.programs / program), *map(str, words)]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **self.user)

    def init(self) -> None:
        options = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.do("initdb", "-D", self.folder, *options)

    def copy(self, primary: "Cluster") -> None:
        """Make this the streaming replica of another."""
        of = f"host=127.0.0.1 port={primary.port} user=postgres"
        self.do("pg_basebackup", "-D", self.folder, "-d", of, "-R", "-c", "fast", "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.do(
            "pg_ctl", "-D", self.folder, "-w", "-l", self.folder / "log", "-o", options, "start"
        )

    def stop(self) -> None:
        if (self.folder / "postmaster.pid").exists():
            self.do("pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "stop")

    def execute(self, sql: str, database: str = "postgres") -> tuple | None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchone() if found.description else None

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"


def test_a_page_whose_query_the_replica_ends_is_made_again_from_the_primary():
    request = RequestFactory().get(PAGE)
    made, error = [], OperationalError()
    error.__cause__ = psycopg.errors.SerializationFailure()  # in the way of replaying

    def view(request):
        made.append(request.replica_reading.alias)
        if len(made) > 1:
            return HttpResponse()
        request.replica_reading.alias = store.REPLICA
        again = reads.process_exception(request, error)
        assert reads.process_exception(request, error) is None  # now it was the primary
        return again

    reads = ReplicaReads(view)
    assert reads(request).status_code == 200
    assert made == ["", "default"]


def test_only_visitors_read_from_the_replica_and_only_what_the_change_log_follows():
    router = store.ReplicaRouter()
    assert router.db_for_read(Site) == "default"
    with store.visitor_read() as reading:
        reading.alias = store.REPLICA
        assert router.db_for_read(Site) == store.REPLICA
        assert router.db_for_write(Site) == "default"
        assert {router.db_for_read(model) for model in (Job, Review, IndexChange)} == {"default"}
    assert not router.allow_migrate(store.REPLICA, "heritage")


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
        save, stale, asked = machines.writer(), [], 0
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

    @pytest.fixture
    def clusters() -> Iterator[tuple[Cluster, Cluster]]:
        """The files of a primary and of a replica, both ended afterwards."""
        folder = Path(tempfile.mkdtemp(prefix="heritage-replica-"))
        clusters = Cluster(folder / "primary"), Cluster(folder / "replica")
        try:
            if clusters[0].user:
                shutil.chown(folder, **clusters[0].user)
            yield clusters
        finally:
            for each in clusters:
                each.stop()
            shutil.rmtree(folder)

    class Reads:
        """A server with a replica, and from which database it has answered so far."""

        def __init__(self, host: str, port: int):
            self.host, self.port = host, port

        def told(self) -> tuple[int, int]:
            """Answers read from the replica, and from the primary since the replica lagged."""
            text = ask(self.host, self.port, "/metrics")[1]
            found = [
                re.search(rf"heritage_worker_replica_{name}_total{{.*}} (\d+)", text)[1]
                for name in ("reads", "lags")
            ]
            return int(found[0]), int(found[1])

        def from_where(self, path: str, words: str, **headers: str) -> str:
            reads, lags = self.told()
            status, page = ask(self.host, self.port, path, **headers)
            assert status == 200 and words in page, (path, status)
            now = self.told()
            return {
                (reads + 1, lags): "replica", (reads, lags + 1): "lags", (reads, lags): "primary",
            }[now]  # fmt: skip

    @pytest.mark.parametrize("stored", [RELEASE], ids=["1.0"], indirect=True)
    def test_pages_are_read_from_a_replica_unless_it_lags_or_is_away(stored, clusters, tmp_path):
        (primary, standby), machines = clusters, None
        primary.init()
        primary.start()
        primary.execute("CREATE DATABASE heritage")
        dump = lzma.decompress((RELEASE / "heritage.sql.xz").read_bytes())
        with psycopg.connect(primary.url("heritage")) as connection:
            connection.execute(dump)
        try:
            variables = stored[1] | {"DATABASE_URL": primary.url("heritage")}
            machines = Machines(tmp_path, variables, hosts=())
            standby.copy(primary)
            standby.start()
            port = free_port()
            machines.serve(MACHINES[0], port, HERITAGE_REPLICA_URL=standby.url("heritage"))
            wait(MACHINES[0], port)
            server, save = Reads(MACHINES[0], port), machines.writer()

            def catch_up() -> None:
                head = "SELECT max(id) FROM heritage_indexchange"
                written = primary.execute(head, "heritage")
                deadline = time.monotonic() + 30
                while standby.execute(head, "heritage") != written:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)

            save("First words.")
            catch_up()
            assert server.from_where(PAGE, "First words.") == "replica"
            assert server.from_where("/en/sites/?q=longmen", "Longmen") == "replica"
            assert server.from_where("/en/sources/", "Sources") == "replica"
            standby.execute("SELECT pg_wal_replay_pause()")
            save("Second words.")
            assert server.from_where(PAGE, "Second words.") == "lags"
            assert server.from_where("/en/sites/?q=second+words", "Longmen") == "lags"
            # Editors read what they have just written, near or not.
            assert server.from_where(PAGE, "Second words.", Cookie="sessionid=any") == "primary"
            standby.execute("SELECT pg_wal_replay_resume()")
            catch_up()
            assert server.from_where("/zh-hans/sites/longmen-grottoes/", "Second") == "replica"
            assert server.from_where(PAGE, "Second words.", Cookie="sessionid=any") == "primary"
            standby.stop()  # at once, as when the power fails
            save("Third words.")
            for path in (PAGE, "/en/sites/?q=third+words", "/en/eras/", "/en/nothing/"):
                assert ask(MACHINES[0], port, path)[0] == (404 if "nothing" in path else 200)
            assert "Third words." in ask(MACHINES[0], port)[1]
        finally:
            if machines:
                machines.stop()
