"""Reads what records say of a day: opening hours, words on them, notices that close the site.

Three queries for any number of sites.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from heritage.models import Notice, Opening, VisitingFact
from heritage.models.visiting import falls_within
from heritage.search.page_rows.rows_by_key import rows_by_key


@dataclass(slots=True)
class DayRows:
    """The rows of one site that readers may see, each list in the order of its model."""

    notices: list[Notice] = field(default_factory=list)  # that close it on the day
    openings: list[Opening] = field(default_factory=list)  # of any day
    facts: list[VisitingFact] = field(default_factory=list)  # on hours and closed days


def read_day(ids: Iterable[int], day: date) -> dict[int, DayRows]:
    """The rows by site; the rows may be newer than the index."""
    ids = list(ids)
    found: dict[int, DayRows] = defaultdict(DayRows)
    for notice in rows_by_key(Notice, "site_id", ids, in_order=True):
        if notice.is_closed and falls_within(day, notice.begins, notice.ends):
            found[notice.site_id].notices.append(notice)
    for row in rows_by_key(Opening, "site_id", ids, in_order=True):
        if row.is_shown:
            found[row.site_id].openings.append(row)
    for fact in rows_by_key(VisitingFact, "site_id", ids, in_order=True):
        if fact.kind in VisitingFact.OF_HOURS and fact.is_shown:
            found[fact.site_id].facts.append(fact)
    return found
