"""Merges concurrent edits of one record, and asks the editor about conflicts.

A form carries, signed, the values that it showed when it was opened, and so does each open row.
When it is posted, three states are compared control by control: opened, stored now, posted.
What only one side changed is taken from that side; what both changed in different ways is an
`EditConflict`, which the editor decides with radio buttons. Rows are matched by `uid`. The result
is written back into the posted data, so that Django sees a form that was opened a moment ago.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst

from heritage.admin.autocomplete import RowLookups
from heritage.admin.form.three_way_merge import (
    Values,
    field_of,
    label_of_control,
    posted_values,
    same,
    same_values,
    shown_values,
    three_way_merge,
)
from heritage.models import Record
from heritage.server.lock_timeout import NotWritten

if TYPE_CHECKING:
    from heritage.admin.form.inlines import RowFormSet

SHOWS_ALL = "all"  # in an address: all rows and all languages
OPENED = "_opened"  # the signed snapshot, in every form of a stored record
CHOICE = "_keep-"  # before the key of a conflict: the radio buttons that decide it
MINE, THEIRS = "mine", "theirs"
REPLACES = "_replaces"  # of a new row: the uid of the deleted one that it would bring back
_SALT, _ROW_SALT = "heritage.admin.opened", "heritage.admin.opened_row"
_OPENED_ROW = re.compile(r"(.+?)-[0-9]{1,5}-_opened")


def in_row(kind: str, row: Model | None, label: str = "") -> str:
    """What names a row, and a control of it: “Event: built: 493 – Date”."""
    named = f"{capfirst(kind)}: {row}" if kind and row else capfirst(kind)
    return f"{named} – {capfirst(label)}" if named and label else named or capfirst(label)


@dataclass
class EditConflict:
    """A conflict for the editor to decide. `key` names its radio buttons, `anchor` the control."""

    key: str
    what: str  # "field", "deleted" (the row, by somebody else) or "deleting" (by this editor)
    fields: Mapping[str, forms.Field]
    opened: Values | None
    theirs: Values
    mine: Values
    row: Model | None = None  # the row that it is about; None for the record itself
    kind: str = ""  # the name of the row's model
    anchor: str = ""


@dataclass
class Snapshot:
    """What a form showed when it was opened: its controls, its rows by uid, earlier conflicts."""

    form: Values = field(default_factory=dict)
    rows: dict[str, dict[str, Values]] = field(default_factory=dict)
    conflicts: dict[str, list[str]] = field(default_factory=dict)

    def dumps(self) -> str:
        return signing.dumps([self.form, self.conflicts], salt=_SALT, compress=True)

    @classmethod
    def loads(cls, data: Mapping[str, str]) -> "Snapshot | None":
        """The snapshot in posted data; None if it is missing or not signed by this installation."""
        try:
            form, asked = signing.loads(data.get(OPENED, ""), salt=_SALT)
            snapshot = cls(form, {}, asked)
            for key, text in data.items():
                if found := _OPENED_ROW.fullmatch(key):
                    uid, values = signing.loads(text, salt=_ROW_SALT)
                    snapshot.rows.setdefault(found[1], {})[uid] = values
        except signing.BadSignature:
            return None
        return snapshot


class Editing:
    """State of one request for the form of one record, shared by the main form and its rows."""

    def __init__(
        self, request: HttpRequest, stack: ExitStack, not_written: NotWritten | None = None
    ):
        self._request = request
        self.stack = stack  # closed at the end of the request: holds the transaction
        self.is_writing = False
        self.not_written = not_written  # why the form is shown again, if it could not be stored
        self.snapshot = Snapshot()  # what the form shows this time, to be signed
        self.conflicts: list[EditConflict] = []
        self.kept: list[str] = []
        self.lookups = RowLookups()
        self.formsets: list[RowFormSet] = []
        self.shared: dict = {}  # look-ups that sets of rows share
        self.stored: dict = {}  # stored values, by (prefix, uid) of a row or None
        self.shows_all = SHOWS_ALL in request.GET  # all rows and languages, whether opened or not
        self.extra = int(self.shows_all)  # empty rows of each set

    @cached_property
    def opened(self) -> Snapshot | None:
        return Snapshot.loads(self._request.POST)

    def row_opened(self, prefix: str, uid: str) -> str:
        """The signed values of an open row, or an empty text."""
        values = self.snapshot.rows.get(prefix, {}).get(uid)
        return signing.dumps([uid, values], salt=_ROW_SALT, compress=True) if values else ""

    def choice(self, key: str) -> str:
        return self._request.POST.get(CHOICE + key, "")

    def decision(self, key: str, theirs: list[str]) -> str:
        """The editor's decision, unless the stored value has changed since it was shown."""
        asked = self.opened.conflicts.get(key) if self.opened else None
        choice = self.choice(key)
        return choice if asked is not None and same(asked, theirs) else ""

    def open_form(self, fields: Mapping[str, forms.Field], row: Model) -> None:
        """Note what the form of a stored record shows."""
        self.stored[None] = self.snapshot.form = shown_values(fields, row)

    def merge_form(
        self,
        fields: Mapping[str, forms.Field],
        row: Model,
        data: QueryDict,
        files: MultiValueDict | None,
    ) -> tuple[QueryDict, MultiValueDict]:
        """The posted data of the main form, merged."""
        self.open_form(fields, row)
        data, files = data.copy(), MultiValueDict(files or {})
        opened = self.opened.form if self.opened else None
        posted = posted_values(fields, data, files)
        values = self.resolve(fields, row, "", opened, self.snapshot.form, posted, self._keep_form)
        for key, texts in values.items():
            _put(data, files, fields, key, texts, posted)
        return data, files

    def _keep_form(self, key: str, texts: list[str]) -> None:
        self.snapshot.form = self.snapshot.form | {key: texts}

    def resolve(
        self,
        fields: Mapping[str, forms.Field],
        row: Model,
        prefix: str,
        opened: Values | None,
        stored: Values,
        posted: Values,
        keep: Callable[[str, list[str]], None],
        anchor: str = "",
    ) -> Values:
        """The merged values of one row: decided conflicts as decided, open ones as posted."""
        merged = three_way_merge(fields, opened, stored, posted)
        self.kept += [label_of_control(fields, key) for key in merged.kept]
        for key in merged.conflicts:
            name, now = f"{prefix}{key}", stored.get(key, [])
            decision = self.decision(name, now)
            if decision == THEIRS:
                merged.values[key] = now
            elif decision != MINE:
                was = None if opened is None else {key: opened.get(key, [])}
                mine = {key: merged.values[key]}
                conflict = EditConflict(name, "field", fields, was, {key: now}, mine, row)
                conflict.anchor = f"id_{anchor}{key}"
                self.add_conflict(conflict, now)
                keep(key, was[key] if was else [])
        return merged.values

    def add_conflict(self, conflict: EditConflict, theirs: list[str]) -> None:
        """Record a conflict; the form is shown again until it is decided."""
        self.conflicts.append(conflict)
        self.snapshot.conflicts[conflict.key] = theirs

    # --- rows

    def open_rows(self, formset: "RowFormSet") -> dict[str, Values]:
        """Note what a set of rows shows."""
        fields = formset.form.base_fields
        shown = {row.uid: shown_values(fields, row) for row in formset.get_queryset()}
        self.stored |= {(formset.prefix, uid): values for uid, values in shown.items()}
        ids = {row.uid: [str(row.pk)] for row in formset.get_queryset()}
        self.snapshot.rows[formset.prefix] = {uid: shown[uid] | {"id": ids[uid]} for uid in shown}
        return shown

    def merge_rows(self, formset: "RowFormSet") -> None:
        """Write the merged rows into the posted data of the set, stored rows first."""
        _RowMerge(self, formset).run()


def _put(
    data: MultiValueDict[str, Any],
    files: MultiValueDict[str, Any],
    fields: Mapping[str, forms.Field],
    key: str,
    texts: list[str],
    posted: Values,
) -> None:
    """Write one control into posted data."""
    form_field, _code = field_of(fields, key)
    if isinstance(form_field, forms.FileField) and key in fields:
        if not same(posted.get(key, []), texts):
            files.pop(key, None)  # the stored file stays
    elif texts or key in data:
        # An empty control is sent as an empty text, and none of several choices as nothing.
        nothing = [] if isinstance(form_field, forms.ModelMultipleChoiceField) else [""]
        data.setlist(key, texts or nothing)


@dataclass
class _PostedRow:
    data: MultiValueDict
    files: MultiValueDict
    uid: str = ""

    @property
    def is_deleted(self) -> bool:
        return bool(self.data.get(DELETION_FIELD_NAME))


class _RowMerge:
    """Merges the rows of one set."""

    def __init__(self, editing: Editing, formset: "RowFormSet"):
        self._editing, self._formset = editing, formset
        self._fields = formset.form.base_fields
        self._shown = editing.open_rows(formset)
        self._stored = {row.uid: row for row in formset.get_queryset()}
        opened = editing.opened
        self._opened = opened.rows.get(formset.prefix, {}) if opened else None

    def run(self) -> None:
        rows = self._posted_rows()
        if rows is None:
            return
        by_uid = {row.uid: row for row in rows if row.uid}
        kept = [self._kept(uid, by_uid.get(uid)) for uid in self._stored]
        new = [
            row
            for row in rows
            if row.uid not in self._stored and (not row.uid or self._is_new_row(row))
        ]
        self._write(kept, new)
        places = range(len(kept), len(kept) + len(new))
        opened = {number for number, uid in enumerate(self._stored) if uid in by_uid}
        self._formset.opened = opened | set(places)

    def _posted_rows(self) -> list[_PostedRow] | None:
        """The rows in the order of the form; None if Django should reject the whole set."""
        formset = self._formset
        try:
            total = int(formset.data.get(f"{formset.prefix}-{TOTAL_FORM_COUNT}", ""))
        except ValueError:
            return None
        if not 0 <= total <= formset.absolute_max:
            return None
        rows = [_PostedRow(MultiValueDict(), MultiValueDict()) for _number in range(total)]
        shape = re.compile(rf"{re.escape(formset.prefix)}-([0-9]{{1,5}})-(.+)", re.DOTALL)
        for source, part in ((formset.data, "data"), (formset.files, "files")):
            for key in source:
                found = shape.fullmatch(key)
                if found and int(found[1]) < total:
                    getattr(rows[int(found[1])], part).setlist(found[2], source.getlist(key))
        uids = {values["id"][0]: uid for uid, values in (self._opened or {}).items()}
        uids = {str(row.pk): uid for uid, row in self._stored.items()} | uids
        for row in rows:
            pk = row.data.get(self._pk_name, "")
            row.uid = row.data.get(REPLACES, "") or uids.get(pk, "") or (f"#{pk}" if pk else "")
        return [row for row in rows if row.data or row.files]  # what was not opened is not sent

    @property
    def _pk_name(self) -> str:
        return self._formset.model._meta.pk.name

    def _was(self, uid: str) -> Values | None:
        return None if self._opened is None else self._opened.get(uid)

    def _kept(self, uid: str, row: _PostedRow | None) -> _PostedRow:
        """Merge a row that is still stored."""
        stored, instance = self._shown[uid], self._stored[uid]
        if row is None or (self._opened is not None and uid not in self._opened):
            row = _PostedRow(MultiValueDict(stored), MultiValueDict())
        elif row.is_deleted:
            self._delete(uid, row, instance)
        else:
            number = list(self._stored).index(uid)
            row.data = self._resolved(uid, row, instance, stored, number)
        row.data.setlist(self._pk_name, [str(instance.pk)])
        row.data.pop(REPLACES, None)
        return row

    def _resolved(
        self, uid: str, row: _PostedRow, instance: Model, stored: Values, number: int
    ) -> MultiValueDict:
        editing, prefix = self._editing, self._formset.prefix
        posted = posted_values(self._fields, row.data, row.files)

        def keep(key: str, texts: list[str]) -> None:
            editing.snapshot.rows[prefix][uid] = editing.snapshot.rows[prefix][uid] | {key: texts}

        count, kept = len(editing.conflicts), len(editing.kept)
        values = editing.resolve(
            self._fields,
            instance,
            f"{prefix}-{uid}-",
            self._was(uid),
            stored,
            posted,
            keep,
            f"{prefix}-{number}-",
        )
        kind = str(self._formset.model._meta.verbose_name)
        for conflict in editing.conflicts[count:]:
            conflict.kind = kind
        editing.kept[kept:] = [in_row(kind, instance, label) for label in editing.kept[kept:]]
        data = row.data.copy()
        for key, texts in values.items():
            _put(data, row.files, self._fields, key, texts, posted)
        return data

    def _delete(self, uid: str, row: _PostedRow, instance: Record) -> None:
        """Delete a row; asks if another editor has changed it."""
        was, now = self._was(uid), self._shown[uid]
        if was is None or same_values(_without_id(was), now):
            return
        decision = self._ask(
            uid, EditConflict("", "deleting", self._fields, was, now, {}, instance)
        )
        row.data, row.files = MultiValueDict(now), MultiValueDict()
        if decision != THEIRS:
            row.data.setlist(DELETION_FIELD_NAME, ["on"])

    def _is_new_row(self, row: _PostedRow) -> bool:
        """Whether a row that another editor deleted is still in the form; it becomes a new row."""
        was = self._was(row.uid)
        posted = posted_values(self._fields, row.data, row.files)
        untouched = was is not None and same_values(_without_files(self._fields, was), posted)
        if untouched or row.is_deleted:
            return False
        decision = self._ask(row.uid, EditConflict("", "deleted", self._fields, was, {}, posted))
        row.data.pop(self._pk_name, None)
        row.data.pop(REPLACES, None)
        if not decision:
            row.data.setlist(REPLACES, [row.uid])
        return decision != THEIRS

    def _ask(self, uid: str, conflict: EditConflict) -> str:
        """The editor's decision about a whole row, if there is one."""
        conflict.key = f"{self._formset.prefix}-{uid}"
        conflict.kind = str(self._formset.model._meta.verbose_name)
        theirs = [f"{key}: {texts}" for key, texts in sorted(conflict.theirs.items())]
        decision = self._editing.decision(conflict.key, theirs)
        if decision in (MINE, THEIRS):
            return decision
        self._editing.add_conflict(conflict, theirs)
        if conflict.opened is not None:
            self._editing.snapshot.rows[self._formset.prefix][uid] = conflict.opened
        return ""

    def _write(self, kept: list[_PostedRow], new: list[_PostedRow]) -> None:
        formset = self._formset
        start = re.compile(rf"{re.escape(formset.prefix)}-[0-9]")
        data = formset.data.copy()
        files: MultiValueDict[str, Any] = MultiValueDict(formset.files or {})
        for source in (data, files):
            for key in [key for key in source if start.match(key)]:
                del source[key]
        for number, row in enumerate([*kept, *new]):
            for source, part in ((data, row.data), (files, row.files)):
                for name, texts in part.lists():
                    source.setlist(f"{formset.prefix}-{number}-{name}", texts)
        data[f"{formset.prefix}-{INITIAL_FORM_COUNT}"] = str(len(kept))
        data[f"{formset.prefix}-{TOTAL_FORM_COUNT}"] = str(len(kept) + len(new))
        formset.data, formset.files = data, files


def _without_id(values: Values) -> Values:
    return {key: texts for key, texts in values.items() if key != "id"}


def _without_files(fields: Mapping[str, forms.Field], values: Values) -> Values:
    """Without files, which a browser cannot send again."""
    return {
        key: texts
        for key, texts in _without_id(values).items()
        if not isinstance(fields.get(key), forms.FileField)
    }


def editing_of(request: HttpRequest) -> Editing:
    """The editing that `RecordAdmin` has begun with a request."""
    return request.editing  # type: ignore[attr-defined]  # kept with it


def is_fresh(
    editing: Editing,
    fields: Mapping[str, forms.Field],
    row: Model | None,
    key: tuple[str, str] | None,
) -> bool:
    """Whether a row is still stored as it was when the states were compared."""
    if row is None:
        return False
    compared = {
        name: texts
        for name, texts in editing.stored[key].items()
        if field_of(fields, name)[0] is not None
    }
    return same_values(shown_values(fields, row), compared)
