"""The records that change sets wrote, named and linked, for lists of change sets."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.admin.changes.history import MAX_ROWS, deleted_names
from heritage.models import Change, ChangeSet, Record, label_of, with_label
from heritage.services.history import deletions_of, rows_written, smallest_within

NAMED = 3  # records that are named for a change set
LOOKED_AT = 200  # rows of a large change set, for these
COUNTED = 20_000  # rows of a change set, at most, to count their records

type Key = tuple[int, int]  # content type and id


@dataclass(frozen=True, slots=True)
class RecordLink:
    name: str
    url: str  # empty if the record is deleted and has no page


@dataclass(slots=True)
class WrittenRecords:
    """The records whose rows a change set wrote."""

    links: list[RecordLink]  # to the first of them
    more: int = 0  # further records
    rows: int = 0  # all that were written, where they are too many to count their records


def written_records(sets: list[ChangeSet]) -> dict[int, WrittenRecords]:
    """The written records by id of the change set. One query reads all small change sets; each
    large one takes its own."""
    sizes = rows_written(each.pk for each in sets) if sets else {}
    names = ("owner_model", "owner_id")
    read: dict[int, list[Key]] = defaultdict(list)
    rows = Change.objects.filter(change_set__in=smallest_within(sizes, MAX_ROWS))
    rows = rows.order_by("change_set_id", "pk") if sizes else Change.objects.none()
    for pk, *owner in rows.values_list("change_set", *names):
        read[pk].append((owner[0], owner[1]))
    owners = {pk: list(dict.fromkeys(keys)) for pk, keys in read.items()}
    counts = {pk: len(keys) for pk, keys in owners.items()}
    large = sizes.keys() - read.keys()
    counted = [pk for pk in large if sizes[pk] <= COUNTED]
    if counted:
        rows = Change.objects.filter(change_set__in=counted).order_by()
        by_model = rows.values_list("change_set", "owner_model")
        for pk, _model, count in by_model.annotate(n=Count("owner_id", distinct=True)):
            counts[pk] = counts.get(pk, 0) + count
    for pk in large:
        first = Change.objects.filter(change_set=pk).order_by("pk").values_list(*names)
        owners[pk] = list(dict.fromkeys(first[:LOOKED_AT]))
    named = {each.pk: owners.get(each.pk, [])[:NAMED] for each in sets}
    links = _links({key for keys in named.values() for key in keys})
    return {
        pk: WrittenRecords(
            [links[key] for key in keys],
            max(0, counts.get(pk, 0) - len(keys)),
            sizes[pk] if pk in large and pk not in counts else 0,
        )
        for pk, keys in named.items()
    }


def _links(keys: set[Key]) -> dict[Key, RecordLink]:
    """Links to records, with names that are read once for each model."""
    by_type: dict[int, set[int]] = defaultdict(set)
    for number, pk in keys:
        by_type[number].add(pk)
    found: dict[Key, RecordLink] = {}
    for number, ids in by_type.items():
        kind = ContentType.objects.get_for_id(number)
        model = kind.model_class()
        unnamed = _("%(kind)s %(number)s, deleted")
        links = {pk: RecordLink(unnamed % {"kind": kind.name, "number": pk}, "") for pk in ids}
        if model is not None:
            address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            there = {
                row.pk: RecordLink(label_of(row), reverse(f"{address}_history", args=[row.pk]))
                for row in with_label(model._default_manager.filter(pk__in=ids))
            }
            links |= _deleted(model, address, ids - there.keys()) | there
        found |= {(number, pk): link for pk, link in links.items()}
    return found


def _deleted(model: type[Model], address: str, ids: set[int]) -> dict[int, RecordLink]:
    """Links to deleted records, by their former names, to the page on which they can be
    restored."""
    if not (ids and issubclass(model, Record)):
        return {}
    deletions = list(deletions_of(model).filter(object_id__in=ids))
    named = zip(deletions, deleted_names(model, deletions), strict=True)
    found: dict[int, RecordLink] = {}
    for deletion, name in named:
        url = reverse(f"{address}_restore", args=[deletion.pk])
        link = RecordLink(_("%(name)s, deleted") % {"name": name}, url)
        found.setdefault(deletion.object_id, link)
    return found
