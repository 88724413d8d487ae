"""What lies near a site: by public points only, so that a blurred one stays blurred."""

from dataclasses import dataclass
from math import cos, radians

from django.db.models import Case, F, FloatField, Q, When

from heritage.models import Site
from heritage.values.coordinates import KM_PER_DEGREE, distance_km


@dataclass(frozen=True, slots=True)
class Neighbour:
    site: Site
    km: float


def nearby(site: Site, within_km: float = 50, limit: int = 6) -> list[Neighbour]:
    """Published sites around a site's public point, the nearest first, without itself."""
    if site.public_latitude is None:
        return []
    here = (site.public_latitude, site.public_longitude)
    shrink = max(cos(radians(here[0])), 1e-6)  # of a degree of longitude towards the poles
    north, east = F("public_latitude") - here[0], (_longitude(here[1]) - here[1]) * shrink
    found = (
        Site.objects.published()
        .filter(_box(*here, within_km / KM_PER_DEGREE, within_km / KM_PER_DEGREE / shrink))
        .exclude(pk=site.pk)
        .order_by(north * north + east * east, "pk")
        .only("slug", "uid", "name", "public_latitude", "public_longitude")[: limit * 2]
    )
    neighbours = [
        Neighbour(other, distance_km(here, (other.public_latitude, other.public_longitude)))
        for other in found
    ]
    inside = [neighbour for neighbour in neighbours if neighbour.km <= within_km]
    return sorted(inside, key=lambda neighbour: neighbour.km)[:limit]


def _longitude(middle: float) -> Case:
    """The longitude counted so that it runs on across 180°: never more than half a turn away."""
    longitude = F("public_longitude")
    return Case(
        When(public_longitude__gt=middle + 180, then=longitude - 360),
        When(public_longitude__lt=middle - 180, then=longitude + 360),
        default=longitude,
        output_field=FloatField(),
    )


def _box(latitude: float, longitude: float, north: float, east: float) -> Q:
    """Points within so many degrees each way; across 180° too."""
    rows = Q(public_latitude__range=(latitude - north, latitude + north))
    if east >= 180 or abs(latitude) + north >= 90:  # around a pole, or round the globe
        return rows
    west_end, east_end = longitude - east, longitude + east
    columns = Q(public_longitude__range=(west_end, east_end))
    if west_end < -180:
        columns |= Q(public_longitude__gte=west_end + 360)
    if east_end > 180:
        columns |= Q(public_longitude__lte=east_end - 360)
    return rows & columns
