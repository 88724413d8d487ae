"""Sites near a site, by public points only: a blurred location stays blurred."""

from dataclasses import dataclass

from pyroaring import BitMap

from heritage.models import Site
from heritage.search import site_rows
from heritage.search.index import columns
from heritage.search.index.orders import PROMINENCE
from heritage.search.index.snapshot import IndexSnapshot
from heritage.values.coordinates import Point

_FIRST_SHARE = 10  # a tenth of the radius is searched first: where sites are many, that is enough


@dataclass(frozen=True, slots=True)
class Neighbour:
    site: Site
    km: float
    point: Point  # of the site, as the public sees it


def nearby(
    index: IndexSnapshot, site: Site, within_km: float = 50, limit: int = 6
) -> list[Neighbour]:
    """Published sites near a site's public point, nearest first, without itself."""
    if site.public_latitude is None or site.public_longitude is None:
        return []
    here = (site.public_latitude, site.public_longitude)
    found_near = columns.within_radius(index.points, here, within_km / _FIRST_SHARE)
    if len(found_near.ids) <= limit:  # else the nearest are among them
        found_near = columns.within_radius(index.points, here, within_km)
    ids = [pk for pk in found_near.slice(None, 0, limit + 1) if pk != site.pk][:limit]
    return _read(found_near, ids)


def reachable(index: IndexSnapshot, here: Point, within_km: float, limit: int) -> list[Neighbour]:
    """The best-known published sites around a point, nearest first."""
    around = columns.within_radius(index.points, here, within_km)
    ids = columns.bitmap(around.ids)
    known = BitMap(index.orders[PROMINENCE].slice(ids, 0, limit))
    return _read(around, around.slice(known, 0, limit))


def _read(around: columns.WithinRadius, ids: list[int]) -> list[Neighbour]:
    km = around.km_of(ids)
    found = site_rows.links(ids)
    return [
        Neighbour(site, km[pk], point)
        for pk in ids
        if (site := found.get(pk)) and (point := site.public_point)
    ]
