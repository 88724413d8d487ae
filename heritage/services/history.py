"""Reads the history of records: changes, their authors, and the differences of two states.

The write path alone enters changes. `services.undo` undoes them.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, Count, Field, Model, Q, QuerySet

from heritage.models import Change, ChangeSet
from heritage.models.base import Record, chunks
from heritage.models.fields import LanguageMapField
from heritage.models.row_changes import RowChange as RowChange
from heritage.models.row_changes import net_changes as net_changes

# Letters and digits of one word; Chinese, Japanese and Korean by character.
_WORDS = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+|\s+|."
)

MAX_WORDS = 4_000  # that are compared one by one: it takes the square of them


# --- changes ---------------------------------------------------------------------------------


def changes_of(record: Record) -> QuerySet[Change]:
    """Changes of a record and of rows that belong to it or once did, oldest first.

    Comments about the record are left out; they are read separately.
    """
    content_type, pk = _type(type(record)), record.pk
    found = [
        Q(owner_model=content_type, owner_id=pk),
        Q(owner_model=content_type, former_owner_id=pk),
        Q(model=content_type, object_id=pk),
    ]
    comments: list[ContentType] = []
    for relation in record._meta.related_objects:
        other, name = relation.related_model, relation.field.name
        if not issubclass(other, Record):
            continue
        if type(record).describes_sites and not other.describes_sites:
            comments.append(_type(other))
        elif relation.on_delete is CASCADE and other.owner != name:
            # A row that ties two records is owned by the other one.
            found.append(Q(model=_type(other), **{f"before__{name}": pk}))
            found.append(Q(model=_type(other), **{f"after__{name}": pk}))
    # One query with OR would read the whole table.
    first, *others = (
        Change.objects.filter(each).exclude(model__in=comments).order_by().values("pk")
        for each in found
    )
    return Change.objects.filter(pk__in=first.union(*others)).order_by("pk")


def deletions_of(model: type[Record]) -> QuerySet[Change]:
    """The deletions of a model's rows, latest first."""
    return Change.objects.filter(model=_type(model), after__isnull=True).order_by("-pk")


def changed_since(changes: Iterable[Change]) -> QuerySet[ChangeSet]:
    """Later change sets that wrote the same rows, latest first."""
    rows: dict[int, set[int]] = {}
    latest = 0
    for change in changes:
        rows.setdefault(change.model_id, set()).add(change.object_id)
        latest = max(latest, change.pk)
    found: set[int] = set()
    for model, ids in rows.items():
        for chunk in chunks(sorted(ids)):
            later = Change.objects.filter(model=model, object_id__in=chunk, pk__gt=latest)
            found.update(later.order_by().values_list("change_set", flat=True).distinct())
    return ChangeSet.objects.filter(pk__in=found).order_by("-pk")


def rows_written(change_sets: Iterable[int]) -> dict[int, int]:
    """How many changes each of these change sets holds."""
    rows = Change.objects.filter(change_set__in=list(change_sets)).order_by()
    return dict(rows.values_list("change_set").annotate(rows=Count("pk")))


def smallest_within(sizes: dict[int, int], most: int) -> list[int]:
    """The change sets that are read completely if at most `most` changes are read in all.

    The smallest come first; among those of equal size, the latest.
    """
    found = []
    for pk, size in sorted(sizes.items(), key=lambda pair: (pair[1], -pair[0])):
        most -= size
        if most < 0:
            break
        found.append(pk)
    return found


def _type(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


# --- differences -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One column that differs, or one language of it if it is translated."""

    field: Field
    language: str
    old: object
    new: object


def differences(model: type[Model], before: dict, after: dict) -> Iterator[Difference]:
    """The differences of two states of a row, column by column."""
    for name in {**before, **after}:
        field = column_of(model, name)
        old, new = before.get(name), after.get(name)
        if field is None or (old or None) == (new or None):
            continue
        if not isinstance(field, LanguageMapField):
            yield Difference(field, "", old, new)
            continue
        old, new = old or {}, new or {}
        for code in {**old, **new}:
            if old.get(code) != new.get(code):
                yield Difference(field, code, old.get(code, ""), new.get(code, ""))


def column_of(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:  # a column that the catalogue once had
        return None


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """Two texts compared word by word: ("=", kept), ("-", removed), ("+", added)."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    start = _common_length(before, after)
    end = _common_length(before[start:][::-1], after[start:][::-1])
    same_end = before[len(before) - end :]
    middle = _compared(before[start : len(before) - end], after[start : len(after) - end])
    found = [("=", "".join(before[:start])), *middle, ("=", "".join(same_end))]
    return [(what, text) for what, text in found if text]


def _common_length(before: list[str], after: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((n for n, (old, new) in pairs if old != new), min(len(before), len(after)))


def _compared(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    if len(before) + len(after) > MAX_WORDS:
        return [("-", "".join(before)), ("+", "".join(after))]
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, start, end, other_start, other_end in matcher.get_opcodes():
        if what == "equal":
            found.append(("=", "".join(before[start:end])))
            continue
        if end > start:
            found.append(("-", "".join(before[start:end])))
        if other_end > other_start:
            found.append(("+", "".join(after[other_start:other_end])))
    return found


def excerpts(pieces: list[tuple[str, str]], around: int = 40) -> list[tuple[str, str]]:
    """Only the changed parts, each with some characters around it."""
    found = []
    last = len(pieces) - 1
    for number, (what, text) in enumerate(pieces):
        if what == "=":
            head = text[:around] if number else ""
            tail = text[-around:] if number < last else ""
            if len(head) + len(tail) + 1 < len(text):
                text = f"{head}…{tail}"
        found.append((what, text))
    return found
