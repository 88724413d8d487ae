"""How the page of a site, and the place itself, are cited."""

from datetime import UTC, date

from django.http import HttpRequest

from heritage.formats import Addresses
from heritage.models import Site


def citation(request: HttpRequest, site: Site, day: date | None = None) -> dict[str, str]:
    """The addresses by which the place and this version of its page are cited.

    `day` is that of a former version. Without it the version is that of the last change; one that
    is made later on that day changes it, which the number of the change then tells.
    """
    permanent = Addresses.of_request(request).permanent(site)
    day = day or site.public_changed_at.astimezone(UTC).date()
    return {"permanent_url": permanent, "version_url": f"{permanent}?at={day.isoformat()}"}
