"""The page that merges two records of one site: which record stays, and whose values are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.admin.access import is_id, user_of
from heritage.admin.changes.history import ShownValues
from heritage.admin.pages import AdminPages
from heritage.admin.writes import with_undo_link
from heritage.models import Site, untracked
from heritage.models.row_values import plain_object
from heritage.search import similar
from heritage.server.timeouts import lock_timeout
from heritage.services.merge import POINT, CannotMerge, choices, is_empty, merge
from heritage.values.coordinates import format_point
from heritage.values.language import (
    join_words,
    language_name,
    proper_tag,
    text_direction,
    with_explanation,
)

MAX_FOUND = 20
LONGEST = 1_500


@dataclass(slots=True)
class MergeChoice:
    """One value in which the two records differ."""

    key: str
    label: str
    mine: str
    theirs: str
    takes_theirs: bool
    lang: str = ""
    dir: str = ""


class _PairChanged(Exception):
    """One of the two records has changed since it was shown."""


class MergePages(AdminPages):
    """A mixin of `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        own = self.own_path("<int:pk>/merge/", self.merge_view, "merge")
        return [own, *super().get_urls()]

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = self.object_or_404(request, pk, "change")
        other_pk = request.GET.get("with", "")
        if not other_pk:
            return self._choose(request, kept)
        if not is_id(other_pk):
            raise Http404
        other = self.object_or_404(request, other_pk, "change")
        if not self.has_delete_permission(request, other):
            raise PermissionDenied
        is_draft = kept.state != Site.State.PUBLISHED and other.state == Site.State.PUBLISHED
        if is_draft and request.method == "GET":
            # The record that readers see stays, from whichever of the two this began.
            return redirect(f"{self.own_url('merge', other.pk)}?with={kept.pk}")
        if request.method == "POST":
            response = self._merge(request, kept, other)
            if response is not None:
                return response
        context = {
            "site": kept,
            "kept": kept,
            "other": other,
            "choices": list(_shown(kept, other)),
            "counts": list(_counts(other)),
            "version": _version(kept, other),
            "swapped": self._swapped(kept, other),
        }
        return self.page(request, "admin/merge.html", _("Merge two records"), context)

    def _swapped(self, kept: Site, other: Site) -> str:
        """The URL of the page on which the other record is kept instead; empty if it cannot be."""
        if kept.state == Site.State.PUBLISHED and other.state != Site.State.PUBLISHED:
            return ""
        return f"{self.own_url('merge', other.pk)}?with={kept.pk}"

    def _choose(self, request: HttpRequest, kept: Site) -> HttpResponse:
        """The page on which the other record is chosen, from similar ones or by search."""
        asked = request.GET.get("q", "").strip()
        alike, found = [], []
        if asked:
            sites, _distinct = self.get_search_results(request, self.get_queryset(request), asked)
            found = list(sites.exclude(pk=kept.pk)[:MAX_FOUND])
        else:
            point = None
            if kept.latitude is not None and kept.longitude is not None:
                point = (kept.latitude, kept.longitude)
            names = [*kept.name.values(), *kept.names.values_list("text", flat=True)]
            alike = similar.similar(names, point, without=kept.pk, most=MAX_FOUND)
        context = {"site": kept, "asked": asked, "found": found, "alike": alike}
        return self.page(request, "admin/merge_choose.html", _("Merge with which record?"), context)

    def _merge(self, request: HttpRequest, kept: Site, other: Site) -> HttpResponse | None:
        def approve(kept: Site, other: Site) -> None:
            if request.POST.get("version") != _version(kept, other):
                raise _PairChanged
            if not (
                self.has_change_permission(request, kept)
                and self.has_change_permission(request, other)
                and self.has_delete_permission(request, other)
            ):
                raise PermissionDenied

        taken = [key for key, _f, _c in choices(kept, other) if request.POST.get(key) == "theirs"]
        reason = request.POST.get("reason", "").strip()
        try:
            with lock_timeout(settings.WRITE_WAIT_SECONDS):
                made = merge(kept, other, taken, user_of(request), reason, approve)
        except _PairChanged:
            text = _("Somebody has changed this meanwhile. Look at it once more, please.")
            self.message_user(request, text, messages.WARNING)
            return None
        except CannotMerge as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        text = with_undo_link(_("The two records are one now."), made)
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:heritage_site_change", kept.pk)


@admin.action(description=gettext_lazy("Merge two records …"), permissions=["delete"])
def merge_two(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    chosen = list(queryset.order_by("pk")[:3])
    if len(chosen) != 2:
        text = _("Choose two records, no more and no fewer.")
        model_admin.message_user(request, text, messages.ERROR)
        return None
    # The published record stays, so that its address does not change.
    chosen.sort(key=lambda site: site.state != Site.State.PUBLISHED)
    kept, other = chosen
    return redirect(reverse("admin:heritage_site_merge", args=[kept.pk]) + f"?with={other.pk}")


def _version(kept: Site, other: Site) -> str:
    return f"{kept.updated_at.isoformat()} {other.updated_at.isoformat()}"


def _shown(kept: Site, other: Site) -> Iterator[MergeChoice]:
    values = ShownValues()
    plain = {site: plain_object(site) for site in (kept, other)}
    for each in plain.values():
        values.want(Site, each)
    for key, field, language in choices(kept, other):
        if field.name == POINT[0]:
            texts = [_point(site, plain[site], values) for site in (kept, other)]
            label = _("point")
        elif language:
            texts = [plain[site][field.name].get(language, "") for site in (kept, other)]
            label = with_explanation(str(field.verbose_name), [language_name(language)])
        else:
            texts = [values.worded(field, plain[site][field.name]) for site in (kept, other)]
            label = str(field.verbose_name)
        mine, theirs = (Truncator(text).chars(LONGEST) for text in texts)
        lang = (proper_tag(language), text_direction(language)) if language else ("", "")
        takes = is_empty(kept, field, language) and not is_empty(other, field, language)
        if field.name == "blur_km":  # the wider blur, unless somebody chooses otherwise
            takes = other.public_blur_km > kept.public_blur_km
        yield MergeChoice(key, capfirst(label), mine, theirs, takes, *lang)


def _point(site: Site, plain: dict, values: ShownValues) -> str:
    if site.latitude is None or site.longitude is None:
        return ""
    source = values.worded(Site._meta.get_field("point_source"), plain["point_source"])
    blurred = _("shown to readers within %(km)s km only") % {"km": site.public_blur_km}
    parts = [
        format_point(site.latitude, site.longitude),
        site.get_precision_display(),
        source,
        blurred if site.public_blur_km else "",
    ]
    return join_words(part for part in parts if part)


def _counts(other: Site) -> Iterator[tuple[str, int]]:
    """The number of rows of each model that move to the other record."""
    for relation in Site._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if getattr(model, "owner", None) or model.__name__ == "Correction":
            count = untracked(model).filter(**{name: other}).count()
            if count:
                yield capfirst(str(model._meta.verbose_name_plural)), count
