"""The fields of a site, each declared once.

`SITE_FIELDS` is read by the admin's form, the columns of its list, editing in a table, corrections,
completeness and imports. Its order is that of the form. The columns of downloads, which lie below,
are declared in `formats.downloads`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from heritage.exchange.columns import (
    Column,
    EraColumn,
    FieldUse,
    KindsColumn,
    PlaceColumn,
    PointColumn,
    TextColumn,
    class_for,
)
from heritage.models import Site, User
from heritage.values.language import LazyText, interface_languages


@dataclass(frozen=True, slots=True)
class SiteField:
    name: str  # of the model field, or of what the admin shows in its place
    section: str = ""  # of the form, see `heritage/admin/records/sites.py`; empty: not in the form
    column: type[Column] | None = None  # where the one of its type will not do
    uses: FieldUse = FieldUse.ALL  # of those that its column can be offered for
    beside: bool = False  # in one line of the form with the field before it
    missing: str | LazyText = ""  # what readers look for and a site without it lacks

    @property
    def column_class(self) -> type[Column]:
        return self.column or class_for(Site._meta.get_field(self.name))

    def is_for(self, use: FieldUse) -> bool:
        return use in self.uses and use in self.column_class.uses

    def columns(self, languages: Iterable[str]) -> list[Column]:
        column = self.column_class
        if issubclass(column, TextColumn):
            return [column(self.name, code) for code in languages]
        return [column(self.name)]


SITE_FIELDS = (
    SiteField("uid", uses=FieldUse.IMPORT),
    SiteField("state", uses=FieldUse.IMPORT),
    SiteField("name", "names", missing=_("name in %(language)s")),
    SiteField("short_name", "names"),
    SiteField("kinds", "what", KindsColumn, missing=_("kind")),
    SiteField("place", "where", PlaceColumn, missing=_("place")),
    SiteField("also_in", "where", uses=FieldUse.IMPORT, beside=True),
    SiteField("coordinates", "where", PointColumn, missing=_("point")),
    SiteField("latitude", "where", uses=~FieldUse.CORRECTION, beside=True),
    SiteField("longitude", "where", uses=~FieldUse.CORRECTION, beside=True),
    SiteField("precision", "where"),
    SiteField("accuracy_m", "where", beside=True),
    SiteField("point_source", "where", uses=FieldUse.IMPORT),
    SiteField("blur_km", "where", beside=True),
    SiteField("public_point", "where", uses=FieldUse.NONE),
    SiteField("boundary", "where", uses=FieldUse.NONE),
    SiteField("era", column=EraColumn),
    SiteField("hook", "texts"),
    SiteField("summary", "texts", missing=_("summary in %(language)s")),
    SiteField("description", "texts", missing=_("description in %(language)s")),
    SiteField("cover", "pictures", uses=FieldUse.NONE),
    SiteField("custodian", "visiting", uses=FieldUse.LIST | FieldUse.IMPORT),
    SiteField("area_ha", "visiting", beside=True),
    SiteField("sources", "sources", uses=FieldUse.IMPORT, missing=_("source")),
    SiteField("note", "sources"),
    SiteField("featured", "publication"),
    SiteField("prominence", "publication", beside=True),
    SiteField("slug", "publication", uses=FieldUse.LIST | FieldUse.IMPORT),
    SiteField("eras", "automatic", uses=FieldUse.NONE),
    SiteField("former_addresses", "automatic", uses=FieldUse.NONE),
    SiteField("created_at", "automatic", uses=FieldUse.LIST),
    SiteField("created_by", "automatic", uses=FieldUse.LIST, beside=True),
    SiteField("updated_at", "automatic", uses=FieldUse.LIST, beside=True),
    SiteField("published_at", "automatic", uses=FieldUse.LIST),
    SiteField("state_changed_at", "automatic", uses=FieldUse.NONE, beside=True),
    SiteField("state_changed_by", "automatic", uses=FieldUse.NONE, beside=True),
)


def fields_for(use: FieldUse) -> list[SiteField]:
    return [field for field in SITE_FIELDS if field.is_for(use)]


def form_lines(section: str) -> tuple[tuple[str, ...], ...]:
    """The names of the fields in a section of the form, line by line."""
    lines: list[tuple[str, ...]] = []
    for field in SITE_FIELDS:
        if field.section == section:
            line = lines.pop() if field.beside else ()
            lines.append((*line, field.name))
    return tuple(lines)


def editable_columns(use: FieldUse, user: User) -> dict[str, Column]:
    """The columns that a user may write, by key, with translated fields in each language of the
    interface."""
    languages = interface_languages()
    found = [column for field in fields_for(use) for column in field.columns(languages)]
    return {
        column.key: column
        for column in found
        if not column.permission or user.has_perm(column.permission)
    }


def with_related(sites: QuerySet[Site], columns: Iterable[Column]) -> QuerySet[Site]:
    """With the rows of other tables that columns read."""
    related = (each for column in columns for each in column.related)
    return sites.prefetch_related(*dict.fromkeys(related))  # of several events, each once
