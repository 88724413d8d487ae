"""Restore a backup that `manage.py backup` made. Stop the workers before."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange import backups


class Command(BaseCommand):
    help = "Restores database and pictures from a backup, or changes nothing and says why."
    requires_system_checks: list[str] = []  # what is there may be damaged

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that the command backup wrote")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="replace the catalogue that is there; it is saved in the data folder first",
        )

    def handle(self, *args: object, file: Path, replace: bool, **options: object) -> None:
        try:
            done = backups.restore(file, replace, lambda text: self.stdout.write(f"· {text}"))
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        manifest = done.manifest
        if done.aside:
            self.stdout.write(f"What was there before is in {done.aside}.")
        self.stdout.write(
            self.style.SUCCESS(
                f"Restored: the catalogue of {manifest.made_at}, version {manifest.heritage}, "
                f"{manifest.rows.get('heritage_site', 0)} sites, {manifest.pictures} pictures."
            )
        )
        if manifest.missing:
            self.stdout.write(f"Already missing in the backup: {len(manifest.missing)} pictures.")
        if done.pending:
            self.stdout.write(
                f"An older version made it: run migrate ({len(done.pending)} migrations), then "
                "reindex, before workers start."
            )
        self.stdout.write("Everybody has to log in again. Start the workers anew.")
