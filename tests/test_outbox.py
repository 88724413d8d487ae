"""Mail waits for the background worker, which sends it, tries again, and says what it could not."""

import re
import smtplib
import socketserver
import threading
from configparser import ConfigParser
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends import locmem
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from heritage.models import OutgoingMail
from heritage.server import encryption
from heritage.services import notifications, outbox
from tests.builders import make_user

pytestmark = pytest.mark.django_db

State = OutgoingMail.State
DEPLOY = Path(__file__).parent.parent / "deploy"


class Fails(locmem.EmailBackend):
    """A mail server in a bad mood: raises what a test says."""

    error: Exception | None = None

    def send_messages(self, messages):
        if self.error is not None:
            raise self.error
        return super().send_messages(messages)


@pytest.fixture
def queued(settings):
    """Mail is set up as in production, with a server of the test."""
    settings.MAIL_IS_SET_UP = True
    settings.MAILERS = {
        "default": {"BACKEND": "heritage.services.outbox.EmailBackend"},
        "server": {"BACKEND": "tests.test_outbox.Fails"},
    }
    mail.outbox.clear()
    Fails.error = None
    yield settings
    Fails.error = None


def waiting() -> list[str]:
    return list(OutgoingMail.objects.filter(state=State.WAITING).values_list("to", flat=True))


def make_due() -> None:
    OutgoingMail.objects.filter(state=State.WAITING).update(next_try_at=timezone.now())


def test_mail_waits_for_the_worker_and_is_sent_as_it_was_written(queued):
    message = EmailMultiAlternatives("遗产", "words", "from@example.org", ["to@example.org"])
    message.attach_alternative("<p>words", "text/html")
    message.attach("a.txt", "inside", "text/plain")
    message.bcc, message.extra_headers = ["secretly@example.org"], {"Message-ID": "<one@here>"}
    message.send()
    assert mail.outbox == []
    assert waiting() == ["to@example.org, secretly@example.org"]
    assert outbox.send_due() == 1
    (sent,) = mail.outbox
    assert (sent.subject, sent.body.strip(), sent.recipients()) == (
        "遗产", "words", ["to@example.org", "secretly@example.org"],
    )  # fmt: skip
    parsed = sent.message()
    assert (parsed["Message-ID"], parsed["Bcc"]) == ("<one@here>", None)
    kinds = [part.get_content_type() for part in parsed.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/plain"]
    stored = OutgoingMail.objects.get()
    assert (stored.state, stored.content, stored.error) == (State.SENT, "", "")
    assert outbox.send_due() == 0 and len(mail.outbox) == 1


def test_what_was_rolled_back_is_not_written_about(queued):
    with transaction.atomic():
        notifications.send_mail("to@example.org", "Subject", ["Words"])
        transaction.set_rollback(True)
    assert waiting() == []
    notifications.send_mail("to@example.org", "Subject", ["Words"])
    assert waiting() == ["to@example.org"]


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (ConnectionRefusedError("nobody there"), False),
        (TimeoutError("timed out"), False),
        (smtplib.SMTPAuthenticationError(535, b"no"), False),
        (smtplib.SMTPRecipientsRefused({"to@example.org": (450, b"later")}), False),
        (smtplib.SMTPRecipientsRefused({"to@example.org": (550, b"unknown")}), True),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
    ],
)
def test_mail_that_is_not_taken_is_tried_later_and_later_unless_refused(queued, error, is_final):
    notifications.send_mail("to@example.org", "Subject", ["Words"])
    Fails.error = error
    waits = []
    for _try in range(20):
        make_due()
        outbox.send_due()
        stored = OutgoingMail.objects.get()
        if stored.state == State.FAILED:
            break
        waits.append(stored.next_try_at - timezone.now())
        assert outbox.send_due() == 0  # not at once
    assert (stored.state, bool(stored.error)) == (State.FAILED, True)
    assert waits == sorted(waits) and (waits == []) == is_final
    if not is_final:
        assert timedelta(days=2) - timedelta(hours=1) < sum(waits, timedelta()) < timedelta(days=3)
    Fails.error = None
    outbox.send_again(stored)
    assert outbox.send_due() == 1


def test_mail_of_a_worker_that_was_killed_is_sent_after_two_minutes(queued, monkeypatch):
    notifications.send_mail("to@example.org", "Subject", ["Words"])
    Fails.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due()
    Fails.error = None
    assert outbox.send_due() == 0 and waiting() == ["to@example.org"]
    soon = timezone.now() + timedelta(minutes=2, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: soon)
    assert outbox.send_due() == 1


def test_a_link_that_sets_a_password_cannot_be_read_in_the_database(queued, client):
    user = make_user("li", group="editor", email="li@example.org")
    client.post(reverse("account_reset_password"), {"email": user.email})
    stored = OutgoingMail.objects.get()
    assert stored.to == user.email
    link = re.search(r"/accounts/password/reset/key/\S+", encryption.decrypt(stored.content))
    assert link is None  # the message in it is not plain either, but:
    assert outbox.send_due() == 1
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)
    assert link is not None and link[0] not in stored.content
    assert client.get(f"/en{link[0]}", follow=True).status_code == 200


def test_mail_under_another_secret_key_is_given_up_and_said(queued):
    notifications.send_mail("to@example.org", "Subject", ["Words"])
    queued.SECRET_KEY = "another"
    outbox.send_due()
    stored = OutgoingMail.objects.get()
    assert (stored.state, stored.error) == (
        State.FAILED,
        "It was written under another secret key.",
    )


def test_mail_is_forgotten_after_some_time():
    now = timezone.now()
    for state, days in (("sent", 29), ("sent", 31), ("failed", 89), ("failed", 91)):
        at = now - timedelta(days=days)
        OutgoingMail.objects.create(to="", subject=days, state=state, created_at=at, sent_at=at)
    OutgoingMail.objects.create(to="", subject="waits", created_at=now - timedelta(days=400))
    assert outbox.forget_old() == 2
    kept = set(OutgoingMail.objects.values_list("subject", flat=True))
    assert kept == {"29", "89", "waits"}


# --- a mail server ---------------------------------------------------------------------------


class _Sink(socketserver.StreamRequestHandler):
    """As much of SMTP as takes mail; what it took is in `server.taken`."""

    def handle(self):
        say = lambda text: self.wfile.write(f"{text}\r\n".encode())  # noqa: E731
        say("220 here")
        while line := self.rfile.readline().decode().strip():
            match line.split(maxsplit=1)[0].upper():
                case "DATA":
                    say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    self.server.taken.append(b"".join(lines).decode())
                    say("250 taken")
                case "QUIT":
                    say("221 bye")
                    return
                case _:
                    say("250 well")


@pytest.fixture
def sink():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Sink) as server:
        server.taken = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_worker_delivers_to_a_mail_server(queued, sink):
    host, port = sink.server_address
    queued.MAILERS = queued.MAILERS | {
        "server": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": host, "port": port, "timeout": 10},
        }
    }
    notifications.send_mail("to@example.org", "遗产 here", ["Words of 龙门"])
    assert outbox.send_due() == 1
    (taken,) = sink.taken
    assert "To: to@example.org" in taken and "Message-ID: " in taken
    sink.shutdown()
    sink.server_close()
    notifications.send_mail("to@example.org", "Subject", ["Words"])
    assert outbox.send_due() == 0
    assert OutgoingMail.objects.get(state=State.WAITING).error


def _unit(name: str) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / name)
    return dict(parser["Service"])


def test_the_background_worker_alone_reaches_other_machines():
    cut_off = {"IPAddressDeny": "any", "IPAddressAllow": "localhost"}
    for path in sorted(DEPLOY.glob("*.service")):
        unit = _unit(path.name)
        if path.name == "heritage-tasks.service":
            assert not cut_off.keys() & unit.keys() and unit.get("PrivateNetwork") != "yes"
            assert "AF_INET AF_INET6" in unit["RestrictAddressFamilies"]
            assert unit["ExecStart"].endswith("manage.py db_worker")
        else:
            assert unit.get("PrivateNetwork") == "yes" or cut_off.items() <= unit.items(), path.name
