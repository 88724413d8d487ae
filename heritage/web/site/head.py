"""Meta tags of the page of a site."""

from django.http import HttpRequest
from django.utils import timezone

from heritage.formats import Addresses, jsonld, sentence
from heritage.web.media import previews
from heritage.web.shared.context import identity
from heritage.web.shared.meta_tags import Head, describe, head_of
from heritage.web.site.page import SitePage


def site_head(request: HttpRequest, page: SitePage) -> Head:
    """A published site's page."""
    who = identity(request)
    picture = request.build_absolute_uri(previews.address_of(page.rows))
    today = timezone.localdate()
    document = jsonld.site_document(page.rows, Addresses.of_request(request), who, today, picture)
    return head_of(
        request,
        title=page.title,
        description=describe(str(page.summary)) or sentence.of_rows(page.rows),
        kind="article",
        picture=picture,
        picture_alt=page.title,
        jsonld=jsonld.as_script(document),
    )
