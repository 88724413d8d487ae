"""Reads the values of tables of sites, for any number of sites: by columns, without model
instances.

Ten queries for each thousand sites. Terms are ids, to be looked up in the vocabularies in memory;
status and criteria come from the index. `benchmarks.downloads` measures it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

import orjson
from pyroaring import BitMap

from heritage.models import (
    Coverage,
    Designation,
    Event,
    Identifier,
    LanguageMapField,
    Name,
    RegisterTerm,
    Site,
    Source,
    UnescoStatus,
    columns_in_files,
    untracked,
)
from heritage.search.index.columns import moment
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.search.page_rows.plain_sql import sort_columns, values_by_key

AT_ONCE = 1000  # sites
_TEXTS = tuple(f.name for f in Site._meta.concrete_fields if isinstance(f, LanguageMapField))
_PLAIN = {
    *("id", "slug", "state", "place_id"),
    *("public_latitude", "public_longitude", "blur_km", "rule_blur_km", "inscribed_year"),
    *(each.name for each in columns_in_files() if not each.for_editors),
}
# What only files for editors have: to read the dates takes a tenth of the time of a file.
_OF_EDITORS = _PLAIN | {each.name for each in columns_in_files()}
_NONE: dict[str, str] = {}  # no text in any language
_STANDS = (Designation.Standing.IN_FORCE, Designation.Standing.IN_DANGER)

_BEGINNINGS = {kind for kind, role in Event.ROLES.items() if role == Event.Role.BEGINNINGS}

type Span = tuple[int | None, int | None]  # ids of the first and the last era


class EventRow(NamedTuple):
    """An event as it is stored; `kind` is a value of `Event.Kind`, eras are ids."""

    first_year: int | None
    kind: str
    date: str
    first_era: int | None
    last_era: int | None


@dataclass(slots=True)
class TablePortion:
    """The values of some sites: each list has one value for each site, in the same order."""

    ids: list[int]
    plain: dict[str, list[Any]]  # by the columns of the database
    texts: dict[str, list[dict[str, str]]]  # by the column, each by language
    languages: dict[str, set[str]]  # of these texts, by the column
    kinds: list[tuple[int, ...]] = field(default_factory=list)  # ids, in their order
    # The event that gives its age, as `models.first_beginning()` has it.
    beginnings: list[EventRow | None] = field(default_factory=list)
    # Eras of what stands; without any, of what it dates from, as `models.age_events()` has them.
    ages: list[tuple[Span, ...]] = field(default_factory=list)
    # Slugs of registers with references that hold today, in the order of registers; of a part its
    # own reference, if it has one.
    entries: list[list[tuple[str, str]]] = field(default_factory=list)
    identifiers: list[list[tuple[str, str]]] = field(default_factory=list)  # scheme, value
    names: list[list[str]] = field(default_factory=list)  # further ones
    sources: list[list[str]] = field(default_factory=list)  # uids
    statuses: list[str] = field(default_factory=list)
    criteria: list[tuple[str, ...]] = field(default_factory=list)
    changed_at: list[datetime | None] = field(default_factory=list)  # of what readers see

    def in_order_of_ids[T](self, found: Mapping[int, T], other: T) -> list[T]:
        """A list of values in the order of the sites, from values by id; `other` for sites without
        one."""
        return [found.get(pk, other) for pk in self.ids]


def read_table(
    index: IndexSnapshot, ids: Iterable[int], *, drafts: bool = False
) -> Iterator[TablePortion]:
    """The sites in the order of the ids, in portions; only published ones, unless `drafts` is
    set."""
    sources = dict(untracked(Source).values_list("pk", "uid"))
    for some in batched(ids, AT_ONCE):
        portion = _sites(some, drafts)
        _add_kinds(portion, index.vocabulary)
        _add_events(portion)
        _add_entries(portion, index.vocabulary)
        _add_others(portion, index.vocabulary, sources)
        _add_from_index(portion, index)
        yield portion


def _sites(ids: Collection[int], drafts: bool) -> TablePortion:
    columns = sorted(_OF_EDITORS if drafts else _PLAIN)
    key, state = columns.index("id"), columns.index("state")
    names = (*columns, *_TEXTS)
    stored = {row[key]: row for row in values_by_key(Site, "id", ids, names)}
    found = (stored[pk] for pk in ids if pk in stored)
    rows = [row for row in found if drafts or row[state] == Site.State.PUBLISHED]
    of_all = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    texts = {
        name: [_NONE if text == "{}" else orjson.loads(text) for text in of_all[name]]
        for name in _TEXTS
    }
    return TablePortion(
        ids=of_all["id"],
        plain={name: of_all[name] for name in columns},
        texts=texts,
        languages={name: set[str]().union(*of_sites) for name, of_sites in texts.items()},
    )


def _add_kinds(portion: TablePortion, terms: Vocabulary) -> None:
    order = terms.kinds.order
    pairs = values_by_key(Site.kinds.through, "site_id", portion.ids, ("site_id", "kind_id"))
    found: dict[int, tuple[int, ...]] = {}
    for site, kind in sorted((p for p in pairs if p[1] in order), key=lambda p: order[p[1]]):
        found[site] = (*found.get(site, ()), kind)
    portion.kinds = portion.in_order_of_ids(found, ())


def _add_events(portion: TablePortion) -> None:
    order = sort_columns(Event)
    columns = ("site_id", "first_year", "kind", "date", "first_era_id", "last_era_id")
    first: dict[int, EventRow] = {}  # of any kind
    begun: dict[int, EventRow] = {}
    ages: dict[str, dict[int, tuple[Span, ...]]] = {role: {} for role in Event.AGE_ROLES}
    for row in sorted(values_by_key(Event, "site_id", portion.ids, (*order, *columns))):
        site, event = row[len(order)], EventRow(*row[len(order) + 1 :])
        if event.kind in _BEGINNINGS:
            begun.setdefault(site, event)
        elif (of_role := ages.get(Event.ROLES.get(event.kind, ""))) is not None:
            of_role[site] = (*of_role.get(site, ()), event[3:])
        first.setdefault(site, event)
    portion.beginnings = portion.in_order_of_ids(first | begun, None)
    spans: dict[int, tuple[Span, ...]] = {}
    for role in reversed(Event.AGE_ROLES):  # the first of them comes last, and stays
        spans |= ages[role]
    portion.ages = portion.in_order_of_ids(spans, ())


def _add_entries(portion: TablePortion, terms: Vocabulary) -> None:
    columns = ("site_id", "designation_id", "extent", "component_reference")
    covered = values_by_key(Coverage, "site_id", portion.ids, columns)
    columns = ("id", "register_id", "reference", "standing")
    ids = {row[1] for row in covered}
    entries = {row[0]: row[1:] for row in values_by_key(Designation, "id", ids, columns)}
    ranks = {pk: rank for rank, pk in enumerate(terms.registers)}
    listed = []
    for site, entry, extent, component in covered:
        register, reference, standing = entries.get(entry, (None, "", ""))
        if standing in _STANDS and register in ranks:
            own = reference if extent == Coverage.Extent.WHOLE else component or reference
            listed.append((ranks[register], own, site, register))
    found = defaultdict(list)
    for _rank, reference, site, register in sorted(listed):
        found[site].append((terms.registers[register].slug, reference))
    portion.entries = portion.in_order_of_ids(found, [])


def _add_others(portion: TablePortion, terms: Vocabulary, sources: dict[int, str]) -> None:
    columns: tuple[str, ...] = ("site_id", "scheme_id", "value")
    schemes = terms.identifier_schemes
    identifiers = defaultdict(list)
    for site, scheme, value in values_by_key(Identifier, "site_id", portion.ids, columns):
        if scheme in schemes:
            identifiers[site].append((schemes[scheme].slug, value))
    in_order = {site: sorted(found) for site, found in identifiers.items()}
    portion.identifiers = portion.in_order_of_ids(in_order, [])
    columns = ("site_id", "language", "text")
    names = defaultdict(list)
    for site, _language, text in sorted(values_by_key(Name, "site_id", portion.ids, columns)):
        names[site].append(text)
    portion.names = portion.in_order_of_ids(names, [])
    columns = ("site_id", "source_id")
    found = defaultdict(list)
    for site, source in values_by_key(Site.sources.through, "site_id", portion.ids, columns):
        if source in sources:
            found[site].append(sources[source])
    for uids in found.values():
        uids.sort()
    portion.sources = portion.in_order_of_ids(found, [])


def _add_from_index(portion: TablePortion, index: IndexSnapshot) -> None:
    here = BitMap(portion.ids)
    statuses: dict[int, str] = {}
    for status in reversed(UnescoStatus):  # the first of them comes last, and stays
        statuses |= dict.fromkeys(index.having("unesco", status) & here, status.value)
    portion.statuses = portion.in_order_of_ids(statuses, "")
    criteria: dict[int, tuple[str, ...]] = {}
    for term in index.vocabulary.terms.values():
        if term.facet == RegisterTerm.Facet.CRITERION:
            for pk in index.having("criterion", term) & here:
                criteria[pk] = (*criteria.get(pk, ()), term.code)
    portion.criteria = portion.in_order_of_ids(criteria, ())
    times = index.times.of_sites(here)
    pairs = zip(times.ids.tolist(), times.columns[0].tolist(), strict=True)
    portion.changed_at = portion.in_order_of_ids({pk: moment(time) for pk, time in pairs}, None)
