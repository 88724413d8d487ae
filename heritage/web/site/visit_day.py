"""What a visitor needs to know of one site on one day."""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from heritage.models import VisitingFact
from heritage.models.visiting import CheckedRecord
from heritage.search import HoursGroup, page_rows
from heritage.web.shared import language_html
from heritage.web.shared.hours import SiteDay, age_in_words, hours_in_words, site_day
from heritage.web.site.visiting import price_in_words


@dataclass(frozen=True, slots=True)
class VisitDay:
    """`key` is "open", "closed" or "unclear", `age` "recent", "old" or "undated"; what is not
    recorded is empty."""

    key: str
    state: str
    closes: str
    ticket: SafeString | str
    needed: SafeString | str
    as_of: str
    age: str

    def __bool__(self) -> bool:
        """Whether anything is recorded that helps on this day."""
        return self.key != "unclear" or bool(self.ticket or self.needed)


def visit_day(rows: page_rows.VisitRows, day: date) -> VisitDay:
    found = site_day(rows, day)
    key, state = _state(found)
    price = rows.prices[0] if rows.prices else None
    needed = next((f for f in rows.facts if f.kind == VisitingFact.Kind.TIME_NEEDED), None)
    shown: list[CheckedRecord] = [row for row in (found.row, price) if row]
    as_of, age = age_in_words(shown)
    return VisitDay(
        key,
        state,
        f"{found.closes:%H:%M}" if found.closes else "",
        price_in_words(price) if price else "",
        language_html.as_html(needed.text) if needed else "",
        as_of,
        age,
    )


def _state(day: SiteDay) -> tuple[str, str]:
    if day.group.is_open and day.row:
        return "open", hours_in_words(day.row)
    if day.group == HoursGroup.CLOSED:
        return "closed", pgettext("a site on a day", "closed")
    return "unclear", pgettext("a site on a day", "not checked")
