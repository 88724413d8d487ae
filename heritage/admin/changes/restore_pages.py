"""Pages of a record: restore it or one of its columns, and the list of deleted records."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from heritage.admin.access import is_id
from heritage.admin.changes import undo_pages
from heritage.admin.changes.history import deleted_names
from heritage.admin.pages import AdminPages
from heritage.models import ChangeSet
from heritage.services.history import changes_of, deletions_of
from heritage.services.undo import MAX_CHANGES, changes_with

DELETED_PER_PAGE = 50


class RestorePages(AdminPages):
    """For `RecordAdmin`: pages that restore a record."""

    def get_urls(self) -> list[URLPattern]:
        restore = "<int:pk>/history/<int:change_set>/restore/"
        return [
            self.own_path(restore, self.restore_view, "restore"),
            self.own_path("deleted/", self.deleted_view, "deleted"),
            self.own_path("deleted/<int:pk>/", self.restore_deleted_view, "restore_deleted"),
            *super().get_urls(),
        ]

    def restore_view(self, request: HttpRequest, pk: int, change_set: ChangeSet) -> HttpResponse:
        """The record as it was after a change set; with `row` and `column`, one value before it.

        With `language`, only that language of a translated text.
        """
        row = self.object_or_404(request, pk, "change")
        if not is_id(str(change_set)):
            raise Http404
        changes = changes_of(row)
        later = None
        only = undo_pages.rows_and_columns(request.GET)
        if only:
            [(model, object_id)] = only
            content_type = ContentType.objects.get_for_model(model)
            changes = changes.filter(change_set__gte=change_set, model=content_type)
            changes = changes.filter(object_id=object_id)
            since = changes.filter(change_set__gt=change_set)[:MAX_CHANGES]
            later = undo_pages.writers_of(since, only)
        else:
            changes = changes.filter(change_set__gt=change_set)
        history = self.own_url("history", pk)
        asked = undo_pages.RevertRequest(
            title=_("Restore this value?") if only else _("Restore the record as it was then?"),
            changes=list(changes[: MAX_CHANGES + 1]),
            kind=ChangeSet.Kind.RESTORE,
            back=history,
            button=_("Restore"),
            only=only,
            later=later,
            trail=[
                (self.own_url("changelist"), self.opts.verbose_name_plural),
                (self.own_url("change", pk), str(row)),
                (history, _("History")),
            ],
        )
        return undo_pages.revert_view(self.admin_site, request, asked)

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
            "restore": f"admin:heritage_{self.opts.model_name}_restore_deleted",
        }
        title = _("Recycle bin: %(kind)s") % {"kind": self.opts.verbose_name_plural}
        return self.page(request, "admin/deleted.html", title, context)

    def restore_deleted_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.require_view_permission(request)
        deletion = deletions_of(self.model).filter(pk=pk).select_related("change_set").first()
        if deletion is None:
            raise Http404
        deleted = self.own_url("deleted")
        asked = undo_pages.RevertRequest(
            title=_("Restore “%(name)s”?") % {"name": deleted_names(self.model, [deletion])[0]},
            changes=changes_with(deletion),
            kind=ChangeSet.Kind.RESTORE,
            back=deleted,
            then=self.own_url("change", deletion.object_id),
            button=_("Restore"),
            later=ChangeSet.objects.none(),
            trail=[
                (self.own_url("changelist"), self.opts.verbose_name_plural),
                (deleted, _("Recycle bin")),
            ],
        )
        return undo_pages.revert_view(self.admin_site, request, asked)
