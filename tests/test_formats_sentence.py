"""The sentence made from facts, and the date that a card shows, in both languages."""

import pytest
from django.utils import translation

from heritage.formats import sentence
from heritage.models import Site, place_phrase
from heritage.search import store
from heritage.web.shared import cards, certainty
from tests.builders import (
    make_coverage,
    make_designation,
    make_era,
    make_event,
    make_kind,
    make_place,
    make_register,
    make_site,
    text,
)
from tests.webrows import rows_of

pytestmark = pytest.mark.django_db

ERAS = {
    "tang": ("Tang Dynasty", "唐", "Tang", "", "0618/0907"),
    "jin": ("Jin Dynasty (1115–1234)", "金", "Jin (1115–1234)", "", "1115/1234"),
    "yuan": ("Yuan Dynasty", "元", "Yuan", "", "1271/1368"),
    "qing": ("Qing Dynasty", "清", "Qing", "", "1644/1912"),
    "neolithic": ("Neolithic", "新石器时代", "", "新石器", "-9000/-2000"),
}


@pytest.fixture
def eras():
    return {
        key: make_era(label, zh, span, slug=key, short_label=text(short, short_zh))
        for key, (label, zh, short, short_zh, span) in ERAS.items()
    }


DATED = "dated"

# What the record holds: kind, events, place, register and year; then both sentences.
SENTENCES = [
    (
        ("kind", [("fabric", "", "yuan", None)], "place", "protection"),
        "Temple (Yuan Dynasty) in Jiyuan, Henan. National protection since 2001.",
        "河南济源的元代佛寺。2001年列入国保。",
    ),
    (
        ("kind", [("fabric", "", "jin", "qing")], "place", ""),
        "Temple (Jin [1115–1234] to Qing) in Jiyuan, Henan.",
        "河南济源的佛寺（金至清）。",
    ),
    (
        ("kind", [("fabric", "", "neolithic", None)], "", ""),
        "Temple (Neolithic).",
        "新石器时代佛寺。",
    ),
    (("kind", [("built", "1907", None, None)], "place", ""), None, None),
    (
        ("kind", [("built", "[0618..0907]", None, None)], "place", ""),
        "Temple (between 618 and 907) in Jiyuan, Henan.",
        "河南济源的佛寺（618年至907年之间）。",
    ),
    (("kind", [], "place", ""), "Temple in Jiyuan, Henan.", "河南济源的佛寺。"),
    (("kind", [], "", "protection"), "Temple. National protection since 2001.", None),
    (("", [], "place", ""), "Heritage site in Jiyuan, Henan.", "河南济源的遗产地。"),
    (("", [("fabric", "", "tang", None)], "", ""), "Heritage site (Tang Dynasty).", "唐代遗产地。"),
    (("kind", [], "", ""), "", ""),
    (("", [], "", ""), "", ""),
    # What stands says more than what was there before.
    (
        ("kind", [("built", "0723", "tang", None), ("fabric", "", "yuan", None)], "", ""),
        "Temple (Yuan Dynasty).",
        "元代佛寺。",
    ),
    # Of several eras none is left out, whether they stand or lie in the ground.
    (
        ("kind", [("fabric", "", "yuan", None), ("fabric", "", "qing", None)], "place", ""),
        "Temple (Yuan, Qing) in Jiyuan, Henan.",
        "河南济源的佛寺（元、清）。",
    ),
    (
        ("kind", [(DATED, "", "neolithic", None), (DATED, "", "jin", "yuan")], "", ""),
        "Temple (Neolithic, Jin [1115–1234] to Yuan).",
        "佛寺（新石器、金至元）。",
    ),
    (("kind", [(DATED, "", "neolithic", None)], "", ""), "Temple (Neolithic).", "新石器时代佛寺。"),
    # It was dug since, which says nothing of its age.
    (
        ("kind", [(DATED, "", "tang", None), ("excavated", "1954", None, None)], "", ""),
        "Temple (Tang Dynasty).",
        "唐代佛寺。",
    ),
]


@pytest.mark.parametrize(("holds", "english", "chinese"), SENTENCES)
def test_a_sentence_is_made_of_what_there_is(eras, holds, english, chinese):
    kind, events, place, register = holds
    henan = make_place("Henan", "河南", level="province")
    jiyuan = make_place("Jiyuan", "济源", parent=henan)
    kinds = [make_kind("Temple", "佛寺")] if kind else []
    site = make_site("Somewhere", "某处", kinds=kinds, place=jiyuan if place else None)
    _add_events(site, events, eras)
    if register:
        register = make_register(register, short_label=text("National protection", "国保"))
        make_coverage(site, make_designation(register=register, events=["2001"]))
    rows = rows_of(site)
    with translation.override("en"):
        said = sentence.site_sentence(rows)
        assert english is None or said == english
    with translation.override("zh-hans"):
        said_zh = sentence.site_sentence(rows)
        assert chinese is None or said_zh == chinese
    for words in (said, said_zh):
        assert not any(fault in words for fault in ("None", "()", "（）", " .", "..", "  ", "%("))


def test_a_province_alone_is_said_with_its_country():
    mali = make_place("Mali", "马里", level="country")
    gao = make_place("Gao", "加奥", level="province", parent=mali)
    town = make_place("Ansongo", "昂松戈", level="city", parent=gao)
    phrases = [place_phrase(place) for place in (mali, gao, town, None)]
    assert phrases == ["Mali", "Gao, Mali", "Ansongo, Gao", ""]
    with translation.override("zh-hans"):
        assert place_phrase(gao) == "马里加奥"


def test_the_county_is_said_in_a_sentence_and_left_out_where_room_is_short(eras):
    henan = make_place("Henan", "河南", level="province")
    zhoukou = make_place("Zhoukou", "周口", level="city", parent=henan)
    county = make_place("Xiangcheng", "项城", level="county", parent=zhoukou)
    site = make_site("Nandun", "南顿", kinds=[make_kind("City site", "城址")], place=county)
    for era in ("neolithic", "tang"):
        make_event(site, "dated", "", eras[era])
    assert sentence.site_sentence(rows_of(site)) == (
        "City site (Neolithic, Tang) in Xiangcheng, Zhoukou, Henan."
    )
    assert place_phrase(county) == "Zhoukou, Henan"
    with translation.override("zh-hans"):
        assert sentence.site_sentence(rows_of(site)) == "河南周口项城的城址（新石器、唐）。"


def _add_events(site, events, eras):
    for kind, date, first, last in events:
        make_event(site, kind, date, eras.get(first), last_era=eras.get(last))


CARDS = [
    # An observatory where a gnomon was set up before: what one sees is the tower.
    (
        [("built", "0723", "tang", None), ("fabric", "", "yuan", None)],
        "Standing: Yuan",
        "现存：元",
    ),
    # Founded, and rebuilt since: both, where they are short.
    (
        [("founded", "0700", "tang", None), ("fabric", "", "yuan", "qing")],
        "Standing: Yuan to Qing · founded 700",
        None,
    ),
    (
        [("founded", "0700/0750", "tang", None), ("fabric", "", "jin", "qing")],
        "Standing: Jin (1115–1234) to Qing",
        None,
    ),
    # A date within what stands says it more closely.
    ([("built", "1279", "yuan", None), ("fabric", "", "yuan", None)], "Built 1279 (Yuan)", None),
    # A national unit of which the era alone is known.
    ([("fabric", "", "neolithic", None)], "Neolithic", "新石器"),
    # What lies in the ground does not stand.
    ([(DATED, "", "neolithic", None)], "Neolithic", "新石器"),
    ([(DATED, "", "tang", None), (DATED, "", "yuan", None)], "Tang, Yuan", "唐、元"),
    ([(DATED, "", "tang", None), ("built", "0700", "tang", None)], "Built 700 (Tang)", None),
    ([(DATED, "", "tang", None), ("founded", "0500", None, None)], "Tang", "唐"),
    # A date within one of several eras says nothing of the others.
    (
        [(DATED, "", "tang", None), (DATED, "", "yuan", None), ("built", "0700", "tang", None)],
        "Tang, Yuan",
        "唐、元",
    ),
    ([(DATED, "", "neolithic", None), ("fabric", "", "qing", None)], "Qing", None),
    ([("founded", "0700", "tang", None)], "Founded 700 (Tang)", None),
    ([], "", ""),
]


@pytest.mark.parametrize(("events", "english", "chinese"), CARDS)
def test_a_card_says_the_date_of_what_one_sees(eras, events, english, chinese):
    site = make_site("Somewhere", "某处")
    _add_events(site, events, eras)
    for language, wanted in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            [card] = cards.cards_of(store.current(), [site.pk])
            assert wanted is None or card.when == wanted


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_founding_by_tradition_is_marked_wherever_it_is_said(eras, language):
    site = make_site("Somewhere", "某处")
    make_event(site, "founded", "0068", eras["neolithic"], certainty="traditional")
    make_event(site, "fabric", "", eras["jin"], last_era=eras["qing"])
    with translation.override(language):
        [card] = cards.cards_of(store.current(), [site.pk])
    assert ("68" in card.when) == (certainty.TRADITION in card.when_marks)
    assert ("68" in card.when) == (language == "zh-hans")  # where there is room for both


def test_the_page_tells_what_stands_from_the_beginnings(client, eras):
    site = make_site("Observatory", slug="observatory")
    make_event(site, "built", "0723", eras["tang"])
    first = client.get("/en/sites/observatory/").text
    assert "<dt>When</dt>" in first
    make_event(site, "fabric", "", eras["yuan"])
    page = client.get("/en/sites/observatory/").text
    assert "<dt>When</dt>" not in page
    assert "<dt>Beginnings</dt>" in page and "<dt>What stands</dt><dd>Yuan</dd>" in page


@pytest.mark.parametrize(
    ("language", "first_line", "heading"),
    [("en", "<dt>Dates from</dt>", "Dates from</h3>"), ("zh-hans", "<dt>年代</dt>", "年代</h3>")],
)
def test_a_site_in_the_ground_is_not_said_to_stand(client, eras, language, first_line, heading):
    site = make_site("Nandun", slug="nandun")
    make_event(site, "dated", "", eras["neolithic"])
    make_event(site, "excavated", "1954")
    page = client.get(f"/{language}/sites/nandun/").text
    assert first_line in page and heading in page
    assert not any(words in page for words in ("What stands", "Surviving fabric", "现存"))
    assert 'event-what"></p>' not in page


@pytest.mark.parametrize(
    ("date", "first", "last", "english", "chinese"),
    [
        ("1342", "Gothic", "Venice", "1342 (Gothic, Venice)", "1342年（Gothic、Venice）"),
        ("1342", "Venice", "Gothic", "1342 (Venice, Gothic)", "1342年（Venice、Gothic）"),
        ("", "Gothic", "Venice", "Gothic, Venice", "Gothic、Venice"),  # one began before the other
        (
            "1240",
            "Romanesque",
            "Gothic",
            "1240 (Romanesque to Gothic)",
            "1240年（Romanesque至Gothic）",
        ),
        ("", "Romanesque", "Gothic", "Romanesque to Gothic", "Romanesque至Gothic"),
    ],
)
def test_eras_of_one_time_are_no_span(date, first, last, english, chinese):
    spans = {"Romanesque": "1000/1200", "Gothic": "1140/1500", "Venice": "0697/1797"}
    made = {name: make_era(name, name, spans[name]) for name in (first, last)}
    event = make_event(make_site(), "built", date, made[first], last_era=made[last])
    assert event.when("short") == english
    with translation.override("zh-hans"):
        assert event.when("short") == chinese


def test_years_of_a_register_are_told_with_their_era(client, eras):
    site = make_site("Headquarters", "旧址", slug="headquarters")
    make_event(site, "dated", "1736/1795", eras["qing"])
    page = client.get("/en/sites/headquarters/").text
    assert "<dt>Dates from</dt><dd>1736–1795 (Qing)</dd>" in page
    with translation.override("zh-hans"):
        [card] = cards.cards_of(store.current(), [site.pk])
    assert "1736—1795年（清）" in card.when


def test_the_page_and_what_machines_read_say_it(client, eras):
    site = make_site("Somewhere", "某处", slug="somewhere", kinds=[make_kind("Pagoda", "塔")])
    make_event(site, "fabric", "", eras["tang"])
    page = client.get("/en/sites/somewhere/").text
    assert '<p class="site-lead">Pagoda (Tang Dynasty).</p>' in page
    assert "Made from the facts on this page." in page
    assert 'name="description" content="Pagoda (Tang Dynasty)."' in page
    assert '"description":"Pagoda (Tang Dynasty)."' in page
    [first, *_rest] = page.partition('id="time"')
    assert "Surviving fabric" in page and "Surviving fabric" not in first
    assert "Pagoda (Tang Dynasty)." in client.get("/en/feed.atom").text
    site = Site.objects.get(pk=site.pk)
    site.summary = text("Ours.")
    site.save()
    page = client.get("/en/sites/somewhere/").text
    assert "Put together" not in page
    assert "Pagoda (Tang Dynasty)." not in page
