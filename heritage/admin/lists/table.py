"""Editing in a table: some columns of up to a hundred sites, previewed and then saved at once.

The page carries the number of the last change at which it was opened. If somebody else has written
a cell since, both texts are shown to choose from. Nothing is written before every conflict is
decided.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
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
from heritage.admin.access import is_id, sent_number, user_of
from heritage.admin.pages import AdminPages
from heritage.admin.writes import change_set, log_change, tell_deleted, with_undo_link
from heritage.exchange import (
    AmbiguousName,
    Column,
    OpenedTexts,
    TermColumn,
    comparable,
    editable_columns,
    with_related,
)
from heritage.models import FieldUse, Site
from heritage.models.unit_of_work import unit_of_work
from heritage.services.conflicts import Key, Outcome, last_change_number, outcome
from heritage.services.history import excerpts, word_diff
from heritage.values.language import interface_languages, join_sentences

MAX_SITES = 100
SHOWN_FIELDS = 2  # if none were chosen
MINE, THEIRS = "mine", "theirs"

OPENED = "opened"  # the number of the last change when the table was opened
SHOWN = "shown"  # and when its conflicts were shown
# Before the id of a site and the key of a field, as in "text-12-area_ha", a control holds:
TEXT = "text"  # what is in the cell
ROW = "row"  # the id of the row that held its value, if that was not the site
SHOWN_ROW = "shown_row"  # the same when its conflict was shown
DECISION = "decision"  # whose text to keep


@dataclass(slots=True)
class Cell:
    field: Column
    text: str
    control: str = ""  # HTML; empty if the user may not change it
    row: str = ""  # see ROW
    shown_row: str = ""
    is_decided: bool = False  # whether this text is to be kept


@dataclass(slots=True)
class ChangedCell:
    """A changed cell; `theirs` is the stored value if that has changed too."""

    field: Column
    opened: str
    text: str
    theirs: str = ""
    is_conflict: bool = False
    is_decided: bool = False  # whether `text` is to be kept
    row: str = ""  # see ROW
    shown_row: str = ""
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


class SentTable:
    """What was typed into the cells of a table."""

    def __init__(self, data: Any, fields: dict[str, Column]):
        self.fields = fields
        self._data = data
        self._opened, self._shown = (sent_number(data, name) for name in (OPENED, SHOWN))
        self._keys: dict[int, list[str]] = defaultdict(list)  # of the cells, by site
        for name in data:
            start, _dash, rest = name.partition("-")
            pk, _dash, key = rest.partition("-")
            if start == TEXT and key in fields and is_id(pk):
                self._keys[int(pk)].append(key)

    def changed_sites(self, sites: dict[int, Site]) -> list[ChangedSite]:
        """The sites of changed cells, with the new values assigned, and the errors."""
        opened = self._opened_texts(sites)
        found = []
        for pk, site in sites.items():
            cells = [self._changed_cell(site, self.fields[key], opened) for key in self._keys[pk]]
            changed = ChangedSite(site, [cell for cell in cells if cell is not None])
            if changed.cells:
                _assign(changed)
                found.append(changed)
        return found

    def deleted_sites(self) -> dict[str, list[str]]:
        """What was typed for sites that no longer exist, by the name of the site."""
        stored = Site.objects.filter(pk__in=list(self._keys)).values_list("pk", flat=True)
        gone = self._keys.keys() - set(stored)
        opened = self._opened_texts(dict.fromkeys(gone))
        found: dict[str, list[str]] = {}
        for pk in sorted(gone):
            typed = []
            for key in self._keys[pk]:
                field, text = self.fields[key], self._sent(TEXT, pk, key)
                was = opened.text(field, pk, self._row(pk, field), self._opened)
                if text and text != comparable(was or ""):
                    typed.append(f"{field.label}: {text}")
            if typed:
                found[str(opened.site(pk, self._opened) or pk)] = typed
        return found

    def _sent(self, start: str, pk: int, key: str) -> str:
        return comparable(self._data.get(f"{start}-{pk}-{key}", ""))

    def _row(self, pk: int, field: Column, start: str = ROW) -> Key | None:
        """The row that held the value of a cell."""
        if field.record is Site:
            return Site, pk
        sent = sent_number(self._data, f"{start}-{pk}-{field.key}")
        return None if sent is None else (field.record, sent)

    def _opened_texts(self, sites: Mapping[int, Site | None]) -> OpenedTexts:
        columns = [self.fields[key] for pk in sites for key in self._keys[pk]]
        rows = [
            self._row(pk, self.fields[key], start)
            for pk in sites
            for key in self._keys[pk]
            for start in (ROW, SHOWN_ROW)
        ]
        stored = {pk: site for pk, site in sites.items() if site is not None}
        keys = [row for row in rows if row is not None]
        return OpenedTexts(columns, keys, stored, [self._opened, self._shown])

    def _changed_cell(self, site: Site, field: Column, opened: OpenedTexts) -> ChangedCell | None:
        text, now = self._sent(TEXT, site.pk, field.key), comparable(field.text(site))
        if text == now:
            return None
        was, shown = (
            opened.text(field, site.pk, self._row(site.pk, field, start), number)
            for start, number in ((ROW, self._opened), (SHOWN_ROW, self._shown))
        )
        row, shown_row = self._sent(ROW, site.pk, field.key), _row_of(site, field)

        def same(a: str | None, b: str | None) -> bool:
            return a == b or (b == now and a is not None and field.is_stored(site, a))

        match outcome(None if was is None else comparable(was), now, text, same):
            case Outcome.SAME | Outcome.THEIRS:
                return None
            case Outcome.MINE:
                return ChangedCell(field, now, text, row=row)
        # A decision is valid only for the stored text that was shown with it.
        is_current = shown is not None and comparable(shown) == now
        decision = self._sent(DECISION, site.pk, field.key) if is_current else ""
        if decision == THEIRS:
            return None
        if decision == MINE:
            cell = ChangedCell(field, now, text, theirs=now, is_decided=True)
        else:
            cell = ChangedCell(field, was or "", text, theirs=now, is_conflict=True)
        cell.row, cell.shown_row = row, shown_row
        return cell


def _row_of(site: Site, field: Column) -> str:
    """The id of the row that holds the value of a cell, if that is not the site."""
    row = None if field.record is Site else field.row(site)
    return str(row.pk) if row is not None else ""


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
    """The columns in which a gap of the listed sites can be filled; see admin/lists/gaps.py."""
    kind, _dash, code = gap.partition("-")
    if kind == "text" and code:  # beside what it is to be translated from
        return [f"summary:{each}" for each in interface_languages()]
    return {"point": ["latitude", "longitude"], "place": ["place"], "kinds": ["kinds"]}.get(gap, [])


class TablePages(AdminPages):
    """A mixin of `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        return [self.own_path("table/", self.table_view, "table"), *super().get_urls()]

    def table_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        fields = editable_columns(FieldUse.TABLE, user_of(request))
        asked = ",".join(request.GET.getlist("field")).split(",")
        chosen = [fields[key] for key in fields if key in asked]
        chosen = chosen or list(fields.values())[:SHOWN_FIELDS]
        number = last_change_number()
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
            "opened": str(number) if request.method == "GET" else request.POST.get(OPENED, ""),
            "shown": request.POST.get(SHOWN, ""),
        }
        if request.method == "POST":
            sent = SentTable(request.POST, fields)
            open_sites = {pk: site for pk, site in sites.items() if pk in open_ids}
            changed = sent.changed_sites(open_sites)
            if "save" in request.POST and _is_decided(changed):
                response = self._save(request, changed, sent)
                if response is not None:
                    return response
                # Somebody has saved meanwhile: compare again with what is stored now.
                number = last_change_number()
                fresh = with_related(Site.objects.all(), fields.values()).in_bulk(list(open_ids))
                fresh = {pk: fresh[pk] for pk in sites if pk in fresh}
                changed = sent.changed_sites(fresh)
            self._tell_deleted(request, sent)
            if "back" not in request.POST:
                context |= {"changed": changed, "is_decided": _is_decided(changed)}
                context["shown"] = str(number)
                return self.page(request, "admin/table_preview.html", title, context)
        context["rows"] = [
            (site, [_cell(request, site, each, site.pk in open_ids) for each in chosen])
            for site in sites.values()
        ]
        return self.page(request, "admin/table.html", title, context)

    def _tell_deleted(self, request: HttpRequest, sent: SentTable) -> None:
        """Show what was typed for sites that somebody has deleted meanwhile."""
        for site, typed in sent.deleted_sites().items():
            tell_deleted(request, site, typed)

    def _save(
        self, request: HttpRequest, changed: list[ChangedSite], sent: SentTable
    ) -> HttpResponse | None:
        """Write everything, if the stored values are still those that were compared; otherwise
        nothing, and return None."""
        if not changed:
            self._tell_deleted(request, sent)
            self.message_user(request, _("Nothing was changed, so nothing was saved."))
            return redirect(request.get_full_path())
        comment = request.POST.get("comment", "").strip()[:300]
        with change_set("bulk", user_of(request), comment) as made, unit_of_work() as unit:
            unit.prepare_write(Site)
            ids = [each.site.pk for each in changed]
            rows = with_related(Site.objects.select_for_update(), sent.fields.values())
            stored = {site.pk: site for site in rows.filter(pk__in=ids)}
            again = sent.changed_sites(stored)
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
        self._tell_deleted(request, sent)
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
        return Cell(field, stored)
    name = f"{site.pk}-{field.key}"
    text = request.POST.get(f"{TEXT}-{name}", stored)
    attrs = field.attrs | {"aria-label": f"{site}: {field.label}"}
    control = field.form_field.widget.render(f"{TEXT}-{name}", text, attrs)
    row = request.POST.get(f"{ROW}-{name}", _row_of(site, field))
    shown_row = request.POST.get(f"{SHOWN_ROW}-{name}", "")
    is_decided = request.POST.get(f"{DECISION}-{name}") == MINE
    return Cell(field, text, control, row, shown_row, is_decided)


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
