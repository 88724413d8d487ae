"""Counts the published records that rest on each source."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from heritage.models import (
    Coverage,
    Designation,
    Event,
    Name,
    Notice,
    Opening,
    Price,
    Site,
    VisitingFact,
)
from heritage.search.index.snapshot import IndexSnapshot


def records_by_source(index: IndexSnapshot) -> dict[int, int]:
    """For each source the number of published sites that cite it.

    One query, cached until something is written.
    """
    if "records by source" not in index.memory:
        index.memory["records by source"] = _counted()
    return index.memory["records by source"]


def _counted() -> dict[int, int]:
    first, *rest = _pairs()
    sql, parameters = first.union(*rest).query.sql_with_params()
    with connection.cursor() as cursor:
        # The inner statement is Django's own, and what it is asked with is passed beside it.
        cursor.execute(
            f"SELECT source_id, COUNT(*) FROM ({sql}) AS pairs GROUP BY source_id",  # noqa: S608
            parameters,
        )
        return dict(cursor.fetchall())


def _pairs() -> Iterator[QuerySet[Any, tuple[int, int]]]:
    """Queries for (source, published site), one for each way in which a record names a source."""
    published = Site.objects.published().order_by()
    yield (
        Site.sources.through.objects.filter(site__state=Site.State.PUBLISHED)
        .order_by()
        .values_list("source_id", "site_id")
    )
    yield published.filter(point_source__isnull=False).values_list("point_source_id", "pk")
    for model in (Event, Name, Coverage, Opening, Price, VisitingFact, Notice):
        rows = model.objects.filter(site__state=Site.State.PUBLISHED, source__isnull=False)
        yield rows.order_by().values_list("source_id", "site_id")
    for model in (Opening, Price, VisitingFact):
        rows = model.objects.filter(site__state=Site.State.PUBLISHED, second_source__isnull=False)
        yield rows.order_by().values_list("second_source_id", "site_id")
    entries = Designation.objects.filter(
        source__isnull=False, coverages__site__state=Site.State.PUBLISHED
    )
    yield entries.order_by().values_list("source_id", "coverages__site_id")
