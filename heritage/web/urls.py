"""URLs of the pages, below the prefix of each language."""

from django.urls import path, register_converter

from heritage.web.about import views as about
from heritage.web.browse import views as browse
from heritage.web.corrections import views as corrections
from heritage.web.data import views as data
from heritage.web.feeds import views as feeds
from heritage.web.home import views as home
from heritage.web.journey import views as journey
from heritage.web.media import views as media
from heritage.web.site import views as site
from heritage.web.trust import views as trust
from heritage.web.vocabularies import views as vocabularies
from heritage.web.world_heritage import views as world_heritage
from heritage.web.years import views as years

app_name = "web"
register_converter(years.YearConverter, "year")

urlpatterns = [
    path("", home.home, name="home"),
    path("feed.atom", feeds.feed, name="feed"),
    path("manifest.webmanifest", journey.manifest, name="manifest"),
    path("opensearch.xml", feeds.opensearch, name="opensearch"),
    path("sites/", browse.browse, name="sites"),
    path("sites.<str:extension>", data.list_file, name="list_file"),
    path("map.svg", browse.map_image, {"suffix": "svg"}, name="map_image"),
    path("map.png", browse.map_image, {"suffix": "png"}, name="map_png"),
    path("embed/map/", browse.embedded_map, name="embedded_map"),
    path("timeline.svg", browse.timeline_image, {"suffix": "svg"}, name="timeline_image"),
    path("timeline.png", browse.timeline_image, {"suffix": "png"}, name="timeline_png"),
    path("sites/map.json", browse.map_data, name="map_data"),
    path("sites/feed.atom", feeds.sites_feed, name="sites_feed"),
    path("suggest/", browse.suggestions, name="suggest"),
    path("sites/<slug:slug>/", site.site, name="site"),
    path("sites/<slug:slug>/data.jsonld", site.data, name="site_data"),
    path("covers/<uid:uid>.svg", media.cover, name="cover"),
    path("covers/card/<uid:uid>.svg", media.cover, {"shape": "card"}, name="card_cover"),
    path("covers/square/<uid:uid>.svg", media.cover, {"shape": "square"}, name="square_cover"),
    path("covers/kinds/<slug:slug>.svg", media.kind_cover, name="kind_cover"),
    path("covers/a4/<uid:uid>.svg", media.printable_cover, {"sheet": "a4"}, name="cover_a4"),
    path("covers/a3/<uid:uid>.svg", media.printable_cover, {"sheet": "a3"}, name="cover_a3"),
    path("sites/<slug:slug>/correction/", corrections.correction, name="correction"),
    path("sites/<slug:slug>/photograph/", corrections.photograph, name="photograph"),
    path("sites/<slug:slug>/correction/thanks/", corrections.thanks, name="correction_thanks"),
    path("journey/", journey.journey, name="journey"),
    path("journey/scroll/", journey.handscroll, name="handscroll"),
    path("journey/book/", journey.picture_book, name="picture_book"),
    path("journey/journey.<str:form>", journey.carry, name="journey_file"),
    path("compare/", journey.compare, name="compare"),
    path("eras/", vocabularies.eras, name="eras"),
    path("eras/<slug:slug>/", vocabularies.era, name="era"),
    path("kinds/", vocabularies.kinds, name="kinds"),
    path("kinds/<slug:slug>/", vocabularies.kind, name="kind"),
    path("places/", vocabularies.places, name="places"),
    path("places/<slug:slug>/", vocabularies.place, name="place"),
    path("year/<year:year>/", years.year, name="year"),
    path("world-heritage/", world_heritage.world_heritage, name="world_heritage"),
    path("download/", data.download, name="download"),
    path("data/", data.data, name="data"),
    path("data/catalogue.jsonld", data.dcat, name="dcat"),
    path("data/sites.<str:extension>", data.newest_file, name="newest_file"),
    path("about/", about.about, name="about"),
    path("sources/", trust.sources, name="sources"),
    path("disagreements/", trust.disagreements, name="disagreements"),
    path("disagreements.json", trust.disagreements_json, name="disagreements_json"),
    path("credits/", about.credits, name="credits"),
    path("privacy/", about.privacy, name="privacy"),
]
