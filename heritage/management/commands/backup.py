"""Write the whole catalogue into one file. Run it every night, see deploy/heritage-backup.timer."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange import backups
from heritage.models import CommandRun

_LISTED = 10  # missing files that are named one by one


class Command(BaseCommand):
    help = (
        "Writes database and pictures into one file in FOLDER, while others may write. "
        "The secret key and sessions are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where to write it; made if need be")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="delete all but the latest N backups of FOLDER"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="restore it into a temporary place, and run check_catalogue there",
        )

    def handle(
        self, *args: object, folder: Path, keep: int | None, check: bool, **options: object
    ) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep takes a number of backups, 1 or more.")
        try:
            made = backups.make(folder, self._say)
            self._tell(made)
            if check:
                self._check(made.path)
            former = backups.keep_latest(folder, keep) if keep else []
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        for path in former:
            self._say(f"Deleted: {path.name}")
        CommandRun.objects.enter(
            "backup", bytes=made.bytes, missing=len(made.manifest.missing), is_checked=check
        )

    def _say(self, text: str) -> None:
        self.stdout.write(f"· {text}")
        self.stdout.flush()

    def _tell(self, made: backups.Backup) -> None:
        manifest = made.manifest
        for name in manifest.missing[:_LISTED]:
            self.stdout.write(self.style.WARNING(f"A row names {name}, which is not there."))
        if (more := len(manifest.missing) - _LISTED) > 0:
            self.stdout.write(self.style.WARNING(f"{more} further files are not there."))
        self.stdout.write(
            f"{made.path}: {made.bytes / 1_000_000:.1f} MB, "
            f"{manifest.rows.get('heritage_site', 0)} sites, {manifest.pictures} pictures, "
            f"{len(manifest.missing)} missing."
        )

    def _check(self, path: Path) -> None:
        """Restore it elsewhere and let another process look at it, as it would be used."""
        with backups.restored_beside(path, tell=self._say) as place:
            self._say("Checking the restored catalogue")
            done = subprocess.run(
                [sys.executable, "manage.py", "check_catalogue"],
                cwd=settings.BASE_DIR,
                env=os.environ | place.environment,
                capture_output=True,
                text=True,
                check=False,
            )
        self.stdout.write(done.stdout.strip())
        if done.returncode:
            raise CommandError(
                f"The backup {path.name} was made and can be restored, but the catalogue in it has "
                f"problems: {done.stderr.strip()} Former backups were kept."
            )
