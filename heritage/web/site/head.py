"""Meta tags of the page of a site, and how it is cited."""

from datetime import UTC, date

from django.http import HttpRequest
from django.utils import timezone

from heritage.formats import Addresses, jsonld, path_of, sentence
from heritage.models import Site
from heritage.search import page_rows
from heritage.web.media import previews
from heritage.web.shared.context import identity
from heritage.web.shared.meta_tags import Head, describe, head_of
from heritage.web.site.page import SitePage


def site_head(request: HttpRequest, page: SitePage) -> Head:
    """A published site's page."""
    picture = _picture(request, page.rows)
    return head_of(
        request,
        title=page.title,
        description=describe(str(page.summary)) or sentence.site_sentence(page.rows),
        kind="article",
        picture=picture,
        picture_alt=page.title,
        jsonld=jsonld.as_script(_document(request, page.rows, picture)),
        data=request.build_absolute_uri(path_of("web:site_data", page.site.slug)),
        manifest=request.build_absolute_uri(manifest) if (manifest := page.manifest) else "",
        permanent=Addresses.of_request(request).permanent(page.site),
    )


def site_document(request: HttpRequest, rows: page_rows.SiteRows) -> dict:
    """A published site as JSON-LD."""
    return _document(request, rows, _picture(request, rows))


def _document(request: HttpRequest, rows: page_rows.SiteRows, picture: str) -> dict:
    addresses, today = Addresses.of_request(request), timezone.localdate()
    return jsonld.site_document(rows, addresses, identity(request), today, picture)


def citation(request: HttpRequest, site: Site, day: date | None = None) -> dict[str, str]:
    """The addresses by which the place and this version of its page are cited.

    `day` is that of a former version. Without it the version is that of the last change; one that
    is made later on that day changes it, which the number of the change then tells.
    """
    permanent = Addresses.of_request(request).permanent(site)
    day = day or site.public_changed_at.astimezone(UTC).date()
    return {"permanent_url": permanent, "version_url": f"{permanent}?at={day.isoformat()}"}


def _picture(request: HttpRequest, rows: page_rows.SiteRows) -> str:
    return request.build_absolute_uri(previews.address_of(rows))
