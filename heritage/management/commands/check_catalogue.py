"""Validate all stored records and print each problem with its record and field."""

from django.core.management.base import BaseCommand, CommandError

from heritage.services.record_checks import problems


class Command(BaseCommand):
    help = "Validates everything stored; names file, object and field of what is wrong."

    def handle(self, *args, **options) -> None:
        count = 0
        for problem in problems():
            count += 1
            self.stdout.write(str(problem))
        if count:
            raise CommandError(f"{count} problem{'s' if count > 1 else ''} found.")
        self.stdout.write("The catalogue is sound.")
