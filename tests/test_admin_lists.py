"""The list of sites in the admin: what its search finds, and that its filters count nothing."""

import random
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_headers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.admin.lists import changelist, gaps
from heritage.admin.records import sites
from heritage.models import Kind, Site
from heritage.models.unit_of_work import change_set
from heritage.search import store
from tests import builders as build

pytestmark = pytest.mark.django_db
LIST = reverse("admin:heritage_site_changelist")


@pytest.fixture(autouse=True)
def editor(client):
    client.force_login(build.make_user("li", group="editor"))


@pytest.fixture
@change_set("command", all_or_nothing=True)
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
    assert listed(client, q="temples tw") == [temples[1]]  # the last word may be incomplete
    assert listed(client, q="寺庙") == temples[::-1]
    assert listed(client, q="nothing") == []
    assert listed(client, q="...") == []
    assert len(listed(client, q="  ")) == 4


def test_a_misspelt_search_lists_what_the_visitors_search_guesses(client, temples):
    build.make_site("White Horse Monastery", "白马寺")
    response = client.get(LIST, {"q": "whtie horse"})
    assert [str(site) for site in response.context["cl"].result_list] == ["White Horse Monastery"]
    assert "Nothing has “whtie horse”. Listed is what has “white horse”." in (
        response.content.decode()
    )
    assert "Nothing has" not in client.get(LIST, {"q": "temple"}).content.decode()


def test_a_site_is_listed_with_its_names_in_both_languages(client, temples):
    build.make_site("White Horse Monastery", "白马寺")
    english = client.get(LIST, {"q": "monastery"}).content.decode()
    assert '<span class="other-name" lang="zh-Hans" dir="ltr">白马寺</span>' in english
    chinese = client.get(LIST.replace("/en/", "/zh-hans/"), {"q": "白马寺"}).content.decode()
    assert 'class="other-name" lang="en" dir="ltr">White Horse Monastery</span>' in chinese
    assert "other-name" not in client.get(LIST, {"q": "bridge"}).content.decode()


def test_of_very_many_hits_the_last_changed_are_listed_and_it_is_said(client, temples, monkeypatch):
    whole = client.get(LIST, {"q": "temple"}).content.decode()
    monkeypatch.setattr(changelist, "MAX_HITS", 2)
    monkeypatch.setattr(changelist, "LATEST_HITS", 1)
    monkeypatch.setattr(changelist, "DATABASE_LIMIT", 0)  # too many for the index to help
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


@pytest.mark.parametrize(("query", "count"), [({}, 25), ({"q": "temple"}, 26)])
def test_the_list_asks_a_fixed_number_of_queries(client, temples, query, count):
    client.get(LIST, query)
    store.current()
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST, query)
    assert len(queries) == count
    asked = [each["sql"] for each in queries.captured_queries]
    assert sum("heritage_correction" in sql for sql in asked) == 1  # what waits, in the head
    assert not any("GROUP BY" in sql for sql in asked)


def test_a_gap_is_the_same_for_the_database_and_for_the_index(temples):
    across = build.make_site("Across borders")  # in two countries, and in none of them first
    across.also_in.set([build.make_place("China"), build.make_place("Japan")])
    build.make_site("Nowhere")
    index = store.current()
    for value, gap in gaps.gaps().items():
        lacking = Site.objects.published().filter(gap.lacks).order_by()
        assert set(lacking.values_list("pk", flat=True)) == set(gap.lacking(index)), value


def test_the_counts_beside_the_choices_ask_few_queries(client, temples):
    client.get(LIST, {"_facets": "True"})
    store.current()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(LIST, {"_facets": "True"}).content.decode()
    assert re.search(r"Temple \([0-9]+\)", page)
    assert len(queries) <= 50


# --- in an order, with filters: as the index has it, and as one would sort all by hand ----------


@pytest.fixture
@change_set("command", all_or_nothing=True)
def mixed(settings, monkeypatch):
    """Sites in all states, some without what they are sorted by, on pages of three."""
    monkeypatch.setattr(sites.SiteAdmin, "list_per_page", 3)
    monkeypatch.setattr(changelist, "_PROBES", 2)
    dice = random.Random(5)
    kinds = [build.make_kind(name) for name in ("Temple", "Bridge", "Cave")]
    register = build.make_register("protection", slug="listed")
    for number in range(23):
        site = build.make_site(
            f"{dice.choice(['Alder', 'Birch', 'Cedar'])} {number}",
            kinds=dice.sample(kinds, dice.randrange(3)),
            state=dice.choice(["published"] * 3 + ["draft", "in_review", "archived"]),
            place=build.make_place() if dice.random() < 0.5 else None,
            featured=number if dice.random() < 0.3 else None,
        )
        if dice.random() < 0.6:
            build.make_event(site, "built", f"{dice.randrange(700, 705):04}")
        if dice.random() < 0.3:
            build.make_coverage(site, build.make_designation(register=register))


def paged(client, **query) -> list[Site]:
    """All pages of a list, one after the other; each is made from the index."""
    found, number = [], 1
    while True:
        shown = client.get(LIST, query | {"p": number}).context["cl"]
        assert shown.sorted_sites is not None
        found += shown.result_list
        if number * 3 >= shown.result_count:
            assert shown.result_count == len(found)
            return found
        number += 1


def _sort_name(site):
    return site.sort_names.get(language="en").key, site.pk


def _beginnings(site):
    return site.first_year is None, site.first_year or 0, site.pk


def _updated(site):
    return site.updated_at, site.pk


@pytest.mark.parametrize(
    ("column", "key"),
    [(1, _sort_name), (3, _beginnings), (5, _updated)],
)
def test_each_order_is_that_of_all_sites_in_whatever_state(client, mixed, column, key):
    expected = sorted(Site.objects.all(), key=key)
    assert paged(client, o=str(column)) == expected
    assert paged(client, o=f"-{column}") == expected[::-1]
    drafts = [site for site in expected if site.state == "draft"]
    assert paged(client, o=str(column), state__exact="draft") == drafts
    assert paged(client, o=str(column), q="nothing like it") == []


def test_each_filter_leaves_what_the_database_would(client, mixed):
    kind = Kind.objects.first()
    every = Site.objects.all()
    filters = {
        ("state__exact", "published"): every.filter(state="published"),
        ("by", "me"): every.none(),
        ("lacks", "point"): every.filter(latitude=None),
        ("lacks", "place"): every.filter(place=None),
        ("lacks", "kinds"): every.filter(kinds=None),
        ("lacks", "events"): every.filter(events=None),
        ("lacks", "picture"): every,
        ("lacks", "text-en"): every,
        ("kind", str(kind.pk)): every.filter(kinds=kind),
        ("register", "listed"): every.filter(coverages__isnull=False),
        ("featured__isempty", "0"): every.exclude(featured=None),
        ("featured__isempty", "1"): every.filter(featured=None),
        ("q", "alder"): every.filter(
            sort_names__key__startswith="alder", sort_names__language="en"
        ),
    }
    for (name, value), rows in filters.items():
        expected = sorted(rows, key=_sort_name)
        assert paged(client, o="1", **{name: value}) == expected, (name, value)
        both = [site for site in expected if site.state == "published"]
        assert paged(client, **{"o": "1", "state__exact": "published", name: value}) == both


def test_of_very_many_sites_only_orders_of_the_index_are_offered(client, mixed, monkeypatch):
    page = client.get(LIST, {"_facets": "True", "q": "alder"}).content.decode()
    assert "the list is sorted by name" not in page and "published (" in page
    monkeypatch.setattr(changelist, "DATABASE_LIMIT", 1)
    page = client.get(LIST, {"o": "2"})  # the place
    headers = [header for header in result_headers(page.context["cl"]) if header["sortable"]]
    assert [header["text"] for header in headers] == [
        "name and kinds", "beginnings", "UNESCO", "state",
    ]  # fmt: skip
    assert "_facets" not in page.content.decode()  # counts of choices
    newest = list(Site.objects.order_by("-updated_at")[:3])
    assert list(page.context["cl"].result_list) == newest
    assert "Of more than 1 site the list is sorted by name" in page.content.decode()


def test_an_action_on_all_that_a_wide_search_finds_is_about_all_of_it(client, mixed, monkeypatch):
    monkeypatch.setattr(changelist, "MAX_HITS", 2)
    data = {"action": "change_terms", "select_across": "1", "_selected_action": ["1"]}
    page = client.post(f"{LIST}?q=alder", data)
    found = Site.objects.filter(sort_names__key__startswith="alder", sort_names__language="en")
    assert page.context["affected"]["count"] == found.count() > 2


def test_an_action_is_about_the_chosen_sites_wherever_they_stand(client, mixed, monkeypatch):
    monkeypatch.setattr(changelist, "MAX_CHANGES", 1)
    last = paged(client)[-1]
    data = {"action": "change_terms", "select_across": "0", "_selected_action": [last.pk]}
    page = client.post(LIST, data)
    assert [record for record, *_ in page.context["affected"]["records"]] == [last]


def every_list() -> list[str]:
    return [
        reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        for model in apps.get_models()
        if admin.site.is_registered(model)
    ]


LARGE = "9" * 20  # beyond the integers of any database


def test_what_no_database_takes_is_refused_by_every_list(client):
    client.force_login(build.make_user(is_superuser=True))
    assert LIST in every_list() and len(every_list()) > 25
    queries = (
        "id__exact=%00",
        "q=a%00b",
        "p=%00",
        "%00=1",
        f"id__in=1,{LARGE}",
        f"pk__in=-{LARGE}",
    )
    for address in every_list():
        for query in queries:
            response = client.get(f"{address}?{query}")
            assert (response.status_code, response.get("Location")) == (302, f"{address}?e=1")
        for query in ("e=1", f"q={LARGE}"):
            assert client.get(f"{address}?{query}").status_code == 200


def test_keys_that_are_too_large_are_refused(client):
    client.force_login(build.make_user(is_superuser=True))
    for query in (f"parent_id={LARGE}", f"region_id=-{LARGE}"):
        address = reverse("admin:heritage_era_changelist")
        assert client.get(f"{address}?{query}")["Location"] == f"{address}?e=1"


@pytest.mark.parametrize("chosen", ["x", "²", LARGE])
def test_an_action_on_what_is_no_id_is_refused_by_every_list(client, temples, chosen):
    client.force_login(build.make_user(is_superuser=True))
    for address in every_list():
        for confirmed in ({}, {"post": "yes"}):
            data = {"action": "delete_selected", "_selected_action": ["1", chosen]} | confirmed
            assert client.post(address, data).status_code == 302, address
    assert Site.objects.count() == 4


def test_a_restore_from_a_change_set_of_no_number_is_not_found(client, temples):
    history = reverse("admin:heritage_site_history", args=[temples[0].pk])
    assert client.get(f"{history}{LARGE}/undo/").status_code == 404
    assert client.get(f"{history}1/undo/").status_code == 200


def test_a_wrong_state_and_a_nul_are_refused_alike(client, temples):
    assert client.get(LIST, {"state__exact": "\0"}).headers["Location"] == f"{LIST}?e=1"
    assert listed(client, state__exact="draft") == [temples[1]]
