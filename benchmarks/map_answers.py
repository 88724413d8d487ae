"""What a map and a timeline cost once the filter is answered: groups in boxes, counts in bins.

    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench/100000 uv run python -m benchmarks.map_answers

Milliseconds of a processor, of seeded filters (`--filters`): the first box of a new one, six more
boxes of the same, the list beside each, and the counts of 96 stretches between the earliest and the
latest year. The first filter is everything. The index is read before, and each kind of question
asked once. Tiles and readers who move the map are measured by `benchmarks.map_speed`.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

import django
from django.http import QueryDict

from benchmarks.figures import median, percentile

if TYPE_CHECKING:
    from heritage.cartography.mercator import MapWindow
    from heritage.search import SiteFilter
    from heritage.search.map_cells import MapView

BOXES, BINS = 6, 96
ZOOMS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--filters", type=int, default=60)
    options.add_argument("--seed", default="map")
    asked = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    from benchmarks.addresses import Drawer
    from benchmarks.views import known
    from heritage.search import SiteFilter

    drawer = Drawer(json.loads(known(None).content), asked.seed)
    found: dict[str, list[float]] = {}
    shares = []
    for number in range(asked.filters + 1):
        terms = drawer.facets(drawer.dice.randint(1, 2)) if number else {}
        query = QueryDict(mutable=True)
        query.update(terms)
        filtered = SiteFilter(query)
        shares.append(len(filtered.hits) / len(filtered.index.sites))
        for name, milliseconds in _of_filter(filtered, drawer.dice):
            found.setdefault(name, []).append(milliseconds)
    kinds = sum(share > 0.02 for share in shares), sum(share > 0.5 for share in shares)
    print(f"{len(shares)} filters, {kinds[0]} of more than 2 % of all sites, {kinds[1]} of half")
    print("| ms of a processor | median | p95 | most |")
    print("| --- | --- | --- | --- |")
    for name, spent in found.items():
        figures = median(spent), percentile(spent, 0.95), max(spent)
        print(f"| {name} |", " | ".join(f"{each:.2f}" for each in figures), "|")


def _of_filter(filtered: "SiteFilter", dice: Random) -> list[tuple[str, float]]:
    from heritage.search import map_cells, timeline
    from heritage.web.browse import map_display

    index, hits = filtered.index, filtered.hits
    everything = frozenset({("everything", "")})
    map_cells.map_view(index, index.sites, _window(dice), everything)
    found = []
    for number in range(BOXES + 1):
        window = _window(dice)
        spent = _spent(map_cells.map_view, index, hits, window, filtered.fingerprint())
        found.append(("a further box" if number else "first box of a filter", spent))
        view = map_cells.map_view(index, hits, window, filtered.fingerprint())
        found.append(("the list beside it", _spent(map_display.first_in_view, filtered, view)))
        found.append(("the same from the set of all", _spent(_of_all, filtered, view)))
    for name, role in timeline.ROLES.items():
        order = timeline.years_of(index, role)
        order.counts(index, index.sites, [0, 1])
        if not len(order.years):
            continue
        first, last = int(order.years[0]), int(order.years[-1])
        cuts = sorted({first + (last - first + 1) * each // BINS for each in range(BINS + 1)})
        found.append((f"bins of the timeline ({name})", _spent(order.counts, index, hits, cuts)))
    return found


def _of_all(filtered: "SiteFilter", view: "MapView") -> list[int]:
    from heritage.web.browse.map_display import LISTED

    return filtered.page("en", 0, LISTED, view.sites.all())


def _window(dice: Random) -> "MapWindow":
    """A part of China, mostly, since most sites lie there; of a screen's size."""
    from heritage.cartography.mercator import MapWindow

    latitude, longitude = dice.uniform(22, 42), dice.uniform(98, 122)
    return MapWindow.around(latitude, longitude, dice.choice(ZOOMS), 1280, 720)


def _spent(do: Callable, *given: object) -> float:
    started = time.process_time()
    do(*given)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
