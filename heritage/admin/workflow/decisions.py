"""A reader's correction is applied to the record or declined, and answered.

Fields of one text are changed on the page of the decision itself; rows in the form of the site,
which shows the correction beside them and accepts it with the save (`CorrectedForm`). A photograph
that a reader offers becomes a draft of a picture of the site.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from heritage.admin.access import is_id, sent_number, user_of
from heritage.admin.form.editing import editing_of
from heritage.admin.form.inlines import RecordInline, stored_rows
from heritage.admin.form.record_admin import COMMENT, OPEN, RecordAdmin
from heritage.admin.pages import AdminPages
from heritage.admin.writes import change_set
from heritage.exchange import (
    AmbiguousName,
    Column,
    OpenedTexts,
    comparable,
    editable_columns,
    pictures,
)
from heritage.media import ImageRefused, make_safe, renditions
from heritage.models import ChangeSet, Correction, FieldUse, Image, Site, User
from heritage.models.unit_of_work import unit_of_work
from heritage.services import send_mail
from heritage.services.conflicts import last_change_number
from heritage.values.language import LanguageMap, interface_languages, join_sentences, join_words

# By topic, the id of what it is about in the form of a site.
ANCHORS = {
    "name": "id_name__en",
    "dates": "events-group",
    "position": "id_coordinates",
    "status": "coverages-group",
    "visit": "openings-group",
    "picture": "images-group",
    "text": "id_summary__en",
}
# By topic, the field or the set of rows that is offered first; of texts the one in the reader's
# language.
_FIELDS = {
    "name": "name",
    "text": "summary",
    "position": "point",
    "dates": "events",
    "status": "coverages",
    "visit": "openings",
    "picture": "images",
}
_WITHOUT_LANGUAGE = {"point", "events", "coverages", "openings", "images"}  # in no language
# In the form of a site: the correction that is shown beside it, and what is said of it.
BESIDE, ACCEPT = "correction", "_accept"
_ANSWER, _NOTE, _STATE = "_correction_answer", "_correction_note", "_correction_state"
_LONGEST_ANSWER = 4_000
_SHOWN_WIDTH = 1280  # pixels of a photograph that is offered
APPLY, ADD = "apply", "add"
_DECISIONS = {
    APPLY: Correction.State.ACCEPTED,
    ADD: Correction.State.ACCEPTED,
    "accept": Correction.State.ACCEPTED,
    "decline": Correction.State.DECLINED,
    "spam": Correction.State.SPAM,
}


class DecisionPages(AdminPages):
    """A mixin of `CorrectionAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_path("<int:pk>/decide/", self.decide_view, "decide"),
            self.own_path("<int:pk>/picture/", self.picture_view, "picture"),
            *super().get_urls(),
        ]

    def picture_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An offered photograph, encoded again: the file that was sent is never shown itself."""
        correction = self.object_or_404(request, pk, "change")
        try:
            safe = make_safe(
                _file_of(correction),
                max_bytes=settings.IMAGE_MAX_BYTES,
                max_pixels=settings.IMAGE_MAX_PIXELS,
            )
            file = io.BytesIO(safe.content)
            [shown, *_more] = renditions.encode(file, [min(safe.width, _SHOWN_WIDTH)])
        except (OSError, ImageRefused) as error:
            raise Http404 from error
        response = HttpResponse(shown.content, content_type=f"image/{shown.form}")
        response["Cache-Control"] = "private, no-store"
        return response

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        correction = self.object_or_404(request, pk, "change")
        number = last_change_number()
        site = Site.objects.get(pk=correction.site_id)
        fields = editable_columns(FieldUse.CORRECTION, user_of(request))
        sites: Any = self.admin_site.get_model_admin(Site)
        may_apply = sites.has_change_permission(request, site)
        may_add = may_apply and user_of(request).has_perm("heritage.add_image")
        sets = {each.prefix: each for each in _row_sets(sites, request, site)}
        key = request.GET.get("field", "")
        if key not in fields and key not in sets:
            key = _usual_key(correction)
        # Rows are changed in the form of the site.
        field = None if key in sets else fields[key]
        text, error = field.text(site) if field else "", ""
        if request.method == "POST":
            if request.POST.get("do") not in _DECISIONS:
                raise PermissionDenied
            if request.POST["do"] == APPLY and not (may_apply and field):
                raise PermissionDenied
            if request.POST["do"] == ADD and not (may_add and correction.picture):
                raise PermissionDenied
            error, image = self._decide(request, correction, field)
            if image is not None:
                return redirect("admin:heritage_image_change", image.pk)
            if not error:
                return redirect(self.own_url("changelist"))
            text = request.POST.get("text", "")
        anchor = ANCHORS.get(correction.topic, "content-main")
        context = {
            "correction": correction,
            "site": site,
            "public": reverse("web:site", args=[site.slug]),
            "form_url": f"{beside_url(correction)}#{anchor}",
            "field": field,
            "opened": str(number),
            "key": key,
            "offered": [(each.key, each.label) for each in fields.values()],
            "sets": [(each.prefix, capfirst(each.verbose_name_plural)) for each in sets.values()],
            **(_field_context(field, site, text) if field else {}),
            **(_rows_context(request, correction, sets[key]) if key in sets else {}),
            "error": error,
            "may_apply": may_apply,
            "may_add": may_add,
            "is_mail_set_up": settings.MAIL_IS_SET_UP,
            "answer": request.POST.get("answer", correction.answer),
            "note": request.POST.get("note", correction.note),
        }
        title = _("Correction: %(what)s") % {"what": correction}
        return self.page(request, "admin/decide.html", title, context)

    def _decide(
        self, request: HttpRequest, correction: Correction, field: Column | None
    ) -> tuple[str, Image | None]:
        """Carry out the decision in one change set. Returns the errors, and a picture, if any."""
        decision, image = request.POST["do"], None
        if decision == ADD:
            try:
                image = _draft_of(correction, user_of(request))
            except ValidationError as error:
                return join_sentences(error.messages), None
        with (
            change_set(ChangeSet.Kind.CORRECTION, user_of(request)) as made,
            unit_of_work() as unit,
        ):
            unit.prepare_write(Site)
            stored = Correction.objects.select_for_update().get(pk=correction.pk)
            if stored.state != correction.state or stored.state != request.POST.get("state"):
                return _("Somebody has decided this meanwhile."), None
            if decision == APPLY and field:
                if problem := _apply(request, stored, field):
                    return problem, None
                made.detail["reader"] = stored.suggestion or stored.text
            made.detail["correction"] = str(_DECISIONS[decision])
            answer, note = request.POST.get("answer", ""), request.POST.get("note", "")
            if image is not None:
                pictures.save_draft(image)
                stored.picture = ""  # the new picture has the file
            _settle(request, stored, _DECISIONS[decision], answer, note)
        self.message_user(request, _is_now(stored), messages.SUCCESS)
        if image is not None:
            text = _("The photograph is a draft of the site: look at its texts and publish it.")
            self.message_user(request, text, messages.SUCCESS)
        return "", image


class CorrectedForm(RecordAdmin):
    """The form of a site with a reader's correction beside it; for `SiteAdmin`."""

    def _beside(self, request: HttpRequest, site: Site | None) -> Correction | None:
        """The correction that the form was opened with, for those who may decide it."""
        pk = request.GET.get(BESIDE, "")
        if site is None or not is_id(pk):
            return None
        corrections = self.admin_site.get_model_admin(Correction)
        found = Correction.objects.filter(pk=pk, site=site).first()
        return found if found and corrections.has_change_permission(request, found) else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        correction = self._beside(request, context.get("original"))
        if correction:
            context |= {
                "correction": correction,
                "correction_answer": request.POST.get(_ANSWER, correction.answer),
                "correction_note": request.POST.get(_NOTE, correction.note),
                "accepts": request.method == "GET" or ACCEPT in request.POST,
                "is_mail_set_up": settings.MAIL_IS_SET_UP,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @contextmanager
    def change_set_of(self, request: HttpRequest) -> Iterator[ChangeSet]:
        if ACCEPT not in request.POST:
            with super().change_set_of(request) as made:
                yield made
            return
        reason = request.POST.get(COMMENT, "").strip()
        with change_set(
            ChangeSet.Kind.CORRECTION, user_of(request), reason, all_or_nothing=True
        ) as made:
            yield made

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        correction = self._beside(request, form.instance) if ACCEPT in request.POST else None
        if correction is None or not editing_of(request).is_writing:
            return
        stored = Correction.objects.select_for_update().get(pk=correction.pk)
        if stored.state != request.POST.get(_STATE):
            text = _("The record was saved, but somebody has decided the correction meanwhile.")
            self.message_user(request, text, messages.WARNING)
            return
        with unit_of_work() as unit:
            unit.change_set.detail |= {
                "reader": stored.suggestion or stored.text,
                "correction": str(Correction.State.ACCEPTED),
            }
        answer, note = request.POST.get(_ANSWER, ""), request.POST.get(_NOTE, "")
        _settle(request, stored, Correction.State.ACCEPTED, answer, note)
        self.message_user(request, _is_now(stored), messages.SUCCESS)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        correction = self._beside(request, obj) if ACCEPT in request.POST else None
        if correction is None:
            return response
        if not editing_of(request).is_writing:
            text = _("The correction is still open: nothing was changed in the record.")
            self.message_user(request, text, messages.WARNING)
            return redirect("admin:heritage_correction_decide", correction.pk)
        return (
            response
            if "_save" not in request.POST
            else redirect("admin:heritage_correction_changelist")
        )


def beside_url(correction: Correction, prefix: str = "") -> str:
    """The URL of the form of the site with a correction beside it, and all rows of one set open."""
    query = {BESIDE: correction.pk} | ({OPEN: prefix} if prefix else {})
    form = reverse("admin:heritage_site_change", args=[correction.site_id])
    return f"{form}?{urlencode(query)}"


def _row_sets(sites: Any, request: HttpRequest, site: Site) -> list[RecordInline]:
    inlines = sites.get_inline_instances(request, site)
    return [inline for inline in inlines if isinstance(inline, RecordInline)]


def _field_context(field: Column, site: Site, text: str) -> dict[str, Any]:
    attrs = field.attrs | {"id": "decide-text", "rows": 8}
    return {
        "label": field.label,
        "stored": field.text(site),
        "control": field.form_field.widget.render("text", text, attrs),
    }


def _rows_context(
    request: HttpRequest, correction: Correction, inline: RecordInline
) -> dict[str, Any]:
    """The stored rows that a correction is about, and the link to where they are changed."""
    return {
        "label": capfirst(str(inline.verbose_name_plural)),
        "rows": [inline.row_label(row) for row in stored_rows(request, inline, correction.site)],
        "rows_url": f"{beside_url(correction, inline.prefix)}#{inline.prefix}-group",
    }


def _settle(
    request: HttpRequest, stored: Correction, state: Correction.State, answer: str, note: str
) -> None:
    """Decide a correction; a new answer is sent to the reader, unless it was spam."""
    answer = answer.strip()[:_LONGEST_ANSWER]
    stored.decide(state, user_of(request))
    stored.note = note.strip()[:_LONGEST_ANSWER]
    is_new_answer = answer and answer != stored.answer and state != Correction.State.SPAM
    if is_new_answer:
        stored.answer = answer
    stored.save()
    if is_new_answer and stored.email:
        _answer(request, stored)


def _file_of(correction: Correction) -> bytes:
    """The photograph as it was sent; raises OSError if the file no longer exists."""
    if not correction.picture:
        raise FileNotFoundError
    with correction.picture.open("rb") as file:
        return file.read()


def _draft_of(correction: Correction, user: User) -> Image:
    """The photograph as a picture of the site, not yet saved; raises ValidationError."""
    try:
        data = _file_of(correction)
    except OSError as error:
        raise ValidationError(_("The file is not there any more.")) from error
    image = pictures.add_draft(
        correction.site,
        data,
        correction.picture.name or "",
        user,
        author=correction.author,
        licence=correction.licence,
        alt=LanguageMap({correction.language: correction.text}),
    )
    if pictures.same_as(image):
        raise ValidationError(_("%(site)s has this picture already.") % {"site": correction.site})
    return image


def _is_now(correction: Correction) -> str:
    return _("The correction is now: %(state)s.") % {"state": correction.get_state_display()}


def _answer(request: HttpRequest, correction: Correction) -> None:
    """Answer the reader by mail, in the reader's language."""
    with translation.override(correction.language):
        page = reverse("web:site", args=[correction.site.slug])
        subject = _("Your suggestion on %(site)s") % {"site": correction.site.name.best()}
        send_mail(
            correction.email,
            subject,
            [
                correction.answer,
                _("You wrote:"),
                correction.text,
                request.build_absolute_uri(page),
            ],
        )


def _usual_key(correction: Correction) -> str:
    """The field that the topic of a correction suggests."""
    name = _FIELDS.get(correction.topic, "description")
    if name in _WITHOUT_LANGUAGE:
        return name
    codes = interface_languages()
    return f"{name}:{correction.language if correction.language in codes else codes[0]}"


def _apply(request: HttpRequest, correction: Correction, field: Column) -> str:
    """Write the field. Returns the errors, in which case nothing is written."""
    site = Site.objects.select_for_update().get(pk=correction.site_id)
    text = comparable(request.POST.get("text", ""))
    number = sent_number(request.POST, "opened")
    opened = OpenedTexts([field], [(Site, site.pk)], {site.pk: site}, [number])
    if opened.text(field, site.pk, (Site, site.pk), number) != field.text(site):
        return _("Somebody has changed this meanwhile. Look at it once more, please.")
    if field.is_stored(site, text):
        return _("The text is as it was: change it, or accept without a change.")
    try:
        field.assign(site, text)
        site.full_clean(validate_unique=False)
    except AmbiguousName as error:
        return join_sentences([*error.messages, join_words(error.labels)])
    except ValidationError as error:
        return join_sentences(error.messages)
    if field.update_fields:
        site.save(update_fields=field.update_fields)
    field.save_related(site)
    return ""
