"""Recognises filters in a search text, and the words that are left.

“Tang temples near Luoyang” is an era, a kind and a place. The names of terms and registers come
from the database; a facet knows the words of its values (`Facet.words`) and reads those that
follow a pattern (`Facet.read_words`), in all languages of the interface, whichever the page is
in. This module itself knows only the words that connect them: near, built in, open on.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import pgettext_lazy

from heritage.models import Event, Place, Site
from heritage.search import text_search, vocabulary, word_tables
from heritage.search.distance_fields import PLACE_MARK
from heritage.search.facets.base import BOUNDS, YEAR, AnyFacet, TreeFacet, ordinals, spoken
from heritage.search.facets.registry import BY_NAME, FACETS
from heritage.search.filter_fields import NOT, read_years
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.vocabulary import Vocabulary
from heritage.values import tokens, years

_FIGURES = re.compile("[0-9]+")
_BEGINS_WITH_FIGURE = re.compile("[0-9]")
_TWO_YEARS = re.compile("([0-9]{3,4})-([0-9]{3,4})")
_LONGEST_DATE = 7  # words
_FIRST_LIST = 1978  # the year of the first inscriptions
_LONGEST_NAME = 8  # words, or Han characters, of a site that something is near to
# The facets of which people name alternatives.
_IN = frozenset(("in", "at", "within"))
# Of two kinds: what parts alternatives; what may stand between them; what makes the first of them
# the one that is asked for.
_LISTED = re.compile(r"[,;/、，；&+]| (?:and|or|und|oder|et|ou|y|e|o|и|или) |[和与及或]")
_LINKS = tokens.STOP_WORDS | frozenset(("on", "near", "的", "の"))
_IN_WHAT = frozenset(("in", "on", "at", "of", "with", "from", "near"))
_ORDER = ("place", "region", "area", "era", "kind")

# Each is a list of words and phrases, parted by |; a translation may have more or fewer.
_NEAR = pgettext_lazy("search words before a place", "near|nearby|around|close to|not far from")
_NEARBY = pgettext_lazy("search words behind a place", "nearby|and surroundings|area")
_BUILT = pgettext_lazy(
    "search words before a date",
    "built|built in|founded|founded in|begun|constructed|established|created|made in|erected"
    "|dating from|from|in|of the|from the|in the",
)
_CENTURY = pgettext_lazy("words that make a date of a number", "century|centuries|BC|BCE|AD|CE|BP")
_OPEN = pgettext_lazy("search words", "open|opened|opening|open on")
_TODAY = pgettext_lazy("search words", "today|now")
_TOMORROW = pgettext_lazy("search words", "tomorrow")
_WEEKDAY = pgettext_lazy(
    "short names of the days, Monday first",
    "Mon Mondays|Tue Tuesdays|Wed Wednesdays|Thu Thursdays|Fri Fridays|Sat Saturdays|Sun Sundays",
)
_NOT = pgettext_lazy(
    "search words that deny what stands behind them",
    "not|no|without|except|except for|excluding|outside|outside of|other than|apart from|nor|never",
)
_EXCEPTED = pgettext_lazy("search words that deny what stands before them", "excluded|excepted")
_RUINS = pgettext_lazy(
    "search words that say of an era that it is past", "ruins|ruin|remains|relics"
)
_FILLERS = pgettext_lazy(
    "words that ask for anything, and say nothing of what",
    "site|sites|place|places|heritage|heritage site|heritage sites|attraction|attractions|sight"
    "|sights|sightseeing|landmark|landmarks|ancient sites|ancient places|historic sites"
    "|historical sites|historic places|things|thing|to do|things to do|to see|to visit|visit|see|do"
    "|what|what is|what are|where|where is|which|who|how|are|there|all|any|some|every|many|much"
    "|list|list of|best|top|most|famous|popular|beautiful|interesting|new|show|show me|find|get|me"
    "|i|want|please|can|could|must see|must|worth|located|in the world|tourist|tourism|travel|trip"
    "|guide|near|around|and|or|that|with|https|http|www|org|com|en|html"
    "|day|days|one day|two days|three days|four days|five days|half a day|a day|day trip|weekend"
    "|week|a week|hours|itinerary|with kids|with children|kids|children|family|since when|when|why"
    "|how long|how far|how to get to"
    "|old|oldest|ancient|small|smallest|little|big|biggest|large|largest|huge|tall|tallest|highest"
    "|active|amazing|pretty|nice|live|lives"
    "|on the border of|on the border between|at the border of",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A filter that words of a search mean: its name and values in URLs."""

    name: str
    values: tuple[str, ...]
    # A name: texts hold it as well, so that it may be looked for as words.
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class UnderstoodQuery:
    """The filters in a text, and its words without those that say nothing: all of them, those
    that are no filter but a name, and those that are no filter at all."""

    meanings: tuple[Meaning, ...]
    words: str
    names: str
    rest: str
    unread: str = ""  # a part that is denied, and is no filter: it is left out


@dataclass(slots=True)
class Dictionary:
    """Phrases and the values that they mean; each Han character is a word."""

    phrases: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=dict)
    lists: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    weekdays: dict[tuple[str, ...], int] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)  # that are not misspelt
    corrections: set[str] = field(default_factory=set)  # of names of values
    fillers: set[str] = field(default_factory=set)  # words that are nothing else
    of_interface: set[str] = field(default_factory=set)  # words that are of no term's name
    longest: int = 1
    _names: list[tuple[str, str, str]] = field(default_factory=list)
    _corrections: dict[int, list[str]] = field(default_factory=dict)  # by length

    def add(self, text: str, facet: str, slug: str, *, corrects: bool = True) -> None:
        """With `corrects`, a misspelt word may be one of these."""
        phrase = tokens.atoms(text)
        if not phrase or (len(phrase) == 1 and _is_too_short(phrase[0])):
            return
        meanings = self.phrases.setdefault(phrase, [])
        if (facet, slug) not in meanings:
            meanings.append((facet, slug))
        self.longest = max(self.longest, len(phrase))
        self.words.update(phrase)
        if corrects:
            self.corrections.update(phrase)

    def begun(self, text: str) -> Iterator[tuple[str, str, str]]:
        """(name, facet, value) of all whose name begins so, in one piece."""
        if not self._names:
            self._names = sorted(
                ("".join(phrase), facet, slug)
                for phrase, meanings in self.phrases.items()
                for facet, slug in meanings
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

    def saying(self, words: Iterable[str]) -> list[str]:
        """Significant words, which a misspelling may be compared with."""
        return [word for word in words if word not in self.fillers]

    def list(self, name: str, texts: Sequence[str]) -> None:
        found = {tokens.atoms(text) for text in texts} - {()}
        self.lists[name] = found
        self.words.update(word for phrase in found for word in phrase)


def _is_too_short(word: str) -> bool:
    return word in tokens.STOP_WORDS or (len(word) == 1 and not tokens.is_han(word))


def dictionary(index: IndexSnapshot) -> Dictionary:
    """The dictionary, cached until a term is written."""
    terms = vocabulary.of(index)
    if "dictionary" not in terms.memory:
        terms.memory["dictionary"] = _dictionary(terms)
    return terms.memory["dictionary"]


def _dictionary(terms: Vocabulary) -> Dictionary:
    found = Dictionary()
    for facet in FACETS:
        for text, slug in facet.phrases(terms):
            found.add(text, facet.name, slug)
    lists = {
        "near": _NEAR,
        "nearby": _NEARBY,
        "built": _BUILT,
        "century": _CENTURY,
        "open": _OPEN,
        "today": _TODAY,
        "tomorrow": _TOMORROW,
        "not": _NOT,
        "excepted": _EXCEPTED,
        "bounds": BOUNDS,
        "year": YEAR,
        "ruins": _RUINS,
        "fillers": _FILLERS,
    }
    others = list(word_tables.words())
    for name, words in lists.items():
        besides = [text for facet, _slug, text in others if facet == word_tables.FILLER]
        found.list(name, spoken(words) + besides * (name == "fillers"))
    for name, slug, text in others:
        if name in BY_NAME and slug in BY_NAME[name].choices(terms):
            found.add(text, name, slug, corrects=False)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for day, names in enumerate(str(_WEEKDAY).split("|")):
                for name in (str(WEEKDAYS[day]), *names.split()):
                    found.weekdays[tokens.atoms(name)] = day
                    found.words.update(tokens.atoms(name))
    numbers = {word for phrase in ordinals() for word in phrase}
    found.words |= numbers
    fillers = {word for phrase in found.lists["fillers"] for word in phrase}
    # World Heritage is asked for; that a kind is called a holy place asks for no place.
    of_terms: set[str] = set()
    of_others: set[str] = set()
    for phrase, meanings in found.phrases.items():
        for name, _slug in meanings:
            (of_terms if isinstance(BY_NAME[name], TreeFacet) else of_others).update(phrase)
    found.fillers = (fillers | numbers) - of_others
    found.of_interface = found.words - of_terms
    for name in ("century", "open", "today", "tomorrow"):
        found.corrections.update(word for phrase in found.lists[name] for word in phrase)
    found.corrections.update(word for phrase in found.weekdays for word in phrase)
    return found


# --- reading -----------------------------------------------------------------------------------


def understand(index: IndexSnapshot, text: str, today: date) -> UnderstoodQuery:
    """What a text means. A character that is the name of an era, such as 明, means it only where
    the whole text is understood."""
    reading = _Reading(index, text, today, with_characters=True)
    found = reading.read()
    if found.rest and reading.has_read_a_character:
        return _Reading(index, text, today, with_characters=False).read()
    return found


def within(meanings: Iterable[Meaning]) -> tuple[Meaning, ...]:
    """The same filters, but in a place instead of near it: a large town has parts far apart."""
    return tuple(
        Meaning("place", (each.values[0].removeprefix(PLACE_MARK),))
        if each.name == "near" and each.values[0].startswith(PLACE_MARK)
        else each
        for each in meanings
    )


class _Reading:
    """Reads a text from left to right, taking the longest phrase at each position."""

    def __init__(self, index: IndexSnapshot, text: str, today: date, *, with_characters: bool):
        self.index, self.today, self.with_characters = index, today, with_characters
        self.known, self.terms = dictionary(index), vocabulary.of(index)
        self.atoms = tokens.atoms(text)
        self.has_read_a_character = False
        self.is_denied = False  # what is being read: a value that no site has can be left out
        self.told_otherwise: set[int] = set()  # where a name of a place does not say where
        self.are_words: set[int] = set()  # where a name of a kind says what another one is like
        self.has_list = _LISTED.search(text) is not None

    def read(self) -> UnderstoodQuery:
        read: list[Meaning] = []
        rest: list[int] = []  # places
        names: list[int] = []
        words: list[int] = []
        wheres: list[tuple[int, Meaning]] = []  # what names a place, and where
        kinds: list[tuple[range, Meaning]] = []
        at, is_behind = 0, True  # the end of what is understood
        while at < len(self.atoms):
            if is_behind and read and read[-1].name == "era" and self._in_list("ruins", at):
                at += self._in_list("ruins", at)  # whatever kind that may be
                continue
            length, found = self._at(at)
            if not found:
                length, found = self._denied(at)
            if found and not self._contradicts(read, found):
                wheres += [(at, each) for each in found if each.name == "place"]
                there = range(at, at + length)
                kinds += [(there, each) for each in found if each.name == "kind"]
                read += found
                words += range(at, at + length)
                names += range(at, at + length) if all(each.is_name for each in found) else ()
                at, is_behind = at + length, True
            elif is_behind and read and (excepted := self._in_list("excepted", at)):
                denied = self._not(read.pop())
                if not denied:
                    return self._unread(0)
                read += denied
                at += excepted
            elif self._is_denial(at):
                return self._unread(at)
            elif filler := self._filler(at, is_behind):
                at += filler
            else:
                for places in (rest, names, words):
                    places.append(at)
                at, is_behind = at + 1, False
        if self._is_told_otherwise(wheres) or self._is_of_a_kind(kinds):
            return self.read()
        said, named, left = map(self._text, (words, names, rest))
        return UnderstoodQuery(self._joined(read), said, named, left)

    def _is_told_otherwise(self, wheres: list[tuple[int, Meaning]]) -> bool:
        """Whether places are named before the one that things are in: Greek temples in Italy."""
        told = [where for where in wheres if self.atoms[where[0] - 1] in _IN and where[0]]
        if len(told) != 1 or self.told_otherwise:
            return False
        place = told[0][1]
        others = [
            (at, meaning)
            for at, meaning in wheres
            if at < told[0][0]
            and len(self._joined([meaning, place])) == 1
            and len(self._joined([meaning, place])[0].values) > 1
        ]
        self.told_otherwise.update(at for at, _meaning in others)
        return bool(others)

    def _is_of_a_kind(self, kinds: list[tuple[range, Meaning]]) -> bool:
        """Whether one of two kinds says what the other is like, and is looked for as words: the
        first of desert oasis towns, the second of villages in the mountains."""
        if len(kinds) != 2 or self.has_list or self.are_words:
            return False
        (first, one), (second, other) = kinds
        between = self.atoms[first.stop : second.start]
        if one.values == other.values or not _LINKS.issuperset(between):
            return False
        is_behind = not _IN_WHAT.isdisjoint(between)
        (like, _meaning), (_where, head) = kinds[::-1] if is_behind else kinds
        facet, choices = BY_NAME["kind"], BY_NAME["kind"].choices(self.terms)
        sites = facet.sites([choices[slug] for slug in head.values], self.index, None)
        if not sites.intersect(text_search.matching(self.index, self._text(list(like)))):
            return False
        self.are_words.update(like)
        return True

    def _denied(self, at: int) -> tuple[int, list[Meaning]]:
        """How many words deny a value of a facet, and the filter that leaves it out: not in
        danger, 没有照片, outside Henan."""
        start = at + self._in_list("not", at)
        if start == at:
            return 0, []
        while start < len(self.atoms) and self.atoms[start] in tokens.STOP_WORDS:
            start += 1
        self.is_denied = True
        length, found = self._at(start) if start < len(self.atoms) else (0, [])
        self.is_denied = False
        denied = [each for meaning in found for each in self._not(meaning)]
        end = start + length
        end += self._in_list("excepted", end)
        return (end - at, denied) if denied else (0, [])

    def _is_denial(self, at: int) -> bool:
        """Whether words deny something, whatever it is. A Han character may be part of a name."""
        length = self._in_list("not", at)
        return length > 1 or (length == 1 and not tokens.is_han(self.atoms[at]))

    @staticmethod
    def _not(meaning: Meaning) -> list[Meaning]:
        """The filter that leaves out what another one finds; nothing for what is no facet."""
        if meaning.name not in BY_NAME:
            return []
        return [Meaning(NOT, tuple(f"{meaning.name}:{value}" for value in meaning.values))]

    def _unread(self, at: int) -> UnderstoodQuery:
        """Where what is denied is no filter, the words before it are read as if they were all."""
        before, after = list(range(at)), list(range(at, len(self.atoms)))
        if not before:
            text = self._text(after)
            return UnderstoodQuery((), text, text, text, unread=text)
        found = _Reading(
            self.index, self._text(before), self.today, with_characters=self.with_characters
        ).read()
        return replace(found, unread=self._text(after))

    def _at(self, at: int) -> tuple[int, list[Meaning]]:
        """What begins at a place: how many words, and the filters that they mean."""
        readers = (self._near, self._open, self._formed, self._years, self._phrase, self._year)
        return max((reader(at) for reader in readers), key=lambda found: found[0])

    @staticmethod
    def _contradicts(read: Sequence[Meaning], found: list[Meaning]) -> bool:
        """Whether a second value would widen what the first means, where people mean both: then
        it is looked for as words. Of places, eras and kinds they name alternatives."""
        return any(
            each.name == before.name
            and each.values != before.values
            and each.name not in (*_ORDER, "criterion", "has", "unesco", NOT)
            for each in found
            for before in read
        )

    def _joined(self, read: Iterable[Meaning]) -> tuple[Meaning, ...]:
        """One meaning of each filter. Two of one: either, but the narrower of terms of which one
        is part of the other: Luoyang, Henan."""
        found: dict[str, Meaning] = {}
        for meaning in read:
            before = found.get(meaning.name)
            if before is None:
                found[meaning.name] = meaning
                continue
            values = tuple(dict.fromkeys((*before.values, *meaning.values)))
            if facet := BY_NAME.get(meaning.name):
                above = {broader for slug in values for broader in facet.above(slug, self.terms)}
                values = tuple(slug for slug in values if slug not in above)
            found[meaning.name] = Meaning(meaning.name, values, before.is_name and meaning.is_name)
        return tuple(found.values())

    def _filler(self, at: int, is_behind: bool) -> int:
        """How many words at a place say nothing. A Han character may be part of a name: it counts
        only between what is understood and what else is known."""
        for length in range(self.known.longest, 0, -1):
            phrase = self.atoms[at : at + length]
            if len(phrase) < length:
                continue
            is_stop = length == 1 and phrase[0] in tokens.STOP_WORDS
            if not is_stop and phrase not in self.known.lists["fillers"]:
                continue
            if length > 1 or not tokens.is_han(phrase[0]):
                return length
            following = at + 1
            if is_behind and (
                phrase[0] in "的之" or following == len(self.atoms) or self._at(following)[0]
            ):
                return 1
        return 0

    def _text(self, places: list[int]) -> str:
        """These words; Han characters that stood together do so again."""
        text, before = "", -2
        for place in places:
            atom = self.atoms[place]
            is_one = before == place - 1 and tokens.is_han(atom)
            is_one = is_one and tokens.is_han(self.atoms[before])
            text += atom if is_one or not text else f" {atom}"
            before = place
        return text

    def _in_list(self, name: str, at: int) -> int:
        """How many words at a place are a phrase of a list; the longest."""
        listed = self.known.lists[name]
        for length in range(min(4, len(self.atoms) - at), 0, -1):
            if self.atoms[at : at + length] in listed:
                return length
        return 0

    # --- names of values ----------------------------------------------------------------------

    def _phrase(self, at: int, most: int | None = None) -> tuple[int, list[Meaning]]:
        """The longest at a place that is called so, of at most so many words."""
        for length in range(min(most or self.known.longest, len(self.atoms) - at), 0, -1):
            if at in self.are_words:
                return 0, []
            found = self._meaning(self.atoms[at : at + length], at in self.told_otherwise)
            if found:
                return length, found
        return 0, []

    def _meaning(self, phrase: tuple[str, ...], is_no_place: bool) -> list[Meaning]:
        is_character = len(phrase) == 1 and tokens.is_han(phrase[0])
        if is_character and not self.with_characters:
            return []
        called = self.known.phrases.get(phrase, [])
        if not called and not tokens.is_han(phrase[-1]):
            others = tokens.other_numbers(phrase[-1])
            for other in others if len(phrase) == 1 else (*others, f"{phrase[-1]}s"):
                called = called or self.known.phrases.get((*phrase[:-1], other), [])
        by_facet: dict[str, list[str]] = {}
        for name, slug in called:
            if is_no_place and name == "place":
                continue
            by_facet.setdefault(name, []).append(slug)
        found = []
        for name, named in by_facet.items():
            facet = BY_NAME[name]
            slugs = self._with_sites(facet, named)
            if not slugs:
                continue
            meaning = Meaning(name, tuple(slugs), isinstance(facet, TreeFacet))
            choices = facet.choices(self.terms)
            sites = facet.sites([choices[slug] for slug in slugs], self.index, None)
            found.append((len(sites) or self.is_denied, meaning))
        if not found:
            return []
        number, meaning = max(found, key=lambda each: each[0])
        self.has_read_a_character |= is_character and bool(number)
        return [meaning] if number else []

    def _with_sites(self, facet: AnyFacet, slugs: list[str]) -> list[str]:
        """Of several values of one name those that have sites; of terms the broadest: the country
        before a province of its name."""
        choices = facet.choices(self.terms)
        kept = [slug for slug in slugs if facet.sites([choices[slug]], self.index, None)]
        kept = kept or (slugs if self.is_denied else [])
        depths = {slug: len(facet.above(slug, self.terms)) for slug in kept}
        return [slug for slug in kept if depths[slug] == min(depths.values())]

    def _formed(self, at: int) -> tuple[int, list[Meaning]]:
        """What a facet reads that has a form instead of a name: criterion (iv), inscribed 1987."""
        best: tuple[int, list[Meaning]] = (0, [])
        for facet in FACETS:
            length, values = facet.read_words(self.atoms[at:], self.terms)
            if length > best[0]:
                best = length, [Meaning(facet.name, tuple(values))]
        return best

    # --- near ---------------------------------------------------------------------------------

    def _near(self, at: int) -> tuple[int, list[Meaning]]:
        """near Luoyang, 洛阳附近, near Longmen Grottoes."""
        before = self._in_list("near", at)
        if before:
            start = at + before
            while start < len(self.atoms) and self.atoms[start] in tokens.STOP_WORDS:
                start += 1
            length, found = self._centre(start)
            return (start + length - at, found) if found else (0, [])
        for length in range(min(_LONGEST_NAME, len(self.atoms) - at), 0, -1):
            behind = self._in_list("nearby", at + length)
            if behind:
                read, found = self._centre(at, length)
                if found and read == length:
                    return length + behind, found
        return 0, []

    def _centre(self, at: int, most: int = _LONGEST_NAME) -> tuple[int, list[Meaning]]:
        """The longest of at most so many words at a place that name a place or a site, and what
        is near it: Longmen Grottoes before Longmen."""
        length, found = self._phrase(at, most)
        if not found or found[0].name != "place":
            length, found = 0, []
        named, slug = self._named_site(at, length + 1, most)
        if slug:
            return named, [Meaning("near", (slug,))]
        return length, self._around(found[0]) if found else []

    def _around(self, place: Meaning) -> list[Meaning]:
        """Near a town or a county; of what is larger than one can be near to, within."""
        term = self.terms.places.by_slug[place.values[0]]
        if term.level in (Place.Level.COUNTRY, Place.Level.PROVINCE):
            return [place]
        return [Meaning("near", (f"{PLACE_MARK}{term.slug}",))]

    def _named_site(self, at: int, least: int, most: int) -> tuple[int, str]:
        """The longest of the words at a place that are the name of a site, and its slug."""
        for length in range(min(most, len(self.atoms) - at), least - 1, -1):
            name = self._text(list(range(at, at + length)))
            found = text_search.sites_named(self.index, name)
            if found:
                best = text_search.best_known(self.index, found)
                slug = Site.objects.filter(pk=best, public_latitude__isnull=False)
                if row := slug.values_list("slug", flat=True).first():
                    return length, row
        return 0, ""

    # --- days and years -------------------------------------------------------------------------

    def _open(self, at: int) -> tuple[int, list[Meaning]]:
        """open on Monday, 周一开放: the next day that is one."""
        before = self._in_list("open", at)
        if before:
            length, day = self._day(at + before)
            return (before + length, self._on(day)) if day else (0, [])
        length, day = self._day(at)
        behind = self._in_list("open", at + length) if day else 0
        return (length + behind, self._on(day)) if day and behind else (0, [])

    @staticmethod
    def _on(day: date) -> list[Meaning]:
        return [Meaning("open", (day.isoformat(),))]

    def _day(self, at: int) -> tuple[int, date | None]:
        start = at
        while start < len(self.atoms) and self.atoms[start] in tokens.STOP_WORDS:
            start += 1
        for named, days in (("today", 0), ("tomorrow", 1)):
            if length := self._in_list(named, start):
                return start + length - at, self.today + timedelta(days)
        for length in (3, 2, 1):
            name = self.atoms[start : start + length]
            weekday = self.known.weekdays.get(name)
            if weekday is not None and len(name) == length:
                days = (weekday - self.today.weekday()) % 7
                return start + length - at, self.today + timedelta(days)
        return 0, None

    def _years(self, at: int) -> tuple[int, list[Meaning]]:
        """built in 68, 12th century, 公元前5世纪, 建于1420年, before 500 BC, from 500 to 700."""
        built = at + self._in_list("built", at)
        for start in dict.fromkeys((at, built)):
            if self._is_bounded(start):  # what is not read as a span is no single year
                continue
            for length in range(min(_LONGEST_DATE, len(self.atoms) - start), 0, -1):
                date = self._with_figures(self.atoms[start : start + length])
                is_year = start > at and len(date) == 1 and bool(_FIGURES.fullmatch(date[0]))
                if not any(_BEGINS_WITH_FIGURE.match(word) for word in date):
                    continue
                if not (is_year or self._is_dating(date) or self._is_span(date)):
                    continue
                if start == at and self._year(at)[0] == length:
                    continue
                if span := _span(("" if any(map(tokens.is_han, date)) else " ").join(date)):
                    return self._dated(at, start, start + length, span)
        return 0, []

    def _dated(self, at: int, start: int, end: int, span: list[Meaning]) -> tuple[int, list]:
        """How many words a date has with those that say what was then, and what all mean."""
        behind = end + self._in_list("built", end)
        if self._says_built(at, start) or self._says_built(end, behind):
            return behind - at, [*span, Meaning("role", (str(Event.Role.BEGINNINGS),))]
        return end - at, span

    def _is_bounded(self, at: int) -> bool:
        """Whether the words before a place make a date there the end of a span: since 1900."""
        return any(self.atoms[at - n : at] in self.known.lists["bounds"] for n in (1, 2) if n <= at)

    def _is_span(self, date: Sequence[str]) -> bool:
        """Whether words with a figure are a span of years: since 1900, 500 to 700, 500-700."""
        bounds = self.known.lists["bounds"]
        if tuple(date[:1]) in bounds or tuple(date[:2]) in bounds:
            return len(date) > 1
        if span := _TWO_YEARS.fullmatch(date[0]) if len(date) == 1 else None:
            return int(span[1]) < int(span[2]) <= self.today.year
        return len(date) > 2 and bool(_FIGURES.fullmatch(date[-1]))

    def _with_figures(self, words: tuple[str, ...]) -> list[str]:
        """twelfth century → 12th century; 十二世纪 → 12世纪."""
        for length in (3, 2, 1):
            for at in range(len(words) - length + 1):
                number = ordinals().get(words[at : at + length])
                if number and self._is_dating(words[at + length : at + length + 2]):
                    is_han = tokens.is_han(words[at])
                    figure = str(number) if is_han else f"{number}th"
                    return [*words[:at], figure, *words[at + length :]]
        return list(words)

    def _year(self, at: int) -> tuple[int, list[Meaning]]:
        """A year of the List, such as 1987: that of the inscription, where nothing is so called."""
        word = self.atoms[at]
        if not re.fullmatch("[0-9]{4}", word) or self._is_bounded(at):
            return 0, []
        if _FIRST_LIST <= int(word) <= self.today.year:
            return 1 + self._in_list("year", at + 1), [Meaning("inscribed", (word,), is_name=True)]
        return 0, []

    def _says_built(self, first: int, last: int) -> bool:
        """Whether words before a date speak of a beginning, and not only of a time."""
        return any(
            word not in tokens.STOP_WORDS and not (word in "在于的" and tokens.is_han(word))
            for word in self.atoms[first:last]
        )

    def _is_dating(self, date: Sequence[str]) -> bool:
        """Whether words make a date of a number: 12th century, 500 BC, 1200s, 68年."""
        return any(
            tuple(date[at : at + length]) in self.known.lists["century"]
            for at in range(len(date))
            for length in (1, 2, 3)
        ) or any(re.fullmatch("[0-9]+0s", word) for word in date)


def _span(text: str) -> list[Meaning]:
    """The ends of a date as an address has them; nothing for what is none."""
    try:
        ends = zip(("from", "to"), read_years(text), strict=True)
    except ValidationError:
        return []
    return [
        Meaning(name, (str(years.to_historical(year)),)) for name, year in ends if year is not None
    ]
