"""What others have written to a row since somebody opened it, and what to do about it.

A page reads `with_last_change()` the rows that it shows, and sends the number of the last change
of each with what was typed. `Since` then reads from the history what was written after it: how a
row was when the page was opened, and by whom and when each column, or one language of it, was
changed. Writers of a row wait for each other, so its changes are numbered in the order of the
commits. A page that shows many rows sends one number for all of them, `last_change_number()`.

A writer has three values of a column: as opened, as stored now, and as it is to be written.
`outcome()` compares them; `joined()` merges the choices of two people. A form compares what was
opened, stored and typed; the table editor does the same by cell; an undo compares what a change
left, what is stored, and what was there before the change.

The number comes from a browser. Whoever forges one misses conflicts, but sees nothing more and may
do nothing more. A number that the history does not have, because it was thinned or the number was
invented, is unknown: then nothing is known of what was opened.
"""

import copy
import operator
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from heritage.models import Change
from heritage.models.base import Record
from heritage.models.row_values import recorded_relations, set_plain_value
from heritage.services.history import column_of, net_changes

Key = tuple[type[Record], int]  # a row: its model and id


def with_last_change(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows, annotated with the number of the last change of each as `last_change`; 0 without
    one.

    In one statement, so that the number is that of the values.
    """
    content_type = ContentType.objects.get_for_model(rows.model)
    changes = Change.objects.filter(model=content_type, object_id=OuterRef("pk")).order_by("-pk")
    return rows.annotate(last_change=Coalesce(Subquery(changes.values("pk")[:1]), 0))


def last_change_number() -> int:
    """The number of the last change of rows that describe sites; 0 if there is none.

    It is read before the rows that a page shows. All writers of such rows hold one lock until they
    commit, so that their changes are numbered in the order of the commits, whichever the table.
    """
    described = [
        model for model in apps.get_models() if issubclass(model, Record) and model.describes_sites
    ]
    changes = Change.objects.filter(model__in=_content_types(described)).order_by("-pk")
    return changes.values_list("pk", flat=True).first() or 0


class Since:
    """What was written to rows after the numbers at which they were opened.

    `numbers` has, by the model and id of a row, one or several of them; None is a number that was
    not sent. Of `models` the changes of all rows after the smallest number are read, too.
    """

    def __init__(
        self,
        numbers: Mapping[Key, Collection[int | None]],
        models: Iterable[type[Record]] = (),
    ):
        self._changes: dict[Key, list[Change]] = defaultdict(list)
        asked = {number for each in numbers.values() for number in each if number is not None}
        self._known = {0} & asked
        if not asked:
            return
        rows = Q(
            model__in=_content_types(model for model, _pk in numbers),
            object_id__in={pk for _model, pk in numbers},
        )
        rows |= Q(model__in=_content_types(models))
        found = Change.objects.filter(rows & Q(pk__gt=min(asked)) | Q(pk__in=asked))
        for change in found.select_related("change_set__user").order_by("pk"):
            if change.pk in asked:
                self._known.add(change.pk)
            model = change.model_class()
            if model is not None and issubclass(model, Record):
                self._changes[model, change.object_id].append(change)

    def is_known(self, number: int | None) -> bool:
        """Whether the history still reaches back to a number."""
        return number in self._known

    def models(self) -> set[type[Record]]:
        """The models of which a row may have been written."""
        return {model for model, _pk in self._changes}

    def changes(self, row: Key, number: int | None) -> list[Change]:
        """The changes of a row after a number, oldest first."""
        return [change for change in self._changes[row] if number is None or change.pk > number]

    def opened(
        self, row: Key, number: int | None, now: Record | None
    ) -> tuple[Record, dict[str, list[int]]] | None:
        """The row as it was at a number, and the ids of relations that differ from now.

        `now` is the stored row, which is returned itself if nothing was written since; otherwise
        the row is an unsaved copy. None if it was not there, or if the number is not known.
        """
        if not self.is_known(number):
            return None
        found = net_changes(self.changes(row, number))
        if not found:
            return None if now is None else (now, {})
        [change] = found
        if change.before is None or (now is None and change.after is not None):
            return None
        model, pk = row
        opened = copy.copy(now or model())
        opened.pk = pk
        relations = {field.name for field in recorded_relations(model)}
        linked = {}
        for name, value in change.before.items():
            if name in relations:
                linked[name] = value
            elif column_of(model, name) is not None:
                set_plain_value(opened, name, value)
        return opened, linked

    def last(
        self, row: Key, number: int | None, column: str = "", language: str = ""
    ) -> Change | None:
        """The last change of a row, or of one column or language of it; its change set is read."""
        for change in reversed(self.changes(row, number)):
            before, after = change.before or {}, change.after or {}
            was, became = before.get(column), after.get(column)
            if language:
                was, became = (was or {}).get(language), (became or {}).get(language)
            if not column or was != became:
                return change
        return None


def _content_types(models: Iterable[type[Record]]) -> list[ContentType]:
    return list(ContentType.objects.get_for_models(*set(models)).values())


class Outcome(Enum):
    SAME = "same"  # it is stored as it is to be
    MINE = "mine"  # nobody else has changed it
    THEIRS = "theirs"  # somebody else has, and it was not to be changed
    CONFLICT = "conflict"  # both have, in different ways


def outcome[T](was: T, now: T, mine: T, same: Callable[[T, T], bool] = operator.eq) -> Outcome:
    """The outcome for a value that was opened as `was`, is stored as `now`, and shall become
    `mine`."""
    if same(mine, now):
        return Outcome.SAME
    if same(mine, was):
        return Outcome.THEIRS
    return Outcome.MINE if same(now, was) else Outcome.CONFLICT


def joined[T](was: Collection[T], now: Iterable[T], mine: Collection[T]) -> list[T]:
    """The stored choices, plus those that the user has added, minus those that the user has
    removed."""
    merged = [each for each in now if each in mine or each not in was]
    return merged + [each for each in mine if each not in was and each not in merged]
