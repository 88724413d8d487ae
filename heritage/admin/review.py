"""The review page of a site: what was said of it, who looks at it, when it is published."""

from operator import attrgetter
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from heritage.admin import access
from heritage.admin.access import is_id
from heritage.admin.publishing import anchor_of, reasons_against
from heritage.models import Correction, Review, ReviewComment, Site, User
from heritage.models.waiting import waiting_at_most
from heritage.services import review
from heritage.services.publication import RELATED

Kind = ReviewComment.Kind
# What one can comment on beside the columns of the site: its rows.
ROWS = ("names", "events", "coverages", "images", "openings", "prices", "facts", "parts")


class ShownComment(NamedTuple):
    comment: ReviewComment
    label: str  # of the field that it is about
    url: str


class CommentForm(forms.Form):
    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    field = forms.ChoiceField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = capfirst(_("comment"))
        self.fields["field"].label = capfirst(_("about"))
        self.fields["field"].choices = [("", _("the whole record")), *labels().items()]


class AssignForm(forms.Form):
    assigned_to = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["assigned_to"]
        field.queryset = people()
        field.label = capfirst(_("assigned to"))
        field.empty_label = _("nobody in particular")
        field.label_from_instance = attrgetter("display_name")


class ScheduleForm(forms.Form):
    publish_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["publish_at"].label = capfirst(_("publish on"))

    def clean_publish_at(self):
        at = self.cleaned_data["publish_at"]
        if at and at <= timezone.now():
            raise forms.ValidationError(_("That time has passed."))
        return at


def labels() -> dict[str, str]:
    """What one can comment on, by the names of columns and of sets of rows."""
    found = {}
    for column in (*Site._meta.concrete_fields, *Site._meta.many_to_many):
        if column.editable and column.name not in ("state", "featured"):
            found[column.name] = capfirst(str(column.verbose_name))
    for relation in Site._meta.related_objects:
        name = relation.get_accessor_name()
        if name in ROWS:
            found[name] = capfirst(str(relation.related_model._meta.verbose_name_plural))
    return found


def people():
    """Whom a record can be given to: who may change sites."""
    may = User.objects.filter(is_active=True, is_staff=True).order_by("last_name", "username")
    given = may.filter(groups__permissions__codename="change_site") | may.filter(is_superuser=True)
    return given.distinct()


class ReviewPages(admin.ModelAdmin):
    """For `SiteAdmin`."""

    def get_urls(self):
        view = self.admin_site.admin_view
        own = path("<int:pk>/review/", view(self.review_view), name="heritage_site_review")
        return [own, *super().get_urls()]

    def review_view(self, request, pk):
        site = self.get_object(request, str(pk))
        if site is None:
            raise Http404
        if not self.has_view_permission(request, site):
            raise PermissionDenied
        steps = list(self._steps(request, site))
        asked = request.POST.get("do", "")
        shown = {
            "comment": CommentForm(),
            "assign": AssignForm(initial={"assigned_to": _assigned(site)}),
            "schedule": ScheduleForm(initial={"publish_at": _publish_at(site)}),
        }
        if request.method == "POST":
            with waiting_at_most(settings.WRITE_WAIT_SECONDS):
                form = self._do(request, site, asked, steps)
            if form is None:
                return redirect("admin:heritage_site_review", pk)
            shown[asked] = form
        said = list(site.review_comments.select_related("author", "done_by"))
        context = self.admin_site.each_context(request) | {
            "title": _("Review: %(site)s") % {"site": site},
            "opts": self.opts,
            "site": site,
            "steps": steps,
            "comments": [_shown(each, site) for each in said],
            "forms": shown,
            "assigned": _assigned(site),
            "publish_at": _publish_at(site),
            "reasons": list(self._reasons(request, site)),
            "may_take_part": self._may_take_part(request, site),
            "may_publish": access.may_publish(request.user),
        }
        return TemplateResponse(request, "admin/review.html", context)

    def _may_take_part(self, request, site) -> bool:
        """Comments are for all who may change sites, also those that wait for review."""
        return self.has_change_permission(request) or self.has_change_permission(request, site)

    def _steps(self, request, site):
        """What somebody may do with a record in this state: (kind, label, whether it asks why)."""
        user, state = request.user, site.state
        may_publish = access.may_publish(user) and self.has_change_permission(request, site)
        if state == Site.State.DRAFT and self.has_change_permission(request, site):
            yield Kind.SENT, _("Send to review"), False
        if state == Site.State.REVIEW and may_publish:
            yield Kind.SENT_BACK, _("Send back"), True
        is_own = site.created_by_id == user.pk and self.has_change_permission(request)
        if state == Site.State.REVIEW and is_own and not may_publish:
            yield Kind.WITHDRAWN, _("Take back from review"), False
        if state != Site.State.PUBLISHED and may_publish:
            yield Kind.PUBLISHED, _("Publish"), False
        if state == Site.State.PUBLISHED and may_publish:
            yield Kind.ARCHIVED, _("Archive"), True

    def _reasons(self, request, site):
        """What stands against publishing, each with its place in the form."""
        if not access.may_publish(request.user) or site.state == Site.State.PUBLISHED:
            return
        site = Site.objects.prefetch_related(*RELATED).get(pk=site.pk)
        change = reverse("admin:heritage_site_change", args=[site.pk])
        for reason in reasons_against(request.user, site, Site.State.PUBLISHED):
            yield reason.text, f"{change}#{reason.anchor}" if reason.anchor else change

    def _do(self, request, site, asked: str, steps) -> forms.Form | None:
        """Carry out what was asked for; gives the form that was not filled in well."""
        user = request.user
        link = request.build_absolute_uri(reverse("admin:heritage_site_review", args=[site.pk]))
        asks_why = {str(kind): asks for kind, _label, asks in steps}
        if asked in asks_why:
            self._step(request, site, asked, asks_why[asked], link)
            return None
        if asked in ("done", "undone"):
            self._settle(request, site, asked == "done")
            return None
        if asked == "comment" and self._may_take_part(request, site):
            form: forms.Form = CommentForm(request.POST)
            if form.is_valid():
                text, field = form.cleaned_data["text"], form.cleaned_data["field"]
                review.comment(site, user, text, field, link)
                return None
            return form
        if asked in ("assign", "schedule") and access.may_publish(user):
            form = (AssignForm if asked == "assign" else ScheduleForm)(request.POST)
            if not form.is_valid():
                return form
            if asked == "assign":
                review.assign(site, form.cleaned_data["assigned_to"], user, link)
            else:
                try:
                    review.schedule(site, form.cleaned_data["publish_at"], user)
                except review.NotNow:
                    form.add_error("publish_at", _("Only what is in review can be scheduled."))
                    return form
            return None
        raise PermissionDenied

    def _step(self, request, site, kind, asks_why: bool, link: str) -> None:
        text = request.POST.get("why", "").strip()[:4000]
        if asks_why and not text:
            self.message_user(request, _("Say why, please."), messages.ERROR)
            return
        try:
            review.step(site, kind, request.user, text, link)
        except review.NotFit:
            text = _("It cannot be published yet: see what stands against it.")
            self.message_user(request, text, messages.ERROR)
            return
        except review.NotNow:
            text = _("Somebody has changed this meanwhile. Look at it once more, please.")
            self.message_user(request, text, messages.WARNING)
            return
        self.message_user(request, capfirst(str(Kind(kind).label)) + ".", messages.SUCCESS)

    def _settle(self, request, site, is_done: bool) -> None:
        if not self._may_take_part(request, site):
            raise PermissionDenied
        pk = request.POST.get("comment", "")
        if not is_id(pk):
            raise Http404
        said = site.review_comments.filter(pk=pk, kind=Kind.COMMENT).first()
        if said is None:
            raise Http404
        review.settle(said, request.user, is_done)

    # --- in the form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj is not None:
            said = obj.review_comments.filter(kind=Kind.COMMENT, is_done=False)
            context["review_comments"] = [
                _shown(each, None) for each in said.select_related("author")
            ]
            context["publish_at"] = _publish_at(obj)
            if request.user.has_perm("heritage.change_correction"):
                new = obj.corrections.filter(state=Correction.State.NEW)
                context["new_corrections"] = new
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        before = form.initial.get("state") if change else Site.State.DRAFT
        super().save_model(request, obj, form, change)
        is_sent = not change and obj.state == Site.State.REVIEW
        if is_sent or (change and "state" in form.changed_data):
            link = request.build_absolute_uri(reverse("admin:heritage_site_review", args=[obj.pk]))
            review.tell_of_states([(obj, before)], request.user, link)


def _shown(said: ReviewComment, site: Site | None) -> ShownComment:
    """A comment with the place in the form that it is about: on the same page, without a site."""
    label = labels().get(said.field, "")
    anchor = anchor_of("" if _is_column(said.field) else said.field, said.field) if label else ""
    change = reverse("admin:heritage_site_change", args=[site.pk]) if site else ""
    return ShownComment(said, label, f"{change}#{anchor}" if anchor else "")


def _is_column(name: str) -> bool:
    return name not in ROWS


def _review(site: Site) -> Review | None:
    return Review.objects.filter(site=site).select_related("assigned_to").first()


def _assigned(site: Site) -> User | None:
    found = _review(site)
    return found.assigned_to if found else None


def _publish_at(site: Site):
    found = _review(site)
    return timezone.localtime(found.publish_at) if found and found.publish_at else None
