"""Records full of related rows, for the tests of the visitors' pages.

Each is written as one change, and as a whole: what follows from its rows is worked out once, which
takes a ninth of the time that it takes after each of them, and the history is entered once.
"""

from collections.abc import Iterable
from datetime import date, time
from types import SimpleNamespace

from heritage.models import (
    Custodian,
    Identifier,
    IdentifierScheme,
    Notice,
    Opening,
    Price,
    Site,
    VisitingFact,
)
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.search.page_rows import site_rows
from heritage.search.page_rows.site_rows import SiteRows
from tests import builders as build

LANGUAGES = ("en", "zh-hans")


def rows_of(site: Site) -> SiteRows:
    """The rows of a site as its page reads them."""
    return site_rows.read_site(Site.objects.get(pk=site.pk), store.current().vocabulary)


@change_set("command", all_or_nothing=True)
def vocabulary() -> SimpleNamespace:
    """What records are described with: an era in an era, a kind in a kind, a chain of places."""
    china = build.make_place("China", "中国", level="country", slug="china")
    henan = build.make_place("Henan", "河南省", level="province", parent=china, slug="henan")
    luoyang = build.make_place("Luoyang", "洛阳市", level="city", parent=henan, slug="luoyang")
    religious = build.make_kind("Religious place", "宗教场所", slug="religious-place")
    return SimpleNamespace(
        china=china,
        henan=henan,
        luoyang=luoyang,
        county=build.make_place(
            "Luolong", "洛龙区", level="county", parent=luoyang, slug="luolong"
        ),
        religious=religious,
        temple=build.make_kind(
            "Temple", "寺庙", slug="temple", parent=religious, scene="buddhist-temple-zh", order=1
        ),
        bridge=build.make_kind("Bridge", "桥梁", slug="bridge"),
        han=build.make_era("Eastern Han", "东汉", span="0025/0220", slug="eastern-han"),
        tang=build.make_era("Tang", "唐", slug="tang", palette="cinnabar"),
        qing=build.make_era("Qing", "清", span="1644/1912", slug="qing"),
        unesco=build.make_register(
            "world_heritage",
            "World Heritage List",
            "世界遗产名录",
            slug="whl",
            short_label=build.text("World Heritage", "世界遗产"),
            uri_template="https://whc.unesco.org/en/list/{reference}",
            description=build.text("What the list is.", "名录是什么。"),
        ),
        national=build.make_register(
            "protection",
            "National units",
            "全国重点文物保护单位",
            slug="cn-national",
            short_label=build.text("National", "国保"),
        ),
        recalled=build.make_source("Recalled by the compilers", kind="recalled"),
        official=build.make_source(
            "An official list", url="https://example.org/list", seen_on=date(2026, 3, 4)
        ),
    )


@change_set("command", all_or_nothing=True)
def plain_site(words: SimpleNamespace, number: int, **fields) -> Site:
    """One of many in a list, with all that a card shows."""
    fields.setdefault("slug", f"temple-{number}")
    site = build.make_site(
        f"Temple {number}", f"寺{number}", kinds=[words.temple], place=words.county, **fields
    )
    build.make_event(
        site, "founded", f"{600 + number:04d}~", words.tang, certainty="traditional",
        source=words.recalled,
    )  # fmt: skip
    build.make_event(site, "fabric", "", words.tang, last_era=words.qing, source=words.official)
    entry = build.make_designation(register=words.national, reference=f"1-{number}")
    build.make_coverage(site, entry)
    build.make_image(site, licence=None, published=False)
    return site


def as_read(response) -> str:
    """A page with each run of white space as one space: lines are broken within its tags too."""
    return " ".join(response.content.decode().split())


@change_set("command", all_or_nothing=True)
def plain_sites(words: SimpleNamespace, numbers: Iterable[int]) -> list[Site]:
    return [plain_site(words, number) for number in numbers]


@change_set("command", all_or_nothing=True)
def full_site(words: SimpleNamespace) -> Site:
    """A record that says everything that a record can say."""
    site = build.make_site(
        "Longmen Grottoes",
        "龙门石窟",
        slug="longmen-grottoes",
        kinds=[words.temple, words.bridge],
        place=words.county,
        also_in=[words.henan],
        sources=[words.recalled, words.official],
        summary=build.text("Caves above a river.", "河畔石窟。"),
        description=build.text("Carved *long* ago.\n\n# Caves\n\n<script>x</script>", "久远。"),
        note=build.text("The year is in doubt.", "年代存疑。"),
        latitude=34.5556,
        longitude=112.4722,
        accuracy_m=3000,
        point_source=words.recalled,
        custodian=Custodian.objects.create(name=build.text("An academy"), url="https://a.example"),
        area_ha="331.5",
        featured=1,
    )
    _events(site, words)
    _registers(site, words)
    _names(site, words)
    _visiting(site, words)
    _disagreements(site, words)
    scheme = IdentifierScheme.objects.create(
        slug="wikidata", label=build.text("Wikidata"), uri_template="https://wd.example/{value}"
    )
    Identifier.objects.create(site=site, scheme=scheme, value="Q1")
    for number in range(2):
        build.make_image(
            site, file=build.picture_file(60 + number, 40), caption=build.text("A cave", "洞窟")
        )
    whole = plain_site(words, 901, latitude=34.6, longitude=112.5)
    part = plain_site(words, 902, latitude=34.7, longitude=112.6)
    build.make_part(site, whole)
    build.make_part(part, site)
    return site


def _disagreements(site: Site, words: SimpleNamespace) -> None:
    """About an event, an entry, and facts of the record itself."""
    begun = site.events.order_by("pk").first()
    entry = site.coverages.order_by("pk").first().designation
    shared = {"source": words.recalled, "other_source": words.official, "since": "2026-11"}
    build.make_disagreement(site, "date", event=begun, **shared)
    build.make_disagreement(site, "status", designation=entry, **shared)
    for fact in ("name", "point", "area", "visit", "other"):
        build.make_disagreement(site, fact, **shared)


def _events(site: Site, words: SimpleNamespace) -> None:
    build.make_event(
        site, "begun", "0493~", words.han, certainty="traditional", source=words.recalled,
        note=build.text("After the court moved.", "迁都之后。"),
    )  # fmt: skip
    build.make_event(
        site, "enlarged", "0675?", words.tang, certainty="approximate", source=words.official
    )
    build.make_event(site, "fabric", "", words.tang, last_era=words.qing)


def _registers(site: Site, words: SimpleNamespace) -> None:
    region = build.make_term(words.unesco, "asia", "region", "Asia", "亚洲")
    criterion = build.make_term(words.unesco, "ii", "criterion", "An exchange", "交流")
    category = build.make_term(words.national, "4", "category", "Grottoes", "石窟寺及石刻")
    property_ = build.make_designation(
        register=words.unesco, reference="1003", name=build.text("Longmen property", "龙门遗产"),
        events=["2000", ("in_danger", "2003"), ("out_of_danger", "2007"), ("extended", "2010")],
        criteria=[criterion], regions=[region], states=[words.china], source=words.official,
    )  # fmt: skip
    build.make_coverage(site, property_, "component", component_reference="1003-001")
    build.make_coverage(plain_site(words, 903, latitude=34.8, longitude=112.7), property_)
    national = build.make_designation(
        register=words.national, reference="1-0037-4-004", batch=1, era_text="北魏至唐",
        category=category, note=build.text("A note.", "附注。"), source=words.recalled,
    )  # fmt: skip
    build.make_coverage(site, national)
    old = build.make_designation(
        register=words.national, reference="old-1", superseded_by=national,
        events=["1956", ("superseded", "1961")],
    )  # fmt: skip
    build.make_coverage(site, old)
    rating = build.make_register("rating", "Rated attractions", "旅游景区", slug="rating")
    grade = build.make_term(rating, "5A", "category", "AAAAA", "5A级")
    build.make_coverage(site, build.make_designation(register=rating, category=grade, events=[]))


def _names(site: Site, words: SimpleNamespace) -> None:
    build.make_name(site, "Lóngmén Shíkū", "romanised", "zh-latn-pinyin")
    build.make_name(site, "龍門石窟", "script", "zh-hant")
    build.make_name(
        site, "كهوف لونغمن", "alternative", "ar", note=build.text("In a list."),
        source=words.official,
    )  # fmt: skip


def _visiting(site: Site, words: SimpleNamespace) -> None:
    checked = {"site": site, "source": words.official, "checked_on": date(2026, 5, 6)}
    Opening.objects.create(
        **checked, season_from="04-01", season_to="10-31", weekdays="123457",
        opens=time(8), closes=time(18), last_entry=time(17, 30),
    )  # fmt: skip
    Opening.objects.create(**checked, weekdays="6")
    Price.objects.create(**checked, label=build.text("Adults", "成人"), amount=90)
    Price.objects.create(**checked, label=build.text("Children", "儿童"), amount=0)
    VisitingFact.objects.create(**checked, kind="website", value="https://longmen.example/")
    VisitingFact.objects.create(**checked, kind="phone", value="+86 379 1234")
    VisitingFact.objects.create(**checked, kind="getting_there", text=build.text("By bus."))
    VisitingFact.objects.create(site=site, kind="other", text=build.text("Never checked."))
    Notice.objects.create(site=site, text=build.text("Repairs."), is_closed=True, ends="2999-01-31")
    Notice.objects.create(site=site, text=build.text("Long past."), ends="2001-01-31")
