"""Actions that download the selected sites, as a CSV table or as a fixture."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy

from heritage.admin.actions import chosen_ids
from heritage.exchange.site_fixture import fixture
from heritage.exchange.site_table import table


@admin.action(description=gettext_lazy("Download as a table (CSV)"), permissions=["view"])
def export_csv(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> StreamingHttpResponse | None:
    ids = chosen_ids(model_admin, request, queryset)
    return _file(table(ids), "text/csv; charset=utf-8", "sites.csv") if ids else None


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
    return _file(fixture(ids), "application/json; charset=utf-8", "sites.json") if ids else None


def _file(parts: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)
