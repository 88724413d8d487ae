"""The page of a site as it stood at the end of a day, which `?at=` names.

Days are those of UTC, so that an address means the same everywhere. The page is for those who
follow a citation: search engines are told to leave it out, and nobody keeps it unasked.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from heritage.models import Site
from heritage.search import current_index, page_rows
from heritage.web.shared import language_html, meta_tags
from heritage.web.site.head import citation
from heritage.web.site.page import former_page

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """What the page says of itself. Prepared for the template web/site.html."""

    day: str
    address: str  # of today's page
    pictures: int  # that were shown then, and are no longer
    lost: int  # statements that name what was deleted since
    is_blurred: bool


def version(request: HttpRequest, site: Site) -> HttpResponse:
    """A published site as it stood at the end of the day that the query names."""
    address, text = reverse("web:site", args=[site.slug]), request.GET["at"]
    day = _read_day(text)
    if day is None:
        why = _("“%(text)s” is no day. Write it as in 2026-05-01.") % {"text": text[:40]}
        return _none(request, site, why, 400)
    if day >= datetime.now(UTC).date():
        response = HttpResponseRedirect(address)
        patch_cache_control(response, no_cache=True)
        return response
    shown = language_html.day(day)
    past = page_rows.Past(
        datetime.combine(day + timedelta(days=1), time(), UTC), current_index().vocabulary
    )
    try:
        if not past.restore(site):
            why = _("At the end of %(day)s (UTC), readers did not see this site.")
            return _none(request, site, why % {"day": shown}, 404)
        page = former_page(past)
    except page_rows.NotKnown:
        why = _(
            "How it stood at the end of %(day)s is no longer known: its history was thinned out."
        )
        return _none(request, site, why % {"day": shown}, 404)
    context = {
        "page": page,
        "head": meta_tags.hidden(page.title),
        "version": Version(shown, address, past.pictures, past.lost, bool(past.site.blur_km)),
        "canonical": request.build_absolute_uri(f"{address}?at={day.isoformat()}"),
        **citation(request, site, day),
    }
    return _unlisted(render(request, "web/site.html", context))


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _none(request: HttpRequest, site: Site, why: str, status: int) -> HttpResponse:
    context = {"site": site, "why": why}
    return _unlisted(render(request, "web/no_version.html", context, status=status))


def _unlisted(response: HttpResponse) -> HttpResponse:
    """In no search engine; browsers must revalidate it, as the site may be withdrawn."""
    patch_cache_control(response, no_cache=True)
    response["X-Robots-Tag"] = "noindex"
    return response
