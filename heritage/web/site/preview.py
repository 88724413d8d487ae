"""The page of a site as editors look at it beside the form, as it is saved or as it is typed.

Nothing is written: what is typed is put into the columns of a site that is not saved, and of rows
that are not.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from heritage.models import Site
from heritage.values.point_reader import read_point
from heritage.web import meta_tags
from heritage.web.access import may_see
from heritage.web.responses import private
from heritage.web.site.page import site_page
from heritage.web.site.typed_rows import put_column, put_rows

_FRAMED: dict[str, Any] = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}
# Columns that the page does not show, and those that the box of the point says.
_LEFT_OUT = (
    *("id", "slug", "state", "featured", "prominence"),
    *("latitude", "longitude", "boundary"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp_override(_FRAMED)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The only page that may be shown in a frame, and only in one of our own."""
    site = Site.objects.filter(pk=pk).first()
    if site is None or not may_see(request, "view_site"):
        raise Http404
    saved_at, saved_point, is_typed = site.updated_at, site.public_point, request.method == "POST"
    unread = put_typed(site, request.POST) if is_typed else []

    def change(found: dict[str, list[Any]]) -> None:
        unread.extend(put_rows(site, request.POST, found))

    page = site_page(site, change if "coordinates_initial" in request.POST else None)
    if site.public_point != saved_point:
        page = replace(page, land=None)  # a picture with an address of its own, of what is saved
    context = {
        "page": page,
        "head": meta_tags.hidden(page.title),
        "canonical": request.build_absolute_uri(reverse("web:site", args=[site.slug])),
        "preview": "typed" if is_typed else "saved",
        "saved_at": saved_at,
        "unread": unread,
    }
    return private(render(request, "web/site.html", context))


def put_typed(site: Site, data: Mapping[str, str]) -> list[str]:
    """Give the columns of a site what stands in its form; gives the labels of what has no sense."""
    unread = []
    for column in Site._meta.concrete_fields:
        if column.editable and column.name not in _LEFT_OUT:
            try:
                put_column(site, column, data)
            except ValidationError:
                unread.append(capfirst(str(column.verbose_name)))
    text = data.get("coordinates", "").strip()
    if text != data.get("coordinates_initial", "").strip():
        try:
            is_shifted = bool(data.get("coordinates_gcj02"))
            point = read_point(text, is_shifted) if text else (None, None)
            site.latitude, site.longitude = point
        except ValueError:
            unread.append(capfirst(_("point")))
    site.derive()
    return unread
