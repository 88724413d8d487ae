"""The desk, the first page of the admin: open tasks, gaps in records, and recent changes.

Each count links to the list that it counts. Counts of published sites come from the search
index, all others from indexed columns, so the page is fast in a catalogue of any size.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from urllib.parse import urlencode

from django.db.models import Count, Func, Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.admin.access import once, user_of
from heritage.admin.changes.history import comments_of
from heritage.admin.changes.written_records import RecordLink, written_records
from heritage.admin.lists.filters import last_checked
from heritage.admin.lists.gaps import gaps
from heritage.admin.workflow.jobs import WAITING_JOBS, WAITING_MAIL, worker_in_words
from heritage.admin.workflow.upkeep import upkeep
from heritage.models import (
    ChangeSet,
    Correction,
    Image,
    Job,
    Opening,
    OutgoingMail,
    Price,
    Site,
    User,
    VisitingFact,
)
from heritage.search import current_index, similar
from heritage.services import review
from heritage.values.language import interface_languages, join_sentences, language_name

LATEST = 12  # change sets that are listed


@dataclass(slots=True)
class Task:
    """A number of records that need attention, with a link to their list."""

    label: str
    count: int
    url: str
    parts: list["Task"] = field(default_factory=list)


@dataclass(slots=True)
class RecentChanges:
    """What one person did at once."""

    who: str
    at: datetime
    comment: str
    records: list[RecordLink]
    more: int  # further records
    rows: int = 0  # all that were written, where they are too many to count their records


def list_url(model: type[Model], **query: str) -> str:
    opts = model._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


# --- what waits ------------------------------------------------------------------------------


def _counts(user: User, queries: Iterable[QuerySet]) -> list[int]:
    """The number of rows of each queryset, by one query; they may refer to the user as
    `OuterRef("pk")`."""
    counted = [
        Subquery(rows.order_by().annotate(n=Func("pk", function="COUNT")).values("n"))
        for rows in queries
    ]
    found = User.objects.filter(pk=user.pk).values_list(*counted).first()
    return list(found or [0] * len(counted))


def waiting(request: HttpRequest) -> dict[str, int]:
    """The counts in the head of every page; one query for each request."""
    return once(request, "waiting", lambda: _waiting(user_of(request)))


def _waiting(user: User) -> dict[str, int]:
    sites, me = Site.objects, OuterRef("pk")
    counted: dict[str, QuerySet] = {
        "corrections": Correction.objects.filter(state=Correction.State.NEW),
        "review": sites.filter(state=Site.State.REVIEW),
        "drafts": sites.filter(state=Site.State.DRAFT, created_by=me),
        "assigned": sites.filter(state=Site.State.REVIEW, review__assigned_to=me),
    }
    return dict(zip(counted, _counts(user, counted.values()), strict=True))


def tasks(request: HttpRequest) -> list[Task]:
    """The open tasks of the current user."""
    user, counts = user_of(request), waiting(request)
    found = []
    if user.has_perm("heritage.view_correction"):
        url = list_url(Correction, state__exact=Correction.State.NEW)
        found.append(Task(_("Corrections"), counts["corrections"], url))
    if user.has_perm("heritage.view_site"):
        url = list_url(Site, state__exact=Site.State.REVIEW)
        found.append(Task(_("In review"), counts["review"], url))
        url = list_url(Site, state__exact=Site.State.REVIEW, by="assigned")
        if counts["assigned"]:
            found.append(Task(_("Assigned to me"), counts["assigned"], url))
        url = list_url(Site, state__exact=Site.State.DRAFT, by="me")
        found.append(Task(_("My drafts"), counts["drafts"], url))
    return found


def worker_and_troubles(user: User) -> tuple[tuple[str, bool], list[Task]]:
    """Whether the background worker runs, in words; and tasks that it could not do."""
    failed_mail = OutgoingMail.State.FAILED
    stopped, failed = Job.State.STOPPED, Job.State.FAILED
    in_state = Job.objects.get_queryset().in_state
    jobs, mails, *troubles = _counts(
        user,
        [
            WAITING_JOBS,
            WAITING_MAIL,
            in_state(stopped),
            in_state(failed),
            OutgoingMail.objects.filter(state=failed_mail),
        ],
    )
    found = [
        (_("Jobs that stopped"), "change_job", list_url(Job, state=stopped)),
        (_("Jobs that failed"), "change_job", list_url(Job, state=failed)),
        (
            _("Mail that could not be sent"),
            "view_outgoingmail",
            list_url(OutgoingMail, state__exact=failed_mail),
        ),
    ]
    tasks = [
        Task(label, count, url)
        for (label, permission, url), count in zip(found, troubles, strict=True)
        if count and user.has_perm(f"heritage.{permission}")
    ]
    return worker_in_words((jobs, mails)), tasks


@dataclass(frozen=True, slots=True)
class ScheduledPublishing:
    """Whether records are published at the time that was set, in words."""

    text: str
    is_late: bool


def scheduled_publishing(user: User) -> ScheduledPublishing | None:
    """The state of scheduled publishing; None if it never ran and nothing is scheduled."""
    if not user.has_perm("heritage.view_site"):
        return None
    last_run, waiting, late = review.scheduled()
    if last_run is None and not waiting:
        return None
    if last_run is None:
        texts = [_("Scheduled publishing has never run.")]
    elif timezone.now() - last_run < timedelta(minutes=1):
        texts = [_("Scheduled publishing last ran less than a minute ago.")]
    else:
        ago = timesince(last_run, depth=1)
        texts = [_("Scheduled publishing last ran %(time)s ago.") % {"time": ago}]
    if count := late if last_run else waiting:
        words = ngettext("%(count)s record waits for it.", "%(count)s records wait for it.", count)
        texts.append(words % {"count": number_format(count, force_grouping=True)})
    if late:
        texts.append(
            _(
                "The operator has to start the background worker, or to let “manage.py "
                "publish_due” run every few minutes."
            )
        )
    return ScheduledPublishing(join_sentences(texts), bool(late))


# --- what is thin or doubtful ----------------------------------------------------------------


def gap_tasks(user: User) -> Iterator[Task]:
    """The gaps of published sites, each with its list."""
    if not user.has_perm("heritage.view_site"):
        return
    index = current_index()
    for value, gap in gaps().items():
        if gap.heading:
            url = list_url(Site, lacks=value, state__exact=Site.State.PUBLISHED)
            yield Task(gap.heading, len(gap.lacking(index)), url)
    doubtful = similar.same_names(index)
    yield Task(_("Perhaps twice in the catalogue"), len(doubtful), list_url(Site, doubt="twice"))


def missing_alt_texts(user: User) -> list[Task]:
    """Pictures without alternative text, by the language that is missing."""
    if not user.has_perm("heritage.view_image"):
        return []
    codes = interface_languages()
    has_text = {code: Q(alt__has_key=code) for code in codes}
    counts = Image.objects.aggregate(
        any=Count("pk", filter=~reduce(and_, has_text.values())),
        **{code: Count("pk", filter=~has_text[code]) for code in codes},
    )
    parts = [
        Task(language_name(code), counts[code], list_url(Image, missing=f"alt-{code}"))
        for code in codes
    ]
    return [Task(_("Pictures without alternative text"), counts["any"], "", parts)]


def checks(user: User) -> list[Task]:
    """Visiting information to be checked, each kind with its lists."""
    models = [
        model
        for model in (Opening, Price, VisitingFact)
        if user.has_perm(f"heritage.view_{model._meta.model_name}")
    ]
    lists = {
        "old": Q(checked_on__lt=last_checked(timezone.localdate())),
        "unchecked": Q(checked_on__isnull=True),
    }
    counts = iter(
        _counts(user, [model.objects.filter(of) for model in models for of in lists.values()])
    )
    old = Task(_("Visiting facts checked more than a year ago"), 0, "")
    unchecked = Task(_("Visiting facts that nobody has checked"), 0, "")
    for model in models:
        for task, value in zip((old, unchecked), lists, strict=True):
            label, count = str(model._meta.verbose_name_plural), next(counts)
            task.parts.append(Task(label, count, list_url(model, checked=value)))
            task.count += count
    return [old, unchecked] if models else []


# --- what was changed ------------------------------------------------------------------------


def latest_work() -> list[RecentChanges]:
    """The latest change sets of all users, without fixtures."""
    latest = ChangeSet.objects.exclude(kind=ChangeSet.Kind.IMPORT).order_by("-pk")
    sets = list(latest.select_related("user")[:LATEST])
    if not sets:
        return []
    written, comments = written_records(sets), comments_of(sets)
    return [
        RecentChanges(
            who=each.author,
            at=each.at,
            comment=comments[each.pk],
            records=written[each.pk].links,
            more=written[each.pk].more,
            rows=written[each.pk].rows,
        )
        for each in sets
    ]


def desk_context(request: HttpRequest) -> dict:
    """The template context of the first page."""
    worker, troubles = worker_and_troubles(user_of(request))
    return {
        "tasks": [*tasks(request), *troubles],
        "scheduled": scheduled_publishing(user_of(request)),
        "worker": worker,
        "upkeep": upkeep(user_of(request)),
        "gaps": list(gap_tasks(user_of(request))),
        "checks": [*checks(user_of(request)), *missing_alt_texts(user_of(request))],
        "saved_lists": saved_lists(user_of(request)),
        "work": latest_work() if user_of(request).has_perm("heritage.view_site") else [],
    }


def saved_lists(user: User) -> list[tuple[str, str]]:
    """The lists of sites that the user saved: (name, address)."""
    if not user.has_perm("heritage.view_site"):
        return []
    address = list_url(Site)
    return [(each.name, f"{address}?{each.query}") for each in user.saved_filters.all()]


def header_context(request: HttpRequest) -> dict:
    """The template context of the head of every page."""
    may_view = user_of(request).has_perm("heritage.view_site")
    links = [Task(_("Desk"), 0, reverse("admin:index"))]
    if may_view:
        links.append(Task(_("Sites"), 0, list_url(Site)))
    links += [task for task in tasks(request) if task.count]
    return {
        "desk_links": links,
        "here": request.get_full_path(),
        "may_view_sites": may_view,
        "may_add_sites": user_of(request).has_perm("heritage.add_site"),
    }
