"""Django's `makemessages` with one way of writing a catalogue, whatever the options."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

_WITHOUT_MESSAGES = ["benchmarks", "docs", "fixtures", "tests", "var"]  # folders
_DATE = '"POT-Creation-Date:'  # of the last run: two branches would always differ in it


class Command(makemessages.Command):
    """Entries are sorted by their text, so that none moves with its file, and name no lines.

    A new message has no translation; Django would give it that of a similar one, marked as fuzzy.
    Without options all catalogues are written.
    """

    msguniq_options = [*makemessages.Command.msguniq_options, "--sort-output"]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(no_wrap=True, add_location="file", no_obsolete=True)

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] += _WITHOUT_MESSAGES
        options["all"] = options["all"] or not (options["locale"] or options["exclude"])
        super().handle(*args, **options)

    def write_po_file(self, potfile: str, locale: str) -> None:
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(_DATE)), "utf-8")
