"""Reads what records say of a day: opening hours, words on them, notices that close the site.

Three queries for any number of sites.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from heritage.models import Notice, Opening, Price, VisitingFact
from heritage.models.visiting import falls_within
from heritage.search.page_rows.rows_by_key import rows_by_key


@dataclass(slots=True)
class DayRows:
    """The rows of one site that readers may see, each list in the order of its model."""

    notices: list[Notice] = field(default_factory=list)  # that close it on the day
    openings: list[Opening] = field(default_factory=list)  # of any day
    facts: list[VisitingFact] = field(default_factory=list)  # on hours and closed days


@dataclass(slots=True)
class VisitRows:
    """What readers may see of a visit to one site, on whatever day."""

    closures: list[Notice] = field(default_factory=list)  # that close it, with their days
    openings: list[Opening] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    facts: list[VisitingFact] = field(default_factory=list)


def read_visits(ids: Iterable[int]) -> dict[int, VisitRows]:
    """The rows by site, in four queries."""
    ids = list(ids)
    found: dict[int, VisitRows] = defaultdict(VisitRows)
    for notice in rows_by_key(Notice, "site_id", ids, in_order=True):
        if notice.is_closed:
            found[notice.site_id].closures.append(notice)
    for opening in rows_by_key(Opening, "site_id", ids, in_order=True):
        if opening.is_shown:
            found[opening.site_id].openings.append(opening)
    for price in rows_by_key(Price, "site_id", ids, in_order=True):
        if price.is_shown:
            found[price.site_id].prices.append(price)
    for fact in rows_by_key(VisitingFact, "site_id", ids, in_order=True):
        if fact.is_shown:
            found[fact.site_id].facts.append(fact)
    return found


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
