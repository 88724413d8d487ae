"""Dates sites of which readers see something else since a write (`SiteDate`).

Sitemaps, feeds and the headers and data of pages say that date, so that whoever reads the catalogue
again learns what is new. It moves when something that the page of a published site or its data say
was written: a column of the site, a row of its, an entry of a register that covers it, or what it
shows of a term or a source (`dependencies.COLUMN_EFFECTS`). It does not move for what nobody but
editors sees, such as a comment, a row that is not published, or the exact place of a point that is
blurred for the public.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import timezone

from heritage.models import Change, Designation, Site, SiteDate
from heritage.models.base import Record, chunks, untracked
from heritage.models.row_values import insert_rows
from heritage.models.sites import public_point
from heritage.models.unit_of_work import UnitOfWork, Written
from heritage.services.dependencies import SITES_OF, SITES_THAT_SHOW, ColumnEffect, effect_of

_POINT = frozenset({"latitude", "longitude"})


def date_sites(unit: UnitOfWork, written: Collection[Written], moved: set[int]) -> set[int]:
    """Date the sites that readers see otherwise; gives the ids of those that were written.

    `moved` are those whose public point was derived anew. Those that only show a term that was
    written are not given: they may be very many, and are dated by one statement for a vocabulary.
    """
    changed_state: set[int] = set()  # published, withdrawn or deleted
    found: dict[int, set[str]] = defaultdict(set)  # columns that differ, by site
    by_model: dict[type[Record], set[int]] = defaultdict(set)
    for row in unit.shown.keys() & written:  # not what a savepoint has taken back
        for (model, pk), columns in unit.shown[row].items():
            if row.model is Site and "state" in columns:
                changed_state.add(pk)
            elif model is Site:
                found[pk].update(columns)
            elif ColumnEffect.SHOWN in effect_of(model, columns):
                by_model[model].add(pk)
    entries = by_model.pop(Designation, set())
    only_points = {pk for pk, columns in found.items() if columns <= _POINT}
    sites = moved | found.keys() | set(SITES_OF[Designation](entries))
    sites -= _behind_a_blur(unit, only_points - moved)
    now, created = timezone.now(), unit.created[Site] - unit.deleted[Site]
    if unit.has_savepoints:  # which may have taken some back
        created = _stored(unit.created[Site])
    if created:  # what is copied from another database brings its date
        rows = [(pk, now) for pk in sorted(created)]
        insert_rows(SiteDate, ("site", "changed_at"), rows, ignore_conflicts=True)
    date(changed_state - created, now, of_any_state=True)
    date(sites - changed_state - created, now)
    for model, ids in by_model.items():
        if model in SITES_THAT_SHOW:
            _rows_of(SITES_THAT_SHOW[model](ids)).update(changed_at=now)
    return changed_state | sites


def date(
    site_ids: Iterable[int], now: datetime | None = None, *, of_any_state: bool = False
) -> None:
    """Date these sites, those that are published or all of them."""
    for chunk in chunks(sorted(site_ids)):
        rows = SiteDate.objects.filter(site__in=chunk) if of_any_state else _rows_of(chunk)
        rows.update(changed_at=now or timezone.now())


def _stored(site_ids: Iterable[int]) -> set[int]:
    """Those that are there."""
    found: set[int] = set()
    for chunk in chunks(list(site_ids)):
        found.update(untracked(Site).filter(pk__in=chunk).values_list("pk", flat=True))
    return found


def _rows_of(site_ids: Any) -> QuerySet[SiteDate]:
    """The dates of those of these sites that are published; the ids may be a query."""
    # A condition on the site's state would make the database join the table with itself.
    return SiteDate.objects.filter(site__in=Site.objects.published().filter(pk__in=site_ids))


def _behind_a_blur(unit: UnitOfWork, site_ids: set[int]) -> set[int]:
    """Those of which the point was written, and readers see the same by the rule of their kinds."""
    if not site_ids:
        return set()
    ruled = untracked(Site).filter(pk__in=site_ids, blur_km=None, rule_blur_km__gt=0)
    sites, before = ruled.in_bulk(), defaultdict[int, dict](dict)
    rows = Change.objects.filter(
        change_set=unit.change_set, model=ContentType.objects.get_for_model(Site)
    )
    for change in rows.filter(object_id__in=sites).order_by("-pk"):
        before[change.object_id] |= change.before or {}

    def is_as_it_was(site: Site) -> bool:
        row = {name: before[site.pk].get(name, getattr(site, name)) for name in _POINT}
        was = public_point(row["latitude"], row["longitude"], site.public_blur_km)
        return was == (site.public_latitude, site.public_longitude)

    return {pk for pk, site in sites.items() if is_as_it_was(site)}
