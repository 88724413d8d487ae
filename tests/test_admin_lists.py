"""The list of sites in the admin: what its search finds, and that its filters count nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.admin import sites
from heritage.models import Site
from heritage.search.index import store
from tests import builders as build

pytestmark = pytest.mark.django_db
LIST = reverse("admin:heritage_site_changelist")


@pytest.fixture(autouse=True)
def editor(client):
    client.force_login(build.make_user("li", group="editor"))


@pytest.fixture
def temples():
    """Three temples, the first published, the last changed last, and a bridge."""
    kind, place = build.make_kind("Temple", "寺庙"), build.make_place("Luoyang", "洛阳")
    states = ("published", "draft", "in_review")
    rows = [
        build.make_site(f"Temple {word}", kinds=[kind], place=place, state=state)
        for word, state in zip(("One", "Two", "Three"), states, strict=True)
    ]
    build.make_site("Bridge", kinds=[build.make_kind("Bridge", "桥梁")])
    return rows


def listed(client, **query):
    return list(client.get(LIST, query).context["cl"].result_list)


def test_sites_are_found_in_any_state(client, temples):
    assert listed(client, q="temple") == temples[::-1]
    assert listed(client, q="temp two") == [temples[1]]
    assert listed(client, q="寺庙") == temples[::-1]
    assert listed(client, q="nothing") == []
    assert listed(client, q="...") == []
    assert len(listed(client, q="  ")) == 4


def test_of_very_many_hits_the_last_changed_are_listed_and_it_is_said(client, temples, monkeypatch):
    whole = client.get(LIST, {"q": "temple"}).content.decode()
    monkeypatch.setattr(sites, "MOST_LISTED", 2)
    monkeypatch.setattr(sites, "WIDE_LISTED", 1)
    response = client.get(LIST, {"q": "temple"})
    assert list(response.context["cl"].result_list) == [temples[2]]
    note = "Very many sites are found. Listed are the 1 that were changed last."
    assert note in response.content.decode()
    assert note not in whole
    # Of those that the filters leave, not of all.
    response = client.get(LIST, {"q": "temple", "state__exact": "draft"})
    assert list(response.context["cl"].result_list) == [temples[1]]


def test_filters_offer_what_only_a_draft_has(client, temples):
    Site.objects.filter(pk=temples[0].pk).update(state="archived")
    page = client.get(LIST).content.decode()
    for term in (*temples[0].kinds.all(), temples[0].place):
        assert f"={term.pk}" in page
        assert str(term) in page


@pytest.mark.parametrize(("query", "count"), [({}, 27), ({"q": "temple"}, 28)])
def test_the_list_asks_a_fixed_number_of_queries(client, temples, query, count):
    client.get(LIST, query)
    store.current()
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST, query)
    assert len(queries) == count
    grouped = [each["sql"] for each in queries.captured_queries if "GROUP BY" in each["sql"]]
    assert len(grouped) == 1 and "heritage_correction" in grouped[0]  # what waits, in the head
