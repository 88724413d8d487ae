"""Permissions on records: who may change a published record, used by every admin class."""

from django.db.models import Exists, OuterRef, QuerySet

from heritage.models import (
    ComponentPoint,
    Coverage,
    Designation,
    DesignationEvent,
    PartOf,
    Site,
    WorldHeritage,
)

# States of work in progress, which everybody with a pen may change and choose.
OPEN_STATES = (Site.State.DRAFT, Site.State.REVIEW)

# To which record a row belongs, where its model does not say so itself.
_OWNERS = {
    PartOf: "part",
    WorldHeritage: "designation",
    DesignationEvent: "designation",
    ComponentPoint: "designation",
}


def may_publish(user) -> bool:
    return user.has_perm("heritage.publish_site")


def states_for(user, current: str | None = None) -> list[str]:
    """The states that somebody may give a record; the one it has is always among them."""
    return [
        state
        for state in Site.State.values
        if state in OPEN_STATES or state == current or may_publish(user)
    ]


def owner_field(model) -> str | None:
    """The foreign key to the record that rows of `model` are a part of."""
    return getattr(model, "owner", None) or _OWNERS.get(model)


def open_rows(user, rows: QuerySet) -> QuerySet:
    """Those of the sites or designations that somebody may change."""
    if may_publish(user):
        return rows
    if rows.model is Site:
        return rows.filter(state__in=OPEN_STATES)
    if rows.model is Designation:
        shown = Coverage.objects.filter(designation=OuterRef("pk")).exclude(
            site__state__in=OPEN_STATES
        )
        return rows.filter(~Exists(shown))
    return rows


def is_open(user, row) -> bool:
    """Whether somebody with the permission for its model may change this row."""
    if row is None or row.pk is None or may_publish(user):
        return True
    if isinstance(row, Site):
        return row.state in OPEN_STATES
    if isinstance(row, Designation):
        return open_rows(user, Designation.objects.filter(pk=row.pk)).exists()
    owner = owner_field(type(row))
    return is_open(user, getattr(row, owner)) if owner else True
