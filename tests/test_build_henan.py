"""The Henan fixture from its tables: what follows, what is kept, what is refused."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from fixtures.build import henan, henan_cells, henan_choices, henan_events, make_henan
from fixtures.build.command import CommandError
from fixtures.build.files import Index, item, key
from fixtures.build.henan_cells import Eras
from fixtures.build.henan_facts import read_facts, read_units
from fixtures.build.henan_keeping import as_text
from fixtures.build.tables import TableError
from tests.test_build_facts import table

ROW = {
    "name_en": "Crane Temple", "name_zh": "鹤云寺", "pinyin": "Hèyún Sì", "kind": "temple",
    "city": "Luoyang", "county": "Xin'an", "latitude": "34.5", "longitude": "112.5",
    "coord_source": "recalled, approximate (about 1-3 km)", "eras": "Eastern Han; Jin (金)-Qing",
    "earliest_year": "68", "era_zh_listed": "金至清", "unesco_id": "", "unesco_property": "",
    "protection_code": "1-0001-3-001", "protection_batch": "1", "protection_year": "1961",
    "protection_category": "ancient-buildings", "aaaaa": "", "wikidata_qid": "",
    "source": "name: lingdian1226/x; earliest year: recalled", "earliest_event": "founded",
    "certainty": "traditional",
}  # fmt: skip
UNIT = {
    "code": "1-0001-3-001", "batch": "1", "year": "1961", "name": "鹤云寺",
    "category": "ancient-buildings", "era": "金至清",
}  # fmt: skip
ERAS = (
    ("neolithic", "Neolithic", "新石器时代", "-9999~/-1899~", ""),
    ("yangshao", "Yangshao culture", "仰韶文化", "-4999~/-2999~", "neolithic"),
    ("longshan", "Longshan culture", "龙山文化", "-2999~/-1899~", "neolithic"),
    ("late-shang", "Late Shang (Yin)", "殷", "-1299~/-1045~", ""),
    ("eastern-han", "Eastern Han Dynasty", "东汉", "0025/0220", ""),
    ("jin-266", "Jin Dynasty (266–420)", "晋", "0266/0420", ""),
    ("tang", "Tang Dynasty", "唐", "0618/0907", ""),
    ("song", "Song Dynasty", "宋", "0960/1279", ""),
    ("northern-song", "Northern Song Dynasty", "北宋", "0960/1127", "song"),
    ("jin-1115", "Jin Dynasty (1115–1234)", "金", "1115/1234", ""),
    ("qing", "Qing Dynasty", "清", "1644/1912", ""),
    ("prc", "People’s Republic of China", "中华人民共和国", "1949/..", ""),
)


def vocabularies() -> list[dict]:
    rows = [
        item(
            "era", f"era-{slug}", label={"en": english, "zh-hans": chinese}, span=span,
            **({"parent": key(f"era-{parent}")} if parent else {}),
        )
        for slug, english, chinese, span, parent in ERAS
    ]  # fmt: skip
    rows += [item("kind", f"kind-{kind}") for kind in ("temple", "canal", "buddhist-temple")]
    city = "place-cn-henan-luoyang"
    rows.append(item("place", city, label={"en": "Luoyang"}, parent=key("place-cn-henan")))
    rows += [
        item("place", f"{city}-{name[:3].lower()}", label={"en": name}, parent=key(city))
        for name in ("Xin'an", "Yanshi")
    ]
    category = "cn-national.category.ancient-buildings"
    rows.append(item("registerterm", category, register=["cn-national"], code="ancient-buildings"))
    return rows


@pytest.fixture
def index():
    others = Index()
    others.add(vocabularies())
    return others


@pytest.fixture
def eras(index):
    return Eras.of(index)


@pytest.fixture
def make(tmp_path, index, eras):
    """The rows that are made of changed lines, by uid; `there` is the fixture before."""

    def run(*changes, there=(), units=({},), cited=None) -> dict[str, dict]:
        facts = read_facts(table(tmp_path, *(changes or ({},)), row=ROW), eras)
        listed = read_units(table(tmp_path, *units, name="units.csv", row=UNIT))
        run.made = henan.make(facts, listed, list(there), index, cited=cited or {})
        return {row["fields"]["uid"]: row["fields"] for row in run.made.items}

    return run


# --- what follows ----------------------------------------------------------------------------


def test_a_site_from_its_line(make):
    made = make()
    site = made["crane-temple"]
    assert site["name"] == {"en": "Crane Temple", "zh-hans": "鹤云寺"}
    assert site["kinds"] == [["kind-temple"]]
    assert site["place"] == ["place-cn-henan-luoyang-xin"] and "also_in" not in site
    assert (site["precision"], site["accuracy_m"]) == ("approximate", 3000)
    assert site["sources"] == [
        ["source-cn-national-batch-1"], ["source-cn-national-list"], ["source-recalled"],
    ]  # fmt: skip
    assert site["state"] == "published"
    assert made["crane-temple.name.zh-latn-pinyin"]["text"] == "Hèyún Sì"
    assert made["crane-temple.name.zh-hant"]["text"] == "鶴雲寺"
    founded = made["crane-temple.event.founded"]
    assert (founded["date"], founded["first_era"]) == ("0068", ["era-eastern-han"])
    fabric = made["crane-temple.event.fabric"]
    assert (fabric["first_era"], fabric["last_era"]) == (["era-jin-1115"], ["era-qing"])
    assert fabric["source"] == ["source-cn-national-batch-1"]
    unit = made["cn-national-1-0001-3-001"]
    assert (unit["batch"], unit["era_text"], unit["name"]) == (1, "金至清", {"zh-hans": "鹤云寺"})
    assert made["crane-temple.coverage.cn-national-1-0001-3-001"]["extent"] == "whole"


@pytest.mark.parametrize(
    ("change", "uid", "wanted"),
    [
        ({"earliest_year": "-1300", "eras": "Late Shang (Yin)", "certainty": "approximate"},
         "crane-temple.event.founded", {"date": "-1299~"}),
        ({"county": ""}, "crane-temple", {"place": ["place-cn-henan-luoyang"]}),
        ({"county": "Xin'an/Yanshi"}, "crane-temple",
         {"place": ["place-cn-henan-luoyang"],
          "also_in": [["place-cn-henan-luoyang-xin"], ["place-cn-henan-luoyang-yan"]]}),
        ({"name_en": "Crane Temple (Xin'an)"}, "crane-temple",
         {"name": {"en": "Crane Temple (Xin’an)", "zh-hans": "鹤云寺"}}),
        ({"source": "recalled, corrected: pinyin"}, "crane-temple.name.zh-latn-pinyin",
         {"source": ["source-recalled"]}),
        ({"wikidata_qid": "Q42"}, "crane-temple.identifier.wikidata", {"value": "Q42"}),
        ({"aaaaa": "yes"}, "cn-rating-crane-temple",
         {"name": {"en": "Crane Temple", "zh-hans": "鹤云寺"}}),
        ({"aaaaa": "yes"}, "crane-temple.coverage.cn-rating-crane-temple", {"extent": "whole"}),
        # The list names the rated area, and it is wider.
        ({"aaaaa": "yes", "name_en": "Red Flag Canal"}, "cn-rating-red-flag-canal",
         {"name": {"en": "Red Flag Canal and Taihang Grand Canyon scenic area",
                   "zh-hans": "红旗渠·太行大峡谷"}}),
        ({"aaaaa": "yes", "name_en": "Red Flag Canal"},
         "red-flag-canal.coverage.cn-rating-red-flag-canal", {"extent": "component"}),
        ({"unesco_id": "7", "unesco_property": "Cranes"}, "crane-temple.coverage.whl-7",
         {"extent": "component", "source": ["source-recalled"]}),
        ({"unesco_id": "7", "unesco_property": "Crane Temple"}, "crane-temple.coverage.whl-7",
         {"extent": "whole", "source": ["source-unesco-list-2025"]}),
    ],
)  # fmt: skip
def test_cell_by_cell(make, change, uid, wanted):
    found = make(change)[uid]
    assert {name: found[name] for name in wanted} == wanted


def test_a_source_that_bears_an_event_out_takes_the_mark_away(make, index):
    index.add([item("source", "source-annals", kind="publication")])
    assert make()["crane-temple.event.founded"]["source"] == [henan_cells.RECALLED]
    made = make(cited={"crane-temple.event.founded": "source-annals"})
    assert made["crane-temple.event.founded"]["source"] == ["source-annals"]


@pytest.mark.parametrize(
    ("event", "source", "reason"),
    [
        ("crane-temple.event.burnt", henan_cells.NATIONAL_LIST, "no event “crane-temple.event.bu"),
        ("crane-temple.event.founded", "source-rumour", "no fixture has the source “source-rum"),
    ],
)
def test_a_cited_event_and_its_source_must_be_there(make, index, event, source, reason):
    index.add([item("source", henan_cells.NATIONAL_LIST, kind="dataset")])
    with pytest.raises(TableError, match=reason):
        make(cited={event: source})


def test_an_event_is_cited_once(tmp_path):
    rows = "event,source\na.event.built,source-a\na.event.built,source-b\n"
    (tmp_path / "henan_events.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(TableError, match=r"henan_events\.csv, line 3, event: it has a row already"):
        henan_events.read(tmp_path)


def test_what_stands_without_a_listing_of_its_own_is_recalled(make):
    bare = {"protection_code": "", "era_zh_listed": "", "eras": "Eastern Han; Tang-Song"}
    fabric = make(bare)["crane-temple.event.fabric"]
    assert (fabric["first_era"], fabric["last_era"]) == (["era-tang"], ["era-song"])
    assert fabric["source"] == ["source-recalled"]


def test_a_broad_listed_era_is_narrowed_by_the_table(make):
    change = {"eras": "Eastern Han; Northern Song", "era_zh_listed": "宋", "protection_code": ""}
    assert make(change)["crane-temple.event.fabric"]["first_era"] == ["era-northern-song"]


def test_listed_years_are_a_date(make):
    change = {"eras": "Eastern Han; Qing; People's Republic of China", "protection_code": ""}
    fabric = make({**change, "era_zh_listed": "1903～1969年"})["crane-temple.event.fabric"]
    assert fabric["date"] == "1903/1969"
    assert (fabric["first_era"], fabric["last_era"]) == (["era-qing"], ["era-prc"])


def test_one_unit_may_cover_several_sites(make):
    shared = {"name_en": "Crane Pagoda", "name_zh": "鹤云塔", "era_zh_listed": ""}
    made = make(
        {}, {**shared, "source": "merged, seen in a builder script", "protection_batch": "4"}
    )
    part = made["crane-pagoda.coverage.cn-national-1-0001-3-001"]
    assert (part["extent"], part["source"]) == ("component", ["source-cn-national-batch-4"])


def test_a_point_of_a_part_is_tied_to_its_site(make):
    points = [
        item("componentpoint", f"whl-7.point.{n}", designation=key("whl-7"), number=n,
             latitude=34.5, longitude=longitude)
        for n, longitude in ((1, 112.5), (2, 113.0))
    ]  # fmt: skip
    change = {"unesco_id": "7", "unesco_property": "Cranes", "coord_source": "component point"}
    made = make(change, there=points)
    assert made["whl-7.point.1"]["site"] == ["crane-temple"]
    assert "site" not in made["whl-7.point.2"]


# --- what is kept ----------------------------------------------------------------------------


def test_words_are_kept_and_facts_follow_the_table(make):
    make()
    there = json.loads(as_text(make.made.items))
    site = there[0]["fields"]
    site |= {"summary": {"en": "Words."}, "featured": 3, "slug": "cranes", "latitude": 1.0}
    site["sources"].append(["source-book"])
    site["name"]["fr"] = "Temple des grues"
    made = make({"latitude": "35.0"}, there=there)["crane-temple"]
    assert (made["summary"], made["featured"], made["slug"]) == ({"en": "Words."}, 3, "cranes")
    assert (made["latitude"], made["name"]["fr"]) == (35.0, "Temple des grues")
    assert made["sources"][-1] == ["source-book"]


def test_hand_made_rows_are_kept_in_their_place(make):
    make()
    there = json.loads(as_text(make.made.items))
    byname = item("name", "crane-temple.name.old", site=key("crane-temple"), text="鹤寺")
    there.insert(2, byname)
    uids = list(make({}, {"name_en": "Crane Hall", "protection_code": ""}, there=there))
    assert uids[:3] == ["crane-temple", "crane-temple.name.zh-latn-pinyin", "crane-temple.name.old"]
    # A new site comes after those that were there, and before the registers.
    assert uids.index("crane-temple.event.fabric") < uids.index("crane-hall")
    assert uids.index("crane-hall.event.fabric") < uids.index("cn-national-1-0001-3-001")
    assert make.made.items[2] == byname


def test_making_twice_changes_nothing(make):
    make()
    there = json.loads(as_text(make.made.items))
    make(there=there)
    assert make.made.items == there


def test_a_site_that_the_table_no_longer_has_is_kept_and_named(make):
    make(there=[item("site", "old-mill", summary={"en": "A mill."})])
    assert "old-mill: not in the table, kept" in make.made.remarks


def test_remarks_name_what_is_not_told_yet(make):
    make({"earliest_event": "founded (by a crane)"})
    assert make.made.remarks == [
        "crane-temple: no summary yet",
        "crane-temple.event.founded: no note yet; the table says: by a crane",
    ]


def test_every_choice_by_hand_is_of_use():
    """What stands in the list of choices is there in the fixture, and says why."""
    fixture = (Path(settings.FIXTURE_DIRS[0]) / henan.OWN).read_text(encoding="utf-8")
    rows = {row["fields"]["uid"]: row["fields"] for row in json.loads(fixture)}
    for uid, choice in henan_choices.DEVIATIONS.items():
        assert choice.reason and rows[uid].items() >= choice.value.items(), uid
    for choice in henan_choices.NAMES.values():
        assert any(row.get("name", {}).get("en") == choice.value for row in rows.values())
    for uid, choice in henan_choices.KINDS.items():
        assert rows[uid]["kinds"] == [[kind] for kind in choice.value]
    assert {*henan_choices.UIDS.values(), *henan_choices.FIRST_EVENTS} <= rows.keys()
    assert {f"cn-rating-{name}" for name in henan_choices.RATINGS.values()} <= rows.keys()


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "castle in the air"}, "there is no kind"),
        ({"city": "Rome"}, "there is no place"),
        ({"county": "Rome"}, "there is no place"),
        ({"earliest_year": "700"}, "lies in none of the eras"),
        ({"earliest_year": "0"}, "earliest_year: There is no year 0"),
        ({"certainty": "perhaps"}, "certainty: “perhaps”"),
        ({"latitude": ""}, "latitude: nothing stands here"),
        ({"protection_code": "1-37"}, "no code of the national list"),
        ({"protection_code": "9-9999-9-999"}, "is not in the national list"),
        ({"protection_batch": "2"}, "batch “2”, the national list has “1”"),
        ({"era_zh_listed": "清"}, "era “清”, the national list has “金至清”"),
        ({"name_en": "Crane Temple of " + "very " * 12 + "old cranes"}, "longer than 80"),
    ],
)
def test_what_cannot_be_is_named(make, change, reason):
    with pytest.raises(TableError, match=reason):
        make(change)


def test_two_sites_of_one_name_are_refused(make):
    with pytest.raises(TableError, match="made twice"):
        make({}, {"protection_code": ""})


def test_all_that_is_wrong_is_told_at_once(make):
    with pytest.raises(TableError) as error:
        make({"certainty": "perhaps", "eras": "Atlantis"}, {"earliest_event": "dreamt"})
    assert [(fault.line, fault.column) for fault in error.value.faults] == [
        (2, "eras"), (2, "certainty"), (3, "earliest_event"),
    ]  # fmt: skip


# --- the command -----------------------------------------------------------------------------


def test_the_command_writes_once_and_checks(tmp_path, capsys):
    folder = tmp_path / "fixtures"
    folder.mkdir()
    (folder / "words.json").write_text(json.dumps(vocabularies()), encoding="utf-8")
    units = table(tmp_path, {}, name="units.csv", row=UNIT)

    def run(change, *options):
        facts = table(tmp_path, change, row=ROW)
        records = f"--records={tmp_path}"
        make_henan.main(
            [f"--facts={facts}", f"--units={units}", f"--to={folder}", records, *options]
        )
        return capsys.readouterr().out

    with pytest.raises(CommandError, match="Not what the tables say"):
        run({}, "--check")
    assert not (folder / "henan.json").exists()
    assert "henan.json: " in run({})
    written = (folder / "henan.json").read_bytes()
    assert run({}, "--check").endswith("The file is what the tables say.\n")
    with pytest.raises(CommandError, match="Not what the tables say"):
        run({"latitude": "35"}, "--check")
    with pytest.raises(CommandError, match="Nothing was written"):
        run({"kind": "castle"})
    assert (folder / "henan.json").read_bytes() == written
