"""The list of sites: its filters, what it says of wrong ones, paging, order, clean addresses."""

import re
from urllib.parse import unquote_plus

import pytest
from django.db import transaction
from django.http import QueryDict

from heritage.models import Era, Place
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.web.browse import displays
from heritage.web.browse.queries import clean_query
from heritage.web.shared import cards
from tests import builders as build
from tests.webrows import as_read, full_site, plain_site, plain_sites

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words_once")]


@pytest.fixture
@change_set("command", all_or_nothing=True)
def three(words):
    """Longmen with its neighbours would be four: here are three temples and a draft."""
    plain_sites(words, (1, 2, 3))
    plain_site(words, 4, state="draft")
    return words


@pytest.fixture
@change_set("command", all_or_nothing=True)
def fifty(words):
    """Three pages of a list."""
    for number in range(50):
        build.make_site(f"Gate {number:02}")


def listed(client, query="", language="en"):
    return client.get(f"/{language}/sites/?{query}").context["list"]


def names(client, query="", language="en") -> list[str]:
    return [str(card.name) for card in listed(client, query, language).shown.cards]


COUNTS = {
    "": 3, "q=temple+2": 1, "q=寺2": 1, "q=si2": 1, "kind=temple": 3, "kind=religious-place": 3,
    "kind=bridge": 0, "era=tang": 3, "era=qing": 3, "era=qing&role=beginnings": 0,
    "era=tang&role=beginnings": 3, "unesco=none": 3, "unesco=inscribed": 0,
    "protection=cn-national": 3, "place=henan": 3, "place=luolong&era=tang&q=temple": 3,
    "q=" + "x" * 200: 0,
}  # fmt: skip


def test_a_further_display_is_one_entry_and_a_template(client, three, monkeypatch):
    assert client.get("/en/sites/?view=brief").url == "/en/sites/"  # an unknown one is cleaned away
    brief = displays.CardPages("Brief", "components/rows.html", "row")
    monkeypatch.setitem(displays.DISPLAYS, "brief", brief)
    shown = listed(client, "view=brief&kind=temple")
    assert [(link.label, link.query, link.is_current) for link in shown.displays] == [
        ("Cards", "kind=temple", False),
        ("List", "view=list&kind=temple", False),
        ("Map", "view=map&kind=temple", False),
        ("Timeline", "view=timeline&kind=temple", False),
        ("Brief", "view=brief&kind=temple", True),
    ]
    assert len(shown.shown.cards) == 3 and shown.shown.template == "components/rows.html"


def test_filters(client, three):
    shown = {query: listed(client, query) for query in COUNTS}
    assert {query: found.total for query, found in shown.items()} == COUNTS
    assert {query: len(found.shown.cards) for query, found in shown.items()} == COUNTS


def test_what_is_applied_is_said_in_words_and_can_be_taken_off(client, three):
    html = as_read(client.get("/en/sites/?q=luolong&era=tang&era=qing&literal=1"))
    assert "<title>luolong, Tang, Qing · Heritage</title>" in html
    assert 'href="?era=tang&amp;era=qing"><span class="applied-label">Search</span> luolong' in html
    assert (
        'href="?q=luolong&amp;era=qing&amp;literal=1"><span class="applied-label">Era</span> Tang'
        in html
    )
    assert re.search(r'<p id="count"[^>]*><strong>3</strong>\s+sites\b', html)
    assert 'value="tang" checked' in html and 'value="eastern-han"' not in html


UNKNOWN = {
    "era=nonsense": "nonsense", "kind=temple&kind=%3Cb%3E": "&lt;b&gt;", "unesco=green": "green",
    "sort=beauty": "beauty", "role=none": "none",
}  # fmt: skip


def test_unknown_values_are_named_and_narrow_nothing(client, three):
    for query, value in UNKNOWN.items():
        response = client.get(f"/en/sites/?{query}")
        html = response.content.decode()
        assert response.status_code == 200, query
        assert f"“{value}” is not known here." in html and 'role="alert"' in html, query
        assert response.context["list"].total == 3, query


def test_an_empty_result_says_what_to_drop(client, three):
    shown = listed(client, "q=temple+2&era=tang&kind=bridge")
    assert [(way.label, way.value, way.count, way.query) for way in shown.ways] == [
        ("Kind", "Bridge", 1, "q=temple+2&era=tang")
    ]
    html = as_read(client.get("/en/sites/?q=zzz&kind=bridge"))
    assert "Dropping one thing is not enough here." in html
    html = as_read(client.get("/en/sites/?kind=bridge"))
    assert "No site found" in html and "one thing" not in html  # it would be all that was asked


CLEAN = {
    "q=&kind=&sort=&page=&place=%00": "",
    "q=+caves+&page=1&role=": "q=caves",
    "era=tang&era=tang&era=yuan": "era=tang&era=yuan",
    "page=2": "page=2",
    "utm_source=letter": "utm_source=letter",
    "q=" + "x" * 10_000: "q=" + "x" * 200,
    "language=ZH_Hans&language=zh-hans&language=EN": "language=zh-hans&language=en",
    "batch=cn-national.01&batch=x.y": "batch=cn-national.1&batch=x.y",
    "within=5&sort=distance&view=grid": "",
    "sort=relevance&near=34%2C112&within=5": "near=34%2C112&within=5",
    "&".join(f"era=e{n}" for n in range(70)): "&".join(f"era=e{n}" for n in range(50)),
}


def test_an_empty_circle_says_how_far_the_nearest_are(client, words):
    for slug, latitude in (("centre", 34), ("far", 34.5)):
        build.make_site(slug=slug, latitude=latitude, longitude=112)
    address = "/en/sites/?near=34.2,112&within=10"
    response = client.get(address)
    assert "within 25 km instead" in response.content.decode()  # of a single filter, too
    shown = response.context["list"]
    assert [(way.instead, way.count, way.query) for way in shown.ways][:1] == [
        ("within 25 km instead", 1, "near=34.2%2C112&within=25")
    ]


def test_addresses_are_kept_clean(client, three):
    assert {given: clean_query(QueryDict(given)).urlencode() for given in CLEAN} == CLEAN
    for given, clean in CLEAN.items():
        response = client.get(f"/zh-hans/sites/?{given}")
        if given != clean:
            assert response.status_code == 302, given
            assert response["Location"] == "/zh-hans/sites/" + (f"?{clean}" if clean else "")


def test_the_canonical_address_leaves_foreign_parameters_out(client, three):
    html = as_read(client.get("/en/sites/?utm_source=x&era=tang&kind=temple"))
    assert 'rel="canonical" href="http://testserver/en/sites/?kind=temple&amp;era=tang">' in html


def test_order(client, words):
    for number, year in ((1, "0900"), (2, "0100"), (3, "0500")):
        site = build.make_site(f"Gate {number}", f"{'丙甲乙'[number - 1]}寺")
        build.make_event(site, "built", year)
    assert names(client) == ["Gate 1", "Gate 2", "Gate 3"]
    assert names(client, "sort=oldest") == ["Gate 2", "Gate 3", "Gate 1"]
    assert names(client, "sort=recent") == ["Gate 3", "Gate 2", "Gate 1"]
    assert names(client, "sort=name", language="zh-hans") == ["丙寺", "甲寺", "乙寺"]
    assert [(sort.label, sort.is_current) for sort in listed(client).sorts] == [
        ("Best known first", True), ("Name", False), ("Oldest first", False),
        ("Year inscribed", False), ("Recently added", False),
    ]  # fmt: skip
    sorts = listed(client, "q=gate&era=nope&sort=name").sorts
    assert sorts[0].query == "q=gate&era=nope&sort=relevance"
    assert [sort.is_current for sort in sorts] == [False, False, True, False, False, False]


def test_near_a_site_it_is_said_how_far_each_is(client, words):
    for name, longitude in (("Hill", 112.0), ("Gate", 112.1), ("Pond", 112.2), ("Coast", 119.0)):
        build.make_site(name, slug=name.lower(), latitude=34.5, longitude=longitude)
    asked = "near=hill&within=20"
    shown = listed(client, asked)
    assert [(str(c.name), c.distance) for c in shown.shown.cards] == [
        ("Hill", "here"), ("Gate", "9.2 km"), ("Pond", "18 km"),
    ]  # fmt: skip
    html = as_read(client.get(f"/en/sites/?{asked}"))
    assert '<span class="applied-label">Distance</span> Within 20 km of Hill<' in html
    html = as_read(client.get(f"/en/sites/?{asked}&view=list"))
    assert re.findall(r'<tr><td class="row-distance">(.*?)</td><th', html) == [
        "here", "9.2 km", "18 km",
    ]  # fmt: skip
    assert "row-distance" not in client.get("/en/sites/?view=list").content.decode()


def test_the_list_explains_its_marks_where_it_has_any(client, three):
    about = 'href="/en/about/#legend-title"'
    build.make_event(build.make_site("Old"), "founded", "0700", certainty="traditional")
    assert about in client.get("/en/sites/").content.decode()
    assert about in client.get("/en/sites/?view=list").content.decode()
    assert about not in client.get("/en/sites/?q=nothing+like+it").content.decode()
    assert 'id="legend-title"' in client.get("/en/about/").content.decode()


def test_the_form_carries_an_order_that_was_asked_for(client, three):
    html = as_read(client.get("/en/sites/?sort=oldest"))
    assert '<input type="hidden" name="sort" value="oldest">' in html
    assert 'name="sort"' not in client.get("/en/sites/").content.decode()


def test_paging(client, fifty):
    first = client.get("/en/sites/")
    html = as_read(first)
    assert len(first.context["list"].shown.cards) == 24
    assert '<link rel="next" href="?page=2&amp;after=gate-23">' in html
    assert 'rel="prev"' not in html
    assert ", page 1 of 3" in html
    html = as_read(client.get("/en/sites/?q=gate&page=2"))
    assert '<link rel="prev" href="?q=gate">' in html
    assert (
        '<a class="paging-step" rel="next nofollow" href="?q=gate&amp;page=3&amp;after=gate-47">'
        in html
    )
    assert '<span class="paging-here" aria-current="page">2</span>' in html
    html = as_read(client.get("/en/sites/?q=gate&page=3"))
    assert '<link rel="prev" href="?q=gate&amp;page=2&amp;before=gate-48">' in html
    last = client.get("/en/sites/?page=3").context["list"]
    assert len(last.shown.cards) == 2 and last.shown.paging.next is None
    # Taking a filter off begins at the first page.
    assert client.get("/en/sites/?q=gate&page=3").context["list"].applied[0].without == ""


def test_a_page_that_is_not_there_leads_to_the_last(client, fifty):
    for page in ("4", "0", "-1", "x", "2.5", "9" * 150, "２"):
        response = client.get("/en/sites/", {"page": page, "q": "gate"})
        html = response.content.decode()
        assert response.status_code == 404, page
        assert "It has 3 pages." in html, page
        assert re.search(r'href="\?(q=gate&amp;page=3|page=3&amp;q=gate)"', html), page


def test_of_many_unknown_values_ten_are_named(client, words):
    query = "&".join(f"era=unknown{number}" for number in range(300))
    response = client.get(f"/en/sites/?{query}", follow=True)
    assert response.status_code == 200
    assert response.content.decode().count("is not known here") == 10
    assert len(response.content) < 200_000


def test_many_pages_are_shown_with_gaps(client, words):
    with change_set():
        for number in range(24 * 12):
            build.make_site(f"Site {number:03}", slug=f"site-{number}")
    links = listed(client, "page=6").shown.paging.links
    assert [link.number for link in links] == [1, 0, 4, 5, 6, 7, 8, 0, 12]


def test_cards_say_what_when_where_and_how_sure(client, words):
    full_site(words)
    index = store.current()
    card = next(card for card in cards.cards_of(index, index.sites) if "longmen" in card.url)
    assert (card.when, card.place) == ("Standing: Tang to Qing", "Luoyang, Henan")
    assert not card.when_marks
    other = next(card for card in cards.cards_of(index, index.sites) if "temple-901" in card.url)
    assert other.when == "Founded c. 1501 (Tang)"
    assert [mark.key for mark in other.when_marks] == ["tradition"]
    assert (card.unesco, card.protection) == ("part", "National")
    assert card.picture.alt == "A gate" and card.picture.src.startswith("/images/")
    assert (card.other_name.text, card.other_name.lang_tag) == ("龙门石窟", "zh-Hans")
    html = as_read(client.get("/en/sites/?q=temple"))
    assert 'class="mark mark-tradition"' in html and ">by tradition</span>" in html


@pytest.mark.parametrize("form", ["card", "row"])
def test_a_card_escapes_what_a_record_holds(words, form):
    kind = build.make_kind("Gate & <i>tower</i>")
    site = build.make_site('<b>"Q&A"</b>', "亭<u>", slug="odd", kinds=[kind])
    html = cards.rendered_cards(store.current(), [site.pk], form)[site.pk].html
    assert "&lt;b&gt;&quot;Q&amp;A&quot;&lt;/b&gt;" in html and ">亭&lt;u&gt;<" in html
    assert "Gate &amp; &lt;i&gt;tower&lt;/i&gt;" in html
    assert not re.search("<[biu]>", html)


def test_only_the_first_pictures_are_loaded_at_once(words):
    for number in range(3):
        build.make_site(f"Site {number}")
    index = store.current()
    found = cards.rendered_cards(index, list(index.sites), at_once=2).values()
    said = [re.search(r'loading="(\w+)"', card.html)[1] for card in found]
    assert said == ["eager", "eager", "lazy"]


def test_a_row_has_badges_that_are_told_apart(words):
    full_site(words)
    index = store.current()
    rows = cards.rendered_cards(index, list(index.sites), "row").values()
    html = next(row.html for row in rows if "longmen" in row.slug)
    badges = re.search(r'<td class="row-status">(.*?)</td>', html)[1]
    assert re.sub("<[^>]*>", "", badges) == "Part of World Heritage National"


def test_a_name_that_is_not_translated_is_marked(client, words):
    build.make_site("Nameless in Chinese")
    html = as_read(client.get("/zh-hans/sites/"))
    assert '<span lang="en" dir="ltr">Nameless in Chinese</span>' in html
    assert 'class="in-language"' in html


def test_the_link_to_a_term_marks_its_language_too(client, words):
    build.make_site("Kiln", kinds=[build.make_kind("Dragon kiln", slug="kiln")])
    html = as_read(client.get("/zh-hans/sites/?kind=kiln"))
    label = html[html.index('<a href="/zh-hans/kinds/kiln/">') :].partition("</a>")[0]
    assert '<span lang="en" dir="ltr">Dragon kiln</span>' in label


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"{name}={'v' * 40}{n}" for n in range(50) for name in ("era", "kind", "place")),
        "&".join(f"x{n}={'v' * 50}" for n in range(100)),
    ],
)
def test_an_address_that_asks_for_too_much_is_refused(client, three, query):
    assert client.get(f"/en/sites/?{query}").status_code == 400


def test_one_bad_value_does_not_take_the_good_ones_with_it(client, three):
    shown = listed(client, "era=tang&era=nonsense&kind=bridge&unesco=none&unesco=x")
    assert [(p.label, p.query) for p in shown.problems] == [
        ("Era", "era=tang&kind=bridge&unesco=none&unesco=x"),
        ("UNESCO status", "era=tang&era=nonsense&kind=bridge&unesco=none"),
    ]
    assert [str(item.value) for item in shown.applied] == ["Bridge", "Tang", "Not World Heritage"]


def test_what_is_applied_can_be_taken_off_and_stays_a_choice(client, three):
    for query in ("language=fr", "batch=cn-national.99", "rating=x", "open=2026-05-01"):
        shown = listed(client, query)
        assert [item.without for item in shown.applied] == ([""] if query != "rating=x" else [])
    html = as_read(client.get("/en/sites/?language=fr&batch=cn-national.99"))
    assert 'name="language" value="fr" checked' in html
    assert 'name="batch" value="cn-national.99" checked' in html


def test_the_canonical_address_of_a_step_is_a_page_that_there_is(client, fifty):
    html = as_read(client.get("/en/sites/?page=3&after=gate-44"))
    assert "<title>Sites, page 3 · " in html  # of which it is the canonical address too
    assert '<link rel="canonical" href="http://testserver/en/sites/?page=3">' in html
    html = as_read(client.get("/en/sites/?after=gate-48"))
    assert '<link rel="canonical" href="http://testserver/en/sites/?page=3">' in html


def test_another_language_keeps_the_page_and_not_the_step(client, fifty):
    html = as_read(client.get("/en/sites/?sort=recent&page=2&after=gate-23"))
    assert 'href="/zh-hans/sites/?sort=recent&amp;page=2"' in html
    html = as_read(client.get("/en/sites/?sort=recent&page=2"))
    assert 'href="/zh-hans/sites/?sort=recent&amp;page=2"' in html


TIDY = {
    "era=Tang": "era=tang", "kind=TEMPLE": "kind=temple", "place=Henan": "place=henan",
    "criterion=(iii)": "criterion=iii", "criterion=III": "criterion=iii",
    "era=（tang）": "era=tang", "era=%E5%94%90": "era=tang",
}  # fmt: skip


def test_case_and_brackets_are_forgiven_in_addresses(client, three):
    for asked, tidy in TIDY.items():
        response = client.get(f"/en/sites/?{asked}")
        assert (response.status_code, response["Location"]) == (302, f"/en/sites/?{tidy}"), asked
        shown = client.get(f"/en/sites/?{tidy}").context["list"]
        assert not [problem for problem in shown.problems if "criterion" not in tidy], asked


def test_a_slug_in_capitals_is_found_all_the_same(client, words):
    build.make_era("Old", slug="Old-Era")
    response = client.get("/en/sites/?era=old-era", follow=True)
    assert not response.context["list"].problems


def test_the_badge_of_the_filters_counts_filters(client, three):
    assert client.get("/en/sites/?q=temple+2").context["list"].narrowed == 0
    assert client.get("/en/sites/?q=temple+2&era=tang&kind=temple").context["list"].narrowed == 2


def test_nothing_found_shows_no_wall_of_noughts(client, three):
    shown = client.get("/en/sites/?q=zeppelin").context["list"]
    assert shown.total == 0 and shown.facets == []
    shown = client.get("/en/sites/?q=zeppelin&era=tang").context["list"]
    assert [facet.name for facet in shown.facets] == ["era"]  # it can be removed


def test_what_would_not_narrow_the_list_is_no_filter_of_it(client, words):
    for name, kind in (("A", words.temple), ("B", words.bridge)):
        build.make_site(name, kinds=[kind], place=words.county)
    shown = client.get("/en/sites/").context["list"]
    assert [facet.name for facet in shown.facets] == ["kind"]  # all lie in one place
    shown = client.get("/en/sites/?place=henan").context["list"]
    assert [facet.name for facet in shown.facets] == ["kind", "place"]  # it can be removed


def test_rare_filters_are_behind_one_fold(client, words):
    listed = build.make_site("A", "甲", kinds=[words.temple])
    build.make_coverage(listed, build.make_designation(register=words.national, batch=2))
    build.make_site("B")
    shown = client.get("/en/sites/").context["list"]
    assert {facet.name for facet in shown.more_facets} >= {"protection", "batch"}
    assert not shown.has_more_chosen
    chosen = client.get(f"/en/sites/?protection={words.national.slug}").context["list"]
    assert chosen.has_more_chosen


def test_the_form_says_by_name_what_the_list_is_near_to(client, words):
    build.make_site("Hill", slug="hill-of-tombs", latitude=34, longitude=112)
    Place.objects.filter(slug="luoyang").update(latitude=34.6, longitude=112.4)
    for asked, said in (
        ("hill-of-tombs", "Hill"), ("place:luoyang", "Luoyang"), ("34,112", "34,112"),
        ("nowhere", "nowhere"),
    ):  # fmt: skip
        listed = client.get("/en/sites/", {"near": asked}).context["list"]
        assert listed.typed["near"] == said
        if said not in ("34,112", "nowhere"):
            again = client.get("/en/sites/", {"near": said}).context["list"]
            assert again.total == listed.total


@pytest.mark.parametrize(
    ("query", "values", "chosen"),
    [
        ("", ["10", "25", "", "100", "250"], ""),
        ("near=34,112&within=60", ["10", "25", "50", "60", "100", "250"], "60"),
        ("near=34,112&within=50", ["10", "25", "50", "100", "250"], "50"),
    ],
)
def test_the_form_asks_how_near(client, three, query, values, chosen):
    shown = client.get(f"/en/sites/?{query}").context["list"]
    assert [distance.value for distance in shown.distances] == values
    assert [distance.value for distance in shown.distances if distance.is_chosen] == [chosen]
    assert shown.typed["near"] == ("34,112" if query else "")
    assert not {"near", "within"} & {name for name, _value in shown.carried}


def test_spans_that_run_through_an_era_are_offered_apart(client, words):
    song = build.make_era("Song", "宋", slug="song", span="0960/1279", region=words.china)
    eras = {slug: Era.objects.get(slug=slug) for slug in ("tang", "qing")}
    Era.objects.update(region=words.china)
    site = build.make_site("Spanning")
    build.make_event(site, "fabric", first_era=eras["tang"], last_era=eras["qing"])
    stated = build.make_site("Stated")
    build.make_event(stated, "built", first_era=song)
    shown = client.get("/en/sites/?era=song").context["list"]
    assert [str(card.name) for card in shown.shown.cards] == ["Stated"]
    assert (shown.within.count, shown.within.query) == (1, "era=song&role=within")
    shown = client.get("/en/sites/?era=song&role=within").context["list"]
    assert [str(card.name) for card in shown.shown.cards] == ["Spanning"] and shown.within is None
    page = client.get("/en/eras/song/").context["page"]
    assert [(str(link.label), link.count) for link in page.roles] == [
        ("in all", 1), ("begun in it", 1), ("more with a span of eras that runs through it", 1),
    ]  # fmt: skip
    assert [str(card.name) for card in page.sites.cards] == ["Stated"]


def test_sites_are_found_by_the_era_that_they_date_from(client, words):
    song = build.make_era("Song", "宋", slug="song", span="0960/1279", region=words.china)
    for name, kind in (("Kiln", "dated"), ("Pagoda", "fabric")):
        build.make_event(build.make_site(name), kind, first_era=song)

    def names(query):
        return [
            str(card.name) for card in client.get(f"/en/sites/?{query}").context["list"].shown.cards
        ]

    assert names("era=song&role=dated") == ["Kiln"]
    assert names("era=song&role=standing") == ["Pagoda"]
    shown = client.get("/en/sites/?era=song&role=dated").context["list"]
    assert [role.value for role in shown.roles if role.is_chosen] == ["dated"]
    page = client.get("/en/eras/song/").context["page"]
    assert [(str(link.label), link.count) for link in page.roles] == [
        ("in all", 2), ("with surviving fabric of it", 1), ("that date from it", 1),
    ]  # fmt: skip


def test_a_card_names_the_main_kind_and_a_row_three(client, words):
    labels = "Buddhist temple", "Rock relief", "Mountain", "Garden"
    kinds = [build.make_kind(label, order=order) for order, label in enumerate(labels)]
    build.make_site("Mount Emei", kinds=kinds, place=words.china)
    assert "Buddhist temple&nbsp;· China" in as_read(client.get("/en/sites/?q=Emei"))
    rows = as_read(client.get("/en/sites/?q=Emei&view=list"))
    assert "Buddhist temple, Rock relief, Mountain" in rows
    assert "Garden" not in rows


def test_a_card_says_what_one_sees(client, words):
    """Nature by its inscription, a building by its completion, and a badge for what is rare."""
    park, tower = build.make_site("Falls"), build.make_site("Tower")
    build.make_event(park, "protected", "1919")
    vii = build.make_term(words.unesco, "vii", "criterion", "Beauty")
    entry = build.make_designation(register=words.unesco, criteria=[vii], events=["1979"])
    build.make_coverage(park, entry)
    build.make_event(tower, "begun", "187X")
    build.make_event(tower, "completed", "1886")
    cards = as_read(client.get("/en/sites/"))
    assert "Inscribed 1979" in cards and "1919" not in cards
    assert "Completed 1886" in cards and "1870s" not in cards
    assert "badge-inscribed" not in cards
    assert "badge-inscribed" in as_read(client.get("/en/sites/?view=list"))


def test_a_card_without_an_event_says_when_it_was_inscribed(client, words):
    site = build.make_site("Angkor")
    build.make_coverage(site, build.make_designation(register=words.unesco, events=["1992"]))
    for view in ("cards", "list"):
        html = client.get(f"/en/sites/?q=Angkor&view={view}", follow=True).content.decode()
        assert "Inscribed 1992" in html


OFFERED = {
    "q=tang&literal=1": [("As an era", "Tang", "", 3, "era=tang")],
    "q=Tang+temple&unesco=none&literal=1": [
        ("As an era", "Tang", "temple", 3, "q=temple&unesco=none&literal=1&era=tang"),
        ("As a kind", "Temple", "tang", 3, "q=tang&unesco=none&literal=1&kind=temple"),
    ],
    "q=洛阳市&literal=1": [("As a place", "Luoyang", "", 3, "place=luoyang")],
    # One place in the stead of another, not beside it; and no letter is a name.
    "q=luoyang&place=henan&literal=1": [("As a place", "Luoyang", "", 3, "place=luoyang")],
    "q=t": [],
    "q=zzz": [],
    "q=tang&kind=bridge": [],
}


def test_a_search_that_names_a_term_leads_to_its_sites(client, three):
    for query, offered in OFFERED.items():
        shown = listed(client, query).terms
        told = [(t.what, str(t.label), t.rest, t.count, t.query) for t in shown]
        assert told == offered, query
        for term in shown:
            assert listed(client, term.query).total == term.count, query


def test_long_facets_are_folded(client):
    with change_set():
        for number in range(20):
            build.make_site(place=build.make_place(f"Land {number:02}", level="country"))
    html = as_read(client.get("/en/sites/"))
    assert len(re.findall(r'name="place" value="', html)) == 8
    more = 'name="all" value="place" formaction="/en/sites/#facet-place">12 more</button>'
    assert more in html and "data-filter" not in html
    html = as_read(client.get("/en/sites/?all=place"))
    assert len(re.findall(r'name="place" value="', html)) == 20
    assert '<ul class="options" data-filter="Find among them">' in html
    assert '<input type="hidden" name="all" value="place">' in html


def test_of_many_values_that_mean_nothing_ten_are_named(client, words):
    plain_sites(words, range(3))
    names = ("era", "kind", "place", "criterion", "unesco", "protection")
    query = "&".join(f"{name}=x{number}" for name in names for number in range(50))
    response = client.get(f"/en/sites/?{query}")
    html = as_read(response)
    assert html.count("is not known here") == 10
    assert "and 290 more" in html and html.count('class="drop"') == 11
    assert len(response.content) < 200_000
    rest = re.search(r'and 290 more <a class="drop"\s+rel="nofollow" href="([^"]*)"', html)[1]
    kept = QueryDict(rest.replace("&amp;", "&").removeprefix("?"))
    assert sum(map(len, dict(kept.lists()).values())) == 10
    feed = client.get(f"/en/sites/feed.atom?{query}")
    assert feed.status_code == 400 and feed.content.decode().count("is not known here") == 10


def test_only_the_cards_of_changed_sites_are_made_anew(client, words, monkeypatch):
    first, second, *others = [plain_site(words, number) for number in range(8)]
    made = []
    of_ids = cards.cards_of

    def remembering(index, ids):
        made.extend(ids)
        return of_ids(index, ids)

    monkeypatch.setattr(cards, "cards_of", remembering)
    client.get("/en/sites/")
    assert set(made) == {site.pk for site in (first, second, *others)}
    made.clear()
    first.name = build.text("Renamed", "改名")
    first.save()
    assert "Renamed" in client.get("/en/sites/").text
    assert made == [first.pk]
    made.clear()
    with pytest.raises(RuntimeError), transaction.atomic():
        second.name = build.text("Rolled back", "撤回")
        second.save()
        assert "Rolled back" in client.get("/en/sites/").text
        raise RuntimeError
    assert "Rolled back" not in client.get("/en/sites/").text
    made.clear()
    words.temple.label = build.text("Shrine")
    words.temple.save()
    assert "Shrine" in client.get("/en/sites/").text
    assert set(made) == {site.pk for site in (first, second, *others)}


# --- what a text is understood as --------------------------------------------------------------


def redirected(client, query: str) -> str:
    """Where a form leads that sends this."""
    answer = client.get(f"/en/sites/?{query}")
    return unquote_plus(answer.headers["Location"].partition("?")[2])


def test_the_filters_of_a_text_stand_for_it_when_others_are_chosen(client, three):
    sent = "q=Tang+temples&understood=Tang+temples"
    assert redirected(client, f"{sent}&kind=temple&era=tang") == "kind=temple&era=tang"
    assert redirected(client, f"{sent}&kind=temple&place=henan") == "kind=temple&place=henan"


def test_another_text_takes_the_filters_of_the_former_one_away(client, three):
    sent = "q=bridges&understood=Tang+temples&kind=temple&era=tang&place=henan"
    assert redirected(client, sent) == "q=bridges&place=henan"


def test_the_words_of_a_text_stay_words_until_there_is_another(client, three):
    assert redirected(client, "q=temple&literal=temple&era=tang") == ("q=temple&literal=1&era=tang")
    assert redirected(client, "q=bridges&literal=temple") == "q=bridges"
    assert redirected(client, "literal=1&era=tang") == "era=tang"


def test_the_form_carries_what_was_understood(client, three):
    html = client.get("/en/sites/?q=Tang+temples").content.decode()
    assert '<input type="hidden" name="understood" value="Tang temples">' in html
    assert 'name="kind" value="temple" checked' in " ".join(html.split())
    assert "“Tang temples” was understood as these filters." in " ".join(html.split())
    html = client.get("/en/sites/?q=temples").content.decode()
    assert "“temples” was understood as this filter." in " ".join(html.split())
    assert '<a href="/en/kinds/temple/">More about Temple</a>' in " ".join(html.split())
    html = client.get("/en/sites/?q=temples&literal=1").content.decode()
    assert '<input type="hidden" name="literal" value="temples">' in html
    assert "understood" not in html


def test_terms_are_known_by_their_names_in_addresses(client, three):
    for query in ("era=唐", "era=Tang", "place=洛阳市", "kind=寺庙"):
        shown = client.get(f"/en/sites/?{query}", follow=True).context["list"]
        assert (shown.total, shown.problems) == (3, []), query
