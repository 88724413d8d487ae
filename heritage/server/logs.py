"""What the log leaves out, and the request that a line belongs to; see LOGGING in settings.py."""

import logging
from contextvars import ContextVar

# The id of the request that is being answered: lines of the log and the page of a fault show it.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class WithRequest(logging.Filter):
    """Adds `request_id` to each line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class Quiet(logging.Filter):
    """Leaves out what is no fault of the catalogue, and what another line says.

    Addresses that lead nowhere are told with HERITAGE_LOG_LEVEL=DEBUG alone. Refused pages are in
    the log `heritage.security`; what answers 503 says why. Requests that are not understood, such
    as those for a foreign host, are told without a traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if status == 404:
            return logging.getLogger().isEnabledFor(logging.DEBUG)
        if status == 400:
            record.exc_info = None
        return record.name != "django.request" or status not in (403, 503)
