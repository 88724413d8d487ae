"""Suggestions during typing: sites by name, eras, kinds, places, and other filters.

The order is: exact names, names that begin with the text, names that contain its words. Within
each sites come before terms, unless a term has exactly that name, or most of the sites lie in a
place whose name begins so.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from pyroaring import BitMap

from heritage.models import Era, Place, Site, Term
from heritage.search import fulltext, text_search
from heritage.search.facets.base import AnyFacet, TreeFacet
from heritage.search.facets.facet_list import BY_NAME, TREES
from heritage.search.filters import SiteFilter
from heritage.search.index.snapshot import IndexSnapshot, TermTree, Vocabulary
from heritage.search.query_language import dictionary, spelling
from heritage.server.caches import CacheKey, LRUCache
from heritage.values import normalize, tokens
from heritage.values.language import Text, interface_languages
from heritage.values.tokens import Query

MAX_SITES, MAX_TERMS, MAX_FILTERS = 6, 3, 2  # of each vocabulary
_EXACTLY, _BEGUN, _HELD = range(3)  # how close a name is
_CACHED = 2_000  # texts whose sites are remembered
_SYLLABLE = re.compile("[^aeiouv]*[aeiouv]{1,3}(?:ng?|r)?")  # of pinyin, without tones
# With so few letters, or one Han character, most names begin. To gather them all would take long,
# where enough of the best known sites are among them.
_SHORT, _LIKELY = 2, 50
# With more letters, a word in the name of so well known a site is meant before the beginning of
# other names: Versailles before Verla. So many of them come first.
_WELL_KNOWN, _FIRST = 200, 2
_FEWEST_HELD = 4  # letters by which a term is suggested that readers do not see so called
_LARGE = 30  # sites of a place that is meant before sites that are called so
SITES, FILTERS, SENTENCES = "site", "filter", "sentence"
_MOST_SENTENCES = 3
_MOST_TRIED = 4  # values that the last word of a sentence may be the beginning of
# The words of a text, and whether only names count, with the closeness and the ids of the sites.
_FOUND: CacheKey[LRUCache[tuple, tuple[int, list[int]]]] = CacheKey("suggested sites")
_SENTENCES: CacheKey[LRUCache[str, list["SuggestedSentence"]]] = CacheKey("suggested sentences")
_WORDS: CacheKey[list[tuple[str, int]]] = CacheKey("words in names of well-known sites")
_MATCHERS: CacheKey[dict[str, "TermMatcher"]] = CacheKey("term matchers")


@dataclass(frozen=True, slots=True)
class SuggestedSite:
    slug: str
    site: Site


@dataclass(frozen=True, slots=True)
class SuggestedTerm:
    slug: str
    term: Term
    count: int  # of its sites


@dataclass(frozen=True, slots=True)
class SuggestedFilter:
    """A value of a facet that is no vocabulary."""

    slug: str
    facet: AnyFacet
    value: object


@dataclass(frozen=True, slots=True)
class SuggestedSentence:
    """A search whose words are filters: temples near Luoyang."""

    slug: str  # the text of the search
    filters: tuple[Text | str, ...]  # what it would become
    count: int


type SuggestedLine = SuggestedSite | SuggestedTerm | SuggestedFilter | SuggestedSentence


@dataclass(frozen=True, slots=True)
class SuggestedGroup:
    """Suggestions of one kind: "site", "filter" or the name of a facet."""

    name: str
    lines: Sequence[SuggestedLine]


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A term that a search names; `rest` is the remaining text."""

    facet: str
    term: Term
    rest: str


def named_terms(index: IndexSnapshot, text: str) -> list[NamedTerm]:
    """Eras, places and kinds whose name is the text, its beginning or its end.

    Names match in any form, including initials; longest names first, then most sites.
    """
    typed = normalize.tokens(text)[: tokens.MAX_QUERY_WORDS]
    parts: list[tuple[list[str], list[str]]] = [(typed, [])]
    for at in range(len(typed) - 1, 0, -1):
        parts += [(typed[:at], typed[at:]), (typed[at:], typed[:at])]
    found: dict[tuple[str, int], NamedTerm] = {}
    for named, rest in parts:
        called = [
            (-len(index.having(facet, term)), facet, term)
            for facet, matcher in _matchers(index).items()
            for term in matcher.named("".join(named))
        ]
        for less, facet, term in sorted(called, key=lambda each: each[0]):
            if less:
                found.setdefault((facet, term.pk), NamedTerm(facet, term, " ".join(rest)))
    return list(found.values())


def suggestions(index: IndexSnapshot, text: str) -> list[SuggestedGroup]:
    """Suggestions for a text that is being typed; none without a letter or digit."""
    terms = [
        (name, found)
        for name, matcher in _matchers(index).items()
        if (found := _fullest(index, name, matcher.matches(text)))
    ]
    closeness, sites = _sites(index, text, by_name_only=bool(terms))
    groups = [
        (closeness, 0, SuggestedGroup(SITES, [SuggestedSite(site.slug, site) for site in sites]))
    ]
    for order, (name, found) in enumerate(terms, start=1):
        lines = [SuggestedTerm(term.slug, term, its) for _close, term, its in found]
        # A term of just that name comes before sites that are called more than that, and a place
        # before sites that are called after it.
        closest, first, count = found[0]
        is_first = closest == _EXACTLY or (
            closest == _BEGUN
            and isinstance(first, Place)
            and (count >= _LARGE or _has_most(index, first, sites))
        )
        groups.append((closest, -order if is_first else order, SuggestedGroup(name, lines)))
    closest, filters = _filters(index, text)
    groups.append((closest, len(TREES) + 1, SuggestedGroup(FILTERS, filters)))
    groups.append((_HELD, len(TREES) + 2, SuggestedGroup(SENTENCES, _sentences(index, text))))
    ordered = sorted(groups, key=lambda each: each[:2])
    return [group for _closeness, _order, group in ordered if group.lines]


def _has_most(index: IndexSnapshot, place: Place, sites: list[Site]) -> bool:
    """Whether most of some sites lie in a place."""
    inside = index.having("place", place)
    return sum(site.pk in inside for site in sites) * 2 > len(sites) > 1


# --- terms -----------------------------------------------------------------------------------


def _matchers(index: IndexSnapshot) -> "dict[str, TermMatcher]":
    terms = index.vocabulary
    return terms.cache.get_or_set(
        _MATCHERS,
        lambda: {name: TermMatcher(facet.tree(terms), terms) for name, facet in TREES.items()},
    )


def _fullest(
    index: IndexSnapshot, facet: str, found: Iterable[tuple[int, Term]]
) -> list[tuple[int, Term, int]]:
    """The closest terms that have sites; among equally close ones, those with the most sites."""
    counted = [(close, -len(index.having(facet, term)), term.slug, term) for close, term in found]
    ordered = sorted(each for each in counted if each[1])
    return [(close, term, -less) for close, less, _slug, term in ordered[:MAX_TERMS]]


class TermMatcher:
    """Finds terms of a vocabulary by name in any language; those of China by pinyin, too."""

    def __init__(self, tree: TermTree[Any], terms: Vocabulary):
        self.tree = tree
        names: set[tuple[str, int]] = set()
        labels: set[tuple[str, int]] = set()  # names that are displayed
        words: set[tuple[str, int]] = set()
        # Syllables of terms that have a character for a name, and are not written so.
        self.spoken: dict[str, set[int]] = {}
        for pk, term in tree.terms.items():
            found = written = normalize.written_names(term.search_text)
            if _is_chinese_spoken(term, terms):
                found = normalize.all_names(term.search_text)
            if any(len(name) == 1 for name in written):
                for form in set(found).difference(written):
                    if _SYLLABLE.fullmatch(form):
                        self.spoken.setdefault(form, set()).add(pk)
            for name in found:
                parts = normalize.WORD.findall(name)
                names.add(("".join(parts), pk))
                words |= {(word, pk) for word in _words(parts)}
            for code in interface_languages():
                labels.add(("".join(normalize.tokens(term.label.get(code, ""))), pk))
        self.names, self.words, self.labels = sorted(names), sorted(words), sorted(labels)

    def matches(self, text: str) -> list[tuple[int, Term]]:
        """The terms that contain all words, each with its closeness."""
        parts = normalize.tokens(text)[: tokens.MAX_QUERY_WORDS]
        if not parts:
            return []
        name = "".join(parts)
        closest = dict.fromkeys(self._exactly(name), _EXACTLY)
        if not normalize.is_han(name):  # a syllable may be many a character: bei is not only 碑
            closest = {
                pk: _BEGUN if pk in self.spoken.get(name, ()) else _EXACTLY
                for pk in closest
                if len(name) > 1  # and an initial most of them
            }
        for pk in self._begun(self.labels, name):
            closest.setdefault(pk, _BEGUN)
        if len(name) < _FEWEST_HELD and not normalize.is_han(name):  # such syllables are in many
            return [(close, self.tree.terms[pk]) for pk, close in closest.items()]
        for pk in self._begun(self.names, name):  # pinyin, and what readers do not see
            closest.setdefault(pk, _HELD)
        for pk in set.intersection(*(set(self._begun(self.words, part)) for part in parts)):
            closest.setdefault(pk, _HELD)
        return [(close, self.tree.terms[pk]) for pk, close in closest.items()]

    def named(self, name: str) -> list[Term]:
        """The terms of exactly this name, which is folded and without spaces."""
        if not name or (len(name) == 1 and not normalize.is_han(name)):
            return []
        return [self.tree.terms[pk] for pk in sorted(self._exactly(name))]

    def _exactly(self, name: str) -> list[int]:
        first = bisect_left(self.names, (name, 0))
        last = bisect_left(self.names, (name + "\0", 0))
        return [pk for _name, pk in self.names[first:last]]

    @staticmethod
    def _begun(pairs: list[tuple[str, int]], text: str) -> Iterator[int]:
        for at in range(bisect_left(pairs, (text, 0)), len(pairs)):
            held, pk = pairs[at]
            if not held.startswith(text):
                break
            yield pk


def _words(parts: list[str]) -> Iterator[str]:
    """The words of a name; of Han characters all that one may begin with."""
    for part in parts:
        if normalize.is_han(part):
            yield from (part[at:] for at in range(len(part)))
        else:
            yield part


def _is_chinese_spoken(term: Term, terms: Vocabulary) -> bool:
    """Whether people know the term by a Chinese name of its own: then they type its pinyin."""
    place = term if isinstance(term, Place) else None
    if isinstance(term, Era):
        place = terms.places.get(term.region_id)
        if place is None:
            return not term.region_name
    if place is None:
        return True
    return [*terms.places.broader(place), place][0].has_chinese_names()


# --- filters ---------------------------------------------------------------------------------


def _filters(index: IndexSnapshot, text: str) -> tuple[int, list[SuggestedFilter]]:
    """Values of facets other than vocabularies whose name begins with the text, and the closeness
    of the first."""
    known, terms = dictionary.dictionary_of(index), index.vocabulary
    typed = "".join(tokens.atoms(text))
    if len(typed) < (1 if normalize.is_han(typed[:1]) else 3):
        return _BEGUN, []
    named = sorted(
        (len(name), facet, slug)
        for name, facet, slug in known.starting_with(typed)
        if not isinstance(BY_NAME[facet], TreeFacet)
    )
    closeness = _EXACTLY if named and named[0][0] == len(typed) else _BEGUN
    found: list[SuggestedFilter] = []
    for name, slug in dict.fromkeys((facet, slug) for _length, facet, slug in named):
        facet = BY_NAME[name]
        value = facet.choices(terms).get(slug)
        if value is not None and facet.sites([value], index, None):
            found.append(SuggestedFilter(slug, facet, value))
        if len(found) == MAX_FILTERS:
            break
    return closeness, found


# --- sentences -------------------------------------------------------------------------------


def _sentences(index: IndexSnapshot, text: str) -> list[SuggestedSentence]:
    """Searches by several filters, or by words and a filter, that the text may become."""
    cache = index.cache.get_or_set(_SENTENCES, lambda: LRUCache(_CACHED))
    key = f"{get_language()} {text}"
    return cache.get_or_set(key, lambda: list(_sentences_found(index, text)))


def _sentences_found(index: IndexSnapshot, text: str) -> Iterator[SuggestedSentence]:
    words = text.split()
    if len(words) < 2 and not (len(text) > 2 and normalize.is_han(text[0])):
        return
    endings = _endings(index, words[:-1], words[-1]) if len(words) > 1 else ()
    seen: set[tuple[str, ...]] = set()  # each list of filters once
    for each in (text, *(" ".join((*words[:-1], ending)) for ending in endings)):
        sentence = _sentence(each)
        if sentence and (filters := tuple(map(str, sentence.filters[-2:]))) not in seen:
            seen.add(filters)
            yield sentence
        if len(seen) == _MOST_SENTENCES:
            break


def _sentence(text: str) -> SuggestedSentence | None:
    """The search, if it means filters, more than a single term, no words are left out, and some
    site matches; else None."""
    filtered = SiteFilter({"q": text})
    answer = filtered.answer
    if answer is None or answer.partly or answer.unread or answer.is_absent:
        return None
    active = filtered.active()
    values = tuple(item.value for item in active)
    is_more = len(values) > 1 or any(item.name == "near" for item in active)  # than a term
    if not answer.filters or not is_more or not filtered.hits or filtered.chosen("open"):
        return None
    return SuggestedSentence(text, values, len(filtered.hits))


def _endings(index: IndexSnapshot, before: list[str], begun: str) -> list[str]:
    """Labels of terms that begin with `begun`, in the language of the reader; those with the most
    sites that match the words `before` come first."""
    asked = SiteFilter({"q": " ".join(before)})
    among = index.sites if asked.answer and asked.answer.partly else asked.hits or index.sites
    typed, known = "".join(tokens.atoms(begun)), dictionary.dictionary_of(index)
    named = {(facet, slug) for name, facet, slug in known.starting_with(typed) if name != typed}
    counted: list[tuple[int, Term]] = []
    for facet, slug in named if typed else ():
        if facet in TREES:
            term = TREES[facet].tree(index.vocabulary).by_slug[slug]
            if number := index.having(facet, term).intersection_cardinality(among):
                counted.append((-number, term))
    counted.sort(key=lambda each: (each[0], each[1].slug))
    labels = dict.fromkeys(term.label.best().text for _less, term in counted[:_MOST_TRIED])
    return list(labels)


# --- sites -----------------------------------------------------------------------------------


def _sites(index: IndexSnapshot, text: str, *, by_name_only: bool) -> tuple[int, list[Site]]:
    """The matching sites, and the closeness of the first."""
    # Everybody begins with one of a few letters, and those have the most to be looked through.
    found_before = index.cache.get_or_set(_FOUND, lambda: LRUCache(_CACHED))
    key = (*normalize.tokens(text), by_name_only)
    find = _by_name if by_name_only else _closest
    closeness, ids = found_before.get_or_set(key, lambda: find(index, text))
    terms = index.vocabulary
    found = Site.objects.published().only("slug", "name", "short_name", "place_id").in_bulk(ids)
    for site in found.values():
        site.place = terms.places.get(site.place_id)
    return closeness, [found[pk] for pk in ids if pk in found]


def _closest(index: IndexSnapshot, text: str) -> tuple[int, list[int]]:
    """The closest sites by name; else those found by other forms or corrected."""
    closeness, ids = _by_name(index, text)
    if not ids:
        ids = _by_text(index, text)
    if not ids:
        for correction in spelling.corrections(index, text):
            if correction.is_sure and (ids := _by_name(index, correction.text)[1]):
                break
    return closeness, ids or _answered(text)


def _answered(text: str) -> list[int]:
    """The sites that the search finds by filters in the words: 洛阳石窟.

    Not what is open on a day: suggestions are remembered for longer.
    """
    filtered = SiteFilter({"q": text})
    answer = filtered.answer
    if answer is None or answer.partly or answer.unread or filtered.chosen("open"):
        return []
    return filtered.page(get_language(), 0, MAX_SITES)


def _by_name(index: IndexSnapshot, text: str) -> tuple[int, list[int]]:
    best_known = index.best_known
    closeness = _HELD
    ids: list[int] = []
    found = index.sites
    likely, known = BitMap(), BitMap()
    if _is_short(text):
        likely = BitMap(best_known.slice(found, 0, _LIKELY))
    else:
        known = _well_known(index, text)
    for close, asked in _asked(text):
        if close != _EXACTLY and (first := known & found):
            closeness = closeness if ids else _BEGUN
            ids += best_known.slice(first, 0, min(_FIRST, MAX_SITES - len(ids)))
            found, known = found - BitMap(ids), BitMap()
        if len(ids) == MAX_SITES:
            break
        first_asked = BitMap() if close == _EXACTLY else likely
        tier = _tier(index, asked, found, first_asked, MAX_SITES - len(ids))
        if not tier:
            continue
        closeness = close if not ids else closeness
        ids += best_known.slice(tier, 0, MAX_SITES - len(ids))
        found = found - tier
    return closeness, ids


def _tier(index: IndexSnapshot, asked: Query, among: BitMap, likely: BitMap, wanted: int) -> BitMap:
    """The sites in `among` that match a query; only those in `likely` if they are enough."""
    if likely:
        found = likely & among & fulltext.sites_matching_among(likely, asked)
        if len(found) >= wanted:
            return found
    return among & text_search.sites_matching(index, asked)


def _is_short(text: str) -> bool:
    """Whether most names begin so: one or two letters, or one Han character."""
    typed = "".join(normalize.tokens(text))
    return len(typed) <= (1 if normalize.is_han(typed[:1]) else _SHORT)


def _asked(text: str) -> Iterator[tuple[int, Query]]:
    """Queries for names with the closeness of their matches, closest first; the next is used only
    if needed.

    Names as they are written come before other forms of them, such as the pinyin of a name that
    is written in Chinese alone; a syllable somewhere in it only where there is nothing else.
    """
    yield from (
        (_EXACTLY, tokens.exact_name(text, mark)) for mark in (normalize.DISPLAYED, normalize.NAME)
    )
    begun = [(_BEGUN, asked) for asked in tokens.prefix_queries(text)]
    held = [(_HELD, asked) for asked in tokens.name_queries(text)]
    yield from (*begun[:-1], *held[:1], *begun[-1:], *held[1:])


def _well_known(index: IndexSnapshot, text: str) -> BitMap:
    """The best known sites with a displayed name in which a word begins with the text."""
    typed = normalize.tokens(text)
    if len(typed) != 1 or normalize.is_han(typed[0]):
        return BitMap()
    words = index.cache.get_or_set(_WORDS, lambda: list(_words_of_well_known(index)))
    return BitMap(pk for word, pk in words if word.startswith(typed[0]))


def _words_of_well_known(index: IndexSnapshot) -> Iterator[tuple[str, int]]:
    """(word, site) of the displayed names, without words that are those of kinds."""
    known = dictionary.dictionary_of(index)
    generic = known.fillers | {
        word
        for phrase, meanings in known.phrases.items()
        for word in phrase
        if any(facet == "kind" for facet, _slug in meanings)
    }
    ids = index.best_known.slice(index.sites, 0, _WELL_KNOWN)
    codes = interface_languages()
    for pk, *names in Site.objects.filter(pk__in=ids).values_list("pk", "name", "short_name"):
        texts = (name.get(code, "") for name in names for code in codes)
        words = {word for text in texts for word in normalize.tokens(text)}
        for word in words:
            if generic.isdisjoint((word, *tokens.other_numbers(word))):
                yield word, pk


def _by_text(index: IndexSnapshot, text: str) -> list[int]:
    """The sites with the text as a code, or as a word that is in no name."""
    hits = text_search.matching(index, text)
    if not hits or len(text) < 2:
        return []
    return text_search.by_relevance(index, text).slice(hits, 0, MAX_SITES)
