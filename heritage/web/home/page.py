"""The context of the home page: featured sites, counts, and links to eras, kinds and places."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.formats import list_url, path_of
from heritage.models import Era, Event, Site
from heritage.search import (
    FacetCounts,
    IndexSnapshot,
    SiteFilter,
    facet_counts,
)
from heritage.values.language import LanguageMap, Text
from heritage.web.home.questions import HomeQuestion, questions
from heritage.web.media.covers import seal_characters
from heritage.web.shared import (
    cards,
    certainty,
    language_html,
    map_sheets,
    page_dependencies,
    stretches,
)
from heritage.web.shared.cards import Card
from heritage.web.shared.certainty import Mark
from heritage.web.shared.map_sheets import SmallMap
from heritage.web.shared.scroll import is_of_china
from heritage.web.shared.stretches import Stretch
from heritage.web.vocabularies import common
from heritage.web.vocabularies.common import CountedTree, TermLink
from heritage.web.vocabularies.eras import short_years
from heritage.web.vocabularies.places import regions
from heritage.web.world_heritage.page import WorldHeritageCounts, world_heritage_counts

_FEATURED = 5
_MAX_LINKS = 12
_MAX_ERAS = 10
_MAX_COUNTRIES = 6


@dataclass(frozen=True, slots=True)
class BrowseLink:
    url: str
    label: SafeString
    count: int
    note: str = ""
    seal: str = ""  # the era in its own characters
    depth: int = 0


@dataclass(frozen=True, slots=True)
class RegionLinks:
    """A region of the world, with the countries that have most sites in it."""

    url: str
    label: SafeString | str
    countries: list[TermLink]
    total: int

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.countries)


@dataclass(frozen=True, slots=True)
class EraLinks:
    """The eras with most sites of one part of the world, in the order of time."""

    label: str
    eras: list[BrowseLink]
    are_slips: bool  # set down the page, in characters


@dataclass(frozen=True, slots=True)
class Home:
    """Prepared for the template web/home.html."""

    featured: list[Card]
    questions: list[HomeQuestion]
    total: int
    world_heritage: WorldHeritageCounts
    eras: list[EraLinks]
    era_count: int
    kinds: list[BrowseLink]
    map: SmallMap | None
    stretch: Stretch | None
    regions: list[RegionLinks]
    unesco: list[BrowseLink]
    since: str  # the earliest beginning of any site
    since_marks: list[Mark]
    other_names: list[Text]


def home(name: LanguageMap) -> Home:
    """The context of the home page; `name` is that of the catalogue."""
    every = SiteFilter(QueryDict())
    by_name = {facet.name: facet for facet in facet_counts(every)}
    kind, unesco = by_name["kind"], by_name["unesco"]
    earliest = _earliest(every.index)
    page_dependencies.parts(every.index, "values", "world heritage")
    featured = _featured(every.index)
    return Home(
        featured=featured,
        questions=questions(every.index, featured),
        total=len(every.hits),
        world_heritage=world_heritage_counts(every.index),
        eras=_eras(by_name["era"]),
        era_count=len(by_name["era"].options),
        kinds=_links(kind, "web:kind"),
        map=map_sheets.small_map_of_sites(every.index, every.hits, {}),
        stretch=stretches.of_sites(every.index, every.hits, {}),
        regions=_regions(every.index),
        unesco=_links(unesco),
        since=earliest.date_phrase("short") or earliest.era_phrase() if earliest else "",
        since_marks=certainty.marks_of_beginning(earliest),
        other_names=language_html.in_other_languages(name),
    )


def _earliest(index: IndexSnapshot) -> Event | None:
    """The earliest event that begins a published site."""
    kinds = [kind for kind, role in Event.ROLES.items() if role == Event.Role.BEGINNINGS]
    events = Event.objects.filter(kind__in=kinds, first_year__isnull=False)
    oldest = _oldest(index)
    page_dependencies.answer(index, _oldest, oldest)
    page_dependencies.sites(index, oldest)
    events = events.filter(site__in=oldest).select_related("first_era", "last_era", "source")
    return events.order_by("first_year").first()


def _oldest(index: IndexSnapshot) -> tuple[int, ...]:
    return tuple(index.orders["oldest"].ids[:1].tolist())


def _featured(index: IndexSnapshot) -> list[Card]:
    ids = _featured_ids(index)
    page_dependencies.answer(index, _featured_ids, ids)
    page_dependencies.sites(index, ids)
    return cards.with_summaries(cards.cards_of(index, ids))


def _featured_ids(index: IndexSnapshot) -> tuple[int, ...]:
    """The sites that editors chose, else the newest."""
    chosen = Site.objects.published().filter(featured__isnull=False).order_by("featured", "pk")
    ids = tuple(chosen.values_list("pk", flat=True)[:_FEATURED])
    return ids or tuple(index.orders["recent"].ids[:_FEATURED].tolist())


def _regions(index: IndexSnapshot) -> list[RegionLinks]:
    """Every region; a catalogue of one country shows that country's provinces or cities."""
    tree = CountedTree("place", index)
    if len(tree.counted()) < 2:
        links = sorted(common.links(tree, tree.choice()), key=lambda link: -link.count)
        shown = links[:_MAX_LINKS]
        only = RegionLinks(path_of("web:places"), _("Places"), shown, len(links))
        return [only] if shown else []
    found = []
    for region in regions(tree):
        most = sorted(region.countries, key=lambda link: -link.count)[:_MAX_COUNTRIES]
        url = f"{path_of('web:places')}#{region.key}"
        found.append(RegionLinks(url, region.label, most, len(region.countries)))
    return found


def _links(facet: FacetCounts, page: str = "") -> list[BrowseLink]:
    """Links to the values with most sites, in the order of the facet; `page` names the URL of a
    value."""
    most = sorted(facet.options, key=lambda option: -option.count)[:_MAX_LINKS]
    chosen = {option.value for option in most}
    top = min((option.depth for option in facet.options), default=0)
    return [
        BrowseLink(
            path_of(page, option.value) if page else list_url(**{facet.name: option.value}),
            language_html.as_html(option.label),
            option.count,
            depth=option.depth - top,
        )
        for option in facet.options
        if option.value in chosen
    ]


def _eras(facet: FacetCounts) -> list[EraLinks]:
    """The broad eras, with the sites of narrower ones: those of China, and all others."""
    broad = [
        (option, option.term)
        for option in facet.options
        if option.depth == 0 and isinstance(option.term, Era)
    ]
    groups = [(_("China"), True), (_("The rest of the world"), False)]
    found = []
    for label, is_china in groups:
        pairs = [(option, era) for option, era in broad if is_of_china(era) == is_china]
        most = sorted(pairs, key=lambda pair: -pair[0].count)[:_MAX_ERAS]
        chosen = {era.pk for _option, era in most}
        links = [_era(era, option.count) for option, era in pairs if era.pk in chosen]
        if links:
            found.append(EraLinks(label, links, is_china))
    return found


def _era(era: Era, count: int) -> BrowseLink:
    return BrowseLink(
        path_of("web:era", era.slug),
        language_html.as_html(era.short()),
        count,
        _years(era),
        seal_characters(era),
    )


def _years(era: Era) -> str:
    """The years of an era, short; empty if its name contains them: “Jin (1115–1234)”."""
    if any(letter.isdigit() for letter in era.short().text):
        return ""
    return short_years(era)
