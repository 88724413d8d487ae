"""Which filters the words of a search mean, and which words are left."""

import json
from datetime import date

import pytest

from heritage.models import Place, Register, Site
from heritage.search import store
from heritage.search.filters import SiteFilter
from heritage.search.query_language import understanding
from tests import builders as build

pytestmark = pytest.mark.django_db

THURSDAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def catalogue():
    """One site that has everything that the table below names, and one near it."""
    china = build.make_place("China", "中国", level="country", slug="china", code="CN")
    henan = build.make_place("Henan", "河南省", level="province", slug="henan", parent=china)
    henan.other_names = ["河南"]
    henan.save()
    luoyang = build.make_place("Luoyang", "洛阳市", slug="luoyang", parent=henan)
    luoyang.other_names = ["洛阳"]
    luoyang.save()
    georgia = build.make_place("Georgia", level="country", slug="georgia")
    states = build.make_place("United States", level="country", slug="united-states")
    state = build.make_place("Georgia", level="province", slug="georgia-us", parent=states)
    tang = build.make_era("Tang Dynasty", "唐", slug="tang")
    tang.other_names = ["Tang", "唐朝", "唐代"]
    tang.save()
    ming = build.make_era("Ming Dynasty", "明", slug="ming", span="1368/1644")
    temple = build.make_kind("Temple", "寺庙", slug="temple")
    church = build.make_kind("Church", "教堂", slug="church")
    cultural = build.make_register("world_heritage", slug="whl")
    entry = build.make_designation(
        register=cultural,
        events=["1987", ("in_danger", "2001")],
        reference="1003",
        category=build.make_term(cultural, "natural", label="Natural", zh="自然遗产"),
        criteria=[build.make_term(cultural, code, "criterion") for code in ("i", "iv")],
        regions=[build.make_term(cultural, "africa", "region", "Africa", "非洲")],
    )
    rating = build.make_register("rating", slug="cn-rating")
    grade = build.make_term(rating, "5A", label="AAAAA", zh="5A级")
    grade.other_names = ["5A"]
    grade.save()
    site = build.make_site(
        "Jade Hall",
        "白玉堂",
        slug="jade-hall",
        kinds=[temple, church],
        place=luoyang,
        latitude=34,
        longitude=112,
    )
    build.make_coverage(site, entry)
    build.make_coverage(site, build.make_designation(register=rating, category=grade))
    build.make_coverage(site, build.make_designation("protection", register=_national(), batch=1))
    for era in (tang, ming):
        build.make_event(site, first_era=era)
    build.make_event(site, date="0068")
    build.make_price(site, amount=0)
    build.make_opening(site)
    build.make_site(
        "Luoyang Tower", slug="luoyang-tower", place=luoyang, latitude=34, longitude=112
    )
    build.make_site("Arch by the Tiber", kinds=[temple], latitude=41.9, longitude=12.5)
    build.make_site(place=georgia), build.make_site(place=state)


def _national():
    return build.make_register("protection", "National protection", "国保", slug="cn-national")


TABLE = {
    "Tang temples": "era=tang kind=temple",
    "temples in Luoyang": "kind=temple place=luoyang",
    "唐代寺庙": "era=tang kind=temple",
    "洛阳的唐朝寺庙": "place=luoyang era=tang kind=temple",
    "churches": "kind=church",
    "河南": "place=henan",
    "Luoyang, Henan, China": "place=luoyang",
    "Georgia": "place=georgia",
    "temples near Luoyang": "kind=temple near=place:luoyang",
    "洛阳附近": "near=place:luoyang",
    "near China": "place=china",
    "near Jade Hall": "near=jade-hall",
    "near Luoyang Tower": "near=luoyang-tower",
    "白玉堂附近": "near=jade-hall",
    "白玉堂附近的寺庙": "near=jade-hall kind=temple",
    "UNESCO": "unesco=listed",
    "世界遗产": "unesco=listed",
    "World Heritage in danger": "unesco=in_danger",
    "濒危的世界遗产": "unesco=in_danger",
    "in danger since 2001": "danger=since 2001",
    "2001年濒危": "danger=2001",
    "temples no longer in danger": "kind=temple danger=past",
    "5 temples in Luoyang": "kind=temple place=luoyang",
    "top 10 temples": "kind=temple",
    "three days in Luoyang": "place=luoyang",
    "洛阳三天": "place=luoyang",
    "唐明寺庙": "era=tang,ming kind=temple",
    "natural heritage": "category=natural",
    "natural sites in Africa": "category=natural region=africa",
    "criterion (iv)": "criterion=iv",
    "criteria i and iv": "criterion=i,iv",
    "标准（四）": "criterion=iv",
    "inscribed in 1987": "inscribed=1987",
    "1987年列入": "inscribed=1987",
    "World Heritage 1990-1999": "inscribed=1990-1999",
    "1987": "inscribed=1987",
    "1987年": "inscribed=1987",
    "inscribed since 1980": "inscribed=since 1980",
    "World Heritage before 1990": "inscribed=before 1990",
    "5A": "rating=cn-rating.5A",
    "national protection": "protection=cn-national",
    "第一批国保": "batch=cn-national.1 protection=cn-national",
    "batch 1": "batch=cn-national.1",
    "first batch": "batch=cn-national.1",
    "the first batch Luoyang": "batch=cn-national.1 place=luoyang",
    "第十一批": "batch=cn-national.11",
    "twelfth batch": "batch=cn-national.12",
    "12th century": "from=1101 to=1200",
    "twelfth century churches": "from=1101 to=1200 kind=church",
    "十二世纪": "from=1101 to=1200",
    "5th century BC": "from=-500 to=-401",
    "built in 68": "from=68 to=68 role=beginnings",
    "建于68年": "from=68 to=68 role=beginnings",
    "1003": "+ 1003",
    "before 500 BC": "to=-501",
    "before the twelfth century": "to=1100",
    "since 60": "from=60",
    "built after 60": "from=61 role=beginnings",
    "temples built before 1900": "kind=temple to=1899 role=beginnings",
    "from 50 to 70": "from=50 to=70",
    "between 50 and 1950": "from=50 to=1950",
    "500-700": "from=500 to=700",
    "1900-1950": "from=1900 to=1950",
    "1900年以前": "to=1899",
    "between 1987": "+ between 1987",
    "700-500": "+ 700-500",
    "፩፩፩፩": "+ ፩፩፩፩",
    "⓵⓵⓵⓵": "+ ⓵⓵⓵⓵",
    "١٩٨٧": "+ ١٩٨٧",
    "建于١٩٨٧": "+ 建于 ١٩٨٧",
    "photos": "+ photos",
    "temples with photos": "kind=temple + photos",
    "temples without photos": "kind=temple not=has:image",
    "没有照片": "not=has:image",
    "temples not in China": "kind=temple not=place:china",
    "churches outside Luoyang": "kind=church not=place:luoyang",
    "World Heritage not in danger": "unesco=listed not=unesco:in_danger",
    "西非": "+ 西非",
    "without danger": "not=unesco:in_danger",
    "not open today": "+ not open today",
    "洛阳以外的寺庙": "not=place:luoyang kind=temple",
    "除洛阳的寺庙": "not=place:luoyang kind=temple",
    "不在洛阳的寺庙": "not=place:luoyang kind=temple",
    "not far from Luoyang": "near=place:luoyang",
    "open on Monday": "open=2026-11-30",
    "周一开放": "open=2026-11-30",
    "open today": "open=2026-11-26",
    "星期四开放": "open=2026-11-26",
    "open on 1 May": "open=2027-05-01",
    "open December 25th": "open=2026-12-25",
    "open on 2027-02-28": "open=2027-02-28",
    "open on 29 February": "open=2028-02-29",
    "12月25日开放": "open=2026-12-25",
    "2027年5月1日开放的寺庙": "open=2027-05-01 kind=temple",
    "closed on Mondays": "open=2026-11-30 hours=closed",
    "which temples are closed on Monday": "kind=temple open=2026-11-30 hours=closed",
    "周一闭馆": "open=2026-11-30 hours=closed",
    "星期一不开放": "open=2026-11-30 hours=closed",
    "opened 1 May 1889": "from=1889 to=1889 + opened",
    "open on 31 February": "+ open 31 february",
    "open 24 hours": "+ open 24",
    "free": "has=free",
    "免费": "has=free",
    "what to see in Luoyang": "place=luoyang",
    "明": "era=ming",
    "明堂": "+ 明堂",
    "洛阳明堂": "place=luoyang + 明堂",
    "jade temples": "kind=temple + jade",
    "white jade": "+ white jade",
    "temples and churches": "kind=temple,church",
    "Temples AND Churches": "kind=temple,church",
    "temples\u3000or\tchurches": "kind=temple,church",
    "near nothing": "",
    "temples near nothing": "kind=temple",
    "nothing附近的寺庙": "kind=temple",
    "temples near Rome": "kind=temple near=town:rome",
    "罗马附近": "near=town:rome",
    "within 100 km of Naples": "near=town:naples within=100",
    "temples in Rome": "kind=temple near=town:rome within=20",
    "在罗马的寺庙": "near=town:rome within=20 kind=temple",
    "temples in Bangkok": "kind=temple near=town:bangkok",  # nothing is in it
    "in Jade Hall": "+ jade hall",
    "temples -church": "kind=temple not=kind:church",
    "temples except Jade Hall": "kind=temple not=site:jade-hall",
    "new in 1987": "inscribed=1987",
    "first inscribed in China": "place=china inscribed=1987",
    "sites within 30 km of Luoyang": "near=place:luoyang within=30",
    "temples less than 20 miles from Luoyang": "kind=temple near=place:luoyang within=32",
    "10km around Jade Hall": "near=jade-hall within=10",
    "10 km from China": "place=china",
    "30 km": "+ 30 km",
    "距洛阳30公里以内的寺庙": "near=place:luoyang within=30 kind=temple",
    "距离白玉堂5公里": "near=jade-hall within=5",
    "洛阳周边30公里": "near=place:luoyang within=30",
    "洛阳30公里范围内": "near=place:luoyang within=30",
    "first World Heritage sites in China": "unesco=listed place=china inscribed=1987",
    "中国首批世界遗产": "place=china unesco=listed inscribed=1987",
    "1987年中国第一批世界遗产": "inscribed=1987 place=china unesco=listed",
    "latest World Heritage": "unesco=listed inscribed=1987",
    "中国最新列入的世界遗产": "place=china unesco=listed inscribed=1987",
    "第一批国保 世界遗产": "batch=cn-national.1 protection=cn-national unesco=listed",
    "the first white jade UNESCO": "unesco=listed + first white jade",
    "oldest temple": "kind=temple",
    "世界上最大的寺庙": "kind=temple",
    "": "",
}


OF_NO_SITE = {
    *("World Heritage 1990-1999", "12th century", "twelfth century churches", "十二世纪"),
    *("5th century BC", "before 500 BC", "1900-1950", "第十一批", "twelfth batch"),
    *("temples not in China", "churches outside Luoyang", "不在洛阳的寺庙", "除洛阳的寺庙"),
    *("temples near Rome", "罗马附近", "within 100 km of Naples", "temples -church"),
    *("temples in Rome", "在罗马的寺庙", "temples in Bangkok"),
    *("temples except Jade Hall", "洛阳以外的寺庙"),
    *("World Heritage not in danger", "without danger", "temples no longer in danger"),
}


def read(text: str) -> str:
    found = understanding.understand(store.current(), text, THURSDAY)
    meanings = [f"{each.name}={','.join(each.values)}" for each in found.filters]
    return " ".join([*meanings, *([f"+ {found.rest}"] if found.rest else [])])


def test_what_words_mean():
    read_so = {text: read(text) for text in TABLE}
    assert read_so == TABLE


def test_words_that_may_be_left_out():
    lists = ("questions", "asides")
    read_so = {
        text: understanding.without_words(store.current(), text, lists)
        for text in ("birthplace of Kong", "孔子出生地", "temples in northern Henan", "birthplace")
    }
    assert read_so == {
        "birthplace of Kong": ("of kong", "birthplace"),
        "孔子出生地": ("孔子", "出生地"),
        "temples in northern Henan": ("temples in henan", "northern"),
        "birthplace": ("", "birthplace"),
    }
    assert SiteFilter({"q": "temples in northern Henan"}).answer.unread == "northern"


def test_words_of_a_name_are_not_read_alone():
    for name in ("New Zealand", "Zealand", "North Korea"):
        place = build.make_place(name, level="country", slug=name.lower().replace(" ", "-"))
        build.make_site(place=place)
    assert read("New Zealand World Heritage") == "place=new-zealand unesco=listed"
    assert "inscribed" not in read("New Luoyang World Heritage")
    assert read("new World Heritage in Luoyang") == "unesco=listed place=luoyang inscribed=1987"
    lists = ("questions", "asides")
    found = understanding.without_words(store.current(), "North Korea history", lists)
    assert found == ("north korea", "history")


def test_a_foreign_name_of_two_scripts_is_not_joined_again_and_again():
    build.make_name(Site.objects.get(slug="jade-hall"), "原爆あと", language="ja")
    assert SiteFilter({"q": "原爆あと"}).answer is not None


def test_the_nearest_are_not_the_latest():
    assert read("离洛阳最近的世界遗产") == "near=place:luoyang unesco=listed"


def test_each_is_applied_and_finds_the_site_that_has_it():
    jade = Site.objects.get(slug="jade-hall").pk
    for text, meant in TABLE.items():
        if meant and "+" not in meant and "Georgia" not in text:
            filtered = SiteFilter({"q": text})
            assert filtered.answer.filters, text
            # A day of the week is counted from today.
            if "open" not in meant:
                assert (jade in filtered.hits) == (text not in OF_NO_SITE), text


def test_a_name_is_meant_before_what_its_words_mean():
    build.make_site("Tang Temple", slug="tang-temple")
    assert SiteFilter({"q": "Tang Temple"}).answer.filters == ()
    assert SiteFilter({"q": "temples of Tang"}).answer.filters
    literal = SiteFilter({"q": "temples of Tang", "literal": "1"})
    assert literal.answer.filters == () and literal.data.getlist("kind") == []


def test_what_is_typed_holds_before_what_was_chosen_of_the_same_filter():
    filtered = SiteFilter({"q": "temples", "kind": "church", "era": "tang"})
    assert (filtered.data.getlist("kind"), filtered.data.getlist("era")) == (["temple"], ["tang"])


def test_a_term_that_is_renamed_is_understood_by_its_new_name():
    era = Site.objects.get(slug="jade-hall").events.get(first_era__slug="tang").first_era
    era.other_names = ["T'ang"]
    era.save()
    assert read("T'ang") == "era=tang"
    assert read("唐朝") == "+ 唐朝"


def test_a_question_about_a_site_is_answered_above_the_list(client):
    def answer(text: str, language: str = "en") -> str:
        found = client.get(f"/{language}/sites/", {"q": text}).context["list"].answer
        return found.text if found else ""

    assert "68" in answer("when was Jade Hall built")
    assert "68" in answer("白玉堂什么时候建的", "zh-hans")
    assert answer("where is Jade Hall").startswith("Luoyang")
    assert answer("白玉堂在哪里", "zh-hans").endswith("洛阳市")
    assert answer("what year was Jade Hall inscribed") == "inscribed in 1987"
    assert "on its page" in answer("Jade Hall tickets")
    assert "no hours" in answer("Luoyang Tower opening hours")
    # Nothing is asked, nothing is recorded, no site is meant, or several are.
    for text in ("Jade Hall", "how big is Jade Hall", "when was nothing built"):
        assert answer(text) == "", text
    assert answer("when were Jade Hall and Luoyang Tower built") == ""


DANGER, FAR = "in danger since 2001", "10 km from Luoyang in a straight line"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("since when is Jade Hall in danger", DANGER),
        ("白玉堂从什么时候起濒危", "自2001年起濒危"),
        ("since when is Luoyang in danger", DANGER.replace("2001", "1999")),
        ("is Luoyang Tower in danger", "in danger since 1999"),
        ("is Rome Tower in danger", "not on the List of World Heritage in Danger today"),
        ("how far is Jade Hall from Luoyang", FAR),
        ("how far is Jade from Luoyang", FAR),
        ("distance between Luoyang and Jade", FAR),
        ("how many km is it from Luoyang to Jade Hall", FAR),
        ("how far is Jade Hall from Luoyang Tower", "11 km from Luoyang Tower in a straight line"),
        ("白玉堂离洛阳多远", "距洛阳市直线10公里"),
        ("从洛阳到白玉堂有多少公里", "距洛阳市直线10公里"),
        ("how far is Bath from London", "155 km from London in a straight line"),
        ("how far is Jade Hall", ""),
        ("how far is nothing from Luoyang", ""),
        ("temples in danger", ""),
    ],
)
def test_how_far_and_since_when_in_danger(client, text, said):
    Place.objects.filter(slug="luoyang").update(latitude=34.09, longitude=112)
    tower = Site.objects.get(slug="luoyang-tower")
    tower.latitude = 34.1
    tower.save()
    requested_list = Register.objects.get(slug="whl")
    events = ["1990", ("in_danger", "1999")]
    build.make_coverage(tower, build.make_designation(register=requested_list, events=events))
    build.make_site("Rome Tower", slug="rome-tower")
    build.make_site("City of Bath", slug="bath", latitude=51.38, longitude=-2.35)
    build.make_site("Turkish Bath", slug="turkish-bath", latitude=41, longitude=29)
    language = "zh-hans" if "玉" in text else "en"
    found = client.get(f"/{language}/sites/", {"q": text}).context["list"]
    assert (found.answer.text if found.answer else "") == said
    if said:  # the site stands in the list
        assert found.answer.url.rsplit("/", 2)[1] in [card.slug for card in found.shown.cards]


def test_an_answer_names_its_source_and_has_an_address_of_its_own(client):
    source = build.make_source("Gazetteer of Luoyang, 1919", url="https://example.org/gazetteer")
    event = Site.objects.get(slug="jade-hall").events.get(first_year=68)
    event.source = source
    event.save()
    first, again = (client.get("/en/sites/", {"q": "when was Jade Hall built"}) for _n in "12")
    answer = first.context["list"].answer
    assert [line.citation for line in answer.sources] == ["Gazetteer of Luoyang, 1919"]
    assert answer.url == "/en/sites/jade-hall/"
    page = first.content.decode()
    assert 'id="answer"' in page and "https://example.org/gazetteer" in page
    documents = [
        json.loads(
            each.content.decode().partition('application/ld+json">')[2].partition("</script>")[0]
        )
        for each in (first, again)
    ]
    assert documents[0] == documents[1]
    text = json.dumps(documents[0])
    assert "ItemList" in text and "/en/sites/jade-hall/" in text
    assert "acceptedAnswer" in text and answer.text[:12] in text


@pytest.mark.parametrize(
    ("text", "language"), [("Tang temples near Luoyang", "en"), ("唐代寺庙", "zh-hans")]
)
def test_the_pieces_of_a_sentence_can_be_changed_or_taken_off(client, text, language):
    """Each link leads to as many sites as it says."""
    list_of = client.get(f"/{language}/sites/", {"q": text}, follow=True).context["list"]
    assert [piece.applied for piece in list_of.pieces] == list_of.applied
    assert len({piece.id for piece in list_of.pieces}) == len(list_of.applied) > 1
    for piece in list_of.pieces:
        assert piece.choices[0].query == piece.applied.without
        for way in piece.choices:
            found = client.get(f"/{language}/sites/?{way.query}", follow=True).context["list"]
            assert found.total == way.count
    changed = {way.label for piece in list_of.pieces for way in piece.choices[1:]}
    assert {"en": {"Church", "Ming Dynasty"}, "zh-hans": {"教堂", "明"}}[language] <= changed
    # What was chosen in the form is changed there.
    chosen = client.get("/en/sites/?era=tang&kind=temple").context["list"]
    assert len(chosen.pieces) == 2 and not any(piece.choices for piece in chosen.pieces)


def test_whole_names_decide_and_several_give_all():
    slugs = dict(Site.objects.values_list("pk", "slug"))

    def found(text: str) -> set[str]:
        return {slugs[pk] for pk in SiteFilter({"q": text}).hits}

    for text in ("when was Jade Hall built", "Jade Hall tickets", "白玉堂门票"):
        assert found(text) == {"jade-hall"}, text
    assert found("Jade Hall and Luoyang Tower") == {"jade-hall", "luoyang-tower"}
    assert SiteFilter({"q": "temples near Xanth"}).answer.unknown_centre == "xanth"
    assert not SiteFilter({"q": "near Xanth"}).hits


def test_where_nothing_is_near_the_circle_is_widened():
    filtered = SiteFilter({"q": "near Kaifeng"})
    assert filtered.data.getlist("near") == ["town:kaifeng"] and filtered.data.get("within")
    assert filtered.hits


def test_what_is_most_so_goes_by_its_measure_beside_words_too():
    listed = Register.objects.get(slug="whl")
    for name, hectares in (("Small Green", 5), ("Large Green", 900), ("Middle Green", 40)):
        entry = build.make_designation(register=listed, regions=listed.terms.filter(code="africa"))
        entry.world_heritage.area_ha = hectares
        entry.world_heritage.save()
        build.make_coverage(build.make_site(name), entry)
    filtered = SiteFilter({"q": "largest green in Africa"})
    names = dict(Site.objects.values_list("pk", "name__en"))
    found = [names[pk] for pk in filtered.page("en", 0, 5)]
    assert found == ["Large Green", "Middle Green", "Small Green"]
    assert filtered.sorted_by_superlative == "largest"


def test_a_partial_match_lies_in_the_place_that_is_named():
    elsewhere = build.make_site("Grand Hotels of Bremen").pk
    filtered = SiteFilter({"q": "hotels in Luoyang"})
    assert filtered.hits and elsewhere not in filtered.hits
    assert filtered.hits <= SiteFilter({"place": "luoyang"}).hits


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sites removed from the World Heritage List", {"unesco": ["delisted"]}),
        ("缺图片的寺庙", {"not": ["has:image"], "kind": ["temple"]}),
        ("records without pictures", {"not": ["has:image"]}),
    ],
)
def test_words_between_filters(text, meant):
    entry = build.make_designation("world_heritage", events=["1990", ("delisted", "2009")])
    build.make_coverage(build.make_site(), entry)
    filtered = SiteFilter({"q": text})
    said = {each.name: list(each.values) for each in filtered.answer.filters}
    assert (said, filtered.answer.text) == (meant, "")
