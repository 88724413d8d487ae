"""Logging in: guessing is slow, costs no hashing, tells nothing, and locks out nobody for long."""

import re
import time
from contextlib import ExitStack
from datetime import timedelta
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from heritage.admin.accounts import login_attempts
from heritage.models import LoginAttempt
from heritage.server.encryption import decrypt, encrypt
from heritage.server.machine_lock import one_at_a_time
from tests import builders as build
from tests.adminforms import page_data
from tests.faults import no_writes

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _limits_begin_anew(monkeypatch):
    """Each test is quicker than visitors, so only those of the limit of all attempts have it."""
    cache.clear()
    monkeypatch.setattr(login_attempts, "AT_ONCE", 1_000)


@pytest.fixture
def editor():
    return get_user_model().objects.create_user("ed", password=PASSWORD, is_staff=True)


def post(username="ed", password="wrong", address="192.0.2.1", language="en", query=""):  # noqa: S107
    return Client(REMOTE_ADDR=address).post(
        f"/{language}/accounts/login/{query}", {"login": username, "password": password}
    )


@pytest.fixture
def checked():
    """How often a password was checked, or a hash made for somebody who does not exist."""
    with mock.patch("django.contrib.auth.hashers.MD5PasswordHasher.encode") as encode:
        encode.return_value = "md5$salt$hash"
        yield encode


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Wait 15 minutes"), ("zh-hans", "请等候15分钟")]
)
def test_the_sixth_guess_has_to_wait(editor, language, words):
    for _ in range(login_attempts.PER_ACCOUNT_AND_ADDRESS):
        assert post(language=language).status_code == 200  # the form again, with its message
    refused = post(language=language, password=PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60
    assert "no-store" in refused["Cache-Control"]
    assert words in refused.content.decode()
    # From elsewhere its owner can log in all the same.
    assert post(password=PASSWORD, address="198.51.100.7").status_code == 302


@pytest.mark.parametrize("username", ["ed", "nobody", "ED ", "x" * 150])
def test_who_does_not_exist_is_counted_alike_and_no_password_is_hashed(editor, checked, username):
    answers = [post(username=username).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    before = checked.call_count
    post(username=username)
    assert checked.call_count == before


def test_a_success_clears_what_was_mistyped(editor):
    for _ in range(10):
        for _ in range(login_attempts.PER_ACCOUNT_AND_ADDRESS - 1):
            post()
        assert post(password=PASSWORD).status_code == 302
    assert not LoginAttempt.objects.exists()


def test_one_address_cannot_try_many_accounts(editor):
    answers = [
        post(username=f"user-{n}").status_code for n in range(login_attempts.PER_ADDRESS + 1)
    ]
    assert answers == [200] * login_attempts.PER_ADDRESS + [429]


def test_of_ipv6_the_network_counts(editor):
    answers = [post(address=f"2001:db8:1:2::{n:x}").status_code for n in range(1, 7)]
    assert answers[-1] == 429
    assert post(address="2001:db8:1:3::1").status_code == 200


def test_many_addresses_cannot_try_one_account(editor):
    answers = [
        post(address=f"198.51.100.{n}").status_code for n in range(login_attempts.PER_ACCOUNT + 1)
    ]
    assert answers == [200] * login_attempts.PER_ACCOUNT + [429]


def test_where_no_address_is_known_only_the_account_counts():
    for number in range(login_attempts.PER_ADDRESS + 5):
        assert not login_attempts.register_attempt(f"user-{number}", "")


def attempt(**more):
    return login_attempts.register_attempt("ed", "192.0.2.1", **more)


def test_the_wait_ends_and_old_rows_go():
    now = timezone.now()
    for second in range(login_attempts.PER_ACCOUNT_AND_ADDRESS):
        assert not attempt(now=now + timedelta(seconds=second))
    assert attempt(now=now + timedelta(minutes=10)) == timedelta(minutes=5)
    assert not attempt(now=now + login_attempts.WINDOW)
    assert not attempt(now=now + 2 * login_attempts.WINDOW)
    assert LoginAttempt.objects.count() == 4


# --- many addresses at once ------------------------------------------------------------------


@pytest.fixture
def flood(monkeypatch, checked):
    """Sends guesses at as many accounts from as many addresses; gives the answers."""
    monkeypatch.setattr(login_attempts, "AT_ONCE", 5)
    monkeypatch.setattr(login_attempts, "MOMENT", timedelta(seconds=60))

    def send():
        return [post(username=f"user-{n}", address=f"198.51.100.{n}") for n in range(12)]

    return send


def test_few_passwords_are_checked_at_once_however_many_addresses_send_them(flood, checked):
    answers = flood()
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 7
    assert checked.call_count == 5
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_the_limit_of_all_attempts_lasts_for_seconds(monkeypatch):
    seconds = login_attempts.MOMENT.total_seconds()
    assert seconds <= 5
    monkeypatch.setattr(login_attempts, "AT_ONCE", 5)
    now = timezone.now()
    for number in range(5):
        assert not login_attempts.register_attempt(f"user-{number}", "", now=now)
    wait = login_attempts.register_attempt("ed", "", now=now + timedelta(seconds=1))
    assert wait == timedelta(seconds=seconds - 1)
    assert not login_attempts.register_attempt("ed", "", now=now + login_attempts.MOMENT)


def known_browser(username="ed", address="192.0.2.1"):
    """The cookie of a browser from which the account has logged in."""
    client = Client(REMOTE_ADDR=address)
    data = {"login": username, "password": PASSWORD}
    response = client.post("/en/accounts/login/", data)
    return {"known_browser": response.cookies["known_browser"].value}


def post_from(cookies, username="ed", password=PASSWORD, address="192.0.2.1"):
    client = Client(REMOTE_ADDR=address)
    client.cookies.load(cookies)
    data = {"login": username, "password": password}
    return client.post("/en/accounts/login/", data).status_code


def test_strangers_lock_nobody_out_of_a_browser_that_is_known(editor, monkeypatch):
    build.make_user("li", password=PASSWORD)
    cookies = known_browser()
    monkeypatch.setattr(login_attempts, "AT_ONCE", 1)
    monkeypatch.setattr(login_attempts, "MOMENT", timedelta(seconds=60))
    assert post(username="nobody", address="198.51.100.7").status_code == 200
    assert post(password=PASSWORD).status_code == 429
    assert post_from(cookies) == 302
    # It is known for the account that logged in there, and by its signature alone.
    assert post_from(cookies, username="li") == 429
    assert post_from({"known_browser": cookies["known_browser"] + "x"}) == 429
    # Neither do guesses at the account from many addresses.
    monkeypatch.setattr(login_attempts, "AT_ONCE", 1_000)
    for number in range(login_attempts.PER_ACCOUNT):
        post(address=f"198.51.100.{number}")
    assert post(password=PASSWORD).status_code == 429
    assert post_from(cookies) == 302


def test_a_browser_that_is_known_has_as_few_guesses_wherever_it_is(editor):
    cookies = known_browser()
    answers = [
        post_from(cookies, password="wrong", address=f"198.51.100.{number}") for number in range(6)
    ]
    assert answers == [200] * 5 + [429]


# --- a bureau, which is one address -----------------------------------------------------------


def test_wrong_attempts_of_colleagues_keep_nobody_out_of_a_known_browser(editor):
    cookies = known_browser()
    for number in range(login_attempts.PER_ADDRESS + 1):
        post(username=f"user-{number}")
    for _ in range(login_attempts.PER_ACCOUNT_AND_ADDRESS + 1):
        post()
    assert post(password=PASSWORD).status_code == 429
    assert post_from(cookies) == 302


def test_a_known_browser_shuts_out_itself_alone(editor):
    build.make_user("li", password=PASSWORD)
    cookies = known_browser()
    answers = [post_from(cookies, password="wrong") for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert post(username="li", password=PASSWORD).status_code == 302
    assert post(password=PASSWORD).status_code == 302  # its owner, at another desk
    assert post_from(cookies) == 429


def test_a_browser_is_known_until_the_password_changes(editor):
    cookies = known_browser()
    editor.set_password("another horse altogether")
    editor.save()
    for number in range(login_attempts.PER_ACCOUNT):
        post(address=f"198.51.100.{number}")
    assert post_from(cookies, password="another horse altogether") == 429


# --- a clock that ran ahead -------------------------------------------------------------------


def test_attempts_of_the_future_shut_nobody_out_and_go():
    now = timezone.now()
    for _ in range(login_attempts.PER_ACCOUNT_AND_ADDRESS):
        assert not attempt(now=now + timedelta(days=1))
    assert attempt(now=now + timedelta(days=1))
    assert not attempt(now=now)
    assert {row.at for row in LoginAttempt.objects.all()} == {now}


def test_clocks_that_differ_a_little_are_no_way_round_the_limits():
    now = timezone.now()
    for _ in range(login_attempts.PER_ACCOUNT_AND_ADDRESS):
        assert not attempt(now=now + timedelta(seconds=2))
    assert attempt(now=now)


# --- one password at a time -------------------------------------------------------------------


def test_while_a_password_is_checked_others_are_asked_to_come_again(editor, checked):
    with one_at_a_time("password"):
        refused = post(username="ed", password=PASSWORD, query="?next=/en/admin/heritage/site/")
        assert (refused.status_code, refused["Retry-After"]) == (503, "2")
        assert "no-store" in refused["Cache-Control"]
        page = refused.content.decode()
        assert 'value="ed"' in page and PASSWORD not in page
        assert 'name="next" value="/en/admin/heritage/site/"' in page
        assert "Wait a few seconds" in page
        chinese = post(language="zh-hans")
        assert "请等候数秒" in chinese.content.decode()
    assert not checked.called and not LoginAttempt.objects.exists()
    assert post().status_code == 200


def test_a_known_browser_waits_its_turn(editor, monkeypatch):
    cookies = known_browser()
    with ExitStack() as other:
        other.enter_context(one_at_a_time("password"))
        monkeypatch.setattr("heritage.server.machine_lock.time.sleep", lambda _s: other.close())
        assert post_from(cookies) == 302


def test_who_waits_too_long_keeps_the_name(editor):
    for _ in range(login_attempts.PER_ACCOUNT_AND_ADDRESS):
        post()
    page = post(query="?next=/en/admin/heritage/site/").content.decode()
    assert 'value="ed"' in page and 'name="next" value="/en/admin/heritage/site/"' in page
    assert 'type="password"' in page and 'value="wrong"' not in page


def test_on_a_full_disk_the_page_says_why_nobody_can_log_in(editor):
    with no_writes():
        refused = post(password=PASSWORD)
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    page = refused.content.decode()
    assert 'value="ed"' in page and "disk is full or cannot be written" in page
    assert post(password=PASSWORD).status_code == 302


def test_so_does_the_page_where_no_file_can_be_written(editor, settings):
    settings.MEDIA_ROOT = "/proc"  # where nobody can make one, not even root
    refused = post(password=PASSWORD)
    assert refused.status_code == 503


# --- what the operator's log says -------------------------------------------------------------


@pytest.fixture
def told(caplog):
    """The lines of the security log since it was asked last."""

    def lines():
        found = [each.getMessage() for each in caplog.records if each.name == "heritage.security"]
        caplog.clear()
        return found

    caplog.set_level("INFO", "heritage.security")
    return lines


def test_log_ins_are_told_with_account_and_address(editor, told):
    post()
    assert told() == ['log-in failed: account="ed" address=192.0.2.1']
    post(username="my own password\r\nforged: line")  # what was typed is no account's name
    assert told() == ["log-in failed: account=- address=192.0.2.1"]
    post(password=PASSWORD)
    assert told() == ['log-in: account="ed" address=192.0.2.1']
    for _ in range(6):
        post()
    assert told()[-1] == 'log-in not checked (429): account="ed" address=192.0.2.1'


def test_changes_of_accounts_are_told_with_who_made_them(client, told):
    boss = build.make_user("boss", password=PASSWORD, is_superuser=True)
    li = build.make_user("li", group="editor", password=PASSWORD)
    client.force_login(boss)
    told()
    url = f"/en/admin/heritage/user/{li.pk}/"
    contributor = Group.objects.get(name="contributor")
    data = {"username": "li", "groups": [contributor.pk], "is_active": "on", "is_superuser": "on"}
    assert client.post(f"{url}change/", data).status_code == 302
    by = 'account="li" by="boss" address=127.0.0.1'
    assert set(told()) == {
        f"is_superuser given: {by}",
        f"editor taken away: {by}",
        f"contributor given: {by}",
    }
    new = "a new and longer passphrase"
    data = {"password1": new, "password2": new, "usable_password": "true"}
    assert client.post(f"{url}password/", data).status_code == 302
    assert told() == [f"password changed or hashed anew: {by}"]
    contributor.permissions.add(Permission.objects.get(codename="publish_site"))
    assert told() == ['publish_site given (group "contributor"): account=- by=a command']
    Group.objects.create(name="all").permissions.set(Permission.objects.order_by("pk")[:9])
    assert 'and 4 more given (group "all")' in told()[-1]
    li.delete()
    build.make_user("mei")
    assert told() == [
        'account deleted: account="li" by=a command',
        'account made: account="mei" by=a command',
    ]


def test_codes_are_told(client, li, told, django_capture_on_commit_callbacks):
    enter(client)
    secret = client.get("/en/accounts/2fa/totp/activate/").context["form"].secret
    told()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/en/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert sorted(told()) == [
        'recovery_codes added: account="li" address=127.0.0.1',
        'totp added: account="li" address=127.0.0.1',
    ]
    client.logout()
    cache.clear()
    client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    client.post("/en/accounts/2fa/authenticate/", {"code": "000000"})
    assert told()[-1] == 'code refused: account="li" address=127.0.0.1'


def test_neither_name_nor_address_is_kept():
    login_attempts.register_attempt("somebody", "192.0.2.1")
    kept = " ".join(LoginAttempt.objects.values_list("key", flat=True))
    assert "somebody" not in kept and "192.0.2" not in kept


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?next=",
        "?next=//evil.example/",
        "?next=https://evil.example/",
        "?next=%00",
        "?next=%2500",
        "?next=nowhere",
        "?next=/%5Cevil.example/",
        "?next=javascript:alert(1)",
    ],
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


# --- the other ways --------------------------------------------------------------------------


@pytest.fixture
def li(client):
    user = get_user_model().objects.create_user(
        "li", password=PASSWORD, is_staff=True, email="li@example.org"
    )
    user.groups.add(Group.objects.get(name="editor"))
    return user


def test_the_admin_sends_to_the_log_in_and_back(client, li):
    response = client.get("/en/admin/heritage/site/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/en/accounts/login/?next=")
    html = response.content.decode()
    assert "/static/css/admin/theme.css" in html and "sign up" not in html.lower()
    data = {"login": "li", "password": PASSWORD, "next": "/en/admin/heritage/site/"}
    response = client.post("/en/accounts/login/", data, follow=True)
    assert response.request["PATH_INFO"] == "/en/admin/heritage/site/"


def test_who_may_not_enter_is_not_sent_in_circles(client):
    client.force_login(build.make_user(is_staff=False))
    assert client.get("/en/admin/", follow=True).status_code == 403


def test_nobody_signs_up(client):
    for response in (
        client.get("/en/accounts/signup/"),
        client.post("/en/accounts/signup/", {"username": "me", "password1": PASSWORD}),
    ):
        assert "Accounts are given" in response.content.decode()
    assert not get_user_model().objects.exists()


def test_a_lost_password_is_set_anew_by_mail(client, li):
    address = "/en/accounts/password/reset/"
    told = client.post(address, {"email": "li@example.org"}, follow=True).content
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    where = page.redirect_chain[-1][0]
    weak = client.post(where, {"password1": "12345678", "password2": "12345678"})
    assert weak.status_code == 200 and "Many people use this password" in weak.content.decode()
    new = "a new and longer passphrase"
    client.post(where, {"password1": new, "password2": new})
    li.refresh_from_db()
    assert li.check_password(new)
    assert client.get(link, follow=True).context["token_fail"]  # once only
    # A stranger's address gets the same answer, and no mail.
    again = client.post(address, {"email": "nobody@example.org"}, follow=True).content
    assert _without_tokens(again) == _without_tokens(told) and len(mail.outbox) == 1


def _without_tokens(html: bytes) -> str:
    return re.sub(r'(nonce|value)="[^"]*"', "", html.decode())


def enter(client) -> None:
    """Log in, and say the password once more: what protects an account is not changed without."""
    client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})


def _code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def test_a_one_time_code_is_asked_for_once_it_is_set_up(client, li):
    enter(client)
    page = client.get("/en/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    response = client.post("/en/accounts/2fa/totp/activate/", {"code": _code(secret)}, follow=True)
    codes = client.get("/en/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert response.status_code == 200 and len(codes) == 10
    client.logout()
    cache.clear()  # a code is good for once
    response = client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    assert response["Location"].startswith("/en/accounts/2fa/authenticate/")
    assert client.get("/en/admin/").status_code == 302  # a password alone is not enough
    assert client.post("/en/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    client.post("/en/accounts/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/en/admin/").status_code == 200
    # A recovery code is good for once.
    client.logout()
    client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    client.post("/en/accounts/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/en/admin/").status_code == 302


def test_secrets_of_codes_are_stored_encrypted(client, li, settings):
    enter(client)
    secret = client.get("/en/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/en/accounts/2fa/totp/activate/", {"code": _code(secret)})
    stored = {row.type: row.data for row in Authenticator.objects.all()}
    assert secret not in str(stored) and decrypt(stored["totp"]["secret"]) == secret
    codes = client.get("/en/accounts/2fa/recovery-codes/").context["unused_codes"]
    client.logout()

    def is_let_in(code):
        cache.clear()  # a code is good for once
        client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
        response = client.post("/en/accounts/2fa/authenticate/", {"code": code})
        is_in = client.get("/en/admin/").status_code == 200
        client.logout()
        return is_in, response

    # With the key changed the former one still decrypts, until the secrets are encrypted anew.
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert is_let_in(_code(secret))[0]
    call_command("encrypt_codes")
    settings.SECRET_KEY_FALLBACKS = []
    assert is_let_in(_code(secret))[0] and is_let_in(codes[0])[0]

    # Without the key nobody gets in by a code, whatever it is, and the page says why.
    settings.SECRET_KEY = "a third secret key"
    for code in (_code(secret), _code(""), codes[1], "000000"):
        is_in, response = is_let_in(code)
        assert not is_in and response.status_code == 403
        assert "secret key of this catalogue has changed" in response.content.decode()
    with pytest.raises(CommandError, match="li"):
        call_command("encrypt_codes")


def test_secrets_without_a_key_do_not_keep_the_others_from_being_encrypted(li, settings):
    mei = build.make_user("mei")
    kept = Authenticator.objects.create(user=li, type="totp", data={"secret": encrypt("A")})
    Authenticator.objects.create(user=mei, type="totp", data={"secret": "of no key"})
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key"
    settings.SECRET_KEY_FALLBACKS = [former]
    with pytest.raises(CommandError, match="mei"):
        call_command("encrypt_codes")
    settings.SECRET_KEY_FALLBACKS = []
    kept.refresh_from_db()
    assert decrypt(kept.data["secret"]) == "A"


def test_codes_cannot_be_guessed_for_long(client, li):
    data = {"secret": encrypt("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=li, type="totp", data=data)
    client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    for _ in range(12):
        response = client.post("/en/accounts/2fa/authenticate/", {"code": "000000"})
    assert response.status_code == 429 or "Too many" in response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_of_an_account_open_with_no_script_of_their_own(client, li, language):
    enter(client)
    for page in (
        "2fa/",
        "2fa/totp/activate/",
        "2fa/recovery-codes/generate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "sessions/",
        "password/change/",
    ):
        response = client.get(f"/{language}/accounts/{page}")
        assert response.status_code == 200, page
        html = response.content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html), page
        assert not re.search(r"\son\w+=|\sstyle=", html), page


def test_other_sessions_are_listed_and_ended(client, li):
    other = Client()
    for each in (client, other):
        each.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    assert len(client.get("/en/accounts/sessions/").context["sessions"]) == 2
    client.post("/en/accounts/sessions/")
    assert client.get("/en/admin/").status_code == 200
    assert other.get("/en/admin/").status_code == 302


def test_pages_of_an_account_are_kept_by_nobody(client, li):
    client.post("/en/accounts/login/", {"login": "li", "password": PASSWORD})
    names = (
        "usersessions_list", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn",
        "account_change_password", "account_reauthenticate", "admin:index",
    )  # fmt: skip
    for name in names:
        response = client.get(reverse(name))
        assert response.status_code in (200, 302), name
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", ")), name


def test_accounts_need_a_log_in(client):
    for page in ("2fa/", "2fa/webauthn/add/", "sessions/", "password/change/"):
        assert client.get(f"/en/accounts/{page}").status_code == 302


# --- an administrator gives accounts ---------------------------------------------------------

NEW = reverse_lazy("admin:heritage_user_add")


@pytest.fixture
def boss(client, settings):
    settings.MAIL_IS_SET_UP = True
    boss = build.make_user("boss", group="administrator")
    client.force_login(boss)
    return boss


def newcomer(**changes) -> dict:
    contributor = Group.objects.get(name="contributor").pk
    return {
        "username": "anna",
        "first_name": "Anna",
        "last_name": "Wang",
        "email": "anna@example.org",
        "groups": [contributor],
        "usable_password": "false",
    } | changes


@pytest.mark.django_db(transaction=True)  # mail is sent once the account is stored
def test_a_newcomer_sets_a_password_by_the_link_that_is_sent(client, boss):
    response = client.post(NEW, newcomer(), follow=True)
    assert "was sent to Anna Wang &lt;anna@example.org&gt;" in response.content.decode()
    anna = get_user_model().objects.get(username="anna")
    assert (anna.get_full_name(), anna.is_staff) == ("Anna Wang", True)
    assert [group.name for group in anna.groups.all()] == ["contributor"]
    [message] = mail.outbox
    assert message.to == ["anna@example.org"]
    assert "user name anna" in message.body and "within 3 days" in message.body
    link = re.search(r"http://testserver(/\S+/key/\S+)", message.body)[1]
    browser = Client()
    page = browser.get(link, follow=True)
    assert not page.context.get("token_fail")
    browser.post(page.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    browser.post("/en/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert browser.get("/en/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_link_that_could_not_be_sent_is_told_and_sent_again(client, boss):
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError("no server")):
        response = client.post(NEW, newcomer(), follow=True)
    assert "The mail server did not take the link for Anna Wang" in response.content.decode()
    anna = get_user_model().objects.get(username="anna")
    build.make_user("silent")
    chosen = get_user_model().objects.exclude(pk=boss.pk).values_list("pk", flat=True)
    data = {"action": "send_links", "_selected_action": list(chosen)}
    told = client.post(reverse("admin:heritage_user_changelist"), data, follow=True)
    assert "was sent to Anna Wang" in told.content.decode()
    assert "No link was sent to silent" in told.content.decode()
    assert [message.to for message in mail.outbox] == [[anna.email]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"password1": PASSWORD, "password2": PASSWORD}, "usable_password"),
        ({"usable_password": "true"}, "password1"),
        ({"usable_password": ""}, "usable_password"),
    ],
)
def test_a_new_account_has_one_way_to_its_password(client, boss, changes, field):
    response = client.post(NEW, newcomer(**changes))
    assert field in response.context["adminform"].form.errors
    assert not get_user_model().objects.filter(username="anna").exists()


@pytest.mark.django_db(transaction=True)
def test_without_mail_the_password_is_set_in_the_form(client, boss, settings):
    settings.MAIL_IS_SET_UP = False
    assert 'name="usable_password"' not in client.get(NEW).content.decode()
    data = newcomer(password1=PASSWORD, password2=PASSWORD)
    assert client.post(NEW, data).status_code == 302
    assert get_user_model().objects.get(username="anna").check_password(PASSWORD)
    data = {"action": "send_links", "_selected_action": [boss.pk]}
    told = client.post(reverse("admin:heritage_user_changelist"), data, follow=True)
    assert "No mail can be sent" in told.content.decode()


@pytest.mark.parametrize(
    ("group", "is_superuser", "single", "may_enter"),
    [
        (None, False, False, False),
        ("contributor", False, False, True),
        (None, True, False, True),
        (None, False, True, True),
    ],
)
def test_who_may_do_something_may_log_in(client, group, is_superuser, single, may_enter):
    client.force_login(build.make_user("boss", is_superuser=True))
    anna = build.make_user("anna", is_staff=not may_enter)
    address = reverse("admin:heritage_user_change", args=[anna.pk])
    data = page_data(client.get(address))
    data["groups"] = [Group.objects.get(name=group).pk] if group else []
    data["user_permissions"] = [Permission.objects.first().pk] if single else []
    data |= {"is_superuser": "on"} if is_superuser else {}
    data["_save"] = "Save"
    assert client.post(address, data).status_code == 302
    anna.refresh_from_db()
    assert anna.is_staff is may_enter
    theirs = Client()
    theirs.force_login(anna)
    assert (theirs.get("/en/admin/", follow=True).status_code == 200) is may_enter
