"""Sentences with a source: each stands in its text, and its source has its numbers and names."""

from decimal import Decimal

import pytest

from fixtures.build import files, sentences
from fixtures.build.mentions import Mentions

SENTENCE = "Goethe lived here from 1775."


@pytest.fixture
def known():
    index = files.Index()
    summary = {"en": f"{SENTENCE} It is open.", "zh-hans": "歌德自1775年居此。"}
    index.add(
        [
            files.item("site", "wh-7", summary=summary),
            files.item("source", "source-unesco-descriptions-2025", kind="official"),
            files.item("source", "source-recalled", kind="recalled"),
            files.item("place", "place-de", label={"en": "Germany", "zh-hans": "德国"}),
            files.item("designation", "whl-7", name={"en": "Classical Weimar"}),
            files.item(
                "worldheritage", "whl-7-detail", designation=["whl-7"], states=[["place-de"]]
            ),
        ]
    )
    return index


def read(tmp_path, source="source-unesco-descriptions-2025", english=SENTENCE, chinese=""):
    text = f"site,source,text_en,text_zh\nwh-7,{source},{english},{chinese}\n"
    (tmp_path / sentences.FILE).write_text(text, encoding="utf-8")
    return sentences.read(tmp_path)


REFUSED = [
    ({}, ""),
    ({"chinese": "歌德自1775年居此。"}, ""),
    ({"english": "Goethe lived here from 1776."}, "en"),
    ({"chinese": "歌德自1776年居此。"}, "zh-hans"),
    ({"source": "source-recalled"}, "source"),
    ({"source": "source-nowhere"}, "source"),
    ({"english": ""}, "text_en"),
]


@pytest.mark.parametrize(("cells", "column"), REFUSED)
def test_what_is_refused(tmp_path, known, cells, column):
    lines = read(tmp_path, **cells)
    assert [fault.column for fault in sentences.faults(lines, known)] == [column] * bool(column)


@pytest.mark.parametrize(
    ("numbers", "names", "beyond"),
    [
        ({1775}, {"goethe"}, ""),
        ({1774}, {"goethe"}, "1775"),
        ({1775}, {"herder"}, ""),  # “Goethe” begins the sentence, and is known as no name
    ],
)
def test_a_sentence_may_not_outrun_its_source(tmp_path, known, numbers, names, beyond):
    described = {7: Mentions(frozenset(map(Decimal, numbers)), frozenset(names))}
    found = sentences.outrun(read(tmp_path), sentences.official(described, known))
    assert [fault.reason.removeprefix("the description does not have ") for fault in found] == [
        *filter(None, [beyond])
    ]


def test_the_names_of_a_property_and_of_its_states_are_known(tmp_path, known):
    line = read(tmp_path, english="It is in Classical Weimar in Germany.", chinese="在德国。")
    described = {7: Mentions(frozenset())}
    assert not list(sentences.outrun(line, sentences.official(described, known)))
    other = read(tmp_path, english="It is in Rome in Germany.")
    assert list(sentences.outrun(other, sentences.official(described, known)))


def test_a_row_keeps_its_key_while_its_words_stay(tmp_path):
    (row,) = sentences.rows(read(tmp_path))
    assert row["fields"]["site"] == ["wh-7"] and row["fields"]["text"] == {"en": SENTENCE}
    (same,) = sentences.rows(read(tmp_path))
    (other,) = sentences.rows(read(tmp_path, english="Another."))
    assert row["fields"]["uid"] == same["fields"]["uid"] != other["fields"]["uid"]
