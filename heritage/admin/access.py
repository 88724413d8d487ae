"""Permissions: which states a user may set, and which records they may change.

Every admin class asks here. A contributor may change only records that are not published.
"""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet

from heritage.models import (
    ComponentPoint,
    Coverage,
    Designation,
    DesignationEvent,
    PartOf,
    Review,
    Site,
    WorldHeritage,
)

# The states that everybody with a pen may choose.
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


def _own_drafts(user) -> Q:
    """Sites that somebody who may not publish may change: drafts of their own, or given to them.

    A draft that nobody has added, such as one of a fixture, is open to all. What waits for review
    is not changed any more: its author can take it back.
    """
    own = Q(created_by=user) | Q(created_by=None) | Q(review__assigned_to=user)
    return Q(state=Site.State.DRAFT) & own


def open_rows(user, rows: QuerySet) -> QuerySet:
    """Those of the sites or designations that somebody may change."""
    if may_publish(user):
        return rows
    own = Site.objects.filter(_own_drafts(user)).order_by().values("pk")
    if rows.model is Site:
        return rows.filter(pk__in=own)
    if rows.model is Designation:
        closed = Coverage.objects.filter(designation=OuterRef("pk")).exclude(site__in=own)
        return rows.filter(~Exists(closed))
    return rows


def is_open(user, row) -> bool:
    """Whether somebody with the permission for its model may change this row."""
    if row is None or row.pk is None or may_publish(user):
        return True
    if isinstance(row, Site):
        return row.state == Site.State.DRAFT and (
            row.created_by_id in (None, user.pk)
            or Review.objects.filter(site=row, assigned_to=user).exists()
        )
    if isinstance(row, Designation):
        return open_rows(user, Designation.objects.filter(pk=row.pk)).exists()
    owner = owner_field(type(row))
    return is_open(user, getattr(row, owner)) if owner else True


def may_delete(user, row) -> bool:
    """Whether somebody may delete what is open: a record only if they added it themselves."""
    if isinstance(row, Site) and not may_publish(user):
        return is_open(user, row) and row.created_by_id == user.pk
    return is_open(user, row)


def is_id(text: str) -> bool:
    """Whether a text from outside may be the id of a row, in any database."""
    return text.isascii() and text.isdigit() and len(text) < 15


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records that the program alone writes: the admin shows them."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
