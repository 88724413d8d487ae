"""Recognises filters and names in a search text, and the words that are left.

“Tang temples near Luoyang” is an era, a kind and a place; “the Great Wall tickets” is the name of a
site and a question about it. Separate modules read these: `site_names`, `values`, `centres`,
`dates`. This module goes through the text and combines their results.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from pyroaring import BitMap

from heritage.models import Site
from heritage.search import text_search
from heritage.search.distance_fields import PLACE_MARK
from heritage.search.facets.base import ordinals
from heritage.search.facets.excluded import SITE
from heritage.search.facets.facet_list import BY_NAME, FACETS
from heritage.search.filter_fields import NOT
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language.centres import BEFORE_A_LOCATION, Centres
from heritage.search.query_language.dates import FIRST_LIST, Dates
from heritage.search.query_language.dictionary import Superlative
from heritage.search.query_language.query_words import QueryFilter, QueryWords, Reading
from heritage.search.query_language.site_names import SiteName, names_in
from heritage.search.query_language.values import Values
from heritage.server.caches import CacheKey, LRUCache
from heritage.values import normalize, tokens

_NUMBER = re.compile("[0-9]{1,2}")  # of things, or days
# What stands between the parts of a list: temples and pagodas.
_LISTED = re.compile(
    r"[,;/、，；&+]|\s(?:and|or|und|oder|et|ou|y|e|o|и|или)\s|[和与及或]", re.IGNORECASE
)
# Words that may stand between two kinds of which one describes the other.
_LINKS = normalize.STOP_WORDS | frozenset(("on", "near", "的", "の"))
# With one of these, the second kind describes the first: villages in the mountains.
_IN_WHAT = frozenset(("in", "on", "at", "of", "with", "from", "near"))
_MOST_DENIED = 20  # sites whose names have a word that is excluded
# Filters of which a search may name two values.
_REPEATABLE = {NOT, *(facet.name for facet in FACETS if facet.is_repeatable)}


@dataclass(frozen=True, slots=True)
class UnderstoodQuery:
    """The filters in a text, and its words; words without a meaning for the search are left out."""

    filters: tuple[QueryFilter, ...]
    words: str  # all
    names: str  # those that are names, and those that are no filter
    rest: str  # those that are no filter
    unread: str = ""  # a part that is excluded but is no filter: it is not searched for
    superlative: Superlative | None = None
    sites: tuple[SiteName, ...] = ()  # the whole names of sites in the text
    also_terms: tuple[SiteName, ...] = ()  # such names that have been read as places
    named: str = ""  # the words of these names
    beside: str = ""  # those of `rest` that belong to none
    is_list: bool = False  # parts of it are joined by “and”, “or” or a comma
    unknown_centre: str = ""  # what something shall be near to, and nobody knows where it is


_CACHED = 500  # texts of which the meaning is remembered
_UNDERSTOOD: CacheKey[LRUCache[tuple[str, date], UnderstoodQuery]] = CacheKey("meanings of texts")

# --- reading -----------------------------------------------------------------------------------


def understand(index: IndexSnapshot, text: str, today: date) -> UnderstoodQuery:
    """What a text means. Cached until something is written."""
    cache = index.cache.get_or_set(_UNDERSTOOD, lambda: LRUCache(_CACHED))
    return cache.get_or_set((text, today), lambda: _understand(index, text, today))


def _understand(index: IndexSnapshot, text: str, today: date) -> UnderstoodQuery:
    """A single character that is the name of an era, such as 明, means the era only if the whole
    text is understood."""
    parser = _Parser(index, text, today, with_characters=True)
    found = parser.parse()
    if found.rest and parser.values.used_character:
        return _Parser(index, text, today, with_characters=False).parse()
    return found


def within(filters: Iterable[QueryFilter]) -> tuple[QueryFilter, ...]:
    """The same filters with “in a place” for “near a place”, for a large town.

    Unchanged if the text names a distance.
    """
    filters = tuple(filters)
    if any(each.name == "within" for each in filters):
        return filters
    return tuple(
        QueryFilter("place", (each.values[0].removeprefix(PLACE_MARK),))
        if each.name == "near" and each.values[0].startswith(PLACE_MARK)
        else each
        for each in filters
    )


def parts_of_list(text: str) -> list[str]:
    """What stands between “and”, “or” and commas; nothing for an empty text."""
    return [part for each in _LISTED.split(f" {text} ") if (part := each.strip())]


def without_words(index: IndexSnapshot, text: str, lists: Sequence[str]) -> tuple[str, str]:
    """The text without the words of some lists of the dictionary, and the words removed."""
    read = QueryWords(index, text, date.min)
    values = Values(read, with_characters=False)
    others: list[int] = []
    removed: list[int] = []
    at = 0
    while at < len(read.atoms):
        found = max(read.in_list(name, at) for name in lists)
        named, _filters = values.phrase(at)  # north in North Korea is no word of its own
        length = max(found, named, 1)
        (removed if found >= length else others).extend(range(at, at + length))
        at += length
    return read.text(others), read.text(removed)


@dataclass(slots=True)
class _Read:
    """What has been read of a text: filters, and positions of words."""

    filters: list[QueryFilter] = field(default_factory=list)
    rest: list[int] = field(default_factory=list)  # of no filter
    names: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    wheres: list[tuple[int, QueryFilter]] = field(default_factory=list)  # filters by place
    kinds: list[tuple[range, QueryFilter]] = field(default_factory=list)
    sites: list[SiteName] = field(default_factory=list)
    also_terms: list[SiteName] = field(default_factory=list)  # read as places
    unknown: list[int] = field(default_factory=list)  # of a centre that nobody knows
    ends: list[int] = field(default_factory=list)  # of the List: 0 its first year, -1 its latest
    at: int = 0  # so far the text has been read
    is_behind: bool = True  # what is understood, or the beginning
    unread_from: int | None = None  # what stands there is excluded and is no filter

    def go_on(self, length: int, *, is_behind: bool = True) -> None:
        self.at, self.is_behind = self.at + length, is_behind

    def add_words(self, there: range) -> None:
        """Add the positions of words that are no filter."""
        for places in (self.rest, self.names, self.words):
            places += there

    def add(self, found: list[QueryFilter], there: range) -> None:
        self.wheres += [(there.start, each) for each in found if each.name == "place"]
        self.kinds += [(there, each) for each in found if each.name == "kind"]
        self.filters += found
        self.words += there
        self.names += there if all(each.is_name for each in found) else ()


class _Parser:
    """Reads a text from left to right, taking the longest phrase at each position."""

    def __init__(self, index: IndexSnapshot, text: str, today: date, *, with_characters: bool):
        self.words = QueryWords(index, text, today)
        self.values = Values(self.words, with_characters=with_characters)
        self.centres, self.dates = Centres(self.words, self.values), Dates(self.words)
        self.site_names = names_in(self.words)
        self.has_list = _LISTED.search(text) is not None
        self.superlative: Superlative | None = None
        self.is_inscribed = False  # first or latest stands before “inscribed”
        self.asks_for_lists = True  # whether first and latest may speak of the World Heritage List

    def parse(self) -> UnderstoodQuery:
        """What the text means. It is read again if later words change the meaning of earlier
        ones."""
        read = _Read()
        while read.at < len(self.words.atoms):
            self._read_longest_phrase(read)
            if read.unread_from is not None:
                return self._unread(read.unread_from)
        if self._is_origins(read.wheres) or self._is_of_a_kind(read.kinds):
            return self.parse()
        if read.ends and not self._speaks_of_list(read.filters, read.rest):
            self.asks_for_lists = False
            return self.parse()
        if read.ends:
            read.filters = self._years_of_list(read.filters)
        # Near a place, 最近的 means the nearest, which come first anyway.
        if read.ends and not any(each.name in ("inscribed", "near") for each in read.filters):
            read.filters += self._inscribed_at(read.ends[0], read.filters)
        return self._understood(read)

    def _read_longest_phrase(self, read: _Read) -> None:
        """Reads the longest phrase that begins where `read` ends."""
        at = read.at
        name = self.site_names.get(at)
        if name is None and (listed := self._end_of_list(at)):
            length, end = listed
            read.ends.append(end)
            read.go_on(length)
            return
        is_behind_era = read.is_behind and read.filters and read.filters[-1].name == "era"
        if is_behind_era and (ruins := self.words.in_list("ruins", at)):
            read.at += ruins  # whatever kind that may be
            return
        length, found = self._filters_at(at)
        if name and name.is_term and length >= name.length:
            read.also_terms.append(name)
        elif name and name.length >= length:
            read.sites.append(name)
            read.add_words(name.places)
            read.go_on(name.length)
            return
        if not found:
            length, found = self._denied(at)
        if found and not self._contradicts(read.filters, found):
            read.add(found, range(at, at + length))
            read.go_on(length)
        else:
            self._read_other(read)

    def _read_other(self, read: _Read) -> None:
        """Reads words that are neither a filter nor a name: exclusions, unknown centres, words
        without a meaning, and words to search for."""
        at = read.at
        if read.is_behind and read.filters and (excepted := self.words.in_list("excepted", at)):
            denied = self._exclusion(read.filters.pop())
            read.filters += denied
            read.at += excepted
            read.unread_from = None if denied else 0
        elif self._is_denial(at):
            read.unread_from = at
        elif length := self._unknown_centre(at, read):
            read.go_on(length)
        elif filler := self._filler(at, read.is_behind):
            read.at += filler
        else:
            read.add_words(range(at, at + 1))
            read.go_on(1, is_behind=False)

    def _understood(self, read: _Read) -> UnderstoodQuery:
        of_names = [place for name in read.sites for place in name.places]
        text = self.words.text
        return UnderstoodQuery(
            self._joined(read.filters),
            text(read.words),
            text(read.names),
            text(read.rest),
            superlative=self.superlative,
            sites=tuple(read.sites),
            also_terms=tuple(read.also_terms),
            named=text(of_names),
            beside=text([place for place in read.rest if place not in of_names]),
            is_list=self.has_list,
            unknown_centre=text(read.unknown),
        )

    def _unknown_centre(self, at: int, read: _Read) -> int:
        """How many words at a position mean “near” an unknown centre (near Xanth, Xanth附近); 0 if
        they do not."""
        if opening := self.centres.opens(at):
            start = end = self.words.after_stop_words(at + opening)
            while end < len(self.words.atoms) and not (
                self._filters_at(end)[0] or self._filler(end, False) or self._is_denial(end)
            ):
                end += 1
            if end > start and (found := self.centres.called_like(range(start, end))):
                read.add([found], range(at, end))
            else:
                read.unknown += range(start, end)
            return end - at if end > start else 0
        if closing := self.centres.closes(at):
            start = at
            while start and read.rest and read.rest[-1] == start - 1:
                start -= 1
                for places in (read.rest, read.names, read.words):
                    places.pop()
            if start < at and (found := self.centres.called_like(range(start, at))):
                read.add([found], range(start, at + closing))
            else:
                read.unknown += range(start, at)
            return closing if start < at else 0
        return 0

    def _end_of_list(self, at: int) -> tuple[int, int] | None:
        """How many words at a position ask for the first (0) or latest (-1) inscriptions."""
        if not self.asks_for_lists:
            return None
        for name, end in (("first", 0), ("latest", -1)):
            length = self.words.in_list(name, at)
            if length and not self._begins_name(at, length):
                behind = self.words.in_list("inscribed", at + length)
                self.is_inscribed |= bool(behind)
                return length + behind, end
        return None

    def _begins_name(self, at: int, length: int) -> bool:
        """Whether words belong to the name of a place: new in New Zealand; in New Delhi, too, if
        only Delhi is known."""
        if self.values.phrase(at)[0] > length:
            return True
        _length, found = self.values.phrase(at + length)
        begun = self.words.dictionary.starting_with("".join(self.words.atoms[at : at + length]))
        is_before_place = any(each.name == "place" for each in found)
        return is_before_place and any(facet == "place" for _name, facet, _slug in begun)

    def _speaks_of_list(self, read: Iterable[QueryFilter], rest: Sequence[int]) -> bool:
        """Whether the whole text is understood and is about the World Heritage List and no other
        register: it names the list, a year of inscriptions, or the word “inscribed”."""
        names = {each.name for each in read}
        is_named = "unesco" in names or self.is_inscribed or self._years_of_list(read) != [*read]
        return is_named and not rest and names.isdisjoint(("protection", "batch"))

    def _years_of_list(self, read: Iterable[QueryFilter]) -> list[QueryFilter]:
        """The filters with the year of inscription in place of a single year: new in 2024."""
        span = {each.name: each.values[0] for each in read if each.name in ("from", "to")}
        year = span.get("from", "")
        is_one = len(span) == 2 and year == span["to"] and year.isdigit()
        if not is_one or not FIRST_LIST <= int(year) <= self.words.today.year:
            return [*read]
        others = [each for each in read if each.name not in span and each.name != "role"]
        return [*others, QueryFilter("inscribed", (year,))]

    def _inscribed_at(self, end: int, read: Iterable[QueryFilter]) -> list[QueryFilter]:
        """The first or latest year in which sites that fit were inscribed: first World Heritage
        sites in China."""
        left = self.words.index.sites
        for each in read:
            if facet := BY_NAME.get(each.name):
                choices = facet.choices(self.words.terms)
                values = [choices[value] for value in each.values if value in choices]
                left = left & facet.sites(values, self.words.index, None) if values else left
        years = self.words.index.sites_by_value("inscribed")
        fitting = sorted(int(year) for year, sites in years.items() if left.intersect(sites))
        return [QueryFilter("inscribed", (str(fitting[end]),))] if fitting else []

    def _is_origins(self, wheres: list[tuple[int, QueryFilter]]) -> bool:
        """Whether places before the last one name an origin: Greek temples in Italy."""
        located = [
            where
            for where in wheres
            if self.words.atoms[where[0] - 1] in BEFORE_A_LOCATION and where[0]
        ]
        if len(located) != 1 or self.values.origins:
            return False
        place = located[0][1]
        others = [
            (at, query_filter)
            for at, query_filter in wheres
            if at < located[0][0]
            and len(self._joined([query_filter, place])) == 1
            and len(self._joined([query_filter, place])[0].values) > 1
        ]
        self.values.origins.update(at for at, _named in others)
        return bool(others)

    def _is_of_a_kind(self, kinds: list[tuple[range, QueryFilter]]) -> bool:
        """Whether one of two kinds only describes the other; it is then searched for as words.

        The first of “desert oasis towns”, the second of “villages in the mountains”.
        """
        if len(kinds) != 2 or self.has_list or self.values.are_words:
            return False
        (first, one), (second, other) = kinds
        between = self.words.atoms[first.stop : second.start]
        if one.values == other.values or not _LINKS.issuperset(between):
            return False
        is_behind = not _IN_WHAT.isdisjoint(between)
        (like, _named), (_where, head) = kinds[::-1] if is_behind else kinds
        facet, choices = BY_NAME["kind"], BY_NAME["kind"].choices(self.words.terms)
        sites = facet.sites([choices[slug] for slug in head.values], self.words.index, None)
        if not sites.intersect(text_search.matching(self.words.index, self.words.text(list(like)))):
            return False
        self.values.are_words.update(like)
        return True

    def _denied(self, at: int) -> Reading:
        """How many words exclude a value of a facet, and the filter that does so: not in danger,
        没有照片, outside Henan."""
        start = at + self.words.in_list("not", at)
        if start == at:
            return 0, []
        while start < len(self.words.atoms) and self.words.atoms[start] in normalize.STOP_WORDS:
            start += 1
        self.values.is_denied = True
        length, found = self._filters_at(start) if start < len(self.words.atoms) else (0, [])
        self.values.is_denied = False
        denied = [each for query_filter in found for each in self._exclusion(query_filter)]
        if not denied:
            length, denied = self._denied_sites(start)
        end = start + length
        end += self.words.in_list("excepted", end)
        return (end - at, denied) if denied else (0, [])

    def _denied_sites(self, start: int) -> tuple[int, list[QueryFilter]]:
        """How many words at a position are in names of sites, and the filter that excludes these
        sites: except Shaolin."""
        if name := self.site_names.get(start):
            length, sites = name.length, name.sites
        else:
            length, sites = 0, BitMap()
            for end in range(len(self.words.atoms), start, -1):
                text = self.words.text(range(start, end))
                if sites := text_search.sites_displayed_from(self.words.index, text):
                    length = end - start
                    break
        if not 0 < len(sites) <= _MOST_DENIED:
            return 0, []
        slugs = Site.objects.filter(pk__in=sites).order_by("slug").values_list("slug", flat=True)
        return length, [QueryFilter(NOT, tuple(f"{SITE}:{slug}" for slug in slugs))]

    def _is_denial(self, at: int) -> bool:
        """Whether words exclude something, even unknown; a Han character may be part of a name."""
        length = self.words.in_list("not", at)
        return length > 1 or (length == 1 and not normalize.is_han(self.words.atoms[at]))

    @staticmethod
    def _exclusion(query_filter: QueryFilter) -> list[QueryFilter]:
        """The filter that excludes the sites of another filter; an empty list if that is no
        facet."""
        if query_filter.name not in BY_NAME:
            return []
        return [
            QueryFilter(NOT, tuple(f"{query_filter.name}:{value}" for value in query_filter.values))
        ]

    def _unread(self, at: int) -> UnderstoodQuery:
        """The query without what follows `at`, which excludes something that is no filter."""
        before, after = list(range(at)), list(range(at, len(self.words.atoms)))
        if not before:
            text = self.words.text(after)
            return UnderstoodQuery((), text, text, text, unread=text)
        found = _Parser(
            self.words.index,
            self.words.text(before),
            self.words.today,
            with_characters=self.values.with_characters,
        ).parse()
        return replace(found, unread=self.words.text(after))

    def _filters_at(self, at: int) -> Reading:
        """How many words at a position have a meaning as filters, and these filters."""
        readers = (
            self.centres.near,
            self.centres.inside,
            self.dates.opened,
            self.values.formed,
            self.dates.span,
            self.values.phrase,
            self.dates.year,
        )
        return max((reader(at) for reader in readers), key=lambda found: found[0])

    @staticmethod
    def _contradicts(read: Sequence[QueryFilter], found: list[QueryFilter]) -> bool:
        """Whether `found` is a second value of a filter that is not repeatable: its words are then
        searched for as words."""
        return any(
            each.name == before.name
            and each.values != before.values
            and each.name not in _REPEATABLE
            for each in found
            for before in read
        )

    def _joined(self, read: Iterable[QueryFilter]) -> tuple[QueryFilter, ...]:
        """One filter of each name, with all its values.

        Of a term and a broader one, such as “Luoyang, Henan”, only the narrower is used.
        """
        found: dict[str, QueryFilter] = {}
        for query_filter in read:
            before = found.get(query_filter.name)
            if before is None:
                found[query_filter.name] = query_filter
                continue
            values = tuple(dict.fromkeys((*before.values, *query_filter.values)))
            if facet := BY_NAME.get(query_filter.name):
                slugs = (facet.broader_slugs(slug, self.words.terms) for slug in values)
                broader = set(chain.from_iterable(slugs))
                values = tuple(slug for slug in values if slug not in broader)
            found[query_filter.name] = QueryFilter(
                query_filter.name, values, before.is_name and query_filter.is_name
            )
        return tuple(found.values())

    def _filler(self, at: int, is_behind: bool) -> int:
        """How many words at a position have no meaning for the search.

        A single Han character may be part of a name, so it counts only between words that are
        understood.
        """
        if number := self._number(at):
            return number
        if tokens.is_in_syllables(self.words.atoms):
            return 0
        for length in range(self.words.dictionary.longest, 0, -1):
            phrase = self.words.atoms[at : at + length]
            if len(phrase) < length:
                continue
            is_stop = length == 1 and phrase[0] in normalize.STOP_WORDS
            if not is_stop and phrase not in self.words.dictionary.lists["fillers"]:
                continue
            if asked := self.words.dictionary.superlative(phrase):
                if phrase in ordinals() and not self._filters_at(at + length)[0]:
                    return 0  # of a name: the first emperor
                self.superlative = asked
            if length > 1 or not normalize.is_han(phrase[0]):
                return length
            following = at + 1
            if is_behind and (
                phrase[0] in "的之"
                or following == len(self.words.atoms)
                or self._filters_at(following)[0]
                or self._filler(following, is_behind)
            ):
                return 1
        return 0

    def _number(self, at: int) -> int:
        """How many words at a position are a number of things or days: top 10 temples, 三天."""
        number = self.words.atoms[at]
        is_number = (number,) in self.words.dictionary.lists["numbers"] or _NUMBER.fullmatch(number)
        if not is_number or at + 1 == len(self.words.atoms):
            return 0
        counted = self.words.in_list("counted", at + 1)
        if counted or normalize.is_han(number):
            return 1 + counted if counted else 0
        return 1 if any(each.name == "kind" for each in self._filters_at(at + 1)[1]) else 0
