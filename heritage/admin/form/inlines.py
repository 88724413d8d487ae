"""`RecordInline` and its formset: the rows of a record on the form of their owner."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import Media
from django.http import HttpRequest
from django.utils.functional import cached_property

from heritage.admin.autocomplete import Chooser, ChooserField, RowLookup
from heritage.admin.form.editing import OPENED, EditedFormSet, Editing, editing_of
from heritage.admin.form.record_form import RecordFields, RecordForm
from heritage.admin.form.row_merge import merge_rows
from heritage.models.labels import with_chosen
from heritage.services.conflicts import with_last_change

MAX_ROWS = 1_000  # rows of a set, Django's own limit


class RowFormSet(EditedFormSet):
    """Rows of a form, merged with concurrent changes.

    What stored rows refer to is read with them, what was chosen anew in one query for each model.
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
