"""The stops of a journey: what is read of their sites, and each in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.urls import reverse
from django.utils.safestring import SafeString

from heritage.models import Name, Place, Site, VisitingFact, exact_place_phrase
from heritage.search import HoursGroup, IndexSnapshot, page_rows
from heritage.values.coordinates import Point
from heritage.values.durations import minutes_in
from heritage.values.language import Text
from heritage.web.journey.address import Asked
from heritage.web.journey.planning import DayHours, Openness, Stop
from heritage.web.media import covers
from heritage.web.shared import cards, language_html, map_sheets, visiting
from heritage.web.shared.cards import Card
from heritage.web.shared.visiting import SiteDay

_CHINESE = {"CN", "HK", "MO", "TW"}


@dataclass(frozen=True, slots=True)
class Driver:
    """What to show a driver: in China the name in characters, with pinyin; the address; a phone."""

    name: Text
    pinyin: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class JourneySite:
    """A site of the journey with what is known of a visit."""

    site: Site
    card: Card
    rows: page_rows.VisitRows
    point: Point | None
    km: float | None  # the radius in which it lies; None if it is exact
    minutes: int
    needed: SafeString | str  # what the record says of the time needed
    is_assumed: bool
    is_own: bool  # the reader set the minutes
    driver: Driver
    country: str  # its code

    @property
    def uid(self) -> str:
        return self.site.uid

    @property
    def name(self) -> str:
        return self.site.shown_name.best().text

    @property
    def is_same(self) -> bool:
        """Whether the name for the driver is the one that the reader sees."""
        return str(self.driver.name) == self.name

    @property
    def url(self) -> str:
        return reverse("web:site", args=[self.site.slug])

    @property
    def square(self) -> str:
        return self.card.picture.square or self.card.picture.src

    def day(self, day: date) -> SiteDay:
        return visiting.site_day(self.rows, day)

    def as_stop(self) -> Stop:
        return Stop(self.uid, self.point, self.minutes, lambda day: _day_hours(self.day(day)))


def _day_hours(day: SiteDay) -> DayHours:
    if day.group == HoursGroup.CLOSED:
        return DayHours(Openness.CLOSED)
    if not day.group.is_open:
        return DayHours()
    return DayHours(Openness.OPEN, *map(_minutes, (day.opens, day.closes, day.last_entry)))


def _minutes(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute


def read_sites(index: IndexSnapshot, asked: Asked) -> list[JourneySite]:
    """The published sites of an address, in its order."""
    published = Site.objects.published().filter(uid__in=asked.uids)
    sites = {site.uid: site for site in published}
    ids = [sites[uid].pk for uid in asked.uids if uid in sites]
    shown = {card.row.pk: card for card in cards.cards_of(index, ids)}
    visits, pinyin = page_rows.read_visits(ids), _pinyin(ids)
    found = []
    for uid in asked.uids:
        site = sites.get(uid)
        card = shown.get(site.pk) if site else None
        if site is None or card is None:
            continue
        site.place = index.vocabulary.places.get(site.place_id)
        rows = visits.get(site.pk, page_rows.VisitRows())
        fact = next((f for f in rows.facts if f.kind == VisitingFact.Kind.TIME_NEEDED), None)
        needed = _needed(fact)
        own = asked.own.get(uid)
        country = covers.country_code(site.place)
        found.append(
            JourneySite(
                site,
                card,
                rows,
                site.public_point,
                map_sheets.uncertainty_km(site) if site.public_point else None,
                own or needed or asked.minutes,
                language_html.as_html(fact.text) if fact else "",
                is_assumed=not own and needed is None,
                is_own=own is not None,
                driver=_driver(site, rows, country, pinyin.get(site.pk, "")),
                country=country,
            )
        )
    return found


def _needed(fact: VisitingFact | None) -> int | None:
    """The minutes in a fact about the time needed, in any of its languages; None if it has none."""
    if fact is None:
        return None
    durations = (minutes_in(words) for words in (*fact.text.values(), fact.value))
    return next((minutes for minutes in durations if minutes), None)


def _pinyin(ids: Iterable[int]) -> dict[int, str]:
    rows = Name.objects.filter(site__in=list(ids), language="zh-latn-pinyin").order_by("pk")
    return dict(rows.values_list("site_id", "text"))


def _driver(site: Site, rows: page_rows.VisitRows, country: str, pinyin: str) -> Driver:
    is_chinese = country in _CHINESE
    name = site.shown_name.best()
    if is_chinese and "zh-hans" in site.name:
        name = Text(site.name["zh-hans"], "zh-hans")
    phones = (fact.value for fact in rows.facts if fact.kind == VisitingFact.Kind.PHONE)
    return Driver(
        name,
        (pinyin or site.reading) if is_chinese else "",
        chinese_address(site.place) if is_chinese else exact_place_phrase(site.place),
        next((phone for phone in phones if phone), ""),
    )


def chinese_address(place: Place | None) -> str:
    """The address as it is written in China, from the province downwards: 河南省洛阳市洛龙区."""
    if place is None:
        return ""
    line = [*place.ancestors(), place]
    names = [each.label.get("zh-hans", "") for each in line if each.level != Place.Level.COUNTRY]
    return "".join(dict.fromkeys(name for name in names if name))
