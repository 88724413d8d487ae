"""Make the sizes of pictures that are missing, where no background worker does it."""

from django.core.management.base import BaseCommand, CommandParser

from heritage.services import renditions


class Command(BaseCommand):
    help = "Makes the sizes in which pictures are served, where they are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="no line for each hundred")

    def handle(self, *args: object, quiet: bool, **options: object) -> None:
        if lost := renditions.forget_lost():
            self.stdout.write(f"{lost} files were gone, and are made again.")
        total, unread = renditions.missing().count(), 0
        done = 0
        for image, why in renditions.make_missing():
            done += 1
            if why:
                unread += 1
                self.stderr.write(f"image {image.pk} ({image.site.slug}) cannot be read: {why}")
            if not quiet and done % 100 == 0:
                self.stdout.write(f"{done} of {total} pictures")
        self.stdout.write(f"{done - unread} pictures done, {unread} cannot be read.")
