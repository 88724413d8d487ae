"""Reads the rows that concern a day: opening hours, visiting facts about them, notices that close
the site.

One query for any number of sites.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from heritage.models import Notice, Opening, Price, VisitingFact, falls_within
from heritage.search.page_rows.plain_sql import rows_of_tables


@dataclass(slots=True)
class DayRows:
    """The rows of one site that readers may see, each list in the order of its model."""

    notices: list[Notice] = field(default_factory=list)  # that close it on the day
    openings: list[Opening] = field(default_factory=list)  # of any day
    facts: list[VisitingFact] = field(default_factory=list)  # on hours and closed days


@dataclass(slots=True)
class VisitRows:
    """The rows that concern a visit to one site on any day, of those that readers may see."""

    closures: list[Notice] = field(default_factory=list)  # that close it, with their days
    openings: list[Opening] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    facts: list[VisitingFact] = field(default_factory=list)


def read_visits(ids: Iterable[int]) -> dict[int, VisitRows]:
    """The rows for any day, by id of the site."""
    found: dict[int, VisitRows] = defaultdict(VisitRows)
    read = rows_of_tables((Notice, Opening, Price, VisitingFact), "site_id", ids)
    for notice in read[Notice]:
        if notice.is_closed:
            found[notice.site_id].closures.append(notice)
    for opening in read[Opening]:
        if opening.is_shown:
            found[opening.site_id].openings.append(opening)
    for price in read[Price]:
        if price.is_shown:
            found[price.site_id].prices.append(price)
    for fact in read[VisitingFact]:
        if fact.is_shown:
            found[fact.site_id].facts.append(fact)
    return found


def read_day(ids: Iterable[int], day: date) -> dict[int, DayRows]:
    """The rows for a day, by id of the site; they may be newer than the index."""
    found: dict[int, DayRows] = defaultdict(DayRows)
    read = rows_of_tables((Notice, Opening, VisitingFact), "site_id", ids)
    for notice in read[Notice]:
        if notice.is_closed and falls_within(day, notice.begins, notice.ends):
            found[notice.site_id].notices.append(notice)
    for row in read[Opening]:
        if row.is_shown:
            found[row.site_id].openings.append(row)
    for fact in read[VisitingFact]:
        if fact.kind in VisitingFact.OF_HOURS and fact.is_shown:
            found[fact.site_id].facts.append(fact)
    return found
