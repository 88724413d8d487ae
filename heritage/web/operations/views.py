"""Health checks for monitoring, security.txt, and the pages of errors."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heritage.search import current_index
from heritage.server import logs, security_log
from heritage.values.language import interface_languages
from heritage.web.operations.metrics import METRICS_TYPE, metrics_text
from heritage.web.operations.middleware import answer_to_database_error

_VALID = timedelta(days=180)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Nothing else is checked, since a restart would not help the
    database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if database and index are available and the storage takes writes, else 503.

    `free_mb` is the space left in the data folder, in MiB.
    """
    state = {
        "database": _state(_ask_database),
        "index": _state(current_index),
        "storage": _storage(),
    }
    status = 200 if set(state.values()) == {"ok"} else 503
    free = shutil.disk_usage(settings.DATA_DIR).free // 2**20
    return JsonResponse({**state, "free_mb": free, "version": settings.VERSION}, status=status)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics, for requests from the machine itself, as with `/readyz`; also answered while the
    database is not available."""
    return HttpResponse(metrics_text(), content_type=METRICS_TYPE)


def _storage() -> str:
    """“ok”, or “not writable” if no file can be written in the data folder or, with SQLite, the
    file of the database may not be written."""
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as trial:
            trial.write(bytes(65_536))
    except OSError:
        return "not writable"
    # The file of the database is not opened to try: closing it would give up all locks that SQLite
    # holds on it in this process (POSIX locks belong to the process), and the database could break.
    if connection.vendor == "sqlite" and not os.access(connection.settings_dict["NAME"], os.W_OK):
        return "not writable"
    return "ok"


def _state(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (DatabaseError, InterfaceError):
        return "away"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: the contact for security reports."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    midnight = datetime.combine(datetime.now(UTC), time.min)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {midnight + _VALID:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(interface_languages())}",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


# --- error pages, which explain what happened and link onward --------------------------------


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    page = request.get_full_path_info().partition("?")[0]  # quoted, so one line
    account = request.user.get_username() if hasattr(request, "user") else ""
    security_log.warn(f"page refused ({request.method} {page})", account, request)
    return render(request, "403.html", status=403)


# These two must not fail themselves: they use neither the database nor the request.


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    # Other error pages need the database: without it their failure leads here.
    away = answer_to_database_error(sys.exception())
    return away or HttpResponse(
        loader.render_to_string("500.html", {"request_id": logs.request_id.get()}), status=500
    )
