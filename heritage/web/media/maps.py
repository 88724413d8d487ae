"""The public points that maps show: of a site, of its parts, and of many sites."""

from pyroaring import BitMap

from heritage.cartography.sheets import MapPoint
from heritage.models import Coverage, Site
from heritage.search import IndexSnapshot, columns
from heritage.values.coordinates import Point

_MAX_DOTS = 3000  # dots: more of them on one map are evenly thinned
_CELL_REACH = 0.75  # of a blurred cell, from its middle to its corners and a little more
_TOWN_KM = 2  # from the middle of a town to its sites, if no accuracy is recorded


def parts_of(site: Site) -> tuple[Point, ...]:
    """The points of the parts of a property, as the public sees them; none for a blurred site."""
    rows = Coverage.objects.filter(site=site).component_points()
    return tuple((latitude, longitude) for _site, latitude, longitude in rows)


def uncertainty_km(site: Site) -> float | None:
    """The radius in km around the public point in which a site lies; None if the point is exact."""
    if site.public_blur_km:
        return site.public_blur_km * _CELL_REACH
    accuracy_km = (site.accuracy_m or 0) / 1000
    if site.precision == Site.Precision.TOWN:
        return max(accuracy_km, _TOWN_KM)
    return accuracy_km if site.precision == Site.Precision.APPROXIMATE else None


def spot_of(site: Site) -> MapPoint | None:
    """Its public point, or the circle of the district in which it lies somewhere."""
    if site.public_point is not None:
        return MapPoint(*site.public_point, uncertainty_km(site))
    district = site.district
    return MapPoint(*district.circle) if district and district.circle else None


def points_of(index: IndexSnapshot, hits: BitMap) -> tuple[Point, ...]:
    """The public points of some sites; of very many, evenly thinned."""
    return tuple(columns.some_points(index.points, hits - index.unplaced, _MAX_DOTS))
