"""What a traveller needs, for the site's page: notices, hours, prices, ways; nothing unchecked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import Opening, Price, Site, VisitingFact
from heritage.models.visiting import WEEKDAYS
from heritage.values.web_address import safe_url
from heritage.web import language_html
from heritage.web.site.events import SourceLine, source_line


@dataclass(frozen=True, slots=True)
class NoticeLine:
    text: SafeString
    dates: str
    is_closed: bool
    source: SourceLine | None


@dataclass(frozen=True, slots=True)
class Hint:
    label: SafeString | str
    value: SafeString | str
    note: SafeString
    source: SourceLine
    checked_on: str


@dataclass(frozen=True, slots=True)
class Visiting:
    hours: list[Hint]
    prices: list[Hint]
    facts: list[Hint]

    def __bool__(self) -> bool:
        return bool(self.hours or self.prices or self.facts)


def notices(site: Site) -> list[NoticeLine]:
    return [
        NoticeLine(
            language_html.as_html(notice.text.best()),
            _dates(notice.begins, notice.ends),
            notice.is_closed,
            source_line(notice.source),
        )
        for notice in site.notices.all()
    ]


def visiting(site: Site) -> Visiting:
    return Visiting(
        hours=[_hint(row, _days(row), _hours(row), row.note) for row in site.openings.all()],
        prices=[
            _hint(row, language_html.as_html(row.label.best()), _amount(row), row.note)
            for row in site.prices.all()
        ],
        facts=[_fact(row) for row in sorted(site.visitingfacts.all(), key=_asked)],
    )


def _hint(row, label, value, note) -> Hint:
    return Hint(
        label,
        value,
        language_html.as_html(note.best()),
        source_line(row.source),
        language_html.day(row.checked_on),
    )


def _asked(row: VisitingFact) -> int:
    """Kinds stand in the model in the order in which a traveller asks."""
    return VisitingFact.Kind.values.index(row.kind)


def _fact(row: VisitingFact) -> Hint:
    value = language_html.as_html(row.text.best())
    if row.kind == VisitingFact.Kind.WEBSITE and safe_url(row.value):
        shown = row.value.partition("://")[2].rstrip("/")
        value = format_html(
            '<a href="{}" rel="external" dir="ltr">{}</a> {}', row.value, shown, value
        )
    elif row.kind == VisitingFact.Kind.PHONE and row.value:
        number = "".join(c for c in row.value if c.isdigit() or c == "+")
        value = format_html('<a href="tel:{}" dir="ltr">{}</a> {}', number, row.value, value)
    elif row.value:
        value = format_html("{} {}", row.value, value)
    checked = language_html.day(row.checked_on)
    return Hint(row.get_kind_display(), value, "", source_line(row.source), checked)


def _amount(row: Price) -> str:
    if row.amount == 0:
        return _("free")
    decimals = 0 if row.amount == row.amount.to_integral_value() else 2
    return pgettext("price", "%(amount)s %(currency)s") % {
        "amount": number_format(row.amount, decimals, force_grouping=True),
        "currency": row.currency,
    }


def _hours(row: Opening) -> str:
    if not row.is_open:
        return _("closed")
    hours = f"{time_format(row.opens, 'H:i')}–{time_format(row.closes, 'H:i')}"
    if row.last_entry:
        hours += _(", last entry %(time)s") % {"time": time_format(row.last_entry, "H:i")}
    return hours


def _days(row: Opening) -> str:
    days = _("Daily") if row.weekdays == "1234567" else _weekdays(row.weekdays)
    if not row.season_from:
        return days
    season = {"from": _month_day(row.season_from), "to": _month_day(row.season_to), "days": days}
    return _("%(days)s, %(from)s to %(to)s") % season


def _month_day(text: str) -> str:
    month, day = map(int, text.split("-"))
    return date_format(date(2000, month, day), pgettext("a day of any year", "j F"))


def _weekdays(digits: str) -> str:
    """ "Monday to Friday, Sunday"."""
    runs: list[list[int]] = []
    for number in map(int, digits):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return pgettext("between items of a list", ", ").join(map(_run, runs))


def _run(days: Iterable[int]) -> str:
    names = [str(WEEKDAYS[number - 1]) for number in days]
    if len(names) < 3:
        return pgettext("between items of a list", ", ").join(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


def _dates(begins: date | None, ends: date | None) -> str:
    first, last = language_html.day(begins), language_html.day(ends)
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("since %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else ""
