"""What lies near a site: by public points only, so that a blurred one stays blurred."""

from dataclasses import dataclass

from pyroaring import BitMap

from heritage.catalogue.index import columns
from heritage.catalogue.index.state import State
from heritage.models import Site


@dataclass(frozen=True, slots=True)
class Neighbour:
    site: Site
    km: float


def nearby(index: State, site: Site, within_km: float = 50, limit: int = 6) -> list[Neighbour]:
    """Published sites around a site's public point, the nearest first, without itself."""
    if site.public_latitude is None:
        return []
    here = (site.public_latitude, site.public_longitude)
    around = columns.around(index.points, here, within_km)
    ids = around.slice(columns.bitmap(around.ids) - BitMap([site.pk]), 0, limit)
    km = around.km_of(ids)
    sites = Site.objects.published().only(
        "slug", "uid", "name", "public_latitude", "public_longitude"
    )
    found = sites.in_bulk(ids)
    return [Neighbour(found[pk], km[pk]) for pk in ids if pk in found]
