"""Actions that download the selected sites, as a CSV table or as a fixture."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy

from heritage.admin.actions import chosen_ids
from heritage.exchange import sites_as_fixture
from heritage.formats import Addresses, downloads


@admin.action(description=gettext_lazy("Download as a table (CSV)"), permissions=["view"])
def export_csv(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> StreamingHttpResponse | None:
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    table = downloads.sites_as_table(ids, Addresses.of_request(request))
    return _file(table, "text/csv; charset=utf-8", "sites.csv")


@admin.action(
    description=gettext_lazy(
        "Download as a fixture (JSON), without picture files and what the sites refer to"
    ),
    permissions=["view"],
)
def export_fixture(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> StreamingHttpResponse | None:
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    return _file(sites_as_fixture(ids), "application/json; charset=utf-8", "sites.json")


def _file(parts: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)
