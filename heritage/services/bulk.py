"""Changes to many records at once: add, replace or remove a term, set a place, an era, a licence or
one field.

Each call is one change set, so that it can be undone as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, ProtectedError
from django.utils.translation import gettext as _

from heritage.models import ChangeSet, Era, Event, Image, Kind, Licence, Place, Site, User
from heritage.models.base import Record, TreeRecord, chunks
from heritage.models.fields import LanguageMapField
from heritage.models.unit_of_work import change_set, unit_of_work
from heritage.services.dependencies import referring_columns


@dataclass(slots=True)
class Use:
    """Rows of a model that refer to a term by one column."""

    model: type[Record]
    column: Any
    ids: list[int]

    @property
    def label(self) -> str:
        return f"{self.model._meta.verbose_name_plural} ({self.column.verbose_name})"


class CannotReplace(Exception):
    """A term cannot be replaced; the text says why, in the reader's language."""


def uses(term: Record, sites: Iterable[int] | None = None) -> Iterator[Use]:
    """The uses of a term: all of them, or those of some sites and their rows."""
    chosen = None if sites is None else list(sites)
    for model, column in referring_columns(type(term)):
        rows = model._default_manager.filter(**{column.name: term.pk}).order_by("pk")
        if chosen is None:
            ids = list(rows.values_list("pk", flat=True))
        elif model is Site or model.owner == "site":
            of = "pk__in" if model is Site else "site__in"
            found = (rows.filter(**{of: chunk}) for chunk in chunks(chosen))
            ids = [pk for each in found for pk in each.values_list("pk", flat=True)]
        else:
            continue
        if ids:
            yield Use(model, column, ids)


def sites_using(found: Iterable[Use]) -> set[int]:
    """The sites that these rows are or belong to."""
    ids: set[int] = set()
    for use in found:
        if use.model is Site:
            ids.update(use.ids)
        elif use.model.owner == "site":
            for chunk in chunks(use.ids):
                rows: Any = use.model._default_manager.filter(pk__in=chunk)
                ids.update(rows.values_list("site_id", flat=True))
    return ids


def check_replaceable(old: Record, new: Record) -> None:
    """Raise `CannotReplace` if one term cannot replace the other."""
    if type(old) is not type(new) or old.pk == new.pk:
        raise CannotReplace(_("Choose another one of the same sort."))
    if isinstance(new, TreeRecord) and old in new.ancestors():
        raise CannotReplace(_("That one lies within it: move it out first."))


def replace(
    old: Record,
    new: Record,
    user: User | None = None,
    sites: Iterable[int] | None = None,
    then_delete: bool = False,
) -> ChangeSet:
    """Replace a term by another, everywhere or in some sites and their rows."""
    check_replaceable(old, new)
    with change_set(ChangeSet.Kind.BULK, user) as made, unit_of_work() as unit:
        unit.prepare_write(Site)  # what refers to it is to be the same when it is written
        terms: Any = type(old)._default_manager
        stored = terms.in_bulk([old.pk, new.pk])
        if len(stored) < 2:
            raise CannotReplace(_("One of the two was deleted meanwhile."))
        old, new = stored[old.pk], stored[new.pk]
        check_replaceable(old, new)
        used = list(uses(old, sites))
        count = len(sites_using(used))
        made.detail |= {"replaced": _detail_of(old, count), "by": _detail_of(new, count)}
        for use in used:
            rows: Any = use.model.objects
            if use.column.many_to_many:
                rows.bulk_add(use.column.name, [(pk, new.pk) for pk in use.ids])
                rows.bulk_remove(use.column.name, old.pk, use.ids)
            else:
                for chunk in chunks(use.ids):
                    rows.filter(pk__in=chunk).update(**{use.column.name: new})
            if use.model is Event:
                # A span from an era to itself is that era.
                for chunk in chunks(use.ids):
                    same = rows.filter(pk__in=chunk, first_era=F("last_era"))
                    same.update(last_era=None)
        if then_delete:
            try:
                old.delete()
            except ProtectedError as error:
                raise CannotReplace(
                    _("Something still refers to it, so nothing was done.")
                ) from error
    return made


def _detail_of(term: Record, count: int) -> dict[str, Any]:
    """The detail of a change set: the term and the number of records, worded when the history is
    read."""
    names = next(each for each in term._meta.fields if isinstance(each, LanguageMapField))
    return {
        "model": term._meta.model_name,
        "names": dict(getattr(term, names.name)),
        "count": count,
    }


def add(relation: str, term: Record, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Add a kind or a source to sites that do not have it."""
    ids = list(sites)
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["added"] = _detail_of(term, len(ids))
        Site.objects.bulk_add(relation, [(pk, term.pk) for pk in ids])
    return made


def remove(relation: str, term: Record, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Take a kind or a source away from sites."""
    ids = list(sites)
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["removed"] = _detail_of(term, len(ids))
        Site.objects.bulk_remove(relation, term.pk, ids)
    return made


def published_with_this_alone(sites: Iterable[int], kind: Kind) -> set[int]:
    """Those of the sites that would be published without any kind if they lost this one."""
    found: set[int] = set()
    for chunk in chunks(list(sites)):
        rows = Site.objects.published().filter(pk__in=chunk)
        others = Site.kinds.through.objects.filter(site=OuterRef("pk")).exclude(kind=kind)
        found.update(rows.filter(~Exists(others)).order_by().values_list("pk", flat=True))
    return found


def set_era(era: Era, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Set the era of the beginning of sites that have only a date for it."""
    with change_set(ChangeSet.Kind.BULK, user) as made:
        found = beginnings_without_era(sites, era)
        made.detail["era"] = _detail_of(era, len({event.site_id for event in found}))
        ids = [event.pk for event in found]
        for chunk in chunks(ids):
            Event.objects.filter(pk__in=chunk).update(first_era=era)
    return made


def beginnings_without_era(sites: Iterable[int], era: Era) -> list[Event]:
    """The first beginning of each site, if it has no era, and a date that overlaps the era."""
    kinds = [kind for kind, role in Event.ROLES.items() if role == Event.Role.BEGINNINGS]
    found = []
    for chunk in chunks(list(sites)):
        first: dict[int, Event] = {}
        for event in Event.objects.filter(site__in=chunk, kind__in=kinds):  # by their years
            first.setdefault(event.site_id, event)
        found += [each for each in first.values() if not each.first_era_id and _touch(each, era)]
    return found


def _touch(event: Event, era: Era) -> bool:
    """Whether the years of both overlap; None is an open end."""
    begins = event.first_year is None or era.last_year is None or event.first_year <= era.last_year
    ends = event.last_year is None or era.first_year is None or era.first_year <= event.last_year
    return begins and ends and (event.first_year, event.last_year) != (None, None)


def set_place(place: Place, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Set the place of sites."""
    ids = list(sites)
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["place"] = _detail_of(place, len(ids))
        for chunk in chunks(ids):
            Site.objects.filter(pk__in=chunk).update(place=place)
    return made


def set_licence(licence: Licence, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Set the licence of all pictures of sites."""
    ids = list(sites)
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["licence"] = _detail_of(licence, len(ids))
        for chunk in chunks(ids):
            Image.objects.filter(site__in=chunk).update(licence=licence)
    return made


def set_value(column: str, value: Any, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Set a column of sites to one value, which is valid; None empties it."""
    ids = list(sites)
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["set"] = {"column": column, "value": noted(value), "count": len(ids)}
        for chunk in chunks(ids):
            Site.objects.filter(pk__in=chunk).update(**{column: value})
    return made


def noted(value: Any) -> Any:
    """A value as the detail of a change set has it: of a term its names."""
    return _detail_of(value, 0) if isinstance(value, Record) else value


def with_another(column: str, value: Any, sites: Iterable[int]) -> list[int]:
    """The ids of those of the sites whose column has another value."""
    found: list[int] = []
    for chunk in chunks(list(sites)):
        rows = Site.objects.filter(pk__in=chunk).exclude(**{column: value})
        found += rows.order_by("pk").values_list("pk", flat=True)
    return found


def has(site_ids: Iterable[int], relation: str, term: Model) -> set[int]:
    """The ids among the sites that already have the term."""
    rows = Site.objects.filter(pk__in=list(site_ids), **{relation: term}).order_by()
    return set(rows.values_list("pk", flat=True))
