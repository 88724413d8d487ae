"""Editing in a table: some columns of up to a hundred sites, previewed and then saved at once.

Each cell is sent with the text that it was opened with. If somebody else has written the cell
since, both texts are shown to choose from. Nothing is written before every conflict is decided.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin import access
from heritage.admin.access import is_id, user_of
from heritage.admin.table_columns import (
    Column,
    SeveralTerms,
    TermColumn,
    columns,
    plain,
    term_columns,
    with_cells,
)
from heritage.admin.writes import change_set
from heritage.models import Site
from heritage.models.unit_of_work import unit_of_work
from heritage.services.history import excerpts, word_diff
from heritage.values import sentences

MOST = 100
USUAL = 2  # columns that are shown where none were chosen
MINE, THEIRS = "mine", "theirs"


@dataclass(slots=True)
class Cell:
    column: Column
    was: str
    text: str
    control: str = ""
    error: str = ""


@dataclass(slots=True)
class ChangedCell:
    """A changed cell; `theirs` is the stored value if that has changed too."""

    column: Column
    was: str
    text: str
    theirs: str = ""
    is_conflict: bool = False
    error: str = ""
    offered: list[str] = field(default_factory=list)  # texts, one of which is meant

    @property
    def pieces(self) -> list[tuple[str, str]]:
        return excerpts(word_diff(self.was, self.text))


@dataclass(slots=True)
class ChangedSite:
    site: Site
    cells: list[ChangedCell] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@admin.action(description=gettext_lazy("Edit in a table …"), permissions=["change"])
def edit_table(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    ids = list(queryset.values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        text = _("A table holds no more than %(count)s sites. Choose fewer.") % {"count": MOST}
        model_admin.message_user(request, text, messages.ERROR)
        return None
    address = reverse("admin:heritage_site_table")
    return redirect(f"{address}?ids={','.join(map(str, ids))}")


class TablePages(admin.ModelAdmin):
    """For `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "table/", self.admin_site.admin_view(self.table_view), name="heritage_site_table"
        )
        return [own, *super().get_urls()]

    def table_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        every = columns() | term_columns(user_of(request))
        chosen = [every[key] for key in every if key in request.GET.getlist("c")]
        chosen = chosen or list(every.values())[:USUAL]
        sites = _sites(request.GET.get("ids", ""))
        open_ids = set(
            access.open_rows(user_of(request), Site.objects.filter(pk__in=sites)).values_list(
                "pk", flat=True
            )
        )
        context = self.admin_site.each_context(request) | {
            "title": _("Edit in a table"),
            "opts": self.opts,
            "ids": ",".join(map(str, sites)),
            "columns": chosen,
            "names_terms": any(isinstance(column, TermColumn) for column in chosen),
            "offered": [(each, each in chosen) for each in every.values()],
            "back": request.get_full_path(),
        }
        if request.method == "POST":
            changed = _changed(
                request.POST, {pk: site for pk, site in sites.items() if pk in open_ids}, every
            )
            if "save" in request.POST and _is_settled(changed):
                response = self._save(request, changed, every)
                if response is not None:
                    return response
                # Somebody was quicker: once more, with what is stored now.
                fresh = with_cells(Site.objects.all()).in_bulk(list(open_ids))
                fresh = {pk: fresh[pk] for pk in sites if pk in fresh}
                changed = _changed(request.POST, fresh, every)
            if "back" not in request.POST:
                context |= {"changed": changed, "is_settled": _is_settled(changed)}
                return TemplateResponse(request, "admin/table_preview.html", context)
        context["rows"] = [
            (site, [_cell(request, site, column, site.pk in open_ids) for column in chosen])
            for site in sites.values()
        ]
        return TemplateResponse(request, "admin/table.html", context)

    def _save(
        self, request: HttpRequest, changed: list[ChangedSite], every: dict[str, Column]
    ) -> HttpResponse | None:
        """Write everything if it is still stored as it was compared; otherwise nothing."""
        if not changed:
            self.message_user(request, _("Nothing was changed, so nothing was saved."))
            return redirect(request.get_full_path())
        comment = request.POST.get("comment", "").strip()[:300]
        with change_set("bulk", user_of(request), comment) as made, unit_of_work() as unit:
            unit.begin(Site)
            ids = [each.site.pk for each in changed]
            rows = with_cells(Site.objects.select_for_update()).filter(pk__in=ids)
            stored = {site.pk: site for site in rows}
            again = _changed(request.POST, stored, every)
            if len(stored) < len(ids) or not _is_settled(again):
                return None
            if len(access.open_rows(user_of(request), Site.objects.filter(pk__in=ids))) < len(ids):
                raise PermissionDenied
            for each in again:
                written = {name for cell in each.cells for name in cell.column.names}
                if written:
                    each.site.save(update_fields=written)
                for cell in each.cells:
                    cell.column.save(each.site)
            names = sorted({cell.column.label for each in again for cell in each.cells})
            message = [{"changed": {"fields": names}}]
            entries = LogEntry.objects.log_actions(
                user_of(request).pk, [each.site for each in again], CHANGE, message
            )
            if entries:
                made.detail["table"] = names
        if made.pk is None:  # a value was put in order, and was the stored one then
            self.message_user(request, _("Nothing was changed, so nothing was saved."))
            return redirect(request.get_full_path())
        text = ngettext("%(count)s site was changed.", "%(count)s sites were changed.", len(again))
        text = format_html(
            '{} <a href="{}">{}</a>',
            text % {"count": len(again)},
            reverse("admin:heritage_changeset_undo", args=[made.pk]),
            _("Undo …"),
        )
        self.message_user(request, text, messages.SUCCESS)
        return redirect(request.get_full_path())


def _sites(ids: str) -> dict[int, Site]:
    numbers = [int(pk) for pk in ids.split(",") if is_id(pk)]
    found = with_cells(Site.objects.all()).in_bulk(numbers[:MOST])
    return {pk: found[pk] for pk in numbers[:MOST] if pk in found}


def _cell(request: HttpRequest, site: Site, column: Column, is_open: bool) -> Cell:
    name = f"{site.pk}-{column.key}"
    was = request.POST.get(f"w-{name}", column.text(site))
    text = request.POST.get(f"c-{name}", column.text(site))
    if not is_open:
        return Cell(column, was, column.text(site))
    widget = column.form_field.widget
    attrs = {"aria-label": f"{site}: {column.label}", "lang": column.lang, "dir": column.dir}
    attrs = {key: value for key, value in attrs.items() if value}
    return Cell(column, was, text, widget.render(f"c-{name}", text, attrs))


def _changed(data: Any, sites: dict[int, Site], every: dict[str, Column]) -> list[ChangedSite]:
    """The changed cells, applied to their sites, with the errors."""
    found: dict[int, ChangedSite] = {}
    cells: dict[int, list] = defaultdict(list)
    for name in data:
        start, _dash, rest = name.partition("-")
        pk, _dash, key = rest.partition("-")
        if start == "c" and key in every and is_id(pk):
            cells[int(pk)].append((key, f"{pk}-{key}"))
    for pk, site in sites.items():
        changed = ChangedSite(site)
        for key, name in cells.get(pk, ()):
            cell = _compared(data, site, every[key], name)
            if cell is not None:
                changed.cells.append(cell)
        if changed.cells:
            _judge(changed)
            found[pk] = changed
    return list(found.values())


def _compared(data: Any, site: Site, column: Column, name: str) -> ChangedCell | None:
    was, text = (plain(data.get(f"{start}-{name}", "")) for start in ("w", "c"))
    now = plain(column.text(site))
    if text == was or column.says(site, text):
        return None
    cell = ChangedCell(column, now, text)
    if now != was:
        # A decision counts for the text that was shown with it.
        is_decided = plain(data.get(f"n-{name}", "")) == now
        decision = data.get(f"x-{name}", "") if is_decided else ""
        if decision == THEIRS:
            return None
        cell.theirs, cell.is_conflict = now, decision != MINE
        if decision == MINE:
            return cell
        cell.was = was
    return cell


def _judge(changed: ChangedSite) -> None:
    """Apply the cells to their site and validate it."""
    by_name: dict[str, ChangedCell] = {}
    for cell in changed.cells:
        by_name[cell.column.name] = cell
        try:
            cell.text = cell.column.put(changed.site, cell.text)
        except SeveralTerms as error:
            cell.error, cell.offered = sentences.joined(error.messages), error.labels
        except ValidationError as error:
            cell.error = sentences.joined(error.messages)
    try:
        changed.site.full_clean(validate_unique=False)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            at = by_name.get(name)
            if at is not None and not at.error:
                at.error = sentences.joined(texts)
            elif at is None:
                changed.errors += texts


def _is_settled(changed: list[ChangedSite]) -> bool:
    return not any(
        each.errors or any(cell.error or cell.is_conflict for cell in each.cells)
        for each in changed
    )
