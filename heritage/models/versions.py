"""Every row that people change has its versions; one revision groups what one act changed."""

import reversion
from django.apps import apps

from heritage.models.base import Record


def register() -> None:
    """Register every record with django-reversion. Rows are kept as they are: no `follow`,
    so that a revision holds what was changed and nothing else."""
    for model in apps.get_app_config("heritage").get_models():
        if issubclass(model, Record) and not reversion.is_registered(model):
            # As in a fixture: no derived columns, which follow by themselves.
            fields = [
                f.name
                for f in (*model._meta.concrete_fields, *model._meta.many_to_many)
                if f.serialize or f.primary_key
            ]
            reversion.register(model, fields=fields)
