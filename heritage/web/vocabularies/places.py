"""Context of the pages of places: countries by region, and one place with its sites."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url
from heritage.models import WHOLE_STATUSES, Place, RegisterTerm, UnescoStatus
from heritage.search import IndexSnapshot, SiteFilter, current_index
from heritage.values.coordinates import distance_phrase, format_point
from heritage.values.language import join_sentences
from heritage.web.shared import language_html, map_sheets, stretches
from heritage.web.shared.certainty import SourceLine, source_line
from heritage.web.shared.charts import Chart, ChartRow, Series
from heritage.web.shared.map_sheets import SmallMap, UnplacedSites
from heritage.web.shared.stretches import Stretch
from heritage.web.site.location import NeighbourLine, neighbours, reachable
from heritage.web.vocabularies import common
from heritage.web.vocabularies.common import CountedTree, TermLabel, TermLink, TermSites, TermText
from heritage.web.vocabularies.day_table import DayTable, day_table
from heritage.web.world_heritage.entries import WorldHeritageList, by_year, region_of_states

_DAY_KM = 30  # from a town's centre and back in a day, with time to look
_NAMED = 9  # sites that one reaches
_FIRST = 6  # sites that are shown at the head of a place


@dataclass(frozen=True, slots=True)
class Region:
    """One of UNESCO's regions with its countries."""

    key: str
    label: SafeString | str
    countries: list[TermLink]


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """Prepared for the template web/places.html."""

    regions: list[Region]
    countries: int


@dataclass(frozen=True, slots=True)
class TownSurroundings:
    """The best-known sites within a day's reach of a town, nearest first."""

    km: int
    nearby: list[NeighbourLine]
    url: str  # of the list of all
    unplaced: list[UnplacedSites]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Prepared for the template web/place.html."""

    place: Place
    labels: list[TermLabel]
    level: str
    text: TermText | None
    lead: SafeString | str
    above: list[TermLink]
    children: list[TermLink]
    centre: str  # the point and the radius by which sites without a point are found
    centre_source: SourceLine | None
    surroundings: TownSurroundings | None
    visits: DayTable | None  # of a town
    map: SmallMap | None
    stretch: Stretch | None
    charts: list[Chart]
    by_year: Chart | None
    sites: TermSites  # the best known


def places() -> PlacesPage:
    tree = CountedTree("place", current_index())
    found = regions(tree)
    return PlacesPage(found, len(tree.counted()))


def regions(tree: CountedTree) -> list[Region]:
    """The countries with sites, by region; countries without a region come last."""
    of_state = region_of_states(tree.index)
    known = WorldHeritageList(tree.index).by_facet
    grouped: dict[str, list] = defaultdict(list)
    for country in tree.counted():
        grouped[of_state.get(country.pk, "")].append(country)
    ordered = [*known[RegisterTerm.Facet.REGION].items(), ("", None)]
    return [
        Region(
            code or "elsewhere",
            language_html.as_html(term.label) if term else _("Elsewhere"),
            common.links(tree, _by_name(grouped[code])),
        )
        for code, term in ordered
        if grouped[code]
    ]


def _by_name(found: list[Place]) -> list[Place]:
    language = get_language()
    return sorted(found, key=lambda place: place.sort_key(language))


def place_page(slug: str, day: str = "") -> PlacePage:
    """The context of a place, with what is open on a day. Raises Place.DoesNotExist."""
    index = current_index()
    tree = CountedTree("place", index)
    place: Place = tree.term(slug)
    hits = tree.sites(place)
    kinds = CountedTree("kind", index, hits)
    of_kinds = common.chart(
        kinds, kinds.leaves(), id="kinds", title=_("Kinds of sites"), head=_("Kind"),
        url=lambda kind: list_url(place=place.slug, kind=kind.slug),
    )  # fmt: skip
    is_country = place.level == Place.Level.COUNTRY
    return PlacePage(
        place=place,
        labels=common.labels(place.label),
        level=place.get_level_display(),
        text=common.text_of(place),
        lead=language_html.as_html(place.note) or _lead(index, place, hits),
        above=common.links(tree, tree.broader(place)),
        children=common.links(tree, _by_name(tree.counted(place.pk))),
        centre=_centre(place),
        centre_source=source_line(place.centre_source),
        surroundings=_surroundings(index, place),
        visits=day_table(index, place, day) if place.level in Place.TOWNS else None,
        map=map_sheets.small_map_of_sites(index, hits, {"place": place.slug}, _("On the map")),
        stretch=stretches.of_sites(index, hits, {"place": place.slug}),
        charts=[chart for chart in (of_kinds, _by_status(index, hits, place)) if chart],
        by_year=_by_year(index, place) if is_country else None,
        sites=common.sites(index, "place", place, list_url(place=place.slug), shown=_FIRST),
    )


def _lead(index: IndexSnapshot, place: Place, hits: BitMap) -> str:
    """What the catalogue has of the place: how many sites, what they are, the best known."""
    if not hits:
        return ""
    name = place.label.best().text
    lead = [
        ngettext(
            "This catalogue has %(number)s site in %(place)s.",
            "This catalogue has %(number)s sites in %(place)s.",
            len(hits),
        )
        % {"number": number_format(len(hits)), "place": name}
    ]
    listed = sum(
        hits.intersection_cardinality(index.having("unesco", status)) for status in WHOLE_STATUSES
    )
    if listed == len(hits) == 1:
        lead.append(_("It is a World Heritage property."))
    elif listed == len(hits):
        lead.append(_("All are World Heritage properties."))
    elif listed:
        lead.append(
            ngettext(
                "%(number)s is a World Heritage property.",
                "%(number)s are World Heritage properties.",
                listed,
            )
            % {"number": number_format(listed)}
        )
    parts = hits.intersection_cardinality(index.having("unesco", UnescoStatus.PART))
    if parts:
        lead.append(
            ngettext(
                "%(number)s is part of a World Heritage property.",
                "%(number)s are parts of World Heritage properties.",
                parts,
            )
            % {"number": number_format(parts)}
        )
    lead.append(common.best_known(index, "place", place))
    return join_sentences(lead)


def _centre(place: Place) -> str:
    if place.centre is None or place.radius_km is None:
        return ""
    words = _("%(point)s, radius %(distance)s")
    accuracy_m = 1000  # as exact as the middle of a town is
    point = format_point(*place.centre, accuracy_m)
    return words % {"point": point, "distance": distance_phrase(place.radius_km)}


def _surroundings(index: IndexSnapshot, place: Place) -> TownSurroundings | None:
    found = reachable(index, place.centre, _DAY_KM, _NAMED) if place.centre else []
    if not found:
        return None
    return TownSurroundings(
        _DAY_KM,
        neighbours(place.centre, found),
        list_url(near=f"{SiteFilter.PLACE_MARK}{place.slug}", within=str(_DAY_KM)),
        map_sheets.unplaced_in(index, place),
    )


def _by_status(index: IndexSnapshot, hits: BitMap, place: Place) -> Chart | None:
    rows = []
    for status in UnescoStatus:
        count = hits.intersection_cardinality(index.having("unesco", status))
        if count:
            url = list_url(place=place.slug, unesco=status)
            rows.append(ChartRow(status.counted_label, [count], url))
    if len(rows) < 2:
        return None
    series = [Series("sites", _("Sites"))]
    summary = _("Sites of this catalogue: one property may be several, and a site may be a part.")
    return Chart("unesco", _("UNESCO status"), summary, _("Status"), series, rows)


def _by_year(index: IndexSnapshot, place: Place) -> Chart | None:
    """A chart of the years in which its World Heritage was inscribed; None if there is too
    little."""
    world_list = WorldHeritageList(index)
    grouped = world_list.of_states.get(place.pk, ())
    if sum(count for year, _category, count in grouped if year is not None) <= 2:
        return None
    return by_year(world_list, grouped, _("Its World Heritage by year of inscription"))
