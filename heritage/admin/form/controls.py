"""The values of a form's controls: as a row shows them, and as they were posted.

Each language of a translated text is a control of its own.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.datastructures import MultiValueDict
from django.utils.text import normalize_newlines

from heritage.admin.form.inputs import LANGUAGE_SEPARATOR, LanguageMapFormField
from heritage.values.language import language_name, with_explanation

# What a browser sends, by the name of the control; empty controls are left out.
Values = dict[str, list[str]]

CLEAR = "-clear"  # behind the name of a file: Django's box that clears it


def shown_values(
    fields: Mapping[str, forms.Field],
    row: Model | None,
    relations: Mapping[str, list[int]] | None = None,
) -> Values:
    """What a browser would send if a form that shows `row` were submitted unchanged.

    `relations` has the ids of those that are not as they are stored.
    """
    stored = model_to_dict(row, list(fields)) if row is not None else {}
    stored |= relations or {}
    values: Values = {}
    for name, form_field in fields.items():
        initial = stored.get(name, form_field.initial)
        values |= _as_sent(name, form_field, initial() if callable(initial) else initial)
    return values


def _as_sent(name: str, form_field: forms.Field, value: Any) -> Values:
    if isinstance(form_field, LanguageMapFormField):
        return {f"{name}{LANGUAGE_SEPARATOR}{code}": [text] for code, text in (value or {}).items()}
    if isinstance(form_field, forms.FileField):
        return {name: [value.name]} if value else {}
    if isinstance(form_field, forms.BooleanField):
        return {name: ["on"]} if value else {}
    widget = form_field.widget
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    value = widget.format_value(form_field.prepare_value(value))
    sent = value if isinstance(value, list | tuple) else [value]
    return _not_empty({name: ["" if text is None else str(text) for text in sent]})


def posted_values(fields: Mapping[str, forms.Field], data: MultiValueDict, files: Any) -> Values:
    """What was sent for these fields.

    Files that were not chosen are left out, and so are fields without a column. A file that is to
    be cleared is nothing, and there.
    """
    values: Values = {}
    cleared: Values = {}
    for name, form_field in fields.items():
        if getattr(form_field, "is_read_into_others", False):
            continue
        if isinstance(form_field, LanguageMapFormField):
            start = name + LANGUAGE_SEPARATOR
            values |= {key: data.getlist(key) for key in data if key.startswith(start)}
        elif isinstance(form_field, forms.FileField):
            if name in files:
                values[name] = [files[name].name]
            elif f"{name}{CLEAR}" in data:
                cleared[name] = []
        else:
            values[name] = data.getlist(name)
    return _not_empty(values) | cleared


def field_of(fields: Mapping[str, forms.Field], key: str) -> tuple[forms.Field | None, str]:
    """The form field that a control belongs to, and its language."""
    if key in fields:
        return fields[key], ""
    name, code = column_of(key)
    return fields.get(name), code


def _not_empty(values: Values) -> Values:
    return {key: texts for key, texts in values.items() if any(texts)}


def _comparable(texts: list[str]) -> list[str]:
    """A value as it is compared: LF line ends, multiple choices without order."""
    return sorted(filter(None, (normalize_newlines(text).strip() for text in texts)))


def same(a: list[str], b: list[str]) -> bool:
    return a == b or _comparable(a) == _comparable(b)


def same_values(a: Values, b: Values) -> bool:
    return all(same(a.get(key, []), b.get(key, [])) for key in {*a, *b})


def column_of(key: str) -> tuple[str, str]:
    """The column that a control is of, and its language."""
    name, _separator, code = key.partition(LANGUAGE_SEPARATOR)
    return name, code


def label_of_control(fields: Mapping[str, forms.Field], key: str) -> str:
    """“Summary (Français)”, “Order”."""
    form_field, code = field_of(fields, key)
    label = str(form_field.label) if form_field and form_field.label else key
    return with_explanation(label, [language_name(code)]) if code else label
