"""What the actions on chosen records of a list share.

An action on sites takes `chosen_ids()`, asks with `confirm()`, writes within `writing()`, and
reports with `message_changed()`; README has an example. Either everything is written or nothing, as
one change set that a page can undo; its reason is what was typed on the page.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, actions, helpers
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from heritage.admin import access
from heritage.admin.access import user_of
from heritage.admin.pages import AdminPages
from heritage.admin.writes import change_set, with_undo_link
from heritage.models import ChangeSet, Record, Site, User, chunks
from heritage.models.unit_of_work import unit_of_work
from heritage.services.undo import MAX_CHANGES
from heritage.values.language import with_explanation

SHOWN = 50  # sites that a page names
LONGEST_REASON = 1_000


def chosen_ids(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> list[int]:
    """The ids of the chosen records. If a page could not undo so many, an empty list, and a message
    is shown."""
    ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MAX_CHANGES + 1])
    if len(ids) <= MAX_CHANGES:
        return ids
    text = _("These are more than %(count)s records. Choose fewer.") % {"count": MAX_CHANGES}
    model_admin.message_user(request, text, messages.ERROR)
    return []


class TooManyRows(Exception):
    """The action would write more rows than a page can undo; `RecordAdmin` says so."""


@contextmanager
def writing(request: HttpRequest) -> Iterator[ChangeSet]:
    """The change set of an action, with the write lock held; raises `TooManyRows`."""
    with (
        change_set("bulk", user_of(request)) as made,
        unit_of_work() as unit,
        transaction.atomic(),
    ):
        made.reason = reason_of(request)
        unit.prepare_write(Site)
        yield made
        if made.pk is not None and made.changes.count() > MAX_CHANGES:
            raise TooManyRows


def tell_too_many_rows(model_admin: ModelAdmin, request: HttpRequest) -> None:
    text = _("This would write more than %(count)s rows. Choose fewer records.")
    model_admin.message_user(request, text % {"count": MAX_CHANGES}, messages.ERROR)


def message_changed(
    model_admin: ModelAdmin, request: HttpRequest, count: int, made: ChangeSet
) -> None:
    """Say how many sites were changed, with a link that undoes it."""
    if not count:
        model_admin.message_user(request, _("There was nothing to change."), messages.INFO)
        return
    text = ngettext("%(count)s site was changed.", "%(count)s sites were changed.", count)
    text = with_undo_link(text % {"count": count}, made)
    model_admin.message_user(request, text, messages.SUCCESS)


@admin.action(
    description=actions.delete_selected.short_description,  # type: ignore[attr-defined]  # no stub
    permissions=["delete"],
)
def delete_selected(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """Django's action, limited to as many records as can be undone."""
    if not chosen_ids(model_admin, request, queryset):
        return None
    asked = actions.delete_selected(model_admin, request, queryset)
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


def label_and_value(label: object, value: object) -> str:
    words = pgettext("a label and its value", "%(label)s: %(value)s")
    return words % {"label": label, "value": value}


# --- pages that ask ----------------------------------------------------------------------------


def reason_of(request: HttpRequest) -> str:
    """The reason that was typed into the `ReasonForm`."""
    return request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why? (others read it in the history)"),
        label_suffix="",
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": gettext_lazy("Say why, please.")},
    )


def confirm(
    model_admin: AdminPages,
    request: HttpRequest,
    ids: list[int],
    *,
    title: str,
    button: Any,
    heading: str = "",
    notes: Iterable[Any] = (),
    sent: Mapping[str, object] | None = None,
    needs_reason: bool = False,
    form_class: type[ReasonForm] = ReasonForm,
    model: type[Record] = Site,
) -> HttpResponse | None:
    """The page that names the sites to be written and asks for confirmation; None once it is
    confirmed.

    `notes` are paragraphs, `sent` are hidden fields that are posted with the answer. `form_class`
    may ask for more than a reason; `ids` are those of rows of `model`.
    """
    is_answered = "post" in request.POST
    form = form_class(request.POST if is_answered else None)
    form.fields["reason"].required = needs_reason
    if is_answered and form.is_valid():
        return None
    context = {"title": title, "heading": heading, "button": button, "notes": notes}
    context |= {"is_last": True, "is_nothing": not ids}
    return action_page(model_admin, request, ids, form, context, sent, model=model)


def action_page(
    model_admin: AdminPages,
    request: HttpRequest,
    ids: list[int],
    form: forms.Form,
    context: dict[str, Any],
    sent: Mapping[str, object] | None = None,
    template: str = "admin/action.html",
    model: type[Record] = Site,
) -> HttpResponse:
    """A step of an action: its form and the records that it is about."""
    chosen = ("action", "index", "select_across", helpers.ACTION_CHECKBOX_NAME)
    hidden = [(name, value) for name in chosen for value in request.POST.getlist(name)]
    context = {
        "form": form,
        "hidden": [*hidden, *(sent or {}).items()],
        "affected": affected(ids) if model is Site else _affected_rows(model, ids),
        "media": model_admin.media + form.media,
        **context,
    }
    return model_admin.page(request, template, context.pop("title"), context)


def affected(ids: list[int]) -> dict:
    """The context of affected.html: sites, and how many are published or in review."""
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
        Site.State.REVIEW: with_explanation(in_review, sorted(reviewers)),
    }
    return {
        "records": [
            (site, site.get_state_display(), reverse("admin:heritage_site_change", args=[site.pk]))
            for site in sites
        ],
        "count": len(ids),
        "more": max(0, len(ids) - SHOWN),
        "summary": pgettext("between statements", "; ").join(
            text for state, text in statements.items() if not state or counts[state]
        ),
    }


def _affected_rows(model: type[Record], ids: list[int]) -> dict:
    """The context of affected.html for rows of another model, without their states."""
    rows = model._default_manager.filter(pk__in=ids[:SHOWN]).order_by("pk")
    form = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return {
        "records": [(row, "", reverse(form, args=[row.pk])) for row in rows],
        "count": len(ids),
        "more": max(0, len(ids) - SHOWN),
        "summary": capfirst(model._meta.verbose_name_plural),
    }
