"""The answer to what a search asks of one site, from its record: one line above the list."""

from dataclasses import dataclass

from django.db.models import Max
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.formats import sentence
from heritage.models import Coverage, Event, Opening, Price, Site, age_events, first_beginning
from heritage.search import SiteFilter
from heritage.values import sentences
from heritage.web.shared import language_html
from heritage.web.site.designations import area_phrase


@dataclass(frozen=True, slots=True)
class AnswerLine:
    url: str
    name: SafeString
    text: str
    is_unchecked: bool  # what it rests on is recalled


def answer_line(filtered: SiteFilter) -> AnswerLine | None:
    """None where nothing is asked of one site, or its record does not say."""
    answer = filtered.answer
    if answer is None or not answer.asks:
        return None
    found = Site.objects.published().select_related("place__parent__parent")
    site = found.filter(pk=answer.about).first()
    text, is_unchecked = _ANSWERS[answer.asks](site) if site else ("", False)
    if site is None or not text:
        return None
    name = language_html.as_html(site.shown_name.best())
    return AnswerLine(reverse("web:site", args=[site.slug]), name, text, is_unchecked)


def _built(site: Site) -> tuple[str, bool]:
    """How it began, and what stands of it or dates from when."""
    events = list(site.events.select_related("first_era", "last_era", "source"))
    first = first_beginning(events)
    told = list(dict.fromkeys(filter(None, (first, *age_events(events)))))
    is_unchecked = any(event.source and event.source.is_recalled for event in told)
    return sentences.listed(map(_event, told)), is_unchecked


def _event(event: Event) -> str:
    if event.certainty != Event.Certainty.TRADITIONAL:
        return str(event)
    words = {"event": event, "certainty": event.get_certainty_display()}
    return _("%(event)s, %(certainty)s") % words


def _inscribed(site: Site) -> tuple[str, bool]:
    if not site.inscribed_year:
        return _("not on the World Heritage List"), False
    return _("inscribed in %(year)s") % {"year": site.inscribed_year}, False


def _where(site: Site) -> tuple[str, bool]:
    return sentence.exact_place_phrase(site.place), False


def _size(site: Site) -> tuple[str, bool]:
    whole = Coverage.objects.filter(site=site, extent=Coverage.Extent.WHOLE)
    area = whole.aggregate(area=Max("designation__world_heritage__area_ha"))["area"]
    return area_phrase(area), False


def _visit(site: Site) -> tuple[str, bool]:
    hours, prices = Opening.objects.shown(), Price.objects.shown()
    if hours.filter(site=site).exists() or prices.filter(site=site).exists():
        return _("hours and prices are on its page"), False
    return _("no hours or prices are recorded here"), False


_ANSWERS = {
    "built": _built, "inscribed": _inscribed, "where": _where, "size": _size, "visit": _visit,
}  # fmt: skip
