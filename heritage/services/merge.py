"""Merges two records of one site: the rows of one move to the other, and its address redirects.

A merge is one change set; its undo restores both records completely.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CASCADE, Field, Max, UniqueConstraint
from django.utils.translation import gettext as _

from heritage.models import ChangeSet, ComponentPoint, FormerSlug, Image, Name, PartOf, Site, User
from heritage.models.base import Record, refuse_cycle, untracked
from heritage.models.fields import LanguageMapField
from heritage.models.row_values import recorded_columns, recorded_relations
from heritage.models.unit_of_work import change_set, unit_of_work
from heritage.services.history import column_of
from heritage.values.language import LanguageMap

# Columns that are chosen together: a latitude means nothing without its longitude. Whether a point
# is blurred is chosen by itself, so that no other choice lifts the blur.
POINT = ("latitude", "longitude", "precision", "accuracy_m", "point_source")
# What makes each record itself.
_OWN = ("uid", "slug", "state")
# Rows that say the same when these columns do, beside their constraints; else all columns count.
_SAME: dict[type[Record], tuple[str, ...]] = {Image: ("sha256",)}


class CannotMerge(Exception):
    """Two records cannot be merged; the text says why, in the reader's language."""


def fields() -> list[Field]:
    """The columns of a site whose values can be chosen."""
    return [
        field
        for field in recorded_columns(Site)
        if field.editable and field.name not in _OWN and field.name not in POINT[1:]
    ]


def choices(kept: Site, other: Site) -> Iterator[tuple[str, Field, str]]:
    """(key, column, language) of the values that differ; "latitude" stands for the point."""
    for field in fields():
        mine, theirs = getattr(kept, field.attname), getattr(other, field.attname)
        if field.name == POINT[0]:
            if any(_value(kept, name) != _value(other, name) for name in POINT):
                yield field.name, field, ""
        elif isinstance(field, LanguageMapField):
            for code in {**mine, **theirs}:
                if mine.get(code) != theirs.get(code):
                    yield f"{field.name}:{code}", field, code
        elif mine != theirs:
            yield field.name, field, ""


def is_empty(site: Site, field: Field, language: str) -> bool:
    value = getattr(site, field.attname)
    return not value.get(language) if language else value in (None, "")


def _value(site: Site, name: str) -> Any:
    return getattr(site, column_of(Site, name).attname)


def check_mergeable(kept: Site, other: Site) -> None:
    """Raise `CannotMerge` if the two records cannot be merged."""
    if kept.pk == other.pk:
        raise CannotMerge(_("A record cannot be merged with itself."))
    if other.state == Site.State.PUBLISHED and kept.state != Site.State.PUBLISHED:
        raise CannotMerge(_("The record that readers see must be the one that stays."))
    both = {kept.pk, other.pk}

    def wholes_of(ids: Iterable[int]) -> set[int]:
        """The wholes of sites after the merge: relations of the other record belong to the kept
        one."""
        parts = both | set(ids) if kept.pk in ids else set(ids)
        pairs = PartOf.objects.filter(part__in=parts).order_by().values_list("part", "whole")
        wholes = {whole for part, whole in pairs if not {part, whole} <= both}
        return {kept.pk if whole in both else whole for whole in wholes}

    try:
        refuse_cycle(kept.pk, wholes_of([kept.pk]), wholes_of, "whole")
    except ValidationError as error:
        raise CannotMerge(
            _("One of them would lie within itself: look at the wholes and parts of both.")
        ) from error


def merge(
    kept: Site,
    other: Site,
    taken: Iterable[str] = (),
    user: User | None = None,
    reason: str = "",
    approve: Callable[[Site, Site], None] | None = None,
) -> ChangeSet:
    """Merge two records; `taken` names the values taken from the other one, see `choices()`.

    Kinds, places and sources of both are kept, and so are names that are no longer shown. `approve`
    is called with both records locked; an exception from it stops the merge.
    """
    detail: dict[str, Any] = {"kept": kept.pk, "other": other.pk}
    with change_set(ChangeSet.Kind.MERGE, user, reason, **detail) as made, unit_of_work() as unit:
        unit.prepare_write(Site)
        rows = Site.objects.select_for_update().in_bulk([kept.pk, other.pk])
        if len(rows) < 2 and kept.pk != other.pk:
            raise CannotMerge(_("One of the two was deleted meanwhile."))
        kept, other = rows[kept.pk], rows[other.pk]
        if approve is not None:
            approve(kept, other)
        check_mergeable(kept, other)
        made.detail["merged"] = {"names": dict(other.name)}
        titles = _titles(kept, other)
        _take(kept, other, set(taken))
        kept.save()
        for relation in recorded_relations(Site):
            mine = getattr(kept, relation.name)
            mine.add(*getattr(other, relation.name).exclude(pk__in=mine.values("pk")))
        for model, column in _rows_of_a_site():
            _move(model, column, kept, other)
        ComponentPoint.objects.filter(site=other).update(site=kept)
        _keep_names(kept, titles)
        slug = other.slug
        other.delete()
        FormerSlug.objects.filter(site=kept, slug=kept.slug).delete()
        FormerSlug.objects.update_or_create(slug=slug, defaults={"site": kept})
    return made


def _take(kept: Site, other: Site, taken: set[str]) -> None:
    for key, field, language in choices(kept, other):
        if key not in taken:
            continue
        if field.name == POINT[0]:
            for name in POINT:
                attname = column_of(Site, name).attname
                setattr(kept, attname, getattr(other, attname))
        elif language:
            texts = dict(getattr(kept, field.attname))
            texts[language] = getattr(other, field.attname).get(language, "")
            setattr(kept, field.attname, LanguageMap.clean(texts))
        else:
            setattr(kept, field.attname, getattr(other, field.attname))


# --- rows --------------------------------------------------------------------------------------


def _rows_of_a_site() -> Iterator[tuple[type[Record], str]]:
    """Models whose rows belong to a site, and the keys by which they do."""
    for relation in Site._meta.related_objects:
        model = relation.related_model
        if relation.on_delete is CASCADE and issubclass(model, Record):
            yield model, relation.field.name


def _move(model: type[Record], column: str, kept: Site, other: Site) -> None:
    """Move the rows of the other record to the kept one; rows that this has already are deleted.

    Texts of a deleted row in languages that the remaining row lacks are added to it.
    """
    there = list(untracked(model).filter(**{column: kept}).order_by("pk"))
    coming = list(untracked(model).filter(**{column: other}).order_by("pk"))
    if not coming:
        return
    known = {key: row for row in there for key in _identity_keys(row, column, kept, other)}
    moving = []
    duplicates = []
    for row in coming:
        keys = _identity_keys(row, column, kept, other)
        same = next((known[key] for key in keys if key in known), None)
        if same is None and not _links_both(row, kept, other):
            known |= dict.fromkeys(keys, row)
            moving.append(row.pk)
        else:
            duplicates.append(row.pk)
            if same is not None:
                _add_texts(same, row)
    model.objects.filter(pk__in=duplicates).delete()
    model.objects.filter(pk__in=moving).update(**{column: kept})
    if any(field.name == "order" for field in model._meta.concrete_fields):
        _put_last(model, [row.pk for row in there], moving)


def _add_texts(row: Record, other: Record) -> None:
    added = []
    for field in recorded_columns(type(row)):
        if isinstance(field, LanguageMapField):
            mine, theirs = getattr(row, field.attname), getattr(other, field.attname)
            if theirs.keys() - mine.keys():
                setattr(row, field.attname, LanguageMap({**theirs, **mine}))
                added.append(field.name)
    if added:
        row.save(update_fields=added)


def _links_both(row: Record, kept: Site, other: Site) -> bool:
    """Whether a row relates one of the two records to the other."""
    return isinstance(row, PartOf) and {row.part_id, row.whole_id} <= {kept.pk, other.pk}


def _identity_keys(row: Record, column: str, kept: Site, other: Site) -> list[tuple]:
    """Values that make a second row of the same site forbidden, or superfluous."""
    model = type(row)

    def values(names: Iterable[str]) -> tuple:
        found = (getattr(row, column_of(model, name).attname) for name in names)
        return tuple(
            repr(kept.pk if value == other.pk and _refers_to_site(model, name) else value)
            for name, value in zip(names, found, strict=True)
        )

    keys: list[tuple] = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and column in constraint.fields:
            names = [name for name in constraint.fields if name != column]
            keys.append((constraint.name, *values(names)))
    for field in model._meta.concrete_fields:
        if field.unique and field.name == column:  # one row of a site
            keys.append((column,))
    compared = _SAME.get(model) or [
        field.name
        for field in recorded_columns(model)
        if field.name not in ("uid", "order", column)
    ]
    same = values(compared)
    if any(value not in ("''", "None", "0", "False") for value in same):
        keys.append(("same", *same))
    return keys


def _refers_to_site(model: type[Record], name: str) -> bool:
    return model._meta.get_field(name).related_model is Site


def _put_last(model: Any, there: list[int], moving: list[int]) -> None:
    last = model.objects.filter(pk__in=there).aggregate(last=Max("order"))["last"]
    if last is None:
        return
    rows = list(model.objects.filter(pk__in=moving).order_by("order", "pk"))
    for number, row in enumerate(rows, last + 1):
        row.order = number
    model.objects.bulk_update(rows, ["order"])


# --- names -------------------------------------------------------------------------------------


def _titles(*sites: Site) -> set[tuple[str, str]]:
    """(language, text) of the names that the records are shown under."""
    return {(code, text) for site in sites for code, text in site.name.items()}


def _keep_names(kept: Site, titles: set[tuple[str, str]]) -> None:
    """Keep names that are no longer shown as further names; those that are shown need none."""
    shown = set(kept.name.values())
    kept.names.filter(text__in=shown).delete()
    known = {(name.language, name.text) for name in kept.names.all()}
    Name.objects.bulk_create(
        Name(site=kept, kind=Name.Kind.ALTERNATIVE, language=code, text=text)
        for code, text in sorted(titles)
        if text not in shown and (code, text) not in known
    )
