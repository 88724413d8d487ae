"""django-import-export beside the catalogue's own imports, on one table, both with history.

    export HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench/imports
    uv run --group bench python -m benchmarks.import_export 300

imports made-up tables of so many new sites into the database of the settings, which is filled with
vocabularies where there is none: by django-import-export, which previews a file and then imports
it row by row, and by the catalogue, which plans and applies it; of both the columns that a site has
itself. Prints records a second of computing.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks import imports

COLUMNS = tuple(name for name in imports.COLUMNS if name not in ("kinds", "event:built"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", type=int)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    imports.prepare()
    print("| by | records | computing, s | records a second |\n| --- | --- | --- | --- |")
    for seed, (name, do) in enumerate(BOTH.items()):
        with tempfile.TemporaryDirectory() as folder:
            path = _table(Path(folder), options.rows, seed)
            do(_table(Path(folder), 10, seed + len(BOTH)))  # what a process prepares once
            started = time.process_time()
            do(path)
            seconds = time.process_time() - started
        print(f"| {name} | {options.rows:,} | {seconds:.1f} | {options.rows / seconds:,.0f} |")


def _table(folder: Path, rows: int, seed: int) -> Path:
    everything, own = folder / f"all-{seed}.csv", folder / f"own-{seed}.csv"
    imports.write_table(everything, rows, seed)
    with (
        everything.open(encoding="utf-8") as source,
        own.open("w", encoding="utf-8", newline="") as out,
    ):
        table = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
        table.writeheader()
        table.writerows(csv.DictReader(source))
    return own


def _catalogue(path: Path) -> None:
    for _part in imports.imported(path):
        pass


def _row_by_row(path: Path) -> None:
    from import_export.fields import Field
    from import_export.resources import ModelResource
    from tablib import Dataset

    from heritage.exchange.importing.terms import PlaceNames
    from heritage.models import Site

    places = PlaceNames()

    class Text(Field):
        """One language of a text."""

        def save(self, instance, row, is_m2m=False, **kwargs) -> None:
            name, _colon, language = self.column_name.partition(":")
            setattr(instance, name, {**getattr(instance, name), language: row[self.column_name]})

    class InPlace(Field):
        def clean(self, row, **kwargs):
            return places.narrowest(places.named(row["place"]))[0]

    class Sites(ModelResource):
        place = InPlace("place", "place")

        class Meta:
            model = Site
            fields = ("latitude", "longitude", "area_ha", "place")
            import_id_fields = ()
            skip_diff = True
            use_transactions = True

    for name in COLUMNS:
        if ":" in name:
            Sites.fields[name] = Text(column_name=name)
    table = Dataset().load(path.read_text("utf-8"), format="csv")
    for dry_run in (True, False):
        result = Sites().import_data(table, dry_run=dry_run, raise_errors=True)
    if result.totals["new"] != len(table):
        raise SystemExit(f"not imported: {result.totals}")


BOTH: dict[str, Callable[[Path], None]] = {
    "django-import-export": _row_by_row,
    "the catalogue": _catalogue,
}

if __name__ == "__main__":
    main()
