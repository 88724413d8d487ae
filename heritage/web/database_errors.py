"""Answers 503 with Retry-After instead of 500 while the database cannot be reached."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import add_never_cache_headers

RETRY_AFTER = 30  # seconds

_log = logging.getLogger(__name__)


class DatabaseAwayMiddleware:
    """Answers 503 for views that found no connection. Other database errors are not handled.

    What fails outside a view, such as an error page, is answered by `web/errors.py`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer_while_away(exception)


def answer_while_away(exception: BaseException | None) -> HttpResponse | None:
    """The answer to a request that failed with this; None if the database is not away."""
    if not isinstance(exception, OperationalError | InterfaceError) or _is_there():
        return None
    _log.error("The database is away: %s", exception)
    response = HttpResponse(loader.render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


def _is_there() -> bool:
    """Whether the failed connection still answers, so that the database is not away."""
    return connection.connection is not None and connection.is_usable()
