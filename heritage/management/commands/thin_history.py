"""Thin the old part of the history; without --apply, only say what would be done."""

import time
from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from heritage.services import thinning

SECONDS = 2  # between two words of progress


def day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = (
        "Combines several changes of a row that were made before a day into one. The first and the "
        "last state of each row stay, and who changed something and when. The last "
        f"{thinning.KEPT_DAYS} days are never thinned."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--before", type=day, required=True, metavar="DATE", help="such as 2025-01-01"
        )
        does = parser.add_mutually_exclusive_group()
        does.add_argument("--apply", action="store_true", help="do it; it cannot be undone")
        does.add_argument("--dry-run", action="store_true", help="only say so, as without --apply")

    def handle(self, *args: object, before: date, apply: bool, **options: object) -> None:
        at = timezone.make_aware(datetime(before.year, before.month, before.day))
        done, reported_at = thinning.Thinning(), time.monotonic()
        try:
            for done in thinning.thin(at, is_real=apply):
                if time.monotonic() - reported_at >= SECONDS:
                    reported_at = time.monotonic()
                    self.stdout.write(f"· {done.changes} changes so far")
        except thinning.TooRecent:
            latest = timezone.localdate(thinning.latest_allowed())
            raise CommandError(
                f"The last {thinning.KEPT_DAYS} days are never thinned: {latest} is the latest day."
            ) from None
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted after {done.changes} changes; what was done is whole. Run it again."
            ) from None
        verb = "were" if apply else "would be"
        self.stdout.write(
            f"{done.changes} changes of {done.rows} rows, in {len(done.owners)} records, {verb} "
            f"combined with later ones: about {done.bytes / 1_000_000:.1f} MB."
        )
        if not apply:
            self.stdout.write("Nothing was written. With --apply it is done, and cannot be undone.")
        elif done.changes:
            self.stdout.write(
                "The database uses the space again; the file itself becomes smaller by VACUUM."
            )
