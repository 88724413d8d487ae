"""The page that undoes changes: it lists what would be written and asks.

Permission is checked for every row: whoever may not change a record in its form cannot change it
through its history either.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.admin import access
from heritage.admin.access import is_id, user_of
from heritage.admin.changes.history import ShownChange, change_url, shown_changes
from heritage.admin.pages import AdminPages
from heritage.models import (
    Change,
    ChangeSet,
    CommandRun,
    FormerSlug,
    LanguageMapField,
    Record,
    Site,
    User,
    untracked,
)
from heritage.server.timeouts import lock_timeout
from heritage.services import jobs
from heritage.services.history import RowChange, changed_since, column_of, net_changes
from heritage.services.undo import MAX_CHANGES, UndoResult, undo_changes
from heritage.services.undo_plan import CREATE, DELETE, UPDATE, Only, Plan, Step, limited, plan
from heritage.values.language import LazyText

SHOWN_STEPS = 100
SHOWN_LATER = 8

_PERMISSION = {CREATE: "add", UPDATE: "change", DELETE: "delete"}


@dataclass
class UndoRequest:
    """What is to be undone, and the texts of the page."""

    title: str | LazyText
    changes: list[Change]
    trail: list[tuple[str, str | LazyText]]  # what leads to the page, behind the list
    back: str  # where to go afterwards
    then: str = ""  # where to go instead if all of it was written
    kind: str = ChangeSet.Kind.UNDO  # or a restoration, of a deleted record
    only: Only | None = None
    undoes: ChangeSet | None = None
    # The background worker can undo it: all changes, and the parameters of its job.
    every: QuerySet[Change] | None = None
    job: dict[str, Any] = field(default_factory=dict)
    why_not: str = ""  # it cannot be undone at all
    # Later edits to list; None: all later edits of the same rows.
    later: QuerySet[ChangeSet] | None = None


class _Differs(Exception):
    """The plan has changed since it was shown."""


def undo_page(model_admin: AdminPages, request: HttpRequest, asked: UndoRequest) -> HttpResponse:
    """Shows what would be written (GET), and writes it (POST)."""
    is_too_large = len(asked.changes) > MAX_CHANGES
    if is_too_large and asked.every is not None and not asked.why_not:
        return _undo_as_job(model_admin, request, asked, asked.every)
    planned = Plan() if is_too_large or asked.why_not else plan(asked.changes, asked.only)
    refused = list(refusals(user_of(request), planned.steps))
    if asked.why_not:
        is_too_large, refused = False, [asked.why_not]
    if request.method == "POST":
        if refused:
            raise PermissionDenied
        if planned.steps:
            try:
                done = _undo(request, asked)
            except _Differs:
                text = _("Somebody has changed this meanwhile. Look at it once more, please.")
                messages.warning(request, text)
                return redirect(request.get_full_path())
            _message_result(request, asked, done)
            return redirect(asked.back if done.conflicts or not asked.then else asked.then)
    later = ChangeSet.objects.none() if is_too_large else asked.later
    if later is None:
        later = changed_since(asked.changes)
    context = {
        "trail": asked.trail,
        "back": asked.back,
        "button": _("Restore") if asked.kind == ChangeSet.Kind.RESTORE else _("Undo"),
        "plan": _digest(planned),
        "steps": _shown(planned.steps[:SHOWN_STEPS]),
        "more_steps": max(0, len(planned.steps) - SHOWN_STEPS),
        "conflicts": list(_named_conflicts(planned)),
        "later": later.select_related("user")[:SHOWN_LATER],
        "refused": refused,
        "is_too_large": is_too_large,
    }
    return model_admin.page(request, "admin/undo.html", asked.title, context)


def _undo_as_job(
    model_admin: AdminPages, request: HttpRequest, asked: UndoRequest, changes: QuerySet[Change]
) -> HttpResponse:
    """Let the background worker undo what would take too long in a request."""
    user = user_of(request)
    refused = list(refusals(user, _rough_steps(changes)))
    if not access.may_publish(user):
        refused.append(_("Only who may publish can undo so many changes."))
    if request.method == "POST":
        if refused:
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()
        with lock_timeout(settings.WRITE_WAIT_SECONDS):
            job = jobs.start("undo", user, reason=reason, **asked.job)
        return redirect("admin:heritage_job_change", job.pk)
    context = {
        "trail": asked.trail,
        "back": asked.back,
        "changes": changes.count(),
        "refused": refused,
        "has_worker": CommandRun.objects.has_worker(),
    }
    return model_admin.page(request, "admin/undo_as_job.html", asked.title, context)


def _rough_steps(changes: QuerySet[Change]) -> list[Step]:
    """One step for each model and action of the undo, to check the permissions that it needs."""
    found: dict[tuple[type[Record], str], None] = {}
    changes = changes.order_by()
    for action, of_action in (
        (DELETE, changes.filter(before__isnull=True)),
        (CREATE, changes.filter(after__isnull=True)),
        (UPDATE, changes.filter(before__isnull=False, after__isnull=False)),
    ):
        for pk in of_action.values_list("model", flat=True).distinct():
            model = ContentType.objects.get_for_id(pk).model_class()
            if model is not None and issubclass(model, Record):
                found[model, action] = None
    return [Step(action, model, 0) for model, action in found]


def _undo(request: HttpRequest, asked: UndoRequest) -> UndoResult:
    def approve(planned: Plan) -> None:
        if _digest(planned) != request.POST.get("plan", ""):
            raise _Differs
        if list(refusals(user_of(request), planned.steps)):
            raise PermissionDenied

    with lock_timeout(settings.WRITE_WAIT_SECONDS):
        return undo_changes(
            asked.changes,
            asked.only,
            asked.kind,
            user_of(request),
            request.POST.get("reason", "").strip(),
            undoes=asked.undoes,
            approve=approve,
            keeps_fit=True,
        )


def _message_result(request: HttpRequest, asked: UndoRequest, done: UndoResult) -> None:
    if done.conflicts:
        text = ngettext(
            "Done, but for %(count)s thing that stays as it is.",
            "Done, but for %(count)s things that stay as they are.",
            len(done.conflicts),
        ) % {"count": len(done.conflicts)}
        messages.warning(request, text)
    else:
        is_restored = asked.kind == ChangeSet.Kind.RESTORE
        messages.success(request, _("Restored.") if is_restored else _("Undone."))


def _digest(planned: Plan) -> str:
    steps = [
        (step.action, step.model._meta.label, step.object_id, step.values) for step in planned.steps
    ]
    conflicts = [
        (each.model._meta.label, each.object_id, each.why, each.column, each.language)
        for each in planned.conflicts
    ]
    text = json.dumps([steps, conflicts], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


# --- who may ---------------------------------------------------------------------------------


def refusals(user: User, steps: Iterable[Step]) -> Iterator[str]:
    """Why the user may not carry out these steps, each reason once."""
    # The write path maintains former slugs.
    steps = [step for step in steps if step.model is not FormerSlug]
    wanted = {(step.model, _PERMISSION[step.action]) for step in steps}
    for model, action in sorted(wanted, key=lambda pair: (pair[0]._meta.label, pair[1])):
        if not user.has_perm(f"heritage.{action}_{model._meta.model_name}"):
            yield _("You may not change this: %(kind)s.") % {
                "kind": model._meta.verbose_name_plural
            }
    if access.may_publish(user):
        return
    if any(_is_closed(user, step, steps) for step in steps):
        yield _("You may not change published or archived records, nor those of others.")


def _is_closed(user: User, step: Step, steps: list[Step]) -> bool:
    """Whether a step would write to a record that the user may not change."""
    if step.model is Site and step.action == CREATE:
        is_own = step.values.get("created_by") in (None, user.pk)
        return not is_own or step.values.get("state") != Site.State.DRAFT
    if step.model is Site and step.values.get("state", Site.State.DRAFT) not in access.states_for(
        user
    ):
        return True
    if step.action != CREATE:
        row = untracked(step.model).filter(pk=step.object_id).first()
        if row is not None and not access.is_open(user, row):
            return True
    name = access.owner_field(step.model)
    if name is None or name not in step.values:  # it has no owner, or keeps it
        return False
    # The owner that it is created under, or moved to.
    owner_model: Any = step.model._meta.get_field(name).related_model
    owner_id = step.values[name]
    if any(s.model is owner_model and s.object_id == owner_id for s in steps if s.action == CREATE):
        return False  # that step is checked by itself
    owner = untracked(owner_model).filter(pk=owner_id).first()
    return owner is not None and not access.is_open(user, owner)


# --- what would be written ---------------------------------------------------------------------


def _shown(steps: list[Step]) -> list[ShownChange]:
    rows = []
    for step in steps:
        before = {name: step.now.get(name) for name in step.values}
        row = RowChange(
            step.model,
            step.object_id,
            None if step.action == CREATE else before,
            None if step.action == DELETE else step.values,
        )
        rows.append((row, step.now | step.values))
    return shown_changes(rows)


def _named_conflicts(planned: Plan) -> Iterator[tuple[str, str, str]]:
    """For each conflict the row, its URL, and why it stays."""
    for conflict in planned.conflicts:
        row = untracked(conflict.model).filter(pk=conflict.object_id).first()
        kind = capfirst(str(conflict.model._meta.verbose_name))
        url = change_url(conflict.model, conflict.object_id) if row else ""
        yield f"{kind} “{row or conflict.object_id}”", url, str(conflict)


def rows_and_columns(asked: Mapping[str, str]) -> Only | None:
    """The rows and columns named by row=event-12&column=note&language=en; None if invalid."""
    name, _dash, number = asked.get("row", "").rpartition("-")
    if not (name and is_id(number)):
        return None
    try:
        model = apps.get_model("heritage", name)
    except LookupError:
        return None
    if not issubclass(model, Record):
        return None
    column = asked.get("column", "")
    is_translated = isinstance(column_of(model, column), LanguageMapField)
    return {(model, int(number)): {column: asked.get("language", "") if is_translated else ""}}


def writers_of(changes: Iterable[Change], only: Only) -> QuerySet[ChangeSet]:
    """The change sets that wrote these rows and columns, latest first."""
    found = {
        change.change_set_id
        for change in changes
        if any(row.before != row.after for row in limited(net_changes([change]), only))
    }
    return ChangeSet.objects.filter(pk__in=found).order_by("-pk")
