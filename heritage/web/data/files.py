"""Answers with a list as a file: at once if it is small, else by a job of the background worker.

The answer for a large one is a redirect to the prepared file, whose address says that it is being
prepared until it is whole.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from heritage.formats import Addresses
from heritage.formats.downloads import AT_ONCE, FORMATS, Download, editions, version_of
from heritage.models import CommandRun, Job, PreparedFile
from heritage.search import SiteFilter
from heritage.values.query_strings import updated_query
from heritage.web.browse.listing import NOT_OF_LIST

MOST_WAITING = 20  # files for visitors that wait to be made

_turn = BoundedSemaphore(1)  # one file at a time: readers of pages come between


@contextmanager
def _in_turn() -> Iterator[bool]:
    """Whether this thread is the only one of the process that makes a file."""
    is_free = _turn.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            _turn.release()


def query_of(data: QueryDict) -> str:
    """The query without parameters that only concern pages: it names a list."""
    return updated_query(data, drop=(*NOT_OF_LIST, "bom"))


def answer(request: HttpRequest, filtered: SiteFilter, extension: str) -> HttpResponseBase:
    """The response with the file of a list, or a redirect to the prepared file; 413 for more sites
    than the format takes, 503 while another small file is being made."""
    download = download_of(request, filtered, extension)
    total = len(filtered.hits)
    if download.format.most is not None and total > download.format.most:
        return _refused(request, _too_many(download.format.most), 413)
    if total > AT_ONCE:
        return _prepared(request, download)
    tag = quote_etag("|".join(map(str, download.parameters.values())).replace('"', "'"))
    if get_conditional_response(request, etag=tag) is not None:
        return HttpResponse(status=304, headers={"ETag": tag})
    with _in_turn() as is_free:
        if not is_free:
            response = _refused(request, _("Another file is being made just now."), 503)
            response["Retry-After"] = response["Refresh"] = "2"
            return response
        content = _made(download)
    response = HttpResponse(content, content_type=download.format.content_type)
    response["ETag"] = tag
    response["Content-Disposition"] = content_disposition_header(True, download.file_name) or ""
    response["X-Robots-Tag"] = "noindex"
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, no_cache=True)
    return response


def download_of(request: HttpRequest, filtered: SiteFilter, extension: str) -> Download:
    if extension not in FORMATS:
        raise Http404
    bom = extension == "csv" and request.GET.get("bom") == "1"
    return Download(
        query=query_of(filtered.raw_data),
        language=get_language() or "en",
        extension=extension,
        origin=Addresses.of_request(request).origin,
        version=version_of(filtered.index),
        bom=bom,
    )


def _made(download: Download) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for _progress in download.write(path):
            pass
        return path.read_bytes()


def _prepared(request: HttpRequest, download: Download) -> HttpResponseBase:
    file = PreparedFile.objects.asked(editions.MAKER, **download.parameters)
    if file is None or not (file.is_ready or file.is_being_made):
        if not CommandRun.objects.has_worker():
            return _refused(request, without_worker(), 503)
        if _waiting() >= MOST_WAITING:
            text = _("Many files are being prepared just now. Please come back in some minutes.")
            response = _refused(request, text, 503)
            response["Retry-After"] = "300"
            return response
        file = editions.ask(download)
    return HttpResponseRedirect(reverse("media:prepared", args=[file.uid, file.name]))


def _waiting() -> int:
    states = (Job.State.WAITING, Job.State.RUNNING)
    files = PreparedFile.objects.filter(maker=editions.MAKER, state=PreparedFile.State.PREPARING)
    return files.filter(job__state__in=states).count()


def without_worker() -> str:
    return ngettext(
        "A list of more than %(most)s site is made by the background worker of this catalogue, "
        "which does not run just now. Narrow the list, or come back later.",
        "A list of more than %(most)s sites is made by the background worker of this catalogue, "
        "which does not run just now. Narrow the list, or come back later.",
        AT_ONCE,
    ) % {"most": f"{AT_ONCE:,}"}


def _too_many(most: int) -> str:
    text = _(
        "A file in this format has at most %(most)s rows. Narrow the list, or choose another one."
    )
    return text % {"most": f"{most:,}"}


def _refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    response = render(request, "web/no_download.html", {"why": why}, status=status)
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response
