"""Middleware: headers of pictures and files, what browsers may store, the index snapshot of a
request, the policy for an operator's map tiles, the cache of whole pages, a line in the log for
each request, and 503 with Retry-After if the database or the disk does not work.

The index snapshot and the cache are for GET and HEAD only; a request that writes always reads the
newest state.
"""

import logging
import re
import secrets
import sqlite3
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template import loader
from django.utils.cache import add_never_cache_headers, has_vary_header, patch_cache_control
from django.utils.timezone import localdate
from django.utils.translation import get_language, get_language_from_path
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import conditional_page

from heritage.formats import path_of, tile_layers
from heritage.search import current_index, pinned_index, visitor_read
from heritage.server import logs
from heritage.server.caches import LRUCache
from heritage.server.client_address import client_network
from heritage.server.timeouts import (
    LockTimeout,
    StorageFailed,
    is_lock_timeout,
    is_storage_failure,
)
from heritage.web.shared import page_dependencies

# What this process has done since it started, for `/metrics`.
type Counted = Literal[
    "page_cache_hits",
    "page_cache_misses",
    "replica_lags",
    "replica_reads",
    "responses",
    "responses_5xx",
]

_lock = threading.Lock()
_counts: Counter[Counted] = Counter()


def count(what: Counted) -> None:
    with _lock:  # workers have several threads
        _counts[what] += 1


def counted(what: Counted) -> int:
    return _counts[what]


HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

type GetResponse = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("heritage.requests")


def request_log(get_response: GetResponse) -> GetResponse:
    """Middleware: writes a line for each request: its id (that of the trusted proxy, if it sends
    one), method, path without query, status, milliseconds, account and address."""

    def answer(request: HttpRequest) -> HttpResponse:
        # It is what HERITAGE_BEHIND_PROXY sets: then what a proxy says of a request is believed.
        given = request.headers.get(HEADER, "") if settings.SECURE_PROXY_SSL_HEADER else ""
        token = logs.request_id.set(given if _SANE.fullmatch(given) else secrets.token_hex(16))
        started = time.perf_counter()
        try:
            response = get_response(request)
            response[HEADER] = logs.request_id.get()
            count("responses")
            if response.status_code >= 500:
                count("responses_5xx")
            if settings.LOG_REQUESTS:
                fields = {
                    "method": request.method,
                    "path": request.get_full_path_info().partition("?")[0],  # quoted, so one line
                    "status": response.status_code,
                    "ms": int((time.perf_counter() - started) * 1000),
                    "account": _account(request) or "-",
                    "address": client_network(request.META) or "-",
                }
                log.info(
                    "%s %s %d %d ms account=%s address=%s",
                    *fields.values(),
                    extra={"fields": fields},
                )
            return response
        finally:
            logs.request_id.reset(token)

    return answer


def _account(request: HttpRequest) -> str:
    """The account that is logged in; empty for visitors, without a query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "user"):
        return ""
    try:
        return request.user.get_username()
    except (DatabaseError, InterfaceError):
        return ""


_LARGEST = 500_000  # bytes of a cached page
_HEADERS = (
    *("Content-Type", "Cache-Control", "Vary", "ETag", "Last-Modified", "X-Robots-Tag"),
    "Access-Control-Allow-Origin",
)
# Pages, feeds, sitemaps, data.
_TYPES = ("text/html", "application/atom+xml", "application/xml", "application/ld+json")
_POLICY = "Content-Security-Policy"
_OF_PAGES = ("Cross-Origin-Opener-Policy", "Referrer-Policy", "X-Frame-Options", HEADER)
_POLICY_OF_SVG = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
# The headers in the key: a page that varies by another one is not cached.
_VARIES = {"hx-request", "hx-history-restore-request"}


class CachedPage(NamedTuple):
    """A page as it was sent: its headers, its text compressed, and what it was made of."""

    headers: dict[str, str]
    text: bytes
    reads: page_dependencies.PageDependencies


# Whole public pages, see docs/caches.md.
pages: LRUCache[tuple, CachedPage] = LRUCache(settings.PAGES_KEPT)


class CompressedPages(GZipMiddleware):
    """Compresses pages and drawings, but not files that are streamed, such as photographs: most are
    compressed already."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


def short_headers(get_response: GetResponse) -> GetResponse:
    """Middleware: removes headers that only concern pages from pictures and static files, as a map
    loads dozens of them.

    An SVG, which a reader may open like a page, gets a policy of its own: it may use its own
    styles, and may not run scripts, load or submit anything.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.get("Content-Type", "")
        if kind.startswith("image/"):
            for name in (*_OF_PAGES, _POLICY):
                del response[name]
            if kind.startswith("image/svg+xml"):
                response[_POLICY] = _POLICY_OF_SVG
        elif request.path.startswith(settings.STATIC_URL):
            for name in _OF_PAGES:
                del response[name]
        return response

    return answer


def personal_pages(get_response: GetResponse) -> GetResponse:
    """Middleware: responses that depend on the account are not stored anywhere, unless their view
    allows it."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if has_vary_header(response, "Cookie") and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


def query_limit(get_response: GetResponse) -> GetResponse:
    """Middleware: no query of a page takes longer than `QUERY_SECONDS`."""

    def answer(request: HttpRequest) -> HttpResponse:
        with query_timeout(settings.QUERY_SECONDS):
            return get_response(request)

    return answer


def index_snapshot(get_response: GetResponse) -> GetResponse:
    """Middleware: a page is built from one index snapshot."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with pinned_index():
            return get_response(request)

    return answer


def map_policy(get_response: GetResponse) -> GetResponse:
    """Middleware: only pages with a map may load the operator's tiles, and only the embedded map
    may be shown in a frame of other websites.

    It is around `page_cache`, which does not keep the policy of a page.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        is_embedded = request.path == path_of("web:embedded_map")
        is_map = request.path == path_of("web:sites") and request.GET.get("view") == "map"
        if not (is_embedded or is_map):
            return get_response(request)
        sources = [source for layer in tile_layers() for source in layer.sources]
        policy: dict[str, Any] = dict(settings.SECURE_CSP)
        policy["img-src"] = [*policy["img-src"], *dict.fromkeys(sources)]
        if not is_embedded:
            return csp_override(policy)(get_response)(request)
        policy["frame-ancestors"] = ["*"]
        return xframe_options_exempt(csp_override(policy)(get_response))(request)

    return answer


def page_cache(get_response: GetResponse) -> GetResponse:
    """Middleware: caches pages, feeds and sitemaps until what they show is written or the day ends.

    Only those that are the same for everybody: requested without a session, marked as public by
    their view, and setting no cookie. A browser that has the page gets 304 before it is built.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        is_cacheable = request.method == "GET" and _is_anonymous(request) and _is_a_page(request)
        if not settings.PAGES_KEPT or not is_cacheable:
            return get_response(request)
        try:
            index = current_index()
        except (OperationalError, InterfaceError):
            return get_response(request)  # DatabaseErrorMiddleware handles only exceptions of views
        if not index.number:  # with an empty change log, changes would go unnoticed
            return get_response(request)
        key = _key(request)
        cached = pages.get(key)
        if cached is not None and cached.reads.still_hold(index):
            count("page_cache_hits")
            return _again(request, cached)
        with page_dependencies.recording(index) as read:
            response = get_response(request)
        if _is_the_same_for_all(request, response):
            headers = {name: response[name] for name in _HEADERS if name in response}
            count("page_cache_misses")
            pages[key] = CachedPage(headers, zlib.compress(response.content, 1), read)
        return response

    return answer


class ReplicaReads:
    """Lets visitors' pages read from the replica. With a session everything is read from the
    primary, so that editors see what they have just written.

    If the replica fails during a request, the page is made again from the primary.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_anonymous(request):
            return self.get_response(request)
        with visitor_read() as this:
            request.replica_reading = this  # type: ignore[attr-defined]
            response = self.get_response(request)
        if this.lags:
            count("replica_lags")
        elif this.is_from_replica:
            count("replica_reads")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        this = getattr(request, "replica_reading", None)
        if this is None or not this.failed(exception):
            return None
        return self.get_response(request)


def _is_anonymous(request: HttpRequest) -> bool:
    cookies = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}
    return request.method in ("GET", "HEAD") and cookies.isdisjoint(request.COOKIES)


def _is_a_page(request: HttpRequest) -> bool:
    """Whether the address is that of a page or feed in a language, or of a sitemap.

    Health checks use no database. Suggestions have a cache of their own and would displace the
    pages. Pictures are not cached here, nor are sitemaps of sites, whose version is known before
    they are made.
    """
    path = request.path_info
    if path.endswith(("/suggest/", ".svg")) or (
        path.startswith("/sitemaps/") and "/sites-" in path
    ):
        return False
    return path.startswith("/sitemap") or get_language_from_path(path) is not None


def _key(request: HttpRequest) -> tuple:
    return (
        localdate(),
        request.scheme,
        request.get_host(),
        get_language(),
        request.get_full_path(),
        request.headers.get("HX-Request"),
        request.headers.get("HX-History-Restore-Request"),
    )


def _is_the_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")} - {""}
    return (
        response.status_code == 200
        and not response.streaming
        and response.get("Content-Type", "").startswith(_TYPES)
        and "public" in response.get("Cache-Control", "")
        and varies <= _VARIES
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and len(response.content) <= _LARGEST
    )


@conditional_page
def _again(request: HttpRequest, cached: CachedPage) -> HttpResponse:
    return HttpResponse(zlib.decompress(cached.text), headers=cached.headers)


RETRY_AFTER = 30  # seconds

_log = logging.getLogger(__name__)


class DatabaseErrorMiddleware:
    """Answers 503 if a view failed because the database is not available or busy, a query took too
    long, or the disk cannot be written to. Other database errors are handled like any exception.

    What fails outside a view, such as an error page, is answered by `web/operations/views.py`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer_to_database_error(exception)


def answer_to_database_error(exception: BaseException | None) -> HttpResponse | None:
    """The answer to a request that failed with this exception; None if it is of another kind."""
    reason = _reason(exception)
    if not reason:
        return None
    _log.error("%s: %s", _WORDS[reason], exception)
    page = loader.render_to_string("503.html", {"reason": reason})
    response = HttpResponse(page, status=503)
    seconds = settings.RETRY_AFTER_SECONDS if reason == "busy" else RETRY_AFTER
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


_WORDS = {
    "away": "The database is away",
    "busy": "Another writer took too long",
    "full": "The disk cannot be written to",
    "slow": "A query took too long",
}


def _reason(error: BaseException | None) -> str:
    """`away`, `busy`, `full` or `slow`; empty for other errors."""
    if isinstance(error, StorageFailed) or is_storage_failure(error):
        return "full"
    if isinstance(error, LockTimeout):
        return "busy"
    if not isinstance(error, OperationalError | InterfaceError):
        return ""
    if isinstance(error, OperationalError):
        if is_query_timeout(error):
            return "slow"
        if is_lock_timeout(error):
            return "busy"
    return "" if _is_there() else "away"


def _is_there() -> bool:
    """Whether the connection still works, so that the database is available."""
    return connection.connection is not None and connection.is_usable()


# --- Limits of time of single queries ------------------------------------------------------------

# PostgreSQL has `statement_timeout`, see settings.py. SQLite asks a handler from time to time
# whether to go on. It counts the time that the thread computes, so that a page that is read slowly,
# such as an export, loses nothing.
_STEPS = 1_000_000  # of SQLite's virtual machine between two looks at the clock: some 10 ms
_CANCELLED = "57014"  # SQLSTATE of PostgreSQL


def is_query_timeout(error: OperationalError) -> bool:
    """Whether a query was cancelled because of its time limit."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return getattr(cause, "sqlstate", None) == _CANCELLED


@contextmanager
def query_timeout(seconds: float) -> Iterator[None]:
    """With SQLite, queries in the block that take longer raise OperationalError; 0: no limit."""
    if connection.vendor != "sqlite" or not seconds:
        yield
        return
    ends = 0.0

    def is_too_long() -> bool:
        return time.thread_time() > ends

    def limited(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal ends
        ends = time.thread_time() + seconds
        connection.connection.set_progress_handler(is_too_long, _STEPS)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(limited):
            yield
    finally:
        if connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)
