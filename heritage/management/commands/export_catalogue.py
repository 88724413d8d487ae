"""Writes the whole catalogue into one file, which `import_catalogue` reads without loss."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange import catalogue_file


class Command(BaseCommand):
    help = (
        "Writes all records and the files of pictures into one file, without the history and "
        "accounts. import_catalogue reads it, into an empty database or into another."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--without-pictures", action="store_true", help="only their records")

    def handle(self, *args: Any, file: Path, without_pictures: bool, **options: Any) -> None:
        try:
            done = catalogue_file.export(file, pictures=not without_pictures)
        except OSError as error:
            raise CommandError(f"{file} could not be written: {error}") from error
        for label, count in done.rows.items():
            if count:
                self.stdout.write(f"{label}: {count:,}")
        self.stdout.write(f"{sum(done.rows.values()):,} records, {done.files:,} files of pictures")
        for name in done.missing:
            self.stderr.write(f"not there, and left out: {name}")
        self.stdout.write(f"checksum {done.checksum}")
