"""What an import takes: planning, writing, memory, and how long others wait for its lock.

    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench/imports uv run python -m benchmarks.imports 10000
    … uv run python -m benchmarks.imports sites.xlsx --profile 40
    … uv run python -m benchmarks.imports 10000 --editor

imports a made-up table of so many new sites, or a file, into the database of the settings. Where
there is none, it is made with vocabularies alone: no site, no entry of a register. Prints what the
process computed and waited for each part, records a second of computing, the most that it computed
while it held the lock of the catalogue, and the greatest memory of the process. With an editor a
second process saves a site each second meanwhile, and what its saves took is printed, too.
"""

import argparse
import cProfile
import csv
import json
import os
import pstats
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import django

SEED = 27
COLUMNS = (
    *("name:en", "name:zh-hans", "kinds", "place", "latitude", "longitude", "event:built"),
    *("summary:en", "summary:zh-hans", "area_ha"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", help="a file, or how many rows of a made-up table")
    parser.add_argument("--profile", type=int, default=0, help="show so many functions")
    parser.add_argument("--editor", action="store_true", help="let an editor save meanwhile")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    prepare()
    profile = cProfile.Profile(time.process_time)
    with tempfile.TemporaryDirectory() as folder, editor(options.editor):
        path = Path(options.file)
        if options.file.isdecimal():
            path = write_table(Path(folder) / "sites.csv", int(options.file))
        if options.profile:
            profile.enable()
        print("| part | records | computing, s | waited, s | records a second | longest lock, s |")
        print("| --- | --- | --- | --- | --- | --- |")
        for part, records, computing, waited, lock in imported(path):
            held = f"{lock:.2f}" if lock else "–"
            print(
                f"| {part} | {records:,} | {computing:.1f} | {waited:.1f} "
                f"| {records / computing:,.0f} | {held} |",
                flush=True,
            )
        profile.disable()
    print(f"Memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    if options.profile:
        stats = pstats.Stats(profile)
        stats.sort_stats("cumulative").print_stats("heritage|django/db", options.profile)
        stats.sort_stats("tottime").print_stats(options.profile // 2)


@contextmanager
def editor(is_there: bool) -> Iterator[None]:
    """An editor who saves a site each second, in a process of its own."""
    if not is_there:
        yield
        return
    from benchmarks import writing
    from heritage.models import Site

    if not Site.objects.exists():
        Site.objects.create(name={"en": "A site that is edited"})
    writer = writing.start(SimpleNamespace(environment={}), writing.ONE_A_SECOND)
    writing.begin(writer)
    try:
        yield
    finally:
        took = sorted(writing.finish(writer))
        print(
            f"{len(took)} saves of an editor meanwhile: {statistics.median(took):,.0f} ms, "
            f"95 % {took[int(0.95 * len(took))]:,.0f}, longest {took[-1]:,.0f}"
        )


def prepare() -> None:
    from django.conf import settings
    from django.core.management import call_command

    from heritage.exchange.fixtures import load
    from heritage.models import Kind

    call_command("migrate", interactive=False, verbosity=0)
    if not Kind.objects.exists():
        paths = [path for folder in settings.FIXTURE_DIRS for path in folder.glob("*.json")]
        load(path for path in sorted(paths) if not _has_records(path))


def _has_records(path: Path) -> bool:
    """Sites or entries of registers, or rows of them, such as opening hours."""
    rows = json.loads(path.read_text("utf-8"))
    models = {"heritage.site", "heritage.designation"}
    return any(row["model"] in models or {"site", "designation"} & {*row["fields"]} for row in rows)


def imported(path: Path) -> Iterator[tuple[str, int, float, float, float]]:
    """Part, records, seconds of computing and of waiting, the most that was computed in a lock."""
    from django.db import transaction

    from heritage.exchange import importing
    from heritage.models.unit_of_work import indexed_rows_are_to_be_written

    held = [0.0]

    def is_locked(**kwargs: object) -> None:
        began = time.process_time()
        transaction.on_commit(lambda: held.append(time.process_time() - began))

    indexed_rows_are_to_be_written.connect(is_locked)
    of_import = importing.add(path, path.name, None, datum="wgs84")
    for part, do in (("plan", importing.plan), ("apply", importing.apply)):
        computing, waited = time.process_time(), time.perf_counter()
        job = do(of_import, None, here=True)
        if job.state != job.State.DONE:
            raise SystemExit(job.says)
        computing = time.process_time() - computing
        waited = time.perf_counter() - waited
        yield part, of_import.rows.count(), computing, waited, max(held)
    print(", ".join(f"{label}: {count}" for _key, label, count in importing.counted(of_import)))
    indexed_rows_are_to_be_written.disconnect(is_locked)


def write_table(path: Path, rows: int, seed: int = SEED) -> Path:
    """A CSV file of new sites with names, texts and dates in both languages, seeded."""
    from benchmarks import wording
    from benchmarks.known import Known

    dice, known = random.Random(seed), Known.read()
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for number in range(1, rows + 1):
            county = dice.choice(known.counties)
            around = known.places[county.parent_id]
            kind = dice.choice(known.kinds)
            words = kind.label["en"], kind.label["zh-hans"]
            named = wording.name(dice, words, is_chinese=True)
            of_place = county.label["en"], county.label["zh-hans"]
            english, chinese = wording.summary(dice, words, of_place)
            latitude, longitude = dice.uniform(20, 45), dice.uniform(85, 125)
            year = dice.randint(-200, 1900) or 1
            table.writerow(
                (
                    *(f"{named.english} {number}", f"{named.chinese}{number}", kind.slug),
                    f"{around.label['zh-hans']}/{county.label['zh-hans']}",
                    *(f"{latitude:.5f}", f"{longitude:.5f}", f"{year:0{4 if year > 0 else 5}d}"),
                    *(english, chinese, dice.randint(1, 500)),
                )
            )
    return path


if __name__ == "__main__":
    main()
