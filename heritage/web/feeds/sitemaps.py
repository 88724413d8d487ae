"""Sitemaps: every public page in every language, each with links to its other languages.

A file holds the sites of a fixed block of ids, so a crawler need not read it again until its
date changes. A million sites are five hundred files a language. `docs/architecture.md` says why
`django.contrib.sitemaps` is not used.
"""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from heritage.formats import Addresses
from heritage.models import Era, Kind, Place, Site
from heritage.search import current_index
from heritage.values.language import interface_languages, proper_tag

_FORMAT = 1  # of the files of sites: to be increased when their text changes
_MAX_PAGES = 2_000  # pages of a file; the protocol allows 50,000
_LISTS = ("home", "sites", "eras", "kinds", "places", "world_heritage")
_TEXT_PAGES = (
    *_LISTS,
    "about",
    "sources",
    "disagreements",
    "data",
    "credits",
    "privacy",
)
_TERMS = {"era": Era, "kind": Kind, "place": Place}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
_URLS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">'
)


def block_size() -> int:
    return getattr(settings, "SITEMAP_BLOCK", _MAX_PAGES)


def index_file(origin: str) -> str:
    """Where the sitemaps are, and when something in each was last changed."""
    changes = current_index().times
    found = latest_by_block(changes.ids, changes.columns[0], block_size())
    blocks = [(number, _lastmod(_moment(time))) for number, time in found.items()]
    parts = []
    for code in interface_languages():
        files = [(reverse(name, args=[code]), "") for name in ("sitemap_pages", "sitemap_terms")]
        before = reverse("sitemap_sites", args=[code, 0]).removesuffix("0.xml")
        files += [(f"{before}{number}.xml", lastmod) for number, lastmod in blocks]
        parts += [
            f"<sitemap><loc>{escape(origin + path)}</loc>{lastmod}</sitemap>"
            for path, lastmod in files
        ]
    return _file(_INDEX, parts, "</sitemapindex>")


def pages_file(origin: str, language: str) -> str:
    """Pages that do not belong to a site."""
    entries = [
        _entry(origin, language, {code: _path(code, name) for code in interface_languages()})
        for name in _TEXT_PAGES
    ]
    return _file(_URLS, entries, "</urlset>")


def terms_file(origin: str, language: str) -> str:
    """Pages of eras, kinds and places that have a site."""
    index = current_index()
    entries = []
    for name, model in _TERMS.items():
        before = {code: _path(code, name, "-").removesuffix("-/") for code in interface_languages()}
        for pk, slug in model.objects.order_by("pk").values_list("pk", "slug"):
            if index.having(name, pk):
                paths = {code: f"{before[code]}{slug}/" for code in before}
                entries.append(_entry(origin, language, paths))
    return _file(_URLS, entries, "</urlset>")


def version_of_sites(origin: str, language: str, number: int) -> str:
    """A digest of which sites a block of ids has and when each was last changed; empty without
    any."""
    changes, size = current_index().times, block_size()
    start, end = np.searchsorted(changes.ids, (number * size, (number + 1) * size))
    if start == end:
        return ""
    ids, moments = changes.ids[start:end], changes.columns[0][start:end]
    version = hashlib.blake2b(ids.tobytes() + moments.tobytes(), digest_size=16)
    version.update(f"{_FORMAT} {origin} {language} {interface_languages()}".encode())
    return version.hexdigest()


def sites_file(origin: str, language: str, number: int) -> str:
    """The published sites of one block of ids."""
    return _file(_URLS, _entries(language, origin, block_size(), number), "</urlset>")


def _entries(language: str, origin: str, size: int, number: int) -> list[str]:
    index = current_index()
    rows = (
        Site.objects.published()
        .filter(pk__gte=number * size, pk__lt=(number + 1) * size)
        .order_by("pk")
        .values_list("slug", "pk", "updated_at")
    )
    # The words of one entry around its slug and its date, which alone differ.
    before = {code: _path(code, "sites") for code in interface_languages()}
    entry = _entry(origin, language, {code: f"{path}\0/" for code, path in before.items()})
    start, end = entry.split("</loc>")
    return [
        f"{start}</loc>{_lastmod(index.changed_at(pk) or changed)}{end}".replace("\0", slug)
        for slug, pk, changed in rows.iterator(2000)
    ]


def _entry(origin: str, language: str, paths: dict[str, str]) -> str:
    links = [(proper_tag(code), path) for code, path in paths.items()]
    links.append(("x-default", paths[settings.LANGUAGE_CODE]))
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{escape(origin + path)}"/>'
        for tag, path in links
    )
    return f"<url><loc>{escape(origin + paths[language])}</loc>{alternates}</url>"


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _lastmod(changed: datetime) -> str:
    return f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>"


def _path(language: str, name: str, *args: str) -> str:
    return Addresses().url(f"web:{name}", *args, language=language)


def _file(start: str, parts: list[str], end: str) -> str:
    return "\n".join([f"{_HEAD}{start}", *parts, end]) + "\n"


def latest_by_block(ids: np.ndarray, times: np.ndarray, size: int) -> dict[int, int]:
    """By block of so many ids that has a site, the latest time of its sites, whose ids ascend."""
    if not len(ids):
        return {}
    blocks = ids // size
    starts = np.flatnonzero(np.diff(blocks, prepend=-1))
    latest = np.maximum.reduceat(times, starts)
    return dict(zip(blocks[starts].tolist(), latest.tolist(), strict=True))
