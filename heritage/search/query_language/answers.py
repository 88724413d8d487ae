"""Decides how a search text is answered: by its words, by filters, corrected, or in part.

In this order: a site of exactly that name; filters, if the whole text is understood; names that
contain all words; filters and the remaining words; the text with one sure correction; partial
matches; the filters without the other words. If anything but the typed words is searched for, the
page says so and links back to them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone
from pyroaring import BitMap

from heritage.search import text_search
from heritage.search.facets.facet_list import FACETS
from heritage.search.filter_fields import NOT
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language import not_here, questions, spelling, understanding
from heritage.search.query_language.asked_site import asked_site
from heritage.search.query_language.dictionary import Superlative
from heritage.search.query_language.not_here import SAY_NOTHING_BESIDE
from heritage.search.query_language.query_words import FindSites, QueryFilter
from heritage.search.query_language.understanding import UnderstoodQuery
from heritage.search.text_search import PartialMatches
from heritage.server.caches import CacheKey, LRUCache
from heritage.values import normalize, tokens

# Texts whose answers are remembered: 10 kB at most each, and those that have more sites in part.
_CACHED_FEW, _CACHED_BROAD = 500, 64
_BROAD = 1_000  # sites
_MAX_NAMED = 5  # words of a name that stands in a longer text
_WHERE = {"near", *(facet.name for facet in FACETS if facet.says_where)}
_TOGETHER = {"to": "from", "role": "from", "within": "near", "hours": "open"}
# The number of an entry with what may stand behind it; and a national code with spaces.
_CODE = re.compile(r"([0-9]{1,4})(?:-[0-9]{3}[a-z]?|(?:bis|ter|quater|rev)(?:-[0-9]{3})?)", re.I)
_SPACED_CODE = re.compile(r"[0-9]+(?: [0-9]+){2,4}")
_WIDER_KM = (100, 200, 400)  # where nothing lies within the usual distance
_MAX_PARTED = 10  # words, or Han characters, of a name with its place

NO_SITES = BitMap()


@dataclass(frozen=True, slots=True)
class Answer:
    """How a search text is answered."""

    text: str  # words to look for; may be empty where there are filters
    filters: tuple[QueryFilter, ...] = ()
    corrected: str = ""  # the whole text as it was corrected
    suggestion: str = ""  # a correction that is not sure enough
    partly: PartialMatches | None = None  # no site has all of it: those that have most
    unread: str = ""  # words that are left out: nothing is known by them
    superlative: Superlative | None = None  # of what filters leave, what is most so comes first
    asks: str = ""  # one of `questions`, of the site `about` which it is asked
    about: int = 0
    far_from: str = ""  # how far that is: a place or a town, as an address calls it
    sites: BitMap = NO_SITES  # with whole names in the text: they alone are asked for
    unknown_centre: str = ""  # what something shall be near to, and nobody knows where it is
    is_absent: bool = False  # what is asked for is not here: this is what is nearest to it


# By text and day.
FEW: CacheKey[LRUCache[tuple[str, date], Answer]] = CacheKey("answers of few sites")
BROAD: CacheKey[LRUCache[tuple[str, date], Answer]] = CacheKey("answers of many sites, in part")


def answer(index: IndexSnapshot, text: str, find_sites: FindSites) -> Answer:
    """Decide how a text is answered. Cached until something is written, for a day at most."""
    today = timezone.localdate()
    few = index.cache.get_or_set(FEW, lambda: LRUCache(_CACHED_FEW))
    broad = index.cache.get_or_set(BROAD, lambda: LRUCache(_CACHED_BROAD))
    found = few.get((text, today)) or broad.get((text, today))
    if found is None:
        found = _answer(index, text, today, find_sites)
        found = _about(index, text, today, found, find_sites)
        is_broad = found.partly is not None and len(found.partly.ids) > _BROAD
        (broad if is_broad else few)[(text, today)] = found
    return found


def _about(
    index: IndexSnapshot, text: str, today: date, found: Answer, find_sites: FindSites
) -> Answer:
    """The answer with the question that the text asks about the only site that it names. Only that
    site is shown, unless it matches the filters in the text."""
    asks = questions.asked_in(text)
    read = understanding.understand(index, text, today) if asks else None
    if read is None or read.unknown_centre:
        return found
    asked = asked_site(index, text, today, asks, read, find_sites)
    if asked is None:
        return found
    # That it has tickets says its page; and how far it is, the answer.
    is_answered = asks == questions.FAR or {each.name for each in found.filters} == {"has"}
    if is_answered or found.partly or asked.pk not in find_sites(found.filters, ""):
        found = Answer(asked.text, sites=asked.sites)
    elif not found.filters:
        unread = "" if questions.only_asks(found.unread) else found.unread
        found = Answer(asked.text, sites=asked.sites, unread=unread)
    return replace(found, asks=asks, about=asked.pk, far_from=asked.far_from)


def answer_literally(index: IndexSnapshot, text: str) -> Answer:
    """By the words as they are written; if no site has all of them, by partial matches."""
    parted = text_search.segmented(index, text)
    if text_search.matching(index, parted):
        return Answer(parted)
    return Answer(parted, partly=_partly(index, parted))


def _answer(index: IndexSnapshot, text: str, today: date, find_sites: FindSites) -> Answer:
    read = understanding.understand(index, text, today)
    if not (read.words or read.filters or read.unread or read.unknown_centre):
        return Answer("", unread="" if read.superlative else text, superlative=read.superlative)
    if near_nowhere := _near_unknown(index, text, read, find_sites):
        return near_nowhere
    if nearest := not_here.nearest(index, text, read, find_sites):
        return Answer("", nearest, is_absent=True)
    found = _directly(index, text, today, find_sites) or _by_code(index, text)
    if found is not None:
        return found
    plain, aside = understanding.without_words(index, text, ("questions", "asides"))
    is_apart = aside and tokens.query_words(plain)
    if is_apart and (found := _directly(index, plain, today, find_sites)):
        return replace(found, unread=" ".join(filter(None, (aside, found.unread))))
    suggestion = ""
    for correction in spelling.corrections(index, text):
        found = _directly(index, correction.text, today, find_sites)
        if found is not None and correction.is_sure:
            return replace(found, corrected=correction.text)
        if found is not None:
            suggestion = suggestion or correction.text
    found = _in_part(index, text, today, find_sites)
    respelt = "" if suggestion else spelling.respelt(index, text)
    if respelt and (found.unread or not found.filters):
        other = _directly(index, respelt, today, find_sites) or _in_part(
            index, respelt, today, find_sites
        )
        is_guess = other.partly and _replaces_name(text, respelt)
        is_found = other.filters or other.partly or text_search.matching(index, other.text)
        if is_found and not is_guess:
            return replace(other, corrected=respelt)
    return replace(found, suggestion=suggestion)


def _replaces_name(text: str, other: str) -> bool:
    """Whether a correction replaces a word with a capital, which may be a name: Indiana Jones."""
    names = (word for word in text.split() if word[0].isupper())
    return not set(normalize.tokens(" ".join(names))) <= set(normalize.tokens(other))


def _by_code(index: IndexSnapshot, text: str) -> Answer | None:
    """Find a site by a code written with spaces, or by the code of the entry as a whole: 1305-001,
    1305ter."""
    found = _CODE.fullmatch(text.strip())
    codes = [found[1]] if found else []
    if _SPACED_CODE.fullmatch(text.strip()):
        codes.append("-".join(text.split()))
    for code in codes:
        if text_search.matching(index, code):
            return Answer(code, corrected=code)
    return None


def _near_unknown(
    index: IndexSnapshot, text: str, read: UnderstoodQuery, find_sites: FindSites
) -> Answer | None:
    """The answer to the rest of a text whose centre has an unknown position, without sites if the
    rest finds none; None without such a centre, or if names of sites contain the text."""
    centre = read.unknown_centre
    if not centre or text_search.sites_with_words_in_names(index, text):
        return None
    if (read.filters or read.rest) and find_sites(read.filters, read.rest):
        return Answer(read.rest, read.filters, unknown_centre=centre)
    return Answer(text, partly=text_search.no_matches(index), unknown_centre=centre)


def _in_part(index: IndexSnapshot, text: str, today: date, find_sites: FindSites) -> Answer:
    """For a text of which no site has all words.

    The filters, if all of it is understood; else the sites that have most of it; else the filters
    without the words that nothing has.
    """
    read = understanding.understand(index, text, today)
    is_understood = bool(read.filters) and not read.rest
    if is_understood and not all(query_filter.is_name for query_filter in read.filters):
        return Answer("", read.filters, unread=read.unread)  # the page says what to drop
    if _is_denied(read) and read.rest and text_search.matching(index, read.rest):
        return Answer(read.rest, read.filters, unread=read.unread)
    parted = text_search.segmented(index, read.words or text)
    rest = text_search.segmented(index, read.rest) if read.filters else parted
    groups = [(group[0].name, find_sites(group, "")) for group in _groups(read.filters)]
    others = [found for _name, found in groups]
    there = BitMap.union(BitMap(), *(found for name, found in groups if name in _WHERE))
    if named := _named(index, read.words):
        others.append(named)
    elif read.filters and not is_understood and not any(each.is_name for each in read.filters):
        # That a site has prices is no answer to what nothing is known of.
        words = " ".join(word for word in tokens.query_words(rest) if not word.isdigit())
        if _partly(index, words) is None:
            return Answer(parted, unread=read.unread)
    partly = _partly(index, rest, others, there)
    if partly is None and read.filters and (is_understood or find_sites(read.filters, "")):
        unread = " ".join(filter(None, (read.rest, read.unread)))
        return Answer("", read.filters, unread=unread, superlative=read.superlative)
    return Answer(parted, partly=partly, unread=read.unread)


def _is_in_a_name(index: IndexSnapshot, text: str) -> bool:
    """Whether a name contains these Han characters in a row: in 卡帕多西亚, the area 西亚 is not
    meant."""
    is_one = all(map(normalize.is_han, tokens.atoms(text)))
    return is_one and bool(text_search.sites_with_words_in_names(index, text))


def _is_denied(read: UnderstoodQuery) -> bool:
    return any(query_filter.name == NOT for query_filter in read.filters)


def _groups(filters: Iterable[QueryFilter]) -> list[list[QueryFilter]]:
    """Filters that are applied one by one: those of years together, a distance with its centre."""
    groups: dict[str, list[QueryFilter]] = {}
    for query_filter in filters:
        name = _TOGETHER.get(query_filter.name, query_filter.name)
        groups.setdefault(name, []).append(query_filter)
    return list(groups.values())


def _directly(index: IndexSnapshot, text: str, today: date, find_sites: FindSites) -> Answer | None:
    """Without a correction, and only if some site matches all of it (or all that stands before an
    exclusion which is no filter)."""
    read = understanding.understand(index, text, today)
    if read.unread and not text_search.sites_with_name_prefix(index, text):
        found = _as_read(index, read.words, read, today, find_sites) if read.words != text else None
        return found and replace(found, unread=read.unread)
    return _as_read(index, text, read, today, find_sites)


def _as_read(
    index: IndexSnapshot, text: str, read: UnderstoodQuery, today: date, find_sites: FindSites
) -> Answer | None:
    for name in (text, read.words):  # “what is Angkor” is about Angkor
        if found := text_search.sites_named(index, name):
            # Of a name in several parts the words may be others: 索维拉城原摩加多尔.
            return Answer(name, sites=NO_SITES if text_search.matching(index, name) else found)
    if joined := text_search.join_words(index, read.words):
        return _directly(index, joined, today, find_sites)
    if parted := _name_in_place(index, read.words):
        return Answer(parted)
    if read.filters and not read.rest:
        # A name that begins with what is typed is meant before what its words mean, unless an era
        # is called just that: Han dynasty.
        is_era = len(read.filters) == 1 and read.filters[0].name == "era"
        is_long = len(read.words.split()) > 1 and not is_era
        is_begun = is_long and text_search.sites_with_name_prefix(index, text)
        for filters in () if is_begun else _ways_to_read(read.filters):
            if find_sites(filters, ""):
                return Answer("", filters, superlative=read.superlative)
        if read.also_terms and not is_begun:  # tickets of Samarkand
            sites = BitMap.union(*(name.sites for name in read.also_terms))
            return Answer(" ".join(name.text for name in read.also_terms), sites=sites)
    # The words of what is excluded would find the opposite.
    most = read.superlative
    attempts = [] if _is_denied(read) else [Answer(text), Answer(read.words, superlative=most)]
    if read.filters:
        formed = tuple(query_filter for query_filter in read.filters if not query_filter.is_name)
        is_first = formed and not _is_in_a_name(index, text)
        in_words = Answer(read.rest, read.filters, superlative=most)
        attempts.insert(0 if is_first else 2, in_words)
        attempts.append(Answer(read.names, formed, superlative=most))
    attempts = [replace(each, text=text_search.segmented(index, each.text)) for each in attempts]
    # That names hold all words is worth more than that texts do.
    for finds in (text_search.sites_with_words_in_names, text_search.matching):
        if finds == text_search.matching and (named := _by_name(index, text, read, find_sites)):
            return named
        for each in attempts:
            found = finds(index, each.text) if each.text else index.sites
            if found and (not each.filters or found.intersect(find_sites(each.filters, each.text))):
                return each
        if finds == text_search.sites_with_words_in_names and not _is_denied(read):
            # “Where was Du Fu born” is answered by what is named after Du Fu.
            plain, aside = understanding.without_words(index, read.words, ("questions",))
            if aside and tokens.query_words(plain) and finds(index, plain):
                return Answer(plain, unread=aside)
    return None


def _ways_to_read(filters: tuple[QueryFilter, ...]) -> Iterator[tuple[QueryFilter, ...]]:
    """The filters; “in a place” for “near” it; and near it in an ever wider circle."""
    yield filters
    yield understanding.within(filters)
    names = {each.name for each in filters}
    for km in _WIDER_KM if "near" in names and "within" not in names else ():
        yield (*filters, QueryFilter("within", (f"{km}",)))


def _best_called(index: IndexSnapshot, texts: Iterable[str]) -> BitMap:
    """For each text, the best known site with it in its name."""
    found = BitMap()
    for text in texts:
        sites = text_search.sites_displayed_from(index, text)
        sites = sites or text_search.sites_with_words_in_names(index, text)
        if sites:
            found.add(text_search.best_known(index, sites))
    return found


def _by_name(
    index: IndexSnapshot, text: str, read: UnderstoodQuery, find_sites: FindSites
) -> Answer | None:
    """The sites with a whole name in the text, even if texts of other sites contain all its words.

    The rest of the text is applied as a filter if some of them match it, and otherwise ignored, as
    are words that they do not contain. A weak name does not count beside other words, or beside
    filters that none of its sites matches.
    """
    if not read.sites or _is_denied(read):
        return None
    strong = [name for name in read.sites if not name.is_weak]
    names = strong or list(read.sites)
    sites = BitMap.union(*(name.sites for name in names))
    beside, _aside = understanding.without_words(index, read.beside, SAY_NOTHING_BESIDE)
    if read.is_list and (others := _best_called(index, understanding.parts_of_list(beside))):
        strong, sites, beside = names, sites | others, ""
    if beside and text_search.matching(index, text) & sites:
        return None
    if beside and not strong:
        return None
    if read.filters and (fitting := find_sites(read.filters, "") & sites):
        return Answer(read.named, read.filters, sites=fitting, unread=beside)
    if read.filters and not strong:
        return None
    return Answer(read.named, sites=sites, unread=beside)


def _named(index: IndexSnapshot, text: str) -> BitMap:
    """The sites with the longest name within a longer text, of at least two words."""
    words = tokens.query_words(text)[: tokens.MAX_QUERY_WORDS]
    for length in range(min(len(words) - 1, _MAX_NAMED), 1, -1):
        for at in range(len(words) - length + 1):
            if found := text_search.sites_named(index, " ".join(words[at : at + length])):
                return found
    return BitMap()


def _name_in_place(index: IndexSnapshot, text: str) -> str:
    """The text divided into the name of a site and other words of its names, even if these have
    other meanings: 罗马 斗兽场. Empty if there is no such site."""
    atoms = tokens.atoms(text)
    if not 1 < len(atoms) <= _MAX_PARTED:
        return ""
    for at in range(1, len(atoms)):
        parts = (_written(atoms[:at]), _written(atoms[at:]))
        for name, rest in (parts, parts[::-1]):
            if len(tokens.atoms(name)) < 2 or not text_search.sites_named(index, name):
                continue
            found = text_search.sites_named(index, name)
            if found.intersect(text_search.sites_with_words_in_names(index, rest)):
                return " ".join(parts)
    return ""


def _written(atoms: Sequence[str]) -> str:
    """Words as they are written: Han characters without spaces."""
    return ("" if all(map(normalize.is_han, atoms)) else " ").join(atoms)


def _partly(
    index: IndexSnapshot, text: str, others: Iterable[BitMap] = (), there: BitMap | None = None
) -> PartialMatches | None:
    found = text_search.partial_matches(index, text, others, there or BitMap())
    return found if len(found.ids) else None
