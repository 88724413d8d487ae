"""Admin of visiting information: opening hours, prices, facts, notices, custodians, identifiers."""

from functools import partial
from typing import ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from heritage.admin.access import user_of
from heritage.admin.form.inlines import RecordInline, with_note
from heritage.admin.form.record_admin import NameSearch, RecordAdmin
from heritage.admin.lists.filters import CheckedFilter, Filters, SiteStateFilter
from heritage.admin.records.names_events_pictures import RowAdmin
from heritage.admin.writes import change_set, log_change
from heritage.models import (
    CheckedRecord,
    Custodian,
    Identifier,
    IdentifierScheme,
    Notice,
    Opening,
    Price,
    VisitingFact,
)
from heritage.values.html import fragment

_BUTTON = fragment("admin/button.html")

# --- in the form of a site ---------------------------------------------------------------------

# The fields that tell how well a fact is checked.
_CHECKED = (("source", "checked_on"), ("quality", "as_of", "second_source"), "differs")


class IdentifierRows(RecordInline):
    model = Identifier
    is_collapsed = True
    select_related = ("scheme",)
    fields = (("scheme", "value"),)


class NoticeRows(RecordInline):
    model = Notice
    is_collapsed = True
    fields = ("text", ("begins", "ends", "is_closed"), "source")


class CheckedRows(RecordInline):
    """Shows for each row that readers do not see why they do not."""

    is_collapsed = True

    def row_label(self, row: CheckedRecord) -> str:
        if row.is_shown:
            return str(row)
        why = (
            _("not shown to readers: nobody has checked it")
            if row.source_id
            else _("not shown to readers: it has no source")
        )
        return with_note(row=row, note=why)


class OpeningRows(CheckedRows):
    model = Opening
    verbose_name, verbose_name_plural = _("hours of some days"), _("opening hours")
    fields = (
        ("weekdays", "season_from", "season_to"),
        ("opens", "closes", "last_entry"),
        "note",
        *_CHECKED,
    )


class PriceRows(CheckedRows):
    model = Price
    fields = ("label", ("amount", "currency", "order"), "note", *_CHECKED)


class VisitingFactRows(CheckedRows):
    model = VisitingFact
    fields = (("kind", "value"), "text", *_CHECKED)


ROWS = (IdentifierRows, NoticeRows, OpeningRows, PriceRows, VisitingFactRows)


# --- on pages of their own ---------------------------------------------------------------------


class CheckedAdmin(RowAdmin):
    list_display = ("shown_text", "site", "shown", "quality", "as_of", "checked_on", "source")
    list_select_related = ("site", "source")
    list_filter: ClassVar[Filters] = (SiteStateFilter, CheckedFilter, "quality")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        button = ("checked_today",) if self.has_change_permission(request) else ()
        return (*super().get_list_display(request), *button)

    def get_urls(self) -> list[URLPattern]:
        own = self.own_path("<int:pk>/checked/", require_POST(self.confirm), "checked")
        return [own, *super().get_urls()]

    @admin.display(description=_("row"))
    def shown_text(self, row: CheckedRecord) -> str:
        return str(row)

    @admin.display(description=_("shown to readers"), boolean=True)
    def shown(self, row: CheckedRecord) -> bool:
        return row.is_shown

    @admin.display(description=_("confirm"))
    def checked_today(self, row: CheckedRecord) -> str:
        """A button inside the form of the list, so that it sends its CSRF token."""
        return _BUTTON(url=self.own_url("checked", row.pk), label=gettext("Checked today"))

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Record that the source of a row was checked today and still supports it."""
        row = self.object_or_404(request, pk, "change")
        tell = partial(self.message_user, request)
        if row.source is None or row.source.is_recalled:
            text = gettext("“%(row)s” has no source to check it against: give it one first.")
            tell(text % {"row": row}, messages.WARNING)
            return self._back(request, row)
        row.checked_on = timezone.localdate()
        with change_set("edit", user_of(request), gettext("Checked today")):
            row.save(update_fields=["checked_on"])
            log_change(
                user_of(request), [row], [str(row._meta.get_field("checked_on").verbose_name)]
            )
        tell(gettext("“%(row)s” was checked today.") % {"row": row}, messages.SUCCESS)
        return self._back(request, row)

    def _back(self, request: HttpRequest, row: CheckedRecord) -> HttpResponseRedirect:
        """Redirect to the page that sent the form, such as the list with its filters; else to the
        whole list."""
        before = request.headers.get("Referer", "")
        if url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure()):
            return redirect(before)
        return redirect(self.own_url("changelist"))


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
    list_display = ("shown_text", "site", "is_closed", "begins", "ends")
    list_filter = (SiteStateFilter, "is_closed")
    search_fields = ("text", "site__name", "site__slug")
    fieldsets = ((None, {"fields": ("site", *NoticeRows.fields)}),)

    @admin.display(description=_("text"))
    def shown_text(self, row: Notice) -> str:
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
    list_display = ("display_name", "slug", "uri_template")
    search_fields = ("label", "slug")
    fieldsets = ((None, {"fields": ("label", "slug", "pattern", "uri_template")}),)


@admin.register(Custodian)
class CustodianAdmin(NameSearch, RecordAdmin):
    list_display = ("display_name", "url")
    extra_search_fields = ("url",)
    fieldsets = ((None, {"fields": ("name", "url")}),)

    @admin.display(description=_("name"))
    def display_name(self, row: Custodian) -> str:
        return str(row)
