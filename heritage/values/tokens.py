"""The queries that ask the full text for the words of a search.

`normalize` says how the words of a record are stored. A query is a conjunction of alternatives: for
each of its words a record must contain some form.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from heritage.values import normalize
from heritage.values.normalize import (
    DISPLAYED,
    HAN_LENGTH,
    HAN_STOPS,
    HYPHEN,
    IN_TEXTS,
    MAX_WORD_LENGTH,
    NAME,
    NAME_WORD,
    STOP_WORDS,
    WRITTEN_NAME,
    WRITTEN_WORD,
    hyphenated,
    is_han,
    one_word,
    without_stop_words,
)

_IN_BRIEF, _ANYWHERE = ("",), ("", IN_TEXTS)
MAX_QUERY_WORDS = 12  # words of a search; so many parts of one name are enough to tell it
_MAX_READ = 60  # words that are looked at

# Those that are syllables of Chinese, too.
_ALSO_SYLLABLES = frozenset(("da", "de", "di", "du", "la", "le", "lo", "na", "su"))

# A syllable of pinyin, without its tone.
SYLLABLE = (
    "(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:[iu]?ang?|i?ong|[iu]?eng?|ing?|ung?|iao|uai|[iu]?ai?|[iu]?ei?|ao|o?u|i?u|uo|i|o)|er)"
)
_SYLLABLE = re.compile(SYLLABLE)
_CODE = re.compile("[a-z]{1,4}[0-9]{2,}")
# Pinyin with the tones as digits: long2men2. Each syllable has a vowel.
_TONED = re.compile(r"(?:[a-z]{0,3}[aeiouv][a-z]{0,3}[1-5])+")


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word that a record must contain; with `is_prefix`, or a word with this beginning."""

    text: str
    is_prefix: bool

    def with_mark(self, mark: str) -> "QueryWord":
        return replace(self, text=mark + self.text)

    def exact(self) -> "QueryWord":
        return replace(self, is_prefix=False)


type Clause = tuple[QueryWord, ...]  # one of these must be held
type Query = tuple[Clause, ...]  # and all of these


def parse_query(text: str) -> Query:
    """The query of a search text: what a record must contain, anywhere. Any string is valid; one
    without words gives an empty query."""
    return _marked(_ANYWHERE, _parsed(text))


def _parsed(text: str) -> Query:
    """The words of a search text and their alternatives, without a prefix.

    Stop words are left out; singular and plural match each other. Only the last word may be
    incomplete, and none of a name in syllables; those before it may have the ending of a verb.
    """
    found: dict[Clause, None] = {}
    words = query_words(text)
    complete = len(words) - (not is_in_syllables(_tokens(text)))
    for at, word in enumerate(words):
        is_complete = at < complete and word.isalpha() and not is_han(word)
        for clause in _clauses(word):
            found[(clause[0].exact(), *clause[1:], *_verbs(word)) if is_complete else clause] = None
    return tuple(found)[:MAX_QUERY_WORDS]


def query_words(text: str) -> list[str]:
    """The significant words of a search, folded."""
    words = _tokens(text)
    if is_in_syllables(words):
        return list(dict.fromkeys(words))[:MAX_QUERY_WORDS]
    says = [word for word in words if word not in STOP_WORDS and word not in HAN_STOPS]
    if all(len(word) == 1 and word.isascii() for word in says):
        return []  # letters and figures are anywhere
    return list(dict.fromkeys(says))[:MAX_QUERY_WORDS]


def is_in_syllables(words: Sequence[str]) -> bool:
    """Whether words are syllables of a Chinese name one of which looks like a stop word: Du Fu."""
    if len(words) < 2 or _ALSO_SYLLABLES.isdisjoint(words):
        return False
    return all(map(_SYLLABLE.fullmatch, words)) and not STOP_WORDS.issuperset(words)


def atoms(text: str) -> tuple[str, ...]:
    """The folded words of a text, each Han character separate."""
    return tuple(atom for word in _tokens(text) for atom in (word if is_han(word) else [word]))


def _clauses(word: str) -> Iterator[Clause]:
    if not is_han(word):
        numbers = (*other_numbers(word), *_plural(word))
        others = (QueryWord(each[:MAX_WORD_LENGTH], is_prefix=False) for each in numbers)
        # A figure or two stand for themselves, and so does a code of letters and figures.
        is_begun = not word.isdigit() or len(word) >= HAN_LENGTH
        is_begun = is_begun and not _CODE.fullmatch(word)
        yield (QueryWord(word[:MAX_WORD_LENGTH], is_prefix=is_begun), *others)
    elif len(word) < HAN_LENGTH:
        yield (QueryWord(word, is_prefix=True),)
    else:
        for at in range(len(word) - HAN_LENGTH + 1):
            yield (QueryWord(word[at : at + HAN_LENGTH], is_prefix=False),)


def other_numbers(word: str) -> list[str]:
    """The singular of an English word, or a plural that does not begin with it; no stop word, as
    “and” of Andes."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return []
    return [each for each in _other_numbers(word) if each not in STOP_WORDS]


def _other_numbers(word: str) -> list[str]:
    if word.endswith("ies"):
        return [f"{word[:-3]}y", word[:-1]]
    if word.endswith("ves"):
        return [f"{word[:-3]}f", f"{word[:-3]}fe", word[:-1]]
    if word.endswith("es"):
        return [word[:-1], *([word[:-2]] if len(word) > 5 else [])]  # foxes, but ares is no ar
    if word.endswith("s") and not word.endswith("ss"):
        return [word[:-1]]
    if word.endswith("y"):
        return [f"{word[:-1]}ies"]
    return [f"{word[:-1]}ves"] if word.endswith("f") else []


def _plural(word: str) -> list[str]:
    """The plural of an English word that begins with the word: it is another whole word."""
    if len(word) < 4 or not word.isascii() or not word.isalpha() or word.endswith(("s", "y", "f")):
        return []
    return [f"{word}es" if word.endswith(("x", "ch", "sh")) else f"{word}s"]


def _verbs(word: str) -> list[QueryWord]:
    """The word with the endings of an English verb: land, landed, landing."""
    if len(word) < 4 or not word.isascii():
        return []
    stem = word.removesuffix("e")
    return [QueryWord(f"{stem}{ending}"[:MAX_WORD_LENGTH], False) for ending in ("ed", "ing")]


def _tokens(text: str) -> list[str]:
    """The words of a search, without the tones of pinyin; a single syllable may be a name with its
    number."""
    words = normalize.tokens(text)[:_MAX_READ]
    tones = sum(len(re.findall("[1-5]", word)) for word in words if _TONED.fullmatch(word))
    if tones < 2:
        return words
    return [re.sub("[1-5]", "", word) if _TONED.fullmatch(word) else word for word in words]


def closeness_queries(text: str) -> list[Query]:
    """Queries for names that match a search text, closest first.

    Exactly that name, displayed names before others; a name that is the beginning or end of the
    text (White Horse Temple Luoyang); names that begin with its words; names that contain them;
    syllables of pinyin in a row.
    """
    tokens = _tokens(text)[:MAX_QUERY_WORDS]
    words, rest = _parsed(text), without_stop_words(tokens)
    if not words:
        return []
    parts = [one_word(part) for at in range(1, len(rest)) for part in (rest[:at], rest[at:])]
    begun = hyphenated(tokens)
    beginnings = (
        QueryWord(begun, is_prefix=is_han(begun)),
        QueryWord(begun + HYPHEN, is_prefix=True),
    )
    return [
        exact_name(text, DISPLAYED),
        exact_name(text),
        *([(tuple(QueryWord(NAME + part, is_prefix=False) for part in parts),)] if parts else []),
        (tuple(word.with_mark(DISPLAYED) for word in beginnings),),
        (tuple(word.with_mark(WRITTEN_NAME) for word in beginnings),),
        _marked(WRITTEN_WORD, words, is_exact=True),
        *([joined_words(text)] if len(rest) > 1 else []),
    ]


def exact_name(text: str, mark: str = NAME) -> Query:
    """Exactly that name in any form, with or without stop words."""
    tokens = _tokens(text)[:MAX_QUERY_WORDS]
    if not tokens:
        return ()
    names = dict.fromkeys((one_word(tokens), one_word(without_stop_words(tokens))))
    return (tuple(QueryWord(mark + name, is_prefix=False) for name in names),)


def unfinished_queries(text: str) -> list[Query]:
    """Queries for names if the last word is incomplete, or in another form: closest first."""
    tokens, words = _tokens(text), _parsed(text)
    if not words:
        return []
    return [
        ((QueryWord(WRITTEN_NAME + hyphenated(tokens), is_prefix=True),),),
        _marked(WRITTEN_WORD, words),
        ((QueryWord(NAME + one_word(tokens), is_prefix=True),),),
        _marked(NAME_WORD, words),
    ]


def prefix_queries(text: str) -> list[Query]:
    """Queries for names that begin with an unfinished text: displayed names first."""
    tokens = _tokens(text)[:MAX_QUERY_WORDS]
    if not tokens:
        return []
    begun, joined = hyphenated(tokens), one_word(tokens)
    marked = (DISPLAYED + begun, WRITTEN_NAME + begun, NAME + joined)
    return [((QueryWord(word, is_prefix=True),),) for word in marked]


def name_queries(text: str) -> list[Query]:
    """Queries for names that contain the words, the last of which may be incomplete."""
    words = _parsed(text)
    if not words:
        return []
    return [_marked(WRITTEN_WORD, words), joined_words(text), _marked(NAME_WORD, words)]


def joined_words(text: str) -> Query:
    """Names with these syllables of pinyin in a row, or with these words written as one."""
    return ((QueryWord(NAME_WORD + one_word(query_words(text)), is_prefix=False),),)


def whole_words(text: str) -> Query:
    """The words themselves, not words that begin with them."""
    return _marked(_ANYWHERE, _parsed(text), is_exact=True)


def written_name(text: str) -> Query:
    """A name exactly as written."""
    name = hyphenated(normalize.tokens(text)[:MAX_QUERY_WORDS])
    return ((QueryWord(WRITTEN_NAME + name, is_prefix=False),),) if name else ()


def written_name_prefix(text: str, mark: str = WRITTEN_NAME) -> Query:
    """A name, as written, that begins with these words."""
    name = hyphenated(normalize.tokens(text)[:MAX_QUERY_WORDS])
    if not name:
        return ()
    return ((QueryWord(mark + name + (HYPHEN * (not is_han(name))), is_prefix=True),),)


def any_word(words: Iterable[str], *, in_brief: bool) -> Query:
    """Records with one of these words, in names or a brief description or anywhere; with two or
    three Han characters in a row."""
    clause = tuple(QueryWord(normalize.fold(word), is_han(word)) for word in words)
    return _marked(_IN_BRIEF if in_brief else _ANYWHERE, (clause,))


def words_in_written_names(text: str) -> Query:
    """Names that contain the words as written."""
    return _marked(WRITTEN_WORD, _parsed(text), is_exact=True)


def words_in_names(text: str) -> Query:
    """Names that contain the words in any form."""
    return _marked(NAME_WORD, _parsed(text))


def whole_words_in_names(text: str) -> Query:
    """Names that contain the words in any form, not words that begin with them."""
    return _marked(NAME_WORD, _parsed(text), is_exact=True)


def words_in_brief(text: str) -> Query:
    """Records with the whole words in names or in their brief description."""
    return _marked(_IN_BRIEF, _parsed(text), is_exact=True)


def _marked(marks: Iterable[str], words: Query, *, is_exact: bool = False) -> Query:
    """The words with one of the prefixes. With `is_exact`, words that only begin so do not match,
    except Han characters."""
    return tuple(
        tuple(
            (word.exact() if is_exact and not is_han(word.text) else word).with_mark(mark)
            for mark in marks
            for word in clause
        )
        for clause in words
    )
