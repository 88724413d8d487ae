"""Heads of pages: titles, descriptions, what is indexed, other languages, shared links."""

import json
import re

import pytest

from heritage.models import Identity
from heritage.web.shared import meta_tags
from tests import builders as build
from tests.webrows import LANGUAGES, plain_site, plain_sites

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("filled_once")]

ORIGIN = "http://testserver"
INDEXED = ("", "sites/", "sites/?unesco=part", "sites/?era=tang&page=2", "sites/longmen-grottoes/",
           "about/", "privacy/")  # fmt: skip


def page(client, path: str) -> str:
    return client.get(path).content.decode().partition("</head>")[0]


def metas(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html)
    return {name: value for name, value in found if name != "theme-color"}


def alternates(html: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html)
    return {tag: address.replace("&amp;", "&") for tag, address in found}


def canonical(html: str) -> str:
    [address] = re.findall(r'<link rel="canonical" href="([^"]+)">', html)
    return address.replace("&amp;", "&")


def test_languages_name_each_other(client, words, longmen):
    plain_sites(words, range(30))
    for path in INDEXED:
        heads = {code: page(client, f"/{code}/{path}") for code in LANGUAGES}
        links = alternates(heads["en"])
        assert links == alternates(heads["zh-hans"])
        assert links["en"] == canonical(heads["en"]) == f"{ORIGIN}/en/{path}"
        assert links["zh-Hans"] == canonical(heads["zh-hans"]) == f"{ORIGIN}/zh-hans/{path}"
        assert links["x-default"] == links["en"]
        assert "noindex" not in heads["en"]


@pytest.mark.parametrize(
    ("query", "robots"),
    [
        ("", "max-image-preview:large"),
        ("?era=tang", "max-image-preview:large"),
        ("?page=2", "max-image-preview:large"),
        ("?utm_source=letter", "max-image-preview:large"),
        ("?era=tang&era=qing", "noindex, follow"),
        ("?era=tang&kind=temple", "noindex, follow"),
        ("?era=tang&role=standing", "noindex, follow"),
        ("?q=temple", "noindex, follow"),
        ("?sort=oldest", "noindex, follow"),
        ("?era=nonsense", "noindex"),
        ("?kind=bridge&q=nothing+like+it", "noindex"),
    ],
)
def test_lists_that_are_indexed(client, words, query, robots):
    plain_sites(words, range(25))
    html = page(client, f"/en/sites/{query}")
    assert metas(html)["robots"] == robots
    is_here = canonical(html).startswith(f"{ORIGIN}/en/sites/")
    assert bool(alternates(html)) == (is_here and "noindex" not in robots)


def test_foreign_parameters_are_left_out_of_every_language(client, longmen):
    html = page(client, "/en/sites/?utm_source=letter&unesco=part")
    assert canonical(html) == f"{ORIGIN}/en/sites/?unesco=part"
    assert alternates(html)["zh-Hans"] == f"{ORIGIN}/zh-hans/sites/?unesco=part"


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("?era=tang", "eras/tang/"),
        ("?kind=temple&view=list", "kinds/temple/"),
        ("?place=luoyang", "places/luoyang/"),
        ("?era=tang&page=2", "sites/?era=tang&page=2"),
        ("?era=tang&era=qing", "sites/?era=tang&era=qing"),
        ("?unesco=part", "sites/?unesco=part"),
    ],
)
def test_the_list_of_a_term_is_found_by_the_page_of_the_term(client, words, query, address):
    plain_sites(words, range(30))
    assert canonical(page(client, f"/en/sites/{query}")) == f"{ORIGIN}/en/{address}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_a_term_is_told_to_readers_and_to_programs(client, words, longmen, language):
    content = client.get(f"/{language}/places/luoyang/").content.decode()
    document = json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', content)[1]
    )
    steps = document["breadcrumb"]["itemListElement"]
    start = f"{ORIGIN}/{language}/places/"
    ways = [start, f"{start}china/", f"{start}henan/", f"{start}luoyang/"]
    assert [step["item"] for step in steps] == ways
    seen = content.partition('<nav class="trail"')[2].partition("</nav>")[0]
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', seen)
    assert links == [(step["item"].removeprefix(ORIGIN), step["name"]) for step in steps[:-1]]


@pytest.mark.parametrize(
    ("path", "count", "first"),
    [
        ("eras/", 3, "eras/"),
        ("kinds/", 2, "kinds/"),
        ("places/", 1, "places/china/"),
        ("world-heritage/", 2, "sites/"),
        ("kinds/temple/", 34, "sites/"),
    ],
)
def test_programs_are_told_what_an_overview_leads_to(client, words, longmen, path, count, first):
    plain_sites(words, range(30))
    content = client.get(f"/en/{path}").content.decode()
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', content)[1]
    listed = json.loads(script)["mainEntity"]
    urls = [each["url"] for each in listed["itemListElement"]]
    assert listed["@type"] == "ItemList" and listed["numberOfItems"] == count
    assert urls[0].startswith(f"{ORIGIN}/en/{first}") and len(urls) == len(set(urls)) <= count
    assert all(client.get(url.removeprefix(ORIGIN)).status_code == 200 for url in urls)
    assert all(url.removeprefix(ORIGIN) in content for url in urls) or path == "eras/"


def test_the_way_to_a_site_can_be_walked(client, longmen):
    content = client.get("/en/sites/longmen-grottoes/").content.decode()
    seen = content.partition('<nav class="trail"')[2].partition("</nav>")[0]
    ways = re.findall(r'<a href="/en/([^"]+)">', seen)
    assert ways[:4] == ["sites/", "places/china/", "places/henan/", "places/luoyang/"]


def test_no_two_pages_have_one_title(client, words, longmen):
    plain_sites(words, range(30))
    titles = [
        re.search(r"<title>(.*?)</title>", page(client, f"/{code}/{path}"))[1]
        for code in LANGUAGES
        for path in INDEXED
    ]
    # The privacy page and the like differ by language; the name of the catalogue does not here.
    assert len(set(titles)) >= len(titles) - 1
    assert "Longmen Grottoes · 龙门石窟 · Heritage" in titles
    assert "Tang, page 2 · Heritage" in titles


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_that_is_shared(client, longmen, language):
    found = metas(page(client, f"/{language}/sites/longmen-grottoes/"))
    is_english = language == "en"
    assert found["og:type"] == "article" and found["twitter:card"] == "summary_large_image"
    assert found["og:title"] == (
        "Longmen Grottoes · 龙门石窟" if is_english else "龙门石窟 · Longmen Grottoes"
    )
    words = "Caves above a river." if is_english else "河畔石窟。"
    assert found["description"] == found["og:description"] == words
    assert found["og:locale"] == ("en_GB" if is_english else "zh_CN")
    assert found["og:locale:alternate"] == ("zh_CN" if is_english else "en_GB")
    assert found["og:image"].startswith(f"{ORIGIN}/previews/{longmen.uid}.jpg?v=")
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    response = client.get(found["og:image"].removeprefix(ORIGIN))
    assert (response.status_code, response["Content-Type"]) == (200, found["og:image:type"])


def test_every_other_page_has_a_picture_too(client):
    for path in ("", "about/"):
        picture = metas(page(client, f"/en/{path}"))["og:image"]
        assert picture.startswith(f"{ORIGIN}/preview.jpg?v=")
    assert client.get("/preview.jpg")["Content-Type"] == "image/jpeg"


def test_feeds_are_announced(client, words):
    plain_site(words, 1)
    find = re.compile(
        r'<link rel="alternate" type="application/atom\+xml" title="([^"]+)" href="([^"]+)">'
    )
    assert find.findall(page(client, "/en/")) == [
        ("Heritage: new and changed", f"{ORIGIN}/en/feed.atom")
    ]
    [_all, own] = find.findall(page(client, "/en/sites/?era=tang&sort=oldest&kind=temple"))
    assert own[1].replace("&amp;", "&") == f"{ORIGIN}/en/sites/feed.atom?kind=temple&era=tang"
    assert client.get(own[1].replace("&amp;", "&").removeprefix(ORIGIN)).status_code == 200
    assert len(find.findall(page(client, "/en/sites/?era=nonsense"))) == 1


def test_a_preview_gives_nothing_away(client, words):
    site = build.make_site("Secret", slug="secret", state="draft")
    client.force_login(build.make_user(is_superuser=True))
    html = page(client, "/en/sites/secret/")
    assert metas(html) == {
        "viewport": "width=device-width, initial-scale=1", "robots": "noindex",
    }  # fmt: skip
    assert "ld+json" not in html and site.uid not in html and "canonical" not in html


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "longest"), [("word " * 100, 160), ("字" * 300, 80), ("short", 5), ("", 0)]
)
def test_descriptions_fit(text, longest):
    said = meta_tags.describe(text)
    assert len(said) <= longest
    assert said.endswith("…") == (len(text) > 200)


def test_a_site_without_a_summary_is_described_from_its_facts(client, words):
    site = plain_site(words, 1)
    said = metas(page(client, f"/en/sites/{site.slug}/"))["description"]
    assert said == "Temple (Tang to Qing) in Luolong, Luoyang, Henan. National since 1961."
    said = metas(page(client, f"/zh-hans/sites/{site.slug}/"))["description"]
    assert "的寺庙（唐至清）。" in said
    build.make_site("Nothing known", slug="unknown")
    assert "description" not in metas(page(client, "/en/sites/unknown/"))


def test_hostile_words_stay_words(client):
    evil = '"><script>alert(1)</script>'
    Identity.objects.create(name=build.text(f"N {evil}"), tagline=build.text(f"T {evil}"))
    build.make_site(f"S {evil}", slug="s", summary=build.text(f"D {evil}"))
    for path in ("", "sites/", f"sites/?q={evil}", "sites/s/", "about/"):
        assert "<script>alert" not in page(client, f"/en/{path}")


def test_an_error_is_not_indexed(client):
    html = page(client, "/en/nothing/")
    assert metas(html)["robots"] == "noindex" and "og:" not in html


def test_a_property_without_a_summary_is_described_by_its_inscription(client, words):
    term = build.make_term(words.unesco, "iv", "criterion")
    kinds = [build.make_kind("Cultural place"), build.make_kind("Natural place")]
    site = build.make_site("Angkor", slug="angkor", place=words.china, kinds=kinds)
    build.make_coverage(
        site, build.make_designation(register=words.unesco, events=["1992"], criteria=[term])
    )
    said = metas(page(client, "/en/sites/angkor/"))["description"]
    assert said.startswith("Cultural place in China.") and said.endswith("since 1992.")


@pytest.mark.parametrize("path", ["eras/", "eras/tang/", "kinds/", "kinds/temple/", "places/",
                                  "places/henan/"])  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_terms_are_described(client, longmen, words, language, path):
    plain_site(words, 1)
    found = metas(page(client, f"/{language}/{path}"))
    assert found["description"] == found["og:description"]


@pytest.mark.parametrize(
    "query", ["from=600&to=700", "near=longmen-grottoes", "bbox=1,1,2,2", "inscribed=2000"]
)
def test_filters_without_an_end_are_not_indexed(client, longmen, query):
    html = page(client, f"/en/sites/?{query}")
    assert "noindex" in metas(html)["robots"]
