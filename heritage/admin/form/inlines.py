"""The rows of a record on the form of their owner: `RecordInline`, its formset, and its lines.

A row is a line, and its form is fetched when it is opened: a page with the forms of all rows would
be several times as large and slow. `rows_view()` serves the form of one row, with the number of the
last change. A row that was not opened is not posted, and stays as it is stored. `?all=1` shows all
forms at once, for browsers without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import InlineAdminForm
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Count, ForeignKey, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.forms import FileField, Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from heritage.admin.access import is_id
from heritage.admin.autocomplete import Chooser, ChooserField, RowLookup
from heritage.admin.form.editing import OPENED, EditedFormSet, Editing, editing_of
from heritage.admin.form.record_form import RecordFields, RecordForm
from heritage.admin.form.row_merge import merge_rows
from heritage.models import with_chosen
from heritage.services.conflicts import with_last_change
from heritage.values.html import fragment

with_note = fragment("admin/with_note.html")  # of a `row_label()`

MAX_ROWS = 1_000  # rows of a set, Django's own limit


class RowFormSet(EditedFormSet):
    """Rows of a form, merged with concurrent changes.

    Objects that stored rows refer to are read with the rows; newly chosen ones in one query for
    each model.
    """

    def __init__(
        self,
        *args: Any,
        editing: Editing,
        queryset: QuerySet[Any],
        first_number: int = 0,
        **kwargs: Any,
    ):
        self.first_number = first_number  # the number of a row that is rendered alone
        self.opened: set[int] | None = None  # the numbers of the rows that were sent; None: all
        columns = {column.name for column in self.model._meta.fields}
        chosen = [name for name, _field in self._chooser_fields() if name in columns]
        kwargs["queryset"] = with_chosen(queryset, chosen)
        super().__init__(*args, **kwargs)
        self.editing = editing
        editing.formsets.append(self)
        if self.instance.pk and self.is_bound:
            self.opened = merge_rows(editing, self)
        self._want()

    def add_prefix(self, index: int | str) -> str:
        return super().add_prefix(index + self.first_number if isinstance(index, int) else index)

    def is_open(self, number: int) -> bool:
        """Whether the form of a row is shown, and not only its line."""
        return self.opened is None or number in self.opened

    def _chooser_fields(self) -> Iterator[tuple[str, ChooserField]]:
        for name, field in self.form.base_fields.items():
            if isinstance(field, ChooserField):
                yield name, field

    def _want(self) -> None:
        """Announce all related ids before the first of them is looked up."""
        rows = self.get_queryset() if self.instance.pk and self.total_form_count() else ()
        for name, field in self._chooser_fields():
            lookup = self.editing.lookups.for_field(field)
            if self.is_bound:
                prefix, suffix = f"{self.prefix}-", f"-{name}"
                lookup.want(
                    value
                    for key, value in self.data.items()
                    if key.startswith(prefix) and key.endswith(suffix)
                )
            for row in rows:
                chosen = getattr(row, name, None)  # None for fields without a column
                if chosen is not None:
                    lookup.add(chosen)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if self.instance.pk:
            kwargs["owner"] = (self.fk.name, self.instance, self.get_queryset())
        return kwargs

    def save_new_objects(self, commit: bool = True) -> list[Any]:
        """Insert new rows of one model together."""
        if not commit or self.model._meta.many_to_many:
            return super().save_new_objects(commit)
        self.new_objects = [
            self.save_new(form, commit=False)
            for form in self.extra_forms
            if form.has_changed() and not self.is_deleted(form)
        ]
        for row in self.new_objects:
            self.complete(row)
        if self.new_objects:
            self.model._default_manager.bulk_create(self.new_objects)
        return self.new_objects

    def complete(self, row: Any) -> None:
        """Set values derived for a new row at once, so that it is written once."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.show_all(self.editing.shows_all)
        if form.instance.pk:
            form.opened_at = str(form.instance.last_change)
        elif form.replaced:
            form.opened_at = form.data.get(f"{form.prefix}-{OPENED}", "")
        for name, field in self._chooser_fields():
            if name in form.fields:
                form.fields[name].lookup = self.editing.lookups.for_field(field)
        # Django would look up each row by its hidden id; all of them are loaded.
        key = self.model._meta.pk.name
        hidden = ChooserField(
            self.queryset,
            initial=form.fields[key].initial,
            required=False,
            widget=form.fields[key].widget,
        )
        hidden.lookup = self._rows
        form.fields[key] = hidden

    @cached_property
    def _rows(self) -> RowLookup:
        return RowLookup(cast(QuerySet[Any], self.queryset), self.get_queryset())


class RecordInline(RecordFields, admin.StackedInline):
    """The rows of a record on its page."""

    form = RecordForm
    formset = RowFormSet
    extra = 0
    select_related: tuple[str, ...] = ()  # foreign keys that the label of a row follows
    is_collapsed = False  # its lines are loaded only when it is opened
    template = "admin/record_rows.html"

    @cached_property
    def fk(self) -> ForeignKey:
        """The foreign key to the record that the rows belong to."""
        keys = (
            column
            for column in self.model._meta.fields
            if isinstance(column, ForeignKey)
            and issubclass(self.parent_model, column.related_model)
        )
        return next(column for column in keys if self.fk_name in (None, column.name))

    @cached_property
    def prefix(self) -> str:
        """The prefix of the formset."""
        return self.fk.remote_field.get_accessor_name()

    def row_label(self, row: Any) -> str:
        """The text of a row that is not open."""
        return str(row)

    def most(self, parent_model: type[Model]) -> int:
        return 1 if self.fk.unique else MAX_ROWS

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return editing_of(request).extra

    def row_media(self) -> Media:
        """The media of the choosers in the rows."""
        column = next(
            (
                column
                for column in self.model._meta.fields
                if isinstance(column, ForeignKey) and column != self.fk
            ),
            None,
        )
        return Chooser(column, self.admin_site).media if column else Media()

    def _parent_admin(self) -> admin.ModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or self._parent_admin().has_change_permission(request, obj)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = with_last_change(super().get_queryset(request))
        return rows.select_related(*self.select_related) if self.select_related else rows

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            # Icons to change or view the related record would crowd a row.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget.can_change_related = field.widget.can_view_related = False
        return formset


@dataclass(slots=True)
class RowLine:
    """One row: the text of its line, and its form if it is open."""

    number: int
    row: object  # None for a new row
    label: str
    form: InlineAdminForm | None = None


class RowSet:
    """One inline on a page, used in place of Django's InlineAdminFormSet."""

    def __init__(
        self,
        request: HttpRequest,
        parent: Any,
        inline: RecordInline,
        owner: Any,
        formset: Any,
        may_edit: bool,
        count: int | None,
    ):
        self.opts, self.owner = inline, owner if owner and owner.pk else None
        self.prefix = inline.prefix
        self._request, self._parent, self._formset, self._count = request, parent, formset, count
        self.has_add_permission = may_edit and inline.has_add_permission(request, owner)
        self.has_change_permission = may_edit and inline.has_change_permission(request, owner)
        self.has_delete_permission = may_edit and inline.has_delete_permission(request, owner)
        self.has_view_permission = inline.has_view_permission(request, owner)

    @property
    def formset(self) -> Any:
        """The formset; if no row is open, the set itself, which has what Django reads of a
        formset."""
        return self._formset or self

    def __iter__(self) -> Iterator[Any]:
        return iter(())  # Django looks for prepopulated fields; rows have none

    def is_multipart(self) -> bool:
        fields = self.opts.model._meta.fields
        return any(isinstance(column.formfield(), FileField) for column in fields)

    comments: dict | None = None  # the context of those on it, see workflow/review.py

    def non_form_errors(self) -> str:
        return ""

    @property
    def forms(self) -> list:
        return []

    @cached_property
    def rows(self) -> list:
        """The stored rows, in the order of the form."""
        if self.owner is None or self._count == 0:
            return []
        rows = list(stored_rows(self._request, self.opts, self.owner))
        for row in rows:
            setattr(row, self.opts.fk.name, self.owner)
        return rows

    @property
    def is_closed(self) -> bool:
        """Whether even its lines are fetched only when it is opened."""
        return self.opts.is_collapsed and self._formset is None and self.count > 0

    @property
    def count(self) -> int:
        return len(self.rows) if self._count is None else self._count

    @property
    def may_add(self) -> bool:
        return self.has_add_permission and self.count < self.opts.most(self._parent.model)

    @property
    def total(self) -> int:
        """The number of the first new row."""
        return self._formset.total_form_count() if self._formset is not None else self.count

    @property
    def stored(self) -> int:
        return self._formset.initial_form_count() if self._formset is not None else self.count

    @property
    def url(self) -> str:
        """The URL of the rows; the number of a row or “new”, and a slash, may follow."""
        return self._parent.own_url("rows", self.owner.pk if self.owner else "add", self.prefix)

    def lines(self) -> list[RowLine]:
        formset = self._formset
        if formset is None:
            return [self.line(number, row) for number, row in enumerate(self.rows)]
        lines = []
        for number, form in enumerate(formset.forms):
            row = form.instance if form.instance.pk else None
            is_open = formset.is_open(number)
            admin_form = self.admin_form(form, row) if is_open else None
            lines.append(self.line(number, row, admin_form))
        return lines

    def line(self, number: int, row: Any, form: InlineAdminForm | None = None) -> RowLine:
        return RowLine(number, row, "" if row is None else self.opts.row_label(row), form)

    def admin_form(self, form: Any, row: Any) -> InlineAdminForm:
        request, inline = self._request, self.opts
        fieldsets = list(inline.get_fieldsets(request, self.owner))
        readonly = list(inline.get_readonly_fields(request, self.owner))
        return InlineAdminForm(self._formset, form, fieldsets, {}, row, readonly, inline)

    @cached_property
    def media(self) -> Media:
        # The media of all possible widgets, since rows are opened later.
        return self.opts.row_media()


def stored_rows(request: HttpRequest, inline: RecordInline, owner: Model) -> QuerySet[Any]:
    rows = inline.get_queryset(request).filter(**{inline.fk.name: owner})
    return rows if rows.ordered else rows.order_by("pk")


def row_counts(owner: Model | None, inlines: list[RecordInline]) -> dict[str, int]:
    """The number of rows in each closed set, in one query."""
    folded = [inline for inline in inlines if inline.is_collapsed]
    if not folded or owner is None or owner.pk is None:
        return {inline.prefix: 0 for inline in folded}
    columns = {}
    for inline in folded:
        rows = inline.model._default_manager.order_by().filter(**{inline.fk.name: OuterRef("pk")})
        counted = rows.values(inline.fk.name).annotate(n=Count("pk")).values("n")
        columns[f"n_{inline.prefix}"] = Subquery(counted, output_field=IntegerField())
    found = type(owner)._default_manager.order_by().filter(pk=owner.pk).annotate(**columns)
    row = found.values(*columns).first() or {}
    return {name.removeprefix("n_"): number or 0 for name, number in row.items()}


def opened_prefixes(data: Any) -> set[str]:
    """The prefixes of the sets whose rows were sent."""
    shape = re.compile(r"(.+?)-[0-9]+-.")
    return {found[1] for found in map(shape.match, data) if found}


# --- what is fetched when something is opened --------------------------------------------------


def rows_view(
    model_admin: ModelAdmin,
    request: HttpRequest,
    object_id: str,
    prefix: str,
    number: int | None = None,
) -> HttpResponse:
    """The lines of a set, or the form of one row; `number` is its position."""
    owner = None if object_id == "add" else model_admin.get_object(request, object_id)
    if object_id != "add" and owner is None:
        raise Http404
    if owner is None and not model_admin.has_add_permission(request):
        raise PermissionDenied
    if owner is not None and not model_admin.has_view_or_change_permission(request, owner):
        raise PermissionDenied
    inlines: list[Any] = model_admin.get_inline_instances(request, owner)
    inline = next((each for each in inlines if getattr(each, "prefix", None) == prefix), None)
    if inline is None:
        raise Http404
    may_edit = owner is None or model_admin.has_change_permission(request, owner)
    if number is None:
        rows = RowSet(request, model_admin, inline, owner, None, may_edit, None)
        context = {"rows": rows}
        return render(request, "admin/record_lines.html", context)
    return _form_of_row(request, model_admin, inline, owner, may_edit, number)


def _form_of_row(
    request: HttpRequest,
    model_admin: ModelAdmin,
    inline: RecordInline,
    owner: Any,
    may_edit: bool,
    number: int,
) -> HttpResponse:
    queryset = inline.get_queryset(request)
    asked = request.GET.get("row", "")
    pk = int(asked) if is_id(asked) else None
    queryset = queryset.filter(pk=pk) if pk else queryset.none()
    editing_of(request).extra = 0 if pk else 1
    formset_class = inline.get_formset(request, owner)
    formset = formset_class(
        instance=owner or model_admin.model(),
        prefix=inline.prefix,
        queryset=queryset,
        editing=editing_of(request),
        first_number=number,
    )
    rows = RowSet(request, model_admin, inline, owner, formset, may_edit, 0)
    if not formset.forms or not (pk or rows.has_add_permission):
        raise Http404
    [form] = formset.forms
    row = form.instance if pk else None
    line = rows.line(number, row, rows.admin_form(form, row))
    context = {"rows": rows, "line": line}
    return render(request, "admin/record_row.html", context)
