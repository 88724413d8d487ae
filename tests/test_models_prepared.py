"""A query that is put into SQL once answers as it would each time."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heritage.models import Event, Kind, Site
from heritage.models.prepared import Prepared
from tests.builders import make_event, make_kind, make_site, make_source

pytestmark = pytest.mark.django_db


def sites(ids):
    return Site.objects.published().filter(pk__in=ids).order_by("-pk")


@pytest.mark.parametrize("number", [0, 1, 3, 24, 25, 130])
def test_for_any_number_of_ids(number):
    rows = [make_site(f"Site {n}", slug=f"site-{n}") for n in range(number)]
    make_site("Not asked for", slug="other")
    ids = [row.pk for row in rows]
    prepared = Prepared(sites)
    with CaptureQueriesContext(connection) as queries:
        found = prepared.rows(ids)
    assert len(queries) == -(-number // 128)
    assert sorted(row.pk for row in found) == ids
    assert [row.name for row in found[:128]] == [row.name for row in sites(ids[:128])]


def test_each_call_has_its_own_ids_and_the_rows_of_now():
    first, second = make_site("First", slug="first"), make_site("Second", slug="second")
    prepared = Prepared(lambda ids: sites(ids).values_list("slug", "name"))
    assert prepared.rows([first.pk]) == [("first", {"en": "First"})]
    assert prepared.rows([second.pk]) == [("second", {"en": "Second"})]
    first.name = {"en": "Renamed"}
    first.save()
    assert prepared.rows([first.pk]) == [("first", {"en": "Renamed"})]
    Site.objects.filter(pk=first.pk).update(state="draft")
    assert prepared.rows([first.pk]) == []


def test_slugs_and_related_rows():
    site = make_site("First", slug="first", kinds=[make_kind()])
    make_event(site, "built", date="0493", source=make_source())
    found = Prepared(lambda slugs: Site.objects.filter(slug__in=slugs), of=str)
    assert [row.pk for row in found.rows(["first", "nothing' OR 1=1"])] == [site.pk]
    events = Prepared(lambda ids: Event.objects.filter(site__in=ids).select_related("source"))
    (event,) = events.rows([site.pk])
    with CaptureQueriesContext(connection) as queries:
        assert (event.date, event.source.uid) == ("0493", Event.objects.get().source.uid)
    assert len(queries) == 2  # for what it is compared with


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_over_its_own_connection():
    site = make_site("First", slug="first")
    prepared, found = Prepared(sites), []
    prepared.rows([site.pk])

    def ask():
        try:
            found.append([row.pk for row in prepared.rows([site.pk])])
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [[site.pk]]


def test_postgresql_plans_once_what_is_asked_again(settings):
    """Whatever the ids: small ones and large ones in any mixture are one statement."""
    kinds = Prepared(lambda ids: Kind.objects.filter(pk__in=ids))
    for number in range(10):
        kinds.rows([number, 30_000 * number])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            kept = [statement for (statement,) in cursor.fetchall() if "heritage_kind" in statement]
        assert len(kept) == 1
