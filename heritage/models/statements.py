"""The statements of a record, and what each rests on.

A statement is anything that can have a source of its own: the text of a site, each sentence of it
with a source of its own, a further name, an event, an entry in a register, the reason why a
property is in danger, the point, the area, and each visiting fact that readers see. What it rests
on follows from the kind of its source. With several sources it is unchecked if one of them is
recollection, else as good as the best of them. Text and area rest on the sources of the site. Names
that follow from another by rule, such as pinyin, are no statements of their own; nor are the name
that a page is headed with, kinds, places and notices of the day.

`statements_of()` lists those of one site from rows that were read; the other functions ask the
database for the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.models.base import Record
from heritage.models.designations import DesignationEvent
from heritage.models.events import Event
from heritage.models.quantities import Quantity
from heritage.models.relations import Coverage
from heritage.models.row_values import rows_by_ids
from heritage.models.sites import Name, Site
from heritage.models.sources import Source, SourcedSentence
from heritage.models.visiting import CheckedRecord, Opening, Price, Quality, VisitingFact


class Trust(TextChoices):
    """What a statement rests on, the weightiest first."""

    OFFICIAL = "official", pgettext_lazy("what statements rest on", "official")
    REGISTER = "register", _("from registers")
    PUBLISHED = "published", _("from publications")
    UNCHECKED = "unchecked", pgettext_lazy("what statements rest on", "unchecked")
    NONE = "none", _("without a source")


# What an editor or a reader could help with.
TO_BE_CHECKED = (Trust.UNCHECKED, Trust.NONE)

TRUST_OF_SOURCES: dict[str, Trust] = {
    Source.Kind.OFFICIAL: Trust.OFFICIAL,
    Source.Kind.REGISTER: Trust.REGISTER,
    Source.Kind.PUBLICATION: Trust.PUBLISHED,
    Source.Kind.DATASET: Trust.PUBLISHED,
    Source.Kind.WEB: Trust.PUBLISHED,
    Source.Kind.RECALLED: Trust.UNCHECKED,
}
# Of a visiting fact that no editor has checked.
TRUST_OF_QUALITIES: dict[str, Trust] = {
    Quality.OFFICIAL: Trust.OFFICIAL,
    Quality.PRESS: Trust.PUBLISHED,
    Quality.REPORTED: Trust.PUBLISHED,
    Quality.RECALLED: Trust.UNCHECKED,
}
# Of several sources, the first of these that one of them gives.
_ORDER = (Trust.UNCHECKED, Trust.OFFICIAL, Trust.REGISTER, Trust.PUBLISHED)
# Names that follow from another name.
BY_RULE = (Name.Kind.SCRIPT, Name.Kind.ROMANISED)


class StatementKind(TextChoices):
    """What a statement is, in the order of the page."""

    TEXT = "text", _("text")
    SENTENCE = "sentence", _("sentence")
    EVENT = "event", _("event")
    STATUS = "status", _("entry in a register")
    REASON = "reason", _("reason of danger")
    POINT = "point", _("point")
    AREA = "area", _("area in hectares")
    QUANTITY = "quantity", _("quantity")
    VISIT = "visit", _("visiting fact")
    NAME = "name", _("further name")


@dataclass(frozen=True, slots=True)
class Statement:
    kind: StatementKind
    trust: Trust
    row: Record  # which states it


class RowsOfSite(Protocol):
    """Rows of a site as its page shows them, with their sources."""

    site: Site
    sources: list[Source]
    sentences: list[SourcedSentence]
    names: list[Name]
    events: list[Event]
    coverages: list[Coverage]
    quantities: list[Quantity]
    openings: list[Opening]
    prices: list[Price]
    visitingfacts: list[VisitingFact]
    entry_events: dict[int, list[DesignationEvent]]


@dataclass(slots=True)
class NewRows:
    """The rows of a new site that has no other rows."""

    site: Site
    sources: list[Source]
    names: list[Name]
    events: list[Event]
    sentences: list[SourcedSentence] = field(default_factory=list)
    coverages: list[Coverage] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    visitingfacts: list[VisitingFact] = field(default_factory=list)
    entry_events: dict[int, list[DesignationEvent]] = field(default_factory=dict)


# --- of rows -------------------------------------------------------------------------------------


def trust_of(sources: Iterable[Source | None]) -> Trust:
    found = {TRUST_OF_SOURCES[source.kind] for source in sources if source}
    return min(found, key=_ORDER.index, default=Trust.NONE)


def trust_of_checked(row: CheckedRecord) -> Trust:
    if row.checked_on is None and row.quality:
        return TRUST_OF_QUALITIES[row.quality]
    return trust_of([row.source])


def statements_of(rows: RowsOfSite) -> list[Statement]:
    """The statements of a site, in the order of their kinds."""
    site, kinds = rows.site, StatementKind
    found: list[Statement] = []
    if site.summary or site.description:
        found.append(Statement(kinds.TEXT, trust_of(rows.sources), site))
    for sentence in rows.sentences:
        if sentence.stands_in(site.summary, site.description):
            found.append(Statement(kinds.SENTENCE, trust_of([sentence.source]), sentence))
    for event in rows.events:
        found.append(Statement(kinds.EVENT, trust_of([event.source]), event))
    for coverage in rows.coverages:
        both = (coverage.designation.source, coverage.source)
        found.append(Statement(kinds.STATUS, trust_of(both), coverage))
    for coverage in rows.coverages:
        for happened in rows.entry_events.get(coverage.designation_id, ()):
            if is_reason(happened):
                found.append(Statement(kinds.REASON, trust_of([happened.source]), happened))
    if site.latitude is not None:
        found.append(Statement(kinds.POINT, trust_of([site.point_source]), site))
    if site.area_ha is not None:
        found.append(Statement(kinds.AREA, trust_of(rows.sources), site))
    for quantity in rows.quantities:
        found.append(Statement(kinds.QUANTITY, trust_of([quantity.source]), quantity))
    checked: Sequence[CheckedRecord] = [*rows.openings, *rows.prices, *rows.visitingfacts]
    for row in checked:
        found.append(Statement(kinds.VISIT, trust_of_checked(row), row))
    for name in rows.names:
        if name.kind not in BY_RULE:
            found.append(Statement(kinds.NAME, trust_of([name.source]), name))
    return found


def is_reason(happened: DesignationEvent) -> bool:
    """Whether an event of an entry says why a property is in danger."""
    return happened.kind == DesignationEvent.Kind.IN_DANGER and bool(happened.note)


# --- as queries ----------------------------------------------------------------------------------


class Tally(NamedTuple):
    """The statements of all published sites."""

    by_kind: Counter[tuple[str, str]]  # by kind and what they rest on
    by_source: Counter[int]  # by the id of each source that they have


def tally() -> Tally:
    found = Tally(Counter(), Counter())
    for query in _published():
        if query.sources == _OF_SITE:
            _tally_of_sites(query, found)
            continue
        groups = query.rows.values_list("trust", *query.sources).annotate(number=Count("pk"))
        for trust, *sources, number in groups:
            found.by_kind[query.kind, trust] += number
            for source in {*sources} - {None}:
                found.by_source[source] += number
    return found


def _tally_of_sites(query: "_Query", found: Tally) -> None:
    """Of what rests on many sources: a site for each of them would be counted many times."""
    for trust, number in query.rows.values_list("trust").annotate(number=Count("pk")):
        found.by_kind[query.kind, trust] += number
    links = Site.sources.through.objects.filter(site__in=query.rows.values("pk")).order_by()
    for source, number in links.values_list("source").annotate(number=Count("pk")):
        found.by_source[source] += number


def sites_resting_on(source_ids: Iterable[int]) -> set[int]:
    """The ids of the sites, published or not, with a statement of one of these sources."""
    ids = list(source_ids)
    found: set[int] = set()
    for _kind, rows, sources in _queries():
        for path in sources:
            cited = rows.filter(of_site__isnull=False, **{f"{path}__in": ids})
            found.update(cited.values_list("of_site", flat=True))
    return found


def unchecked(ids: Sequence[int]) -> list[QuerySet[Any]]:
    """The statements of these sites that should be checked, as several querysets."""
    return [
        rows.filter(of_site__in=ids, trust__in=TO_BE_CHECKED)
        for _kind, rows, _sources in _queries()
    ]


def unchecked_by_site(ids: Sequence[int]) -> Counter[int]:
    """The number of statements that should be checked, by id of the site; sites without any are
    left out."""
    return Counter(pk for (pk,) in rows_by_ids(_unchecked, ids))


def _unchecked(ids: Sequence[int]) -> QuerySet[Any, tuple]:
    first, *others = (rows.values_list("of_site") for rows in unchecked(ids))
    return first.union(*others, all=True).order_by()


_OF_SITE = ("sources",)  # the path of all sources of a site


class _Query(NamedTuple):
    kind: StatementKind
    rows: QuerySet[Any]  # one for each statement: `of_site`, the id of its site, and its `trust`
    sources: tuple[str, ...]  # the paths of its sources


def _published() -> Iterator[_Query]:
    published = Site.objects.published().order_by().values("pk")
    for query in _queries():
        yield query._replace(rows=query.rows.filter(of_site__in=published))


@cache  # to put them together takes longer than to answer them for one site
def _queries() -> tuple[_Query, ...]:
    return tuple(_made_queries())


def _made_queries() -> Iterator[_Query]:
    kinds, sites = StatementKind, Site.objects.annotate(of_site=F("pk"))
    yield _sites_query(kinds.TEXT, sites.exclude(summary={}, description={}))
    standing = SourcedSentence.objects.filter(stands=True)
    yield _rows_query(kinds.SENTENCE, _with_site_id(standing), "source")
    yield _rows_query(kinds.EVENT, _with_site_id(Event.objects.all()), "source")
    coverages = _with_site_id(Coverage.objects.all())
    yield _rows_query(kinds.STATUS, coverages, "designation__source", "source")
    reasons = DesignationEvent.objects.filter(kind=DesignationEvent.Kind.IN_DANGER)
    covered = reasons.annotate(of_site=F("designation__coverages__site_id"))
    yield _rows_query(kinds.REASON, covered.exclude(note={}), "source")
    yield _rows_query(kinds.POINT, sites.filter(latitude__isnull=False), "point_source")
    yield _sites_query(kinds.AREA, sites.filter(area_ha__isnull=False))
    yield _rows_query(kinds.QUANTITY, _with_site_id(Quantity.objects.all()), "source")
    by_quality = [
        When(checked_on__isnull=True, quality=quality, then=Value(trust.value))
        for quality, trust in TRUST_OF_QUALITIES.items()
    ]
    for model in (Opening, Price, VisitingFact):
        shown = _with_site_id(model.objects.shown())
        trust = _case(*by_quality, default=_trust_case("source"))
        rows = shown.annotate(trust=trust).order_by()
        yield _Query(kinds.VISIT, rows, ("source", "second_source"))
    yield _rows_query(kinds.NAME, _with_site_id(Name.objects.exclude(kind__in=BY_RULE)), "source")


def _with_site_id(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.annotate(of_site=F("site_id"))


def _rows_query(kind: StatementKind, rows: QuerySet[Any], *sources: str) -> _Query:
    return _Query(kind, rows.annotate(trust=_trust_case(*sources)).order_by(), sources)


def _sites_query(kind: StatementKind, sites: QuerySet[Any]) -> _Query:
    """What rests on all sources of its site."""
    ranks = [When(_has_trust(each, "source"), then=rank) for rank, each in enumerate(_ORDER)]
    lowest = Min(Case(*ranks, output_field=IntegerField()))
    links = Site.sources.through.objects.filter(site=OuterRef("pk")).order_by()
    rank = Subquery(links.values("site").annotate(rank=lowest).values("rank"))
    found = [When(rank=rank, then=Value(each.value)) for rank, each in enumerate(_ORDER)]
    return _Query(kind, sites.annotate(rank=rank, trust=_case(*found)).order_by(), _OF_SITE)


def _trust_case(*sources: str) -> Case:
    """What a statement rests on that has its sources at these paths."""
    return _case(*(When(_has_trust(each, *sources), then=Value(each.value)) for each in _ORDER))


def _case(*found: When, default: Case | Value | None = None) -> Case:
    return Case(*found, default=default or Value(Trust.NONE.value), output_field=CharField())


def _has_trust(trust: Trust, *sources: str) -> Q:
    """Whether a source at one of these paths gives this."""
    kinds = [kind for kind, its in TRUST_OF_SOURCES.items() if its == trust]
    found = Q()
    for path in sources:
        found |= Q(**{f"{path}__kind__in": kinds})
    return found
