"""Sends requests to Wikimedia by its rules: one at a time, with a contact, and not too often.

Only commands and the background worker do so. Nothing but the hosts of the settings is asked, by
HTTPS; a loopback address may be asked without, as in tests.
"""

import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heritage.server.machine_lock import one_at_a_time
from heritage.services.jobs import JobRefused
from heritage.values.language import LazyText

PAUSE = 1.0  # seconds between two requests
BATCH = 50  # titles or items of one question
_MAX_LAG = 5  # seconds by which the databases there may be behind
_TRIES = 4
_WAIT = 5  # seconds, where it is not said how long; more with each try
_LONGEST_WAIT = 300
_TIMEOUT = 60
_LONGEST = 600  # seconds that one answer may take
_LARGEST_ANSWER = 20_000_000  # bytes
_BLOCK = 65_536


class NotAnswered(JobRefused):
    """Wikimedia cannot be asked at present; the work can be continued later."""


class FileRefused(Exception):
    """A file is not available; the argument says why, in each language."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The API gives whole addresses: a redirect may lead to anywhere."""

    def redirect_request(self, *args: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


class WikimediaClient:
    """Asks one question after the other. `wait(seconds)` is called instead of sleeping."""

    def __init__(self, wait: Callable[[float], object] = time.sleep):
        if not settings.CONTACT:
            raise NotAnswered(
                _(
                    "Wikimedia asks to be told how to reach whoever reads from it. The operator "
                    "has to set HERITAGE_CONTACT, such as mailto:heritage@example.org."
                )
            )
        self._wait = wait
        self._agent = f"Heritage/{settings.VERSION} ({settings.CONTACT})"
        self._last = float("-inf")

    def query(self, api: str, **parameters: Any) -> dict[str, Any]:
        """The answer of an API, after waiting as long as the server asks for."""
        given = {"format": "json", "formatversion": 2, "maxlag": _MAX_LAG} | parameters
        for number in range(_TRIES):
            try:
                data, headers = self._ask(api, _LARGEST_ANSWER, urlencode(given).encode())
                answer: dict[str, Any] = json.loads(data)
            except FileRefused as error:
                raise NotAnswered(error.args[0]) from error
            except ValueError as error:
                text = _("{host} answered something that cannot be read.")
                raise NotAnswered(format_lazy(text, host=urlsplit(api).netloc)) from error
            fault = answer.get("error")
            if not fault:
                return answer
            if fault.get("code") != "maxlag":
                raise NotAnswered(f"{urlsplit(api).netloc}: {fault.get('info')}")
            self._pause(headers, number)
        raise NotAnswered(_BUSY)

    def download(self, address: str) -> bytes:
        """The content of a file; raises `FileRefused` if it is not available."""
        return self._ask(address, settings.IMAGE_MAX_BYTES)[0]

    def _ask(self, address: str, most: int, body: bytes | None = None) -> tuple[bytes, Message]:
        if not _is_allowed(address):
            text = _("{address} is not an address of Wikimedia.")
            raise FileRefused(format_lazy(text, address=address[:200]))
        headers = {"User-Agent": self._agent}
        if body is not None:  # fifty titles are too long for an address
            headers["Promise-Non-Write-API-Action"] = "true"
        request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 - see above
        for number in range(_TRIES):
            try:
                with one_at_a_time("wikimedia", _LONGEST_WAIT) as is_ours:
                    if not is_ours:
                        raise NotAnswered(_("Another process is reading from Wikimedia."))
                    pause = self._last + PAUSE - time.monotonic()
                    if pause > 0:
                        self._wait(pause)
                    with _opener.open(request, timeout=_TIMEOUT) as answer:
                        return _read(answer, most), answer.headers
            except urllib.error.HTTPError as error:
                with error:
                    if error.code != 429 and error.code < 500:
                        text = _("{host} answers {code}.")
                        message = format_lazy(text, host=urlsplit(address).netloc, code=error.code)
                        raise FileRefused(message) from error
                    refused_with = error.headers
            except (OSError, http.client.HTTPException) as error:
                if number + 1 == _TRIES:
                    text = _("Wikimedia cannot be reached: {error}")
                    raise NotAnswered(format_lazy(text, error=str(error))) from error
                refused_with = Message()
            finally:
                self._last = time.monotonic()
            self._pause(refused_with, number)
        raise NotAnswered(_BUSY)

    def _pause(self, headers: Message, number: int) -> None:
        """Wait as long as was said, or a while if nothing was said."""
        seconds = _retry_after(headers)
        if seconds > _LONGEST_WAIT:
            text = _("Wikimedia asks not to be asked again for {seconds} seconds.")
            raise NotAnswered(format_lazy(text, seconds=int(seconds)))
        self._wait(seconds or _WAIT * (number + 1))


_BUSY: LazyText = _("Wikimedia is busy. Try again in an hour.")


def _retry_after(headers: Message) -> float:
    """The seconds until the time of the header Retry-After; 0 if it is missing or unreadable."""
    header = (headers.get("Retry-After") or "").strip()
    if header.isdigit():
        return float(header)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(header) - timezone.now()).total_seconds())
    return 0.0


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    begun, parts, size = time.monotonic(), [], 0
    while block := answer.read(_BLOCK):
        parts.append(block)
        size += len(block)
        if size > most:
            raise FileRefused(_("The file is larger than it was said to be."))
        if time.monotonic() - begun > _LONGEST:
            raise TimeoutError
    return b"".join(parts)


def _is_allowed(address: str) -> bool:
    try:
        given = urlsplit(address)
        host = given.hostname or ""
        apis = [urlsplit(api) for api in (settings.COMMONS_API, settings.WIKIDATA_API)]
    except ValueError:
        return False
    if given.netloc in {api.netloc for api in apis}:
        return given.scheme == "https" or (given.scheme == "http" and _is_loopback(host))
    return given.scheme == "https" and given.netloc in settings.COMMONS_FILE_HOSTS


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
