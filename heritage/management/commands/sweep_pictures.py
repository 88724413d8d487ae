"""Delete picture files that no record or recent change refers to, once they are old enough.

The file of a deleted picture is kept for a while so that the picture can be restored from the
history. Uploads kept for a form with errors are deleted after a day.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandParser
from django.db.models import FileField, Model
from django.utils import timezone

from heritage.media import pending_uploads
from heritage.models import Change, Image, OriginalField, PictureField, Rendition
from heritage.services import renditions

DAYS = 180


class Command(BaseCommand):
    help = "Deletes files of pictures that were deleted or replaced more than --days ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=DAYS, help=f"age in days, {DAYS} if not given"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: object, days: int, dry_run: bool, **options: object) -> None:
        since = timezone.now() - timedelta(days=max(0, days))
        count = size = 0
        for model in apps.get_app_config("heritage").get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, PictureField | OriginalField):
                    needed = _referred_to(model, field.name, since)
                    for name in _files(field):
                        if name in needed or field.storage.get_modified_time(name) > since:
                            continue
                        count += 1
                        size += field.storage.size(name)
                        if not dry_run:
                            field.storage.delete(name)
        sums = _referred_to(Image, "sha256", since)
        sources = {sha256[: Rendition.SOURCE_LENGTH] for sha256 in sums}
        for each in renditions.sweep(sources, dry_run):
            count += 1
            size += each
        for path in pending_uploads.expired():
            count += 1
            size += path.stat().st_size
            if not dry_run:
                path.unlink(missing_ok=True)
        verb = "would be deleted" if dry_run else "deleted"
        self.stdout.write(f"{count} files {verb}, {size / 1_000_000:.1f} MB.")


def _files(field: FileField) -> Iterator[str]:
    folder = PurePosixPath(str(field.upload_to))
    with suppress(FileNotFoundError):  # there are none yet; a bucket knows no folders
        for name in field.storage.listdir(str(folder))[1]:
            yield str(folder / name)


def _referred_to(model: type[Model], name: str, since: datetime) -> set[str]:
    """Values of a column that rows have, or had until lately: those can be restored."""
    needed = set(model._default_manager.exclude(**{name: ""}).values_list(name, flat=True))
    changes = Change.objects.filter(
        model=ContentType.objects.get_for_model(model), change_set__at__gt=since
    )
    for before in changes.filter(before__isnull=False).order_by().values_list("before", flat=True):
        needed.add((before or {}).get(name) or "")
    return needed
