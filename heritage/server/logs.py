"""What the log leaves out, and the request that a line belongs to; see LOGGING in settings.py."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

# The id of the request that is being answered: lines of the log and the page of a fault show it.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class WithRequest(logging.Filter):
    """Adds `request_id` to each line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JSONLines(logging.Formatter):
    """Each record as one line of JSON; a record may bring `fields` of its own, as the log of
    requests does."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Quiet(logging.Filter):
    """Leaves out what is no fault of the catalogue, and what another line says.

    Addresses that lead nowhere are told with HERITAGE_LOG_LEVEL=DEBUG alone. Refused pages are in
    the log `heritage.security`; what answers 503 says why; 501 is for what IIIF allows and is not
    offered. Requests that are not understood, such as those for a foreign host, are told without a
    traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if status == 404:
            return logging.getLogger().isEnabledFor(logging.DEBUG)
        if status == 400:
            record.exc_info = None
        return record.name != "django.request" or status not in (403, 501, 503)
