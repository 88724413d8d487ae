"""Answers 503 with Retry-After instead of 500 where the database or the disk cannot do its work."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import add_never_cache_headers

from heritage.server.lock_timeout import (
    LockTimeout,
    StorageFailed,
    is_lock_timeout,
    is_storage_failure,
)
from heritage.server.query_timeout import is_query_timeout

RETRY_AFTER = 30  # seconds

_log = logging.getLogger(__name__)


class DatabaseErrorMiddleware:
    """Answers 503 for views that failed so. Other database errors are faults like any other.

    What fails outside a view, such as an error page, is answered by `web/operations/views.py`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer_to_database_error(exception)


def answer_to_database_error(exception: BaseException | None) -> HttpResponse | None:
    """The answer to a request that failed with this; None if it is another fault."""
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
    """Whether the failed connection still answers, so that the database is not away."""
    return connection.connection is not None and connection.is_usable()
