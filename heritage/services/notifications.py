"""Writes e-mail to editors and readers, if mail is set up; the background worker sends it."""

import logging
import smtplib
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from heritage.models import User
from heritage.services import outbox

logger = logging.getLogger(__name__)


def notify(
    people: Iterable[User | None], subject: str, lines: Iterable[str], by: User | None = None
) -> None:
    """Write a mail to people, except the one who acted, unless the transaction is rolled back."""
    addresses = {
        person.email
        for person in people
        if person is not None and person.is_active and person.email and person != by
    }
    for address in sorted(addresses):
        send_mail(address, subject, lines)


def send_mail(address: str, subject: str, lines: Iterable[str]) -> None:
    """Write one message, in the transaction that is open."""
    if not settings.MAIL_IS_SET_UP:
        return
    text = "\n\n".join(filter(None, lines)) + "\n"
    message = EmailMessage(" ".join(subject.split()), text, to=[address])
    if outbox.is_used():
        message.send()
    else:  # in debug mode, to the console
        transaction.on_commit(lambda: _send(message))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (OSError, smtplib.SMTPException):
        logger.exception("A notice could not be sent.")
