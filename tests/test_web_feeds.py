"""Atom feeds: well formed, of what is published, newest first, for any filter."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from heritage.models import Identity, IndexChange, Site, SiteDate
from heritage.web.feeds import atom as feeds
from tests import builders as build
from tests.webrows import LANGUAGES, full_site, plain_site, plain_sites

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
ORIGIN = "http://testserver"


def parsed(client, path: str):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own


def texts(feed, path: str) -> list[str]:
    return [found.text for found in feed.iterfind(path, ATOM)]


def titles(client, path: str) -> list[str]:
    return texts(parsed(client, path), "a:entry/a:title")


def age(site: Site, days: int) -> None:
    """As if it was last changed so many days ago."""
    SiteDate.objects.filter(site=site).update(changed_at=timezone.now() - timedelta(days=days))
    IndexChange.objects.enter([site.pk])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_feed_has_what_atom_asks_for(client, words, language):
    Identity.objects.create(
        name=build.text("Our places", "吾土"), tagline=build.text("To see.", "可观。"),
        email="us@example.org",
    )  # fmt: skip
    site = plain_site(words, 1, summary=build.text("A & <b>b</b>.", "甲。"))
    feed = parsed(client, f"/{language}/feed.atom")
    name = "Our places" if language == "en" else "吾土"
    assert texts(feed, "a:title") == [name] and texts(feed, "a:author/a:name") == [name]
    assert texts(feed, "a:author/a:email") == ["us@example.org"]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") in ("en", "zh-Hans")
    links = {link.get("rel"): link.get("href") for link in feed.iterfind("a:link", ATOM)}
    assert links == {
        "self": f"{ORIGIN}/{language}/feed.atom", "alternate": f"{ORIGIN}/{language}/",
    }  # fmt: skip
    [entry] = feed.iterfind("a:entry", ATOM)
    assert entry.find("a:link", ATOM).get("href") == f"{ORIGIN}/{language}/sites/temple-1/"
    assert texts(entry, "a:summary") == ["A & <b>b</b>." if language == "en" else "甲。"]
    assert texts(entry, "a:updated") == [Site.objects.get(pk=site.pk).public_changed_at.isoformat()]
    assert texts(feed, "a:updated") == texts(entry, "a:updated")
    assert [c.get("term") for c in entry.iterfind("a:category", ATOM)] == [
        "Temple" if language == "en" else "寺庙"
    ]


@pytest.mark.parametrize("words", ["1 < 2 & <img src=x onerror=alert(1)>", "A & <b>b</b>"])
def test_a_summary_is_a_text_and_no_markup(client, words):
    build.make_site("A", summary=build.text(words))
    [summary] = parsed(client, "/en/feed.atom").iterfind("a:entry/a:summary", ATOM)
    assert (summary.text, summary.get("type")) == (words, "text")


def test_an_entry_keeps_its_id(client):
    site = build.make_site("A", slug="one")
    [before] = texts(parsed(client, "/en/feed.atom"), "a:entry/a:id")
    site.slug = "two"
    site.save()
    assert texts(parsed(client, "/en/feed.atom"), "a:entry/a:id") == [before]
    assert before.startswith("urn:uuid:")
    # Neither the host nor the day on which the records were loaded makes an entry a new one.
    Site.objects.filter(pk=site.pk).update(published_at="2001-02-03T00:00Z")
    other = client.get("/en/feed.atom", headers={"host": "127.0.0.1"})
    assert before in other.content.decode()
    assert texts(parsed(client, "/zh-hans/feed.atom"), "a:entry/a:id") != [before]


def test_new_and_changed_come_first(client):
    old, changed, new = (build.make_site(name) for name in ("Old", "Changed", "New"))
    for site, days in ((old, 3), (changed, 2), (new, 1)):
        age(site, days)
    assert titles(client, "/en/feed.atom") == ["New", "Changed", "Old"]
    changed = Site.objects.get(pk=changed.pk)
    changed.summary = build.text("Now with words.")
    changed.save()
    assert titles(client, "/en/feed.atom") == ["Changed", "New", "Old"]


def test_only_so_many(client, monkeypatch):
    monkeypatch.setattr(feeds, "ENTRIES", 3)
    for number in range(5):
        age(build.make_site(f"Site {number}"), number)
    assert titles(client, "/en/feed.atom") == ["Site 0", "Site 1", "Site 2"]


# --- filters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Temple 1", "Temple 2", "Other"}),
        ("era=tang", {"Temple 1", "Temple 2"}),
        ("era=tang&place=henan&q=temple+2", {"Temple 2"}),
        ("kind=bridge", {"Other"}),
        ("unesco=inscribed", set()),
        ("era=tang&sort=name&page=9&utm_source=x", {"Temple 1", "Temple 2"}),
    ],
)
def test_any_filter(client, words, query, found):
    plain_site(words, 1)
    plain_site(words, 2)
    build.make_site("Other", kinds=[words.bridge])
    build.make_site("Hidden", kinds=[words.bridge, words.temple], state="draft")
    assert set(titles(client, f"/en/sites/feed.atom?{query}")) == found


def test_a_filtered_feed_says_what_it_is_of(client, words):
    plain_site(words, 1)
    feed = parsed(client, "/en/sites/feed.atom?era=tang&unesco=none&q=temple&page=2")
    [title] = texts(feed, "a:title")
    assert title == "Heritage: Temple, Tang, Not World Heritage"
    links = {link.get("rel"): link.get("href") for link in feed.iterfind("a:link", ATOM)}
    assert links["alternate"] == f"{ORIGIN}/en/sites/?era=tang&unesco=none&kind=temple"


@pytest.mark.parametrize(
    "query",
    ["era=nonsense", "kind=temple&kind=%3Cscript%3E", "unesco=green", "role=none", "era=%00"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_filter_is_said(client, words, query, language):
    response = client.get(f"/{language}/sites/feed.atom?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert query.partition("=")[0] in response.content.decode()


# --- what must not be ------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "in_review", "archived"])
def test_what_is_hidden_is_in_no_feed(client, state):
    build.make_site("Secret", state=state)
    for path in ("/en/feed.atom", "/en/sites/feed.atom", "/en/sites/feed.atom?q=secret"):
        assert titles(client, path) == []


@pytest.mark.parametrize("text", ["</title><x>", "]]>&amp;", "bell \x08 and \x1b", "\ufffe end"])
def test_any_text_makes_a_well_formed_feed(client, text):
    build.make_site(f"A {text}", summary=build.text(f"B {text}"))
    [title] = titles(client, "/en/feed.atom")
    assert title.startswith("A ")
    parsed(client, f"/en/sites/feed.atom?q={'%08'}a")


def test_an_exact_point_of_a_blurred_site_is_in_no_feed(client):
    build.make_site("Tomb", latitude=34.123456, longitude=112.654321, blur_km=5)
    assert "34.12" not in client.get("/en/feed.atom").content.decode()


def test_an_empty_feed_stays_the_same(client):
    response = client.get("/en/feed.atom")
    again = client.get("/en/feed.atom", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    assert client.post("/en/feed.atom").status_code == 405


@pytest.mark.parametrize("count", [2, 20])
def test_queries_do_not_grow(client, words, count):
    plain_sites(words, range(count))
    client.get("/en/sites/")  # what the process remembers of vocabularies is not counted
    counted = []
    for path in ("/en/feed.atom", "/en/sites/feed.atom?era=tang"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counted.append(len(queries))
    assert counted == [7, 7]


def test_facts_are_read_of_sites_without_a_summary_alone(client, words):
    plain_sites(words, range(3))
    Site.objects.update(summary={"en": "A temple."})
    client.get("/en/sites/")
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/en/feed.atom")
    assert response.content.decode().count("A temple.") == 3
    assert len(queries) == 3


def test_a_feed_says_all_that_it_is_narrowed_by(client, words):
    full_site(words)
    for query, said in (
        ("from=600&to=700&has=visiting", "visiting facts, 600–700"),
        ("near=longmen-grottoes&within=5", "Within 5 km of Longmen Grottoes"),
    ):
        response = client.get(f"/en/sites/feed.atom?{query}")
        assert response.status_code == 200
        assert f"<title>Heritage: {said}</title>" in response.content.decode()
    for query in ("criterion=xi", "from=abc", "bbox=1,2", "near=nowhere", "open=tomorrow"):
        response = client.get(f"/en/sites/feed.atom?{query}")
        assert response.status_code == 400, query
        assert query.partition("=")[0] in response.content.decode()
