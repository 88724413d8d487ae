"""Which sites are open on a day, from their opening hours and the notices that close them."""

from collections import defaultdict
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy
from pyroaring import BitMap

from heritage.models.visiting import falls_within, is_in_season
from heritage.search.index.rows import DEPENDABLE, REPORTED
from heritage.search.index.snapshot import IndexSnapshot


class HoursGroup(TextChoices):
    """What the catalogue knows of a day at a site; each site is in one group."""

    OFFICIAL = "official", pgettext_lazy("hours of a day", "open by official hours")
    REPORTED = "reported", pgettext_lazy("hours of a day", "open as reported")
    CLOSED = "closed", pgettext_lazy("hours of a day", "closed that day")
    UNCLEAR = "unclear", pgettext_lazy("hours of a day", "unclear that day")
    UNKNOWN = "unknown", pgettext_lazy("hours of a day", "hours not known")

    @property
    def is_open(self) -> bool:
        return self in (HoursGroup.OFFICIAL, HoursGroup.REPORTED)


def hours_groups(index: IndexSnapshot, day: date) -> dict[HoursGroup, BitMap]:
    """All sites by what is known of the day.

    A notice closes a site. Else dependable hours decide before those that are only reported, and
    of either a row that says “closed” before one that gives hours: it is the exception to it.
    """
    rows: dict[tuple[str, str], BitMap] = defaultdict(BitMap)
    for hours, sites in index.hours.items():
        basis, kind, *days = hours.split(",")
        if is_in_season(day, *days):
            rows[basis, kind] |= sites
    closed = rows[DEPENDABLE, "closed"]
    for notice, sites in index.closures.items():
        if falls_within(day, *_ends(notice)):
            closed |= sites
    official = rows[DEPENDABLE, "open"] - closed
    closed |= rows[REPORTED, "closed"] - official
    reported = rows[REPORTED, "open"] - official - closed
    settled = BitMap.union(official, reported, closed)
    unclear = index.with_hours - settled
    return {
        HoursGroup.OFFICIAL: official,
        HoursGroup.REPORTED: reported,
        HoursGroup.CLOSED: closed,
        HoursGroup.UNCLEAR: unclear,
        HoursGroup.UNKNOWN: index.sites - settled - unclear,
    }


def _ends(notice: str) -> list[date | None]:
    return [date.fromisoformat(end) if end else None for end in notice.split(",")]
