"""Reads what cards show, for many sites at once.

Three queries for any number of sites, or four if one has a photograph, and only the columns
that are shown. Terms come from the vocabularies in memory, status and protection from the
index.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from pyroaring import BitMap

from heritage.models import (
    Designation,
    DesignationEvent,
    Era,
    Event,
    Image,
    Kind,
    Place,
    Scheme,
    SchemeTerm,
    Site,
    UnescoStatus,
)
from heritage.models.events import first_beginning
from heritage.search import vocabulary
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.vocabulary import TermTree, Vocabulary
from heritage.values.language import LanguageMap

_EVENT = (
    *("kind", "date", "first_era_id", "last_era_id", "certainty", "source_id"),
    *("first_year", "last_year"),
)


@dataclass(slots=True)
class Summary:
    """A published site with what is said of it at a glance."""

    pk: int
    uid: str
    slug: str
    name: LanguageMap
    inscribed_year: int | None
    place: Place | None
    cover: str = ""
    public_latitude: float | None = None
    public_longitude: float | None = None
    kinds: list[Kind] = field(default_factory=list)  # the telling one first
    beginning: Event | None = None  # the event that says how old it is
    dates: list[str] = field(default_factory=list)  # of all events, in their order
    standing: list[Event] = field(default_factory=list)  # what says from when that is which stands
    status: UnescoStatus = UnescoStatus.NONE  # that of the badge
    danger_since: int | None = None  # the year, of one in danger
    criteria: list[str] = field(default_factory=list)  # of World Heritage, whole or in part
    protection: Scheme | None = None  # the first legal one in force
    photograph: Image | None = None


def read(index: IndexSnapshot, ids: Iterable[int]) -> list[Summary]:
    """Summaries in the order of the ids; a site withdrawn meanwhile is left out."""
    ids = list(ids)
    terms = vocabulary.of(index)
    rows = Site.objects.published().filter(pk__in=ids).order_by()
    columns = ("pk", "uid", "slug", "name", "inscribed_year", "place_id")
    drawn = ("cover", "public_latitude", "public_longitude")
    found = {
        pk: Summary(pk, uid, slug, name, year, terms.places.get(place), *cover)
        for pk, uid, slug, name, year, place, *cover in rows.values_list(*columns, *drawn)
    }
    _add_kinds(found, terms)
    _add_beginnings(found, terms)
    _add_registers(found, terms, index)
    _add_photographs(found, index)
    return [found[pk] for pk in ids if pk in found]


def texts(ids: Iterable[int]) -> dict[int, LanguageMap]:
    """The summaries themselves, which few pages show."""
    rows = Site.objects.filter(pk__in=list(ids)).order_by()
    return dict(rows.values_list("pk", "summary"))


def _add_kinds(found: dict[int, Summary], terms: Vocabulary) -> None:
    order = terms.kinds.order
    rows = Site.kinds.through.objects.filter(site__in=list(found))
    pairs = rows.values_list("site_id", "kind_id")
    for site, kind in sorted(pairs, key=lambda pair: order[pair[1]]):
        found[site].kinds.append(terms.kinds.terms[kind])


def _add_beginnings(found: dict[int, Summary], terms: Vocabulary) -> None:
    rows: dict[int, list[list[Any]]] = defaultdict(list)
    eras, columns = terms.eras, ("site_id", *_EVENT)
    for site, *event in Event.objects.filter(site__in=list(found)).values_list(*columns):
        rows[site].append(event)
    kind, date = itemgetter(_EVENT.index("kind")), itemgetter(_EVENT.index("date"))
    for site, events in rows.items():
        of_standing = [row for row in events if Event.ROLES.get(kind(row)) == Event.Role.STANDING]
        found[site].dates = [date(row) for row in events]
        found[site].standing = [_event(row, eras) for row in of_standing]
        beginning = first_beginning(events, kind)
        found[site].beginning = _event(beginning, eras) if beginning else None


def _event(values: list[Any], eras: TermTree[Era]) -> Event:
    event = Event.from_db(None, _EVENT, values)
    event.first_era, event.last_era = eras.get(event.first_era_id), eras.get(event.last_era_id)
    return event


def _add_registers(found: dict[int, Summary], terms: Vocabulary, index: IndexSnapshot) -> None:
    here = BitMap(found)
    for status in reversed(UnescoStatus):  # the first of them comes last, and stays
        for pk in index.having(f"unesco:{status}") & here:
            found[pk].status = status
    if any(row.status == UnescoStatus.IN_DANGER for row in found.values()):
        since = danger_since(index)
        for pk, row in found.items():
            if row.status == UnescoStatus.IN_DANGER:
                row.danger_since = since.get(pk)
    criteria = [term for term in terms.terms if term.facet == SchemeTerm.Facet.CRITERION]
    for term in sorted(criteria, key=attrgetter("order", "code")):
        for pk in index.having(f"criterion:{term.pk}") & here:
            found[pk].criteria.append(term.code)
    for scheme in reversed(terms.schemes.values()):
        if scheme.role == Scheme.Role.PROTECTION:
            for pk in index.having(f"scheme:{scheme.pk}") & here:
                found[pk].protection = scheme


def danger_since(index: IndexSnapshot) -> dict[int, int]:
    """By site, since when a property in danger is so; asked once until one of them is written."""
    memory = index.world_heritage_memory
    if "danger since" not in memory:
        rows = DesignationEvent.objects.filter(
            kind=DesignationEvent.Kind.IN_DANGER,
            designation__standing=Designation.Standing.IN_DANGER,
            designation__scheme__role=Scheme.Role.WORLD_HERITAGE,
            first_year__isnull=False,
        ).order_by("first_year")
        pairs = rows.values_list("designation__coverages__site_id", "first_year")
        memory["danger since"] = dict(pairs)  # the last time
    return memory["danger since"]


def _add_photographs(found: dict[int, Summary], index: IndexSnapshot) -> None:
    pictured = index.having("has:image") & BitMap(found)
    images = Image.objects.published().filter(site__in=list(pictured)).order_by("-order", "-uid")
    for image in images:
        found[image.site_id].photograph = image
