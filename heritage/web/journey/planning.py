"""The order and the days of a journey, as pure functions: points, minutes and hours in, days out.

Distances are straight lines. A day is filled in the order of the stops. In automatic order a stop
that is closed on its day moves to the next day on which it may be visited; in an order made by
hand it stays, with a warning. Nothing is left out without a reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from math import inf

from heritage.values.coordinates import Point, distance_km

MOST_STOPS = 60
MOST_DAYS = 21
WALK_UP_TO_KM = 1.5  # a longer way is driven, where the reader has not chosen
_DETOUR = 1.3  # of a way to its straight line
_WALK_KMH = 4.5
_DRIVE_KMH, _FAR_KMH, _FAR_KM = 30, 60, 20
_PARKING = 5  # minutes of each drive
_TRIED = 6  # stops that are tried as the first of a way


class Travel(StrEnum):
    """How one gets from stop to stop."""

    BOTH = "both"  # short ways on foot
    WALK = "walk"
    DRIVE = "drive"


class Openness(StrEnum):
    """What is known of a site on a day."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of a site on a day, in minutes since midnight; none if they are unknown."""

    openness: Openness = Openness.UNKNOWN
    opens: int | None = None
    closes: int | None = None
    last_entry: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """`hours` tells what is known of a day."""

    uid: str
    point: Point | None
    minutes: int
    hours: Callable[[date], DayHours] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Leg:
    km: float
    minutes: int
    is_walk: bool


class Warned(StrEnum):
    """A warning about a visit."""

    CLOSED = "closed"
    NOT_CHECKED = "not checked"
    SHORT = "short"  # it closes before the visit would end
    LATE = "late"  # arrival after the last entry, or after it closes
    OVERTIME = "overtime"  # it ends after the end of the day
    MOVED = "moved"  # from a day on which it is closed, or closes too early


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop on a day, with minutes since midnight; `leg` leads to it from the stop before."""

    stop: Stop
    arrives: int
    begins: int  # later than the arrival, if it is not open yet
    ends: int
    leg: Leg | None
    hours: DayHours
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    visits: tuple[Visit, ...]

    @property
    def km(self) -> float:
        return sum(visit.leg.km for visit in self.visits if visit.leg)


class LeftOutReason(StrEnum):
    """Why a stop is on no day."""

    NO_POINT = "no point"
    CLOSED = "closed"  # on every day that there is
    FULL = "full"  # the days are


@dataclass(frozen=True, slots=True)
class JourneyPlan:
    days: tuple[Day, ...]
    left: tuple[tuple[Stop, LeftOutReason], ...]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the reader asks for. `most_days` None: as many as are needed."""

    first: date
    begins: time = time(9)
    ends: time = time(17, 30)
    most_days: int | None = None
    travel: Travel = Travel.BOTH
    by_hand: bool = False

    @property
    def days(self) -> list[date]:
        number = self.most_days or MOST_DAYS
        return [self.first + timedelta(days=each) for each in range(min(number, MOST_DAYS))]


# --- order ---------------------------------------------------------------------------------------


def ordered(points: Sequence[Point]) -> list[int]:
    """A short way through all points as their numbers: from one end, each once, no return.

    The nearest neighbour from the point farthest from the middle, made shorter by turning pieces
    round and by moving single points, until neither helps.
    """
    number = len(points)
    if number < 3:
        return list(range(number))
    km = [[distance_km(one, other) for other in points] for one in points]
    start = max(range(number), key=lambda each: sum(km[each]))
    way, left = [start], set(range(number)) - {start}
    while left:
        nearest = min(left, key=lambda each: (km[way[-1]][each], each))
        way.append(nearest)
        left.remove(nearest)
    for _round in range(20):
        if not (_turned(way, km) | _moved(way, km)):
            break
    # The same way from its other end is as short: begin with the stop that was named first.
    return way if way[0] < way[-1] else way[::-1]


def _turned(way: list[int], km: list[list[float]]) -> bool:
    """Reverse parts of the way if it becomes shorter; returns whether any was."""
    found, number = False, len(way)
    for i in range(-1, number - 2):
        for j in range(i + 2, number):
            a, b, c = way[i] if i >= 0 else None, way[i + 1], way[j]
            d = way[j + 1] if j + 1 < number else None
            before = (km[a][b] if a is not None else 0) + (km[c][d] if d is not None else 0)
            after = (km[a][c] if a is not None else 0) + (km[b][d] if d is not None else 0)
            if after < before - 1e-9:
                way[i + 1 : j + 1] = reversed(way[i + 1 : j + 1])
                found = True
    return found


def _moved(way: list[int], km: list[list[float]]) -> bool:
    """Move single points if the way becomes shorter; returns whether any was."""
    found = False
    for point in list(way):
        at = way.index(point)
        rest = way[:at] + way[at + 1 :]
        gained = _added(rest, at, point, km)
        best, place = min((_added(rest, each, point, km), each) for each in range(len(rest) + 1))
        if best < gained - 1e-9:
            way[:] = [*rest[:place], point, *rest[place:]]
            found = True
    return found


def _added(way: list[int], place: int, point: int, km: list[list[float]]) -> float:
    """How much longer a way gets by a point at a place."""
    before = way[place - 1] if place else None
    after = way[place] if place < len(way) else None
    added = (km[before][point] if before is not None else 0) + (
        km[point][after] if after is not None else 0
    )
    return added - (km[before][after] if before is not None and after is not None else 0)


# --- ways ----------------------------------------------------------------------------------------


def leg(here: Point, there: Point, travel: Travel) -> Leg:
    km = distance_km(here, there)
    is_walk = travel == Travel.WALK or (travel == Travel.BOTH and km <= WALK_UP_TO_KM)
    if is_walk:
        return Leg(km, round(km * _DETOUR / _WALK_KMH * 60), True)
    speed = _FAR_KMH if km > _FAR_KM else _DRIVE_KMH
    return Leg(km, round(km * _DETOUR / speed * 60) + _PARKING, False)


# --- days ----------------------------------------------------------------------------------------


def plan(stops: Sequence[Stop], wishes: Wishes) -> JourneyPlan:
    """The stops on days, in their order by hand or else by distance."""
    without = [(stop, LeftOutReason.NO_POINT) for stop in stops if stop.point is None]
    waiting = [stop for stop in stops if stop.point is not None]
    if wishes.by_hand:
        made = _by_days(waiting, wishes)
    else:
        points = [stop.point for stop in waiting if stop.point is not None]
        made = _best([waiting[each] for each in ordered(points)], wishes)
    return JourneyPlan(made.days, (*made.left, *without))


def _best(way: Sequence[Stop], wishes: Wishes) -> JourneyPlan:
    """The best plan for a few ways: the shortest, its reverse, and both with a stop at the
    beginning that the shortest moves to another day or leaves out."""
    made = _by_days(way, wishes)
    visits = [visit for day in made.days for visit in day.visits]
    hindered = [stop for stop, _reason in made.left]
    hindered += [visit.stop for visit in visits if Warned.MOVED in visit.warnings]
    if not hindered:
        return made
    plans = [made]
    for each in (way, way[::-1]):
        plans.append(_by_days(each, wishes))
        for stop in hindered[:_TRIED]:
            plans.append(_by_days([stop, *(other for other in each if other != stop)], wishes))
    return min(plans, key=_cost)


def _cost(made: JourneyPlan) -> tuple[int, int, int, float]:
    visits = [visit for day in made.days for visit in day.visits]
    harmless = {Warned.NOT_CHECKED, Warned.MOVED}
    warned = sum(bool({*visit.warnings} - harmless) for visit in visits)
    return len(made.left), len(made.days), warned, sum(day.km for day in made.days)


def _by_days(way: Sequence[Stop], wishes: Wishes) -> JourneyPlan:
    """The stops of a way on days, in its order."""
    waiting, days, moved = list(way), [], set[str]()
    for day in wishes.days:
        if not waiting:
            break
        visits, later = _filled(day, waiting, wishes, moved)
        days.append(Day(day, tuple(visits)))
        waiting = later
    while days and not days[-1].visits:
        days.pop()
    return JourneyPlan(tuple(days), tuple((stop, _why(stop, wishes)) for stop in waiting))


def _filled(
    day: date, waiting: Sequence[Stop], wishes: Wishes, moved: set[str]
) -> tuple[list[Visit], list[Stop]]:
    """What fits into a day, and what is left for the next ones."""
    ends = _minutes(wishes.ends)
    visits: list[Visit] = []
    later: list[Stop] = []
    for number, stop in enumerate(waiting):
        visit = _visit(day, stop, visits, wishes, stop.uid in moved)
        if visits and visit.ends > ends:
            return visits, [*later, *waiting[number:]]
        too_late = bool(visits) and bool({Warned.LATE, Warned.SHORT} & {*visit.warnings})
        if not wishes.by_hand and (too_late or Warned.CLOSED in visit.warnings):
            moved.add(stop.uid)
            later.append(stop)
            continue
        visits.append(visit)
    return visits, later


def _visit(
    day: date, stop: Stop, visits: Sequence[Visit], wishes: Wishes, was_moved: bool
) -> Visit:
    before = visits[-1] if visits else None
    way = None
    arrives = _minutes(wishes.begins)
    if before and before.stop.point and stop.point:
        way = leg(before.stop.point, stop.point, wishes.travel)
        arrives = before.ends + way.minutes
    hours = stop.hours(day)
    begins = max(arrives, hours.opens or 0)
    visit_ends = begins + stop.minutes
    warnings = []
    if hours.openness == Openness.CLOSED:
        warnings.append(Warned.CLOSED)
    elif hours.openness == Openness.UNKNOWN:
        warnings.append(Warned.NOT_CHECKED)
    closes = inf if hours.closes is None else hours.closes
    last_entry = closes if hours.last_entry is None else hours.last_entry
    if begins >= closes or begins > last_entry:
        warnings.append(Warned.LATE)
    elif visit_ends > closes:
        warnings.append(Warned.SHORT)
    if visit_ends > _minutes(wishes.ends):
        warnings.append(Warned.OVERTIME)
    if was_moved:
        warnings.append(Warned.MOVED)
    return Visit(stop, arrives, begins, visit_ends, way, hours, tuple(warnings))


def _why(stop: Stop, wishes: Wishes) -> LeftOutReason:
    every = [stop.hours(day).openness for day in wishes.days]
    return LeftOutReason.CLOSED if set(every) == {Openness.CLOSED} else LeftOutReason.FULL


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
