"""Sets one field of many sites to the same value, and schedules the publication of many.

Each shows what it would change and asks for confirmation. One action is one change set.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin.access import is_id, user_of
from heritage.admin.actions import (
    ReasonForm,
    action_page,
    chosen_ids,
    confirm,
    label_and_value,
    message_changed,
    open_ids,
    writing,
)
from heritage.admin.changes.history import value_in_words
from heritage.admin.pages import AdminPages
from heritage.admin.workflow.review import ScheduleForm
from heritage.admin.writes import with_undo_link
from heritage.models import Site, chunks, with_label
from heritage.services import bulk, review

FIELDS = ("custodian", "precision", "accuracy_m", "point_source", "blur_km")
# What they say of a site without a point is nothing.
_OF_POINTS = ("precision", "accuracy_m", "point_source")


class FieldForm(forms.Form):
    field = forms.ChoiceField(
        label=gettext_lazy("Which field is to be set?"),
        label_suffix="",
        choices=lambda: [(name, capfirst(str(_column(name).verbose_name))) for name in FIELDS],
        widget=forms.RadioSelect,
    )


class ValueForm(forms.Form):
    """The form for the new value, by the rules of the model field."""

    def __init__(self, name: str, admin_site: AdminSite, data: Any = None):
        column = _column(name)
        sent = None if data is None else {"value": data.get("value", "").replace("\0", "")}
        if sent and column.is_relation and not is_id(sent["value"]):
            sent["value"] = ""  # the chooser renders what was sent, and accepts ids only
        super().__init__(sent)
        field = column.formfield()
        field.label_suffix = ""
        if column.is_relation:
            field.widget = AutocompleteSelect(column, admin_site, choices=field.widget.choices)
            field.queryset = with_label(column.related_model._default_manager.all())
        self.fields["value"] = field


def _column(name: str) -> Any:
    return Site._meta.get_field(name)


@admin.action(description=gettext_lazy("Set one field …"), permissions=["change"])
def set_value(
    model_admin: AdminPages, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """An action in three steps: choose the field, enter the value, confirm."""
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    title, name = _("Set one field of many sites"), request.POST.get("field", "")
    if name not in FIELDS:
        context: dict[str, Any] = {"title": title, "button": _("Go on")}
        return action_page(model_admin, request, ids, FieldForm(), context)
    form = ValueForm(
        name, model_admin.admin_site, request.POST if "value" in request.POST else None
    )
    fit, others = _fit(name, open_ids(user_of(request), ids))
    notes = _notes(name, others)
    if not form.is_valid():
        context = {"title": title, "notes": notes, "button": _("Show what would change")}
        return action_page(model_admin, request, fit, form, context, {"field": name})
    value = form.cleaned_data["value"]
    page = confirm(
        model_admin,
        request,
        bulk.with_another(name, value, fit),
        title=title,
        heading=_heading(name, value),
        notes=notes,
        button=_("Change them"),
        sent={"field": name, "value": request.POST["value"]},
    )
    if page is not None:
        return page
    with writing(request) as made:
        fit, _others = _fit(name, open_ids(user_of(request), ids))
        changed = bulk.with_another(name, value, fit)
        if changed:
            bulk.set_value(name, value, changed, user_of(request))
    message_changed(model_admin, request, len(changed), made)
    return None


def _heading(name: str, value: Any) -> str:
    column = _column(name)
    words = value_in_words(column, bulk.noted(value)) or _("empty")
    return label_and_value(capfirst(str(column.verbose_name)), words)


def _fit(name: str, ids: list[int]) -> tuple[list[int], int]:
    """The sites that can have the field, and how many cannot."""
    if name not in _OF_POINTS:
        return ids, 0
    there: set[int] = set()
    for chunk in chunks(ids):
        rows = Site.objects.filter(pk__in=chunk, latitude__isnull=False).order_by()
        there.update(rows.values_list("pk", flat=True))
    return [pk for pk in ids if pk in there], len(ids) - len(there)


def _notes(name: str, others: int) -> list[str]:
    notes = []
    if _column(name).null and not _column(name).choices:
        notes.append(_("Left empty, the field is emptied."))
    if others:
        text = ngettext(
            "%(count)s site without a point is left as it is.",
            "%(count)s sites without a point are left as they are.",
            others,
        )
        notes.append(text % {"count": others})
    return notes


# --- publication at a time -----------------------------------------------------------------------


class ScheduleManyForm(ScheduleForm, ReasonForm):
    """Asks when, and why."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["publish_at"].required = True


@admin.action(description=gettext_lazy("Publish on a date …"), permissions=["publish"])
def schedule(
    model_admin: AdminPages, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """An action that has sites in review published by themselves at a time."""
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    waiting = _in_review(ids)
    notes = [_("A record that is not fit then stays in review, and you are told why.")]
    if others := len(ids) - len(waiting):
        text = ngettext(
            "%(count)s site is not in review and stays as it is.",
            "%(count)s sites are not in review and stay as they are.",
            others,
        )
        notes.append(text % {"count": others})
    page = confirm(
        model_admin,
        request,
        waiting,
        title=_("Publish these sites on a date"),
        button=_("Schedule"),
        notes=notes,
        form_class=ScheduleManyForm,
    )
    if page is not None:
        return page
    form = ScheduleManyForm(request.POST)
    form.full_clean()
    at = form.cleaned_data["publish_at"]
    with writing(request) as made:
        waiting = _in_review(ids)
        made.detail["publish_at"] = at.isoformat()
        for site in Site.objects.filter(pk__in=waiting):
            review.schedule(site, at, user_of(request))
    if not waiting:
        model_admin.message_user(request, _("There was nothing to change."), messages.INFO)
        return None
    text = ngettext("%(count)s site is scheduled.", "%(count)s sites are scheduled.", len(waiting))
    text = with_undo_link(text % {"count": len(waiting)}, made)
    model_admin.message_user(request, text, messages.SUCCESS)
    return None


def _in_review(ids: list[int]) -> list[int]:
    found: list[int] = []
    for chunk in chunks(ids):
        rows = Site.objects.filter(pk__in=chunk, state=Site.State.REVIEW).order_by("pk")
        found += rows.values_list("pk", flat=True)
    return found
