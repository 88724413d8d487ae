"""Middleware: an id for each request, and a line in the log for each, if that is wanted."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from heritage.server import counters, logs
from heritage.server.client_address import client_network, is_behind_proxy

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")

type GetResponse = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("heritage.requests")


def request_log(get_response: GetResponse) -> GetResponse:
    """Takes the id of the trusted proxy if it sends one. The line tells method, path without query,
    status, milliseconds, account and address."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if is_behind_proxy() else ""
        token = logs.request_id.set(given if _SANE.fullmatch(given) else secrets.token_hex(16))
        started = time.perf_counter()
        try:
            response = get_response(request)
            response[HEADER] = logs.request_id.get()
            counters.count("responses")
            if response.status_code >= 500:
                counters.count("responses_5xx")
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
    """Who is logged in; visitors cost no query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(request, "user"):
        return ""
    try:
        return request.user.get_username()
    except (DatabaseError, InterfaceError):
        return ""
