"""URLs of pictures, scenes, link previews and the world map: the same in all languages."""

from django.urls import path, register_converter
from django.views.generic import RedirectView

from heritage.web.converters import UidConverter
from heritage.web.media import files, previews
from heritage.web.world_heritage.map import world_map

app_name = "media"

register_converter(UidConverter, "uid")

urlpatterns = [
    path("images/<uid:uid>/<str:filename>", files.image, name="image"),
    path("identity/<str:filename>", files.logo, name="logo"),
    path("covers/scenes/<slug:name>.svg", files.scene, name="scene"),
    path("land/world-heritage.svg", world_map, name="world_land"),
    path("preview.jpg", previews.catalogue_preview, name="catalogue_preview"),
    path(
        "preview.png",
        RedirectView.as_view(pattern_name="media:catalogue_preview", permanent=True),
    ),
    path("previews/<uid:uid>.jpg", previews.preview, name="preview"),
    path(
        "previews/<uid:uid>.png",
        RedirectView.as_view(pattern_name="media:preview", permanent=True),
    ),
]
