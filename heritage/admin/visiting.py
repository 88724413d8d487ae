"""Inlines and pages of visiting facts, custodians and identifiers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from heritage.admin.base import NameSearch, RecordAdmin
from heritage.admin.filters import SiteStateFilter
from heritage.admin.inlines import RecordInline
from heritage.admin.rows import RowAdmin
from heritage.models import (
    Custodian,
    Identifier,
    IdentifierScheme,
    Notice,
    Opening,
    Price,
    VisitingFact,
)

# --- in the form of a site ---------------------------------------------------------------------

_CHECKED = ("source", "checked_on")  # without both it is not shown as a fact


class IdentifierRows(RecordInline):
    model = Identifier
    named_after = ("scheme",)
    fields = (("scheme", "value"),)


class NoticeRows(RecordInline):
    model = Notice
    fields = ("text", ("begins", "ends", "is_closed"), "source")


class OpeningRows(RecordInline):
    model = Opening
    verbose_name, verbose_name_plural = _("hours of some days"), _("opening hours")
    fields = (
        ("weekdays", "season_from", "season_to"),
        ("opens", "closes", "last_entry"),
        "note",
        _CHECKED,
    )


class PriceRows(RecordInline):
    model = Price
    fields = ("label", ("amount", "currency", "order"), "note", _CHECKED)


class VisitingFactRows(RecordInline):
    model = VisitingFact
    fields = (("kind", "value"), "text", _CHECKED)


ROWS = (IdentifierRows, NoticeRows, OpeningRows, PriceRows, VisitingFactRows)


# --- on pages of their own ---------------------------------------------------------------------


class CheckedAdmin(RowAdmin):
    list_display = ("said", "site", "checked", "checked_on", "source")
    list_select_related = ("site", "source")
    list_filter = (SiteStateFilter, ("checked_on", admin.EmptyFieldListFilter))

    @admin.display(description=_("row"))
    def said(self, row):
        return str(row)

    @admin.display(description=_("shown as a fact"), boolean=True)
    def checked(self, row):
        return row.is_checked


@admin.register(Opening)
class OpeningAdmin(CheckedAdmin):
    fieldsets = ((None, {"fields": ("site", *OpeningRows.fields)}),)


@admin.register(Price)
class PriceAdmin(CheckedAdmin):
    fieldsets = ((None, {"fields": ("site", *PriceRows.fields)}),)


@admin.register(VisitingFact)
class VisitingFactAdmin(CheckedAdmin):
    list_filter = (*CheckedAdmin.list_filter, "kind")
    fieldsets = ((None, {"fields": ("site", *VisitingFactRows.fields)}),)


@admin.register(Notice)
class NoticeAdmin(RowAdmin):
    list_display = ("said", "site", "is_closed", "begins", "ends")
    list_filter = (SiteStateFilter, "is_closed")
    search_fields = ("text", "site__name", "site__slug")
    fieldsets = ((None, {"fields": ("site", *NoticeRows.fields)}),)

    @admin.display(description=_("text"))
    def said(self, row):
        return str(row)


@admin.register(Identifier)
class IdentifierAdmin(RowAdmin):
    list_display = ("value", "scheme", "site")
    list_filter = (SiteStateFilter, "scheme")
    list_select_related = ("site", "scheme")
    search_fields = ("value", "site__name", "site__slug")
    fieldsets = ((None, {"fields": ("site", ("scheme", "value"))}),)


@admin.register(IdentifierScheme)
class IdentifierSchemeAdmin(RecordAdmin):
    list_display = ("named", "slug", "uri_template")
    search_fields = ("label", "slug")
    fieldsets = ((None, {"fields": ("label", "slug", "pattern", "uri_template")}),)

    @admin.display(description=_("label"))
    def named(self, row):
        return str(row)


@admin.register(Custodian)
class CustodianAdmin(NameSearch, RecordAdmin):
    list_display = ("named", "url")
    also_searched = ("url",)
    fieldsets = ((None, {"fields": ("name", "url")}),)

    @admin.display(description=_("name"))
    def named(self, row):
        return str(row)
