"""What a display shows of a list."""

from collections.abc import Hashable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from heritage.values.distances import distance_phrase
from heritage.web.browse.day_hours import HoursLine
from heritage.web.browse.paging import Paging
from heritage.web.shared.map_sheets import MapSheet


@dataclass(frozen=True, slots=True)
class MapStep:
    """A link that moves the map."""

    label: str
    sign: str
    query: str


@dataclass(frozen=True, slots=True)
class MapPage:
    """Prepared for components/map.html; `said` are the counts in words, which add up."""

    sheet: MapSheet
    said: list[str]
    in_view: str
    steps: list[MapStep]
    area_query: str  # of the list of the area that is shown
    list_query: str  # of the same as a list
    more: str  # how many of the sites in view are listed
    data_url: str
    tiles: str
    parts: list[tuple[float, float]]  # of properties: latitude and longitude


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card, the distance of the site from the centre of the list, and its hours on a day."""

    name: SafeString
    html: SafeString
    distance: str
    hours: list[HoursLine]  # of the day that is asked for


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display shows of a list."""

    template: str
    ids: list[int]
    state: Hashable  # see Display
    cards: list[ShownCard]
    paging: Paging
    has_marks: bool  # of certainty, which the page then explains
    map: MapPage | None = None  # where sites are shown on a map


def distance_of(km: float) -> str:
    return distance_phrase(km) if km else pgettext("distance", "here")
