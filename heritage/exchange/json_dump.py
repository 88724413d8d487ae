"""JSON as `dumpdata` writes it: with the columns that no fixture carries, but a copy must.

Such as when a site was created and published, and by whom. Only rows that keep their `pk` have
them: what names its rows by natural keys is a fixture. `loaddata` reads both.
"""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers import json
from django.db.models import Model

from heritage.models.base import Record
from heritage.models.row_values import column

Deserializer = json.Deserializer


class Serializer(json.Serializer):
    def get_dump_object(self, obj: Model) -> dict[str, Any]:
        row = super().get_dump_object(obj)
        fields = row["fields"]
        if isinstance(obj, Record) and "pk" in row:
            fields |= {name: self._copied(obj, name) for name in obj.copied_fields}
        for name, value in fields.items():
            if isinstance(value, datetime):
                fields[name] = value.isoformat()  # Django would cut the microseconds
            elif isinstance(value, int) and obj._meta.get_field(name).related_model is ContentType:
                # Of which another database has other ids.
                fields[name] = ContentType.objects.get_for_id(value).natural_key()
        return row

    def _copied(self, obj: Model, name: str) -> Any:
        field = column(type(obj), name)
        if field.remote_field and self.use_natural_foreign_keys:
            other = getattr(obj, name)
            return other.natural_key() if other else None
        return field.value_from_object(obj)
