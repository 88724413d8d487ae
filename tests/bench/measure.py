"""How long pages take on the server, in one run, as ratios to a page that asks for nothing.

    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench uv run python -m tests.bench.measure

on a catalogue that tests.bench.generate has filled. Medians of several rounds, in turn, so that
a busy machine slows all of them alike.
"""

import os
import statistics
import sys
import time

import django

ROUNDS = 9
FLOOR = "/robots.txt"
PAGES = {
    "browse": "/en/sites/",
    "browse, one facet": "/en/sites/?era=tang",
    "browse, three facets": "/en/sites/?era=tang&kind=temple&place=china",
    "browse, last page": "/en/sites/?page={last}",
    "browse, oldest first": "/zh-hans/sites/?sort=oldest",
    "text": "/en/sites/?q=horse",
    "text and facet": "/en/sites/?q=horse&era=tang",
    "Chinese text": "/zh-hans/sites/?q=白马",
    "site": "/en/sites/longmen-grottoes/",
    "home": "/en/",
}


def main(rounds: int) -> None:
    from django.test import Client

    from heritage.catalogue.index import store
    from heritage.web.listing import PER_PAGE

    started = time.perf_counter()
    total = len(store.current().sites)
    loaded = (time.perf_counter() - started) * 1000
    last = -(-total // PER_PAGE)
    client = Client(headers={"host": "localhost"})
    times: dict[str, list[float]] = {page: [] for page in (FLOOR, *PAGES.values())}
    for turn in range(rounds + 1):
        for page, taken in times.items():
            started = time.perf_counter()
            response = client.get(page.format(last=last))
            if turn:  # the first round warms
                taken.append((time.perf_counter() - started) * 1000)
            assert response.status_code == 200, (page, response.status_code)
    floor = statistics.median(times[FLOOR])
    print(f"{total} sites, index loaded in {loaded:.0f} ms, floor {floor:.2f} ms")
    print("| page | ms | × floor |\n|---|---|---|")
    for name, page in PAGES.items():
        median = statistics.median(times[page])
        print(f"| {name} | {median:.1f} | {median / floor:.0f} |")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
