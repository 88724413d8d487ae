"""URLs of pictures, scenes, link previews, tiles of the map, and of what viewers of pictures read
by IIIF: the same in all languages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from heritage.web.iiif import views as iiif
from heritage.web.media import views as media


class UidConverter(StringConverter):
    """A record's permanent `uid`, as models/base.py allows it.

    A path segment that cannot be one does not match, and costs no query.
    """

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]*"


app_name = "media"

register_converter(UidConverter, "uid")

urlpatterns = [
    path("images/<uid:uid>/<str:filename>", media.image, name="image"),
    path("identity/<str:filename>", media.logo, name="logo"),
    path("prepared/<uid:uid>/<str:filename>", media.prepared_file, name="prepared"),
    path("covers/scenes/<slug:name>.svg", media.scene, name="scene"),
    path(
        "map/<slug:version>/<slug:script>/<int:zoom>/<int:x>/<int:y>.svg",
        media.map_tile,
        name="map_tile",
    ),
    path("preview.jpg", media.catalogue_preview, name="catalogue_preview"),
    path(
        "preview.png",
        RedirectView.as_view(pattern_name="media:catalogue_preview", permanent=True),
    ),
    path("previews/<uid:uid>.jpg", media.preview, name="preview"),
    path(
        "previews/<uid:uid>.png",
        RedirectView.as_view(pattern_name="media:preview", permanent=True),
    ),
    # The paths below that of a picture are those of the Image API; nginx hands out stored tiles.
    path("iiif/3/<uid:name>", iiif.service, name="iiif_service"),
    path("iiif/3/<uid:name>/", iiif.service),
    path("iiif/3/<uid:name>/info.json", iiif.picture, name="iiif_picture"),
    path(
        "iiif/3/<uid:name>/<str:region>/<str:size>/<str:rotation>/<str:quality>.<str:form>",
        iiif.part,
        name="iiif_part",
    ),
    path("iiif/manifests/<uid:uid>", iiif.manifest, name="iiif_manifest"),
    path("iiif/collection", iiif.collection, name="iiif_collection"),
    path("iiif/changes", iiif.changes, name="iiif_changes"),
    path("iiif/changes/<int:number>", iiif.changes_page, name="iiif_changes_page"),
]
