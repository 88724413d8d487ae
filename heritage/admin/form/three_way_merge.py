"""Three-way merge of form values: opened, stored now, posted.

Values are compared control by control, so each language of a translated text is merged by
itself.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.datastructures import MultiValueDict
from django.utils.text import normalize_newlines

from heritage.admin.form.inputs import LANGUAGE_SEPARATOR, LanguageMapFormField
from heritage.values.language import language_name
from heritage.values.sentences import explained

# What a browser sends, by the name of the control; empty controls are left out.
Values = dict[str, list[str]]


def shown_values(fields: Mapping[str, forms.Field], row: Model | None) -> Values:
    """What a browser would send if a form that shows `row` were submitted unchanged."""
    stored = model_to_dict(row, list(fields)) if row is not None else {}
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

    Files that were not chosen are left out, and so are fields without a column.
    """
    values: Values = {}
    for name, form_field in fields.items():
        if getattr(form_field, "is_read_into_others", False):
            continue
        if isinstance(form_field, LanguageMapFormField):
            start = name + LANGUAGE_SEPARATOR
            values |= {key: data.getlist(key) for key in data if key.startswith(start)}
        elif isinstance(form_field, forms.FileField):
            values |= {name: [files[name].name]} if name in files else {}
            values |= {f"{name}-clear": data.getlist(f"{name}-clear")}
        else:
            values[name] = data.getlist(name)
    return _not_empty(values)


def field_of(fields: Mapping[str, forms.Field], key: str) -> tuple[forms.Field | None, str]:
    """The form field that a control belongs to, and its language."""
    if key in fields:
        return fields[key], ""
    name, _separator, code = key.partition(LANGUAGE_SEPARATOR)
    return fields.get(name.removesuffix("-clear")), code


def _not_empty(values: Values) -> Values:
    return {key: texts for key, texts in values.items() if any(texts)}


def _comparable(texts: list[str]) -> list[str]:
    """A value as it is compared: LF line ends, multiple choices without order."""
    return sorted(filter(None, (normalize_newlines(text).strip() for text in texts)))


def same(a: list[str], b: list[str]) -> bool:
    return a == b or _comparable(a) == _comparable(b)


def same_values(a: Values, b: Values) -> bool:
    return all(same(a.get(key, []), b.get(key, [])) for key in {*a, *b})


class Merged(NamedTuple):
    values: Values
    conflicts: list[str]  # controls that both sides changed in different ways
    kept: list[str]  # controls that somebody else changed and this form did not


def three_way_merge(
    fields: Mapping[str, forms.Field], opened: Values | None, stored: Values, posted: Values
) -> Merged:
    """Merge the three states of one record or row. If `opened` is unknown, every difference is a
    conflict."""
    merged = Merged({}, [], [])
    for key in {**stored, **posted, **(opened or {})}:
        was, now = (opened or {}).get(key, []), stored.get(key, [])
        form_field, _code = field_of(fields, key)
        not_sent = isinstance(form_field, forms.FileField) and key not in posted
        sent = (now if opened is None else was) if not_sent else posted.get(key, [])
        if same(sent, now):
            value = now
        elif opened is not None and same(sent, was):
            value = now
            merged.kept.append(key)
        elif opened is not None and same(now, was):
            value = sent
        elif opened is not None and isinstance(form_field, forms.ModelMultipleChoiceField):
            # Each choice by itself: additions and removals of both sides.
            value = [pk for pk in now if pk in sent or pk not in was]
            value += [pk for pk in sent if pk not in was and pk not in value]
        else:
            value = sent
            merged.conflicts.append(key)
        merged.values[key] = value
    return merged


def label_of_control(fields: Mapping[str, forms.Field], key: str) -> str:
    """“Summary (Français)”, “Order”."""
    form_field, code = field_of(fields, key)
    label = str(form_field.label) if form_field and form_field.label else key
    return explained(label, [language_name(code)]) if code else label
