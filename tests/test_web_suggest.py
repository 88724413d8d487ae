"""Suggestions while somebody types: what is offered, in which words, and what never is."""

import re
from html import unescape

import pytest

from heritage.models import Site
from heritage.models.unit_of_work import change_set
from heritage.search import store, suggest
from heritage.search.filters import SiteFilter
from heritage.web.operations import views as errors
from tests import builders as build
from tests.webrows import LANGUAGES, full_site, plain_site

pytestmark = pytest.mark.django_db

GROUP = re.compile(r'role="group" aria-label="([^"]+)">(.*?)</div>', re.DOTALL)
OPTION = re.compile(
    r'<a class="suggestions-line[^"]*" role="option" aria-selected="false" tabindex="-1"'
    r'\s+href="([^"]+)">(.*?)</a>',
    re.DOTALL,
)


def ask(client, text: str, language: str = "en") -> str:
    response = client.get(f"/{language}/suggest/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def offered(html: str) -> dict[str, list[tuple[str, str]]]:
    """By the name of its group: what each option says, and where it leads."""
    return {
        unescape(label): [
            (" ".join(unescape(re.sub(r"<[^>]+>", "", said)).split()), address)
            for address, said in OPTION.findall(lines)
        ]
        for label, lines in GROUP.findall(html)
    }


def said(html: str) -> str:
    """The line that is read out."""
    return re.match(r"\s*<p>(.*?)</p>", html)[1]


def names(html: str) -> list[str]:
    return [label for lines in offered(html).values() for label, _address in lines]


# --- what is offered -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["m", "mo", "山", "ma", "b", "bo", "z"])
def test_the_best_known_answer_for_few_letters(monkeypatch, text):
    """They are the same as if all that begin so had been gathered."""
    with change_set():
        for number in range(70):
            english = f"{'Mosque' if number % 3 else 'Bo'} {number}"
            if number % 7 == 0:
                english = f"Z {number}" if number % 2 else "M"
            build.make_site(english, f"山{number}", prominence=number % 11)
    index = store.current()
    quick = suggest.suggestions(index, text)
    index.cache.clear()
    monkeypatch.setattr(suggest, "_is_short", lambda text: False)
    assert quick == suggest.suggestions(index, text)
    assert [group.name for group in quick] == ([] if text == "ma" else [suggest.SITES])


def test_a_word_of_a_well_known_site_comes_before_the_beginning_of_others(monkeypatch):
    monkeypatch.setattr(suggest, "_WELL_KNOWN", 1)
    with change_set():
        build.make_site("Palace of Versailles", "凡尔赛宫", prominence=900)
        build.make_site("Verla", "韦尔拉")
        build.make_site("City of Verona", "维罗纳")
    [group] = suggest.suggestions(store.current(), "ver")
    found = [line.site.name["en"] for line in group.lines]
    assert found == ["Palace of Versailles", "Verla", "City of Verona"]


def test_a_word_that_is_written_comes_before_the_pinyin_of_another_name():
    with change_set():
        build.make_site(
            "Sites of Khuttal",
            "古骨咄的文化遗产地",
            slug="khuttal",
            prominence=900,
            place=build.make_place("Tajikistan", level="country", code="TJ"),
        )
        palace = build.make_site("Imperial Palaces", "明清皇宫", slug="palaces")
        build.make_name(palace, "Beijing Gugong", language="zh-latn-pinyin")
        build.make_kind("Pass", "古关", slug="pass")
    [group, *_others] = suggest.suggestions(store.current(), "gug")
    assert [line.slug for line in group.lines] == ["palaces", "khuttal"]


def test_what_a_sentence_would_become_is_suggested():
    with change_set():
        henan = build.make_place("Henan", "河南省", level="province", slug="henan")
        town = build.make_place("Luoyang", "洛阳市", slug="luoyang", parent=henan)
        temple, era = build.make_kind("Temple", "寺庙"), build.make_era("Tang Dynasty", "唐")
        era.other_names = ["Tang"]
        era.save()
        hall = build.make_site(
            "Jade Hall", "白玉堂", place=town, kinds=[temple], latitude=34, longitude=112
        )
        build.make_event(hall, first_era=era)
        build.make_site("Jade Hall Gate", place=henan)

    def suggested(text: str) -> list[str]:
        groups = suggest.suggestions(store.current(), text)
        lines = [
            line for group in groups if group.name == suggest.SENTENCES for line in group.lines
        ]
        for line in lines:  # as many as the search finds
            assert len(SiteFilter({"q": line.slug}).hits) == line.count > 0
        return [line.slug for line in lines]

    assert suggested("jade tang") == ["jade tang"]
    assert suggested("temples in hen") == ["temples in Henan"]
    assert suggested("temples near luo")[0] == "temples near Luoyang"
    assert suggested("洛阳市 寺庙") == ["洛阳市 寺庙"]
    for text in ("jade", "temples", "temples in xanth", "Jade Hall"):
        assert suggested(text) == [], text


@pytest.mark.parametrize("text", ["bai", "bai "])
def test_three_letters_of_a_hidden_name_suggest_no_term(text):
    """Pinyin, and names in languages of no reader: Países Baixos for the Netherlands."""
    with change_set():
        lands = build.make_place("Netherlands", "荷兰", level="country", code="NL")
        lands.other_names = ["Países Baixos"]
        lands.save()
        build.make_site("Canals", place=lands, kinds=[build.make_kind("Fire temple", "拜火庙")])

    def terms(text: str) -> list[str]:
        groups = suggest.suggestions(store.current(), text)
        return [line.slug for group in groups if group.name != "site" for line in group.lines]

    assert terms(text) == []
    assert terms("baix") == [lands.slug]


def test_an_initial_names_no_term():
    build.make_site("Stone Gate", "石门", kinds=[build.make_kind("Peak", "山", slug="peak")])
    assert [each.name for each in suggest.suggestions(store.current(), "s")] == ["site"]


def test_a_large_place_comes_before_sites_that_are_called_so(monkeypatch):
    monkeypatch.setattr(suggest, "_LARGE", 3)
    with change_set():
        henan = build.make_place("Henan", "河南省", slug="henan", level="province")
        build.make_site("Henderson Island", "亨德森岛", slug="henderson")
        for _number in range(3):
            build.make_site("Grotto", "石窟", place=henan)
    groups = suggest.suggestions(store.current(), "hen")
    assert [group.lines[0].slug for group in groups] == ["henan", "henderson"]


def test_what_filters_find_is_suggested_where_no_name_is(words):
    with change_set():
        place = build.make_place("Anyang", "安阳", slug="anyang")
        kind = build.make_kind("Observatory", "天文台", slug="observatory")
        build.make_site("Star Terrace", "观星台", slug="terrace", place=place, kinds=[kind])
    group, sentences = suggest.suggestions(store.current(), "安阳天文台")
    assert [line.slug for line in group.lines] == ["terrace"]
    assert [line.slug for line in sentences.lines] == ["安阳天文台"]


@pytest.mark.parametrize(("code", "most"), [("IT", 0), ("CN", 1)])
def test_pinyin_of_what_lies_in_several_countries(code, most):
    """Of a Chinese name its syllables are typed only where Chinese is spoken."""
    with change_set():
        there = [build.make_place(level="country", code=each) for each in (code, "FR")]
        build.make_site("Frontiers", "罗马帝国边境", also_in=there)
    found = suggest.suggestions(store.current(), "diguo")
    assert sum(len(group.lines) for group in found) == most


def test_the_syllable_of_one_character_is_a_beginning(words):
    """碑 is bei, and so is much else."""
    with change_set():
        stele = build.make_kind("Stele", "碑")
        build.make_site("Steles", "石刻", kinds=[stele])
        build.make_site("Beijing Wall", "北京城墙")
    names = [group.name for group in suggest.suggestions(store.current(), "bei")]
    assert names == [suggest.SITES, "kind"]
    [first, *_others] = suggest.suggestions(store.current(), "碑")
    assert first.name == "kind"


def test_groups_in_english(client, words):
    full_site(words)
    found = offered(ask(client, "luo"))
    assert found["Places"] == [
        ("Luolong 4 sites", "/en/places/luolong/"),
        ("Luoyang 4 sites", "/en/places/luoyang/"),
    ]
    assert offered(ask(client, "tang")) == {
        "Eras": [("Tang 618–907 4 sites", "/en/eras/tang/")],
    }
    found = offered(ask(client, "temple"))
    assert list(found) == ["Kinds of places", "Sites"]  # just that name
    assert found["Kinds of places"] == [("Temple 4 sites", "/en/kinds/temple/")]
    assert [address for _label, address in found["Sites"]] == [
        f"/en/sites/temple-{number}/" for number in (903, 901, 902)
    ]
    [site] = offered(ask(client, "longm"))["Sites"]
    assert site == ("Longmen Grottoes Luoyang, Henan", "/en/sites/longmen-grottoes/")


def test_a_place_comes_before_the_sites_that_are_called_after_it(client, words):
    for name in ("Luoyang City", "Temple in Luoyang"):
        build.make_site(name, place=words.luoyang)
    assert list(offered(ask(client, "luoy"))) == ["Places", "Sites"]
    for number in range(3):
        build.make_site(f"Luoyang Road {number}", place=build.make_place(f"Elsewhere {number}"))
    assert list(offered(ask(client, "luoy"))) == ["Sites", "Places"]


def test_groups_in_chinese(client, words):
    full_site(words)
    assert offered(ask(client, "洛", "zh-hans")) == {
        "地区": [
            ("洛龙区 4处遗产地", "/zh-hans/places/luolong/"),
            ("洛阳市 4处遗产地", "/zh-hans/places/luoyang/"),
        ],
    }
    assert offered(ask(client, "龙门", "zh-hans"))["遗产地"] == [
        ("龙门石窟 河南省洛阳市", "/zh-hans/sites/longmen-grottoes/")
    ]
    [era] = offered(ask(client, "唐", "zh-hans"))["时代"]
    assert era[0].startswith("唐 ") and era[1] == "/zh-hans/eras/tang/"


@pytest.mark.parametrize("text", ["龙门", "龍門", "longmen sh", "Lóngmén", "LONGMEN gr", "lmsk"])
def test_in_whatever_script(client, words, text):
    full_site(words)
    assert "Longmen Grottoes Luoyang, Henan" in names(ask(client, text))


def test_what_is_written_is_offered_at_once(client, words):
    site = build.make_site("Longmen Grottoes", slug="longmen")
    assert names(ask(client, "lo")) == ["Longmen Grottoes"]
    assert names(ask(client, "lo")) == ["Longmen Grottoes"]  # remembered
    site.name = build.text("Longshan Grottoes")
    site.save()
    assert names(ask(client, "lo")) == ["Longshan Grottoes"]
    Site.objects.filter(pk=site.pk).update(state="draft")
    assert names(ask(client, "lo")) == []


def test_few_of_each(client, words):
    for number in range(9):
        plain_site(words, number)
        build.make_place(f"Luo {number}", parent=words.luoyang, slug=f"luo-{number}")
    assert len(offered(ask(client, "temple"))["Sites"]) == 6
    # A place without a site is not worth a visit.
    assert [address for _, address in offered(ask(client, "luo"))["Places"]] == [
        "/en/places/luolong/",
        "/en/places/luoyang/",
    ]


def test_how_many_is_said(client, words):
    full_site(words)
    assert said(ask(client, "longm")) == "2 suggestions"  # the way to everything is one too
    assert said(ask(client, "temple")) == "5 suggestions"
    assert said(ask(client, "zeppelin")) == "No suggestions"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_option_searches_everywhere(client, words, language):
    full_site(words)
    html = ask(client, "zeppelin & airship", language)
    assert OPTION.findall(html) == []  # nothing to go on with, and the form does the same
    last, label = OPTION.findall(ask(client, "龙门", language))[-1]
    assert last == f"/{language}/sites/?q=%E9%BE%99%E9%97%A8" and "龙门" in label


# --- what is not -----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in Site.State if state != "published"])
def test_what_is_not_public_is_never_offered(client, words, state):
    site = plain_site(words, 7)
    assert "temple-7" in ask(client, "temple 7")
    site.state = state
    site.save()
    assert said(ask(client, "temple 7")) == "No suggestions"
    assert offered(ask(client, "tang")) == {}  # an era without a site any more


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\0",
        "\0\0 \0",
        "!?…",
        "'\"`",
        "😀",
        "NEAR(",
        "x" * 10_000,
        "\N{RIGHT-TO-LEFT MARK}",
    ],
)
def test_nothing_for_what_means_nothing(client, words, text):
    full_site(words)
    html = ask(client, text)
    assert said(html) == "No suggestions" and not OPTION.findall(html)


@pytest.mark.parametrize(
    "text",
    [
        "temple\0",
        "temple AND",
        'temple"',
        "temple* -",
        "temple " * 2000,
        "寺" * 10_000,
        "%%% temple",
    ],
)
def test_any_string_is_answered(client, words, text):
    full_site(words)
    for language in LANGUAGES:
        html = ask(client, text, language)
        assert "\0" not in html and len(html) < 8000
    assert client.get("/en/suggest/?q=%ED%A0%80%FF").status_code == 200
    assert client.get("/en/suggest/").status_code == 200


def test_what_is_typed_and_stored_is_escaped(client):
    build.make_site("Kiln <b>bold</b> & <script>alert(1)</script>", slug="kiln")
    html = ask(client, '<b>"kiln')
    assert "Kiln &lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;" in html
    assert "“&lt;b&gt;&quot;kiln”" in html and "q=%3Cb%3E%22kiln" in html
    assert "<b>" not in html and "<script" not in html


def test_how_it_is_asked_and_kept(client):
    response = client.get("/en/suggest/", {"q": "temple"})
    assert response["Cache-Control"] == "public, no-cache"
    assert client.post("/en/suggest/").status_code == 405
    assert not response.cookies


# --- the fields ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("", ["menu-q", "home-q"]),
        ("sites/", ["menu-q", "q"]),
        ("about/", ["masthead-q", "menu-q"]),
        ("sites/longmen-grottoes/", ["masthead-q", "menu-q"]),
        ("nothing/", ["masthead-q", "menu-q", "lost-q"]),
    ],
)
def test_every_field_knows_where_to_ask(client, words, language, page, fields):
    full_site(words)
    html = client.get(f"/{language}/{page}").content.decode()
    searches = re.findall(r'<input[^>]* type="search"[^>]*>', html)
    assert [re.search(r' id="([^"]+)"', field)[1] for field in searches] == fields
    for field in searches:
        assert f' data-suggest="/{language}/suggest/"' in field
        assert re.search(r' data-label="[^"]+"', field)
        assert "aria-" not in field and " role=" not in field  # without a script it is a field
    assert html.count("js/suggest.js") == html.count('<script type="module" src="/static/js/s') == 1


def test_a_server_in_trouble_is_not_asked_while_one_types(rf):
    html = errors.server_error(rf.get("/en/")).content.decode()
    assert 'type="search"' in html and "suggest" not in html


def test_the_syllables_of_a_longer_name_are_that_name(words):
    """Unlike that of one character: 宝塔 is baota, and little else is."""
    with change_set():
        pagoda = build.make_kind("Pagoda tower", "塔", slug="pagoda-tower")
        pagoda.other_names = ["宝塔"]
        pagoda.save()
        build.make_site("Towers", "石刻", kinds=[pagoda])
        build.make_site("Baota Hill", "宝塔山")
    assert suggest.suggestions(store.current(), "baota")[0].name == "kind"
