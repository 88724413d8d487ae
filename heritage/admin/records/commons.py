"""Photographs from Wikimedia Commons for a site: a list of what is there, from which some are
chosen and fetched.

The background worker asks Commons; these pages start its jobs and show what it found.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.admin.access import is_id, user_of
from heritage.admin.form.record_admin import RecordAdmin
from heritage.admin.workflow.jobs import (
    SECONDS,
    progress_in_words,
    state_in_words,
    worker_in_words,
)
from heritage.exchange import commons
from heritage.models import Identifier, Job, Site
from heritage.services import jobs
from heritage.values.language import LanguageMap

_OPEN = (Job.State.WAITING, Job.State.RUNNING)
_LONGEST = 20_000  # characters of titles


class LookForm(forms.Form):
    """The form for what is looked for; at least one field is needed."""

    item = forms.RegexField(
        r"\AQ[1-9][0-9]{0,11}\Z",
        label=gettext_lazy("Wikidata item"),
        label_suffix="",
        required=False,
        help_text=gettext_lazy("Its pictures, and those of its category on Commons."),
        widget=forms.TextInput(attrs={"class": "vTextField", "placeholder": "Q123"}),
    )
    category = forms.CharField(
        label=gettext_lazy("Category on Commons"),
        label_suffix="",
        required=False,
        max_length=400,
        help_text=gettext_lazy("Its name or address, in place of that of the item."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    titles = forms.CharField(
        label=gettext_lazy("Files on Commons"),
        label_suffix="",
        required=False,
        max_length=_LONGEST,
        help_text=gettext_lazy("Names or addresses of files, one a line."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Say what to look for."))
        return cleaned


class CommonsPages(RecordAdmin):
    """A mixin of `SiteAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        own = self.own_path("<int:pk>/commons/", self.commons_view, "commons")
        return [own, *super().get_urls()]

    def commons_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        site: Site = self.object_or_404(request, pk, "change")
        if not user_of(request).has_perm("heritage.add_image"):
            raise PermissionDenied
        job = _job(request, site)
        form = LookForm(None, initial=self._asked_for(site, job))
        if request.method == "POST" and request.POST.get("do") == "fetch":
            if job is not None and (titles := _chosen(request, job)):
                return self._start(request, site, commons.FETCH, titles=titles)
        elif request.method == "POST":
            form = LookForm(request.POST)
            if form.is_valid():
                given = form.cleaned_data
                return self._start(
                    request,
                    site,
                    commons.LOOK,
                    item=given["item"],
                    category=given["category"],
                    titles=given["titles"].split("\n") if given["titles"].strip() else [],
                    with_category=True,
                )
        is_open = job is not None and job.shown_state in _OPEN
        context = {
            "site": site,
            "form": form,
            "job": job,
            "is_open": is_open,
            "state": state_in_words(job) if job else "",
            "far": progress_in_words(job) if job else "",
            "lines": list(job.lines.order_by("pk")[: commons.SHOWN]) if job else [],
            "offers": [_shown(each) for each in job.result.get("offers", [])] if job else [],
            "is_look": job is not None and job.kind == commons.LOOK,
            "worker": worker_in_words(),
            "has_contact": bool(settings.CONTACT),
            "seconds": SECONDS,
        }
        title = _("Photographs from Wikimedia Commons")
        response = self.page(request, "admin/commons.html", title, context)
        if is_open:
            response["Refresh"] = str(SECONDS)
        return response

    def _start(self, request: HttpRequest, site: Site, kind: str, **given: Any) -> HttpResponse:
        job = jobs.start(kind, user_of(request), site=site.pk, **given)
        return redirect(f"{self.own_url('commons', site.pk)}?job={job.pk}")

    @staticmethod
    def _asked_for(site: Site, job: Job | None) -> dict[str, Any]:
        """The initial values of the form: those of the job, or the Wikidata item of the site."""
        if job is not None and job.kind == commons.LOOK:
            given = job.parameters
            return given | {"titles": "\n".join(given.get("titles", ()))}
        items = Identifier.objects.filter(site=site, scheme__slug="wikidata")
        return {"item": items.values_list("value", flat=True).first() or ""}


def _job(request: HttpRequest, site: Site) -> Job | None:
    """The job that the page is about."""
    pk = request.GET.get("job", "")
    of_site = Job.objects.filter(kind__in=(commons.LOOK, commons.FETCH), parameters__site=site.pk)
    return of_site.filter(pk=pk).first() if is_id(pk) else None


def _chosen(request: HttpRequest, job: Job) -> list[str]:
    """Titles that were chosen among those that may be taken."""
    sent = set(request.POST.getlist("title"))
    offers = job.result.get("offers", [])
    return [each["title"] for each in offers if each["title"] in sent and not _why_not(each)]


def _why_not(offer: dict[str, Any]) -> str:
    return str(LanguageMap(offer["why_not"]).best())


def _shown(offer: dict[str, Any]) -> dict[str, Any]:
    return offer | {
        "name": offer["title"].partition(":")[2],
        "caption": LanguageMap(offer["caption"]).best(),
        "why_not": _why_not(offer),
    }
