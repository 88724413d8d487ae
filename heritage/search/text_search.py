"""Full text, behind one small interface: text in, ids of matching sites and their order out."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyroaring import BitMap

from heritage.search.index.snapshot import Order, State
from heritage.search.lru_cache import Recent
from heritage.services import fulltext
from heritage.values import normalize, tokens
from heritage.values.tokens import Asked

_LONGEST_RUN = 40  # Han characters in a row that are taken for words
_LONGEST_WORD = 8  # of them in one word
# Answers that a state remembers: of few sites, 4 kB at most; of many, 125 kB at most at a million.
_KEPT_FEW, _KEPT_MANY = 1_000, 64
_MANY = 1_000  # sites


def matching(index: State, text: str) -> BitMap:
    """The ids of published sites that hold every word of `text`, or one that begins with it.

    Script, accents and case do not matter; Han characters are found anywhere in a name.
    """
    asked = tuple(tokens.asked(text))
    return _holding(index, asked) & index.sites if asked else BitMap()


def parted(index: State, text: str) -> str:
    """The text with spaces where Han characters are several words: 洛阳白马寺 → 洛阳 白马寺.

    Only where nothing is called just that. Each word is the longest that some site holds, of at
    most eight characters.
    """
    if matching(index, text):
        return text
    return " ".join(
        word
        for token in normalize.tokens(text)
        for word in (_words_of(index, token) if tokens.is_han(token) else [token])
    )


def _words_of(index: State, run: str) -> Iterator[str]:
    run = run[:_LONGEST_RUN]
    while run:
        lengths = range(min(len(run), _LONGEST_WORD), 1, -1)
        length = next((n for n in lengths if matching(index, run[:n])), len(run))
        yield run[:length]
        run = run[length:]


def tiers(index: State, hits: BitMap, text: str) -> Iterator[BitMap]:
    """The hits parted by how close they are, as `words.closer` says; the rest comes last."""
    nearer = named(index, hits, text)
    while len(hits) > 1 and (tier := next(nearer, None)) is not None:
        yield tier
        hits = hits - tier
    yield hits


def named(index: State, among: BitMap, text: str) -> Iterator[BitMap]:
    """Those whose names hold a text, the closest first; each tier is looked up when asked for."""
    for alternatives in tokens.closer(text):
        tier = among & _holding_any(index, alternatives, among)
        yield tier
        among = among - tier


@dataclass(frozen=True, slots=True)
class ByRelevance:
    """An order: the closest first; of the equally close the best known."""

    index: State
    text: str
    best_known: Order

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        """The ids of `hits` at places `start` to `stop` among them."""
        found: list[int] = []
        passed = 0
        for tier in tiers(self.index, hits, self.text):
            if passed + len(tier) > start:
                found += self.best_known.slice(tier, max(0, start - passed), stop - passed)
            passed += len(tier)
            if passed >= stop:
                break
        return found

    def place(self, hits: BitMap, site_id: int) -> int:
        """How many of `hits` come before one of them."""
        passed = 0
        for tier in tiers(self.index, hits, self.text):
            if site_id in tier:
                return passed + self.best_known.place(tier, site_id)
            passed += len(tier)
        raise ValueError(site_id)


def _holding_any(index: State, alternatives: list[list[Asked]], among: BitMap) -> BitMap:
    """Those that hold all words of any alternative, at least of these sites."""
    if fulltext.is_quicker_among(among):
        return fulltext.holding_any_among(among, alternatives)
    return BitMap.union(BitMap(), *(_holding(index, tuple(asked)) for asked in alternatives))


def _holding(index: State, asked: tuple[Asked, ...]) -> BitMap:
    """The answer of the database, remembered as long as nothing is written."""
    few = index.memory.setdefault("search", Recent(_KEPT_FEW))
    many = index.memory.setdefault("broad search", Recent(_KEPT_MANY))
    found = few.get(asked)
    if found is None:
        found = many.get(asked)
    if found is None:
        found = fulltext.holding(asked)
        kept = many if len(found) > _MANY else few
        kept[asked] = found
    return found
