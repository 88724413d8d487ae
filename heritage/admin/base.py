"""The pages of a record: its permissions, its search, and one change set for each save."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import csrf_protect_m
from django.db.models import Q
from django.utils.text import capfirst, smart_split, unescape_string_literal

from heritage.admin import access
from heritage.admin.choosers import Lookups
from heritage.admin.columns import RecordFields, RecordForm
from heritage.admin.history import history_view
from heritage.admin.inlines import RecordInline
from heritage.models.fields import LanguageMapField
from heritage.services.history import change_set, current_change_set

COMMENT = "_comment"  # what an editor says of a change, in the row of the buttons


class RecordAdmin(RecordFields, admin.ModelAdmin):
    """The pages of one kind of record."""

    form = RecordForm
    list_per_page = 50
    save_on_top = False
    show_full_result_count = False
    object_history_template = "admin/record_history.html"

    # --- permissions

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and access.is_open(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and access.is_open(request.user, obj)

    # --- search

    def get_search_results(self, request, queryset, search_term):
        """Every word in any of `search_fields`; language maps in all languages."""
        for word in smart_split(search_term):
            if word[:1] in "\"'" and word[:1] == word[-1:] and len(word) > 1:
                word = unescape_string_literal(word)
            found = Q()
            for path in self.get_search_fields(request):
                for lookup in _lookups(self.model, path):
                    found |= Q(**{f"{lookup}__icontains": word})
            queryset = queryset.filter(found)
        return queryset, False

    # --- one change set for each request that writes

    def _acting(self, request) -> AbstractContextManager:
        if request.method != "POST":
            return nullcontext()
        reason = request.POST.get(COMMENT, "").strip()
        kind = "bulk" if request.POST.get("action") else "edit"
        return change_set(kind, request.user, reason)

    @csrf_protect_m
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with self._acting(request):
            # That is the transaction: Django's own one would only be another savepoint.
            return self._changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        with self._acting(request):
            return super().delete_view(request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        with self._acting(request):
            return super().changelist_view(request, extra_context)

    def save_model(self, request, obj, form, change):
        # A revision holds what was changed, and nothing else.
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)

    def log_addition(self, request, obj, message):
        return _commented(super().log_addition(request, obj, message))

    def log_change(self, request, obj, message):
        return _commented(super().log_change(request, obj, message))

    def log_deletions(self, request, queryset):
        entries = super().log_deletions(request, queryset)
        for entry in entries if isinstance(entries, list) else [entries]:
            _commented(entry)
        return entries

    # --- rows

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, RecordInline):
            if not hasattr(request, "lookups"):
                request.lookups = Lookups()
            kwargs["lookups"] = request.lookups
        return kwargs

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        for formset in formsets:
            formset.page = formsets  # for rules across the rows of a page
        return formsets, inlines

    def render_change_form(self, request, context, *args, **kwargs):
        context["revision_comment"] = request.POST.get(COMMENT, "")
        context["error_links"] = list(_error_links(context)) if context.get("errors") else []
        return super().render_change_form(request, context, *args, **kwargs)

    # --- history

    def history_view(self, request, object_id, extra_context=None):
        return history_view(self, request, object_id, extra_context)


def _error_links(context):
    """(anchor, field, message) of each error: in a long form nobody should have to look for it."""
    yield from _form_errors(context["adminform"].form, "")
    for inline in context["inline_admin_formsets"]:
        for number, form in enumerate(inline.formset.forms, 1):
            yield from _form_errors(form, f"{capfirst(inline.opts.verbose_name)} {number}: ")


def _form_errors(form, prefix):
    for name, messages in form.errors.items():
        if name in form.fields:
            for message in messages:
                yield form[name].id_for_label, f"{prefix}{form[name].label}", message


def _commented(entry):
    """What Django says of a change belongs to the change set, for the history."""
    running = current_change_set()
    if running is not None and entry is not None:
        running.detail.setdefault("message", entry.change_message)
    return entry


@cache
def _lookups(model, path: str) -> tuple[str, ...]:
    """The database lookups of a search field: one for each language of a language map."""
    column = None
    for name in path.split("__"):
        column = model._meta.get_field(name)
        model = column.related_model
    if not isinstance(column, LanguageMapField):
        return (path,)
    codes = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]
    return tuple(f"{path}__{code}" for code in codes)
