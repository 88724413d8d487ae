"""Base classes for additional pages in the admin of a model: `AdminPages` and `ReadOnlyPages`."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from heritage.admin.access import ReadOnlyAdmin, is_id
from heritage.admin.lookups import ListLookups
from heritage.values.language import LazyText


class AdminPages(ListLookups):
    def own_path(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        """The URL pattern of a page: `review` of sites is named admin:heritage_site_review."""
        url_name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(view), name=url_name)

    def own_url(self, name: str, *args: Any) -> str:
        """The URL of a page of this model, Django's own included."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def filtered(self, request: HttpRequest, address: str) -> str:
        """An address of this model from which the way back leads to the list as it was filtered."""
        context: dict[str, Any] = {
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
        }
        return add_preserved_filters(context, address)

    def object_or_404(self, request: HttpRequest, pk: object, action: str) -> Any:
        """The row, for users who may `view`, `change` or `delete` it."""
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not getattr(self, f"has_{action}_permission")(request, row):
            raise PermissionDenied
        return row

    def require_view_permission(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def page(
        self, request: HttpRequest, template: str, title: str | LazyText, context: dict[str, Any]
    ) -> HttpResponse:
        """The response with a page of this model."""
        own = {
            "title": title,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
            "list_query": request.GET.get("_changelist_filters", ""),
        }
        context = self.admin_site.each_context(request) | own | context
        return TemplateResponse(request, template, context)


class ReadOnlyPages(ReadOnlyAdmin, AdminPages):
    """Rows that only the program writes, each shown on a page, `row_page()`, instead of a form."""

    row_related: tuple[str, ...] = ()  # what a page shows of other tables, for `select_related()`

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not is_id(object_id):
            raise Http404
        return self.row_page(request, self.row_or_404(request, int(object_id)))

    def row_or_404(self, request: HttpRequest, pk: int) -> Any:
        """The row, for users who may see the rows of this model."""
        self.require_view_permission(request)
        rows = self.model._default_manager.select_related(*self.row_related)
        return get_object_or_404(rows, pk=pk)

    def row_page(self, request: HttpRequest, row: Any) -> HttpResponse:
        raise NotImplementedError
