"""The steps of docs/adding-a-language.md, walked with French and Arabic."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.test import override_settings

from heritage.models.unit_of_work import change_set
from heritage.settings import _named
from tests import builders as build
from tests.webrows import full_site, plain_site, vocabulary

pytestmark = pytest.mark.django_db

PAGES = ("", "sites/", "sites/?view=list&era=tang", "sites/longmen-grottoes/",
         "sites/longmen-grottoes/correction/", "sites/longmen-grottoes/photograph/",
         "eras/", "eras/tang/", "kinds/", "kinds/temple/",
         "places/", "places/china/", "world-heritage/", "about/", "credits/", "privacy/",
         "feed.atom")  # fmt: skip
WORDS = {
    "fr": {"Sites": "Lieux dignes d’être vus", "Nearby": "Aux environs"},
    "ar": {"Sites": "المواقع", "Nearby": "بالقرب"},
}
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}


def catalogue(folder: Path, language: str) -> None:
    """A catalogue that is begun: two messages, and the plural forms of the language."""
    po = polib.POFile()
    po.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": PLURALS[language],
        "Language": language,
    }
    for said, words in WORDS[language].items():
        po.append(polib.POEntry(msgid=said, msgstr=words))
    target = folder / language / "LC_MESSAGES"
    target.mkdir(parents=True)
    po.save_as_mofile(str(target / "django.mo"))


@pytest.fixture
@change_set("command")
def records():
    """What was there before anybody thought of French."""
    words = vocabulary()
    site = full_site(words)
    site.name = build.text("Longmen Grottoes", "龙门石窟", fr="Grottes de Longmen")
    site.save()
    plain_site(words, 1)
    return site


@pytest.fixture
def added(records, tmp_path):
    for language in WORDS:
        catalogue(tmp_path / "locale", language)
    languages = _named(["en", "zh-hans", "fr", "ar"])
    paths = [tmp_path / "locale", *settings.LOCALE_PATHS]
    with override_settings(LANGUAGES=languages, LOCALE_PATHS=paths):
        call_command("reindex", verbosity=0, stdout=io.StringIO())
        yield


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_every_page_speaks_it(client, added, language, direction):
    for path in PAGES:
        response = client.get(f"/{language}/{path}")
        html = response.content.decode()
        assert response.status_code == 200, path
        assert response["Content-Language"] == language
        if path != "feed.atom":
            assert f'<html lang="{language}" dir="{direction}">' in html
            assert html.count("<h1") == 1
            assert WORDS[language]["Sites"] in html, path  # in the masthead
    html = client.get(f"/{language}/sites/longmen-grottoes/").content.decode()
    assert WORDS[language]["Nearby"] in html
    assert "Status and protection" in html  # not translated yet: English stands in


def test_names_fall_back_and_say_so(client, added):
    html = client.get("/fr/sites/longmen-grottoes/").content.decode()
    assert re.search(r"<h1>Grottes de Longmen</h1>", html)
    html = client.get("/ar/sites/longmen-grottoes/").content.decode()
    title = re.search(r"<h1>(.*?)</h1>", html)[1]
    assert title.startswith('<span lang="en" dir="ltr">Longmen Grottoes</span>')
    assert 'class="in-language"' in title
    assert re.search(r'<img [^>]*alt="A gate" lang="en"', html)


def test_lists_have_its_order(client, added):
    for language in ("fr", "ar"):
        cards = client.get(f"/{language}/sites/").content.decode()
        assert cards.count('<h2 class="card-name">') == 5
    first = re.search(r'card-name"><a[^>]*>(.*?)</a>', client.get("/fr/sites/").content.decode())
    assert first[1] == "Grottes de Longmen"


def test_it_is_offered_and_found(client, added):
    html = client.get("/en/sites/longmen-grottoes/").content.decode()
    assert '<a href="/fr/sites/longmen-grottoes/" lang="fr" hreflang="fr">Français</a>' in html
    assert 'hreflang="ar" href="http://testserver/ar/sites/longmen-grottoes/"' in html
    assert '<details class="languages-all">' in html
    listed = client.get("/sitemap.xml").content.decode()
    assert re.search(r"/sitemaps/ar/sites-\d+\.xml", listed)
    assert client.get("/", headers={"accept-language": "fr,en;q=0.5"})["Location"] == "/fr/"
    assert "Disallow: /ar/admin/" in client.get("/robots.txt").content.decode()


def test_editors_get_fields_for_it(client, added, records):
    client.force_login(build.make_user(is_superuser=True))
    html = client.get(f"/en/admin/heritage/site/{records.pk}/change/").content.decode()
    assert re.search(r'name="name_?fr"|name="name:fr"|name="name_[^"]*fr"', html)


def test_the_settings_name_languages_as_they_name_themselves():
    assert _named(["en", "ar", "zh-hans"]) == [
        ("en", "English"), ("ar", "العربيّة"), ("zh-hans", "简体中文"),
    ]  # fmt: skip


@pytest.mark.parametrize("codes", [["en", "xx"], [], ["en", "en"], [""]])
def test_a_list_of_languages_that_makes_no_sense_is_refused(codes):
    with pytest.raises(ImproperlyConfigured, match="HERITAGE_LANGUAGES"):
        _named(codes)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HERITAGE_LANGUAGES": "fr,en", "HERITAGE_LOCALE": "/words"}, "fr en de|/words"),
        ({"HERITAGE_LANGUAGES": "fr"}, "HERITAGE_LANGUAGE must be one of HERITAGE_LANGUAGES"),
    ],
)
def test_the_variables_reach_the_settings(variables, said):
    code = (
        "import heritage.settings as s; codes = dict(s.LANGUAGES);"
        "print(*codes, [c for c, _ in s.CONTENT_LANGUAGES if c not in codes][-1], end='|');"
        "print(s.LOCALE_PATHS[0]); assert 'fr' not in dict(s.CONTENT_LANGUAGES)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True,
        check=False, env={**os.environ, **variables},
    )  # fmt: skip
    assert said in done.stdout + done.stderr


def test_the_document_says_what_there_is():
    text = (Path(settings.BASE_DIR) / "docs" / "adding-a-language.md").read_text()
    for command in re.findall(r"manage\.py (\w+)", text):
        assert command in get_commands()
    for path in re.findall(r"`((?:heritage|tests|templates)/[\w./]+)`", text):
        if "/fr" not in path:
            assert (Path(settings.BASE_DIR) / path).exists(), path
    assert "docs/adding-a-language.md" in (Path(settings.BASE_DIR) / "README.md").read_text()
