"""Actions that download the selected sites, as a CSV table or as a fixture."""

import csv
import io
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core import serializers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from heritage.admin.bulk import chosen_ids
from heritage.models import (
    Coverage,
    Event,
    Identifier,
    Image,
    Name,
    Notice,
    Opening,
    PartOf,
    Price,
    Site,
    VisitingFact,
)
from heritage.models.base import chunks

# Ordered so that each refers only to earlier ones.
ROWS = (Name, Event, Coverage, Image, Identifier, Opening, Price, VisitingFact, Notice)
# A cell that begins with one of these would be read as a formula, in some programs if it is wide.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _texts() -> list[tuple[str, str]]:
    languages = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]
    return [(name, code) for name in ("name", "summary", "description") for code in languages]


def _cell(value: Any) -> str:
    """The text, escaped so that a spreadsheet does not evaluate it as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


@admin.action(description=gettext_lazy("Download as a table (CSV)"), permissions=["view"])
def export_csv(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    out = io.StringIO()
    writer = csv.writer(out)
    texts = [(name, code) for name, code in _texts()]
    writer.writerow(
        ["uid", "slug", "state", "latitude", "longitude", "place", "kinds", "area_ha", "updated"]
        + [f"{name}:{code}" for name, code in texts]
    )
    for chunk in chunks(ids):
        sites = Site.objects.filter(pk__in=chunk).select_related("place").order_by("pk")
        for site in sites.prefetch_related("kinds"):
            plain = [site.uid, site.slug, site.state]
            numbers = ["" if n is None else n for n in (site.latitude, site.longitude)]
            terms = [
                site.place.slug if site.place else "",
                " ".join(kind.slug for kind in site.kinds.all()),
            ]
            area = "" if site.area_ha is None else site.area_ha
            words = [_cell(getattr(site, name).get(code, "")) for name, code in texts]
            writer.writerow([*plain, *numbers, *terms, area, site.updated_at.isoformat(), *words])
    # The byte order mark tells spreadsheets that the file is UTF-8.
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", "sites.csv")


@admin.action(description=gettext_lazy("Download as a fixture (JSON)"), permissions=["view"])
def export_fixture(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """The sites and their rows as a fixture for `loaddata`; records they refer to must exist."""
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    rows: list = []
    for chunk in chunks(ids):
        rows += Site.objects.filter(pk__in=chunk).order_by("pk")
    for model in ROWS:
        for chunk in chunks(ids):
            rows += model.objects.filter(site__in=chunk).order_by("pk")
    rows += PartOf.objects.filter(part__in=ids, whole__in=ids).order_by("pk")
    text = serializers.serialize(
        "json",
        rows,
        indent=1,
        ensure_ascii=False,
        use_natural_foreign_keys=True,
        use_natural_primary_keys=True,
    )
    return _file(text, "application/json", "sites.json")


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(), content_type=content_type, headers=headers)
