"""A visitor offers a photograph; an editor looks at it, and takes or declines it."""

import io
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from heritage.media import pending_uploads
from heritage.models import Change, Correction, Image, Licence
from heritage.services import undo, verification
from heritage.values.finding import Finding
from heritage.web.corrections import views
from tests import builders as build
from tests.test_pictures import exif
from tests.test_web_corrections import key
from tests.webrows import LANGUAGES

pytestmark = pytest.mark.django_db

PATH = "/en/sites/kiln/photograph/"
CC = "https://creativecommons.org/"


@pytest.fixture
def site(settings, tmp_path):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.ORIGINALS_ROOT = tmp_path / "originals"
    build.make_licence("permission", url="https://rights.example/permission")
    return build.make_site("Kiln", "窑", slug="kiln")


@pytest.fixture
def licence(site):
    return build.make_licence("CC-BY-4.0", url=f"{CC}licenses/by/4.0/")


def file(size=(640, 480), form="JPEG", name="../DSC_1.jpg", **options):
    out = io.BytesIO()
    Picture.new("RGB", size, (150, 60, 40)).save(out, form, **options)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def send(client, site, path=PATH, address="192.0.2.1", **fields):
    good = {
        "text": "A kiln on a slope, in the evening.",
        "suggestion": "Evening, 2025.",
        "author": "Li Hua",
        "may_give": "on",
        "email": "li@example.org",
        "key": key(site),
    }
    if "picture" not in fields:
        fields["picture"] = file()
    return client.post(path, good | fields, REMOTE_ADDR=address)


def files_of(settings) -> list[Path]:
    return [path for path in Path(settings.ORIGINALS_ROOT).rglob("*") if path.is_file()]


@pytest.fixture
def offered(client, site, licence):
    picture = file(exif=exif())
    assert send(client, site, licence=licence.pk, picture=picture).status_code == 302
    return Correction.objects.get()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_without_a_photograph_invites_to_offer_one(client, site, licence, language):
    page, form = f"/{language}/sites/kiln/", f"/{language}/sites/kiln/photograph/"
    assert f'href="{form}"' in client.get(page).content.decode()
    html = client.get(form).content.decode()
    assert 'enctype="multipart/form-data"' in html and "<script" not in html.partition("<main")[2]
    assert html.count("<option") == 2  # to choose, and the only free licence
    sent = send(Client(), site, form, licence=licence.pk)
    assert sent["Location"] == f"/{language}/sites/kiln/correction/thanks/"
    [found] = Correction.objects.all()
    assert (found.topic, found.language, found.state) == ("picture", language, "new")
    assert (found.author, found.licence, found.text[:6]) == ("Li Hua", licence, "A kiln")
    build.make_image(site)
    assert f'href="{form}"' not in client.get(page).content.decode()


def test_it_waits_as_it_was_sent_where_nothing_is_served(client, offered, settings):
    [path] = files_of(settings)
    assert offered.picture.name == f"offered/{path.name}" and b"Exif" in path.read_bytes()
    assert path.parent == Path(settings.ORIGINALS_ROOT) / "offered"
    with pytest.raises(ValueError, match="not served"):
        assert offered.picture.url
    for address in (f"/images/{path.name}", f"/media/offered/{path.name}", f"/offered/{path.name}"):
        assert client.get(address).status_code == 404
    assert not Image.objects.exists()
    assert not [each for each in verification.pictures() if isinstance(each, Finding)]


REFUSED = {
    "no file": ({"picture": ""}, "picture"),
    "no picture": ({"picture": SimpleUploadedFile("a.jpg", b"<html>")}, "picture"),
    "a drawing with scripts": ({"picture": SimpleUploadedFile("a.jpg", b"<svg/>")}, "picture"),
    "cut short": ({"picture": SimpleUploadedFile("a.jpg", file().read()[:400])}, "picture"),
    "too small": ({"picture": file((200, 100))}, "picture"),
    "no maker": ({"author": ""}, "author"),
    "no licence": ({"licence": ""}, "licence"),
    "a licence that is not free": ({"licence": "permission"}, "licence"),
    "no right": ({"may_give": ""}, "may_give"),
    "no description": ({"text": ""}, "text"),
    "a long description": ({"text": "x" * 501}, "text"),
    "a link": ({"text": "See www.spam.example"}, "text"),
    "the trap": ({"website": "https://spam.example"}, "website"),
    "no key": ({"key": ""}, "__all__"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said_and_nothing_is_stored(client, site, licence, settings, name):
    fields, where = REFUSED[name]
    if fields.get("licence"):
        fields = {"licence": Licence.objects.get(code=fields["licence"]).pk}
    data = {"licence": licence.pk} | fields
    if data.get("picture"):
        data["picture"].seek(0)
    answer = send(client, site, **data)
    assert answer.status_code == 400
    assert where in answer.context["form"].errors
    assert not Correction.objects.exists() and not files_of(settings)


def test_a_file_need_not_be_chosen_again_after_an_error(client, site, licence, settings):
    answer = send(client, site, author="")
    assert answer.status_code == 400 and "“DSC_1.jpg” is kept" in answer.text
    for _time in range(2):  # wrong once more; then it is found, as nobody else's is
        token = answer.context["form"]["picture_pending"].value()
        assert f'name="picture_pending" value="{token}"' in answer.text
        answer = send(client, site, picture="", picture_pending=token, licence="")
        assert set(answer.context["form"].errors) == {"licence"}
    token = answer.context["form"]["picture_pending"].value()
    good = {"picture": "", "licence": licence.pk}
    stolen = pending_uploads.keep(7, file())
    for wrong in (stolen, f"{token}x"):
        assert send(client, site, picture_pending=wrong, **good).status_code == 400
    assert send(client, site, picture_pending=token, **good).status_code == 302
    [path] = files_of(settings)
    assert Correction.objects.get().picture.name.endswith(path.name)
    assert path.read_bytes() == file().read()


@pytest.mark.parametrize(
    "fields",
    [{"website": "x"}, {"picture": SimpleUploadedFile("a.jpg", b"<html>")}],
    ids=["by a robot", "no picture"],
)
def test_what_is_refused_is_not_kept(client, site, licence, settings, fields):
    answer = send(client, site, licence=licence.pk, **fields)
    assert answer.status_code == 400 and "need not be chosen again" not in answer.text
    assert not (settings.DATA_DIR / "uploads").exists()


def test_spam_is_not_even_decoded_and_floods_end(client, site, licence, monkeypatch):
    for number in range(views.PER_HOUR):
        colour = file((640, 480 + number))
        assert send(client, site, licence=licence.pk, picture=colour).status_code == 302
    monkeypatch.setattr(views, "make_safe", None)
    assert send(client, site, licence=licence.pk).status_code == 429
    trapped = send(client, site, licence=licence.pk, website="x", address="192.0.2.9")
    assert trapped.status_code == 400
    assert Correction.objects.count() == views.PER_HOUR
    assert client.post("/en/sites/nobody/photograph/").status_code == 404


# --- in the admin --------------------------------------------------------------------------------


@pytest.fixture
def editor(client):
    client.force_login(build.make_user("editor", "editor"))


def decide(client, correction, **data):
    page = reverse("admin:heritage_correction_decide", args=[correction.pk])
    return client.post(page, {"state": correction.state} | data)


def test_an_editor_sees_it_encoded_anew_and_takes_it(
    client, offered, editor, settings, django_capture_on_commit_callbacks
):
    settings.MAIL_IS_SET_UP = True
    page = client.get(reverse("admin:heritage_correction_decide", args=[offered.pk]))
    html = page.content.decode()
    address = reverse("admin:heritage_correction_picture", args=[offered.pk])
    assert f'src="{address}"' in html and "Li Hua" in html and 'value="accept"' not in html
    assert "{%" not in html and "What else is known of it" in html and "Evening" in html
    shown = client.get(address)
    assert "no-store" in shown["Cache-Control"] and b"Exif" not in shown.content
    assert shown["Content-Type"] in ("image/jpeg", "image/avif")
    with django_capture_on_commit_callbacks(execute=True):
        taken = decide(client, offered, do="add", answer="Thank you!")
    image = Image.objects.get()
    assert taken["Location"] == reverse("admin:heritage_image_change", args=[image.pk])
    assert (image.site, image.published, image.author) == (offered.site, False, "Li Hua")
    assert image.alt == {"en": "A kiln on a slope, in the evening."}
    assert (image.licence, image.taken) == (offered.licence, "")
    offered.refresh_from_db()
    assert (offered.state, offered.picture, offered.answer) == ("accepted", "", "Thank you!")
    [answer] = mail.outbox
    assert answer.to == ["li@example.org"] and "Thank you!" in answer.body
    assert client.get(address).status_code == 404
    image.published = True
    image.full_clean()
    image.save()
    assert "A kiln on a slope" in client.get("/en/sites/kiln/").content.decode()


def test_one_that_the_site_has_already_is_not_added_again(client, offered, editor):
    with offered.picture.open("rb") as sent:
        build.make_image(offered.site, file=SimpleUploadedFile("a.jpg", sent.read()))
    assert "has this picture already" in decide(client, offered, do="add").content.decode()
    assert Image.objects.count() == 1 and Correction.objects.get().state == "new"


@pytest.mark.parametrize("decision", ["decline", "spam"])
def test_one_that_is_declined_is_let_go_and_swept(client, offered, editor, settings, decision):
    decide(client, offered, do=decision)
    offered.refresh_from_db()
    assert not offered.picture
    # Until it is swept the history can give it back.
    rows = Change.objects.filter(model__model="correction", before__isnull=False)
    undo.undo(rows.get().change_set)
    offered.refresh_from_db()
    assert offered.picture and offered.state == "new"
    call_command("sweep_pictures", days=0)
    assert len(files_of(settings)) == 1
    decide(client, offered, do=decision)
    call_command("sweep_pictures", days=0)
    assert files_of(settings) == []


def test_who_may_not_decide_sees_no_picture(client, offered):
    address = reverse("admin:heritage_correction_picture", args=[offered.pk])
    assert client.get(address).status_code == 302
    client.force_login(build.make_user("contributor", "contributor"))
    assert client.get(address).status_code == 403
    assert decide(client, offered, do="add").status_code == 403
