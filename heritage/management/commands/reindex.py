"""Recompute everything that is derived from records, and save a snapshot of the index."""

import time

from django.core.management.base import BaseCommand

from heritage.models import Designation, IndexChange, PendingRefresh, Site
from heritage.models.base import CHUNK, chunks
from heritage.search import save_index
from heritage.services import fulltext
from heritage.services.denormalized import refresh, refresh_designations, refresh_terms
from heritage.services.statistics import analyze

SECONDS = 2  # between two words of progress


class Command(BaseCommand):
    help = "Rebuilds everything that is derived from the records, with progress."

    def handle(self, *args: object, **options: object) -> None:
        self.said = started = time.monotonic()
        with IndexChange.objects.locked():
            PendingRefresh.objects.all().delete()  # all of it is done now
            refresh_terms()
            refresh_designations(Designation.objects.values_list("pk", flat=True))
        ids = list(Site.objects.order_by("pk").values_list("pk", flat=True))
        done = 0
        for chunk in chunks(ids):
            with IndexChange.objects.locked():  # others may write in between
                refresh(chunk)
            done += len(chunk)
            self._say(done, len(ids), "sites brought up to date")
        texts = Site.objects.order_by("pk").values_list("pk", "search_text")
        with IndexChange.objects.locked():
            fulltext.rebuild(
                texts.iterator(CHUNK),
                lambda done: self._say(done, len(ids), "sites in full text"),
            )
            # What was found before is found anew.
            IndexChange.objects.enter([IndexChange.VOCABULARY])
        self.stdout.write("reading the index …")
        snapshot = save_index()
        analyze()
        seconds = time.monotonic() - started
        self.stdout.write(f"{len(snapshot.sites)} published sites indexed in {seconds:.0f} s.")

    def _say(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if done == total or now - self.said >= SECONDS:
            self.said = now
            self.stdout.write(f"{done} of {total} {what}")
