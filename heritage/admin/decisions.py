"""The page on which a reader's correction is applied to a field or declined, and answered."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import translation
from django.utils.text import capfirst, normalize_newlines
from django.utils.translation import gettext as _

from heritage.admin.access import user_of
from heritage.admin.editable_fields import EditableField, column_fields, comparable
from heritage.admin.pages import AdminPages
from heritage.admin.points import point_text
from heritage.admin.writes import change_set
from heritage.models import ChangeSet, Correction, Site
from heritage.models.unit_of_work import unit_of_work
from heritage.services.notifications import send_mail
from heritage.values import sentences
from heritage.values.language import interface_languages
from heritage.values.point_reader import read_point

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
# By topic, the field that is offered first; of texts the one in the reader's language.
_FIELDS = {"name": "name", "text": "summary", "position": "point"}
_LONGEST_ANSWER = 4_000
APPLY = "apply"
_DECISIONS = {
    APPLY: Correction.State.ACCEPTED,
    "accept": Correction.State.ACCEPTED,
    "decline": Correction.State.DECLINED,
    "spam": Correction.State.SPAM,
}


class _PointField(EditableField):
    """Both coordinates as one text in any notation."""

    @property
    def update_fields(self) -> set[str]:
        return {"latitude", "longitude"}

    def text(self, site: Site) -> str:
        return point_text(site.latitude, site.longitude)

    def is_stored(self, site: Site, text: str) -> bool:
        return text == self.text(site)

    def assign(self, site: Site, text: str) -> str:
        try:
            site.latitude, site.longitude = read_point(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text


def _fields() -> dict[str, EditableField]:
    """What a correction can be applied to, the coordinates as one."""
    found = {
        key: each for key, each in column_fields().items() if key not in ("latitude", "longitude")
    }
    control = forms.CharField(widget=forms.TextInput(attrs={"size": 40}))
    return found | {"point": _PointField("point", "latitude", capfirst(_("point")), control)}


class DecisionPages(AdminPages):
    """For `CorrectionAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        own = self.own_path("<int:pk>/decide/", self.decide_view, "decide")
        return [own, *super().get_urls()]

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        correction = self.object_or_404(request, pk, "change")
        site, fields = correction.site, _fields()
        key = request.GET.get("field") or _usual_key(correction)
        field = fields.get(key) or fields[_usual_key(correction)]
        text, error = field.text(site), ""
        may_apply = self.admin_site.get_model_admin(Site).has_change_permission(request, site)
        if request.method == "POST":
            if request.POST.get("do") not in _DECISIONS:
                raise PermissionDenied
            if request.POST["do"] == APPLY and not may_apply:
                raise PermissionDenied
            error = self._decide(request, correction, field)
            if not error:
                return redirect(self.own_url("changelist"))
            text = request.POST.get("text", "")
        change = reverse("admin:heritage_site_change", args=[site.pk])
        anchor = ANCHORS.get(correction.topic, "content-main")
        attrs = field.attrs | {"id": "decide-text", "rows": 8}
        context = {
            "correction": correction,
            "site": site,
            "public": reverse("web:site", args=[site.slug]),
            "form_url": f"{change}#{anchor}",
            "field": field,
            "offered": list(fields.values()),
            "was": field.text(Site.objects.get(pk=site.pk)),
            "control": field.form_field.widget.render("text", text, attrs),
            "error": error,
            "may_apply": may_apply,
            "is_mail_set_up": settings.MAIL_IS_SET_UP,
            "answer": request.POST.get("answer", correction.answer),
            "note": request.POST.get("note", correction.note),
        }
        title = _("Correction: %(what)s") % {"what": correction}
        return self.page(request, "admin/decide.html", title, context)

    def _decide(self, request: HttpRequest, correction: Correction, field: EditableField) -> str:
        """Carry out the decision in one change set. Returns the errors, if any."""
        decision = request.POST["do"]
        answer = request.POST.get("answer", "").strip()[:_LONGEST_ANSWER]
        with (
            change_set(ChangeSet.Kind.CORRECTION, user_of(request)) as made,
            unit_of_work() as unit,
        ):
            unit.begin(Site)
            stored = Correction.objects.select_for_update().get(pk=correction.pk)
            if stored.state != correction.state or stored.state != request.POST.get("state"):
                return _("Somebody has decided this meanwhile.")
            if decision == APPLY:
                if problem := _apply(request, stored, field):
                    return problem
                made.detail["reader"] = stored.suggestion or stored.text
            made.detail["correction"] = str(_DECISIONS[decision])
            stored.decide(_DECISIONS[decision], user_of(request))
            stored.note = request.POST.get("note", "").strip()[:_LONGEST_ANSWER]
            is_new_answer = answer and answer != stored.answer and decision != "spam"
            if is_new_answer:
                stored.answer = answer
            stored.save()
            if is_new_answer and stored.email:
                self._answer(request, stored)
        text = _("The correction is now: %(state)s.") % {"state": stored.get_state_display()}
        self.message_user(request, text, messages.SUCCESS)
        return ""

    def _answer(self, request: HttpRequest, correction: Correction) -> None:
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
    if name == "point":
        return name
    codes = interface_languages()
    return f"{name}:{correction.language if correction.language in codes else codes[0]}"


def _apply(request: HttpRequest, correction: Correction, field: EditableField) -> str:
    """Write the field. Returns the errors, in which case nothing is written."""
    site = Site.objects.select_for_update().get(pk=correction.site_id)
    text = comparable(request.POST.get("text", ""))
    if field.text(site) != normalize_newlines(request.POST.get("was", "")):
        return _("Somebody has changed this meanwhile. Look at it once more, please.")
    if field.is_stored(site, text):
        return _("The text is as it was: change it, or accept without a change.")
    try:
        field.assign(site, text)
        site.full_clean(validate_unique=False)
    except ValidationError as error:
        return sentences.joined(error.messages)
    site.save(update_fields=field.update_fields)
    return ""
