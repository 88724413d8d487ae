"""Deletes what is left of imports of long ago; what they wrote stays, and can be undone."""

import time
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from heritage.exchange.importing import files
from heritage.models import Import, ImportRow

DAYS = 90  # that the rows of an import are kept, and imports that were not applied
FILE_DAYS = 2  # that a file without an import is left: its upload may not have ended
_AT_ONCE = 5_000  # rows that are deleted in one statement, so that nobody waits


def sweep() -> tuple[int, int]:
    """Delete imports that nobody applied, rows of those applied, files without an import.

    Gives the number of rows and of files.
    """
    before = timezone.now() - timedelta(days=DAYS)
    old = Import.objects.filter(created_at__lt=before).filter(
        Q(planned_at=None) | Q(planned_at__lt=before)
    )
    unused = old.exclude(state=Import.State.APPLIED)
    applied = Import.objects.filter(state=Import.State.APPLIED, applied_at__lt=before)
    rows = 0
    for of_import in [*unused, *applied.filter(rows__isnull=False).distinct()]:
        rows += _delete_rows(of_import)
        if of_import.state != Import.State.APPLIED:
            of_import.delete()
            continue
        of_import.questions.all().delete()
        with translation.override(of_import.language):
            of_import.notes = [*of_import.notes, _("Its rows are no longer kept.")]
        of_import.save(update_fields=["notes"])
    return rows, _delete_files()


def _delete_rows(of_import: Import) -> int:
    deleted = 0
    while ids := list(of_import.rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        portion = ImportRow.objects.filter(of_import=of_import, pk__gte=ids[0], pk__lte=ids[-1])
        deleted += portion.delete()[0]
    return deleted


def _delete_files() -> int:
    known = set(Import.objects.exclude(path="").values_list("path", flat=True))
    before = time.time() - FILE_DAYS * 24 * 3600
    gone = [
        path
        for path in files.folder().iterdir()
        if path.name not in known and path.is_file() and path.stat().st_mtime < before
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
