"""The history page of a record: who changed which of its columns and rows, when, and why."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.admin.models import LogEntry
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Model, prefetch_related_objects
from django.template.response import TemplateResponse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from heritage.admin.autocomplete import label_of, with_label
from heritage.admin.fields import said
from heritage.models import Change, ChangeSet, Correction, Site
from heritage.models.base import Record
from heritage.models.fields import EDTFField
from heritage.services.history import RowChange, changes_of, column_of, differences, fold
from heritage.values.language import language_name

PER_PAGE = 30
LONGEST = 200  # characters of a text that a history shows


@dataclass(slots=True)
class ShownDifference:
    label: str
    before: str
    after: str


@dataclass(slots=True)
class ShownChange:
    """What a change set did to one row: "added", "changed" or "deleted"."""

    what: str
    kind: str
    name: str
    differences: list[ShownDifference]


@dataclass(slots=True)
class Entry:
    change_set: ChangeSet
    comment: str
    changes: list[ShownChange] = field(default_factory=list)


def history_view(model_admin, request, row, extra_context=None):
    """The page, newest first; in place of the one that Django's admin has."""
    page = Paginator(History(row), PER_PAGE).get_page(request.GET.get("p"))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Change history: %s") % row,
        "entries": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "module_name": capfirst(str(model_admin.opts.verbose_name_plural)),
        "object": row,
        "opts": model_admin.opts,
        **(extra_context or {}),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, model_admin.object_history_template, context)


class History:
    """The change sets that wrote a record or one of its rows, newest first: a page's `entries`."""

    def __init__(self, row: Record):
        changes = changes_of(row).order_by().values_list("change_set", flat=True)
        self.row, self._sets = row, ChangeSet.objects.filter(pk__in=changes).order_by("-pk")

    def __len__(self) -> int:
        return self._sets.count()

    def __getitem__(self, part: slice) -> list[Entry]:
        sets = list(self._sets.select_related("user")[part])
        if not sets:
            return []
        # The rows are named as they were: what is told of a row begins with its first change.
        changes = changes_of(self.row).filter(change_set__lte=sets[0].pk)
        return list(_entries(sets, list(changes)))


def _entries(sets: list[ChangeSet], changes: list[Change]) -> Iterator[Entry]:
    by_set: dict[int, list[Change]] = defaultdict(list)
    states: dict[tuple, dict] = {}
    told: dict[int, list[tuple[RowChange, dict]]] = defaultdict(list)
    for change in changes:
        by_set[change.change_set_id].append(change)
    for pk, of_set in by_set.items():
        for row in fold(of_set):
            key = (row.model, row.object_id)
            state = states.get(key, {}) | (row.after if row.after is not None else row.before)
            states[key] = state
            told[pk].append((row, state))
    shown = {change_set.pk for change_set in sets}
    values, names = _Values(), _Names()
    for pk in shown:
        for row, state in told[pk]:
            names.want(row, state)
            for each in (row.before, row.after):
                values.want(row.model, each or {})
    names.read()
    for change_set in sets:
        entry = Entry(change_set, comment_of(change_set))
        for row, state in told[change_set.pk]:
            entry.changes.append(_shown(row, names.of(row, state), values))
        yield entry


def _shown(row: RowChange, name: str, values: "_Values") -> ShownChange:
    what = "deleted" if row.after is None else "added" if row.before is None else "changed"
    found = [] if row.after is None else values.differences(row.model, row.before or {}, row.after)
    return ShownChange(what, str(row.model._meta.verbose_name), name, list(found))


def comment_of(change_set: ChangeSet) -> str:
    """A person's words; without them what the program knows, in the reader's language."""
    detail = change_set.detail
    if change_set.reason:
        return change_set.reason
    if state := detail.get("state"):
        return _("State: %(state)s") % {"state": dict(Site.State.choices).get(state, state)}
    if state := detail.get("correction"):
        return str(dict(Correction.State.choices).get(state, state))
    if files := detail.get("files"):
        return _("Fixtures: %(files)s") % {"files": ", ".join(files)}
    if message := detail.get("message"):
        return LogEntry(change_message=message).get_change_message()
    return ""


class _Names:
    """What rows were called; what they refer to is read once for a whole page."""

    def __init__(self):
        self._rows: dict[int, Record | None] = {}

    def want(self, row: RowChange, state: dict) -> None:
        self._rows[id(state)] = _row(row.model, row.object_id, state)

    def read(self) -> None:
        by_model: dict[type, list[Record]] = defaultdict(list)
        for row in self._rows.values():
            if row is not None:
                by_model[type(row)].append(row)
        for model, rows in by_model.items():
            keys = [f.name for f in model._meta.concrete_fields if f.is_relation]
            prefetch_related_objects(rows, *keys)

    def of(self, row: RowChange, state: dict) -> str:
        try:
            return str(self._rows[id(state)])
        except (AttributeError, ObjectDoesNotExist, TypeError):  # it refers to what is gone
            return f"#{row.object_id}"


def _row(model: type[Record], pk: int, state: dict) -> Record:
    row = model(pk=pk)
    for name, value in state.items():
        column = column_of(model, name)
        if column is not None and not column.many_to_many:
            try:
                setattr(row, column.attname, column.to_python(value))
            except ValidationError:
                setattr(row, column.attname, value)
    return row


class _Values:
    """Stored values as people read them; what keys point at is read once for a whole page."""

    def __init__(self):
        self._wanted: dict[type[Model], set] = defaultdict(set)
        self._rows: dict[type[Model], dict] = {}

    def want(self, model, values: dict) -> None:
        for name, value in values.items():
            column = column_of(model, name)
            if column is not None and column.is_relation and value:
                self._wanted[column.related_model].update(_keys(value))

    def differences(self, model, before: dict, after: dict) -> Iterator[ShownDifference]:
        for found in differences(model, before, after):
            column = found.field
            if column.name in ("uid", model.owner):
                continue
            if found.language:
                label = f"{_label(column)} ({language_name(found.language)})"
                yield ShownDifference(label, _short(found.old), _short(found.new))
            else:
                old, new = (self._worded(column, value) for value in (found.old, found.new))
                yield ShownDifference(_label(column), old, new)

    def _worded(self, column: Field, value) -> str:
        if value in (None, "", []):
            return ""
        if column.is_relation:
            rows = self._of(column.related_model)
            return ", ".join(rows.get(key, f"#{key}") for key in _keys(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(column, EDTFField):
            return said(value) or value
        choices = dict(column.flatchoices)
        return _short(str(choices.get(value, value)))

    def _of(self, model) -> dict[int, str]:
        if model not in self._rows:
            found = with_label(model._default_manager.filter(pk__in=self._wanted[model]))
            self._rows[model] = {row.pk: label_of(row) for row in found}
        return self._rows[model]


def _keys(value) -> list:
    return value if isinstance(value, list) else [value]


def _label(column: Field) -> str:
    return capfirst(str(column.verbose_name))


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST)
