"""A day in a list of sites: how many are open, and what is recorded of each site that is shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import VisitingFact
from heritage.models.visiting import CheckedRecord
from heritage.search import HoursGroup, SiteFilter, page_rows, query_strings
from heritage.values.language import LanguageMap
from heritage.web.shared import language_html
from heritage.web.shared.hours import (
    basis_in_words,
    days_in_words,
    hours_in_words,
    rows_of_day,
)


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Sites of a list by what is known of the day, with the address of their list."""

    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class HoursLine:
    """What one row says of the day."""

    text: SafeString | str
    note: SafeString | str
    basis: str  # and its year; empty for a notice
    is_sure: bool
    differs: SafeString | str


def day_groups(filtered: SiteFilter) -> list[DayGroup]:
    """All that are open, then each group, counted among what the other filters leave."""
    if not filtered.hours_groups:
        return []
    left, chosen = filtered.without("open"), filtered.chosen("hours")
    counts = {
        group: left.intersection_cardinality(sites)
        for group, sites in filtered.hours_groups.items()
    }
    every = sum(count for group, count in counts.items() if group.is_open)
    query = query_strings.updated(filtered.data, drop=["hours"])
    return [
        DayGroup(pgettext("hours of a day", "open"), every, query, not chosen),
        *(
            DayGroup(
                str(group.label),
                count,
                query_strings.updated(filtered.data, hours=group.value),
                chosen == group,
            )
            for group, count in counts.items()
        ),
    ]


def hours_lines(filtered: SiteFilter, ids: Iterable[int]) -> dict[int, list[HoursLine]]:
    """What is recorded of the day at these sites; empty where no day is asked for."""
    day = filtered.chosen("open")
    if not day:
        return {}
    known = [pk for pk in ids if pk not in filtered.hours_groups[HoursGroup.UNKNOWN]]
    return {pk: list(_lines(rows, day)) for pk, rows in page_rows.read_day(known, day).items()}


def _lines(rows: page_rows.DayRows, day: date) -> Iterator[HoursLine]:
    for notice in rows.notices:
        text = language_html.as_html(notice.text)
        yield HoursLine(_("closed"), text, "", True, "")
    if rows.notices:  # whatever the hours are
        return
    of_day = rows_of_day(rows.openings, day)
    for row in of_day:
        yield _line(row, hours_in_words(row), row.note)
    if not of_day:
        for row in rows.openings:
            words = {"days": days_in_words(row), "hours": hours_in_words(row)}
            yield _line(row, _("%(days)s %(hours)s") % words, row.note)
    for fact in rows.facts:
        if not of_day or fact.kind == VisitingFact.Kind.CLOSED_DAYS:
            yield _line(fact, language_html.as_html(fact.text) or fact.value)


def _line(row: CheckedRecord, text: SafeString | str, note: LanguageMap | None = None) -> HoursLine:
    return HoursLine(
        text,
        language_html.as_html(note) if note else "",
        basis_in_words(row),
        row.is_dependable,
        language_html.as_html(row.differs),
    )
