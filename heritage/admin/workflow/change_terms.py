"""Changes the terms and licences of many sites, and replaces a term everywhere.

Each shows what it would change and asks for confirmation. One action is one change set.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.admin import access
from heritage.admin.access import is_id, user_of
from heritage.admin.actions import (
    ReasonForm,
    action_page,
    chosen_ids,
    confirm,
    label_and_value,
    message_changed,
    open_ids,
    reason_of,
    writing,
)
from heritage.admin.pages import AdminPages
from heritage.admin.writes import change_set, with_undo_link
from heritage.models import Event, Image, Name, Site, User, chunks, label_of, with_label
from heritage.services import bulk
from heritage.values.language import join_words

# What can be done to many sites: a label, and the model field whose terms are offered.
OPERATIONS: dict[str, tuple[Any, Any]] = {
    "add_kind": (gettext_lazy("Add a kind"), Site._meta.get_field("kinds")),
    "replace_kind": (gettext_lazy("Replace a kind"), Site._meta.get_field("kinds")),
    "remove_kind": (gettext_lazy("Remove a kind"), Site._meta.get_field("kinds")),
    "set_place": (gettext_lazy("Set the place"), Site._meta.get_field("place")),
    "set_era": (
        gettext_lazy("Set the era of beginnings that have none"),
        Event._meta.get_field("first_era"),
    ),
    "replace_era": (gettext_lazy("Replace an era"), Event._meta.get_field("first_era")),
    "add_source": (gettext_lazy("Add a source"), Name._meta.get_field("source")),
    "replace_source": (gettext_lazy("Replace a source"), Name._meta.get_field("source")),
    "remove_source": (gettext_lazy("Remove a source"), Name._meta.get_field("source")),
    "set_licence": (
        gettext_lazy("Set the licence of the pictures"),
        Image._meta.get_field("licence"),
    ),
}
# Help texts: what an operation leaves unchanged.
NOTES = {
    "remove_kind": gettext_lazy("A published site that has no other kind keeps it."),
    "set_era": gettext_lazy(
        "Of each site its first beginning gets the era, if it is told with a date alone and the "
        "date touches the years of the era."
    ),
    "remove_source": gettext_lazy(
        "It is taken out of the sources of the sites. Names, events and other rows that cite it "
        "keep it."
    ),
}
# The relation of a site to which an operation adds a term or from which it removes one.
RELATIONS = {
    "add_kind": "kinds",
    "remove_kind": "kinds",
    "set_place": "place",
    "add_source": "sources",
    "remove_source": "sources",
}


class OperationForm(forms.Form):
    operation = forms.ChoiceField(
        label=gettext_lazy("What is to be done?"),
        label_suffix="",
        choices=[(key, label) for key, (label, _column) in OPERATIONS.items()],
        widget=forms.RadioSelect,
    )


class _TermChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return label_of(obj)


class ReplacementForm(forms.Form):
    """The form for the new term, and for the term to be replaced, unless this is known or there is
    none."""

    def __init__(
        self,
        column: Any,
        admin_site: AdminSite,
        data: Any = None,
        *,
        asks_old: bool = False,
        replaced: Any = None,
    ):
        if data is not None:  # the chooser renders what was sent, and accepts ids only
            sent = {name: data.get(name, "") for name in ("old", "new")}
            data = {name: value for name, value in sent.items() if is_id(value)}
        super().__init__(data)
        self._replaced = replaced
        rows = with_label(column.related_model._default_manager.all())
        names = {"old": capfirst(_("this one"))} if asks_old else {}
        names["new"] = (
            capfirst(_("by this one")) if asks_old else capfirst(str(column.verbose_name))
        )
        for name, label in names.items():
            widget = AutocompleteSelect(column, admin_site)
            self.fields[name] = _TermChoiceField(rows, label=label, widget=widget)

    def clean(self) -> dict[str, Any]:
        super().clean()
        old, new = self.cleaned_data.get("old", self._replaced), self.cleaned_data.get("new")
        if old and new:
            try:
                bulk.check_replaceable(old, new)
            except bulk.CannotReplace as error:
                raise forms.ValidationError(str(error)) from error
        return self.cleaned_data


class ThenDeleteForm(ReasonForm):
    """Confirms that a term is replaced everywhere, and asks whether it is deleted afterwards."""

    then_delete = forms.BooleanField(required=False, label_suffix="")

    def __init__(self, term: Any):
        super().__init__()
        self.fields["reason"].required = False
        self.fields["then_delete"].label = _("Then delete “%(old)s”") % {"old": term}


# --- an action of the list ---------------------------------------------------------------------


@admin.action(description=gettext_lazy("Change terms and licences …"), permissions=["change"])
def change_terms(
    model_admin: AdminPages, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """An action in three steps: choose the change, choose the terms, confirm."""
    ids = chosen_ids(model_admin, request, queryset)
    if not ids:
        return None
    title = _("Change many sites")
    operation = request.POST.get("operation", "")
    if operation not in OPERATIONS:
        context: dict[str, Any] = {"title": title, "button": _("Go on")}
        return action_page(model_admin, request, ids, OperationForm(), context)
    label, column = OPERATIONS[operation]
    notes = [NOTES[operation]] if operation in NOTES else []
    data = request.POST if "new" in request.POST else None
    asks_old = operation.startswith("replace")
    form = ReplacementForm(column, model_admin.admin_site, data, asks_old=asks_old)
    sent = {"operation": operation}
    if not form.is_valid():
        context = {"title": title, "heading": label, "notes": notes}
        context["button"] = _("Show what would change")
        return action_page(model_admin, request, ids, form, context, sent)
    old, new = form.cleaned_data.get("old"), form.cleaned_data["new"]
    if refused := _not_permitted(user_of(request), operation, old, ids):
        text = _("You may not change this: %(kind)s.") % {"kind": refused}
        model_admin.message_user(request, text, messages.ERROR)
        return None
    page = confirm(
        model_admin,
        request,
        _changed_by(operation, open_ids(user_of(request), ids), old, new),
        title=title,
        heading=label_and_value(label, f"{old} → {new}" if old else new),
        notes=notes,
        button=_("Change them"),
        sent=sent | {name: row.pk for name, row in form.cleaned_data.items()},
    )
    if page is not None:
        return page
    with writing(request) as made:
        changed = _changed_by(operation, open_ids(user_of(request), ids), old, new)
        if changed:
            _carry_out(operation, changed, old, new, user_of(request))
    message_changed(model_admin, request, len(changed), made)
    return None


def _not_permitted(user: User, operation: str, old: Any, ids: list[int]) -> str:
    """The rows that would be written although the user may not change their model."""
    models: set[type[Model]] = {Site}
    if operation.startswith("replace"):
        models = {use.model for use in bulk.uses(old, ids)}
    elif operation in ("set_licence", "set_era"):
        models = {Image if operation == "set_licence" else Event}
    return join_words(
        sorted(
            str(model._meta.verbose_name_plural)
            for model in models
            if not user.has_perm(f"heritage.change_{model._meta.model_name}")
        )
    )


def _changed_by(operation: str, ids: list[int], old: Any, new: Any) -> list[int]:
    """The sites that would be written."""
    if operation.startswith("replace"):
        return sorted(bulk.sites_using(bulk.uses(old, ids)))
    if operation == "set_licence":
        found: set[int] = set()
        for chunk in chunks(ids):
            pictures = Image.objects.filter(site__in=chunk).exclude(licence=new).order_by()
            found |= set(pictures.values_list("site_id", flat=True))
        return sorted(found)
    if operation == "set_era":
        return sorted({event.site_id for event in bulk.beginnings_without_era(ids, new)})
    there: set[int] = set()
    for chunk in chunks(ids):
        there |= bulk.has(chunk, RELATIONS[operation], new)
    if operation == "remove_kind":
        there -= bulk.published_with_this_alone(there, new)
    is_wanted = operation.startswith("remove")
    return [pk for pk in ids if (pk in there) == is_wanted]


def _carry_out(operation: str, ids: list[int], old: Any, new: Any, user: User) -> None:
    if operation.startswith("replace"):
        bulk.replace(old, new, user, sites=ids)
    elif operation == "set_place":
        bulk.set_place(new, ids, user)
    elif operation == "set_era":
        bulk.set_era(new, ids, user)
    elif operation == "set_licence":
        bulk.set_licence(new, ids, user)
    elif operation.startswith("remove"):
        bulk.remove(RELATIONS[operation], new, ids, user)
    else:
        bulk.add(RELATIONS[operation], new, ids, user)


# --- a term is replaced everywhere -------------------------------------------------------------


class ReplacePages(AdminPages):
    """For vocabularies and sources: replaces a term that is in use, and may then delete it."""

    actions = ("replace_by",)

    def get_urls(self) -> list[URLPattern]:
        own = self.own_path("<int:pk>/replace/", self.replace_view, "replace")
        return [own, *super().get_urls()]

    @admin.action(description=gettext_lazy("Replace by …"), permissions=["delete"])
    def replace_by(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose one of them."), messages.ERROR)
            return None
        return redirect(self.filtered(request, self.own_url("replace", chosen[0].pk)))

    def replace_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        old = self.object_or_404(request, pk, "delete")
        if not access.may_publish(user_of(request)):
            raise PermissionDenied
        column = next(
            each.field
            for each in old._meta.get_fields(include_hidden=True)
            if each.auto_created and each.related_model and hasattr(each, "field")
        )
        data = request.POST if "new" in request.POST else None
        form = ReplacementForm(column, self.admin_site, data, replaced=old)
        form.fields["new"].label = _("by")
        found = list(bulk.uses(old))
        context: dict[str, Any] = {
            "title": _("Replace “%(term)s”") % {"term": old},
            "old": old,
            "uses": [(capfirst(use.label), len(use.ids)) for use in found],
            "button": _("Show what would change"),
        }
        page = partial(action_page, self, request, sorted(bulk.sites_using(found)))
        if not form.is_valid():
            return page(form, context, template="admin/replace.html")
        new = form.cleaned_data["new"]
        if "post" in request.POST:
            return self._replace(request, old, new)
        context |= {"heading": f"{old} → {new}", "button": _("Replace"), "is_last": True}
        return page(ThenDeleteForm(old), context, {"new": new.pk}, "admin/replace.html")

    def _replace(self, request: HttpRequest, old: Any, new: Any) -> HttpResponse:
        then_delete = bool(request.POST.get("then_delete"))
        try:
            with change_set("bulk", user_of(request), reason_of(request)):
                made = bulk.replace(old, new, user_of(request), then_delete=then_delete)
        except bulk.CannotReplace as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.get_full_path())
        text = _("There was nothing to change.")
        if made.pk is not None:
            text = with_undo_link(_("Replaced."), made)
        self.message_user(request, text)
        return redirect(self.filtered(request, self.own_url("changelist")))
