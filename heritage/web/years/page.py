"""The page of a year: what existed then and what of it is left, on a map and as cards; the eras and
the reign; what records date to exactly this year. Everything comes from records."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import list_url, term_url
from heritage.models import Era, Event
from heritage.search import IndexSnapshot, current_index, timeline
from heritage.values.date_format import year_phrase
from heritage.values.edtf import from_historical
from heritage.values.query_strings import years_in_address
from heritage.values.reign_years import reign_years_of
from heritage.web.shared import cards, language_html, map_sheets, scroll
from heritage.web.shared.cards import RenderedCard
from heritage.web.shared.map_sheets import SmallMap
from heritage.web.shared.scroll import Scroll, is_of_china, region_label, year_url
from heritage.web.shared.time_scale import this_year

_CARDS = 12
_MOST_EVENTS = 12
_AROUND = 250  # years that the scroll shows before and after
_STEPS = (-100, -10, -1, 1, 10, 100)


@dataclass(frozen=True, slots=True)
class YearCount:
    """One of the groups into which a year divides all sites."""

    label: str
    count: int
    url: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class YearLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """An era of the year, with its region."""

    label: SafeString
    region: SafeString
    url: str
    years: str


@dataclass(frozen=True, slots=True)
class YearEvent:
    """What a record dates to this very year."""

    name: str
    url: str
    words: SafeString


@dataclass(frozen=True, slots=True)
class YearPage:
    """Prepared for the template web/year.html."""

    label: str
    lead: str
    unsure: str
    counts: list[YearCount]
    total: int
    reigns: list[str]
    rulers: list[Ruler]
    events: list[YearEvent]
    more_events: int
    map: SmallMap | None
    cards: list[RenderedCard]
    cards_url: str
    standing: int
    gone: list[RenderedCard]
    gone_count: int
    steps: list[YearLink]
    scroll: Scroll
    timeline_url: str


def year_page(historical: int) -> YearPage:
    index, year = current_index(), from_historical(historical)
    found = timeline.standing_in(index, year)
    label = year_phrase(year)
    standing = found.groups[timeline.Left.KEPT]
    gone = found.gone
    events, more = _events(year, label)
    return YearPage(
        label=label,
        lead=_lead(found, label),
        unsure=_unsure(found, label),
        counts=[_count(found, left, historical) for left in timeline.Left],
        total=len(index.sites),
        reigns=_reigns(year),
        rulers=list(_rulers(index.vocabulary.eras.terms.values(), year)),
        events=events,
        more_events=more,
        map=map_sheets.small_map_of_sites(
            index, found.there, {"stood": str(historical)}, _("Where it was")
        ),
        cards=_cards(index, standing),
        cards_url=list_url(stood=f"{historical}.kept"),
        standing=len(standing),
        gone=_cards(index, gone),
        gone_count=len(gone),
        steps=list(_steps(year)),
        scroll=_scroll(index, year, label),
        timeline_url=list_url(view="timeline", at=_at(year)),
    )


def _lead(found: timeline.YearGroups, label: str) -> str:
    there = len(found.there)
    words = {"year": label, "number": language_html.number(there)}
    if not there:
        return _("No site of this catalogue is known to have stood in %(year)s.") % words
    return (
        ngettext(
            "%(number)s site of this catalogue was there in %(year)s.",
            "%(number)s sites of this catalogue were there in %(year)s.",
            there,
        )
        % words
    )


def _unsure(found: timeline.YearGroups, label: str) -> str:
    """A sentence that says how many of the existing sites may be younger; empty if none."""
    if not found.unsure:
        return ""
    return ngettext(
        "Of them %(number)s may be younger: its dates leave open whether it was there yet.",
        "Of them %(number)s may be younger: their dates leave open whether they were there yet.",
        len(found.unsure),
    ) % {"number": language_html.number(len(found.unsure))}


def _count(found: timeline.YearGroups, left: timeline.Left, historical: int) -> YearCount:
    url = list_url(stood=f"{historical}.{left.value}")
    return YearCount(str(left.label), len(found.groups[left]), url, left.was_there)


def _reigns(year: int) -> list[str]:
    is_chinese = (get_language() or "").startswith("zh")
    years = reign_years_of(year)
    return [each.in_chinese() if is_chinese else each.romanised() for each in years]


def _rulers(eras: Iterable[Era], year: int) -> Iterator[Ruler]:
    """The eras of the year by region, broader ones before narrower ones; those of China first,
    which has the most."""
    there = [
        era
        for era in eras
        if era.first_year is not None
        and era.first_year <= year
        and (era.last_year is None or year <= era.last_year)
    ]
    for era in sorted(there, key=lambda era: (not is_of_china(era), str(region_label(era)))):
        yield Ruler(
            language_html.as_html(era.label),
            language_html.as_html(region_label(era)),
            term_url("era", era),
            era.years(),
        )


def _events(year: int, label: str) -> tuple[list[YearEvent], int]:
    """Events that are dated to this year alone, those of the best known sites first; and how many
    more there are."""
    rows = (
        Event.objects.filter(first_year=year, last_year=year, site__state="published")
        .exclude(date="")
        .select_related("site", "first_era", "last_era")
        .order_by(F("site__effective_prominence").desc(), "site_id", "uid")
    )
    found = [
        YearEvent(
            event.site.shown_name.best().text,
            reverse("web:site", args=[event.site.slug]),
            _words(event, label),
        )
        for event in rows[:_MOST_EVENTS]
    ]
    return found, (rows.count() if len(found) == _MOST_EVENTS else len(found)) - len(found)


def _words(event: Event, label: str) -> SafeString:
    """An event in words: its kind, its note, and its date if that is more than the year."""
    note, date = language_html.as_html(event.note), event.date_phrase()
    kind = "" if note and event.kind == Event.Kind.OTHER else event.get_kind_display()
    parts = (kind, note, date if date != label else "")
    return format_html_join(" · ", "{}", ((each,) for each in parts if each))


def _cards(index: IndexSnapshot, sites: BitMap) -> list[RenderedCard]:
    ids = index.best_known.slice(sites, 0, _CARDS)
    return list(cards.rendered_cards(index, ids).values())


def _steps(year: int) -> Iterator[YearLink]:
    for by in _STEPS:
        if scroll.has_page(year + by):
            yield YearLink(year_phrase(year + by, style="short"), year_url(year + by))


def _years_around(year: int) -> tuple[int, int]:
    return year - _AROUND, min(year + _AROUND, this_year())


def _at(year: int) -> str:
    return years_in_address(*_years_around(year))


def _scroll(index: IndexSnapshot, year: int, label: str) -> Scroll:
    return scroll.drawn(
        index,
        index.sites,
        timeline.ROLES["begun"],
        _years_around(year),
        _("The years around %(year)s") % {"year": label},
        closer=lambda first, last: list_url(view="timeline", at=years_in_address(first, last)),
        listed=lambda first, last: list_url(begun=years_in_address(first, last)),
        undated_url=list_url(begun="none"),
        red=year,
    )
