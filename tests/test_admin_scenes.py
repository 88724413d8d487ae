"""Editors choose a cover from the scenes that there are, with or without JavaScript."""

import re

import pytest

from heritage.admin.form.inputs import SceneSelect
from heritage.media.covers import scene_files
from heritage.models import Era, Kind, Site
from tests import builders as build
from tests.adminforms import errors, filled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def editor(client):
    client.force_login(build.make_user("li", group="editor"))


def address(row) -> str:
    return f"/en/admin/heritage/{row._meta.model_name}/{row.pk}/change/"


def offered(html: str, name: str) -> list[str]:
    select = re.search(rf'<select name="{name}".*?</select>', html, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)"', select)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_scene_and_the_plates_are_offered_with_what_they_show(client, language):
    site = build.make_site(cover="giza")
    url = address(site).replace("/en/", f"/{language}/")
    html = client.get(url, {"all": 1}).content.decode()
    assert offered(html, "cover") == ["", "plate", "solemn", *scene_files.names()]
    # Else the chosen one; the others are fetched.
    small = client.get(url).content.decode()
    assert offered(small, "cover") == ["", "plate", "solemn", "giza"]
    fetched = client.get(f"/{language}/admin/scenes/").content.decode()
    assert re.findall(r'<option value="([^"]*)"', fetched) == list(scene_files.names())
    title = scene_files.scene("giza").title(language)
    assert (title.partition(": ")[2] or title.partition("：")[2]) in html
    shown = re.search(r'<img class="scene-shown" src="(/covers/scenes/giza.svg\?v=\w+)"', html)[1]
    assert f'data-address="{shown.replace("giza", "NAME")}"' in html
    assert "immutable" in client.get(shown)["Cache-Control"]


def test_a_form_reads_only_the_scene_that_it_shows():
    scene_files.scene.cache_clear()
    assert 'value="giza" selected' in SceneSelect().render("cover", "giza")
    assert scene_files.scene.cache_info().currsize == 1


def test_a_cover_is_saved(client):
    site = build.make_site(kinds=[build.make_kind()])
    response = client.post(address(site), filled(client, address(site), {"cover": "medina"}))
    assert response.status_code == 302, errors(response)
    assert Site.objects.get().cover == "medina"


def test_what_is_no_scene_is_refused_at_its_field(client):
    site = build.make_site()
    response = client.post(address(site), filled(client, address(site), {"cover": "spaceship"}))
    assert response.status_code == 200 and Site.objects.get().cover == ""
    assert "There is no scene “spaceship”." in response.content.decode()


def test_a_scene_that_is_gone_is_not_lost_by_opening_the_form(client):
    site = build.make_site()
    Site.objects.update(cover="gone")
    html = client.get(address(site)).content.decode()
    assert '<option value="gone" selected>' in html


def test_a_kind_has_a_scene_but_no_plate_and_an_era_a_palette(client):
    kind = build.make_kind("Medina", "老城")
    assert offered(client.get(address(kind), {"all": 1}).content.decode(), "scene") == [
        "", *scene_files.names(),
    ]  # fmt: skip
    client.post(address(kind), filled(client, address(kind), {"scene": "medina"}))
    assert Kind.objects.get().scene == "medina"
    era = build.make_era("Tang", "唐", palette="ink")
    assert "jade" in offered(client.get(address(era)).content.decode(), "palette")
    client.post(address(era), filled(client, address(era), {"palette": "jade"}))
    assert Era.objects.get().palette == "jade"
