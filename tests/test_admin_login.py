"""Logging in: guessing is slow, costs no hashing, tells nothing, and locks out nobody for long."""

from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from heritage.models import LoginAttempt, logins
from tests import builders as build

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


@pytest.fixture
def editor():
    return get_user_model().objects.create_user("ed", password=PASSWORD, is_staff=True)


def post(username="ed", password="wrong", address="192.0.2.1", language="en", query=""):  # noqa: S107
    return Client(REMOTE_ADDR=address).post(
        f"/{language}/admin/login/{query}", {"username": username, "password": password}
    )


@pytest.fixture
def checked():
    """How often a password was checked, or a hash made for somebody who does not exist."""
    with mock.patch("django.contrib.auth.hashers.PBKDF2PasswordHasher.encode") as encode:
        encode.return_value = "pbkdf2_sha256$1$salt$hash"
        yield encode


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Wait 15 minutes"), ("zh-hans", "请等候15分钟")]
)
def test_the_sixth_guess_has_to_wait(editor, language, words):
    for _ in range(logins.PER_ACCOUNT_AND_ADDRESS):
        assert post(language=language).status_code == 200  # the form again, with its message
    refused = post(language=language, password=PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert "no-store" in refused["Cache-Control"]
    assert words in refused.content.decode()
    # From elsewhere its owner can log in all the same.
    assert post(password=PASSWORD, address="198.51.100.7").status_code == 302


@pytest.mark.parametrize("username", ["ed", "nobody", "ED ", "x" * 5000, ""])
def test_who_does_not_exist_is_counted_alike_and_no_password_is_hashed(editor, checked, username):
    answers = [post(username=username).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    before = checked.call_count
    post(username=username)
    assert checked.call_count == before


def test_a_success_clears_what_was_mistyped(editor):
    for _ in range(10):
        for _ in range(logins.PER_ACCOUNT_AND_ADDRESS - 1):
            post()
        assert post(password=PASSWORD).status_code == 302
    assert not LoginAttempt.objects.exists()


def test_one_address_cannot_try_many_accounts(editor):
    answers = [post(username=f"user-{n}").status_code for n in range(logins.PER_ADDRESS + 1)]
    assert answers == [200] * logins.PER_ADDRESS + [429]


def test_of_ipv6_the_network_counts(editor):
    answers = [post(address=f"2001:db8:1:2::{n:x}").status_code for n in range(1, 7)]
    assert answers[-1] == 429
    assert post(address="2001:db8:1:3::1").status_code == 200


def test_many_addresses_cannot_try_one_account(editor):
    answers = [post(address=f"198.51.100.{n}").status_code for n in range(logins.PER_ACCOUNT + 1)]
    assert answers == [200] * logins.PER_ACCOUNT + [429]


def test_where_no_address_is_known_only_the_account_counts():
    for number in range(logins.PER_ADDRESS + 5):
        assert not logins.admit(f"user-{number}", "")


def test_the_wait_ends_and_old_rows_go():
    now = timezone.now()
    for second in range(logins.PER_ACCOUNT_AND_ADDRESS):
        assert not logins.admit("ed", "192.0.2.1", now + timedelta(seconds=second))
    later = now + timedelta(minutes=10)
    assert logins.admit("ed", "192.0.2.1", later) == timedelta(minutes=5)
    assert not logins.admit("ed", "192.0.2.1", now + logins.WINDOW)
    assert not logins.admit("ed", "192.0.2.1", now + 2 * logins.WINDOW)
    assert LoginAttempt.objects.count() == 3


def test_neither_name_nor_address_is_kept():
    logins.admit("somebody", "192.0.2.1")
    kept = " ".join(LoginAttempt.objects.values_list("key", flat=True))
    assert "somebody" not in kept and "192.0.2" not in kept


@pytest.mark.parametrize(
    "query", ["", "?next=", "?next=//evil.example/", "?next=https://evil.example/", "?next=%00"]
)
def test_no_address_to_return_to_leads_nowhere(editor, query):
    response = post(password=PASSWORD, query=query)
    assert (response.status_code, response["Location"]) == (302, "/en/admin/")


def test_an_address_of_ours_is_returned_to(editor):
    response = post(password=PASSWORD, query="?next=/en/admin/heritage/site/")
    assert response["Location"] == "/en/admin/heritage/site/"


def test_someone_without_rights_is_counted_too():
    build.make_user(username="reader", is_staff=False)
    assert [post(username="reader").status_code for _ in range(6)][-1] == 429
