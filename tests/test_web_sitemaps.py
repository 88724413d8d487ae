"""Sitemaps: all that is published and nothing else, in every language, in files of bounded size."""

from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heritage.models import Site
from tests import builders as build
from tests.webrows import LANGUAGES, vocabulary

pytestmark = pytest.mark.django_db

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
ORIGIN = "http://testserver"


def parsed(client, path: str):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own


def addresses(client, path: str) -> list[str]:
    return [loc.text for loc in parsed(client, path).iterfind(".//s:loc", NAMES)]


def files(client) -> list[str]:
    return [address.removeprefix(ORIGIN) for address in addresses(client, "/sitemap.xml")]


def many(count: int) -> list[Site]:
    return Site.objects.bulk_create(
        Site(uid=f"u{n}", slug=f"s{n}", name=build.text(f"S{n}"), state="published")
        for n in range(count)
    )


def test_robots_name_the_index(client):
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_every_published_site_is_found_in_every_language(client):
    sites = [build.make_site(f"Site {n}", slug=f"site-{n}") for n in range(3)]
    for state in ("draft", "in_review", "archived"):
        build.make_site(f"Secret {state}", slug=f"secret-{state}", state=state)
    for language in LANGUAGES:
        [path] = [p for p in files(client) if f"/{language}/sites-" in p]
        expected = [f"{ORIGIN}/{language}/sites/{site.slug}/" for site in sites]
        assert addresses(client, path) == expected
    entry = parsed(client, path).find("s:url", NAMES)
    assert entry.find("s:lastmod", NAMES).text == sites[0].public_changed_at.isoformat(
        timespec="seconds"
    )


def test_languages_name_each_other(client):
    words = vocabulary()
    build.make_site("Site", slug="site", kinds=[words.temple])
    seen: dict[str, dict[str, str]] = {}
    for path in files(client):
        for entry in parsed(client, path).iterfind("s:url", NAMES):
            links = {
                link.get("hreflang"): link.get("href") for link in entry.iterfind("x:link", NAMES)
            }
            seen[entry.find("s:loc", NAMES).text] = links
    assert f"{ORIGIN}/en/kinds/temple/" in seen and f"{ORIGIN}/en/kinds/bridge/" not in seen
    for address, links in seen.items():
        assert set(links) == {"en", "zh-Hans", "x-default"}
        assert address in links.values() and set(links.values()) <= seen.keys()
        for tag in ("en", "zh-Hans"):
            assert seen[links[tag]] == links  # the other page says just the same
    for address in seen:
        assert client.get(address.removeprefix(ORIGIN)).status_code == 200


def test_blocks_of_ids_hold_a_bounded_number(client, settings):
    settings.SITEMAP_BLOCK = 100
    many(250)
    paths = [path for path in files(client) if "/en/sites-" in path]
    found = [addresses(client, path) for path in paths]
    assert len(paths) in (3, 4) and max(map(len, found)) <= 100
    every = [address for part in found for address in part]
    assert len(every) == len(set(every)) == 250


def test_borders_stay_when_a_site_is_withdrawn(client, settings):
    settings.SITEMAP_BLOCK = 4
    sites = many(9)
    before = {path: addresses(client, path) for path in files(client) if "/en/sites-" in path}
    gone = sites[0]
    Site.objects.filter(pk=gone.pk).update(state="archived")
    for path, was in before.items():
        rest = [address for address in was if not address.endswith(f"/{gone.slug}/")]
        assert (addresses(client, path) if rest else []) == rest


@pytest.mark.parametrize("count", [3, 60])
def test_queries_do_not_grow(client, count):
    many(count)
    for path, most in ((files(client)[-1], 2), ("/sitemap.xml", 1)):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len(queries) == most, path


@pytest.mark.parametrize(
    "path",
    [
        "/sitemaps/en/sites-99.xml",
        f"/sitemaps/en/sites-{10**30}.xml",
        "/sitemaps/fr/sites-0.xml",
        "/sitemaps/fr/pages.xml",
    ],
)
def test_nothing_is_there_that_is_not_named(client, path):
    assert client.get(path).status_code == 404


def test_an_unchanged_file_is_not_sent_again(client):
    many(2)
    response = client.get("/sitemap.xml")
    again = client.get("/sitemap.xml", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304 and "max-age=3600" in response["Cache-Control"]


def test_a_file_of_sites_that_did_not_change_is_not_made_again(client, settings):
    settings.SITEMAP_BLOCK = 10
    settings.ALLOWED_HOSTS = ["*"]
    block = build.make_site("Before").pk // 10 + 1  # whatever number the database is at
    first, second = (build.make_site(name, pk=10 * block + n) for n, name in enumerate("ab"))
    far = build.make_site("Far", pk=first.pk + 100)
    path = f"/sitemaps/en/sites-{block}.xml"

    def asked(**headers):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path, headers=headers)
        return response, len(queries)

    def changes(write):
        tag = client.get(path)["ETag"]
        write()
        response, _queries = asked(**{"if-none-match": tag})
        if response.status_code == 304:
            return False
        assert response["ETag"] != tag
        return True

    tag = client.get(path)["ETag"]
    unchanged, queries = asked(**{"if-none-match": tag})
    assert (unchanged.status_code, unchanged.content, queries) == (304, b"", 1)
    assert unchanged["Cache-Control"] == client.get(path)["Cache-Control"]
    assert client.get(path, headers={"host": "example.org"})["ETag"] != tag
    assert client.get(path.replace("/en/", "/zh-hans/"))["ETag"] != tag
    assert not changes(far.save)
    assert changes(lambda: Site.objects.filter(pk=first.pk).update(slug="renamed"))
    assert changes(lambda: Site.objects.filter(pk=second.pk).update(state="archived"))
    assert changes(lambda: Site.objects.filter(pk=second.pk).update(state="published"))
    Site.objects.filter(pk__in=[first.pk, second.pk]).delete()
    gone, _queries = asked(**{"if-none-match": tag})
    assert gone.status_code == 404
