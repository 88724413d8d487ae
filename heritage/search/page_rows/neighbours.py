"""Sites near a site, by measured public points of them and their parts: a blurred location stays
blurred."""

from dataclasses import dataclass
from functools import partial

from pyroaring import BitMap

from heritage.models import Site
from heritage.search.index import columns, page_dependencies
from heritage.search.index.orders import PROMINENCE
from heritage.search.index.snapshot import IndexSnapshot
from heritage.search.page_rows import site_rows
from heritage.values.coordinates import Point

# What the mark of a site on a map tells of where it lies.
MARK_COLUMNS = ("precision", "accuracy_m", "blur_km", "rule_blur_km", "boundary")
_FIRST_SHARE = 10  # a tenth of the radius is searched first: where sites are many, that is enough


@dataclass(frozen=True, slots=True)
class Neighbour:
    site: Site  # with what a link to it and its mark on a map need
    km: float
    point: Point  # the nearest of the site and its parts, as the public sees it


def nearby(
    index: IndexSnapshot, site: Site, within_km: float = 50, limit: int = 6
) -> list[Neighbour]:
    """Published sites near a site's public point, nearest first, without itself."""
    if site.public_latitude is None or site.public_longitude is None:
        return []
    here = (site.public_latitude, site.public_longitude)
    found_near = _around(index, here, within_km, limit)
    nearest = found_near.slice(None, 0, limit + 1)
    ids = [pk for pk in nearest if pk != site.pk][:limit]
    question = partial(_nearest, here=here, within_km=within_km, limit=limit)
    page_dependencies.answer(index, question, tuple(nearest))
    page_dependencies.sites(index, ids)
    return _with_sites(found_near, ids)


def _around(
    index: IndexSnapshot, here: Point, within_km: float, limit: int
) -> columns.WithinRadius:
    """More than `limit` sites around a point, or all within the radius."""
    found = index.around(here, within_km / _FIRST_SHARE, districts=False)
    if len(found.ids) <= limit:  # else the nearest are among them
        found = index.around(here, within_km, districts=False)
    return found


def _nearest(index: IndexSnapshot, here: Point, within_km: float, limit: int) -> tuple[int, ...]:
    """Their ids, the site itself among them."""
    return tuple(_around(index, here, within_km, limit).slice(None, 0, limit + 1))


def reachable(index: IndexSnapshot, here: Point, within_km: float, limit: int) -> list[Neighbour]:
    """The best-known published sites around a point, nearest first."""
    around = index.around(here, within_km, districts=False)
    known = _known_best(index, around, limit)
    question = partial(_reachable, here=here, within_km=within_km, limit=limit)
    page_dependencies.answer(index, question, tuple(known))
    page_dependencies.sites(index, known)
    return _with_sites(around, around.slice(known, 0, limit))


def _known_best(index: IndexSnapshot, around: columns.WithinRadius, limit: int) -> BitMap:
    return BitMap(index.orders[PROMINENCE].slice(columns.bitmap(around.ids), 0, limit))


def _reachable(index: IndexSnapshot, here: Point, within_km: float, limit: int) -> tuple[int, ...]:
    around = index.around(here, within_km, districts=False)
    return tuple(_known_best(index, around, limit))


def _with_sites(around: columns.WithinRadius, ids: list[int]) -> list[Neighbour]:
    km, points = around.km_of(ids), around.points_of(ids)
    found = site_rows.linked_sites(ids, *MARK_COLUMNS)
    return [Neighbour(site, km[pk], points[pk]) for pk in ids if (site := found.get(pk))]
