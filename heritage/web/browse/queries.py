"""How the query of a list is understood: its canonical query string; the filters that were
recognised in its text, which can be changed or removed; and the answer to a question about one
site."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest

from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Event,
    Opening,
    Price,
    Register,
    Site,
    Source,
    age_events,
    exact_place_phrase,
    first_beginning,
)
from heritage.search import ActiveFilter, FacetCounts, SiteFilter
from heritage.values.coordinates import area_phrase, distance_km, distance_phrase
from heritage.values.language import join_words
from heritage.values.query_strings import updated_query
from heritage.web.browse import timeline_display
from heritage.web.browse.displays import DEFAULT, DISPLAYS
from heritage.web.browse.timeline_display import COUNTED, SCALE
from heritage.web.shared import language_html
from heritage.web.shared.certainty import SourceLine, source_line
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

    It has no empty values, repetitions, defaults or values without effect, and no more values than
    a list can answer.
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
    """The query of a form in which part of the search text was understood as filters.

    As long as the text is unchanged, the filters that the reader left apply instead of it; a new
    text replaces them.
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


# --- Filters that can be changed -----------------------------------------------------------------

DISTANCES = (10, 25, SiteFilter.WITHIN_KM, 100, 250)  # km of what a list is near to
_MOST = 6  # other values of a piece


@dataclass(frozen=True, slots=True)
class PieceChoice:
    label: SafeString
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A filter of a list, with the numbers of sites without it or with another value.

    `choices` is empty for a filter that was not recognised in the text but chosen in the form,
    where it can be changed.
    """

    id: str
    applied: ActiveFilter
    choices: list[PieceChoice]


def pieces(
    filtered: SiteFilter, applied: list[ActiveFilter], counted: list[FacetCounts]
) -> list[Piece]:
    answer = filtered.answer
    read = {each.name for each in answer.filters} if answer else set()
    found = []
    for number, item in enumerate(applied):
        choices = list(_choices(filtered, item, counted)) if item.name in read else []
        # Another one when the value changes: it is closed then.
        name = slugify(f"piece-{item.name}-{number}-{item.value}", allow_unicode=True)
        found.append(Piece(name, item, choices))
    return found


def _choices(
    filtered: SiteFilter, item: ActiveFilter, counted: list[FacetCounts]
) -> Iterator[PieceChoice]:
    """First the choice without the filter, then the values with most sites; for a centre, the other
    distances within which there are sites."""
    count = len(SiteFilter(QueryDict(item.without)).hits)
    yield PieceChoice(language_html.as_html(_("without it")), count, item.without)
    if item.name == "near":
        for km in DISTANCES:
            query = updated_query(filtered.data, within=f"{km:g}")
            if km != filtered.within_km and (found := SiteFilter(QueryDict(query)).hits):
                yield PieceChoice(language_html.as_html(distance_phrase(km)), len(found), query)
        return
    facet = next((each for each in counted if each.name == item.name), None)
    if facet is None or len(facet.picked) != 1:
        return
    others = (place for place in facet.offered if place not in facet.picked and facet.counts[place])
    for place in nlargest(_MOST, others, key=facet.counts.__getitem__):
        option = facet.option(place)
        query = updated_query(clean_query(filtered.data), **{item.name: option.value})
        yield PieceChoice(language_html.as_html(option.label), option.count, query)


# --- The answer about one site -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerLine:
    url: str
    name: SafeString
    text: str
    is_unchecked: bool  # what it rests on is recalled
    sources: list[SourceLine]


# What is told, and the sources that it rests on.
type _TextAndSources = tuple[str, Iterable[Source | None]]


def answer_line(filtered: SiteFilter) -> AnswerLine | None:
    """The answer to a question about one site; None if there is no such question, or if the record
    does not have the answer."""
    answer = filtered.answer
    if answer is None or not answer.asks:
        return None
    found = Site.objects.published().select_related("place__parent__parent")
    site = found.filter(pk=answer.about).first()
    if site is None:
        return None
    if answer.asks == "far":
        text, sources_of_answer = _far(site, answer.far_from)
    else:
        text, sources_of_answer = _ANSWERS[answer.asks](site)
    if not text:
        return None
    sources = list(dict.fromkeys(filter(None, sources_of_answer)))
    name = language_html.as_html(site.shown_name)
    lines = (source_line(source) for source in sources)
    return AnswerLine(
        reverse("web:site", args=[site.slug]),
        name,
        text,
        any(source.is_recalled for source in sources),
        [line for line in lines if line.is_worth_a_line],
    )


def _built(site: Site) -> _TextAndSources:
    """How the site began, and what stands of it or when it dates from; with the sources."""
    events = list(site.events.select_related("first_era", "last_era", "source"))
    first = first_beginning(events)
    events_of_age = list(dict.fromkeys(filter(None, (first, *age_events(events)))))
    return join_words(map(_event, events_of_age)), [event.source for event in events_of_age]


def _event(event: Event) -> str:
    if event.certainty != Event.Certainty.TRADITIONAL:
        return str(event)
    words = {"event": event, "certainty": event.get_certainty_display()}
    return _("%(event)s, %(certainty)s") % words


def _inscribed(site: Site) -> _TextAndSources:
    if not site.inscribed_year:
        return _("not on the World Heritage List"), ()
    return _("inscribed in %(year)s") % {"year": site.inscribed_year}, ()


def _danger(site: Site) -> _TextAndSources:
    """Since when its property is on the danger list, by the latest event that put it there; with
    the sources."""
    events = DesignationEvent.objects.filter(
        kind=DesignationEvent.Kind.IN_DANGER,
        designation__coverages__site=site,
        designation__register__role=Register.Role.WORLD_HERITAGE,
        designation__standing=Designation.Standing.IN_DANGER,
        first_year__isnull=False,
    )
    last = events.select_related("source").order_by("-first_year").first()
    if last is None:
        return _("not on the List of World Heritage in Danger today"), ()
    return _("in danger since %(year)s") % {"year": last.first_year}, [last.source]


def _where(site: Site) -> _TextAndSources:
    return exact_place_phrase(site.place), ()


def _far(site: Site, centre: str) -> _TextAndSources:
    """The distance in a straight line from a town or place; empty if a point is not known. It has
    no sources."""
    other = SiteFilter({"near": centre}).chosen("near") if centre else None
    if other is None or other.point is None or site.public_point is None:
        return "", ()
    words = {
        "distance": distance_phrase(distance_km(site.public_point, other.point)),
        "where": other.in_words(),
    }
    return _("%(distance)s from %(where)s in a straight line") % words, ()


def _size(site: Site) -> _TextAndSources:
    coverages = Coverage.objects.filter(site=site, extent=Coverage.Extent.WHOLE)
    area = coverages.aggregate(area=Max("designation__world_heritage__area_ha"))["area"]
    return area_phrase(area), ()


def _visit(site: Site) -> _TextAndSources:
    hours, prices = Opening.objects.shown(), Price.objects.shown()
    if hours.filter(site=site).exists() or prices.filter(site=site).exists():
        return _("hours and prices are on its page"), ()
    return _("no hours or prices are recorded here"), ()


_ANSWERS = {
    "built": _built, "inscribed": _inscribed, "danger": _danger, "where": _where, "size": _size,
    "visit": _visit,
}  # fmt: skip
