"""Who has to wait for another writer: briefly, never while forms are validated, never for a 500."""

import html
import re
import threading
from collections import defaultdict
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections
from django.urls import reverse

from heritage.models import Correction, Name, ReviewComment, Site
from heritage.models.unit_of_work import change_set
from heritage.server.timeouts import LockTimeout, lock_timeout
from tests import builders as build
from tests.adminforms import filled, page_data

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _impatient(settings):
    settings.WRITE_WAIT_SECONDS = 0.2


@contextmanager
def another_writer():
    """Somebody else's transaction, in a thread with a connection of its own."""
    has_lock, may_end, failures = threading.Event(), threading.Event(), []

    def write():
        try:
            with change_set():
                build.make_source("Of another writer")
                has_lock.set()
                may_end.wait(30)
        except Exception as error:
            failures.append(error)
            has_lock.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert has_lock.wait(30)
        assert not failures
        yield
    finally:
        may_end.set()
        thread.join()
    assert not failures


@pytest.fixture
def site():
    return build.make_site("Kiln", "窑", kinds=[build.make_kind()])


def change(row) -> str:
    return reverse(f"admin:heritage_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("page", ["change", "add"])
def test_an_editor_who_waits_too_long_keeps_all_that_was_typed(client, editor, site, page):
    url = change(site) if page == "change" else reverse("admin:heritage_site_add")
    row = {"text": "Old kiln", "language": "en", "kind": "alternative"}
    data = filled(client, url, {"name__en": "Great kiln", "_comment": "Because"}, names=[row])
    with another_writer():
        response = client.post(url, data)
        page = response.content.decode()
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "Somebody else is writing to the catalogue." in page
    again = page_data(response)
    assert again["name__en"] == ["Great kiln"]
    assert again["names-0-text"] == ["Old kiln"]
    assert again["_comment"] == ["Because"]
    assert not Name.objects.exists()
    assert client.post(url, again).status_code == 302
    assert Site.objects.latest("pk").name["en"] == "Great kiln"
    assert Name.objects.get().text == "Old kiln"


def sends_again(response) -> tuple:
    """After how many seconds the browser sends the form again, and by which button."""
    told = re.search(r'data-send-again="(\d+)" data-by="(\w*)"', response.content.decode())
    return told.groups() if told else ()


@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother"])
def test_a_form_that_had_to_wait_is_sent_again_by_its_button(client, editor, site, button):
    data = filled(client, change(site), {"name__en": "Great kiln", button: "Save"})
    with another_writer():
        for seconds in ("2", "3", "4"):
            response = client.post(change(site), data)
            assert sends_again(response) == (seconds, button)
            data = page_data(response) | {button: ["Save"]}
        response = client.post(change(site), data | {"_sent_again": ["12"]})
        assert sends_again(response) == ()  # it has been tried for long enough
        assert sends_again(client.post(change(site), data | {"_sent_again": ["x"]})) == ()
    assert client.post(change(site), data).status_code == 302
    assert Site.objects.get(pk=site.pk).name["en"] == "Great kiln"


def test_an_action_that_had_to_wait_can_be_sent_again_as_it_was(client, editor, site):
    other = build.make_site("Well", kinds=[build.make_kind()])
    listed = reverse("admin:heritage_site_changelist") + "?state__exact=published"
    chosen = {"_selected_action": [site.pk, other.pk], "index": "0"}
    sent = chosen | {"action": "archive", "post": "yes", "reason": 'Gone, "as they say" & <done>'}
    with another_writer():
        response = client.post(listed, sent)
    assert (response.status_code, sends_again(response)) == (503, ("2", ""))
    form = re.search(
        r'<form method="post" action="([^"]+state__exact[^"]+)">(.*?)</form>',
        response.content.decode(),
        re.DOTALL,
    )
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2])
    again = defaultdict(list)
    for name, value in fields:
        again[name].append(html.unescape(value))
    assert client.post(html.unescape(form[1]), again).status_code == 302
    assert set(Site.objects.values_list("state", flat=True)) == {"archived"}
    assert ReviewComment.objects.filter(text=sent["reason"]).count() == 2


def test_a_password_is_in_no_page_that_waits(client, editor, site):
    """Whatever is sent in a field of that kind, such as those of a new account."""
    secrets = {"password1": "a long secret of mine", "password2": "a long secret of mine"}
    sent = {"action": "archive", "_selected_action": [site.pk], "post": "yes", "reason": "Gone"}
    with another_writer():
        response = client.post(reverse("admin:heritage_site_changelist"), sent | secrets)
    assert (response.status_code, sends_again(response)) == (503, ())
    assert "a long secret of mine" not in response.content.decode()


def test_forms_are_validated_and_pictures_decoded_while_others_write(
    client, editor, site, monkeypatch
):
    """The lock is taken after the last picture was decoded: nobody waits for that."""
    from heritage.models import fields

    real = fields.make_safe
    was_open = []

    def look(*args, **kwargs):
        was_open.append(connection.in_atomic_block)
        return real(*args, **kwargs)

    monkeypatch.setattr(fields, "make_safe", look)
    data = filled(client, change(site), images=[{"file": build.picture_file(), "order": "0"}])
    assert client.post(change(site), data).status_code == 302
    assert was_open == [False]  # decoded once, with no transaction open
    assert site.images.count() == 1


def test_a_form_that_changes_nothing_does_not_wait(client, editor, site):
    data = filled(client, change(site))
    with another_writer():
        assert client.post(change(site), data).status_code == 302


def test_deleting_and_bulk_actions_answer_503_too(client, editor, site):
    listed = reverse("admin:heritage_site_changelist")
    many = {"_selected_action": [site.pk], "index": "0"}
    with another_writer():
        for url, data in (
            (reverse("admin:heritage_site_delete", args=[site.pk]), {"post": "yes"}),
            (listed, many | {"action": "send_to_review", "post": "yes"}),
            (listed, many | {"action": "archive", "post": "yes", "reason": "Gone"}),
            (listed, many | {"action": "delete_selected", "post": "yes"}),
        ):
            response = client.post(url, data)
            assert response.status_code == 503, data
            assert int(response["Retry-After"]) > 0
    site.refresh_from_db()
    assert site.state == "published"


def test_a_reader_who_waits_too_long_keeps_all_that_was_typed(client, site, monkeypatch):
    monkeypatch.setattr("heritage.web.corrections.views.MIN_SECONDS", 0)
    url = reverse("web:correction", args=[site.slug])
    key = client.get(url).context["form"].initial["key"]
    data = {"topic": "dates", "text": "It was built in 1044, not 1049.", "key": key}
    with another_writer():
        response = client.post(url, data)
        page = response.content.decode()
    if connection.vendor == "postgresql":  # where what readers send waits for no editor
        assert response.status_code == 302
        assert Correction.objects.get().text == data["text"]
        return
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "It was built in 1044, not 1049." in page
    assert "What you wrote is kept" in page
    assert sends_again(response) == ("2", "")
    assert not Correction.objects.exists()
    assert client.post(url, data).status_code == 302
    assert Correction.objects.get().text == data["text"]


def test_readers_texts_are_stored_with_plain_line_ends(client, site, monkeypatch):
    monkeypatch.setattr("heritage.web.corrections.views.MIN_SECONDS", 0)
    url = reverse("web:correction", args=[site.slug])
    key = client.get(url).context["form"].initial["key"]
    texts = {"text": "Line one.\r\nLine two.", "suggestion": "A\r\nB"}
    assert client.post(url, {"topic": "dates", "key": key, **texts}).status_code == 302
    row = Correction.objects.get()
    assert (row.text, row.suggestion) == ("Line one.\nLine two.", "A\nB")


def test_other_errors_of_the_database_are_not_called_busy():
    if connection.vendor == "sqlite":
        failing = "SELECT load_extension('none')"
    else:
        failing = "SET LOCAL statement_timeout = 10; SELECT pg_sleep(5)"
    with pytest.raises(OperationalError), lock_timeout(1), connection.cursor() as cursor:
        cursor.execute(failing)


def test_the_usual_patience_comes_back():
    setting = "PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout"

    def patience():
        with connection.cursor() as cursor:
            cursor.execute(setting)
            return cursor.fetchone()[0]

    usual = patience()
    with lock_timeout(1):
        assert patience() in (1000, "1s")
    assert patience() == usual
    with pytest.raises(LockTimeout), another_writer(), lock_timeout(0.1):
        build.make_source()
    assert patience() == usual
