"""Whole pages are kept while nothing is written, and only those that are the same for everybody."""

import copy
import re
import threading
from datetime import date
from functools import partial

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heritage.models import (
    Designation,
    DesignationEvent,
    FormerSlug,
    Identity,
    PendingRefresh,
    Record,
    Site,
    WorldHeritage,
)
from heritage.models.unit_of_work import change_set
from heritage.server.caches import LRUCache
from heritage.services import pending
from heritage.web.operations import middleware
from tests import builders as build
from tests.webrows import full_site, plain_sites, vocabulary

pytestmark = pytest.mark.django_db
SITE = "/en/sites/longmen-grottoes/"


@pytest.fixture(autouse=True)
def kept(settings, monkeypatch):
    settings.PAGES_KEPT = 50
    pages = LRUCache(200)
    monkeypatch.setattr(middleware, "pages", pages)
    return pages


@change_set("command", all_or_nothing=True)
def fill():
    found = vocabulary()
    full_site(found)
    plain_sites(found, range(8))
    return found


@pytest.fixture(scope="module")
def _words(made_once):
    return made_once(fill)


@pytest.fixture
def words(_words):
    return copy.deepcopy(_words)


def counted(client, path, **headers):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    return response, len(queries)


def numbered(response) -> dict:
    return {"X-Request-ID": response["X-Request-ID"]}


PAGES = [
    "/en/", SITE, "/zh-hans/sites/longmen-grottoes/", "/en/sites/?era=tang", "/en/eras/tang/",
    "/en/world-heritage/", "/en/about/", "/en/places/", "/en/feed.atom",
    "/zh-hans/sites/feed.atom?era=tang", "/sitemap.xml", "/sitemaps/en/pages.xml",
    "/sitemaps/zh-hans/terms.xml",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_once(client, words, path):
    first, _queries = counted(client, path)
    again, queries = counted(client, path)
    assert queries == 1  # as of which change
    assert again.content == first.content
    # Each request has a number of its own.
    assert dict(again.headers) | numbered(first) == dict(first.headers)
    unchanged, queries = counted(client, path, **{"if-none-match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content, queries) == (304, b"", 1)
    assert unchanged["ETag"] == first["ETag"]
    assert unchanged["Cache-Control"] == first["Cache-Control"]


def test_addresses_hosts_and_fragments_are_told_apart(client, words, settings, kept):
    settings.ALLOWED_HOSTS = ["*"]
    asked = [
        {},
        {"headers": {"HX-Request": "true"}},
        {"headers": {"HX-Request": "true", "HX-History-Restore-Request": "true"}},
        {"headers": {"host": "example.org"}},
        {"secure": True},
    ]
    paths = ["/en/sites/", "/en/sites/?era=tang", "/zh-hans/sites/"]
    first = [client.get(path, **how).content for path in paths for how in asked]
    again = [client.get(path, **how).content for path in paths for how in asked]
    assert again == first
    assert len(kept) == len(first)
    assert len(set(first)) >= 3 * 4  # a page that is restored is the page


def test_another_day_is_another_page(client, words, monkeypatch, kept):
    client.get(SITE)
    monkeypatch.setattr(middleware, "localdate", lambda: date(2030, 1, 1))
    assert counted(client, SITE)[1] > 1
    assert len(kept) == 2


def test_so_many_are_kept_and_no_more(client, words, monkeypatch):
    monkeypatch.setattr(middleware, "pages", LRUCache(2))
    for path in PAGES:
        client.get(path)
    assert len(middleware.pages) == 2
    assert counted(client, PAGES[-1])[1] == 1
    assert counted(client, PAGES[0])[1] > 1


# --- what is not kept ------------------------------------------------------------------------


def test_who_is_logged_in_gets_pages_that_are_made_for_them(client, words, kept):
    site = Site.objects.get(slug="temple-3")
    site.state = "draft"
    site.save()
    path = "/en/sites/temple-3/"
    assert client.get(path).status_code == 404
    client.force_login(build.make_user(group="editor"))
    preview = client.get(path)
    assert preview.status_code == 200 and "private" in preview["Cache-Control"]
    client.get(SITE)
    client.logout()
    assert client.get(path).status_code == 404
    assert len(kept) == 0


@pytest.mark.parametrize(
    "path",
    ["/", f"{SITE}correction/", "/en/nothing/", "/en/admin/", "/robots.txt",
     "/sitemaps/en/sites-0.xml", "/en/sites/feed.atom?era=none", "/en/sites/?era=tang&page=1"],
)  # fmt: skip
def test_forms_redirections_and_what_is_not_there(client, words, kept, path):
    client.get(path)
    assert len(kept) == 0


def test_nothing_is_kept_of_what_is_sent(client, words, kept):
    client.post(f"{SITE}correction/", {"text": "x"})
    client.head(SITE)
    assert len(kept) == 0


def test_what_is_read_in_a_transaction_that_is_rolled_back_stays_in_it(client, words):
    from django.db import transaction

    before = client.get(SITE).content
    with pytest.raises(RuntimeError), transaction.atomic():
        site = Site.objects.get(slug="longmen-grottoes")
        site.name = build.text("Elsewhere")
        site.save()
        assert b"Elsewhere" in client.get(SITE).content
        raise RuntimeError
    assert client.get(SITE).content == before


# --- what makes a page anew ------------------------------------------------------------------

SHOWN = [
    model
    for model in apps.get_app_config("heritage").get_models()
    if issubclass(model, Record) and model.describes_sites
]


def is_made_anew(client, kept, write) -> bool:
    """Whether the page of a site is made once more after a write."""
    client.get(SITE)
    key = list(kept)[-1]
    before = kept.get(key)
    write()
    client.get(SITE)
    return kept.get(key) is not before


def test_a_write_to_any_record_is_noticed(client, words, kept):
    """Of what no site shows nothing need be told."""
    site = Site.objects.get(slug="longmen-grottoes")
    FormerSlug.objects.create(site=site, slug="former")
    build.make_disagreement(site)
    build.make_quantity(site)
    build.make_sentence(site)
    Identity.objects.create(name=build.text("Our places"))
    newer = build.make_designation("protection", name=build.text("Newer"))
    entry = Designation.objects.filter(coverages__site=site).first()
    entry.points.create(number=1, latitude=1, longitude=1)
    of_a_site = {"designation__coverages__site": site}
    asked = {
        Designation: {"coverages__site": site},
        DesignationEvent: of_a_site,
        WorldHeritage: of_a_site,
    }
    for model in SHOWN:
        own = {"site": site} if model.owner == "site" else {}
        row = model.objects.filter(**asked.get(model, own)).last()
        rows = model.objects.filter(pk=row.pk)

        def save(row=row):
            row.uid += "-1"
            row.save()

        for write in (save, lambda rows=rows, row=row: rows.update(uid=f"{row.uid}-2")):
            assert is_made_anew(client, kept, write), model
    entry.superseded_by = newer
    entry.save()
    newer.note = build.text("Newer, too")
    assert is_made_anew(client, kept, newer.save)


def test_a_write_to_any_relation_is_noticed(client, words, kept):
    site = Site.objects.get(slug="longmen-grottoes")
    listed = WorldHeritage.objects.filter(designation__coverages__site=site).first()
    region = build.make_term(listed.designation.register, facet="region")
    for row, given in ((site, {}), (listed, {"regions": [region], "criteria": [region]})):
        for field in type(row)._meta.many_to_many:
            others = given.get(field.name) or field.related_model.objects.all()
            for chosen in ([], others, []):
                relation = getattr(row, field.name)
                if set(relation.all()) != set(chosen):
                    assert is_made_anew(client, kept, partial(relation.set, chosen)), field.name


def test_pages_are_the_same_with_and_without(client, words, settings):
    for path in PAGES:
        client.get(path)
        kept = client.get(path).content
        settings.PAGES_KEPT = 0
        assert client.get(path).content == kept, path
        settings.PAGES_KEPT = 50
        assert not re.search(rb"csrfmiddlewaretoken|nonce", kept)


def test_a_health_check_asks_the_database_nothing(client):
    assert counted(client, "/healthz")[1] == 0


# --- what leaves a page ----------------------------------------------------------------------


def touch_summary(slug: str) -> None:
    site = Site.objects.get(slug=slug)
    site.summary = build.text(f"{site.summary} again")
    site.save()


def test_a_page_stays_while_others_are_written(client, words):
    far = build.make_site("Far away", summary=build.text("Far"), latitude=-33.9, longitude=18.4)
    for path in PAGES:
        client.get(path)
    touch_summary(far.slug)
    for path in PAGES:
        client.get(path)  # compared once with what was written
        _again, queries = counted(client, path)
        assert queries == 1, path
    assert b"Far away" in client.get("/en/sites/?sort=recent").content


def test_what_is_left_of_a_refresh_is_said_anew_after_each_write(
    client, words, settings, monkeypatch
):
    settings.REFRESHED_AT_ONCE = 3
    monkeypatch.setattr(pending, "_known", threading.Event())  # no thread that refreshes
    far = build.make_site("Far away", latitude=-33.9, longitude=18.4)
    for number in range(7):
        build.make_site(f"Beside {number}")
    waiting = PendingRefresh.objects.create(model="heritage.place", object_id=1, columns=["label"])
    for left in (7, 3, 0):
        PendingRefresh.objects.filter(pk=waiting.pk).update(left=left)
        touch_summary(far.slug)
        page = client.get("/en/sites/?era=tang").content.decode()
        assert ("are not found by them yet" in page) == bool(left)
        assert not left or f"Up to {left} sites" in page
