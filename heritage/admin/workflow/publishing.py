"""The publication state of a record: who may set which, in the form and as list actions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heritage.admin import access, actions
from heritage.admin.access import user_of
from heritage.admin.pages import AdminPages
from heritage.admin.writes import log_change
from heritage.models import LanguageMapField, Site, User, chunks, row_values
from heritage.services import review
from heritage.services.record_problems import PUBLICATION_RELATED, publication_problems
from heritage.values.html import fragment, link

_REFUSED, _REFUSAL = fragment("admin/refused.html"), fragment("admin/refusal.html")

type Refused = tuple[Site, list[Reason]]

SHOWN = 10  # records that a message names for each reason
ASKS_WHY = (Site.State.ARCHIVED,)  # as the page of the review of a record does


class Reason(NamedTuple):
    """Why a record may not have a state, and where in its form this can be corrected."""

    text: str
    anchor: str = ""


def reasons_against(user: User, site: Site, state: str) -> Iterator[Reason]:
    """Why the user may not set this state on the record now."""
    if not access.is_open(user, site) or state not in access.states_for(user):
        yield Reason(_("you may not change it"))
    elif state == Site.State.PUBLISHED:
        for row, relation, field, reason in publication_problems(site):
            of_row = f"{row._meta.verbose_name} “{row}”, " if relation else ""
            text = f"{of_row}{_field_label(row, field)}: {reason}"
            yield Reason(text, anchor_of(relation, field))


def anchor_of(relation: str, field: str) -> str:
    """The id of a field in the form of a site, or of a set of its rows."""
    if relation:
        return f"{relation}-group"
    if field in ("latitude", "longitude", "coordinates"):
        return "id_coordinates"  # one input for both
    try:
        column = Site._meta.get_field(field)
    except FieldDoesNotExist:
        return "content-main"
    if isinstance(column, LanguageMapField):
        return f"id_{field}__{settings.LANGUAGES[0][0]}"
    return f"id_{field}"


def _field_label(row: Model, field: str) -> str:
    try:
        return str(row_values.column(type(row), field).verbose_name)
    except FieldDoesNotExist:
        return str(row._meta.verbose_name)


def set_state(
    model_admin: AdminPages, request: HttpRequest, queryset: QuerySet[Any], state: str
) -> None:
    """Set the state of the selected records; those that may not have it are left as they are."""
    fit, refused = [], []
    for site in queryset.filter(pk__in=queryset.values("pk")).prefetch_related(
        *PUBLICATION_RELATED
    ):
        if site.state == state:
            continue
        reasons = list(reasons_against(user_of(request), site, state))
        if reasons:
            refused.append((site, reasons))
        else:
            fit.append(site)
    if fit:
        fit, changed = _write_state(request, fit, state)
        refused += [(site, [Reason(_("it was changed meanwhile"))]) for site in changed]
    _message_result(model_admin, request, state, fit, refused)


def _write_state(
    request: HttpRequest, sites: list[Site], state: str
) -> tuple[list[Site], list[Site]]:
    """Set the state of records; returns those that have it now, and those that others have changed
    meanwhile."""
    user = user_of(request)
    with actions.writing(request) as running:
        running.detail["state"] = str(state)
        fit, changed = _unchanged(sites)
        before = [(site, site.state) for site in fit]
        for chunk in chunks(fit):
            Site.objects.filter(pk__in=[site.pk for site in chunk]).update(state=state)
            for site in chunk:
                site.state = state
        review.notify_of_states(before, user, running.reason)
        log_change(user, fit, [str(Site._meta.get_field("state").verbose_name)])
    return fit, changed


def _unchanged(sites: list[Site]) -> tuple[list[Site], list[Site]]:
    """The records that are unchanged since they were read, locked; and those that were changed."""
    times: dict[int, datetime] = {}
    for chunk in chunks([site.pk for site in sites]):
        stored = Site.objects.filter(pk__in=chunk).select_for_update()
        times |= dict(stored.values_list("pk", "updated_at"))
    same = [site for site in sites if times.get(site.pk) == site.updated_at]
    return same, [site for site in sites if times.get(site.pk) != site.updated_at]


def _message_result(
    model_admin: AdminPages,
    request: HttpRequest,
    state: str,
    done: list[Site],
    refused: list[Refused],
) -> None:
    label = Site.State(state).label
    if done:
        text = ngettext(
            "%(count)s site is now: %(state)s.", "%(count)s sites are now: %(state)s.", len(done)
        ) % {"count": len(done), "state": label}
        model_admin.message_user(request, text, messages.SUCCESS)
    if refused:
        heading = ngettext(
            "%(count)s site could not become “%(state)s”:",
            "%(count)s sites could not become “%(state)s”:",
            len(refused),
        ) % {"count": len(refused), "state": label}
        text = _REFUSED(heading=heading, reasons=_by_reason(refused))
        model_admin.message_user(request, text, messages.ERROR)
    if not done and not refused:
        text = _("All of these are “%(state)s” already.") % {"state": label}
        model_admin.message_user(request, text, messages.INFO)


def _by_reason(refused: list[Refused]) -> str:
    """One line for each reason, with the sites that it applies to."""
    sites: dict[Reason, list[Site]] = {}
    for site, reasons in refused:
        for reason in dict.fromkeys(reasons):
            sites.setdefault(reason, []).append(site)
    lines = (
        _REFUSAL(reason=reason.text, sites=_links(found, reason), more=_more(found))
        for reason, found in sites.items()
    )
    return SafeString("".join(lines))


def _links(sites: list[Site], reason: Reason) -> str:
    place = f"#{reason.anchor}" if reason.anchor else ""
    urls = [reverse("admin:heritage_site_change", args=[site.pk]) + place for site in sites[:SHOWN]]
    links = [link(url=url, text=site) for url, site in zip(urls, sites, strict=False)]
    return SafeString(", ".join(links))


def _more(sites: list[Site]) -> str:
    more = len(sites) - SHOWN
    return ", " + _("and %(count)s more") % {"count": more} if more > 0 else ""


def _state_action(name: str, state: str, label: Any, title: Any, note: Any, needs: str) -> Any:
    """The action that sets a state; `needs` is the permission that it needs."""

    @admin.action(description=label, permissions=[needs])
    def action(
        model_admin: AdminPages, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        if not actions.chosen_ids(model_admin, request, queryset):
            return None
        others = list(queryset.exclude(state=state).order_by("pk").values_list("pk", flat=True))
        page = others and actions.confirm(
            model_admin,
            request,
            others,
            title=str(title),
            button=label,
            notes=[note],
            needs_reason=state in ASKS_WHY,
        )
        if page:
            return page
        set_state(model_admin, request, queryset, state)
        return None

    action.__name__ = name
    return action


STATE_ACTIONS = [
    _state_action(
        "publish",
        Site.State.PUBLISHED,
        gettext_lazy("Publish"),
        gettext_lazy("Publish these sites?"),
        gettext_lazy(
            "Readers see a published site at once. Those that are not fit stay as they are, and "
            "you are told why."
        ),
        "publish",
    ),
    _state_action(
        "send_to_review",
        Site.State.REVIEW,
        gettext_lazy("Send to review"),
        gettext_lazy("Send these sites to review?"),
        gettext_lazy(
            "They wait for somebody who may publish, and contributors cannot change them "
            "meanwhile. Readers no longer see a site that was published."
        ),
        "change",
    ),
    _state_action(
        "archive",
        Site.State.ARCHIVED,
        gettext_lazy("Archive"),
        gettext_lazy("Archive these sites?"),
        gettext_lazy(
            "An archived site leaves lists, search, maps and downloads. Its address then answers "
            "that it is gone. It can be published again."
        ),
        "publish",
    ),
]
