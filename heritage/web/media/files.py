"""Serves pictures and small files, only while their record may be seen."""

import hashlib
import mimetypes

from django.http import FileResponse, Http404, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from heritage.media.covers.shapes import SHAPES
from heritage.models import Identity, Image, Kind, Site
from heritage.web.access import may_see
from heritage.web.media import covers

_YEAR = 365 * 24 * 3600
_HOUR = 3600


@require_safe
def image(request, uid: str, filename: str):
    """A picture under its permanent name; the file is named after its content."""
    found = Image.objects.filter(uid=uid).select_related("site").first()
    if found is None or found.file.name.rpartition("/")[2] != filename:
        raise Http404
    is_public = found.published and found.site.state == Site.State.PUBLISHED
    if not is_public and not may_see(request, "view_image"):
        raise Http404
    return _file(found.file, is_public)


@require_safe
def logo(request, filename: str):
    picture = Identity.objects.current().logo
    if not picture or picture.name.rpartition("/")[2] != filename:
        raise Http404
    return _file(picture, is_public=True)


def _file(field, is_public: bool) -> FileResponse:
    try:
        content = field.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind = mimetypes.guess_type(field.name)[0] or "application/octet-stream"
    response = FileResponse(content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    if is_public:
        # A browser keeps it for good; what many share asks again within the hour.
        patch_cache_control(response, public=True, max_age=_YEAR, s_maxage=_HOUR, immutable=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def cover(request, uid: str, shape: str = ""):
    """The drawn cover of a site, as SVG."""
    found = covers.with_covers().filter(uid=uid).first()
    if found is None:
        raise Http404
    is_public = found.state == Site.State.PUBLISHED
    if not is_public and not may_see(request, "view_site"):
        raise Http404
    return drawing(request, covers.cover(found, SHAPES[shape]), is_public)


@require_safe
def kind_cover(request, slug: str):
    """The drawing that stands for a kind."""
    kind = Kind.objects.filter(slug=slug).first()
    if kind is None:
        raise Http404
    return drawing(request, covers.kind_cover(kind), is_public=True)


def drawing(request, svg: str, is_public: bool):
    """A picture of ours: kept for an hour, then asked for again by its tag."""
    response = HttpResponse(svg, content_type="image/svg+xml")
    if is_public:
        patch_cache_control(response, public=True, max_age=_HOUR)
    else:
        patch_cache_control(response, private=True, no_store=True)
    etag = quote_etag(hashlib.sha256(svg.encode()).hexdigest()[:32])
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)


@require_safe
def scene(request, name: str):
    """A scene by itself, as an editor chooses one."""
    try:
        svg = covers.scene_cover(name)
    except LookupError as error:
        raise Http404 from error
    return drawing(request, svg, is_public=True)


@require_safe
def favicon(request):
    """For those that ask at the old address without looking at the page."""
    return HttpResponsePermanentRedirect(static("img/favicon.svg"))
