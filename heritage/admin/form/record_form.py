"""Builds the form fields for the columns of a record, for pages and inlines alike."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

from django.contrib.admin import display
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import (
    DateField,
    Field,
    ForeignKey,
    JSONField,
    ManyToManyField,
    TextField,
    TimeField,
)
from django.forms import ModelForm, Widget
from django.forms.utils import ErrorList
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from heritage.admin import access
from heritage.admin.access import user_of
from heritage.admin.autocomplete import (
    Chooser,
    ChooserField,
    MultipleChooser,
    MultipleChooserField,
    RowLookup,
)
from heritage.admin.form.editing import REPLACES, Editing
from heritage.admin.form.inputs import (
    BoundaryFormField,
    BoundaryWidget,
    DateInput,
    DegreesFormField,
    EDTFFormField,
    EDTFWidget,
    LanguageMapFormField,
    LanguageMapWidget,
    NamesFormField,
    PictureWidget,
    PlainTextFormField,
    TimeInput,
    WeekdaysFormField,
)
from heritage.models import (
    DegreesField,
    EDTFField,
    LanguageMapField,
    NamesField,
    PictureField,
    Record,
    with_label,
)
from heritage.server.timeouts import StorageFailed
from heritage.values.date_format import date_in_words
from heritage.values.html import fragment
from heritage.values.language import (
    LanguageMap,
    interface_languages,
    language_name,
    proper_tag,
    text_direction,
)

MARKDOWN = ("description", "about", "privacy")  # columns with texts in Markdown


# Fields of a form as Django has them: names, and functions of a row.
type Fields = list[Any] | tuple[Any, ...]


class RecordFields(BaseModelAdmin):
    """Form fields for the columns of a record, on pages and in rows alike."""

    model: type[Record]

    formfield_overrides: ClassVar[Mapping[type[Field], Mapping[str, Any]]] = {
        LanguageMapField: {"form_class": LanguageMapFormField},
        EDTFField: {"form_class": EDTFFormField, "widget": EDTFWidget},
        PictureField: {"widget": PictureWidget},
        DateField: {"widget": DateInput},
        TimeField: {"widget": TimeInput},
        TextField: {"form_class": PlainTextFormField, "widget": AdminTextareaWidget},
        NamesField: {"form_class": NamesFormField, "widget": AdminTextareaWidget({"rows": 3})},
        JSONField: {"form_class": BoundaryFormField, "widget": BoundaryWidget},
    }
    # The height of text areas by column; other texts are single lines.
    textarea_rows: dict[str, int] = {"description": 10, "note": 1, "about": 12, "privacy": 12}

    # The widgets of columns that say how a cover is drawn.
    cover_widgets: dict[str, Callable[[], Widget]] = {}

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        return [
            column.name
            for column in (*self.opts.fields, *self.opts.many_to_many)
            if isinstance(column, ForeignKey | ManyToManyField)
            and issubclass(column.related_model, Record)
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, DegreesField):
            kwargs |= {"form_class": DegreesFormField, "limit": db_field.limit}
            kwargs["widget"] = AdminTextInputWidget({"inputmode": "text", "size": 18})
        if db_field.name == "weekdays":
            kwargs["form_class"] = WeekdaysFormField
        if isinstance(db_field, LanguageMapField):
            rows = self.textarea_rows.get(db_field.name, 0)
            kwargs["widget"] = LanguageMapWidget(None, rows, db_field.name in MARKDOWN)
        if db_field.name in self.cover_widgets:
            kwargs["widget"] = self.cover_widgets[db_field.name]()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.show_hidden_initial = False  # the number of the last change replaces it
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # A shared record is not deleted from the form of another one.
            field.widget.can_delete_related = False
            field.widget.can_view_related &= not field.widget.can_change_related
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "choices" not in kwargs:
            nothing = [("", _("Choose …"))]
            has_nothing = db_field.blank or not db_field.has_default()
            kwargs["choices"] = db_field.get_choices(has_nothing, nothing)
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            rows = db_field.related_model._default_manager.all()
            if db_field.name == access.owner_field(self.model):
                rows = access.open_rows(user_of(request), rows)
            kwargs |= {
                "widget": Chooser(db_field, self.admin_site),
                "form_class": ChooserField,
                "queryset": with_label(rows),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs |= {
                "widget": MultipleChooser(db_field, self.admin_site),
                "form_class": MultipleChooserField,
                "queryset": with_label(db_field.related_model._default_manager.all()),
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # --- for those who may only look

    def _is_read_only(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and not self.has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Fields:
        fieldsets = super().get_fieldsets(request, obj)
        if not self._is_read_only(request, obj):
            return fieldsets
        fieldsets = [
            (name, {**options, "fields": self._readable_all(options["fields"])})
            for name, options in fieldsets
        ]
        return [(name, options) for name, options in fieldsets if options["fields"]]

    def _readable_all(self, fields: Iterable[Any]) -> list[Any]:
        """All fields as read-only fields, without those that are not columns."""
        lines = []
        for line in fields:
            names = line if isinstance(line, list | tuple) else [line]
            shown = [_readable(self.model, name) for name in names if self._is_shown(name)]
            if shown:
                lines.append(tuple(shown) if len(shown) > 1 else shown[0])
        return lines

    def _is_shown(self, name: str) -> bool:
        return hasattr(self.model, name) or hasattr(self, name)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Fields:
        fields: list[Any] = list(super().get_readonly_fields(request, obj))
        if self._is_read_only(request, obj):
            columns = [f.name for f in self.opts.get_fields() if hasattr(f, "verbose_name")]
            fields += [_readable(self.model, name) for name in columns if name not in fields]
        return fields


@cache
def _readable(model: type[Record], name: str) -> str | Callable[[Record], str]:
    """A read-only field: language maps and dates in words, everything else as Django shows it."""
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if not isinstance(column, LanguageMapField | EDTFField):
        return name

    @display(description=column.verbose_name)
    def show(row: Record) -> str:
        value = getattr(row, name)
        return (
            languages_html(value)
            if isinstance(value, LanguageMap)
            else date_in_words(value) or value
        )

    show.__name__ = name
    return show


_LANGUAGE_TEXT = fragment("admin/language_text.html")


def languages_html(texts: LanguageMap) -> str:
    """All languages of a map, each under its own name."""
    spoken = interface_languages()
    found = sorted(texts.items(), key=lambda pair: pair[0] not in spoken)
    return SafeString(
        "".join(
            _LANGUAGE_TEXT(
                tag=proper_tag(code),
                direction=text_direction(code),
                language=language_name(code),
                text=text,
            )
            for code, text in found
        )
    )


class QuietErrorList(ErrorList):
    """An error list that renders no template if it is empty, which happens some 240 times on a
    page."""

    def as_ul(self) -> SafeString:
        return super().as_ul() if self else SafeString()


class RecordForm(ModelForm):
    """A form that writes only what was changed.

    RecordAdmin.get_form() gives the main form its `editing`; rows are merged by their set.
    """

    editing: Editing | None = None
    opened_at = ""  # of an open row: the number of the last change before it is shown

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        instance: Any = None,
        owner: Any = None,
        **kwargs: Any,
    ):
        is_stored = instance is not None and instance.pk is not None
        if self.editing and is_stored and data is not None:
            data, files = self.editing.merge_form(self.base_fields, instance, data, files)
        super().__init__(data, files, instance=instance, **kwargs | {"error_class": QuietErrorList})
        if self.editing:
            self.show_all(self.editing.shows_all)
        if owner:
            # All rows of the owner, so that checks for duplicates need no query.
            name, row, siblings = owner
            self.instance.siblings = (name, siblings)
            setattr(self.instance, name, row)
        for name, field in self.fields.items():
            if isinstance(field, MultipleChooserField) and is_stored:
                chosen = getattr(self.instance, name, None)  # None for fields without a column
                field.lookup = RowLookup(field.queryset, chosen.all() if chosen else ())
            if isinstance(field, ChooserField):
                column = self.instance._meta.get_field(name) if name in self._columns() else None
                if column and column.is_cached(self.instance):
                    row = column.get_cached_value(self.instance)
                    field.lookup = RowLookup(field.queryset, [row] if row else [])

    def show_all(self, is_all: bool) -> None:
        """Show inputs for all languages and all scenes, not only those in use."""
        for field in self.fields.values():
            if hasattr(field.widget, "shows_all"):
                field.widget.shows_all = is_all

    @property
    def replaced(self) -> str:
        """For a new row: the id of the row deleted by another editor that it would replace."""
        return self.data.get(f"{self.prefix}-{REPLACES}", "") if self.prefix else ""

    def date_remarks(self) -> list[str]:
        """Remarks on how changed dates were understood."""
        fields = (self.fields[name] for name in self.changed_data)
        return [
            remark
            for field in fields
            if isinstance(field, EDTFFormField)
            for remark in field.remarks
        ]

    def validate_unique(self) -> None:
        # Unchanged values are unique already and need no query.
        if self.instance.pk is not None:
            self.instance.unchanged = set(self.fields) - set(self.changed_data)
        super().validate_unique()

    def _columns(self) -> set[str]:
        return {column.name for column in self.instance._meta.concrete_fields}

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if self.editing and isinstance(self.editing.not_written, StorageFailed):
            raise ValidationError(
                _(
                    "Nothing can be saved just now: the catalogue's disk is full or cannot be "
                    "written to. Keep this page open, tell whoever runs the catalogue, and save "
                    "again later."
                ),
                code="storage",
            )
        if self.editing and self.editing.not_written:
            raise ValidationError(
                _(
                    "Somebody else is writing to the catalogue. Nothing is lost: wait a moment, "
                    "then save again."
                ),
                code="busy",
            )
        if self.editing and self.editing.conflicts:
            raise ValidationError(
                _(
                    "The same things have been changed since you opened this form. "
                    "Choose what is to stay, then save again."
                ),
                code="conflict",
            )
        return cleaned
