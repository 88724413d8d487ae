"""A site as it was at a moment: what is stored, with all later changes reversed.

The history is read backwards, so that a row without later changes costs nothing. Kinds, places,
eras, registers and sources are as they are today; references to deleted ones are left out and
counted. Nothing is shown that readers may not see today: no picture that is no longer published,
and no point more exact than today's.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Max, Model, Q, QuerySet

from heritage.models import (
    Change,
    ChangeSet,
    Designation,
    Image,
    PartOf,
    Record,
    RowChange,
    Site,
    ThinnedHistory,
    net_changes,
    row_values,
)
from heritage.search.index.snapshot import Vocabulary
from heritage.search.page_rows.plain_sql import in_order, rows_by_key
from heritage.search.page_rows.site_tables import LINKS, RELATIONS


class NotKnown(Exception):
    """The state at that time is not known, since its history was thinned out."""


@dataclass(slots=True)
class Past:
    """The state of a site at a moment, and methods that change its rows to what they were then."""

    moment: datetime  # everything from it on is left out
    terms: Vocabulary
    site: Site = field(init=False)
    change_set: ChangeSet | None = None  # the last one before
    pictures: int = 0  # that were shown then, and are no longer
    lost: int = 0  # statements that name what was deleted since
    _net: dict[tuple[type[Record], int], RowChange] = field(default_factory=dict)

    # --- what was written since ----------------------------------------------------------

    def read_changes(self, model: type[Record], ids: Iterable[int]) -> None:
        """Read what was written since to these records and their rows. Raises NotKnown."""
        ids, of = list(ids), ContentType.objects.get_for_model(model)
        thinned = ThinnedHistory.objects.filter(owner_model=of, owner_id__in=ids)
        if any(each.covers(self.moment) for each in thinned):
            raise NotKnown
        found = [
            self._since().filter(owner_model=of, owner_id__in=ids),
            self._since().filter(owner_model=of, former_owner_id__in=ids),
        ]
        if model is Site:  # the rows of its parts belong to these
            parts = self._since().filter(model=ContentType.objects.get_for_model(PartOf))
            found += [parts.filter(before__whole=pk) for pk in ids]
            found += [parts.filter(after__whole=pk) for pk in ids]
        rows: dict[int, set[int]] = defaultdict(set)
        for changes in found:
            for written, pk in changes.values_list("model", "object_id").distinct():
                rows[written].add(pk)
        self._add(rows)

    def _since(self) -> QuerySet[Change]:
        return Change.objects.filter(change_set__at__gte=self.moment).order_by()

    def _add(self, rows: dict[int, set[int]]) -> None:
        """Remember the changes of these rows, which are given by the id of their content type."""
        for written, ids in rows.items():
            changes = self._since().filter(model=written, object_id__in=ids).order_by("pk")
            self._net |= {(row.model, row.object_id): row for row in net_changes(changes)}

    def _before(self, model: type[Record], pk: int) -> dict | None:
        """The former values of the columns that differed; None if the row did not exist."""
        change = self._net.get((model, pk))
        return {} if change is None else change.before

    # --- the site ------------------------------------------------------------------------

    def restore(self, site: Site) -> bool:
        """Set `site` to a copy of a site with its former values; returns whether it was published
        then. Raises NotKnown."""
        self.read_changes(Site, [site.pk])
        before = self._before(Site, site.pk)
        if before is None or site.published_at is None or site.published_at >= self.moment:
            return False
        self.site = then = copy.copy(site)
        _set(then, before)
        if "name" in before:
            then.reading = ""  # which only the dictionary of the writers knows
        then.blur_km = max(site.public_blur_km, then.blur_km or 0)
        then.derive_public_point()
        return then.state == Site.State.PUBLISHED

    def change(self, found: dict[str, list[Any]]) -> None:
        """Change what was found of the site to what it was then, see `site_rows.read_site()`."""
        columns = self._before(Site, self.site.pk) or {}
        for name in LINKS:
            found[name] = self._there(Site, name, columns.get(name, found[name]))
        self._without_lost([self.site])
        for name, (model, column) in RELATIONS.items():
            found[name] = self.rows(model, column, [self.site.pk], found[name])
        for event in found["events"]:
            event.first_era = self.terms.eras.get(event.first_era_id)
            event.last_era = self.terms.eras.get(event.last_era_id)
            event.first_year, event.last_year = event.bounds()
        self._leave_out_hidden_sites(found)
        self._read_change_set([row.designation_id for row in found["coverages"]])

    # --- rows ----------------------------------------------------------------------------

    def rows[R: Record](
        self, model: type[R], column: str, keys: Iterable[int], stored: list[R]
    ) -> list[R]:
        """The rows that had one of `keys` in `column` at the moment; `stored` are those that have
        one today."""
        keys = set(keys)
        today = {row.pk: row for row in stored}
        written = {pk for each, pk in self._net if each is model}
        elsewhere = rows_by_key(model, "id", written - today.keys())
        today |= {row.pk: row for row in elsewhere}
        found, changed = [], []
        for pk in today.keys() | written:
            before = self._before(model, pk)
            if before is None:
                continue
            row = today.get(pk)
            file = str(row.file) if isinstance(row, Image) and row.published else ""
            row = row or model(pk=pk)
            if before:
                _set(row, before)
                row.derive()
                changed.append(row)
            if getattr(row, column) in keys and self._is_shown(row, file):
                found.append(row)
        remaining = self._without_lost([row for row in found if row in changed])
        return in_order(model, [row for row in found if row not in changed or row in remaining])

    def related(self, row: Record, name: str, stored: list[int]) -> list[int]:
        """The ids that the row was related to by a many-to-many relation; `stored` are those of
        today."""
        ids = (self._before(type(row), row.pk) or {}).get(name, stored)
        return self._there(type(row), name, ids)

    def _is_shown(self, row: Record, file: str) -> bool:
        """Whether readers may see a row today; `file` is that of the picture they see."""
        if not isinstance(row, Image) or not row.published or str(row.file) == file:
            return True
        self.pictures += 1
        return False

    # --- what can no longer be named -----------------------------------------------------

    def _without_lost[R: Record](self, rows: list[R]) -> list[R]:
        """The rows without references to what was deleted since; rows that cannot be without them
        are left out."""
        named: dict[type[Model], set[int]] = defaultdict(set)
        keys: list[tuple[Record, Any, int]] = [
            (row, column, getattr(row, column.attname))
            for row in rows
            for column in row_values.recorded_columns(row.__class__)
            if column.is_relation and getattr(row, column.attname) is not None
        ]
        for _row, column, key in keys:
            named[column.related_model].add(key)
        there = {
            model: set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
            for model, ids in named.items()
        }
        remaining = list(rows)
        for row, column, key in keys:
            if key in there[column.related_model]:
                continue
            self.lost += 1
            if column.null:
                setattr(row, column.attname, None)
            elif row in remaining:
                remaining.remove(row)
        return remaining

    def _there(self, model: type[Record], name: str, ids: list[int]) -> list[int]:
        other = row_values.relation(model, name).related_model
        there = set(other._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
        self.lost += len(set(ids) - there)
        return [pk for pk in ids if pk in there]

    def _leave_out_hidden_sites(self, found: dict[str, list[Any]]) -> None:
        """Leave out relations to sites that were not published then."""
        others = {row.whole_id for row in found["part_of"]}
        others |= {row.part_id for row in found["parts"]}
        self._add({ContentType.objects.get_for_model(Site).pk: others})
        published = {
            pk
            for pk in others
            if (before := self._before(Site, pk)) is not None
            and before.get("state", Site.State.PUBLISHED) == Site.State.PUBLISHED
        }
        found["part_of"] = [row for row in found["part_of"] if row.whole_id in published]
        found["parts"] = [row for row in found["parts"] if row.part_id in published]

    def _read_change_set(self, designations: list[int]) -> None:
        def owned(model: type[Record], ids: list[int]) -> Q:
            return Q(owner_model=ContentType.objects.get_for_model(model), owner_id__in=ids)

        earlier = Change.objects.filter(change_set__at__lt=self.moment).order_by()
        last = [
            earlier.filter(owned(model, ids)).aggregate(last=Max("change_set"))["last"]
            for model, ids in ((Site, [self.site.pk]), (Designation, designations))
        ]
        numbers = [number for number in last if number is not None]
        if numbers:
            self.change_set = ChangeSet.objects.get(pk=max(numbers))


def _set(row: Record, before: dict) -> None:
    """Give a row its former plain values, for the columns that still exist."""
    for name, value in before.items():
        try:
            field = row_values.column(type(row), name)
        except FieldDoesNotExist:
            continue
        if not field.many_to_many and row_values.is_carried(field):
            row_values.set_plain_value(row, name, value)
