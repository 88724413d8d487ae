"""The commands of README and docs/deployment.md, as they stand there, in a new folder."""

import itertools
import json
import os
import pty
import re
import shutil
import socket
import socketserver
import ssl
import stat
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import get_commands

from heritage.management.commands import demo

ROOT = Path(settings.BASE_DIR)
GUIDE = ROOT / "docs" / "deployment.md"
PASSWORD = "tortoise-shell-and-bronze"
ENGINE = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]


def blocks(path: Path, marked: str = "sh") -> dict[str, list[str]]:
    """The blocks of commands of a page, by the heading that they stand under."""
    found: dict[str, list[str]] = {}
    pattern = re.compile(r"^##+ ([^\n]+)$|^```(\w+(?: \w+)?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    heading = ""
    for title, language, commands in pattern.findall(path.read_text(encoding="utf-8")):
        heading = title or heading
        if language == marked:
            found.setdefault(heading, []).append(commands)
    return found


def is_literal() -> bool:
    """In CI packages are installed as the page says; else those of this environment are used."""
    return bool(os.environ.get("CI"))


class Folder:
    """A new folder with a clone in it, and a shell whose variables last from block to block."""

    def __init__(self, path: Path, variables: dict[str, str]):
        self.path, self.state = path, path.parent / "state.sh"
        self.variables = variables
        self.places: dict[str, Path] = {}  # where what the page names is, in this test
        self.state.write_text("")

    def environment(self) -> dict[str, str]:
        left_out = ("HERITAGE_", "DATABASE_", "DJANGO_", "VIRTUAL_ENV")
        if is_literal():  # modules that are used, and no others, are compiled: beside the installed
            left_out += ("PYTHONPYCACHEPREFIX",)
            self.variables = self.variables | {"PIP_NO_COMPILE": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        # The same Python as this one, under the name that the page gives it.
        return kept | {"PATH": f"{Path(sys.executable).parent}:{kept['PATH']}"} | self.variables

    def run(self, commands: str) -> str:
        for named, place in self.places.items():
            commands = commands.replace(named, str(place))
        script = f". {self.state}\nset -e\n{self._cut(commands)}\nexport -p > {self.state}\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.path, env=self.environment(),
            capture_output=True, text=True, timeout=550, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def _cut(self, commands: str) -> str:
        if is_literal():
            return commands
        (self.path / ".venv").is_symlink() or (self.path / ".venv").symlink_to(sys.prefix)
        lines = commands.splitlines()
        return "\n".join(x for x in lines if "pip install" not in x and "-m venv" not in x)

    def answer(self, command: str, answers: list[tuple[str, str]]) -> str:
        """Run a command at a terminal and answer its questions."""
        terminal, end = pty.openpty()
        process = subprocess.Popen(
            ["bash", "-c", f". {self.state}\n{command}"], cwd=self.path,
            env=self.environment(), stdin=end, stdout=end, stderr=end, start_new_session=True,
        )  # fmt: skip
        os.close(end)
        said, waiting = "", list(answers)
        while True:
            try:
                said += os.read(terminal, 4096).decode()
            except OSError:  # it has ended
                break
            if waiting and said.rstrip().endswith(waiting[0][0]):
                os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
        os.close(terminal)
        assert process.wait() == 0, said
        return said

    def python(self, code: str) -> str:
        (self.path / "asked.py").write_text(code)
        said = self.run(".venv/bin/python manage.py shell --no-imports < asked.py")
        return said.strip().rpartition("\n")[2]


# Fixtures that others do without. With those of one continent every command is as well proved, and
# done in a quarter of the time; all together are loaded in tests/demo.
LEFT_OUT = re.compile(
    r"fixtures/(disagreements|henan|names_in_use|quantities|sentences|world_heritage_(points|.*(arab|asia|europe|latin)))"
)


@pytest.fixture
def clone(tmp_path) -> Path:
    """What a clone would hold if all of this working copy but LEFT_OUT were committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    upstream = tmp_path / "upstream"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not LEFT_OUT.match(name):
            (upstream / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, upstream / name)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "All of it"]):
        subprocess.run([*git, *command], cwd=upstream, check=True)
    subprocess.run([*git, "clone", "-q", "upstream", "heritage"], cwd=tmp_path, check=True)
    return tmp_path / "heritage"


COUNTS = """
from heritage.models import Site, User
from django.test import Client
from heritage.search import store
page = Client(headers={"host": "heritage.example"}).get("/en/sites/", secure=True)
print(page.status_code, Site.objects.count(), len(store.current().sites), User.objects.count())
"""


@pytest.fixture
def database():
    """Variables that name a new database: SQLite's is a file of the folder."""
    if ENGINE == "sqlite3":
        yield {}
        return
    given = settings.DATABASES["default"]
    server = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
    name = f"deployment_{os.getpid()}"
    with psycopg.connect(f"postgres://{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {"DATABASE_URL": f"postgres://{server}/{name}"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


LOSS = """
from heritage.models import Site, User
Site.objects.filter(slug__startswith="l").delete()
User.objects.all().delete()
"""


def test_the_steps_of_readme_and_of_the_guide(clone, database):
    """From the first command to the upgrade; a backup brings back what was lost."""
    folder = Folder(clone, database)
    [commands] = blocks(ROOT / "README.md")["In production"]
    first, migrate, *filling = re.split(r"(?<=\n)(?=\.venv/bin/python manage)", commands)
    folder.run(first + migrate)
    assert (clone / "var" / "heritage.sqlite3").is_file() == (ENGINE == "sqlite3")
    # What follows is what the guide does, there in a new shell.
    guide = "".join(itertools.chain(*blocks(GUIDE).values()))
    assert len(filling) == 2 and all(command in guide for command in filling)
    _walk(clone, database, installed=first.partition("export")[0])


def _walk(clone: Path, database: dict[str, str], installed: str) -> None:
    """The guide, in a folder that stands for the places that it names.

    `installed` are commands of README: where they are the same, their packages and the database
    that they have migrated are used, since both take long to make.
    """
    steps, home = blocks(GUIDE), clone.parent / "srv"
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "tag", "v1.0.0"], cwd=clone, check=True)
    subprocess.run([*git, "clone", "-q", "--bare", clone, home / "repository"], check=True)
    (clone / "var").rename(home / "var")
    folder = Folder(home, database)
    folder.places = {
        "/srv/heritage": home,
        "/var/lib/heritage": home / "var",
        "/var/backups/heritage": home / "backups",
    }
    folder.run(steps["Install"].pop(0))
    folder.path = home / "current"
    assert list(steps) == [
        "Install", "Fill it", "First account", "Back up", "Restore", "Verify", "Upgrade"
    ]  # fmt: skip
    assert steps["Install"].pop(0).split() == installed.split()
    (folder.path / ".venv").symlink_to(clone / ".venv")
    for commands in steps["Install"]:
        folder.run(commands)
    static = home / "var" / "static"
    assert list(static.glob("staticfiles-*.json"))
    assert not (static / "css" / "base.css").exists()  # those with a hash alone are kept
    for commands in steps["Fill it"]:
        assert "The catalogue is sound." in folder.run(commands)
    [commands] = steps["First account"]
    folder.answer(commands, [("Password:", PASSWORD), ("Password (again):", PASSWORD)])
    before = folder.python(COUNTS)
    assert re.fullmatch(r"200 (1[0-9]{2}) \1 1", before)

    media = home / "var" / "media"
    (media / "picture.jpg").write_bytes(b"a picture")
    for commands in steps["Back up"]:
        assert "The catalogue is sound." in folder.run(commands)
    assert stat.S_IMODE((home / "backups").stat().st_mode) & 0o077 == 0
    (media / "picture.jpg").unlink()
    assert folder.python(LOSS + COUNTS) != before
    for commands in steps["Restore"]:
        folder.run(commands)
    assert folder.python(COUNTS) == before
    assert (media / "picture.jpg").read_bytes() == b"a picture"
    for commands in steps["Verify"]:
        assert "agrees with the rows" in folder.run(commands)

    for commands in steps["Upgrade"]:
        assert " 0 created, 0 updated" in folder.run(commands)
    assert folder.python(COUNTS) == before


# --- what serves -----------------------------------------------------------------------------


def needs(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        pytest.skip(f"{program} is not installed")
    return found


def test_the_unit_is_confined():
    done = subprocess.run(
        [
            needs("systemd-analyze"), "security", "--offline=true", "--threshold=20",
            str(ROOT / "deploy" / "heritage@.service"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert "Unknown" not in done.stderr


UNITS = sorted([*(ROOT / "deploy").glob("*.service"), *(ROOT / "deploy").glob("*.timer")])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_unit(unit):
    done = subprocess.run(
        [needs("systemd-analyze"), "verify", "--man=no", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # The programs are where the guide puts them, and not on this machine.
    faults = [x for x in done.stderr.splitlines() if "/srv/heritage/" not in x and unit.stem in x]
    assert faults == []
    for program in re.findall(
        r"^ExecStart=/srv/heritage/current/(deploy/\S+)", unit.read_text(), re.M
    ):
        assert os.access(ROOT / program, os.X_OK)


def test_timers_run_commands_that_there_are():
    for timer in (ROOT / "deploy").glob("*.timer"):
        for command in re.findall(
            r"^Unit=heritage-manage@(\w+)\.service$", timer.read_text(), re.M
        ):
            assert command in get_commands(), timer.name


class Socket:
    """A socket that answers what is given, or takes connections and answers nothing."""

    def __init__(self, path: Path, answer: bytes | None):
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(path))
        self.listening.listen(8)
        self.answer = answer

    def __enter__(self):
        if self.answer is not None:
            threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        asked, _address = self.listening.accept()
        with asked:
            self.asked = asked.recv(4096)
            asked.sendall(self.answer)

    def __exit__(self, *error):
        self.listening.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n", 0),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 0),  # of another host name
        (b"", 1),
        (None, 1),  # frozen workers
    ],
)
def test_the_watchdog_sees_whether_somebody_answers(tmp_path, answer, code):
    options = ["--socket", str(tmp_path / "socket"), "--within", "5"]
    if code:
        options += ["--seconds", "0.2", "--within", "0.5", "--pause", "0.1"]
    with Socket(tmp_path / "socket", answer) as workers:
        done = subprocess.run(
            [ROOT / "deploy" / "is-alive", *options], capture_output=True, text=True, check=False
        )
    assert done.returncode == code, done.stderr
    assert code == 0 or done.stderr.count("No answer on") >= 2
    assert answer is None or workers.asked.startswith(b"GET /healthz HTTP/1.1")


def test_the_watchdog_sees_that_nobody_listens(tmp_path):
    options = ["--socket", str(tmp_path / "none"), "--within", "0"]
    done = subprocess.run(
        [ROOT / "deploy" / "is-alive", *options], capture_output=True, check=False
    )
    assert done.returncode == 1


ENVIRONMENT = r"""
# A comment
; another one
PLAIN=postgres://u:p@h/n?sslmode=require&application_name=x
ANGLES='Heritage <a@b.example>'
DOUBLE="a \"b\" $c"
MIXED=one' two 'three
  SPACED = value of it  
LONG=one \
two
EMPTY=
"""
READ = {
    "PLAIN": "postgres://u:p@h/n?sslmode=require&application_name=x",
    "ANGLES": "Heritage <a@b.example>",
    "DOUBLE": 'a "b" $c',
    "MIXED": "one two three",
    "SPACED": "value of it",
    "LONG": "one two",
    "EMPTY": "",
}


@pytest.fixture
def small_clone(tmp_path) -> Path:
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "manage", tmp_path / "deploy")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    told = "import os, json, sys; print(json.dumps([dict(os.environ), sys.argv]))"
    (tmp_path / "manage.py").write_text(told)
    return tmp_path


def test_settings_are_read_as_systemd_reads_them(small_clone):
    """By `deploy/manage`, and by the shell from what it prints."""
    (small_clone / "heritage.env").write_text(ENVIRONMENT)
    command = small_clone / "deploy" / "manage"
    done = subprocess.run(
        [command, "migrate", "-v", "2"], capture_output=True, text=True, check=True
    )
    variables, words = json.loads(done.stdout)
    assert {name: variables.get(name) for name in READ} == READ and words[1:] == [
        "migrate",
        "-v",
        "2",
    ]
    script = f'eval "$({command} --variables)"; {sys.executable} manage.py'
    done = subprocess.run(
        ["bash", "-c", script], cwd=small_clone, capture_output=True, text=True, check=True
    )
    variables, _words = json.loads(done.stdout)
    assert {name: variables.get(name) for name in READ} == READ


@pytest.mark.parametrize("text", ["NAME", "A B=c", "=x", None])
def test_a_file_of_settings_that_cannot_be_read_is_told(small_clone, text):
    if text is not None:
        (small_clone / "heritage.env").write_text(text)
    done = subprocess.run(
        [small_clone / "deploy" / "manage", "migrate"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "heritage.env" in done.stderr


def test_the_unit_starts_workers_with_options_that_there_are():
    unit = (ROOT / "deploy" / "heritage@.service").read_text()
    command = re.search(r"^ExecStart=(.+?)^ExecStartPost", unit, re.MULTILINE | re.DOTALL)[1]
    command = re.sub(r"^#.*$", "", command, flags=re.MULTILINE).replace("\\\n", " ").split()
    granian = str(Path(sys.executable).parent / "granian")
    asked = subprocess.run(
        [granian, *command[1:-1], "--help"], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0 and "No such option" not in asked.stderr
    assert "--respawn-failed-workers" in command and command[-1] == "heritage.wsgi:application"


CONTAINER = ROOT / "deploy" / "Containerfile"


def test_the_container_serves_as_the_unit_does():
    text = CONTAINER.read_text().replace("\\\n", " ")
    assert CONTAINER.read_text().count("\n") <= 60
    command = json.loads(re.search(r"^CMD (\[.+\])$", text, re.MULTILINE)[1])
    unit = (ROOT / "deploy" / "heritage@.service").read_text()
    started = re.search(r"^ExecStart=(.+?)^ExecStartPost", unit, re.MULTILINE | re.DOTALL)[1]
    started = re.sub(r"^#.*$", "", started, flags=re.MULTILINE).replace("\\\n", " ").split()
    socket_alone = started.index("--uds"), started.index("--uds-permissions") + 2
    expected = started[1 : socket_alone[0]] + started[socket_alone[1] :]
    assert [*command[:3], *command[7:]] == ["granian", *expected]
    assert text.index("\nUSER heritage") < text.index("\nHEALTHCHECK") < text.index("\nCMD")


READ_ONLY = """
mount --bind / / && mount -o remount,bind,ro /
cd {place}
run() {{
  setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set -all --no-new-privs "$@"
}}
run touch {place}/heritage/written && exit 7
run {python} manage.py migrate --noinput --verbosity 0 &&
run {python} -c '{code}'
"""
IN_CONTAINER = """
import django; django.setup()
from django.test import Client, override_settings
from django.conf import settings
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
    print([Client().get(path).status_code for path in ("/readyz", "/en/", "/zh-hans/sites/")])
"""


def test_what_the_image_holds_is_enough_on_a_read_only_root(tmp_path):
    """As the image copies it, by an account without rights; its data folder alone is writable."""
    unshare, text = needs("unshare"), CONTAINER.read_text()
    if os.geteuid() != 0:
        pytest.skip("only root may make a root read-only")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        place, data = Path(name, "heritage"), Path(f"/dev/shm/heritage-{os.getpid()}")  # noqa: S108
        place.mkdir()
        Path(name).chmod(0o755)
        for line in re.findall(r"^COPY (?!--from)(.+) (\S+)$", text, re.MULTILINE):
            for source in line[0].split():
                target = place / (source if line[1].endswith(("./", ".")) else line[1])
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, target)
        data.mkdir()
        os.chown(data, 10001, 10001)
        compiled, standard = data / "compiled", sysconfig.get_path("stdlib")
        if sys.pycache_prefix:  # the image, too, holds compiled modules
            places = {
                sys.prefix: sys.prefix,
                standard: standard,
                f"{ROOT}/heritage": f"{place}/heritage",
            }
            for source, target in places.items():
                shutil.copytree(
                    f"{sys.pycache_prefix}{source}", f"{compiled}{target}",
                    ignore=shutil.ignore_patterns("*.pyc.*"),  # which are just being written
                )  # fmt: skip
        try:
            done = subprocess.run(
                [
                    unshare, "-m", "sh", "-c",
                    READ_ONLY.format(place=place, python=sys.executable, code=IN_CONTAINER),
                ],
                env={"PATH": os.environ["PATH"], "HERITAGE_DATA": str(data),
                     "HERITAGE_SECRET_KEY": "0123456789" * 6, "HERITAGE_HTTPS": "0",
                     "HERITAGE_HOSTS": "testserver", "PYTHONDONTWRITEBYTECODE": "1",
                     "PYTHONPYCACHEPREFIX": str(compiled) if sys.pycache_prefix else "",
                     "DJANGO_SETTINGS_MODULE": "heritage.settings"},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        finally:
            shutil.rmtree(data)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Read-only file system" in done.stderr
    assert done.stdout.strip().endswith("[200, 200, 200]")


@pytest.fixture
def nginx(tmp_path) -> list[str]:
    """The command that runs nginx as one process with our configuration, on sockets here."""
    program = needs("nginx")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            needs("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=heritage.example", "-keyout", key, "-out", certificate,
        ],
        capture_output=True, check=True,
    )  # fmt: skip
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = re.sub(r"^ *listen \[::\].*$", "", text, flags=re.MULTILINE)
    for number, port in enumerate(("80", "443 ssl")):
        text = text.replace(f"listen {port};", f"listen unix:{tmp_path}/{number}{port[3:]};")
    folder = "/etc/letsencrypt/live/heritage.example"
    text = text.replace(f"{folder}/fullchain.pem", str(certificate))
    text = text.replace(f"{folder}/privkey.pem", str(key))
    text = text.replace("/run/heritage/socket", f"{tmp_path}/workers")
    text = text.replace("/var/lib/heritage/", f"{tmp_path}/")
    whole = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    whole.write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{text}\n}}"
    )
    return [program, "-c", str(whole)]


def test_nginx_takes_the_configuration(nginx):
    done = subprocess.run([*nginx, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class SlowWorkers(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers any request with 200, log-ins and slow queries once they may go on."""

    daemon_threads = True
    request_queue_size = 128  # the backlog of deploy/heritage@.service

    def __init__(self, path: Path):
        super().__init__(str(path), None)
        self.asked = 0
        self.go_on = threading.Event()

    def finish_request(self, request, client_address):
        head = request.recv(65536)
        self.asked += 1
        if b"/login/" in head or b"slow" in head:
            self.go_on.wait(20)
        request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def ask(path: Path, address: str, headers: str = "") -> tuple[int, str]:
    """The status and the text of an answer of nginx."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(20)
        plain.connect(str(path))
        with context.wrap_socket(plain) as asked:
            asked.sendall(
                f"GET {address} HTTP/1.1\r\nHost: heritage.example\r\n{headers}"
                "Connection: close\r\n\r\n".encode()
            )
            head = b""
            while part := asked.recv(4096):
                head += part
    return int(head.split()[1]), head.decode()


@contextmanager
def served(nginx: list[str], folder: Path) -> Iterator[SlowWorkers]:
    """nginx before such workers."""
    with SlowWorkers(folder / "workers") as workers:
        threading.Thread(target=workers.serve_forever, daemon=True).start()
        server = subprocess.Popen(nginx)
        try:
            deadline = time.monotonic() + 20
            while not (folder / "1").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            yield workers
        finally:
            workers.go_on.set()
            workers.shutdown()
            server.terminate()
            server.wait(30)


def test_nginx_keeps_from_the_workers_what_they_cannot_take(nginx, tmp_path):
    """Of one address four log-ins at once; no endless header; 503 while no worker answers."""
    front = tmp_path / "1"
    with ThreadPoolExecutor() as pool, served(nginx, tmp_path) as workers:
        log_ins = [pool.submit(ask, front, "/en/accounts/login/") for _ in range(8)]
        pages = [pool.submit(ask, front, "/en/") for _ in range(3)]
        refused = itertools.islice(as_completed(log_ins, timeout=20), 4)
        assert [each.result()[0] for each in refused] == [429, 429, 429, 429]
        assert [each.result()[0] for each in pages] == [200, 200, 200]
        workers.go_on.set()
        assert [each.result()[0] for each in log_ins].count(200) == 4
        asked = workers.asked
        assert ask(front, "/en/", f"Content-Type: {'x' * 10_001}\r\n")[0] == 400
        assert workers.asked == asked
        workers.shutdown()
        workers.server_close()
        status, head = ask(front, "/en/")
        assert status == 503 and "Retry-After: 10" in head


def test_nginx_hands_out_tiles_as_long_as_a_link_leads_to_them(nginx, tmp_path):
    """Without asking a worker; what is no tile is put together by a worker, one after the other."""
    front, name = tmp_path / "1", "0,0,512,512/512,512/0/default.jpg"
    for tile, text in ((name, "a tile"), ("full/75,50/0/default.jpg", "the smallest")):
        path = tmp_path / "media" / "tiles" / "ab" / "abc" / tile
        path.parent.mkdir(parents=True)
        path.write_text(text)
    link = tmp_path / "media" / "iiif" / "3" / "gate-0a1b"
    link.parent.mkdir(parents=True)
    link.symlink_to("../../tiles/ab/abc")
    with ThreadPoolExecutor() as pool, served(nginx, tmp_path) as workers:
        status, answer = ask(front, f"/iiif/3/gate-0a1b/{name}")
        assert status == 200 and answer.endswith("a tile") and workers.asked == 0
        assert "Content-Type: image/jpeg" in answer and "immutable" in answer
        assert "Access-Control-Allow-Origin: *" in answer and "nosniff" in answer
        at = "https://heritage.example/iiif/3/gate-0a1b"
        assert f'<{at}/0,0,512,512/max/0/default.jpg>;rel="canonical"' in answer
        status, answer = ask(front, "/iiif/3/gate-0a1b/full/75,50/0/default.jpg")
        assert f'<{at}/full/75,50/0/default.jpg>;rel="canonical"' in answer
        etag = re.search(r"ETag: (.*?)\r", answer)[1]
        path = "/iiif/3/gate-0a1b/full/75,50/0/default.jpg"
        assert ask(front, path, f"If-None-Match: {etag}\r\n")[0] == 304
        assert workers.asked == 0
        odd = ("full/99,66/0/default.jpg", "full/75,50/90/default.jpg", "square/max/0/gray.png")
        asked = [pool.submit(ask, front, f"/iiif/3/gate-0a1b/{part}") for part in odd * 3]
        assert {each.result()[0] for each in asked} == {200} and workers.asked == 9
        link.unlink()
        assert ask(front, f"/iiif/3/gate-0a1b/{name}")[1].endswith("ok")
        assert ask(front, "/iiif/3/../tiles/ab/abc/full/75,50/0/default.jpg")[1].endswith("ok")


def test_thirty_people_behind_one_address_are_served(nginx, tmp_path):
    """A class opens a list, types six letters each, and opens a page, all at the same time."""
    front = tmp_path / "1"
    with ThreadPoolExecutor(90) as pool, served(nginx, tmp_path):
        asked = []
        for number in range(30):
            asked.append("/en/sites/?era=tang" if number % 3 else "/zh-hans/sites/")
            asked += [f"/en/suggest/?q={'longme'[:n]}" for n in range(1, 7)]
            asked.append(f"/en/sites/site-{number}/")
        answers = [answer[0] for answer in pool.map(lambda path: ask(front, path), asked)]
    assert answers == [200] * 240


def test_who_asks_for_much_more_is_told_to_wait_in_both_languages(nginx, tmp_path):
    front = tmp_path / "1"
    with ThreadPoolExecutor(45) as pool, served(nginx, tmp_path) as workers:
        asked = [pool.submit(ask, front, f"/en/sites/?q=slow+{number}") for number in range(40)]
        refused = [each.result() for each in itertools.islice(as_completed(asked, timeout=20), 10)]
        assert {status for status, _text in refused} == {429}
        for said in ("Retry-After: 5", "no-store", "wait a few seconds", "请等候数秒"):
            assert said in refused[0][1]
        assert ask(front, "/en/sites/")[0] == 200  # a page without a query is still there
        workers.go_on.set()
        assert [each.result()[0] for each in asked].count(200) == 30


def test_connections_that_nobody_uses_starve_nobody(tmp_path):
    """Three hundred of them, opened before a visitor comes to what `demo` starts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {"HERITAGE_DATA": str(tmp_path), "HERITAGE_DEMO": "1"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HERITAGE_", "DATABASE_"))}
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--port", str(port), *demo.SERVER],
        cwd=ROOT, env=kept | variables | {"DJANGO_SETTINGS_MODULE": "heritage.settings"},
    )  # fmt: skip
    idle = []
    try:
        _healthy(port, 60)
        for _ in range(300):
            idle.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        assert _healthy(port, 10) < 10
    finally:
        for each in idle:
            each.close()
        server.terminate()
        server.wait(30)


def _healthy(port: int, seconds: float) -> float:
    """How long it takes until the server answers."""
    started = time.monotonic()
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=seconds) as asked:
                asked.sendall(
                    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                asked.settimeout(seconds)
                assert asked.recv(100).partition(b" ")[2].startswith(b"200")
                return time.monotonic() - started
        except OSError:
            assert time.monotonic() - started < seconds, "no answer"
            time.sleep(0.2)
