"""Mail is stored in a table, from which the background worker sends it, so that no page waits for a
mail server.

`EmailBackend` enters whatever is sent; `send_due()` sends what waits through the mailer "server".
Mail that the server did not accept is tried again for two days, at growing intervals. A message
keeps its id, so that mail programs recognise one that was sent twice because the worker was killed.
"""

import email
import email.policy
import json
import logging
import smtplib
from base64 import b64decode, b64encode
from datetime import timedelta
from email.message import EmailMessage as ParsedMessage
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.models import OutgoingMail
from heritage.server import encryption

logger = logging.getLogger(__name__)

SERVER = "server"  # the mailer that the worker sends through
AT_ONCE = 50  # messages of one round
_LEASE = timedelta(minutes=2)  # after which one is tried again whose worker was killed
_WAITS = [timedelta(minutes=n) for n in (1, 5, 15, 60, 240, 480, 960, 1200)]


class EmailBackend(BaseEmailBackend):
    """Enters mail in the table, in the transaction that is open if there is one."""

    def send_messages(self, email_messages: Any) -> int:
        entered = 0
        for message in email_messages:
            if message.recipients():
                _enter(message)
                entered += 1
        return entered


def is_used() -> bool:
    """Whether the worker sends the mail; otherwise it is sent at once, or not at all."""
    return SERVER in settings.MAILERS


def _enter(message: EmailMessage) -> None:
    stored = {
        "from": message.from_email,
        "to": message.recipients(),
        "mime": b64encode(message.message().as_bytes()).decode(),
    }
    OutgoingMail.objects.create(
        to=", ".join(message.recipients()),
        subject=str(message.subject),
        content=encryption.encrypt(json.dumps(stored)),
    )


class StoredMessage(EmailMessage):
    """A message as it was written, with its id and date."""

    def __init__(self, stored: dict[str, Any]):
        self.mime = b64decode(stored["mime"])
        parsed = self.message()
        body = parsed.get_body(("plain",))
        super().__init__(
            subject=parsed["Subject"],
            body=body.get_content() if body is not None else "",
            from_email=stored["from"],
            to=stored["to"],
        )

    def message(self, *, policy: Any = email.policy.default) -> ParsedMessage:
        return email.message_from_bytes(self.mime, policy=policy)


def send_due() -> int:
    """Send what waits and is due; says how many were sent. What cannot be sent raises nothing."""
    now = timezone.now()
    due = OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING, next_try_at__lte=now)
    sent = 0
    for mail in list(due.order_by("next_try_at", "pk")[:AT_ONCE]):
        # Another worker may be at it, too.
        mine = OutgoingMail.objects.filter(pk=mail.pk, tries=mail.tries, state=mail.state)
        if not mine.update(tries=mail.tries + 1, next_try_at=now + _LEASE):
            continue
        mail.tries += 1
        try:
            StoredMessage(json.loads(encryption.decrypt(mail.content))).send(using=SERVER)
        except InvalidToken:
            _give_up(mail, _("It was written under another secret key."))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            _again(mail, error, is_final=all(code >= 500 for code in codes))
        except smtplib.SMTPDataError as error:
            _again(mail, error, is_final=error.smtp_code >= 500)
        except (OSError, smtplib.SMTPException) as error:
            _again(mail, error)
            break  # the server, not the message: the others wait as well
        else:
            OutgoingMail.objects.filter(pk=mail.pk).update(
                state=OutgoingMail.State.SENT, content="", error="", sent_at=timezone.now()
            )
            sent += 1
    return sent


def _again(mail: OutgoingMail, error: Exception, is_final: bool = False) -> None:
    text = str(error) or type(error).__name__
    if is_final or mail.tries > len(_WAITS):
        _give_up(mail, text)
        return
    logger.warning("Mail %s could not be sent and is tried again: %s", mail.pk, text)
    later = timezone.now() + _WAITS[mail.tries - 1]
    OutgoingMail.objects.filter(pk=mail.pk).update(next_try_at=later, error=text)


def _give_up(mail: OutgoingMail, why: str) -> None:
    logger.error("Mail %s could not be sent: %s", mail.pk, why)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.FAILED, error=why)


def send_again(mail: OutgoingMail) -> None:
    """Let the worker try one that has failed once more."""
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.FAILED).update(
        state=OutgoingMail.State.WAITING, tries=0, next_try_at=timezone.now()
    )


SENT_DAYS, FAILED_DAYS = 30, 90


def forget_old() -> int:
    """Delete mail that was sent or given up long ago; says how many."""
    now = timezone.now()
    sent = OutgoingMail.objects.filter(
        state=OutgoingMail.State.SENT, sent_at__lt=now - timedelta(days=SENT_DAYS)
    )
    failed = OutgoingMail.objects.filter(
        state=OutgoingMail.State.FAILED, created_at__lt=now - timedelta(days=FAILED_DAYS)
    )
    return sent.delete()[0] + failed.delete()[0]
