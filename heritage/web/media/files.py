"""Serves pictures and small files, but only of records that the user may see."""

import mimetypes
from functools import partial

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heritage.media.covers import scene_files
from heritage.media.covers.shapes import SHAPES
from heritage.media.covers.tags import tag_of_chooser
from heritage.models import Identity, Image, Kind, Site
from heritage.web.access import may_see, visible_site
from heritage.web.media import covers, tagged
from heritage.web.media.drawings import kept


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
        tagged.may_be_kept(response, for_good=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def cover(request: HttpRequest, uid: str, shape: str = "") -> HttpResponseBase:
    """The drawn cover of a site, as SVG; its words begin with the language of the address."""
    found, is_public = visible_site(request, covers.with_covers(), uid)
    drawing = covers.drawing_of(found, get_language())
    drawn = partial(kept, drawing, SHAPES[shape])
    return tagged.answer(request, drawing.tag, is_public, lambda: tagged.svg_response(drawn()))


@require_safe
def kind_cover(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The drawing that stands for a kind."""
    kind = Kind.objects.filter(slug=slug).first()
    if kind is None:
        raise Http404
    drawing = covers.drawing_of_kind(kind, get_language())
    drawn = partial(kept, drawing, SHAPES[""])
    return tagged.answer(request, drawing.tag, True, lambda: tagged.svg_response(drawn()))


@require_safe
def scene(request: HttpRequest, name: str) -> HttpResponseBase:
    """A scene by itself, as an editor chooses one."""
    try:
        drawn = partial(covers.scene_cover, scene_files.scene(name))
    except LookupError as error:
        raise Http404 from error
    return tagged.answer(request, tag_of_chooser(), True, lambda: tagged.svg_response(drawn()))


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """For clients that request /favicon.ico without reading the page."""
    return HttpResponsePermanentRedirect(static("img/favicon.svg"))
