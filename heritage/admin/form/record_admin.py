"""`RecordAdmin`, the base class of the admin of every record.

It adds permissions by state, search in any script, merging of concurrent edits, and writes in
one short transaction: forms are validated and pictures decoded before any lock is taken.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import ActionLocation, csrf_protect_m
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, Q, QuerySet
from django.forms import BaseForm, FileField, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst, smart_split, unescape_string_literal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from heritage.admin import access
from heritage.admin.access import user_of
from heritage.admin.actions import TooManyRows, tell_too_many_rows, writing
from heritage.admin.autocomplete import BRACKETS
from heritage.admin.changes.history_pages import HistoryPages
from heritage.admin.form import conflicts
from heritage.admin.form.editing import OPENED, Editing, editing_of
from heritage.admin.form.inlines import RecordInline, RowSet, opened_prefixes, row_counts, rows_view
from heritage.admin.form.inputs import offered_languages
from heritage.admin.form.record_form import RecordFields, RecordForm
from heritage.admin.writes import change_set
from heritage.media import pending_uploads
from heritage.models import ChangeSet, LanguageMapField, OpenForm, PendingRefresh, Record, Site
from heritage.models.row_values import recorded_relations
from heritage.models.unit_of_work import unit_of_work
from heritage.server.timeouts import (
    LockTimeout,
    NotWritten,
    StorageFailed,
    lock_timeout,
)
from heritage.services import bulk, is_vocabulary
from heritage.services.conflicts import with_last_change
from heritage.values import normalize
from heritage.values.html import link
from heritage.values.language import join_words

COMMENT = "_comment"  # the editor's reason for a change, beside the save buttons
NAMED_USES = 20  # sites that refer to what is to be deleted, and records to be deleted at once
OPEN = "open"  # in an address: the set of rows whose forms are all shown
ATTEMPTS = 3  # to compare and write, if others write in between


class Outdated(Exception):
    """The stored data has changed since it was compared."""


class NameSearch(admin.ModelAdmin):
    """Searches `search_text`: names in any script, in pinyin, without accents."""

    search_fields = ("search_text",)
    extra_search_fields: tuple[str, ...] = ()  # columns of codes and addresses

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = normalize.tokens(search_term)
        if search_term.strip() and not words:
            return queryset.none(), False
        for word in words:
            found = Q(search_text__contains=word)
            for column in self.extra_search_fields:
                found |= Q(**{f"{column}__icontains": word})
            queryset = queryset.filter(found)
        return queryset, False


class RecordAdmin(HistoryPages, RecordFields, admin.ModelAdmin):
    """The admin of one model of records."""

    form = RecordForm
    list_per_page = 50
    show_full_result_count = False

    # --- permissions

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and access.is_open(user_of(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and access.may_delete(
            user_of(request), obj
        )

    # --- lists

    @admin.display(description=gettext_lazy("label"))
    def display_name(self, row: Any) -> str:
        return str(row)

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: list[tuple[str, str]] | None = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> list[tuple[str, str]]:
        nothing = [("", _("Choose …"))]  # Django's own words for it are not translated
        return super().get_action_choices(request, default_choices or nothing, action_location)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows in which every word occurs in one of `search_fields`, in any language."""
        for word in smart_split(search_term):
            if word[:1] in "\"'" and word[:1] == word[-1:] and len(word) > 1:
                word = unescape_string_literal(word)
            else:
                word = word.strip(BRACKETS)
            found = Q()
            for field in self.get_search_fields(request):
                for lookup in _lookups(self.model, field):
                    found |= Q(**{f"{lookup}__icontains": word})
            queryset = queryset.filter(found)
        return queryset, False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return with_last_change(rows) if hasattr(request, "editing") else rows

    # --- one form: compared with what is stored, validated, then written in one short transaction

    @csrf_protect_m
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        not_written: NotWritten = LockTimeout()  # if others write in between again and again
        for _attempt in range(ATTEMPTS):
            try:
                with ExitStack() as stack:
                    self._begin(request, stack)
                    response = self._changeform(request, object_id, form_url, extra_context)
                    normalize.load_in_background()  # while the form is filled in
                    if self._is_lost(request, object_id):
                        title = _("This record was deleted meanwhile")
                        return self._typed(request, object_id, title, is_deleted=True)
                if editing_of(request).is_writing:
                    self._message_sites_left(request)
                return response
            except Outdated:
                continue
            except PermissionDenied:
                if not self._is_lost(request, object_id):
                    raise
                title = _("You may not change this record any more")
                return self._typed(request, object_id, title)
            except NotWritten as error:
                not_written = error
                break
        with ExitStack() as stack:
            self._begin(request, stack, not_written)
            return self._changeform(request, object_id, form_url, extra_context)

    def _message_sites_left(self, request: HttpRequest) -> None:
        """Say after a save how many sites are refreshed later, see `services.pending`."""
        is_term = is_vocabulary(self.model) and settings.REFRESHED_AT_ONCE
        if is_term and (left := PendingRefresh.objects.sites_left()):
            text = ngettext(
                "%(count)s site is found by changes of its terms in some minutes.",
                "Up to %(count)s sites are found by changes of their terms in some minutes.",
                left,
            ) % {"count": number_format(left, force_grouping=True)}
            self.message_user(request, text, messages.INFO)

    def _changeform(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        # Django's own changeform_view() opens a transaction before it validates, and with SQLite
        # that keeps all other writers waiting while pictures are decoded. There is no public way
        # to validate first: this is the one private method that the admin calls.
        view = self._changeform_view  # type: ignore[attr-defined]  # which no stub has
        return view(request, object_id, form_url, extra_context)

    @staticmethod
    def _is_lost(request: HttpRequest, object_id: str | None) -> bool:
        """Whether a complete form was sent whose opened values are no longer known."""
        editing = editing_of(request)
        return object_id is not None and editing.is_sent and editing.compared is None

    def _typed(
        self, request: HttpRequest, object_id: str | None, title: str, is_deleted: bool = False
    ) -> HttpResponse:
        """The typed texts of a form that cannot be saved, to be copied elsewhere."""
        typed = conflicts.typed_texts(self, request, _id_in(object_id) or 0)
        context = {"typed": typed, "is_deleted": is_deleted}
        response = self.page(request, "admin/typed.html", title, context)
        response.status_code = 409
        return response

    @staticmethod
    def _begin(
        request: HttpRequest, stack: ExitStack, not_written: NotWritten | None = None
    ) -> None:
        request.editing = Editing(request, stack, not_written)  # type: ignore[attr-defined]
        pending_uploads.take_all(user_of(request).pk, request)
        for upload in cast(Iterable[UploadedFile], request.FILES.values()):
            upload.seek(0)  # the previous attempt has read it

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.editing = getattr(request, "editing", None)
        return form

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[Any]:
        """Only the formsets whose rows were sent or are to be shown open, see `inlines`."""
        sent = opened_prefixes([*request.POST, *request.FILES])
        for inline in self.get_inline_instances(request, obj):
            if (
                not isinstance(inline, RecordInline)
                or editing_of(request).shows_all
                or inline.prefix in sent
                or (request.method == "GET" and inline.prefix == request.GET.get(OPEN))
            ):
                yield inline.get_formset(request, obj), inline

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, obj: Any = None
    ) -> list[Any]:
        """All sets of rows; those without open rows are shown as lines."""
        may_edit = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        opened = dict(zip(map(type, inline_instances), formsets, strict=True))
        inlines = [
            inline
            for inline in self.get_inline_instances(request, obj)
            if isinstance(inline, RecordInline)
        ]
        counts = row_counts(obj, inlines)
        return [
            RowSet(
                request,
                self,
                inline,
                obj,
                opened.get(type(inline)),
                may_edit,
                counts.get(inline.prefix),
            )
            for inline in inlines
        ]

    def get_urls(self) -> list[URLPattern]:
        rows = "<str:object_id>/rows/<slug:prefix>/"
        return [
            self.own_path("<str:object_id>/open/", require_POST(self.open_view), "open"),
            self.own_path(rows, self.rows_view, "rows"),
            self.own_path(f"{rows}<int:number>/", self.rows_view, "row"),
            *super().get_urls(),
        ]

    def open_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A browser reports that the form was opened or closed; answers who else has it open."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_change_permission(request, row):
            raise PermissionDenied
        with lock_timeout(settings.WRITE_WAIT_SECONDS):
            if "closed" in request.POST:
                OpenForm.objects.unmark(row, user_of(request))
                return HttpResponse(status=204)
            others = OpenForm.objects.mark(row, user_of(request))
        return render(request, "admin/others_here.html", {"others": others})

    def rows_view(
        self, request: HttpRequest, object_id: str, prefix: str, number: int | None = None
    ) -> HttpResponse:
        """The HTML of a set of rows or of one row, fetched when it is opened."""
        with ExitStack() as stack:
            self._begin(request, stack)
            return rows_view(self, request, unquote(object_id), prefix, number)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: admin.options.InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, RecordInline):
            kwargs["editing"] = editing_of(request)
        return kwargs

    def change_set_of(self, request: HttpRequest) -> AbstractContextManager[ChangeSet]:
        """The change set of a form that is saved."""
        comment = request.POST.get(COMMENT, "").strip()
        return change_set("edit", user_of(request), comment, all_or_nothing=True)

    def _open_change_set(self, request: HttpRequest, form: Any, change: bool) -> None:
        """Open the change set before the first write; other writers wait until it ends."""
        editing = editing_of(request)
        if editing.is_writing:
            return
        editing.is_writing = True
        editing.stack.enter_context(self.change_set_of(request))
        with unit_of_work() as unit:
            unit.prepare_write(self.model)
            row = unit.lock_row(self.model, form.instance.pk) if change else None
        if not change:
            return
        stored = self.model.from_db(None, row.keys(), row.values()) if row else None
        # If the user may not change it any more, the next attempt says so.
        may_change = row is not None and self.has_change_permission(request, stored)
        if not may_change or self._is_outdated(editing, form, row or {}):
            raise Outdated

    def _is_outdated(self, editing: Editing, form: Any, stored: dict) -> bool:
        """Whether what is about to be written was written by others since it was compared."""
        compared = editing.compared or {}
        if form.has_changed() and any(stored[name] != compared[name] for name in compared):
            return True
        rows = [
            (formset.model, each.instance)
            for formset in editing.formsets
            for each in formset.changed_rows()
        ]
        # Whether it may be published depends on its relations.
        relations = {"state", *(field.name for field in recorded_relations(self.model))}
        if not relations.isdisjoint(form.changed_data):
            rows.append((self.model, form.instance))
        return bool(rows) and editing.is_outdated(rows)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # An unchanged record is not written.
        if not change or form.has_changed():
            self._open_change_set(request, form, change)
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if any(formset.has_changed() for formset in formsets):
            self._open_change_set(request, form, change)
        for name in form.changed_data:
            if (
                isinstance(form.fields[name], ModelMultipleChoiceField)
                and name in form.cleaned_data
            ):
                relation = getattr(form.instance, name)
                chosen = form.cleaned_data[name]
                relation.set(chosen) if change else relation.add(*chosen)
        for formset in formsets:
            self.save_formset(request, form, formset, change)
        self._message_dates_read(request, form, formsets)

    def _message_dates_read(self, request: HttpRequest, form: Any, formsets: Any) -> None:
        """Say how dates were understood by a convention, for those who saw no echo while typing."""
        forms = [form, *(row for formset in formsets for row in formset.forms)]
        remarks = (remark for each in forms for remark in each.date_remarks())
        for remark in dict.fromkeys(remarks):
            self.message_user(request, remark, messages.WARNING)

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: Any = messages.INFO,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        editing = getattr(request, "editing", None)
        if level == messages.SUCCESS and editing and not editing.is_writing:
            level, message = messages.INFO, _("Nothing was changed, so nothing was saved.")
        super().message_user(request, message, level, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        labels = dict.fromkeys(map(capfirst, editing_of(request).from_others))
        if labels:
            text = ngettext(
                "It was changed meanwhile, and this was kept: %(fields)s.",
                "It was changed meanwhile, and these were kept: %(fields)s.",
                len(labels),
            ) % {"fields": join_words(labels)}
            self.message_user(request, text, messages.INFO)
        return super().response_change(request, obj)

    def log_change(  # type: ignore[override]  # none where nothing is said
        self, request: HttpRequest, obj: Record, message: Any
    ) -> LogEntry | None:
        if message:
            return super().log_change(request, obj, message)
        return None

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        editing = editing_of(request)
        if request.FILES and not isinstance(editing.not_written, StorageFailed):
            _keep_uploads(request, context)
        if editing.conflicts:
            shown = conflicts.shown_conflicts(editing, user_of(request))
            context["conflicts"] = shown
            context["conflicts_title"] = (
                _("Changed by you in another window")
                if all(each.is_own for each in shown)
                else _("Changed by two editors at once")
            )
            context["is_unknown"] = any(each.opened is None for each in editing.conflicts)
        context["offered_languages"] = offered_languages()
        context["revision_comment"] = request.POST.get(COMMENT, "")
        context["error_links"] = list(_error_links(context)) if context.get("errors") else []
        if change and self.has_change_permission(request, obj):
            context |= {"opened_name": OPENED, "opened": str(obj.last_change)}
            context["open_url"] = self.own_url("open", obj.pk)
        context["is_busy"] = isinstance(editing.not_written, LockTimeout)
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if editing.not_written:
            response.status_code = 503
            response["Retry-After"] = str(settings.RETRY_AFTER_SECONDS)
        elif editing.conflicts:
            response.status_code = 409
        return response

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[str], list[str]]:
        """Django's list without rows that are derived or linked automatically."""
        rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        hidden = [
            model._meta
            for model in apps.get_models(include_auto_created=True)
            if not self.admin_site.is_registered(model)
        ]
        starts = tuple(f"{capfirst(str(opts.verbose_name))}: " for opts in hidden)
        names = {opts.verbose_name_plural for opts in hidden}
        counts = {name: count for name, count in counts.items() if name not in names}
        if protected and len(objs) <= NAMED_USES:
            protected = [text for obj in objs for text in _uses(obj)] or protected
        return _without(rows, starts), counts, lacking, protected

    # --- deleting, and what is done with many records at once

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        with lock_timeout(settings.WRITE_WAIT_SECONDS):
            return super().delete_view(request, object_id, extra_context)

    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> HttpResponse | None:
        if "post" not in request.POST:  # not confirmed yet, or without confirmation
            return super().response_action(request, queryset, action_location)
        try:
            with change_set("bulk", user_of(request)):
                return super().response_action(request, queryset, action_location)
        except TooManyRows:
            tell_too_many_rows(self, request)
            return None

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with change_set("edit", user_of(request)):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with writing(request):
            super().delete_queryset(request, queryset)


def _uses(term: Record) -> Iterator[str]:
    """The uses of a record by model and column, with links to lists of the sites that use it."""
    for use in bulk.uses(term):
        ids = sorted(bulk.sites_using([use]))
        if not ids:
            yield f"{capfirst(use.label)}: {number_format(len(use.ids))}"
            continue
        sites = Site.objects.filter(pk__in=ids[:NAMED_USES]).order_by("slug")
        links = [
            link(url=reverse("admin:heritage_site_change", args=[site.pk]), text=site)
            for site in sites
        ]
        if more := len(ids) - len(links):
            links.append(
                format_html("{}", _("and %(count)s more") % {"count": number_format(more)})
            )
        names = format_html_join(" · ", "{}", ((link,) for link in links))
        yield format_html("{}: {}", capfirst(use.label), names)


def _without(rows: list, starts: tuple[str, ...]) -> list:
    """A nested list of texts without those that begin with one of `starts`."""
    nested = [_without(row, starts) if isinstance(row, list) else row for row in rows]
    return [row for row in nested if row and not (isinstance(row, str) and row.startswith(starts))]


def _id_in(object_id: str | None) -> int | None:
    """The id in an address; None if there is none."""
    text = unquote(object_id or "")
    return int(text) if access.is_id(text) else None


def _error_links(context: dict[str, Any]) -> Iterator[tuple[str, str, object]]:
    """(anchor, field, message) of each error, for links at the top of a long form."""
    if context["adminform"].form.editing and context["adminform"].form.editing.conflicts:
        yield "conflicts", context["conflicts_title"], _("Choose what is to stay.")
    yield from _form_errors(context["adminform"].form, "")
    for anchor, label, message in getattr(context["adminform"].form, "to_be_confirmed", ()):
        yield anchor, label, message
    for inline in context["inline_admin_formsets"]:
        label = capfirst(str(inline.opts.verbose_name_plural))
        for message in inline.formset.non_form_errors():
            yield f"{inline.prefix}-group", label, message
        for number, form in enumerate(inline.formset.forms, 1):
            title = f"{capfirst(inline.opts.verbose_name)} {number}"
            for message in form.non_field_errors():
                yield f"{inline.prefix}-{number - 1}", title, message
            yield from _form_errors(form, f"{title}: ")


def _form_errors(form: BaseForm, prefix: str) -> Iterator[tuple[str, str, object]]:
    for name, errors in form.errors.items():
        if name in form.fields:
            for message in errors:
                yield _anchor(form, name), f"{prefix}{form[name].label}", message


def _keep_uploads(request: HttpRequest, context: dict[str, Any]) -> None:
    """Keep valid uploads of a form with errors, so that they need not be chosen again."""
    forms = [context["adminform"].form]
    for rows in context["inline_admin_formsets"]:
        forms += rows.formset.forms
    for form in forms:
        for name, field in form.fields.items():
            upload = form.files.get(form.add_prefix(name)) if form.files else None
            if upload is not None and isinstance(field, FileField) and name not in form.errors:
                token = pending_uploads.keep(user_of(request).pk, upload)
                field.widget.pending = upload.name, token


def _anchor(form: BaseForm, name: str) -> str:
    """The id of the control that shows a field; coordinates are shown by the point box."""
    shown = "coordinates" if form[name].is_hidden and "coordinates" in form.fields else name
    return form[shown].id_for_label


@cache
def _lookups(model: type[Model], path: str) -> tuple[str, ...]:
    """The database lookups of a search field: one for each language of a language map."""
    column: Any = None
    for name in path.split("__"):
        column = model._meta.get_field(name)
        model = cast(type[Model], column.related_model)
    if not isinstance(column, LanguageMapField):
        return (path,)
    codes = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]
    return tuple(f"{path}__{code}" for code in codes)
