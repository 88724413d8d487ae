"""Brings the records of a file that `export_catalogue` wrote into this database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange import catalogue_file
from heritage.exchange.fixtures import FixtureError


class Command(BaseCommand):
    help = (
        "Reads a file of export_catalogue: its records are added, or updated by uid; nothing is "
        "deleted. Later fixtures leave them alone. It is one change set, which `undo` undoes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            done = catalogue_file.restore(file, dry_run=dry_run)
        except FixtureError as error:
            raise CommandError(f"Nothing was changed.\n{error}") from error
        self.stdout.write(f"{done.report}; {done.files:,} files of pictures")
        if done.only_here:
            self.stdout.write(f"{done.only_here:,} records are here alone, and stay as they are.")
        if done.unknown_people:
            names = ", ".join(done.unknown_people)
            self.stdout.write(f"Without an account here, and no longer named on sites: {names}")
        self.stdout.write(f"checksum {done.checksum}")
        if dry_run:
            self.stdout.write("This was a trial: nothing was changed.")
