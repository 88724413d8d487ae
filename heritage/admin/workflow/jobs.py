"""Jobs of the background worker and the mail that it sends: lists, and what can be done about them.

Whoever sees the history sees all jobs. Those who started a job continue, stop and undo it, as
long as they may still start one; administrators do so with any.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin.access import ReadOnlyAdmin, user_of
from heritage.admin.changes.history import change_url
from heritage.admin.pages import ReadOnlyPages
from heritage.models import (
    SILENCE,
    CommandRun,
    Job,
    JobLine,
    OutgoingMail,
    User,
    WrongJobState,
)
from heritage.server.timeouts import lock_timeout
from heritage.services import jobs, outbox
from heritage.values.language import LazyText, join_sentences

SHOWN_LINES = 200
SECONDS = 5  # after which the page of an open job asks again

_DO: dict[str, Callable[[Job, User], None]] = {
    "continue": lambda job, user: job.continue_(),
    "stop": lambda job, user: job.stop(),
    "undo": lambda job, user: job.undo(user),
}
WAITING_JOBS = Job.objects.filter(state=Job.State.WAITING)
WAITING_MAIL = OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING)
_OPEN = (Job.State.WAITING, Job.State.RUNNING)


def may_act_on(user: User, job: Job) -> bool:
    if user.has_perm("heritage.change_job"):
        return True
    permission = jobs.kind_of(job).permission
    return job.user_id == user.pk and (not permission or user.has_perm(permission))


class JobStateFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, LazyText | str]]:
        return list(Job.State.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_state(self.value()) if self.value() in Job.State.values else queryset


class JobKindFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, LazyText | str]]:
        return [(name, kind.label) for name, kind in jobs.kinds().items() if name != jobs.UNDO_JOB]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyPages):
    list_display = ("what", "state_now", "far", "by", "created_at", "ended_at")
    list_display_links = ("what",)
    list_filter = (JobStateFilter, JobKindFilter)
    list_select_related = ("user",)
    row_related = ("user",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)

    @admin.display(description=gettext_lazy("what"))
    def what(self, job: Job) -> str:
        return jobs.kind_of(job).title(job)

    @admin.display(description=gettext_lazy("state"))
    def state_now(self, job: Job) -> str:
        return state_in_words(job)

    @admin.display(description=gettext_lazy("progress"))
    def far(self, job: Job) -> str:
        return progress_in_words(job)

    @admin.display(description=gettext_lazy("started by"))
    def by(self, job: Job) -> str:
        return job.user.display_name if job.user else _("the background worker")

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own_path("<int:pk>/do/", self.do_view, "do"),
            self.own_path("<int:pk>/undo/", self.undo_view, "undo"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"subtitle": worker_in_words()[0]}
        return super().changelist_view(request, context | (extra_context or {}))

    def row_page(self, request: HttpRequest, job: Job) -> HttpResponse:
        """The page of a job; it reloads itself while the job waits or runs."""
        is_open = job.shown_state in _OPEN
        count = job.lines.count()
        context = {
            "job": job,
            "state": state_in_words(job),
            "far": progress_in_words(job),
            "by": self.by(job),
            "change_sets": job.change_sets.order_by("pk"),
            "lines": [shown_line(line) for line in job.lines.order_by("-pk")[:SHOWN_LINES]],
            "more_lines": max(0, count - SHOWN_LINES),
            "may_act": may_act_on(user_of(request), job),
            "is_open": is_open,
            "worker": worker_in_words() if is_open else None,
            "seconds": SECONDS,
        }
        response = self.page(request, "admin/job.html", jobs.kind_of(job).title(job), context)
        if is_open:
            response["Refresh"] = str(SECONDS)
        return response

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks before what a job wrote is undone."""
        job = self.row_or_404(request, pk)
        if not may_act_on(user_of(request), job):
            raise PermissionDenied
        if not job.can_undo:
            return redirect(self.own_url("change", pk))
        made = job.change_sets.all()
        context = {
            "job": job,
            "change_sets": made,
            "changes": sum(each.changes.count() for each in made),
            "trail": [(self.own_url("change", pk), jobs.kind_of(job).title(job))],
        }
        return self.page(request, "admin/job_undo.html", _("Undo all of it?"), context)

    def do_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.row_or_404(request, pk)
        do = _DO.get(request.POST.get("do", ""))
        if not may_act_on(user_of(request), job):
            raise PermissionDenied
        if request.method == "POST" and do is not None:
            try:
                with lock_timeout(settings.WRITE_WAIT_SECONDS):
                    do(job, user_of(request))
            except WrongJobState:
                text = _("Meanwhile it is: %(state)s.") % {"state": state_in_words(job)}
                messages.warning(request, text)
        return redirect(self.own_url("change", pk))


def state_in_words(job: Job) -> str:
    state = job.shown_state
    if job.is_undo and state != Job.State.UNDONE:
        return _("%(state)s, to be undone") % {"state": Job.State(state).label}
    if state == Job.State.RUNNING and job.is_to_stop:
        return _("stops after this step")
    return str(Job.State(state).label)


def progress_in_words(job: Job) -> str:
    done = number_format(job.done, force_grouping=True)
    if not job.total:
        return done if job.done else ""
    return _("%(done)s of %(total)s") % {
        "done": done,
        "total": number_format(job.total, force_grouping=True),
    }


def shown_line(line: JobLine) -> tuple[JobLine, str]:
    """A line of a log with the address of its record, if that still exists."""
    if not line.model or line.object_id is None:
        return line, ""
    try:
        model = apps.get_model(line.model)
    except LookupError:
        return line, ""
    is_there = model._default_manager.filter(pk=line.object_id).exists()
    return line, change_url(model, line.object_id) if is_there else ""


def worker_in_words(waiting: tuple[int, int] | None = None) -> tuple[str, bool]:
    """A sentence on whether the background worker runs or what waits for it; and whether it runs.

    `waiting` are the numbers of jobs and mails that wait, where they are known already.
    """
    seen = CommandRun.objects.worker_seen()
    if seen is not None and seen > timezone.now() - SILENCE:
        return _("The background worker runs."), True
    if seen is None:
        text = _("No background worker was ever seen.")
    else:
        ago = timesince(seen, depth=1)
        text = _("The background worker was last seen %(time)s ago.") % {"time": ago}
    job_count, mail_count = waiting or (WAITING_JOBS.count(), WAITING_MAIL.count())
    texts = [text, _("Without it no job is done and no mail is sent.")]
    if job_count:
        words = ngettext("%(count)s job waits.", "%(count)s jobs wait.", job_count)
        texts.append(words % {"count": number_format(job_count, force_grouping=True)})
    if mail_count:
        words = ngettext("%(count)s mail waits.", "%(count)s mails wait.", mail_count)
        texts.append(words % {"count": number_format(mail_count, force_grouping=True)})
    return join_sentences(texts), False


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The admin of outgoing mail. The text of a mail is never shown, as it may have a link that
    sets a password."""

    list_display = ("to", "subject", "state", "tries", "created_at", "when", "error")
    list_display_links = None
    list_filter = ("state",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    actions = ("send_again",)

    @admin.display(description=gettext_lazy("sent, or next try"))
    def when(self, mail: OutgoingMail) -> Any:
        return mail.next_try_at if mail.state == OutgoingMail.State.WAITING else mail.sent_at

    def has_send_permission(self, request: HttpRequest) -> bool:
        return user_of(request).has_perm("heritage.change_outgoingmail")

    @admin.action(description=gettext_lazy("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        for mail in queryset.filter(state=OutgoingMail.State.FAILED):
            outbox.send_again(mail)
        self.message_user(request, _("What had failed is tried again."))
