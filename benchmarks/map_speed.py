"""What the map costs: its tiles, and readers who move it, in one run.

    uv run python -m benchmarks.map_speed --data /tmp/bench 100000

draws, at each zoom in a fresh process, a first tile, the one beside it, and reads one from its file
(milliseconds of a processor, the least of `--rounds`). Then eight readers at once move the map, and
walk through lists and pages of sites, in turns: the ratio of what 95 % of them wait is said. The
database is that of `benchmarks.generate`.
"""

import argparse
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import addresses
from benchmarks.databases import Database
from benchmarks.figures import median, percentile, short
from benchmarks.serving import ROOT, Client, Server, granian

READERS, WORKERS = 8, 2
ZOOMS = (0, 1, 3, 5, 7, 8, 10, 13, 15)
_TILES = """
import sys, tempfile, time
from pathlib import Path
from heritage.cartography import mercator, tile_files
zoom = int(sys.argv[1])
x, y = (int(each * (1 << zoom)) for each in mercator.project(112.4, 34.6))
folder = Path(tempfile.mkdtemp())
beside = ("zh", x ^ 1) if zoom else ("en", x)
for script, column in (("zh", x), beside, ("zh", x)):
    started = time.process_time()
    tile_files.tile(folder, script, zoom, column, y)
    print((time.process_time() - started) * 1000)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("size", type=int, nargs="?", help="records; none: tiles alone")
    parser.add_argument("--data", type=Path, help="folder of the databases")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=60, help="of each reader in a round")
    options = parser.parse_args()
    tiles(options.rounds)
    if options.size and options.data:
        panning(options)


def tiles(rounds: int) -> None:
    print("| tile at zoom | first of a process | the next | from its file |")
    print("| --- | --- | --- | --- |")
    for zoom in ZOOMS:
        drawn = [_drawn(zoom) for _round in range(rounds)]
        print(f"| {zoom} |", " | ".join(short(min(each)) for each in zip(*drawn, strict=True)), "|")


def _drawn(zoom: int) -> list[float]:
    command = [sys.executable, "-c", _TILES, str(zoom)]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [float(line) for line in output.split()]


def panning(options: argparse.Namespace) -> None:
    database = Database("sqlite", options.size, options.data, "")
    database.collect_static()
    with granian(database.environment, WORKERS) as server:
        known = server.client.json("/bench/known/")
        waits: dict[str, list[float]] = {"walk": [], "pan": []}
        for turn in range(options.rounds + 1):  # of which the first is not counted
            for name, steps in (("walk", addresses.walk), ("pan", addresses.pan)):
                found = _read(server, known, steps, f"{name} {turn}", options.steps)
                waits[name] += found if turn else []
        for name, walls in waits.items():
            print(f"{name}: median {short(median(walls))}, p95 {short(percentile(walls, 0.95))} ms")
        late = [percentile(waits[name], 0.95) for name in ("pan", "walk")]
        print(f"p95 of {READERS} who pan, to {READERS} who walk: × {late[0] / late[1]:.2f}")


type _Steps = Callable[[dict, str, int], Iterator[str]]


def _read(server: Server, known: dict, steps: _Steps, seed: str, most: int) -> list[float]:
    """What readers waited, all at once, in milliseconds; what was refused is said."""
    walls: list[float] = []
    refused: Counter[int] = Counter()

    def visit(number: int, client: Client) -> None:
        for address in steps(known, f"{seed} {number}", most):
            status, wall, _body = client.get(address)
            walls.append(wall)
            refused[status] += status != 200

    threads = [
        threading.Thread(target=visit, args=(number, server.connect())) for number in range(READERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if any(refused.values()):
        raise SystemExit(f"not answered with 200: {dict(+refused)}")
    return walls


if __name__ == "__main__":
    main()
