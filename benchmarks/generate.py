"""A seeded catalogue of any size for measuring: plausible records at real coordinates.

    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench/100000 uv run python -m benchmarks.generate 100000
    … uv run python -m benchmarks.generate 100000 --check 500

makes the database of the settings where there is none (vocabularies, registers and the World
Heritage List from the fixtures, and no site), adds records until there are so many, and then has
the catalogue rebuild its full text and its index. The records and what follows from them are
computed in processes of their own and written past the announcements. `--check` proves that the
shortcut is right: the catalogue's own refresh changes nothing of so many records.

The word "lattice" (镂空) stands in the summaries of 50 % of the records, "cloister" (檐廊) of
10 % and "lantern" (灯笼) of 1 %; all other words are spread as Zipf found: see `wording`.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import django

SEED = 68
CHUNK = 1_000  # records that a process makes at once
A_TRANSACTION = 10  # chunks
AHEAD = 4  # chunks that may wait to be written: memory stays bounded

Rows = dict[str, list[tuple]]  # by the label of a model: the values of its rows


def main() -> None:
    options = _options()
    if options.check is not None:
        from benchmarks.checking import differences

        found = differences(options.check, options.seed)
        print("\n".join(found) or f"Nothing differs in {options.check} records.")
        sys.exit(bool(found))
    started = time.monotonic()
    prepare()
    say(f"prepared in {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    made = add(options.sites, options.seed, options.processes, say)
    if not (made or options.reindex):
        return
    seconds = time.monotonic() - started
    say(f"{made} records in {seconds:.0f} s, {made / seconds:.0f} a second")
    finish(say)
    total = time.monotonic() - started
    say(f"all in {total:.0f} s, {made / total:.0f} records a second")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fill a database with made-up records.")
    parser.add_argument("sites", type=int, help="how many sites there shall be")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--reindex", action="store_true", help="even where nothing was added")
    parser.add_argument("--check", type=int, metavar="K", help="only check so many of the sites")
    return parser.parse_args()


def say(text: str) -> None:
    print(text, flush=True)


# --- what must be there ----------------------------------------------------------------------


def prepare() -> None:
    """The database, and what the records refer to."""
    from django.core.management import call_command

    from heritage.models import Kind

    call_command("migrate", interactive=False, verbosity=0)
    if not Kind.objects.exists():
        load_vocabularies()


def load_vocabularies() -> None:
    """All fixtures that bring no site, nor anything of one."""
    from django.conf import settings

    from heritage.exchange.fixtures import load

    paths = sorted(path for folder in settings.FIXTURE_DIRS for path in folder.glob("*.json"))
    load(path for path in paths if not _has_sites(path))


def _has_sites(path: Path) -> bool:
    """Or rows of sites, such as opening hours."""
    rows = json.loads(path.read_text("utf-8"))
    return any(row["model"] == "heritage.site" or "site" in row["fields"] for row in rows)


# --- making ----------------------------------------------------------------------------------


def add(wanted: int, seed: int, processes: int = 0, tell=lambda text: None) -> int:
    """Add records until there are so many sites; gives how many. 0 processes: in this one."""
    from django.db import transaction

    from benchmarks.known import Known
    from benchmarks.records import ENTRIES_A_SITE
    from heritage.models import Designation, Site

    missing = wanted - Site.objects.count()
    if missing <= 0:
        return 0
    first = Site.objects.filter(uid__startswith="bench-").count() + 1
    site_base, entry_base = _last_id(Site) + 1 - first, _last_id(Designation) + 1
    tasks = [
        (
            seed,
            range(number, min(number + CHUNK, first + missing)),
            site_base,
            entry_base + ENTRIES_A_SITE * (number - first),
        )
        for number in range(first, first + missing, CHUNK)
    ]
    started, done = time.monotonic(), 0
    chunks = _made(tasks, Known.read(), processes)
    for group in _grouped(chunks):
        with transaction.atomic():
            for rows in group:
                _write(rows)
                done += len(rows["heritage.Site"])
        tell(f"{done} of {missing}, {done / (time.monotonic() - started):.0f} a second")
    _reset_sequences()
    return missing


def _last_id(model) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _made(tasks: list[tuple], known, processes: int) -> Iterator[Rows]:
    """The rows of all tasks, in order."""
    if not processes:
        _start(known)
        yield from (make(*task) for task in tasks)
        return
    from django.db import connections

    connections.close_all()  # a child must not speak on its parent's connection
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, context, _start, (known,)) as pool:
        waiting = deque()
        for task in tasks:
            waiting.append(pool.submit(make, *task))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _grouped(chunks: Iterator[Rows]) -> Iterator[Iterator[Rows]]:
    """So many chunks together, each made only when it is asked for."""
    for first in chunks:
        yield _with_next(first, chunks)


def _with_next(first: Rows, chunks: Iterator[Rows]) -> Iterator[Rows]:
    yield first
    for _turn in range(A_TRANSACTION - 1):
        following = next(chunks, None)
        if following is None:
            return
        yield following


_known = []  # of this process: what records refer to


def _start(known) -> None:
    _known[:] = [known]


def make(seed: int, numbers: range, site_base: int, entry_id: int) -> Rows:
    """The rows of these records, as plain values: they are cheap to send."""
    from benchmarks.records import ENTRIES_A_SITE, Record

    rows: Rows = defaultdict(list)
    for index, number in enumerate(numbers):
        entry = entry_id + ENTRIES_A_SITE * index
        record = Record(_known[0], seed, number, site_base + number, entry)
        for model, objects in record.rows.items():
            names = [column.attname for column in model._meta.concrete_fields]
            rows[model._meta.label] += [
                tuple(row.__dict__.get(name) for name in names) for row in objects
            ]
    return dict(rows)


def _write(rows: Rows) -> None:
    """Past the announcements, in the order in which the tables refer to one another."""
    from django.apps import apps
    from django.db.models import QuerySet

    for model in apps.get_app_config("heritage").get_models(include_auto_created=True):
        values = rows.get(model._meta.label)
        if values:
            QuerySet(model).bulk_create([model(*row) for row in values], batch_size=2_000)


def _reset_sequences() -> None:
    """Ids were given out by hand: let the database go on behind them."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    models = apps.get_app_config("heritage").get_models(include_auto_created=True)
    statements = connection.ops.sequence_reset_sql(no_style(), list(models))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# --- what the catalogue builds by itself -----------------------------------------------------


def finish(tell=lambda text: None) -> None:
    """Counts of statements, full text, index and statistics, by the functions of `reindex`."""
    from django.db import connection

    from heritage.models import Site, chunks
    from heritage.search import store
    from heritage.services import denormalized
    from heritage.services.rebuild import rebuild_full_text

    started = time.monotonic()
    for chunk in chunks(list(Site.objects.values_list("pk", flat=True))):
        denormalized.refresh_statements(chunk)
    tell(f"statements in {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    texts = Site.objects.order_by("pk").values_list("pk", "search_text")
    rebuild_full_text(
        texts.iterator(CHUNK), lambda done: done % 50_000 or tell(f"full text: {done}")
    )
    tell(f"full text in {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    store.save_snapshot()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    tell(f"index in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    main()
