"""Permissions: which states a user may set, and which records they may change.

Every admin class asks here. A contributor may change only records that are not published.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest

from heritage.admin.lookups import ListLookups
from heritage.models import (
    ComponentPoint,
    Coverage,
    Designation,
    DesignationEvent,
    PartOf,
    Review,
    Site,
    User,
    WorldHeritage,
)

# The states that every editor may set.
OPEN_STATES = (Site.State.DRAFT, Site.State.REVIEW)

# The foreign key to the record that a row belongs to, for models without an `owner`.
_OWNERS: dict[type[Model], str] = {
    PartOf: "part",
    WorldHeritage: "designation",
    DesignationEvent: "designation",
    ComponentPoint: "designation",
}


def user_of(request: HttpRequest) -> User:
    """The signed-in user of an admin request."""
    return cast(User, request.user)


def once[T](request: HttpRequest, key: str, make: Callable[[], T]) -> T:
    """The result of `make`, which is called once for each request; for values that several parts of
    a page need."""
    made = vars(request).setdefault("made_once", {})
    if key not in made:
        made[key] = make()
    return made[key]


def may_publish(user: User) -> bool:
    return user.has_perm("heritage.publish_site")


def states_for(user: User) -> list[str]:
    """The states that a user may set on a record."""
    return Site.State.values if may_publish(user) else list(OPEN_STATES)


def owner_field(model: type[Model]) -> str | None:
    """The foreign key from rows of `model` to the record that they belong to."""
    return getattr(model, "owner", None) or _OWNERS.get(model)


def _own_drafts(user: User) -> Q:
    """Sites that a user without the right to publish may change: own drafts, and assigned ones.

    A draft without an author, such as one from a fixture, is open to all. A record in review cannot
    be changed; its author can withdraw it.
    """
    own = Q(created_by=user) | Q(created_by=None) | Q(review__assigned_to=user)
    return Q(state=Site.State.DRAFT) & own


def open_rows(user: User, rows: QuerySet) -> QuerySet:
    """The sites or designations among `rows` that the user may change."""
    if may_publish(user):
        return rows
    own = Site.objects.filter(_own_drafts(user)).order_by().values("pk")
    if rows.model is Site:
        return rows.filter(pk__in=own)
    if rows.model is Designation:
        closed = Coverage.objects.filter(designation=OuterRef("pk")).exclude(site__in=own)
        return rows.filter(~Exists(closed))
    return rows


def is_open(user: User, row: Model | None) -> bool:
    """Whether a user with the model's permission may change this row."""
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


def may_delete(user: User, row: Model | None) -> bool:
    """Whether a user may delete an open row: of records, only their own."""
    if isinstance(row, Site) and not may_publish(user):
        return is_open(user, row) and row.created_by_id == user.pk
    return is_open(user, row)


def is_id(text: str) -> bool:
    """Whether a text from a request can be the id of a row in any database."""
    return text.isascii() and text.isdigit() and len(text) < 15


def sent_number(data: Mapping[str, str], name: str) -> int | None:
    """A number that a page has sent back; None if it was not sent."""
    text = data.get(name, "")
    return int(text) if is_id(text) else None


class ReadOnlyAdmin(ListLookups):
    """The admin of records that only the program writes: they can be seen, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
