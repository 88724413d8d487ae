"""The steps of a record from draft to published: submit, comment, send back, schedule, publish.

Callers check permissions. Each step is one change set, leaves a comment, and notifies the people
concerned by mail.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from heritage.models import ChangeSet, CommandRun, Review, ReviewComment, Site, User
from heritage.models.base import chunks
from heritage.models.unit_of_work import change_set, unit_of_work
from heritage.services.notifications import notify
from heritage.services.record_problems import PUBLICATION_RELATED, publication_problems

MAX_NOTIFIED = 20  # editors who hear of a record that nobody in particular is to look at
PUBLISH_DUE = "publish_due"  # the command, as its runs are kept
LATE = timedelta(minutes=15)  # after which something must be wrong with what publishes

Kind = ReviewComment.Kind
State = Site.State

# From which states a step leads to which.
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    Kind.SENT: ((State.DRAFT,), State.REVIEW),
    Kind.WITHDRAWN: ((State.REVIEW,), State.DRAFT),
    Kind.SENT_BACK: ((State.REVIEW, State.PUBLISHED, State.ARCHIVED), State.DRAFT),
    Kind.PUBLISHED: ((State.DRAFT, State.REVIEW, State.ARCHIVED), State.PUBLISHED),
    Kind.ARCHIVED: ((State.PUBLISHED,), State.ARCHIVED),
}


class WrongState(Exception):
    """The record is in another state than this step begins with."""


class NotPublishable(Exception):
    """The record lacks something that a published one must have: see `publication_problems()`."""


def step(site: Site, kind: str, by: User | None, text: str = "", link: str = "") -> None:
    """Carry out one step of a record; `text` says why, `link` is its address."""
    begins, ends = STEPS[kind]
    with _writing(by, text, state=str(ends)):
        stored = Site.objects.select_for_update().get(pk=site.pk)
        if stored.state not in begins:
            raise WrongState
        if ends == State.PUBLISHED and any(publication_problems(stored)):
            raise NotPublishable
        stored.set_state(ends, by=by)
        site.state = ends
        _add_comment(site, kind, by, text)
        _unschedule([site])
    _notify(site, kind, by, _recipients(site, kind), text, link)


def notify_of_states(
    changed: Iterable[tuple[Site, str]], by: User | None, text: str = "", link: str = ""
) -> None:
    """Notify people of the new states of records; one mail for each person.

    `text` says why.
    """
    kinds = {site: _kind_of_step(site, before, by) for site, before in changed}
    reviews = _reviews_of(kinds)
    news: dict[User, list[tuple[Site, str]]] = defaultdict(list)
    for site, users in _recipients_of_all(kinds, reviews).items():
        for user in dict.fromkeys(users):
            news[user].append((site, kinds[site]))
    with _writing(by):
        ReviewComment.objects.bulk_create(
            ReviewComment(site=site, kind=kind, author=by, text=text, is_done=True)
            for site, kind in kinds.items()
        )
        _unschedule([site for site in kinds if site.pk in reviews and reviews[site.pk].publish_at])
    for user, steps in news.items():
        with translation.override(settings.LANGUAGE_CODE):
            lines = [f"{site}: {Kind(kind).label}" for site, kind in steps]
        notify([user], lines[0] if len(lines) == 1 else f"{lines[0]} …", [*lines, text, link], by)


def _kind_of_step(site: Site, before: str, by: User | None) -> str:
    if site.state == State.DRAFT:
        is_own = before == State.REVIEW and by is not None and by.pk == site.created_by_id
        return Kind.WITHDRAWN if is_own else Kind.SENT_BACK
    kinds = {State.REVIEW: Kind.SENT, State.PUBLISHED: Kind.PUBLISHED}
    return kinds.get(State(site.state), Kind.ARCHIVED)


def _recipients(site: Site, kind: str) -> Iterable[User]:
    return _reviewers(site) if kind in (Kind.SENT, Kind.WITHDRAWN) else _authors(site)


def _reviews_of(sites: Iterable[Site]) -> dict[int, Review]:
    """By the ids of the sites."""
    found: dict[int, Review] = {}
    for chunk in chunks([site.pk for site in sites]):
        rows = Review.objects.filter(site__in=chunk).select_related("assigned_to")
        found |= {review.site_id: review for review in rows}
    return found


def _recipients_of_all(
    kinds: dict[Site, str], reviews: dict[int, Review]
) -> dict[Site, list[User]]:
    """The results of `_recipients()` for all sites, in a few queries for each five hundred."""
    senders: dict[int, User | None] = {}
    for chunk in chunks([site.pk for site in kinds]):
        sent = ReviewComment.objects.filter(site__in=chunk, kind=Kind.SENT)
        for entry in sent.select_related("author"):
            senders[entry.site_id] = entry.author  # the last one counts
    prefetch_related_objects(list(kinds), "created_by")
    for_reviewers = {Kind.SENT, Kind.WITHDRAWN}
    anybody = list(publishers()[:MAX_NOTIFIED]) if for_reviewers & {*kinds.values()} else []
    found = {}
    for site, kind in kinds.items():
        named = reviews[site.pk].assigned_to if site.pk in reviews else None
        users = [site.created_by, senders.get(site.pk)]
        if kind in for_reviewers:
            users = [named] if named else list[User | None](anybody)
        found[site] = [user for user in users if user]
    return found


@contextmanager
def _writing(by: User | None, text: str = "", **detail: Any) -> Iterator[None]:
    """A change set that takes the lock of the change log before it locks any row, as all writers
    do."""
    with change_set(ChangeSet.Kind.EDIT, by, text, **detail), unit_of_work() as unit:
        unit.prepare_write(Site)
        yield


def _unschedule(sites: Iterable[Site]) -> None:
    """Cancel what was scheduled for records whose state is set now."""
    for chunk in chunks([site.pk for site in sites]):
        scheduled = Review.objects.filter(site__in=chunk, publish_at__isnull=False)
        scheduled.update(publish_at=None, scheduled_by=None)


def comment(site: Site, by: User | None, text: str, field: str = "", link: str = "") -> None:
    """Comment on a record or on one of its fields."""
    with _writing(by, text):
        _add_comment(site, Kind.COMMENT, by, text, field)
    _notify_of_comment(site, by, text, link)


def answer(parent: ReviewComment, by: User | None, text: str, link: str = "") -> None:
    """Answer a comment, which stays open."""
    with _writing(by, text):
        ReviewComment.objects.create(
            site=parent.site,
            field=parent.field,
            answer_to=parent,
            author=by,
            text=text,
            is_done=True,
        )
    _notify_of_comment(parent.site, by, text, link)


def _notify_of_comment(site: Site, by: User | None, text: str, link: str) -> None:
    recipients = [*_authors(site), *_assigned(site), *_commenters(site)]
    _notify(site, Kind.COMMENT, by, recipients, text, link)


def set_done(entry: ReviewComment, by: User | None, is_done: bool = True) -> None:
    """Mark a comment as done or not done."""
    with _writing(by):
        entry.is_done, entry.done_by = is_done, by if is_done else None
        entry.save(update_fields=["is_done", "done_by"])


def assign(site: Site, to: User | None, by: User | None, link: str = "") -> None:
    """Assign a record; `None` assigns it to nobody."""
    with _writing(by, assigned_to=to.display_name if to else ""):
        if to is None and not Review.objects.filter(site=site).exists():
            return
        review = _review(site)
        if review.assigned_to_id == (to.pk if to else None):
            return
        review.assigned_to = to
        review.save()
        _add_comment(site, Kind.ASSIGNED, by, to.display_name if to else "–")
    _notify(site, Kind.ASSIGNED, by, [to], "", link)


def schedule(site: Site, at: datetime | None, by: User | None) -> None:
    """Publish a record in review automatically at a time; `None` cancels it."""
    with _writing(by, publish_at=at.isoformat() if at else ""):
        if at and not Site.objects.filter(pk=site.pk, state=State.REVIEW).exists():
            raise WrongState
        if at is None and not Review.objects.filter(site=site, publish_at__isnull=False).exists():
            return
        review = _review(site)
        review.publish_at, review.scheduled_by = at, by if at else None
        review.save()
        when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "–"
        _add_comment(site, Kind.SCHEDULED, by, when)


def publish_due(now: datetime | None = None) -> tuple[int, int]:
    """Publish what is due. Returns how many were and how many could not be published.

    It may run at any time; the time of the last complete run is stored, see `scheduled()`.
    """
    now = now or timezone.now()
    due = Review.objects.filter(publish_at__lte=now).order_by("publish_at", "pk")
    published = refused = 0
    for pk in list(due.values_list("pk", flat=True)):
        done = _publish_one(pk, now)
        published += done is True
        refused += done is False
    CommandRun.objects.enter(PUBLISH_DUE)
    return published, refused


class Scheduled(NamedTuple):
    """Whether scheduled publishing works."""

    last_run: datetime | None  # None if it never ran
    waiting: int  # records that are scheduled
    late: int  # those of them whose time has passed by more than `LATE`


def scheduled() -> Scheduled:
    now = timezone.now()
    last_run = CommandRun.objects.filter(command=PUBLISH_DUE).values_list("at", flat=True).first()
    counts = Review.objects.filter(publish_at__isnull=False).aggregate(
        waiting=Count("pk"), late=Count("pk", filter=Q(publish_at__lt=now - LATE))
    )
    return Scheduled(last_run, **counts)


def _publish_one(pk: int, now: datetime) -> bool | None:
    with change_set(ChangeSet.Kind.COMMAND, None) as made, unit_of_work() as unit:
        unit.prepare_write(Site)
        # Once more, as another process may have done it meanwhile.
        rows = Review.objects.select_for_update(of=("self",)).select_related("scheduled_by")
        review = rows.filter(pk=pk, publish_at__lte=now).first()
        if review is None:
            return None
        site = Site.objects.prefetch_related(*PUBLICATION_RELATED).get(pk=review.site_id)
        by = review.scheduled_by
        made.user = by
        review.publish_at = review.scheduled_by = None
        review.save()
        if site.state in (State.PUBLISHED, State.ARCHIVED):
            return None
        reasons = [] if site.state == State.REVIEW else [_("It is no longer in review.")]
        reasons += [each.reason for each in publication_problems(site)]
        if by is None or not (by.is_active and by.has_perm("heritage.publish_site")):
            reasons.append(_("Who scheduled it may not publish any more."))
        if reasons:
            _add_comment(site, Kind.REFUSED, None, "\n".join(reasons))
        else:
            made.detail["state"] = str(Site.State.PUBLISHED)
            site.set_state(Site.State.PUBLISHED, by=by)
            _add_comment(site, Kind.PUBLISHED, by, "")
    kind = Kind.REFUSED if reasons else Kind.PUBLISHED
    page = "admin:heritage_site_review" if reasons else "web:site"
    link = _link(page, site.pk if reasons else site.slug)
    _notify(site, kind, None, [*_authors(site), by], "\n".join(reasons), link)
    return not reasons


_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def _link(page: str, key: object) -> str:
    """The address of a page, without a request from which to tell the host; empty if unknown.

    The first host that is served counts, but for names of this machine and for patterns.
    """
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in _LOCAL and host[0] not in ".*"]
    if not hosts:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        path = reverse(page, args=[key])
    return f"{'https' if settings.HTTPS else 'http'}://{hosts[0]}{path}"


# --- who hears of it ---------------------------------------------------------------------------


def _review(site: Site) -> Review:
    review, _made = Review.objects.get_or_create(site=site)
    return review


def _add_comment(site: Site, kind: str, by: User | None, text: str, field: str = "") -> None:
    ReviewComment.objects.create(
        site=site, kind=kind, author=by, text=text, field=field, is_done=kind != Kind.COMMENT
    )


def _assigned(site: Site) -> list[User]:
    review = Review.objects.filter(site=site).select_related("assigned_to").first()
    return [review.assigned_to] if review and review.assigned_to else []


def _authors(site: Site) -> list[User]:
    """Who added the record, and who sent it to review."""
    comments = ReviewComment.objects.filter(site=site).select_related("author")
    sent = comments.filter(kind=Kind.SENT).last()
    return [user for user in (site.created_by, sent.author if sent else None) if user]


def _commenters(site: Site) -> list[User]:
    comments = ReviewComment.objects.filter(site=site, kind=Kind.COMMENT).select_related("author")
    return [each.author for each in comments if each.author]


def _reviewers(site: Site) -> list[User]:
    """The assigned reviewer, or else everyone who may publish."""
    return _assigned(site) or list(publishers()[:MAX_NOTIFIED])


def publishers() -> QuerySet[User]:
    """People who may publish, by name."""
    given = Permission.objects.filter(
        content_type__app_label="heritage", codename="publish_site"
    ).values("pk")
    may = Q(is_superuser=True) | Q(groups__permissions__in=given) | Q(user_permissions__in=given)
    people = User.objects.filter(may, is_active=True, is_staff=True)
    return people.order_by("last_name", "username").distinct()


def _notify(
    site: Site, kind: str, by: User | None, recipients: Iterable[User | None], text: str, link: str
) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        what = str(Kind(kind).label)
        who = by.display_name if by else ""
        subject = f"{site}: {what}"
        lines = [f"{who}: {what}" if who else what, text, link]
        notify(recipients, subject, lines, by)
