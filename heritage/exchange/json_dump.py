"""The JSON format of `dumpdata`, with columns that fixtures do not have but a copy needs.

Examples are when a site was created and published, and by whom. They are only in dumps with primary
keys; with natural keys it is a fixture. `loaddata` reads both.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.serializers import json
from django.db.models import Model

from heritage.models import Record
from heritage.models.row_values import column

Deserializer = json.Deserializer
# Every database makes these by itself, with ids of its own, and no dump of the catalogue has them.
_ELSEWHERE = (ContentType, Group, Permission)


class Serializer(json.Serializer):
    def get_dump_object(self, obj: Model) -> dict[str, Any]:
        row = super().get_dump_object(obj)
        fields = row["fields"]
        if isinstance(obj, Record) and "pk" in row:
            fields |= {name: self._copied(obj, name) for name in obj.copied_fields}
        for name, value in fields.items():
            field: Any = obj._meta.get_field(name)
            if isinstance(value, datetime):
                fields[name] = value.isoformat()  # Django would cut the microseconds
            elif field.related_model in _ELSEWHERE and value:
                model = field.related_model
                fields[name] = (
                    [self._natural(model, each) for each in value]
                    if field.many_to_many
                    else self._natural(model, value)
                )
        return row

    def _copied(self, obj: Model, name: str) -> Any:
        field = column(type(obj), name)
        if field.remote_field and self.use_natural_foreign_keys:
            other = getattr(obj, name)
            return other.natural_key() if other else None
        return field.value_from_object(obj)

    def _natural(self, model: Any, key: Any) -> Any:
        """The natural key of a row, by its id or by that key itself."""
        if not isinstance(key, int):
            return key
        if model is ContentType:  # which Django caches
            return ContentType.objects.get_for_id(key).natural_key()
        return model._default_manager.get(pk=key).natural_key()
