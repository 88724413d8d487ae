"""A journey as its address holds it: the uids of the stops, and the wishes of the reader."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from heritage.web.journey.planning import MOST_DAYS, MOST_STOPS, Travel, Wishes

BETWEEN = "~"  # uids of the stops
_UID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_OWN = "t."  # before the uid in the name of the minutes of a stop
_LONGEST_NAME = 80
_ASSUMED = 45  # minutes
_MINUTES = (5, 720)
_FROM, _TO = time(9), time(17, 30)


def uids_in(text: str) -> tuple[list[str], list[str]]:
    """The uids in an address, each once; and what is no uid in it."""
    found, wrong = [], []
    for part in dict.fromkeys(text.split(BETWEEN)):
        if _UID.fullmatch(part):
            found.append(part)
        elif part:
            wrong.append(part)
    return found, wrong


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; anything that it does not give has its default."""

    uids: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()  # parts that are no uid
    left_out: int = 0  # stops beyond the most that a journey has
    name: str = ""
    first: date | None = None  # None: tomorrow
    begins: time = _FROM
    ends: time = _TO
    minutes: int = _ASSUMED  # of a stop of which no time needed is recorded
    own: Mapping[str, int] = field(default_factory=dict)  # minutes that the reader set, by uid
    travel: Travel = Travel.BOTH
    most_days: int | None = None
    by_hand: bool = False

    @classmethod
    def from_query(cls, data: QueryDict) -> "Asked":
        # A form without a script sends each added stop by itself.
        uids, wrong = uids_in(BETWEEN.join(data.getlist("stop")))
        begins = _time(data.get("from"), _FROM)
        ends = _time(data.get("to"), _TO)
        if ends <= begins:
            begins, ends = _FROM, _TO
        travel = data.get("travel", "")
        shown = uids[:MOST_STOPS]
        return cls(
            tuple(shown),
            tuple(wrong),
            len(uids) - len(shown),
            " ".join(data.get("name", "").split())[:_LONGEST_NAME],
            _day(data.get("day")),
            begins,
            ends,
            _number(data.get("minutes"), *_MINUTES) or _ASSUMED,
            {uid: own for uid in shown if (own := _number(data.get(_OWN + uid), *_MINUTES))},
            Travel(travel) if travel in list(Travel) else Travel.BOTH,
            _number(data.get("days"), 1, MOST_DAYS),
            data.get("order") == "hand",
        )

    @property
    def day(self) -> date:
        return self.first or timezone.localdate() + timedelta(days=1)

    @property
    def wishes(self) -> Wishes:
        return Wishes(self.day, self.begins, self.ends, self.most_days, self.travel, self.by_hand)

    def query(self, uids: Iterable[str] | None = None, **changes: Any) -> str:
        """The query of this journey, with other stops or other wishes; defaults are left out."""
        asked = replace(self, **changes)
        stops = self.uids if uids is None else tuple(uids)
        usual = Asked()
        pairs = [("stop", BETWEEN.join(stops))]
        values = {
            "name": asked.name,
            "day": asked.first.isoformat() if asked.first else "",
            "days": str(asked.most_days or ""),
            "from": f"{asked.begins:%H:%M}" if asked.begins != usual.begins else "",
            "to": f"{asked.ends:%H:%M}" if asked.ends != usual.ends else "",
            "minutes": str(asked.minutes) if asked.minutes != usual.minutes else "",
            "travel": str(asked.travel) if asked.travel != usual.travel else "",
            "order": "hand" if asked.by_hand else "",
        }
        pairs += [(name, value) for name, value in values.items() if value]
        pairs += [(_OWN + uid, str(own)) for uid, own in asked.own.items() if uid in stops]
        return urlencode(pairs)


def own_field(uid: str) -> str:
    """The name of the field for the minutes of a stop."""
    return _OWN + uid


def _number(text: str | None, least: int, most: int) -> int | None:
    if not text or not (text.isascii() and text.isdigit()):
        return None
    number = int(text[:5])
    return number if least <= number <= most else None


def _time(text: str | None, usual: time) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return usual


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return day if 1990 <= day.year <= 2100 else None
