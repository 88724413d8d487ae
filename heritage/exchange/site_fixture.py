"""Sites and all that belongs to them as a fixture for `loaddata`.

Records that they refer to must exist where it is loaded.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch, QuerySet

from heritage.models import PartOf, Record, Site, chunks, owner_model, untracked
from heritage.models.row_values import recorded_columns, recorded_relations
from heritage.services import parents_first


@cache
def site_models() -> list[type[Record]]:
    """The site and all that belongs to one, each behind those that it refers to.

    What people say to each other about a record is not part of it.
    """
    records = (model for model in apps.get_models() if issubclass(model, Record))
    return parents_first(m for m in records if m.describes_sites and owner_model(m) is Site)


def sites_as_fixture(ids: list[int]) -> Iterator[str]:
    """The text of the fixture, piece by piece."""
    yield "["
    separator = "\n"
    for model in site_models():
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
    keys = [field.name for field in recorded_columns(model) if field.is_relation]
    columns = [field.name for field in model._meta.concrete_fields if field.name not in keys]
    rows: QuerySet[Any] = model.objects.select_related(*keys).order_by("pk")
    # Of what is referred to nothing but the uid, by which a fixture names it.
    rows = rows.only(*columns, *(f"{key}__uid" for key in keys))
    for field in recorded_relations(model):
        others = untracked(field.remote_field.model).only("uid")
        rows = rows.prefetch_related(Prefetch(field.name, others))
    chosen = set(ids)
    for chunk in chunks(ids):
        found = list(rows.filter(**{f"{model.owner or 'pk'}__in": chunk}))
        if model is PartOf:  # the site that it is a part of may not be among the chosen
            found = [row for row in found if row.whole_id in chosen]
        yield found
