"""Presents conflicting edits: the opened, the stored and the posted value side by side.

`editing` finds the conflicts; this module prepares them for templates/admin/conflicts.html.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from heritage.admin.access import is_id
from heritage.admin.changes.history import deleted_names
from heritage.admin.form.editing import (
    CHOICE,
    MINE,
    THEIRS,
    EditConflict,
    Editing,
    OpenedRow,
    Values,
    editing_of,
    field_of,
    in_row,
    label_of_control,
    posted_values,
    rows_by_id,
    same,
    shown_values,
)
from heritage.admin.form.inputs import EDTFFormField
from heritage.models import ChangeSet, User
from heritage.services.history import word_diff
from heritage.values.date_format import date_in_words
from heritage.values.language import join_words, proper_tag, text_direction, with_explanation


@dataclass
class ConflictLine:
    """One control on one side of a conflict. A conflict about a row has several, each with its
    label."""

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
    opened_at: str  # the number at which it was opened; empty if it is not known
    is_own: bool  # the same editor made the other change, in another window


def shown_conflicts(editing: Editing, user: User) -> list[ShownConflict]:
    return [_shown_conflict(each, editing.choice(each.key), user) for each in editing.conflicts]


def _shown_conflict(conflict: EditConflict, choice: str, user: User) -> ShownConflict:
    by = conflict.row.changed_by(conflict.number, conflict.control, not conflict.theirs)
    is_own = by is not None and by.user_id == user.pk
    opened = conflict.opened
    keys = {**(opened or {}), **conflict.theirs, **conflict.mine}
    theirs, mine = (
        Side(name, label, _lines(conflict, values, keys, opened), choice == name, _("nothing"))
        for name, label, values in zip(
            (THEIRS, MINE),
            _side_labels(conflict, by, is_own),
            (conflict.theirs, conflict.mine),
            strict=True,
        )
    )
    if not conflict.control:
        theirs.empty = _("moved away") if conflict.is_moved else _("deleted")
        mine.empty = _("deleted")
    sides = [theirs, mine]
    if opened is not None:
        lines = _lines(conflict, opened, keys)
        sides.insert(0, Side("", _("When you opened it"), lines, empty=_("nothing")))
    anchor = f"id_{conflict.place}{conflict.control}" if conflict.control else ""
    opened_at = "" if opened is None else str(conflict.number)
    name = CHOICE + conflict.key
    return ShownConflict(name, _title(conflict), anchor, sides, opened_at, is_own)


def _side_labels(conflict: EditConflict, by: ChangeSet | None, is_own: bool) -> tuple[str, str]:
    """The labels of both sides: theirs, with who changed it and when, and mine."""
    author = _("you") if is_own else by.author if by else _("somebody else")
    at = date_format(localtime(by.at), "DATETIME_FORMAT") if by else ""
    who = {"who": with_explanation(author, filter(None, [at]))}
    if conflict.is_moved:
        return _("Moved to another record by %(who)s: let it go") % who, _("Yours: add it again")
    if not conflict.theirs:
        return _("Deleted by %(who)s: let it go") % who, _("Yours: add it again")
    if not conflict.mine:
        return _("Changed by %(who)s: keep it so") % who, _("Yours: delete it")
    return _("Saved by %(who)s") % who, _("Yours, as it stands in the form below")


def _title(conflict: EditConflict) -> str:
    control = conflict.control
    label = label_of_control(conflict.row.fields, control) if control else ""
    row: Model | str | None = conflict.row.now
    if not conflict.theirs:  # it may be a row of another record by now, which is not named
        deletion = conflict.row.deletion()
        row = deleted_names(conflict.row.key[0], [deletion])[0] if deletion else None
    return in_row(conflict.kind, row, label)


def _lines(
    conflict: EditConflict, values: Values | None, keys: Iterable[str], before: Values | None = None
) -> list[ConflictLine]:
    lines, fields = [], conflict.row.fields
    for key in keys:
        if texts := [text for text in (values or {}).get(key, []) if text]:
            form_field, code = field_of(fields, key)
            shown = _shown(form_field, texts)
            was = _shown(form_field, (before or {}).get(key, [])) if before is not None else shown
            label = "" if conflict.control else label_of_control(fields, key)
            lang = (proper_tag(code), text_direction(code)) if code else ("", "")
            lines.append(ConflictLine(capfirst(label), marked(was, shown), *lang))
    return lines


def _shown(form_field: forms.Field | None, texts: list[str]) -> str:
    """Posted values in readable form."""
    if isinstance(form_field, forms.ModelChoiceField) and form_field.queryset is not None:
        rows = form_field.queryset.filter(pk__in=list(filter(is_id, texts)))
        return join_words(form_field.label_from_instance(row) for row in rows)
    if isinstance(form_field, forms.ChoiceField):
        labels = dict(_flat(cast(Iterable[Any], form_field.choices)))
        return join_words(labels.get(text, text) for text in texts)
    if isinstance(form_field, forms.BooleanField):
        return _("yes")
    if isinstance(form_field, EDTFFormField):
        return join_words(
            with_explanation(text, filter(None, [date_in_words(text)])) for text in texts
        )
    return join_words(texts)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from ((str(key), text) for key, text in label)
        else:
            yield str(value), label


def typed_texts(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> list[tuple[str, str]]:
    """The labelled texts of a form that cannot be saved any more."""
    editing, model = editing_of(request), model_admin.model
    fields = model_admin.get_form(request, change=True).base_fields
    now = rows_by_id(model, [pk]).get(pk)
    opened = editing.opened_form(fields, (model, pk), now)
    parts: list[tuple[str, OpenedRow, MultiValueDict[str, Any]]] = [("", opened, request.POST)]
    for formset, inline in model_admin.get_formsets_with_inlines(request):
        model, fields = formset.model, formset.form.base_fields
        rows = editing.posted_rows(formset.get_default_prefix(), model._meta.pk.name)
        rows = rows[: formset.max_num]
        since = editing.since({(model, row.pk): (row.opened_at, None) for row in rows})
        stored = rows_by_id(model, [row.pk for row in rows])
        for row in rows:
            key, owner = (model, row.pk), (formset.fk.attname, pk)
            opened = OpenedRow(fields, since, key, stored.get(row.pk), row.opened_at, owner)
            kind = f"{capfirst(str(inline.verbose_name))} {row.number + 1}: "
            parts.append((kind, opened, row.data))
    found = []
    for kind, opened, data in parts:
        shown = opened.values(opened.number) or shown_values(opened.fields, None)
        for control, texts in posted_values(opened.fields, data, {}).items():
            if not same(texts, shown.get(control, [])):
                label = capfirst(label_of_control(opened.fields, control))
                found.append((kind + label, _shown(field_of(opened.fields, control)[0], texts)))
    return found


def marked(before: str, after: str) -> list[tuple[bool, str]]:
    """The pieces of `after`, each with whether it differs from `before`."""
    return [(sign == "+", text) for sign, text in word_diff(before, after) if sign != "-"]
