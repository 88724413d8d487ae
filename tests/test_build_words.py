"""Short names, hooks, texts of eras and places, and numbers of both languages are kept right."""

import csv

import pytest

from fixtures.build import chinese_names, same_numbers, site_words, term_texts
from fixtures.build.command import FIXTURES
from fixtures.build.files import Index, item
from fixtures.build.tables import TableError

LONG = "a" * 41
ENGLISH = " ".join(["word"] * 40) + "."
CHINESE = "字" * 70 + "。"


def write(folder, name, columns, *rows):
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return folder


def words(folder, *rows):
    columns = ("site", "short_en", "short_zh", "hook_en", "hook_zh")
    return write(folder, "short_names.csv", columns, *rows)


def texts(folder, *rows):
    return write(folder, "term_texts.csv", ("term", "text_en", "text_zh", "basis"), *rows)


def test_short_names_and_hooks_are_put_behind_the_name_and_taken_off_others(tmp_path):
    read = site_words.read(words(tmp_path, ("a", "Troy", "", "Nine cities.", "九座城。")))
    names = {"name": {"en": "Site of Troy"}, "kinds": []}
    named = item("site", "a", **names)
    other = item("site", "b", **names, short_name={"en": "Old"}, hook={"en": "Old."})
    site_words.put([named, other], read)
    assert list(named["fields"]) == ["uid", "name", "short_name", "hook", "kinds"]
    assert named["fields"]["short_name"] == {"en": "Troy"}
    assert named["fields"]["hook"] == {"en": "Nine cities.", "zh-hans": "九座城。"}
    assert other["fields"] == {"uid": "b", **names}


@pytest.mark.parametrize(
    "row",
    [
        ("a", LONG, "", "", ""),
        ("a", "", "寺" * 15, "", ""),
        ("a", "Troy.", "", "", ""),
        ("a", "", "", "Nine cities", "九座城。"),
        ("a", "", "", "Nine cities.", ""),
        ("a", "", "", "Nine cities" * 9 + ".", "九座城。"),
    ],
)
def test_a_wrong_short_name_or_hook_is_refused(tmp_path, row):
    with pytest.raises(TableError):
        site_words.read(words(tmp_path, row))


def test_what_shortens_nothing_or_names_no_site_is_told():
    there = Index()
    there.add([item("site", "a", name={"en": "Troy"})])
    told = site_words.unknown({"a": {"short_name": {"en": "Troy"}}, "b": {}}, there)
    assert len(told) == 2


def test_texts_are_put_on_their_terms_with_the_mark_of_their_basis(tmp_path):
    read = term_texts.read(texts(tmp_path, ("era-a", ENGLISH, CHINESE, "recalled")))
    era, place = item("era", "era-a"), item("place", "b", description={"en": "Old."})
    term_texts.put([era, place], read)
    assert era["fields"]["description"] == {"en": ENGLISH, "zh-hans": CHINESE}
    assert era["fields"]["description_source"] == ["source-recalled"]
    assert place["fields"] == {"uid": "b"}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Too short.", CHINESE),
        (ENGLISH * 2, CHINESE),
        (ENGLISH, "太短。"),
        (ENGLISH, "字" * 141),
        (ENGLISH[:-1], CHINESE),
        (ENGLISH, "字" * 35 + "," + CHINESE),
    ],
)
def test_a_text_of_another_form_is_refused(tmp_path, english, chinese):
    with pytest.raises(TableError):
        term_texts.read(texts(tmp_path, ("era-a", english, chinese, "recalled")))


def test_a_text_of_no_term_or_source_is_told():
    told = term_texts.unknown({"era-a": term_texts.TermText({}, "source-b")}, Index())
    assert len(told) == 2


@pytest.mark.parametrize(
    ("english", "chinese", "only"),
    [
        ("Begun in 1174.", "始建于1174年。", ""),
        ("Begun in 1174.", "始建于12世纪。", "1174 | "),
        ("A tower.", "塔建于1174年。", " | 1174"),
        ("Begun in 1174.", "始建于1175年。", "1174 | 1175"),
        ("In the 1720s.", "1725年。", ""),  # a decade
        ("In 1929–30.", "1929至1930年。", ""),
        ("Some 70 hectares.", "七十万平方米。", ""),  # a unit
        ("About 500 kilometres off.", "距此506公里。", ""),  # rounded
        ("About 500 kilometres off.", "距此700公里。", "500 | 700"),
        ("From 9000 BCE.", "距今一万一千年。", ""),  # reckoned from today
        ("Half a million people, a hundred towers.", "五十万人，百余座塔。", ""),
        ("Some 5,000 to 6,000 plants.", "植物五六千种。", ""),
        ("For four centuries.", "四百年间。", ""),  # a span is no fact of its own
        ("For four hundred years.", "历来如此。", ""),
        ("Under the Jin (1115–1234).", "金代。", ""),
        ("Forty steps.", "三十级。", ""),  # below a hundred
    ],
)
def test_numbers_of_two_languages_are_compared(english, chinese, only):
    sides = same_numbers.only_in_one(english, chinese)
    assert " | ".join(", ".join(map(str, side)) for side in sides) == (only or " | ")


def test_an_exception_is_allowed_and_one_that_nothing_needs_is_told(tmp_path):
    there = Index()
    there.add([item("site", "a", name={}, summary={"en": "Of 1174.", "zh-hans": "塔。"})])
    there.add([item("site", "b", name={}, summary={"en": "Of 1300."})])
    assert same_numbers.faults(there, {}) == ["a: only the English summary has 1174"]
    columns = ("site", "numbers", "why")
    write(tmp_path, "same_numbers.csv", columns, ("a", "1174 1200", "x"), ("c", "1", "x"))
    told = same_numbers.faults(there, same_numbers.allowed(tmp_path))
    assert len(told) == 2 and "a needs no 1200" in told[0] and "“c”" in told[1]


def test_a_text_uses_the_chinese_name_that_is_shown():
    def told(**texts):
        row = item("site", "wh-485", name={"zh-hans": "希拉波利斯和帕穆克卡莱"}, **texts)
        note = item("event", "e", site=["wh-485"], note={"zh-hans": "赫拉波利斯建城"})
        there = Index()
        there.add([row, note])
        return list(chinese_names.given_up(there))

    assert told() == ["wh-485: “赫拉波” in “赫拉波利斯建城”"]
    both = {"zh-hans": "希拉波利斯，旧译赫拉波利斯。"}
    assert len(told(summary=both)) == 2
    assert len(told(hook=both)) == 2


def test_both_languages_of_all_fixtures_tell_the_same_numbers():
    records = FIXTURES / "records"
    there = Index.of(FIXTURES.glob("*.json"))
    assert same_numbers.faults(there, same_numbers.allowed(records)) == []
    assert site_words.unknown(site_words.read(records), there) == []
    assert term_texts.unknown(term_texts.read(records), there) == []
    assert list(chinese_names.given_up(there)) == []
