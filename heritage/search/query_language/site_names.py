"""Recognises whole names of sites in a search text: “when was the Great Wall built”.

A name of two Han characters counts only if the rest of the text confirms it (`is_weak`). What
names an era or another value of a facet, such as “Ming”, does not count. A name that is also that
of a place, such as “Samarkand”, means the place, unless no site there matches the rest of the text
(`is_term`).
"""

from dataclasses import dataclass

from pyroaring import BitMap

from heritage.search import text_search
from heritage.search.query_language.query_words import QueryWords
from heritage.values import normalize, tokens

_LONGEST = 12  # words of a name
_LONGEST_HAN = 24  # Han characters
_FEWEST_HAN = 3  # of a name that decides by itself


@dataclass(frozen=True, slots=True)
class SiteName:
    start: int  # the position of its first word
    length: int  # in words
    text: str
    sites: BitMap
    is_weak: bool
    is_term: bool  # a place is called so, too

    @property
    def places(self) -> range:
        return range(self.start, self.start + self.length)


def names_in(words: QueryWords) -> dict[int, SiteName]:
    """The whole names in a text, by the position of their first word; the longest first, and none
    within another."""
    atoms = words.atoms
    spans = [
        (start, length)
        for length in range(min(len(atoms), _LONGEST_HAN), 0, -1)
        for start in range(len(atoms) - length + 1)
        if _may_be_name(words, start, length)
    ]
    if not spans or not text_search.sites_named_any(words.index, [_text(words, *s) for s in spans]):
        return {}
    found: dict[int, SiteName] = {}
    taken: set[int] = set()
    for length in dict.fromkeys(length for _start, length in spans):
        those = [start for start, each in spans if each == length]
        free = [start for start in those if taken.isdisjoint(range(start, start + length))]
        texts = [_text(words, start, length) for start in free]
        if not texts or not text_search.sites_named_any(words.index, texts):
            continue
        for start, text in zip(free, texts, strict=True):
            if not taken.isdisjoint(range(start, start + length)):
                continue
            if sites := text_search.sites_named(words.index, text):
                is_term = words.atoms[start : start + length] in words.dictionary.phrases
                is_weak = normalize.is_han(words.atoms[start]) and length < _FEWEST_HAN
                found[start] = SiteName(start, length, text, sites, is_weak, is_term)
                taken.update(found[start].places)
    return found


def _text(words: QueryWords, start: int, length: int) -> str:
    return words.text(range(start, start + length))


def _may_be_name(words: QueryWords, start: int, length: int) -> bool:
    atoms = words.atoms[start : start + length]
    if atoms in words.dictionary.lists["fillers"]:
        return False
    if meant := words.dictionary.phrases.get(atoms):
        return {facet for facet, _slug in meant} == {"place"} and len("".join(atoms)) > 1
    if all(map(normalize.is_han, atoms)):
        return length > 1
    if length > _LONGEST or atoms[0] in normalize.STOP_WORDS or atoms[-1] in normalize.STOP_WORDS:
        return False
    if length > 1:
        return True
    word = atoms[0]
    others = (word, *tokens.other_numbers(word))
    return word.isalpha() and words.dictionary.words.isdisjoint(others)
