"""Draw the tiles of the base map ahead of the readers who will ask for them."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.cartography import map_sheet, script_of, tile_files
from heritage.values.language import interface_languages

_ZOOM = 6


class Command(BaseCommand):
    help = "Draws the tiles of the base map up to a zoom, and deletes those of former versions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--zoom",
            type=int,
            default=_ZOOM,
            help=f"the largest zoom, {_ZOOM} if not given: of each further one there are four "
            "times as many",
        )

    def handle(self, *args: object, zoom: int, **options: object) -> None:
        if not 0 <= zoom <= map_sheet.LARGEST:
            raise CommandError(f"--zoom is a number from 0 to {map_sheet.LARGEST}.")
        folder = Path(settings.MEDIA_ROOT) / "cache" / "map"
        scripts = sorted({script_of(language) for language in interface_languages()})
        count = size = 0
        for each in range(zoom + 1):
            for script in scripts:
                for x in range(1 << each):
                    for y in range(1 << each):
                        count += 1
                        size += len(tile_files.tile(folder, script, each, x, y))
        former = tile_files.remove_former(folder)
        self.stdout.write(f"{count} tiles, {size / 1_000_000:.1f} MB.")
        if former:
            self.stdout.write(f"Tiles of {former} former versions were deleted.")
