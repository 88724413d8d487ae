"""Lines of the log `heritage.security`, which tell an operator what happens to accounts.

`log-in failed: account="li" address=192.0.2.7`. A name is written only if there is such an account,
since people type their password where the name belongs.
"""

import json
import logging

from allauth.core import context
from django.http import HttpRequest

from heritage.server.client_address import client_network

log = logging.getLogger("heritage.security")


def note(
    event: str, account: str = "", request: HttpRequest | None = None, level: int = logging.INFO
) -> None:
    """Write a line; `request` is the one that is being answered, if none is given."""
    request = request or context.request
    parts = [f"account={quoted(account)}"]
    if request is not None:
        by = request.user.get_username() if hasattr(request, "user") else ""
        if by and by != account:
            parts.append(f"by={quoted(by)}")
        parts.append(f"address={client_network(request.META) or '-'}")
    else:
        parts.append("by=a command")
    log.log(level, "%s: %s", event, " ".join(parts))


def warn(event: str, account: str = "", request: HttpRequest | None = None) -> None:
    note(event, account, request, logging.WARNING)


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if name else "-"
