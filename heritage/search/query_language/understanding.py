"""Recognises filters in a search text, and the words that are left.

“Tang temples near Luoyang” is an era, a kind and a place. The names of values come from the
`dictionary`; values that are written in a form, as “batch 8”, are recognised by their facets
(`Facet.recognise`). This module knows the words that connect them: near, built in, open on.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from string import digits

from django.core.exceptions import ValidationError

from heritage.models import Event, Place, Site
from heritage.search import text_search
from heritage.search.distance_fields import PLACE_MARK
from heritage.search.facets.base import AnyFacet, TreeFacet, ordinals
from heritage.search.facets.registry import BY_NAME, FACETS
from heritage.search.filter_fields import NOT, read_years
from heritage.search.index.openings import HoursGroup
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language import dictionary
from heritage.values import tokens, years
from heritage.values.date_parser import parse_date

_FIGURES = re.compile("[0-9]+")
_BEGINS_WITH_FIGURE = re.compile("[0-9]")
_TWO_YEARS = re.compile("([0-9]{3,4})-([0-9]{3,4})")
_LONGEST_DATE = 7  # words
_LONGEST_DAY = 6  # words, or Han characters and figures: 2027年5月1日
_LEAP_YEAR = 2028  # which has every day
_FIRST_LIST = 1978  # the year of the first inscriptions
_LONGEST_NAME = 8  # words, or Han characters, of a site that something is near to
_KM = re.compile(r"([0-9]{1,4})(?:km|kms)?")
_KM_PER_MILE = 1.609344
_BEFORE_A_LOCATION = frozenset(("in", "at", "within"))
# What stands between the parts of a list: temples and pagodas.
_LISTED = re.compile(
    r"[,;/、，；&+]|\s(?:and|or|und|oder|et|ou|y|e|o|и|или)\s|[和与及或]", re.IGNORECASE
)
# Words that may stand between two kinds of which one describes the other.
_LINKS = tokens.STOP_WORDS | frozenset(("on", "near", "的", "の"))
# With one of these, the second kind describes the first: villages in the mountains.
_IN_WHAT = frozenset(("in", "on", "at", "of", "with", "from", "near"))
# Filters of which a search may name two values.
_REPEATABLE = {NOT, *(facet.name for facet in FACETS if facet.is_repeatable)}


@dataclass(frozen=True, slots=True)
class QueryFilter:
    """A filter that words of a search mean: its name and values in URLs."""

    name: str
    values: tuple[str, ...]
    is_name: bool = False  # the words are a name, which may also be looked for as words


@dataclass(frozen=True, slots=True)
class UnderstoodQuery:
    """The filters in a text, and its words; words without a meaning for the search are left out."""

    filters: tuple[QueryFilter, ...]
    words: str  # all
    names: str  # those that are names, and those that are no filter
    rest: str  # those that are no filter
    unread: str = ""  # a part that is excluded but is no filter: it is not searched for
    superlative: tuple[str, ...] = ()  # oldest: that, and other words for it


# --- reading -----------------------------------------------------------------------------------


def understand(index: IndexSnapshot, text: str, today: date) -> UnderstoodQuery:
    """What a text means. A character that is the name of an era, such as 明, means it only where
    the whole text is understood."""
    parser = _Parser(index, text, today, with_characters=True)
    found = parser.parse()
    if found.rest and parser.used_character:
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


def without_words(index: IndexSnapshot, text: str, lists: Sequence[str]) -> tuple[str, str]:
    """The text without the words of some lists of the dictionary, and the words that were removed.

    (text, "") if it has no such words, or no others.
    """
    parser = _Parser(index, text, date.min, with_characters=False)
    others: list[int] = []
    removed: list[int] = []
    at = 0
    while at < len(parser.atoms):
        found = max(parser._in_list(name, at) for name in lists)
        named, _filters = parser._phrase(at)  # north in North Korea is no word of its own
        length = max(found, named, 1)
        (removed if found >= length else others).extend(range(at, at + length))
        at += length
    rest, words = parser._text(others), parser._text(removed)
    return (rest, words) if words and tokens.query_words(rest) else (text, "")


class _Parser:
    """Reads a text from left to right, taking the longest phrase at each position."""

    def __init__(self, index: IndexSnapshot, text: str, today: date, *, with_characters: bool):
        self.index, self.today, self.with_characters = index, today, with_characters
        self.dictionary, self.terms = dictionary.as_of(index), index.vocabulary
        self.atoms = tokens.atoms(text)
        self.used_character = False
        # What follows is excluded: then a value that no site has is recognised, too.
        self.is_denied = False
        # Positions of words; there, a name of a place is an origin: Greek temples in Italy.
        self.origins: set[int] = set()
        self.are_words: set[int] = set()  # there, the name of a kind is looked for as words
        self.has_list = _LISTED.search(text) is not None
        self.has_figures = any(atom[0] in digits for atom in self.atoms)
        self.asks_for_hours = any(
            self._in_list(name, at) for name in ("open", "closed") for at in range(len(self.atoms))
        )
        self.superlative: tuple[str, ...] = ()
        self.asks_for_lists = True  # whether first and latest may speak of the World Heritage List

    def parse(self) -> UnderstoodQuery:
        read: list[QueryFilter] = []
        rest: list[int] = []  # positions of words
        names: list[int] = []
        words: list[int] = []
        wheres: list[tuple[int, QueryFilter]] = []  # filters by place, and their positions
        kinds: list[tuple[range, QueryFilter]] = []
        at, is_behind = 0, True  # the end of what is understood
        ends: list[int] = []  # of the List: 0 its first year, -1 its latest
        while at < len(self.atoms):
            if listed := self._end_of_list(at):
                length, end = listed
                at, is_behind = at + length, True
                ends.append(end)
                continue
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
        if self._is_origins(wheres) or self._is_of_a_kind(kinds):
            return self.parse()
        if ends and not self._speaks_of_list(read, rest):
            self.asks_for_lists = False
            return self.parse()
        all_words, named, others = map(self._text, (words, names, rest))
        # Near a place, 最近的 means the nearest, which come first anyway.
        if ends and not any(each.name in ("inscribed", "near") for each in read):
            read += self._inscribed_at(ends[0], read)
        return UnderstoodQuery(
            self._joined(read), all_words, named, others, superlative=self.superlative
        )

    def _end_of_list(self, at: int) -> tuple[int, int] | None:
        """How many words at a position ask for the first (0) or latest (-1) inscriptions."""
        if not self.asks_for_lists:
            return None
        for name, end in (("first", 0), ("latest", -1)):
            length = self._in_list(name, at)
            if length and not self._begins_name(at, length):
                return length, end
        return None

    def _begins_name(self, at: int, length: int) -> bool:
        """Whether words belong to the name of a place: new in New Zealand; in New Delhi, too, if
        only Delhi is known."""
        if self._phrase(at)[0] > length:
            return True
        _length, found = self._phrase(at + length)
        begun = self.dictionary.starting_with("".join(self.atoms[at : at + length]))
        is_before_place = any(each.name == "place" for each in found)
        return is_before_place and any(facet == "place" for _name, facet, _slug in begun)

    @staticmethod
    def _speaks_of_list(read: Iterable[QueryFilter], rest: Sequence[int]) -> bool:
        """Whether all is understood, and names the World Heritage List and no other register."""
        names = {each.name for each in read}
        return "unesco" in names and not rest and names.isdisjoint(("protection", "batch"))

    def _inscribed_at(self, end: int, read: Iterable[QueryFilter]) -> list[QueryFilter]:
        """The first or latest year in which sites that fit were inscribed: first World Heritage
        sites in China."""
        left = self.index.sites
        for each in read:
            if facet := BY_NAME.get(each.name):
                choices = facet.choices(self.terms)
                values = [choices[value] for value in each.values if value in choices]
                left = left & facet.sites(values, self.index, None) if values else left
        years = self.index.sites_by_value("inscribed")
        fitting = sorted(int(year) for year, sites in years.items() if left.intersect(sites))
        return [QueryFilter("inscribed", (str(fitting[end]),))] if fitting else []

    def _is_origins(self, wheres: list[tuple[int, QueryFilter]]) -> bool:
        """Whether places are named before the one that things are in: Greek temples in Italy."""
        located = [
            where for where in wheres if self.atoms[where[0] - 1] in _BEFORE_A_LOCATION and where[0]
        ]
        if len(located) != 1 or self.origins:
            return False
        place = located[0][1]
        others = [
            (at, query_filter)
            for at, query_filter in wheres
            if at < located[0][0]
            and len(self._joined([query_filter, place])) == 1
            and len(self._joined([query_filter, place])[0].values) > 1
        ]
        self.origins.update(at for at, _named in others)
        return bool(others)

    def _is_of_a_kind(self, kinds: list[tuple[range, QueryFilter]]) -> bool:
        """Whether one of two kinds describes the other; that one is then looked for as words.

        The first of “desert oasis towns”, the second of “villages in the mountains”.
        """
        if len(kinds) != 2 or self.has_list or self.are_words:
            return False
        (first, one), (second, other) = kinds
        between = self.atoms[first.stop : second.start]
        if one.values == other.values or not _LINKS.issuperset(between):
            return False
        is_behind = not _IN_WHAT.isdisjoint(between)
        (like, _named), (_where, head) = kinds[::-1] if is_behind else kinds
        facet, choices = BY_NAME["kind"], BY_NAME["kind"].choices(self.terms)
        sites = facet.sites([choices[slug] for slug in head.values], self.index, None)
        if not sites.intersect(text_search.matching(self.index, self._text(list(like)))):
            return False
        self.are_words.update(like)
        return True

    def _denied(self, at: int) -> tuple[int, list[QueryFilter]]:
        """How many words exclude a value of a facet, and the filter that does so: not in danger,
        没有照片, outside Henan."""
        start = at + self._in_list("not", at)
        if start == at:
            return 0, []
        while start < len(self.atoms) and self.atoms[start] in tokens.STOP_WORDS:
            start += 1
        self.is_denied = True
        length, found = self._at(start) if start < len(self.atoms) else (0, [])
        self.is_denied = False
        denied = [each for query_filter in found for each in self._not(query_filter)]
        end = start + length
        end += self._in_list("excepted", end)
        return (end - at, denied) if denied else (0, [])

    def _is_denial(self, at: int) -> bool:
        """Whether words exclude something, even unknown; a Han character may be part of a name."""
        length = self._in_list("not", at)
        return length > 1 or (length == 1 and not tokens.is_han(self.atoms[at]))

    @staticmethod
    def _not(query_filter: QueryFilter) -> list[QueryFilter]:
        """The filter that leaves out what another one finds; nothing for what is no facet."""
        if query_filter.name not in BY_NAME:
            return []
        return [
            QueryFilter(NOT, tuple(f"{query_filter.name}:{value}" for value in query_filter.values))
        ]

    def _unread(self, at: int) -> UnderstoodQuery:
        """The query without what follows `at`, which excludes something that is no filter."""
        before, after = list(range(at)), list(range(at, len(self.atoms)))
        if not before:
            text = self._text(after)
            return UnderstoodQuery((), text, text, text, unread=text)
        found = _Parser(
            self.index, self._text(before), self.today, with_characters=self.with_characters
        ).parse()
        return replace(found, unread=self._text(after))

    def _at(self, at: int) -> tuple[int, list[QueryFilter]]:
        """How many words at a position have a meaning as filters, and these filters."""
        readers = (self._near, self._open, self._formed, self._years, self._phrase, self._year)
        return max((reader(at) for reader in readers), key=lambda found: found[0])

    @staticmethod
    def _contradicts(read: Sequence[QueryFilter], found: list[QueryFilter]) -> bool:
        """Whether a filter has a second value, though it is not one of which people name two: then
        the words are looked for as words."""
        return any(
            each.name == before.name
            and each.values != before.values
            and each.name not in _REPEATABLE
            for each in found
            for before in read
        )

    def _joined(self, read: Iterable[QueryFilter]) -> tuple[QueryFilter, ...]:
        """One filter of each name, with all its values.

        Of a term and a broader one, as in “Luoyang, Henan”, only the narrower.
        """
        found: dict[str, QueryFilter] = {}
        for query_filter in read:
            before = found.get(query_filter.name)
            if before is None:
                found[query_filter.name] = query_filter
                continue
            values = tuple(dict.fromkeys((*before.values, *query_filter.values)))
            if facet := BY_NAME.get(query_filter.name):
                slugs = (facet.broader_slugs(slug, self.terms) for slug in values)
                broader = set(chain.from_iterable(slugs))
                values = tuple(slug for slug in values if slug not in broader)
            found[query_filter.name] = QueryFilter(
                query_filter.name, values, before.is_name and query_filter.is_name
            )
        return tuple(found.values())

    def _filler(self, at: int, is_behind: bool) -> int:
        """How many words at a position have no meaning for the search.

        One Han character may be part of a name: it counts only between words that are understood.
        """
        for length in range(self.dictionary.longest, 0, -1):
            phrase = self.atoms[at : at + length]
            if len(phrase) < length:
                continue
            is_stop = length == 1 and phrase[0] in tokens.STOP_WORDS
            if not is_stop and phrase not in self.dictionary.lists["fillers"]:
                continue
            if words := self.dictionary.superlative(phrase):
                self.superlative = words
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
        """How many words at a position are a phrase of a list of the dictionary; the longest."""
        listed = self.dictionary.lists[name]
        for length in range(min(4, len(self.atoms) - at), 0, -1):
            if self.atoms[at : at + length] in listed:
                return length
        return 0

    # --- names of values ----------------------------------------------------------------------

    def _phrase(self, at: int, most: int | None = None) -> tuple[int, list[QueryFilter]]:
        """The longest name at a position, of at most so many words, and its filter."""
        for length in range(min(most or self.dictionary.longest, len(self.atoms) - at), 0, -1):
            if at in self.are_words:
                return 0, []
            found = self._named(self.atoms[at : at + length], at in self.origins)
            if found:
                return length, found
        return 0, []

    def _named(self, phrase: tuple[str, ...], is_no_place: bool) -> list[QueryFilter]:
        is_character = len(phrase) == 1 and tokens.is_han(phrase[0])
        if is_character and not self.with_characters:
            return []
        called = self.dictionary.phrases.get(phrase, [])
        if not called and not tokens.is_han(phrase[-1]):
            others = tokens.other_numbers(phrase[-1])
            for other in others if len(phrase) == 1 else (*others, f"{phrase[-1]}s"):
                called = called or self.dictionary.phrases.get((*phrase[:-1], other), [])
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
            query_filter = QueryFilter(name, tuple(slugs), isinstance(facet, TreeFacet))
            choices = facet.choices(self.terms)
            sites = facet.sites([choices[slug] for slug in slugs], self.index, None)
            found.append((len(sites) or self.is_denied, query_filter))
        if not found:
            return []
        number, query_filter = max(found, key=lambda each: each[0])
        self.used_character |= is_character and bool(number)
        return [query_filter] if number else []

    def _with_sites(self, facet: AnyFacet, slugs: list[str]) -> list[str]:
        """Of the values that a name stands for, those that some site has.

        Of terms the broadest: the country before a province of the same name.
        """
        choices = facet.choices(self.terms)
        found = [slug for slug in slugs if facet.sites([choices[slug]], self.index, None)]
        found = found or (slugs if self.is_denied else [])
        depths = {slug: len(facet.broader_slugs(slug, self.terms)) for slug in found}
        return [slug for slug in found if depths[slug] == min(depths.values())]

    def _formed(self, at: int) -> tuple[int, list[QueryFilter]]:
        """Values that are written in a form: criterion (iv), inscribed 1987."""
        best: tuple[int, list[QueryFilter]] = (0, [])
        for facet in FACETS:
            length, values = facet.recognise(self.atoms[at:], self.terms)
            if length > best[0]:
                best = length, [QueryFilter(facet.name, tuple(values))]
        return best

    # --- near ---------------------------------------------------------------------------------

    def _near(self, at: int) -> tuple[int, list[QueryFilter]]:
        """near Luoyang, 洛阳附近, within 30 km of Longmen Grottoes, 距洛阳30公里."""
        if self.has_figures:
            far = max(self._distant(at), self._distant_behind(at), key=lambda found: found[0])
            if far[0]:
                return far
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

    def _distant(self, at: int) -> tuple[int, list[QueryFilter]]:
        """within 30 km of Luoyang, 10 miles from Bath."""
        start = at + self._in_list("within", at)
        read, km = self._kilometres(start)
        if not read:
            return 0, []
        start += read
        start += self._in_list("from", start)
        length, found = self._centre(start)
        return (start + length - at, self._at_most(found, km)) if found else (0, [])

    def _distant_behind(self, at: int) -> tuple[int, list[QueryFilter]]:
        """距洛阳30公里以内, 洛阳周边30公里."""
        start = at + self._in_list("near", at)
        for length in range(min(_LONGEST_NAME, len(self.atoms) - start), 0, -1):
            behind = start + length + self._in_list("nearby", start + length)
            behind += self._in_list("within", behind)
            read, km = self._kilometres(behind)
            end = behind + read + self._in_list("within", behind + read)
            is_said = start > at or end - start > length + read  # from it, around it, at most
            if read and is_said:
                called, found = self._centre(start, length)
                if found and called == length:
                    return end - at, self._at_most(found, km)
        return 0, []

    def _kilometres(self, at: int) -> tuple[int, float]:
        """How many words at a position are a distance, and the kilometres: 30 km, 30km."""
        figure = _KM.fullmatch(self.atoms[at]) if at < len(self.atoms) else None
        if not figure or not int(figure[1]):
            return 0, 0
        if not self.atoms[at].isdigit():
            return 1, int(figure[1])
        for name, length_of_one in (("kilometres", 1.0), ("miles", _KM_PER_MILE)):
            if length := self._in_list(name, at + 1):
                return 1 + length, round(int(figure[1]) * length_of_one)
        return 0, 0

    @staticmethod
    def _at_most(near: list[QueryFilter], km: float) -> list[QueryFilter]:
        """The filters for “near” with a distance; “in a province or a country” has none."""
        is_near = any(each.name == "near" for each in near)
        return [*near, QueryFilter("within", (f"{km:g}",))] if is_near else near

    def _centre(self, at: int, most: int = _LONGEST_NAME) -> tuple[int, list[QueryFilter]]:
        """How many words at a position name a site or a place, and the filter for what is near it;
        the longest name, of at most so many words: Longmen Grottoes before Longmen."""
        length, found = self._phrase(at, most)
        if not found or found[0].name != "place":
            length, found = 0, []
        named, slug = self._named_site(at, length + 1, most)
        if slug:
            return named, [QueryFilter("near", (slug,))]
        return length, self._around(found[0]) if found else []

    def _around(self, place: QueryFilter) -> list[QueryFilter]:
        """Near a town or a county, but in a province or a country."""
        term = self.terms.places.by_slug[place.values[0]]
        if term.level in (Place.Level.COUNTRY, Place.Level.PROVINCE):
            return [place]
        return [QueryFilter("near", (f"{PLACE_MARK}{term.slug}",))]

    def _named_site(self, at: int, least: int, most: int) -> tuple[int, str]:
        """How many words at a position are the name of a site, the longest, and its slug."""
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

    def _open(self, at: int) -> tuple[int, list[QueryFilter]]:
        """open on Monday, 周一开放, closed on 1 May: the next day that is one."""
        if not self.asks_for_hours:
            return 0, []
        before, group = self._says_open(at)
        if before:
            length, day = self._day(at + before)
            return (before + length, self._on(day, group)) if day else (0, [])
        length, day = self._day(at)
        behind, group = self._says_open(at + length) if day else (0, "")
        return (length + behind, self._on(day, group)) if day and behind else (0, [])

    def _says_open(self, at: int) -> tuple[int, str]:
        """How many words say “open” or “closed”, and the group of sites that they ask for."""
        if length := self._in_list("open", at):
            return length, ""
        return self._in_list("closed", at), HoursGroup.CLOSED.value

    @staticmethod
    def _on(day: date, group: str) -> list[QueryFilter]:
        found = [QueryFilter("open", (day.isoformat(),))]
        return [*found, QueryFilter("hours", (group,))] if group else found

    def _day(self, at: int) -> tuple[int, date | None]:
        start = at
        while start < len(self.atoms) and self.atoms[start] in tokens.STOP_WORDS:
            start += 1
        for named, days in (("today", 0), ("tomorrow", 1)):
            if length := self._in_list(named, start):
                return start + length - at, self.today + timedelta(days)
        for length in (3, 2, 1):
            name = self.atoms[start : start + length]
            weekday = self.dictionary.weekdays.get(name)
            if weekday is not None and len(name) == length:
                days = (weekday - self.today.weekday()) % 7
                return start + length - at, self.today + timedelta(days)
        for length in range(min(_LONGEST_DAY, len(self.atoms) - start), 0, -1):
            words = self.atoms[start : start + length]
            if any(map(_BEGINS_WITH_FIGURE.match, words)):
                text = ("" if any(map(tokens.is_han, words)) else " ").join(words)
                if day := _calendar_day(text) or _next_day(text, self.today):
                    # A day that is past is no question: opened 1 May 1889.
                    return (start + length - at, day) if day >= self.today else (0, None)
        return 0, None

    def _years(self, at: int) -> tuple[int, list[QueryFilter]]:
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

    def _dated(self, at: int, start: int, end: int, span: list[QueryFilter]) -> tuple[int, list]:
        """How many words a date has with those around it, such as “built”, and the filters."""
        behind = end + self._in_list("built", end)
        if self._says_built(at, start) or self._says_built(end, behind):
            return behind - at, [*span, QueryFilter("role", (str(Event.Role.BEGINNINGS),))]
        return end - at, span

    def _is_bounded(self, at: int) -> bool:
        """Whether the words before a position make the date there the end of a span: since 1900."""
        return any(
            self.atoms[at - n : at] in self.dictionary.lists["bounds"] for n in (1, 2) if n <= at
        )

    def _is_span(self, date: Sequence[str]) -> bool:
        """Whether words with a figure are a span of years: since 1900, 500 to 700, 500-700."""
        bounds = self.dictionary.lists["bounds"]
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

    def _year(self, at: int) -> tuple[int, list[QueryFilter]]:
        """A year of inscriptions in the World Heritage List, such as 1987: sites inscribed then."""
        word = self.atoms[at]
        if not re.fullmatch("[0-9]{4}", word) or self._is_bounded(at):
            return 0, []
        if _FIRST_LIST <= int(word) <= self.today.year:
            return 1 + self._in_list("year", at + 1), [
                QueryFilter("inscribed", (word,), is_name=True)
            ]
        return 0, []

    def _says_built(self, first: int, last: int) -> bool:
        """Whether words beside a date speak of a beginning (built in), not of a time only (in)."""
        return any(
            word not in tokens.STOP_WORDS and not (word in "在于的" and tokens.is_han(word))
            for word in self.atoms[first:last]
        )

    def _is_dating(self, date: Sequence[str]) -> bool:
        """Whether words make a date of a number: 12th century, 500 BC, 1200s, 68年."""
        return any(
            tuple(date[at : at + length]) in self.dictionary.lists["century"]
            for at in range(len(date))
            for length in (1, 2, 3)
        ) or any(re.fullmatch("[0-9]+0s", word) for word in date)


def _next_day(text: str, today: date) -> date | None:
    """The next day of this date, which has no year: 1 May, 5月1日."""
    is_han = tokens.is_han(text[-1])
    found = _calendar_day(f"{_LEAP_YEAR}年{text}" if is_han else f"{text} {_LEAP_YEAR}")
    if found is None:
        return None
    for year in range(today.year, today.year + 9):  # 29 February may be far
        with suppress(ValueError):
            if (day := found.replace(year=year)) >= today:
                return day
    return None


def _calendar_day(text: str) -> date | None:
    """A day that is written with its year; else None."""
    try:
        day = date.fromisoformat(parse_date(text))
    except ValueError:
        return None
    return day if f"{day.year}" in _FIGURES.findall(text) else None


def _span(text: str) -> list[QueryFilter]:
    """The filters for the first and last year of a date; none for what is no date."""
    try:
        ends = zip(("from", "to"), read_years(text), strict=True)
    except ValidationError:
        return []
    return [
        QueryFilter(name, (str(years.to_historical(year)),))
        for name, year in ends
        if year is not None
    ]
