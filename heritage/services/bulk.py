"""Changes to many records at once: add or replace a term, set a place or a licence.

Each call is one change set, so that it can be undone as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, ProtectedError
from django.utils.translation import gettext as _

from heritage.models import ChangeSet, Event, Image, Licence, Place, Site, User
from heritage.models.base import Record, TreeRecord, chunks
from heritage.models.unit_of_work import unit_of_work
from heritage.services.history import change_set


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
    relation: Any
    chosen = None if sites is None else list(sites)
    for relation in term._meta.get_fields(include_hidden=True):
        model = relation.related_model if relation.auto_created else None
        if not (isinstance(model, type) and issubclass(model, Record)):
            continue
        column = relation.field
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
    reason: str = "",
    sites: Iterable[int] | None = None,
    then_delete: bool = False,
) -> ChangeSet:
    """Replace a term by another, everywhere or in some sites and their rows."""
    check_replaceable(old, new)
    with change_set(ChangeSet.Kind.BULK, user, reason) as made, unit_of_work() as unit:
        unit.begin(Site)  # what refers to it is to be the same when it is written
        made.detail |= {"replaced": str(old), "by": str(new)}
        for use in list(uses(old, sites)):
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


def add(relation: str, term: Record, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Add a kind or a source to sites that do not have it."""
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["added"] = str(term)
        Site.objects.bulk_add(relation, [(pk, term.pk) for pk in sites])
    return made


def set_place(place: Place, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Set the place of sites."""
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["place"] = str(place)
        for chunk in chunks(list(sites)):
            Site.objects.filter(pk__in=chunk).update(place=place)
    return made


def set_licence(licence: Licence, sites: Iterable[int], user: User | None) -> ChangeSet:
    """Set the licence of all pictures of sites."""
    with change_set(ChangeSet.Kind.BULK, user) as made:
        made.detail["licence"] = str(licence)
        for chunk in chunks(list(sites)):
            Image.objects.filter(site__in=chunk).update(licence=licence)
    return made


def has(site_ids: Iterable[int], relation: str, term: Model) -> set[int]:
    """The ids among the sites that already have the term."""
    rows = Site.objects.filter(pk__in=list(site_ids), **{relation: term}).order_by()
    return set(rows.values_list("pk", flat=True))
