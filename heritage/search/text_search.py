"""Full-text search: from a text to the ids of matching sites and their order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import log
from typing import Protocol

import numpy as np
from pyroaring import BitMap

from heritage.search import fulltext
from heritage.search.index import columns
from heritage.search.index.snapshot import IndexSnapshot, Order
from heritage.server.caches import CacheKey, LRUCache
from heritage.values import normalize, tokens
from heritage.values.tokens import Query

_LONGEST_RUN = 40  # Han characters in a row that are taken for words
_LONGEST_WORD = 8  # of them in one word
_MAX_UNKNOWN = 6  # of them that begin no known word: what follows is not looked at
_OF = "的"
_FIGURES = 3
_MAX_RUNS = 5  # that are parted
# Answers that a snapshot keeps: of few sites, 4 kB at most; of many, 125 kB at a million.
_CACHED_FEW, _CACHED_MANY = 1_000, 64
_BROAD = 1_000  # sites
_FEW: CacheKey[LRUCache[Query, BitMap]] = CacheKey("answers of the full text, of few sites")
_MANY: CacheKey[LRUCache[Query, BitMap]] = CacheKey("answers of the full text, of many sites")
_SPELT_OUT = 5  # letters of a name that cannot be mere initials
_MAX_JOINED = 6  # words of which two may have been meant as one
_LONG = 4  # letters of a word that is no syllable of pinyin
_MAX_IN_BRIEF = 20_000  # sites, of which those with a word in their summary come first
_UNKNOWN = 6.0  # the weight of a word that no site holds: as that of one that one in 400 holds
_LEAST = 0.34  # of all that is asked, by weight
_HALF = 0.6  # of the most that any site has, which others must have to be shown


def matching(index: IndexSnapshot, text: str) -> BitMap:
    """The ids of published sites that contain every significant word of `text`, or a word with that
    beginning.

    Script, accents and case do not matter; Han characters are found anywhere in a name.
    """
    return sites_matching(index, tokens.parse_query(text)) & index.sites


def segmented(index: IndexSnapshot, text: str) -> str:
    """The text with spaces where Han characters are several words: 洛阳白马寺 → 洛阳 白马寺.

    Only if no site matches the text as it is. Each word is the longest that some site contains, of
    at most eight characters; a run of which a single character would be left over is not divided. A
    text with very many runs of Han characters is returned unchanged, since each run needs many
    queries.
    """
    if matching(index, text):
        return text
    words: list[str] = []
    found = normalize.tokens(text)
    if sum(map(normalize.is_han, found)) > _MAX_RUNS:
        return text
    for token in found:
        if not normalize.is_han(token):
            words.append(token)
            continue
        # 曹操的墓 is 曹操 and 墓.
        found_words = [list(_words_of(index, part)) for part in token.split(_OF) if part]
        is_left_over = any(len(parts) > 1 and min(map(len, parts)) == 1 for parts in found_words)
        words += [token] if is_left_over else chain.from_iterable(found_words)
    return " ".join(words)


def _words_of(index: IndexSnapshot, run: str) -> Iterator[str]:
    """The words of a run: each the longest that some site contains; characters that none contains
    are a word, too."""
    run, unknown, passed = run[:_LONGEST_RUN], "", 0
    while run:
        lengths = range(min(len(run), _LONGEST_WORD), 1, -1) if passed < _MAX_UNKNOWN else ()
        length = next((n for n in lengths if matching(index, run[:n])), 0)
        if length and unknown:
            yield unknown
            unknown = ""
        if length:
            yield run[:length]
        else:
            length, passed = 1, passed + 1
            unknown += run[:1]
        run = run[length:]
    if unknown:
        yield unknown


def sites_named(index: IndexSnapshot, text: str) -> BitMap:
    """The sites with exactly this name, as written or in another form."""
    found = sites_matching(index, tokens.exact_name(text)) & index.sites
    length = len("".join(normalize.tokens(text)))
    if found and length < _SPELT_OUT:  # initials of few letters are many things
        return found & sites_matching(index, tokens.written_name(text))
    if found and length > normalize.MAX_WORD_LENGTH:  # only its beginning has been compared
        return found & sites_matching(index, tokens.parse_query(text))
    return found


def sites_named_any(index: IndexSnapshot, texts: Iterable[str]) -> BitMap:
    """The sites that may have one of these names; check each name with `sites_named()`."""
    words = (word for text in texts for clause in tokens.exact_name(text) for word in clause)
    asked = tuple(dict.fromkeys(words))
    return sites_matching(index, (asked,)) & index.sites if asked else BitMap()


def sites_displayed_as(index: IndexSnapshot, text: str) -> BitMap:
    """The sites whose displayed name is exactly this, in any form."""
    return sites_matching(index, tokens.exact_name(text, normalize.DISPLAYED)) & index.sites


def sites_displayed_from(index: IndexSnapshot, text: str) -> BitMap:
    """The sites whose displayed names begin with these words."""
    asked = tokens.written_name_prefix(text, normalize.DISPLAYED)
    return (sites_matching(index, asked) & index.sites) | sites_displayed_as(index, text)


def sites_with_name_prefix(index: IndexSnapshot, text: str) -> BitMap:
    """The sites with a written name that begins with these words."""
    return sites_matching(index, tokens.written_name_prefix(text)) & index.sites


def join_words(index: IndexSnapshot, text: str) -> str:
    """The text with two or all of its words joined, if a name contains the joined word but no name
    the separate ones: stone henge, gu gong. Otherwise empty."""
    words = tokens.query_words(text)
    if not 1 < len(words) <= _MAX_JOINED or sites_with_words_in_names(index, text):
        return ""
    as_one = "".join(words)
    if len(tokens.query_words(as_one)) > 1:  # Han characters and kana are two words in any case
        return ""
    if sites_matching(index, tokens.joined_words(text)).intersect(index.sites):
        return as_one
    for at in range(len(words) - 1) if len(words) > 2 else ():
        pair = f"{words[at]} {words[at + 1]}"
        if sites_matching(index, tokens.joined_words(pair)):
            joined = " ".join((*words[:at], words[at] + words[at + 1], *words[at + 2 :]))
            if sites_with_words_in_names(index, joined):
                return joined
    return ""


def sites_with_words_in_names(index: IndexSnapshot, text: str) -> BitMap:
    """The sites whose written names contain all the words."""
    return sites_matching(index, tokens.words_in_written_names(text)) & index.sites


def relevance_tiers(index: IndexSnapshot, hits: BitMap, *, text: str) -> Iterator[BitMap]:
    """The hits in groups, the best matches first.

    The groups: with the words in their names; with the rarest of several long words in them; with
    the words in their summary; with names in which words only begin so; the rest. If there are very
    many hits, summaries are not searched: most have the words there, and it takes long.
    """
    in_brief = [tokens.words_in_brief(text)] if len(hits) <= _MAX_IN_BRIEF else []
    for asked in (
        *tokens.closeness_queries(text),
        None,
        *in_brief,
        *tokens.unfinished_queries(text),
    ):
        if len(hits) < 2:
            break
        tier = hits & (_holding_of(index, asked, hits) if asked else _rarest_in_names(index, text))
        yield tier
        hits = hits - tier
    yield hits


def _rarest_in_names(index: IndexSnapshot, text: str) -> BitMap:
    """The sites with the rarest word of the text in their names: Bauhaus in “Bauhaus buildings”.
    None for a single word, or if a word is short or of Han characters."""
    words = tokens.query_words(text)
    if len(words) < 2 or any(normalize.is_han(word) or len(word) < _LONG for word in words):
        return BitMap()
    rarest = min(words, key=lambda word: len(sites_matching(index, tokens.whole_words(word))))
    return sites_with_words_in_names(index, rarest)


def best_known(index: IndexSnapshot, hits: BitMap) -> int:
    """The id of the best known of some sites."""
    return index.best_known.slice(hits, 0, 1)[0]


def superlative_tiers(index: IndexSnapshot, hits: BitMap, words: Sequence[str]) -> Iterator[BitMap]:
    """The hits in groups: with one of the words in names or summary; anywhere else; nowhere."""
    for in_brief in (True, False):
        tier = hits & _holding_of(index, tokens.any_word(words, in_brief=in_brief), hits)
        yield tier
        hits = hits - tier
    yield hits


class SiteOrder(Protocol):
    """An order of sites in a list."""

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        """The ids of `hits` at places `start` to `stop` among them."""

    def place(self, hits: BitMap, site_id: int) -> int:
        """How many of `hits` come before one of them."""


class InTiers:
    """Hits in tiers, each in an order of its own."""

    __slots__ = ()

    def ordered_tiers(self, hits: BitMap) -> Iterator[tuple[BitMap, SiteOrder]]:
        raise NotImplementedError

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        found: list[int] = []
        passed = 0
        for tier, order in self.ordered_tiers(hits):
            if passed + len(tier) > start:
                found += order.slice(tier, max(0, start - passed), stop - passed)
            passed += len(tier)
            if passed >= stop:
                break
        return found

    def place(self, hits: BitMap, site_id: int) -> int:
        passed = 0
        for tier, order in self.ordered_tiers(hits):
            if site_id in tier:
                return passed + order.place(tier, site_id)
            passed += len(tier)
        raise ValueError(site_id)


@dataclass(frozen=True, slots=True)
class TieredOrder(InTiers):
    """Hits in tiers, the closest first; within a tier by prominence."""

    tiers: Callable[[BitMap], Iterator[BitMap]]
    best_known: Order

    def ordered_tiers(self, hits: BitMap) -> Iterator[tuple[BitMap, SiteOrder]]:
        return ((tier, self.best_known) for tier in self.tiers(hits))


def by_relevance(index: IndexSnapshot, text: str) -> TieredOrder:
    """Closest matches of a text first."""
    best_known = index.best_known
    return TieredOrder(partial(relevance_tiers, index, text=text), best_known)


# --- part of what is asked ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartialMatches:
    """The sites that match most of a text, by weight, and their weights.

    It is also an order: greatest weight first; equal weights by prominence.
    """

    ids: np.ndarray
    weights: np.ndarray
    best_known: Order

    @property
    def hits(self) -> BitMap:
        return columns.bitmap(self.ids)

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        return self._ordered(hits)[start:stop].tolist()

    def place(self, hits: BitMap, site_id: int) -> int:
        return int(np.flatnonzero(self._ordered(hits) == site_id)[0])

    def _ordered(self, hits: BitMap) -> np.ndarray:
        ids = columns.ids_of(hits)
        weights = self.weights[np.searchsorted(self.ids, ids)]
        return ids[np.lexsort((self.best_known.places[ids], -weights))]


def no_matches(index: IndexSnapshot) -> PartialMatches:
    """The partial matches of a text without words to search for."""
    nothing, weights = np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.float32)
    return PartialMatches(nothing, weights, index.best_known)


def partial_matches(
    index: IndexSnapshot, text: str, others: Iterable[BitMap], there: BitMap
) -> PartialMatches:
    """Partial matches of a text that no site matches entirely.

    `others` are the sites of each of its filters, `there` those in the place that it names. Rare
    words have more weight. A site is left out if it is not `there`; if it matches only one of
    several words and filters, and that not in a name; or if it has less than 60 % of the highest
    weight of any site. There are no matches if that is less than a third of all weight.
    """
    number = max(1, len(index.sites))
    asked = min(log(number + 1), _UNKNOWN)
    size = index.sites.max() + 1 if index.sites else 0
    weights = np.zeros(size, dtype=np.float32)
    reasons = np.zeros(size, dtype=np.uint8)  # a filter and a word in a name are two
    total = 0.0
    words = list(_known_words(index, tokens.query_words(text)))
    found = [(hits, hits) for hits in others] + [_holding_word(index, word) for word in words]
    for hits, named in found:
        weight = log((number + 1) / len(hits)) if hits else asked
        total += weight
        if hits:
            weights[columns.ids_of(hits)] += weight
            for sites in (hits, named):
                reasons[columns.ids_of(sites)] += 1
    if len(found) > 1:  # one of several words, in a text alone, is no match
        weights[reasons < 2] = 0
    if there:  # what lies elsewhere is no answer
        is_there = np.zeros(size, dtype=bool)
        is_there[columns.ids_of(there)] = True
        weights[~is_there] = 0
    most = weights.max(initial=0)
    if most < total * _LEAST or not most:
        return no_matches(index)
    ids = np.flatnonzero(weights >= most * _HALF).astype(np.uint32)
    return PartialMatches(ids, weights[ids], index.best_known)


def _is_figure(word: str) -> bool:
    """Whether a word is a number of few digits, which many texts contain."""
    return word.isdigit() and len(word) < _FIGURES


def _known_words(index: IndexSnapshot, words: list[str]) -> Iterator[str]:
    """The words of a text; a run of Han characters is divided into the longest words that some site
    contains, without single characters."""
    is_parted = sum(map(normalize.is_han, words)) <= _MAX_RUNS
    for word in words:
        if is_parted and normalize.is_han(word):
            yield from (part for part in _words_of(index, word) if len(part) > 1)
        else:
            yield word


def _holding_word(index: IndexSnapshot, word: str) -> tuple[BitMap, BitMap]:
    """The sites that contain a word, and those that contain it in a name."""
    if _is_figure(word):
        return BitMap(), BitMap()
    found = sites_matching(index, tokens.whole_words(word)) & index.sites
    if word.isdigit():  # the number of a record is as good as a name
        return found, found
    return found, found & sites_matching(index, tokens.whole_words_in_names(word))


# --- asking ------------------------------------------------------------------------------------


def _holding_of(index: IndexSnapshot, asked: Query, among: BitMap) -> BitMap:
    """The sites that match a query; at least those in `among`."""
    if fulltext.is_quicker_among(among):
        return fulltext.sites_matching_among(among, asked)
    return sites_matching(index, asked)


def sites_matching(index: IndexSnapshot, asked: Query) -> BitMap:
    """The ids of the sites that match a query; cached until something is written."""
    few = index.cache.get_or_set(_FEW, lambda: LRUCache(_CACHED_FEW))
    many = index.cache.get_or_set(_MANY, lambda: LRUCache(_CACHED_MANY))
    found = few.get(asked)
    if found is None:
        found = many.get(asked)
    if found is None:
        found = fulltext.sites_matching(asked)
        (many if len(found) > _BROAD else few)[asked] = found
    return found
