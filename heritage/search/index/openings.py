"""Which sites are open on a day, from their opening hours and the notices that close them."""

from datetime import date

from pyroaring import BitMap

from heritage.models.visiting import falls_within, is_in_season
from heritage.search.index.snapshot import IndexSnapshot


def open_on(index: IndexSnapshot, day: date) -> BitMap:
    """Sites with dependable hours on the day, unless a row or notice closes them."""
    rows: dict[str, list[str]] = {"open": [], "closed": []}
    for hours in index.values_of("hours"):
        kind, *days = hours.split(",")
        if is_in_season(day, *days):
            rows[kind].append(f"hours:{hours}")
    notices = [f"closed:{n}" for n in index.values_of("closed") if falls_within(day, *_ends(n))]
    return index.any_of(rows["open"]) - index.any_of([*rows["closed"], *notices])


def _ends(notice: str) -> list[date | None]:
    return [date.fromisoformat(end) if end else None for end in notice.split(",")]
