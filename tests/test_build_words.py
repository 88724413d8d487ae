"""Short names and hooks of sites, texts of eras and places: what their tables say is kept right."""

import csv

import pytest

from fixtures.build import site_words, term_texts
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
