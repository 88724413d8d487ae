"""Presents conflicting edits: the opened, the stored and the posted value side by side.

`editing` finds the conflicts; this module prepares them for templates/admin/conflicts.html.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from heritage.admin.access import is_id
from heritage.admin.form.editing import (
    CHOICE,
    MINE,
    THEIRS,
    EditConflict,
    Editing,
    editing_of,
    in_row,
)
from heritage.admin.form.inputs import EDTFFormField
from heritage.admin.form.three_way_merge import (
    Values,
    field_of,
    label_of_control,
    posted_values,
    same,
    shown_values,
)
from heritage.services.history import word_diff
from heritage.values.date_format import date_in_words
from heritage.values.language import proper_tag, text_direction
from heritage.values.sentences import explained, listed


@dataclass
class ConflictLine:
    """One control of one side. A row has several, each with its label."""

    label: str
    pieces: list[tuple[bool, str]]  # (whether it differs from the opened text, text)
    lang: str = ""
    dir: str = ""


@dataclass
class Side:
    choice: str  # the value of the radio button; empty for the opened text
    label: str
    lines: list[ConflictLine]
    is_chosen: bool = False
    empty: str = ""  # shown where there is nothing


@dataclass
class ShownConflict:
    name: str
    label: str
    anchor: str
    sides: list[Side]


def shown_conflicts(editing: Editing) -> list[ShownConflict]:
    return [_shown_conflict(each, editing.choice(each.key)) for each in editing.conflicts]


def last_saved(row: Model) -> LogEntry | None:
    """The latest log entry of a record, which says who saved it last."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk)
    )
    return entries.select_related("user").order_by("-action_time").first()


def _shown_conflict(conflict: EditConflict, choice: str) -> ShownConflict:
    keys, opened = _shown_keys(conflict), conflict.opened
    theirs, mine = (
        Side(name, label, _lines(conflict, values, keys, opened), choice == name, _("nothing"))
        for name, label, values in zip(
            (THEIRS, MINE),
            _side_labels(conflict.what),
            (conflict.theirs, conflict.mine),
            strict=True,
        )
    )
    if conflict.what == "deleted":
        theirs.empty = _("deleted")
    elif conflict.what == "deleting":
        mine.empty = _("deleted")
    sides = [theirs, mine]
    if opened is not None:
        lines = _lines(conflict, opened, keys)
        sides.insert(0, Side("", _("When you opened it"), lines, empty=_("nothing")))
    return ShownConflict(CHOICE + conflict.key, _title(conflict), conflict.anchor, sides)


def _side_labels(what: str) -> tuple[str, str]:
    if what == "deleted":
        return _("Deleted by somebody else: let it go"), _("Yours: add it again")
    if what == "deleting":
        return _("Changed by somebody else: keep it so"), _("Yours: delete it")
    return _("Saved by somebody else"), _("Yours, as it stands in the form below")


def _title(conflict: EditConflict) -> str:
    if conflict.what != "field":
        return in_row(conflict.kind, conflict.row)
    [key] = conflict.mine
    return in_row(conflict.kind, conflict.row, label_of_control(conflict.fields, key))


def _shown_keys(conflict: EditConflict) -> list[str]:
    keys = {**(conflict.opened or {}), **conflict.theirs, **conflict.mine}
    return [key for key in keys if field_of(conflict.fields, key)[0]]


def _lines(
    conflict: EditConflict, values: Values | None, keys: Iterable[str], before: Values | None = None
) -> list[ConflictLine]:
    lines = []
    for key in keys:
        if texts := [text for text in (values or {}).get(key, []) if text]:
            form_field, code = field_of(conflict.fields, key)
            shown = _shown(form_field, texts)
            was = _shown(form_field, (before or {}).get(key, [])) if before is not None else shown
            label = "" if conflict.what == "field" else label_of_control(conflict.fields, key)
            lang = (proper_tag(code), text_direction(code)) if code else ("", "")
            lines.append(ConflictLine(capfirst(label), marked(was, shown), *lang))
    return lines


def _shown(form_field: forms.Field | None, texts: list[str]) -> str:
    """Posted values in readable form."""
    if isinstance(form_field, forms.ModelChoiceField) and form_field.queryset is not None:
        rows = form_field.queryset.filter(pk__in=list(filter(is_id, texts)))
        return listed(form_field.label_from_instance(row) for row in rows)
    if isinstance(form_field, forms.ChoiceField):
        labels = dict(_flat(cast(Iterable[Any], form_field.choices)))
        return listed(labels.get(text, text) for text in texts)
    if isinstance(form_field, forms.BooleanField):
        return _("yes")
    if isinstance(form_field, EDTFFormField):
        return listed(explained(text, filter(None, [date_in_words(text)])) for text in texts)
    return listed(texts)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from ((str(key), text) for key, text in label)
        else:
            yield str(value), label


def typed_texts(model_admin: ModelAdmin, request: HttpRequest) -> list[tuple[str, str]]:
    """The labelled texts of a form that cannot be saved any more."""
    opened = editing_of(request).opened
    if opened is None:
        return []
    form = model_admin.get_form(request, change=True)
    parts = [("", form.base_fields, opened.form, "")]
    for formset, inline in model_admin.get_formsets_with_inlines(request):
        prefix, fields = formset.get_default_prefix(), formset.form.base_fields
        rows = {row["id"][0]: row for row in opened.rows.get(prefix, {}).values()}
        new_row = shown_values(fields, None)
        total = request.POST.get(f"{prefix}-TOTAL_FORMS", "")
        for number in range(min(int(total), formset.max_num) if is_id(total) else 0):
            start = f"{prefix}-{number}-"
            pk = request.POST.get(start + formset.model._meta.pk.name, "")
            label = f"{capfirst(str(inline.verbose_name))} {number + 1}: "
            parts.append((start, fields, rows.get(pk, new_row), label))
    found = []
    for prefix, fields, shown, kind in parts:
        data = MultiValueDict(
            {
                key.removeprefix(prefix): texts
                for key, texts in request.POST.lists()
                if key.startswith(prefix)
            }
        )
        for key, texts in posted_values(fields, data, {}).items():
            if not same(texts, shown.get(key, [])):
                label = capfirst(label_of_control(fields, key))
                found.append((kind + label, _shown(field_of(fields, key)[0], texts)))
    return found


def marked(before: str, after: str) -> list[tuple[bool, str]]:
    """The pieces of `after`, each with whether it differs from `before`."""
    return [(sign == "+", text) for sign, text in word_diff(before, after) if sign != "-"]
