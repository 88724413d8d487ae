"""Datasette on the same rows, where the dependency group `bench` is installed.

    uv run --group bench python -m benchmarks.peers --data /tmp/bench

asks the catalogue and Datasette for the same filters in turn, so that a busy machine slows both
alike, and prints what their processes compute for a list: asked for first, again, and as visitors
ask. Of their lists that of rank n is asked for 1/n as often as the first (Zipf), nothing is written
meanwhile, and what is asked for while the page cache fills is not counted. `benchmarks.measure`
adds Datasette to its tables, measured apart.

Its table is flat: a row a site, one column a facet, each with an index, and five facets asked for
as its own pages ask.
"""

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.addresses import Drawer, Page
from benchmarks.databases import Database
from benchmarks.figures import median
from benchmarks.serving import Server, ask, granian

NAME = "Datasette"
FACETS = ("kind", "era", "unesco", "place", "protection")
CHUNK = 5_000
LISTS, FILLING = 500, 1_000  # lists that visitors ask for; how often, before that counts


def installed() -> str:
    """The version of Datasette, or nothing."""
    try:
        return version("datasette")
    except PackageNotFoundError:
        return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("/tmp/bench"))  # noqa: S108 - a default
    parser.add_argument("--size", type=int, default=1_250)
    parser.add_argument("--addresses", type=int, default=42)
    parser.add_argument("--requests", type=int, default=300, help="of visitors")
    parser.add_argument("--seed", default="21")
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)  # by itself, see _exported()
    options = parser.parse_args()
    if options.export:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
        django.setup()
        export(options.export)
    elif installed():
        compare(options)
    else:
        sys.exit("Datasette is not installed: uv run --group bench …")


def compare(options: argparse.Namespace) -> None:
    """Print what a list under one facet costs beside Datasette."""
    database = Database("sqlite", options.size, options.data, "")
    database.make()
    database.collect_static()
    path = _exported(database)
    page = _page(NAME, path.stem)
    with granian(database.environment) as own, _serve(path) as peer:

        def theirs(query: dict[str, str]) -> float:
            return _computed(peer, f"{page.same}&{urlencode(query)}")

        for server, address in ((own, "/en/sites/"), (own, "/zh-hans/sites/"), (peer, page.same)):
            _computed(server, address)  # what is read once
        drawer = Drawer(own.client.json("/bench/known/"), options.seed)
        drawer.known["terms"] = {name: drawer.known["terms"].get(name) for name in FACETS}
        asked = _queries(drawer, LISTS)
        spent: list[tuple[float, float, float]] = []
        for query in asked[: options.addresses]:
            address = drawer.browse(**query)
            first, peers = _computed(own, address), theirs(query)
            spent.append((first, peers, _computed(own, address)))
        first, peers, again = zip(*spent, strict=True)
        _print("asked for first", first, peers)
        _print("asked for again", again, peers)
        weights = [1 / rank for rank in range(1, len(asked) + 1)]
        for query in drawer.dice.choices(asked, weights, k=FILLING):
            _computed(own, drawer.browse(**query))
        visits = drawer.dice.choices(asked, weights, k=options.requests)
        both = [(_computed(own, drawer.browse(**query)), theirs(query)) for query in visits]
        _print("as visitors ask", *zip(*both, strict=True))


def _queries(drawer: Drawer, number: int) -> list[dict[str, str]]:
    """Different ones, at most so many."""
    drawn = (drawer.facets(1) for _draw in range(20 * number))
    return [dict(each) for each in dict.fromkeys(tuple(query.items()) for query in drawn)][:number]


def _print(name: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    middle = median(ours) / median(theirs)
    mean = sum(ours) / sum(theirs)
    print(
        f"{name}, {len(ours)} times: {median(ours):.1f} to {median(theirs):.1f} ms (× {middle:.2f};"
        f" means × {mean:.2f}), load {os.getloadavg()[0]:.0f}"
    )


def _computed(server: Server, address: str) -> float:
    status, computed, _wall = ask(server, server.pids(), address)
    if status != 200:
        raise RuntimeError(f"{address} answered {status}")
    return computed


def measure(target, options, loud) -> None:
    """Add Datasette's figures to those of a target; says aloud where it cannot."""
    number = installed()
    if not number:
        loud("SKIPPED: Datasette is not installed (uv run --group bench …).")
        return
    path = _exported(target.database)
    page = _page(f"{NAME} {number}", path.stem)
    target.begin(page, options.seed)
    server = _serve(path)
    try:
        _status, wall, body = server.client.get(page.same)
        target.samples[page.name].cold.append(wall)
        counted = body.count(b'class="facet-info facet-')
        if counted < len(FACETS):  # it gives up a facet that takes it too long
            loud(f"{page.name} at {target.database.size:,} counted {counted} of {len(FACETS)}")
        target.measure(server, page, options.rounds * options.requests)
    finally:
        server.stop()


def _exported(database: Database) -> Path:
    """The flat table of a database, made where it is missing."""
    path = database.data / f"datasette-{database.vendor}" / f"{database.size}.db"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        database.run("benchmarks.peers", "--export", str(path))
    return path


def _page(name: str, database: str) -> Page:
    asked = [*(("_facet", facet) for facet in FACETS), ("_size", 24)]
    address = f"/{database}/sites?{urlencode(asked)}"
    return Page(name, address, lambda d: f"{address}&{urlencode(d.facets(1))}")


def _serve(path: Path) -> Server:
    command = [sys.executable, "-m", "datasette", "serve", str(path)]
    # Without what its own pages add: proposals of further facets, a third of the time.
    command += ["--setting", "suggest_facets", "off"]
    command += ["--host", "127.0.0.1", "--port", "{port}"]
    return Server(command, {}, ready="Uvicorn running")


# --- the flat table ------------------------------------------------------------------------------


def export(path: Path) -> None:
    """Write the published sites of the settings' database as a flat table."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    columns = ("id", "slug", "name", "name_zh", "summary", *FACETS, "first_year")
    with closing(sqlite3.connect(partial)) as file, file:
        file.execute(f"CREATE TABLE sites ({', '.join(columns)}, PRIMARY KEY (id))")
        marks = ", ".join("?" * len(columns))
        for rows in _rows():
            file.executemany(f"INSERT INTO sites VALUES ({marks})", rows)  # noqa: S608 - marks alone
        for facet in FACETS:
            file.execute(f"CREATE INDEX sites_{facet} ON sites ({facet})")
        file.execute("ANALYZE")
    partial.rename(path)


def _rows():
    from heritage.models import Coverage, Site, SiteEra, unesco_statuses_of

    pks = list(Site.objects.published().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        chunk = {"site__gte": pks[start], "site__lte": pks[min(start + CHUNK, len(pks)) - 1]}
        between = {"pk__gte": chunk["site__gte"], "pk__lte": chunk["site__lte"]}
        kinds = Site.kinds.through.objects.filter(**chunk).values_list("site_id", "kind__slug")
        eras = SiteEra.objects.filter(**chunk).values_list("site_id", "era__slug")
        covered: dict[int, list[tuple]] = {}
        protected: dict[int, str] = {}
        for pk, role, standing, extent, slug in Coverage.objects.filter(**chunk).values_list(
            "site_id",
            "designation__register__role",
            "designation__standing",
            "extent",
            "designation__register__slug",
        ):
            covered.setdefault(pk, []).append((role, standing, extent))
            if role == "protection":
                protected[pk] = slug
        kind, era = dict(kinds), dict(eras)
        yield [
            (
                site.pk,
                site.slug,
                site.name.get("en"),
                site.name.get("zh-hans"),
                site.summary.get("en"),
                kind.get(site.pk),
                era.get(site.pk),
                unesco_statuses_of(covered.get(site.pk, ()))[0].value,
                site.place.slug if site.place else None,
                protected.get(site.pk),
                site.first_year,
            )
            for site in Site.objects.published().filter(**between).select_related("place")
        ]


if __name__ == "__main__":
    main()
