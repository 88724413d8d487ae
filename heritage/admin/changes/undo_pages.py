"""The page that undoes or restores changes: it lists what would be written and asks.

Permission is checked for every row: whoever may not change a record in its form cannot change it
through its history either.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.admin import access
from heritage.admin.access import is_id, user_of
from heritage.admin.changes.history import RowNames, ShownDifference, ShownValues
from heritage.models import Change, ChangeSet, FormerSlug, Record, Site, User, untracked
from heritage.models.fields import LanguageMapField
from heritage.models.row_values import linked_ids, plain_row, stored_rows
from heritage.server.lock_timeout import lock_timeout
from heritage.services.history import RowChange, changed_since, column_of, differences
from heritage.services.undo import MAX_CHANGES, UndoResult, undo_changes
from heritage.services.undo_plan import CREATE, DELETE, UPDATE, Only, Plan, Step, plan
from heritage.values.language import LazyText

SHOWN_STEPS = 100
SHOWN_LATER = 8

_PERMISSION = {CREATE: "add", UPDATE: "change", DELETE: "delete"}


@dataclass
class RevertRequest:
    """A request to revert changes, wholly or for some rows and columns."""

    title: str | LazyText
    changes: list[Change]
    kind: str
    back: str  # where to go afterwards
    button: str | LazyText
    then: str = ""  # where to go instead if all of it was written
    only: Only | None = None
    undoes: ChangeSet | None = None
    # Later edits to list; None: all later edits of the same rows.
    later: QuerySet[ChangeSet] | None = None
    trail: list[tuple[str, str | LazyText | None]] = field(default_factory=list)


@dataclass(slots=True)
class ShownStep:
    """One row as it would be written."""

    what: str
    kind: str
    name: str
    url: str
    differences: list[ShownDifference]


class _Differs(Exception):
    """The plan has changed since it was shown."""


def revert_view(admin_site: AdminSite, request: HttpRequest, asked: RevertRequest) -> HttpResponse:
    """Shows what would be written (GET), and writes it (POST)."""
    is_too_large = len(asked.changes) > MAX_CHANGES
    planned = Plan() if is_too_large else plan(asked.changes, asked.only)
    refused = list(refusals(user_of(request), planned.steps))
    if request.method == "POST":
        if refused:
            raise PermissionDenied
        if planned.steps and not is_too_large:
            try:
                done = _revert(request, asked, request.POST.get("plan", ""))
            except _Differs:
                text = _("Somebody has changed this meanwhile. Look at it once more, please.")
                messages.warning(request, text)
                return redirect(request.get_full_path())
            _tell(request, asked, done)
            return redirect(asked.back if done.conflicts or not asked.then else asked.then)
    later = ChangeSet.objects.none() if is_too_large else asked.later
    if later is None:
        later = changed_since(asked.changes)
    context = admin_site.each_context(request) | {
        "title": asked.title,
        "asked": asked,
        "plan": _digest(planned),
        "steps": list(_shown(planned.steps[:SHOWN_STEPS])),
        "more_steps": max(0, len(planned.steps) - SHOWN_STEPS),
        "conflicts": list(_named_conflicts(planned)),
        "later": later.select_related("user")[:SHOWN_LATER],
        "refused": refused,
        "is_too_large": is_too_large,
        "changes": len(asked.changes),
    }
    return TemplateResponse(request, "admin/revert.html", context)


def _revert(request: HttpRequest, asked: RevertRequest, digest: str) -> UndoResult:
    def approve(planned: Plan) -> None:
        if _digest(planned) != digest:
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


def _tell(request: HttpRequest, asked: RevertRequest, done: UndoResult) -> None:
    if done.conflicts:
        text = ngettext(
            "Taken back, but for %(count)s thing that stays as it is.",
            "Taken back, but for %(count)s things that stay as they are.",
            len(done.conflicts),
        ) % {"count": len(done.conflicts)}
        messages.warning(request, text)
    else:
        is_restored = asked.kind == ChangeSet.Kind.RESTORE
        messages.success(request, _("Restored.") if is_restored else _("Taken back."))


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


def _shown(steps: list[Step]) -> Iterator[ShownStep]:
    current = _current(steps)
    values, names = ShownValues(), RowNames()
    rows = []
    for step in steps:
        now = current.get((step.model, step.object_id), {})
        then = {} if step.action == DELETE else step.values
        row = RowChange(step.model, step.object_id, now, then)
        state = now | step.values
        rows.append((step, row, state))
        names.want(row, state)
        for each in (now, then):
            values.want(step.model, each)
    names.read()
    for step, row, state in rows:
        found: list[ShownDifference] = []
        if step.action == UPDATE:
            before = {name: (row.before or {}).get(name) for name in step.values}
            found = list(values.differences(step.model, before, step.values))
        what = {CREATE: "added", UPDATE: "changed", DELETE: "deleted"}[step.action]
        url = "" if step.action == CREATE else change_url(step.model, step.object_id)
        kind = capfirst(str(step.model._meta.verbose_name))
        yield ShownStep(what, kind, names.of(row, state), url, found)


def _current(steps: list[Step]) -> dict[tuple, dict]:
    found: dict[tuple, dict] = {}
    for model in {step.model for step in steps}:
        ids = [step.object_id for step in steps if step.model is model]
        names = {name for step in steps if step.model is model for name in step.values}
        for pk, row in stored_rows(model, ids).items():
            found[model, pk] = plain_row(model, row)
        for column in model._meta.many_to_many:
            if column.name in names:
                for pk, links in linked_ids(column, ids).items():
                    found.setdefault((model, pk), {})[column.name] = links
    return found


def _named_conflicts(planned: Plan) -> Iterator[tuple[str, str, str]]:
    """For each conflict the row, its URL, and why it stays."""
    for conflict in planned.conflicts:
        row = untracked(conflict.model).filter(pk=conflict.object_id).first()
        kind = capfirst(str(conflict.model._meta.verbose_name))
        url = change_url(conflict.model, conflict.object_id) if row else ""
        yield f"{kind} “{row or conflict.object_id}”", url, str(conflict)


def change_url(model: type[Record], pk: int) -> str:
    """The URL of the form of a row; empty if it has none."""
    if not admin.site.is_registered(model):
        return ""
    return reverse(f"admin:heritage_{model._meta.model_name}_change", args=[pk])


def rows_and_columns(asked: Mapping[str, str]) -> Only | None:
    """The rows and columns named by row=event-12&column=note&language=en; None if invalid."""
    from django.apps import apps

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
    found = {change.change_set_id for change in changes if _wrote(change, only)}
    return ChangeSet.objects.filter(pk__in=found).order_by("-pk")


def _wrote(change: Change, only: Only) -> bool:
    model = change.model_class()
    if model is None or not issubclass(model, Record):
        return False
    names = only.get((model, change.object_id), {})
    found = differences(model, change.before or {}, change.after or {}) if names else ()
    return any(names.get(each.field.name) in ("", each.language) for each in found)
