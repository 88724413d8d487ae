"""Editing in a table: some columns of up to a hundred sites, previewed and then saved at once.

Each cell is sent with the text that it was opened with, as the names of terms in it may change
without the site. If somebody else has written the cell since, both texts are shown to choose from.
Nothing is written before every conflict is decided.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin import access
from heritage.admin.access import is_id, user_of
from heritage.admin.pages import AdminPages
from heritage.admin.writes import change_set, log_change, with_undo_link
from heritage.exchange import (
    AmbiguousName,
    Column,
    FieldUse,
    TermColumn,
    comparable,
    editable_columns,
    with_related,
)
from heritage.models import Site
from heritage.models.unit_of_work import unit_of_work
from heritage.services.conflicts import Outcome, outcome
from heritage.services.history import excerpts, word_diff
from heritage.values.language import interface_languages, join_sentences

MAX_SITES = 100
SHOWN_FIELDS = 2  # if none were chosen
MINE, THEIRS = "mine", "theirs"

# Before the id of a site and the key of a field, as in "text-12-area_ha", a control holds:
TEXT = "text"  # what is in the cell
OPENED = "opened"  # what it held when it was opened
STORED = "stored"  # what was shown as stored by somebody else
DECISION = "decision"  # which of the two to keep


@dataclass(slots=True)
class Cell:
    field: Column
    opened: str
    text: str
    control: str = ""  # HTML; empty if the user may not change it


@dataclass(slots=True)
class ChangedCell:
    """A changed cell; `theirs` is the stored value if that has changed too."""

    field: Column
    opened: str
    text: str
    theirs: str = ""
    is_conflict: bool = False
    error: str = ""
    offered: list[str] = dataclasses.field(default_factory=list)  # the terms to choose from

    @property
    def pieces(self) -> list[tuple[str, str]]:
        return excerpts(word_diff(self.opened, self.text))


@dataclass(slots=True)
class ChangedSite:
    site: Site
    cells: list[ChangedCell] = dataclasses.field(default_factory=list)
    errors: list[str] = dataclasses.field(default_factory=list)


@admin.action(description=gettext_lazy("Edit in a table …"), permissions=["change"])
def edit_table(
    model_admin: AdminPages, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    ids = list(queryset.values_list("pk", flat=True)[: MAX_SITES + 1])
    if len(ids) > MAX_SITES:
        text = _("A table holds no more than %(count)s sites. Choose fewer.") % {"count": MAX_SITES}
        model_admin.message_user(request, text, messages.ERROR)
        return None
    query = [("ids", ",".join(map(str, ids)))]
    lacking = request.GET.get("lacks", "")
    if keys := _fields_of_gap(lacking):
        query.append(("field", ",".join(keys)))
    address = f"{model_admin.own_url('table')}?{urlencode(query)}"
    return redirect(model_admin.filtered(request, address))


def _fields_of_gap(gap: str) -> list[str]:
    """The columns in which what the listed sites lack can be written; see admin/lists/gaps.py."""
    kind, _dash, code = gap.partition("-")
    if kind == "text" and code:  # beside what it is to be translated from
        return [f"summary:{each}" for each in interface_languages()]
    return {"point": ["latitude", "longitude"], "place": ["place"], "kinds": ["kinds"]}.get(gap, [])


class TablePages(AdminPages):
    """For `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        return [self.own_path("table/", self.table_view, "table"), *super().get_urls()]

    def table_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        fields = editable_columns(FieldUse.TABLE, user_of(request))
        asked = ",".join(request.GET.getlist("field")).split(",")
        chosen = [fields[key] for key in fields if key in asked]
        chosen = chosen or list(fields.values())[:SHOWN_FIELDS]
        sites = _sites(request.GET.get("ids", ""), fields.values())
        open_ids = set(
            access.open_rows(user_of(request), Site.objects.filter(pk__in=sites)).values_list(
                "pk", flat=True
            )
        )
        title = _("Edit in a table")
        context = {
            "ids": ",".join(map(str, sites)),
            "fields": chosen,
            "names_terms": any(isinstance(each, TermColumn) for each in chosen),
            "offered": [(each, each in chosen) for each in fields.values()],
            "back": request.get_full_path(),
        }
        if request.method == "POST":
            changed = _changed_sites(
                request.POST, {pk: site for pk, site in sites.items() if pk in open_ids}, fields
            )
            if "save" in request.POST and _is_decided(changed):
                response = self._save(request, changed, fields)
                if response is not None:
                    return response
                # Somebody has saved meanwhile: compare again with what is stored now.
                fresh = with_related(Site.objects.all(), fields.values()).in_bulk(list(open_ids))
                fresh = {pk: fresh[pk] for pk in sites if pk in fresh}
                changed = _changed_sites(request.POST, fresh, fields)
            if "back" not in request.POST:
                context |= {"changed": changed, "is_decided": _is_decided(changed)}
                return self.page(request, "admin/table_preview.html", title, context)
        context["rows"] = [
            (site, [_cell(request, site, each, site.pk in open_ids) for each in chosen])
            for site in sites.values()
        ]
        return self.page(request, "admin/table.html", title, context)

    def _save(
        self, request: HttpRequest, changed: list[ChangedSite], fields: dict[str, Column]
    ) -> HttpResponse | None:
        """Write everything if it is still stored as it was compared; otherwise nothing."""
        if not changed:
            self.message_user(request, _("Nothing was changed, so nothing was saved."))
            return redirect(request.get_full_path())
        comment = request.POST.get("comment", "").strip()[:300]
        with change_set("bulk", user_of(request), comment) as made, unit_of_work() as unit:
            unit.prepare_write(Site)
            ids = [each.site.pk for each in changed]
            rows = with_related(Site.objects.select_for_update(), fields.values())
            stored = {site.pk: site for site in rows.filter(pk__in=ids)}
            again = _changed_sites(request.POST, stored, fields)
            if len(stored) < len(ids) or not _is_decided(again):
                return None
            if len(access.open_rows(user_of(request), Site.objects.filter(pk__in=ids))) < len(ids):
                raise PermissionDenied
            for each in again:
                written = {name for cell in each.cells for name in cell.field.update_fields}
                if written:
                    each.site.save(update_fields=written)
                for cell in each.cells:
                    cell.field.save_related(each.site)
            names = sorted({cell.field.label for each in again for cell in each.cells})
            log_change(user_of(request), [each.site for each in again], names)
            made.detail["table"] = names
        if made.pk is None:  # the cleaned values equal the stored ones
            self.message_user(request, _("Nothing was changed, so nothing was saved."))
            return redirect(request.get_full_path())
        text = ngettext("%(count)s site was changed.", "%(count)s sites were changed.", len(again))
        text = with_undo_link(text % {"count": len(again)}, made)
        self.message_user(request, text, messages.SUCCESS)
        return redirect(request.get_full_path())


def _sites(ids: str, fields: Iterable[Column]) -> dict[int, Site]:
    numbers = [int(pk) for pk in ids.split(",") if is_id(pk)]
    found = with_related(Site.objects.all(), fields).in_bulk(numbers[:MAX_SITES])
    return {pk: found[pk] for pk in numbers[:MAX_SITES] if pk in found}


def _cell(request: HttpRequest, site: Site, field: Column, is_open: bool) -> Cell:
    stored = field.text(site)
    if not is_open:
        return Cell(field, stored, stored)
    name = f"{site.pk}-{field.key}"
    text = request.POST.get(f"{TEXT}-{name}", stored)
    attrs = field.attrs | {"aria-label": f"{site}: {field.label}"}
    control = field.form_field.widget.render(f"{TEXT}-{name}", text, attrs)
    return Cell(field, request.POST.get(f"{OPENED}-{name}", stored), text, control)


def _changed_sites(
    data: Any, sites: dict[int, Site], fields: dict[str, Column]
) -> list[ChangedSite]:
    """The sites of changed cells, with the new values assigned, and the errors."""
    sent: dict[int, list[str]] = defaultdict(list)
    for name in data:
        start, _dash, rest = name.partition("-")
        pk, _dash, key = rest.partition("-")
        if start == TEXT and key in fields and is_id(pk):
            sent[int(pk)].append(key)
    found = []
    for pk, site in sites.items():
        cells = [_changed_cell(data, site, fields[key]) for key in sent[pk]]
        changed = ChangedSite(site, [cell for cell in cells if cell is not None])
        if changed.cells:
            _assign(changed)
            found.append(changed)
    return found


def _changed_cell(data: Any, site: Site, field: Column) -> ChangedCell | None:
    def sent(start: str) -> str:
        return comparable(data.get(f"{start}-{site.pk}-{field.key}", ""))

    opened, text, now = sent(OPENED), sent(TEXT), comparable(field.text(site))

    def same(a: str, b: str) -> bool:
        return a == b or (b == now and field.is_stored(site, a))

    match outcome(opened, now, text, same):
        case Outcome.SAME | Outcome.THEIRS:
            return None
        case Outcome.MINE:
            return ChangedCell(field, now, text)
    # A decision is valid only for the stored text that was shown with it.
    decision = sent(DECISION) if sent(STORED) == now else ""
    if decision == THEIRS:
        return None
    if decision == MINE:
        return ChangedCell(field, now, text, theirs=now)
    return ChangedCell(field, opened, text, theirs=now, is_conflict=True)


def _assign(changed: ChangedSite) -> None:
    """Assign the cells to their site and validate it."""
    by_name: dict[str, ChangedCell] = {}
    for cell in changed.cells:
        by_name[cell.field.name] = cell
        try:
            cell.text = cell.field.assign(changed.site, cell.text)
        except AmbiguousName as error:
            cell.error, cell.offered = join_sentences(error.messages), error.labels
        except ValidationError as error:
            cell.error = join_sentences(error.messages)
    try:
        changed.site.full_clean(validate_unique=False)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            at = by_name.get(name)
            if at is not None and not at.error:
                at.error = join_sentences(texts)
            elif at is None:
                changed.errors += texts


def _is_decided(changed: list[ChangedSite]) -> bool:
    """Whether nothing keeps the changes from being saved."""
    return not any(
        each.errors or any(cell.error or cell.is_conflict for cell in each.cells)
        for each in changed
    )
