"""Counts the published records that rest on each source."""

from collections.abc import Iterator

from django.db import connections, router

from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Event,
    Name,
    Notice,
    Opening,
    Place,
    Price,
    Quantity,
    Site,
    Source,
    SourcedSentence,
    VisitingFact,
)
from heritage.search import IndexSnapshot
from heritage.server.caches import CacheKey

_BY_SOURCE: CacheKey[dict[int, int]] = CacheKey("records by source")
_MARKED: CacheKey[int] = CacheKey("marked records")


def records_by_source(index: IndexSnapshot) -> dict[int, int]:
    """For each source the number of published sites that cite it.

    One query, cached until something is written.
    """
    return index.cache.get_or_set(_BY_SOURCE, _counted)


def marked_records(index: IndexSnapshot) -> int:
    """The number of published sites with a statement that is only recalled, cached likewise."""
    return index.cache.get_or_set(_MARKED, _marked)


def _marked() -> int:
    sql = (
        f"SELECT COUNT(DISTINCT site_id) FROM ({' UNION '.join(_pairs())}) AS pairs"  # noqa: S608 - our names
        f" JOIN {Site._meta.db_table} AS site ON site.id = site_id"
        f" JOIN {Source._meta.db_table} AS source ON source.id = source_id"
        " WHERE site.state = %s AND source.kind = %s"
    )
    with connections[router.db_for_read(Site)].cursor() as cursor:
        cursor.execute(sql, [Site.State.PUBLISHED, Source.Kind.RECALLED])
        return cursor.fetchone()[0]


def _counted() -> dict[int, int]:
    sql = (
        f"SELECT source_id, COUNT(*) FROM ({' UNION '.join(_pairs())}) AS pairs"  # noqa: S608 - our names
        f" JOIN {Site._meta.db_table} AS site ON site.id = site_id"
        " WHERE site.state = %s GROUP BY source_id"
    )
    with connections[router.db_for_read(Site)].cursor() as cursor:
        cursor.execute(sql, [Site.State.PUBLISHED])
        return dict(cursor.fetchall())


def _pairs() -> Iterator[str]:
    """The SQL of pairs (source, site), for each way in which a record names a source."""

    def pairs(table: str, source: str = "source_id", site: str = "site_id") -> str:
        return (
            f"SELECT {source} AS source_id, {site} AS site_id FROM {table}"  # noqa: S608 - our names
            f" WHERE {source} IS NOT NULL"
        )

    yield pairs(Site.sources.through._meta.db_table)
    yield pairs(Site._meta.db_table, "point_source_id", "id")
    place, site = Place._meta.db_table, Site._meta.db_table
    lies = f"{site} AS lying JOIN {place} AS place ON place.id = lying.place_id"
    known = f"(SELECT centre_source_id, lying.id FROM {lies} WHERE lying.public_latitude IS NULL)"  # noqa: S608 - our names
    yield pairs(f"{known} AS centred", "centre_source_id", "id")
    for model in (Event, Name, Quantity, Coverage, Opening, Price, VisitingFact, Notice):
        yield pairs(model._meta.db_table)
    standing = f"(SELECT * FROM {SourcedSentence._meta.db_table} WHERE stands) AS standing"  # noqa: S608 - our names
    yield pairs(standing)
    for model in (Opening, Price, VisitingFact):
        yield pairs(model._meta.db_table, "second_source_id")
    coverage, designation = Coverage._meta.db_table, Designation._meta.db_table
    entries = f"{coverage} AS covered JOIN {designation} AS entry ON entry.id = designation_id"
    yield pairs(entries, "entry.source_id")
    events = DesignationEvent._meta.db_table
    happened = f"{coverage} AS covered JOIN {events} AS happened USING (designation_id)"
    yield pairs(happened, "happened.source_id", "covered.site_id")
