"""Merges concurrent edits of one record, and asks the editor about conflicts.

A form carries the number of the last change of its record, and so does each open row. When it is
posted, `services.conflicts` tells what each control held at that number. Three values are
compared control by control: opened, stored now, posted. What only one side changed is taken from
that side; what both changed in different ways is an `EditConflict`, which the editor decides with
radio buttons. The result is written back into the posted data, so that Django sees a form that
was opened a moment ago, and that is how it is shown if it cannot be saved. Only a conflict that
is not decided yet carries a number of its own: that at which its control was opened. Each language
of a translated text is a control of its own.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model
from django.forms import BaseInlineFormSet, FileField, ModelForm
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import model_to_dict
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst, normalize_newlines

from heritage.admin.access import sent_number
from heritage.admin.autocomplete import RowLookups
from heritage.admin.form.inputs import LANGUAGE_SEPARATOR, LanguageMapFormField
from heritage.models import Change, ChangeSet, Record
from heritage.models.row_values import recorded_columns
from heritage.server.timeouts import NotWritten
from heritage.services.conflicts import Key, Outcome, Since, joined, outcome, with_last_change
from heritage.values.language import language_name, with_explanation

# What a browser sends, by the name of the control; empty controls are left out.
Values = dict[str, list[str]]

SHOWS_ALL = "all"  # in an address: all rows and all languages
OPENED = "_opened"  # the number of the last change when the form, row or conflict was opened
CHOICE = "_keep-"  # before the key of a conflict: the radio buttons that decide it
MINE, THEIRS = "mine", "theirs"
POINT = ("latitude", "longitude")  # one value: half of one point and half of another is neither
REPLACES = "_replaces"  # of a new row: the id of the deleted one that it would bring back
CLEAR = "-clear"  # behind the name of a file: Django's box that clears it

# --- the values of controls --------------------------------------------------------------------


def shown_values(
    fields: Mapping[str, forms.Field],
    row: Model | None,
    relations: Mapping[str, list[int]] | None = None,
) -> Values:
    """The texts that a browser would send if a form that shows `row` were submitted unchanged.

    `relations` has the ids of relations that differ from the stored ones.
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
    be cleared has an empty list.
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
    """The column of a control, and its language."""
    name, _separator, code = key.partition(LANGUAGE_SEPARATOR)
    return name, code


def label_of_control(fields: Mapping[str, forms.Field], key: str) -> str:
    """“Summary (Français)”, “Order”."""
    form_field, code = field_of(fields, key)
    label = str(form_field.label) if form_field and form_field.label else key
    return with_explanation(label, [language_name(code)]) if code else label


# --- comparing and merging ---------------------------------------------------------------------


def in_row(kind: str, row: Model | str | None, label: str = "") -> str:
    """What names a row, and a control of it: “Event: built: 493 – Date”."""
    named = f"{capfirst(kind)}: {row}" if kind and row else capfirst(kind)
    return f"{named} – {capfirst(label)}" if named and label else named or capfirst(label)


def rows_by_id(model: type[Record], ids: Iterable[int]) -> dict[int, Any]:
    """Stored rows of any owner, each with the number of its last change."""
    return with_last_change(model._default_manager.all()).in_bulk(list(ids))


class OpenedRow:
    """What the form of one row held when it was opened at `number`, or at an earlier one.

    `now` is the stored row, with the number of its last change; `owner` has the key to the record
    that it has to have been a row of, and the id of that.
    """

    def __init__(
        self,
        fields: Mapping[str, forms.Field],
        since: Since,
        key: Key,
        now: Any,
        number: int | None,
        owner: tuple[str, int] | None = None,
    ):
        self.fields, self.key, self.now, self.number = fields, key, now, number
        self._since, self._owner = since, owner
        self._values: dict[int | None, Values | None] = {}

    def values(self, number: int | None, control: str = "") -> Values | None:
        """The values of all controls, or of one, at a number; None if that is not known."""
        if number not in self._values:
            opened = self._opened(number)
            if opened and self._owner and getattr(opened[0], self._owner[0]) != self._owner[1]:
                opened = None
            self._values[number] = shown_values(self.fields, *opened) if opened else None
        values = self._values[number]
        return {control: values.get(control, [])} if control and values is not None else values

    def _opened(self, number: int | None) -> tuple[Record, dict[str, list[int]]] | None:
        if self.now is not None and number == self.now.last_change:
            return self.now, {}
        return self._since.opened(self.key, number, self.now)

    def changed_by(self, number: int | None, control: str, is_gone: bool) -> ChangeSet | None:
        """The change set of the last change since a number; None if it is not known.

        For a row that is gone, the one that deleted it, or moved it to another record.
        """
        if self.values(number) is None:
            return None
        if is_gone and self._owner:
            key = self.key[0]._meta.get_field(self._owner[0])  # by its column, `site_id`
            change = self._since.last(self.key, number, key.name)
        else:
            change = self._since.last(self.key, number, *column_of(control))
        return change.change_set if change else None

    def deletion(self) -> Change | None:
        """The change that deleted it as a row of this record; None if there is none, or unknown."""
        change = self._since.last(self.key, self.number)
        if change is None or change.after is not None or self._owner is None:
            return None
        key = self.key[0]._meta.get_field(self._owner[0])
        is_own = change.before is not None and change.before.get(key.name) == self._owner[1]
        return change if is_own else None


@dataclass
class EditConflict:
    """A conflict for the editor to decide. `key` names its radio buttons.

    It is about one control of a row, which was opened at `number`. Without `control` it is about
    the row: one side has deleted it, and has no values.
    """

    key: str
    row: OpenedRow
    control: str
    number: int | None
    theirs: Values
    mine: Values
    kind: str  # the name of the row's model; empty for the record itself
    place: str  # before the names of its controls on the page

    @property
    def opened(self) -> Values | None:
        """The values when the form was opened; None if they are not known."""
        return self.row.values(self.number, self.control)

    @property
    def is_moved(self) -> bool:
        """Whether the row is still stored but belongs to another record."""
        return not self.theirs and self.opened is not None and self.row.now is not None


@dataclass
class PostedRow:
    """One row of a set, as it was sent: its controls by their names within it."""

    number: int
    data: MultiValueDict[str, Any] = field(default_factory=MultiValueDict)
    files: MultiValueDict[str, Any] = field(default_factory=MultiValueDict)
    pk: int = 0  # of the stored row; 0 for a new one
    opened_at: int | None = None

    @property
    def is_deleted(self) -> bool:
        return bool(self.data.get(DELETION_FIELD_NAME))


class EditedFormSet(BaseInlineFormSet):
    """A set of rows that were sent."""

    model: type[Record]
    prefix: str
    data: QueryDict
    files: MultiValueDict[str, Any]

    def is_deleted(self, form: ModelForm) -> bool:
        """Whether the editor has marked the row for deletion."""
        cleaned = getattr(form, "cleaned_data", {})
        return self.can_delete and bool(cleaned.get(DELETION_FIELD_NAME))

    def changed_rows(self) -> list[ModelForm]:
        """The forms of the stored rows that are about to be changed or deleted."""
        return [form for form in self.initial_forms if form.has_changed() or self.is_deleted(form)]


class Editing:
    """State of one request for the form of one record, shared by the main form and its rows."""

    def __init__(
        self, request: HttpRequest, stack: ExitStack, not_written: NotWritten | None = None
    ):
        self._request = request
        self.stack = stack  # closed at the end of the request: holds the transaction
        self.is_writing = False
        self.not_written = not_written  # why the form is shown again, if it could not be stored
        self.compared: dict | None = None  # the columns of the record, once it is compared
        self.conflicts: list[EditConflict] = []
        self.from_others: list[str] = []
        self.lookups = RowLookups()
        self.formsets: list[EditedFormSet] = []  # the sets of rows that were sent
        self.shared: dict = {}  # look-ups that sets of rows share
        self.shows_all = SHOWS_ALL in request.GET  # all rows and languages, whether opened or not
        self.extra = int(self.shows_all)  # empty rows of each set
        # The conflicts that this editor was shown, by key: at which number each was opened.
        self.asked = {
            name.removeprefix(CHOICE).removesuffix(OPENED): sent_number(request.POST, name)
            for name in request.POST
            if name.startswith(CHOICE) and name.endswith(OPENED)
        }

    def since(self, rows: Mapping[Key, tuple[int | None, Any]]) -> Since:
        """What was written to rows since they were opened; `rows` has (number, stored row or None)
        for each."""
        return Since(
            {
                key: {number, *self.asked.values()}
                for key, (number, now) in rows.items()
                if self.asked or now is None or number != now.last_change
            }
        )

    def posted_rows(self, prefix: str, pk_name: str) -> list[PostedRow]:
        """The rows of a set that were sent, in the order of the form; rows that were not opened are
        not sent."""
        rows: dict[int, PostedRow] = {}
        shape = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,5}})-(.+)", re.DOTALL)
        for source, part in ((self._request.POST, "data"), (self._request.FILES, "files")):
            for name in source:
                if found := shape.fullmatch(name):
                    row = rows.setdefault(int(found[1]), PostedRow(int(found[1])))
                    getattr(row, part).setlist(found[2], source.getlist(name))
        for row in rows.values():
            row.pk = sent_number(row.data, REPLACES) or sent_number(row.data, pk_name) or 0
            row.opened_at = sent_number(row.data, OPENED)
        return [rows[number] for number in sorted(rows)]

    @property
    def is_sent(self) -> bool:
        """Whether the complete form of a stored record was sent."""
        return OPENED in self._request.POST

    def is_outdated(self, rows: Iterable[tuple[type[Record], Any]]) -> bool:
        """Whether one of these rows was written since it was read."""
        shown = {(model, row.pk): row.last_change for model, row in rows}
        since = Since({key: [number] for key, number in shown.items()})
        return any(since.changes(key, number) for key, number in shown.items())

    def choice(self, key: str) -> str:
        return self._request.POST.get(CHOICE + key, "")

    def opened_form(self, fields: Mapping[str, forms.Field], key: Key, now: Any) -> OpenedRow:
        """What the main form held when it was opened."""
        number = sent_number(self._request.POST, OPENED)
        return OpenedRow(fields, self.since({key: (number, now)}), key, now, number)

    def merge_form(
        self,
        fields: Mapping[str, forms.Field],
        row: Record,
        data: QueryDict,
        files: MultiValueDict | None,
    ) -> tuple[QueryDict, MultiValueDict]:
        """The posted data of the main form, merged."""
        self.compared = {
            column.attname: getattr(row, column.attname) for column in recorded_columns(type(row))
        }
        data, files = data.copy(), MultiValueDict(files or {})
        self.merge_row(self.opened_form(fields, (type(row), row.pk), row), data, files)
        return data, files

    def merge_row(
        self,
        opened: OpenedRow,
        data: MultiValueDict[str, Any],
        files: MultiValueDict[str, Any],
        prefix: str = "",
        **about: str,
    ) -> None:
        """Merge one stored row into its posted data: open conflicts stay as posted.

        `prefix` begins the keys of its conflicts; see `settle()`.
        """
        fields, stored = opened.fields, shown_values(opened.fields, opened.now)
        posted = posted_values(fields, data, files)
        for control in {**stored, **posted}:
            form_field, _code = field_of(fields, control)
            now, sent = stored.get(control, []), posted.get(control, [])
            if sent == now:
                continue
            number = self.asked.get(prefix + control, opened.number)
            was = (opened.values(number, control) or {}).get(control)
            if isinstance(form_field, FileField) and control not in posted:
                sent = now if was is None else was
            # Of several choices, additions and removals of both sides.
            joins = isinstance(form_field, forms.ModelMultipleChoiceField) and was is not None
            settled = self.settle(
                opened, {control: now}, {control: sent}, prefix, control, joins, **about,
                point=(stored, posted) if control in POINT else None,
            )  # fmt: skip
            value = joined(was or (), now, sent) if joins else sent
            _set_control(data, files, fields, control, now if settled == THEIRS else value, posted)

    def settle(
        self,
        opened: OpenedRow,
        now: Values,
        mine: Values,
        key: str,
        control: str = "",
        joins: bool = False,
        kind: str = "",
        place: str = "",
        point: tuple[Values, Values] | None = None,
    ) -> str:
        """Whose values of a row, or of one control, are to be stored: MINE or THEIRS; "" if the
        editor has to decide.

        `joins`: values that both sides have changed can be merged. `kind` is the name of the row's
        model, `place` the prefix of the names of its controls on the page. `point` has the stored
        and posted values of the row if the control is half of a point.
        """
        halves = [key + name for name in POINT if key + name in self.asked] if point else []
        key, is_asked = key + control, key + control in self.asked
        number = self.asked.get(key, opened.number)
        was, shown = (opened.values(each, control) for each in (number, opened.number))
        if was is None:
            result = Outcome.SAME if same_values(mine, now) else Outcome.CONFLICT
        else:
            result = outcome(was, now, mine, same_values)
            if point and self._outcome_of_point(opened, number, *point) is Outcome.CONFLICT:
                result = Outcome.CONFLICT
        if result is Outcome.CONFLICT and not joins:
            # A decision holds as long as that is stored which was shown with the question.
            is_current = not now or (shown is not None and same_values(shown, now))
            choices = [self.choice(each) for each in (key, *halves)]
            if is_asked and is_current and all(each in (MINE, THEIRS) for each in choices):
                return choices[0]
            conflict = EditConflict(key, opened, control, number, now, mine, kind, place)
            self.conflicts.append(conflict)
            return ""
        if result is Outcome.THEIRS and control:
            self.from_others.append(label_of_control(opened.fields, control))
        return THEIRS if result in (Outcome.SAME, Outcome.THEIRS) else MINE

    def _outcome_of_point(
        self, opened: OpenedRow, number: int | None, now: Values, mine: Values
    ) -> Outcome:
        was = opened.values(number) or {}
        was, now, mine = (
            {name: values.get(name, []) for name in POINT} for values in (was, now, mine)
        )
        return outcome(was, now, mine, same_values)


def _set_control(
    data: MultiValueDict[str, Any],
    files: MultiValueDict[str, Any],
    fields: Mapping[str, forms.Field],
    key: str,
    texts: list[str],
    posted: Values,
) -> None:
    """Write one control into posted data."""
    form_field, _code = field_of(fields, key)
    if isinstance(form_field, FileField) and key in fields:
        if not same(posted.get(key, []), texts):
            files.pop(key, None)  # the stored file stays
            data.pop(key + CLEAR, None)
    elif texts or key in data:
        # An empty control is sent as an empty text, and none of several choices as nothing.
        nothing = [] if isinstance(form_field, forms.ModelMultipleChoiceField) else [""]
        data.setlist(key, texts or nothing)


def editing_of(request: HttpRequest) -> Editing:
    """The editing that `RecordAdmin` has begun with a request."""
    return request.editing  # type: ignore[attr-defined]  # kept with it
