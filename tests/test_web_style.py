"""The living style page shows every colour in both schemes, and covers that are not alike."""

import re

import pytest
from django.conf import settings

from heritage.web.style_guide.views import colours, design_tokens
from tests import builders as build
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db

SCENES = (
    "candi", "canyon", "cliffs", "giza", "inselberg", "medina", "minaret", "rock-arch",
    "stupa-bell", "stupa-dome", "temple-japan", "town-canal", "town-hanse", "volcano-cone",
)  # fmt: skip


@pytest.fixture
def html(client, settings):
    settings.DEBUG = True
    full_site(vocabulary())
    china = build.make_place("China", level="country", code="CN")
    for scene in SCENES:
        build.make_site(scene, place=china, kinds=[build.make_kind(scene=scene)])
    return client.get("/style/").content.decode()


def test_twelve_covers_side_by_side_are_twelve_scenes(html):
    covers = re.search(r'<ul class="style-covers">(.*?)</ul>', html, re.DOTALL)[1]
    scenes = re.findall(r"<code>([\w-]+)</code>", covers)
    assert len(scenes) == len(set(scenes)) == 12
    assert len(set(re.findall(r'src="(/en/covers/[^"]+)"', covers))) == 12


def test_every_colour_is_shown_light_and_dark(html):
    shown = colours()
    declared = {name for name, value in design_tokens() if value.startswith("#")}
    assert {name for name, _light, _dark in shown} == declared and len(shown) > 15
    for name, light, dark in shown:
        assert re.search(rf'aria-label="{name}">\s*<rect fill="{light}"', html)
        assert f'<rect fill="{dark}" x="50%"' in html


def test_every_space_and_size_has_its_rule_in_the_sheet():
    css = (settings.BASE_DIR / "static/css/style.css").read_text()
    for name, _value in design_tokens():
        if name.startswith(("space-", "edge")):
            assert f".space-{name} " in css
        if name.startswith("size-"):
            assert f".type-{name} " in css


def test_it_shows_what_pages_are_made_of(html):
    for part in (
        "gallery",
        "ledger",
        "legend",
        "badge-in_danger",
        "notice-problem",
        "figures",
        "prose",
        "paging",
        "card-picture",
        "seal",
        "sources",
        "visiting-lines",
    ):
        assert re.search(rf'class="[^"]*\b{part}\b', html), part
