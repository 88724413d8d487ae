"""Query strings of lists in their canonical form."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import QueryDict

from heritage.search import SiteFilter
from heritage.web.browse import timeline_display
from heritage.web.browse.displays import DEFAULT, DISPLAYS
from heritage.web.browse.timeline_display import COUNTED, SCALE
from heritage.web.shared.map_sheets import AT, window_at

# Fields of the form beside filters: the text that filters stand for, and that which is meant as it
# is written; in an address only that the words of the text are meant.
UNDERSTOOD, LITERAL = "understood", "literal"


LONGEST = 4_000  # characters of a query, which each link of its page repeats


def requested_list(data: QueryDict, view: str = "") -> SiteFilter:
    """The list that a query asks for, in a display. Raises BadRequest if it is too long."""
    if len(data.urlencode()) > LONGEST:
        raise BadRequest
    if view:
        data = data.copy()
        data["view"] = view
    return SiteFilter(clean_query(data))


def clean_query(data: QueryDict) -> QueryDict:
    """The canonical query string.

    Without empty values, repetitions, defaults and values that mean nothing without another; and
    with no more values than a list can answer.
    """
    clean = QueryDict(mutable=True)
    for name, values in _settled(data).lists():
        texts = (value.replace("\0", "").strip() for value in values)
        cut = (text[: SiteFilter.MAX_TEXT].rstrip() for text in texts)
        found = list(dict.fromkeys(SiteFilter.normalized(name, text) for text in cut if text))
        if found:
            clean.setlist(name, found[: SiteFilter.MAX_VALUES])
    for name, is_idle in _IDLE.items():
        if name in clean and is_idle(clean):
            del clean[name]
    return clean


def _settled(data: QueryDict) -> QueryDict:
    """The query of a form whose search text was in part understood as filters.

    While the text is unchanged, the filters stand for it, as the reader has left them; a new text
    replaces them.
    """
    if UNDERSTOOD not in data and data.get(LITERAL, "1") == "1":
        return data
    settled = data.copy()
    text, former = data.get("q", "").strip(), settled.pop(UNDERSTOOD, [""])[-1].strip()
    if data.get(LITERAL) != "1":
        settled.setlist(LITERAL, ["1"] if text and data.get(LITERAL) == text else [])
    answer = SiteFilter({"q": former}).answer if former else None
    if answer is None or not answer.filters:
        return settled
    if text == former:
        settled["q"] = answer.text
    else:
        for meaning in answer.filters:
            others = [each for each in data.getlist(meaning.name) if each not in meaning.values]
            settled.setlist(meaning.name, others)
    return settled


# By name, when a value says nothing: what everybody gets, or half of what two say together.
_IDLE: dict[str, Callable[[QueryDict], bool]] = {
    "page": lambda clean: clean["page"] == "1",
    "view": lambda clean: clean["view"] not in DISPLAYS or clean["view"] == DEFAULT,
    AT: lambda clean: (
        timeline_display.is_idle(clean, AT)
        and (clean.get("view") != "map" or window_at(str(clean[AT]), 1, 1) is None)
    ),
    COUNTED: lambda clean: timeline_display.is_idle(clean, COUNTED),
    SCALE: lambda clean: timeline_display.is_idle(clean, SCALE),
    LITERAL: lambda clean: "q" not in clean,
    "within": lambda clean: SiteFilter.TOGETHER["within"] not in clean,
    "hours": lambda clean: SiteFilter.TOGETHER["hours"] not in clean,
    "sort": lambda clean: (
        clean["sort"] in SiteFilter.NEEDED
        and clean.keys().isdisjoint(SiteFilter.NEEDED[clean["sort"]])
    ),
}
