"""Questions as links, which show what one may ask: each with how many sites answer it today."""

from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from heritage.models import Place, RegisterTerm, Site, UnescoStatus
from heritage.search import IndexSnapshot, SiteFilter, page_dependencies
from heritage.web.shared.page_urls import list_url


class Question(NamedTuple):
    url: str
    label: str
    sites: int


def questions(index: IndexSnapshot, featured: tuple[int, ...]) -> list[Question]:
    """Those that some site answers; `featured` are sites of the home page, in their order."""

    def asked(index: IndexSnapshot) -> tuple[tuple[str, str, int], ...]:
        return _asked(index, featured)

    found = asked(index)
    page_dependencies.answer(index, asked, found)
    return [Question(list_url(**QueryDict(query).dict()), label, n) for query, label, n in found]


def _asked(index: IndexSnapshot, featured: tuple[int, ...]) -> tuple[tuple[str, str, int], ...]:
    """The query, the label and the number of sites of each."""
    queries = [_danger(index), _near(index, featured), ("has=free", _("Free to enter"))]
    counted = [(*each, len(SiteFilter(QueryDict(each[0])).hits)) for each in queries if each]
    return tuple(each for each in counted if each[-1])


def _danger(index: IndexSnapshot) -> tuple[str, str] | None:
    """In danger in the region with most of them."""
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
    return f"region={region.code.lower()}&unesco={UnescoStatus.IN_DANGER}", label


def _near(index: IndexSnapshot, featured: tuple[int, ...]) -> tuple[str, str] | None:
    """Near the city of the first featured site that is in one with a centre."""
    terms = index.vocabulary.places
    of_site = dict(Site.objects.filter(pk__in=featured).values_list("pk", "place_id"))
    for pk in featured:
        place = terms.get(of_site.get(pk))
        while place is not None and place.level != Place.Level.CITY:
            place = terms.get(place.parent_id)
        if place is not None and place.centre:
            return f"near={place.slug}", _("Near %(place)s") % {"place": place.label.best()}
    return None
