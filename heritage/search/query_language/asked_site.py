"""Finds the site that a question is about, and the centre from which a distance is asked for.

It is the only site whose whole name is in the text; else the one whose displayed name contains all
words that are neither a question nor a filter: “how far is Longmen from Luoyang”. If a place or
town has that name, such as Aleppo, no site is meant, except in questions about danger and distance:
these mean the site in the place that is named after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap

from heritage.cartography import gazetteer
from heritage.models import Site
from heritage.search import text_search
from heritage.search.distance_fields import town_value
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language import questions
from heritage.search.query_language.centres import IN_TOWN_KM, centre_called
from heritage.search.query_language.query_words import FindSites, QueryFilter, QueryWords
from heritage.search.query_language.understanding import UnderstoodQuery
from heritage.values import normalize, tokens

_LONGEST_CENTRE = 5  # words, or Han characters
_FEWEST_LETTERS, _FEWEST_HAN = 4, 2  # of what may be the beginning of a name
_ASKING = ("asked", "fillers", "questions", "built", "inscribed", "excepted")
_BESIDE_DISTANCES = ("near", "nearby", "from", "between")


@dataclass(frozen=True, slots=True)
class AskedSite:
    text: str  # its name, as the search has it
    sites: BitMap  # of this name
    pk: int  # of the best known of them
    far_from: str = ""  # a place, a town or a site, as an address calls it


def asked_site(
    index: IndexSnapshot,
    text: str,
    today: date,
    asks: str,
    read: UnderstoodQuery,
    find_sites: FindSites,
) -> AskedSite | None:
    """What a text asks about with one of `questions`; None if it names no site, or several."""
    names = (*read.sites, *read.also_terms)
    words = QueryWords(index, text, today)
    is_between = asks == questions.FAR and len(names) == 2
    if is_between:  # two sites
        far_from = Site.objects.filter(pk=text_search.best_known(index, names[1].sites)).get().slug
        return _asked(index, names[0].text, names[0].sites, far_from)
    if len(names) > 1 or (read.is_list and asks != questions.FAR):
        return None
    of_name = range(0)
    if names:
        of_name = _places_of(words, tokens.atoms(names[0].text))
    of_centre, far_from = range(0), ""
    if asks == questions.FAR:
        of_centre, far_from = _centre_in(words, of_name)
    if names:
        return _asked(index, names[0].text, names[0].sites, far_from)
    return _called_by_the_rest(words, asks, read, of_centre, far_from, find_sites)


def _asked(index: IndexSnapshot, text: str, sites: BitMap, far_from: str) -> AskedSite:
    return AskedSite(text, sites, text_search.best_known(index, sites), far_from)


def _places_of(words: QueryWords, name: tuple[str, ...]) -> range:
    """The positions of a name."""
    size = len(name)
    starts = (at for at in range(len(words.atoms)) if words.atoms[at : at + size] == name)
    start = next(starts, 0)
    return range(start, start + size)


def _centre_in(words: QueryWords, taken: Iterable[int]) -> tuple[range, str]:
    """The positions of the longest name of a place or town that is not in `taken`, and its value in
    an address; if there are two, the one after “from”."""
    for length in range(min(len(words.atoms), _LONGEST_CENTRE), 0, -1):
        starts = range(len(words.atoms) - length + 1)
        for at in sorted(starts, key=lambda at: not (at and words.in_list("from", at - 1))):
            there = range(at, at + length)
            phrase = words.atoms[at : at + length]
            if set(there).isdisjoint(taken) and (
                found := centre_called(words.index, phrase, with_sites=True)
            ):
                return there, found
    return range(0), ""


def _called_by_the_rest(
    words: QueryWords,
    asks: str,
    read: UnderstoodQuery,
    of_centre: range,
    far_from: str,
    find_sites: FindSites,
) -> AskedSite | None:
    """The site whose displayed name contains all words that are neither a question nor the
    centre."""
    lists = (*_ASKING, *_BESIDE_DISTANCES) if asks == questions.FAR else _ASKING
    rest: list[int] = []
    at = 0
    while at < len(words.atoms):
        skipped = max(words.in_list(name, at) for name in lists)
        if not skipped and (at in of_centre or words.atoms[at] in normalize.STOP_WORDS):
            skipped = 1
        if not skipped:
            rest.append(at)
        at += skipped or 1
    phrase = tuple(words.atoms[place] for place in rest)
    if not phrase or rest[-1] - rest[0] >= len(rest):  # nothing, or apart from each other
        return None
    text = words.text(rest)
    if len(text) < (_FEWEST_HAN if normalize.is_han(phrase[0]) else _FEWEST_LETTERS):
        return None
    meant = {facet for facet, _slug in words.dictionary.phrases.get(phrase, ())}
    sites = BitMap()
    if not meant and set(phrase) <= set(tokens.atoms(read.rest)):
        sites = text_search.sites_displayed_from(words.index, text)
    elif meant == {"place"} and asks == questions.DANGER:
        in_danger = words.index.sites_by_value("unesco").get("in_danger", BitMap())
        sites = text_search.sites_with_words_in_names(words.index, text) & in_danger
    elif meant and asks == questions.FAR:  # a name may be a kind of places, too
        sites = text_search.sites_named(words.index, text)
    if not sites and asks == questions.FAR:
        sites = _called_after(words, phrase, text, find_sites)
    return _asked(words.index, text, sites, far_from) if sites else None


def _called_after(
    words: QueryWords, phrase: tuple[str, ...], text: str, find_sites: FindSites
) -> BitMap:
    """The sites in a place or town whose names contain its name: City of Bath."""
    named = words.dictionary.phrases.get(phrase, ())
    there = BitMap()
    for slug in (slug for facet, slug in named if facet == "place"):
        there |= find_sites((QueryFilter("place", (slug,)),), "")
    if town := gazetteer.town_called(phrase):
        around = QueryFilter("within", (f"{IN_TOWN_KM}",))
        there |= find_sites((QueryFilter("near", (town_value(town),)), around), "")
    return there & text_search.sites_with_words_in_names(words.index, text)
