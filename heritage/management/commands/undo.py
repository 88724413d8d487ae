"""Undo a whole change set of any size. Later edits are kept, and listed as conflicts."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.models import ChangeSet
from heritage.services import undo
from heritage.services.undo_plan import Conflict, plan

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
        if dry_run:
            planned = plan(found.changes.order_by("pk"))
            self._list(planned.conflicts)
            self.stdout.write(f"{len(planned.steps)} rows would be written.")
            return
        done = undo.undo(found, reason=reason)
        self._list(done.conflicts)
        if done.change_set is None:
            self.stdout.write("Nothing was written.")
        else:
            self.stdout.write(f"Undone by change set {done.change_set.pk}.")

    def _list(self, conflicts: list[Conflict]) -> None:
        for each in conflicts[:SHOWN]:
            self.stdout.write(f"stays: {each.model._meta.label_lower} {each.object_id}: {each}")
        if len(conflicts) > SHOWN:
            self.stdout.write(f"and {len(conflicts) - SHOWN} more")
