"""Distances in words."""

from django.utils.formats import number_format
from django.utils.translation import pgettext


def distance_phrase(km: float) -> str:
    """ "800 m", "1.4 km", "12 km"."""
    if km < 0.95:
        metres = max(10, round(km * 1000, -2 if km >= 0.1 else -1))
        return pgettext("distance", "%(number)s m") % {"number": number_format(metres, 0)}
    decimals = 1 if km < 10 and round(km, 1) != round(km) else 0
    return pgettext("distance", "%(number)s km") % {
        "number": number_format(round(km, decimals), decimals)
    }
