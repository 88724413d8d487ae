"""Reads what cards show, for many sites at once.

Three queries for any number of sites, or five if one has a photograph, and only the columns
that are shown. Terms come from the vocabularies in memory, status and protection from the
index.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson
from pyroaring import BitMap

from heritage.models import (
    Designation,
    DesignationEvent,
    Event,
    Image,
    Kind,
    Place,
    Register,
    RegisterTerm,
    Site,
    UnescoStatus,
    age_events,
    exact_dates,
    first_beginning,
    shown_name,
)
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.search.page_rows.plain_sql import add_renditions, rows_by_key, values_by_key
from heritage.server.caches import CacheKey
from heritage.values.language import LanguageMap

_SITE = (
    *("id", "uid", "slug", "name", "short_name", "hook", "inscribed_year", "place_id", "cover"),
    *("public_latitude", "public_longitude", "state"),
)
_EVENT = (
    *("id", "uid", "site_id", "kind", "date", "first_era_id", "last_era_id", "certainty"),
    *("source_id", "first_year", "last_year"),
)
_NO_TEXT = "{}"  # of most sites, for a short name and a hook
_DANGER_SINCE: CacheKey[dict[int, int]] = CacheKey("years since which sites are in danger")


@dataclass(slots=True)
class CardData:
    """What a card shows of a published site."""

    pk: int
    uid: str
    slug: str
    shown_name: LanguageMap
    hook: LanguageMap
    inscribed_year: int | None
    place: Place | None
    cover: str = ""
    public_latitude: float | None = None
    public_longitude: float | None = None
    kinds: list[Kind] = field(default_factory=list)  # the one that gives the scene comes first
    beginning: Event | None = None  # the event that gives the age
    dates: list[str] = field(default_factory=list)  # exact ones of all events, in their order
    completed: Event | None = None  # the first event of that kind that has a date
    age: list[Event] = field(default_factory=list)  # what stands, or what it dates from
    status: UnescoStatus = UnescoStatus.NONE  # that of the badge
    danger_since: int | None = None  # the year, of one in danger
    criteria: list[str] = field(default_factory=list)  # of World Heritage, whole or in part
    protection: Register | None = None  # the first legal one in force
    photograph: Image | None = None


def read_cards(index: IndexSnapshot, ids: Iterable[int]) -> list[CardData]:
    """Cards in the order of the ids, without sites that were withdrawn meanwhile."""
    ids = list(ids)
    terms = index.vocabulary
    found: dict[int, CardData] = {}
    for pk, uid, slug, *texts, year, place, cover, latitude, longitude, state in values_by_key(
        Site, "id", ids, _SITE
    ):
        if state == Site.State.PUBLISHED:
            name, short, hook = (
                LanguageMap(orjson.loads(text)) if text != _NO_TEXT else LanguageMap()
                for text in texts
            )
            found[pk] = CardData(
                pk,
                uid,
                slug,
                shown_name(name, short),
                hook,
                year,
                terms.places.get(place),
                cover,
                latitude,
                longitude,
            )
    _add_kinds(found, terms)
    _add_beginnings(found, terms)
    _add_registers(found, terms, index)
    _add_photographs(found, index)
    return [found[pk] for pk in ids if pk in found]


def _add_kinds(found: dict[int, CardData], terms: Vocabulary) -> None:
    order = terms.kinds.order
    pairs = values_by_key(Site.kinds.through, "site_id", found, ("site_id", "kind_id"))
    known = (pair for pair in pairs if pair[1] in order)  # another is newer than the vocabularies
    for site, kind in sorted(known, key=lambda pair: order[pair[1]]):
        found[site].kinds.append(terms.kinds.terms[kind])


def _add_beginnings(found: dict[int, CardData], terms: Vocabulary) -> None:
    rows: dict[int, list[Event]] = defaultdict(list)
    for event in rows_by_key(Event, "site_id", found, _EVENT, in_order=True):
        rows[event.site_id].append(event)
    for site, events in rows.items():
        beginning = first_beginning(events)
        age = age_events(events)
        completed = next((e for e in events if e.kind == Event.Kind.COMPLETED and e.date), None)
        for shown in (beginning, completed, *age):
            if shown:
                shown.first_era = terms.eras.get(shown.first_era_id)
                shown.last_era = terms.eras.get(shown.last_era_id)
        found[site].dates = exact_dates(events)
        found[site].beginning, found[site].completed = beginning, completed
        found[site].age = age


def _add_registers(found: dict[int, CardData], terms: Vocabulary, index: IndexSnapshot) -> None:
    here = BitMap(found)
    for status in reversed(UnescoStatus):  # the first of them comes last, and stays
        for pk in index.having("unesco", status) & here:
            found[pk].status = status
    if any(row.status == UnescoStatus.IN_DANGER for row in found.values()):
        since = danger_since(index)
        for pk, row in found.items():
            if row.status == UnescoStatus.IN_DANGER:
                row.danger_since = since.get(pk)
    for term in terms.terms.values():
        if term.facet == RegisterTerm.Facet.CRITERION:
            for pk in index.having("criterion", term) & here:
                found[pk].criteria.append(term.code)
    for register in reversed(terms.registers.values()):
        if register.role == Register.Role.PROTECTION:
            for pk in index.having("protection", register) & here:
                found[pk].protection = register


def danger_since(index: IndexSnapshot) -> dict[int, int]:
    """The first year of the present period in danger, by id of each site in danger; cached until
    a World Heritage entry, a site under one or a vocabulary is written."""
    return index.world_heritage_cache.get_or_set(_DANGER_SINCE, _danger_since)


def _danger_since() -> dict[int, int]:
    rows = DesignationEvent.objects.filter(
        kind=DesignationEvent.Kind.IN_DANGER,
        designation__standing=Designation.Standing.IN_DANGER,
        designation__register__role=Register.Role.WORLD_HERITAGE,
        first_year__isnull=False,
    ).order_by("first_year")
    pairs = rows.values_list("designation__coverages__site_id", "first_year")
    return {site: year for site, year in pairs if year is not None}  # the last time


def _add_photographs(found: dict[int, CardData], index: IndexSnapshot) -> None:
    pictured = index.having("has", "image") & BitMap(found)
    if not pictured:
        return
    shown = Image.objects.published().filter(site__in=list(pictured), on_cards=True)
    for image in shown.reverse():
        found[image.site_id].photograph = image
    add_renditions([row.photograph for row in found.values() if row.photograph])
