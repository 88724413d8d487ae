"""The list of change sets, the page of one change set, and the page that undoes it."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from heritage.admin.access import user_of
from heritage.admin.changes.history import Entry, comments_of, entries
from heritage.admin.changes.undo_page import UndoRequest, undo_page
from heritage.admin.changes.written_records import WrittenRecords, written_records
from heritage.admin.pages import ReadOnlyPages
from heritage.models import Change, ChangeSet, Record, User
from heritage.services.undo import MAX_CHANGES, why_thinned
from heritage.values.html import link

PER_PAGE = 40  # rows of a change set


@admin.register(ChangeSet)
class ChangeSetAdmin(ReadOnlyPages):
    """The admin of change sets, which only the write path writes; each can be undone."""

    list_display = ("time", "author", "records", "comment", "kind")
    list_display_links = ("time",)
    list_filter = ("kind", ("user", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("reason", "user__username", "user__last_name")
    row_related = ("user", "undoes__user")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)

    @admin.display(description=_("time"), ordering="pk")
    def time(self, change_set: ChangeSet) -> datetime:
        return change_set.at

    @admin.display(description=_("who"), ordering="user_id")
    def author(self, change_set: ChangeSet) -> str:
        return change_set.author

    @admin.display(description=_("records"))
    def records(self, change_set: ChangeSet) -> str:
        written: WrittenRecords = change_set.written  # type: ignore[attr-defined]
        links = [
            link(url=each.url, text=each.name) if each.url else format_html("{}", each.name)
            for each in written.links
        ]
        if written.more:
            more = _("and %(count)s more") % {"count": number_format(written.more)}
            links.append(format_html("{}", more))
        return format_html_join(" · ", "{}", ((link,) for link in links))

    @admin.display(description=_("what"))
    def comment(self, change_set: ChangeSet) -> str:
        return change_set.words  # type: ignore[attr-defined]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        shown = list(changelist.result_list)
        comments, written = comments_of(shown), written_records(shown)
        for change_set in shown:
            change_set.words = comments[change_set.pk]
            change_set.written = written[change_set.pk]
        changelist.result_list = shown
        return changelist

    # --- pages

    def get_urls(self) -> list[URLPattern]:
        undo = self.own_path("<int:pk>/undo/", self.undo_view, "undo")
        return [undo, *super().get_urls()]

    def row_page(self, request: HttpRequest, change_set: ChangeSet) -> HttpResponse:
        """The changes of a change set, row by row."""
        models = _seen_by(user_of(request))
        changes = change_set.changes.filter(model__in=models).order_by("pk")
        page = Paginator(changes, PER_PAGE).get_page(request.GET.get("p"))
        context = {
            "entry": entry_of(change_set, list(page)),
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "why_not": why_thinned(change_set),
            "undone_by": change_set.undone_by.select_related("user"),
        }
        return self.page(request, "admin/change_set.html", _title(change_set), context)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        change_set = self.row_or_404(request, pk)
        asked = UndoRequest(
            title=_("Undo all of it?"),
            changes=list(change_set.changes.order_by("pk")[: MAX_CHANGES + 1]),
            trail=[(self.own_url("change", pk), _title(change_set))],
            back=self.own_url("changelist"),
            undoes=change_set,
            every=change_set.changes.get_queryset(),
            job={"change_set": pk},
            why_not=why_thinned(change_set),
        )
        return undo_page(self, request, asked)


def _title(change_set: ChangeSet) -> str:
    return comments_of([change_set])[change_set.pk] or capfirst(change_set.get_kind_display())


def _seen_by(user: User) -> list[int]:
    """Content types of the records that the user may view."""
    return [
        content_type.pk
        for content_type in ContentType.objects.filter(app_label="heritage")
        if (model := content_type.model_class())
        and issubclass(model, Record)
        and user.has_perm(f"heritage.view_{content_type.model}")
    ]


def entry_of(change_set: ChangeSet, changes: list[Change]) -> Entry:
    """The changes of a change set, with rows named as they were at that time."""
    rows: dict[int, set[int]] = defaultdict(set)
    last = max((change.pk for change in changes), default=0)
    for change in changes:
        rows[change.model_id].add(change.object_id)
    earlier: list[Change] = []
    for model, ids in rows.items():
        of_rows = Change.objects.filter(model=model, object_id__in=ids, pk__lte=last)
        earlier += of_rows.exclude(change_set=change_set).order_by("pk")
    every = sorted([*earlier, *changes], key=lambda change: change.pk)
    return next(iter(entries([change_set], every)))
