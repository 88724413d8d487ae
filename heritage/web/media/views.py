"""Views of pictures, covers, link previews and maps, but only of records that the user may see."""

import mimetypes
from functools import partial
from pathlib import Path

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
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heritage.cartography import sheets, tile_files
from heritage.cartography.sheets import MapPoint
from heritage.media.covers import SHAPES, scene_files, tag_of_chooser
from heritage.models import Identity, Image, Kind, Place, Site
from heritage.search import current_index
from heritage.web.access import may_see, visible_site
from heritage.web.media import covers, maps, pictures, previews, printable_covers
from heritage.web.media.cover_drawings import cached_svg
from heritage.web.media.previews import Preview

_DAY = 24 * 3600


@require_safe
def image(request: HttpRequest, uid: str, filename: str) -> HttpResponseBase:
    """A picture under its permanent name; the file is named after its content."""
    found = Image.objects.filter(uid=uid).select_related("site").first()
    if found is None or found.file_name != filename:
        raise Http404
    is_public = found.published and found.site.state == Site.State.PUBLISHED
    if not is_public and not may_see(request, "view_image"):
        raise Http404
    return _file(found.file, is_public)


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
def cover(request: HttpRequest, uid: str, shape: str = "") -> HttpResponseBase:
    """The drawn cover of a site, as SVG; its words begin with the language of the address."""
    found, is_public = visible_site(request, covers.with_covers(), uid)
    drawing = covers.drawing_of(found, get_language())
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
    """A scene by itself, as an editor chooses one."""
    try:
        drawn = partial(covers.scene_cover, scene_files.scene(name))
    except LookupError as error:
        raise Http404 from error
    return pictures.answer(request, tag_of_chooser(), True, lambda: pictures.svg_response(drawn()))


@require_safe
def preview(request: HttpRequest, uid: str) -> HttpResponseBase:
    """The preview of a site; of one that is not published only for those who may see it."""
    # Many ask at once: no query for those that would wait in vain.
    if not previews.has_any(uid) and previews.is_another_drawn():
        return pictures.answer(request, "", is_public=True, draw=previews.stand_in)
    found, is_public = visible_site(request, covers.with_covers(), uid)
    return _preview(request, previews.of_site(found, covers.drawing_of(found)), is_public)


@require_safe
def catalogue_preview(request: HttpRequest) -> HttpResponseBase:
    """For pages that are about no single site."""
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
def site_map(request: HttpRequest, uid: str) -> HttpResponseBase:
    fields = "state", "precision", "accuracy_m", "blur_km", "rule_blur_km"
    placed = Site.objects.filter(public_latitude__isnull=False)
    sites = placed.only(*fields, "public_latitude", "public_longitude")
    site, is_public = visible_site(request, sites, uid)
    parts = maps.parts_of(site)
    if len(parts) > 1:
        return pictures.svg(request, sheets.draw_places(parts), is_public)
    if site.public_point is None:
        raise Http404
    spot = MapPoint(*site.public_point, maps.uncertainty_km(site))
    return pictures.svg(request, sheets.draw_point(spot), is_public)


@require_safe
def place_map(request: HttpRequest, slug: str) -> HttpResponseBase:
    place = get_object_or_404(Place, slug=slug)
    index = current_index()
    points = maps.points_of(index, index.having("place", place))
    if not points:
        raise Http404
    return pictures.svg(request, sheets.draw_places(points), is_public=True)


@require_safe
def map_tile(
    request: HttpRequest, version: str, script: str, zoom: int, x: int, y: int
) -> HttpResponseBase:
    """A tile of the base map; at the address of another version what is drawn today."""
    folder = Path(settings.MEDIA_ROOT) / "cache" / "map"
    try:
        drawn = tile_files.tile(folder, script, zoom, x, y)
    except ValueError as error:
        raise Http404 from error
    except tile_files.BusyError:
        return HttpResponse(status=503, headers={"Retry-After": "2"})
    response = HttpResponse(drawn, content_type="image/svg+xml")
    pictures.set_caching(response, for_good=version == tile_files.VERSION)
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """For clients that request /favicon.ico without reading the page."""
    return HttpResponsePermanentRedirect(static("img/favicon.svg"))
