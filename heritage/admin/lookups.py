"""`ListLookups`: the look-ups that are allowed in the address of a list."""

from typing import Any

from django.contrib import admin
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

# What Django's filters ask of a column that a list filters by; a date hierarchy has its own.
_OF_FILTERS = ("", "exact", "isnull", "isempty", "gte", "lt", "id__exact")
_OF_DATES = ("year", "month", "day")


class ListLookups(admin.ModelAdmin):
    """Allows only the look-ups of a list's own filters.

    Django allows any look-up of any column of the model: `?email__startswith=a` would reveal letter
    by letter what the form hides, and `?slug__regex=…` can keep a worker busy without end. Every
    class of the admin derives from this one.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        for offered in self.get_list_filter(request):
            if isinstance(offered, type):  # a filter with a parameter of its own
                if lookup == getattr(offered, "parameter_name", None):
                    return True
            elif lookup in _lookups(offered, _OF_FILTERS):
                return True
        return self.date_hierarchy is not None and lookup in _lookups(
            self.date_hierarchy, (*_OF_DATES, "gte", "lt")
        )


def _lookups(offered: Any, suffixes: tuple[str, ...]) -> set[str]:
    """The look-ups of a filter, which is given as a column or as (column, class)."""
    column = offered if isinstance(offered, str) else offered[0]
    return {LOOKUP_SEP.join(filter(None, (column, suffix))) for suffix in suffixes}
