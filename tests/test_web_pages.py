"""The visitors' pages as a whole: addresses, languages, errors, and what no page may hold."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from heritage.models import Identity
from heritage.values import normalize
from tests import builders as build
from tests.webrows import LANGUAGES, plain_site

pytestmark = pytest.mark.django_db


def every_page() -> list[str]:
    paths = ("", "sites/", "sites/?q=longmen&era=tang", "sites/?q=nothing+like+it&kind=temple",
             "sites/?era=nonsense", "sites/longmen-grottoes/", "about/", "credits/", "privacy/",
             "data/", "download/?kind=temple", "nothing/", "sites/?page=99")  # fmt: skip
    return [f"/{language}/{path}" for language in LANGUAGES for path in paths]


def test_no_page_of_a_site_and_no_search_needs_the_dictionary_of_pinyin(
    longmen, client, monkeypatch
):
    """It takes fifty megabytes of every worker that loads it."""
    normalize.forms.cache_clear()
    normalize._readings.cache_clear()
    monkeypatch.setattr(normalize, "_pypinyin", lambda: pytest.fail("loaded"))
    assert "Lóng" in client.get("/zh-hans/sites/longmen-grottoes/").content.decode()
    searches = ("sites/?q=龙门", "sites/?q=洛阳石窟", "sites/?q=Longmen+Luoyang", "suggest/?q=龙")
    for path in (*searches, "places/", "places/china/", "eras/", "kinds/", ""):
        assert client.get(f"/zh-hans/{path}").status_code == 200


# --- addresses and languages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("en", "/en/"), ("zh-CN,zh;q=0.9,en;q=0.5", "/zh-hans/"), ("zh-TW", "/zh-hans/"),
     ("fr,zh;q=0.5", "/zh-hans/"), ("fr", "/en/"), ("", "/en/")],
)  # fmt: skip
def test_the_address_without_a_language_follows_the_browser(client, wanted, leads_to):
    response = client.get("/", headers={"accept-language": wanted})
    assert (response.status_code, response["Location"]) == (302, leads_to)
    assert "Accept-Language" in response["Vary"]


def test_addresses_that_last():
    with translation.override("en"):
        assert reverse("web:sites") == "/en/sites/"
        assert reverse("web:site", args=["longmen-grottoes"]) == "/en/sites/longmen-grottoes/"
    with translation.override("zh-hans"):
        assert reverse("web:home") == "/zh-hans/"
    assert reverse("media:image", args=["u1", "a.jpg"]) == "/images/u1/a.jpg"
    assert reverse("web:cover", args=["u1"]) == "/en/covers/u1.svg"


@pytest.mark.parametrize(
    "path", ["", "sites/", "sites/longmen-grottoes/", "about/", "credits/", "privacy/"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_its_language(client, longmen, language, path):
    response = client.get(f"/{language}/{path}")
    html = response.content.decode()
    assert response.status_code == 200
    assert response["Content-Language"] == language
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}" dir="ltr">' in html
    assert html.count("<h1") == 1
    for tag, code in (("en", "en"), ("zh-Hans", "zh-hans")):
        alternate = (
            f'<link rel="alternate" hreflang="{tag}" href="http://testserver/{code}/{path}">'
        )
        assert alternate in html
    assert f'<link rel="canonical" href="http://testserver/{language}/{path}">' in html


def test_the_language_switch_stays_on_the_page_with_its_query(client, longmen):
    html = client.get("/en/sites/?era=tang&q=long").content.decode()
    assert 'href="/zh-hans/sites/?era=tang&amp;q=long" lang="zh-Hans"' in html
    assert "简体中文" in html
    html = client.get("/zh-hans/sites/longmen-grottoes/").content.decode()
    assert 'href="/en/sites/longmen-grottoes/" lang="en"' in html


def test_no_cookie_is_set(client, longmen):
    for path in every_page():
        client.get(path)
    assert not client.cookies


def test_pages_are_asked_for_again_and_answered_shortly(client, longmen):
    response = client.get("/en/sites/longmen-grottoes/")
    assert "no-cache" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    again = client.get("/en/sites/longmen-grottoes/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_who_runs_it_is_a_record(client):
    Identity.objects.create(
        name=build.text("Our places", "吾土"),
        tagline=build.text("To see.", "可观。"),
        about=build.text("We are *us*.\n\n<script>alert(1)</script>", "我们。"),
        privacy=build.text("Nothing is kept."),
        email="us@example.org",
        logo=build.picture_file(),
    )
    html = client.get("/en/about/").content.decode()
    assert "<em>us</em>" in html and "<script>" not in html
    assert "Our places" in html and "mailto:us@example.org" in html
    logo = re.search(r'src="(/identity/[^"]+)"', html)[1]
    picture = client.get(logo)
    assert picture["Content-Type"].startswith("image/")
    picture.getvalue()
    assert client.get("/identity/other.png").status_code == 404
    Identity.objects.update(name=build.text("Their places"), email="them@example.org")
    html = client.get("/en/about/").content.decode()
    assert "mailto:them@example.org" in html and "mailto:us@" not in html
    assert "Their places" in html and "Our places" not in html
    html = client.get("/zh-hans/privacy/").content.decode()
    assert 'lang="en" dir="ltr"' in html and "Nothing is kept." in html
    assert 'class="in-language"' in html


def test_without_words_of_its_own_the_privacy_page_says_what_the_program_does(client, longmen):
    html = client.get("/en/privacy/").content.decode()
    for said in ("Pages set no cookie", "a digest of your network address", "keeps you signed in",
                 "the network address, the browser and the time", "two weeks at most"):  # fmt: skip
        assert said in html
    # What it says of the form is so: one cookie, and none elsewhere.
    client.get("/en/sites/longmen-grottoes/")
    assert not client.cookies
    client.get("/en/sites/longmen-grottoes/correction/")
    assert list(client.cookies) == ["csrftoken"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["about 493", "675 (uncertain)", "207 BCE"]),
        ("zh-hans", ["493年前后", "公元前207年"]),
    ],
)
def test_about_says_how_dates_are_written_as_pages_write_them(client, language, said):
    html = client.get(f"/{language}/about/").content.decode()
    assert [words for words in said if f"<dt>{words}</dt>" not in html] == []


# --- what no page may hold --------------------------------------------------------------------


def test_no_page_has_inline_style_or_script(client, longmen):
    for path in every_page():
        response = client.get(path)
        html = response.content.decode()
        script = r"<script(?![^>]* src=| type=.application/ld.json.>)"  # data is no script
        assert not re.search(rf"<style|{script}|\sstyle=|\son[a-z]+=|javascript:", html)
        policy = response["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy and "default-src 'none'" in policy


def test_every_form_control_has_a_label_and_every_picture_an_alt(client, longmen):
    for path in every_page():
        html = client.get(path).content.decode()
        for control in re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', html):
            assert f'for="{control}"' in html, (path, control)
        for picture in re.findall(r"<img[^>]*>", html):
            assert " alt=" in picture and " width=" in picture and " height=" in picture
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), path
        for anchor in re.findall(r'href="#([^"]+)"', html):
            assert anchor in ids, (path, anchor)


def test_inner_links_lead_somewhere(client, longmen):
    seen, todo = set(), ["/en/", "/zh-hans/"]
    while todo:
        path = todo.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        response = client.get(path)
        response.getvalue()
        assert response.status_code in (200, 302), path
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            links = re.findall(r'(?:href|src)="(/[^"#]*)"', response.content.decode())
            todo += [
                link.replace("&amp;", "&") for link in links if not link.startswith("/static/")
            ]
    assert "/en/sites/longmen-grottoes/" in seen


@pytest.mark.parametrize(
    ("asked", "answered", "leads"),
    [
        ("/zh/sites/?q=%E5%A1%94", 301, "/zh-hans/sites/?q=%E5%A1%94"),
        ("/zh-CN/sites/", 301, "/zh-hans/sites/"),
        ("/EN/", 301, "/en/"),
        ("/xx/sites/", 404, None),
        ("/en/nothing/", 404, None),
        ("/media/nothing.jpg", 404, None),  # and not sent to /en/media/nothing.jpg
    ],
)
def test_other_tags_of_a_language_lead_to_its_own(client, asked, answered, leads):
    response = client.get(asked)
    assert (response.status_code, response.headers.get("Location")) == (answered, leads)


# --- home -------------------------------------------------------------------------------------


def test_home_numbers_are_true(client, words, longmen):
    build.make_site("Hidden", state="draft", kinds=[words.bridge])
    home = client.get("/en/").context["home"]
    assert (home.total, home.world_heritage.total) == (4, 2)
    assert home.since == "c. 493"
    assert [mark.key for mark in home.since_marks] == ["tradition", "recalled"]
    assert {str(way.label): way.count for way in home.kinds} == {
        "Religious place": 4, "Temple": 4, "Bridge": 1,
    }  # fmt: skip
    assert [(str(way.label), way.seal) for group in home.eras for way in group.eras] == [
        ("Eastern Han", "东汉"), ("Tang", "唐"), ("Qing", "清"),
    ]  # fmt: skip


def test_home_shows_the_eras_with_most_sites_in_the_order_of_time(client):
    china = build.make_place("China", level="country", code="CN")
    sites = [build.make_site() for _ in range(2)]
    for number in range(24):
        region = {"region_name": {"en": "Europe"}} if number % 2 else {"region": china}
        years = {"slug": f"era-{number}", "span": f"{1000 + number * 10}/{1009 + number * 10}"}
        era = build.make_era(f"Era {number}", **years, **region)
        for site in sites[: 1 if number < 4 else 2]:
            build.make_event(site, "built", "", era)
    home = client.get("/en/").context["home"]
    shown = [(group.label, [str(way.label) for way in group.eras]) for group in home.eras]
    assert shown == [
        ("China", [f"Era {number}" for number in range(4, 24, 2)]),
        ("The rest of the world", [f"Era {number}" for number in range(5, 24, 2)]),
    ]
    assert home.era_count == 24


def test_home_shows_the_chosen_sites_else_the_newest(client, words):
    plain_site(words, 1)
    plain_site(words, 2)
    assert [card.url[-9:] for card in client.get("/en/").context["home"].featured] == [
        "temple-2/", "temple-1/",
    ]  # fmt: skip
    plain_site(words, 3, featured=2)
    plain_site(words, 4, featured=1)
    assert [card.url[-9:] for card in client.get("/en/").context["home"].featured] == [
        "temple-4/", "temple-3/",
    ]  # fmt: skip


def test_home_asks_what_the_catalogue_answers(client, words, longmen):
    """Each question leads to as many sites as it says; one without an answer is not asked."""
    city = build.make_place("Luoyang", "洛阳", "city", latitude=34.62, longitude=112.45)
    build.make_site("Guanlin", place=city, featured=1)
    africa = build.make_term(words.unesco, "AFR", "region", "Africa")
    events = ["1980", ("in_danger", "2000")]
    entry = build.make_designation(register=words.unesco, events=events, regions=[africa])
    build.make_coverage(build.make_site("Falls"), entry)
    asked = client.get("/en/").context["home"].questions
    assert [question.label for question in asked] == [
        "In danger: Africa", "Near Luoyang", "What stood in 493",
        "Ten at random, as a picture book",
    ]  # fmt: skip
    for question in asked[:2]:
        page = client.get(question.url)
        assert page.status_code == 200, (question, page.headers)
        assert question.sites == page.context["list"].total > 0
    assert asked[2].url == "/en/year/493/"
    assert client.get(asked[2].url).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_catalogue_has_a_home_and_a_list(client, language):
    assert client.get(f"/{language}/").status_code == 200
    assert client.get(f"/{language}/sites/").status_code == 200


# --- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_found_helps(client, language):
    response = client.get(f"/{language}/nothing/")
    html = response.content.decode()
    assert response.status_code == 404
    assert f'action="/{language}/sites/"' in html and f'href="/{language}/sites/"' in html
    assert '<meta name="robots" content="noindex">' in html


def test_not_found_without_a_language(client):
    assert client.get("/nothing.html").status_code == 404


def test_a_form_without_its_token_helps(longmen):
    from django.test import Client

    guarded = Client(enforce_csrf_checks=True)
    response = guarded.post("/en/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_a_forbidden_page_helps(rf):
    from heritage.web.operations import views as errors

    response = errors.forbidden(rf.get("/en/admin/"))
    assert response.status_code == 403 and "not open to you" in response.content.decode()


def test_a_bad_request_helps(client):
    response = client.get("/en/", headers={"host": "elsewhere.example"})
    html = response.content.decode()
    assert response.status_code == 400
    assert 'lang="en"' in html and 'lang="zh-Hans"' in html


def test_a_server_error_helps_without_the_database(client, monkeypatch, django_db_blocker):
    def fail(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("heritage.web.home.views.home_page", fail)
    client.raise_request_exception = False
    response = client.get("/en/")
    html = response.content.decode()
    assert response.status_code == 500
    assert 'action="/en/sites/"' in html and 'action="/zh-hans/sites/"' in html
    from heritage.web.operations import views as errors

    with django_db_blocker.block():
        assert errors.server_error(None).status_code == 500


def test_small_files(client):
    robots = client.get("/robots.txt")
    assert "Disallow: /en/admin/" in robots.content.decode()
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon["Location"]) == (301, "/static/img/favicon.svg")


def test_pages_are_read_only(client, longmen):
    for path in ("/", "/en/", "/en/sites/", "/en/sites/longmen-grottoes/", "/robots.txt"):
        assert client.post(path).status_code == 405
        assert client.head(path).status_code in (200, 302)
