"""Where a site and its parts lie, as the public may know it."""

from heritage.models import Coverage, Site
from heritage.values.coordinates import Point

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


def spot_of(site: Site) -> tuple[Point, float | None] | None:
    """Its public point, or the centre of the district in which it lies somewhere; and the radius in
    km in which it lies around that, None if it is exact."""
    if site.public_point is not None:
        return site.public_point, uncertainty_km(site)
    district = site.district
    if district is None or district.circle is None:
        return None
    latitude, longitude, km = district.circle
    return (latitude, longitude), km
