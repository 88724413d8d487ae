"""The words of a search text, and what they may mean; shared by the modules that read them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from string import digits

from pyroaring import BitMap

from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.search.query_language import dictionary
from heritage.search.query_language.dictionary import Dictionary
from heritage.values import normalize, tokens

# A minus before a word leaves it out: caves -china.
_MINUS = re.compile(r"(?:^|\s)[-−–](?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class QueryFilter:
    """A filter that words of a search mean: its name and values in URLs."""

    name: str
    values: tuple[str, ...]
    is_name: bool = False  # the words are a name, which may also be looked for as words


# Finds the sites that match filters and have the words of a text.
type FindSites = Callable[[Iterable[QueryFilter], str], BitMap]
# How many words at a position mean filters, and these filters; (0, []) for none.
type Reading = tuple[int, list[QueryFilter]]


class QueryWords:
    """`atoms` are the folded words of the text, each Han character separate."""

    LONGEST_LISTED = 6  # words of a phrase in a list of the dictionary

    def __init__(self, index: IndexSnapshot, text: str, today: date):
        self.index, self.today = index, today
        self.atoms = tokens.atoms(_MINUS.sub(" not ", text))

    @cached_property
    def dictionary(self) -> Dictionary:
        return dictionary.dictionary_of(self.index)

    @property
    def terms(self) -> Vocabulary:
        return self.index.vocabulary

    @cached_property
    def has_figures(self) -> bool:
        return any(atom[0] in digits for atom in self.atoms)

    def in_list(self, name: str, at: int) -> int:
        """How many words at a position are a phrase of a list of the dictionary; the longest."""
        listed = self.dictionary.lists[name]
        for length in range(min(self.LONGEST_LISTED, len(self.atoms) - at), 0, -1):
            if self.atoms[at : at + length] in listed:
                return length
        return 0

    def has_any(self, names: Iterable[str]) -> bool:
        """Whether a phrase of one of these lists stands anywhere."""
        return any(self.in_list(name, at) for name in names for at in range(len(self.atoms)))

    def after_stop_words(self, at: int) -> int:
        """The first position from this one on at which no stop word stands."""
        while at < len(self.atoms) and self.atoms[at] in normalize.STOP_WORDS:
            at += 1
        return at

    def text(self, places: Sequence[int]) -> str:
        """The words at these positions; Han characters that stood together do so again."""
        text, before = "", -2
        for place in places:
            atom = self.atoms[place]
            is_one = before == place - 1 and normalize.is_han(atom)
            is_one = is_one and normalize.is_han(self.atoms[before])
            text += atom if is_one or not text else f" {atom}"
            before = place
        return text
