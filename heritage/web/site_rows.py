"""The rows that a site's page is made of, read for one site.

They lie in a dozen tables, and most sites have rows in a few: one question tells in which, and the
others are not asked. Terms come from the vocabularies in memory.
"""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects
from django.utils import timezone

from heritage.catalogue.vocabulary import Vocabulary
from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Event,
    Identifier,
    Image,
    Name,
    Notice,
    Opening,
    PartOf,
    Price,
    Site,
    VisitingFact,
)
from heritage.models.prepared import Prepared

_WITH_SOURCE = "source__licence"


def _terms(name: str, *related: str) -> Prepared:
    """The rows that tie sites to terms; the terms come along."""
    rows = getattr(Site, name).through.objects
    target = Site._meta.get_field(name).m2m_reverse_field_name()
    related = [f"{target}__{each}" for each in related] or [target]
    return Prepared(lambda ids: rows.filter(site__in=ids).select_related(*related).order_by(target))


def _parts(own: str, other: str) -> Prepared:
    public = PartOf.objects.filter(part__state="published", whole__state="published")
    return Prepared(lambda ids: public.filter(**{f"{own}__in": ids}).select_related(other))


def _checked(model) -> Prepared:
    """Of what a traveller needs only what is checked."""
    rows = model.objects.checked().select_related(_WITH_SOURCE)
    return Prepared(lambda ids: rows.filter(site__in=ids))


# How the rows are read that Site has under these names.
_ROWS = {
    "kinds": _terms("kinds"),
    "also_in": _terms("also_in"),
    "sources": _terms("sources", "licence"),
    "identifiers": Prepared(
        lambda ids: Identifier.objects.filter(site__in=ids).select_related("scheme")
    ),
    "names": Prepared(lambda ids: Name.objects.filter(site__in=ids).select_related(_WITH_SOURCE)),
    "events": Prepared(lambda ids: Event.objects.filter(site__in=ids).select_related(_WITH_SOURCE)),
    "coverages": Prepared(
        lambda ids: Coverage.objects.filter(site__in=ids).select_related(
            _WITH_SOURCE,
            *(
                f"designation__{name}"
                for name in (
                    *("scheme", "category", "source__licence"),
                    *("superseded_by__scheme", "world_heritage"),
                )
            ),
        )
    ),
    "part_of": _parts("part", "whole"),
    "parts": _parts("whole", "part"),
    "images": Prepared(
        lambda ids: Image.objects.filter(published=True, site__in=ids).select_related("licence")
    ),
    "openings": _checked(Opening),
    "prices": _checked(Price),
    "visitingfacts": _checked(VisitingFact),
    "notices": None,  # those of today: asked anew
}
_entry_events = Prepared(lambda ids: DesignationEvent.objects.filter(designation__in=ids))
_site = Prepared(lambda slugs: Site.objects.published().for_page().filter(slug__in=slugs), of=str)


def published_site(slug: str) -> Site | None:
    """With what its own row refers to."""
    return next(iter(_site.rows([slug])), None)


def add_rows(site: Site, known: Vocabulary) -> None:
    """Load all that the page says; the site's managers and `public_images` then ask no more."""
    present = _present(site.pk)
    rows = {name: _rows(site, name) if name in present else [] for name in _ROWS}
    site.public_images = rows.pop("images")
    for name, found in rows.items():
        _keep(site, name, found)
    _add_terms(site, known)
    _add_entries([coverage.designation for coverage in site.coverages.all()])


def _rows(site: Site, name: str) -> list:
    relation = Site._meta.get_field(name)
    if name == "notices":
        today = Notice.objects.current(timezone.localdate())
        rows = today.filter(site=site).select_related(_WITH_SOURCE)
    else:
        rows = _ROWS[name].rows([site.pk])
    if relation.many_to_many:
        return [getattr(row, relation.m2m_reverse_field_name()) for row in rows]
    for row in rows:
        relation.field.set_cached_value(row, site)
    return list(rows)


def _keep(row, name: str, found: list) -> None:
    """As Django leaves rows that it has looked up: the manager's `all()` asks no more."""
    rows: QuerySet = getattr(row, name).all()
    rows._result_cache, rows._prefetch_done = found, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


def _add_entries(entries: list[Designation]) -> None:
    """What entries of registers say that stands in tables of its own."""
    events: dict[int, list] = {entry.pk: [] for entry in entries}
    for event in _entry_events.rows(events):
        events[event.designation_id].append(event)
    for entry in entries:
        _keep(entry, "events", events[entry.pk])
    listed = [entry.world_heritage for entry in entries if hasattr(entry, "world_heritage")]
    prefetch_related_objects(listed, "criteria", "regions", "states")


def _present(site_id: int) -> set[str]:
    """The names of those of its relations in which the site has a row."""
    (found,) = _is_there.rows([site_id])
    return {name for name, is_there in zip(_ROWS, found, strict=True) if is_there}


def _tables() -> Iterator[Exists]:
    for name in _ROWS:
        relation = Site._meta.get_field(name)
        if relation.many_to_many:
            rows = relation.remote_field.through.objects.filter(site=OuterRef("pk"))
        else:
            rows = relation.related_model.objects.filter(**{relation.field.name: OuterRef("pk")})
        yield Exists(rows.order_by())


_is_there = Prepared(lambda ids: Site.objects.filter(pk__in=ids).order_by().values_list(*_tables()))


def _add_terms(site: Site, known: Vocabulary) -> None:
    eras, places = known.eras.terms, known.places.terms
    site.place = places.get(site.place_id)
    for place in site.also_in.all():
        place.parent = places.get(place.parent_id)
    for event in site.events.all():
        event.first_era, event.last_era = eras.get(event.first_era_id), eras.get(event.last_era_id)
