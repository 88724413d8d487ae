"""Conversion between astronomical and historical years, and the range of years.

Stored years are *astronomical*, as in EDTF and ISO 8601: 0 is 1 BCE, -1299 is 1300 BCE. People
and the data files count *historically*: -1300 is 1300 BCE, and there is no year 0. From 1 CE on
both are the same. Only this module converts.
"""

from django.utils.translation import gettext as _

# From the first stone tools that a site may show to the last year of four digits.
EARLIEST = -5_000_000
LATEST = 9999


def from_historical(year: int) -> int:
    """The astronomical year of a historical one: -1300 (1300 BCE) -> -1299.

    Raises ValueError for 0, which does not exist in historical counting.
    """
    if year == 0:
        raise ValueError(_("There is no year 0: write 1 BCE (-1 in data files) or 1 CE (1)."))
    return year + 1 if year < 0 else year


def to_historical(year: int) -> int:
    """The historical year of an astronomical one: 0 -> -1 (1 BCE), -1299 -> -1300. Never 0."""
    return year - 1 if year <= 0 else year


def check_range(year: int) -> int:
    """The astronomical year itself, if the catalogue can hold it; otherwise ValueError."""
    if not EARLIEST <= year <= LATEST:
        raise ValueError(
            _("The year must lie between %(earliest)s BCE and %(latest)s CE.")
            % {"earliest": f"{-to_historical(EARLIEST):,}", "latest": LATEST}
        )
    return year
