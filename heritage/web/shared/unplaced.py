"""Sites whose exact place is not recorded: those that are known by their district, and those that
no list by distance and no map can show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyroaring import BitMap

from heritage.formats import list_url, path_of
from heritage.models import Place
from heritage.search import IndexSnapshot, SiteFilter, page_dependencies, updated_query
from heritage.web.shared import language_html

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


def on_no_map(count: int, filters: dict[str, str | Iterable[str]]) -> list[UnplacedSites]:
    """So many of the sites that these filters leave: neither a point nor a district is known."""
    url = list_url(**filters, **{SiteFilter.NOT: _NOWHERE})
    return [UnplacedSites(_counted(count), count, url)] if count else []


@dataclass(frozen=True, slots=True)
class DistrictSites:
    """What a list by distance or of a map finds by the centre of a district."""

    found: list[UnplacedSites]  # in the town that the list is near to, and elsewhere
    farther: UnplacedSites | None  # of that town, beyond the distance that is asked for

    def counts(self) -> list[int]:
        return [each.count for each in (*self.found, *filter(None, [self.farther]))]


def by_district(filtered: SiteFilter) -> DistrictSites:
    found = _parted(filtered, filtered.in_districts, partial(_address, filtered, near=True))
    centre, farther = filtered.chosen("near"), None
    is_town = centre and centre.place and centre.place.level in Place.TOWNS
    if is_town and filtered.chosen("within"):
        index = filtered.index
        there = index.in_districts & index.having("place", centre.place)
        count = len((filtered.without(*SiteFilter.BY_POSITION) & there) - filtered.hits)
        url = _list_of(updated_query(filtered.data, drop=["within"]))
        farther = UnplacedSites(centre.place.label.best().text, count, url) if count else None
    return DistrictSites(found, farther)


def of_list(filtered: SiteFilter) -> list[UnplacedSites]:
    """Those that all filters leave but the ones by position, which cannot judge them.

    In the town that the list is near to, and elsewhere, where no filter by place stands in the way.
    """
    return _parted(filtered, filtered.unplaced, partial(_address, filtered))


def _parted(
    filtered: SiteFilter, sites: BitMap, address: Callable[..., str]
) -> list[UnplacedSites]:
    if not sites:
        return []
    town = None if filtered.chosen("place") else _town_of_list(filtered)
    if town is None:
        return [UnplacedSites(_counted(len(sites)), len(sites), address())]
    there = sites & filtered.index.having("place", town)
    rest = len(sites) - len(there)
    found = [
        UnplacedSites(_in(town, len(there)), len(there), address(place=town.slug)),
        UnplacedSites(
            _("%(number)s elsewhere") % {"number": language_html.number(rest)},
            rest,
            address(f"place:{town.slug}"),
        ),
    ]
    return [each for each in found if each.count]


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


def _address(filtered: SiteFilter, *excluded: str, near: bool = False, **values: str) -> str:
    """The list of those that have no position, under all other filters; `near`: of those that are
    known by their district, under the filters by position, too."""
    drop = [] if near else [*SiteFilter.BY_POSITION, "within"]
    if not near and filtered.data.get("sort") == "distance":
        drop.append("sort")
    data = QueryDict(updated_query(filtered.data, drop=drop, **values), mutable=True)
    for value in (*((_WITHOUT,) if near else _NOWHERE), *excluded):
        data.appendlist(SiteFilter.NOT, value)
    return _list_of(data.urlencode())


def _list_of(query: str) -> str:
    return f"{path_of('web:sites')}?{query.removeprefix('?')}"


def _in(place: Place, count: int) -> str:
    words = {"number": language_html.number(count), "place": place.label.best()}
    return _("%(number)s in %(place)s") % words


def _counted(count: int) -> str:
    words = ngettext("%(number)s site", "%(number)s sites", count)
    return words % {"number": language_html.number(count)}
