"""How many pages come from the page cache while sites are saved.

    HERITAGE_DATA=/tmp/bench/100000 HERITAGE_DEBUG=1 uv run python -m benchmarks.page_cache

asks the catalogue itself for one page a second of its own clock, as often as Zipf found: the page
of rank n is asked for n to the power of -`--zipf` as often as the first. Nine of ten are pages of
sites, the others pages of terms and lists under one filter. Each request goes to one of two
workers, which keep their pages for themselves. Every `--seconds` of that clock a word is added to
the summary of a site (0: never). What is found while the caches fill is not counted.
"""

import argparse
import os
import random
import time
from bisect import bisect
from itertools import accumulate, chain, zip_longest

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="between two saves")
    parser.add_argument("--zipf", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--filling", type=int, default=5_000, help="requests that are not counted")
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=68)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    print(f"{settings.PAGES_KEPT} pages kept by each of {options.workers} workers", flush=True)
    run(options)


def run(options: argparse.Namespace) -> None:
    from django.conf import settings
    from django.test import Client

    from heritage.models import Site
    from heritage.search import store
    from heritage.server.caches import LRUCache
    from heritage.web.operations import middleware

    class Counted(LRUCache):
        """Counts the pages that are put in."""

        made = 0

        def __setitem__(self, key: tuple, page: middleware.CachedPage) -> None:
            self.made += 1
            super().__setitem__(key, page)

    dice, client = random.Random(options.seed), Client()
    pages = _addresses(dice)
    shares = list(accumulate(rank**-options.zipf for rank in range(1, len(pages) + 1)))
    caches = [Counted(settings.PAGES_KEPT) for _worker in range(options.workers)]
    ids = list(store.current().sites)
    hits = saved = 0
    spent = {True: 0.0, False: 0.0}  # CPU, whether a page was kept
    for number in range(options.filling + options.requests):
        if options.seconds and number % options.seconds == 0:
            site = Site.objects.get(pk=dice.choice(ids))
            site.summary = site.summary | {"en": f"{site.summary.get('en', '')} again"}
            site.save()
            saved += number >= options.filling
        middleware.pages = cache = dice.choice(caches)
        path, made = pages[bisect(shares, dice.random() * shares[-1])], cache.made
        started = time.process_time()
        status = client.get(path).status_code
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        if number >= options.filling:
            hits += cache.made == made
            spent[cache.made == made] += time.process_time() - started
        elif number % 1_000 == 0:
            print(f"filling: {number}", flush=True)
    made = options.requests - hits
    print(
        f"{100 * hits / options.requests:.1f} % of {options.requests} were kept, {saved} saves; "
        f"CPU of a kept page {1000 * spent[True] / max(1, hits):.1f} ms, "
        f"of another {1000 * spent[False] / max(1, made):.1f} ms"
    )


def _addresses(dice: random.Random) -> list[str]:
    """Pages, the most asked for first."""
    from heritage.models import Era, Kind, Place, Site
    from heritage.search import store
    from heritage.search.facets.facet_list import TREES

    index = store.current()
    slugs = Site.objects.published().values_list("slug", flat=True)
    sites = [f"/en/sites/{slug}/" for slug in slugs]
    terms = []
    for model in (Era, Kind, Place):
        name = model._meta.model_name
        facet = TREES[name]
        for term in model.objects.all():
            if index.having(facet, term):
                terms += [f"/en/{name}s/{term.slug}/", f"/en/sites/?{name}={term.slug}"]
    dice.shuffle(sites)
    dice.shuffle(terms)
    groups = [iter(sites)] * 9
    mixed = zip_longest(*groups[:4], iter(terms), *groups[4:])
    return [path for path in chain.from_iterable(mixed) if path]


if __name__ == "__main__":
    main()
