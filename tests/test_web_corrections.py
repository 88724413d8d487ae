"""Suggesting a correction: from the page to the queue, and what is kept out."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Permission
from django.core import serializers, signing
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from heritage.models import Change, Correction, Site
from heritage.web.corrections import views
from tests import builders as build
from tests.adminforms import filled
from tests.webrows import LANGUAGES

pytestmark = pytest.mark.django_db

PATH = "/en/sites/kiln/correction/"
GOOD = {"topic": "dates", "text": "The tower is of 1049, not 1044.", "suggestion": "1049"}


@pytest.fixture
def site():
    return build.make_site("Kiln", "窑", slug="kiln")


def key(site, seconds_ago: int = 60, **changed) -> str:
    at = int(timezone.now().timestamp()) - seconds_ago
    data = {"site": site.uid, "at": at, "key": f"{Correction.objects.count():032x}"} | changed
    return signing.dumps(data, salt=views._SALT)


def send(client, site, path=PATH, address="192.0.2.1", **fields):
    data = GOOD | {"key": key(site)} | fields
    return client.post(path, data, REMOTE_ADDR=address)


# --- the way of an honest reader --------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_page_to_the_queue(client, site, language, monkeypatch):
    monkeypatch.setattr(views, "MIN_SECONDS", 0)
    page = client.get(f"/{language}/sites/kiln/").content.decode()
    path = f"/{language}/sites/kiln/correction/"
    assert f'<a href="{path}" rel="nofollow">' in page
    guarded = Client(enforce_csrf_checks=True)
    html = guarded.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', html))
    response = guarded.post(path, GOOD | hidden | {"email": "a@example.org"})
    assert response.status_code == 302 and response["Location"] == f"{path}thanks/"
    thanks = guarded.get(response["Location"])
    assert thanks.status_code == 200 and 'role="status"' in thanks.content.decode()
    [found] = Correction.objects.all()
    assert (found.site, found.state, found.topic) == (site, "new", "dates")
    assert (found.text, found.suggestion) == (GOOD["text"], GOOD["suggestion"])
    assert (found.email, found.language, found.link) == ("a@example.org", language, "")
    change = Change.objects.get(object_id=found.pk, model__model="correction")
    assert (change.change_set.kind, change.change_set.user) == ("correction", None)
    assert found.decided_by is None and timezone.now() - found.created_at < timedelta(minutes=1)


def test_without_its_csrf_token_nothing_is_taken(site):
    guarded = Client(enforce_csrf_checks=True)
    assert send(guarded, site).status_code == 403
    assert not Correction.objects.exists()


def test_the_form_speaks_to_everybody(client, site):
    response = client.get(PATH)
    html = response.content.decode()
    for control in re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html):
        assert f'for="{control}"' in html or 'type="hidden"' in html, control
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert all(f'id="{name}"' in html for name in described.split())
    assert "no-store" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)


def test_what_is_missing_is_said_at_its_field(client, site):
    response = send(client, site, topic="", text="", link="no address", email="nobody")
    html = response.content.decode()
    assert response.status_code == 400 and 'role="alert"' in html
    for name in ("topic", "text", "link", "email"):
        assert f'<a href="#id_{name}">' in html
        assert f'id="id_{name}_error"' in html
        control = re.search(rf'<(?:input|select|textarea) [^>]*name="{name}"[^>]*>', html)[0]
        assert f"id_{name}_error" in control and 'aria-invalid="true"' in control
    assert "1049" in html  # what was written is kept


def test_what_was_written_can_be_sent_again(client, site, monkeypatch):
    response = send(client, site, key=key(site, seconds_ago=999_999))
    html = response.content.decode()
    assert response.status_code == 400 and GOOD["text"] in html
    fresh = re.search(r'name="key" value="([^"]+)"', html)[1]
    monkeypatch.setattr(views, "MIN_SECONDS", 0)
    assert send(client, site, key=fresh).status_code == 302


def test_chinese_may_be_short(client, site):
    assert send(client, site, text="年代有误").status_code == 302


# --- which sites -----------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "thanks/"])
def test_sites_that_have_no_form(client, site, end):
    build.make_site("Draft", slug="draft", state=Site.State.DRAFT)
    gone = build.make_site("Gone", slug="gone")
    gone.state = Site.State.ARCHIVED
    gone.save()
    site.slug = "new"
    site.save()
    for slug, status in (("draft", 404), ("nobody", 404), ("gone", 410)):
        assert client.get(f"/en/sites/{slug}/correction/{end}").status_code == status
        assert client.post(f"/en/sites/{slug}/correction/{end}").status_code in (status, 405)
    moved = client.get(f"/en/sites/kiln/correction/{end}")
    assert (moved.status_code, moved["Location"]) == (301, f"/en/sites/new/correction/{end}")
    assert moved["Cache-Control"] == "no-cache"  # the site may get its address back
    assert client.get(f"/en/sites/new/correction/{end}").status_code == 200


# --- spam ------------------------------------------------------------------------------------

SPAM = {
    "the trap": {"website": "https://spam.example"},
    "too short": {"text": "bad"},
    "too long": {"text": "x" * 4001},
    "too many links": {"text": "See https://a.example http://b.example and www.c.example now"},
    "links in the suggestion": {"suggestion": "www.a.example www.b.example www.c.example"},
    "an anchor": {"text": "Buy <a href='https://spam.example'>this</a> today"},
    "a forum's link": {"text": "Buy [url=https://spam.example]this[/url] today"},
    "no web address": {"link": "javascript:alert(1)"},
    "no topic of ours": {"topic": "pills"},
    "no key": {"key": ""},
    "a forged key": {"key": "eyJhIjoxfQ:1abcde:forged"},
}


@pytest.mark.parametrize("name", SPAM)
def test_spam_is_kept_out(client, site, name):
    assert send(client, site, **SPAM[name]).status_code == 400
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, 400), (550, 400), (610, 302), (3600, 302), (12 * 3600 + 5, 400)],
)
def test_neither_at_once_nor_late(client, site, seconds, status, monkeypatch):
    monkeypatch.setattr(views, "MIN_SECONDS", 600)  # however slow the machine is
    assert send(client, site, key=key(site, seconds_ago=seconds)).status_code == status


def test_a_key_is_for_one_site(client, site):
    other = build.make_site("Other")
    assert send(client, site, key=key(other)).status_code == 400


def test_a_form_sent_twice_is_stored_once(client, site):
    signed = key(site)
    for _time in range(3):
        assert send(client, site, key=signed).status_code == 302
    assert Correction.objects.count() == 1


def test_a_flood_from_one_address_is_held_back(client, site, monkeypatch):
    monkeypatch.setattr(views, "PER_HOUR", 2)
    monkeypatch.setattr(views, "PER_DAY", 3)
    statuses = [send(client, site).status_code for _time in range(3)]
    assert statuses == [302, 302, 429]
    assert GOOD["text"] in send(client, site).content.decode()  # nothing is lost
    assert send(client, site, address="192.0.2.2").status_code == 302
    hour_ago = timezone.now() - timedelta(hours=2)
    QuerySet(Correction).update(created_at=hour_ago)
    assert [send(client, site).status_code for _time in range(2)] == [302, 429]


def test_suggestions_of_a_clock_that_ran_ahead_hold_nobody_back(client, site, monkeypatch):
    monkeypatch.setattr(views, "PER_HOUR", 2)
    assert [send(client, site).status_code for _time in range(2)] == [302, 302]
    QuerySet(Correction).update(created_at=timezone.now() + timedelta(days=1))
    assert send(client, site).status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("not:an:address", "not:an:address", True),
    ],
)
def test_who_is_the_same_sender(rf, one, other, same):
    a, b = (views.sender_of(rf.get("/", REMOTE_ADDR=ip)) for ip in (one, other))
    assert (a == b) is same


def test_behind_a_proxy_its_word_counts_and_nobody_elses(rf, settings):
    def told(header):
        return views.sender_of(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header))

    assert told("192.0.2.1") == told("192.0.2.2")  # no proxy of ours: the header is ignored
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert told("192.0.2.1") != told("192.0.2.2")
    assert told("forged, 192.0.2.1") == told("other, 192.0.2.1")


def test_no_address_is_stored_and_its_digest_only_for_a_day(client, site, monkeypatch):
    send(client, site, address="192.0.2.77")
    [found] = Correction.objects.all()
    assert len(found.sender) == 64 and "192.0.2" not in str(found.__dict__)
    assert project.SECRET_KEY not in found.sender
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert found.sender != _sender_on(monkeypatch, tomorrow)
    QuerySet(Correction).update(created_at=timezone.now() - timedelta(days=2))
    send(client, site, address="192.0.2.78")
    assert Correction.objects.get(pk=found.pk).sender == ""


def _sender_on(monkeypatch, day) -> str:
    from django.test import RequestFactory

    with monkeypatch.context() as patch:
        patch.setattr(views.timezone, "localdate", lambda: day)
        return views.sender_of(RequestFactory().get("/", REMOTE_ADDR="192.0.2.77"))


def test_neither_fixture_nor_revision_holds_an_address(site, client):
    send(client, site, email="reader@example.org")
    [found] = Correction.objects.all()
    natural = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    text = serializers.serialize("json", [found], **natural)
    assert "reader@example.org" not in text and found.sender not in text
    # A copy of a whole catalogue has where readers are answered, and not where they wrote from.
    assert found.sender not in serializers.serialize("json", [found])


@pytest.mark.parametrize("text", ["<script>alert(1)</script> is wrong", "\x00\x00 nul nul nul nul"])
def test_hostile_text_is_text(client, site, text):
    response = send(client, site, text=text, topic="")
    assert response.status_code == 400
    assert "<script>alert" not in response.content.decode()


def test_a_correction_changes_no_record(client, site):
    before = Site.objects.get(pk=site.pk).updated_at
    send(client, site)
    assert Site.objects.get(pk=site.pk).updated_at == before


# --- the editors' queue ----------------------------------------------------------------------


@pytest.fixture
def queue(client, site):
    send(client, site, email="reader@example.org")
    return Correction.objects.get()


def enter(client, *permissions: str):
    user = build.make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


def change_path(row) -> str:
    return f"/en/admin/heritage/correction/{row.pk}/change/"


@pytest.mark.parametrize(
    ("action", "state"), [("accept", "accepted"), ("decline", "declined"), ("mark_spam", "spam")]
)
def test_an_editor_decides_many_at_once(client, queue, action, state):
    editor = enter(client, "view_correction", "change_correction")
    data = {"action": action, "_selected_action": [queue.pk]}
    assert client.post("/en/admin/heritage/correction/", data).status_code == 302
    queue.refresh_from_db()
    assert (queue.state, queue.decided_by) == (state, editor)
    assert queue.decided_at is not None


def test_an_editor_decides_one_with_a_note_and_may_take_it_back(client, queue):
    editor = enter(client, "view_correction", "change_correction")
    html = client.get(change_path(queue)).content.decode()
    assert "reader@example.org" in html and GOOD["text"] in html
    changes = {"state": "declined", "note": "See the stele."}
    client.post(change_path(queue), filled(client, change_path(queue), changes))
    queue.refresh_from_db()
    assert (queue.state, queue.note, queue.decided_by) == ("declined", "See the stele.", editor)
    changes = {"state": "new", "note": "Again."}
    client.post(change_path(queue), filled(client, change_path(queue), changes))
    queue.refresh_from_db()
    assert (queue.state, queue.decided_by, queue.decided_at) == ("new", None, None)


def test_a_contributor_looks_and_no_more(client, queue):
    enter(client, "view_correction")
    html = client.get(change_path(queue)).content.decode()
    assert GOOD["text"] in html and "reader@example.org" not in html
    assert client.post(change_path(queue), {"state": "spam"}).status_code == 403
    client.post(
        "/en/admin/heritage/correction/", {"action": "accept", "_selected_action": [queue.pk]}
    )
    queue.refresh_from_db()
    assert queue.state == "new"


def test_nobody_writes_one_in_the_admin(client, queue):
    client.force_login(build.make_user(is_superuser=True))
    assert client.get("/en/admin/heritage/correction/add/").status_code == 403
    assert client.get("/en/admin/heritage/correction/?state__exact=new").status_code == 200
