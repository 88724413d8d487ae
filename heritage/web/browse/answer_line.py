"""The answer to what a search asks of one site, from its record: one line above the list."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.formats import sentence
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
    first_beginning,
)
from heritage.search import SiteFilter
from heritage.values.coordinates import distance_km, distance_phrase
from heritage.values.language import join_words
from heritage.web.shared import language_html
from heritage.web.shared.sources import SourceLine, source_line
from heritage.web.site.designations import area_phrase


@dataclass(frozen=True, slots=True)
class AnswerLine:
    url: str
    name: SafeString
    text: str
    is_unchecked: bool  # what it rests on is recalled
    sources: list[SourceLine]


# What is told, and the sources that it rests on.
type _Told = tuple[str, Iterable[Source | None]]


def answer_line(filtered: SiteFilter) -> AnswerLine | None:
    """None where nothing is asked of one site, or its record does not say."""
    answer = filtered.answer
    if answer is None or not answer.asks:
        return None
    found = Site.objects.published().select_related("place__parent__parent")
    site = found.filter(pk=answer.about).first()
    if site is None:
        return None
    if answer.asks == "far":
        text, told_by = _far(site, answer.far_from)
    else:
        text, told_by = _ANSWERS[answer.asks](site)
    if not text:
        return None
    sources = list(dict.fromkeys(filter(None, told_by)))
    name = language_html.as_html(site.shown_name)
    lines = (source_line(source) for source in sources)
    return AnswerLine(
        reverse("web:site", args=[site.slug]),
        name,
        text,
        any(source.is_recalled for source in sources),
        [line for line in lines if line.is_worth_a_line],
    )


def _built(site: Site) -> _Told:
    """How it began, and what stands of it or dates from when."""
    events = list(site.events.select_related("first_era", "last_era", "source"))
    first = first_beginning(events)
    told = list(dict.fromkeys(filter(None, (first, *age_events(events)))))
    return join_words(map(_event, told)), [event.source for event in told]


def _event(event: Event) -> str:
    if event.certainty != Event.Certainty.TRADITIONAL:
        return str(event)
    words = {"event": event, "certainty": event.get_certainty_display()}
    return _("%(event)s, %(certainty)s") % words


def _inscribed(site: Site) -> _Told:
    if not site.inscribed_year:
        return _("not on the World Heritage List"), ()
    return _("inscribed in %(year)s") % {"year": site.inscribed_year}, ()


def _danger(site: Site) -> _Told:
    """Since when it is on the danger list, by the last entry of its property."""
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


def _where(site: Site) -> _Told:
    return sentence.exact_place_phrase(site.place), ()


def _far(site: Site, centre: str) -> _Told:
    """In a straight line from a town or a place, if both points are known."""
    other = SiteFilter({"near": centre}).chosen("near") if centre else None
    if other is None or other.point is None or site.public_point is None:
        return "", ()
    words = {
        "distance": distance_phrase(distance_km(site.public_point, other.point)),
        "where": other.in_words(),
    }
    return _("%(distance)s from %(where)s in a straight line") % words, ()


def _size(site: Site) -> _Told:
    whole = Coverage.objects.filter(site=site, extent=Coverage.Extent.WHOLE)
    area = whole.aggregate(area=Max("designation__world_heritage__area_ha"))["area"]
    return area_phrase(area), ()


def _visit(site: Site) -> _Told:
    hours, prices = Opening.objects.shown(), Price.objects.shown()
    if hours.filter(site=site).exists() or prices.filter(site=site).exists():
        return _("hours and prices are on its page"), ()
    return _("no hours or prices are recorded here"), ()


_ANSWERS = {
    "built": _built, "inscribed": _inscribed, "danger": _danger, "where": _where, "size": _size,
    "visit": _visit,
}  # fmt: skip
