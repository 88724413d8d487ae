"""The library of pictures: a list of all, many added at once, texts written side by side."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin import access
from heritage.admin.access import sent_number, user_of
from heritage.admin.actions import ReasonForm, chosen_ids, confirm, writing
from heritage.admin.form.inputs import thumbnail, thumbnail_address
from heritage.admin.lists.filters import Choices, Filters, SiteStateFilter
from heritage.admin.records.names_events_pictures import ImageForm, RowAdmin
from heritage.admin.writes import change_set, tell_deleted, with_undo_link
from heritage.exchange import pictures
from heritage.media import pending_uploads
from heritage.models import Image, Licence, Site
from heritage.models.row_values import column
from heritage.services.conflicts import Outcome, Since, last_change_number, outcome
from heritage.values.language import LanguageMap, interface_languages, language_name, proper_tag

MAX_FILES = pending_uploads.MAX_FILES  # at once
TEXTS_PER_PAGE = 20
OPENED = "opened"  # the number of the last change when the texts were shown
_LONGEST = 2_000  # characters of an alternative text or caption


class MissingFilter(admin.SimpleListFilter):
    """Filters pictures that lack something that readers need, or that are not shown."""

    title, parameter_name = gettext_lazy("what is missing"), "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [
            ("alt", _("alternative text")),
            *((f"alt-{code}", _alt_in(code)) for code in interface_languages()),
            ("credit", _("author or credit line")),
            ("licence", _("licence")),
            ("use", _("publication: nobody sees it")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        lacks = {
            "alt": _without_alt(),
            **{f"alt-{code}": ~Q(alt__has_key=code) for code in interface_languages()},
            "credit": Q(author="", credit_line=""),
            "licence": Q(licence__isnull=True),
            "use": Q(published=False) | ~Q(site__state=Site.State.PUBLISHED),
        }
        chosen = self.value() or ""
        return queryset.filter(lacks[chosen]) if chosen in lacks else None


def _alt_in(code: str) -> str:
    return _("alternative text in %(language)s") % {"language": language_name(code)}


def _without_alt() -> Q:
    found = Q()
    for code in interface_languages():
        found &= ~Q(alt__has_key=code)
    return found


# --- many at once ------------------------------------------------------------------------------


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    def clean(self, data: Any, initial: Any = None) -> Any:
        return data  # each is judged by itself


class PicturesForm(forms.Form):
    """The values that all pictures uploaded together have in common."""

    pictures = ManyFilesField(
        label=gettext_lazy("Pictures"),
        label_suffix="",
        required=False,
        widget=ManyFilesInput(attrs={"multiple": True, "accept": "image/*"}),
    )
    site = forms.CharField(
        label=gettext_lazy("Site of all"),
        label_suffix="",
        required=False,
        help_text=gettext_lazy(
            "Its name, address or reference. Empty: each file is named after its site, such as "
            "longmen-grottoes-2.jpg or 龙门石窟（2）.jpg."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    author = forms.CharField(
        label=gettext_lazy("Author of all"),
        label_suffix="",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    licence = forms.ModelChoiceField(
        Licence.objects.all(),
        label=gettext_lazy("Licence of all"),
        label_suffix="",
        required=False,
    )


@dataclass(slots=True)
class Uploaded:
    """A file that was sent: added, or with a reason why not."""

    name: str
    image: Image | None = None
    why: str = ""
    token: str = ""  # of the kept file, which needs no second upload
    chosen: str = ""  # the site that was named for it
    candidates: list[Site] = field(default_factory=list)


# --- texts side by side ------------------------------------------------------------------------


@dataclass(slots=True)
class TextInput:
    name: str  # of the input
    label: str
    lang: str
    value: str


@dataclass(slots=True)
class TextLine:
    image: Image
    address: str
    inputs: list[TextInput]
    error: str = ""


class CreditForm(ReasonForm):
    """A form of credits for several pictures; empty fields are not written."""

    field_order = ("author", "credit_line", "licence", "reason")
    author = forms.CharField(label=gettext_lazy("author"), required=False, max_length=200)
    credit_line = forms.CharField(label=gettext_lazy("credit line"), required=False, max_length=300)
    licence = forms.ModelChoiceField(
        Licence.objects.all(), label=gettext_lazy("licence"), required=False
    )


@admin.register(Image)
class ImageAdmin(RowAdmin):
    form = ImageForm
    list_display = ("thumbnail", "display_name", "site", "author", "licence", "published", "order")
    list_display_links = ("display_name",)
    list_filter: ClassVar[Filters] = (MissingFilter, SiteStateFilter, "published", "licence")
    list_select_related = ("site", "licence")
    search_fields = ("alt", "caption", "author", "credit_line", "site__name", "site__slug")
    textarea_rows = {"alt": 2, "caption": 2}
    change_list_template = "admin/pictures.html"
    actions = ("write_texts", "set_credit", "publish", "withdraw")

    class Media:
        js = (Script("js/admin/picture_fields.js", defer=True),)

    fieldsets = (
        (None, {"fields": ("site", "file", "alt", "caption", "taken")}),
        (
            gettext_lazy("Rights"),
            {"fields": (("author", "credit_line"), ("licence", "source_url"), "restrictions")},
        ),
        (
            gettext_lazy("How it is shown"),
            {"fields": (("focus_x", "focus_y"), ("order", "on_cards", "published"))},
        ),
    )

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, row: Image) -> str:
        return thumbnail(row)

    @admin.display(description=gettext_lazy("caption"))
    def display_name(self, row: Image) -> str:
        return str(row)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_path("upload/", self.upload_view, "upload"),
            self.own_path("texts/", self.texts_view, "texts"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = {"may_write_texts": self.has_change_permission(request)}
        return super().changelist_view(request, may | (extra_context or {}))

    # --- many at once

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Adds drafts of the pictures that match a site; the others are stored, and the page asks
        for their sites."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form, asked = PicturesForm(), list[Uploaded]()
        if request.method == "POST":
            form = PicturesForm(request.POST, request.FILES)
            form.full_clean()
            sent = list(self._sent(request))
            if not sent:
                form.add_error("pictures", _("Choose the pictures first."))
            elif len(sent) > MAX_FILES:
                text = _(
                    "These are more than %(count)s files. The first %(count)s are kept below: add "
                    "them, then choose the others."
                )
                form.add_error("pictures", text % {"count": MAX_FILES})
            done = []
            for upload, each in sent[:MAX_FILES]:
                with upload:  # one that was kept is an open file
                    if form.is_valid():
                        self._prepare(request, form, upload, each)
                    else:
                        self._keep(request, upload, each)
                done.append(each)
            self._add(request, [each for each in done if each.image])
            asked = [each for each in done if not each.image]
            if form.is_valid() and not asked:
                return redirect(self.own_url("changelist"))
        context = {"form": form, "asked": asked, "most": MAX_FILES, "media": self.media}
        return self.page(request, "admin/upload_pictures.html", _("Add pictures"), context)

    def _sent(self, request: HttpRequest) -> Iterator[tuple[UploadedFile, Uploaded]]:
        """The files, with the site that was chosen for each; those sent before come first."""
        for token in request.POST.getlist("pending"):
            upload = pending_uploads.take(user_of(request).pk, token)
            if upload is not None:
                chosen = request.POST.get(f"site-{token}", "")
                yield upload, Uploaded(upload.name or "", token=token, chosen=chosen)
        for upload in request.FILES.getlist("pictures"):
            yield upload, Uploaded(upload.name or "")

    @staticmethod
    def _keep(request: HttpRequest, upload: UploadedFile, sent: Uploaded) -> None:
        sent.token = sent.token or pending_uploads.keep(user_of(request).pk, upload)

    def _prepare(
        self, request: HttpRequest, form: PicturesForm, upload: UploadedFile, sent: Uploaded
    ) -> None:
        """Make an unsaved draft of an upload; or record why it cannot be made."""
        given = form.cleaned_data
        name = sent.name
        found = pictures.match(sent.chosen or given["site"] or name.rpartition(".")[0] or name)
        if found.site is None:
            sent.why, sent.candidates = found.question, found.candidates
            self._keep(request, upload, sent)
            return
        sent.token = ""
        if not self._may_add_to(request, found.site):
            sent.why = _("You may not change %(site)s.") % {"site": found.site}
            return
        try:
            upload.seek(0)
            image = pictures.add_draft(
                found.site,
                upload.read(),
                name,
                user_of(request),
                author=given["author"],
                licence=given["licence"],
            )
        except ValidationError as error:
            sent.why = " ".join(error.messages)
            return
        if pictures.same_as(image):
            sent.why = _("%(site)s has this picture already.") % {"site": found.site}
            return
        sent.image = image

    @staticmethod
    def _may_add_to(request: HttpRequest, site: Site) -> bool:
        return access.is_open(user_of(request), site)

    def _add(self, request: HttpRequest, added: list[Uploaded]) -> None:
        if not added:
            return
        with change_set("bulk", user_of(request)) as made:
            for each in added:
                if each.image is not None:
                    pictures.save_draft(each.image)
        text = ngettext(
            "%(count)s picture was added, not published yet.",
            "%(count)s pictures were added, not published yet.",
            len(added),
        )
        text = with_undo_link(text % {"count": len(added)}, made)
        self.message_user(request, text, messages.SUCCESS)

    # --- texts side by side

    def texts_view(self, request: HttpRequest) -> HttpResponse:
        """Alternative texts and captions of twenty pictures, those without a text first."""
        self.require_view_permission(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        number = last_change_number()
        rows = self.get_queryset(request).select_related("site")
        if chosen := request.GET.get("ids"):
            ids = [int(each) for each in chosen.split(",") if access.is_id(each)]
            rows = rows.filter(pk__in=ids)
        elif request.method == "GET":
            lacking = Q()
            for code in interface_languages():
                lacking |= ~Q(alt__has_key=code)
            rows = rows.filter(lacking)
        lines: list[TextLine] = []
        if request.method == "POST":
            sent = [int(each) for each in request.POST.getlist("image") if access.is_id(each)]
            lines, number = self._write_texts(request, rows, sent[:TEXTS_PER_PAGE])
            if not any(line.error for line in lines):
                return redirect(request.get_full_path())
        elif rows:
            found = rows.order_by("pk")
            lines = [
                _line(row)
                for row in found[: TEXTS_PER_PAGE * 3]
                if self.has_change_permission(request, row)
            ][:TEXTS_PER_PAGE]
        context = {"lines": lines, "opened": str(number), "left": rows.count()}
        context["media"] = self.media
        title = _("Texts of pictures")
        return self.page(request, "admin/picture_texts.html", title, context)

    def _write_texts(
        self, request: HttpRequest, rows: QuerySet[Image], ids: list[int]
    ) -> tuple[list[TextLine], int]:
        """Write changed texts; those that somebody else has changed meanwhile are shown instead.

        Returns the lines, and the number of the last change when they were compared.
        """
        opened_at = sent_number(request.POST, OPENED)
        lines, count = [], 0
        with writing(request) as made:
            number = last_change_number()
            since = Since({(Image, pk): [opened_at] for pk in ids})
            stored = {row.pk: row for row in rows.filter(pk__in=ids)}
            for pk in ids:
                row = stored.get(pk)
                opened = since.opened((Image, pk), opened_at, row)
                was = cast("Image", opened[0]) if opened else None
                if row is None:
                    self._tell_deleted(request, pk, was)
                    continue
                line = _line(row)
                if _take_texts(request, row, was, line) and not line.error:
                    if not self.has_change_permission(request, row):
                        raise PermissionDenied
                    try:
                        row.full_clean()
                    except ValidationError as error:
                        line.error = " ".join(error.messages)
                    else:
                        row.save(update_fields=["alt", "caption"])
                        count += 1
                lines.append(line)
        if count:
            text = ngettext(
                "The texts of %(count)s picture were saved.",
                "The texts of %(count)s pictures were saved.",
                count,
            )
            text = with_undo_link(text % {"count": count}, made)
            self.message_user(request, text, messages.SUCCESS)
        return lines, number

    def _tell_deleted(self, request: HttpRequest, pk: int, was: Image | None) -> None:
        """Show what was typed for a picture that somebody has deleted meanwhile."""
        inputs = _line(was or Image(pk=pk)).inputs
        sent = [(each.value, _sent_text(request, each.name)) for each in inputs]
        if typed := [text for opened, text in sent if text and text != opened]:
            tell_deleted(request, was or pk, typed)

    # --- actions

    @admin.action(description=gettext_lazy("Write alternative texts"), permissions=["change"])
    def write_texts(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse:
        ids = queryset.order_by("pk").values_list("pk", flat=True)[: TEXTS_PER_PAGE * 10]
        return redirect(f"{self.own_url('texts')}?ids={','.join(map(str, ids))}")

    @admin.action(description=gettext_lazy("Set author and licence"), permissions=["change"])
    def set_credit(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        ids = chosen_ids(self, request, queryset)
        note = ngettext(
            "%(counter)s picture is written: what is left empty stays as it is.",
            "%(counter)s pictures are written: what is left empty stays as it is.",
            len(ids),
        )
        page = ids and confirm(
            self,
            request,
            ids,
            title=_("Set author and licence"),
            button=_("Save"),
            notes=[note % {"counter": len(ids)}],
            form_class=CreditForm,
            model=Image,
        )
        if page:
            return page
        form = CreditForm(request.POST)
        form.fields["reason"].required = False  # as `confirm()` has it
        if ids and form.is_valid():
            values = {
                name: form.cleaned_data[name] for name in form.cleaned_data if name != "reason"
            }
            self._set(request, queryset, {name: value for name, value in values.items() if value})
        return None

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        self._set(request, queryset, {"published": True})

    @admin.action(description=gettext_lazy("Withdraw from readers"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        self._set(request, queryset, {"published": False})

    def _set(self, request: HttpRequest, queryset: QuerySet[Image], values: dict[str, Any]) -> None:
        """Write values to each picture that may have them; messages say why others may not."""
        changed, refused = 0, []
        made = None
        if values:
            with writing(request) as made:
                for row in queryset.select_related("site"):
                    if not self.has_change_permission(request, row):
                        refused.append((row, _("You may not change it.")))
                        continue
                    before = {name: getattr(row, name) for name in values}
                    for name, value in values.items():
                        setattr(row, name, value)
                    with suppress(ValidationError):
                        row.full_clean()
                        if before != values:
                            row.save(update_fields=[*values])
                            changed += 1
                        continue
                    refused.append((row, _why_not(row)))
        if changed and made is not None:
            text = ngettext(
                "%(count)s picture was changed.", "%(count)s pictures were changed.", changed
            )
            text = with_undo_link(text % {"count": changed}, made)
            self.message_user(request, text, messages.SUCCESS)
        elif not refused:
            self.message_user(request, _("There was nothing to change."), messages.INFO)
        for row, why in refused[:10]:
            text = _("%(site)s, %(picture)s: %(why)s")
            values_of = {"site": row.site, "picture": row, "why": why}
            self.message_user(request, text % values_of, messages.WARNING)
        if len(refused) > 10:
            more = ngettext("%(count)s more.", "%(count)s more.", len(refused) - 10)
            self.message_user(request, more % {"count": len(refused) - 10}, messages.WARNING)


def _why_not(row: Image) -> str:
    try:
        row.full_clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _line(row: Image) -> TextLine:
    """A picture with an input for each text and language, filled with the stored text."""
    inputs = []
    for name in ("alt", "caption"):
        label = column(Image, name).verbose_name
        for code in interface_languages():
            words = {"what": label, "language": language_name(code)}
            named = _("%(what)s (%(language)s)") % words
            text = str(getattr(row, name).get(code, ""))
            inputs.append(TextInput(f"{row.pk}-{name}-{code}", named, proper_tag(code), text))
    return TextLine(row, thumbnail_address(row), inputs)


def _take_texts(request: HttpRequest, row: Image, was: Image | None, line: TextLine) -> bool:
    """Set what was typed on the unsaved row; returns whether it differs from the stored one.

    `was` is the picture as the page showed it; None if that is not known.
    """
    is_changed = False
    for each in line.inputs:
        _pk, name, code = each.name.split("-", 2)
        opened = None if was is None else str(getattr(was, name).get(code, ""))
        now, mine = each.value, _sent_text(request, each.name)
        match outcome(opened, now, mine):
            case Outcome.MINE:
                texts = {**getattr(row, name), code: mine}
                setattr(row, name, LanguageMap({k: v for k, v in texts.items() if v}))
                is_changed, each.value = True, mine
            case Outcome.CONFLICT:
                line.error = _("Somebody else has written “%(text)s” meanwhile.") % {"text": now}
                each.value = mine
    return is_changed


def _sent_text(request: HttpRequest, name: str) -> str:
    return " ".join(request.POST.get(name, "").replace("\0", "").split())[:_LONGEST]
