"""The catalogue's filters asked of the database row by row: slow, and without the index.

What pages answer from the index is compared with this, by `manage.py verify` and by tests.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import Exists, F, Min, OrderBy, OuterRef, Q
from django.http import QueryDict

from heritage.models import (
    Coverage,
    Era,
    Event,
    Image,
    Kind,
    Notice,
    Opening,
    PartOf,
    Place,
    Price,
    Site,
    SiteQuerySet,
    SortName,
    VisitingFact,
)
from heritage.search.facets.areas import GROUPS
from heritage.search.filter_fields import read_years
from heritage.values.coordinates import Point, distance_km, snap
from heritage.values.edtf import from_historical

type Ask = Callable[[SiteQuerySet, list[str], QueryDict], SiteQuerySet]

_IN_FORCE = ("in_force", "in_danger")


def matching(query: QueryDict) -> set[int]:
    """The ids of the published sites that match a query."""
    sites = Site.objects.published()
    for name in query:
        if name not in ("role", "sort", "within", "to", "hours"):
            sites = _ASK[name](sites, list(map(str, query.getlist(name))), query)
        elif name == "to" and "from" not in query:
            sites = _from(sites, [], query)
    return set(sites.order_by().values_list("pk", flat=True))


def in_order(query: QueryDict, language: str = "en") -> list[int]:
    """The same ids in the order that the query asks for."""
    found, order = matching(query), query.get("sort", "prominence")
    if order == "distance":
        far = distances(str(query["near"]))
        return sorted(found, key=lambda pk: (*far[pk], pk))
    if order == "name":
        keys = SortName.objects.filter(language=language, site__in=found)
        return list(keys.order_by("key", "site_id").values_list("site_id", flat=True))
    orders: dict[str, list[str | OrderBy]] = {
        "oldest": [F("first_year").asc(nulls_last=True), "pk"],
        "prominence": ["-effective_prominence", "pk"],
        "inscribed": [F("inscribed_year").asc(nulls_last=True), "pk"],
        "recent": [F("published_at").desc(nulls_last=True), "-pk"],
    }
    sites = Site.objects.filter(pk__in=found).order_by(*orders[order])
    ordered = list(sites.values_list("pk", flat=True))
    if order == "prominence" and "bbox" in query:  # of a map, what is measured comes first
        return sorted(ordered, key=districts().__contains__)
    return ordered


def subtree(model: type[Kind | Place | Era], slugs: Iterable[str]) -> set[int]:
    roots = model.objects.filter(slug__in=slugs).values_list("pk", flat=True)
    return model.objects.subtree_ids(roots)


def _area(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    found: set[int] = set()
    coded = [place for place in Place.objects.filter(level__in=("country", "province"))
             if len(place.code) == 2]  # fmt: skip
    for value in values:
        codes = GROUPS[value].codes.split()
        inside = {place.pk for place in coded if place.code in codes}
        elsewhere = {p.pk for p in coded if p.code not in codes and p.parent_id in inside}
        found |= _in_places(sites, inside) - _in_places(sites, elsewhere)
    return sites.filter(pk__in=found)


def _in_places(sites: SiteQuerySet, roots: set[int]) -> set[int]:
    within = sites.in_places(Place.objects.subtree_ids(roots))
    return set(within.order_by().values_list("pk", flat=True))


def _unesco(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    listed = ("in_danger", "inscribed", "part") if "listed" in values else ()
    return sites.with_unesco_status(*listed, *(value for value in values if value != "listed"))


def _era(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    return sites.of_eras(subtree(Era, values), query.get("role"))


def _covered(sites: SiteQuerySet, *conditions: Q, **fields: object) -> SiteQuerySet:
    """Sites under an entry in force of which all of this is true."""
    rows = Coverage.objects.filter(
        *conditions, site=OuterRef("pk"), designation__standing__in=_IN_FORCE, **fields
    )
    return sites.filter(Exists(rows))


def _world_heritage(path: str) -> Ask:
    def ask(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
        fields = {f"{path}__code__in": values}
        return _covered(sites, designation__register__role="world_heritage", **fields)

    return ask


def _either(sites: SiteQuerySet, conditions: Iterable[Q]) -> SiteQuerySet:
    wanted: set[int] = set()
    for condition in conditions:
        wanted.update(_covered(sites, condition).values_list("pk", flat=True))
    return sites.filter(pk__in=wanted)


def _danger(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    spans = [read_years(value) for value in values if value != "past"]
    wanted = set()
    covered = Coverage.objects.filter(designation__register__role="world_heritage")
    for row in covered.select_related("designation").prefetch_related("designation__events"):
        events = list(row.designation.events.all())
        years = [each.first_year for each in events if each.kind == "in_danger"]
        since = max((year for year in years if year is not None), default=None)
        if row.designation.standing == "in_danger":
            is_wanted = since is not None and any(
                (a is None or a <= since) and (b is None or since <= b) for a, b in spans
            )
        else:
            was = any(each.kind in ("in_danger", "out_of_danger") for each in events)
            is_wanted = "past" in values and was and row.designation.standing == "in_force"
        if is_wanted:
            wanted.add(row.site_id)
    return sites.filter(pk__in=wanted)


def _batch(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    pairs = (value.split(".") for value in values)
    return _either(
        sites,
        (Q(designation__register__slug=s, designation__batch=int(number)) for s, number in pairs),
    )


def _rating(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    return _either(
        sites,
        (
            Q(designation__register__slug=slug)
            & (Q(designation__category__code=grade) if grade else Q())
            for slug, _dot, grade in (value.partition(".") for value in values)
        ),
    )


def _inscribed(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    listed = (
        Coverage.objects.filter(
            designation__register__role="world_heritage", designation__standing__in=_IN_FORCE
        )
        .values("site")
        .annotate(year=Min("designation__listed_year"))
        .values_list("site", "year")
    )
    spans = [read_years(value) for value in values]
    return sites.filter(
        pk__in=[
            pk
            for pk, year in listed.order_by()
            if year is not None
            and any((a is None or a <= year) and (b is None or year <= b) for a, b in spans)
        ]
    )


def _has(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    if "image" in values:
        sites = sites.filter(Exists(Image.objects.filter(site=OuterRef("pk"), published=True)))
    if "point" in values:
        sites = sites.filter(~Q(public_latitude=None) | Q(pk__in=list(component_points())))
    if "district" in values:
        sites = sites.filter(pk__in=list(districts()))
    if "visiting" in values:
        ids: set[int] = set()
        for model in (Opening, Price, VisitingFact):
            ids.update(row.site_id for row in model.objects.all() if row.is_shown)
        sites = sites.filter(pk__in=ids)
    if "free" in values:
        prices: dict[int, list[Price]] = defaultdict(list)
        for row in Price.objects.all():
            if row.is_shown:
                prices[row.site_id].append(row)
        free = [pk for pk, rows in prices.items() if not any(row.amount for row in rows)]
        sites = sites.filter(pk__in=free)
    if unknown := set(values) - {"image", "point", "district", "visiting", "free"}:
        raise ValueError(f"The database is not asked for {unknown}.")
    return sites


def districts() -> dict[int, Place]:
    """For each site without a point, by id, the narrowest place with a circle that it lies in."""
    places = {place.pk: place for place in Place.objects.all()}
    parts, found = component_points(), {}
    rows = Site.objects.filter(public_latitude=None, place__isnull=False)
    for pk, place_id in rows.values_list("pk", "place_id"):
        at: int | None = place_id
        seen: set[int] = set()
        while at in places and not places[at].circle and at not in seen:
            seen.add(at)
            at = places[at].parent_id
        if pk not in parts and at in places and places[at].circle:
            found[pk] = places[at]
    return found


def component_points() -> dict[int, list[Point]]:
    """For each site that is a property, by id, the points of its parts as the public sees them."""
    found: dict[int, list[Point]] = defaultdict(list)
    rows = Coverage.objects.filter(extent="whole", designation__register__role="world_heritage")
    rows = rows.select_related("site").prefetch_related("designation__points__site")
    for row in rows:
        for part in row.designation.points.all():
            if not row.site.public_blur_km:
                blur = part.site.public_blur_km if part.site else 0
                point = (part.latitude, part.longitude)
                found[row.site_id].append(snap(*point, blur) if blur else point)
    return found


def _language(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    return sites.filter(Q(summary__has_any_keys=values) | Q(description__has_any_keys=values))


def _open(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    day, wanted = date.fromisoformat(values[0]), query.get("hours")
    groups = hours_groups(day)
    of_groups = [wanted] if wanted else ["official", "reported"]
    return sites.filter(pk__in=[pk for pk, group in groups.items() if group in of_groups])


def hours_groups(day: date) -> dict[int, str]:
    """By id of each site the value of `HoursGroup`: what is known of its hours on a day."""
    rows: dict[int, list[Opening]] = defaultdict(list)
    for row in Opening.objects.all():
        if row.is_shown:
            rows[row.site_id].append(row)
    notices = {notice.site_id for notice in Notice.objects.current(day) if notice.is_closed}
    noted = {fact.site_id for fact in VisitingFact.objects.filter(kind__in=["hours", "closed_days"])
            if fact.is_shown}  # fmt: skip
    return {
        pk: "closed" if pk in notices else _hours_group(rows[pk], day, pk in noted)
        for pk in Site.objects.values_list("pk", flat=True)
    }


def _hours_group(rows: list[Opening], day: date, has_facts: bool) -> str:
    of_day = [row for row in rows if row.covers(day)]
    deciding = [row for row in of_day if row.is_dependable] or of_day
    if not deciding:
        return "unclear" if rows or has_facts else "unknown"
    if not all(row.is_open for row in deciding):
        return "closed"
    return "official" if deciding[0].is_dependable else "reported"


def _property(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    covered = Coverage.objects.filter(
        site=OuterRef("pk"),
        designation__register__role="world_heritage",
        designation__reference__in=values,
    )
    return sites.filter(Exists(covered))


def _part_of(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    pairs = list(PartOf.objects.values_list("part_id", "whole_id"))
    found: set[int] = set()
    level = set(Site.objects.filter(slug__in=values).values_list("pk", flat=True))
    while level:
        level = {part for part, whole in pairs if whole in level} - found
        found |= level
    return sites.filter(pk__in=found)


def _from(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    events = Event.objects.exclude(first_year=None, last_year=None)
    if (role := query.get("role")) in Event.Role.values:
        kinds = [kind for kind in Event.Kind.values if Event(kind=kind).role == role]
        events = events.filter(kind__in=kinds)
    if "from" in query:
        first = read_years(str(query["from"]))[0]
        events = events.filter(Q(last_year__gte=first) | Q(last_year=None))
    if "to" in query:
        last = read_years(str(query["to"]))[1]
        events = events.filter(Q(first_year__lte=last) | Q(first_year=None))
    return sites.filter(Exists(events.filter(site=OuterRef("pk"))))


def earliest_years(role: str) -> dict[int, int]:
    """By id of a site the earliest year of its events of a role; without sites that have none."""
    kinds = [kind for kind in Event.Kind.values if Event(kind=kind).role == role]
    rows = Event.objects.filter(kind__in=kinds, first_year__isnull=False).order_by()
    years = rows.values("site").annotate(year=Min("first_year"))
    return dict(years.values_list("site", "year"))


def _earliest(role: str) -> Ask:
    def ask(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
        years = earliest_years(role)
        if values[0] == "none":
            return sites.exclude(pk__in=list(years))
        first, last = map(from_historical, map(int, values[0].split("..")))
        return sites.filter(pk__in=[pk for pk, year in years.items() if first <= year <= last])

    return ask


def _stood(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    year, _dot, left = values[0].partition(".")
    groups = left_in(from_historical(int(year)))
    gone = ("before", "later", "undated")
    found = [pk for pk, name in groups.items() if name == left or (not left and name not in gone)]
    return sites.filter(pk__in=found)


def left_in(year: int) -> dict[int, str]:
    """By id of a site what became of it since a year: a value of `timeline.Left`."""
    found = {}
    for site in Site.objects.published().prefetch_related("events"):
        events = [e for e in site.events.all() if (e.first_year, e.last_year) != (None, None)]
        found[site.pk] = _left(events, year)
    return found


def _left(events: list[Event], year: int) -> str:
    def since(event: Event) -> int:
        known = event.last_year if event.first_year is None else event.first_year
        return 0 if known is None else known

    def is_there(role: str, until: int | None) -> bool:
        return any(e.role == role and (until is None or since(e) <= until) for e in events)

    gaps = []
    for fall in events:
        if fall.kind == "destroyed":
            end = fall.first_year if fall.last_year is None else fall.last_year
            back = [since(e) for e in events if since(e) >= since(fall) and
                    e.kind in ("founded", "begun", "built", "completed", "rebuilt")]  # fmt: skip
            gaps.append((end or 0, min(back, default=None)))
    if is_there("standing", year):
        return "kept"
    if any(end < year and (again is None or year < again) for end, again in gaps):
        return "before"
    if is_there("beginnings", year) or is_there("dated", year):
        if is_there("standing", None):
            return "rebuilt"
        if is_there("dated", year):
            return "ground"
        return "lost" if any(again is None for _end, again in gaps) else "unclear"
    roles = ("beginnings", "standing", "dated")
    return "later" if any(is_there(role, None) for role in roles) else "undated"


def _bbox(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    west, south, east, north = map(float, values[0].split(","))

    def is_inside(latitude: float, longitude: float) -> bool:
        ends = longitude >= west, longitude <= east
        return south <= latitude <= north and (all(ends) if west <= east else any(ends))

    found = [pk for pk, points in _points().items() if any(is_inside(*at) for at in points)]
    return sites.filter(pk__in=found)


def _near(sites: SiteQuerySet, values: list[str], query: QueryDict) -> SiteQuerySet:
    km = float(query.get("within", 50))
    near = {pk for pk, (_rough, far) in distances(values[0]).items() if far <= km}
    place = Place.objects.filter(slug=values[0], level__in=Place.TOWNS).first()
    if place and "within" not in query:
        lying = sites.in_places(Place.objects.subtree_ids([place.pk]))
        near |= set(lying.values_list("pk", flat=True)) & _points().keys()
    return sites.filter(pk__in=near)


def distances(centre: str) -> dict[int, tuple[bool, float]]:
    """By id of a site whether only its district is known, and the km to its nearest point."""
    here, rough = _centre(centre), districts()
    return {
        pk: (pk in rough, min(distance_km(here, point) for point in points))
        for pk, points in _points().items()
    }


def _centre(text: str) -> tuple[float, float]:
    if "," in text:
        latitude, longitude = map(float, text.split(","))
        return latitude, longitude
    place = Place.objects.filter(slug=text).first()
    if place and place.centre:
        return place.centre
    point = Site.objects.get(slug=text).public_point
    if point is None:
        raise ValueError(f"It is not known where {text} lies.")
    return point


def _points() -> dict[int, list[Point]]:
    """All points of each site; of one without any, the centre of its district."""
    found = component_points()
    columns = ("pk", "public_latitude", "public_longitude")
    rows = Site.objects.exclude(public_latitude=None)
    for pk, latitude, longitude in rows.values_list(*columns):
        if latitude is not None and longitude is not None:
            found[pk].append((latitude, longitude))
    return found | {pk: [place.centre] for pk, place in districts().items() if place.centre}


_ASK: dict[str, Ask] = {
    "kind": lambda sites, values, query: sites.of_kinds(subtree(Kind, values)),
    "era": _era,
    "place": lambda sites, values, query: sites.in_places(subtree(Place, values)),
    "area": _area,
    "unesco": _unesco,
    "protection": lambda sites, values, query: _covered(
        sites, designation__register__slug__in=values
    ),
    "criterion": _world_heritage("designation__world_heritage__criteria"),
    "category": _world_heritage("designation__category"),
    "region": _world_heritage("designation__world_heritage__regions"),
    "inscribed": _inscribed,
    "danger": _danger,
    "batch": _batch,
    "rating": _rating,
    "property": _property,
    "part_of": _part_of,
    "has": _has,
    "language": _language,
    "open": _open,
    "from": _from,
    "begun": _earliest("beginnings"),
    "standing": _earliest("standing"),
    "dating": _earliest("dated"),
    "stood": _stood,
    "bbox": _bbox,
    "near": _near,
}
