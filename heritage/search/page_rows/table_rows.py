"""Reads what tables of sites have, for any number of them: by columns, without model instances.

Ten queries for each thousand sites. Terms come from the vocabularies in memory, status and criteria
from the index.
"""

from collections.abc import Iterable, Iterator
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
    Kind,
    Name,
    Place,
    Register,
    RegisterTerm,
    Site,
    Source,
    UnescoStatus,
    untracked,
)
from heritage.models.fields import LanguageMapField
from heritage.search.index.columns import moment
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.page_rows.rows_by_key import values_by_key
from heritage.search.vocabulary import Vocabulary

AT_ONCE = 1000  # sites
_TEXTS = tuple(f.name for f in Site._meta.concrete_fields if isinstance(f, LanguageMapField))
_PLAIN = (
    *("id", "uid", "slug", "state", "place_id", "precision", "accuracy_m", "area_ha"),
    *("latitude", "longitude", "public_latitude", "public_longitude", "blur_km", "rule_blur_km"),
    *("inscribed_year", "published_at"),
)
# What only files for editors have: to read the dates takes a tenth of the time of a file.
_OF_EDITORS = (*_PLAIN, "featured", "prominence", "created_at", "updated_at")
_NONE: dict[str, str] = {}  # no text in any language
_STANDS = (Designation.Standing.IN_FORCE, Designation.Standing.IN_DANGER)

_BEGINNINGS = {kind for kind, role in Event.ROLES.items() if role == Event.Role.BEGINNINGS}
_AGES = [{kind for kind, of in Event.ROLES.items() if of == role} for role in Event.AGE_ROLES]


class EventRow(NamedTuple):
    """An event as it is stored; `kind` is a value of `Event.Kind`, eras are ids."""

    kind: str
    date: str
    first_era: int | None
    last_era: int | None
    first_year: int | None


@dataclass(slots=True)
class TableRow:
    """What a table has of a site: `plain` by the columns of the database."""

    pk: int
    plain: dict[str, Any]
    texts: dict[str, dict[str, str]]  # by the column, then by language
    place: Place | None
    kinds: list[Kind] = field(default_factory=list)  # in their order
    events: list[EventRow] = field(default_factory=list)  # in the order of years
    # Those that hold today, in the order of registers; of a part its own reference, if it has one.
    entries: list[tuple[Register, str]] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)  # scheme, value
    names: list[str] = field(default_factory=list)  # further ones
    sources: list[str] = field(default_factory=list)  # uids
    status: str = ""
    criteria: list[str] = field(default_factory=list)
    changed_at: datetime | None = None  # of what readers see

    @property
    def beginning(self) -> EventRow | None:
        """The event that gives its age, as `models.first_beginning()` has it."""
        for row in self.events:
            if row.kind in _BEGINNINGS:
                return row
        return self.events[0] if self.events else None

    @property
    def age(self) -> list[EventRow]:
        """Of what stands; without any, of what it dates from, as `models.age_events()` has it."""
        for kinds in _AGES:
            if found := [row for row in self.events if row.kind in kinds]:
                return found
        return []


def read_table(
    index: IndexSnapshot, ids: Iterable[int], *, drafts: bool = False
) -> Iterator[list[TableRow]]:
    """Rows in the order of the ids, in portions; without `drafts`, of published sites alone."""
    sources = dict(untracked(Source).values_list("pk", "uid"))
    for portion in batched(ids, AT_ONCE):
        found = _sites(index.vocabulary, portion, drafts)
        _add_kinds(found, index.vocabulary)
        _add_events(found)
        _add_entries(found, index.vocabulary)
        _add_others(found, index.vocabulary, sources)
        _add_from_index(found, index)
        yield [found[pk] for pk in portion if pk in found]


def _sites(terms: Vocabulary, ids: Iterable[int], drafts: bool) -> dict[int, TableRow]:
    found = {}
    columns = _OF_EDITORS if drafts else _PLAIN
    for values in values_by_key(Site, "id", ids, (*columns, *_TEXTS)):
        plain = dict(zip(columns, values, strict=False))
        if drafts or plain["state"] == Site.State.PUBLISHED:
            texts = {
                name: _NONE if text == "{}" else orjson.loads(text)
                for name, text in zip(_TEXTS, values[len(columns) :], strict=True)
            }
            place = terms.places.get(plain["place_id"])
            found[plain["id"]] = TableRow(plain["id"], plain, texts, place)
    return found


def _add_kinds(found: dict[int, TableRow], terms: Vocabulary) -> None:
    order = terms.kinds.order
    pairs = values_by_key(Site.kinds.through, "site_id", found, ("site_id", "kind_id"))
    for site, kind in sorted((p for p in pairs if p[1] in order), key=lambda p: order[p[1]]):
        found[site].kinds.append(terms.kinds.terms[kind])


def _add_events(found: dict[int, TableRow]) -> None:
    columns = ("site_id", "uid", "kind", "date", "first_era_id", "last_era_id", "first_year")
    rows = values_by_key(Event, "site_id", found, columns)
    rows.sort(key=lambda row: (row[6] is None, row[6] or 0, row[1]))
    for site, _uid, *values in rows:
        found[site].events.append(EventRow(*values))


def _add_entries(found: dict[int, TableRow], terms: Vocabulary) -> None:
    columns = ("site_id", "designation_id", "extent", "component_reference")
    covered = values_by_key(Coverage, "site_id", found, columns)
    columns = ("id", "register_id", "reference", "standing")
    ids = {row[1] for row in covered}
    entries = {row[0]: row[1:] for row in values_by_key(Designation, "id", ids, columns)}
    ranks = {pk: rank for rank, pk in enumerate(terms.registers)}
    told = []
    for site, entry, extent, component in covered:
        register, reference, standing = entries.get(entry, (None, "", ""))
        if standing in _STANDS and register in ranks:
            own = reference if extent == Coverage.Extent.WHOLE else component or reference
            told.append((ranks[register], own, site, register))
    for _rank, reference, site, register in sorted(told):
        found[site].entries.append((terms.registers[register], reference))


def _add_others(found: dict[int, TableRow], terms: Vocabulary, sources: dict[int, str]) -> None:
    columns: tuple[str, ...] = ("site_id", "scheme_id", "value")
    schemes = terms.identifier_schemes
    for site, scheme, value in sorted(values_by_key(Identifier, "site_id", found, columns)):
        if scheme in schemes:
            found[site].identifiers.append((schemes[scheme].slug, value))
    columns = ("site_id", "language", "text")
    for site, _language, text in sorted(values_by_key(Name, "site_id", found, columns)):
        found[site].names.append(text)
    columns = ("site_id", "source_id")
    for site, source in values_by_key(Site.sources.through, "site_id", found, columns):
        if source in sources:
            found[site].sources.append(sources[source])
    for row in found.values():
        row.sources.sort()


def _add_from_index(found: dict[int, TableRow], index: IndexSnapshot) -> None:
    here = BitMap(found)
    for status in reversed(UnescoStatus):  # the first of them comes last, and stays
        for pk in index.having("unesco", status) & here:
            found[pk].status = status.value
    for term in index.vocabulary.terms.values():
        if term.facet == RegisterTerm.Facet.CRITERION:
            for pk in index.having("criterion", term) & here:
                found[pk].criteria.append(term.code)
    times = index.times.of_sites(here)
    for pk, time in zip(times.ids.tolist(), times.columns[0].tolist(), strict=True):
        found[pk].changed_at = moment(time)
