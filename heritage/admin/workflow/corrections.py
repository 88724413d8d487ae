"""The queue of readers' corrections. Contributors may look at it, editors decide."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from heritage.admin.access import user_of
from heritage.admin.form.record_admin import RecordAdmin
from heritage.admin.form.record_form import Fields
from heritage.admin.workflow.decisions import ANCHORS, DecisionPages, beside_url
from heritage.admin.writes import change_set
from heritage.models import Correction, chunks
from heritage.values.html import fragment, link
from heritage.values.language import language_in_words

_LINK_OF_READER = fragment("links/of_reader.html")

_SENT: tuple[str, ...] = (
    "site",
    "where",
    "topic",
    "text",
    "suggestion",
    "source",
    "written_in",
    "created_at",
)
_OFFERED: tuple[str, ...] = (
    "site",
    "where",
    "text",
    "suggestion",
    "author",
    "licence",
    "written_in",
    "created_at",
)
_DECIDED = ("decided_by", "decided_at")


def _decide(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any], state: str
) -> None:
    ids = list(queryset.exclude(state=state).values_list("pk", flat=True))
    chosen: list[Correction] = []
    with change_set("bulk", user_of(request)) as running:
        running.detail["correction"] = str(state)
        for chunk in chunks(ids):
            rows = Correction.objects.select_for_update().filter(pk__in=chunk)
            chosen += rows.exclude(state=state).order_by("pk")
        for correction in chosen:
            correction.decide(state, user_of(request))
            correction.save(update_fields=["state", "picture", "decided_by", "decided_at"])
    text = ngettext(
        "%(count)s correction is now: %(state)s.",
        "%(count)s corrections are now: %(state)s.",
        len(chosen),
    ) % {"count": len(chosen), "state": Correction.State(state).label}
    model_admin.message_user(request, text, messages.SUCCESS)


@admin.action(description=_("Mark as accepted"), permissions=["change"])
def accept(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    _decide(model_admin, request, queryset, Correction.State.ACCEPTED)


@admin.action(description=_("Mark as declined"), permissions=["change"])
def decline(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    _decide(model_admin, request, queryset, Correction.State.DECLINED)


@admin.action(description=_("Mark as spam"), permissions=["change"])
def mark_spam(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    _decide(model_admin, request, queryset, Correction.State.SPAM)


@admin.register(Correction)
class CorrectionAdmin(DecisionPages, RecordAdmin):
    list_display = (
        "about",
        "reader_text",
        "state",
        "written_in",
        "created_at",
        "decided_by",
        "decide_link",
    )
    list_filter = ("state", "topic", "language", "created_at")
    list_select_related = ("site", "decided_by")
    search_fields = ("text", "suggestion", "site__name", "site__slug")
    actions = (accept, decline, mark_spam)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "state" in form.changed_data:
            obj.decide(obj.state, user_of(request))
        super().save_model(request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if obj.state == Correction.State.ACCEPTED:
            text = _("The record itself is not changed by this: {}.")
            self.message_user(request, format_html(str(text), self.where(obj)), messages.WARNING)
        return super().response_change(request, obj)

    @admin.display(description=_("where to change it"))
    def where(self, correction: Correction) -> str:
        """Links to the field that the correction is about, and to the public page."""
        decide = reverse("admin:heritage_correction_decide", args=[correction.pk])
        field = f"{beside_url(correction)}#{ANCHORS.get(correction.topic, 'content-main')}"
        links = (
            link(url=decide, text=_("Decide beside the record")),
            link(url=field, text=_("Edit %(site)s") % {"site": correction.site}),
            link(url=reverse("web:site", args=[correction.site.slug]), text=_("Public page")),
        )
        return SafeString(" · ".join(links))

    def get_fieldsets(self, request: HttpRequest, obj: Correction | None = None) -> Fields:
        # Only those who may answer see the address.
        may_answer = self.has_change_permission(request, obj)
        sent = _OFFERED if obj is not None and obj.licence_id else _SENT
        if may_answer:
            sent = (*sent, "email")
        return (
            (_("Sent by a reader"), {"fields": sent}),
            (_("What the editors say"), {"fields": ("state", "answer", "note", *_DECIDED)}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Fields:
        return (*_SENT, "author", "licence", "email", "answer", *_DECIDED)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # readers write them

    @admin.display(description=_("correction"), ordering="site__slug")
    def about(self, correction: Correction) -> str:
        return str(correction)

    @admin.display(description=_("language"), ordering="language")
    def written_in(self, correction: Correction) -> str:
        return language_in_words(correction.language)

    @admin.display(description=_("beside the record"))
    def decide_link(self, correction: Correction) -> str:
        address = reverse("admin:heritage_correction_decide", args=[correction.pk])
        return link(url=address, text=_("decide"))

    @admin.display(description=_("what is wrong"))
    def reader_text(self, correction: Correction) -> str:
        return correction.text if len(correction.text) < 120 else f"{correction.text[:119]}…"

    @admin.display(description=_("where that can be read"))
    def source(self, correction: Correction) -> str:
        """A link from the reader; the catalogue itself never fetches it."""
        if not correction.link.startswith(("https://", "http://")):
            return correction.link or "–"
        return _LINK_OF_READER(url=correction.link)
