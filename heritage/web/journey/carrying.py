"""The journey in an address, as files have it."""

from dataclasses import replace
from datetime import date, time

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.formats import Addresses
from heritage.formats.journeys import CarriedStop, Journey
from heritage.search import current_index
from heritage.values.time_zones import zone_of
from heritage.web.journey import planning
from heritage.web.journey.address import Asked
from heritage.web.journey.planning import Openness, Visit
from heritage.web.journey.stops import JourneySite, read_sites


def carried(data: QueryDict, addresses: Addresses) -> Journey:
    """The journey with its stops in the order of their days, then those that are on no day."""
    asked = Asked.from_query(data)
    sites = read_sites(current_index(), asked)
    by_uid = {each.uid: each for each in sites}
    made = planning.plan([each.as_stop() for each in sites], asked.wishes)
    stops: list[tuple[CarriedStop, date | None, Visit | None]] = []
    for day in made.days:
        for visit in day.visits:
            is_timed = visit.hours.openness == Openness.OPEN
            stop = _stop(by_uid[visit.stop.uid], addresses)
            stops.append((stop, day.day, visit if is_timed else None))
    stops += [(_stop(by_uid[stop.uid], addresses), None, None) for stop, _reason in made.left]
    url = f"{addresses.origin}{reverse('web:journey')}?{asked.query()}"
    return Journey(
        asked.name or _("Your journey"),
        url,
        [_on(stop, day, visit) for stop, day, visit in stops],
    )


def _stop(each: JourneySite, addresses: Addresses) -> CarriedStop:
    driver = each.driver
    words = ["" if each.is_same else str(driver.name), driver.pinyin]
    words += [driver.address, driver.phone]
    return CarriedStop(
        each.uid,
        each.name,
        " · ".join(word for word in words if word),
        addresses.permanent(each.site),
        each.point,
        each.km,
        zone=zone_of(each.country, each.point),
    )


def _on(stop: CarriedStop, day: date | None, visit: Visit | None) -> CarriedStop:
    if visit is None:
        return replace(stop, day=day)
    return replace(stop, day=day, begins=_time(visit.begins), ends=_time(visit.ends))


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
