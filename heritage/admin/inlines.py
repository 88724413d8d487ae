"""Rows of a record on the page of what they belong to."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms import BaseInlineFormSet

from heritage.admin.choosers import ChooserField, Lookups
from heritage.admin.columns import RecordFields, RecordForm


class RowFormSet(BaseInlineFormSet):
    """Rows of a form; all that they refer to is read in one query for each kind of record."""

    page = ()

    def __init__(self, *args, lookups: Lookups | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.lookups = lookups or Lookups()
        self._want()

    def _chooser_fields(self):
        for name, field in self.form.base_fields.items():
            if isinstance(field, ChooserField):
                yield name, field

    def _want(self) -> None:
        """Say what the rows refer to before the first of them is looked up."""
        rows = self.get_queryset() if self.instance.pk and self.total_form_count() else ()
        for name, field in self._chooser_fields():
            lookup = self.lookups.of(field)
            if self.is_bound:
                prefix, suffix = f"{self.prefix}-", f"-{name}"
                lookup.want(
                    value
                    for key, value in self.data.items()
                    if key.startswith(prefix) and key.endswith(suffix)
                )
            lookup.want(getattr(row, f"{name}_id", None) for row in rows)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        # All rows that there are with this owner: whether one is there already is seen here.
        if self.instance.pk:
            form.instance.siblings = (self.fk.name, self.get_queryset())
            setattr(form.instance, self.fk.name, self.instance)
        return form

    def save_new_objects(self, commit=True):
        """New rows of one kind are written together."""
        if not commit or self.model._meta.many_to_many:
            return super().save_new_objects(commit)
        self.new_objects = [
            self.save_new(form, commit=False)
            for form in self.extra_forms
            if form.has_changed() and not (self.can_delete and self._should_delete_form(form))
        ]
        for row in self.new_objects:
            self.complete(row)
        self.model._default_manager.bulk_create(self.new_objects)
        return self.new_objects

    def complete(self, row) -> None:
        """Set what follows from a new row right away, so that it need not be written twice."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in self._chooser_fields():
            if name in form.fields:
                form.fields[name].lookup = self.lookups.of(field)


class RecordInline(RecordFields, admin.StackedInline):
    """Rows of a record on the page of what they belong to, each a card of a few lines."""

    form = RecordForm
    formset = RowFormSet
    extra = 0
    named_after: tuple[str, ...] = ()  # keys that the name of a row follows
    template = "admin/record_rows.html"

    def _parent_admin(self):
        return self.admin_site.get_model_admin(self.parent_model)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or self._parent_admin().has_change_permission(request, obj)
        )

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related(*self.named_after) if self.named_after else rows

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            # Icons for adding to or changing each of these would crowd a row.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget.can_change_related = field.widget.can_view_related = False
        return formset
