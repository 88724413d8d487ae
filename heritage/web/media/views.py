"""Views of pictures, covers, link previews and tiles, but only of records that the user may see."""

import mimetypes
import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import brotli
from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heritage.cartography import tile_files
from heritage.media.covers import SHAPES, scene_files, tag_of_chooser
from heritage.models import CommandRun, Identity, Image, Kind, PreparedFile, Rendition, Site
from heritage.web.access import may_see, visible_site
from heritage.web.media import covers, pictures, previews, printable_covers
from heritage.web.media.covers import cached_svg
from heritage.web.media.previews import Preview

_DAY = 24 * 3600
_BROTLI = re.compile(r"\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")  # `q=0` refuses it
_SIZE = re.compile(r"([0-9a-f]{24})-([1-9][0-9]{0,4})\.(avif|jpg|png)")  # as `Rendition.name`


@require_safe
def image(request: HttpRequest, uid: str, filename: str) -> HttpResponseBase:
    """A picture under its permanent name; the file is named after its content."""
    found = Image.objects.filter(uid=uid).select_related("site").first()
    size = _SIZE.fullmatch(filename)
    if found is None or (filename != found.file_name and not (size and size[1] == found.source)):
        raise Http404
    is_public = found.published and found.site.state == Site.State.PUBLISHED
    if not is_public and not may_see(request, "view_image"):
        raise Http404
    if filename == found.file_name or size is None:
        return _file(found.file, is_public)
    row = Rendition.objects.filter(source=found.source, form=size[3], width=size[2]).first()
    if row is None:  # not made yet, or no longer
        response = redirect("media:image", uid, found.file_name)
        patch_cache_control(response, private=True, no_store=True)
        return response
    return _file(FieldFile(found, Image.file.field, row.path), is_public)


@require_safe
def logo(request: HttpRequest, filename: str) -> HttpResponseBase:
    picture = Identity.objects.current().logo
    if not picture or str(picture.name).rpartition("/")[2] != filename:
        raise Http404
    return _file(picture, is_public=True)


def _file(field: FieldFile, is_public: bool) -> FileResponse:
    try:
        content = field.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind = mimetypes.guess_type(str(field.name))[0] or "application/octet-stream"
    response = FileResponse(content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    if is_public:
        pictures.set_caching(response, for_good=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def prepared_file(request: HttpRequest, uid: str, filename: str) -> HttpResponseBase:
    """A file that a job has made, or a page that says how far the job is.

    If nginx is set up for it, the response only names the file, which nginx sends.
    """
    file = PreparedFile.objects.filter(uid=uid).select_related("job").first()
    if file is None or file.name != filename or file.user_id not in (None, request.user.pk):
        raise Http404
    if file.user_id is None:
        # Whoever links to it keeps it alive; once a day is enough to know that.
        day_ago = timezone.now() - timedelta(days=1)
        PreparedFile.objects.filter(pk=file.pk, used_at__lt=day_ago).update(used_at=timezone.now())
    if not file.is_ready:
        return _being_prepared(request, file)
    if settings.PREPARED_BY_NGINX:
        response: HttpResponseBase = HttpResponse(content_type=file.content_type)
        response["X-Accel-Redirect"] = f"/prepared-files/{file.path}"
        response["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    else:
        response = FileResponse(
            file.full_path.open("rb"),
            as_attachment=True,
            filename=file.name,
            content_type=file.content_type,
        )
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def _being_prepared(request: HttpRequest, file: PreparedFile) -> HttpResponse:
    """The page about a file that is not ready (202); it reloads itself while its job waits or runs.
    410 if there is no such job."""
    is_open = file.is_being_made
    context = {"file": file, "job": file.job, "is_open": is_open}
    context["has_worker"] = CommandRun.objects.has_worker()
    response = render(request, "web/prepared.html", context, status=202 if is_open else 410)
    if is_open:
        response["Refresh"] = "5"
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def cover(request: HttpRequest, uid: str, shape: str = "") -> HttpResponseBase:
    """The drawn cover of a site, as SVG; the language of the address comes first in its words.

    In the shape of a card it is always a plate, which lists may show instead of a scene.
    """
    found, is_public = visible_site(request, covers.with_covers(), uid)
    drawing = covers.drawing_of(found, get_language(), is_plate=shape == "card")
    drawn = partial(cached_svg, drawing, SHAPES[shape])
    return pictures.answer(request, drawing.tag, is_public, lambda: pictures.svg_response(drawn()))


@require_safe
def kind_cover(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The drawing that stands for a kind."""
    kind = get_object_or_404(Kind, slug=slug)
    drawing = covers.drawing_of_kind(kind, get_language())
    drawn = partial(cached_svg, drawing, SHAPES[""])
    return pictures.answer(request, drawing.tag, True, lambda: pictures.svg_response(drawn()))


@require_safe
def scene(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture of a scene, from which an editor chooses."""
    try:
        drawn = partial(covers.scene_cover, scene_files.scene(name))
    except LookupError as error:
        raise Http404 from error
    return pictures.answer(request, tag_of_chooser(), True, lambda: pictures.svg_response(drawn()))


@require_safe
def preview(request: HttpRequest, uid: str) -> HttpResponseBase:
    """The link preview of a site; of an unpublished one only for those who may see it."""
    # Many ask at once: no query for those that would wait in vain.
    if not previews.has_any(uid) and previews.is_another_drawn():
        return pictures.answer(request, "", is_public=True, draw=previews.stand_in)
    found, is_public = visible_site(request, covers.with_covers(), uid)
    return _preview(request, previews.of_site(found, covers.drawing_of(found)), is_public)


@require_safe
def catalogue_preview(request: HttpRequest) -> HttpResponseBase:
    """The link preview of pages that are about no single site."""
    return _preview(request, previews.of_catalogue(Identity.objects.current()), is_public=True)


def _preview(request: HttpRequest, wanted: Preview, is_public: bool) -> HttpResponseBase:
    return pictures.answer(
        request,
        wanted.tag,
        is_public,
        lambda: previews.drawn(wanted, is_public),
        seconds=_DAY,
    )


@require_safe
def printable_cover(request: HttpRequest, uid: str, sheet: str) -> HttpResponseBase:
    """The cover of a site on a sheet of paper; its address is in the language of the visitor."""
    site, is_public = visible_site(request, covers.with_covers("slug"), uid)
    address = request.build_absolute_uri(reverse("web:site", args=[site.slug]))
    catalogue = str(Identity.objects.current().name.best())
    svg = printable_covers.printed(site, sheet, catalogue, address)
    return pictures.svg(request, svg, is_public)


@require_safe
def map_tile(
    request: HttpRequest, version: str, script: str, zoom: int, x: int, y: int
) -> HttpResponseBase:
    """A tile of the base map; the address of another version gives the present drawing."""
    folder = Path(settings.MEDIA_ROOT) / "cache" / "map"
    try:
        drawn = tile_files.tile(folder, script, zoom, x, y)
    except ValueError as error:
        raise Http404 from error
    except tile_files.BusyError:
        return HttpResponse(status=503, headers={"Retry-After": "2"})
    takes_brotli = _BROTLI.search(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(
        drawn if takes_brotli else brotli.decompress(drawn), content_type="image/svg+xml"
    )
    if takes_brotli:
        response["Content-Encoding"] = "br"
    patch_vary_headers(response, ["Accept-Encoding"])
    pictures.set_caching(response, for_good=version == tile_files.VERSION)
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """For clients that request /favicon.ico without reading the page."""
    return HttpResponsePermanentRedirect(static("img/favicon.svg"))
