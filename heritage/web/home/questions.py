"""Example questions as links to searches, each with the number of its sites."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.models import Place, RegisterTerm, UnescoStatus
from heritage.search import IndexSnapshot, SiteFilter
from heritage.values.date_format import year_phrase
from heritage.web.shared import page_dependencies
from heritage.web.shared.cards import Card


class HomeQuestion(NamedTuple):
    url: str
    label: str
    sites: int | None  # None: not counted


def questions(index: IndexSnapshot, featured: Sequence[Card]) -> list[HomeQuestion]:
    """The questions that have sites; their place and year are those of the featured sites."""
    places = [card.row.place.pk for card in featured if card.row.place]
    beginnings = [card.row.beginning for card in featured if card.row.beginning]
    year = next((event.first_year for event in beginnings if event.first_year is not None), None)

    def asked(index: IndexSnapshot) -> tuple[HomeQuestion, ...]:
        found = (_danger(index), _near(index, places), _free(), _stood(year), _ten())
        return tuple(question for question in found if question and question.sites != 0)

    found = asked(index)
    page_dependencies.answer(index, asked, found)
    return list(found)


def _list(query: str, label: str) -> HomeQuestion:
    sites = len(SiteFilter(QueryDict(query)).hits)
    return HomeQuestion(f"{reverse('web:sites')}?{query}", label, sites)


def _free() -> HomeQuestion:
    return _list("has=free", _("Free to enter"))


def _stood(year: int | None) -> HomeQuestion | None:
    if year is None:
        return None
    label = _("What stood in %(year)s") % {"year": year_phrase(year)}
    return HomeQuestion(reverse("web:year", args=[year]), label, None)


def _ten() -> HomeQuestion:
    return HomeQuestion(reverse("web:picture_book"), _("Ten at random, as a picture book"), None)


def _danger(index: IndexSnapshot) -> HomeQuestion | None:
    """The question for the sites in danger in the region with most of them."""
    danger = index.having("unesco", UnescoStatus.IN_DANGER)
    regions = [
        (len(danger & index.having("region", term)), term)
        for term in index.vocabulary.terms.values()
        if term.facet == RegisterTerm.Facet.REGION
    ]
    most, region = max(regions, key=lambda pair: pair[0], default=(0, None))
    if not most or region is None:
        return None
    label = _("In danger: %(place)s") % {"place": region.label.best()}
    return _list(f"region={region.code.lower()}&unesco={UnescoStatus.IN_DANGER}", label)


def _near(index: IndexSnapshot, places: Sequence[int]) -> HomeQuestion | None:
    """The question for sites near a city: that of the first of these places that lies in a city
    with a known centre."""
    terms = index.vocabulary.places
    for pk in places:
        place = terms.get(pk)
        while place is not None and place.level != Place.Level.CITY:
            place = terms.get(place.parent_id)
        if place is not None and place.centre:
            return _list(f"near={place.slug}", _("Near %(place)s") % {"place": place.label.best()})
    return None
