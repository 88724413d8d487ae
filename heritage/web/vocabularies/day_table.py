"""A table of what can be visited in a town on a day; and how many sites are not in it, and why."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heritage.formats import path_of
from heritage.models import WEEKDAYS, Place, Site
from heritage.search import IndexSnapshot, page_rows
from heritage.values.html import fragment
from heritage.web.shared import language_html, page_dependencies
from heritage.web.shared.visiting import visit_day, weekdays_in_words

_MOST = 40  # sites of which something on a visit is recorded
_DAYS = 7  # that the table offers
_ROW, _NOT_KNOWN = fragment("visits/day_row.html"), SafeString("–")


@dataclass(frozen=True, slots=True)
class DayRow:
    """A site on this day: `key` is that of its VisitDay."""

    key: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class DayChoice:
    label: str
    url: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class DayTable:
    """Prepared for the table of components/day_table.html."""

    heading: str
    days: list[DayChoice]
    rows: list[DayRow]
    others: int  # sites of which nothing on a visit is recorded
    left_out: int  # rows beyond the most


def day_table(index: IndexSnapshot, place: Place, asked: str) -> DayTable | None:
    """The table of the sites of a place, for the day in the address or today; None if nothing is
    recorded for any site."""
    today = timezone.localdate()
    day = _day(asked) or today
    question = partial(_known, place_id=place.pk)
    ids, total, every = question(index)
    page_dependencies.answer(index, question, (ids, total, every))
    page_dependencies.sites(index, ids)
    if not ids:
        return None
    sites, visits = page_rows.linked_sites(ids), page_rows.read_visits(ids)
    nothing = page_rows.VisitRows()
    heads = {
        "head_closes": escape(_("Closes")),
        "head_closed_on": escape(_("Closed on")),
        "head_ticket": escape(_("Ticket")),
        "head_needed": escape(_("Time needed")),
        "head_as_of": escape(_("As of")),
    }
    rows = [_row(sites[pk], visits.get(pk, nothing), day, heads) for pk in ids if pk in sites]
    order = {"open": 0, "closed": 1, "unclear": 2}
    return DayTable(
        _heading(day, today),
        [_choice(today + timedelta(days=each), day, today, place) for each in range(_DAYS)],
        sorted(rows, key=lambda row: order[row.key]),
        every - total,
        total - len(ids),
    )


def _known(index: IndexSnapshot, place_id: int) -> tuple[tuple[int, ...], int, int]:
    """The ids of the best known sites with recorded visiting information, the number of all such
    sites, and the number of all sites of the place."""
    hits = index.having("place", place_id)
    known = hits & (index.having("has", "visiting") | index.with_hours)
    order = index.best_known
    return tuple(order.slice(known, 0, _MOST)), len(known), len(hits)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _heading(day: date, today: date) -> str:
    if day == today:
        return _("Open today")
    words = {"weekday": WEEKDAYS[day.weekday()], "date": date_format(day, "DATE_FORMAT")}
    return _("Open on %(weekday)s, %(date)s") % words


def _choice(each: date, day: date, today: date, place: Place) -> DayChoice:
    label = _("Today") if each == today else str(WEEKDAYS[each.weekday()])
    path = path_of("web:place", place.slug)
    url = path if each == today else f"{path}?day={each.isoformat()}"
    return DayChoice(label, f"{url}#day-title", each == day)


def _row(site: Site, rows: page_rows.VisitRows, day: date, heads: dict[str, SafeString]) -> DayRow:
    """`heads` are those of the columns, which a phone shows in each cell."""
    visit = visit_day(rows, day)
    html = _ROW(
        key=visit.key,
        url=path_of("web:site", site.slug),
        name=language_html.as_html(site.shown_name),
        state=visit.state,
        closes=visit.closes or _NOT_KNOWN,
        closed_on=_closed_on(rows) or _NOT_KNOWN,
        ticket=visit.ticket or _NOT_KNOWN,
        needed=visit.needed or _NOT_KNOWN,
        as_of=visit.as_of,
        no_date=not visit.as_of,
        age=visit.age,
        **heads,
    )
    return DayRow(visit.key, html)


def _closed_on(rows: page_rows.VisitRows) -> str:
    """The weekdays on which a row says that it is closed."""
    digits = sorted({digit for row in rows.openings if not row.is_open for digit in row.weekdays})
    return weekdays_in_words("".join(digits))
