"""URLs of the pages, below the prefix of each language."""

from django.urls import path

from heritage.web import feeds, views
from heritage.web.browse import suggestions
from heritage.web.corrections import views as corrections
from heritage.web.credits import page as credits
from heritage.web.media import files, maps, prints
from heritage.web.site.preview import preview
from heritage.web.vocabularies import views as vocabularies

app_name = "web"

urlpatterns = [
    path("", views.home, name="home"),
    path("feed.atom", feeds.feed, name="feed"),
    path("sites/", views.browse, name="sites"),
    path("sites/feed.atom", feeds.sites_feed, name="sites_feed"),
    path("suggest/", suggestions.suggestions, name="suggest"),
    path("sites/<slug:slug>/", views.site, name="site"),
    path("preview/<int:pk>/", preview, name="preview"),
    path("covers/<uid:uid>.svg", files.cover, name="cover"),
    path("covers/square/<uid:uid>.svg", files.cover, {"shape": "square"}, name="square_cover"),
    path("covers/kinds/<slug:slug>.svg", files.kind_cover, name="kind_cover"),
    path("covers/a4/<uid:uid>.svg", prints.cover_print, {"sheet": "a4"}, name="cover_a4"),
    path("covers/a3/<uid:uid>.svg", prints.cover_print, {"sheet": "a3"}, name="cover_a3"),
    path("land/sites/<uid:uid>.svg", maps.of_site, name="site_land"),
    path("land/places/<slug:slug>.svg", maps.of_place, name="place_land"),
    path("sites/<slug:slug>/correction/", corrections.correction, name="correction"),
    path("sites/<slug:slug>/correction/thanks/", corrections.thanks, name="correction_thanks"),
    path("eras/", vocabularies.eras, name="eras"),
    path("eras/<slug:slug>/", vocabularies.era, name="era"),
    path("kinds/", vocabularies.kinds, name="kinds"),
    path("kinds/<slug:slug>/", vocabularies.kind, name="kind"),
    path("places/", vocabularies.places, name="places"),
    path("places/<slug:slug>/", vocabularies.place, name="place"),
    path("world-heritage/", vocabularies.world_heritage, name="world_heritage"),
    path("about/", views.about, name="about"),
    path("credits/", credits.page, name="credits"),
    path("privacy/", views.privacy, name="privacy"),
]
