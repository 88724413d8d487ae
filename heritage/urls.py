"""Every route on one screen."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import path

from heritage.web import files, views

urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("images/<str:uid>/<str:filename>", files.image, name="image"),
    path("identity/<str:filename>", files.logo, name="logo"),
    path("covers/<str:uid>.svg", files.cover, name="cover"),
    path("covers/square/<str:uid>.svg", files.cover, {"shape": "square"}, name="square_cover"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("sites/", views.browse, name="sites"),
        path("sites/<slug:slug>/", views.site, name="site"),
        path("about/", views.about, name="about"),
        path("privacy/", views.privacy, name="privacy"),
        path("admin/", admin.site.urls),
    ),
]

handler400 = "heritage.web.errors.bad_request"
handler403 = "heritage.web.errors.forbidden"
handler404 = "heritage.web.errors.not_found"
handler500 = "heritage.web.errors.server_error"
