"""The page of a site says everything that the record says, and how sure it is."""

import json
import re

import pytest
from django.core.exceptions import ValidationError

from heritage.models import Identifier, IdentifierScheme, Kind, Notice, Opening, Price, Site
from heritage.search.page_rows import RELATIONS, in_order
from heritage.search.page_rows.plain_sql import rows_by_key, rows_of_tables
from heritage.values.coordinates import distance_phrase
from heritage.web.site.page import site_page
from tests import builders as build
from tests.webrows import LANGUAGES, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("words_once")]


SAID = [
    # names in their scripts
    "<title>Longmen Grottoes · 龙门石窟 · Heritage</title>",
    '<span lang="zh-Hans" dir="ltr">龙门石窟</span>',
    '<span class="site-pinyin" lang="zh-Latn-pinyin">Lóngmén Shíkū</span>',
    '<p class="name-text" lang="zh-Hant" dir="ltr">龍門石窟</p>',
    '<p class="name-text" lang="ar" dir="rtl">كهوف لونغمن</p>',
    # what, when, where, why
    '<p class="site-lead">Caves above a river.</p>',
    "<dd>Begun about 493 (Eastern Han)",
    "<dd>Tang to Qing</dd>",
    '<a href="#where">Luolong, Luoyang, Henan</a>',
    "Part of a World Heritage property · National",
    '<a href="/en/kinds/temple/">Temple</a>',
    '<meta name="description" content="Caves above a river.">',
    # texts, made safe
    "<em>long</em>", "<h3>Caves</h3>", "&lt;script&gt;",
    # events
    "<h3>Beginnings</h3>", "<h3>In between</h3>", "<h3>What stands today</h3>",
    '<p class="event-date">about 493</p>', "After the court moved.",
    '<p class="event-date">about 675 (uncertain)</p>',
    # how sure
    'href="#mark-tradition"', 'href="#mark-approximate"', 'href="#mark-uncertain"',
    'href="#mark-recalled"', '<div id="mark-tradition">',
    "not yet checked against a source", "The year is in doubt.",
    # registers
    "<dd>1003</dd>",
    '<a href="https://whc.unesco.org/en/list/1003" rel="external">UNESCO’s own page</a>',
    "Part of “Longmen property”", "<dd>1003-001</dd>", "<dd>2003–2007</dd>",
    "extended or changed 2010", "An exchange", "<dd>Asia</dd>", "<dd>China</dd>",
    '<span lang="zh-Hans">北魏至唐</span>', "<dd>1-0037-4-004</dd>", "A note.",
    "Superseded: no longer an entry of its own", "What the list is.",
    '<a href="/en/sites/temple-903/">Temple 903</a>',
    # where
    '<a href="/en/places/luolong/">Luolong</a>',
    '<a href="geo:34.5556,112.4722" dir="auto">34.56° N, 112.47° E</a> · accurate to about 3 km',
    "331.5 ha", '<a href="https://a.example" rel="external">An academy</a>',
    # parts, neighbours
    '<a href="/en/sites/temple-901/">Temple 901</a>',
    '<a href="/en/sites/temple-902/">Temple 902</a>',
    '<span class="near-km">5.6 km north-east</span>',
    # visiting
    "Monday to Friday, Sunday, 1 April to 31 October", "08:00–18:00, last entry 17:30",
    "<dt>Saturday</dt><dd>closed", "90 CNY", "<dd>free", "By bus.",
    '<a href="https://longmen.example/" rel="external" dir="ltr">longmen.example</a>',
    '<a href="tel:+863791234" dir="ltr">+86 379 1234</a>', "checked on 6 May 2026",
    "Repairs.", "(until 31 January 2999)",
    # pictures, sources, identifiers, citation
    "Somebody", 'alt="A gate"', "A cave",
    '<a href="https://example.org/list" rel="external">An official list</a>, '
    "seen on 4 March 2026",
    '<a href="https://wd.example/Q1" rel="external">Q1</a>',
    "“Longmen Grottoes”, in <cite>Heritage</cite>, version of",
    "http://testserver/id/",  # of this version
    'value="http://testserver/en/sites/longmen-grottoes/"',  # to share
]  # fmt: skip


@pytest.fixture
def html(client, longmen):
    """The page, with every run of white space as one space and without tags of marks' titles."""
    content = client.get("/en/sites/longmen-grottoes/").content.decode()
    return re.sub(r"\s+", " ", content)


def test_it_says_everything(html):
    assert [said for said in SAID if said not in html] == []


def test_rows_are_read_in_the_order_of_their_models(longmen):
    build.make_name(longmen, "A cave temple", "historical")
    build.make_event(longmen, "damaged", "")
    build.make_coverage(longmen)
    build.make_opening(longmen, opens=None)
    scheme = IdentifierScheme.objects.create(slug="atlas", label=build.text("Atlas"))
    for value in ("Z", "A"):
        Identifier.objects.create(site=longmen, scheme=scheme, value=value)
    rows, site = rows_of(longmen), Site.objects.get(pk=longmen.pk)
    for name in ("identifiers", "names", "events", "coverages", "part_of", "parts"):
        assert getattr(rows, name) == list(getattr(site, name).all()), name
    for name in ("openings", "prices", "visitingfacts"):
        assert getattr(rows, name) == list(getattr(site, name).shown()), name
    assert rows.images == list(site.images.filter(published=True))
    for name, (model, column) in RELATIONS.items():
        in_sql = rows_by_key(model, column, [site.pk], in_order=True)
        assert in_order(model, reversed(in_sql)) == in_sql, name
    together = rows_of_tables((Notice, Opening, Price), "site_id", [site.pk])
    for model, found in together.items():
        assert found == rows_by_key(model, "site_id", [site.pk], in_order=True), model
    assert len(together[Opening]) > 1 and together[Price]
    assert rows_of_tables((Notice, Price), "site_id", []) == {Notice: [], Price: []}


def test_that_facts_are_recalled_is_said_once_of_each_part(html):
    # Of the text, the events, the point and a register.
    assert html.count('href="#mark-recalled"') == 4 and html.count('id="mark-recalled"') == 1
    assert html.count("no source on this page bears it out.") == 1
    assert html.count("What has no source beside it here is from general knowledge.") == 1


def test_recalled_is_a_mark_of_the_text_and_no_source_in_the_list(client, words):
    site = build.make_site("A", sources=[words.official], summary=build.text("A cave."))
    address = f"/en/sites/{site.slug}/"
    assert "mark-recalled" not in client.get(address).content.decode()
    site.sources.add(words.recalled)
    page = client.get(address).content.decode()
    lead, listed = page.partition('class="site-lead"')[2], page.partition('id="sources"')[2]
    assert "bears it out." in lead.partition("</header>")[0] and 'id="mark-recalled"' in page
    assert "An official list" in listed and "Recalled by the compilers" not in page
    site.sources.set([words.recalled])
    assert '<ol class="sources">' not in client.get(address).content.decode()


def test_the_source_that_carries_most_of_a_page_stands_first():
    names = ("web", "dataset", "publication")
    sources = {kind: build.make_source(kind, kind=kind) for kind in names}
    official = [build.make_source(f"Official {n}") for n in range(2)]
    site = build.make_site("A", sources=[*sources.values(), *official])
    entry = build.make_designation(source=sources["dataset"])
    build.make_coverage(site, entry, source=sources["dataset"])
    build.make_event(site, source=sources["web"])
    build.make_event(site, source=official[1])

    def found():
        return [str(source.citation.best()) for source in rows_of(site).sources]

    assert found() == ["Official 1", "Official 0", "dataset", "web", "publication"]
    for _ in range(3):
        build.make_event(site, source=sources["publication"])
    assert found() == ["Official 1", "Official 0", "publication", "dataset", "web"]


def test_it_does_not_say_what_is_unchecked_past_or_unsafe(html):
    unsaid = ("Never checked.", "Long past.", "<script>x", "in English")
    assert [words for words in unsaid if words in html] == []


def test_first_screen_comes_first(html):
    order = ["<h1>", "site-lead", "tombstone", "On this page", "prose", ">Through time</h2>",
             ">Planning a visit</h2>", ">Where it lies</h2>", ">Status and protection</h2>",
             ">Names</h2>", ">Nearby</h2>", "Doubts", ">Sources</h2>", "How to cite"]  # fmt: skip
    places = [html.index(words) for words in order]
    assert places == sorted(places)


def parts(html: str) -> list[str]:
    """Where the contents of a page lead."""
    contents = html.partition('<nav class="contents"')[2].partition("</nav>")[0]
    return re.findall(r'href="#([\w-]+)"', contents)


@pytest.mark.parametrize("description", ["Only in English.", ""])
def test_contents_lead_to_all_parts_in_their_order(client, longmen, description):
    longmen.description = build.text(description)
    longmen.save()
    html = client.get("/en/sites/longmen-grottoes/").content.decode()
    anchors = parts(html)
    assert {"visit", "where", "time", "status", "names", "sources"} <= set(anchors)
    assert ("description" in anchors) == bool(description)
    places = [html.index(f' id="{anchor}"') for anchor in anchors]
    assert places == sorted(places)


def test_what_a_visit_rests_on_is_told_in_one_place(html):
    visit = html.partition('id="visit"')[2].partition("</section>")[0]
    facts, _fold, grounds = visit.partition('<details class="grounds">')
    assert "source-line" not in facts and 'rel="external"' in grounds


def test_chinese_page(client, longmen):
    html = client.get("/zh-hans/sites/longmen-grottoes/").content.decode()
    assert "<title>龙门石窟 · Longmen Grottoes · " in html
    assert "河畔石窟。" in html and "石窟寺及石刻" in html
    # No Chinese was given for these: they stand in, and say so.
    assert '<span lang="en" dir="ltr">By bus.</span> <small class="in-language">' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_that_says_almost_nothing(client, language):
    build.make_site("Bare", slug="bare")
    html = client.get(f"/{language}/sites/bare/").content.decode()
    assert "Bare" in html and f'src="/{language}/covers/' in html
    assert parts(html) == []
    for section in ("time-title", "names-title", "status-title", "nearby-title", "legend-title"):
        assert section not in html


def test_a_long_text_that_stands_in_says_so_once(client):
    build.make_site("A", "甲", slug="a", description=build.text("Only in English."))
    html = client.get("/zh-hans/sites/a/").content.decode()
    assert re.search(r'<div class="prose"[^>]* lang="en"\s+dir="ltr">', html)
    assert html.count('class="in-language"') == 1


def test_a_blurred_point_stays_blurred(client, words):
    site = build.make_site(
        "Tomb", slug="tomb", latitude=34.123456, longitude=112.654321, blur_km=5, accuracy_m=10,
        point_source=words.official,
    )  # fmt: skip
    html = client.get("/en/sites/tomb/").content.decode()
    assert "34.123" not in html and "112.654" not in html
    assert f"geo:{site.public_latitude},{site.public_longitude}" in html
    assert "shown to about 5 km only" in html and "accurate to about 5 km" in html
    assert 'href="#mark-blurred"' in html
    assert "An official list" not in html  # a source would lead to the exact point


def test_pinyin_is_the_one_on_record_else_the_dictionary_s():
    site = build.make_site("White Horse Temple", "白马寺")
    assert site_page(Site.objects.get(pk=site.pk)).pinyin == "Bái Mǎ Sì"
    abroad = build.make_place("Guinea", level="country", code="GN")
    site.also_in.add(abroad)  # there the Chinese name is a translation
    assert site_page(Site.objects.get(pk=site.pk)).pinyin == ""
    build.make_name(site, "Báimǎ Sì", "romanised", "zh-latn-pinyin")
    assert site_page(Site.objects.get(pk=site.pk)).pinyin == "Báimǎ Sì"


def of(client, slug):
    """The page with its white space as it is read."""
    return " ".join(client.get(f"/en/sites/{slug}/").content.decode().split())


def property_of(words, *sites, name="Hill forts", extent="whole", **fields):
    criterion = build.make_term(words.unesco, "iii", "criterion", "Witness to a tradition")
    entry = build.make_designation(
        register=words.unesco, name=build.text(name), criteria=[criterion], **fields
    )
    for site in sites:
        build.make_coverage(site, entry, extent)
    return entry


@pytest.mark.parametrize(
    ("extent", "summary", "is_said"),
    [("whole", "", True), ("whole", "A hill with walls.", False), ("component", "", False)],
)
def test_where_no_summary_says_why_the_criteria_do(client, words, extent, summary, is_said):
    site = build.make_site("Hill fort", slug="fort", summary=build.text(summary))
    property_of(words, site, extent=extent)
    head = of(client, "fort").partition("</header>")[2].partition("</header>")[0]
    assert ("<li>Witness to a tradition</li>" in head) == is_said
    assert ("Inscribed for" in head) == is_said


def test_a_seal_does_not_repeat_the_name_and_counts_what_else_it_covers(client, words):
    site = build.make_site("Hill forts", slug="forts")
    events = ["1990", ("extended", "2011"), ("extended", "2017"), ("in_danger", "2019")]
    property_of(words, site, *(build.make_site() for _ in range(4)), events=events)
    html = of(client, "forts")
    assert '<p class="entry-statement">World Heritage in danger</p>' in html
    assert "<dd>extended or changed 2011, 2017</dd>" in html
    assert "entry-danger" in html and "which is kept for those" in html
    assert "<summary>Also under this entry (4)</summary>" in html


def test_a_name_in_quotation_marks_has_inner_ones(client, words):
    site = build.make_site("Gate “Heaven”", slug="gate")
    property_of(words, site, name="Walls of “Earth”", extent="component")
    html = of(client, "gate")
    assert "“Gate ‘Heaven’”, in <cite>" in html
    assert "<cite>《" in client.get("/zh-hans/sites/gate/").text
    assert "Part of “Walls of ‘Earth’”" in html


def test_that_a_name_is_recalled_is_explained_once(client, words):
    site = build.make_site("A", slug="a")
    build.make_name(site, "Alpha", source=words.recalled)
    html = of(client, "a")
    assert html.count('href="#mark-recalled"') == html.count('id="mark-recalled"') == 1
    assert 'href="#mark-recalled"' in html.partition('id="names"')[2].partition("</section>")[0]


def test_a_name_of_many_lines_is_set_smaller(client):
    build.make_site("Short", "很长很长很长很长很长很长很长很长很长的名称", slug="name")
    assert "<h1>" in of(client, "name")
    assert '<h1 class="is-long">' in client.get("/zh-hans/sites/name/").content.decode()


def test_points_that_fall_together_say_nothing_of_metres(client):
    build.make_site("Whole", slug="whole", latitude=34, longitude=112)
    build.make_site("Part", latitude=34, longitude=112)
    assert '<span class="near-km">at the same point</span>' in of(client, "whole")


def test_the_neighbours_end_in_the_list_of_all_around(client, words):
    """Those that are listed are the nearest; a city's page leads to the same list."""
    for number in range(9):
        place = {"latitude": 34 + number / 20, "longitude": 112}
        build.make_site(f"Hill {number}", slug=f"hill-{number}", place=words.county, **place)
    link = '<a href="/en/sites/?near=hill-0&amp;within=50">All within 50 km</a>'
    html = of(client, "hill-0")
    assert html.count('class="near-km"') == 6 and link in html
    around = client.get("/en/sites/?near=hill-0&within=50").context["list"]
    assert around.total == 9 and not around.problems
    build.make_site("Alone", slug="alone", latitude=-34, longitude=112)
    assert "near-all" not in of(client, "alone")


def test_what_only_editors_see_leads_to_no_list_around_it():
    for state in ("draft", "published"):
        site = build.make_site(state, latitude=34, longitude=112, state=state)
        build.make_site(latitude=34.1, longitude=112)
        page = site_page(Site.objects.get(pk=site.pk))
        assert page.nearby and bool(page.around) == (state == "published")


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (["1990"], ""),
        (["1990", ("in_danger", "1996")], "<dd>from 1996</dd>"),
        (["1979", ("in_danger", "1984"), ("out_of_danger", "1988"), ("in_danger", "2000")],
         "<dd>1984–1988, from 2000</dd>"),
        (["1979", ("in_danger", ""), ("out_of_danger", "")], "<dd>dates not recorded</dd>"),
    ],
)  # fmt: skip
def test_danger_periods(client, words, events, said):
    site = build.make_site("A", slug="a")
    build.make_coverage(site, build.make_designation(register=words.unesco, events=events))
    html = client.get("/en/sites/a/").content.decode()
    assert (said in html) if said else ("In danger" not in html)


@pytest.mark.parametrize(
    ("km", "said"),
    [(0, "10 m"), (0.04, "40 m"), (0.234, "200 m"), (0.96, "1 km"), (1.44, "1.4 km"),
     (9.96, "10 km"), (22.4, "22 km")],
)  # fmt: skip
def test_distances(km, said):
    assert distance_phrase(km) == said


def test_what_is_long_is_folded_and_still_in_the_page(client):
    """A phone shows the beginning of a text and what the rest is about; scripts are not needed."""
    text = "South of the river.\n\n# The caves\n\nThe first.\n\n# The *terrace*\n\nThe second."
    build.make_site("A", slug="a", description=build.text(text))
    build.make_site("B", slug="b", description=build.text("# The caves\n\nThe first."))
    html = client.get("/en/sites/a/").content.decode()
    summary = "<summary>Read on: The caves · The <em>terrace</em></summary>"
    before, fold, rest = html.partition(f'<details class="fold">{summary}')
    assert fold and "<p>South of the river.</p>" in before and "<p>The first." not in before
    assert "<h3>The caves</h3>\n<p>The first.</p>" in rest and "<p>The second.</p>" in rest
    assert "Read on:" not in client.get("/en/sites/b/").content.decode()


@pytest.fixture
def troy():
    return build.make_site(
        "Archaeological Site of Troy",
        "特洛伊考古遗址",
        slug="troy",
        short_name=build.text("Troy", "特洛伊"),
        hook=build.text("Nine cities, one on top of the other."),
        summary=build.text("A mound of ruins.", "废墟之丘。"),
    )


def test_a_page_is_headed_by_the_short_name_with_the_full_ones_beneath(client, troy):
    html = client.get("/en/sites/troy/").content.decode()
    assert "<title>Troy · 特洛伊 · Heritage</title>" in html
    assert re.search("<h1>Troy</h1>", html)
    beneath = re.search('<p class="site-other">(.*?)</p>', html, re.DOTALL)[1]
    assert re.findall(r">([^<>]+)</span>", beneath)[:2] == [
        "Archaeological Site of Troy",
        "特洛伊考古遗址",
    ]
    assert "“Archaeological Site of Troy”" in html  # as it is cited
    document = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])
    assert document["name"] == "Archaeological Site of Troy"
    assert "Troy" in document["alternateName"]


def test_a_card_has_the_short_name_and_the_hook_of_its_language(client, troy):
    html = client.get("/en/sites/").content.decode()
    assert '/en/sites/troy/">Troy</a>' in html and "Archaeological Site" not in html
    assert '<p class="card-hook">Nine cities, one on top of the other.</p>' in html
    html = client.get("/zh-hans/sites/").content.decode()
    assert '/zh-hans/sites/troy/">特洛伊</a>' in html and "card-hook" not in html


def test_both_names_find_a_site_and_the_short_one_sorts_it(client, troy):
    build.make_site("Museum of Troy and the Troad")
    build.make_site("Bath")
    for words in ("troy", "archaeological site of troy", "特洛伊"):
        html = client.get("/en/sites/", {"q": words}).content.decode()
        assert re.search(r'class="card-name"><a href="/en/sites/([^"]+)/', html)[1] == "troy"
    html = client.get("/en/sites/", {"sort": "name"}).content.decode()
    assert re.findall(r'class="card-name"><a href="/en/sites/([^"]+)/', html)[-1] == "troy"


@pytest.mark.parametrize(("listed", "is_said"), [("2000", True), ("2026", False)])
def test_a_status_names_the_edition_of_the_list(client, words, listed, is_said):
    words.unesco.edition = "2025"
    words.unesco.save()
    site = build.make_site("Here", slug="here")
    build.make_coverage(site, build.make_designation(register=words.unesco, events=[listed]))
    assert ("As of the list of 2025." in client.get("/en/sites/here/").content.decode()) == is_said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["Figures", "more than 51,000", "about 17.5 m", "the Buddha", "unchecked"]),
     ("zh-hans", ["造像", "51000以上", "约17.5 m", "大佛", "待核"])],
)  # fmt: skip
def test_quantities_stand_under_the_name(client, language, said):
    site = build.make_site("Caves", "石窟")
    build.make_quantity(site, "figures", 51_000, exactness="at_least")
    recalled = build.make_source(kind="recalled")
    build.make_quantity(
        site, "height", "17.5", unit="m", exactness="about", source=recalled,
        of=build.text("the Buddha", "大佛"),
    )  # fmt: skip
    html = client.get(f"/{language}/sites/{site.slug}/").content.decode()
    label = html.partition('class="tombstone"')[2].partition("</dl>")[0]
    assert [words for words in said if words not in label] == []


def test_a_quantity_has_a_unit_of_its_kind():
    with pytest.raises(ValidationError, match="another unit"):
        build.make_quantity(build.make_site(), "height", 3, unit="ha").full_clean()


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        ("en", 'It was built in 676.\u2060<sup class="sentence-source"><a href="#source-2"'),
        ("zh-hans", '建于676年。\u2060<sup class="sentence-source"><a href="#source-2"'),
    ],
)
def test_a_sentence_with_a_source_has_its_number(client, language, lead):
    recalled, other = build.make_source(kind="recalled"), build.make_source("The list")
    site = build.make_site(
        "Cave", "石窟",
        summary=build.text("It was built in 676. It is <old>.", "建于676年。甚古。"),
        description=build.text("Read **this**. It has 9 niches.", "有九龛。"),
        sources=[recalled, other],
    )  # fmt: skip
    inscription = build.make_source("The inscription of 676")
    build.make_sentence(site, "It was built in 676.", "建于676年。", inscription)
    build.make_sentence(site, "It has 9 niches.", "有九龛。", other)
    html = client.get(f"/{language}/sites/{site.slug}/").content.decode()
    assert lead in html and html.count('class="sentence-source"') == 2
    assert "<old>" not in html
    second = html.partition('id="source-2"')[2].partition("</li>")[0]
    assert "The inscription of 676" in second
    said = "A sentence with a number" if language == "en" else "带数字的句子"
    assert said in html


def test_a_sentence_that_was_rewritten_rests_on_its_source_no_longer(client):
    site = build.make_site("Cave", summary=build.text("It was built in 676."))
    row = build.make_sentence(site, "It was built in 676.")
    row.refresh_from_db()
    assert row.stands
    site.summary = build.text("It was built in 677.")
    site.save()
    row.refresh_from_db()
    assert not row.stands
    html = client.get(f"/en/sites/{site.slug}/").content.decode()
    assert 'class="sentence-source"' not in html


@pytest.mark.parametrize(("slug", "word"), [("grottoes", "开凿"), ("bathhouse", "开始营造")])
def test_what_is_cut_into_rock_has_its_own_word_for_the_beginning(client, slug, word):
    kind = Kind.objects.filter(slug=slug).first() or build.make_kind(slug.title(), slug=slug)
    said = build.text("Caves.", "洞窟。")
    site = build.make_site("Cliff", slug="cliff", kinds=[kind], summary=said)
    event = build.make_event(site, "begun", "0493")
    form = f"/zh-hans/sites/cliff/correction/?about=event-{event.uid}"
    for path in ("/zh-hans/sites/", "/zh-hans/sites/cliff/", form):
        html = re.sub("<script.*?</script>", "", client.get(path).content.decode(), flags=re.DOTALL)
        assert word in html, path
        assert ("开始营造" in html) == (word == "开始营造"), path
    assert "Begun 493" in client.get("/en/sites/cliff/").content.decode()
