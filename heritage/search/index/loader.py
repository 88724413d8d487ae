"""Reads from the database what the index holds of each published site.

A value is named `facet:id`; each facet reads its own (`search.facets`). A term also counts for
its broader terms, so that a filter by province or dynasty is one bitmap. This module reads the
rest: coordinates, years of events, times of change, opening hours and closures.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from heritage.models import Event, Notice, Scheme
from heritage.search.facets.registry import FACETS
from heritage.search.index.columns import (
    NO_FIRST,
    NO_LAST,
    POINTS,
    SPANS,
    TIMES,
    Rows,
    microseconds,
)
from heritage.search.index.rows import CHUNK, BroaderTerms, IndexRows
from heritage.search.index.snapshot import COVERED, WITH_EVENTS, WORLD_HERITAGE


@dataclass(slots=True)
class Facts:
    """What the index holds of published sites: ids by value, points, years, times of change."""

    sites: array[int] = field(default_factory=lambda: array("I"))
    values: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("I")))
    points: Rows = field(default_factory=lambda: Rows(POINTS))
    times: Rows = field(default_factory=lambda: Rows(TIMES))
    spans: dict[str, Rows] = field(
        default_factory=lambda: {role: Rows(SPANS) for role in Event.Role.values}
    )


def read_facts(site_ids: Iterable[int] | None = None) -> Facts:
    """The facts of these sites, or of all."""
    facts, broader = Facts(), BroaderTerms()
    if site_ids is None:
        _read_chunk(facts, IndexRows(None, broader))  # whole tables: a chunk of a million
        return facts
    ids = sorted(set(site_ids))
    for start in range(0, len(ids), CHUNK):
        _read_chunk(facts, IndexRows(ids[start : start + CHUNK], broader))
    return facts


def _read_chunk(facts: Facts, rows: IndexRows) -> None:
    _add_sites(facts, rows)
    for facet in FACETS:
        for pk, key in facet.read(rows):
            facts.values[key].append(pk)
    _add_covered(facts, rows)
    _add_spans(facts, rows)
    _add_hours(facts, rows)
    _add_notices(facts, rows)


def _add_sites(facts: Facts, rows: IndexRows) -> None:
    own = ("public_latitude", "public_longitude", "updated_at")
    columns = [column for facet in FACETS for column in facet.site_columns]
    for pk, latitude, longitude, changed in rows.read_sites(own, columns):
        facts.times.add(pk, microseconds(changed))
        if latitude is not None and longitude is not None:
            facts.points.add(pk, latitude, longitude)
    facts.sites.extend(rows.sites)


def _add_covered(facts: Facts, rows: IndexRows) -> None:
    """Who is under any entry of a register, in force or not."""
    for pk, _designation, entry in rows.coverages:
        facts.values[f"{COVERED}:{entry.scheme}"].append(pk)
        if entry.role == Scheme.Role.WORLD_HERITAGE:
            facts.values[WORLD_HERITAGE].append(pk)


def _add_spans(facts: Facts, rows: IndexRows) -> None:
    """Who has events, and the years of those that are dated, by the role of their kind."""
    columns = ("site_id", "kind", "first_year", "last_year")
    events = rows.of(Event.objects.all()).values_list(*columns)
    for pk, kind, first, last in events.iterator(CHUNK):
        if pk not in rows.published:
            continue
        facts.values[WITH_EVENTS].append(pk)
        if not (first is None and last is None):
            role = Event.ROLES.get(kind, Event.Role.OTHER)
            facts.spans[role].add(
                pk, NO_FIRST if first is None else first, NO_LAST if last is None else last
            )


def _add_hours(facts: Facts, rows: IndexRows) -> None:
    for pk, hours in rows.hours.items():
        for each in hours:
            facts.values[f"hours:{each}"].append(pk)


def _add_notices(facts: Facts, rows: IndexRows) -> None:
    """From when to when whole sites are closed."""
    notices = rows.of(Notice.objects.filter(is_closed=True))
    for pk, begins, ends in notices.values_list("site_id", "begins", "ends").iterator(CHUNK):
        if pk in rows.published:
            facts.values[f"closed:{begins or ''},{ends or ''}"].append(pk)
