"""First views of pages by two versions of the code, asked in turn, as ratios.

    git worktree add --detach /tmp/before COMMIT && (cd /tmp/before && uv sync)
    uv run python -m benchmarks.pairs /tmp/before /tmp/data-before . /tmp/bench/1250

takes two pairs of a work tree and a data folder of a catalogue made for it (`benchmarks.generate`
of that tree), runs each in a process of its own without a server, and asks both for the same kind
of page in turn, each address once. It prints the medians of what the processes computed, in
milliseconds, their ratio, and how many addresses it rests on. Whole pages are not kept.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

REQUESTS, WARM = 40, 6
PER_PAGE = 24
FACETS = ("era", "kind", "place")
BROWSE, FACET, SPAN, SITE = "whole list", "one facet", "years and box", "site"


class Version:
    """A work tree in a process of its own, which answers requests and says what it computed."""

    def __init__(self, tree: str, data: str):
        environment = {name: v for name, v in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"HERITAGE_DATA": str(Path(data).resolve()), "HERITAGE_PAGES_KEPT": "0"}
        environment |= {"HERITAGE_DEMO": "1", "HERITAGE_DEBUG": "0", "HERITAGE_LOG_LEVEL": "ERROR"}
        environment |= {"DJANGO_SETTINGS_MODULE": "heritage.settings", "PYTHONPATH": "."}
        collect = [
            ".venv/bin/python",
            "manage.py",
            "collectstatic",
            "--noinput",
            "--verbosity",
            "0",
        ]
        subprocess.run(collect, cwd=tree, env=environment, check=True)
        self._process = subprocess.Popen(
            [".venv/bin/python", str(Path(__file__).resolve()), "answer"],
            cwd=tree,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.known = json.loads(self._process.stdout.readline())

    def ask(self, address: str) -> tuple[int, float]:
        """Status and milliseconds."""
        self._process.stdin.write(f"{address}\n")
        self._process.stdin.flush()
        status, spent = json.loads(self._process.stdout.readline())
        return status, spent

    def close(self) -> None:
        self._process.communicate(timeout=60)


def main(before_tree: str, before_data: str, tree: str, data: str) -> None:
    versions = [Version(before_tree, before_data), Version(tree, data)]
    shared = {
        name: sorted(set.intersection(*(set(version.known[name]) for version in versions)))
        for name in FACETS
    }
    draw = [_addresses(version.known | shared) for version in versions]
    print(
        "| first view | before, ms | now, ms | ratio | addresses |\n| --- | --- | --- | --- | --- |"
    )
    for name in draw[0]:
        spent: list[list[float]] = [[], []]
        asked: set[tuple[str, ...]] = set()
        for number in range(200):
            addresses = tuple(next(each[name]) for each in draw)
            if addresses in asked:
                continue
            asked.add(addresses)
            order = (0, 1) if number % 2 else (1, 0)
            answers = {which: versions[which].ask(addresses[which]) for which in order}
            if any(status != 200 for status, _spent in answers.values()):
                continue
            for which, (_status, milliseconds) in answers.items():
                spent[which].append(milliseconds)
            if len(spent[0]) == WARM + REQUESTS:
                break
        then, now = (each[WARM:] for each in spent)
        row = (
            name,
            f"{median(then):.1f}",
            f"{median(now):.1f}",
            f"× {median(now) / median(then):.2f}",
        )
        print(f"| {' | '.join(row)} | {len(now)} |", flush=True)
    for version in versions:
        version.close()


def _addresses(known: dict) -> dict[str, Iterator[str]]:
    """Endless addresses of each kind; the same ones for both versions, but for the sites."""
    last = -(-known["total"] // PER_PAGE)

    def drawn(kind: str, make) -> Iterator[str]:
        dice = random.Random(kind)
        while True:
            yield f"/{dice.choice(['en', 'zh-hans'])}/{make(dice)}"

    def facet(dice: random.Random) -> str:
        name = dice.choice(FACETS)
        return f"sites/?{urlencode({name: dice.choice(known[name])})}"

    def span(dice: random.Random) -> str:
        first = dice.randint(1, 1800)
        west, south = dice.randint(-20, 110), dice.randint(0, 40)
        box = f"{west},{south},{west + dice.randint(5, 60)},{south + dice.randint(5, 40)}"
        return (
            f"sites/?{urlencode({'from': first, 'to': first + dice.randint(50, 900), 'bbox': box})}"
        )

    def begun(dice: random.Random) -> str:
        name = dice.choice(known[dice.choice(FACETS)]).partition("-")[0]
        return name[: dice.randint(2, 5)]

    return {
        BROWSE: drawn(BROWSE, lambda dice: f"sites/?page={dice.randint(2, last)}"),
        FACET: drawn(FACET, facet),
        SPAN: drawn(SPAN, span),
        SITE: drawn(
            SITE, lambda dice: f"sites/{known['slugs'][dice.randrange(len(known['slugs']))]}/"
        ),
        "era": drawn("era", lambda dice: f"eras/{dice.choice(known['era'])}/"),
        "place": drawn("place", lambda dice: f"places/{dice.choice(known['place'])}/"),
        "suggestion": drawn("suggestion", lambda dice: f"suggest/?{urlencode({'q': begun(dice)})}"),
    }


# --- within the process of a version -------------------------------------------------------------


def answer() -> None:
    """Answer the addresses of the standard input, one a line, by what is in the working folder."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    settings.ALLOWED_HOSTS = ["testserver"]
    handler = WSGIHandler()
    output, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps(_known()), file=output, flush=True)
    for line in sys.stdin:
        print(json.dumps(_computed(handler, line.strip())), file=output, flush=True)


def _known() -> dict:
    from heritage.models import Era, Kind, Place, Site

    slugs = list(Site.objects.published().order_by("pk").values_list("slug", flat=True))
    terms = {"era": Era, "kind": Kind, "place": Place}
    used = {
        name: list(model.objects.order_by("slug").values_list("slug", flat=True))
        for name, model in terms.items()
    }
    return {"total": len(slugs), "slugs": slugs[:: max(1, len(slugs) // 3_000)], **used}


def _computed(handler, address: str) -> tuple[int, float]:
    from io import BytesIO

    path, _mark, query = address.partition("?")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    environ |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}
    environ |= {"wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1"}
    statuses: list[str] = []
    started = time.process_time()
    response = handler(environ, lambda status, headers: statuses.append(status))
    _body = b"".join(response)
    response.close()
    return int(statuses[0][:3]), (time.process_time() - started) * 1000


if __name__ == "__main__":
    answer() if sys.argv[1:] == ["answer"] else main(*sys.argv[1:])
