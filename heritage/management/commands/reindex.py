"""Recompute everything that is derived from records, and save a snapshot of the index."""

import time

from django.core.management.base import BaseCommand

from heritage.search import save_index
from heritage.services import rebuild_derived, update_planner_statistics

_PHASES = {"columns": "sites brought up to date", "words": "sites in full text"}
SECONDS = 2  # between two words of progress


class Command(BaseCommand):
    help = "Rebuilds everything that is derived from the records, with progress."

    def handle(self, *args: object, **options: object) -> None:
        self.reported_at = started = time.monotonic()
        rebuild_derived(self._say)
        self.stdout.write("reading the index …")
        snapshot = save_index()
        update_planner_statistics()
        seconds = time.monotonic() - started
        self.stdout.write(f"{len(snapshot.sites)} published sites indexed in {seconds:.0f} s.")

    def _say(self, done: int, total: int, phase: str) -> None:
        now = time.monotonic()
        if done == total or now - self.reported_at >= SECONDS:
            self.reported_at = now
            self.stdout.write(f"{done} of {total} {_PHASES[phase]}")
