"""Sites of a list without a recorded point: those whose district is known, and those that no list
by distance and no map can show."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import QueryDict
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import path_of
from heritage.models import Place
from heritage.search import SiteFilter
from heritage.values.query_strings import updated_query
from heritage.web.shared import language_html
from heritage.web.shared.map_sheets import NOWHERE, WITHOUT_POINT, UnplacedSites, town_of


@dataclass(frozen=True, slots=True)
class DistrictSites:
    """The sites that a list by distance or a map finds by the centre of their district."""

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
    """The sites without a known position that match all other filters, in groups.

    The groups are those in the town that is the centre of the list, and those elsewhere, unless
    there is a filter by place.
    """
    return _parted(filtered, filtered.unplaced, partial(_address, filtered))


def _parted(
    filtered: SiteFilter, sites: BitMap, address: Callable[..., str]
) -> list[UnplacedSites]:
    if not sites:
        return []
    home = None if filtered.chosen("place") else _town_of_list(filtered)
    if home is None:
        return [UnplacedSites.counted(len(sites), address())]
    there = sites & filtered.index.having("place", home)
    rest = len(sites) - len(there)
    found = [
        UnplacedSites.in_place(home, len(there), address(place=home.slug)),
        UnplacedSites(
            _("%(number)s elsewhere") % {"number": language_html.number(rest)},
            rest,
            address(f"place:{home.slug}"),
        ),
    ]
    return [each for each in found if each.count]


def _town_of_list(filtered: SiteFilter) -> Place | None:
    centre = filtered.chosen("near")
    if centre is None:
        return None
    if centre.place:
        return centre.place
    places = filtered.index.vocabulary.places
    return town_of(places.terms.get(centre.site.place_id)) if centre.site else None


def _address(filtered: SiteFilter, *excluded: str, near: bool = False, **values: str) -> str:
    """The address of the list of sites without a position that match all other filters; with
    `near`, of sites whose district is known and that match the filters by position, too."""
    drop = [] if near else [*SiteFilter.BY_POSITION, "within"]
    if not near and filtered.data.get("sort") == "distance":
        drop.append("sort")
    data = QueryDict(updated_query(filtered.data, drop=drop, **values), mutable=True)
    for value in (*((WITHOUT_POINT,) if near else NOWHERE), *excluded):
        data.appendlist(SiteFilter.NOT, value)
    return _list_of(data.urlencode())


def _list_of(query: str) -> str:
    return f"{path_of('web:sites')}?{query.removeprefix('?')}"
