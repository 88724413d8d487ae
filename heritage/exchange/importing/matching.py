"""Finds the site of a row without a key, by name and place together.

Many towns have a temple of the same name, and a famous one is often a part of a property, so a name
alone is never enough. Doubtful cases are questions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from heritage.exchange.importing.terms import PlaceNames, folded
from heritage.models import Coverage, Name, Place, Register, Site
from heritage.values.coordinates import Point, distance_km

SAME_KM = 2  # sites of one name that are nearer are the same
OTHER_KM = 50  # those that are farther apart are others
MOST = 12  # candidates that a question offers
_TOWNS = (Place.Level.CITY, Place.Level.COUNTY)


class NameIndex:
    """The sites by all their names, as hashes: some 12 bytes a name."""

    def __init__(self) -> None:
        names, sites, shown = [], [], []
        rows = Site.objects.order_by().values_list("pk", "name", "short_name")
        for pk, name, short_name in rows.iterator(2000):
            for each in {folded(text) for text in (*name.values(), *short_name.values())}:
                names.append(hash(each))
                sites.append(pk)
                shown.append(True)
        further = Name.objects.order_by().values_list("site_id", "text")
        for pk, text in further.iterator(2000):
            names.append(hash(folded(text)))
            sites.append(pk)
            shown.append(False)
        hashes = np.array(names, dtype=np.int64)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._sites = np.array(sites, dtype=np.int64)[order]
        self._shown = np.array(shown, dtype=bool)[order]

    def find(self, names: Iterable[str]) -> dict[int, bool]:
        """The sites that have one of these names, by id, and whether it is the displayed name."""
        found: dict[int, bool] = {}
        for name in {folded(name) for name in names} - {""}:
            first = np.searchsorted(self._hashes, hash(name), "left")
            last = np.searchsorted(self._hashes, hash(name), "right")
            for at in range(first, last):
                pk = int(self._sites[at])
                found[pk] = found.get(pk, False) or bool(self._shown[at])
        return found


class Verdict(Enum):
    SAME = "same"
    MAYBE = "maybe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The facts of a row by which its site is found."""

    names: tuple[str, ...]
    place: int | None  # the narrowest that it names
    point: Point | None
    registers: frozenset[int]  # in which it has an entry of its own


@dataclass(slots=True)
class Candidate:
    site: Site
    is_shown_name: bool
    entries: list[tuple[int, str, bool]]  # register, its role, whether the property has parts
    verdict: Verdict = Verdict.MAYBE


def candidates(found: dict[int, dict[int, bool]]) -> dict[int, list[Candidate]]:
    """The sites of a batch of rows, by the row's number: a few queries for all of them."""
    ids = {pk for sites in found.values() for pk in sites}
    sites = Site.objects.select_related("place__parent__parent").in_bulk(list(ids))
    entries: dict[int, list[tuple[int, str, bool]]] = {}
    coverages = Coverage.objects.filter(site__in=ids, extent=Coverage.Extent.WHOLE).order_by()
    columns = ("site_id", "designation__register_id", "designation__register__role")
    parts = set(
        coverages.filter(designation__points__number__gt=1).values_list("site_id", flat=True)
    )
    for pk, register, role in coverages.values_list(*columns):
        entries.setdefault(pk, []).append((register, role, pk in parts))
    return {
        number: [
            Candidate(sites[pk], is_shown, entries.get(pk, []))
            for pk, is_shown in of_row.items()
            if pk in sites
        ]
        for number, of_row in found.items()
    }


def judge(wanted: Wanted, found: Candidate, places: PlaceNames) -> Verdict:
    site = found.site
    km = None
    if wanted.point and site.latitude is not None and site.longitude is not None:
        km = distance_km(wanted.point, (site.latitude, site.longitude))
        if km > OTHER_KM:
            return Verdict.OTHER
    is_here = _is_here(wanted.place, site.place_id, places)
    if is_here is False and (km is None or km > SAME_KM):
        return Verdict.OTHER
    if not (is_here or (km is not None and km <= SAME_KM)):
        return Verdict.MAYBE
    if not found.is_shown_name:
        return Verdict.MAYBE  # perhaps a part: 佛光寺 is a name of 五台山, too
    for register, role, has_parts in found.entries:
        if register in wanted.registers:
            return Verdict.MAYBE  # which is another entry of the same register
        if role == Register.Role.WORLD_HERITAGE and has_parts:
            return Verdict.MAYBE
    return Verdict.SAME


def _is_here(one: int | None, other: int | None, places: PlaceNames) -> bool | None:
    """Whether both are in one town; None if that is not known."""
    if one is None or other is None:
        return None
    line, others = places.line(one), places.line(other)
    if one in others or other in line:
        broader = one if one in others else other
        return True if places.level(broader) in _TOWNS else None
    common = next((pk for pk in line if pk in others), None)
    # Two counties of one city have sites of one name; a border may have moved.
    return None if common is not None and places.level(common) in _TOWNS else False
