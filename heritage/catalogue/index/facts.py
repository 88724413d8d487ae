"""What the index holds of each published site, read from the database.

A value is named `facet:id`. A term counts for all its broader terms too, so that a filter
by province or by dynasty is one bitmap.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from heritage.models import Coverage, Era, Kind, Place, Site, SiteEra
from heritage.models.unesco import statuses_of

CHUNK = 5_000


@dataclass(slots=True)
class Facts:
    """Ids of published sites, and of those with each value."""

    sites: array = field(default_factory=lambda: array("I"))
    values: dict[str, array] = field(default_factory=lambda: defaultdict(lambda: array("I")))


def read(site_ids: Iterable[int] | None = None) -> Facts:
    """The facts of these sites, or of all."""
    facts = Facts()
    trees = {model: _broader(model) for model in (Kind, Era, Place)}
    if site_ids is None:
        _read_chunk(facts, trees, None)
    else:
        ids = sorted(set(site_ids))
        for start in range(0, len(ids), CHUNK):
            _read_chunk(facts, trees, ids[start : start + CHUNK])
    return facts


def _read_chunk(facts: Facts, trees: dict, ids: list[int] | None) -> None:
    """`ids` None reads whole tables: a chunk of a million."""
    sites = Site.objects.published()
    sites = sites if ids is None else sites.filter(pk__in=ids)
    places = trees[Place]
    in_places: dict[int, set[int]] = defaultdict(set)
    known = set()
    for pk, place in sites.order_by("pk").values_list("pk", "place_id").iterator(CHUNK):
        known.add(pk)
        facts.sites.append(pk)
        if place:
            in_places[pk] |= places[place]
    for pk, place in _pairs(Site.also_in.through, "site_id", "place_id", ids):
        if pk in known:
            in_places[pk] |= places[place]
    _add(facts, "place", in_places)
    _add(
        facts,
        "kind",
        _closed(_pairs(Site.kinds.through, "site_id", "kind_id", ids), trees[Kind], known),
    )
    _add_eras(facts, trees[Era], known, ids)
    _add_coverages(facts, known, ids)


def _add_eras(facts: Facts, broader, known, ids) -> None:
    by_role: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    rows = _of(SiteEra.objects.all(), "site_id", ids).values_list("site_id", "era_id", "role")
    for pk, era, role in rows.iterator(CHUNK):
        if pk in known:
            by_role["era"][pk] |= broader[era]
            by_role[f"era.{role}"][pk] |= broader[era]
    for name, found in by_role.items():
        _add(facts, name, found)


def _add_coverages(facts: Facts, known, ids) -> None:
    """UNESCO status, and the registers whose entries are in force."""
    covered: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    schemes: dict[int, set[int]] = defaultdict(set)
    rows = _of(Coverage.objects.all(), "site_id", ids).values_list(
        "site_id",
        "extent",
        "designation__standing",
        "designation__scheme_id",
        "designation__scheme__role",
    )
    for pk, extent, standing, scheme, role in rows.iterator(CHUNK):
        if pk in known:
            covered[pk].append((role, standing, extent))
            if standing in ("in_force", "in_danger"):
                schemes[pk].add(scheme)
    _add(facts, "scheme", schemes)
    for pk in known:
        for status in statuses_of(covered.get(pk, ())):
            facts.values[f"unesco:{status}"].append(pk)


def _add(facts: Facts, name: str, found: dict[int, Iterable]) -> None:
    for pk, values in found.items():
        for value in values:
            facts.values[f"{name}:{value}"].append(pk)


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
