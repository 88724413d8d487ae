"""Admin of registers, their terms and their entries."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from heritage.admin.form.inlines import RecordInline
from heritage.admin.form.inputs import PastDateFormField
from heritage.admin.form.record_admin import RecordAdmin
from heritage.admin.form.record_form import RecordFields
from heritage.admin.lists.filters import RegisterFilter
from heritage.models import (
    ComponentPoint,
    Coverage,
    Designation,
    DesignationEvent,
    Register,
    RegisterTerm,
    WorldHeritage,
)
from heritage.values.date_format import year_phrase


@admin.register(Register)
class RegisterAdmin(RecordAdmin):
    list_display = ("display_name", "role", "country", "rank", "slug")
    list_filter = ("role",)
    list_select_related = ("country",)
    search_fields = ("label", "slug", "authority")
    textarea_rows = {"description": 4, "edition_note": 2}
    fieldsets = (
        (None, {"fields": ("label", "short_label", "other_names", "slug", "role", "rank")}),
        (_("Edition"), {"fields": ("edition", "edition_note")}),
        (_("Who keeps it"), {"fields": ("authority", "country", "uri_template", "description")}),
    )


@admin.register(RegisterTerm)
class RegisterTermAdmin(RecordAdmin):
    list_display = ("code", "display_name", "facet", "register", "order")
    list_display_links = ("code", "display_name")
    list_filter = (RegisterFilter, "facet")
    list_select_related = ("register",)
    search_fields = ("code", "label", "register__label")
    fieldsets = (
        (None, {"fields": ("register", "facet", "code", "label", "other_names", "order")}),
    )


# --- entries -----------------------------------------------------------------------------------


class PastEvents(RecordFields):
    """A form for events of entries; refuses years in the future."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "date":
            kwargs["form_class"] = PastDateFormField
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class DesignationEventRows(PastEvents, RecordInline):
    model = DesignationEvent
    verbose_name, verbose_name_plural = _("event"), _("what happened to the entry")
    fields = (("kind", "date"), ("note", "source"))


class WorldHeritageInline(RecordInline):
    model = WorldHeritage
    fields = (("dossier", "area_ha"), "criteria", ("regions", "states"))


class CoveredSiteRows(RecordInline):
    model = Coverage
    verbose_name, verbose_name_plural = _("site"), _("sites that it covers")
    select_related = ("site",)
    fields = (("site", "extent", "component_reference"), ("note", "source"))

    def row_label(self, row: Coverage) -> str:
        return f"{row.site} – {row.get_extent_display()}"


@admin.register(Designation)
class DesignationAdmin(RecordAdmin):
    list_display = ("code", "display_name", "register", "category", "batch", "listed", "standing")
    list_display_links = ("code", "display_name")
    list_filter = (RegisterFilter, "standing", "batch")
    list_select_related = ("register", "category")
    search_fields = ("reference", "name", "coverages__site__search_text")
    readonly_fields = ("standing", "listed")
    fieldsets = (
        (None, {"fields": ("register", "reference", "name")}),
        (_("As the register has it"), {"fields": (("category", "batch"), "era_text")}),
        (
            _("What follows from its events"),
            {"fields": (("standing", "listed"), "superseded_by")},
        ),
        (_("Sources and notes"), {"fields": ("note", "source")}),
    )
    inlines = (DesignationEventRows, WorldHeritageInline, CoveredSiteRows)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, _many = super().get_search_results(request, queryset, search_term)
        return found, True  # an entry may cover several sites

    @admin.display(description=_("reference"), ordering="reference", empty_value="–")
    def code(self, row: Designation) -> str | None:
        return row.reference or None

    @admin.display(description=_("name"))
    def display_name(self, row: Designation) -> str:
        return row.name.best().text or str(row.register)

    @admin.display(description=_("listed in"), ordering="listed_year")
    def listed(self, row: Designation) -> str:
        return year_phrase(row.listed_year) if row.listed_year is not None else ""


@admin.register(DesignationEvent)
class DesignationEventAdmin(PastEvents, RecordAdmin):
    list_display = ("event_kind", "event_date", "designation")
    list_filter = ("kind",)
    list_select_related = ("designation__register",)
    search_fields = ("designation__reference", "designation__name")
    fieldsets = ((None, {"fields": ("designation", ("kind", "date"), ("note", "source"))}),)

    @admin.display(description=_("kind"), ordering="kind")
    def event_kind(self, row: DesignationEvent) -> str:
        return row.get_kind_display()

    @admin.display(description=_("date"), ordering="first_year")
    def event_date(self, row: DesignationEvent) -> str:
        return row.when()


@admin.register(WorldHeritage)
class WorldHeritageAdmin(RecordAdmin):
    list_display = ("designation", "dossier", "area_ha")
    list_select_related = ("designation__register",)
    search_fields = ("designation__reference", "designation__name", "dossier")
    fieldsets = (
        (
            None,
            {"fields": ("designation", "dossier", "criteria", ("regions", "states"), "area_ha")},
        ),
    )


@admin.register(ComponentPoint)
class ComponentPointAdmin(RecordAdmin):
    list_display = ("designation", "number", "state", "latitude", "longitude", "site")
    list_select_related = ("designation__register", "state", "site")
    search_fields = ("designation__reference", "designation__name")
    fieldsets = (
        (
            None,
            {"fields": (("designation", "number"), ("latitude", "longitude"), ("state", "site"))},
        ),
    )
