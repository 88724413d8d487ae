"""The adapter of allauth: limits attempts to log in, and closes sign-up.

A log-in leaves a signed cookie, by which the browser is known when the account logs in again, until
its password is changed; see login_attempts.py.
"""

import logging
import smtplib
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.admin.accounts import login_attempts
from heritage.models import Identity, User
from heritage.server import encryption, security_log
from heritage.server.client_address import client_network
from heritage.server.machine_lock import one_at_a_time
from heritage.server.timeouts import NotWritten, StorageFailed, lock_timeout

KNOWN_BROWSER = "known_browser"  # the name of the cookie
KNOWN_FOR = 365 * 24 * 60 * 60  # seconds
TURN_SECONDS = 2  # for which a known browser waits while another password is checked
RETRY_SECONDS = 2  # after which others may try again

log = logging.getLogger(__name__)


class Refused(ImmediateHttpResponse):
    """A password is not checked at present. `words` say why, and `seconds` after which time to try
    again.

    The log-in page shows its form again with the words; other pages are answered with a page of
    their own.
    """

    def __init__(
        self, request: HttpRequest, status: int, seconds: int, error: NotWritten | None = None
    ):
        self.status, self.seconds = status, seconds
        if isinstance(error, StorageFailed):
            self.words = _(
                "Nobody can log in just now: the catalogue's disk is full or cannot be written "
                "to. Please tell whoever runs it."
            )
        elif status == 503 or seconds < 60:
            self.words = _("Many are logging in just now. Wait a few seconds, then try again.")
        else:
            minutes = ceil(seconds / 60)
            self.words = ngettext(
                "Too many attempts to log in. Wait %(count)d minute, then try again.",
                "Too many attempts to log in. Wait %(count)d minutes, then try again.",
                minutes,
            ) % {"count": minutes}
        page = render(request, "429.html", {"words": self.words}, status=status)
        super().__init__(self.headed(page))

    def headed(self, response: HttpResponse) -> HttpResponse:
        """The response with the headers that belong to a refusal."""
        response.status_code = self.status
        response["Retry-After"] = str(self.seconds)
        patch_cache_control(response, private=True, no_store=True)
        return response


class AccountAdapter(DefaultAccountAdapter):
    """Changes to allauth's adapter, whose documentation describes the methods."""

    def is_safe_url(self, url: str) -> bool:
        """Also refuses relative paths, which would not exist below the address of the log-in."""
        return super().is_safe_url(url) and urlsplit(url).path.startswith("/")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before the password is checked, instead of allauth's own limits."""
        with lock_timeout(settings.WRITE_WAIT_SECONDS):
            wait = login_attempts.register_attempt(*_tried(request, credentials))
        if wait:
            raise Refused(request, 429, ceil(wait.total_seconds()))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check a password: one at a time on a machine, so that the other workers serve visitors.

        Raises `Refused` if it cannot be checked now.
        """
        name = _known_name(credentials.get("username", ""))
        # A known browser may wait its turn, so that an attack keeps no editor out.
        patience = TURN_SECONDS if _known_browser(request, name) else 0
        try:
            with one_at_a_time("password", patience) as is_free:
                if not is_free:
                    raise Refused(request, 503, RETRY_SECONDS)
                user = super().authenticate(request, **credentials)
                if user is not None:
                    login_attempts.clear_attempts(*_tried(request, credentials))
        except Refused as refused:
            security_log.warn(f"log-in not checked ({refused.status})", name, request)
            raise
        except NotWritten as error:
            raise Refused(request, 503, settings.RETRY_AFTER_SECONDS, error) from error
        except OSError as error:
            raise Refused(
                request, 503, settings.RETRY_AFTER_SECONDS, StorageFailed(str(error))
            ) from error
        if user is None:
            security_log.warn("log-in failed", name, request)
        return user

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        response.set_signed_cookie(
            KNOWN_BROWSER,
            _known_browser(request, user.username) or get_random_string(20),
            salt=_salt(user),
            max_age=KNOWN_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of the client for the list of sessions; see server/client_address.py for
        proxies."""
        return client_network(request.META).partition("/")[0] or "0.0.0.0"  # noqa: S104 - unknown


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of one-time and recovery codes are stored encrypted."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return encryption.decrypt(encrypted_text)
        except InvalidToken:
            log.error("A secret of one-time codes is under another secret key than the present.")
            page = render(context.request, "account/lost_codes.html", status=403)
            patch_cache_control(page, private=True, no_store=True)
            raise ImmediateHttpResponse(page) from None


def send_password_link(request: HttpRequest, user: User) -> bool:
    """Mail a link by which a user sets a password, as after a reset; returns whether it was sent.

    Do not call it in a transaction, which would last as long as the mail server takes.
    """
    adapter = get_adapter(request)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    details = {
        "catalogue": Identity.objects.current().name.best(),
        "username": user.get_username(),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
        "link": adapter.get_reset_password_from_key_url(key),
        "again": request.build_absolute_uri(reverse("account_reset_password")),
    }
    try:
        adapter.send_mail("account/email/set_password", user.email, details)
    except (OSError, smtplib.SMTPException):
        log.exception("A link to set a password could not be sent.")
        return False
    return True


def _tried(request: HttpRequest, credentials: dict) -> tuple[str, str, str]:
    account = credentials.get("username", "")
    return account, client_network(request.META), _known_browser(request, account)


def _known_browser(request: HttpRequest, account: str) -> str:
    """The id of the browser, if this account has logged in from it before; else an empty text."""
    if KNOWN_BROWSER not in request.COOKIES:
        return ""
    name = login_attempts.normalized(account).replace("\0", "")
    user = User.objects.filter(username__iexact=name).first()
    if user is None:
        return ""
    return request.get_signed_cookie(KNOWN_BROWSER, "", salt=_salt(user), max_age=KNOWN_FOR) or ""


def _salt(user: User) -> str:
    """The salt of an account and its password, so that stolen cookies become invalid when the
    password changes."""
    return f"heritage.login {login_attempts.normalized(user.username)} {user.password}"


def _known_name(name: str) -> str:
    """The name, if there is an account with it; else an empty text."""
    found = User.objects.filter(username__iexact=name.replace("\0", "")[:150])
    return found.values_list("username", flat=True).first() or ""
