"""Merges concurrent edits of the rows of a form, as `editing` does with those of a record."""

import re
from typing import Any

from django.forms import FileField
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.utils.datastructures import MultiValueDict

from heritage.admin.access import is_id
from heritage.admin.form.editing import (
    REPLACES,
    THEIRS,
    EditedFormSet,
    Editing,
    OpenedRow,
    PostedRow,
    Values,
    in_row,
    posted_values,
    rows_by_id,
    shown_values,
)
from heritage.models import Record


def merge_rows(editing: Editing, formset: EditedFormSet) -> set[int] | None:
    """Write the merged rows into the posted data of the set, stored rows first.

    Returns the numbers of the rows that were sent; None if Django rejects the whole set.
    """
    return _RowMerge(editing, formset).run()


class _RowMerge:
    def __init__(self, editing: Editing, formset: EditedFormSet):
        self._editing, self._formset = editing, formset
        self._fields = formset.form.base_fields
        self._pk_name = formset.model._meta.pk.name
        self._kind = str(formset.model._meta.verbose_name)

    def run(self) -> set[int] | None:
        formset = self._formset
        total = formset.data.get(f"{formset.prefix}-{TOTAL_FORM_COUNT}", "")
        if not is_id(total) or int(total) > formset.absolute_max:
            return None  # Django rejects the whole set
        posted = self._editing.posted_rows(formset.prefix, self._pk_name)
        posted = [row for row in posted if row.number < int(total)]
        by_pk = {row.pk: row for row in posted if row.pk}
        stored = {row.pk: row for row in formset.get_queryset()}
        gone = by_pk.keys() - stored.keys()
        # Some may have been moved to another record.
        elsewhere = rows_by_id(formset.model, gone) if gone else {}
        self._since = self._editing.since(
            {(formset.model, pk): (row.opened_at, stored.get(pk)) for pk, row in by_pk.items()}
        )
        merged = [
            self._merged(number, row, by_pk.get(pk))
            for number, (pk, row) in enumerate(stored.items())
        ]
        new = [
            row
            for row in posted
            if not row.pk or (row.pk in gone and self._is_new(row, elsewhere.get(row.pk)))
        ]
        self._write(merged, new)
        opened = {number for number, pk in enumerate(stored) if pk in by_pk}
        return opened | {*range(len(merged), len(merged) + len(new))}

    def _opened(self, row: PostedRow, now: Record | None) -> OpenedRow:
        key, owner = (self._formset.model, row.pk), self._formset.instance.pk
        owner_key = self._formset.fk.attname, owner
        return OpenedRow(self._fields, self._since, key, now, row.opened_at, owner_key)

    def _merged(self, number: int, stored: Record, row: PostedRow | None) -> PostedRow:
        """The posted data of a row that is still stored, merged. `row` is None if it was not
        opened, and so not sent."""
        editing, prefix = self._editing, self._formset.prefix
        if row is not None and not row.is_deleted:
            before = len(editing.from_others)
            about = {"kind": self._kind, "place": f"{prefix}-{number}-"}
            key = f"{prefix}-{stored.pk}-"
            editing.merge_row(self._opened(row, stored), row.data, row.files, key, **about)
            editing.from_others[before:] = [
                in_row(self._kind, stored, each) for each in editing.from_others[before:]
            ]
        else:
            now, is_deleted = shown_values(self._fields, stored), False
            if row is not None:
                is_deleted = self._settle(row, stored, now, {}) != THEIRS
            row = PostedRow(number, MultiValueDict(now))
            if is_deleted:
                row.data.setlist(DELETION_FIELD_NAME, ["on"])
        row.data.setlist(self._pk_name, [str(stored.pk)])
        row.data.pop(REPLACES, None)
        return row

    def _is_new(self, row: PostedRow, elsewhere: Record | None) -> bool:
        """Whether a row that another editor deleted is still in the form: it becomes a new row."""
        was = self._opened(row, elsewhere).values(row.opened_at) or {}
        # A browser cannot send a file again.
        files = {name: was[name] for name in was if isinstance(self._fields.get(name), FileField)}
        posted = files | posted_values(self._fields, row.data, row.files)
        settled = self._settle(row, elsewhere, {}, {} if row.is_deleted else posted)
        row.data.pop(self._pk_name, None)
        row.data.pop(REPLACES, None)
        if not settled:
            row.data.setlist(REPLACES, [str(row.pk)])
        return settled != THEIRS

    def _settle(self, row: PostedRow, now: Record | None, theirs: Values, mine: Values) -> str:
        key = f"{self._formset.prefix}-{row.pk}"
        return self._editing.settle(self._opened(row, now), theirs, mine, key, kind=self._kind)

    def _write(self, merged: list[PostedRow], new: list[PostedRow]) -> None:
        formset = self._formset
        start = re.compile(rf"{re.escape(formset.prefix)}-[0-9]")
        data = formset.data.copy()
        files: MultiValueDict[str, Any] = MultiValueDict(formset.files or {})
        for source in (data, files):
            for key in [key for key in source if start.match(key)]:
                del source[key]
        for number, row in enumerate([*merged, *new]):
            for source, part in ((data, row.data), (files, row.files)):
                for name, texts in part.lists():
                    source.setlist(f"{formset.prefix}-{number}-{name}", texts)
        data[f"{formset.prefix}-{INITIAL_FORM_COUNT}"] = str(len(merged))
        data[f"{formset.prefix}-{TOTAL_FORM_COUNT}"] = str(len(merged) + len(new))
        formset.data, formset.files = data, files
