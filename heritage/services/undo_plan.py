"""Plans an undo: which rows would be created, updated and deleted.

Columns are compared one by one, translated text by language, relations by id. What somebody has
edited since stays as it is and is reported as a conflict. `plan()` writes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import FileField
from django.utils.functional import Promise, lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from heritage.models import Change, FormerSlug, Site
from heritage.models.base import Record, chunks, untracked
from heritage.models.fields import LanguageMapField
from heritage.models.row_values import linked_ids, plain_row, recorded_relations, stored_rows
from heritage.services.conflicts import Outcome, joined, outcome
from heritage.services.dependencies import referring_columns
from heritage.services.history import RowChange, column_of, net_changes
from heritage.values.language import language_name

Key = tuple[type[Record], int]
# Rows and their columns, by name, each with the one language that is meant, or "" for all of it:
# what alone is to be undone.
Only = dict[Key, dict[str, str]]

CREATE, UPDATE, DELETE = "create", "update", "delete"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why something stays as it is; `__str__` has the values of `why`."""

    model: type[Record]
    object_id: int
    why: str
    column: str = ""
    language: str = ""
    by: str = ""  # of what sort the rows are that use it

    def __str__(self) -> str:
        texts = {
            "edited": _("edited since: %(what)s"),
            "used": _("used since by: %(by)s"),
            "gone": _("deleted since"),
            "exists": _("is there again, with other values"),
            "missing": _("what it refers to is gone: %(what)s"),
            "file": _("its picture is no longer kept"),
            "unfit": _("it is published, and would lack what a published site must have"),
            "refused": _("the database refuses it: another row has the same"),
        }
        return texts[self.why] % {"what": self._column_label(), "by": self.by}

    def _column_label(self) -> str:
        column = column_of(self.model, self.column)
        label = str(getattr(column, "verbose_name", self.column))
        return f"{label} ({language_name(self.language)})" if self.language else label


def line_of(conflict: Conflict) -> Promise:
    """The line for a log: the row that stays as it is, and why."""
    row = untracked(conflict.model).filter(pk=conflict.object_id).first()
    return format_lazy(
        "{kind} “{row}”: {why}",
        kind=conflict.model._meta.verbose_name,
        row=lazystr(row) if row is not None else conflict.object_id,
        why=lazystr(conflict),
    )


@dataclass(slots=True)
class Step:
    """A row that is created, updated or deleted, with its new plain values."""

    action: str
    model: type[Record]
    object_id: int
    values: dict = field(default_factory=dict)
    now: dict = field(default_factory=dict)  # the stored values of a row that is there


@dataclass(slots=True)
class Plan:
    steps: list[Step] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


# --- planning --------------------------------------------------------------------------------


def plan(changes: Iterable[Change], only: Only | None = None) -> Plan:
    """How changes can be undone. Within a transaction the rows are locked."""
    rows = net_changes(changes)
    if only is not None:
        rows = list(limited(rows, only))
    return _Planner(rows).plan


def limited(rows: list[RowChange], only: Only) -> Iterator[RowChange]:
    """The changes, limited to the selected rows and columns."""
    for row in rows:
        names = only.get((row.model, row.object_id))
        if names is None or row.before is None:  # a new row: its columns were nothing before
            continue
        if row.after is not None:
            row.before, row.after = _selected(row.before, names), _selected(row.after, names)
        yield row


def _selected(values: dict, names: dict[str, str]) -> dict:
    """Only the selected columns; of a translated text, only the selected language."""
    found = {name: value for name, value in values.items() if name in names}
    for name, language in names.items():
        if language and isinstance(found.get(name), dict):
            found[name] = {code: text for code, text in found[name].items() if code == language}
    return found


class _Planner:
    def __init__(self, rows: list[RowChange]):
        self.plan = Plan()
        self.now = _current({(row.model, row.object_id) for row in rows})
        # First of all what is deleted and created, as others may refer to it.
        self.created = {
            (row.model, row.object_id)
            for row in rows
            if row.after is None and self.now.get((row.model, row.object_id)) is None
        }
        deleted = [row for row in rows if row.before is None]
        self.deleted = {(row.model, row.object_id) for row in deleted}
        for row in rows:
            if row.before is not None and row.after is not None:
                self._update(row)
        for row in rows:
            if row.after is None:
                self._create(row)
        self._delete(deleted)

    def _conflict(self, row: RowChange, why: str, **more: Any) -> None:
        self.plan.conflicts.append(Conflict(row.model, row.object_id, why, **more))

    def _moves_with_its_site(self, row: RowChange) -> bool:
        """Whether an address goes to a site that comes back, or leaves one that goes: a merge."""
        was, became = ((Site, (values or {}).get("site")) for values in (row.before, row.after))
        return was in self.created or became in self.deleted

    # --- rows that were changed

    def _update(self, row: RowChange) -> None:
        now = self.now.get((row.model, row.object_id))
        if row.model is FormerSlug and not self._moves_with_its_site(row):
            return
        if now is None:
            self._conflict(row, "gone")
            return
        was, became = row.before or {}, row.after or {}
        values: dict[str, Any] = {}
        for name, after in became.items():
            column: Any = column_of(row.model, name)
            if column is None:
                continue
            before, current = was[name], now[name]
            if column.many_to_many:
                values[name] = self._existing(row, column, sorted(joined(after, current, before)))
            elif isinstance(column, LanguageMapField):
                values[name] = self._by_language(row, name, before or {}, after or {}, current)
            elif isinstance(column, FileField) and not _is_stored(column, before):
                self._conflict(row, "file", column=name)
            elif outcome(after, current, before) is Outcome.CONFLICT:
                self._conflict(row, "edited", column=name)
            elif current == after and self._target_exists(row, column, before):
                values[name] = before
        values = {name: value for name, value in values.items() if value != now[name]}
        if values:
            self.plan.steps.append(Step(UPDATE, row.model, row.object_id, values, now))

    def _by_language(
        self, row: RowChange, name: str, before: dict, after: dict, current: dict
    ) -> dict:
        wanted = dict(current)
        for code in {**before, **after}:
            old, new, now = before.get(code), after.get(code), current.get(code)
            decided = outcome(new, now, old)
            if decided is Outcome.CONFLICT:
                self._conflict(row, "edited", column=name, language=code)
            elif decided is Outcome.MINE and old is None:
                del wanted[code]
            elif decided is Outcome.MINE:
                wanted[code] = old
        return dict(sorted(wanted.items()))

    # --- rows that were deleted

    def _create(self, row: RowChange) -> None:
        key = (row.model, row.object_id)
        now, values = self.now.get(key), dict(row.before or {})
        if now is not None:
            if any(now[name] != value for name, value in values.items() if name in now):
                self._conflict(row, "exists")
            return
        for name in list(values):
            column: Any = column_of(row.model, name)
            if column is None:
                del values[name]
            elif column.many_to_many:
                values[name] = self._existing(row, column, values[name])
            elif isinstance(column, FileField) and not _is_stored(column, values[name]):
                self._conflict(row, "file", column=name)
                self.created.discard(key)
                return
            elif name in row.model.recorded_when_deleted and column.is_relation:
                # Whoever published it may have left since.
                there = column.related_model.objects.filter(pk=values[name]).exists()
                values[name] = values[name] if there else None
            elif not self._target_exists(row, column, values[name]):
                self.created.discard(key)
                return
        self.plan.steps.append(Step(CREATE, row.model, row.object_id, values))

    def _target_exists(self, row: RowChange, column: Any, value: Any) -> bool:
        """Whether what a foreign key would point at is there, or is about to be."""
        if not column.is_relation or value is None:
            return True
        target = column.related_model
        if (target, value) in self.created or untracked(target).filter(pk=value).exists():
            return True
        self._conflict(row, "missing", column=column.name)
        return False

    def _existing(self, row: RowChange, column: Any, ids: list[int]) -> list[int]:
        target = column.related_model
        there = set(untracked(target).filter(pk__in=ids).values_list("pk", flat=True))
        there |= {pk for model, pk in self.created if model is target}
        if not set(ids) <= there:
            self._conflict(row, "missing", column=column.name)
        return [pk for pk in ids if pk in there]

    # --- rows that were created

    def _delete(self, rows: list[RowChange]) -> None:
        wanted = {}
        for row in rows:
            key = (row.model, row.object_id)
            now = self.now.get(key)
            if now is None or row.model is FormerSlug:
                continue
            edited = [
                name for name, value in (row.after or {}).items() if now.get(name, value) != value
            ]
            for name in edited:
                self._conflict(row, "edited", column=name)
            if not edited:
                wanted[key] = row
        # What is used by a row that stays must stay itself, and so on.
        while used := self._used(wanted):
            for key, by in used.items():
                self._conflict(wanted.pop(key), "used", by=by)
        self.plan.steps += [Step(DELETE, *key, now=self.now[key] or {}) for key in wanted]

    def _used(self, wanted: dict[Key, RowChange]) -> dict[Key, str]:
        """The keys in `wanted` that rows outside of the plan refer to, with the name of their
        model."""
        freed = {(step.model, step.object_id): step.values for step in self.plan.steps}
        by_model: dict[type[Record], list[int]] = defaultdict(list)
        for model, pk in wanted:
            by_model[model].append(pk)
        used = {}
        for model, ids in by_model.items():
            for other, name, near, target in _references(model, ids):
                values = freed.get((other, near), {})
                is_freed = name in values and target not in as_list(values[name])
                if (other, near) not in wanted and not is_freed:
                    used[model, target] = str(other._meta.verbose_name)
        return used


def _is_stored(column: FileField, name: str | None) -> bool:
    """Whether a file still exists; files of deleted rows are deleted after some time."""
    return not name or column.storage.exists(name)


def as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _references(
    model: type[Record], ids: list[int]
) -> Iterator[tuple[type[Record], str, int, int]]:
    """Rows that refer to these: their model, by which column, their id, and to whom."""
    for other, column in referring_columns(model):
        if other is FormerSlug:
            continue
        if column.many_to_many:
            near, far = column.m2m_column_name(), column.m2m_reverse_name()
            rows = column.remote_field.through.objects.order_by()
        else:
            near, far = "pk", column.attname
            rows = untracked(other).order_by()
        for chunk in chunks(ids):
            found = rows.filter(**{f"{far}__in": chunk}).values_list(near, far)
            for pk, target in found:
                yield other, column.name, pk, target


def _current(keys: set[Key]) -> dict[Key, dict]:
    """Rows as they are now, plain, with their relations."""
    by_model: dict[type[Record], list[int]] = defaultdict(list)
    for model, pk in keys:
        by_model[model].append(pk)
    found = {}
    for model, ids in by_model.items():
        for chunk in chunks(sorted(ids)):
            rows = stored_rows(model, chunk)
            links = {field.name: linked_ids(field, rows) for field in recorded_relations(model)}
            for pk, row in rows.items():
                plain = plain_row(model, row)
                found[model, pk] = plain | {name: ids[pk] for name, ids in links.items()}
    return found
