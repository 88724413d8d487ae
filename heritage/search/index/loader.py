"""Reads from the database what the index holds of each published site.

Each facet reads its own values and makes the keys by which the index holds them. A term also
counts for its broader terms, so that a filter by province or dynasty is one bitmap. This module
reads the rest: where sites lie, years of events, times of change, opening hours and closures.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models.functions import Coalesce

from heritage.models import Event, Notice, Register, Site, SiteDate
from heritage.search.index.columns import NO_FIRST, NO_LAST, TIMES, TableRows, microseconds
from heritage.search.index.rows import CHUNK, HAS_POINT, BroaderTerms, IndexRows
from heritage.search.index.snapshot import (
    CLOSED,
    COVERED,
    HOURS,
    WITH_EVENTS,
    WITH_HOURS,
    WORLD_HERITAGE,
    IndexData,
    IndexedFacet,
)


def read_index_data(
    facets: Iterable[IndexedFacet], site_ids: Iterable[int] | None = None
) -> IndexData:
    """The data of these sites, or of all."""
    data, broader = IndexData(), BroaderTerms()
    if site_ids is None:
        _read_chunk(data, facets, IndexRows(None, broader))  # whole tables: a chunk of a million
        return data
    ids = sorted(set(site_ids))
    for start in range(0, len(ids), CHUNK):
        _read_chunk(data, facets, IndexRows(ids[start : start + CHUNK], broader))
    return data


def read_times(since: datetime | None) -> TableRows:
    """The time of the last visible change of each published site; with `since`, of those changed
    since then."""
    dates = SiteDate.objects.filter(site__state=Site.State.PUBLISHED)
    if since is not None:
        dates = dates.filter(changed_at__gte=since)
    rows = TableRows(TIMES)
    for pk, changed in dates.values_list("pk", "changed_at").iterator(CHUNK):
        rows.add(pk, microseconds(changed))
    return rows


def _read_chunk(data: IndexData, facets: Iterable[IndexedFacet], rows: IndexRows) -> None:
    _add_sites(data, facets, rows)
    for facet in facets:
        for pk, key in facet.index_keys(rows):
            data.values[key].append(pk)
    _add_component_points(data, rows)
    _add_covered(data, rows)
    _add_spans(data, rows)
    _add_hours(data, rows)
    _add_notices(data, rows)


def _add_sites(data: IndexData, facets: Iterable[IndexedFacet], rows: IndexRows) -> None:
    own = ("public_latitude", "public_longitude", Coalesce("public_date__changed_at", "updated_at"))
    columns = ["place_id", HAS_POINT, *(each for facet in facets for each in facet.site_columns)]
    for pk, latitude, longitude, changed in rows.read_sites(own, columns):
        data.times.add(pk, microseconds(changed))
        if latitude is not None and longitude is not None:
            data.points.add(pk, latitude, longitude)
    for pk, place, circle in rows.districts:
        data.districts.add(pk, *circle, place)
    data.sites.extend(rows.sites)


def _add_component_points(data: IndexData, rows: IndexRows) -> None:
    for row in rows.component_points:
        data.component_points.add(*row)


def _add_covered(data: IndexData, rows: IndexRows) -> None:
    """Add which sites are under any entry of each register, in force or not."""
    for pk, _designation, entry in rows.coverages:
        data.values[f"{COVERED}:{entry.register}"].append(pk)
        if entry.role == Register.Role.WORLD_HERITAGE:
            data.values[WORLD_HERITAGE].append(pk)


def _add_spans(data: IndexData, rows: IndexRows) -> None:
    """Add which sites have events, and the years of dated events by the role of their kind."""
    columns = ("site_id", "kind", "first_year", "last_year")
    events = rows.belonging(Event.objects.all()).values_list(*columns)
    for pk, kind, first, last in events.iterator(CHUNK):
        if pk not in rows.published:
            continue
        data.values[WITH_EVENTS].append(pk)
        if not (first is None and last is None):
            role = Event.ROLES.get(kind, Event.Role.OTHER)
            data.spans[role].add(
                pk, NO_FIRST if first is None else first, NO_LAST if last is None else last
            )


def _add_hours(data: IndexData, rows: IndexRows) -> None:
    for pk, hours in rows.hours.items():
        for each in hours:
            data.values[f"{HOURS}:{each}"].append(pk)
    for pk in rows.with_hours:
        data.values[WITH_HOURS].append(pk)


def _add_notices(data: IndexData, rows: IndexRows) -> None:
    """Add the first and last day on which notices close sites."""
    notices = rows.belonging(Notice.objects.filter(is_closed=True))
    for pk, begins, ends in notices.values_list("site_id", "begins", "ends").iterator(CHUNK):
        if pk in rows.published:
            data.values[f"{CLOSED}:{begins or ''},{ends or ''}"].append(pk)
