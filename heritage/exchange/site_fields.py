"""The columns of the fields of a site, for those who read, compare and assign values as texts.

`models.site_fields` declares the fields.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from heritage.exchange.columns import Column, TextColumn, class_for
from heritage.models import SITE_FIELDS, FieldUse, Site, SiteField, User
from heritage.values.language import interface_languages


def fields_for(use: FieldUse) -> list[SiteField]:
    return [
        field for field in SITE_FIELDS if use in field.uses and use in class_for(field.name).uses
    ]


def columns_of(field: SiteField, languages: Iterable[str]) -> list[Column]:
    """The column of a field; of a translated field, one for each language."""
    column = class_for(field.name)
    if issubclass(column, TextColumn):
        return [column(field.name, code) for code in languages]
    return [column(field.name)]


def editable_columns(use: FieldUse, user: User) -> dict[str, Column]:
    """The columns that a user may write, by key, with translated fields in each language of the
    interface."""
    languages = interface_languages()
    found = [column for field in fields_for(use) for column in columns_of(field, languages)]
    return {
        column.key: column
        for column in found
        if not column.permission or user.has_perm(column.permission)
    }


def with_related(sites: QuerySet[Site], columns: Iterable[Column]) -> QuerySet[Site]:
    """With the rows of other tables that columns read."""
    related = (each for column in columns for each in column.related)
    return sites.prefetch_related(*dict.fromkeys(related))  # of several events, each once
