"""deploy/upgrade: from release to release while a reader reads, and back when something fails."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.test_deployment import is_literal
from tests.test_releases import ROOT, stored

__all__ = ["stored"]
RELEASE = ROOT / "tests" / "releases" / "1.0"
HOST = "heritage.example"
# Kinds of pages: a release that is half installed fails at those that import or render at once.
PAGES = {
    "/en/": 200, "/zh-hans/": 200, "/en/sites/": 200, "/zh-hans/sites/?q=temple": 200,
    "/en/sources/": 200, "/en/sites/longmen-grottoes/": 200, "/en/eras/": 200,
    "/en/eras/tang/": 200, "/en/kinds/": 200, "/en/places/china/": 200,
    "/en/world-heritage/": 200, "/en/about/": 200, "/en/credits/": 200,
    "/en/suggest/?q=long": 200, "/en/feed.atom": 200, "/sitemap.xml": 200,
    "/en/accounts/login/": 200, "/en/nothing/": 404,
}  # fmt: skip

FIELD = "    visitors_per_day = models.PositiveIntegerField(null=True, blank=True)\n"
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("heritage", "{latest}")]
    operations = [
        migrations.AddField(
            "site", "visitors_per_day", models.PositiveIntegerField(null=True, blank=True)
        )
    ]
"""


class Git:
    """A repository from which releases are fetched, and the folder of the catalogue."""

    def __init__(self, folder: Path):
        self.upstream, self.home = folder / "upstream", folder / "home"

    def __call__(self, *words, cwd=None):
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run([*git, *words], cwd=cwd or self.upstream, check=True, capture_output=True)

    def release(self, tag: str) -> None:
        self("add", "-A")
        self("commit", "-qm", tag)
        self("tag", tag)


@pytest.fixture(scope="module")
def git(tmp_path_factory):
    """The releases v1 (this code), v2 (with one more column) and broken (does not start)."""
    git = Git(tmp_path_factory.mktemp("upgrade"))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    left_out = ("docs/", "tests/", "fixtures/", "benchmarks/")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(left_out):
            (git.upstream / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, git.upstream / name)
    # Which takes long, and is done in test_deployment.py.
    alone = 'WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("css", "js", "json", "svg", "txt")\n'
    edit(git.upstream / "heritage" / "settings.py", r"(?m)^STATIC_URL = ", alone + r"\g<0>")
    git("init", "-qb", "main")
    git.release("v1")
    latest = max(path.stem for path in (ROOT / "heritage" / "migrations").glob("0*.py"))
    trial = git.upstream / "heritage" / "migrations" / "9999_visitors_per_day.py"
    trial.write_text(MIGRATION.format(latest=latest))
    edit(
        git.upstream / "heritage" / "models" / "sites.py", r"(?m)^    latitude = ", FIELD + r"\g<0>"
    )
    edit(git.upstream / "pyproject.toml", r'(?m)^version = ".*"', 'version = "2.0"')
    git.release("v2")
    edit(git.upstream / "heritage" / "wsgi.py", r"(?m)^import gc$", "raise RuntimeError")
    git.release("broken")
    git("clone", "-q", "--bare", "upstream", "home/repository", cwd=git.upstream.parent)
    return git


def edit(path: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(text, "utf-8")


# `python3 -m venv` without the network: the packages of this environment, compiled already. In CI
# those of the release to which is upgraded are installed.
PYTHON = """\
#!/bin/sh
[ "$1" = -m ] && case "$3" in */v2/*) ! {literal};; esac || exec {python} "$@"
mkdir -p "$3/bin"
printf '#!/bin/sh\\nexec {prefix}/bin/python "$@"\\n' > "$3/bin/python"
printf '#!/bin/sh\\nexec {prefix}/bin/python -m granian "$@"\\n' > "$3/bin/granian"
printf '#!/bin/sh\\n' > "$3/bin/pip"
chmod +x "$3"/bin/*
"""

# What systemd does with the unit of a release, as far as it is used here.
SYSTEMCTL = """\
#!{python}
import os, re, runpy, signal, subprocess, sys, time
from pathlib import Path
home, run = Path({home!r}), Path({run!r})
command, *words = [word for word in sys.argv[1:] if not word.startswith("-")]
with (run / "log").open("a") as log:
    log.write(" ".join([command, *words]) + "\\n")
if command in ("start", "stop") and words[0].startswith("heritage@"):
    release = words[0].partition("@")[2]
    folder, pid = home / "releases" / release, run / (release + ".pid")
    unit = (folder / "deploy" / "heritage@.service").read_text().replace("\\\\\\n", " ")
    unit = re.sub(r"^#.*$", "", unit, flags=re.M).replace("%i", release).replace("$$", "$")
    unit = unit.replace("/srv/heritage", str(home)).replace("/run/heritage", str(run))
    def lines(name):
        return re.findall("^" + name + "=(.+)$", unit, re.M)
    if command == "start":
        for line in lines("ExecStartPre"):
            subprocess.run(line, shell=True, check=True)
        settings = runpy.run_path(str(folder / "deploy" / "manage"))["read"]
        given = settings((home / "heritage.env").read_text())
        given |= dict(re.findall(r"(\\w+)=(\\S+)", " ".join(lines("Environment"))))
        started = subprocess.Popen(
            lines("ExecStart")[0].split(), cwd=lines("WorkingDirectory")[0],
            env=os.environ | given, start_new_session=True,
            stdout=(run / (release + ".log")).open("a"), stderr=subprocess.STDOUT,
        )
        pid.write_text(str(started.pid))
        for line in lines("ExecStartPost"):
            subprocess.run(line, shell=True, check=True)
    elif pid.exists():
        number = int(pid.read_text())
        pid.unlink()
        os.kill(number, signal.SIGTERM)
        for _second in range(300):
            if not Path("/proc", str(number), "stat").exists():
                break
            state = Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                break
            time.sleep(0.1)
"""


class Machine:
    """A machine on which v1 serves the catalogue of a release."""

    def __init__(self, git: Git, folder: Path, variables: dict[str, str]):
        self.home, self.run, self.bin = git.home, folder / "run", folder / "bin"
        self.backups = folder / "backups"
        for path in (self.run, self.bin):
            path.mkdir(parents=True)
        names = {"python": sys.executable, "prefix": sys.prefix}
        names |= {"home": str(self.home), "run": str(self.run)}
        self.script("systemctl", SYSTEMCTL.format(**names))
        literal = "true" if is_literal() else "false"
        self.script("python3", PYTHON.format(literal=literal, **names))
        settings = variables | {
            "HERITAGE_SECRET_KEY": "only-for-tests-" + "0123456789" * 5,
            "HERITAGE_HOSTS": HOST,
            "HERITAGE_BEHIND_PROXY": "1",
        }
        lines = "".join(f"{name}='{value}'\n" for name, value in settings.items())
        (self.home / "heritage.env").write_text(lines)
        left_out = ("HERITAGE_", "DATABASE_", "DJANGO_", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.environment = kept | {"PATH": f"{self.bin}:{kept['PATH']}", "PIP_NO_COMPILE": "1"}

    def script(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def do(self, *words, check=True):
        return subprocess.run(
            [str(word) for word in words],
            cwd=self.home, env=self.environment, capture_output=True, text=True, check=check,
        )  # fmt: skip

    def install(self, tag: str) -> None:
        """The first release, by the commands of the guide."""
        folder = self.home / "releases" / tag
        if not folder.exists():
            folder.mkdir(parents=True)
            archive = f"git --git-dir=repository archive {tag} | tar -x -C {folder}"
            self.do("bash", "-c", archive)
            self.do("bash", "-c", f"python3 -m venv {folder}/.venv")
            self.do(folder / ".venv" / "bin" / "pip", "install", "-r", folder / "requirements.txt")
            (folder / ".complete").touch()
        (self.home / "current").unlink(missing_ok=True)
        (self.home / "current").symlink_to(f"releases/{tag}")
        self.do(folder / "deploy" / "manage", "migrate", "--verbosity", "0")
        self.do(folder / "deploy" / "manage", "collectstatic", "--noinput", "--verbosity", "0")
        self.do("systemctl", "start", f"heritage@{tag}")
        self.wait()

    def upgrade(self, *words):
        current = self.home / "current" / "deploy" / "upgrade"
        options = ("--backups", self.backups, "--run", self.run, "--user", "root")
        return self.do(current, *options, *words, check=False)

    def ask(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.settimeout(30)
            connection.sock.connect(str(self.run / "socket"))
            connection.request("GET", path, headers={"X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait(self):
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                if self.ask("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(self.log("v1"))

    def log(self, tag: str) -> str:
        """What the workers of a release printed last."""
        path = self.run / f"{tag}.log"
        return path.read_text()[-2000:] if path.exists() else ""

    def stop(self):
        for pid in self.run.glob("*.pid"):
            self.do("systemctl", "stop", f"heritage@{pid.stem}")


class Reader(threading.Thread):
    """Walks through all kinds of pages until told to stop; notes what is not as it should be."""

    def __init__(self, machine: Machine):
        super().__init__(daemon=True)
        self.machine, self.ends = machine, threading.Event()
        self.asked, self.failed = 0, []

    def run(self):
        while not self.ends.is_set():
            for path, expected in PAGES.items():
                try:
                    status: object = self.machine.ask(path)[0]
                except (OSError, http.client.HTTPException) as error:
                    status = repr(error)
                self.asked += 1
                if status != expected:
                    self.failed.append((path, status))
            self.ends.wait(0.5)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.ends.set()
        self.join(60)


@pytest.fixture
def machine(git, stored, tmp_path):
    machine = Machine(git, tmp_path / "machine", stored[1])
    try:
        machine.install("v1")
        yield machine
    finally:
        machine.stop()


@pytest.mark.parametrize("stored", [RELEASE], ids=["1.0"], indirect=True)
def test_a_reader_notices_no_upgrade_and_no_failure_of_one(machine):
    first = machine.ask("/en/sites/longmen-grottoes/")
    assert first[0] == 200
    with Reader(machine) as reader:
        failed = machine.upgrade("--no-rehearsal", "--seconds", "6", "broken")
        assert failed.returncode != 0
        assert "Failed: start broken beside v1." in failed.stderr
        assert "v1 goes on serving." in failed.stderr
        assert str((machine.home / "current").readlink()) == "releases/v1"
        done = machine.upgrade("--pages", "20", "--seconds", "90", "v2")
        assert done.returncode == 0, done.stdout + done.stderr + machine.log("v2")
        assert "Safe: migrated in" in done.stdout and "0 of 20 pages differ" in done.stdout
        assert b'"version": "2.0"' in machine.ask("/readyz")[1]
        assert [path.stem for path in machine.run.glob("*.pid")] == ["v2"]
        back = machine.upgrade("--back", "v1")
        assert back.returncode == 0, back.stdout + back.stderr
        assert b'"version": "2.0"' not in machine.ask("/readyz")[1]
    assert set(reader.failed) == set()
    assert reader.asked > 3 * len(PAGES)
    assert str((machine.home / "current").readlink()) == "releases/v1"
    assert str((machine.run / "socket").readlink()) == "v1.socket"
    log = (machine.run / "log").read_text().splitlines()
    assert log[-4:] == [
        "enable heritage@v1", "disable heritage@v2", "try-restart heritage-tasks",
        "stop heritage@v2",
    ]  # fmt: skip
    for words in (["v1"], ["no-such-release"], ["--back", "v7"], ["../v2"], []):
        assert machine.upgrade(*words).returncode != 0
    assert str((machine.home / "current").readlink()) == "releases/v1"
