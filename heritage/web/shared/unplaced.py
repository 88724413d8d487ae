"""Sites whose exact place is not recorded: those that are known by their district, and those that
no list by distance and no map can show."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.models import Place
from heritage.search import IndexSnapshot, SiteFilter, page_dependencies, query_strings
from heritage.web.shared import language_html
from heritage.web.shared.page_urls import list_url

_WITHOUT = "has:point"  # what the list of these sites excludes
_NOWHERE = (_WITHOUT, "has:district")  # and that of those that could not be placed


@dataclass(frozen=True, slots=True)
class UnplacedSites:
    """How many they are, and the address of their list."""

    label: str
    count: int
    url: str


def in_place(index: IndexSnapshot, place: Place | None) -> list[UnplacedSites]:
    """The sites of a place whose exact place is not recorded; empty if there are none."""
    if place is None:
        return []
    question = partial(_count, place_id=place.pk)
    count = question(index)
    page_dependencies.answer(index, question, count)
    url = list_url(place=place.slug, **{SiteFilter.NOT: _WITHOUT})
    return [UnplacedSites(_in(place, count), count, url)] if count else []


def _count(index: IndexSnapshot, place_id: int) -> int:
    return len(index.unplaced & index.having("place", place_id))


def under(**filters: str | Iterable[str]) -> list[UnplacedSites]:
    """Those that these filters leave."""
    found = {name: value for name, value in filters.items() if value} | {SiteFilter.NOT: _WITHOUT}
    count = len(SiteFilter(found).hits)
    return [UnplacedSites(_counted(count), count, list_url(**found))] if count else []


def of_list(filtered: SiteFilter) -> list[UnplacedSites]:
    """Those that all filters leave but the ones by position, which cannot judge them.

    In the town that the list is near to, and elsewhere, where no filter by place stands in the way.
    """
    left = filtered.unplaced
    if not left:
        return []
    town = None if filtered.chosen("place") else _town_of_list(filtered)
    if town is None:
        return [UnplacedSites(_counted(len(left)), len(left), _address(filtered))]
    there = left & filtered.index.having("place", town)
    rest = len(left) - len(there)
    found = [
        UnplacedSites(_in(town, len(there)), len(there), _address(filtered, place=town.slug)),
        UnplacedSites(
            _("%(number)s elsewhere") % {"number": language_html.number(rest)},
            rest,
            _address(filtered, f"place:{town.slug}"),
        ),
    ]
    return [each for each in found if each.count]


@dataclass(frozen=True, slots=True)
class DistrictSites:
    """What a list by distance or of a map finds by the centre of a district."""

    all: UnplacedSites | None  # of the list
    farther: UnplacedSites | None  # of the town that it is near to, beyond the distance asked for


def by_district(filtered: SiteFilter) -> DistrictSites:
    found = farther = None
    if filtered.in_districts:
        data = QueryDict(query_strings.updated(filtered.data), mutable=True)
        data.appendlist(SiteFilter.NOT, _WITHOUT)
        count = len(filtered.in_districts)
        url = f"{reverse('web:sites')}?{data.urlencode()}"
        found = UnplacedSites(_counted(count), count, url)
    centre = filtered.chosen("near")
    if centre and centre.place and filtered.chosen("within"):
        index = filtered.index
        there = index.in_districts & index.having("place", centre.place)
        count = len((filtered.without(*SiteFilter.BY_POSITION) & there) - filtered.hits)
        data = QueryDict(query_strings.updated(filtered.data, drop=["within"]))
        url = f"{reverse('web:sites')}?{data.urlencode()}"
        farther = UnplacedSites(str(centre.place.label.best()), count, url) if count else None
    return DistrictSites(found, farther)


def town(place: Place | None) -> Place | None:
    """The town or prefecture that a place lies in, or the place itself if it lies in none."""
    if place is None:
        return None
    line = (*place.ancestors(), place)
    return next((each for each in line if each.level == Place.Level.CITY), place)


def _town_of_list(filtered: SiteFilter) -> Place | None:
    centre = filtered.chosen("near")
    if centre is None:
        return None
    if centre.place:
        return centre.place
    places = filtered.index.vocabulary.places
    return town(places.terms.get(centre.site.place_id)) if centre.site else None


def _address(filtered: SiteFilter, *excluded: str, **values: str) -> str:
    """The list of those that have no position, under all other filters."""
    drop = [*SiteFilter.BY_POSITION, "within"]
    if filtered.data.get("sort") == "distance":
        drop.append("sort")
    data = QueryDict(query_strings.updated(filtered.data, drop=drop, **values), mutable=True)
    for value in (*_NOWHERE, *excluded):
        data.appendlist(SiteFilter.NOT, value)
    return f"{reverse('web:sites')}?{data.urlencode()}"


def _in(place: Place, count: int) -> str:
    words = {"number": language_html.number(count), "place": place.label.best()}
    return _("%(number)s in %(place)s") % words


def _counted(count: int) -> str:
    words = ngettext("%(number)s site", "%(number)s sites", count)
    return words % {"number": language_html.number(count)}
