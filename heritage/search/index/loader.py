"""What the index holds of each published site, read from the database.

A value is named `facet:id`. A term counts for all its broader terms too, so that a filter
by province or by dynasty is one bitmap.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Func, TextField

from heritage.models import (
    Coverage,
    Era,
    Event,
    Image,
    Kind,
    Notice,
    Opening,
    Place,
    Price,
    Scheme,
    Site,
    SiteEra,
    VisitingFact,
    WorldHeritage,
)
from heritage.models.designations import IN_FORCE
from heritage.models.unesco import statuses_of
from heritage.search.index.columns import (
    NO_FIRST,
    NO_LAST,
    POINTS,
    SPANS,
    TIMES,
    Rows,
    microseconds,
)

CHUNK = 5_000


@dataclass(slots=True)
class Facts:
    """Ids of published sites and of those with each value; where they lie, their years, and when
    each was last changed."""

    sites: array = field(default_factory=lambda: array("I"))
    values: dict[str, array] = field(default_factory=lambda: defaultdict(lambda: array("I")))
    points: Rows = field(default_factory=lambda: Rows(POINTS))
    times: Rows = field(default_factory=lambda: Rows(TIMES))
    spans: dict[str, Rows] = field(
        default_factory=lambda: {role: Rows(SPANS) for role in Event.Role.values}
    )

    def add(self, name: str, pk: int, *values) -> None:
        for value in values:
            self.values[f"{name}:{value}"].append(pk)


def read(site_ids: Iterable[int] | None = None) -> Facts:
    """The facts of these sites, or of all."""
    facts = Facts()
    ids = None if site_ids is None else sorted(set(site_ids))
    if ids == []:
        return facts
    trees = {model: _broader(model) for model in (Kind, Era, Place)}
    if ids is None:
        _read_chunk(facts, trees, None)
    else:
        for start in range(0, len(ids), CHUNK):
            _read_chunk(facts, trees, ids[start : start + CHUNK])
    return facts


def _read_chunk(facts: Facts, trees: dict, ids: list[int] | None) -> None:
    """`ids` None reads whole tables: a chunk of a million."""
    known = _add_sites(facts, trees[Place], ids)
    kinds = _pairs(Site.kinds.through, "site_id", "kind_id", ids)
    _add_all(facts, "kind", _closed(kinds, trees[Kind], known))
    _add_eras(facts, trees[Era], known, ids)
    _add_spans(facts, known, ids)
    _add_coverages(facts, known, ids)
    _add_images(facts, known, ids)
    _add_visiting(facts, known, ids)
    _add_notices(facts, known, ids)


class Languages(Func):
    """The codes of a language map, in one text: the map itself may be long."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler, connection, **extra):
        template = "(SELECT group_concat(key, ' ') FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler, connection, **extra):
        template = (
            "(SELECT string_agg(code, ' ') FROM jsonb_object_keys(%(expressions)s) AS keys(code))"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


def _add_sites(facts: Facts, broader: dict, ids) -> set[int]:
    """What stands in the sites' own rows; gives the ids of those that are published."""
    sites = Site.objects.published()
    sites = sites if ids is None else sites.filter(pk__in=ids)
    rows = sites.order_by("pk").values_list(
        "pk",
        "place_id",
        "public_latitude",
        "public_longitude",
        "inscribed_year",
        "updated_at",
        Languages("summary"),
        Languages("description"),
    )
    known: set[int] = set()
    in_places: dict[int, set[int]] = {}
    for pk, place, latitude, longitude, year, changed, *languages in rows.iterator(CHUNK):
        facts.sites.append(pk)
        facts.times.add(pk, microseconds(changed))
        known.add(pk)
        if place:
            in_places[pk] = broader[place]  # shared by all sites of the place
        if latitude is not None and longitude is not None:
            facts.points.add(pk, latitude, longitude)
        if year is not None:
            facts.add("inscribed", pk, year)
        facts.add("language", pk, *{code for codes in languages for code in (codes or "").split()})
    for pk, place in _pairs(Site.also_in.through, "site_id", "place_id", ids):
        if pk in known:
            in_places[pk] = in_places.get(pk, set()) | broader[place]
    _add_all(facts, "place", in_places)
    return known


def _add_eras(facts: Facts, broader, known, ids) -> None:
    by_role: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    rows = _of(SiteEra.objects.all(), "site_id", ids).values_list("site_id", "era_id", "role")
    for pk, era, role in rows.iterator(CHUNK):
        if pk in known:
            if role != SiteEra.Role.WITHIN:  # that is no statement, and asked for by itself
                by_role["era"][pk] |= broader[era]
            by_role[f"era.{role}"][pk] |= broader[era]
    for name, found in by_role.items():
        _add_all(facts, name, found)


def _add_spans(facts: Facts, known, ids) -> None:
    """The years of dated events, by the role that the event's kind has."""
    columns = ("site_id", "kind", "first_year", "last_year")
    rows = _of(Event.objects.all(), "site_id", ids).values_list(*columns)
    for pk, kind, first, last in rows.iterator(CHUNK):
        if pk in known and not (first is None and last is None):
            role = Event.ROLES.get(kind, Event.Role.OTHER)
            first, last = NO_FIRST if first is None else first, NO_LAST if last is None else last
            facts.spans[role].add(pk, first, last)


def _add_coverages(facts: Facts, known, ids) -> None:
    """UNESCO status, and what the entries say that are in force."""
    covered: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    found: dict[tuple[str, int], set] = defaultdict(set)
    listed: dict[int, list[int]] = defaultdict(list)  # sites by World Heritage entry
    columns = ("standing", "scheme_id", "category_id", "batch", "scheme__role")
    rows = _of(Coverage.objects.all(), "site_id", ids).values_list(
        "site_id", "extent", "designation_id", *(f"designation__{name}" for name in columns)
    )
    for pk, extent, entry, standing, scheme, category, batch, role in rows.iterator(CHUNK):
        if pk not in known:
            continue
        covered[pk].append((role, standing, extent))
        if role == Scheme.Role.WORLD_HERITAGE:
            found["covered", pk].add(role)
        if standing in IN_FORCE:
            found["scheme", pk].add(scheme)
            if category is not None:
                found["category", pk].add(category)
            if batch is not None:
                found["batch", pk].add(f"{scheme}.{batch}")
            if role == Scheme.Role.WORLD_HERITAGE:
                listed[entry].append(pk)
    for entry, criterion in _criteria(None if ids is None else list(listed)):
        for pk in listed.get(entry, ()):
            found["criterion", pk].add(criterion)
    for (name, pk), values in found.items():
        facts.add(name, pk, *values)
    for pk in known:
        facts.add("unesco", pk, *statuses_of(covered.get(pk, ())))


def _criteria(entries: list[int] | None) -> Iterator[tuple[int, int]]:
    """(World Heritage entry, criterion)."""
    columns = ("worldheritage__designation_id", "schemeterm_id")
    rows = _of(WorldHeritage.criteria.through.objects.all(), columns[0], entries)
    return rows.values_list(*columns).iterator(CHUNK)


def _add_images(facts: Facts, known, ids) -> None:
    images = _of(Image.objects.published(), "site_id", ids).values_list("site_id", flat=True)
    for pk in known.intersection(images.iterator(CHUNK)):
        facts.add("has", pk, "image")


def _add_visiting(facts: Facts, known, ids) -> None:
    """Who has facts to show, and the hours to rely on: one value for all sites with the same."""
    shown: set[int] = set()
    for model in (Opening, Price, VisitingFact):
        rows = _of(model.objects.shown(), "site_id", ids).values_list("site_id", flat=True)
        shown.update(rows.iterator(CHUNK))
    columns = ("site_id", "opens", "closes", "weekdays", "season_from", "season_to")
    hours: dict[int, set[str]] = defaultdict(set)
    rows = _of(Opening.objects.dependable(), "site_id", ids).values_list(*columns)
    for pk, opens, closes, *days in rows.iterator(CHUNK):
        is_open = opens is not None and closes is not None
        hours[pk].add(",".join(("open" if is_open else "closed", *days)))
    _add_all(facts, "hours", {pk: hours[pk] for pk in known & hours.keys()})
    for pk in known & shown:
        facts.add("has", pk, "visiting")


def _add_notices(facts: Facts, known, ids) -> None:
    """From when to when whole sites are closed."""
    closed: dict[int, set[str]] = defaultdict(set)
    rows = _of(Notice.objects.filter(is_closed=True), "site_id", ids)
    for pk, begins, ends in rows.values_list("site_id", "begins", "ends").iterator(CHUNK):
        closed[pk].add(f"{begins or ''},{ends or ''}")
    _add_all(facts, "closed", {pk: closed[pk] for pk in known & closed.keys()})


# --- reading ---------------------------------------------------------------------------------


def _add_all(facts: Facts, name: str, found: dict[int, Iterable]) -> None:
    for pk, values in found.items():
        facts.add(name, pk, *values)


def _closed(pairs, broader, known) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for pk, term in pairs:
        if pk in known:
            found[pk] |= broader[term]
    return found


def _broader(model) -> dict[int, set[int]]:
    """Of each term: itself and all broader ones."""
    parents = dict(model.objects.values_list("pk", "parent_id"))
    lines = {}
    for pk in parents:
        line, term = set(), pk
        while term is not None and term not in line:
            line.add(term)
            term = parents.get(term)
        lines[pk] = line
    return lines


def _pairs(through, near: str, far: str, ids) -> Iterator[tuple[int, int]]:
    return _of(through.objects.all(), near, ids).values_list(near, far).iterator(CHUNK)


def _of(rows, column: str, ids):
    rows = rows.order_by()
    return rows if ids is None else rows.filter(**{f"{column}__in": ids})
