"""Undo a change set of any size, some hundred changes in a transaction."""

from collections.abc import Iterable
from itertools import islice

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.models import ChangeSet, Job
from heritage.services import jobs
from heritage.services.undo import why_thinned
from heritage.services.undo_plan import line_of, plan

SHOWN = 50


class Command(BaseCommand):
    help = "Undoes a change set by its number, as the history page of the admin shows it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("change_set", type=int)
        parser.add_argument("--reason", default="", help="is kept in the history")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(
        self, *args: object, change_set: int, reason: str, dry_run: bool, **options: object
    ) -> None:
        found = ChangeSet.objects.filter(pk=change_set).first()
        if found is None:
            raise CommandError(f"There is no change set {change_set}.")
        if why_not := why_thinned(found):
            raise CommandError(why_not)
        if dry_run:
            planned = plan(found.changes.order_by("pk"))
            self._list(map(line_of, planned.conflicts), len(planned.conflicts))
            self.stdout.write(f"{len(planned.steps)} rows would be written.")
            return
        job = jobs.run_here("undo", change_set=found.pk, reason=reason, keeps_fit=False)
        self._list(job.lines.order_by("pk"), job.lines.count())
        if job.state != Job.State.DONE:
            raise CommandError(
                f"{job.says} It is job {job.pk}: “manage.py jobs continue {job.pk} --here” goes on."
            )
        made = job.change_sets.first()
        if made is None:
            self.stdout.write("Nothing was written.")
        else:
            self.stdout.write(f"Undone by change set {made.pk}.")

    def _list(self, lines: Iterable[object], count: int) -> None:
        for each in islice(lines, SHOWN):
            self.stdout.write(f"stays: {each}")
        if count > SHOWN:
            self.stdout.write(f"and {count - SHOWN} more")
