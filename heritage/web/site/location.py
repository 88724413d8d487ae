"""The location of a site for its page: places, public point, accuracy, maps, neighbours.

Also related sites: of its kind in its country, or listed in the same year. The index finds the
groups, best known first; `related_sites()` makes short lists of links from them.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from math import atan2, cos, degrees, radians
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url, path_of
from heritage.models import Place, Register, Site, exact_place_phrase
from heritage.search import IndexSnapshot, SiteFilter, page_rows
from heritage.values.coordinates import KM_PER_DEGREE, Point, distance_phrase, format_point
from heritage.values.language import join_words
from heritage.web.shared import certainty, language_html, map_sheets, page_dependencies
from heritage.web.shared.certainty import Mark, SourceLine, source_line
from heritage.web.shared.map_sheets import MARK_COLUMNS, Neighbour

_CLOSE = 11  # the zoom at which an exact point is shown
_DOUBT_KM = ((1, 10), (5, 9), (15, 7))  # up to so many km of doubt, the zoom
_FAR = 5


@dataclass(frozen=True, slots=True)
class MapLink:
    label: str
    url: str


def own_map(site: Site) -> str:
    """The address of the catalogue's map at a site; empty without a point."""
    if site.public_point is None:
        return ""
    doubt = map_sheets.uncertainty_km(site)
    zoom = _CLOSE
    if doubt is not None:
        zoom = next((zoom for km, zoom in _DOUBT_KM if doubt <= km), _FAR)
    at = map_sheets.place_in_address(*site.public_point, zoom)
    return f"{path_of('web:sites')}?view=map&{map_sheets.AT}={at}"


def services(site: Site) -> list[MapLink]:
    """Links to the point on other maps; none for a blurred site, as these would show the point as
    exact.

    The links say that the point is in WGS 84; Chinese maps shift it themselves.
    """
    if site.public_point is None or site.public_blur_km:
        return []
    latitude, longitude = (f"{each:.6f}".rstrip("0").rstrip(".") for each in site.public_point)
    name = site.name.best().text
    point = f"{latitude},{longitude}"
    amap = {"position": f"{longitude},{latitude}", "name": name, "coordinate": "wgs84"}
    baidu = {"location": point, "title": name, "content": name, "coord_type": "wgs84"}
    everywhere = [
        MapLink(
            "OpenStreetMap",
            f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
            f"#map=15/{latitude}/{longitude}",
        ),
        MapLink(
            "Google", f"https://www.google.com/maps/search/?api=1&{urlencode({'query': point})}"
        ),
        MapLink("Apple", f"https://maps.apple.com/?{urlencode({'ll': point, 'q': name})}"),
    ]
    chinese = [
        MapLink(_("Amap"), f"https://uri.amap.com/marker?{urlencode(amap)}"),
        MapLink(
            _("Baidu"), f"https://api.map.baidu.com/marker?{urlencode(baidu | {'output': 'html'})}"
        ),
    ]
    if (get_language() or "").startswith("zh"):
        return [*chinese, *everywhere]
    return [*everywhere, *chinese]


_MAX_STATES = 3
DIRECTIONS = (
    pgettext_lazy("direction from here", "north"),
    pgettext_lazy("direction from here", "north-east"),
    pgettext_lazy("direction from here", "east"),
    pgettext_lazy("direction from here", "south-east"),
    pgettext_lazy("direction from here", "south"),
    pgettext_lazy("direction from here", "south-west"),
    pgettext_lazy("direction from here", "west"),
    pgettext_lazy("direction from here", "north-west"),
)


@dataclass(frozen=True, slots=True)
class PlaceLink:
    label: SafeString
    url: str
    level: str
    note: SafeString


@dataclass(frozen=True, slots=True)
class SiteLocation:
    place: str  # the whole chain in one phrase
    trail: list[PlaceLink]  # from the broadest down; empty for what several states share
    chains: list[list[PlaceLink]]  # the primary place first; none of what another ends in
    point: str
    geo: str  # a geo: address, for map programs
    own_map: str  # the address of our map there
    services: list[MapLink]  # the maps of others
    quality: list[str]
    marks: list[Mark]
    source: SourceLine | None  # of the point, or of the centre of the district
    blurred: str  # a sentence, where the point is blurred
    district: str  # a sentence, where no more than a district is known
    around: str  # the list of what lies near that district


@dataclass(frozen=True, slots=True)
class NeighbourLine:
    url: str
    name: SafeString
    other_names: list
    distance: str
    direction: str


def site_location(rows: page_rows.SiteRows) -> SiteLocation:
    site = rows.site
    point = site.public_point
    accuracy = _accuracy_m(site)
    district = site.district if point is None else None
    broader = {step.pk for place in rows.places for step in place.ancestors()}
    chains = list(map(_chain, rows.places))
    return SiteLocation(
        place=exact_place_phrase(site.place) or shared_by_states(rows.also_in),
        trail=chains[0] if site.place else [],
        chains=[
            chain
            for place, chain in zip(rows.places, chains, strict=True)
            if place.pk not in broader
        ],
        point=format_point(*point, accuracy) if point else "",
        geo=f"geo:{point[0]},{point[1]}" if point else "",
        own_map=own_map(site),
        services=services(site),
        quality=_quality(site, accuracy) if point else [],
        marks=_marks(site) if point else certainty.of_source(rows.district_source),
        source=_source(rows),
        blurred=_("To protect the place, its position is shown to about %(km)s km only.")
        % {"km": site.public_blur_km}
        if point and site.public_blur_km
        else "",
        district=_district(district) if district else "",
        around=list_url(near=f"{SiteFilter.PLACE_MARK}{district.slug}") if district else "",
    )


def _source(rows: page_rows.SiteRows) -> SourceLine | None:
    if rows.site.public_point is None:
        return source_line(rows.district_source)
    return None if rows.site.public_blur_km else source_line(rows.site.point_source)


def _district(place: Place) -> str:
    """A sentence that says in which district a site without a point lies."""
    words = _(
        "Somewhere in %(place)s, within about %(distance)s of its centre. The exact place is not "
        "recorded."
    )
    distance = distance_phrase(place.radius_km or 0)
    return words % {"place": place.label.best(), "distance": distance}


def shared_by_states(places: Iterable[Place]) -> str:
    """The first of the states that share a site, and the number of others."""
    labels = [place.label.best().text for place in places]
    shown = join_words(labels[:_MAX_STATES])
    more = len(labels) - _MAX_STATES
    if more <= 0:
        return shown
    words = ngettext("%(places)s and %(number)s more", "%(places)s and %(number)s more", more)
    return words % {"places": shown, "number": more}


def _chain(place: Place) -> list[PlaceLink]:
    return [
        PlaceLink(
            label=language_html.as_html(step.label),
            url=path_of("web:place", step.slug),
            level=step.get_level_display(),
            note=language_html.as_html(step.note),
        )
        for step in (*place.ancestors(), place)
    ]


def _accuracy_m(site: Site) -> int | None:
    """The accuracy of the public point in metres; None if unknown."""
    if site.public_blur_km:
        return max(site.accuracy_m or 0, site.public_blur_km * 1000)
    return site.accuracy_m


def _quality(site: Site, accuracy: int | None) -> list[str]:
    quality = []
    if not site.public_blur_km and site.precision != Site.Precision.APPROXIMATE:
        quality.append(site.get_precision_display())
    if accuracy:
        quality.append(
            _("accurate to about %(distance)s") % {"distance": distance_phrase(accuracy / 1000)}
        )
    return quality


def _marks(site: Site) -> list[Mark]:
    if site.public_blur_km:
        return [certainty.BLURRED]
    is_near = site.precision == Site.Precision.APPROXIMATE
    return ([certainty.APPROXIMATE] if is_near else []) + certainty.of_source(site.point_source)


def nearby(
    index: IndexSnapshot,
    site: Site,
    within_km: float = 50,
    limit: int = 6,
    also: Collection[int] = (),
) -> tuple[list[Neighbour], dict[int, Site]]:
    """The sites within so many km of a site's public point, nearest first, without itself, at most
    `limit`; and, as `page_rows.linked_sites()` gives them, these and those of the ids in `also`,
    read by one query."""
    if site.public_latitude is None or site.public_longitude is None:
        return [], page_rows.linked_sites(also)
    here = (site.public_latitude, site.public_longitude)
    found = index.nearest(here, within_km, limit + 1)
    nearest = [each.pk for each in found]
    question = partial(_nearest, here=here, km=within_km, most=limit + 1)
    page_dependencies.answer(index, question, tuple(nearest))
    found = [each for each in found if each.pk != site.pk][:limit]
    ids = [each.pk for each in found]
    page_dependencies.sites(index, ids)
    sites = page_rows.linked_sites({*ids, *also}, *MARK_COLUMNS)
    return [Neighbour(sites[pk], km, at) for pk, km, at in found if pk in sites], sites


def _nearest(index: IndexSnapshot, here: Point, km: float, most: int) -> tuple[int, ...]:
    """The ids of the sites nearest to a site, itself among them."""
    return tuple([each.pk for each in index.nearest(here, km, most)])


def reachable(index: IndexSnapshot, here: Point, within_km: float, limit: int) -> list[Neighbour]:
    """The best-known sites around a point, nearest first."""
    found = index.best_known_near(here, within_km, limit)
    ids = [each.pk for each in found]
    question = partial(_best_known_near, here=here, km=within_km, most=limit)
    page_dependencies.answer(index, question, tuple(ids))
    page_dependencies.sites(index, ids)
    sites = page_rows.linked_sites(ids, *MARK_COLUMNS)
    return [Neighbour(sites[pk], km, at) for pk, km, at in found if pk in sites]


def _best_known_near(index: IndexSnapshot, here: Point, km: float, most: int) -> tuple[int, ...]:
    return tuple([each.pk for each in index.best_known_near(here, km, most)])


def neighbours(here: Point | None, found: list[Neighbour]) -> list[NeighbourLine]:
    sites, lines = path_of("web:sites"), []
    for near in found:
        name = near.site.shown_name
        # Equal points say nothing about the distance: parts often have the point of the whole.
        is_apart = near.km > 0.01
        line = NeighbourLine(
            url=f"{sites}{near.site.slug}/",
            name=language_html.as_html(name),
            other_names=language_html.in_other_languages(name)[:1],
            distance=distance_phrase(near.km) if is_apart else _("at the same point"),
            direction=direction(here, near.point) if here and is_apart else "",
        )
        lines.append(line)
    return lines


def direction(here: Point, there: Point) -> str:
    """The direction to another point in words, one of eight."""
    east, north = _offset(here, there)
    return str(DIRECTIONS[round(degrees(atan2(east, north)) / 45) % 8])


def _offset(here: Point, there: Point) -> tuple[float, float]:
    """Kilometres to the east and north, on a plane that is exact near the point."""
    latitude, longitude = here
    east = (there[1] - longitude + 180) % 360 - 180
    north = there[0] - latitude
    shrink = cos(radians(latitude))
    return east * shrink * KM_PER_DEGREE, north * KM_PER_DEGREE


# --- related sites -------------------------------------------------------------------------------

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RelatedSite:
    uid: str
    url: str
    name: SafeString


@dataclass(frozen=True, slots=True)
class RelatedSites:
    key: str
    title: str
    others: list[RelatedSite]
    total: int  # with this site: what the list of all shows
    url: str


# Facets, each with a value that sites have.
type Values = tuple[tuple[str, Hashable], ...]


class RelatedGroup(NamedTuple):
    key: str
    title: str
    ids: tuple[int, ...]
    total: int
    url: str


def related_groups(
    index: IndexSnapshot, rows: page_rows.SiteRows, of_its_year: bool = True
) -> list[RelatedGroup]:
    """The groups that are not empty; `of_its_year` adds the sites that were listed in the same
    year."""
    found = []
    for key, title, values, url in _groups(rows):
        if key != "kind" and not of_its_year:
            continue
        ids, total = _best_known(index, values, rows.site.pk)
        question = partial(_best_known, values=values, without=rows.site.pk)
        page_dependencies.answer(index, question, (ids, total))
        if ids:
            found.append(RelatedGroup(key, title, ids, total, url))
            page_dependencies.sites(index, ids)
    return found


def related_sites(groups: Iterable[RelatedGroup], sites: dict[int, Site]) -> list[RelatedSites]:
    """The lists of links; only to `sites`, which are published."""
    address = path_of("web:sites")
    return [
        RelatedSites(
            group.key,
            group.title,
            [_link(address, sites[pk]) for pk in group.ids if pk in sites],
            group.total,
            group.url,
        )
        for group in groups
    ]


def _link(address: str, site: Site) -> RelatedSite:
    name = language_html.as_html(site.shown_name)
    return RelatedSite(site.uid, f"{address}{site.slug}/", name)


def _best_known(index: IndexSnapshot, values: Values, without: int) -> tuple[tuple[int, ...], int]:
    """The ids of the best known sites with all of these values, except the site `without`; and the
    number of all with them."""
    hits = BitMap.intersection(*starmap(index.having, values))
    order = index.best_known
    return tuple(order.slice(hits - BitMap([without]), 0, _SHOWN)), len(hits)


def _groups(rows: page_rows.SiteRows) -> Iterator[tuple[str, str, Values, str]]:
    """Key, title, the values that the sites have in the index, and the address of their list."""
    kind, country = next(iter(rows.kinds), None), _country(rows)
    if kind and country:
        values: Values = (("kind", kind.pk), ("place", country.pk))
        url = list_url(kind=kind.slug, place=country.slug)
        yield "kind", _("More of this kind in this country"), values, url
    if rows.site.inscribed_year is not None:
        year = rows.site.inscribed_year
        values = (("inscribed", year),)
        yield "year", _("Listed the same year"), values, list_url(inscribed=str(year))
        return
    for coverage in rows.coverages:
        entry = coverage.designation
        is_protection = entry.register.role == Register.Role.PROTECTION
        if is_protection and entry.is_in_force and entry.batch is not None:
            values = (("batch", (entry.register_id, entry.batch)),)
            url = list_url(batch=f"{entry.register.slug}.{entry.batch}")
            yield "year", _("Listed the same year"), values, url
            return


def _country(rows: page_rows.SiteRows) -> Place | None:
    place = next(iter(rows.places), None)
    if place is None:
        return None
    line = [*place.ancestors(), place]
    return next((each for each in line if each.level == Place.Level.COUNTRY), None)
