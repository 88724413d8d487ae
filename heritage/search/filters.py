"""`SiteFilter`: the filter form of a list of sites, with all facets and the other filters."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any, ClassVar, cast

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.forms import SearchInput
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from heritage.models import (
    Coverage,
    Designation,
    PartOf,
    Place,
    Register,
    Site,
    SiteEra,
    SiteQuerySet,
    Source,
    Term,
    statements,
)
from heritage.search import (
    active_filters,
    distance_fields,
    filter_fields,
    ranking,
    store,
    text_search,
    timeline,
)
from heritage.search.facets.base import FacetField, TreeFacet
from heritage.search.facets.excluded import ExcludedValuesFilter
from heritage.search.facets.facet_list import BY_NAME, FACETS
from heritage.search.index import columns, orders
from heritage.search.index.snapshot import HoursGroup, IndexSnapshot, hours_groups
from heritage.search.query_language import answers
from heritage.search.query_language.answers import Answer
from heritage.search.query_language.dictionary import Superlative
from heritage.search.query_language.query_words import QueryFilter
from heritage.server.caches import CacheKey, LRUCache
from heritage.values import normalize

_LOOKED_AT = 500  # sites of a place, to find its middle

ROLES = [pair for pair in SiteEra.Role.choices if pair[0] != SiteEra.Role.OTHER]
SORTS = [
    ("relevance", _("Best match")),
    ("distance", _("Nearest first")),
    ("prominence", _("Best known first")),
    ("name", _("Name")),
    ("oldest", _("Oldest first")),
    ("inscribed", _("Year inscribed")),
    ("recent", _("Recently added")),
]

_SHORT_SPAN = 50  # years, of which what happened then and at no other time is the best match
_CACHED_FORMS = 500  # by the names of their fields
_CACHED_SOURCES = 64  # of which the sites are remembered
_BY_SOURCE: CacheKey[LRUCache[int, BitMap]] = CacheKey("sites by source")
_SLACKS = (0, 10, 50)  # years that a span goes beyond them, and is still close


# A query as a form sends it, or values by the names of their filters.
type QueryData = QueryDict | Mapping[str, str | Iterable[str]]


class FilterForm(forms.Form):
    """Rejects values that are valid by themselves but contradict each other."""

    def clean(self) -> dict[str, Any]:
        for name in self.errors:
            field = self.fields.get(name)
            if isinstance(field, filter_fields.ValuesField):
                self.cleaned_data[name] = field.valid
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first is not None and last is not None and first > last:
            self.add_error("to", _("The span ends before it begins: swap the years."))
            self.cleaned_data["from"] = None  # half of a span that makes no sense
        return self.cleaned_data


class SiteFilter(filters.FilterSet):
    """The filters of a list of published sites: `SiteFilter(request.GET)`.

    Several values of one filter widen the result, several filters narrow it. An invalid value is an
    error at its field and is otherwise ignored. django-filter validates the values, the index
    answers them: `hits`, `without()` and `page()` give ids, whatever the size of the catalogue.
    """

    q = filter_fields.SearchTextFilter(label=_("Search"), widget=SearchInput)
    literal = filter_fields.OneOfFilter(label=_("As words"), choices=[("1", _("yes"))])
    role = filter_fields.OneOfFilter(label=_("Era of"), choices=ROLES)
    part_of = filter_fields.RowsFilter(label=_("Part of"), rows=lambda: Site.objects.published())
    open = filter_fields.DayFilter(label=_("Open on"))
    hours = filter_fields.OneOfFilter(label=_("Hours"), choices=HoursGroup.choices)
    to = filter_fields.YearFilter(label=_("Until the year"), end=1)
    begun = filter_fields.EarliestYearFilter(label=_("Begun in"))
    standing = filter_fields.EarliestYearFilter(label=_("Standing from"))
    dating = filter_fields.EarliestYearFilter(label=_("Dating from"))
    stood = filter_fields.InYearFilter(label=_("In the year"))
    bbox = filter_fields.BoundingBoxFilter(label=_("Map area"))
    near = distance_fields.SearchCentreFilter(label=_("Near"))
    within = distance_fields.SearchRadiusFilter(label=_("Within"))
    sort = filter_fields.OneOfFilter(label=_("Sort by"), choices=SORTS)

    NOT = filter_fields.NOT  # the filter that leaves out what others find
    MAX_TEXT = filter_fields.MAX_TEXT  # characters of a search
    MAX_VALUES = filter_fields.MAX_VALUES  # of one filter
    PLACE_MARK = distance_fields.PLACE_MARK  # before the slug of a place that something is near to
    WITHIN_KM = 50  # of what a list is near to, where nobody says how far
    # Filters that narrow together with another one: alone they say nothing.
    TOGETHER: ClassVar[dict[str, str]] = {"to": "from", "within": "near", "hours": "open"}
    # Filters that can judge no site without a position.
    BY_POSITION = ("near", "bbox")
    # Orders that mean something only beside a filter: one of these.
    NEEDED: ClassVar[dict[str, tuple[str, ...]]] = {
        "relevance": ("q", "from"),
        "distance": ("near",),
    }

    class Meta:
        model = Site
        form = FilterForm
        fields: list[str] = []

    data: QueryDict

    def __init__(self, data: "QueryData | None" = None, **options: Any):
        """`data` is the query of the address, kept as `raw_data`. In `self.data` the filters that
        the search text means stand in place of its words."""
        self.raw_data = as_query(data or {})
        super().__init__(self.raw_data, **options)
        for each in self.filters.values():  # they are shared, and would keep the index for long
            vars(each).pop("parent", None)
        self.answer = self._answer()
        answer = self.answer
        is_other = answer and (answer.filters or answer.corrected or answer.unread or answer.sites)
        if answer and (is_other or not answer.text):
            self.data = self._understood(answer)

    def _answer(self) -> Answer | None:
        """How the search text is answered; None without one."""
        text = self.raw_data.get("q", "").replace("\0", " ").strip()[: filter_fields.MAX_TEXT]
        if not normalize.tokens(text):
            return None
        if self.raw_data.get("literal"):
            return answers.answer_literally(self.index, text)
        return answers.answer(self.index, text, _find_sites)

    def _understood(self, answer: Answer) -> QueryDict:
        """The query with the filters that the text means in place of their words. For one filter,
        what is typed takes precedence over what was chosen."""
        understood = self.raw_data.copy()
        understood.setlist("q", [answer.text] if answer.text else [])
        for query_filter in answer.filters:
            understood.setlist(query_filter.name, list(query_filter.values))
        return understood

    @classmethod
    def get_filters(cls) -> OrderedDict[str, filters.Filter]:
        declared = super().get_filters()
        text = {"q": declared.pop("q")}
        facets = {facet.name: facet.filter() for facet in FACETS}
        # These have names that Python keeps for itself.
        return filter_fields.SharedFilters(
            text
            | facets
            | declared
            | {
                "from": filter_fields.YearFilter(
                    field_name="from", label=_("From the year"), end=0
                ),
                filter_fields.NOT: ExcludedValuesFilter(
                    field_name=filter_fields.NOT, label=_("Without"), facets=BY_NAME
                ),
                "property": filter_fields.RowsFilter(
                    field_name="property",
                    label=_("World Heritage property"),
                    rows=lambda: Designation.objects.filter(
                        register__role=Register.Role.WORLD_HERITAGE
                    ),
                    key="reference",
                ),
                "source": filter_fields.RowsFilter(
                    field_name="source",
                    label=_("Source"),
                    rows=lambda: Source.objects.all(),
                    key="uid",
                ),
            }
        )

    @staticmethod
    def normalized(name: str, value: str) -> str:
        """The canonical form of a value of a filter in a URL: era=tang for era=唐."""
        facet = BY_NAME.get(name)
        text = facet.normalized(value) if facet else value
        if isinstance(facet, TreeFacet):
            with suppress(ValidationError):
                return facet.parse(text, store.current().vocabulary).slug
        return text

    def get_form_class(self) -> type[FilterForm]:
        """A form with the fields that the query has values for. No page shows the form itself, and
        making all fields takes longer than finding the sites."""
        return _form_class(frozenset(self.data).intersection(self.base_filters))

    @cached_property
    def form(self) -> FilterForm:
        form, vocabulary = cast(FilterForm, super().form), self.index.vocabulary
        for field in form.fields.values():
            if isinstance(field, FacetField):
                field.vocabulary = vocabulary
        return form

    @property
    def qs(self) -> SiteQuerySet:
        """The matching sites as a queryset, for a few thousand sites at most; lists use
        `page()`."""
        return Site.objects.published().filter(pk__in=self.hits)

    def chosen(self, name: str) -> Any:
        """The valid value of a filter, of the type that its field gives, or None."""
        return self._valid.get(name)

    @cached_property
    def _valid(self) -> dict[str, Any]:
        self.is_valid()
        return self.form.cleaned_data

    def problems(self) -> list[active_filters.InvalidValue]:
        """Invalid values, with a message for the reader; they filter nothing."""
        return active_filters.invalid_values(self)

    def active(self) -> list[active_filters.ActiveFilter]:
        """The active filters in words."""
        return active_filters.active_filters(self)

    # --- what is left ------------------------------------------------------------------------

    @cached_property
    def index(self) -> IndexSnapshot:
        return store.current()

    @cached_property
    def hits(self) -> BitMap:
        """The ids of the sites that match all filters."""
        return self._in_all(self._sites_by_filter.values())

    @cached_property
    def other_sites(self) -> BitMap:
        """The ids of all published sites that are no hits."""
        return self.index.sites - self.hits

    def without(self, *names: str) -> BitMap:
        """The ids of the sites that match all filters but those in `names`; a facet is counted
        among them."""
        dropped = {self.TOGETHER.get(name, name) for name in names}
        if dropped.isdisjoint(self._sites_by_filter):
            return self.hits
        return self._in_all(
            sites for name, sites in self._sites_by_filter.items() if name not in dropped
        )

    @cached_property
    def unplaced(self) -> BitMap:
        """The ids of the sites that match all filters but those by position, and of which neither a
        point nor a district is known, so that these cannot say whether they match. Empty if no
        filter asks for a position."""
        if not self.is_by_position:
            return BitMap()
        return self.without(*self.BY_POSITION) & self.index.nowhere

    @cached_property
    def in_districts(self) -> BitMap:
        """The hits without a point, which are found by the centre of their district. Empty if no
        filter asks for a position."""
        if not self.is_by_position:
            return BitMap()
        return self.hits & self.index.in_districts

    @property
    def is_by_position(self) -> bool:
        return any(map(self.chosen, self.BY_POSITION))

    def sites_of_term(self, facet: str, term: Term, text: str) -> BitMap:
        """The ids of the sites that would match with a term and the words `text` in place of the
        search text."""
        found = self.without("q", facet) & self.index.having(facet, term, self.chosen("role"))
        if found and text:
            found &= text_search.matching(self.index, text_search.segmented(self.index, text))
        return found

    def fingerprint(self, without: str | None = None) -> frozenset[tuple[str, ...]]:
        """A key of all filters, or all but one: equal keys mean equal lists."""
        names = {name for name in self._sites_by_filter if name != without}
        return frozenset(
            (name, *self.data.getlist(name)) for name in (*names, "role", *self.TOGETHER)
        )

    def is_answered_by_values(self, without: str | None = None) -> bool:
        """Whether the filters, or all but `without`, ask for nothing but values of facets.

        Other filters depend on full text, years, points or other records.
        """
        return self._sites_by_filter.keys() - {without} <= BY_NAME.keys()

    def _in_all(self, sets: Iterable[BitMap]) -> BitMap:
        """The sites in all of these sets; all published ones if there is no set."""
        sets = list(sets)
        return BitMap.intersection(self.index.sites, *sets) if sets else self.index.sites

    @cached_property
    def _sites_by_filter(self) -> dict[str, BitMap]:
        """The sites that match each filter that is set, by its name."""
        role = self.chosen("role")
        found = {
            facet.name: facet.sites(chosen, self.index, role)
            for facet in FACETS
            if (chosen := self._valid.get(facet.name))
        }
        if self.chosen("q"):
            found["q"] = self._texts_hits
        if denied := self.chosen(filter_fields.NOT):
            having = (each.facet.sites([each.value], self.index, role) for each in denied)
            found[filter_fields.NOT] = self.index.sites - BitMap.union(*having)
        if self.chosen("property"):
            covered = Coverage.objects.filter(designation__in=self.chosen("property"))
            found["property"] = BitMap(covered.values_list("site_id", flat=True))
        if self.chosen("source"):
            found["source"] = BitMap.union(*map(self._resting_on, self.chosen("source")))
        if self.chosen("part_of"):
            found["part_of"] = _parts_of(site.pk for site in self.chosen("part_of"))
        if self.chosen("open"):
            found["open"] = BitMap.union(*(self.hours_groups[group] for group in self.hours_asked))
        if self.span != (None, None):
            found["from"] = self._within_span()
        for name, of in timeline.ROLES.items():
            if span := self.chosen(name):
                found[name] = self._with_earliest_year(of, span)
        if asked := self.chosen("stood"):
            parts = timeline.standing_in(self.index, asked.year)
            found["stood"] = parts.groups[timeline.Left(asked.left)] if asked.left else parts.there
        if self.chosen("bbox"):
            found["bbox"] = self.index.within(self.chosen("bbox"))
        if self.nearby:
            found["near"] = columns.bitmap(self.nearby.ids)
        return found

    def _resting_on(self, source: Source) -> BitMap:
        """The sites with a statement of a source, remembered until something is written."""
        cache = self.index.cache.get_or_set(_BY_SOURCE, lambda: LRUCache(_CACHED_SOURCES))
        return cache.get_or_set(source.pk, partial(_sites_resting_on, source.pk))

    @cached_property
    def hours_groups(self) -> dict[HoursGroup, BitMap]:
        """All sites, grouped by what is known of the day that is asked for; empty if none is."""
        day = self.chosen("open")
        return hours_groups(self.index, day) if day else {}

    @property
    def hours_asked(self) -> tuple[HoursGroup, ...]:
        """The groups that the list shows: the chosen one, else those that are open."""
        chosen = self.chosen("hours")
        return (
            (HoursGroup(chosen),) if chosen else tuple(each for each in HoursGroup if each.is_open)
        )

    @property
    def _texts_hits(self) -> BitMap:
        """The sites that match the words; if none has all, those that have some."""
        if self.answer is None:
            return BitMap()
        if self.answer.partly:
            return self.answer.partly.hits
        return self.answer.sites or text_search.matching(self.index, self.answer.text)

    @property
    def span(self) -> tuple[int | None, int | None]:
        """The first and last year asked for; None is no limit."""
        return self.chosen("from"), self.chosen("to")

    def _within_span(self) -> BitMap:
        """Sites with an event in these years; with one of the chosen role, as for eras."""
        spans = (columns.overlapping(spans, *self.span) for spans in self._spans())
        return BitMap.union(*spans)

    def _spans(self) -> list[columns.Table]:
        """The years of the events that count.

        Those of the chosen role; of all roles if the chosen one is `within`, which only concerns
        eras.
        """
        spans, role = self.index.spans, self.chosen("role")
        return [spans[role]] if role in spans else list(spans.values())

    def _with_earliest_year(self, role: str, span: filter_fields.YearSpan) -> BitMap:
        if span.text == filter_fields.UNDATED:
            return timeline.undated(self.index, role)
        return timeline.years_of(self.index, role).sites(span.first, span.last)

    @property
    def _short_span(self) -> tuple[int, int] | None:
        """The first and last year asked for, if both are given and so near to each other that the
        events within them are the best matches."""
        first, last = self.span
        if first is None or last is None or last - first >= _SHORT_SPAN:
            return None
        return first, last

    @cached_property
    def nearby(self) -> columns.WithinRadius | None:
        """The sites near the centre, with their distances."""
        centre = self.chosen("near")
        if centre is None:
            return None
        point = centre.point
        if point is None:
            sites = self.index.having("place", centre.place)
            point = columns.middle(columns.some_points(self.index.points, sites, _LOOKED_AT))
        if point is None:  # nobody knows where it lies
            return columns.NONE_NEAR
        town = self.town_as_a_whole
        always = self.index.having("place", town) if town else BitMap()
        return self.index.around(point, self.within_km, always)

    @property
    def town_as_a_whole(self) -> Place | None:
        """The town that is the centre of the list, if no distance is given: all sites that are
        recorded in it then count as near."""
        centre = self.chosen("near")
        if centre is None or centre.place is None or self.chosen("within"):
            return None
        return centre.place if centre.place.level in Place.TOWNS else None

    @property
    def within_km(self) -> float:
        return self.chosen("within") or self.WITHIN_KM

    # --- in which order ----------------------------------------------------------------------

    @cached_property
    def sorts(self) -> list[tuple[str, str]]:
        """The orders available for this list."""
        return [(name, str(label)) for name, label in SORTS if self._is_offered(name)]

    def _is_offered(self, order: str) -> bool:
        if order == "relevance":
            return bool(self.chosen("q") or self._short_span or self._is_ranked)
        return order not in self.NEEDED or any(map(self.chosen, self.NEEDED[order]))

    @property
    def superlative(self) -> Superlative | None:
        """The superlative in the search text, if any."""
        return self.answer.superlative if self.answer else None

    @property
    def _is_ranked(self) -> bool:
        """Whether hits are ranked by what sites mainly are: the text has a superlative; or it means
        kinds or eras, no other words are searched for, and the list is not one by distance."""
        if self.superlative:
            return True
        if self.answer is None or self.chosen("q") or self.chosen("near"):
            return False
        named = {each.name for each in self.answer.filters}
        return not named.isdisjoint(("kind", "era"))

    @property
    def sorted_by_superlative(self) -> str:
        """By what the list is sorted for a superlative: “oldest”, “newest”, “largest”, “smallest”,
        or “words” (the words of records); empty without one."""
        if self.order != "relevance" or not self.superlative:
            return ""
        return self.superlative.measure or "words"

    @cached_property
    def order(self) -> str:
        """The requested order, else the first available: best match, nearest, best known."""
        possible = [name for name, _label in self.sorts]
        chosen = self.chosen("sort")
        return chosen if chosen in possible else possible[0]

    def page(self, language: str, start: int, stop: int, among: BitMap | None = None) -> list[int]:
        """The ids at positions `start` to `stop` of the list in its order, or of those hits that
        are in `among`."""
        hits = self.hits if among is None else among
        return self._ordered(language).slice(hits, start, stop)

    def position(self, language: str, site_id: int) -> int | None:
        """How many sites of the list come before one of them; None for one that is not in it."""
        if site_id not in self.hits:
            return None
        return self._ordered(language).place(self.hits, site_id)

    def _ordered(self, language: str) -> text_search.SiteOrder:
        if self.order == "relevance":
            return self._by_relevance()
        if self.order == "distance" and self.nearby:
            return self.nearby
        name = orders.by_name(language) if self.order == "name" else self.order
        order = self.index.orders[name]
        if name == orders.PROMINENCE and self.in_districts:
            return text_search.TieredOrder(self._measured_first, order)
        return order

    def _measured_first(self, hits: BitMap) -> Iterator[BitMap]:
        yield hits - self.in_districts
        yield hits & self.in_districts

    def _by_relevance(self) -> text_search.SiteOrder:
        """Partial matches in their own order; else by a superlative if there is one; else the best
        matches of the words first.

        Without words: by what sites mainly are, or by how close their events are to the years.
        """
        answer, best_known = self.answer, self.index.best_known
        if answer and answer.partly:
            return answer.partly
        what = self.chosen("kind") or (), self.chosen("era") or ()
        if answer and answer.superlative:
            return ranking.by_superlative(self.index, answer.superlative, *what, answer.text)
        if self.chosen("q"):
            return text_search.by_relevance(self.index, answer.text if answer else "")
        if self._short_span is None:
            return ranking.by_what_they_are(self.index, *what, self.raw_data.get("q", ""))
        first, last = self._short_span
        closest = partial(columns.closest_spans, self._spans(), first, last, _SLACKS)
        return text_search.TieredOrder(closest, best_known)


def as_query(data: QueryData) -> QueryDict:
    """A query of an address, of whatever names and values."""
    if isinstance(data, QueryDict):
        return data
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, [value] if isinstance(value, str) else list(value))
    return query


def _find_sites(filters: Iterable[QueryFilter], text: str) -> BitMap:
    """The sites that match filters and the words of a text."""
    data = {query_filter.name: query_filter.values for query_filter in filters}
    filtered = SiteFilter(data)
    if not text:
        return filtered.hits
    return filtered.hits & text_search.matching(filtered.index, text)


@lru_cache(_CACHED_FORMS)
def _form_class(names: frozenset[str]) -> type[FilterForm]:
    made = {name: each.field for name, each in SiteFilter.base_filters.items() if name in names}
    return type("SiteFilterForm", (FilterForm,), made)


def _sites_resting_on(source_id: int) -> BitMap:
    return BitMap(statements.sites_resting_on([source_id]))


def _parts_of(wholes: Iterable[int]) -> BitMap:
    """The parts of sites, and the parts of these, and so on: one query for each level."""
    found, level = BitMap(), BitMap(wholes)
    while level:
        parts = BitMap(PartOf.objects.filter(whole__in=level).values_list("part_id", flat=True))
        level = parts - found
        found |= parts
    return found
