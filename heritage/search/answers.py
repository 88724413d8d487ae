"""Decides how a search text is answered: by its words, by filters, corrected, or in part.

In this order: a site of exactly that name; filters, if the whole text is understood; names that
contain all words; filters and the remaining words; the text with one sure correction; partial
matches. If anything but the typed words is searched for, the page says so and links back to
them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone
from pyroaring import BitMap

from heritage.search import spelling, text_search, understanding
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.lru_cache import LRUCache
from heritage.search.text_search import PartialMatches
from heritage.search.understanding import Meaning, UnderstoodQuery

# Texts whose answers are remembered: 10 kB at most each, and those that have more sites in part.
_KEPT, _KEPT_BROAD = 500, 64
_BROAD = 1_000  # sites

# The sites that filters leave, with the words of a text.
type Narrow = Callable[[Iterable[Meaning], str], BitMap]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is searched for in place of a text."""

    text: str  # words to look for; may be empty where there are filters
    filters: tuple[Meaning, ...] = ()
    corrected: str = ""  # the whole text as it was corrected
    suggestion: str = ""  # a correction that is not sure enough
    partly: PartialMatches | None = None  # no site has all of it: those that have most


def answer(index: IndexSnapshot, text: str, narrow: Narrow) -> Answer:
    """How to answer a text. Remembered as long as nothing is written, for a day."""
    today = timezone.localdate()
    few = index.memory.setdefault("answers", LRUCache(_KEPT))
    broad = index.memory.setdefault("broad answers", LRUCache(_KEPT_BROAD))
    found = few.get((text, today)) or broad.get((text, today))
    if found is None:
        found = _answer(index, text, today, narrow)
        is_broad = found.partly is not None and len(found.partly.ids) > _BROAD
        (broad if is_broad else few)[(text, today)] = found
    return found


def literally(index: IndexSnapshot, text: str) -> Answer:
    """Nothing but the words, as they are written; if no site has all of them, in part."""
    parted = text_search.segmented(index, text)
    if text_search.matching(index, parted):
        return Answer(parted)
    return Answer(parted, partly=_partly(index, parted, ()))


def _answer(index: IndexSnapshot, text: str, today: date, narrow: Narrow) -> Answer:
    found = _directly(index, text, today, narrow)
    if found is not None:
        return found
    suggestion = ""
    for correction in spelling.corrections(index, text):
        found = _directly(index, correction.text, today, narrow)
        if found is not None and correction.is_sure:
            return replace(found, corrected=correction.text)
        if found is not None:
            suggestion = suggestion or correction.text
    read = understanding.understand(index, text, today)
    is_understood = bool(read.meanings) and not read.rest
    parted = text_search.segmented(index, read.words if read.is_cut else text)
    if is_understood and not all(meaning.is_name for meaning in read.meanings):
        return Answer("", read.meanings, suggestion=suggestion)  # the page says what to drop
    rest = text_search.segmented(index, read.rest) if read.meanings else parted
    partly = _partly(index, rest, (narrow(group, "") for group in _groups(read.meanings)))
    if is_understood and partly is None:
        return Answer("", read.meanings, suggestion=suggestion)
    return Answer(parted, suggestion=suggestion, partly=partly)


def _groups(meanings: Iterable[Meaning]) -> list[list[Meaning]]:
    """The filters that narrow by themselves; what is said of years together."""
    groups: dict[str, list[Meaning]] = {}
    for meaning in meanings:
        name = "from" if meaning.name in ("to", "role") else meaning.name
        groups.setdefault(name, []).append(meaning)
    return list(groups.values())


def _directly(index: IndexSnapshot, text: str, today: date, narrow: Narrow) -> Answer | None:
    """Without a correction, and only if some site has all of it, or all before what is denied."""
    read = understanding.understand(index, text, today)
    if read.is_cut and not text_search.sites_with_name_prefix(index, text):
        found = _as_read(index, read.words, read, today, narrow)
        return found and replace(found, corrected=read.words)
    return _as_read(index, text, read, today, narrow)


def _as_read(
    index: IndexSnapshot, text: str, read: UnderstoodQuery, today: date, narrow: Narrow
) -> Answer | None:
    for name in (text, read.words):  # “what is Angkor” is about Angkor
        if text_search.sites_named(index, name):
            return Answer(name)
    if joined := text_search.joined_words(index, read.words):
        return _directly(index, joined, today, narrow)
    if read.meanings and not read.rest:
        # A name that begins with what is typed is meant before what its words mean.
        is_begun = len(read.words.split()) > 1 and text_search.sites_with_name_prefix(index, text)
        if not is_begun and narrow(read.meanings, ""):
            return Answer("", read.meanings)
    attempts = [Answer(text), Answer(read.words)]
    if read.meanings:
        formed = tuple(meaning for meaning in read.meanings if not meaning.is_name)
        attempts.insert(0 if formed else 2, Answer(read.rest, read.meanings))
        attempts.append(Answer(read.names, formed))
    attempts = [replace(each, text=text_search.segmented(index, each.text)) for each in attempts]
    # That names hold all words is worth more than that texts do.
    for finds in (text_search.sites_with_words_in_names, text_search.matching):
        for each in attempts:
            found = finds(index, each.text) if each.text else index.sites
            if found and (not each.filters or found.intersect(narrow(each.filters, each.text))):
                return each
    return None


def _partly(index: IndexSnapshot, text: str, others: Iterable[BitMap]) -> PartialMatches | None:
    found = text_search.partial_matches(index, text, others)
    return found if len(found.ids) else None
