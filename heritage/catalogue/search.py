"""Full text, behind one small interface: text in, ids of matching sites and their order out."""

from pyroaring import BitMap

from heritage.catalogue.index.state import Order
from heritage.models import Site
from heritage.models.derived import AFTER_NAMES
from heritage.values import folding

# Of so many matches at most the names are compared; beyond, a list is sorted by name alone.
RANKED = 20_000


def matching(text: str) -> BitMap:
    """The ids of published sites that hold every word of `text`.

    Script, accents and case do not matter. A word matches anywhere within the folded text
    that a record is found by, so that two characters of a Chinese name or the beginning of
    a word are enough.
    """
    words = folding.tokens(text)
    if not words:
        return BitMap()
    sites = Site.objects.published()
    for word in words:
        sites = sites.filter(search_text__contains=word)
    return BitMap(sites.order_by().values_list("pk", flat=True))


def by_relevance(hits: BitMap, text: str, by_name: Order, start: int, stop: int) -> list[int]:
    """A slice of the hits: the exact name first, then other names, then the rest.

    What is equally close stands in the order of names.
    """
    if len(hits) > RANKED:
        return by_name.slice(hits, start, stop)
    words = folding.tokens(text)
    tiers = [BitMap() for _tier in range(4)]
    for pk, found_by in Site.objects.filter(pk__in=hits).values_list("pk", "search_text"):
        tiers[_closeness(found_by.partition(AFTER_NAMES)[0].split("\n"), words)].add(pk)
    found: list[int] = []
    for tier in tiers:
        found += by_name.slice(tier, 0, stop - len(found))
    return found[start:stop]


def _closeness(names: list[str], words: list[str]) -> int:
    """0: a name is just that; 1: one begins so; 2: names hold the words; 3: other text does."""
    whole = " ".join(words)
    if whole in names:
        return 0
    if any(name.startswith(whole) for name in names):
        return 1
    return 2 if all(any(word in name for name in names) for word in words) else 3
