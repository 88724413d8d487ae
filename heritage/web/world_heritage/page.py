"""Context of the World Heritage page: introduction, maps, charts and their tables."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url, path_of, term_url
from heritage.models import (
    LISTED_STATUSES,
    WHOLE_STATUSES,
    Coverage,
    Designation,
    Register,
    RegisterTerm,
    Site,
    UnescoStatus,
    place_phrase,
)
from heritage.search import IndexSnapshot, current_index
from heritage.server.caches import CacheKey
from heritage.values.date_format import year_phrase
from heritage.web.shared import cards, language_html, map_sheets, page_dependencies, stretches
from heritage.web.shared.cards import RenderedCard
from heritage.web.shared.certainty import SourceLine, source_line
from heritage.web.shared.charts import Chart
from heritage.web.shared.map_sheets import SmallMap
from heritage.web.shared.stretches import Stretch
from heritage.web.site.events import danger_event, is_unchecked
from heritage.web.site.location import shared_by_states
from heritage.web.world_heritage.entries import (
    WorldHeritageList,
    by_category,
    by_criterion,
    by_region,
    by_state,
    by_year,
    in_danger_by_year,
)

_NEWEST = 6


@dataclass(frozen=True, slots=True)
class Figure:
    number: int
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ListedSite:
    """A site in a list of names, with a year."""

    url: str
    name: SafeString
    place: str
    year: str
    since: int
    reason: SafeString | str  # of danger
    source: SourceLine | None  # of the reason
    is_unchecked: bool  # the reason
    site_id: int


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """The sites of one of UNESCO's regions."""

    label: SafeString | str
    sites: list[ListedSite]


@dataclass(frozen=True, slots=True)
class WorldHeritageCounts:
    """World Heritage sites of the catalogue by status; none is counted twice."""

    total: int
    whole: int
    in_danger: int
    part: int
    url: str


@dataclass(frozen=True, slots=True)
class WorldHeritagePage:
    """Prepared for the template web/world_heritage.html."""

    register: Register | None
    description: SafeString | str
    authority: SafeString | str
    edition: str  # the year or day of the list that is followed
    edition_note: SafeString | str
    figures: list[Figure]
    sites: "WorldHeritageCounts"
    by_year: Chart | None
    criteria: Chart | None
    regions: Chart | None
    states: Chart | None
    all_states: Chart | None
    danger: Chart | None
    in_danger: list[ListedGroup]
    in_danger_url: str
    delisted: list[ListedSite]
    newest: list[RenderedCard]
    newest_year: int | None
    later: list[ListedSite]  # inscribed after the edition
    map: SmallMap | None = None
    stretch: Stretch | None = None
    danger_map: SmallMap | None = None

    @property
    def has_unchecked_reasons(self) -> bool:
        return any(site.is_unchecked for group in self.in_danger for site in group.sites)


# By language and year.
_PAGES: CacheKey[dict[tuple[str, int], WorldHeritagePage]] = CacheKey("World Heritage page")


def world_heritage_page() -> WorldHeritagePage:
    """The context of the page. All of it except the maps and the timeline is cached until a World
    Heritage entry, a site under one or a term is written."""
    index = current_index()
    page_dependencies.parts(index, "world heritage")
    pages = index.world_heritage_cache.get_or_set(_PAGES, dict)
    key = get_language(), localdate().year
    if key not in pages:
        pages[key] = _world()
    return replace(
        pages[key],
        map=_map(index, WHOLE_STATUSES, _("On the map")),
        stretch=_stretch(index, WHOLE_STATUSES),
        danger_map=_map(index, (UnescoStatus.IN_DANGER,), ""),
    )


def _world() -> WorldHeritagePage:
    index = current_index()
    world_list = WorldHeritageList(index)
    register = world_list.register
    states, all_states, how_many = by_state(world_list, lambda place: term_url("place", place))
    newest_year, newest = _newest(index, world_list)
    figures = _figures(how_many, world_list)
    return WorldHeritagePage(
        register=register,
        description=language_html.as_html(register.description) if register else "",
        authority=language_html.as_html(register.authority) if register else "",
        edition=world_list.edition,
        edition_note=language_html.as_html(register.edition_note) if register else "",
        figures=figures,
        sites=world_heritage_counts(index),
        by_year=by_year(world_list),
        criteria=by_criterion(world_list),
        regions=by_region(world_list),
        states=states,
        all_states=all_states,
        danger=in_danger_by_year(world_list),
        in_danger=_by_region(
            index, world_list, _listed(Designation.Standing.IN_DANGER, "in_danger")
        ),
        in_danger_url=list_url(unesco=UnescoStatus.IN_DANGER),
        delisted=_listed(Designation.Standing.ENDED, "delisted"),
        newest=newest,
        newest_year=newest_year,
        later=_sites_of(world_list.later(), "inscribed"),
    )


def _map(index: IndexSnapshot, found: Iterable[UnescoStatus], title: str) -> SmallMap | None:
    """A map of the sites with one of these UNESCO statuses."""
    hits = BitMap.union(*(index.having("unesco", status) for status in found))
    return map_sheets.small_map_of_sites(index, hits, {"unesco": list(found)}, title)


def _stretch(index: IndexSnapshot, found: Iterable[UnescoStatus]) -> Stretch | None:
    hits = BitMap.union(*(index.having("unesco", status) for status in found))
    return stretches.of_sites(index, hits, {"unesco": [str(status) for status in found]})


def world_heritage_counts(index: IndexSnapshot) -> WorldHeritageCounts:
    """Each site is counted once: in danger, else as a whole property, else as a part."""
    in_danger, whole, part = (index.having("unesco", status) for status in LISTED_STATUSES)
    return WorldHeritageCounts(
        total=len(in_danger | whole | part),
        whole=len(whole - in_danger),
        in_danger=len(in_danger),
        part=len(part - whole - in_danger),
        url=list_url(unesco=LISTED_STATUSES),
    )


def _figures(states: int, world_list: WorldHeritageList) -> list[Figure]:
    """Properties in all, by category, shared by several states, in danger."""
    listed = _("properties on the list")
    if edition := world_list.edition:
        listed = _("properties on the list of %(edition)s") % {"edition": edition}
    counts = by_category(world_list)
    shared = world_list.inscribed().annotate(n=Count("world_heritage__states"))
    endangered = world_list.inscribed().filter(standing=Designation.Standing.IN_DANGER).count()
    figures = [
        Figure(sum(counts.values()), listed),
        Figure(counts["cultural"], _("cultural"), list_url(category="cultural")),
        Figure(counts["natural"], _("natural"), list_url(category="natural")),
        Figure(counts["mixed"], _("mixed"), list_url(category="mixed")),
        Figure(states, _("states with a property"), path_of("web:places")),
        Figure(shared.filter(n__gt=1).count(), _("shared by several states")),
        Figure(endangered, _("in danger"), "#danger"),
    ]
    return [figure for figure in figures if figure.number]


def _listed(standing: str, kind: str) -> list[ListedSite]:
    """Published sites of the entries of one standing, with the year of the last such event."""
    entries = Designation.objects.filter(
        register__role=Register.Role.WORLD_HERITAGE, standing=standing
    )
    return _sites_of(entries.order_by(), kind)


def _by_region(
    index: IndexSnapshot, world_list: WorldHeritageList, listed: list[ListedSite]
) -> list[ListedGroup]:
    """Sites under the first region that they lie in."""
    groups, rest = [], listed
    for term in world_list.by_facet[RegisterTerm.Facet.REGION].values():
        inside = index.having("region", term)
        if here := [site for site in rest if site.site_id in inside]:
            groups.append(ListedGroup(language_html.as_html(term.label), here))
            rest = [site for site in rest if site.site_id not in inside]
    return [*groups, ListedGroup(_("Elsewhere"), rest)] if rest else groups


def _sites_of(entries: QuerySet[Designation], kind: str) -> list[ListedSite]:
    """For each entry its best-known published site, with the year of the last event of a kind."""
    # Step by step: in one query the database may begin with all sites that are published.
    rows = (
        Coverage.objects.filter(
            designation__in=list(entries.values_list("pk", flat=True)),
            extent=Coverage.Extent.WHOLE,
        )
        .prefetch_related("designation__events__source__licence", "site__also_in")
        .order_by()
    )
    places = current_index().vocabulary.places
    published = [row for row in rows if row.site.state == Site.State.PUBLISHED]
    published.sort(key=lambda row: (-row.site.effective_prominence, row.site.slug))
    by_entry: dict[int, Coverage] = {}
    for row in published:
        by_entry.setdefault(row.designation_id, row)
    found = []
    for row in sorted(by_entry.values(), key=lambda row: row.site.slug):
        years = [
            event.first_year
            for event in row.designation.events.all()
            if event.kind == kind and event.first_year
        ]
        since = max(years, default=0)
        danger = danger_event(row.designation, row.designation.events.all())
        found.append(
            ListedSite(
                path_of("web:site", row.site.slug),
                language_html.as_html(row.site.shown_name),
                place_phrase(places.get(row.site.place_id))
                or shared_by_states(row.site.also_in.all()),
                year_phrase(since) if since else "",
                since,
                language_html.as_html(danger.note) if danger else "",
                source_line(danger.source) if danger else None,
                danger is not None and is_unchecked(danger.source),
                row.site_id,
            )
        )
    return sorted(found, key=lambda listed: -listed.since)


def _newest(
    index: IndexSnapshot, world_list: WorldHeritageList
) -> tuple[int | None, list[RenderedCard]]:
    """A few of the properties inscribed last, and when that was."""
    entries = world_list.inscribed().filter(listed_year__isnull=False)
    year = entries.order_by("-listed_year").values_list("listed_year", flat=True).first()
    if year is None:
        return None, []
    rows = Coverage.objects.filter(
        designation__in=entries.filter(listed_year=year), site__state="published"
    )
    ids = rows.order_by("site__slug").values_list("site_id", flat=True)[:_NEWEST]
    return year, list(cards.rendered_cards(index, list(ids)).values())
