"""Views of a site: its page with its meta tags, former versions of it, its permanent address and
data, and its preview beside the form."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.csp import CSP
from django.utils.http import http_date, urlencode
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from heritage.formats import Addresses, jsonld, path_of, sentence
from heritage.models import Site, former_site
from heritage.search import current_index, page_rows
from heritage.web.access import any_site, gone, may_see, withdrawn
from heritage.web.media import previews
from heritage.web.shared import language_html, meta_tags, page_dependencies
from heritage.web.shared.context import identity, moved, private, public, with_query
from heritage.web.shared.meta_tags import Head, describe, head_of
from heritage.web.site.page import SitePage, former_page, site_page, site_rows

JSON_LD = "application/ld+json"
_TYPES = ["text/html", JSON_LD, "application/json"]  # the first where nothing is asked for
_FRAMED: dict[str, Any] = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}


@require_safe
@conditional_page
def site(request: HttpRequest, slug: str) -> HttpResponse:
    found = page_rows.published_site(slug)
    if found is None:
        return _not_public(request, slug)
    if "at" in request.GET:
        return version(request, found)
    page = site_page(found)
    context = {"page": page, "head": site_head(request, page), **citation(request, found)}
    page_dependencies.nothing_else()
    response = public(render(request, "web/site.html", context))
    response["Last-Modified"] = http_date(found.public_changed_at.timestamp())
    return response


def _not_public(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer for a site that has moved, was withdrawn or is unpublished; those who may see it
    get a preview."""
    hidden = any_site(slug)
    if hidden is None:
        return gone(request, None)
    is_public = hidden.state == Site.State.PUBLISHED
    if hidden.slug != slug and (is_public or may_see(request, "view_site")):
        address = with_query(reverse("web:site", args=[hidden.slug]), request.META["QUERY_STRING"])
        return moved(address)
    if may_see(request, "view_site"):
        return _preview(request, hidden.slug)
    return gone(request, hidden)


def _preview(request: HttpRequest, slug: str) -> HttpResponse:
    found = Site.objects.get(slug=slug)
    page = site_page(found)
    context = {"page": page, "preview": True, "head": meta_tags.hidden(page.title)}
    return private(render(request, "web/site.html", context))


@require_safe
def permanent(request: HttpRequest, uid: str) -> HttpResponse:
    """`/id/<uid>` identifies the place itself, independent of the address and language of its page.

    It redirects to the page in the reader's language or to the data, by the Accept header; for a
    merged site, to `/id/` of the remaining one.
    """
    day = request.GET.get("at", "")
    query = urlencode({"at": day}) if day else ""
    site = Site.objects.filter(uid=uid).first()
    if site is None:
        return _former(request, uid, query)
    if site.state != Site.State.PUBLISHED:
        return gone(request, site)
    language = get_language_from_request(request)
    is_data = request.get_preferred_type(_TYPES) in _TYPES[1:] and not day
    name = "web:site_data" if is_data else "web:site"
    address = Addresses().url(name, site.slug, language=language)
    response = HttpResponse(status=303, headers={"Location": with_query(address, query)})
    patch_vary_headers(response, ["Accept", "Accept-Language", "Cookie"])
    patch_cache_control(response, no_cache=True)
    return _for_scripts(response)


def _former(request: HttpRequest, uid: str, query: str) -> HttpResponse:
    former = former_site(uid)
    if former is None:
        raise Http404
    remaining = former.merged_into
    if remaining is not None and remaining.published_at is not None:
        address = reverse("permanent", args=[remaining.uid])
        return _for_scripts(moved(with_query(address, query)))
    if not former.was_public:
        raise Http404
    return withdrawn(request)


@require_safe
@conditional_page
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """A published site as JSON-LD, for programs on any website."""
    site = page_rows.published_site(slug)
    if site is None:
        hidden = any_site(slug)
        if hidden is not None and hidden.slug != slug and hidden.state == Site.State.PUBLISHED:
            return _for_scripts(moved(reverse("web:site_data", args=[hidden.slug])))
        return gone(request, hidden)
    document = site_document(request, site_rows(site))
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    response = public(HttpResponse(text + "\n", content_type=JSON_LD))
    response["Last-Modified"] = http_date(site.public_changed_at.timestamp())
    return _for_scripts(response)


def _for_scripts(response: HttpResponse) -> HttpResponse:
    """Let scripts of any website read a response, which is the same for everybody."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


class UnsavedSite(Protocol):
    """Reads what an editor has typed into a form. Implemented by the admin, and passed in by
    `heritage/urls.py`."""

    def apply_columns(self, site: Site, data: QueryDict) -> list[str]:
        """Set the columns of a site as typed; returns the labels of invalid fields."""

    def apply_rows(self, site: Site, data: QueryDict, found: dict[str, list[Any]]) -> Iterable[str]:
        """Change the rows found of a site as typed; yields the labels of invalid fields."""


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp_override(_FRAMED)
def preview(request: HttpRequest, pk: int, form: UnsavedSite) -> HttpResponse:
    """The preview of a site beside its form: the only page that the catalogue's own pages may show
    in a frame."""
    site = Site.objects.filter(pk=pk).first()
    if site is None or not may_see(request, "view_site"):
        raise Http404
    saved_at, is_typed = site.updated_at, request.method == "POST"
    unread = form.apply_columns(site, request.POST) if is_typed else []

    def change(found: dict[str, list[Any]]) -> None:
        unread.extend(form.apply_rows(site, request.POST, found))

    page = site_page(site, change if "coordinates_initial" in request.POST else None)
    context = {
        "page": page,
        "head": meta_tags.hidden(page.title),
        "canonical": request.build_absolute_uri(reverse("web:site", args=[site.slug])),
        "preview": "typed" if is_typed else "saved",
        "saved_at": saved_at,
        "unread": unread,
    }
    return private(render(request, "web/site.html", context))


# --- Former versions -----------------------------------------------------------------------------
#
# The page of a site as it stood at the end of a day, which `?at=` names. Days are those of UTC, so
# that an address means the same everywhere. The page is for those who follow a citation: search
# engines are told to leave it out, and nobody keeps it unasked.

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the page. Prepared for the template web/site.html."""

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
    """Mark a response as not for search engines; browsers must revalidate it, as the site may be
    withdrawn."""
    patch_cache_control(response, no_cache=True)
    response["X-Robots-Tag"] = "noindex"
    return response


# --- Meta tags and citation ----------------------------------------------------------------------


def site_head(request: HttpRequest, page: SitePage) -> Head:
    """The meta tags of the page of a published site."""
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
    """The addresses for citing the place and this version of its page.

    `day` is the day of a former version. Without it, the version is that of the last change; its
    number distinguishes it from later changes on the same day.
    """
    permanent = Addresses.of_request(request).permanent(site)
    day = day or site.public_changed_at.astimezone(UTC).date()
    return {"permanent_url": permanent, "version_url": f"{permanent}?at={day.isoformat()}"}


def _picture(request: HttpRequest, rows: page_rows.SiteRows) -> str:
    return request.build_absolute_uri(previews.address_of(rows))
