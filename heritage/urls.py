"""All URL patterns of the project: pages (`web:`), pictures and maps (`media:`), the admin."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from heritage.admin.accounts.login_page import LoginPage
from heritage.web import health, sitemaps, style, views
from heritage.web.media import files

urlpatterns = [
    path("", views.redirect_to_language, name="language_redirect"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(".well-known/security.txt", health.security_txt, name="security_txt"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<slug:language>/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemaps/<slug:language>/terms.xml", sitemaps.terms, name="sitemap_terms"),
    path("sitemaps/<slug:language>/sites-<int:number>.xml", sitemaps.sites, name="sitemap_sites"),
    path("style/", style.style, name="style"),  # in debug only
    path("", include("heritage.web.media_urls")),
    *i18n_patterns(
        path("", include("heritage.web.urls")),
        path("accounts/login/", LoginPage.as_view(), name="account_login"),
        path("accounts/", include("allauth.account.urls")),
        path("accounts/2fa/", include("allauth.mfa.urls")),
        path("accounts/sessions/", include("allauth.usersessions.urls")),
        path("admin/", admin.site.urls),
    ),
]

handler400 = "heritage.web.errors.bad_request"
handler403 = "heritage.web.errors.forbidden"
handler404 = "heritage.web.errors.not_found"
handler500 = "heritage.web.errors.server_error"
