"""Make the drawing of the land from Natural Earth's outlines."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from heritage.exchange.making import files, land

FOLDER = Path(settings.BASE_DIR) / "heritage" / "imaging"
_OWN = ("land_*.txt",)


class Command(BaseCommand):
    help = "Writes heritage/imaging/land_fine.txt and land_coarse.txt from TopoJSON of the land."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--outlines", type=Path, required=True, help="At 1:50 million (land-50m.json)."
        )
        parser.add_argument("--to", type=Path, default=FOLDER, help="Folder.")
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if a file would change."
        )

    def handle(self, *args, outlines: Path, to: Path, check: bool, **options) -> None:
        try:
            made = land.make(Path(outlines))
        except (OSError, ValueError) as error:
            raise CommandError(f"Nothing was written.\n{error}") from error
        if check:
            changed = files.differences(made, Path(to), _OWN)
            if changed:
                raise CommandError(f"Not what the outlines give: {', '.join(changed)}")
            self.stdout.write("The files are what the outlines give.")
            return
        for name in files.write(made, Path(to), _OWN):
            self.stdout.write(f"{name}: {len(made.get(name, '')) // 1000} kB")
