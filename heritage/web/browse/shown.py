"""What a display shows of a list: its cards, the map, the timeline, and the hours of a day."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import CheckedRecord, VisitingFact
from heritage.search import HoursGroup, SiteFilter, page_rows
from heritage.values.coordinates import distance_phrase
from heritage.values.html import fragment
from heritage.values.language import LanguageMap
from heritage.values.query_strings import updated_query
from heritage.web.browse.paging import ONE_PAGE, Paging
from heritage.web.shared import language_html
from heritage.web.shared.cards import RenderedCard
from heritage.web.shared.map_sheets import MapSheet
from heritage.web.shared.scroll import Scroll
from heritage.web.shared.visiting import basis_in_words, days_in_words, hours_in_words, rows_of_day


@dataclass(frozen=True, slots=True)
class DayGroup:
    """A group of sites by what is known of the day, with the address of their list."""

    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class HoursLine:
    """What one row of hours says about the day."""

    text: SafeString | str
    note: SafeString | str
    basis: str  # and its year; empty for a notice
    is_sure: bool
    differs: SafeString | str


def day_groups(filtered: SiteFilter) -> list[DayGroup]:
    """All open sites, then each group, counted among the sites that match the other filters."""
    if not filtered.hours_groups:
        return []
    left, chosen = filtered.without("open"), filtered.chosen("hours")
    counts = {
        group: left.intersection_cardinality(sites)
        for group, sites in filtered.hours_groups.items()
    }
    every = sum(count for group, count in counts.items() if group.is_open)
    query = updated_query(filtered.data, drop=["hours"])
    return [
        DayGroup(pgettext("hours of a day", "open"), every, query, not chosen),
        *(
            DayGroup(
                str(group.label),
                count,
                updated_query(filtered.data, hours=group.value),
                chosen == group,
            )
            for group, count in counts.items()
        ),
    ]


def hours_lines(filtered: SiteFilter, ids: Iterable[int]) -> dict[int, list[HoursLine]]:
    """What is recorded of the day, by id of the site; empty if no day is asked for."""
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


# --- What a display shows ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MapStep:
    """A link that moves the map."""

    label: str
    sign: str
    query: str


@dataclass(frozen=True, slots=True)
class MapPage:
    """Prepared for components/map.html; `counts` are the counts in words, which add up."""

    sheet: MapSheet
    counts: list[str]
    in_view: str
    steps: list[MapStep]
    area_query: str  # of the list of the area that is shown
    list_query: str  # of the same as a list
    more: str  # how many of the sites in view are listed
    data_url: str
    tiles: str
    layers: str  # JSON of the operator's tiles, the lowest first; empty without any
    layers_credit: str
    is_shifted: bool  # whether these are in GCJ-02
    parts: list[tuple[float, float]]  # of properties: latitude and longitude
    shown_query: str  # of the same sites and place, for pictures and other pages
    tag: str  # of the list beside the map


@dataclass(frozen=True, slots=True)
class TimelineChoice:
    """A link that moves the timeline, or shows it in another way."""

    label: str
    sign: str
    query: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Prepared for components/timeline.html; `counts` are the counts in words, which add up."""

    scroll: Scroll
    in_view: str
    counts: list[str]
    more: str  # how many of the sites in view are listed
    list_query: str  # of all of them as a list
    steps: list[TimelineChoice]
    choices: list[TimelineChoice]  # which year of a site is meant
    scale: TimelineChoice | None
    query: str  # of this page, for the picture


_DISTANCE = fragment("text/card_distance.html")


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card, where the site lies, and its hours on a day.

    Where it lies is the distance from the centre of the list; or the district, if no more is known.
    """

    name: SafeString
    slug: str
    html: SafeString
    distance: str
    hours: list[HoursLine]  # of the day that is asked for
    has_marks: bool  # of certainty

    @property
    def item(self) -> SafeString:
        """The card with these lines as an item of a list of cards, as HTML."""
        parts = [self.html]
        if self.distance:
            parts.insert(0, SafeString(f"{_DISTANCE(distance=self.distance)}\n    "))
        if self.hours:
            parts.append(render_to_string("components/day_hours.html", {"lines": self.hours}))
        return SafeString("".join(parts))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display shows of a list."""

    template: str
    ids: list[int]
    state: Hashable  # see Display
    cards: list[ShownCard]
    paging: Paging = ONE_PAGE
    map: MapPage | None = None  # where sites are shown on a map
    timeline: TimelinePage | None = None  # where they are on a timeline

    @property
    def has_marks(self) -> bool:
        """Whether a card has marks of certainty, which the page then explains."""
        return any(card.has_marks for card in self.cards)


def shown_cards(
    filtered: SiteFilter,
    rendered: Mapping[int, RenderedCard],
    hours: Mapping[int, list[HoursLine]] | None = None,
) -> list[ShownCard]:
    """The cards of a list, with the distance and hours of each site, if the list asks for them."""
    where = where_lies(filtered, list(rendered))
    return [
        ShownCard(
            card.name,
            card.slug,
            card.html,
            where.get(pk, ""),
            (hours or {}).get(pk, []),
            card.has_marks,
        )
        for pk, card in rendered.items()
    ]


def where_lies(filtered: SiteFilter, ids: list[int]) -> dict[int, str]:
    """By id of a site a phrase that says how far it is; or, if only its district is known, which
    district and about how far that is. For lists by distance and beside maps."""
    if not filtered.is_by_position:
        return {}
    km = filtered.nearby.km_of(ids) if filtered.nearby else {}
    found = {pk: _distance(far) for pk, far in km.items()}
    for pk, (place_id, radius) in filtered.index.districts_of(ids).items():
        place = filtered.index.vocabulary.places.terms[place_id]
        words = {"place": place.label.best(), "distance": distance_phrase(radius)}
        if km.get(pk, 0) < radius:  # it may be here, or as far again
            found[pk] = _("somewhere in %(place)s, within about %(distance)s") % words
        else:
            words["distance"] = distance_phrase(km[pk])
            found[pk] = _("about %(distance)s, somewhere in %(place)s") % words
    return found


def _distance(km: float) -> str:
    return distance_phrase(km) if km else pgettext("distance", "here")
