"""A robot that keeps to robots.txt and follows no `nofollow` link comes to an end."""

import re
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests import builders as build
from tests.webrows import plain_sites, vocabulary

pytestmark = pytest.mark.django_db

A = re.compile(r"<a\b([^>]*)>")
ORIGIN = "http://testserver"


class Robots:
    """The rules for everybody, as RFC 9309 has them: of those that fit, the longest holds."""

    def __init__(self, text: str):
        self.rules = []
        for line in text.splitlines():
            name, _, path = line.partition(": ")
            if name in ("Allow", "Disallow"):
                pattern = ".*".join(re.escape(part) for part in path.split("*"))
                self.rules.append((len(path), name == "Allow", re.compile(pattern)))

    def allow(self, path: str) -> bool:
        fitting = [(size, allowed) for size, allowed, rule in self.rules if rule.match(path)]
        return max(fitting, default=(0, True))[1]


@pytest.fixture
def robots(client) -> Robots:
    return Robots(client.get("/robots.txt").content.decode())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", True),
        ("sites/", True),
        ("sites/longmen-grottoes/", True),
        ("sites/?era=tang", True),
        ("sites/?page=2&after=site-23", True),
        ("sites/?era=tang&kind=temple", False),
        ("sites/?era=tang&era=qing", False),
        ("sites/?q=temple", False),
        ("sites/?sort=oldest", False),
        ("sites/?view=list", False),
        ("sites/?era=tang&page=2&after=site-23", False),
        ("sites/?from=100", False),
        ("sites/?all=era", False),
        ("suggest/?q=t", False),
        ("admin/", False),
        ("journey/book/", False),
    ],
)
def test_what_robots_may_read(robots, language, path, allowed):
    assert robots.allow(f"/{language}/{path}") == allowed


def links(html: str, base: str) -> list[tuple[str, bool]]:
    """Where a page leads, and whether robots are asked not to go there."""
    found = []
    for attributes in A.findall(html):
        href = re.search(r'href="([^"]*)"', attributes)
        rel = re.search(r'rel="([^"]*)"', attributes)
        if href and not href[1].startswith(("#", "mailto:", "geo:", "tel:")):
            address = urljoin(base, unescape(href[1])).partition("#")[0]
            found.append((address, "nofollow" in (rel[1].split() if rel else ())))
    return found


def test_orders_views_and_further_filters_are_not_to_be_followed(client):
    words = vocabulary()
    plain_sites(words, range(60))
    for query in ("?era=tang&kind=temple", "?q=temple", "?sort=oldest", "?era=nonsense"):
        base = f"{ORIGIN}/en/sites/{query}"
        for address, is_nofollow in links(client.get(base).content.decode(), base):
            found = urlsplit(address)
            if found.path == "/en/sites/" and found.query:
                assert is_nofollow, (query, address)


def test_a_walk_by_the_rules_ends(client, robots):
    words = vocabulary()
    plain_sites(words, range(60))
    build.make_site("Alone")
    seen, todo = set(), [f"{ORIGIN}/en/"]
    while todo:
        address = todo.pop()
        path = address.removeprefix(ORIGIN)
        if address in seen or not address.startswith(f"{ORIGIN}/en/") or not robots.allow(path):
            continue
        seen.add(address)
        assert len(seen) < 300, "there is no end to it"
        response = client.get(path)
        assert response.status_code == 200, address
        if response["Content-Type"].startswith("text/html"):
            html = response.content.decode()
            todo += [to for to, is_nofollow in links(html, address) if not is_nofollow]
    assert len([address for address in seen if "/sites/alone" in address])
    for address in seen:
        query = parse_qs(urlsplit(address).query)
        filters = {name: query[name] for name in query.keys() - {"page", "after"}}
        assert len(filters) <= 1 and all(len(values) == 1 for values in filters.values()), address
