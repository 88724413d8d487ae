"""What pages cost at every size, in one run, as tables for docs/performance.md.

    uv run python -m benchmarks.measure --data /tmp/bench

makes the databases that are missing (see `generate`), serves them with granian as deploy/ does,
and asks for pages, each over a connection of its own. Sizes and pages take turns in each round, so
that a busy machine slows all of them alike. Milliseconds are those that the workers computed (with
PostgreSQL: and its processes that answered them), unless they are said to be waited.

What is measured is said at once and kept in the folder of the databases: the same command goes on
where it was interrupted, if the code is that of the same commit. `--anew` begins from the start.
"""

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks import addresses, peers, writing
from benchmarks.addresses import Drawer, Page
from benchmarks.databases import POSTGRESQL, Database, databases
from benchmarks.figures import (
    Sample,
    Walked,
    median,
    percentile,
    readings,
    short,
    table,
    versus,
    walks,
)
from benchmarks.serving import Client, Server, ask, cpu_ms, granian, resident, unshared

FLOOR, PLAIN, BROWSE = "constant view", "plain `GROUP BY` page", "browse"
ONE_FACET = "one facet"  # what the pages of others are compared with: they ask for one, too
WARM = 3  # requests that are not counted
DRAWS = 20  # of an address, until it is a new one
ALONE = "8 clients, 2 workers"
WHILE_SAVED = f"{ALONE}, a site saved each second"
WHILE_CHANGED = f"{ALONE}, 1,000 sites changed in bulk each five seconds"
WHILE_BUSY = f"{ALONE}, and a process that only computes"
WHILE_IMPORTED = f"{ALONE}, a table of 2,500 new sites imported"
WHILE_DOWNLOADED = f"{ALONE}, CSV of all sites made again and again"
MANY, IMPORTED = 1_000, 2_500


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    for vendor in options.databases:
        targets = [
            Target(database)
            for database in databases([vendor], options.sizes, options.data, options.postgresql)
        ]
        for target in targets:
            target.database.make()
        targets[0].database.collect_static()
        stored = Kept(options.data / f"measured-{vendor}.json", options)
        print(report(vendor, targets, options, stored), flush=True)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    def numbers(text: str) -> list[int]:
        return sorted({int(part) for part in text.split(",")})

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=numbers, default=[1_250, 100_000, 1_000_000])
    parser.add_argument(
        "--databases", type=lambda t: t.split(","), default=["sqlite", "postgresql"]
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with a folder a size")
    parser.add_argument("--postgresql", default=POSTGRESQL, help="server of the bench databases")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=15, help="of a page in a round")
    parser.add_argument("--anew", action="store_true", help="forget what was measured before")
    parser.add_argument("--cold", type=int, default=1, help="fresh processes for each page")
    parser.add_argument("--steps", type=int, default=800, help="of a walk")
    parser.add_argument(
        "--writing", type=float, default=15, help="seconds of a walk while something is written"
    )
    parser.add_argument("--saves", type=int, default=150, help="before a worker starts")
    parser.add_argument("--walks", type=int, default=3, help="of which the middle one counts")
    parser.add_argument("--seed", default="68")
    options = parser.parse_args(arguments)
    if unknown := set(options.databases) - {"sqlite", "postgresql"}:
        parser.error(f"unknown databases: {', '.join(sorted(unknown))}")
    return options


@dataclass
class Target:
    """A database that is measured, and what was found."""

    database: Database
    server: Server | None = None
    known: dict = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    samples: dict[str, Sample] = field(default_factory=dict)
    walked: dict[str, Walked] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # what a write does to readers
    refused: Counter = field(default_factory=Counter)
    drawers: dict[str, Drawer] = field(default_factory=dict)

    def open(self, seed: str) -> None:
        self.server = granian(self.database.environment)
        self.known = self.server.client.json("/bench/known/")
        for page in addresses.pages(self.known):
            lacking = addresses.missing(page, self.known)
            status = 404 if lacking else self.server.client.get(page.same)[0]
            if status != 200:
                reason = f"no filter {', '.join(lacking)}" if lacking else f"answer {status}"
                _loud(f"SKIPPED at {self.database.size:,}: {page.name}: {reason}")
                continue
            self.pages.append(page)
            self.begin(page, seed)

    def begin(self, page: Page, seed: str) -> None:
        self.samples.setdefault(page.name, Sample())
        self.drawers[page.name] = Drawer(self.known, f"{seed} {page.name}")

    def close(self) -> None:
        if self.server:
            self.server.stop()
            self.server = None

    def processes(self, server: Server) -> list[int]:
        return [*server.pids(), *self.database.backends()]

    def measure(self, server: Server, page: Page, requests: int) -> None:
        """The same page again and again, and so many others of its kind."""
        sample, drawer = self.samples[page.name], self.drawers[page.name]
        pids = self.processes(server)
        for _request in range(requests):
            sample.same.append(self._ask(server, pids, page, page.same)[0])
            sample.addresses.append(_new_address(page, drawer, sample.addresses))
            computed, wall = self._ask(server, pids, page, sample.addresses[-1])
            sample.varied.append(computed)
            sample.walls.append(wall)

    def _ask(
        self, server: Server, pids: list[int], page: Page, address: str
    ) -> tuple[float, float]:
        """What was computed and waited for one request."""
        status, computed, wall = ask(server, pids, address)
        if status != 200:
            self.refused[f"{status} {page.name}: {address}"] += 1
        return computed, wall


def _new_address(page: Page, drawer: Drawer, former: list[str]) -> str:
    """One that was not asked for yet, so that it is a first view; if there seem to be any."""
    for _draw in range(DRAWS):
        address = page.vary(drawer)
        if address not in former:
            break
    return address


class Kept:
    """What has been measured so far, in a file: a run that was interrupted goes on."""

    def __init__(self, path: Path, options: argparse.Namespace):
        asked = {name: str(value) for name, value in vars(options).items() if name != "anew"}
        self._path, self._run = path, [_commit(), asked]
        self._found: dict = {"run": self._run, "done": [], "targets": {}}
        if path.exists() and not options.anew:
            found = json.loads(path.read_text("utf-8"))
            if found["run"] == self._run:
                self._found = found
                _loud(f"goes on after {len(found['done'])} steps, see {path}")

    def restore(self, target: "Target") -> None:
        found = self._found["targets"].get(str(target.database.size), {})
        target.samples = {name: Sample(**each) for name, each in found.get("samples", {}).items()}
        target.walked = {name: Walked(**each) for name, each in found.get("walked", {}).items()}
        target.written = found.get("written", {})

    def step(self, name: str, targets: "list[Target]", do: Callable[[], str]) -> None:
        """Do it unless it is done, and say what came of it."""
        if name in self._found["done"]:
            return
        started = time.monotonic()
        result = do()
        _loud(f"{name}: {result} ({time.monotonic() - started:.0f} s)")
        self._found["done"].append(name)
        self._found["targets"] = {
            str(target.database.size): {
                "samples": {page: asdict(sample) for page, sample in target.samples.items()},
                "walked": {page: asdict(walked) for page, walked in target.walked.items()},
                "written": target.written,
            }
            for target in targets
        }
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(self._found), "utf-8")
        partial.rename(self._path)


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _spent(pids: list[int]) -> dict[int, float]:
    return {pid: cpu_ms([pid]) for pid in pids}


def _since(before: dict[int, float], pids: list[int]) -> float:
    return sum(cpu_ms([pid]) - before.get(pid, 0) for pid in pids)


# --- one run -----------------------------------------------------------------------------------


def report(vendor: str, targets: list[Target], options, stored: Kept) -> str:
    try:
        for target in targets:
            stored.restore(target)
            target.open(options.seed)
        for turn in range(options.cold):
            for target in targets:
                name = f"fresh processes {turn + 1} at {target.database.size:,}"
                stored.step(name, targets, lambda target=target: _cold(target))
        _rounds(targets, options, stored)
        for target in targets:
            _one_target(target, targets, options, stored)
    finally:
        for target in targets:
            target.close()
    for target in targets:
        for what, count in target.refused.most_common(10):
            _loud(f"NOT 200 at {target.database.size:,}: {count} × {what}")
    return _tables(vendor, targets, options)


def _one_target(target: Target, targets: list[Target], options, stored: Kept) -> None:
    def walked(name: str, clients: int, workers: int) -> str:
        _walks(target, name, clients, workers, options)
        return target.walked[name].cell()

    def written(measure: Callable[[Target, argparse.Namespace], None]) -> str:
        measure(target, options)
        return "; ".join(f"{name} {value}" for name, value in target.written.items())

    def peer() -> str:
        peers.measure(target, options, _loud)
        return "; ".join(
            sample.cell() for name, sample in target.samples.items() if name.startswith(peers.NAME)
        )

    at, one = f"at {target.database.size:,}", "1 client, 1 worker"
    stored.step(f"{peers.NAME} {at}", targets, peer)
    stored.step(f"{one} {at}", targets, lambda: walked(one, 1, 1))
    target.close()
    stored.step(f"{ALONE} {at}", targets, lambda: walked(ALONE, 8, 2))
    stored.step(f"readers while others write {at}", targets, lambda: written(_while_written))
    stored.step(f"after writes {at}", targets, lambda: written(_after_writes))


def _rounds(targets: list[Target], options, stored: Kept) -> None:
    def measured(target: Target, page: Page) -> str:
        for _request in range(WARM):
            target.server.client.get(page.same)
        target.measure(target.server, page, options.requests)
        return short(median(target.samples[page.name].varied))

    for number in range(1, options.rounds + 1):
        for name in dict.fromkeys(page.name for target in targets for page in target.pages):
            for target in targets:
                page = next((page for page in target.pages if page.name == name), None)
                if page is not None:
                    title = (
                        f"round {number} of {options.rounds}: {name} at {target.database.size:,}"
                    )
                    stored.step(title, targets, lambda t=target, page=page: measured(t, page))


def _cold(target: Target) -> str:
    """The first request that a fresh process ever gets, waited for."""
    for page in target.pages:
        with granian(target.database.environment) as server:
            target.samples[page.name].cold.append(server.client.get(page.same)[1])
    return "done"


def _walks(target: Target, name: str, clients: int, workers: int, options) -> None:
    """Several walks, of which the one in the middle counts.

    The system deals connections out to workers as it falls: eight to two as 4 and 4, as 6 and 2.
    """
    found = [_walk(target, clients, workers, options, turn) for turn in range(options.walks)]
    found.sort(key=lambda walked: percentile(walked.walls, 0.95))
    target.walked[name] = found[len(found) // 2]


def _walk(
    target: Target, clients: int, workers: int, options, turn: int, writes: tuple[str, ...] = ()
) -> Walked:
    """So many visitors at once, each on a walk of its own; the first steps are not counted.

    `writes`: what a process writes meanwhile, see `writing`; then they walk for a while, else for
    so many steps.
    """
    own = target.server is None
    server = granian(target.database.environment, workers) if own else target.server
    walls: list[float] = []
    steps = options.steps // clients

    def visit(number: int, client: Client, warm: bool) -> None:
        seed = f"{options.seed} {turn} {'warm' if warm else 'walk'} {number}"
        timed = bool(writes) and not warm
        end = time.monotonic() + options.writing
        most = 1_000_000 if timed else steps // 4 if warm else steps
        for address in addresses.walk(target.known, seed, most):
            if timed and time.monotonic() > end:
                break
            status, wall, _body = client.get(address)
            if status != 200:
                target.refused[f"{status} walk: {address}"] += 1
            if not warm:
                walls.append(wall)

    def all_visit(warm: bool) -> None:
        threads = [
            threading.Thread(target=visit, args=(number, server.connect(), warm))
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    try:
        all_visit(warm=True)
        writer = writing.start(target.database, *writes) if writes else None
        wrote: list[float] = []
        if writer:
            writing.begin(writer)
        before, started = _spent(target.processes(server)), time.monotonic()
        all_visit(warm=False)
        seconds = time.monotonic() - started
        if writer:
            wrote = writing.finish(writer)
        computing = _since(before, target.processes(server)) / max(1, len(walls))
        memory = [(resident(pid), unshared(pid)) for pid in server.workers()]
        return Walked(walls, computing, seconds, memory, wrote)
    finally:
        if own:
            server.stop()


def _while_written(target: Target, options) -> None:
    """The walk of many while somebody writes."""
    for name, writes in (
        (WHILE_SAVED, (writing.ONE_A_SECOND,)),
        (WHILE_BUSY, (writing.NOTHING,)),
        (WHILE_CHANGED, (writing.IN_BULK, str(MANY))),
        (WHILE_DOWNLOADED, (writing.DOWNLOADS,)),
        (WHILE_IMPORTED, (writing.IMPORTS, str(IMPORTED))),
    ):
        target.walked[name] = walked = _walk(target, 8, 2, options, 0, writes)
        target.written[f"{name}: p95 to that alone, longest"] = (
            f"× {_late(walked) / _late(target.walked[ALONE]):.2f} · {short(max(walked.walls))}"
        )
    took = target.walked[WHILE_CHANGED].wrote
    target.written["1,000 sites changed in bulk: median, longest"] = (
        f"{short(median(took))} · {short(max(took))}"
    )
    # Who changes many sites needs a processor: that alone makes pages late where there are two.
    target.written[
        "1,000 sites changed in bulk: p95 to that beside a process that only computes"
    ] = f"× {_late(target.walked[WHILE_CHANGED]) / _late(target.walked[WHILE_BUSY]):.2f}"


def _late(walked: Walked) -> float:
    return percentile(walked.walls, 0.95)


def _after_writes(target: Target, options) -> None:
    """The first page after a save, and of a worker that starts after many."""
    page = next(page for page in target.pages if page.name == BROWSE)
    with granian(target.database.environment) as server:
        usual, after = [], []
        for _turn in range(10):
            usual += [server.client.get(page.same)[1] for _request in range(3)]
            writer = writing.start(target.database, writing.ONE_BY_ONE, "1")
            writing.begin(writer)
            writing.finish(writer)
            after.append(server.client.get(page.same)[1])
    target.written["first page after a save: median, longest, more than usual"] = " · ".join(
        map(short, (median(after), max(after), median(after) - median(usual)))
    )
    writer = writing.start(target.database, writing.ONE_BY_ONE, str(options.saves))
    writing.begin(writer)
    saves = writing.finish(writer)
    target.written["a save: median, p95"] = (
        f"{short(median(saves))} · {short(percentile(saves, 0.95))}"
    )
    with granian(target.database.environment) as server:
        first = server.client.get(page.same)[1]
    target.written[f"first page of a worker started after {options.saves} saves"] = short(first)


# --- what is printed ---------------------------------------------------------------------------


def _tables(vendor: str, targets: list[Target], options) -> str:
    sizes = [target.database.size for target in targets]
    samples = {(t.database.size, name): s for t in targets for name, s in t.samples.items()}
    walked = {(t.database.size, name): w for t in targets for name, w in t.walked.items()}
    pages = list(dict.fromkeys(name for target in targets for name in target.samples))
    others = [name for name in pages if name == PLAIN or name.startswith(peers.NAME)]
    return "\n\n".join(
        [
            f"## {targets[0].database.version()}",
            machine(),
            f"    {command()}",
            "A cell: the same page again · varied · waited for varied, p50 · p95 · first request of"
            " a fresh process, waited · different addresses/requests that the varied figures rest"
            " on. Milliseconds, medians.",
            table(samples, sizes, pages, FLOOR),
            versus(samples, sizes, ONE_FACET, others),
            "A cell: waited p50 · p95 · computed (milliseconds) · requests a second. Memory of a"
            " worker afterwards: resident · unshared, MiB.",
            walks(walked, sizes),
            "What a write does to those who read. Milliseconds.",
            readings({target.database.size: target.written for target in targets}),
        ]
    )


def machine() -> str:
    """One line on what was measured where."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    parts = [f"{os.cpu_count()} × {cpu}", f"{memory} GiB", f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name)}" for name in ("django", "granian", "numpy", "pyroaring")]
    return ", ".join(parts) + f", load {os.getloadavg()[0]:.1f}"


def command() -> str:
    return "uv run python -m benchmarks.measure " + shlex.join(sys.argv[1:])


def _loud(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
