"""A picture that was chosen survives an error of the form, within bounds."""

import os
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from heritage.media import pending_uploads
from heritage.models import Identity, Image
from tests import builders as build
from tests.adminforms import errors, filled, page_data

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def editor(client):
    user = build.make_user("li", group="editor")
    client.force_login(user)
    return user


@pytest.fixture
def site():
    return build.make_site("Kiln", kinds=[build.make_kind()])


def change(site) -> str:
    return reverse("admin:heritage_site_change", args=[site.pk])


def refused(client, site, **picture):
    """A form with a picture that comes back: its published picture has no licence."""
    row = {"file": build.picture_file(), "order": "0", "published": "on"}
    return client.post(change(site), filled(client, change(site), images=[row | picture]))


def test_it_is_kept_and_saved_with_the_next_try(client, site):
    response = refused(client, site)
    assert response.status_code == 200 and errors(response)
    assert "is kept and need not be chosen again" in response.content.decode()
    again = page_data(response)
    assert again["images-0-file_pending"][0]
    del again["images-0-published"]
    response = client.post(change(site), again)
    assert response.status_code == 302, errors(response)
    assert Image.objects.get().width == 60


def test_another_choice_counts(client, site):
    again = page_data(refused(client, site))
    del again["images-0-published"]
    again["images-0-file"] = build.picture_file(30, 20)
    assert client.post(change(site), again).status_code == 302
    assert Image.objects.get().width == 30


def test_what_is_no_picture_is_not_kept(client, site):
    response = refused(client, site, file=ContentFile(b"<html>", name="a.png"))
    assert "file" in str(errors(response))
    assert "need not be chosen again" not in response.content.decode()


def test_it_is_nobody_elses_and_lapses(client, site, editor, settings):
    token = page_data(refused(client, site))["images-0-file_pending"][0]
    other = build.make_user("bo", group="editor")
    with pending_uploads.take(editor.pk, token) as upload:
        assert upload.name == "picture.png" and upload.size > 0
    assert pending_uploads.take(other.pk, token) is None
    assert pending_uploads.take(editor.pk, token + "x") is None
    [path] = (settings.DATA_DIR / "uploads" / str(editor.pk)).iterdir()
    os.utime(path, (time.time() - 2 * pending_uploads.LASTS,) * 2)
    for number in range(pending_uploads.MAX_FILES + 3):
        pending_uploads.keep(editor.pk, SimpleUploadedFile(f"{number}.png", b"x", "image/png"))
    files = list(path.parent.iterdir())
    assert len(files) == pending_uploads.MAX_FILES and path not in files
    os.utime(files[0], (time.time() - 2 * pending_uploads.LASTS,) * 2)
    call_command("sweep_pictures", dry_run=True)
    assert files[0].exists()
    call_command("sweep_pictures")
    assert [path for path in files if not path.exists()] == files[:1]
    assert pending_uploads.take(editor.pk, token) is None


# --- clearing a picture ------------------------------------------------------------------------


@pytest.fixture
def identity(db):
    row, _created = Identity.objects.get_or_create(pk=1)
    row.name, row.logo = build.text("Catalogue", "名录"), build.picture_file(name="first.png")
    row.save()
    return row


IDENTITY = "admin:heritage_identity_change"


def test_a_logo_is_cleared(admin_client, identity):
    page = reverse(IDENTITY, args=[1])
    data = filled(admin_client, page, {"logo-clear": "on"})
    assert admin_client.post(page, data).status_code == 302
    identity.refresh_from_db()
    assert not identity.logo


@pytest.mark.parametrize("answer", ["mine", "theirs"])
def test_a_logo_that_was_replaced_meanwhile_is_not_cleared_unasked(admin_client, identity, answer):
    page = reverse(IDENTITY, args=[1])
    data = filled(admin_client, page, {"logo-clear": "on"})
    identity.logo = build.picture_file(name="second.png", colour=(1, 2, 3))
    identity.save()
    second = identity.logo.name
    response = admin_client.post(page, data)
    assert response.status_code == 409
    [conflict] = response.context["conflicts"]
    assert conflict.name == "_keep-logo" and conflict.sides[2].empty == "nothing"
    identity.refresh_from_db()
    assert identity.logo.name == second
    data = page_data(response) | {"_keep-logo": answer}
    assert admin_client.post(page, data).status_code == 302
    identity.refresh_from_db()
    assert identity.logo.name == ("" if answer == "mine" else second)


def test_a_form_with_an_error_shows_the_logo_that_it_would_clear(admin_client, identity):
    page = reverse(IDENTITY, args=[1])
    names = {"name__en": "", "name__zh-hans": "", "logo-clear": "on"}
    response = admin_client.post(page, filled(admin_client, page, names))
    assert list(errors(response)) == ["name"]
    assert identity.logo.name.rpartition("/")[2] in response.content.decode()
    assert page_data(response)["logo-clear"] == ["on"]
