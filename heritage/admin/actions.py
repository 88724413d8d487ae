"""What actions on the chosen records of a list share: they are held to what a page can undo.

`chosen_ids()` and `writing()` count, `affected()` describes the chosen sites for a confirmation.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, actions
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heritage.admin import access
from heritage.admin.writes import change_set
from heritage.models import ChangeSet, Site, User
from heritage.models.base import chunks
from heritage.models.unit_of_work import unit_of_work
from heritage.services.undo import MAX_CHANGES
from heritage.values.sentences import explained

SHOWN = 50  # sites that a confirmation names


def chosen_ids(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> list[int]:
    """The ids of the chosen records; none, and a message, if a page could not undo so many."""
    ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MAX_CHANGES + 1])
    if len(ids) <= MAX_CHANGES:
        return ids
    text = _("These are more than %(count)s records. Choose fewer.") % {"count": MAX_CHANGES}
    model_admin.message_user(request, text, messages.ERROR)
    return []


class TooManyRows(Exception):
    """The action would write more rows than a page can undo."""


@contextmanager
def writing(user: User, reason: str = "") -> Iterator[ChangeSet]:
    """The change set of an action, with the write lock held. All or nothing is written.

    Raises `TooManyRows` if the action could not be undone on its page.
    """
    with change_set("bulk", user) as made, unit_of_work() as unit, transaction.atomic():
        made.reason = reason or made.reason  # the admin has begun the change set before
        unit.begin(Site)
        yield made
        if made.pk is not None and made.changes.count() > MAX_CHANGES:
            raise TooManyRows


def tell_too_many_rows(model_admin: ModelAdmin, request: HttpRequest) -> None:
    text = _("This would write more than %(count)s rows. Choose fewer records.")
    model_admin.message_user(request, text % {"count": MAX_CHANGES}, messages.ERROR)


@admin.action(
    description=actions.delete_selected.short_description,  # type: ignore[attr-defined]  # no stub
    permissions=["delete"],
)
def delete_selected(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """Django's own, held to what can be taken back."""
    if not chosen_ids(model_admin, request, queryset):
        return None
    try:
        with transaction.atomic():  # Django logs the deletions before it deletes
            asked = actions.delete_selected(model_admin, request, queryset)
    except TooManyRows:
        tell_too_many_rows(model_admin, request)
        return None
    if asked is not None and asked.context_data is not None:
        asked.context_data["preserved_filters"] = model_admin.get_preserved_filters(request)
    return asked


admin.site.add_action(delete_selected)


def open_ids(user: User, ids: Iterable[int]) -> list[int]:
    """The ids of the sites that the user may change."""
    found: list[int] = []
    for chunk in chunks(list(ids)):
        rows = access.open_rows(user, Site.objects.filter(pk__in=chunk)).order_by("pk")
        found += rows.values_list("pk", flat=True)
    return found


def affected(ids: list[int]) -> dict:
    """The context of a confirmation: names, and how many of them are published or in review."""
    sites = Site.objects.filter(pk__in=ids[:SHOWN]).order_by("slug")
    counts = dict.fromkeys(Site.State.values, 0)
    reviewers: set[str] = set()
    for chunk in chunks(ids):
        rows = Site.objects.filter(pk__in=chunk).order_by()
        for state in rows.values_list("state", flat=True):
            counts[state] += 1
        waiting = rows.filter(state=Site.State.REVIEW, review__assigned_to__isnull=False)
        for site in waiting.select_related("review__assigned_to"):
            if user := site.review.assigned_to:
                reviewers.add(user.display_name)
    in_review = _("%(count)s in review") % {"count": counts[Site.State.REVIEW]}
    statements = {
        "": ngettext("%(count)s site", "%(count)s sites", len(ids)) % {"count": len(ids)},
        Site.State.PUBLISHED: _("readers see %(count)s of them")
        % {"count": counts[Site.State.PUBLISHED]},
        Site.State.REVIEW: explained(in_review, sorted(reviewers)),
    }
    return {
        "sites": sites,
        "count": len(ids),
        "more": max(0, len(ids) - SHOWN),
        "told": pgettext("between statements", "; ").join(
            text for state, text in statements.items() if not state or counts[state]
        ),
    }
