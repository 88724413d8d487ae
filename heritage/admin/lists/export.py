"""Actions that download the selected sites, as a CSV table or as a fixture."""

import csv
import io
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy

from heritage.admin.actions import chosen_ids
from heritage.models import PartOf, Site
from heritage.models.base import Record, chunks, unwatched
from heritage.models.row_values import kept_columns, kept_relations
from heritage.models.unit_of_work import owner_model
from heritage.services.dependencies import parents_first

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
) -> StreamingHttpResponse | None:
    ids = chosen_ids(model_admin, request, queryset)
    return _file(_table(ids), "text/csv; charset=utf-8", "sites.csv") if ids else None


def _table(ids: list[int]) -> Iterator[str]:
    """The text of a table, portion by portion."""
    out = io.StringIO()
    writer = csv.writer(out)
    texts = _texts()
    out.write("\ufeff")  # tells spreadsheets that the file is UTF-8
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
        yield out.getvalue()
        out.seek(0)
        out.truncate()


@admin.action(
    description=gettext_lazy(
        "Download as a fixture (JSON), without picture files and what the sites refer to"
    ),
    permissions=["view"],
)
def export_fixture(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> StreamingHttpResponse | None:
    """The sites and their rows as a fixture for `loaddata`; records they refer to must exist."""
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    return _file(_fixture(ids), "application/json; charset=utf-8", "sites.json")


@cache
def exported_models() -> list[type[Record]]:
    """The site and all that belongs to one, each behind those that it refers to.

    What people say to each other about a record is not part of it.
    """
    records = (model for model in apps.get_models() if issubclass(model, Record))
    return parents_first(m for m in records if m.is_content and owner_model(m) is Site)


def _fixture(ids: list[int]) -> Iterator[str]:
    """The text of a fixture, piece by piece."""
    yield "["
    separator = "\n"
    for model in exported_models():
        for rows in _portions(model, ids):
            plain = serializers.serialize(
                "python", rows, use_natural_foreign_keys=True, use_natural_primary_keys=True
            )
            for row in plain:
                text = json.dumps(row, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False)
                yield separator + text
                separator = ",\n"
    yield "\n]\n"


def _portions(model: type[Record], ids: list[int]) -> Iterator[list[Record]]:
    """The rows of these sites, with the uids of all that they refer to: one query a portion, and
    one for each many-to-many relation."""
    keys = [field.name for field in kept_columns(model) if field.is_relation]
    columns = [field.name for field in model._meta.concrete_fields if field.name not in keys]
    rows: QuerySet[Any] = model.objects.select_related(*keys).order_by("pk")
    # Of what is referred to nothing but the uid, by which a fixture names it.
    rows = rows.only(*columns, *(f"{key}__uid" for key in keys))
    for field in kept_relations(model):
        others = unwatched(field.remote_field.model).only("uid")
        rows = rows.prefetch_related(Prefetch(field.name, others))
    chosen = set(ids)
    for chunk in chunks(ids):
        found = list(rows.filter(**{f"{model.owner or 'pk'}__in": chunk}))
        if model is PartOf:  # the site that it is a part of may not be among the chosen
            found = [row for row in found if row.whole_id in chosen]
        yield found


def _file(parts: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)
