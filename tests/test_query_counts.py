"""How many queries each page may ask, on pages full of related rows. A change here is reviewed."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.models import Event, Name, ReviewComment, Site
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.services.rebuild import rebuild_full_text
from heritage.web.shared import cards
from tests import builders as build
from tests.adminforms import errors, page_data
from tests.webrows import full_site, plain_site, vocabulary

pytestmark = pytest.mark.django_db

# Page → queries, whether the list holds 5 sites or 24.
PAGES = {
    "/en/": 19,
    "/zh-hans/": 10,
    "/en/sites/": 6,
    "/zh-hans/sites/?era=tang&kind=temple&place=henan&protection=cn-national&q=temple": 9,
    "/en/sites/?q=nothing+like+it&era=tang&kind=bridge": 23,
    "/en/sites/?view=list": 6,
    "/en/sites/?open=2026-11-30&hours=closed": 7,
    "/en/sites/longmen-grottoes/": 22,
    "/zh-hans/sites/longmen-grottoes/": 21,  # its sources were read for the page before
    "/en/eras/": 1,
    "/zh-hans/eras/tang/": 8,
    "/en/kinds/": 6,
    "/zh-hans/kinds/temple/": 8,
    "/en/places/": 4,
    "/zh-hans/places/china/": 9,
    "/en/places/luolong/": 10,  # two of them for the table of a day
    "/en/world-heritage/": 21,
    "/zh-hans/world-heritage/": 21,
    "/en/covers/kinds/temple.svg": 1,
    "/en/sites/withdrawn/": 4,
    "/en/about/": 2,  # the last verification
    "/en/privacy/": 1,
    "/en/credits/": 7,
    "/en/data/": 4,
    "/en/download/?kind=temple": 2,
    "/en/sources/": 23,  # those with most to check first by their ids
    "/zh-hans/disagreements/": 6,
    "/en/disagreements.json": 6,
    "/en/nothing/": 1,
    "/en/covers/longmen.svg": 4,  # one of them for the criteria in its seal
    "/previews/longmen.jpg": 5,
    "/preview.jpg": 1,
    "/en/sites/longmen-grottoes/correction/": 2,
    "/en/sites/longmen-grottoes/correction/thanks/": 2,
    "/en/sites/longmen-grottoes/photograph/": 3,
    "/en/suggest/?q=longmen": 11,
    "/zh-hans/suggest/?q=龙门": 10,
    "/en/feed.atom": 7,
    "/zh-hans/sites/feed.atom?era=tang": 7,
    "/sitemap.xml": 1,
    "/sitemaps/en/pages.xml": 0,
    "/sitemaps/en/terms.xml": 4,
    "/sitemaps/en/sites-0.xml": 2,
    "/": 0,
    "/robots.txt": 0,
}


@pytest.fixture(params=[5, 24])
@change_set("command")
def filled(request):
    words = vocabulary()
    site = full_site(words)  # four sites in all
    type(site).objects.filter(pk=site.pk).update(uid="longmen")
    for number in range(request.param - 4):
        plain_site(
            words, number, featured=number + 2, latitude=34.5, longitude=112.5 + number / 100
        )
    gone = build.make_site("Withdrawn", slug="withdrawn")
    gone.state = "archived"
    gone.save()


def test_queries(client, filled, settings, monkeypatch):
    monkeypatch.setattr(
        "heritage.web.trust.sources.SLOW_SECONDS", 1e9
    )  # however busy the machine is
    monkeypatch.setattr("heritage.web.trust.sources._slow", None)
    settings.SITEMAP_BLOCK = 10**9  # all in the first file, whatever numbers the sites have
    counted = {}
    for page in PAGES:
        # The writes above are read once, by whichever page is asked first. What a state of the
        # index remembers is forgotten: each page is counted as if it were that first one.
        state = store.current()
        for cache in (state.cache, state.facet_cache, cards.rendered):
            cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counted[page] = len(queries)
    assert counted == PAGES


# What is changed in the form of a record full of rows, as an editor → queries, all of them: two ask
# who it is, two what they may, two begin and end the transaction.
SAVES = {
    "nothing": 8,
    "a text": 30,
    "an event": 30,
    "an event of two eras": 31,
    "a further name": 30,
    "another name": 36,  # is looked for among all sites
    "its state": 25,
}


@pytest.mark.django_db(transaction=True)
def test_saves(client):
    words = vocabulary()
    site = full_site(words)
    editor = build.make_user("li", group="editor")
    client.force_login(editor)
    url = reverse("admin:heritage_site_change", args=[site.pk])

    def added(prefix, **row):
        def change(data):
            number = int(data[f"{prefix}-TOTAL_FORMS"][0])
            data[f"{prefix}-TOTAL_FORMS"] = [str(number + 1)]
            return data | {f"{prefix}-{number}-{name}": value for name, value in row.items()}

        return change

    saves = {
        "nothing": lambda data: data,
        "a text": lambda data: data | {"summary__en": ["Caves beside a river."]},
        "an event": added("events", kind="built", certainty="certain", date="0700"),
        "an event of two eras": added(
            "events",
            kind="built",
            certainty="certain",
            first_era=words.han.pk,
            last_era=words.tang.pk,
        ),
        "a further name": added("names", text="Ilongmen", language="en", kind="alternative"),
        "another name": lambda data: data | {"name__en": ["Dragon Gate Grottoes"]},
        "its state": lambda data: data | {"state": ["archived"], "_comment": ["Gone."]},
    }
    ContentType.objects.get_for_models(Site, Event, Name, ReviewComment)  # are asked for once
    # The words of other tests' sites are still there, and some may be alike.
    rebuild_full_text(Site.objects.values_list("pk", "search_text"))
    counted = {}
    for name, change in saves.items():
        data = change(page_data(client.get(url)))
        with CaptureQueriesContext(connection) as queries:
            response = client.post(url, data)
        assert response.status_code == 302, errors(response)
        counted[name] = len(queries)
    assert counted == SAVES
