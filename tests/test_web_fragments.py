"""The list by pieces: what a script is given equals the page's own part; two views, one address."""

import re

import pytest
from django.test import override_settings

from heritage.models.unit_of_work import change_set
from heritage.web.style_guide import views as style
from tests.webrows import LANGUAGES, as_read, full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db

ASKED = {"HX-Request": "true"}


@change_set("command", all_or_nothing=True)
def fill():
    words = vocabulary()
    full_site(words)
    plain_sites(words, range(30))


@pytest.fixture(scope="module")
def filled(made_once):
    made_once(fill)


QUERIES = ("", "?era=tang", "?view=list&page=2", "?q=nothing+like+it", "?era=wrong&sort=oldest")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fragment_is_the_part_of_the_page(client, filled, language):
    for query in QUERIES:
        page = client.get(f"/{language}/sites/{query}")
        part = client.get(f"/{language}/sites/{query}", headers=ASKED)
        text = part.content.decode()
        assert text.startswith('<div class="browse-list" id="list"'), query
        assert text in page.content.decode(), query
        assert "<html" not in text and "<h1" not in text
        for response in (page, part):
            assert "HX-Request" in response["Vary"]
        assert page["ETag"] != part["ETag"], query


def test_history_gets_whole_pages(client, filled):
    headers = ASKED | {"HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/en/sites/", headers=headers).content.decode()


def test_an_untidy_query_leads_to_the_tidy_one(client, filled):
    response = client.get("/en/sites/?q=&role=&era=tang&view=cards", headers=ASKED)
    assert (response.status_code, response["Location"]) == (302, "/en/sites/?era=tang")


def test_the_list_shows_the_same_sites_as_the_cards(client, filled):
    cards = client.get("/en/sites/?era=tang").content.decode()
    rows = client.get("/en/sites/?era=tang&view=list").content.decode()
    named = re.compile(r'href="(/en/sites/[a-z0-9-]+/)"')
    assert set(named.findall(cards)) == set(named.findall(rows))
    assert '<table class="rows">' in rows and '<img class="card-picture' not in rows
    assert '<link rel="canonical" href="http://testserver/en/eras/tang/">' in rows
    assert '<input type="hidden" name="view" value="list">' in rows
    assert 'href="?era=tang&amp;view=list&amp;page=2"' in rows


def test_scripts_come_from_here_and_only_where_needed(client, filled):
    browse = client.get("/en/sites/").content.decode()
    sources = re.findall(r'<script[^>]* src="([^"]+)"', browse)
    assert sources == [
        "/static/django_htmx/htmx-2.min.js", "/static/js/browse.js", "/static/js/near.js",
        "/static/js/suggest.js", "/static/js/keep.js",
    ]  # fmt: skip
    assert '"allowEval":false' in browse and '"includeIndicatorStyles":false' in browse
    everywhere = ["/static/js/suggest.js", "/static/js/keep.js"]
    for path, own in {
        "": [], "eras/": [], "world-heritage/": [], "sites/temple-1/": [],
        "sites/longmen-grottoes/": ["/static/js/photos.js"],  # which has one
    }.items():  # fmt: skip
        html = client.get(f"/en/{path}").content.decode()
        sources = re.findall(r'<script[^>]* src="([^"]+)"', html)
        assert sources == [*own, *everywhere], path


def test_the_style_page_is_for_those_who_build(client, filled):
    assert client.get("/style/").status_code == 404
    with override_settings(DEBUG=True):
        html = client.get("/style/").content.decode()
    for name, _value in style.design_tokens():
        if name.startswith(("paper", "ink", "size-")):
            assert f"<code>{name}</code>" in html
    assert 'class="seal"' in html and 'class="map-sheet"' in html


def test_the_address_to_share_needs_no_script(client, filled):
    html = as_read(client.get("/zh-hans/sites/longmen-grottoes/"))
    address = "http://testserver/zh-hans/sites/longmen-grottoes/"
    assert f'readonly value="{address}"' in html
    assert "mailto:?subject=%E9%BE%99%E9%97%A8" in html and "&amp;body=http%3A%2F%2F" in html
