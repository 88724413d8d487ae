"""Collects rows and then writes them model by model.

A row is written by the tracked managers, so each follows the steps of `services.write_path`. Five
hundred new sites with their rows take half a second so, and three to four seconds one by one.
"""

from collections import defaultdict
from typing import Any, cast

from heritage.models import Record, Site, chunks
from heritage.models.row_values import linked_ids, relation
from heritage.services import Prepared, Terms, parents_first, prepare

_AT_ONCE = 100  # rows in an UPDATE: its statement grows with rows times columns


class Writes:
    """New rows may refer to one another: those that are referred to are written first."""

    def __init__(self) -> None:
        self._new: dict[type[Record], dict[int, Record]] = defaultdict(dict)
        self._changed: dict[Record, set[str]] = {}
        self._deleted: dict[type[Record], set[int]] = defaultdict(set)
        self._related: list[tuple[Record, str, list[int]]] = []

    def create(self, row: Record) -> None:
        """Add a row to be created; once, even if it is added repeatedly."""
        self._new[type(row)][id(row)] = row

    def change(self, row: Record, *columns: str) -> None:
        self._changed.setdefault(row, set()).update(columns)

    def delete(self, row: Record) -> None:
        self._deleted[type(row)].add(row.pk)

    def relate(self, row: Record, name: str, ids: list[int]) -> None:
        """Set a many-to-many relation to these ids."""
        self._related.append((row, name, ids))

    def prepared(self, known: Terms | None = None) -> Prepared:
        """New sites with their slugs and derived columns, for `unit.prepared`. Terms that are known
        are not read again."""
        sites = cast("list[Site]", list(self._new[Site].values()))
        Site.set_slugs(sites)
        rows = {model: list(rows.values()) for model, rows in self._new.items()}
        return prepare(rows, self._related, known)

    def save(self) -> None:
        for gone, ids in self._deleted.items():
            for chunk in chunks(sorted(ids)):
                gone.objects.filter(pk__in=chunk).delete()
        for model in parents_first(self._new):
            model.objects.bulk_create(list(self._new[model].values()), batch_size=500)
        self._save_changed()
        self._save_related()

    def _save_changed(self) -> None:
        alike: dict[tuple[type[Record], tuple[str, ...]], list[Record]] = defaultdict(list)
        for row, columns in self._changed.items():
            if columns and not row._state.adding:
                alike[type(row), tuple(sorted(columns))].append(row)
        for (model, names), rows in alike.items():
            if len(rows) == 1:
                rows[0].save(update_fields=names)
            else:
                model.objects.bulk_update(rows, names, batch_size=_AT_ONCE)

    def _save_related(self) -> None:
        alike: dict[tuple[type[Record], str], dict[int, list[int]]] = defaultdict(dict)
        for row, name, ids in self._related:
            alike[type(row), name][row.pk] = ids
        for (model, name), wanted in alike.items():
            new: dict[int, list[int]] = {row.pk: [] for row in self._new[model].values()}
            stored = new | linked_ids(relation(model, name), wanted.keys() - new.keys())
            rows: Any = model.objects
            added, removed = [], defaultdict(list)
            for pk, ids in wanted.items():
                added += [(pk, other) for other in ids if other not in stored[pk]]
                for other in set(stored[pk]) - set(ids):
                    removed[other].append(pk)
            for other, pks in removed.items():
                rows.bulk_remove(name, other, pks)
            if added:
                rows.bulk_add(name, added)
