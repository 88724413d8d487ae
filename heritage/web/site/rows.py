"""Reads the rows that the page of a site shows.

They are in a dozen tables, and most sites have rows in a few of them: one query finds out in
which, and the others are not queried. Terms come from the vocabularies in memory.
"""

from datetime import date
from functools import cache, lru_cache

from django.db import connection
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from heritage.models import (
    Coverage,
    Event,
    Identifier,
    Image,
    Name,
    Notice,
    Opening,
    PartOf,
    Price,
    Site,
    Source,
    VisitingFact,
)
from heritage.search.vocabulary import Vocabulary

_WITH_SOURCE = "source__licence"
_WITH_SOURCES = (_WITH_SOURCE, "second_source__licence")


def published_site(slug: str) -> Site | None:
    """With what its own row refers to."""
    return Site.objects.published().for_page().filter(slug=slug).first()


def add_rows(site: Site, known: Vocabulary) -> None:
    """Load all that the page says; the site's managers and `public_images` then ask no more."""
    present, lookups = _present(site.pk), []
    for name, rows in _rows(timezone.localdate()).items():
        # Of nothing as few columns as may be: Django lists them before it sees that it is nothing.
        queryset = rows if name in present else rows.model.objects.only("pk").none()
        to_attr = {"to_attr": "public_images"} if name == "images" else {}
        lookups.append(Prefetch(name, queryset, **to_attr))
    prefetch_related_objects([site], *lookups)
    _add_terms(site, known)
    detail = "designation__world_heritage"
    related = ["designation__events"]
    related += [f"{detail}__{name}" for name in ("criteria", "regions", "states")]
    prefetch_related_objects(site.coverages.all(), *related)


@lru_cache(maxsize=2)  # yesterday's and today's: put together anew it takes a millisecond
def _rows(today: date) -> dict[str, QuerySet]:
    """What is read of each relation that the page shows; of the travellers' what may be shown."""
    public_parts = PartOf.objects.filter(part__state="published", whole__state="published")
    return {
        "kinds": Site.kinds.field.related_model.objects.all(),
        "also_in": Site.also_in.field.related_model.objects.all(),
        "sources": Source.objects.select_related("licence"),
        "identifiers": Identifier.objects.select_related("scheme"),
        "names": Name.objects.select_related(_WITH_SOURCE),
        "events": Event.objects.select_related(_WITH_SOURCE),
        "coverages": Coverage.objects.select_related(
            _WITH_SOURCE,
            *(
                f"designation__{name}"
                for name in (
                    *("scheme", "category", "source__licence"),
                    *("superseded_by__scheme", "world_heritage"),
                )
            ),
        ),
        "part_of": public_parts.select_related("whole"),
        "parts": public_parts.select_related("part"),
        # Not of published sites alone: editors see a preview.
        "images": Image.objects.filter(published=True).select_related("licence"),
        "openings": Opening.objects.shown().select_related(*_WITH_SOURCES),
        "prices": Price.objects.shown().select_related(*_WITH_SOURCES),
        "visitingfacts": VisitingFact.objects.shown().select_related(*_WITH_SOURCES),
        "notices": Notice.objects.current(today).select_related(_WITH_SOURCE),
    }


def _present(site_id: int) -> set[str]:
    """The names of those of its relations in which the site has a row."""
    statement, names = _is_there()
    with connection.cursor() as cursor:
        cursor.execute(statement, [site_id] * len(names))
        return {name for name, is_there in zip(names, cursor.fetchone(), strict=True) if is_there}


@cache
def _is_there() -> tuple[str, list[str]]:
    """One statement for all relations: put together by Django it takes longer than its answer."""
    quote, parts, names = connection.ops.quote_name, [], list(_rows(timezone.localdate()))
    for name in names:
        relation = Site._meta.get_field(name)
        if relation.many_to_many:
            table, column = relation.m2m_db_table(), relation.m2m_column_name()
        else:
            table, column = relation.related_model._meta.db_table, relation.field.column
        parts.append(f"EXISTS (SELECT 1 FROM {quote(table)} WHERE {quote(column)} = %s)")  # noqa: S608
    return f"SELECT {', '.join(parts)}", names


def _add_terms(site: Site, known: Vocabulary) -> None:
    eras, places = known.eras.terms, known.places.terms
    site.place = places.get(site.place_id)
    for place in site.also_in.all():
        place.parent = places.get(place.parent_id)
    for event in site.events.all():
        event.first_era, event.last_era = eras.get(event.first_era_id), eras.get(event.last_era_id)
