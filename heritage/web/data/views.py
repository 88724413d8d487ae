"""Views of files of lists, of the page from which they are chosen, and of the page of data."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from heritage.formats import Addresses
from heritage.formats.downloads import editions
from heritage.models import CommandRun
from heritage.search import SiteFilter
from heritage.web.browse.listing import MOST_PROBLEMS
from heritage.web.browse.queries import requested_list
from heritage.web.data import files, page
from heritage.web.shared import meta_tags
from heritage.web.shared.context import private


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The page on which a format is chosen for a list."""
    filtered = requested_list(request.GET)
    context = {
        "page": page.choice(filtered, CommandRun.objects.has_worker()),
        "head": meta_tags.hidden(_("Download")),
    }
    return private(render(request, "web/download.html", context))


@require_safe
def list_file(request: HttpRequest, extension: str) -> HttpResponseBase:
    """A list as a file; its order is that of the query, its page and display are ignored."""
    filtered = requested_list(request.GET)
    problems = [f"{each.name}: {each.message}" for each in filtered.problems()][:MOST_PROBLEMS]
    if problems:
        text = "\n".join([_("This file cannot be made:"), *problems]) + "\n"
        return HttpResponse(text, content_type="text/plain; charset=utf-8", status=400)
    return files.answer(request, filtered, extension)


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What data there is, under which terms; what the columns of the files mean."""
    found = page.data_page(request)
    head = meta_tags.of_text(request, _("Data"), str(found.lead))
    return _newest(render(request, "web/data.html", {"page": found, "head": head}))


@require_safe
def newest_file(request: HttpRequest, extension: str) -> HttpResponseBase:
    """All sites as a file: the newest that there is, at an address that stays."""
    if latest := editions.ready().get((get_language() or "en", extension)):
        return redirect(latest.url)
    return files.answer(request, SiteFilter(), extension)


@require_safe
@conditional_page
def dcat(request: HttpRequest) -> HttpResponse:
    """The data of the catalogue as a DCAT catalogue."""
    document = page.dcat_document(request, Addresses.of_request(request))
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/ld+json"
    response["Access-Control-Allow-Origin"] = "*"
    return _newest(response)


def _newest(response: HttpResponse) -> HttpResponse:
    """Mark the response as not cached with the pages: the files that it names change without a
    write."""
    patch_cache_control(response, no_cache=True)
    return response
