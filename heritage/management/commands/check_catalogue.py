"""Validate all stored records and the scenes that they name, and print each problem."""

from itertools import chain

from django.core.management.base import BaseCommand, CommandError

from heritage.media.covers import scene_files
from heritage.services.record_problems import equal_labels, problems


class Command(BaseCommand):
    help = "Validates everything stored, and the scenes of covers; names what is wrong, and where."

    def handle(self, *args: object, **options: object) -> None:
        count = 0
        for problem in chain(problems(), equal_labels(), scene_files.all_problems()):
            count += 1
            self.stdout.write(str(problem))
        if count:
            raise CommandError(f"{count} problem{'s' if count > 1 else ''} found.")
        self.stdout.write("The catalogue is sound.")
