"""Limits attempts to log in; they are counted before the password is checked.

Attempts at accounts that do not exist are counted
alike, so that neither the answer nor its timing tells whether an account exists. A browser from
which an account has logged in before is counted by itself, so that nobody else, at the same address
or at others, locks anybody out of it.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from heritage.models import LoginAttempt

WINDOW = timedelta(minutes=15)
# Attempts within that time: at one account from one address, or from one browser that is known; at
# one account from any other; from one address at any account. The second is high, since it lets
# others lock somebody out of a new browser.
PER_ACCOUNT_AND_ADDRESS, PER_ACCOUNT, PER_ADDRESS = 5, 30, 20
# Attempts of all browsers that are not known, whatever their addresses: a password takes half a
# second of a worker to check, and so most of them are left to visitors.
MOMENT, AT_ONCE = timedelta(seconds=5), 5
# Clocks of several machines may differ by this much. What was written further in the future is of a
# clock that ran ahead, and says nothing.
SKEW = timedelta(seconds=5)


class Limit(NamedTuple):
    attempts: int
    within: timedelta = WINDOW


def register_attempt(
    account: str, network: str, browser: str = "", now: datetime | None = None
) -> timedelta:
    """Count an attempt. Returns how long to wait; zero if it may go on.

    `browser` names one from which the account has logged in before. An attempt that has to wait is
    not counted, so that the wait ends. `now` is for tests.
    """
    limits = _limits(account, network, browser)
    with transaction.atomic():
        _one_at_a_time(limits)
        now = now or timezone.now()  # those that waited here in turn have later times
        LoginAttempt.objects.filter(Q(at__lte=now - WINDOW) | Q(at__gt=now + SKEW)).delete()
        free_again = now
        for key, limit in limits.items():
            latest = LoginAttempt.objects.filter(key=key).order_by("-at")
            oldest = latest.values_list("at", flat=True)[
                limit.attempts - 1 : limit.attempts
            ].first()
            if oldest is not None:
                free_again = max(free_again, oldest + limit.within)
        if free_again == now:
            LoginAttempt.objects.bulk_create(LoginAttempt(key=key, at=now) for key in limits)
    return free_again - now


def _one_at_a_time(keys: Iterable[str]) -> None:
    """Serialise attempts that count against the same key until the transaction ends.

    SQLite has a single writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for key in sorted(keys):  # always in one order, so that no two wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def clear_attempts(account: str, network: str, browser: str = "") -> None:
    """Delete the attempts at this account from there after a successful log-in."""
    own, *others = _limits(account, network, browser)
    tried = LoginAttempt.objects.filter(key=own)
    times = list(tried.values_list("at", flat=True))
    LoginAttempt.objects.filter(key__in=others, at__in=times).delete()
    tried.delete()


def normalized(account: str) -> str:
    """The name of an account as attempts at it are counted, however it was typed."""
    return unicodedata.normalize("NFKC", account)[:254].casefold()


def _limits(account: str, network: str, browser: str) -> dict[str, Limit]:
    """The limits by key; the first is for the account from the browser or the address."""
    account = normalized(account)
    if browser:
        return {_key("browser", account, browser): Limit(PER_ACCOUNT_AND_ADDRESS)}
    found = {
        _key("both", account, network): Limit(PER_ACCOUNT_AND_ADDRESS),
        _key("account", account): Limit(PER_ACCOUNT),
        _key("all"): Limit(AT_ONCE, MOMENT),
    }
    if network:
        found[_key("address", network)] = Limit(PER_ADDRESS)
    return found


def _key(*parts: str) -> str:
    digest = salted_hmac("heritage.login", "\0".join(parts), algorithm="sha256")
    return digest.hexdigest()
