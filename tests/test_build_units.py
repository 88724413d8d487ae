"""Texts and events of protected units: what is written into the fixture, and what is refused."""

import pytest

from fixtures.build import national_units, unit_texts
from fixtures.build.files import Index, item
from fixtures.build.tables import TableError

CODES = {"1-0001-1-001", "1-0002-1-002"}
ENGLISH, CHINESE = " ".join(["word"] * 40) + ".", "字" * 70 + "。"
UNITS = """code,batch,year,category,name_zh,name_en,pinyin,era_listed,eras,date,kind,place,other_zh
1-0001-1-001,1,1961,ancient-sites,甲遗址,Site A,Jiǎ,周,zhou,,city,place-a,
1-0002-1-002,1,1961,ancient-sites,乙遗址,Site B,Yǐ,周,zhou,,city,place-a,
"""
TEXT_HEAD = "code,summary_en,summary_zh,sources,basis,note_en,note_zh"
EVENT_HEAD = "code,kind,date,eras,certainty,basis,note_en,note_zh"
A = "1-0001-1-001"


@pytest.fixture
def tables(tmp_path):
    def write(texts=(), events=()):
        for name, head, lines in (
            (unit_texts.TEXTS, TEXT_HEAD, texts),
            (unit_texts.EVENTS, EVENT_HEAD, events),
        ):
            (tmp_path / name).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return unit_texts.read(tmp_path, CODES)

    return write


def test_what_was_written_stands_in_the_fixture(tables, tmp_path):
    written = tables(
        [f"{A},{ENGLISH},{CHINESE},source-x,recalled,A doubt.,存疑。"],
        [f"{A},excavated,1954,,,recalled,,", f"{A},excavated,2002,zhou,,source-x,,"],
    )
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    units = national_units.read(tmp_path / "units.csv")
    others = Index()
    others.add([item("place", "place-a", slug="a"), item("source", "source-x")])
    others.add([item("era", "era-zhou"), item("kind", "kind-city")])
    assert not [*national_units.unknown(units, others), *unit_texts.unknown(written, others)]
    rows = {
        row["fields"]["uid"]: row["fields"] for row in national_units.rows(units, others, written)
    }
    site = rows[f"cn-{A}"]
    assert site["summary"] == {"en": ENGLISH, "zh-hans": CHINESE}
    assert site["note"] == {"en": "A doubt.", "zh-hans": "存疑。"}
    assert ["source-x"] in site["sources"] and ["source-recalled"] in site["sources"]
    assert rows[f"cn-{A}.event.excavated"]["source"] == ["source-recalled"]
    assert rows[f"cn-{A}.event.excavated-2"]["source"] == ["source-x"]
    assert rows[f"cn-{A}.event.excavated-2"]["first_era"] == ["era-zhou"]
    assert "summary" not in rows["cn-1-0002-1-002"]


def test_a_text_of_the_register_alone_may_be_short(tables):
    english, chinese = " ".join(["word"] * 20), "字" * 30
    assert tables([f"{A},{english},{chinese},,register,,"]).texts[A].basis == "register"


@pytest.mark.parametrize(
    "line, column, reason",
    [
        (f"9-9999-1-999,{ENGLISH},{CHINESE},,recalled,,", "code", "henan_units.csv"),
        (f"{A},{ENGLISH},,,recalled,,", "summary_en", "both languages"),
        (f"{A},too short,{CHINESE},,recalled,,", "summary_en", "2 words; 35 to 70"),
        (f"{A},{ENGLISH},太短,,recalled,,", "summary_zh", "2 characters; 60 to 130"),
        (f"{A},word,{CHINESE},,register,,", "summary_en", "1 words; 15 to 70"),
        (f"{A},{ENGLISH},{CHINESE},,hearsay,,", "basis", "source, recalled or register"),
        (f"{A},{ENGLISH},{CHINESE},,source,,", "sources", "name the source"),
        (f"{A},{ENGLISH},{CHINESE},,recalled,A doubt.,", "note_en", "both languages"),
    ],
)
def test_a_fault_of_a_text_is_told_with_its_place(tables, line, column, reason):
    with pytest.raises(TableError) as error:
        tables([line])
    (fault,) = error.value.faults
    assert (fault.file, fault.line, fault.column) == (unit_texts.TEXTS, 2, column)
    assert reason in fault.reason


def test_a_unit_has_one_text(tables):
    line = f"{A},{ENGLISH},{CHINESE},,recalled,,"
    with pytest.raises(TableError, match="line 3, code: this unit has a text already"):
        tables([line, line])


@pytest.mark.parametrize(
    "line, column",
    [
        ("9-9999-1-999,built,0200,,,recalled,,", "code"),
        (f"{A},erected,0200,,,recalled,,", "kind"),
        (f"{A},built,round 200,,,recalled,,", "date"),
        (f"{A},built,,,,recalled,,", "eras"),
        (f"{A},built,0200,,sure,recalled,,", "certainty"),
        (f"{A},built,0200,,,,,", "basis"),
        (f"{A},built,0200,,,recalled,a note,", "note_en"),
        (f"{A},founded,1951,,,recalled,national park,国家公园", "kind"),
    ],
)
def test_a_fault_of_an_event_is_told_with_its_place(tables, line, column):
    with pytest.raises(TableError) as error:
        tables(events=[line])
    assert [(fault.file, fault.line, fault.column) for fault in error.value.faults] == [
        (unit_texts.EVENTS, 2, column)
    ]


def test_what_no_fixture_has_is_told(tables):
    written = tables(
        [f"{A},{ENGLISH},{CHINESE},source-y,recalled,,"],
        [f"{A},built,0200,lost-era,,source-z,,"],
    )
    told = "\n".join(unit_texts.unknown(written, Index()))
    assert all(name in told for name in ("source-y", "source-z", "era-lost-era"))


def test_texts_are_counted_by_their_basis(tables):
    written = tables(
        [
            f"{A},{ENGLISH},{CHINESE},,recalled,,",
            f"1-0002-1-002,{ENGLISH},{CHINESE},,register,,",
        ],
        [f"{A},built,0200,,,recalled,,"],
    )
    assert unit_texts.counts(written, {*CODES, "1-0003-1-003"}) == (
        "Henan’s units: 2 of 3 have a text (0 source, 1 recalled, 1 register); 1 events of 1 units"
    )


@pytest.mark.parametrize(
    ("code", "category", "reference", "kind"),
    [
        ("7-0001-1-001", "ancient-sites", "7-0001-1-001", "dated"),
        ("7-0002-2-002", "ancient-tombs", "7-0002-2-002", "dated"),
        ("7-0003-5-003", "modern-historic", "7-0003-5-003", "dated"),
        ("7-0004-3-004", "ancient-buildings", "7-0004-3-004", "fabric"),
        ("8-0000-4-003", "stone-carvings", "", "fabric"),  # the data set’s number, not the list’s
    ],
)
def test_an_entry_has_the_number_of_the_list_and_its_era_what_it_dates(
    tmp_path, code, category, reference, kind
):
    head = UNITS.splitlines()[0]
    line = f"{code},{code[0]},1961,{category},甲,Site A,Jiǎ,夏、商,xia; shang,,city,place-a,"
    (tmp_path / "units.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    others = Index()
    others.add([item("place", "place-a", slug="a")])
    rows = list(national_units.rows(national_units.read(tmp_path / "units.csv"), others))
    (entry,) = [row["fields"] for row in rows if row["model"] == "heritage.designation"]
    assert (entry["uid"], entry["reference"]) == (f"cn-national-{code}", reference)
    events = [row["fields"] for row in rows if row["model"] == "heritage.event"]
    assert [(each["kind"], each["first_era"]) for each in events] == [
        (kind, ["era-xia"]), (kind, ["era-shang"]),
    ]  # fmt: skip
    assert {each["uid"] for each in events} == {
        f"cn-{code}.event.{kind}", f"cn-{code}.event.{kind}-2",
    }  # fmt: skip
