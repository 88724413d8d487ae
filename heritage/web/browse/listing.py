"""What the list of sites says of its query: active filters, facets, counts, and links onward.

`displays.py` shows the sites themselves.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.formats import path_of
from heritage.models import SiteEra
from heritage.search import (
    FACETS,
    TREES,
    ActiveFilter,
    FacetCounts,
    IndexSnapshot,
    SiteFilter,
    facet_counts,
    suggest,
    timeline,
)
from heritage.values.coordinates import distance_phrase
from heritage.values.language import join_words
from heritage.values.query_strings import PAGE_PARAMETERS, query_without, updated_query
from heritage.web.browse import displays, paging, unplaced
from heritage.web.browse.displays import ChoiceLink, Shown
from heritage.web.browse.facet_display import UNFOLDED, FoldedFacet, facets_html, folded
from heritage.web.browse.paging import NoSuchPage
from heritage.web.browse.queries import (
    DISTANCES,
    LITERAL,
    UNDERSTOOD,
    AnswerLine,
    Piece,
    answer_line,
    clean_query,
    pieces,
)
from heritage.web.browse.shown import DayGroup, day_groups
from heritage.web.browse.timeline_display import COUNTED, SCALE
from heritage.web.browse.unplaced import DistrictSites
from heritage.web.shared import language_html, page_dependencies
from heritage.web.shared.context import with_query
from heritage.web.shared.language_html import TermTexts, page_part
from heritage.web.shared.map_sheets import AT, UnplacedSites

# What the form carries on, beside its own fields: of a map, of other pages, of the view.
_CARRIED = (
    *("bbox", "property", "part_of", "hours", SiteFilter.NOT, *timeline.ROLES, "stood"),
    *(facet.name for facet in FACETS if not facet.in_form),
    *("view", COUNTED, SCALE, "sort", UNFOLDED),
)
_TYPED = ("from", "to", "open")  # fields of the form that are shown as they were written
_MOST_TERMS, _TRIED = 4, 12  # terms that a search names: shown, and looked at
MOST_PROBLEMS = 10  # that are named one by one: each repeats the address
NOT_OF_LIST = ("view", AT, COUNTED, SCALE, UNFOLDED)  # parameters that say how a page shows it
# Parameters of a list that depends on the index alone, and on what stands at an address.
_ANSWERED_BY_INDEX = {
    *(facet.name for facet in FACETS),
    *("role", "from", "to", "bbox", SiteFilter.NOT, "sort", "view", AT, UNFOLDED),
    *(*timeline.ROLES, "stood", COUNTED, SCALE),
    *PAGE_PARAMETERS,
}


@dataclass(frozen=True, slots=True)
class FilterToDrop:
    """A filter of an empty list that could be removed, and the number of sites that would then be
    found.

    With `instead`, it could be widened, to this value.
    """

    label: str
    value: str
    count: int
    query: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class SpellingSuggestion:
    """A corrected search, for one that finds nothing."""

    text: str
    query: str


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """An era, place or kind that a search names, with its number of sites."""

    what: str
    label: SafeString
    rest: str  # of the search, that is still looked for
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class InvalidFilter:
    label: str  # of the filter; empty where several are meant
    message: str
    query: str


_SUPERLATIVES = {
    "oldest": gettext_lazy("Those that began first come first, by the years in their records."),
    "newest": gettext_lazy("Those that began last come first, by the years in their records."),
    "largest": gettext_lazy("The largest come first, by the areas of World Heritage entries."),
    "smallest": gettext_lazy("The smallest come first, by the areas of World Heritage entries."),
    "words": gettext_lazy("Sites that their records describe in such words come first."),
}


@dataclass(frozen=True, slots=True)
class SelectOption:
    """An option of a select in the form."""

    value: str  # empty for what everybody gets
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Prepared for the template web/sites.html."""

    shown: Shown
    text: str
    total: int
    is_near: bool  # whether distances from a point are shown
    by_district: DistrictSites  # what a list by distance or of a map finds by its district
    unplaced: list[UnplacedSites]  # what it cannot show
    day_groups: list[DayGroup]  # of the day that is asked for; empty without one
    facets: list[FoldedFacet]
    more_facets: list[FoldedFacet]  # behind one fold
    facets_html: SafeString
    more_facets_html: SafeString
    roles: tuple[SelectOption, ...]
    distances: tuple[SelectOption, ...]
    within: SearchTerm | None
    applied: list[ActiveFilter]
    pieces: list[Piece]  # the same, each with what it could be instead
    narrowed: int  # by how many filters, beside the text
    problems: list[InvalidFilter]
    ways: list[FilterToDrop]
    understood: str  # the text, where filters stand for it or for a part of it
    shown_for: str  # the text as it was corrected
    unread: str  # words of it that were left out
    meant: SpellingSuggestion | None
    is_partial: bool  # no site has all of the words
    superlative: str  # by what those that are most so come first: a measure, "words" or ""
    answer: AnswerLine | None  # to what is asked of one site
    named: str  # the name of a site in the text, of which the rest says nothing more
    unknown_centre: str  # what something shall be near to, and nobody knows where it is
    absent: SafeString | str  # what is asked for and is not here: these are the nearest that are
    literal_query: str  # of the search for the very words
    terms: list[SearchTerm]
    displays: list[ChoiceLink]
    sorts: list[ChoiceLink]
    carried: list[tuple[str, str]]
    typed: dict[str, str]
    download: str  # the address of the page that gives it as a file
    canonical: str
    only_term: tuple[str, str] | None  # a facet and a slug, where nothing else is asked

    @property
    def is_explained(self) -> bool:
        """Whether the page explains how the search text was understood."""
        return bool(self.understood or self.shown_for or self.named)

    @property
    def superlative_label(self) -> str:
        """Which sites come first for a superlative, and by which data; empty without one."""
        return str(_SUPERLATIVES.get(self.superlative, ""))

    @property
    def has_more_chosen(self) -> bool:
        """Whether something is chosen among the folded facets."""
        return any(facet.is_open for facet in self.more_facets)

    @property
    def unfiltered_url(self) -> str:
        """The address of the list without any filter."""
        return path_of("web:sites")

    @property
    def page_of_term(self) -> str:
        """The address of the page of the era, kind or place that is the only filter; empty on
        further pages of a list and without sites."""
        if not self.only_term or self.shown.paging.number > 1 or not self.total:
            return ""
        name, slug = self.only_term
        return path_of(f"web:{name}", slug)

    @property
    def is_canonical(self) -> bool:
        """Whether at most one filter is active, so that search engines may index the list."""
        is_narrow = any(role.is_chosen and role.value for role in self.roles)
        is_sorted = any(name == "sort" for name, _value in self.carried)
        return not (self.text or is_sorted or is_narrow or len(self.applied) > 1 or self.problems)


def listing(data: QueryDict) -> Listing:
    """The context of a list. Raises paging.NoSuchPage for a page beyond the last."""
    filtered, display = SiteFilter(data), displays.chosen(data)
    shown = display.show(filtered)
    answer, text = filtered.answer, data.get("q", "")
    in_words = filtered.active()
    total = len(filtered.hits)
    texts = TermTexts(filtered.index)
    counted = facet_counts(filtered)
    choices = [folded(facet, data, texts) for facet in counted if _leads_on(facet, total)]
    at_first = [facet for facet in choices if facet.is_at_first]
    more = [facet for facet in choices if not facet.is_at_first]
    roles, typed = _roles(filtered), _typed(filtered)
    fields = _fields(roles, typed)
    is_first = shown.paging.previous is None
    within = _within(filtered)
    rough, left = unplaced.by_district(filtered), unplaced.of_list(filtered)
    problems = _problems(filtered)
    if total and not problems and data.keys() <= _ANSWERED_BY_INDEX:
        question = partial(_asked_again, query=data.urlencode())
        answered = _fingerprint(filtered, shown.state, counted, within, rough, left)
        page_dependencies.answer(filtered.index, question, answered)
        page_dependencies.sites(filtered.index, shown.ids)
        page_dependencies.nothing_else()
    return Listing(
        shown=shown,
        text=text,
        total=total,
        is_near=filtered.nearby is not None,
        by_district=rough,
        unplaced=left,
        day_groups=day_groups(filtered),
        facets=at_first,
        more_facets=more,
        facets_html=facets_html(at_first, fields),
        more_facets_html=facets_html(more, fields),
        roles=roles,
        distances=_distances(filtered),
        within=within if is_first else None,
        applied=in_words,
        pieces=pieces(filtered, in_words, counted),
        narrowed=sum(item.name != "q" for item in in_words),
        problems=problems,
        ways=[] if total else _ways(filtered, in_words),
        understood=text if answer and (answer.filters or answer.superlative) else "",
        shown_for=answer.corrected if answer else "",
        unread=answer.unread if answer else "",
        meant=_meant(data, answer.suggestion) if answer and answer.suggestion else None,
        is_partial=bool(answer and answer.partly),
        superlative=filtered.sorted_by_superlative,
        answer=answer_line(filtered) if shown.paging.number == 1 else None,
        named=answer.text if answer and answer.sites else "",
        unknown_centre=answer.unknown_centre if answer else "",
        absent=_absent(filtered),
        literal_query=updated_query(data, literal="1"),
        terms=[] if not is_first or (answer and answer.filters) else _terms(filtered),
        displays=list(displays.links(data)),
        sorts=_sorts(filtered),
        typed=typed,
        carried=list(_carried(filtered)),
        download=with_query(path_of("web:download"), updated_query(data, drop=NOT_OF_LIST)),
        canonical=_canonical(data, filtered, shown.paging.number),
        only_term=_only_term(filtered, in_words),
    )


def _asked_again(index: IndexSnapshot, query: str) -> int | None:
    """The fingerprint of a list in another state of the index; None if the page does not exist in
    it."""
    data = QueryDict(query)
    filtered = SiteFilter(data)
    try:
        state = displays.chosen(data).state(filtered)
    except NoSuchPage:
        return None
    counted = facet_counts(filtered)
    rough, left = unplaced.by_district(filtered), unplaced.of_list(filtered)
    return _fingerprint(filtered, state, counted, _within(filtered), rough, left)


def _fingerprint(
    filtered: SiteFilter,
    state: Hashable,
    counted: list[FacetCounts],
    within: SearchTerm | None,
    rough: DistrictSites,
    left: list[UnplacedSites],
) -> int:
    """A hash of everything that a list says about its sites, except their own records and labels of
    terms."""
    facets = (facet.fingerprint for facet in counted)
    others = (within and within.count, *rough.counts(), "left", *(each.count for each in left))
    return hash((len(filtered.hits), state, "others", *others, "facets", *facets))


def _carried(filtered: SiteFilter) -> Iterator[tuple[str, str]]:
    """Hidden fields of the form."""
    for name in _CARRIED:
        for value in filtered.data.getlist(name):
            yield name, value
    text = filtered.raw_data.get("q", "")
    if filtered.raw_data.get(LITERAL):
        yield LITERAL, text
    elif filtered.answer and filtered.answer.filters:
        yield UNDERSTOOD, text


def _leads_on(facet: FacetCounts, total: int) -> bool:
    """Whether choosing or removing a value of the facet could change the list."""
    return bool(facet.picked) or any(
        facet.counts[place] not in (0, total) for place in facet.offered
    )


def _fields(roles: tuple[SelectOption, ...], typed: dict[str, str]) -> dict[str, SafeString]:
    """The fields that stand above the options of two facets."""
    years = {"first": typed["from"], "last": typed["to"]}
    return {
        "era": page_part("components/facet_era.html", roles=roles, **years),
        "has": page_part("components/facet_day.html", day=typed["open"]),
    }


def _roles(filtered: SiteFilter) -> tuple[SelectOption, ...]:
    chosen = filtered.chosen("role") or ""
    choices = [
        ("", _("any part of its history")),
        (SiteEra.Role.BEGINNINGS, _("its beginnings")),
        (SiteEra.Role.STANDING, _("what stands today")),
        (SiteEra.Role.DATED, _("what it dates from")),
        (SiteEra.Role.WITHIN, _("only a span of eras around it")),
        (SiteEra.Role.MEANWHILE, _("only its time, outside its territory")),
    ]
    return tuple(SelectOption(value, label, value == chosen) for value, label in choices)


def _distances(filtered: SiteFilter) -> tuple[SelectOption, ...]:
    """The distances to choose from, including the one in the address."""
    here, town = filtered.within_km, filtered.town_as_a_whole
    is_asked = "within" in filtered.data
    found = [
        SelectOption(
            "" if km == SiteFilter.WITHIN_KM and not is_asked and not town else f"{km:g}",
            distance_phrase(km),
            km == here and not town,
        )
        for km in sorted({*DISTANCES, here})
    ]
    if town:
        words = {"place": town.label.best(), "distance": distance_phrase(here)}
        label = _("%(distance)s, or in %(place)s") % words
        found.insert(0, SelectOption("", label, True))
    return tuple(found)


def _absent(filtered: SiteFilter) -> SafeString | str:
    """The name of the place, town or sight that is asked for, if the catalogue has no site in
    it."""
    centre = filtered.chosen("near")
    is_absent = filtered.answer and filtered.answer.is_absent and centre
    return language_html.as_html(centre.in_words()) if is_absent else ""


def _within(filtered: SiteFilter) -> SearchTerm | None:
    """How many more sites there would be with spans of eras that run through the chosen ones."""
    eras = filtered.chosen("era")
    if not eras or filtered.chosen("role"):
        return None
    spanning = filtered.index.having_any("era", eras, SiteEra.Role.WITHIN)
    count = len((filtered.without("era") & spanning) - filtered.hits)
    if not count:
        return None
    query = updated_query(clean_query(filtered.data), role=str(SiteEra.Role.WITHIN))
    label = join_words(era.short() for era in eras)
    return SearchTerm("", language_html.as_html(label), "", count, query)


def _typed(filtered: SiteFilter) -> dict[str, str]:
    """The values of the text fields."""
    found = {name: filtered.data.get(name, "") for name in _TYPED}
    return found | {"near": _near_in_words(filtered)}


def _near_in_words(filtered: SiteFilter) -> str:
    """The name of the centre, if the name means the same as the value in the URL; else that
    value."""
    written, centre = filtered.data.get("near", ""), filtered.chosen("near")
    if centre is None or not (centre.place or centre.site or centre.town):
        return written
    name = str(centre.in_words())
    try:
        again = filtered.form.fields["near"].clean(name)
    except ValidationError:
        return written
    return name if again == centre else written


def _sorts(filtered: SiteFilter) -> list[ChoiceLink]:
    return [
        ChoiceLink(
            str(label),
            updated_query(filtered.raw_data, sort=value),
            value == filtered.order,
        )
        for value, label in filtered.sorts
    ]


def _problems(filtered: SiteFilter) -> list[InvalidFilter]:
    """The invalid values, which are ignored: the first of them, and the number of the others."""
    found = filtered.problems()
    named = [
        InvalidFilter(
            problem.label,
            problem.message,
            query_without(filtered.data, problem.name, problem.value),
        )
        for problem in found[:MOST_PROBLEMS]
    ]
    rest = len(found) - len(named)
    if rest:
        message = ngettext("and %(number)s more", "and %(number)s more", rest) % {"number": rest}
        data = filtered.data
        for problem in found[MOST_PROBLEMS:]:
            data = QueryDict(query_without(data, problem.name, problem.value))
        named.append(InvalidFilter("", message, updated_query(data)))
    return named


def _meant(data: QueryDict, text: str) -> SpellingSuggestion:
    return SpellingSuggestion(text, updated_query(data, q=text))


def _terms(filtered: SiteFilter) -> list[SearchTerm]:
    """The terms that the search text names, if they have sites."""
    text = filtered.chosen("q")
    found = []
    for named in suggest.named_terms(filtered.index, text)[:_TRIED] if text else ():
        count = len(filtered.sites_of_term(named.facet, named.term, named.rest))
        if count:
            data = filtered.data.copy()
            data.setlist("q", [named.rest] if named.rest else [])
            data.setlist(named.facet, [named.term.slug])  # a second value would widen
            address = updated_query(clean_query(data))
            label = language_html.as_html(named.term.label)
            facet = TREES[named.facet]
            found.append(SearchTerm(str(facet.search_label), label, named.rest, count, address))
        if len(found) == _MOST_TERMS:
            break
    return found


def _ways(filtered: SiteFilter, in_words: list[ActiveFilter]) -> list[FilterToDrop]:
    """The filters that could be removed, with the number of sites; most sites first."""
    found: dict[str, list[str]] = {}
    for item in in_words:
        # The groups of a day are offered with their counts already.
        if item.name not in SiteFilter.TOGETHER:
            found.setdefault(item.name, []).append(str(item.value))
    labels = {item.name: item.label for item in in_words}
    ways = [
        FilterToDrop(
            labels[name],
            join_words(values),
            len(filtered.without(name)),
            query_without(filtered.data, name, together=_together(name)),
        )
        for name, values in found.items()
    ]
    ways = sorted((way for way in ways if way.count), key=lambda way: -way.count)
    return [*_farther(filtered), *ways]


def _farther(filtered: SiteFilter) -> Iterator[FilterToDrop]:
    """The shortest distance to choose from within which there are sites."""
    if filtered.nearby is None:
        return
    for km in DISTANCES:
        query = updated_query(filtered.data, within=f"{km:g}")
        if km > filtered.within_km and (found := SiteFilter(QueryDict(query)).hits):
            instead = _("within %(km)s km instead") % {"km": km}
            yield FilterToDrop("", "", len(found), query, instead)
            return


def _together(name: str) -> list[str]:
    """The filters that are removed together with another one."""
    return [part for part, main in SiteFilter.TOGETHER.items() if main == name]


def _only_term(filtered: SiteFilter, in_words: list[ActiveFilter]) -> tuple[str, str] | None:
    """The era, kind or place of a list that has no other filter."""
    if len(in_words) != 1 or in_words[0].name not in TREES:
        return None
    name = in_words[0].name
    terms = filtered.chosen(name)
    return (name, terms[0].slug) if terms and len(terms) == 1 else None


def _canonical(data: QueryDict, filtered: SiteFilter, number: int) -> str:
    """The URL of this list without parameters that do not belong to it."""
    known = QueryDict(mutable=True)
    for name in filtered.filters:
        if name in data:
            known.setlist(name, data.getlist(name))
    return paging.page_query(known, number)
