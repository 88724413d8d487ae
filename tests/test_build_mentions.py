"""Numbers and names in texts; a summary says no more than its sources, or is marked."""

from decimal import Decimal

import pytest

from fixtures.build import (
    facts,
    files,
    make_mentions,
    mentions,
    national_units,
    records,
    summary_sources,
    unit_texts,
    world_heritage,
)
from fixtures.build.command import FIXTURES, MENTIONS
from fixtures.build.mentions import Mentions, Sources
from fixtures.build.tables import TableError
from tests.test_build_facts import table
from tests.test_build_world_heritage import vocabularies

NUMBERS = [
    ("In 1775 the duke came, and left in 1832.", "1775 1832"),
    ("From 1775–1832 it grew 1,500 metres.", "1775 1832 1500"),
    ("12 000 people and 35 000 more", "12000 35000"),
    ("A tower of 17.14 m, 65m-tall, of the 12th century", "17.14 65 12"),
    ("about 3.2 million years, 3.6 to 3.25 billion", "3200000 3600000000 3250000000"),
    ("the 1960s", "1960"),
    ("thirty-six stones, two hundred and four steps, fifteen thousand people", "36 204 15000"),
    ("in the twelfth century, on the twentieth day", "12 20"),
    ("one of the first two towns, and a second of four", ""),
    ("hundreds of thousands of birds", ""),
    ("公元前5世纪，十二世纪，一九五四年", "5 12 1954"),
    ("断崖直落一千五百米，鸟类二百六十种，三十二块石碑", "1500 260 32"),
    ("距今约320万年，居民1.5万，36亿年", "3200000 15000 3600000000"),
    ("20世纪80年代", "20 1980 80"),
    ("一座佛寺，三峡，数十座，千佛洞，五台山", ""),
]


@pytest.mark.parametrize(("text", "wanted"), NUMBERS)
def test_numbers_in_digits_and_in_words(text, wanted):
    assert mentions.numbers(text) == set(map(Decimal, wanted.split()))


LABELS = {"唐朝": "Tang Dynasty", "西班牙": "Spain", "希腊": "Greece", "苏丹": "Sudan"}
THERE = Mentions(
    frozenset(map(Decimal, ("1775", "17.14", "12"))),
    frozenset(["weimar", "goethe", "gothic", "portugal", "spain", "tang"]),
    frozenset(("约翰·沃尔", "沃尔夫冈", "希腊", "奥杜瓦伊", "芒库布米")),
)


@pytest.fixture
def sources():
    names = frozenset(["herder", "weimar", "goethe"])
    return Sources(
        {7: THERE}, LABELS, names, frozenset({"river", "old", "dynasty", "rooms", "tower"})
    )


BEYOND = [
    ("The Old River of Goethe at Weimar, 1775.", "", []),
    ("A tower 17 m high of the 12th century.", "", []),
    ("A tower 18 m high.", "", ["18"]),
    ("There lived Herder.", "", ["herder"]),
    ("Herder lived there.", "", ["herder"]),  # a name elsewhere, so here too
    ("Thousands lived there.", "", []),
    ("Spanish, Portuguese and Goethe’s Gothic rooms.", "", []),
    ("The French rooms.", "", ["french"]),
    ("", "1775年，希腊与西班牙", []),
    ("", "1832年", ["1832"]),
    ("", "约翰·沃尔夫冈", []),
    ("", "塞巴·约翰斯蒂安", ["塞巴·约翰"]),
    ("", "奥杜威的苏丹芒库布米", []),
    ("", "霍普维尔与贝加尔", ["贝加尔", "霍普维尔"]),
    ("", "唐朝的《圣经》，苏丹所建", ["《圣经》"]),
]


@pytest.mark.parametrize(("english", "chinese", "wanted"), BEYOND)
def test_what_a_summary_says_beyond_its_sources(sources, english, chinese, wanted):
    assert sources.outrun(7, {"en": english, "zh-hans": chinese}) == wanted


def test_without_a_source_at_hand_all_is_beyond_it(sources):
    assert sources.outrun(8, {"en": "A tower.", "zh-hans": "塔。"})


def test_the_table_holds_numbers_and_names_and_no_sentences(tmp_path):
    english = {7: "Goethe lived in Weimar from 1775. His house is baroque.", 9: "Of the Baroque."}
    written = make_mentions.table(english, {7: "歌德1775年来到西班牙。"}, LABELS)
    assert written.splitlines()[1:] == ["7,1775,baroque weimar,1,西班牙,,", "9,,baroque,,,,"]
    (tmp_path / "m.csv").write_text(written, encoding="utf-8")
    assert mentions.read(tmp_path / "m.csv")[7].names == {"baroque", "weimar"}


NAMED = [
    ("en", "Goethe’s House", "said"),  # whatever its apostrophe and capitals
    ("en", "House", "said"),
    ("en", "Hous", ""),  # no word of its own
    ("de", "Goethehaus", ""),  # there is no official text in German
    ("en", "Classical Weimar", "listed"),
    ("zh-hans", "歌德故居", "said"),
]


@pytest.mark.parametrize(("language", "name", "where"), NAMED)
def test_a_name_rests_on_the_official_text_that_has_it(tmp_path, language, name, where):
    texts = {
        (7, "en"): ["In Weimar goethe's house is open.", "Classical Weimar"],
        (7, "zh-hans"): ["歌德故居", ""],
    }
    further = make_mentions.names_in(texts, {7: {(language, name)}})
    (tmp_path / "m.csv").write_text(make_mentions.table({7: "A."}, {}, LABELS, further), "utf-8")
    found = mentions.read(tmp_path / "m.csv")[7]
    bases = {"said": records.BASES["source"], "listed": records.LIST, "": "source-recalled"}
    assert records.source_of_name(language, name, found) == bases[where]


def _tables(tmp_path, basis, summary="A kiln of 1775."):
    found = facts.read_properties(table(tmp_path, {}))
    text = {"en": summary, "zh-hans": "窑。"}
    record = records.Record(7, ("kiln",), (), text, basis, {})
    written = records.Records({7: record}, {}, {}, {})
    return world_heritage.Tables(found, [], {}, written=written, described={7: THERE})


def _others():
    others = vocabularies()
    others.add([files.item("kind", "kind-kiln")])
    return others


def test_a_summary_that_outruns_its_sources_is_refused_unless_marked(tmp_path):
    beyond = _tables(tmp_path, "source", "A kiln of 1775 that Herder saw.")
    with pytest.raises(TableError, match="property 7: no source of the summary has herder"):
        world_heritage.make(beyond, _others())
    for given, wanted in (
        (_tables(tmp_path, "source"), ["list-2025", "descriptions-2025"]),
        (_tables(tmp_path, "recalled"), ["list-2025", "descriptions-2025", "recalled"]),
    ):
        made = world_heritage.make(given, _others()).files["world_heritage_sites_africa.json"]
        for name in ("list-2025", "descriptions-2025", "recalled"):
            assert (f'"source-unesco-{name}"' in made or f'"source-{name}"' in made) == (
                name in wanted
            )


def test_a_property_that_has_no_description_does_not_cite_one(tmp_path):
    given = _tables(tmp_path, "recalled")
    given.described.clear()
    made = world_heritage.make(given, _others()).files["world_heritage_sites_africa.json"]
    assert "source-unesco-descriptions" not in made and "source-recalled" in made


@pytest.fixture(scope="module")
def catalogue():
    return files.Index.of(FIXTURES.glob("*.json"))


def test_no_summary_of_a_property_outruns_its_sources_unmarked(catalogue):
    tables = FIXTURES.parent / "tests" / "facts"
    listed = facts.read_properties(tables / "world_heritage.csv")
    parts = facts.read_parts(tables / "world_heritage_parts.csv")
    written = records.read(FIXTURES / "records")
    borne = summary_sources.of(listed, parts, written, catalogue, mentions.read(MENTIONS))
    beyond = {n for n, each in written.by_number.items() if borne.outrun(n, each.summary)}
    unmarked = {n for n, each in written.by_number.items() if each.basis == "source"}
    assert not beyond & unmarked
    assert 1000 < len(beyond) < len(written.by_number) and unmarked  # it looks, and not all is


def test_no_text_of_the_register_alone_says_more(catalogue):
    units = national_units.read(FIXTURES / "records" / "henan_units.csv")
    told = unit_texts.read(FIXTURES / "records", {unit.code for unit in units})
    borne = summary_sources.of_units(units, catalogue)
    assert not list(unit_texts.outrun(told, borne))
    code, text = next((c, t) for c, t in told.texts.items() if t.basis == "register")
    more = {"en": text.summary["en"] + " Li Bai came in 744.", "zh-hans": text.summary["zh-hans"]}
    assert set(borne.outrun(code, more)) >= {"744", "bai"}
