"""The words that a record is found by, and those that a search asks for: plain strings.

A database's full text holds a set of words for each record and answers which records hold a
word, or a word that begins so. All that makes a search clever is in how the words are made:

- a Latin word stands for itself: `temple`
- Han characters, which are written without spaces, give every three in a row: 洛阳白马寺 gives
  `洛阳白 阳白马 白马寺 马寺 寺`, so that one, two or more of them are found anywhere in a name
- what stands in a name is there again behind a mark, by which a search tells how close it is:
  `.temple` a word of a name as it is written, `~ma` a word of a name in any form, `^whitehorse…`
  a whole name as it is written, in one piece, `=baimasi` a whole name in any form
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from heritage.values import normalize

WRITTEN_WORD, NAME_WORD, WRITTEN_NAME, NAME = ".~^="
LONGEST = 60  # characters; what is longer is cut, in a record as in a search
_BLANK_LINE = "\n\n"
MOST_ASKED = 12  # words of a search; so many parts of one name are enough to tell it
_WINDOW = 3

_HAN = re.compile(f"[{normalize.HAN}]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that a record must hold; `begins`: or one that begins with it."""

    text: str
    begins: bool

    def behind(self, mark: str) -> "Asked":
        return replace(self, text=mark + self.text)


def found_by(
    names: Iterable[str],
    terms: Iterable[str],
    sentences: Iterable[str],
    foreign: Iterable[str] = (),
) -> str:
    """The folded text that a site is found by, in three parts, a name or phrase a line.

    First the names as they are written, then what else they are found by (see
    `folding.forms`) and the `foreign` names, which stand back behind those that readers know,
    then all other text; of whole sentences nobody types the pinyin.
    """
    written: dict[str, None] = {}
    spelt: dict[str, None] = {}
    other: dict[str, None] = {}
    for name in names:
        first, *others = normalize.forms(name) or ("",)
        written[first] = None
        spelt |= dict.fromkeys(others)
    for name in foreign:
        spelt |= dict.fromkeys(normalize.forms(name))
    for term in terms:
        other |= dict.fromkeys(normalize.forms(term))
    other |= dict.fromkeys(map(normalize.fold, sentences))
    parts = (written, (form for form in spelt if form not in written), other)
    return _BLANK_LINE.join("\n".join(filter(None, part)) for part in parts)


def held_by(text: str) -> list[str]:
    """The words of a site, from the text that it is found by."""
    written, spelt, other = [*text.split(_BLANK_LINE, 2), "", ""][:3]
    words: dict[str, None] = {}  # a set that keeps its order
    for names, word_marks, name_marks in (
        (written, ("", WRITTEN_WORD, NAME_WORD), (WRITTEN_NAME, NAME)),
        (spelt, ("", NAME_WORD), (NAME,)),
    ):
        for name in filter(None, names.split("\n")):
            whole = _whole(name.split())
            for word in (whole, *_pieces(name)):
                words |= dict.fromkeys(mark + word for mark in word_marks)
            words |= dict.fromkeys(mark + whole for mark in name_marks)
    words |= dict.fromkeys(_pieces(other))
    return list(words)


def asked(text: str) -> list[Asked]:
    """The words of a search, each once. Any string will do; one without a word gives none."""
    found: dict[Asked, None] = {}
    for word in normalize.tokens(text):
        if not is_han(word) or len(word) < _WINDOW:
            found[Asked(word[:LONGEST], begins=True)] = None
        else:
            starts = range(len(word) - _WINDOW + 1)
            found |= {Asked(word[at : at + _WINDOW], begins=False): None for at in starts}
    return list(found)[:MOST_ASKED]


def is_han(word: str) -> bool:
    return _HAN.match(word) is not None


def closer(text: str) -> list[list[list[Asked]]]:
    """What the names of a record must hold to be closer to a search than others: closest first.

    Just that name; a name that is the search's beginning or end (White Horse Temple Luoyang);
    one that begins so; names that hold the words, as they are written; and the last two of names
    in any form. Each is a list of alternatives, and each of these the words that must be held
    together.
    """
    tokens, words = normalize.tokens(text)[:MOST_ASKED], asked(text)
    if not words:
        return []
    name = _whole(tokens)
    places = range(1, len(tokens))
    parts = [_whole(part) for at in places for part in (tokens[:at], tokens[at:])]
    return [
        [[Asked(NAME + name, begins=False)]],
        [[Asked(NAME + part, begins=False)] for part in parts],
        [[Asked(WRITTEN_NAME + name, begins=True)]],
        [[word.behind(WRITTEN_WORD) for word in words]],
        [[Asked(NAME + name, begins=True)]],
        [[word.behind(NAME_WORD) for word in words]],
    ]


def _whole(parts: Iterable[str]) -> str:
    return "".join(parts)[:LONGEST]


def _pieces(folded: str) -> Iterable[str]:
    for word in normalize.parted(folded):
        if is_han(word):
            yield from (word[at : at + _WINDOW] for at in range(len(word)))
        else:
            yield word[:LONGEST]
