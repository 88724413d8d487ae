"""What pages weigh on the way to a reader, and where all that they load comes from.

    uv run python -m benchmarks.weights

prints a table of the catalogue in HERITAGE_DATA, which `manage.py demo` fills.
"""

import gzip
import os
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import django
from django.conf import settings

HOST = "localhost"
PAGES = {
    "home": "/en/",
    "home in Chinese": "/zh-hans/",
    "browse": "/en/sites/",
    "browse in Chinese": "/zh-hans/sites/",
    "browse, two filters": "/en/sites/?kind=temple&era=tang",
    "browse as a list": "/en/sites/?view=list",
    "map": "/en/sites/?view=map",
    "timeline": "/en/sites/?view=timeline",
    "site": "/en/sites/longmen-grottoes/",
    "site in Chinese": "/zh-hans/sites/longmen-grottoes/",
    "era": "/en/eras/tang/",
    "kind": "/en/kinds/temple/",
    "place": "/en/places/china/",
    "World Heritage": "/en/world-heritage/",
    "World Heritage in Chinese": "/zh-hans/world-heritage/",
    "correction": "/en/sites/longmen-grottoes/correction/",
    "about": "/en/about/",
}
_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}
_SOURCES = ("src", "poster", "data", "background")
_SETS = ("srcset", "imagesrcset")
_CSS_ADDRESS = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""")


@dataclass
class Page(HTMLParser):
    """A page and all that it makes a browser load, each address once and whole."""

    path: str
    html: str
    styles: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)  # those that are not put off
    others: list[str] = field(default_factory=list)

    def __post_init__(self):
        HTMLParser.__init__(self)
        self.feed(self.html)
        for address in self.styles:
            for found in _CSS_ADDRESS.findall(content(address).decode()):
                self._add(self.others, found, address)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        at = dict(attributes)
        rel = set((at.get("rel") or "").lower().split())
        if tag == "link" and rel & _LINKS:
            self._add(self.styles if "stylesheet" in rel else self.others, at.get("href"))
        for name in _SOURCES:
            if tag == "script":
                self._add(self.scripts, at.get(name))
            elif tag == "img" and name == "src" and at.get("loading") != "lazy":
                self._add(self.pictures, at.get(name))
            else:
                self._add(self.others, at.get(name))
        for name in _SETS:
            for candidate in filter(str.strip, (at.get(name) or "").split(",")):
                self._add(self.others, candidate.split()[0])
        if tag in ("image", "use", "feimage"):  # of a drawing in the page
            self._add(self.others, at.get("href") or at.get("xlink:href"))

    def _add(self, to: list[str], address: str | None, base: str | None = None) -> None:
        url = urljoin(base or f"http://{HOST}{self.path}", (address or "").strip())
        if address and not address.startswith("#") and url not in to:
            to.append(url)

    @property
    def elsewhere(self) -> list[str]:
        """What would leave the origin; `data:` stays in the page."""
        loaded = [*self.styles, *self.scripts, *self.pictures, *self.others]
        return [at for at in loaded if urlsplit(at)[:2] not in (("http", HOST), ("data", ""))]

    @property
    def html_gzipped(self) -> int:
        return len(gzip.compress(self.html.encode(), 6))

    @property
    def css(self) -> int:
        return sum(map(compressed, self.styles))

    @property
    def js(self) -> int:
        return sum(map(compressed, self.scripts))

    @property
    def requests(self) -> int:
        """Before anybody scrolls, without the icon of the tab."""
        return 1 + len(self.styles) + len(self.scripts) + len(self.pictures)


def page(client, path: str) -> Page:
    response = client.get(path, headers={"host": HOST}, secure=settings.SECURE_SSL_REDIRECT)
    if response.status_code != 200:
        raise LookupError(f"{path} answers {response.status_code}")
    return Page(path, response.content.decode())


@cache
def content(address: str) -> bytes:
    """Of a file of ours; of what is not ours nothing is known."""
    from django.contrib.staticfiles import finders

    path = urlsplit(address).path
    if not path.startswith(settings.STATIC_URL):
        return b""
    name = path.removeprefix(settings.STATIC_URL)
    return Path(finders.find(name) or settings.STATIC_ROOT / name).read_bytes()


@cache
def compressed(address: str) -> int:
    """As whitenoise keeps it, and every browser takes it."""
    from heritage.web.operations.static_files import without_comments

    name = urlsplit(address).path.removeprefix(settings.STATIC_URL)
    return len(brotli.compress(without_comments(name, content(address))))


def table(client) -> str:
    lines = [
        "| Page | HTML, gzip | CSS, brotli | JS, brotli | Requests | of them pictures |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, path in PAGES.items():
        at = page(client, path)
        sizes = " | ".join(f"{size / 1000:.1f} kB" for size in (at.html_gzipped, at.css, at.js))
        lines.append(f"| {name} | {sizes} | {at.requests} | {len(at.pictures)} |")
    return "\n".join(lines)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from django.test import Client

    if HOST not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS.append(HOST)
    print(table(Client(raise_request_exception=False)))


if __name__ == "__main__":
    main()
