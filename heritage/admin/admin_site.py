"""The admin site: its name and languages, and the sections of its index."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import (
    DisallowedModelAdminLookup,
    DisallowedModelAdminToField,
)
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from heritage.admin.access import is_id
from heritage.server.timeouts import (
    NotWritten,
    StorageFailed,
    is_lock_timeout,
    is_storage_failure,
)
from heritage.values.html import to_html
from heritage.values.language import LazyText

_TOO_LARGE = re.compile(r"\d{19}")
MAX_PREVIEW = 100_000  # characters of a text that is rendered as a preview

# The models of each section of the front page.
SECTIONS = (
    (
        "records",
        gettext_lazy("Records"),
        ("Site", "Designation", "Source", "Custodian", "Correction", "Import", "ChangeSet"),
    ),
    (
        "rows",
        gettext_lazy("Rows of records"),
        (
            "Name",
            "Event",
            "Coverage",
            "PartOf",
            "Image",
            "Identifier",
            "Notice",
            "Opening",
            "Price",
            "Quantity",
            "SourcedSentence",
            "VisitingFact",
            "Disagreement",
            "FormerSlug",
            "DesignationEvent",
            "WorldHeritage",
            "ComponentPoint",
        ),
    ),
    (
        "vocabularies",
        gettext_lazy("Vocabularies"),
        ("Kind", "Place", "Era", "Register", "RegisterTerm", "IdentifierScheme", "Licence"),
    ),
    (
        "administration",
        gettext_lazy("Administration"),
        ("Identity", "User", "Group", "Job", "OutgoingMail", "LoadedRow"),
    ),
)


def _guarded[V: Callable[..., HttpResponseBase]](view: V) -> V:
    """Wraps a view: 503 is answered if nothing can be written, and lists refuse query strings that
    no database accepts."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _is_list(request) and not (_is_sound(request.GET) and _has_ids(request.POST)):
            # As Django does for any invalid value.
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        try:
            return view(request, *args, **kwargs)
        except (DisallowedModelAdminLookup, DisallowedModelAdminToField):
            context = admin.site.each_context(request) | {"title": _("This filter is not offered")}
            return TemplateResponse(request, "admin/lookup_refused.html", context, status=400)
        except NotWritten as error:
            is_full = isinstance(error, StorageFailed)
        except OperationalError as error:
            is_full = is_storage_failure(error)
            if not is_full and not is_lock_timeout(error):
                raise
        title = _("Nothing can be saved just now") if is_full else _("Please try again in a moment")
        context = admin.site.each_context(request) | {
            "title": title,
            "is_full": is_full,
            "typed": _typed(request),
        }
        response = TemplateResponse(request, "admin/busy.html", context, status=503)
        response["Retry-After"] = str(settings.RETRY_AFTER_SECONDS)
        return response

    return cast(V, answer)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The posted fields, which the page that asks to wait can send again; none if there are files
    or passwords among them."""
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    if request.FILES or any("password" in name for name in names):
        return []
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def _is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


def _is_sound(query: QueryDict) -> bool:
    """Whether a query string has no NUL and, except in its search text, no number with too many
    digits."""
    return not any(
        "\0" in text or (name != SEARCH_VAR and _TOO_LARGE.search(text))
        for name, values in query.lists()
        for text in (name, *values)
    )


def _has_ids(data: QueryDict) -> bool:
    """Whether the objects of an action are chosen by ids."""
    return all(map(is_id, data.getlist(ACTION_CHECKBOX_NAME)))


def _markdown(request: HttpRequest) -> HttpResponse:
    """A Markdown text as HTML, as its page will show it."""
    return HttpResponse(to_html(request.POST.get("text", "")[:MAX_PREVIEW]))


class CatalogueAdminSite(AdminSite):
    """Django's admin under the catalogue's own name."""

    index_title = gettext_lazy("Editing the catalogue")
    empty_value_display = ""
    enable_nav_sidebar = False  # the header and the desk have all links

    def admin_view[V: Callable[..., HttpResponseBase]](self, view: V, cacheable: bool = False) -> V:
        return super().admin_view(_guarded(view), cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from heritage.models import Identity

        identity = Identity.objects.current()
        name = identity.name.best().text
        # Without a sidebar, the list of all models is not needed.
        request.is_without_sidebar = True  # type: ignore[attr-defined]  # kept with it
        context = super().each_context(request)
        request.is_without_sidebar = False  # type: ignore[attr-defined]  # as above
        return {
            **context,
            "site_title": name,
            "site_header": name,
            "site_url": reverse("web:home"),
            "identity": identity,
            **self._head(request),
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page of the admin: the desk."""
        from heritage.admin.workflow import desk

        return super().index(request, desk.desk_context(request) | (extra_context or {}))

    def _head(self, request: HttpRequest) -> dict:
        """The context of the head of every page for the current user."""
        if not self.has_permission(request):
            return {}
        from heritage.admin.workflow import desk

        return desk.header_context(request)

    def app_index(  # type: ignore[override]  # another kind of response
        self,
        request: HttpRequest,
        app_label: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirects to the desk, which has all models: editors do not know apps."""
        return redirect("admin:index")

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirects to the log-in page of allauth."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect_to_login(wanted)

    def password_change(  # type: ignore[override]  # another kind of response
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from heritage.admin.form.date_echo import echo_view
        from heritage.admin.form.inputs import scenes_view

        return [
            path("scenes/", self.admin_view(scenes_view), name="scenes"),
            path("dates/", self.admin_view(require_safe(echo_view)), name="date_echo"),
            path("markdown/", self.admin_view(require_POST(_markdown)), name="markdown"),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        from heritage.admin.autocomplete import ChooserView

        return cast(HttpResponse, ChooserView.as_view(admin_site=self)(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Models by section instead of by Django app, which means nothing to editors."""
        if getattr(request, "is_without_sidebar", False):
            return []
        if app_label:
            return super().get_app_list(request, app_label)
        found = {
            model["object_name"]: model
            for app in super().get_app_list(request)
            for model in app["models"]
        }
        sections = [
            self._section(key, label, [found.pop(name) for name in names if name in found])
            for key, label, names in SECTIONS
        ]
        sections.append(self._section("other", gettext_lazy("Other"), list(found.values())))
        return [section for section in sections if section["models"]]

    def _section(self, key: str, label: str | LazyText, models: list[Any]) -> dict[str, Any]:
        return {
            "name": label,
            "app_label": key,
            "app_url": f"{reverse('admin:index', current_app=self.name)}#{key}",
            "has_module_perms": True,
            "models": models,
        }
