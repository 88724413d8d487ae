"""The facts of a page, without the words of its template, to compare it with the page of another
release.

`read()` takes the facts from a page, `stored_texts()` tells which of its texts are texts of
records, `differences()` what a page no longer says. A heading, a link to a record, a picture, a
text of a record and a value of its JSON-LD stay when an upgrade only words or arranges the page in
another way.
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

from django.db.backends.base.base import BaseDatabaseWrapper

_SPACES = re.compile(r"\s+")
_RECORD_LINK = re.compile(r"/[a-z]{2,3}(?:-[a-z]+)?/(?:sites|eras|kinds|places)/[^/?#]+/")
_CODE = re.compile(r"[a-z_]+")  # of a choice, as in the database, which a page may well word so

_TIME = re.compile(r"(?<=^\d{4}-\d\d-\d\d)T[\d:.]+(Z|[+-]\d\d:\d\d)$")  # a day is exact enough
# Shorter ones may as well be words of a template; a Chinese character counts as two.
_SHORTEST = 6
_SILENT = {"script", "style", "template", "svg"}
# History repeats former texts; the others hold no text of a page.
_NO_TEXTS = ("heritage_change", "heritage_loadedrow", "heritage_index", "heritage_openform")
_AT_ONCE = 2_000  # rows


class PageFacts(NamedTuple):
    status: int
    heading: str = ""
    texts: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()  # paths of pages of records
    pictures: frozenset[str] = frozenset()  # their alternative texts
    data: frozenset[str] = frozenset()  # `key: value` of JSON-LD

    def only(self, stored: set[str]) -> "PageFacts":
        """The facts, without texts, and texts of pictures, that are not in `stored`."""
        return self._replace(texts=self.texts & stored, pictures=self.pictures & stored)

    def as_lists(self) -> list[object]:
        """For JSON; `of_lists()` reads it."""
        return [sorted(value) if isinstance(value, frozenset) else value for value in self]

    @classmethod
    def of_lists(cls, lists: list) -> "PageFacts":
        status, heading, *sets = lists
        return cls(status, heading, *map(frozenset, sets))


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.open: list[str] = []
        self.heading: list[str] = []
        self.texts: set[str] = set()
        self.links: set[str] = set()
        self.pictures: set[str] = set()
        self.json: list[str] = []
        self.is_json = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self.is_json = given.get("type") == "application/ld+json"
        if tag in _SILENT or tag in ("main", "h1"):
            self.open.append(tag)
        if "main" in self.open and tag == "a" and (href := given.get("href")):
            link = urljoin(self.path, href)
            if _RECORD_LINK.fullmatch(link):
                self.links.add(link)
        if "main" in self.open and tag == "img" and given.get("alt"):
            self.pictures.add(_plain(str(given["alt"])))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            if self.is_json:
                self.json.append(data)
        elif "main" in self.open and _SILENT.isdisjoint(self.open):
            text = _plain(data)
            if "h1" in self.open:
                self.heading.append(text)
            if is_telling(text):
                self.texts.add(text)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def is_telling(text: str) -> bool:
    """Whether a text is long enough to be recognised among the words of a template."""
    return (
        not _CODE.fullmatch(text) and sum(2 if letter > "⺀" else 1 for letter in text) >= _SHORTEST
    )


def read(path: str, status: int, html: str) -> PageFacts:
    """The facts of the page at `path`, which its links are relative to.

    `html` is of a whole page; the status alone counts for others.
    """
    if status != 200:
        return PageFacts(status)
    reader = _Reader(path)
    reader.feed(html)
    data: set[str] = set()
    for text in reader.json:
        data |= set(_values(json.loads(text)))
    return PageFacts(
        status,
        _plain(" ".join(reader.heading)),
        frozenset(reader.texts),
        frozenset(reader.links),
        frozenset(reader.pictures),
        frozenset(data),
    )


def _values(node: object, key: str = "") -> Iterator[str]:
    """`key: value` of what JSON-LD says; not what names a thing by an address."""
    if isinstance(node, dict):
        for name, value in node.items():
            if not name.startswith("@"):
                yield from _values(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, key)
    elif not str(node).startswith(("http://", "https://")):
        yield f"{key}: {_TIME.sub('', str(node))}"


def stored_texts(connection: BaseDatabaseWrapper, among: Iterable[str]) -> set[str]:
    """Those of some texts that are stored as texts of records, or as lines of them."""
    wanted, found = set(among), set()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith("heritage_") or table.startswith(_NO_TEXTS):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name
            while rows := cursor.fetchmany(_AT_ONCE):
                for row in rows:
                    for value in row:
                        found |= wanted.intersection(_lines(value))
    return found


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _lines(each)
    elif isinstance(value, str):
        yield _plain(value)
        for line in value.splitlines():
            yield _plain(line.lstrip("#>*- "))


def differences(before: PageFacts, after: PageFacts) -> list[str]:
    """The facts of `before` that are missing in `after`; additional ones are no difference."""
    if before.status != after.status:
        return [f"answers {after.status} instead of {before.status}"]
    found, text_now = [], "\n".join(after.texts)
    if before.heading != after.heading:
        found.append(f"heading “{after.heading}” instead of “{before.heading}”")
    for name, was, now in (
        ("link", before.links, after.links),
        ("picture", before.pictures, after.pictures),
        ("text", {text for text in before.texts if text not in text_now}, frozenset()),
        ("data", before.data, after.data),
    ):
        found += [f"without the {name} “{text}”" for text in sorted(was - now)]
    return found
