"""The words and phrases that a search may use for the values of facets, in all languages.

The names of terms and registers come from the database; a facet knows other words for its values
(`Facet.search_words`). There are also lists of words that connect values, such as “near”, and of
words without a meaning for the search, such as “places to see”.

It is used to understand searches, to correct spelling and to make suggestions.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import pgettext_lazy

from heritage.search.facets.base import BOUNDS, YEAR, TreeFacet, ordinals, phrases_of
from heritage.search.facets.facet_list import BY_NAME, FACETS
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.search.query_language import questions
from heritage.server.caches import CacheKey
from heritage.values import normalize, tokens
from heritage.values.language import interface_languages

# Each is a list of words and phrases, parted by |; a translation may have more or fewer.
_LISTS = {
    "near": pgettext_lazy(
        "search words before a place", "near|nearby|around|close to|not far from"
    ),
    "nearby": pgettext_lazy("search words behind a place", "nearby|and surroundings|area"),
    "within": pgettext_lazy(
        "search words before or behind a distance",
        "within|within a radius of|in a radius of|less than|at most|up to|not more than"
        "|no more than",
    ),
    "from": pgettext_lazy(
        "search words between a distance and a place",
        "of|from|around|away from|near|to|outside|outside of",
    ),
    "kilometres": pgettext_lazy("search words", "km|kms|kilometre|kilometres|kilometer|kilometers"),
    "miles": pgettext_lazy("search words", "mile|miles|mi"),
    "first": pgettext_lazy(
        "search words for what was inscribed first",
        "first|the first|very first|first ever|first batch|the first batch|earliest|the earliest",
    ),
    "latest": pgettext_lazy(
        "search words for what was inscribed last",
        "latest|the latest|newest|the newest|most recent|the most recent|recent|recently"
        "|recently added|newly inscribed|newly added|new",
    ),
    "inscribed": pgettext_lazy("search words behind “first”", "inscribed|listed|inscriptions"),
    "between": pgettext_lazy("search words between two ends of a distance", "between|away|it"),
    "built": pgettext_lazy(
        "search words before a date",
        "built|built in|founded|founded in|begun|constructed|established|created|made in|erected"
        "|dating from|from|in|of the|from the|in the",
    ),
    "century": pgettext_lazy(
        "words that make a date of a number", "century|centuries|BC|BCE|AD|CE|BP"
    ),
    "open": pgettext_lazy("search words", "open|opened|opening|open on"),
    "closed": pgettext_lazy("search words", "closed|closed on|shut"),
    "today": pgettext_lazy("search words", "today|now"),
    "tomorrow": pgettext_lazy("search words", "tomorrow"),
    "not": pgettext_lazy(
        "search words that deny what stands behind them",
        "not|no|without|lacking|except|except for|excluding|outside|outside of|other than"
        "|apart from|nor|never",
    ),
    "excepted": pgettext_lazy(
        "search words that deny what stands before them", "excluded|excepted"
    ),
    "ruins": pgettext_lazy(
        "search words that say of an era that it is past", "ruins|ruin|remains|relics"
    ),
    "fillers": pgettext_lazy(
        "words that ask for anything, and say nothing of what",
        "site|sites|place|places|heritage|sight|sights|landmark|landmarks|historic sites"
        "|historic places|things|visit|see|what|where|which|who|how|are|there|all|any|some|every"
        "|many|much|list|best|top|most|famous|popular|new|show|find|get|me|i|want|can|could|must"
        "|in the world|tourist|travel|trip|guide|near|around|https|org|com|day|days|week|family"
        "|since when|when|why|how long|how far|old|ancient|small|little|large|huge|tall|nice|live"
        "|lives|was|were|did|does|of the world|on earth|still standing|the border"
        "|the border between|hours|records",
    ),
    "numbers": pgettext_lazy(
        "numbers of days or things, with half",
        "half|one|two|three|four|five|six|seven|eight|nine|ten|a|several|few",
    ),
    "counted": pgettext_lazy(
        "words behind a number that say nothing of what",
        "day|days|day trip|week|weeks|weekend|weekends|a day|site|sites|place|places",
    ),
    "questions": pgettext_lazy(
        "words that ask about what stands beside them, and may be left out",
        "born|birthplace|birth|hometown|home town|landform|landforms",
    ),
    "asides": pgettext_lazy(
        "words that may be left out where nothing has all words",
        "life|lived|died|death|home|house|northern|southern|eastern|western|central|north|south"
        "|east|west|scenery|history|story|legend|legends|author|meaning|facts|information"
        "|introduction|map|country",
    ),
    "bounds": BOUNDS,
    "year": YEAR,
}
# The same in languages that kinds and eras have names in, but pages have not.
_FILLERS_OF_OTHERS = (
    "の|في|من|plus belles|más bonitos|más famosos|famosas|anciens|anciennes|ancien"
    "|ancienne|antiguos|monumentos|lieux|lugares|sitios|patrimoine|patrimonio"
    "|достопримечательности"
)


@dataclass(frozen=True, slots=True)
class Superlative:
    """A superlative in a search: with a measure that the catalogue has, or with words that records
    may contain."""

    words: tuple[str, ...]
    measure: str = ""  # "oldest", "newest", "largest", "smallest"; empty: by the words


# The words of a superlative mean the same, and records may have any of them.
_SUPERLATIVES = (
    ("oldest", pgettext_lazy("search words", "oldest|earliest|first")),
    ("newest", pgettext_lazy("search words", "newest|most recent|youngest")),
    ("largest", pgettext_lazy("search words", "largest|biggest|greatest")),
    ("smallest", pgettext_lazy("search words", "smallest")),
    ("", pgettext_lazy("search words", "highest|tallest")),
    ("", pgettext_lazy("search words", "longest")),
    ("", pgettext_lazy("search words", "deepest")),
)
_WEEKDAY = pgettext_lazy(
    "short names of the days, Monday first",
    "Mon Mondays|Tue Tuesdays|Wed Wednesdays|Thu Thursdays|Fri Fridays|Sat Saturdays|Sun Sundays",
)


@dataclass(slots=True)
class Dictionary:
    """The words of searches. `phrases` has, for each phrase, (name of a facet, value in URLs) for
    all that it means.

    A phrase is a tuple of folded words; each Han character is a word. `lists` are the phrases of
    `_LISTS`, `weekdays` names of days, with the number of the day from Monday on.
    """

    phrases: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=dict)
    lists: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    weekdays: dict[tuple[str, ...], int] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)  # all, none of which is misspelt
    corrections: set[str] = field(default_factory=set)  # what a misspelt word may stand for
    fillers: set[str] = field(default_factory=set)  # words that are nothing else
    of_interface: set[str] = field(default_factory=set)  # words that are of no term's name
    superlatives: dict[tuple[str, ...], Superlative] = field(default_factory=dict)
    longest: int = 1  # words of a phrase
    _names: list[tuple[str, str, str]] = field(default_factory=list)
    _corrections: dict[int, list[str]] = field(default_factory=dict)  # by length

    def add(self, text: str, facet: str, slug: str) -> None:
        phrase = tokens.atoms(text)
        if not phrase or (len(phrase) == 1 and _is_too_short(phrase[0])):
            return
        values = self.phrases.setdefault(phrase, [])
        if (facet, slug) not in values:
            values.append((facet, slug))
        self.longest = max(self.longest, len(phrase))
        self.words.update(phrase)
        self.corrections.update(phrase)

    def starting_with(self, text: str) -> Iterator[tuple[str, str, str]]:
        """(name, facet, value) of all names that begin with a text without spaces."""
        if not self._names:
            self._names = sorted(
                ("".join(phrase), facet, slug)
                for phrase, values in self.phrases.items()
                for facet, slug in values
            )
        for at in range(bisect_left(self._names, (text, "", "")), len(self._names)):
            if not self._names[at][0].startswith(text):
                break
            yield self._names[at]

    def corrections_of(self, lengths: range) -> Iterator[str]:
        """The corrections in Latin letters of these lengths."""
        if not self._corrections:
            for word in filter(str.isascii, sorted(self.corrections)):
                self._corrections.setdefault(len(word), []).append(word)
        for length in lengths:
            yield from self._corrections.get(length, ())

    def significant(self, words: Iterable[str]) -> list[str]:
        """Significant words, which a misspelling may be compared with."""
        return [word for word in words if word not in self.fillers]

    def superlative(self, phrase: tuple[str, ...]) -> Superlative | None:
        """The superlative that a phrase begins with."""
        for length in range(len(phrase), 0, -1):
            if found := self.superlatives.get(phrase[:length]):
                return found
        return None

    def add_list(self, name: str, texts: Iterable[str]) -> None:
        found = {tokens.atoms(text) for text in texts} - {()}
        self.lists.setdefault(name, set()).update(found)
        self.words.update(word for phrase in found for word in phrase)


_DICTIONARY: CacheKey[Dictionary] = CacheKey("dictionary")


def _is_too_short(word: str) -> bool:
    return word in normalize.STOP_WORDS or (len(word) == 1 and not normalize.is_han(word))


def dictionary_of(index: IndexSnapshot) -> Dictionary:
    """The dictionary, cached until a term is written."""
    terms = index.vocabulary
    return terms.cache.get_or_set(_DICTIONARY, lambda: _build(terms))


def _build(terms: Vocabulary) -> Dictionary:
    found = Dictionary()
    for facet in FACETS:
        for text, slug in facet.phrases(terms):
            found.add(text, facet.name, slug)
    for name, words in _LISTS.items():
        found.add_list(name, phrases_of(words))
    found.add_list("fillers", _FILLERS_OF_OTHERS.split("|"))
    found.lists["asked"] = {words for _question, words in questions.phrases()}
    for code in interface_languages():
        with translation.override(code):
            for day, names in enumerate(str(_WEEKDAY).split("|")):
                for name in (str(WEEKDAYS[day]), *names.split()):
                    found.weekdays[tokens.atoms(name)] = day
                    found.words.update(tokens.atoms(name))
    for measure, words in _SUPERLATIVES:
        phrases = tuple(dict.fromkeys(phrases_of(words)))
        meant = Superlative(phrases, measure)
        found.superlatives |= {tokens.atoms(each): meant for each in phrases}
        found.add_list("fillers", phrases)
    numbers = {word for phrase in ordinals() for word in phrase}
    found.words |= numbers
    fillers = {word for phrase in found.lists["fillers"] for word in phrase}
    # World Heritage is asked for; that a kind is called a holy place asks for no place.
    of_terms: set[str] = set()
    of_others: set[str] = set()
    for phrase, values in found.phrases.items():
        for name, _slug in values:
            (of_terms if isinstance(BY_NAME[name], TreeFacet) else of_others).update(phrase)
    found.fillers = (fillers | numbers) - of_others
    found.of_interface = found.words - of_terms
    for name in ("century", "open", "today", "tomorrow"):
        found.corrections.update(word for phrase in found.lists[name] for word in phrase)
    found.corrections.update(word for phrase in found.weekdays for word in phrase)
    return found
