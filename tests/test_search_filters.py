"""The one filter: what it finds, what it says of wrong values, and what its facets count."""

import random

import pytest
from django.http import QueryDict
from django.utils import translation

from heritage.models import Site
from heritage.models.unit_of_work import change_set
from heritage.search import brute_force
from heritage.search.counting import facet_counts
from heritage.search.filters import SiteFilter
from tests.builders import (
    make_coverage,
    make_designation,
    make_era,
    make_event,
    make_kind,
    make_name,
    make_place,
    make_register,
    make_site,
    make_term,
    text,
)

pytestmark = pytest.mark.django_db


def filtered(query: str) -> SiteFilter:
    return SiteFilter(QueryDict(query))


def found(query: str, language="en") -> list[str]:
    slugs = dict(Site.objects.values_list("pk", "slug"))
    return [slugs[pk] for pk in filtered(query).page(language, 0, 100)]


def counts(query: str, facet: str) -> dict[str, int]:
    by_name = {facet.name: facet for facet in facet_counts(filtered(query))}
    return {option.value: option.count for option in by_name[facet].options}


@pytest.fixture
@change_set("command", all_or_nothing=True)
def henan():
    """A little catalogue in which every filter has something to say."""
    china = make_place("China", "中国", slug="china", level="country")
    province = make_place("Henan", "河南省", slug="henan", level="province", parent=china)
    luoyang = make_place("Luoyang", "洛阳市", slug="luoyang", parent=province)
    kaifeng = make_place("Kaifeng", "开封市", slug="kaifeng", parent=province)
    religious = make_kind("Religious place", slug="religious")
    temple = make_kind("Temple", "寺庙", slug="temple", parent=religious)
    grottoes = make_kind("Grottoes", "石窟", slug="grottoes", parent=religious)
    han = make_era("Han", "汉", slug="han", span="-0205/0220")
    eastern = make_era("Eastern Han", slug="eastern-han", span="0025/0220", parent=han)
    tang = make_era("Tang", "唐", slug="tang", span="0618/0907")
    qing = make_era("Qing", "清", slug="qing", span="1644/1912")
    listed = make_register("world_heritage", slug="whl")
    national = make_register("protection", slug="national")
    asia = make_term(listed, "asia-pacific", "region", "Asia and the Pacific", "亚洲及太平洋地区")
    africa = make_term(listed, "africa", "region", "Africa", "非洲")

    horse = make_site(
        "White Horse Temple", "白马寺", slug="white-horse", kinds=[temple], place=luoyang
    )
    make_event(horse, "founded", date="0068", first_era=eastern)
    make_event(horse, "fabric", first_era=qing)
    make_coverage(horse, make_designation(register=national, reference="1-0092-3-045"))
    longmen = make_site(
        "Longmen Grottoes", "龙门石窟", slug="longmen", kinds=[grottoes], place=luoyang
    )
    make_name(longmen, "龍門石窟", language="zh-hant", kind="script")
    make_event(longmen, "begun", date="0493~")
    make_event(longmen, "fabric", first_era=tang)
    make_coverage(longmen, make_designation(register=national, reference="1-0037-4-004"))
    make_coverage(
        longmen,
        make_designation(register=listed, reference="1003", events=["2000"], regions=[asia]),
    )
    xiangguo = make_site("Daxiangguo Temple", "大相国寺", slug="xiangguo", place=kaifeng)
    xiangguo.kinds.add(temple)
    make_event(xiangguo, "founded", date="0555")
    canal = make_site("Canal", "运河", slug="canal", also_in=[luoyang, kaifeng])
    make_coverage(
        canal,
        make_designation(
            register=listed, reference="1443", events=["2014"], regions=[asia, africa]
        ),
        extent="component",
    )
    make_site("Hidden Temple", slug="hidden", kinds=[temple], place=luoyang, state="draft")


FINDS = {
    "": {"white-horse", "longmen", "xiangguo", "canal"},
    "q=白马寺": {"white-horse"},
    "q=白馬寺": {"white-horse"},
    "q=baima+si": {"white-horse"},
    "q=Báimǎ+Sì": {"white-horse"},
    "q=baimasi": {"white-horse"},
    "q=bms": {"white-horse"},
    "q=White+Horse": {"white-horse"},
    "q=white+horse+temple+luoyang": {"white-horse"},
    "q=龙门": {"longmen"},
    "q=龍門": {"longmen"},
    "q=lóngmén": {"longmen"},
    "q=ＬＯＮＧＭＥＮ": {"longmen"},
    "q=石窟": {"longmen"},
    "q=1003": {"longmen"},
    "q=1-0037-4-004": {"longmen"},
    "q=temple": {"white-horse", "xiangguo"},
    "q=hidden": set(),
    "q=%00%27%22*": set(),
    "q=😀": set(),
    "kind=temple": {"white-horse", "xiangguo"},
    "kind=religious": {"white-horse", "longmen", "xiangguo"},
    "kind=temple&kind=grottoes": {"white-horse", "longmen", "xiangguo"},
    "kind=temple&place=luoyang": {"white-horse"},
    "era=han": {"white-horse"},
    "era=eastern-han&role=beginnings": {"white-horse"},
    "era=eastern-han&role=standing": set(),
    "era=qing&role=standing": {"white-horse"},
    "era=qing&era=tang": {"white-horse", "longmen"},
    "unesco=inscribed": {"longmen"},
    "unesco=part": {"canal"},
    "unesco=inscribed&unesco=part": {"longmen", "canal"},
    "unesco=listed": {"longmen", "canal"},
    "unesco=none": {"white-horse", "xiangguo"},
    "protection=national": {"white-horse", "longmen"},
    "region=asia-pacific": {"longmen", "canal"},
    "region=Africa": {"canal"},
    "region=africa&region=asia-pacific&kind=grottoes": {"longmen"},
    "inscribed=2000": {"longmen"},
    "inscribed=2001-2020": {"canal"},
    "place=henan": {"white-horse", "longmen", "xiangguo", "canal"},
    "place=kaifeng": {"xiangguo", "canal"},
    "place=luoyang&place=kaifeng&kind=temple": {"white-horse", "xiangguo"},
}


def test_finds(henan):
    assert {query: set(found(query)) for query in FINDS} == FINDS
    assert not [query for query in FINDS if filtered(query).errors]


UNKNOWN = ("kind=nothing", "era=y&era=x", "unesco=maybe", "place=%00", "sort=up", "role=x")


def test_an_unknown_value_is_named_and_narrows_nothing(henan):
    for query in UNKNOWN:
        assert query.partition("=")[0] in filtered(query).errors
        assert len(found(query)) == 4, query


def test_text_that_is_too_long_is_cut(henan):
    assert found("q=" + "longmen+" * 2_000) == ["longmen"]


SORTS = {
    ("", "en"): ["longmen", "canal", "white-horse", "xiangguo"],
    ("sort=name", "en"): ["canal", "xiangguo", "longmen", "white-horse"],
    ("sort=name", "zh-hans"): ["white-horse", "xiangguo", "longmen", "canal"],
    ("sort=oldest", "en"): ["white-horse", "longmen", "xiangguo", "canal"],
    ("sort=recent", "en"): ["canal", "xiangguo", "longmen", "white-horse"],
    ("sort=relevance", "en"): ["longmen", "canal", "white-horse", "xiangguo"],
    ("q=grottoes", "en"): ["longmen"],
}


def test_sorts(henan):
    assert {asked: found(*asked) for asked in SORTS} == SORTS


PROMINENCE = [  # what a record holds, the best known first
    {"prominence": 1149, "summary": ""},
    {"prominence": 1000, "summary": ""},
    {"summary": "Short.", "description": "Much to read.", "featured": 1},
    {"summary": "Short.", "description": "Much to read.", "featured": 20},
    {"description": "Much to read."},
    {"summary": "Short.", "world_heritage": True},
    {"summary": "Short.", "zh": "寺"},
    {"summary": "Short."},
    {"featured": 1, "zh": "寺", "world_heritage": True},  # no text: after all that have one
    {"world_heritage": True},
    {"zh": "寺"},
    {},
    {"prominence": 0, "summary": "Pushed down."},
]


def test_the_best_known_come_first_and_edits_move_them(db):
    names = [f"Temple {number}" for number in range(len(PROMINENCE))]
    for name, holds in sorted(zip(names, PROMINENCE, strict=True), reverse=True):
        holds = dict(holds)
        is_listed = holds.pop("world_heritage", False)
        texts = {key: text(holds.pop(key)) for key in ("summary", "description") if key in holds}
        site = make_site(name, holds.pop("zh", None), slug=name.lower().replace(" ", "-"), **texts)
        Site.objects.filter(pk=site.pk).update(**holds)
        if is_listed:
            make_coverage(site, make_designation("world_heritage", events=["1987"]))
    wanted = [f"temple-{number}" for number in range(len(names))]
    assert found("") == wanted
    # Of the equally close as well; the name itself is closer than all that begin with it.
    assert found("q=temple") == wanted
    assert found("q=temple+12") == ["temple-12"]
    last = Site.objects.get(slug="temple-11")
    last.prominence = 2000
    last.save()
    assert found("")[0] == "temple-11"
    assert found("sort=name")[:2] == ["temple-0", "temple-1"]


def test_what_happened_in_the_very_year_comes_before_longer_spans():
    for slug, date, prominence in (
        ("palace", "1420/1911", 900),
        ("tower", "1887/1889", 500),
        ("bridge", "1889", 100),
        ("gate", "1889", 200),
        ("other", "1500", 300),
    ):
        make_event(make_site(slug=slug, prominence=prominence), date=date)
    assert found("from=1889&to=1889") == ["gate", "bridge", "tower", "palace"]
    assert found("q=built+in+1889") == ["gate", "bridge", "tower", "palace"]
    assert found("from=1889&to=1889&sort=prominence") == ["palace", "tower", "gate", "bridge"]
    # Of a century the best known come first.
    assert found("from=1801&to=1900") == ["palace", "tower", "gate", "bridge"]


def test_what_is_said_to_be_the_utmost_comes_first():
    pagoda = make_kind("Pagoda", "塔", slug="pagoda")
    said = {"en": "It is held to be the oldest of its kind."}
    make_site("Iron Pagoda", slug="iron", kinds=[pagoda], prominence=900)
    make_site("Song Pagoda", slug="song", kinds=[pagoda], description=said, prominence=200)
    make_site("Wei Pagoda", slug="wei", kinds=[pagoda], summary=said, prominence=100)
    assert found("q=pagodas") == ["iron", "song", "wei"]
    for query in ("q=oldest+pagoda", "q=最古老的塔"):
        assert found(query) == ["wei", "song", "iron"]
        assert filtered(query).sorted_by_superlative == "oldest"
        assert filtered(f"{query}&sort=name").sorted_by_superlative == ""


def test_the_exact_name_comes_first():
    for name in ("A Temple of Light", "Light", "Light Tower", "Bright Light"):
        make_site(name)
    assert found("q=light")[:2] == ["light", "light-tower"]


def test_each_facet_is_counted_without_its_own_choice(henan):
    assert counts("", "kind") == {"religious": 3, "temple": 2, "grottoes": 1}
    assert counts("kind=temple", "kind") == {"religious": 3, "temple": 2, "grottoes": 1}
    assert counts("kind=temple", "place") == {"china": 2, "henan": 2, "luoyang": 1, "kaifeng": 1}
    assert counts("place=kaifeng", "kind") == {"religious": 1, "temple": 1}
    assert counts("", "era") == {"han": 1, "eastern-han": 1, "tang": 1, "qing": 1}
    assert counts("role=standing", "era") == {"tang": 1, "qing": 1}
    assert counts("", "unesco") == {"listed": 2, "inscribed": 1, "part": 1, "none": 2}
    assert counts("kind=temple", "unesco") == {"listed": 0, "inscribed": 0, "part": 0, "none": 2}
    assert counts("", "protection") == {"national": 2}


def test_a_chosen_value_is_shown_even_without_a_site(henan):
    assert counts("era=tang&kind=temple", "era")["tang"] == 0


def test_what_no_site_has_and_somebody_chose_is_shown(henan):
    assert counts("batch=national.98", "batch")["national.98"] == 0
    assert "national.98" not in counts("batch=national.99", "batch")
    assert counts("language=mt", "language")["mt"] == 0
    assert "mt" not in counts("", "language")


def test_regions_of_the_world_are_counted_and_described(henan):
    assert counts("", "region") == {"africa": 1, "asia-pacific": 2}
    assert counts("kind=grottoes", "region") == {"africa": 0, "asia-pacific": 1}
    (active,) = filtered("region=africa").active()
    assert (active.label, str(active.value), active.without) == (
        "Region of the world",
        "Africa",
        "",
    )
    with translation.override("zh-hans"):
        (active,) = filtered("region=africa").active()
        assert (active.label, str(active.value)) == ("世界区域", "非洲")
    assert "“atlantis” is not known here." in filtered("region=atlantis").problems()[0].message


def test_years_of_inscription_are_listed_and_a_span_counts_its_sites(henan):
    assert counts("", "inscribed") == {"2000": 1, "2014": 1}
    assert counts("inscribed=1990-2020", "inscribed") == {"2000": 1, "2014": 1, "1990-2020": 2}


def test_what_is_applied_says_itself_and_can_be_taken_off(henan):
    view = filtered("q=white&era=han&era=qing&role=standing&kind=temple&page=3")
    said = [(item.label, str(item.value), item.without) for item in view.active()]
    assert said == [
        ("Search", "white", "era=han&era=qing&role=standing&kind=temple"),
        ("Kind", "Temple", "q=white&era=han&era=qing&role=standing"),
        ("Era (what stands)", "Han", "q=white&era=qing&role=standing&kind=temple"),
        ("Era (what stands)", "Qing", "q=white&era=han&role=standing&kind=temple"),
    ]


@pytest.mark.parametrize(
    "limits",
    [{"_LONG": 0, "_SHARE": 1}, {"_FEW": 0}, {}],
    ids=["site by site", "by what is left out", "value by value"],
)
def test_counts_are_what_one_would_get(limits, monkeypatch):
    """Random catalogues and filters: each count equals the length of the list it leads to."""
    for limit, value in limits.items():
        monkeypatch.setattr(f"heritage.search.facets.base.{limit}", value)
    monkeypatch.setattr("heritage.search.counting._MANY", 0)  # all are remembered
    dice = random.Random(68)
    values = _catalogue(dice)
    for _ in range(12):
        query = QueryDict(mutable=True)
        for name in dice.sample(list(values), dice.randint(0, 3)):
            query.setlist(
                name, dice.sample(values[name], dice.randint(1, min(2, len(values[name]))))
            )
        asked = facet_counts(SiteFilter(query))
        assert facet_counts(SiteFilter(query)) == asked  # out of memory
        for facet in asked:
            for option in facet.options:
                alone = query.copy()
                alone.setlist(facet.name, [option.value])
                assert option.count == len(brute_force.matching(alone)), (query, option)


@change_set("command", all_or_nothing=True)
def _catalogue(dice: random.Random) -> dict[str, list[str]]:
    """Forty sites, and what may be asked of each filter."""
    kinds = [make_kind(slug=f"k{n}") for n in range(3)]
    kinds += [make_kind(slug=f"k{n}{m}", parent=kinds[n]) for n in range(3) for m in range(2)]
    eras = [make_era(slug=f"e{n}", span=f"{n + 1:04}/{n + 2:04}") for n in range(4)]
    places = [make_place(slug=f"p{n}") for n in range(2)]
    places += [make_place(slug=f"p{n}{m}", parent=places[n]) for n in range(2) for m in range(2)]
    listed = make_register("world_heritage")
    regions = [make_term(listed, code, "region") for code in ("africa", "europe")]
    units = [
        make_designation(register=listed, regions=regions[:1]),
        make_designation("protection"),
        make_designation(register=listed, events=["1999"], regions=regions),
    ]
    for _ in range(40):
        site = make_site(
            kinds=dice.sample(kinds, dice.randint(0, 3)),
            place=dice.choice([None, *places]),
            also_in=dice.sample(places, dice.randint(0, 2)),
        )
        for era in dice.sample(eras, dice.randint(0, 2)):
            make_event(site, dice.choice(["built", "fabric"]), first_era=era)
        for unit in dice.sample(units, dice.randint(0, 2)):
            make_coverage(site, unit, extent=dice.choice(["whole", "component"]))
    return {
        "kind": [kind.slug for kind in kinds],
        "era": [era.slug for era in eras],
        "place": [place.slug for place in places],
        "unesco": ["listed", "inscribed", "part", "none"],
        "protection": [units[1].register.slug],
        "region": [region.code for region in regions],
        "inscribed": ["1961", "1999", "1960-2000"],
    }


@pytest.mark.parametrize(
    ("near", "found"),
    [
        ("hill-fort", ["Hill fort"]),
        ("Hill Fort", ["Hill fort"]),
        ("loyang", ["Hill fort"]),
        ("LOYANG", ["Hill fort"]),
        ("洛阳", ["Hill fort"]),  # the city is broader than a county of its name
        ("nowhere", ["Far", "Hill fort"]),  # means nothing, and is left out
    ],
)
def test_near_a_town_or_a_site_by_name(near, found):
    city = {"latitude": 34.6, "longitude": 112.4, "level": "city"}
    make_place("Loyang", "洛阳", slug="loyang", **city)
    make_place(
        "Loyang County", "洛阳", slug="loyang-county", level="county", latitude=1, longitude=1
    )
    make_site("Hill fort", slug="hill-fort", latitude=34.7, longitude=112.5)
    make_site("Far", latitude=0, longitude=0)
    filtered = SiteFilter({"near": near})
    names = [str(site.name.best()) for site in Site.objects.filter(pk__in=list(filtered.hits))]
    assert sorted(names) == found
