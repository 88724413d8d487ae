"""The page of disagreements: where a record and a source differ, or two sources do."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import override
from pyroaring import BitMap

from heritage.formats import Addresses
from heritage.models import (
    CheckedRecord,
    Disagreement,
    Opening,
    Place,
    Price,
    Site,
    Source,
    VisitingFact,
)
from heritage.search import IndexSnapshot, current_index
from heritage.server.caches import CacheKey
from heritage.values.language import interface_languages
from heritage.values.web_address import safe_url
from heritage.web.browse.paging import Paging, page_links, page_number
from heritage.web.shared.context import with_query
from heritage.web.shared.disagreements import (
    DisagreementLine,
    disagreement_line,
    visiting_line,
    visiting_value,
)

PER_PAGE = 50


class Key(NamedTuple):
    """What identifies and filters a row: a disagreement, or a visiting fact about which other
    sources differ."""

    table: str
    pk: int
    site_id: int
    fact: str


_KEYS: CacheKey[list[Key]] = CacheKey("disagreements")
_VISITING: dict[str, type[CheckedRecord]] = {
    model._meta.label: model for model in (Opening, Price, VisitingFact)
}


@dataclass(frozen=True, slots=True)
class FilterChoice:
    label: str
    number: int
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FactGroup:
    label: str
    lines: list[DisagreementLine]


@dataclass(frozen=True, slots=True)
class DisagreementsPage:
    """Prepared for the template web/disagreements.html."""

    total: int  # without filters
    number: int  # with them
    facts: list[FilterChoice]
    countries: list[FilterChoice]
    groups: list[FactGroup]
    paging: Paging
    json_url: str

    @property
    def is_in_country(self) -> bool:
        return any(choice.is_chosen for choice in self.countries)

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_chosen for choice in (*self.facts, *self.countries))


class Query:
    """The filters of an address; raises Http404 for a value that is not known."""

    def __init__(self, data: QueryDict):
        index = current_index()
        self.keys = index.cache.get_or_set(_KEYS, _read_keys)
        self.fact = data.get("fact", "")
        self.countries = _countries(index, self.keys)
        by_slug = {place.slug: place for place in self.countries}
        self.country = by_slug.get(data.get("country", ""))
        if self.fact and self.fact not in Disagreement.Fact.values:
            raise Http404
        if data.get("country") and self.country is None:
            raise Http404

    def filtered(self, fact: str, country: Place | None) -> list[Key]:
        within = self.countries[country] if country else None
        return [
            key
            for key in self.keys
            if fact in ("", key.fact) and (within is None or key.site_id in within)
        ]

    @property
    def found(self) -> list[Key]:
        return self.filtered(self.fact, self.country)


def number_of_disagreements(index: IndexSnapshot) -> int:
    return len(index.cache.get_or_set(_KEYS, _read_keys))


def _read_keys() -> list[Key]:
    rows = Disagreement.objects.public().values_list("pk", "site_id", "fact", "site__slug", "uid")
    found = [(fact, slug, uid, "", pk, site) for pk, site, fact, slug, uid in rows.order_by()]
    for table, model in _VISITING.items():
        differing = _differing(model).values_list("pk", "site_id", "site__slug", "uid")
        found += [
            (Disagreement.Fact.VISIT, slug, uid, table, pk, site)
            for pk, site, slug, uid in differing.order_by()
        ]
    order = {str(fact): place for place, fact in enumerate(Disagreement.Fact.values)}
    found.sort(key=lambda row: (order[row[0]], *row[1:]))
    return [Key(table, pk, site, str(fact)) for fact, _slug, _uid, table, pk, site in found]


def _differing(model: type[CheckedRecord]) -> QuerySet[Any]:
    """The rows that readers see and about which other sources differ."""
    shown = model.objects.shown().exclude(differs={})
    return shown.filter(site__state=Site.State.PUBLISHED)


def _countries(index: IndexSnapshot, keys: Iterable[Key]) -> dict[Place, BitMap]:
    """The countries with disagreements about their sites, with the ids of these sites; sorted by
    label."""
    sites, by_place = BitMap(key.site_id for key in keys), index.sites_by_value("place")
    found: dict[Place, BitMap] = {}
    for pk, place in index.vocabulary.places.terms.items():
        within = by_place.get(str(pk), BitMap()) & sites
        if within and place.level == Place.Level.COUNTRY:
            found[place] = within
    return dict(sorted(found.items(), key=lambda item: item[0].label.best().text))


def disagreements_page(data: QueryDict) -> DisagreementsPage:
    query = Query(data)
    found = query.found
    last = max(1, -(-len(found) // PER_PAGE))
    number = page_number(data.get("page", "1"), last)
    if number is None:
        raise Http404
    shown = _read_rows(found[(number - 1) * PER_PAGE : number * PER_PAGE])
    facts = Counter(key.fact for key in query.filtered("", query.country))
    return DisagreementsPage(
        total=len(query.keys),
        number=len(found),
        facts=[
            FilterChoice(
                str(capfirst(fact.label)),
                facts[fact],
                _address(query, 1, fact="" if fact == query.fact else fact),
                fact == query.fact,
            )
            for fact in Disagreement.Fact
            if facts[fact] or fact == query.fact
        ],
        countries=[
            FilterChoice(
                place.label.best().text,
                count,
                _address(query, 1, country="" if place == query.country else place.slug),
                place == query.country,
            )
            for place in query.countries
            if (count := len(query.filtered(query.fact, place))) or place == query.country
        ],
        groups=[
            FactGroup(
                str(capfirst(Disagreement.Fact(fact).label)),
                [_line(row) for _key, row in rows],
            )
            for fact, rows in groupby(shown, lambda pair: pair[0].fact)
        ],
        paging=_paging(query, number, last),
        json_url=with_query(reverse("web:disagreements_json"), _address(query, 1)),
    )


def _read_rows(keys: list[Key]) -> list[tuple[Key, Any]]:
    """The rows of these keys in order, with all that a line shows."""
    ids: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        ids[key.table].append(key.pk)
    disagreements = Disagreement.objects.select_related(
        "site", "event__first_era", "event__last_era", "designation__register"
    ).select_related("source__licence", "other_source__licence")
    found: dict[tuple[str, int], Any] = {}
    for table, pks in ids.items():
        visiting = _VISITING.get(table)
        rows = visiting.objects.select_related("site", "source__licence") if visiting else None
        read = (disagreements if rows is None else rows).in_bulk(pks)
        found |= {(table, pk): row for pk, row in read.items()}
    return [(key, found[key[:2]]) for key in keys if key[:2] in found]


def _line(row: Disagreement | CheckedRecord) -> DisagreementLine:
    return disagreement_line(row) if isinstance(row, Disagreement) else visiting_line(row)


def _address(query: Query, page: int, **values: str) -> str:
    """The query string of a page of the list, with other filters in place of some."""
    chosen = {
        "fact": query.fact,
        "country": query.country.slug if query.country else "",
        "page": str(page) if page > 1 else "",
    } | values
    return urlencode({name: value for name, value in chosen.items() if value})


def _paging(query: Query, number: int, last: int) -> Paging:
    return Paging(
        number=number,
        last=last,
        links=page_links(number, last, lambda page: _address(query, page)),
        previous=_address(query, number - 1) if number > 1 else None,
        next=_address(query, number + 1) if number < last else None,
    )


def document(data: QueryDict, addresses: Addresses) -> dict[str, Any]:
    """All disagreements that match the filters, as JSON for programs, with texts in all
    languages."""
    page = addresses.url("web:disagreements")
    rows = [row for _key, row in _read_rows(Query(data).found)]
    return {"page": page, "disagreements": [_entry(row, addresses) for row in rows]}


def _entry(row: Disagreement | CheckedRecord, addresses: Addresses) -> dict[str, Any]:
    site = {"id": row.site.uid, "name": row.site.name, "url": addresses.site(row.site)}
    entry: dict[str, Any] = {"id": row.uid, "site": site, "source": _source(row.source)}
    if isinstance(row, Disagreement):
        entry |= {
            "fact": row.fact,
            "event": row.event.uid if row.event else None,
            "designation": row.designation.uid if row.designation else None,
            "shown": row.values_shown() or _in_each_language(row.value_shown),
            "other": row.other,
            "otherSource": _source(row.other_source),
            "reason": row.reason,
            "since": row.since,
        }
    else:
        entry |= {
            "fact": Disagreement.Fact.VISIT,
            "shown": _in_each_language(lambda: visiting_value(row)),
            "asOf": row.as_of,
            "other": row.differs,
        }
    return {name: value for name, value in entry.items() if value}


def _in_each_language(value: Callable[[], object]) -> dict[str, str]:
    found = {}
    for code in interface_languages():
        with override(code):
            found[code] = str(value())
    return found


def _source(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    about = {"id": source.uid, "citation": source.citation, "url": safe_url(source.url)}
    return {name: value for name, value in about.items() if value}
