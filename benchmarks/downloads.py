"""How many rows a second a file of all sites takes.

    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench/100000 uv run python -m benchmarks.downloads csv jsonl

makes each of these files as the background worker does, in English, and prints rows, what the
process computed, and rows a second of computing. Reading the index is not counted.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("formats", nargs="*", default=["csv"])
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    print("| format | rows | computing, s | rows a second | MB |\n| --- | --- | --- | --- | --- |")
    for extension in options.formats:
        rows, seconds, size = made(extension)
        print(
            f"| {extension} | {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} | {size / 1e6:.1f} |"
        )


def made(extension: str, query: str = "") -> tuple[int, float, int]:
    """Rows, seconds of computing and bytes of the file of a list."""
    from heritage.formats.downloads import Download, version_of
    from heritage.search import current_index

    version = version_of(current_index())
    download = Download(query, "en", extension, "https://heritage.example", version)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / download.file_name
        started, rows = time.process_time(), 0
        for progress in download.write(path):
            rows = progress.done
        return rows, time.process_time() - started, path.stat().st_size


if __name__ == "__main__":
    main()
