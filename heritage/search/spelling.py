"""“Did you mean”: what a search that finds nothing may have been meant to be."""

from itertools import islice, product
from string import ascii_lowercase

from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import OSA

from heritage.models import Site
from heritage.search import text_search
from heritage.search.index import orders
from heritage.search.index.snapshot import State
from heritage.search.lru_cache import Recent
from heritage.services import fulltext
from heritage.values import normalize, tokens

_MOST_WORDS = 6  # of a search that is worth the trouble
_CANDIDATES = 4  # for each misspelt word
_TRIES = 24  # combinations of them
_KEPT = 500  # searches of which it is remembered
_WHOLE_NAMES = 2  # tiers of `words.closer`: a name, or one that begins or ends the search


def meant(index: State, text: str, language: str) -> str | None:
    """A search that finds something where `text` finds nothing; None where nothing is near."""
    kept = index.memory.setdefault("meant", Recent(_KEPT))
    key = (*normalize.tokens(text), language)
    return kept.recall(key, lambda: _meant(index, text, language))


def _meant(index: State, text: str, language: str) -> str | None:
    parts = normalize.tokens(text)[:_MOST_WORDS]
    if any(tokens.is_han(part) for part in parts):
        return _same_sound(index, text, language)
    choices = [_spelt(index, part) for part in parts]
    if not parts or not all(choices):
        return None
    found = None
    for combination in islice(product(*choices), _TRIES):
        hits = (
            text_search.matching(index, " ".join(combination))
            if list(combination) != parts
            else None
        )
        if hits:
            found = found or " ".join(combination)
            # Of two words as near (grottes, grottoes), the one that the reader's language has.
            if set(combination) <= set(_first_name(index, hits, found, language)):
                return " ".join(combination)
    return found


def _first_name(index: State, hits: BitMap, text: str, language: str) -> list[str]:
    """The words of the name of the best match."""
    by_name = index.orders[orders.by_name(language)]
    (first,) = text_search.ByRelevance(index, text, by_name).slice(hits, 0, 1)
    return normalize.tokens(str(Site.objects.only("name").get(pk=first).name.best(language)))


def _same_sound(index: State, text: str, language: str) -> str | None:
    """The name of a site that is spoken so: 白马四 for 白马寺."""
    spoken = normalize.romanise(text)
    by_name = index.orders[orders.by_name(language)]
    for tier in islice(text_search.named(index, index.sites, spoken), _WHOLE_NAMES):
        for pk in by_name.slice(tier, 0, 1):
            return str(Site.objects.only("name").get(pk=pk).name.best("zh-hans"))
    return None


def _spelt(index: State, word: str) -> list[str]:
    """The word itself if some record holds it; else those that are spelt most like it."""
    if text_search.matching(index, word):
        return [word]
    if len(word) < 4 or not word.isalpha():
        return []
    slips = 1 if len(word) < 6 else 2  # letters wrong, missing, doubled or swapped
    lengths = range(len(word) - slips, len(word) + slips + 1)
    near = _near(word, fulltext.spelt_from(word[0], lengths), slips)
    if not near:  # the first letters themselves may be wrong
        near = _near(word, fulltext.spelt_among(_begun_otherwise(word)), slips)
    holding = {found: len(text_search.matching(index, found)) for found in near}
    return sorted(near, key=lambda found: (near[found], -holding[found], found))


def _near(word: str, words: list[str], slips: int) -> dict[str, float]:
    """The words that are spelt most like it, with how many letters differ."""
    found = process.extract(word, words, scorer=OSA.distance, score_cutoff=slips, limit=_CANDIDATES)
    return {text: distance for text, distance, _place in found}


def _begun_otherwise(word: str) -> set[str]:
    """The word with other letters in place of its first two, fewer of them, or one more."""
    letters = {*ascii_lowercase, *word}
    first, second, rest = word[0], word[1], word[2:]
    begun = {"", *letters, *map("".join, product(letters, repeat=2))}
    for letter in letters:
        begun |= {letter + first + second, first + letter + second, first + second + letter}
    return {beginning + rest for beginning in begun}
