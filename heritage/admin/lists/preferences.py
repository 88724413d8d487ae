"""The list of sites: each user's choice of columns, and their saved filters."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heritage.admin.access import is_id, user_of
from heritage.admin.pages import AdminPages
from heritage.exchange import fields_for
from heritage.models import FieldUse, SavedFilter, Site

MAX_FILTERS = 50
DEFAULT_COLUMNS = ("place", "beginnings", "unesco", "state_badge")
DERIVED_COLUMNS = ("unchecked_statements",)  # that no field of the form has


class SavedFilterForm(forms.Form):
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=2000, required=False)


class ListPages(AdminPages):
    """A mixin of `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_path("columns/", require_POST(self.columns_view), "columns"),
            self.own_path("filters/", require_POST(self.filters_view), "filters"),
            *super().get_urls(),
        ]

    @classmethod
    def columns(cls) -> dict[str, Any]:
        """The labels of the columns that can be chosen, by name of the column; the name of the site
        always comes first."""
        names = dict.fromkeys(
            [
                *DEFAULT_COLUMNS,
                *DERIVED_COLUMNS,
                *(each.name for each in fields_for(FieldUse.LIST)),
            ]
        )
        fields = {each.name: each.verbose_name for each in Site._meta.fields}
        return {name: fields.get(name) or getattr(cls, name).short_description for name in names}

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        chosen = [name for name in user_of(request).site_columns if name in self.columns()]
        return ("display_name", *(chosen or DEFAULT_COLUMNS))

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        return ("place__parent__parent", "state_changed_by", "custodian", "created_by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        chosen = self.get_list_display(request)
        context = {
            "list_columns": [
                (name, label, name in chosen) for name, label in self.columns().items()
            ],
            "saved_filters": user_of(request).saved_filters.all(),
            "list_query": request.GET.urlencode(),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def columns_view(self, request: HttpRequest) -> HttpResponse:
        """The form for the columns of the list."""
        self.require_view_permission(request)
        wanted = request.POST.getlist("column")
        known = self.columns()
        user_of(request).site_columns = [name for name in dict.fromkeys(wanted) if name in known]
        user_of(request).save(update_fields=["site_columns"])
        return redirect(self._list_url(request.POST.get("query", "")))

    def filters_view(self, request: HttpRequest) -> HttpResponse:
        """Save a filter under a name, or delete it."""
        self.require_view_permission(request)
        forget = request.POST.get("forget", "")
        if forget:
            if is_id(forget):
                user_of(request).saved_filters.filter(pk=forget).delete()
            return redirect(self._list_url(""))
        form = SavedFilterForm(request.POST)
        if not form.is_valid():
            self.message_user(request, _("Give the filter a name."), messages.ERROR)
            return redirect(self._list_url(request.POST.get("query", "")))
        name, query = form.cleaned_data["name"], form.cleaned_data["query"]
        if user_of(request).saved_filters.exclude(name=name).count() >= MAX_FILTERS:
            self.message_user(
                request, _("These are many filters: forget one first."), messages.ERROR
            )
            return redirect(self._list_url(query))
        SavedFilter.objects.update_or_create(
            user=user_of(request), name=name, defaults={"query": query}
        )
        return redirect(self._list_url(query))

    def _list_url(self, query: str) -> str:
        url = self.own_url("changelist")
        return f"{url}?{query}" if query else url
