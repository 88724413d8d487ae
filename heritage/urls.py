"""All URL patterns of the project."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import path, register_converter
from django.views.generic import RedirectView

from heritage.web import feeds, health, sitemaps, style, views
from heritage.web.browse import suggestions
from heritage.web.converters import UidConverter
from heritage.web.corrections import views as corrections
from heritage.web.credits import page as credits
from heritage.web.media import files, maps, previews
from heritage.web.vocabularies import views as vocabularies

register_converter(UidConverter, "uid")

urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(".well-known/security.txt", health.security_txt, name="security_txt"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<slug:language>/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemaps/<slug:language>/terms.xml", sitemaps.terms, name="sitemap_terms"),
    path("sitemaps/<slug:language>/sites-<int:number>.xml", sitemaps.sites, name="sitemap_sites"),
    path("style/", style.style, name="style"),  # in debug only
    path("favicon.ico", files.favicon, name="favicon"),
    path("images/<uid:uid>/<str:filename>", files.image, name="image"),
    path("identity/<str:filename>", files.logo, name="logo"),
    path("covers/<uid:uid>.svg", files.cover, name="cover"),
    path("covers/kinds/<slug:slug>.svg", files.kind_cover, name="kind_cover"),
    path("covers/square/<uid:uid>.svg", files.cover, {"shape": "square"}, name="square_cover"),
    path("land/sites/<uid:uid>.svg", maps.of_site, name="site_land"),
    path("land/places/<slug:slug>.svg", maps.of_place, name="place_land"),
    path("land/world-heritage.svg", maps.of_world_heritage, name="world_land"),
    path("preview.jpg", previews.catalogue_preview, name="catalogue_preview"),
    path("preview.png", RedirectView.as_view(pattern_name="catalogue_preview", permanent=True)),
    path("previews/<uid:uid>.jpg", previews.preview, name="preview"),
    path("previews/<uid:uid>.png", RedirectView.as_view(pattern_name="preview", permanent=True)),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("feed.atom", feeds.feed, name="feed"),
        path("sites/", views.browse, name="sites"),
        path("sites/feed.atom", feeds.sites_feed, name="sites_feed"),
        path("suggest/", suggestions.suggestions, name="suggest"),
        path("sites/<slug:slug>/", views.site, name="site"),
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
        path("admin/", admin.site.urls),
    ),
]

handler400 = "heritage.web.errors.bad_request"
handler403 = "heritage.web.errors.forbidden"
handler404 = "heritage.web.errors.not_found"
handler500 = "heritage.web.errors.server_error"
