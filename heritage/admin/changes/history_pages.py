"""Pages of a model's records: their history, what it undoes, and the deleted ones."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from heritage.admin.access import is_id
from heritage.admin.changes.history import Entry, History, deleted_names
from heritage.admin.changes.undo_page import (
    UndoRequest,
    rows_and_columns,
    undo_page,
    writers_of,
)
from heritage.admin.pages import AdminPages
from heritage.models import ChangeSet, ThinnedHistory
from heritage.services.history import changes_of, deletions_of
from heritage.services.thinning import sets_of
from heritage.services.undo import MAX_CHANGES, changes_with, why_thinned, why_unknown

PER_PAGE = 30  # change sets
DELETED_PER_PAGE = 50
THINNED_SHOWN = 200  # change sets that a thinned history names


class HistoryPages(AdminPages):
    """A mixin of `RecordAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        undo = "<int:pk>/history/<int:change_set>/undo/"
        return [
            self.own_path(undo, self.undo_view, "undo"),
            self.own_path("deleted/", self.deleted_view, "deleted"),
            self.own_path("deleted/<int:pk>/", self.restore_view, "restore"),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history page, newest first."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_or_change_permission(request, row):
            return super().history_view(request, object_id, extra_context)  # which refuses
        found = cast(Sequence[Entry], History(row))
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
        context = {
            "entries": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "may_undo": self.has_change_permission(request, row),
            "latest": page.number == 1,
            "thinned": (thinned := ThinnedHistory.objects.for_record(row)),
            "thinned_sets": sets_of(thinned)[:THINNED_SHOWN] if thinned else [],
            "module_name": capfirst(str(self.opts.verbose_name_plural)),
            "object": row,
            **(extra_context or {}),
        }
        title = _("Change history: %s") % row
        return self.page(request, "admin/record_history.html", title, context)

    def undo_view(self, request: HttpRequest, pk: int, change_set: int) -> HttpResponse:
        """Undoes everything after a change set; with `row` and `column`, only that column,
        including what the change set wrote to it.

        With `language`, only that language of a translated text.
        """
        row = self.object_or_404(request, pk, "change")
        if not is_id(str(change_set)):
            raise Http404
        changes, later = changes_of(row), None
        only = rows_and_columns(request.GET)
        since = changes.filter(change_set__gt=change_set)
        if only:
            [(model, object_id)] = only
            of_row = {"model": ContentType.objects.get_for_model(model), "object_id": object_id}
            later = writers_of(since.filter(**of_row)[:MAX_CHANGES], only)
            since = changes.filter(change_set__gte=change_set, **of_row)
        history = self.own_url("history", pk)
        of = ChangeSet.objects.filter(pk=change_set).first()
        asked = UndoRequest(
            title=_("Undo this change?") if only else _("Undo all changes since then?"),
            changes=list(since[: MAX_CHANGES + 1]),
            trail=[(self.own_url("change", pk), str(row)), (history, _("History"))],
            back=history,
            only=only,
            later=later,
            why_not=((only and why_thinned(of)) or why_unknown(row, of)) if of else "",
        )
        if of and not only:
            latest = since.order_by("-pk").values_list("pk", flat=True).first()
            asked.every = since
            asked.job = {
                "change_set": of.pk, "record": [row._meta.label_lower, row.pk], "upto": latest,
            }  # fmt: skip
        return undo_page(self, request, asked)

    # --- what was deleted

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"has_deleted": True, **(extra_context or {})})

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """The deleted records of this model that have not been restored, latest first."""
        self.require_view_permission(request)
        there = self.model._default_manager.order_by().values("pk")
        deletions = deletions_of(self.model).exclude(object_id__in=there)
        deletions = deletions.select_related("change_set__user")
        page = Paginator(deletions, DELETED_PER_PAGE).get_page(request.GET.get("p"))
        context = {
            "rows": list(zip(page, deleted_names(self.model, list(page)), strict=True)),
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "may_restore": self.has_add_permission(request),
            "restore": f"admin:heritage_{self.opts.model_name}_restore",
        }
        title = _("Recycle bin: %(kind)s") % {"kind": self.opts.verbose_name_plural}
        return self.page(request, "admin/deleted.html", title, context)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Restores a deleted record with its rows."""
        self.require_view_permission(request)
        deletion = deletions_of(self.model).filter(pk=pk).select_related("change_set").first()
        if deletion is None:
            raise Http404
        deleted = self.own_url("deleted")
        asked = UndoRequest(
            title=_("Restore “%(name)s”?") % {"name": deleted_names(self.model, [deletion])[0]},
            changes=changes_with(deletion),
            trail=[(deleted, _("Recycle bin"))],
            back=deleted,
            then=self.own_url("change", deletion.object_id),
            kind=ChangeSet.Kind.RESTORE,
            later=ChangeSet.objects.none(),
        )
        return undo_page(self, request, asked)
