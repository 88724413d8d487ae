"""Make the fixture of the Henan sites from their table and the national list."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from heritage.exchange.making import henan as maker
from heritage.exchange.making.files import Index
from heritage.exchange.making.henan_cells import Eras
from heritage.exchange.making.henan_facts import read_facts, read_units
from heritage.exchange.making.henan_keeping import as_text
from heritage.exchange.making.tables import TableError


class Command(BaseCommand):
    help = "Brings fixtures/henan.json up to date with the tables; its texts are kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--facts", type=Path, required=True, help="Facts, one site a row.")
        parser.add_argument("--units", type=Path, required=True, help="The national list.")
        parser.add_argument("--to", type=Path, default=settings.FIXTURE_DIRS[0], help="Folder.")
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if the file would change."
        )

    def handle(self, *args, to: Path, check: bool, **options) -> None:
        path = Path(to) / maker.OWN
        before = path.read_text(encoding="utf-8") if path.is_file() else "[]"
        try:
            made = _make(options["facts"], options["units"], path, json.loads(before))
        except (OSError, ValueError, TableError) as error:
            raise CommandError(f"Nothing was written.\n{error}") from error
        for remark in made.remarks:
            self.stdout.write(remark)
        text = as_text(made.items)
        if check:
            if text != before:
                raise CommandError(f"Not what the tables say: {path.name}")
            self.stdout.write("The file is what the tables say.")
        elif text != before:
            path.write_text(text, encoding="utf-8", newline="\n")
            self.stdout.write(f"{path.name}: {len(text.encode()) // 1000} kB")


def _make(facts: Path, units: Path, path: Path, there: list) -> maker.Made:
    others = Index.of(set(path.parent.glob("*.json")) - {path})
    return maker.make(read_facts(facts, Eras.of(others)), read_units(units), there, others)
