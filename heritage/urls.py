"""All URL patterns of the project: pages (`web:`), pictures and maps (`media:`), the admin."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from heritage.admin.accounts.login_page import LoginPage
from heritage.admin.form import unsaved_site
from heritage.web.feeds import views as feeds
from heritage.web.home import views as home
from heritage.web.journey import views as journey
from heritage.web.media import views as media
from heritage.web.operations import views as operations
from heritage.web.site import views as site
from heritage.web.style_guide import views as style_guide

_OWN_TAGS = "|".join(code for code, _name in settings.LANGUAGES)

urlpatterns = [
    path("", home.redirect_to_language, name="language_redirect"),
    path("robots.txt", feeds.robots, name="robots"),
    path("healthz", operations.healthz, name="healthz"),
    path("readyz", operations.readyz, name="readyz"),
    path("metrics", operations.metrics, name="metrics"),
    path(".well-known/security.txt", operations.security_txt, name="security_txt"),
    path("worker.js", journey.worker, name="worker"),
    path("favicon.ico", media.favicon, name="favicon"),
    path("sitemap.xml", feeds.sitemap_index, name="sitemap"),
    path("sitemaps/<slug:language>/pages.xml", feeds.sitemap_pages, name="sitemap_pages"),
    path("sitemaps/<slug:language>/terms.xml", feeds.sitemap_terms, name="sitemap_terms"),
    path(
        "sitemaps/<slug:language>/sites-<int:number>.xml",
        feeds.sitemap_sites,
        name="sitemap_sites",
    ),
    path("style/", style_guide.style, name="style"),  # in debug only
    path("", include("heritage.web.media_urls")),
    path("id/<uid:uid>", site.permanent, name="permanent"),
    *i18n_patterns(
        path("", include("heritage.web.urls")),
        # A page of the visitors' side, of what a form of the editors' side holds.
        path("preview/<int:pk>/", site.preview, {"form": unsaved_site}, name="preview"),
        path("accounts/login/", LoginPage.as_view(), name="account_login"),
        path("accounts/", include("allauth.account.urls")),
        path("accounts/2fa/", include("allauth.mfa.urls")),
        path("accounts/sessions/", include("allauth.usersessions.urls")),
        path("admin/", admin.site.urls),
    ),
    # Tags that browsers and people write for a language of the interface: zh, zh-CN, EN. Its own
    # are none: with one before it every address would be taken for a page.
    re_path(
        rf"^(?!(?:{_OWN_TAGS})/)(?P<tag>[A-Za-z]{{2}}(?:-[A-Za-z]{{2,4}})?)/(?P<rest>.*)$",
        home.redirect_other_tag,
    ),
]

handler400 = "heritage.web.operations.views.bad_request"
handler403 = "heritage.web.operations.views.forbidden"
handler404 = "heritage.web.operations.views.not_found"
handler500 = "heritage.web.operations.views.server_error"
