"""An editor, or the background worker, while readers are measured; says what each write took.

    python -m benchmarks.writing one-a-second     until its standard input is closed
    python -m benchmarks.writing in-bulk 1000     so many at once each five seconds, until then
    python -m benchmarks.writing one-by-one 150   so many, as quickly as may be
    python -m benchmarks.writing imports 2500     a plan of so many new sites, which it applies
    python -m benchmarks.writing downloads        makes CSV of all sites again and again, until then
    python -m benchmarks.writing nothing          computes, until its standard input is closed

Single sites are saved with a further word in their summary; many get a place, as the bulk action
of the admin does it. Which ones, is drawn. Imports and downloads give way to others, as the
background worker of deploy/ does. The last only takes a processor from those who serve: compare
with it.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ONE_A_SECOND, IN_BULK, ONE_BY_ONE = "one-a-second", "in-bulk", "one-by-one"
IMPORTS, DOWNLOADS, NOTHING = "imports", "downloads", "nothing"
NICE = 10  # deploy/heritage-tasks.service
BULK_SECONDS = 5  # from the beginning of one bulk change to that of the next


def start(database, *arguments: str) -> subprocess.Popen:
    """Begin to write to a database of the benchmark; returns once the process is ready to."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.writing", *arguments],
        env={**os.environ, **database.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if writer.stdout.readline() != "ready\n":
        raise RuntimeError("The writer did not start.")
    return writer


def begin(writer: subprocess.Popen) -> None:
    writer.stdin.write("begin\n")
    writer.stdin.flush()


def finish(writer: subprocess.Popen) -> list[float]:
    """What each write took, in milliseconds."""
    output, _none = writer.communicate(timeout=600)
    return json.loads(output)


def main(mode: str, count: str = "0") -> None:
    import django

    django.setup()
    from heritage.models import Place, Site
    from heritage.services import bulk

    dice = random.Random(int(time.time()))
    highest = Site.objects.order_by("-pk").values_list("pk", flat=True).first()
    places = list(Place.objects.order_by("pk")[:50])
    took: list[float] = []

    def save() -> None:
        site = Site.objects.filter(pk__gte=dice.randint(1, highest)).order_by("pk").first()
        site.summary = {
            **site.summary,
            "en": f"{site.summary.get('en', '')} {dice.randint(1, 9_999)}",
        }
        started = time.perf_counter()
        site.save()
        took.append((time.perf_counter() - started) * 1000)

    if mode in (IMPORTS, DOWNLOADS):
        os.nice(NICE)
    apply = planned(int(count), dice) if mode == IMPORTS else None
    print("ready", flush=True)
    sys.stdin.readline()
    closed = threading.Event()
    if mode in (ONE_A_SECOND, IN_BULK, DOWNLOADS, NOTHING):
        threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    if mode == ONE_A_SECOND:
        while not closed.is_set():
            save()
            closed.wait(1)
    elif mode == NOTHING:
        while not closed.is_set():
            dice.random()
    elif mode == IN_BULK:
        while not closed.is_set():
            ids = dice.sample(range(1, highest + 1), min(int(count), highest))
            started = time.perf_counter()
            bulk.set_place(dice.choice(places), ids, None)
            took.append((time.perf_counter() - started) * 1000)
            closed.wait(max(0, BULK_SECONDS - took[-1] / 1000))
    elif mode == DOWNLOADS:
        from benchmarks import downloads

        while not closed.is_set():
            started = time.perf_counter()
            downloads.made("csv")
            took.append((time.perf_counter() - started) * 1000)
    elif apply:
        started = time.perf_counter()
        apply()
        took.append((time.perf_counter() - started) * 1000)
    else:
        for _number in range(int(count)):
            save()
    print(json.dumps(took), flush=True)


def planned(count: int, dice: random.Random) -> Callable[[], object]:
    """The plan of a table of so many new sites: what applies it, in batches if it is large."""
    from benchmarks import imports
    from heritage.exchange import importing

    with tempfile.TemporaryDirectory() as folder:
        path = imports.write_table(Path(folder) / "sites.csv", count, dice.randint(1, 1_000_000))
        of_import = importing.add(path, path.name, None, datum="wgs84")
        importing.plan(of_import, None, here=True)
    return partial(importing.apply, of_import, None, here=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    main(*sys.argv[1:])
