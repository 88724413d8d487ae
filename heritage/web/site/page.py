"""The context of the page of a site, in the order of the page; and its photographs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain
from typing import Any, Protocol
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.formats import around_url, path_of, sentence
from heritage.models import (
    SOLEMN,
    WHOLE_STATUSES,
    Coverage,
    Designation,
    Disagreement,
    Event,
    Image,
    Name,
    PartOf,
    Register,
    Site,
    Source,
    UnescoStatus,
    unesco_statuses,
)
from heritage.search import IndexSnapshot, SiteFilter, current_index, page_rows
from heritage.values.coordinates import area_phrase
from heritage.values.html import to_html_in_parts
from heritage.values.language import (
    Text,
    display_width,
    interface_languages,
    join_words,
    language_in_words,
    proper_tag,
    text_direction,
)
from heritage.values.web_address import safe_url
from heritage.web.media import covers
from heritage.web.media.covers import Picture
from heritage.web.shared import (
    certainty,
    language_html,
    map_sheets,
    page_dependencies,
    visiting,
)
from heritage.web.shared.certainty import (
    Mark,
    Numbering,
    QuantityLine,
    SiteTrust,
    SourceLine,
    quantity_line,
    site_trust,
    source_line,
)
from heritage.web.shared.disagreements import DisagreementLine, disagreement_line
from heritage.web.shared.map_sheets import SmallMap, UnplacedSites
from heritage.web.shared.visiting import NoticeLine, VisitDay, Visiting, visit_day
from heritage.web.site.events import (
    EventGroup,
    EventLine,
    SiteDesignation,
    SiteTimeline,
    event_groups,
    protection_label,
    site_designations,
    site_timeline,
)
from heritage.web.site.location import (
    NeighbourLine,
    RelatedSites,
    SiteLocation,
    nearby,
    neighbours,
    related_groups,
    related_sites,
    site_location,
)

# How wide they are: the first as the page, the others a part of a row.
_FIRST = "(min-width: 80rem) 76rem, 100vw"
_OTHERS = "(min-width: 60rem) 26rem, (min-width: 36rem) 45vw, 95vw"


@dataclass(frozen=True, slots=True)
class Photo:
    picture: Picture
    sizes: str  # as the attribute of that name has it
    address: str  # of the whole picture
    width: int  # of that, in pixels
    height: int
    tiles: str  # the address below which its tiles are; empty if there are none
    placeholder: str  # as an address that has the picture in it; empty if there is none
    caption: SafeString
    credit: str
    licence: SafeString | str
    licence_url: str
    source_url: str
    restrictions: str

    @property
    def is_upright(self) -> bool:
        return self.picture.height > self.picture.width


def photos(images: Iterable[Image], is_public: bool) -> list[Photo]:
    """The photographs in the order of the record; `images` have their licences and renditions
    loaded.

    Tiles are served only of a site that everybody may see.
    """
    return [_photo(image, _OTHERS if at else _FIRST, is_public) for at, image in enumerate(images)]


def _photo(image: Image, sizes: str, is_public: bool) -> Photo:
    picture = covers.photograph(image)
    has_tiles = is_public and settings.IIIF and image.has_tiles
    # Behind one that is partly transparent it would stay in view.
    is_opaque = not image.file_name.endswith(".png")
    placeholder = image.placeholder if is_opaque else ""
    return Photo(
        picture=picture,
        sizes=sizes,
        address=covers.image_url(image),
        width=picture.width,
        height=picture.height,
        tiles=reverse("media:iiif_service", args=[image.tiles_id]) if has_tiles else "",
        placeholder=f"data:image/webp;base64,{placeholder}" if placeholder else "",
        caption=language_html.as_html(image.caption),
        credit=image.credit_line or image.author,
        licence=language_html.as_html(image.licence.label) if image.licence else "",
        licence_url=safe_url(image.licence.url) if image.licence else "",
        source_url=safe_url(image.source_url),
        restrictions=image.restrictions,
    )


_MANY_PARTS = 5
_LONG_NAME = 34  # letters
_MANY_NAMES = 16  # as long as what stands beside them


@dataclass(frozen=True, slots=True)
class NameLine:
    text: str
    lang: str  # attributes of its HTML
    direction: str
    kind: str
    language: str  # in words
    note: SafeString | str
    source: SourceLine | None


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: SafeString
    note: SafeString


@dataclass(frozen=True, slots=True)
class ContentsLink:
    """A section in the list of contents of the page."""

    anchor: str
    title: str


@dataclass(frozen=True)
class SitePage:
    """Prepared for the template web/site.html.

    Properties compute what follows from one kind of rows when the template asks for it.
    """

    rows: page_rows.SiteRows
    name: Text
    summary: Text
    lead: SafeString  # the summary, with the numbers of the sources of its sentences
    description: SafeString  # as far as its first heading
    further: SafeString  # the rest of it
    headings: SafeString  # of the rest, in one line
    has_numbers: bool  # whether sentences of the text name their sources
    beginning: str
    beginning_marks: list[Mark]
    age: str  # the eras of what stands, or of what it dates from
    age_label: str
    unesco: list[UnescoStatus]
    where: SiteLocation
    event_groups: list[EventGroup]
    designations: list[SiteDesignation]
    names: list[NameLine]
    notices: list[NoticeLine]
    today: VisitDay | None  # of a visit; None for the page as it stood
    visiting: Visiting
    quantities: list[QuantityLine]
    text_marks: list[Mark]  # where its sources do not bear out all that the text says
    sources: list[SourceLine]  # in the order of their numbers
    trust: SiteTrust | None
    disagreements: list[DisagreementLine]
    picture: Picture
    is_solemn: bool  # a place of suffering and memory: no poster of it, no neighbours by chance
    photos: list[Photo]  # the first is the largest
    nearby: list[NeighbourLine]
    around: str  # the list of all within that many km; empty where nothing lies near
    within_km: int
    unplaced: list[UnplacedSites]  # of the town, which may be as near
    related: list[RelatedSites]  # others of its kind, others listed the same year
    land: SmallMap | None
    component_parts: int  # of the property that it is, as the official list counts them
    nearby_map: SmallMap | None
    timeline: SiteTimeline | None
    marks: list[Mark]
    updated: str

    @cached_property
    def site(self) -> Site:
        return self.rows.site

    @property
    def journey(self) -> str:
        """The address of a journey that begins with this site."""
        return f"{path_of('web:journey')}?stop={self.site.uid}"

    @cached_property
    def manifest(self) -> str:
        """The address of its IIIF manifest; empty if IIIF is switched off."""
        return path_of("media:iiif_manifest", self.site.uid) if settings.IIIF else ""

    @cached_property
    def full_names(self) -> list[Text]:
        """The full name, if the title is the short one; and the name in the other languages."""
        full, others = self.site.name.best(), language_html.in_other_languages(self.site.name)
        return others if full.text == self.site.shown_name.best().text else [full, *others]

    @cached_property
    def pinyin(self) -> str:
        """The pinyin of the Chinese name: as recorded, else from the dictionary.

        Only for places in China; elsewhere the Chinese name is a translation, and its pinyin is of
        no use.
        """
        for name in self.rows.names:
            if name.language == "zh-latn-pinyin":
                return name.text
        countries = {covers.country_code(place) for place in self.rows.places}
        return self.site.reading if countries <= {"CN", "HK", "MO", "TW"} else ""

    @cached_property
    def title(self) -> str:
        """The title in the head of the page: the name in both languages, so that search engines
        find both."""
        shown = self.site.shown_name
        names = [shown.best().text, *map(str, language_html.in_other_languages(shown)[:1])]
        return pgettext("a name and the same in another language", " · ").join(names)

    @property
    def mailto(self) -> str:
        """A mailto link; the template adds the address of the page."""
        return f"mailto:?subject={quote(self.title)}&body="

    @cached_property
    def made_summary(self) -> str:
        """A summary made from the facts; empty if a summary or description is stored."""
        is_written = self.site.summary or self.site.description
        return "" if is_written else sentence.site_sentence(self.rows)

    @cached_property
    def description_language(self) -> Text:
        return self.site.description.best()

    @cached_property
    def kinds(self) -> list[Link]:
        return [
            Link(
                path_of("web:kind", kind.slug),
                language_html.as_html(kind.label),
                language_html.as_html(kind.description),
            )
            for kind in self.rows.kinds
        ]

    @cached_property
    def _properties(self) -> list[Designation]:
        """The entries of the World Heritage List that cover the site."""
        entries = [coverage.designation for coverage in self.rows.coverages]
        role = Register.Role.WORLD_HERITAGE
        return [entry for entry in entries if entry.register.role == role]

    @cached_property
    def edition(self) -> str:
        """The edition of the list that its UNESCO status comes from; empty if the site was listed
        later."""
        for entry in self._properties if self.unesco else ():
            if (edition_year := entry.register.edition_year) is not None:
                is_later = (entry.listed_year or 0) > edition_year
                return "" if is_later else entry.register.edition_phrase()
        return ""

    @cached_property
    def inscribed(self) -> str:
        """The years in which its World Heritage properties were inscribed."""
        years = {entry.listed_year for entry in self._properties if entry.listed_year}
        return join_words(sorted(years))

    @cached_property
    def inscribed_for(self) -> list[SafeString]:
        """The criteria that the site meets as a whole property; none if a summary says why it was
        inscribed. A component meets them only together with the others."""
        if self.site.summary:
            return []
        return [
            language_html.as_html(term.label)
            for coverage in self.rows.coverages
            if coverage.extent == Coverage.Extent.WHOLE
            and coverage.designation.register.role == Register.Role.WORLD_HERITAGE
            for term in self.rows.criteria_of(coverage)
        ]

    @cached_property
    def protection(self) -> SafeString | str:
        return protection_label(self.rows.coverages)

    @cached_property
    def wholes(self) -> list[Link]:
        return [_link(row.whole, row) for row in self.rows.part_of]

    @cached_property
    def parts(self) -> list[Link]:
        return [_link(row.part, row) for row in self.rows.parts]

    @cached_property
    def note(self) -> SafeString:
        return language_html.as_html(self.site.note)

    @cached_property
    def custodian(self) -> SafeString | str:
        if not self.site.custodian:
            return ""
        name = language_html.as_html(self.site.custodian.name)
        url = safe_url(self.site.custodian.url)
        return language_html.external_link(url, name) if url else name

    @cached_property
    def area(self) -> str:
        return area_phrase(self.site.area_ha)

    @cached_property
    def identifiers(self) -> list[Link]:
        return [
            Link(
                row.uri,
                format_html("{}", row.value),
                language_html.as_html(row.scheme.label),
            )
            for row in self.rows.identifiers
        ]

    @property
    def contents(self) -> list[ContentsLink]:
        """The sections of the page in order; empty for a short page."""
        parts = [
            ("photos", _("Photographs"), self.photos),
            ("description", _("Description"), self.description),
            ("time", _("Through time"), self.event_groups),
            ("visit", _("Planning a visit"), self.visiting),
            ("where", _("Where it lies"), True),
            ("parts", _("What belongs together"), self.wholes or self.parts),
            ("status", _("Status and protection"), self.designations),
            ("names", _("Names"), self.names),
            ("nearby", _("Nearby"), self.nearby),
            ("disagreements", _("Where sources disagree"), self.disagreements),
            ("sources", _("Sources"), self.trust or self.sources),
        ]
        found = [ContentsLink(anchor, title) for anchor, title, is_there in parts if is_there]
        return found if len(found) >= _MANY_PARTS else []

    @property
    def has_many_names(self) -> bool:
        return len(self.names) > _MANY_NAMES

    @cached_property
    def event_count(self) -> int:
        return sum(len(group.lines) for group in self.event_groups)

    @cached_property
    def is_partly_recalled(self) -> bool:
        """Whether an event of the page is recalled, which the page then says once."""
        lines = [line for group in self.event_groups for line in group.lines]
        return any(certainty.RECALLED in line.marks for line in lines)

    @cached_property
    def differing(self) -> dict[str, list[Mark]]:
        """By fact, the mark that sources differ; an empty list if they do not, or if an event or
        entry has the mark."""
        rows = self.rows.disagreements
        facts = {row.fact for row in rows if not (row.event or row.designation)}
        return {fact: [certainty.DIFFERS] * (fact in facts) for fact in Disagreement.Fact.values}

    @property
    def differing_text(self) -> list[Mark]:
        """The mark that sources differ about a fact without a line of its own."""
        fact = Disagreement.Fact
        rest = (fact.OTHER, fact.DATE, fact.STATUS)
        return [certainty.DIFFERS] * any(self.differing[each] for each in rest)

    @property
    def cited_name(self) -> str:
        return language_html.within_quotes(self.site.name.best().text)

    @property
    def has_long_name(self) -> bool:
        """Whether the title is so long that it is set smaller."""
        return display_width(str(self.name)) > _LONG_NAME

    @property
    def is_labelled(self) -> bool:
        """Whether there are any lines under the name."""
        facts = (self.beginning, self.age, self.where.place, self.inscribed, self.quantities)
        return any((*facts, self.unesco, self.protection))


def site_page(site: Site, change: Callable[[dict[str, list[Any]]], None] | None = None) -> SitePage:
    """The context of the page of a site; reads all that the page shows.

    `change` may change the rows that are read, see `page_rows.read_site()`.
    """
    return _page_of(site_rows(site, change))


def former_page(past: page_rows.Past) -> SitePage:
    """The context of a former version of the page, without maps and lists that depend on the sites
    of today."""
    site = past.site
    page = _page_of(page_rows.read_site(site, past.terms, past=past))
    made = past.change_set
    if made is not None:
        page.rows.change_number = made.pk
    return replace(
        page,
        designations=[replace(each, others=[], more_url="") for each in page.designations],
        updated=language_html.day(timezone.localdate(made.at)) if made else "",
        today=None,
        land=None,
        component_parts=0,
        nearby=[],
        around="",
        nearby_map=None,
        unplaced=[],
        related=[],
    )


def _page_of(rows: page_rows.SiteRows) -> SitePage:
    index, site = current_index(), rows.site
    statuses = unesco_statuses(rows.coverages)
    unesco: list[UnescoStatus] = [each for each in statuses if each != UnescoStatus.NONE]
    beginning, age = rows.beginning, rows.age
    if beginning and beginning.role in Event.AGE_ROLES:
        beginning = None  # `age` has it
    is_standing = any(event.role == Event.Role.STANDING for event in age)
    description = site.description.best()
    summary, numbering = site.summary.best(), Numbering(rows.sources, rows.sentences)
    marked = replace(summary, text=numbering.marked(str(summary), summary.language))
    lead = numbering.to_links(language_html.as_html(marked))
    text = to_html_in_parts(numbering.marked(str(description), description.language))
    beginning_of_text, further, *headings = map(
        numbering.to_links, (text.beginning, text.further, *text.headings)
    )
    where, groups, registers = site_location(rows), event_groups(rows), site_designations(rows)
    text_marks = list(chain.from_iterable(map(certainty.of_source, rows.sources)))
    names = [*_translations(rows), *map(_name_line, rows.names)]
    visit = visiting.visiting(rows)
    quantities = list(map(quantity_line, rows.quantities))
    is_property = any(status in WHOLE_STATUSES for status in unesco)
    component_parts = map_sheets.parts_of(site) if is_property else ()
    is_solemn = covers.scene_of(site, rows.kinds) == SOLEMN
    groups_of_others = related_groups(index, rows, of_its_year=not is_solemn)
    related_ids = {pk for group in groups_of_others for pk in group.ids}
    near, others = nearby(index, site, SiteFilter.WITHIN_KM, also=related_ids)
    return SitePage(
        rows=rows,
        name=site.shown_name.best(),
        summary=summary,
        lead=lead,
        description=beginning_of_text,
        further=further,
        headings=SafeString(" · ".join(headings)),
        has_numbers=numbering.has_links,
        beginning=certainty.event_phrase(beginning, "long", rows.kinds) if beginning else "",
        beginning_marks=certainty.marks_of_beginning(beginning),
        age=certainty.age_phrase(age),
        age_label=_("What stands") if is_standing else _("Dates from"),
        unesco=unesco,
        where=where,
        event_groups=groups,
        designations=registers,
        names=names,
        notices=visiting.notices(rows),
        today=visit_day(rows.visit, timezone.localdate()),
        visiting=visit,
        quantities=quantities,
        text_marks=text_marks,
        sources=list(map(source_line, numbering.sources)),
        trust=site_trust(rows),
        disagreements=list(map(disagreement_line, rows.disagreements)),
        picture=covers.picture(rows),
        is_solemn=is_solemn,
        photos=photos(rows.images, site.state == Site.State.PUBLISHED),
        nearby=neighbours(site.public_point, near),
        around=_around(site) if near else "",
        within_km=SiteFilter.WITHIN_KM,
        unplaced=map_sheets.unplaced_in(index, map_sheets.town_of(site.place)),
        related=related_sites(groups_of_others, others),
        land=map_sheets.small_map_of_site(site, component_parts),
        component_parts=len(component_parts),
        nearby_map=map_sheets.small_map_of_neighbours(site, near),
        timeline=site_timeline(rows, index.vocabulary.eras),
        marks=_all_marks(text_marks, where, groups, registers, visit, names, quantities),
        updated=language_html.day(timezone.localdate(site.public_changed_at)),
    )


def site_rows(
    site: Site, change: Callable[[dict[str, list[Any]]], None] | None = None
) -> page_rows.SiteRows:
    """The rows of a site, which gets the date of its last change. The page that is being built is
    marked as depending on them."""
    index = current_index()
    if changed := index.changed_at(site.pk):  # which asks no query
        site.public_changed_at = changed
    rows = page_rows.read_site(site, index.vocabulary, change)
    related = rows.related_site_ids
    page_dependencies.answer(index, partial(_related_site_ids, site_id=site.pk), related)
    page_dependencies.sites(index, [site.pk, *related])
    return rows


def _related_site_ids(index: IndexSnapshot, site_id: int) -> tuple[int, ...]:
    return page_rows.related_site_ids(site_id)


def _around(site: Site) -> str:
    """The URL of the list of nearby sites; empty for a site that is not published."""
    return around_url(site) if site.state == Site.State.PUBLISHED else ""


class HasMarks(Protocol):
    @property
    def marks(self) -> Sequence[Mark]: ...


def _all_marks(
    text_marks: list[Mark],
    where: SiteLocation,
    groups: list[EventGroup],
    registers: list[SiteDesignation],
    visit: Visiting,
    names: list[NameLine],
    quantities: list[QuantityLine],
) -> list[Mark]:
    lines = [line for group in groups for line in group.lines]
    cited: list[EventLine | NameLine] = [*lines, *names]
    cited_sources = [line.source for line in cited if line.source]
    dangers = chain.from_iterable(register.danger_marks for register in registers)
    holders: list[HasMarks] = [where, *lines, *registers, visit, *cited_sources, *quantities]
    return certainty.legend(
        [*text_marks, *dangers, *[mark for each in holders for mark in each.marks]]
    )


def _translations(rows: page_rows.SiteRows) -> list[NameLine]:
    """The name in languages other than those of the interface, as registers give it.

    Names of one register are together; the last one has the source.
    """
    spoken = interface_languages()
    found = [
        (words, code, _named_so(rows, code, words))
        for code, words in rows.site.name.items()
        if code not in spoken
    ]
    following = [source for _words, _code, source in found[1:]] + [None]
    return [
        NameLine(
            words,
            proper_tag(code),
            text_direction(code),
            str(Name.Kind.OFFICIAL.label) if source else "",
            language_in_words(code),
            "",
            source_line(None if source == after else source),
        )
        for (words, code, source), after in zip(found, following, strict=False)
    ]


def _named_so(rows: page_rows.SiteRows, code: str, words: str) -> Source | None:
    """The source of the first entry with this name in the language; None without one."""
    entries = (coverage.designation for coverage in rows.coverages)
    return next((entry.source for entry in entries if entry.name.get(code) == words), None)


def _name_line(name: Name) -> NameLine:
    return NameLine(
        text=name.text,
        lang=proper_tag(name.language),
        direction=text_direction(name.language),
        kind=name.get_kind_display(),
        language=language_in_words(name.language),
        note=language_html.as_html(name.note),
        source=source_line(name.source),
    )


def _link(site: Site, row: PartOf) -> Link:
    return Link(
        path_of("web:site", site.slug),
        language_html.as_html(site.shown_name),
        language_html.as_html(row.note),
    )
