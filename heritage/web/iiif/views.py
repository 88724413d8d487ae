"""Views for viewers of pictures on any website: see docs/iiif.md."""

import functools
import json
from collections.abc import Callable
from threading import Lock
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import override
from django.views.decorators.http import conditional_page

from heritage.formats import Addresses, iiif
from heritage.media import tiles
from heritage.models import Image, Rendition, Site, former_site
from heritage.search import SiteFilter, current_index, page_rows
from heritage.web.browse.queries import requested_list
from heritage.web.data import files
from heritage.web.iiif.changes import manifest_changes
from heritage.web.media import pictures, previews
from heritage.web.shared.context import identity, public, with_query

JSON_LD = "application/ld+json"
PER_COLLECTION = 1000  # sites

_turn = Lock()  # one part is put together at a time: readers of pages come between

type View = Callable[..., HttpResponseBase]


def _for_viewers(view: View) -> View:
    """Lets scripts of any website read the answer; 404 if IIIF is switched off."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.IIIF:
            response: HttpResponseBase = _plain_text("There is nothing here.", 404)
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Access-Control-Allow-Headers": "*"})
        elif request.method not in ("GET", "HEAD"):
            response = _plain_text("Only GET, HEAD and OPTIONS are answered.", 405)
        else:
            response = view(request, *args, **kwargs)
        if request.method == "OPTIONS" or response.status_code == 405:
            response["Allow"] = response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "Link, ETag"
        return response

    return answer


def _plain_text(text: str, status: int) -> HttpResponse:
    response = HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
    patch_cache_control(response, no_cache=True)
    return response


@conditional_page
def _json(request: HttpRequest, document: dict[str, Any], context: str) -> HttpResponse:
    """A response with JSON-LD, or plain JSON if the request asks for that."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    wanted = request.get_preferred_type([JSON_LD, "application/json"])
    kind = wanted if wanted == "application/json" else f'{JSON_LD};profile="{context}"'
    response = public(HttpResponse(text + "\n", content_type=kind))
    patch_vary_headers(response, ["Accept"])
    return response


# --- pictures --------------------------------------------------------------------------------


def _picture(name: str) -> Image | None:
    """The published picture of this name, which has all its tiles."""
    uid = name.rpartition("-")[0]
    images = Image.objects.published().select_related("licence").filter(uid=uid)
    found = list(images) if uid else []
    page_rows.add_renditions(found)
    return next((each for each in found if each.tiles_id == name and each.has_tiles), None)


@_for_viewers
def service(request: HttpRequest, name: str) -> HttpResponseBase:
    """Redirects from the address of a picture to its `info.json`."""
    if _picture(name) is None:
        return _plain_text("There is no such picture.", 404)
    address = reverse("media:iiif_picture", args=[name])
    return HttpResponse(status=303, headers={"Location": address})


@_for_viewers
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """`info.json` of a picture."""
    found = _picture(name)
    if found is None:
        return _plain_text("There is no such picture.", 404)
    address = Addresses.of_request(request).url("media:iiif_service", name)
    response = _json(request, iiif.picture_information(found, address), iiif.IMAGES)
    response["Link"] = f'<{iiif.LEVEL}>;rel="profile"'
    return response


@_for_viewers
def part(
    request: HttpRequest,
    name: str,
    region: str,
    size: str,
    rotation: str,
    quality: str,
    form: str,
) -> HttpResponseBase:
    """A part of a picture: a stored tile, or assembled from tiles."""
    # Most of many that ask at once are refused before anything is read: it costs a millisecond.
    if _turn.locked() and not tiles.may_be_stored(region, rotation, quality, form):
        return _busy()
    found = _picture(name)
    if found is None:
        return _plain_text("There is no such picture.", 404)
    full_size = tiles.PixelSize(found.width, found.height)
    try:
        asked = tiles.parse(full_size, region, size, rotation, quality, form)
    except tiles.RequestRefused as error:
        return _plain_text(str(error), error.status)
    etag = quote_etag(f"{found.source}-{tiles.VERSION}")
    response = get_conditional_response(request, etag=etag) or _made(found, asked)
    if response.status_code in (200, 304):
        base = Addresses.of_request(request).url("media:iiif_service", name)
        response["ETag"] = etag
        response["Link"] = (
            f'<{base}/{asked.canonical}>;rel="canonical",<{iiif.LEVEL}>;rel="profile"'
        )
        response["X-Content-Type-Options"] = "nosniff"
        pictures.set_caching(response, for_good=True)
    return response


def _busy() -> HttpResponse:
    response = _plain_text("Another part is being put together just now.", 503)
    response["Retry-After"] = "1"
    return response


def _made(image: Image, asked: tiles.PartRequest) -> HttpResponseBase:
    folder = Rendition(source=image.source, form=Rendition.Form.TILES).path

    def open_tile(name: str) -> BinaryIO:
        return cast(BinaryIO, default_storage.open(f"{folder}/{name}"))

    try:
        if asked.stored:
            return FileResponse(open_tile(asked.stored), content_type=asked.content_type)
        if not _turn.acquire(blocking=False):
            return _busy()
        try:
            content = tiles.assemble(asked, open_tile)
        finally:
            _turn.release()
    except FileNotFoundError:  # `manage.py renditions` makes them again
        return _plain_text("The tiles of this picture are not there.", 404)
    return HttpResponse(content, content_type=asked.content_type)


# --- sites -----------------------------------------------------------------------------------


@_for_viewers
def manifest(request: HttpRequest, uid: str) -> HttpResponseBase:
    """A site with its photographs, or with its drawn cover."""
    site = Site.objects.filter(uid=uid).first()
    if site is None or site.state != Site.State.PUBLISHED:
        former = former_site(uid) if site is None else None
        was_public = former.was_public if former else bool(site and site.published_at)
        return _plain_text("There is no such site.", 410 if was_public else 404)
    rows = page_rows.read_site(site, current_index().vocabulary)
    cover = request.build_absolute_uri(previews.address_of(rows))
    who = identity(request)
    document = iiif.site_manifest(rows, Addresses.of_request(request), who, cover)
    return _json(request, document, iiif.OBJECTS)


@_for_viewers
def collection(request: HttpRequest) -> HttpResponseBase:
    """A list of sites; a long one in parts."""
    data = request.GET.copy()
    number = data.pop("part", [""])[0]
    # Of those that speak no language the order of a list must not depend.
    with override(settings.LANGUAGE_CODE):
        try:
            filtered = requested_list(data)
        except BadRequest:
            return _plain_text("The query is too long.", 400)
        problems = [f"{each.name}: {each.message}" for each in filtered.problems()]
        if problems:
            return _plain_text("\n".join(problems), 400)
        total, query = len(filtered.hits), files.query_of(filtered.raw_data)
        parts = -(-total // PER_COLLECTION)
        address = with_query(request.build_absolute_uri(reverse("media:iiif_collection")), query)
        before = f"{address}{'&' if query else '?'}part="
        if number and not (number.isascii() and number.isdecimal() and 1 <= int(number) <= parts):
            return _plain_text("There is no such part.", 404)
        start = (int(number or 1) - 1) * PER_COLLECTION
        ids = filtered.page(settings.LANGUAGE_CODE, start, start + PER_COLLECTION)
    addresses, who, label = Addresses.of_request(request), identity(request), _title(request, query)
    if parts > 1 and not number:
        listed = (
            (f"{before}{n}", f"{(n - 1) * PER_COLLECTION + 1}–{min(n * PER_COLLECTION, total)}")
            for n in range(1, parts + 1)
        )
        document = iiif.collection_of_parts(address, label, listed, who, addresses)
    else:
        sites = page_rows.linked_sites(ids)
        own = f"{before}{number}" if number else address
        listed_sites = (sites[pk] for pk in ids if pk in sites)
        document = iiif.sites_collection(own, label, listed_sites, who, addresses)
    return _json(request, document, iiif.OBJECTS)


def _title(request: HttpRequest, query: str) -> iiif.Texts:
    """The title of a collection in all languages: the catalogue and the active filters."""
    who, data = identity(request), QueryDict(query)

    def say() -> str:
        chosen = [
            f"“{each.value}”" if each.name == "q" else str(each.alone)
            for each in SiteFilter(data).active()
        ]
        return " · ".join([who.name.best().text, *chosen])

    return iiif.in_all_languages(say)


# --- what has changed ------------------------------------------------------------------------


@_for_viewers
def changes(request: HttpRequest) -> HttpResponseBase:
    found = manifest_changes(current_index())
    document = iiif.changes_collection(found.pages, len(found), Addresses.of_request(request))
    return _json(request, document, iiif.CHANGES)


@_for_viewers
def changes_page(request: HttpRequest, number: int) -> HttpResponseBase:
    found = manifest_changes(current_index())
    if number >= found.pages:
        return _plain_text("There is no such page.", 404)
    start, activities = found.start(number), found.page(number)
    addresses = Addresses.of_request(request)
    document = iiif.changes_page(number, found.pages, start, activities, addresses)
    return _json(request, document, iiif.CHANGES)
