"""The review page of a site: comments, assignment, and the date of publication."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.forms import Widget
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils import timezone
from django.utils.text import capfirst, normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.admin import access
from heritage.admin.access import is_id, user_of
from heritage.admin.form.record_form import RecordForm
from heritage.admin.pages import AdminPages
from heritage.admin.workflow.publishing import anchor_of, reasons_against
from heritage.models import Correction, Review, ReviewComment, Site, User
from heritage.server.timeouts import lock_timeout
from heritage.services import review
from heritage.services.record_problems import PUBLICATION_RELATED

Kind = ReviewComment.Kind
LONGEST = 4_000  # characters of a comment
# The sets of rows that comments can be about, besides the columns of the site.
ROWS = (
    *("names", "events", "coverages", "images", "identifiers", "notices"),
    *("sentences", "quantities", "openings", "prices", "visitingfacts", "disagreements", "parts"),
)


class ShownComment(NamedTuple):
    comment: ReviewComment
    label: str  # of the field that it is about
    url: str
    answers: list[ReviewComment]
    may_close: bool  # whether the current user may close it


class CommentedField(forms.BoundField):
    """A field of a `CommentedForm`, with the comments on it."""

    form: "CommentedForm"

    def as_widget(
        self,
        widget: Widget | None = None,
        attrs: dict[str, Any] | None = None,
        only_initial: bool = False,
    ) -> Any:
        control = super().as_widget(widget, attrs, only_initial)
        context = self.form.comments.get(self.name)
        if context is None:
            return control
        return control + render_to_string("admin/field_comments.html", context)


class CommentedForm(RecordForm):
    bound_field_class = CommentedField
    comments: Mapping[str, dict[str, Any]] = {}  # by field: the context of its template


class CommentForm(forms.Form):
    text = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    field = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = capfirst(_("comment"))
        self.fields["field"].label = capfirst(_("about"))
        about = cast(forms.ChoiceField, self.fields["field"])
        about.choices = [("", _("the whole record")), *labels().items()]


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class AssignForm(forms.Form):
    assigned_to = PersonField(User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["assigned_to"])
        field.queryset = people()
        field.label = capfirst(_("assigned to"))
        field.empty_label = _("nobody in particular")


class ScheduleForm(forms.Form):
    publish_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["publish_at"].label = capfirst(_("publish on"))

    def clean_publish_at(self) -> datetime | None:
        at = self.cleaned_data["publish_at"]
        if at and at <= timezone.now():
            raise forms.ValidationError(_("That time has passed."))
        return at


def labels() -> dict[str, str]:
    """The labels of what can be commented on, by the names of columns and sets of rows."""
    found = {}
    for column in (*Site._meta.concrete_fields, *Site._meta.many_to_many):
        if column.name == "latitude":
            found["coordinates"] = capfirst(_("point"))  # the form has one box for both
        elif column.editable and column.name not in ("id", "state", "featured", "longitude"):
            found[column.name] = capfirst(str(column.verbose_name))
    for relation in Site._meta.related_objects:
        name = relation.get_accessor_name()
        if name in ROWS:
            found[name] = capfirst(str(relation.related_model._meta.verbose_name_plural))
    return found


def people() -> QuerySet[User]:
    """The users to whom a record can be assigned: those who may change sites."""
    may = User.objects.filter(is_active=True, is_staff=True).order_by("last_name", "username")
    given = may.filter(groups__permissions__codename="change_site") | may.filter(is_superuser=True)
    return given.distinct()


class ReviewPages(AdminPages):
    """A mixin of `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        own = self.own_path("<int:pk>/review/", self.review_view, "review")
        return [own, *super().get_urls()]

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        site = self.object_or_404(request, pk, "view")
        steps = list(self._steps(request, site))
        asked = request.POST.get("do", "")
        settled = _review(site)
        shown = {
            "comment": CommentForm(),
            "assign": AssignForm(initial={"assigned_to": settled.assigned_to}),
            "schedule": ScheduleForm(initial={"publish_at": settled.publish_at}),
        }
        if request.method == "POST":
            with lock_timeout(settings.WRITE_WAIT_SECONDS):
                form = self._perform(request, site, asked, steps)
            if form is None:
                return redirect(self._back(request, site))
            shown[asked] = form
        comments = site.review_comments.filter(answer_to=None).select_related("author", "done_by")
        may_close = partial(self._may_close, request, site)
        form_url = self.own_url("change", pk)
        context = {
            "site": site,
            "steps": steps,
            "comments": _shown(comments, may_close, form_url),
            "forms": shown,
            "assigned": settled.assigned_to,
            "publish_at": settled.publish_at,
            "is_late": _is_late(settled.publish_at),
            "reasons": list(self._reasons(request, site)),
            "may_take_part": self._may_take_part(request, site),
            "may_publish": access.may_publish(user_of(request)),
        }
        title = _("Review: %(site)s") % {"site": site}
        return self.page(request, "admin/review.html", title, context)

    def _back(self, request: HttpRequest, site: Site) -> str:
        """The page on which the user acted."""
        if request.POST.get("back") == "form":
            return self.own_url("change", site.pk) + "#comments"
        return self.own_url("review", site.pk)

    def _may_take_part(self, request: HttpRequest, site: Site) -> bool:
        """Whether the user may comment: all who may change sites may, even while the record is in
        review."""
        return self.has_change_permission(request) or self.has_change_permission(request, site)

    def _may_close(self, request: HttpRequest, site: Site, comment: ReviewComment) -> bool:
        """Whether the user may close or reopen a comment: its author may, and whoever may change
        the record."""
        is_own = comment.author_id == user_of(request).pk
        return is_own or self.has_change_permission(request, site)

    def _steps(self, request: HttpRequest, site: Site) -> Iterator[tuple[Kind, str, bool]]:
        """The steps open to a user for a record in this state: (kind, label, whether it needs a
        reason)."""
        user, state = user_of(request), site.state
        may_publish = access.may_publish(user) and self.has_change_permission(request, site)
        if state == Site.State.DRAFT and self.has_change_permission(request, site):
            yield Kind.SENT, _("Send to review"), False
        if state == Site.State.REVIEW and may_publish:
            yield Kind.SENT_BACK, _("Send back"), True
        is_own = site.created_by_id == user.pk and self.has_change_permission(request)
        if state == Site.State.REVIEW and is_own and not may_publish:
            yield Kind.WITHDRAWN, _("Withdraw from review"), False
        if state != Site.State.PUBLISHED and may_publish:
            yield Kind.PUBLISHED, _("Publish"), False
        if state == Site.State.PUBLISHED and may_publish:
            yield Kind.ARCHIVED, _("Archive"), True

    def _reasons(self, request: HttpRequest, site: Site) -> Iterator[tuple[str, str]]:
        """The reasons against publishing, each with its place in the form."""
        if not access.may_publish(user_of(request)) or site.state == Site.State.PUBLISHED:
            return
        site = Site.objects.prefetch_related(*PUBLICATION_RELATED).get(pk=site.pk)
        change = self.own_url("change", site.pk)
        for reason in reasons_against(user_of(request), site, Site.State.PUBLISHED):
            yield reason.text, f"{change}#{reason.anchor}" if reason.anchor else change

    def _perform(
        self, request: HttpRequest, site: Site, asked: str, steps: Iterable[tuple[Kind, str, bool]]
    ) -> forms.Form | None:
        """Carry out what was asked for; returns the form if it has errors."""
        user = user_of(request)
        link = request.build_absolute_uri(self.own_url("review", site.pk))
        asks_why = {str(kind): asks for kind, _label, asks in steps}
        if asked in asks_why:
            self._step(request, site, asked, asks_why[asked], link)
            return None
        if asked in ("done", "undone", "answer"):
            self._about_comment(request, site, asked, link)
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
                except review.WrongState:
                    form.add_error("publish_at", _("Only what is in review can be scheduled."))
                    return form
            return None
        raise PermissionDenied

    def _step(self, request: HttpRequest, site: Site, kind: str, asks_why: bool, link: str) -> None:
        text = request.POST.get("why", "").strip()[:LONGEST]
        if asks_why and not text:
            self.message_user(request, _("Say why, please."), messages.ERROR)
            return
        try:
            review.step(site, kind, user_of(request), text, link)
        except review.NotPublishable:
            text = _("It cannot be published yet: see what stands against it.")
            self.message_user(request, text, messages.ERROR)
            return
        except review.WrongState:
            text = _("Somebody has changed this meanwhile. Look at it once more, please.")
            self.message_user(request, text, messages.WARNING)
            return
        done = {"words": capfirst(str(Kind(kind).label))}
        self.message_user(request, pgettext("a sentence", "%(words)s.") % done, messages.SUCCESS)

    def _about_comment(self, request: HttpRequest, site: Site, asked: str, link: str) -> None:
        if not self._may_take_part(request, site):
            raise PermissionDenied
        pk = request.POST.get("comment", "")
        if not is_id(pk):
            raise Http404
        comment = site.review_comments.filter(pk=pk, kind=Kind.COMMENT, answer_to=None).first()
        if comment is None:
            raise Http404
        text = normalize_newlines(request.POST.get("text", "")).strip()[:LONGEST]
        if asked != "answer":
            if not self._may_close(request, site, comment):
                raise PermissionDenied
            review.set_done(comment, user_of(request), asked == "done")
        elif text:
            review.answer(comment, user_of(request), text, link)
        else:
            self.message_user(request, _("Write an answer, please."), messages.ERROR)

    # --- in the form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if change and obj is not None:
            comments = obj.review_comments.filter(kind=Kind.COMMENT, is_done=False)
            may_close = partial(self._may_close, request, obj)
            shown = _shown(comments.select_related("author"), may_close)
            context["review_comments"] = shown
            self._show_at_fields(request, context, shown, self._may_take_part(request, obj))
            context["publish_at"] = _review(obj).publish_at
            context["is_late"] = _is_late(context["publish_at"])
            context["sent_back"] = _sent_back(obj)
            if user_of(request).has_perm("heritage.change_correction"):
                new = obj.corrections.filter(state=Correction.State.NEW)
                context["new_corrections"] = new
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _show_at_fields(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        shown: list[ShownComment],
        may_take_part: Any,
    ) -> None:
        by_field: dict[str, list[ShownComment]] = defaultdict(list)
        for each in shown:
            by_field[each.comment.field].append(each)
        form, at_fields = context["adminform"].form, {}
        sets = {rows.prefix: rows for rows in context["inline_admin_formsets"]}
        for name, comments in by_field.items():
            of_field = {"comments": comments, "may_take_part": may_take_part}
            if name in form.fields:
                at_fields[name] = of_field
            elif name in sets:
                sets[name].comments = of_field
            else:  # about the whole record, or a field that the form lacks
                context.setdefault("other_comments", []).extend(comments)
        form.comments = at_fields
        context["may_take_part"] = may_take_part

    def notify_of_state(self, request: HttpRequest, site: Site, before: str | None) -> None:
        """Tell others of the state that a form has set; of a new record, that it was sent."""
        if before is not None or site.state == Site.State.REVIEW:
            link = request.build_absolute_uri(self.own_url("review", site.pk))
            changed = (site, before or Site.State.DRAFT)
            review.notify_of_states([changed], user_of(request), link=link)


def _shown(
    comments: QuerySet[ReviewComment],
    may_close: Callable[[ReviewComment], bool],
    form_url: str = "",
) -> list[ShownComment]:
    """Comments with their answers and the place in the form that they are about."""
    found, known = [], labels()
    answers = ReviewComment.objects.select_related("author")
    for each in comments.prefetch_related(Prefetch("answers", answers)):
        label, anchor = known.get(each.field, ""), ""
        if label:
            anchor = anchor_of(each.field if each.field in ROWS else "", each.field)
        url = f"{form_url}#{anchor}" if anchor else ""
        found.append(ShownComment(each, label, url, list(each.answers.all()), may_close(each)))
    return found


def _is_late(publish_at: datetime | None) -> bool:
    return publish_at is not None and publish_at < timezone.now() - review.LATE


def _sent_back(site: Site) -> ReviewComment | None:
    """Why a draft was sent back, if that was the last step."""
    if site.state != Site.State.DRAFT:
        return None
    without_decision = (Kind.COMMENT, Kind.ASSIGNED)
    last = site.review_comments.exclude(kind__in=without_decision).select_related("author").last()
    return last if last and last.kind == Kind.SENT_BACK else None


def _review(site: Site) -> Review:
    """The review of a site; an empty one if none is stored."""
    found = Review.objects.filter(site=site).select_related("assigned_to").first()
    return found or Review()
