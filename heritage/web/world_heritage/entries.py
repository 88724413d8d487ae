"""Statistics of the World Heritage List, one grouped query each.

Properties are counted, not sites, and only those that cover at least one published site. The
register has an edition: all numbers are as of its year; later inscriptions are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from heritage.formats import list_url
from heritage.models import Coverage, Designation, DesignationEvent, Place, Register, RegisterTerm
from heritage.search import IndexSnapshot, current_index
from heritage.server.caches import CacheKey
from heritage.values.language import join_sentences
from heritage.web.shared import language_html, page_dependencies
from heritage.web.shared.charts import Chart, ChartRow, Series
from heritage.web.site.events import danger_periods

# Year, code of the category, number of properties.
type YearCount = tuple[int | None, str | None, int]

CATEGORIES = ("cultural", "mixed", "natural")  # in the order in which they are stacked
STANDING = (Designation.Standing.IN_FORCE, Designation.Standing.IN_DANGER)
_MAX_STATES = 15


def properties() -> QuerySet[Designation]:
    """Entries of the World Heritage List that cover a published site."""
    entries = Designation.objects.filter(register__role=Register.Role.WORLD_HERITAGE).order_by()
    return entries.exclude(pk__in=_not_shown(current_index()))


def _not_shown(index: IndexSnapshot) -> list[int]:
    """The ids of the other entries, which are few; cached, so that not each chart looks for
    them."""
    return index.world_heritage_cache.get_or_set(_NOT_SHOWN, _read_not_shown)


def _read_not_shown() -> list[int]:
    shown = Coverage.objects.filter(designation=OuterRef("pk"), site__state="published")
    entries = Designation.objects.filter(
        ~Exists(shown), register__role=Register.Role.WORLD_HERITAGE
    )
    return list(entries.order_by().values_list("pk", flat=True))


_NOT_SHOWN: CacheKey[list[int]] = CacheKey("entries not shown")
_OF_STATES: CacheKey[dict[int, list[YearCount]]] = CacheKey("entries of states by year")
_REGION_OF_STATES: CacheKey[dict[int, str]] = CacheKey("region of states")


class WorldHeritageList:
    """The World Heritage List in its edition: entries and terms."""

    def __init__(self, index: IndexSnapshot):
        page_dependencies.parts(index, "world heritage")
        self._index = index
        registers = index.vocabulary.registers.values()
        found = (each for each in registers if each.role == Register.Role.WORLD_HERITAGE)
        self.register: Register | None = next(found, None)
        self.year = self.register.edition_year if self.register else None

    @property
    def edition(self) -> str:
        return self.register.edition_phrase() if self.register else ""

    def inscribed(self) -> QuerySet[Designation]:
        """The entries in the edition of the list; all that are in force if the edition is not
        known."""
        found = properties().filter(standing__in=STANDING)
        return found if self.year is None else found.exclude(listed_year__gt=self.year)

    def later(self) -> QuerySet[Designation]:
        """The entries that were inscribed after the edition."""
        found = properties().filter(standing__in=STANDING)
        return found.none() if self.year is None else found.filter(listed_year__gt=self.year)

    @property
    def of_states(self) -> dict[int, list[YearCount]]:
        """By id of a state party the counts of `by_year()`; cached until a World Heritage entry is
        written."""
        return self._index.world_heritage_cache.get_or_set(_OF_STATES, self._read_of_states)

    def _read_of_states(self) -> dict[int, list[YearCount]]:
        found: dict[int, list[YearCount]] = defaultdict(list)
        rows = _by_year_of(self.inscribed(), "world_heritage__states")
        for state, year, category, count in rows:
            found[state].append((year, category, count))
        return found

    @cached_property
    def by_facet(self) -> dict[str, dict[str, RegisterTerm]]:
        """Its terms (categories, criteria, regions) by facet and code; one query."""
        found: dict[str, dict[str, RegisterTerm]] = defaultdict(dict)
        rows = RegisterTerm.objects.filter(register__role=Register.Role.WORLD_HERITAGE)
        for term in rows.order_by("order", "code"):
            found[term.facet][term.code] = term
        return found

    def series(self) -> list[Series]:
        known = self.by_facet[RegisterTerm.Facet.CATEGORY]
        return [
            Series(code, language_html.as_html(known[code].label) if code in known else code)
            for code in CATEGORIES
        ]


def by_year(
    world_list: WorldHeritageList, grouped: Iterable[YearCount] | None = None, title: str = ""
) -> Chart | None:
    """A chart of properties on the List (or of `grouped`) by year of inscription and category.

    Properties that left the List, or were merged into others, are not counted.
    """
    grouped = _by_year_of(world_list.inscribed()) if grouped is None else grouped
    counts: dict[int, Counter] = defaultdict(Counter)
    for year, category, count in grouped:
        if year is not None:
            counts[year][category] += count
    if not counts:
        return None
    years = range(min(counts), (world_list.year or max(counts)) + 1)
    rows = [
        ChartRow(str(year), [counts[year][c] for c in CATEGORIES], mark=_year_mark(year, years))
        for year in years
    ]
    busiest = max(rows, key=lambda row: row.total)
    summary = _("Of the properties listed.")
    if edition := world_list.edition:
        summary = _("Of the properties on the list of %(edition)s.") % {"edition": edition}
    if len(counts) > 3 and [row.total for row in rows].count(busiest.total) == 1:
        most = _("The most in one year: %(number)s properties, in %(year)s.") % {
            "year": busiest.label,
            "number": busiest.total,
        }
        summary = join_sentences([summary, most])
    title = title or _("Inscriptions by year")
    return Chart("by-year", title, summary, _("Year"), world_list.series(), rows)


def _by_year_of(entries: QuerySet[Designation], *first: str) -> Iterable[tuple]:
    return entries.values_list(*first, "listed_year", "category__code").annotate(Count("pk"))


def _year_mark(year: int, years: range) -> str:
    return str(year) if year % 10 == 0 and years[0] + 1 < year < years[-1] - 1 else ""


def by_criterion(world_list: WorldHeritageList) -> Chart | None:
    """How many properties meet each criterion; most meet several."""
    counts = _grouped(world_list.inscribed(), "world_heritage__criteria__code")
    known = world_list.by_facet[RegisterTerm.Facet.CRITERION]
    rows = [
        ChartRow(
            f"({code})",
            [counts[code]],
            list_url(criterion=code),
            note=language_html.as_html(term.label),
        )
        for code, term in known.items()
        if counts[code]
    ]
    if not rows:
        return None
    summary = _("A property meets at least one; most meet several, so the numbers add up to more.")
    series = [Series("sites", _("Properties"))]
    return Chart("criteria", _("By criterion"), summary, _("Criterion"), series, rows)


def by_region(world_list: WorldHeritageList) -> Chart | None:
    """Properties by UNESCO's regions and by category; some lie in two regions."""
    fields = ("world_heritage__regions__code", "category__code")
    counts: Counter = Counter()
    for region, category, count in (
        world_list.inscribed().values_list(*fields).annotate(Count("pk"))
    ):
        counts[region, category] += count
    known = world_list.by_facet[RegisterTerm.Facet.REGION]
    rows = [
        ChartRow(
            language_html.as_html(term.label),
            [counts[code, c] for c in CATEGORIES],
            list_url(region=code),
        )
        for code, term in known.items()
    ]
    rows = sorted((row for row in rows if row.total), key=lambda row: -row.total)
    if not rows:
        return None
    summary = _("The regions are UNESCO’s own; a property that crosses their border counts twice.")
    return Chart("regions", _("By region"), summary, _("Region"), world_list.series(), rows)


def by_state(
    world_list: WorldHeritageList, url: Callable[[Place], str]
) -> tuple[Chart | None, Chart | None, int]:
    """The states with most properties, all of them for the table, and how many there are."""
    fields = ("world_heritage__states", "category__code")
    counts: dict[int, Counter] = defaultdict(Counter)
    for state, category, count in world_list.inscribed().values_list(*fields).annotate(Count("pk")):
        if state is not None:
            counts[state][category] += count
    places = Place.objects.in_bulk(counts)
    rows = [
        ChartRow(
            language_html.as_html(places[pk].label),
            [found[c] for c in CATEGORIES],
            url(places[pk]),
        )
        for pk, found in counts.items()
    ]
    rows.sort(key=lambda row: (-row.total, str(row.label)))
    if not rows:
        return None, None, 0
    title, summary = _("States with the most properties"), ""
    summary = _("A property that several states share counts for each of them.")
    head, series = _("State"), world_list.series()
    most = Chart("states", title, summary, head, series, rows[:_MAX_STATES])
    return most, Chart("all-states", title, summary, head, series, rows), len(rows)


def in_danger_by_year(world_list: WorldHeritageList) -> Chart | None:
    """How many properties stood on the List of World Heritage in Danger at each year's end."""
    kind = DesignationEvent.Kind
    rows = DesignationEvent.objects.filter(
        designation__in=properties(),
        kind__in=(kind.IN_DANGER, kind.OUT_OF_DANGER, kind.DELISTED),
        first_year__isnull=False,
    )
    by_entry: dict[int, list[DesignationEvent]] = defaultdict(list)
    # Not whole rows: there are hundreds.
    for event in rows.order_by().only("designation", "kind", "first_year", "uid"):
        by_entry[event.designation_id].append(event)
    periods = [
        (first, last)
        for events in by_entry.values()
        for first, last in danger_periods(events)
        if first is not None
    ]
    if not periods:
        return None
    newest = world_list.year or max(year for period in periods for year in period if year)
    years = range(min(first for first, _last in periods), newest + 1)
    found = [
        ChartRow(
            str(year),
            [sum(first <= year and (last is None or year < last) for first, last in periods)],
            mark=_year_mark(year, years),
        )
        for year in years
    ]
    series = [Series("danger", _("In danger"))]
    summary = _("Counted at the end of each year, from the dates on which they were entered.")
    return Chart("danger-years", _("In danger, year by year"), summary, _("Year"), series, found)


def by_category(world_list: WorldHeritageList) -> dict[str, int]:
    return _grouped(world_list.inscribed(), "category__code")


def _grouped(entries: QuerySet[Designation], field: str) -> Counter:
    return Counter(dict(entries.values_list(field).annotate(Count("pk"))))


def region_of_states(index: IndexSnapshot) -> dict[int, str]:
    """For each state the code of the UNESCO region in which most of its properties lie.

    Cached until a World Heritage entry is written.
    """
    return index.world_heritage_cache.get_or_set(_REGION_OF_STATES, _region_of_states)


def _region_of_states() -> dict[int, str]:
    fields = ("world_heritage__states", "world_heritage__regions__code")
    counts: dict[int, Counter] = defaultdict(Counter)
    # One that crosses a border between regions tells nothing of either state.
    counted = properties().annotate(regions=Count("world_heritage__regions", distinct=True))
    alone = Designation.objects.filter(pk__in=counted.filter(regions=1).values("pk")).order_by()
    for state, region, count in alone.values_list(*fields).annotate(Count("pk")):
        if state is not None and region:
            counts[state][region] += count
    return {state: found.most_common(1)[0][0] for state, found in counts.items()}
