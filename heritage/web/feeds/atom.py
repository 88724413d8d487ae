"""Atom feeds of new and changed sites, for the whole catalogue or any filtered list.

`docs/architecture.md` says why `django.contrib.syndication` is not used.
"""

import uuid
from datetime import UTC, datetime
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.xmlutils import SimplerXMLGenerator
from pyroaring import BitMap

from heritage.formats import Addresses, sentence
from heritage.models import Event, Site
from heritage.search import IndexSnapshot
from heritage.values.cell_text import for_xml
from heritage.values.language import proper_tag
from heritage.web.shared.context import identity
from heritage.web.shared.meta_tags import describe

ENTRIES = 50
_HALF_AN_HOUR = 1800
_ENTRIES = uuid.UUID("c3e7e0ce-6f0e-5d0a-9a51-8a3f5b8e2d17")  # namespace of the ids of entries
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Feed(Atom1Feed):
    """Django's Atom feed, in which an empty feed is as old as the catalogue."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else _EPOCH

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if self.feed["author_email"] or self.feed["author_name"]:
            return
        handler.startElement("author", AttributesImpl({}))
        handler.addQuickElement("name", self.feed["title"])
        handler.endElement("author")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        # Django's `description` is HTML, and would make markup of a "<" in a plain text.
        handler.addQuickElement("summary", item["plain_summary"], {"type": "text"})


def newest(index: IndexSnapshot, hits: BitMap) -> list[Site]:
    """The sites among `hits` that were last changed, with everything that an entry shows."""
    latest = index.changed_last(hits, ENTRIES)
    found = (
        Site.objects.published()
        .filter(pk__in=latest)
        .defer("description", "note", "search_text", "boundary")
        .prefetch_related("kinds")
    )
    sites = sorted(found, key=lambda site: latest.index(site.pk))
    for site in sites:
        site.public_changed_at = index.changed_at(site.pk) or site.updated_at
    events = Event.objects.select_related("first_era", "last_era")
    facts = ("place__parent__parent", Prefetch("events", events))
    prefetch_related_objects([site for site in sites if not site.summary.best()], *facts)
    return sites


def atom_feed(request: HttpRequest, sites: list[Site], title: str, page: str) -> str:
    """The feed of these sites; `page` is the path of the page that lists them."""
    who = identity(request)
    addresses = Addresses.of_request(request)
    author = clean(who.name.best())
    atom = Feed(
        title=title,
        link=addresses.origin + page,
        description="",
        subtitle=clean(who.tagline.best()) or None,
        language=proper_tag(get_language() or "en"),
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(),
        author_name=author,
        author_email=who.email or None,
        author_link=addresses.url("web:home"),
    )
    for site in sites:
        _add(atom, site, addresses)
    return atom.writeString("utf-8")


def _add(atom: Feed, site: Site, addresses: Addresses) -> None:
    language = proper_tag(get_language() or "en")
    atom.add_item(
        title=clean(site.shown_name.best()),
        link=addresses.site(site),
        description=None,  # type: ignore[arg-type]  # which Django takes
        plain_summary=clean(_described(site)),
        # Stable if the slug or the host changes or the records are loaded again. Each language is
        # an entry of its own.
        unique_id=uuid.uuid5(_ENTRIES, f"{site.uid} {language}").urn,
        pubdate=site.published_at,
        updateddate=site.public_changed_at,
        categories=[clean(kind.label.best()) for kind in site.kinds.all()],
    )


def _described(site: Site) -> str:
    """The summary; of a site without one a sentence made from its facts."""
    if summary := site.summary.best().text:
        return describe(summary)
    events = sentence.telling_events(site.events.all())
    return sentence.sentence(next(iter(site.kinds.all()), None), events, site.place)


def clean(text: object) -> str:
    return for_xml(str(text))
