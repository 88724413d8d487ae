"""Spelling corrections for a search that finds nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from math import inf
from string import ascii_lowercase

from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import OSA

from heritage.models import Site
from heritage.search import fulltext, store, text_search
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language import dictionary
from heritage.server.caches import CacheKey, LRUCache
from heritage.values import normalize, tokens

_MAX_WORDS = 6  # of a search that is worth the trouble
_CANDIDATES = 4  # for each misspelt word
_COMBINED, _TRIES = 32, 12  # combinations of them: that are compared, and that are tried
_MAX_LETTERS_OFF = 4  # of a word that is spoken like another
_CACHED = 1_000  # words whose spellings are remembered
_SHORTEST_SOUND = 3  # letters of what a word sounds like
_VOWELS = frozenset("aeiouy")
_SHORTEST = 4  # letters of a word that may be misspelt
_SHORTEST_REPLACED = 5  # letters of one in which a letter stands for another
_SHORTEST_BY_ITSELF = 6  # letters of one that is no term, where the others do not confirm it
_SHORTEST_PART = 3  # letters of one that has run together with another
# Letters that are spoken alike in the languages that names come from, and what stands for them; in
# this order.
_SOUNDS = [
    (re.compile(letters), sound)
    for letters, sound in (
        ("sch", "s"), ("ph", "f"), ("qu", "kv"), ("ck|q", "k"), ("c(?=[eiy])", "s"),
        ("c(?!h)", "k"), ("oo|ou", "u"), ("ee|ea|ie|ei|y|j", "i"), ("ai|ae", "e"), ("w", "v"),
        ("z", "s"), ("x", "ks"), ("(?<=[^cs])h", ""), (r"(.)\1+", r"\1"), ("(?<=..)e$", ""),
    )
]  # fmt: skip
_DOUBLE = re.compile(r"(.)\1")
_PINYIN = re.compile(f"{tokens.SYLLABLE}+")


@dataclass(frozen=True, slots=True)
class SpellingCorrection:
    """A corrected search; `is_sure` if it may be searched for at once."""

    text: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A word in place of another."""

    text: str
    distance: float
    is_sure: bool


_SPELLINGS: CacheKey[LRUCache[str, list[_Spelling]]] = CacheKey("spellings of words")


def corrections(index: IndexSnapshot, text: str) -> list[SpellingCorrection]:
    """Corrections of a text, the likeliest first. Words known to records or the interface stay."""
    words = normalize.tokens(text)
    parts, others = words[:_MAX_WORDS], words[_MAX_WORDS:]
    if any(map(normalize.is_han, parts)):
        name = _same_sound(index, text)
        return [SpellingCorrection(name, is_sure=True)] if name else []
    choices = [_spelt(index, part) for part in parts]
    if all(
        len(each) == 1 and each[0].text == part for part, each in zip(parts, choices, strict=True)
    ):
        is_found = others or text_search.matching(index, text)
        return [] if is_found else _otherwise_known(index, parts)
    combined = islice(product(*choices), _COMBINED) if all(choices) else ()
    found = [
        (_likelihood(index, spelt), " ".join([*(word.text for word in spelt), *others]))
        for spelt in combined
    ]
    found.sort(key=lambda each: each[0])
    return [
        SpellingCorrection(text, is_sure=not unsure and not _is_other(index, words, text))
        for (unsure, *_), text in found[:_TRIES]
    ]


def sites_in_any_state(text: str, *, corrected: bool) -> tuple[BitMap, str]:
    """The sites that match the words of a text, published or not.

    If there are none and `corrected` is wanted: what the likeliest correction finds, and its words.
    """
    words = tokens.parse_query(text)
    hits = fulltext.sites_matching(words) if words else BitMap()
    for correction in corrections(store.current(), text) if corrected and not hits else ():
        words = tokens.parse_query(correction.text)
        if words and (hits := fulltext.sites_matching(words)):
            return hits, correction.text
    return hits, ""


def _is_other(index: IndexSnapshot, words: Sequence[str], found: str) -> bool:
    """Whether a changed or added letter turns a short word into a different word (pizza, piazza;
    login, logan) that no other word of the text confirms. A doubled letter does not."""
    [word, *others] = words
    if others or len(word) >= _SHORTEST_BY_ITSELF or len(word) > len(found):
        return False
    if len(word) == len(found):
        is_swapped = sorted(word) == sorted(found) or _sound(word) == _sound(found)
        return not is_swapped and not text_search.sites_named(index, found)
    return _DOUBLE.sub(r"\1", found) != _DOUBLE.sub(r"\1", word)


def respelt(index: IndexSnapshot, text: str) -> str:
    """The text with the likeliest spelling in place of each word that no record has.

    For a text of which no site has all words. Empty if no word would change, or if none is right.
    """
    words = normalize.tokens(text)[: tokens.MAX_QUERY_WORDS]
    if any(map(normalize.is_han, words)):
        return ""
    terms = dictionary.dictionary_of(index).corrections
    found, is_any_known = [], False
    for word in words:
        spelt = next((each.text for each in _spelt(index, word) if each.is_sure), "")
        is_likely = len(word) >= _SHORTEST_BY_ITSELF or spelt in terms
        found.append(spelt if spelt and is_likely else word)
        is_any_known |= spelt == word and word not in normalize.STOP_WORDS
    return " ".join(found) if is_any_known and found != words else ""


def _likelihood(
    index: IndexSnapshot, spelt: Sequence["_Spelling"]
) -> tuple[bool, float, bool, float]:
    """A sort key, likeliest first: sure, few edits, a site's whole name, the best known site."""
    text = " ".join(word.text for word in spelt)
    unsure = not all(word.is_sure for word in spelt)
    called = text_search.sites_named(index, text)
    found = called or text_search.sites_with_words_in_names(index, text)
    best_known = index.best_known
    known = best_known.places[text_search.best_known(index, found)] if found else inf
    return unsure, sum(word.distance for word in spelt), not called, float(known)


def _otherwise_known(index: IndexSnapshot, parts: list[str]) -> list[SpellingCorrection]:
    """Corrections of a text whose words are all known, but not of one site: one word is changed by
    a letter so that all are in the name of a site (shaoling temple)."""
    unchanged = dictionary.dictionary_of(index).of_interface | normalize.STOP_WORDS
    found = []
    for at, word in enumerate(parts):
        if len(word) < _SHORTEST_REPLACED or not word.isalpha() or word in unchanged:
            continue
        lengths = range(len(word) - 1, len(word) + 2)
        for other in _near(word, fulltext.words_starting_with(word[0], lengths), 1):
            text = " ".join([*parts[:at], other, *parts[at + 1 :]])
            if other == word or not text_search.sites_with_words_in_names(index, text):
                continue
            is_sure = bool(text_search.sites_named(index, text)) and _is_sure(word, other, 1)
            found.append(SpellingCorrection(text, is_sure))
    return sorted(found, key=lambda each: not each.is_sure)[:_TRIES]


def _same_sound(index: IndexSnapshot, text: str) -> str | None:
    """The name of a site that is pronounced alike: 白马寺 for 白马四."""
    found = text_search.sites_named(index, normalize.romanise(text))
    if not found:
        return None
    best = Site.objects.only("name").get(pk=text_search.best_known(index, found))
    return str(best.name.best("zh-hans"))


def _spelt(index: IndexSnapshot, word: str) -> list[_Spelling]:
    """The word itself if it is known to a record or the interface, else the most similar words.

    Cached until something is written.
    """
    spellings = index.cache.get_or_set(_SPELLINGS, lambda: LRUCache(_CACHED))
    return spellings.get_or_set(word, lambda: _spellings(index, word))


def _spellings(index: IndexSnapshot, word: str) -> list[_Spelling]:
    known = dictionary.dictionary_of(index)
    itself = _Spelling(word, 0, is_sure=True)
    others = (*tokens.other_numbers(word), f"{word}s")
    if word in normalize.STOP_WORDS or word in known.words or known.words.intersection(others):
        return [itself]
    if text_search.matching(index, word):
        return [itself]
    if len(word) < _SHORTEST or not word.isalpha():
        return []
    if split := _split(index, word):
        return [split]
    slips = 1 if len(word) < 6 else 2  # letters wrong, missing, doubled or swapped
    lengths = range(len(word) - slips, len(word) + slips + 1)
    terms = known.corrections_of(lengths)
    words = known.significant([*fulltext.words_starting_with(word[0], lengths), *terms])
    near = _near(word, words, slips)
    if not near:  # nobody is sure of the letters of a foreign name
        near = dict.fromkeys(_sounding_like(word, words), 1.0)
    if not near:  # the first letters themselves may be wrong
        near = _near(word, known.significant(fulltext.known_words(_begun_otherwise(word))), slips)
    near = {
        found: off
        for found, off in near.items()
        if found not in normalize.STOP_WORDS and not _is_other_pinyin(index, word, found)
    }
    holding = {found: len(text_search.matching(index, found)) for found in near}
    ordered = sorted(
        (
            found
            for found in near
            if (holding[found] or found in known.corrections)
            and (len(word) > 4 * near[found] or _sound(found) == _sound(word))
        ),
        # Of two words as near, one that is spoken so (pisa for piza); else of grottes and grottoes
        # the one that terms are called by.
        key=lambda found: (
            near[found],
            _sound(found) != _sound(word),
            found not in known.corrections,
            -holding[found],
            found,
        ),
    )
    called = {found for found in ordered if found in known.corrections or _is_in_name(index, found)}
    return [
        _Spelling(found, near[found], found in called and _is_sure(word, found, near[found]))
        for found in ordered
    ]


def _is_in_name(index: IndexSnapshot, word: str) -> bool:
    """Whether a word is in the name of a site."""
    return bool(text_search.sites_matching(index, tokens.words_in_names(word)))


def _is_other_pinyin(index: IndexSnapshot, word: str, found: str) -> bool:
    """Whether both words are pinyin and the found one is in no name of a site: in pinyin, another
    letter makes another word (hutong, huting)."""
    if len(word) != len(found) or sorted(word) == sorted(found):
        return False
    if not (_PINYIN.fullmatch(word) and _PINYIN.fullmatch(found)):
        return False
    named = text_search.sites_with_words_in_names(index, found)
    return not named and not text_search.sites_named(index, found)


def _sounding_like(word: str, words: list[str]) -> list[str]:
    """Words that are pronounced alike: timbuktu for timbuctoo."""
    sound = _sound(word)
    if len(sound) < _SHORTEST_SOUND:  # zzzqqq would be spoken like zzsc
        return []
    cutoff = _MAX_LETTERS_OFF
    found = process.extract(word, words, scorer=OSA.distance, score_cutoff=cutoff, limit=None)
    texts = [text for text, _distance, _place in found if text[0] == word[0]]
    return [text for text in texts if _sound(text) == sound]


@lru_cache(maxsize=4_096)
def _sound(word: str) -> str:
    """A rough phonetic key of a word: one letter stands for all that sound alike."""
    for letters, sound in _SOUNDS:
        word = letters.sub(sound, word)
    return word


def _is_sure(word: str, found: str, distance: float) -> bool:
    """Whether a correction is beyond doubt: the same beginning, and one slip of a finger.

    A replaced letter often turns one short word into another (burma, bursa); vowels are often
    misspelt.
    """
    if word[0] != found[0] and sorted(word[:2]) != sorted(found[:2]):
        return False
    if _sound(word) == _sound(found):
        return True
    if distance > 1:
        return len(word) >= 8
    if len(word) == len(found) and word[:-1] == found[:-1]:
        return False  # another ending makes another word: atlantis, atlantic
    if len(word) != len(found) or len(word) >= 7:
        return True
    if len(word) < _SHORTEST_REPLACED:
        return False
    differing = [pair for pair in zip(word, found, strict=True) if pair[0] != pair[1]]
    return len(differing) == 2 or _VOWELS.issuperset(differing[0])


def _split(index: IndexSnapshot, word: str) -> _Spelling | None:
    """Two words that were typed as one, if a name contains both: machupicchu."""
    places = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    parts = {part for at in places for part in (word[:at], word[at:])}
    known = dictionary.dictionary_of(index).words
    there = {*fulltext.known_words(parts), *(part for part in parts if part in known)}
    best, text = 0, ""
    for at in places:
        if word[:at] in there and word[at:] in there:
            split = f"{word[:at]} {word[at:]}"
            hits = text_search.sites_with_words_in_names(index, split)
            weight = min(at, len(word) - at)
            if hits and weight > best:
                best, text = weight, split
    return _Spelling(text, 1, is_sure=True) if text else None


def _near(word: str, words: list[str], slips: int) -> dict[str, float]:
    """The most similar words, with their edit distances."""
    words = list(dict.fromkeys(words))
    found = process.extract(word, words, scorer=OSA.distance, score_cutoff=slips, limit=_CANDIDATES)
    return {text: distance for text, distance, _place in found}


def _begun_otherwise(word: str) -> set[str]:
    """The words with any two letters, one or none in place of the first two of a word, and those
    with one more letter before, between or after these."""
    letters = {*ascii_lowercase, *word}
    first, second, rest = word[0], word[1], word[2:]
    begun = {"", *letters, *map("".join, product(letters, repeat=2))}
    for letter in letters:
        begun |= {letter + first + second, first + letter + second, first + second + letter}
    return {beginning + rest for beginning in begun}
