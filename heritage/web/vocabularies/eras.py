"""Context of the pages of eras: the overview on a time axis, and one era with its sites."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url, term_url
from heritage.models import Era, SiteEra
from heritage.search import IndexSnapshot, current_index
from heritage.server.caches import CacheKey
from heritage.values.date_format import span_phrase
from heritage.values.edtf import from_historical
from heritage.values.language import Text, join_sentences
from heritage.values.normalize import sort_key
from heritage.web.media.covers import seal_characters
from heritage.web.shared import language_html, map_sheets, stretches
from heritage.web.shared.certainty import APPROXIMATE, TRADITION, Mark, SourceLine, source_line
from heritage.web.shared.charts import Chart
from heritage.web.shared.map_sheets import SmallMap
from heritage.web.shared.scroll import is_of_china, region_label
from heritage.web.shared.stretches import Stretch
from heritage.web.shared.time_scale import EraStrip, Scale, Tick, scale_of, strip_of, this_year
from heritage.web.vocabularies import common, parts
from heritage.web.vocabularies.common import CountedTree, TermLabel, TermLink, TermSites, TermText
from heritage.web.vocabularies.parts import WorldPart

_SINCE = from_historical(-10_000)  # where the strip of all eras begins
_CHINA, _SEVERAL = "china", "several-parts"
_NAMED = 3  # eras that stand for a part of the world
_LEAST_NEAR = 30  # years between two eras of which one follows the other
# Of sites that began in an era, date from it or have fabric of it: they show it best.
_CHIEF_ROLES = (SiteEra.Role.BEGINNINGS, SiteEra.Role.STANDING, SiteEra.Role.DATED)
_ROLES = (
    SiteEra.Role.BEGINNINGS,
    SiteEra.Role.STANDING,
    SiteEra.Role.DATED,
    SiteEra.Role.OTHER,
    *SiteEra.UNSTATED,
)


# By id, the eras of the same region.
_OF_REGIONS: CacheKey[dict[int, list[Era]]] = CacheKey("eras of the same region")


@dataclass(frozen=True, slots=True)
class EraRow:
    """An era in the list of all of them."""

    url: str  # from the page of all eras: there are hundreds
    label: SafeString
    seal: str
    years: str
    count: int
    depth: int
    region: SafeString | str  # empty where it is that of the group


@dataclass(frozen=True, slots=True)
class EraRegion:
    """The eras of one region; a narrower era stands with the broader one it belongs to."""

    label: SafeString
    rows: list[EraRow]


@dataclass(frozen=True, slots=True)
class EraPart:
    """The regions of one part of the world, in which most sites of their eras lie."""

    anchor: str
    label: str
    regions: list[EraRegion]
    sites: int
    most: list[SafeString]  # the eras with most sites
    strip: str  # a path of the broad eras with sites, 1,000 wide and 18 high

    @property
    def rows(self) -> list[EraRow]:
        return [row for region in self.regions for row in region.rows]

    @property
    def eras(self) -> int:
        """How many have sites."""
        return sum(row.count > 0 for row in self.rows)


@dataclass(frozen=True, slots=True)
class ErasPage:
    """Prepared for the template web/eras.html."""

    parts: list[EraPart]
    ticks: list[Tick]
    note: str  # where the scale changes
    timeline_url: str


@dataclass(frozen=True, slots=True)
class EraPage:
    """Prepared for the template web/era.html."""

    era: Era
    seal: str
    labels: list[TermLabel]
    span: str
    text: TermText | None
    lead: str
    marks: list[Mark]
    above: list[TermLink]
    children: list[TermLink]
    roles: list[TermLink]
    region: TermLink | None
    source: SourceLine | None
    territory: list[TermLink]  # the places that it held
    territory_source: SourceLine | None
    strip: EraStrip | None
    map: SmallMap | None
    stretch: Stretch | None
    charts: list[Chart]
    sites: TermSites


def eras() -> ErasPage:
    tree = CountedTree("era", current_index())
    last = max((era.last_year or 0 for era in tree.terms.values()), default=0)
    scale = Scale(_SINCE, max(last, this_year()))
    by_part = _by_part(tree)
    order = {_CHINA: 0} | {slug: place for place, slug in enumerate(parts.LABELS, start=1)}
    found = [
        _part(tree, slug, by_part[slug], scale)
        for slug in sorted(by_part, key=lambda slug: order.get(slug, len(order)))
    ]
    return ErasPage(found, scale.ticks, scale.note, list_url(view="timeline"))


def _by_part(tree: CountedTree) -> dict[str, list[list[Era]]]:
    """The broad eras of each region, under the part of the world of most of their sites."""
    by_region: dict[Text | str, list[Era]] = defaultdict(list)
    for era in tree.children.get(None, []):
        by_region[region_label(era)].append(era)
    world = parts.parts(tree.index)
    by_part: dict[str, list[list[Era]]] = defaultdict(list)
    for region in by_region.values():
        by_part[_part_of(tree, region, world)].append(region)
    return by_part


def _part_of(tree: CountedTree, region: list[Era], world: list[WorldPart]) -> str:
    if is_of_china(region[0]):
        return _CHINA
    country = region[0].region_id
    if within := next((part for part in world if country in part.countries), None):
        return within.slug
    sites = BitMap.union(*(tree.sites(era) for era in region))
    most = parts.part_of(sites, world)
    return most.slug if most else _SEVERAL


def _part(tree: CountedTree, slug: str, regions: list[list[Era]], scale: Scale) -> EraPart:
    language = get_language()
    regions = sorted(regions, key=lambda eras: _region_order(region_label(eras[0]), language))
    broad = [era for eras in regions for era in eras]
    most = sorted((era for era in broad if tree.count(era)), key=lambda era: -tree.count(era))
    return EraPart(
        anchor=slug,
        label=_part_label(slug, regions),
        regions=[
            EraRegion(
                language_html.as_html(region_label(eras[0])),
                list(_rows(tree, eras, region_label(eras[0]))),
            )
            for eras in regions
        ],
        sites=len(BitMap.union(*(tree.sites(era) for era in broad))),
        most=[language_html.as_html(era.short()) for era in most[:_NAMED]],
        strip=_strip(most, scale),
    )


def _strip(eras: list[Era], scale: Scale) -> str:
    """Each era as a box; those that ended before the scale begins are not on it."""
    boxes = []
    for era in sorted(eras, key=lambda era: (era.first_year or 0, era.pk)):
        start, end = (round(place * 10) for place in scale.span(era.first_year, era.last_year))
        if end:
            width = max(end - start, 3)
            boxes.append(f"M{start} 2h{width}v14h-{width}z")
    return "".join(boxes)


def _part_label(slug: str, regions: list[list[Era]]) -> str:
    if slug == _CHINA:
        return str(region_label(regions[0][0]))
    return str(parts.LABELS.get(slug) or _("Several parts of the world"))


def _region_order(label: Text | str, language: str | None) -> tuple[bool, str]:
    """The sort key of a region: its name; eras without a region come last."""
    return not label, sort_key(str(label), language or "")


def _rows(
    tree: CountedTree, eras: list[Era], group: Text | str, depth: int = 0
) -> Iterator[EraRow]:
    """Eras with the narrower ones under each."""
    for era in eras:
        yield EraRow(
            url=era.slug,
            label=language_html.as_html(era.label),
            seal=seal_characters(era),
            years=short_years(era),
            count=tree.count(era),
            depth=depth,
            region="" if region_label(era) == group else language_html.as_html(region_label(era)),
        )
        yield from _rows(tree, tree.children.get(era.pk, []), group, depth + 1)


def short_years(era: Era) -> str:
    approximate = era.certainty == Era.Certainty.APPROXIMATE
    return span_phrase(era.first_year, era.last_year, style="short", approximate=approximate)


def era_page(slug: str) -> EraPage:
    """The context of an era. Raises Era.DoesNotExist."""
    index = current_index()
    tree = CountedTree("era", index)
    era: Era = tree.term(slug)
    hits = tree.sites(era)
    kinds = CountedTree("kind", index, hits)
    found = common.chart(
        kinds,
        kinds.leaves(),
        id="kinds",
        title=_("Kinds of sites"),
        head=_("Kind"),
        url=lambda kind: list_url(era=era.slug, kind=kind.slug),
    )
    return EraPage(
        era=era,
        seal=seal_characters(era),
        labels=common.labels(era.label),
        span=era.years(),
        text=common.text_of(era),
        lead=_lead(index, era, tree, hits),
        marks=_marks(era),
        above=common.links(tree, tree.broader(era)),
        children=common.links(tree, tree.children.get(era.pk, []), short_years),
        roles=_roles(index, era),
        region=_region(index, era),
        source=source_line(era.source),
        territory=_territory(era),
        territory_source=source_line(era.territory_source),
        strip=era_strip(era, of_region(index, era)),
        map=map_sheets.small_map_of_sites(index, hits, {"era": era.slug}, _("On the map")),
        stretch=stretches.of_sites(index, hits, {"era": era.slug}, (era.first_year, era.last_year)),
        charts=[found] if found else [],
        sites=common.sites(index, "era", era, list_url(era=era.slug), roles=_CHIEF_ROLES),
    )


def _lead(index: IndexSnapshot, era: Era, tree: CountedTree, hits: BitMap) -> str:
    """The lead of the page: when and where the era was, the eras before and after it, and its sites
    in the catalogue."""
    words = {"era": era.label.best(), "region": region_label(era), "years": era.years()}
    lead = []
    if words["region"] and any(letter.isdigit() for letter in str(words["era"])):
        lead.append(_("%(era)s: %(region)s.") % words)  # “Jin Dynasty (1115–1234)”
    elif words["region"] and words["years"]:
        lead.append(_("%(era)s: %(years)s, %(region)s.") % words)
    elif words["years"]:
        lead.append(_("%(era)s: %(years)s.") % words)
    before, after = _neighbours(era, of_region(index, era))
    around = {"before": before and before.label.best(), "after": after and after.label.best()}
    if before and after:
        lead.append(_("Before it: %(before)s; after it: %(after)s.") % around)
    elif before:
        lead.append(_("Before it: %(before)s.") % around)
    elif after:
        lead.append(_("After it: %(after)s.") % around)
    if hits:
        lead.append(
            ngettext(
                "This catalogue has %(number)s site of it.",
                "This catalogue has %(number)s sites of it.",
                len(hits),
            )
            % {"number": number_format(len(hits), force_grouping=True)}
        )
    return join_sentences([*lead, common.best_known(index, "era", era, _CHIEF_ROLES)])


def _neighbours(era: Era, eras: Iterable[Era]) -> tuple[Era | None, Era | None]:
    """The eras before and after an era, of its region and with the same broader era: the closest
    that ends about when it begins, and that begins about when it ends; None without one."""
    if era.first_year is None or era.last_year is None:
        return None, None
    first, last = era.first_year, era.last_year
    before: list[tuple[int, int, Era]] = []
    after: list[tuple[int, int, Era]] = []
    for other in eras:
        begins, ends = other.first_year, other.last_year
        if other.pk == era.pk or begins is None or ends is None:
            continue
        if other.parent_id != era.parent_id:
            continue
        near = max(_LEAST_NEAR, min(last - first, ends - begins) // 4)
        if begins < first and ends < last:
            before.append((abs(ends - first), near, other))
        if begins > first and ends > last:
            after.append((abs(begins - last), near, other))
    return _closest(before), _closest(after)


def _closest(others: list[tuple[int, int, Era]]) -> Era | None:
    """The closest of several eras, each given as (distance, greatest allowed distance, era); None
    if it is too far."""
    if not others:
        return None
    gap, near, other = min(others, key=lambda each: each[0])
    return other if gap <= near else None


def _marks(era: Era) -> list[Mark]:
    """Only “by tradition”: approximate dates say so themselves."""
    found = [TRADITION] if era.certainty == Era.Certainty.TRADITIONAL else []
    found += [APPROXIMATE] if era.certainty == Era.Certainty.APPROXIMATE else []
    return found + (list(source_line(era.source).marks) if era.source else [])


def _roles(index: IndexSnapshot, era: Era) -> list[TermLink]:
    """Links to the sites that began in the era, that have fabric of it, and so on. Roles that no
    event states come last.
    """
    labels = {
        SiteEra.Role.BEGINNINGS: _("begun in it"),
        SiteEra.Role.STANDING: _("with surviving fabric of it"),
        SiteEra.Role.DATED: _("that date from it"),
        SiteEra.Role.OTHER: _("altered in it"),
        SiteEra.Role.WITHIN: _("more with a span of eras that runs through it"),
        SiteEra.Role.MEANWHILE: _("more at the same time, outside its territory"),
    }
    total = len(index.having("era", era))
    found = [TermLink(list_url(era=era.slug), language_html.as_html(_("in all")), total)]
    for role in _ROLES:
        count = len(index.having("era", era, role))
        # “In between” is no choice of the list's: counted, not linked.
        url = list_url(era=era.slug, role=role) if role != SiteEra.Role.OTHER else ""
        if count:
            found.append(TermLink(url, language_html.as_html(labels[role]), count))
    return found if len(found) > 1 else []


def _territory(era: Era) -> list[TermLink]:
    """The places of its territory; empty, without a query, if the territory has no source."""
    if era.territory_source_id is None:
        return []
    return [
        TermLink(term_url("place", place), language_html.as_html(place.label), 0)
        for place in era.territory.all()
    ]


def _region(index: IndexSnapshot, era: Era) -> TermLink | None:
    if era.region is None:
        return None
    count = len(index.having("place", era.region))
    url = term_url("place", era.region)
    return TermLink(url, language_html.as_html(era.region.label), count)


def era_strip(era: Era, eras: list[Era]) -> EraStrip | None:
    """A strip with the era and its neighbours, from the eras of its region."""
    is_open = era.first_year is None or era.last_year is None
    until = this_year() if era.last_year is None and era.first_year is not None else era.last_year
    scale = scale_of([(era.first_year, until)], share=0.45, least=60 if is_open else 40)
    if scale is None:
        return None
    near = [other for other in eras if _is_shown(other, era)]
    return strip_of(near, scale, {era.pk})


def of_region(index: IndexSnapshot, era: Era) -> list[Era]:
    """All eras of the same region, including this one, in the order of the vocabulary."""
    return index.vocabulary.cache.get_or_set(_OF_REGIONS, lambda: _of_regions(index))[era.pk]


def _of_regions(index: IndexSnapshot) -> dict[int, list[Era]]:
    found: dict[tuple[object, ...], list[Era]] = defaultdict(list)
    eras = index.vocabulary.eras.terms.values()
    regions = {era.pk: (era.region_id, *sorted(era.region_name.items())) for era in eras}
    for era in eras:
        found[regions[era.pk]].append(era)
    return {pk: found[region] for pk, region in regions.items()}


def _is_shown(other: Era, era: Era) -> bool:
    """Whether an era is on the strip: itself, its children, its siblings, and the broad eras."""
    return other.pk == era.pk or other.parent_id in (None, era.pk, era.parent_id)
