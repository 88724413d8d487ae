"""Set up a demonstration catalogue and serve it: database, fixtures, account, server."""

import hashlib
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.crypto import get_random_string

from heritage.exchange.fixtures import FixtureError, install
from heritage.models import Site, User
from heritage.services import is_of_older_version

ACCOUNT = "editor"
# Here no nginx stands before the workers: connections that nobody uses must starve nobody.
SERVER = (
    "--interface=wsgi", "--blocking-threads=4", "--backpressure=1024", "--no-http1-keep-alive",
    "--http1-header-read-timeout=5000", "--respawn-failed-workers", "--workers-kill-timeout=10",
    "--log-level=warning",
    "heritage.wsgi:application",
)  # fmt: skip


class Command(BaseCommand):
    help = "Sets up the database, loads the fixtures, makes an editor account and serves."
    requires_system_checks: list[str] = []  # they run once, within migrate

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to serve on.")
        parser.add_argument("--port", type=int, default=8000, help="Port to serve on.")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="Start over: deletes this catalogue's data. Stop other servers of it before.",
        )
        parser.add_argument(
            "--no-serve", action="store_false", dest="serve", help="Stop before serving."
        )

    def handle(
        self, *args: object, host: str, port: int, reset: bool, serve: bool, **options: object
    ) -> None:
        if serve:
            _refuse_taken_port(host, port)
        if reset:
            self._reset()
        self._say("Database")
        call_command("migrate", interactive=False, verbosity=0)
        self._load_fixtures()
        self._collect_static()
        self._make_account()
        sites = Site.objects.published().count()
        self.stdout.write(
            self.style.SUCCESS(f"The catalogue is ready: {sites} site{'s' if sites != 1 else ''}.")
        )
        if serve:
            self._serve(host, port)

    def _say(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()

    def _reset(self) -> None:
        self._say("Deleting what is there")
        if connection.vendor == "sqlite":
            connection.close()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{settings.DATABASES['default']['NAME']}{suffix}").unlink(missing_ok=True)
        else:
            if is_of_older_version(connection):
                _drop_tables()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("flush", interactive=False, verbosity=0)
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)

    def _load_fixtures(self) -> None:
        self._say("Fixtures")
        paths = sorted(path for folder in settings.FIXTURE_DIRS for path in folder.glob("*.json"))
        try:
            report = install(paths, lambda text: self._say(f"  {text}"))
        except FixtureError as error:
            raise CommandError(
                f"The fixtures cannot be loaded; nothing was changed.\n{error}"
            ) from error
        self._say(f"  {report}")
        for line in report.edited:
            self._say(f"  kept: {line}")

    def _collect_static(self) -> None:
        """Collect and compress static files, unless nothing has changed since the last time."""
        stamp = settings.DATA_DIR / "static.stamp"
        digest = _static_digest()
        if settings.STATIC_ROOT.exists() and stamp.exists() and stamp.read_text() == digest:
            return
        self._say("Static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(digest)

    def _make_account(self) -> None:
        if User.objects.exists():
            return
        password = get_random_string(14)
        user = User.objects.create_user(ACCOUNT, password=password, is_staff=True)
        user.groups.set(Group.objects.filter(name__in=("editor", "administrator")))
        self.stdout.write(
            self.style.WARNING(
                f"Editor account: {ACCOUNT} · password: {password} (shown only this once)"
            )
        )

    def _serve(self, host: str, port: int) -> None:
        """Start the background worker, and hand the process over to the server."""
        address = f"[{host}]" if ":" in host else host
        self.stdout.write(f"Serving http://{address}:{port}/ · stop with Ctrl+C")
        if not _is_this_machine(host):
            self.stdout.write(
                "Others can reach this server, and nothing limits what they ask for: whoever opens "
                "thousands of connections keeps everybody out. See docs/deployment.md for nginx."
            )
        self.stdout.flush()
        connection.close()
        if host in ("0.0.0.0", "::"):  # noqa: S104 - asked for by whoever starts the demo
            os.environ.setdefault("HERITAGE_HOSTS", "*")
        elif host not in settings.ALLOWED_HOSTS:
            os.environ.setdefault("HERITAGE_HOSTS", ",".join([*settings.ALLOWED_HOSTS, address]))
        os.chdir(settings.BASE_DIR)
        # The background worker ends when this process does, which becomes the server.
        worker = [sys.executable, "manage.py", "db_worker", "--beside", str(os.getpid())]
        subprocess.Popen(worker)  # noqa: S603 - our own command
        command = [sys.executable, "-m", "granian", "--host", host, "--port", str(port), *SERVER]
        os.execv(sys.executable, command)  # noqa: S606 - our own Python


def _drop_tables() -> None:
    """Those of an earlier version of the catalogue, which no migration knows any more."""
    labels = {config.label for config in apps.get_app_configs()} | {"django", "reversion"}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.partition("_")[0] in labels:
                name = connection.ops.quote_name(table)
                cursor.execute(f"DROP TABLE IF EXISTS {name} CASCADE")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot serve on {host}:{port}: {error.strerror}. Choose another with --port."
            ) from error


def _static_digest() -> str:
    """Changes with any static file, and with the Django whose admin files are among them."""
    parts = [version("django")]
    for finder in get_finders():
        for path, storage in finder.list(None):
            status = Path(storage.path(path)).stat()
            parts.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
