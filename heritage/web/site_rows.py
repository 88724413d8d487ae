"""The rows that a site's page is made of, read for one site.

They lie in a dozen tables, and most sites have rows in a few: one question tells in which, and the
others are not asked. Terms come from the vocabularies in memory.
"""

from functools import cache

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from heritage.catalogue.vocabulary import Vocabulary
from heritage.models import Coverage, Designation, Event, Image, Name, PartOf, Site
from heritage.web import visiting

_RELATIONS = (
    *("kinds", "also_in", "sources", "identifiers", "names", "events", "coverages"),
    *("part_of", "parts", "images", "notices", "openings", "prices", "visitingfacts"),
)
_ANY_SITE = -1


def add_rows(site: Site, known: Vocabulary, with_hidden_pictures: bool = False) -> None:
    """Load all that the page says; the site's managers and `public_images` then ask no more."""
    present = _present(site.pk)
    rows = {name: _rows(name, with_hidden_pictures) for name in _RELATIONS if name in present}
    if "images" not in rows:
        site.public_images = []
    prefetch_related_objects([site], *rows.values())
    # As Django itself leaves what it has looked up.
    empty = {name: getattr(site, name).none() for name in _RELATIONS if name not in rows}
    site.__dict__.setdefault("_prefetched_objects_cache", {}).update(empty)
    _add_terms(site, known)


def _rows(name: str, with_hidden_pictures: bool) -> str | Prefetch:
    """How the rows are read that Site has under this name."""
    match name:
        case "kinds" | "also_in":
            return name
        case "sources":
            return "sources__licence"
        case "identifiers":
            return "identifiers__scheme"
        case "names":
            return Prefetch(name, Name.objects.select_related("source__licence"))
        case "events":
            return Prefetch(name, Event.objects.select_related("source__licence"))
        case "coverages":
            return Prefetch(name, _coverages())
        case "part_of" | "parts":
            public = PartOf.objects.filter(part__state="published", whole__state="published")
            other = "whole" if name == "part_of" else "part"
            return Prefetch(name, public.select_related(other))
        case "images":
            pictures = Image.objects.select_related("licence")
            shown = pictures.filter(published=True)
            shown = shown if with_hidden_pictures else pictures.published()
            return Prefetch(name, shown, to_attr="public_images")
    return visiting.rows(name)


def _coverages():
    entries = Designation.objects.select_related(
        "scheme", "category", "source__licence", "superseded_by__scheme", "world_heritage"
    ).prefetch_related(
        "events",
        "world_heritage__criteria",
        "world_heritage__regions",
        "world_heritage__states",
    )
    return Coverage.objects.select_related("source__licence").prefetch_related(
        Prefetch("designation", entries)
    )


def _present(site_id: int) -> set[str]:
    """The names of those of its relations in which the site has a row."""
    sql, parameters = _question()
    with connection.cursor() as cursor:
        cursor.execute(sql, [site_id if each == _ANY_SITE else each for each in parameters])
        found = cursor.fetchone()
    return {name for name, is_there in zip(_RELATIONS, found, strict=True) if is_there}


@cache
def _question() -> tuple[str, tuple]:
    """Django's own statement, put together once: that takes longer than to ask it."""
    tables = []
    for name in _RELATIONS:
        relation = Site._meta.get_field(name)
        if relation.many_to_many:
            rows = relation.remote_field.through.objects.filter(site=OuterRef("pk"))
        else:
            rows = relation.related_model.objects.filter(**{relation.field.name: OuterRef("pk")})
        tables.append(Exists(rows.order_by()))
    asked = Site.objects.filter(pk=_ANY_SITE).order_by().values_list(*tables)
    return asked.query.sql_with_params()


def _add_terms(site: Site, known: Vocabulary) -> None:
    eras, places = known.eras.terms, known.places.terms
    site.place = places.get(site.place_id)
    for place in site.also_in.all():
        place.parent = places.get(place.parent_id)
    for event in site.events.all():
        event.first_era, event.last_era = eras.get(event.first_era_id), eras.get(event.last_era_id)
