"""Context of the pages of places: countries by region, and one place with its sites."""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.models import Place, SchemeTerm, Site, UnescoStatus
from heritage.search.filters import WITHIN_KM
from heritage.search.index import columns, store
from heritage.search.nearby import nearby
from heritage.values.coordinates import distance_km
from heritage.web import language_html
from heritage.web.charts import Chart, Row, Series
from heritage.web.media import maps
from heritage.web.site.location import Near, neighbours
from heritage.web.site.nearby_map import Locator, locator
from heritage.web.vocabularies import common
from heritage.web.vocabularies.common import Label, Sites, TermLink, Tree
from heritage.web.world_heritage import statistics

_SMALL = (Place.Level.CITY, Place.Level.COUNTY)  # one can stay there, and make trips
_LOOKED_AT = 60  # sites of a place, to find the one in the middle of them
_NAMED = 9  # neighbours of that one


@dataclass(frozen=True, slots=True)
class Region:
    """One of UNESCO's regions with its countries."""

    key: str
    label: SafeString | str
    countries: list[TermLink]


@dataclass(frozen=True, slots=True)
class Places:
    """Prepared for the template web/places.html."""

    regions: list[Region]
    countries: int


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a place: near the site in its middle, and over its borders."""

    url: str  # empty where nothing lies around but the sites of the place
    count: int
    km: int
    site: SafeString
    site_url: str
    locator: Locator | None
    nearby: list[Near]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Prepared for the template web/place.html."""

    place: Place
    labels: list[Label]
    level: str
    note: SafeString
    above: list[TermLink]
    children: list[TermLink]
    around: Around | None
    map: maps.Sheet | None
    charts: list[Chart]
    by_year: Chart | None
    sites: Sites


def places() -> Places:
    tree = Tree("place", store.current())
    found = regions(tree)
    return Places(found, len(tree.counted()))


def regions(tree: Tree) -> list[Region]:
    """Countries that have sites, under their regions; those of none come last."""
    of_state = statistics.region_of_states(tree.index)
    known = statistics.Register(tree.index).by_facet
    grouped: dict[str, list] = defaultdict(list)
    for country in tree.counted():
        grouped[of_state.get(country.pk, "")].append(country)
    ordered = [*known[SchemeTerm.Facet.REGION].items(), ("", None)]
    return [
        Region(
            code or "elsewhere",
            language_html.as_html(term.label.best()) if term else _("Elsewhere"),
            common.links(tree, _by_name(grouped[code])),
        )
        for code, term in ordered
        if grouped[code]
    ]


def _by_name(found: list[Place]) -> list[Place]:
    language = get_language()
    return sorted(found, key=lambda place: place.sort_key(language))


def place_page(slug: str) -> PlacePage:
    """Raises Place.DoesNotExist."""
    place = Place.objects.get(slug=slug)
    index = store.current()
    tree = Tree("place", index)
    hits = tree.sites(place)
    kinds = Tree("kind", index, hits)
    of_kinds = common.chart(
        kinds, kinds.leaves(), id="kinds", title=_("Kinds of sites"), head=_("Kind"),
        url=lambda kind: common.list_url(place=place.slug, kind=kind.slug),
    )  # fmt: skip
    is_country = place.level == Place.Level.COUNTRY
    around = _around(index, hits) if place.level in _SMALL else None
    return PlacePage(
        place=place,
        labels=common.labels(place.label),
        level=place.get_level_display(),
        note=language_html.as_html(place.note.best()),
        above=common.links(tree, tree.above(place)),
        children=common.links(tree, _by_name(tree.counted(place.pk))),
        around=around,
        # Of a town the land would show a blot of dots: how its sites lie to one another says more.
        map=None if around and around.locator else maps.of_sites(place, hits),
        charts=[chart for chart in (of_kinds, _by_status(index, hits, place)) if chart],
        by_year=_by_year(index, place) if is_country else None,
        sites=common.sites(index, hits, common.list_url(place=place.slug)),
    )


def _around(index, hits) -> Around | None:
    """A place has no point of its own: the middle is the site that all others are nearest to."""
    points = columns.of_some(index.points, hits, _LOOKED_AT)
    if not points:
        return None
    middle = min(points, key=lambda point: sum(distance_km(point, other) for other in points))
    around = columns.within_radius(index.points, middle, WITHIN_KM)
    ids = columns.bitmap(around.ids)
    (nearest,) = around.slice(ids & hits, 0, 1)
    site = (
        Site.objects.published()
        .defer("description", "boundary", "search_text")
        .filter(pk=nearest)
        .first()
    )
    if site is None:
        return None
    found = nearby(index, site, WITHIN_KM, _NAMED)
    return Around(
        "" if ids <= hits else common.around_url(site),
        len(ids),
        WITHIN_KM,
        language_html.as_html(site.name.best()),
        reverse("web:site", args=[site.slug]),
        locator(site, found),
        neighbours(site, found),
    )


def _by_status(index, hits, place: Place) -> Chart | None:
    rows = []
    for status in UnescoStatus:
        count = hits.intersection_cardinality(index.having(f"unesco:{status}"))
        if count:
            url = common.list_url(place=place.slug, unesco=status)
            rows.append(Row(status.counted_label, [count], url))
    if len(rows) < 2:
        return None
    series = [Series("sites", _("Sites"))]
    summary = _("Sites of this catalogue: one property may be several, and a site may be a part.")
    return Chart("unesco", _("UNESCO status"), summary, _("Status"), series, rows)


def _by_year(index, place: Place) -> Chart | None:
    """When its World Heritage was inscribed; where that is little it is no chart."""
    register = statistics.Register(index)
    entries = register.inscribed().filter(world_heritage__states=place)
    title = _("Its World Heritage by year of inscription")
    chart = statistics.by_year(register, entries, title)
    return chart if chart and sum(row.total for row in chart.rows) > 2 else None
