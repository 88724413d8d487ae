"""Makes the files of all sites, in each language and format, that are not there or out of date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.formats.downloads import FORMATS, editions
from heritage.services import jobs


class Command(BaseCommand):
    help = (
        "Makes the files of all sites, in each language and format, that are not there or out of "
        "date. The background worker does so every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--formats", default="", help=f"some of {','.join(FORMATS)}")

    def handle(self, *args: Any, formats: str, **options: Any) -> None:
        chosen = formats.split(",") if formats else list(FORMATS)
        if unknown := set(chosen) - FORMATS.keys():
            raise CommandError(f"There is no format {', '.join(sorted(unknown))}.")
        wanted = [each for each in editions.all_files() if each.extension in chosen]
        failed = 0
        for download in wanted:
            file = editions.ask(download)
            if file.job is not None and not file.is_ready:
                jobs.continue_here(file.job)  # nothing, if the worker has it already
                file.refresh_from_db()
            state = f"{file.size:,} bytes" if file.is_ready else file.get_state_display()
            failed += file.state == file.State.FAILED
            self.stdout.write(f"{download.file_name}: {state}")
        editions.forget_earlier()
        left_out = len(chosen) * len({each.language for each in wanted}) - len(wanted)
        if left_out:
            self.stdout.write(f"{left_out} left out: so many rows do not fit into their format.")
        if failed:
            raise CommandError(f"{failed} could not be made.")
