"""Pictures for link previews: drawn once, kept, private while the record is, good without fonts."""

import io
import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image as Picture

from heritage.media.covers import SHAPES, text_width
from heritage.models import Site
from heritage.server.machine_lock import one_at_a_time
from heritage.values.language import LanguageMap
from heritage.web.media import covers, previews
from tests import builders as build
from tests.webrows import plain_site, vocabulary

pytestmark = pytest.mark.django_db


def opened(response) -> Picture.Image:
    picture = Picture.open(io.BytesIO(response.content))
    picture.load()
    return picture


def kept() -> list[str]:
    folder = settings.MEDIA_ROOT / "cache" / "previews"
    return sorted(path.name for path in folder.glob("*/*.jpg"))


@pytest.fixture
def site():
    return plain_site(vocabulary(), 1)


def test_a_cover_with_the_name(client, site):
    response = client.get(f"/previews/{site.uid}.jpg")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert "max-age=86400" in response["Cache-Control"] and "public" in response["Cache-Control"]
    picture = opened(response)
    assert picture.size == (1200, 630)
    paper = picture.convert("RGB").getpixel((5, 625))
    assert max(abs(a - b) for a, b in zip(paper, (0xF7, 0xF2, 0xE6), strict=True)) < 4
    assert len(response.content) < 150_000


def test_it_is_drawn_once(client, site, monkeypatch):
    first = client.get(f"/previews/{site.uid}.jpg")
    monkeypatch.setattr(previews, "draw", lambda *args: pytest.fail("drawn again"))
    assert client.get(f"/previews/{site.uid}.jpg").content == first.content
    again = client.get(f"/previews/{site.uid}.jpg", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    assert len(kept()) == 1


def test_a_new_name_makes_a_new_picture_in_the_place_of_the_old(client, site):
    first = client.get(f"/previews/{site.uid}.jpg")
    site.name = build.text("Another name", "另名")
    site.save()
    second = client.get(f"/previews/{site.uid}.jpg")
    assert first["ETag"] != second["ETag"] and first.content != second.content
    assert len(kept()) == 1


def test_the_photograph_where_there_is_one(client, site):
    build.make_image(site, file=build.picture_file(1600, 900, colour=(10, 200, 30)))
    picture = opened(client.get(f"/previews/{site.uid}.jpg")).convert("RGB")
    assert picture.size == (1200, 630)
    red, green, blue = picture.getpixel((600, 200))
    assert green > 150 > red and blue < 100


def test_a_photograph_of_many_colours_is_not_heavy(client, site):
    noise = Picture.frombytes("RGB", (400, 300), os.urandom(400 * 300 * 3)).resize((1600, 1200))
    out = io.BytesIO()
    noise.save(out, "PNG")
    from django.core.files.base import ContentFile

    build.make_image(site, file=ContentFile(out.getvalue(), name="n.png"))
    assert len(client.get(f"/previews/{site.uid}.jpg").content) < 1_000_000


def test_a_hidden_photograph_or_a_lost_file_is_not_shown(client, site):
    image = build.make_image(site, published=False, file=build.picture_file(colour=(0, 255, 0)))
    drawn = client.get(f"/previews/{site.uid}.jpg").content
    image.published, image.licence = True, build.make_licence()
    image.save()
    image.file.storage.delete(image.file.name)
    assert client.get(f"/previews/{site.uid}.jpg").status_code == 200
    assert opened(client.get(f"/previews/{site.uid}.jpg")).size == (1200, 630)
    assert drawn


@pytest.mark.parametrize("state", [s for s in Site.State if s != Site.State.PUBLISHED])
def test_what_is_hidden_has_no_preview(client, state):
    site = build.make_site("Secret", state=state)
    assert client.get(f"/previews/{site.uid}.jpg").status_code == 404
    client.force_login(build.make_user(is_superuser=True))
    response = client.get(f"/previews/{site.uid}.jpg")
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert kept() == []


def test_a_withdrawn_site_has_none_any_more(client, site):
    client.get(f"/previews/{site.uid}.jpg")
    site.state = Site.State.ARCHIVED
    site.save()
    assert client.get(f"/previews/{site.uid}.jpg").status_code == 404


@pytest.mark.parametrize("uid", ["nobody", "..%2f..%2fsecret", "a.b", "%00"])
def test_nobody_has_none(client, uid):
    assert client.get(f"/previews/{uid}.jpg").status_code == 404


# --- a crowd ---------------------------------------------------------------------------------


def busy():
    """Somebody else, in another process, is drawing: its lock is held to the end of the block."""
    return one_at_a_time("drawing")


def test_while_one_is_drawn_others_are_sent_to_a_ready_picture(client, site, settings, monkeypatch):
    drawn = []
    real = previews.draw
    monkeypatch.setattr(previews, "draw", lambda *args: drawn.append(args) or real(*args))
    with busy():
        for path in (f"/previews/{site.uid}.jpg", "/preview.jpg"):
            response = client.get(path)
            assert (response.status_code, response["Location"]) == (302, "/static/img/preview.jpg")
            assert response["Cache-Control"] == "public, max-age=60" and "ETag" not in response
    assert not drawn
    ready = Path(settings.STATICFILES_DIRS[0]) / "img" / "preview.jpg"
    with Picture.open(ready) as picture:
        assert picture.size == (1200, 630)
    assert client.get(f"/previews/{site.uid}.jpg").status_code == 200
    assert len(drawn) == 1


def test_who_is_sent_elsewhere_costs_no_query(client, site, settings, django_assert_num_queries):
    client.get("/en/")  # the index is there
    with busy(), django_assert_num_queries(0):
        assert client.get(f"/previews/{site.uid}.jpg").status_code == 302


def test_one_that_is_kept_waits_for_nobody(client, site, settings):
    first = client.get(f"/previews/{site.uid}.jpg")
    with busy():
        assert client.get(f"/previews/{site.uid}.jpg").content == first.content


def test_where_nothing_can_be_kept_nothing_is_drawn(client, site, settings, tmp_path, monkeypatch):
    (tmp_path / "no_folder").write_text("")
    settings.MEDIA_ROOT = tmp_path / "no_folder"
    monkeypatch.setattr(previews, "draw", lambda *args: pytest.fail("drawn for nothing"))
    assert client.get(f"/previews/{site.uid}.jpg").status_code == 302


@pytest.mark.parametrize("path", ["/previews/{uid}.png", "/preview.png"])
def test_addresses_that_were_shared_lead_on(client, site, path):
    path = path.format(uid=site.uid)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, path.replace(".png", ".jpg"))


def test_drawing_is_cheap(site):
    """A tenth of a second; three times that would be the sign of a step that came back."""
    ground = previews.covers.cover(site, SHAPES["preview"])
    previews.draw(["Temple", "寺"], ground, None)
    spent = []
    for _ in range(3):
        before = time.process_time()
        previews.draw(["Temple", "寺"], ground, None)
        spent.append(time.process_time() - before)
    assert min(spent) < 0.3


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ({"en": "Temple", "zh-hans": "寺"}, ["Temple", "寺"]),
        ({"en": "Same", "zh-hans": "Same"}, ["Same"]),
        ({"zh-hans": "寺"}, ["寺"]),
        ({"fr": "Four"}, ["Four"]),
        ({}, []),
    ],
)
def test_both_scripts(name, lines):
    assert covers.name_lines(LanguageMap(name)) == lines


@pytest.mark.parametrize(
    "text",
    ["A", "A name of a good many words that goes on and on, " * 6, "字" * 90, "<&>\x08\ufffe"],
)
def test_any_name_fits(text):
    shown, size = previews._fitted(text, 52, 1000)
    assert text_width(shown) * size <= 1000
    assert previews._pixels(previews.label([text, text])).size == (1200, 160)


@pytest.mark.parametrize("scripts", [("latin",), ()])
def test_a_machine_without_fonts(client, site, monkeypatch, scripts):
    asked = []
    real = previews.label
    monkeypatch.setattr(previews, "_scripts", lambda: scripts)
    monkeypatch.setattr(previews, "label", lambda names: asked.append(names) or real(names))
    response = client.get(f"/previews/{site.uid}.jpg")
    assert opened(response).size == (1200, 630)
    assert asked == [["Temple 1"] if scripts else []]


def test_a_full_disk_stops_nothing(client, site, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("tempfile.mkstemp", full)
    assert client.get(f"/previews/{site.uid}.jpg").status_code == 200
