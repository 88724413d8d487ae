"""Make the fixtures of the World Heritage List and of countries from official tables."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from heritage.exchange.making import facts as tables_read
from heritage.exchange.making import files
from heritage.exchange.making import world_heritage as maker
from heritage.exchange.making.tables import TableError


class Command(BaseCommand):
    help = "Writes fixtures/countries.json and fixtures/world_heritage*.json from the tables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--facts", type=Path, required=True, help="Facts, one property a row.")
        parser.add_argument("--components", type=Path, required=True, help="Component parts.")
        parser.add_argument(
            "--dossiers",
            type=Path,
            required=True,
            help="An official spreadsheet (whc-sites-2024.xlsx): references with their suffixes.",
        )
        parser.add_argument(
            "--later", type=Path, help="Properties of a later edition, which is not complete."
        )
        parser.add_argument("--to", type=Path, default=settings.FIXTURE_DIRS[0], help="Folder.")
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if a file would change."
        )

    def handle(self, *args, to: Path, check: bool, **options) -> None:
        try:
            made = _make(to, **{name: options[name] for name in _TABLES})
        except (OSError, TableError) as error:
            raise CommandError(f"Nothing was written.\n{error}") from error
        for remark in made.remarks:
            self.stdout.write(remark)
        if check:
            changed = files.differences(made.files, to, maker.OWN)
            if changed:
                raise CommandError(f"Not what the tables say: {', '.join(changed)}")
            self.stdout.write("The files are what the tables say.")
            return
        for name in files.write(made.files, to, maker.OWN):
            self.stdout.write(f"{name}: {len(made.files.get(name, '').encode()) // 1000} kB")


_TABLES = ("facts", "later", "components", "dossiers")


def _make(
    folder: Path, facts: Path, later: Path | None, components: Path, dossiers: Path
) -> maker.Made:
    own = maker.own_files(folder)
    others = files.Index.of(set(folder.glob("*.json")) - set(own))
    year = re.search(r"20\d\d", dossiers.name)
    tables = maker.Tables(
        tables_read.read_properties(facts) + (tables_read.read_later(later) if later else []),
        tables_read.read_parts(components),
        tables_read.read_dossiers(dossiers),
        int(year[0]) if year else None,
    )
    given = files.Index.of(own).rows["site"]
    return maker.make(tables, others, {uid: fields["slug"] for uid, fields in given.items()})
