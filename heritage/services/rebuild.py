"""Computes everything anew that follows from records, for when its rules have changed."""

from collections.abc import Callable

from heritage.models import Designation, IndexChange, PendingRefresh, Site, SiteDate
from heritage.models.base import CHUNK, chunks
from heritage.services import fulltext
from heritage.services.denormalized import (
    refresh,
    refresh_designations,
    refresh_terms,
    set_changed_at,
)


def rebuild_derived(progress: Callable[[int, int, str], None]) -> None:
    """Derived columns and full text of all records; others may write in between.

    `progress` is called with how many are done, of how many, and the phase: "columns" or "words".
    """
    with IndexChange.objects.locked():
        PendingRefresh.objects.all().delete()  # all of it is done now
        refresh_terms()
        refresh_designations(Designation.objects.values_list("pk", flat=True))
    ids = list(Site.objects.order_by("pk").values_list("pk", flat=True))
    done = 0
    for chunk in chunks(ids):
        with IndexChange.objects.locked():
            missing = Site.objects.filter(pk__in=chunk, public_date__isnull=True).order_by()
            SiteDate.objects.bulk_create(
                SiteDate(site_id=pk, changed_at=changed)
                for pk, changed in missing.values_list("pk", "updated_at")
            )
            set_changed_at(refresh(chunk))
        done += len(chunk)
        progress(done, len(ids), "columns")
    texts = Site.objects.order_by("pk").values_list("pk", "search_text")
    with IndexChange.objects.locked():
        fulltext.rebuild(texts.iterator(CHUNK), lambda done: progress(done, len(ids), "words"))
        # What was found before is found anew.
        IndexChange.objects.enter([IndexChange.VOCABULARY])
