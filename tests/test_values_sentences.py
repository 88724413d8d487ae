"""Sentences in a row, and names and distances within them, in each language."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from heritage.values.language import inside_brackets, join_names, join_sentences
from tests.webrows import full_site, plain_sites, vocabulary

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
TAGS = (
    r"(?:</?(?:a|b|cite|em|q|small|span|strong)\b[^>]*>"
    r"|\{% (?!sentence_gap|block|translate).*? %\})*"
)
# The end of a translated sentence, a space, and more on the same line of text.
SPACED = re.compile(
    rf"""[.?!](?:</\w+>)*(?:["'] %\}}|\{{% endblocktranslate %\}}){TAGS}\s+{TAGS}"""
    r"(?:\{% (?:block)?translate|\{\{|<(?:a|b|cite|em|q|small|span|strong)\b)"
)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "It is old. It is large."), ("zh-hans", "It is old.It is large.")],
)
def test_sentences_in_a_row(language, said):
    with override(language):
        assert join_sentences(["It is old.", "", "It is large."]) == said
        assert join_sentences(["", "It is old."]) == "It is old."
        assert join_sentences([]) == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_space_between_two_sentences(path):
    text = path.read_text(encoding="utf-8")
    assert [found[0] for found in SPACED.finditer(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        '{% translate "One." %} {% translate "Two." %}',
        "{% blocktranslate %}One.{% endblocktranslate %}\n  <a href='/'>Two</a>",
        '<strong>{% translate "One." %}</strong>\n{% endif %}{{ two }}',
        '{% translate "One." %} {% if two %}{{ two }}{% endif %}',
    ],
)
def test_a_space_between_two_sentences_is_found(text):
    assert SPACED.search(text)


@pytest.mark.parametrize(
    ("names", "english", "chinese"),
    [
        ([], "", ""),
        (["Angkor"], "Angkor", "Angkor"),
        (["Angkor", "Petra"], "Angkor and Petra", "Angkor和Petra"),
        (["Angkor", "Petra", "Bam"], "Angkor, Petra and Bam", "Angkor、Petra和Bam"),
        (
            ["Acropolis, Athens", "Angkor", "Bam"],
            "Acropolis, Athens; Angkor; and Bam",
            "Acropolis, Athens；Angkor；Bam",
        ),
        (["The Palaces", "The Dolomites"], "the Palaces and the Dolomites",
         "The Palaces和The Dolomites"),
        (["Theatre of Orange", "Over The Hill"], "Theatre of Orange and Over The Hill",
         "Theatre of Orange和Over The Hill"),
    ],
)  # fmt: skip
def test_names_within_a_sentence(names, english, chinese):
    with override("en"):
        assert join_names(names) == english
    with override("zh-hans"):
        assert join_names(names) == chinese


WALKED = [
    *(
        "",
        "sites/",
        "sites/?q=唐代寺庙",
        "sites/?q=唐代+xyzzy",
        "sites/?q=longmne",
        "sites/?era=wrong",
    ),
    *("sites/?era=wrong", "sites/longmen-grottoes/", "eras/tang/", "kinds/temple/"),
    *("places/", "places/china/"),
    *("world-heritage/", "credits/", "privacy/", "nothing/", "sites/longmen-grottoes/correction/"),
]


@pytest.mark.django_db
def test_no_chinese_page_has_a_space_after_a_sentence(client):
    words = vocabulary()
    full_site(words)
    plain_sites(words, range(4))
    tags = r"(?:</?(?:a|b|cite|em|q|span|strong)\b[^>]*>)*"
    spaced = re.compile(rf"[。！]{tags}\s+{tags}[^\s<]")
    pages = {path: client.get(f"/zh-hans/{path}").text for path in WALKED}
    assert all("。" in html for html in pages.values())
    found = {path: spaced.findall(html) for path, html in pages.items()}
    assert {path: spaces for path, spaces in found.items() if spaces} == {}


def test_brackets_within_brackets_are_square():
    assert inside_brackets("Khmer Empire (Angkor)") == "Khmer Empire [Angkor]"
    assert inside_brackets("高棉帝国（吴哥王朝）") == "高棉帝国〔吴哥王朝〕"
