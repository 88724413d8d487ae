"""Form fields and widgets that choose related records, by their labels.

The labels of a page are read in one query for each table.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Case, Model, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat, Length
from django.utils.text import capfirst

from heritage.admin.access import is_id
from heritage.models import LanguageMapField, RegisterTerm, Site, label_of, with_label
from heritage.values import normalize

BRACKETS = "()（）[] "  # around a notation as registers print it, such as (vi)


class ChooserView(AutocompleteJsonView):
    """The JSON view of autocomplete fields."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": label_of(obj)}

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that match, best first: label or notation equal to the text, then beginning with
        it, then a label that contains it."""
        self.term = self.term.strip(BRACKETS)
        found = with_label(super().get_queryset())
        register = self.request.GET.get("within", "")
        if is_id(register) and found.model is RegisterTerm:
            found = found.filter(register=register)
        if found.model is Site or not self.term.strip():
            return found
        order = self.model_admin.get_ordering(self.request) or found.model._meta.ordering
        if not hasattr(found.model, "search_text"):
            closeness = Case(*_by_label(found.model, self.term), default=3)
            return found.annotate(closeness=closeness).order_by("closeness", *order)
        # Names in pinyin are stored with and without spaces, names in English with spaces only.
        words = normalize.tokens(self.term)
        exact, begun = Q(), Q()
        for text in (" ".join(words), "".join(words)):
            exact |= Q(names__contains=f"\n{text}\n")
            begun |= Q(names__contains=f"\n{text}")
        cases = (When(exact, then=0), When(begun, then=1), *_by_label(found.model, self.term))
        names = Concat(Value("\n"), "search_text", Value("\n"), output_field=TextField())
        found = found.annotate(names=names, closeness=Case(*cases, default=3))
        least_else = Case(When(closeness__lt=2, then=Length("search_text")), default=0)
        return found.order_by("closeness", least_else, *order)


def _by_label(model: type[Model], text: str) -> Iterator[When]:
    """Conditions for how well the notation and labels of a row match: 0 equal, 1 at the beginning,
    2 anywhere."""
    columns = {column.name for column in model._meta.fields}
    notations = [name for name in ("code", "reference") if name in columns]
    label = next(each.name for each in model._meta.fields if isinstance(each, LanguageMapField))
    codes = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]
    labels = [f"{label}__{code}" for code in codes]
    for rank, paths, lookup in (
        (0, [*notations, *labels], "iexact"),
        (1, [*notations, *labels], "istartswith"),
        (2, labels, "icontains"),
    ):
        fitting = Q()
        for path in paths:
            fitting |= Q(**{f"{path}__{lookup}": text})
        yield When(fitting, then=rank)


# --- one look-up for all rows of a form ----------------------------------------------------------


class RowLookup:
    """Rows of one table by id. All ids that a page asks for are read with the first one."""

    def __init__(self, rows: QuerySet, known: Iterable[Model] = ()):
        self.rows = with_label(rows)
        self._wanted: set[str] = set()
        self._found: dict[str, Model | None] = {str(row.pk): row for row in known}

    def want(self, ids: Iterable) -> None:
        self._wanted.update(filter(is_id, map(str, ids)))

    def known(self, pk: int) -> Model | None:
        """A row that has already been read; None otherwise."""
        return self._found.get(str(pk))

    def add(self, row: Model) -> None:
        """Add a row that was read elsewhere."""
        self._found[str(row.pk)] = row

    def get(self, pk: int) -> Model | None:
        key = str(pk)
        if key not in self._found:
            self.want([key])
            missing = self._wanted - self._found.keys()
            self._found[key] = None
            self._found.update(dict.fromkeys(missing))
            if missing:
                self._found.update({str(row.pk): row for row in self.rows.filter(pk__in=missing)})
        return self._found[key]


class RowLookups:
    """The look-ups of one page; fields that offer the same rows share one."""

    def __init__(self) -> None:
        self._by_offer: dict = {}

    def for_field(self, field: "ChooserField") -> RowLookup:
        limit = field.get_limit_choices_to() or {}
        key = (field.queryset.model, repr(limit), str(field.queryset.query))
        if key not in self._by_offer:
            self._by_offer[key] = RowLookup(field.queryset.complex_filter(limit))
        return self._by_offer[key]


class ChooserField(forms.ModelChoiceField):
    """Selects one related row. With a `lookup`, showing it costs no query of its own."""

    queryset: QuerySet[Any]
    lookup: RowLookup | None = None

    def to_python(self, value: Any) -> Any:
        if self.lookup is None or value in self.empty_values:
            return super().to_python(value)
        row = self.lookup.get(value.pk if isinstance(value, Model) else value)
        if row is None:
            raise ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": value}
            )
        return row

    def label_from_instance(self, obj: Any) -> str:
        return label_of(obj)


class MultipleRowsField(forms.ModelMultipleChoiceField):
    """Several related rows. Refuses ids that are too large for the database."""

    def clean(self, value: Any) -> Any:
        for pk in value or ():
            if not is_id(str(pk)):
                message = self.error_messages["invalid_pk_value"]
                raise ValidationError(message, "invalid_pk_value", {"pk": pk})
        return super().clean(value)


class MultipleChooserField(MultipleRowsField):
    """Selects several related rows. With a `lookup`, showing them costs no query of its own."""

    queryset: QuerySet[Any]
    lookup: RowLookup | None = None

    def clean(self, value: Any) -> Any:
        rows = self._known(value)
        if rows is None:
            return super().clean(value)
        self.run_validators(value)
        return rows

    def _known(self, value: Any) -> list[Model] | None:
        """The chosen rows, if all of them have been read already; else None."""
        if self.lookup is None or not value or not isinstance(value, list | tuple):
            return None
        rows = [row for row in map(self.lookup.known, value) if row is not None]
        return rows if len(rows) == len(value) else None

    def label_from_instance(self, obj: Any) -> str:
        return label_of(obj)


def _within(column: Any) -> dict[str, str]:
    """The form field whose value limits what a chooser offers, such as the register of terms."""
    return {"data-within": "register"} if column.remote_field.model is RegisterTerm else {}


class Chooser(AutocompleteSelect):
    """The widget of a `ChooserField`; it renders the selected option only."""

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> Any:
        return super().build_attrs(base_attrs, extra_attrs) | _within(self.field)

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        field = self.choices.field
        lookup = field.lookup or RowLookup(field.queryset)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        for pk in value:
            row = None if pk in field.empty_values else lookup.get(pk)
            if row is not None:
                label = field.label_from_instance(row)
                options.append(self.create_option(name, row.pk, label, True, len(options)))
        return [(None, options, 0)]


class MultipleChooser(AutocompleteSelectMultiple):
    """The widget of a `MultipleChooserField`; it renders the selected options only."""

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> Any:
        # The button that clears all would be a list item without the role of one.
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return attrs | _within(self.field) | {"data-allow-clear": "false"}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        field = self.choices.field
        lookup = field.lookup or RowLookup(field.queryset)
        lookup.want(value)
        rows = [row for row in map(lookup.get, value) if row is not None]
        options = [
            self.create_option(name, row.pk, field.label_from_instance(row), True, number)
            for number, row in enumerate(rows)
        ]
        return [(None, options, 0)]


def multiple_chooser_field(
    column: Any, admin_site: AdminSite, **kwargs: Any
) -> MultipleChooserField:
    """Like `chooser_field()`, for several rows."""
    rows = column.remote_field.model._default_manager.all()
    kwargs.setdefault("label", capfirst(column.verbose_name))
    return MultipleChooserField(
        queryset=with_label(rows),
        limit_choices_to=column.get_limit_choices_to(),
        required=False,
        widget=MultipleChooser(column, admin_site),
        **kwargs,
    )


def chooser_field(column: Any, admin_site: AdminSite, **kwargs: Any) -> ChooserField:
    """A chooser for a form that has no such column itself; `column` says what it offers."""
    rows = column.remote_field.model._default_manager.all()
    kwargs.setdefault("label", capfirst(column.verbose_name))
    kwargs.setdefault("help_text", column.help_text)
    return ChooserField(
        queryset=with_label(rows),
        limit_choices_to=column.get_limit_choices_to(),
        required=kwargs.pop("required", False),
        widget=Chooser(column, admin_site),
        **kwargs,
    )
