"""Search on both databases: what is found by what, in which order, and that nothing breaks it."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from pyroaring import BitMap

from heritage.models import Place, Site
from heritage.models.unit_of_work import change_set
from heritage.search import fulltext, store, text_search
from heritage.search.filters import SiteFilter
from heritage.search.fulltext import sites_matching
from heritage.search.query_language import answers, spelling, understanding
from heritage.services.denormalized import write_words
from heritage.services.rebuild import rebuild_full_text
from heritage.values import normalize, tokens
from tests import builders as build

pytestmark = pytest.mark.django_db


@change_set("command", all_or_nothing=True)
def _famous_sites_among_their_like():
    china = build.make_place("China", "中国", level="country")
    luoyang = build.make_place("Luoyang", "洛阳", parent=china)
    temple, grottoes = build.make_kind("Temple", "寺庙"), build.make_kind("Grottoes", "石窟")

    def site(slug, en, zh, kind, names=(), unit=(), **more):
        made = build.make_site(en, zh, slug=slug, kinds=[kind], place=luoyang, **more)
        for name in names:
            build.make_name(made, name, "historical", "zh-hans")
        if unit:
            build.make_coverage(made, build.make_designation(*unit))
        return made

    site(
        "white-horse",
        "White Horse Temple",
        "白马寺",
        temple,
        ["招提寺"],
        ("protection", "1-0037-4-004"),
    )
    site("longmen", "Longmen Grottoes", "龙门石窟", grottoes, ["伊阙"], ("world_heritage", "1003"))
    site("white-pagoda", "White Pagoda", "白塔", temple)
    site("old-gate", "Old White Horse Temple Gate", "白马寺山门", temple)
    site("gongxian", "Gongxian Grottoes", "巩县石窟", grottoes)
    site("guide", "Guide City", "归德府城", temple, summary={"en": "Near the white horse temple."})
    site("draft", "White Horse Draft", "白马寺草稿", temple, state="draft")


@pytest.fixture
def rows(db):
    """Two famous sites among their like; gives their slugs by primary key."""
    _famous_sites_among_their_like()
    # As the tables below name them: equally close ones in the order of their English names.
    named = Site.objects.order_by("sort_names__key").filter(sort_names__language="en")
    with change_set("command", all_or_nothing=True):
        for place, made in enumerate(named):
            made.prominence = 1000 - place
            made.save()
    return dict(Site.objects.values_list("pk", "slug"))


def found(rows, text, language="en") -> list[str]:
    listed = SiteFilter({"q": text})
    return [rows[pk] for pk in listed.page(language, 0, 50)]


WHITE_HORSE = ["white-horse", "old-gate", "guide"]
TABLE = {
    "白马寺": ["white-horse", "old-gate"],
    "白馬寺": ["white-horse", "old-gate"],
    "马寺": ["old-gate", "white-horse"],
    "寺": ["old-gate", "white-horse", "guide", "white-pagoda"],
    "洛阳白马寺": ["white-horse", "old-gate"],
    "中国洛阳石窟": ["gongxian", "longmen"],
    "龙门石窟洛阳": ["longmen"],
    "baima si": ["white-horse", "old-gate"],
    "Báimǎ Sì": ["white-horse", "old-gate"],
    "baimasi": ["white-horse", "old-gate"],
    "ＢＡＩＭＡＳＩ": ["white-horse", "old-gate"],
    "bms": ["white-horse", "old-gate"],
    "White Horse": WHITE_HORSE,
    "white hor": WHITE_HORSE,
    "horse, white!": ["old-gate", "white-horse", "guide"],
    "white horse temple luoyang": ["white-horse", "old-gate", "guide"],
    "luoyang white horse temple": ["white-horse", "old-gate", "guide"],
    "the White Horse": WHITE_HORSE,
    "white horses": ["old-gate", "white-horse", "guide"],
    "temples": ["old-gate", "white-horse", "guide", "white-pagoda"],
    "white AND horse": WHITE_HORSE,
    "bai2ma3si4": ["white-horse", "old-gate"],
    "ma si": ["old-gate", "white-horse"],
    "masi": ["old-gate", "white-horse"],
    "whitehorse": ["white-horse"],
    "Longmen": ["longmen"],
    "lóngmén": ["longmen"],
    "龙门": ["longmen"],
    "龍門石窟": ["longmen"],
    "lmsk": ["longmen"],
    "石窟": ["gongxian", "longmen"],
    "shiku": ["gongxian", "longmen"],
    "1003": ["longmen"],
    "1-0037-4-004": ["white-horse"],
    "1-0037": ["white-horse"],
    "招提寺": ["white-horse"],
    "zhaotisi": ["white-horse"],
    "伊闕": ["longmen"],
    "white horse draft": ["white-horse"],  # in part
    "龙马": [],
    "hite": [],
}


@pytest.mark.parametrize("few", [0, 100])
def test_what_is_found_by_what(rows, few, monkeypatch):
    monkeypatch.setattr(fulltext, "_FEW", few)
    assert {text: found(rows, text) for text in TABLE} == TABLE


def test_the_closest_comes_first_then_the_best_known(rows):
    # A name begins so; names hold the words; other text does.
    assert found(rows, "white") == ["white-horse", "white-pagoda", "old-gate", "guide"]
    assert found(rows, "洛阳", "zh-hans") == [
        rows[pk] for pk in store.current().orders["prominence"].ids
    ]


def test_a_name_in_a_language_of_no_reader_stands_back(rows):
    build.make_name(Site.objects.get(slug="longmen"), "White Caves", "alternative", "fr")
    rows |= dict(Site.objects.values_list("pk", "slug"))
    found_now = found(rows, "white")
    assert found_now.index("old-gate") < found_now.index("longmen")
    assert found(rows, "white caves") == ["longmen"]


ANYTHING = [
    "'", '"', '"white', "white*", "white AND", "NEAR(white horse)", "white:A", "a & b | !c",
    "(", "^white", ".temple", "=whitehorsetemple", "~ma", "-", "--", ";drop table", "%", "_",
    "\\", "\\'", "<->", "\0", "white\0horse", "😀", "白😀马", "\ud800", "\u202e", "  ", "",
    "x" * 10_000, "white " * 2_000, "白马" * 5_000, "'); select 1; --", "{words} : white",
    "photos", "temples without photos", "没有照片", "፩፩፩፩", "⓵⓵⓵⓵", "١٩٨٧", "٤٠٠s", "not", "before",
]  # fmt: skip


def test_any_string_is_a_search(rows, client):
    for text in ANYTHING:
        assert isinstance(found(rows, text), list)
        if "\ud800" not in text:  # no address can hold half a character
            answer = client.get("/en/sites/", {"q": text}, follow=True)
            assert answer.status_code == 200, text


def test_a_value_of_no_site_is_searched_for_as_words(rows, client):
    for text in ("photos", "photos of the white horse"):
        assert client.get("/en/sites/feed.atom", {"q": text}, follow=True).status_code == 200, text
        assert SiteFilter({"q": text}).answer.filters == ()


DENIED = {
    "temples without photos": ["Temple", "without a photograph"],
    "not in danger": ["without World Heritage in danger"],
    "World Heritage that is not in danger": [
        "World Heritage, whole or in part", "without World Heritage in danger"
    ],
    "temples outside of Luoyang": ["Temple", "without Luoyang"],
    "没有照片": ["without a photograph"],
    "洛阳以外的石窟": ["Grottoes", "without Luoyang"],
    "非濒危世界遗产": ["without World Heritage in danger"],
    "temples, Luoyang excluded": ["Temple", "without Luoyang"],
}  # fmt: skip


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_is_left_out(rows, text):
    read = understanding.understand(store.current(), text, date(2026, 5, 1))
    shown = SiteFilter({each.name: each.values for each in read.filters}).active()
    assert ([str(each.value) for each in shown], read.rest) == (DENIED[text], "")


def test_what_is_left_out_is_shown_and_can_be_asked_for_again(rows, client):
    filtered = SiteFilter({"q": "grottoes not in Luoyang"})
    assert not filtered.hits and filtered.data.getlist("not")
    page = client.get("/en/sites/", {"q": "white pagoda not temple"}).context["list"]
    assert [str(item.value) for item in page.applied] == ["white pagoda", "without Temple"]
    assert not page.total and "without Temple" in {way.value for way in page.ways}
    all_sites, temples = (SiteFilter(q).hits for q in ({}, {"kind": "Temple"}))
    assert temples and SiteFilter({"not": "kind:Temple"}).hits == all_sites - temples
    wrong = SiteFilter({"not": ["nothing", "kind:nothing", "kind:Temple"]})
    assert (wrong.hits, len(wrong.problems())) == (all_sites - temples, 2)


def test_words_by_which_nothing_is_known_are_left_out_and_the_page_says_so(rows, client):
    for text, unread in (
        ("white horse without stairs", "without stairs"),
        ("temples of Xqzzyvania", "xqzzyvania"),
    ):
        filtered = SiteFilter({"q": text})
        assert filtered.answer.unread == unread and filtered.hits
        page = client.get("/en/sites/", {"q": text}).content.decode()
        assert f"Nothing here answers “<strong>{unread}</strong>”: it was left out." in page
        assert page.count("Search for the words instead") == 1


def test_a_mark_of_the_index_is_no_way_in(rows):
    assert found(rows, "=whitehorsetemple") == found(rows, "whitehorsetemple") == ["white-horse"]


def test_what_is_written_is_found_at_once_and_what_is_gone_no_more(rows):
    site = Site.objects.get(slug="gongxian")
    assert found(rows, "gongxian") == ["gongxian"]
    site.name, site.slug = build.text("Shikusi"), "shikusi"
    site.save()
    build.make_name(site, "希玄寺", "historical", "zh-hans")
    rows[site.pk] = "gongxian"
    assert found(rows, "gongxian") == [] and found(rows, "shikusi") == ["gongxian"]
    assert found(rows, "希玄") == ["gongxian"]
    pk = site.pk
    site.delete()
    assert found(rows, "shikusi") == []
    assert pk not in sites_matching(tokens.parse_query("shikusi"))


def test_a_renamed_term_is_found_by_its_new_name(rows):
    kind = Site.objects.get(slug="longmen").kinds.get()
    kind.label = {"en": "Caverns"}
    kind.save()
    assert found(rows, "caverns") == ["gongxian", "longmen"]
    assert found(rows, "grottoes gongxian") == ["gongxian"]


def test_full_text_can_be_made_anew_again_and_again(rows):
    for _time in range(2):
        rebuild_full_text(Site.objects.values_list("pk", "search_text"))
        assert {text: found(rows, text) for text in TABLE} == TABLE
    site = Site.objects.get(slug="gongxian")
    site.name = build.text("Shikusi")
    site.save()
    assert found(rows, "shikusi") == ["gongxian"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_among_few", [False, True])
def test_who_searches_while_it_is_made_anew_finds_all(is_among_few):
    site = build.make_site("White Horse Temple")
    found, asked, few = [], tokens.parse_query("horse"), BitMap([site.pk])
    is_among_few &= fulltext.is_quicker_among(few)

    def search_meanwhile():
        try:
            hits = (
                fulltext.sites_matching_among(few, asked) if is_among_few else sites_matching(asked)
            )
            found.append(site.pk in hits)
        finally:
            connection.close()

    thread = threading.Thread(target=search_meanwhile)
    with transaction.atomic():
        rebuild_full_text(Site.objects.values_list("pk", "search_text"))
        thread.start()  # with PostgreSQL it waits for the new table
        thread.join(0.5)
    thread.join(10)
    assert found == [True]


def test_who_writes_after_it_was_made_anew_waits_as_long_for_others_as_before(rows):
    before = patience()
    with transaction.atomic():
        rebuild_full_text(Site.objects.values_list("pk", "search_text"))
        assert patience() == before


def patience() -> str:
    """How long PostgreSQL waits for a lock; nothing with SQLite, where this is of a connection."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]


def test_rows_of_full_text_lie_close_together(db):
    """With PostgreSQL each row that a search finds is looked at: its words must lie elsewhere."""
    before = size_of_rows()
    some = [f"word{number}" for number in range(200)]  # about 2 kB, less than what moves by itself
    for last in ("first", "second"):  # a row that is written anew too
        write_words({pk: [*some, last] for pk in range(1_000, 1_300)})
    assert len(sites_matching(tokens.parse_query("word7 second"))) == 300
    assert not sites_matching(tokens.parse_query("first"))
    assert size_of_rows() - before < 150 * 2 * 300


def size_of_rows() -> int:
    """Bytes; 0 with SQLite, whose full text has no rows."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('heritage_words')")
        return cursor.fetchone()[0]


def test_what_is_rolled_back_was_never_found(rows):
    with pytest.raises(RuntimeError), transaction.atomic():
        Site.objects.filter(slug="guide").update(name=build.text("Elsewhere"))
        assert found(rows, "elsewhere") == ["guide"]
        raise RuntimeError
    assert found(rows, "elsewhere") == [] and found(rows, "guide city") == ["guide"]


MEANT = {
    "Longman Grotoes": "longmen grottoes",
    "Wihte Horse": "white horse",
    "Vhite Horse": "(white horse)",
    "Hwite Horse": "white horse",
    "Wwhite Horse": "white horse",
    "ite Horse": None,  # too short to tell
    "ongmen": "(longmen)",
    "Sxongmen": None,  # too far
    "Lpngmen": "longmen",
    "白马四": "白马寺",
    "xqzzyv": None,
    "白": None,
    "😀": None,
    "1004": None,
}


def test_did_you_mean(rows):
    assert {text: meant(text) for text in MEANT} == MEANT


def meant(text: str) -> str | None:
    """The likeliest correction; in brackets if it is only offered."""
    for correction in spelling.corrections(store.current(), text):
        return correction.text if correction.is_sure else f"({correction.text})"
    return None


def test_what_is_meant_follows_what_is_written(rows):
    assert meant("Zhaotesi") == "zhaotisi"
    assert meant("Quilong") is None
    build.make_site("Quilongs", slug="quilongs")
    assert meant("Quilong") is None  # it is found
    assert meant("Kuilongs") == "(quilongs)"


def test_no_word_is_corrected_into_one_that_says_nothing(rows):
    build.make_site("Summer Palace", slug="summer", summary={"en": "A place of sights, the third."})
    build.make_kind("Holy Place")
    assert meant("summer palce") == "summer palace"
    assert (meant("sighs"), meant("thirt")) == (None, None)


def test_a_sound_of_two_letters_is_no_likeness(rows):
    build.make_site("Zzsc", slug="zzsc")
    assert meant("zzzqqq") is None


def test_of_two_corrections_that_of_a_name_comes_first(rows):
    longan = build.make_place("Longan", "龙安区")
    build.make_site("Old Caves", slug="caves", place=longan)
    build.make_site("Petra", slug="petra", summary={"en": "Rose."})
    for number in range(3):
        build.make_site(f"Church {number}", summary={"en": "Of Saint Peter."})
    assert (meant("longman grottoes"), meant("longman")) == ("longmen grottoes", "longmen")
    assert meant("petera") == "petra"


def test_words_that_are_known_and_fit_nothing_together_may_be_misspelt(rows):
    shaoling = build.make_place("Shaoling", "召陵区")
    build.make_site("Town Wall", slug="wall", place=shaoling)
    temple = build.make_site("Shaolin Temple", "少林寺", slug="shaolin").pk
    filtered = SiteFilter({"q": "shaoling temple"})
    assert (filtered.answer.corrected, filtered.page("en", 0, 1)) == ("shaolin temple", [temple])
    assert meant("shaoling") is None  # it is found


def test_what_fits_nothing_together_is_shown_in_part(rows):
    shaoling = build.make_place("Shaoling", "召陵区")
    wall = build.make_site("Town Wall", slug="wall", place=shaoling)
    filtered = SiteFilter({"q": "grottoes in Shaoling"})
    assert filtered.answer.partly and wall.pk in filtered.hits


def test_one_of_several_words_in_texts_alone_is_no_match(rows):
    tower = build.make_site("Clock Tower", summary={"en": "Its printers sold ink by weight."}).pk
    assert set(SiteFilter({"q": "printers"}).hits) == {tower}
    assert not SiteFilter({"q": "printers Xanthippe"}).hits
    assert set(SiteFilter({"q": "clock Xanthippe"}).hits) == {tower}


def test_a_correction_keeps_the_words_behind_the_sixth(rows):
    text = "grotoes of white horse temple luoyang guide city old gate"
    assert meant(text) == text.replace("grotoes", "grottoes")


def test_texts_of_very_many_runs_are_not_segmented(rows, monkeypatch):
    asked = []
    sites_matching = fulltext.sites_matching
    monkeypatch.setattr(
        fulltext, "sites_matching", lambda *a: asked.append(a) or sites_matching(*a)
    )
    text = " ".join(f"{first}洛阳城白马寺" for first in "甲乙丙丁戊己庚辛壬癸")
    assert text_search.segmented(store.current(), text) == text
    assert len(asked) == 1
    assert text_search.segmented(store.current(), "龙门石窟白马寺") == "龙门石窟 白马寺"


def test_answers_of_many_sites_in_part_are_kept_apart(rows, monkeypatch):
    monkeypatch.setattr(answers, "_BROAD", 0)
    for text in ("gate quilang", "white horse"):
        found(rows, text)
    few, broad = (
        store.current().cache.get_or_set(key, dict) for key in (answers.FEW, answers.BROAD)
    )
    assert [text for text, _day in few] == ["white horse"]
    assert [text for text, _day in broad] == ["gate quilang"]


@pytest.mark.parametrize(
    ("near", "site", "place"),
    [
        ("白马寺", "white-horse", None),
        ("white horse temple", "white-horse", None),
        ("巩县", "gongxian", None),
        ("luoyang", "luoyang-site", None),  # the slug of both
        ("place:luoyang", None, "luoyang"),
        ("洛阳", None, "luoyang"),
        ("place:nowhere", None, None),
        ("nowhere", None, None),
    ],
)
def test_what_a_list_is_near_to(rows, near, site, place):
    Place.objects.filter(label__en="Luoyang").update(slug="luoyang")
    build.make_site("Luoyang Square", "广场", slug="luoyang", latitude=34, longitude=112)
    for slug in ("white-horse", "gongxian"):
        located = Site.objects.get(slug=slug)
        located.latitude, located.longitude = 34.7, 112.6
        located.save()
    centre = SiteFilter({"near": near}).chosen("near")
    slug = site and site.removesuffix("-site")
    assert (centre and centre.site and centre.site.slug) == slug
    assert (centre and centre.place and centre.place.slug) == place


def test_no_word_of_the_interface_is_corrected(rows):
    build.make_site("Fresco of Unesca, Dalger Free")
    for text in ("UNESCO", "danger", "in danger", "free", "criterion"):
        assert meant(text) is None


def test_one_good_correction_is_searched_for_at_once(rows, client):
    page = client.get("/en/sites/", {"q": "Longman Grotoes"})
    html = page.content.decode()
    assert "Showing <strong>longmen grottoes</strong>." in html
    assert 'href="?q=Longman+Grotoes&amp;literal=1">Search instead for “Longman Grotoes”</a>' in (
        " ".join(html.split())
    )
    assert found(rows, "Longman Grotoes") == ["longmen"]
    literal = client.get("/en/sites/", {"q": "Longman Grotoes", "literal": "1"}).content.decode()
    assert "Showing" not in literal and "No site found" in literal


def test_a_word_that_no_site_is_called_by_is_only_offered(rows):
    build.make_site("Grave field", "墓地", summary={"en": "Graves in wooden chests."})
    answer = SiteFilter({"q": "chess"}).answer
    assert (answer.corrected, answer.suggestion) == ("", "chests")


def test_another_word_is_no_correction_of_a_name(rows):
    build.make_site("Logan Glacier Bay")
    build.make_site("Indian Fort", summary={"en": "By the sea."})
    build.make_site("House of the Jones Family")
    answer = SiteFilter({"q": "login"}).answer
    assert (answer.corrected, answer.suggestion) == ("", "logan")
    assert SiteFilter({"q": "Indiana Jones"}).answer.corrected == ""
    assert SiteFilter({"q": "indiana jones"}).answer.corrected == "indian jones"


def test_only_the_last_word_may_be_unfinished(rows):
    warsaw = build.make_site("Centre of Warsaw", summary={"en": "A start of many."}).pk
    assert warsaw not in SiteFilter({"q": "Star Wars"}).hits
    assert list(SiteFilter({"q": "start wars"}).hits) == [warsaw]


def test_syllables_of_chinese_names_are_no_stop_words(rows):
    poet = build.make_site("Cottage", summary={"en": "Of the poet Du Fu."}).pk
    build.make_site("Fu City")
    pagoda = build.make_site("Wild Goose Pagoda", "大雁塔").pk
    assert list(SiteFilter({"q": "Du Fu"}).hits) == [poet]
    assert list(SiteFilter({"q": "da yan ta"}).hits) == [pagoda]


def test_what_may_have_been_meant_is_only_offered(rows, client):
    build.make_site("Quilongs", slug="quilongs")
    html = " ".join(client.get("/en/sites/?q=kuilongs").content.decode().split())
    assert 'Did you mean <a rel="nofollow" href="?q=quilongs">quilongs</a>?' in html
    assert "Did you mean" not in client.get("/en/sites/?q=longmen&kind=temple").content.decode()


def test_what_has_most_of_the_words_is_shown_and_said_to_be(rows, client):
    assert found(rows, "gate quilang") == ["old-gate"]
    html = client.get("/en/sites/?q=gate+quilang").content.decode()
    assert "No site has all of your words. These have most of them." in html
    assert "No site has" not in client.get("/en/sites/?q=gongxian").content.decode()
    assert found(rows, "zzz quilang") == []


def test_the_answers_are_those_of_brute_force(rows):
    """Every word that any record holds, and every beginning of it, finds exactly its holders."""
    held = {
        pk: set(normalize.index_words(text))
        for pk, text in Site.objects.values_list("pk", "search_text")
    }
    here = BitMap(held)  # tests with transactions of their own leave words of sites behind
    for word in sorted({word for found in held.values() for word in found}):
        holders = {pk for pk, found in held.items() if word in found}
        assert set(sites_matching(((tokens.QueryWord(word, is_prefix=False),),)) & here) == holders
        begun = {pk for pk, found in held.items() if any(w.startswith(word[:3]) for w in found)}
        assert set(sites_matching(((tokens.QueryWord(word[:3], is_prefix=True),),)) & here) == begun


def test_a_word_of_a_record_is_stored_for_the_closest_part_that_has_it():
    """Names and brief descriptions come before texts; what only texts have is found anywhere."""
    text = normalize.index_text(
        ["Blue Tower"], ["Tower"], ["Of granite."], texts=["Granite, ivory."]
    )
    words = set(normalize.index_words(text))
    assert {"blue", "tower", "granite", "+ivory"} <= words
    assert words.isdisjoint({"ivory", "+granite", "+tower"})

    def holds(asked: tokens.Query) -> bool:
        return all(
            any(word.text in words or (word.is_prefix and _begins(word.text)) for word in clause)
            for clause in asked
        )

    def _begins(text: str) -> bool:
        return any(word.startswith(text) for word in words)

    assert holds(tokens.parse_query("granite ivory tower")) and holds(tokens.parse_query("ivo"))
    assert holds(tokens.whole_words("ivory")) and not holds(tokens.whole_words("ivo"))
    assert holds(tokens.words_in_brief("blue granite"))
    assert not holds(tokens.words_in_brief("granite ivory"))
    assert holds(tokens.any_word(["ivory"], in_brief=False))
    assert not holds(tokens.any_word(["ivory"], in_brief=True))


def test_every_page_of_a_search_comes_once(rows):
    listed = SiteFilter({"q": "temple"})
    whole = listed.page("en", 0, 50)
    assert whole == [pk for at in range(len(whole)) for pk in listed.page("en", at, at + 1)]
    assert [listed.position("en", pk) for pk in whole] == list(range(len(whole)))
    assert text_search.matching(store.current(), "temple") == listed.hits == BitMap(whole)


def test_closeness_is_looked_up_only_while_it_decides_anything(rows, monkeypatch):
    asked = []
    sites_matching, among = fulltext.sites_matching, fulltext.sites_matching_among
    monkeypatch.setattr(
        fulltext, "sites_matching", lambda *a: asked.append(a) or sites_matching(*a)
    )
    monkeypatch.setattr(fulltext, "sites_matching_among", lambda *a: asked.append(a) or among(*a))
    assert len(found(rows, "gongxian")) == 1
    assert len(asked) == 2  # just that name; any word


@pytest.mark.parametrize(
    ("text", "centre", "first"),
    [
        ("Hong Kong", "town:hong-kong", "near"),
        ("hotels in Hong Kong", "", ""),  # what else is asked for is looked for as words
        ("香港", "town:hong-kong", "near"),
        ("Lyonesse", "place:lyonesse", "near"),
        ("Near Hall", "", "near"),
        ("Mount Lyon", "place:mount-lyon", "near"),
        ("where is Mount Lyon", "place:mount-lyon", "near"),
        ("里昂山在哪里", "place:mount-lyon", "near"),
        ("Great Hall", "place:great-hall", "near"),  # not the Great Old Hall
        ("大殿", "", "great-old-hall"),  # a name has it: 大殿遗址
    ],
)
def test_what_is_not_here_is_said_and_what_is_nearest_to_it_shown(client, text, centre, first):
    there = {"latitude": "22.2", "longitude": "114.2"}
    build.make_place("Lyonesse", slug="lyonesse", **there)
    build.make_place("Mount Lyon", "里昂山", slug="mount-lyon", level="sight", **there)
    build.make_place("Great Hall", "大殿", slug="great-hall", level="sight", **there)
    build.make_site("Great Old Hall", "大殿遗址")
    for slug, latitude in (("near", 22.5), ("far", 24)):
        build.make_site(f"{slug.title()} Hall", slug=slug, latitude=latitude, longitude=114)
    answer = SiteFilter({"q": text}).answer
    assert answer.is_absent is bool(centre)
    near = {each.name: each.values[0] for each in answer.filters}.get("near", "")
    page = client.get("/en/sites/", {"q": text}, follow=True)
    assert near == centre
    said = str(SiteFilter({"near": centre}).chosen("near").in_words()) if centre else ""
    assert page.context["list"].absent == said
    assert ("is not in this" in page.content.decode()) is bool(centre)
    assert [card.slug for card in page.context["list"].shown.cards][:1] == (
        [first] if first else []
    )


@pytest.mark.parametrize("text", ["the", "a", "new sites", "newest", "oldest sites"])
def test_a_text_that_asks_for_anything_finds_all(rows, text):
    assert SiteFilter({"q": text}).hits == store.current().sites


def test_codes_are_found_with_spaces_and_those_of_components_by_their_entry(rows):
    for text, searched in (("1003ter", "1003"), ("1003-001", "1003"), ("1 0037 4 004", "")):
        filtered = SiteFilter({"q": text})
        assert filtered.answer.corrected == (searched or "1-0037-4-004")
        assert filtered.hits, text
