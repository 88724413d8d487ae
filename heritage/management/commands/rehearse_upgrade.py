"""Try this version on a backup, beside the running catalogue, which is not touched."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from heritage.exchange import backups
from heritage.management import page_facts
from heritage.management.page_facts import PageFacts, differences

_RENDER = Path(page_facts.__file__).with_name("render_pages.py")
_LISTED = 20  # pages that differ are told one by one, with so many facts each
_SECONDS = 20  # that the running catalogue may take for a page
type Rendered = dict[str, tuple[int, str]]  # status and text of pages, by path


class Command(BaseCommand):
    help = (
        "Restores a backup beside the running catalogue, migrates it to this version, checks it, "
        "and compares pages with those of the release that runs. The running catalogue is only "
        "read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that the command backup wrote")
        former = parser.add_mutually_exclusive_group()
        former.add_argument(
            "--release",
            type=Path,
            help="folder of the release that runs, whose own code renders the same backup; "
            "by default the one that the link `current` beside this release leads to",
        )
        former.add_argument(
            "--address",
            help="instead, address of the running catalogue, such as https://heritage.example; "
            "what was edited since the backup then differs, too",
        )
        parser.add_argument("--pages", type=int, default=200, help="how many pages are compared")

    def handle(
        self,
        *args: object,
        file: Path,
        release: Path | None,
        address: str | None,
        pages: int,
        **options: object,
    ) -> None:
        former = None if address else release or _current_release()
        try:
            with backups.restored_beside(file, tell=self._say) as place:
                report = self._rehearse(place, former, address, pages)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(report))

    def _rehearse(
        self,
        place: backups.TemporaryCatalogue,
        former: Path | None,
        address: str | None,
        count: int,
    ) -> str:
        """Rehearse the upgrade; returns the report if it is safe, else raises CommandError."""
        this, environment = Path(settings.BASE_DIR), os.environ | place.environment
        before: Rendered = {}
        problems: set[str] = set()
        if former:
            self._say(f"Pages of {former}")
            before = _rendered(former, environment, [str(count)])
            if not before:
                raise CommandError(
                    f"{former} answers no page of this backup: is it of that release?"
                )
            problems = _problems(former, environment)
        started = time.monotonic()
        for command in ("migrate", "reindex"):
            self._say(command)
            done = _run(this, environment, ["manage.py", command])
            if done.returncode:
                output = (done.stderr.strip() or done.stdout.strip())[-2000:]
                raise CommandError(f"Not safe: {command} fails. Nothing was changed.\n{output}")
        seconds = time.monotonic() - started
        self._say("check_catalogue")
        new = _problems(this, environment) - problems
        for problem in sorted(new):
            self.stdout.write(problem)
        self._say(f"Pages of version {settings.VERSION}")
        after = _rendered(this, environment, before or [str(count)])
        if address:
            self._say(f"Pages of {address}")
            before = _asked(address, after)
        lost, differ = self._compare(place, before, after)
        if new or lost:
            raise CommandError(
                f"Not safe: {lost} of {len(after)} pages are no longer answered, and "
                f"check_catalogue finds {len(new)} new problems. Nothing was changed."
            )
        compared = (
            f"{differ} of {len(before)} pages differ"
            if before
            else f"{len(after)} pages answered, compared with none: name --release or --address"
        )
        return f"Safe: migrated in {seconds:.0f} s, {compared}."

    def _compare(
        self, place: backups.TemporaryCatalogue, before: Rendered, after: Rendered
    ) -> tuple[int, int]:
        """How many pages are no longer answered, and how many differ; the first are told."""
        was = {path: page_facts.read(path, *page) for path, page in before.items()}
        now = {path: page_facts.read(path, *page) for path, page in after.items()}
        texts = {text for page in was.values() for text in page.texts | page.pictures}
        stored = page_facts.stored_texts(_connection(place), texts)
        lost = differ = 0
        for path, page in now.items():
            former = was.get(path, PageFacts(200)).only(stored)
            if former.status < 400 <= page.status:
                lost += 1
                self.stdout.write(f"{path}: answers {page.status}")
            elif path in was and (found := differences(former, page)):
                differ += 1
                if differ <= _LISTED:
                    self._tell(path, found)
        if differ > _LISTED:
            self.stdout.write(f"{differ - _LISTED} further pages differ.")
        return lost, differ

    def _tell(self, path: str, found: list[str]) -> None:
        self.stdout.write(f"{path}:")
        for words in found[:_LISTED]:
            self.stdout.write(f"  {words}")
        if len(found) > _LISTED:
            self.stdout.write(f"  and {len(found) - _LISTED} more")

    def _say(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()


def _current_release() -> Path | None:
    """The release that runs, if this one lies beside it: see docs/deployment.md."""
    link = Path(settings.BASE_DIR).parent.parent / "current"
    if link.is_symlink() and link.resolve() != Path(settings.BASE_DIR):
        return link.resolve()
    return None


type Process = subprocess.CompletedProcess[str]


def _run(release: Path, environment: dict[str, str], words: list[str], stdin: str = "") -> Process:
    """Run a file of a release by the Python of that release."""
    python = release / ".venv" / "bin" / "python"
    if release == Path(settings.BASE_DIR):
        python = Path(sys.executable)
    return subprocess.run(  # noqa: S603 - a release that the operator names
        [python, *words],
        cwd=release,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def _problems(release: Path, environment: dict[str, str]) -> set[str]:
    """The lines that check_catalogue of a release prints, unless it finds nothing."""
    done = _run(release, environment, ["manage.py", "check_catalogue"])
    return set(done.stdout.splitlines()) if done.returncode else set()


def _rendered(release: Path, environment: dict[str, str], wanted: Iterable[str]) -> Rendered:
    """Pages by the code of a release: those of the paths, or a number of them."""
    done = _run(release, environment, [str(_RENDER)], "\n".join(wanted))
    if done.returncode:
        raise CommandError(f"Not safe: {release} renders no pages.\n{done.stderr[-2000:]}")
    rendered = map(json.loads, done.stdout.splitlines())
    return {path: (status, html) for path, status, html in rendered}


def _asked(address: str, paths: Iterable[str]) -> Rendered:
    """The pages at these paths, as the running catalogue answers them."""
    found = {}
    for path in paths:
        url = address.rstrip("/") + path
        if not url.startswith(("http://", "https://")):
            raise CommandError(f"{address} is no address of a catalogue.")
        try:
            with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - http alone
                found[path] = (answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            found[path] = (error.code, "")
        except OSError as error:
            raise CommandError(f"{url} does not answer: {error}") from error
    return found


def _connection(place: backups.TemporaryCatalogue) -> BaseDatabaseWrapper:
    """A connection to the restored database, beside that of the running one."""
    found = environ.Env.db_url_config(place.environment["DATABASE_URL"])
    return ConnectionHandler({"default": found})["default"]
