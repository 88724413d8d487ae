"""Web Mercator: the world as a square of side 1, from its upper left corner.

A tile has 512 pixels; zoom 0 shows the world in one, and each further zoom twice as large.
"""

from math import atan, cos, degrees, exp, log, pi, radians, tan

import numpy as np

TILE = 512  # pixels
EDGE = 85.0511287798066  # degrees of latitude where the square ends
_EARTH_M = 40_075_016.686  # around the equator


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """East and south in the square; beyond its edges in latitude, on them."""
    latitude = min(max(latitude, -EDGE), EDGE)
    return longitude / 360 + 0.5, 0.5 - log(tan(pi / 4 + radians(latitude) / 2)) / (2 * pi)


def unproject(x: float, y: float) -> tuple[float, float]:
    """Longitude, which may be beyond 180°, and latitude."""
    return (x - 0.5) * 360, degrees(2 * atan(exp((0.5 - y) * 2 * pi)) - pi / 2)


def metres_per_pixel(latitude: float, zoom: float) -> float:
    return _EARTH_M * cos(radians(latitude)) / (TILE * 2**zoom)


def latitudes(y: np.ndarray) -> np.ndarray:
    """Degrees of many places south in the square."""
    return np.degrees(2 * np.arctan(np.exp((0.5 - y) * 2 * pi)) - pi / 2)
