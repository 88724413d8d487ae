"""Recognises a search for a place or sight that is not in the catalogue, and finds the nearest
sites.

It is a place or a famous sight of the records without a site, or a town of the gazetteer. The rest
of the text may only be words of a question.
"""

from collections.abc import Iterator
from datetime import date
from itertools import product

from heritage.models import Place
from heritage.search import text_search
from heritage.search.distance_fields import PLACE_MARK
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.query_language.centres import centre_called
from heritage.search.query_language.query_words import FindSites, QueryFilter, QueryWords
from heritage.search.query_language.understanding import UnderstoodQuery
from heritage.values import normalize

# Lists of the dictionary whose words say nothing beside the name of a site or a place.
SAY_NOTHING_BESIDE = ("asked", "questions", "asides", "built", "inscribed", "open")
_NEAREST_KM = (50, 100, 200, 400, 1_000, 3_000)


def nearest(
    index: IndexSnapshot, text: str, read: UnderstoodQuery, find_sites: FindSites
) -> tuple[QueryFilter, ...]:
    """The filters for the sites nearest to the missing place or sight that the text asks for; empty
    if there is none, or if sites may be meant by it."""
    words = QueryWords(index, text, date.min)
    phrase, centre = _asked_place(words)
    if not centre or _may_be_sites(words, phrase, centre, read):
        return ()
    for km in _NEAREST_KM:
        filters = (QueryFilter("near", (centre,)), QueryFilter("within", (f"{km}",)))
        if find_sites(filters, ""):
            return filters
    return ()


def _may_be_sites(
    words: QueryWords, phrase: tuple[str, ...], centre: str, read: UnderstoodQuery
) -> bool:
    """Whether the text may mean sites with this name.

    Single words of a sight do not count: many names contain “white” or “house” without meaning the
    White House.
    """
    place = words.terms.places.by_slug.get(centre.removeprefix(PLACE_MARK))
    is_sight = place is not None and place.level == Place.Level.SIGHT
    if any(name.length >= len(phrase) or not is_sight for name in read.sites):
        return True
    if is_sight and len(phrase) > 1 and not normalize.is_han(phrase[0]):
        return bool(text_search.sites_displayed_from(words.index, " ".join(phrase)))
    called = "".join(phrase) if normalize.is_han(phrase[0]) else " ".join(words.atoms)
    has_filters = bool(read.filters) and not is_sight
    return has_filters or bool(text_search.sites_with_words_in_names(words.index, called))


def _asked_place(words: QueryWords) -> tuple[tuple[str, ...], str]:
    """The words of the missing place in a text such as “where is Hong Kong”, and its value in an
    address."""
    spans = product(_starts(words), _ends(words))
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        phrase = words.atoms[start:end]
        if phrase and (centre := centre_called(words.index, phrase, with_sites=False)):
            return phrase, centre
    return (), ""


def _starts(words: QueryWords) -> Iterator[int]:
    """The first position, and those behind each phrase at the beginning that only asks."""
    at: int | None = 0
    while at is not None:
        yield at
        behind = range(min(at + words.LONGEST_LISTED, len(words.atoms)), at, -1)
        at = next((end for end in behind if _asks(words, at, end)), None)


def _ends(words: QueryWords) -> Iterator[int]:
    """The end, and the beginnings of each phrase at the end that only asks."""
    at: int | None = len(words.atoms)
    while at is not None:
        yield at
        before = range(max(at - words.LONGEST_LISTED, 0), at)
        at = next((start for start in before if _asks(words, start, at)), None)


def _asks(words: QueryWords, start: int, end: int) -> bool:
    phrase = words.atoms[start:end]
    lists = (words.dictionary.lists[name] for name in (*SAY_NOTHING_BESIDE, "fillers"))
    return (len(phrase) == 1 and phrase[0] in normalize.STOP_WORDS) or any(
        phrase in listed for listed in lists
    )
