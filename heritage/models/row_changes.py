"""Several changes of a row as one."""

from collections.abc import Iterable
from dataclasses import dataclass

from heritage.models.base import Record
from heritage.models.history import Change
from heritage.models.row_values import recorded_relations


@dataclass(slots=True)
class RowChange:
    """The net effect of several changes on one row, as `Change.before` and `Change.after`."""

    model: type[Record]
    object_id: int
    before: dict | None
    after: dict | None


def net_changes(changes: Iterable[Change]) -> list[RowChange]:
    """The net change of each row, in order of its first change; rows without one are left out.

    `changes` are given in their own order. A created row has empty relations unless a change says
    otherwise.
    """
    rows: dict[tuple[type, int], RowChange] = {}
    for change in changes:
        model = change.model_class()
        if model is None or not issubclass(model, Record):
            continue
        after = None if change.after is None else dict(change.after)
        if change.before is None and after is not None:
            after = {field.name: [] for field in recorded_relations(model)} | after
        key = (model, change.object_id)
        if key not in rows:
            before = None if change.before is None else dict(change.before)
            rows[key] = RowChange(model, change.object_id, before, after)
        else:
            _add_change(rows[key], change.before, after)
    return [row for row in rows.values() if _differs(row)]


def _add_change(row: RowChange, before: dict | None, after: dict | None) -> None:
    """The next change of a row."""
    if row.before is not None and before is not None:
        # What the first change did not speak of was until now as the next one tells.
        row.before = before | row.before
    if row.after is None or after is None:
        row.after = after
    else:
        row.after |= after


def _differs(row: RowChange) -> bool:
    if row.before is None or row.after is None:
        return row.before is not row.after
    names = [name for name in row.after if name in row.before]
    names = [name for name in names if row.before[name] != row.after[name]]
    row.before = {name: row.before[name] for name in names}
    row.after = {name: row.after[name] for name in names}
    return bool(names)
