"""The living style page shows every colour in both schemes, and covers that are not alike."""

import re

import pytest
from django.conf import settings

from heritage.web.style import colours, tokens
from tests import builders as build
from tests.webrows import full_site, vocabulary

pytestmark = pytest.mark.django_db

NAMES = (
    "Cologne Cathedral", "Old Town of Lunenburg", "Namib Sand Sea", "Ilulissat Icefjord",
    "Megaliths of Carnac", "Great Barrier Reef", "Mammoth Cave", "Tokaj Wine Region",
    "Archaeological Site of Delphi", "Island of Gorée", "Rock Art of Alta", "Grand Canyon",
    "Amazon Rainforest", "Wartburg Castle",
)  # fmt: skip


@pytest.fixture
def html(client, settings):
    settings.DEBUG = True
    full_site(vocabulary())
    germany = build.make_place("Germany", level="country", code="DE")
    for number, name in enumerate(NAMES):
        build.make_site(name, place=germany, latitude=50.0 + number / 10, longitude=8.0)
    return client.get("/style/").content.decode()


def test_twelve_covers_side_by_side_are_twelve_scenes(html):
    covers = re.search(r'<ul class="style-covers">(.*?)</ul>', html, re.DOTALL)[1]
    scenes = re.findall(r"<code>([\w-]+)</code>", covers)
    assert len(scenes) == len(set(scenes)) == 12
    assert len(set(re.findall(r'src="(/covers/[^"]+)"', covers))) == 12


def test_every_colour_is_shown_light_and_dark(html):
    shown = colours()
    declared = {name for name, value in tokens() if value.startswith("#")}
    assert {name for name, _light, _dark in shown} == declared and len(shown) > 15
    for name, light, dark in shown:
        assert f'aria-label="{name}"><rect fill="{light}"' in html
        assert f'<rect fill="{dark}" x="50%"' in html


def test_every_space_and_size_has_its_rule_in_the_sheet():
    css = (settings.BASE_DIR / "static/css/style.css").read_text()
    for name, _value in tokens():
        if name.startswith(("space-", "edge")):
            assert f".space-{name} " in css
        if name.startswith("size-"):
            assert f".type-{name} " in css


def test_it_shows_what_pages_are_made_of(html):
    for part in ("gallery", "ledger", "legend", "badge-in_danger", "notice-problem", "figures",
                 "paging", "card-picture", "seal", "sources", "prose", "hints"):  # fmt: skip
        assert re.search(rf'class="[^"]*\b{part}\b', html), part
