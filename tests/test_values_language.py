"""heritage.values.language: codes, maps that come from outside, and the rule for fallbacks."""

import pytest
from django.test import override_settings
from django.utils.translation import override

from heritage.values.language import (
    LanguageMap,
    Text,
    language_name,
    normalise_code,
    proper_tag,
    text_direction,
)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en", "en"),
        ("EN-gb", "en-gb"),
        ("zh", "zh-hans"),
        ("zh-Hans", "zh-hans"),
        ("zh_hans", "zh-hans"),
        (" zh-Hant ", "zh-hant"),
        ("zh-CN", "zh-hans"),
        ("zh-TW", "zh-hant"),
        ("zh-Latn-pinyin", "zh-latn-pinyin"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-ch-1996"),
        ("nan-Hant-TW", "nan-hant-tw"),
    ],
)
def test_codes_are_normalised(given, code):
    assert normalise_code(given) == code
    assert normalise_code(code) == code


@pytest.mark.parametrize(
    "code",
    [
        *("", "e", "english", "en-", "-en", "en--gb", "中文", "en gb", "en-x", "en\0"),
        *("zh-hans-" * 9, None, 7, ["en"], ("en",)),
    ],
)
def test_what_is_no_code_is_refused(code):
    with pytest.raises(ValueError, match="is not a language code"):
        normalise_code(code)


def test_a_refused_code_is_quoted_but_not_at_any_length():
    with pytest.raises(ValueError) as refusal:
        normalise_code("x" * 10_000)
    assert len(str(refusal.value)) < 100


@pytest.mark.parametrize(
    ("code", "tag", "way", "name"),
    [
        ("en", "en", "ltr", "English"),
        ("en-gb", "en-GB", "ltr", "British English"),
        ("fr", "fr", "ltr", "Français"),
        ("fr-ca", "fr-CA", "ltr", "Français"),
        ("zh-hans", "zh-Hans", "ltr", "简体中文"),
        ("zh-hans-cn", "zh-Hans-CN", "ltr", "简体中文"),
        ("zh-hant", "zh-Hant", "ltr", "繁體中文"),
        ("zh-latn-pinyin", "zh-Latn-pinyin", "ltr", "Hànyǔ Pīnyīn"),
        ("ar", "ar", "rtl", "العربيّة"),
        ("ar-latn", "ar-Latn", "ltr", "العربيّة"),
        ("he", "he", "rtl", "עברית"),
        ("fa-ir", "fa-IR", "rtl", "فارسی"),
        ("ur", "ur", "rtl", "اردو"),
        ("az-arab", "az-Arab", "rtl", "Azərbaycanca"),
        ("bo", "bo", "ltr", "བོད་སྐད།"),
        ("la", "la", "ltr", "Latina"),
        ("qya", "qya", "ltr", "qya"),
        ("", "", "ltr", ""),
    ],
)
def test_what_is_known_of_a_language(code, tag, way, name):
    assert (proper_tag(code), text_direction(code), language_name(code)) == (tag, way, name)


# --- clean -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ({}, {}),
        ({"zh_Hans": " 白马寺\n", "EN": "White Horse"}, {"en": "White Horse", "zh-hans": "白马寺"}),
        ({"en": "", "fr": "  \t", "zh": "龙门"}, {"zh-hans": "龙门"}),
        ({"fr": "Cafe\u0301"}, {"fr": "Caf\u00e9"}),
        ({"zh": "", "zh-hans": "龙门"}, {"zh-hans": "龙门"}),
        ({"zh": "龙门", "zh-hans": "龙门 "}, {"zh-hans": "龙门"}),
    ],
)
def test_a_map_from_outside_is_cleaned(given, cleaned):
    result = LanguageMap.clean(given)
    assert isinstance(result, LanguageMap)
    assert result == cleaned
    assert list(result) == sorted(cleaned)
    assert LanguageMap.clean(result) == result


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (None, "must be a map"),
        ("White Horse", "must be a map"),
        ([("en", "x")], "must be a map"),
        ({"english": "x"}, "“english” is not a language code"),
        ({None: "x"}, "“None” is not a language code"),
        ({"fr": 7}, "Français must be text"),
        ({"zh": None}, "简体中文 must be text"),
        ({"en": ["x"]}, "English must be text"),
        ({"en": "a\0b"}, "English holds a character"),
        ({"zh-hant": "a\ud800b"}, "繁體中文 holds a character"),
        ({"zh": "龙门", "zh-Hans": "洛阳"}, "two texts in 简体中文"),
    ],
)
def test_a_wrong_shape_is_refused_by_name(given, complaint):
    with pytest.raises(ValueError, match=complaint):
        LanguageMap.clean(given)


# --- best --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("languages", "asked", "found", "is_fallback"),
    [
        # that language
        ("en zh-hans", "en", "en", False),
        ("en zh-hans", "zh-hans", "zh-hans", False),
        ("en zh-hans", "zh", "zh-hans", False),
        ("en zh-hans", "zh_Hans", "zh-hans", False),
        # another region, another script
        ("en zh-hans", "en-gb", "en", False),
        ("en-gb zh-hans", "en", "en-gb", False),
        ("en-gb en-us fr", "en-au", "en-gb", False),
        ("en zh-hant", "zh-hans", "zh-hant", True),
        ("en zh-hans", "zh-hant", "zh-hans", True),
        ("en zh-hans zh-hant", "zh-hant-hk", "zh-hant", False),
        # a romanisation after the real scripts, unless it is what was asked for
        ("en zh-hant zh-latn-pinyin", "zh-hans", "zh-hant", True),
        ("en zh-latn-pinyin", "zh-hans", "zh-latn-pinyin", True),
        ("zh-hans zh-latn", "zh-latn-pinyin", "zh-latn", False),
        ("zh-hans zh-hant", "zh-latn-pinyin", "zh-hans", True),
        # the catalogue's language, then those of the interface
        ("ar en zh-hans", "fr", "en", True),
        ("ar en-gb zh-hans", "fr", "en-gb", True),
        ("ar zh-hans", "fr", "zh-hans", True),
        ("ar zh-hant", "en", "zh-hant", True),
        # any at all
        ("ru ar", "en", "ar", True),
        ("ja-latn ko", "en", "ko", True),
        ("ja-latn", "en", "ja-latn", True),
    ],
)
def test_the_fallback_rule(languages, asked, found, is_fallback):
    texts = LanguageMap({code: f"text in {code}" for code in languages.split()})
    assert texts.best(asked) == Text(f"text in {found}", found, is_fallback)


def test_an_empty_map_gives_an_empty_text():
    text = LanguageMap().best("en")
    assert text == Text("", "", False)
    assert not text
    assert (str(text), text.lang_tag, text.direction) == ("", "", "ltr")


def test_without_a_language_the_active_one_is_meant():
    texts = LanguageMap({"en": "White Horse Temple", "zh-hans": "白马寺"})
    with override("zh-hans"):
        assert str(texts.best()) == "白马寺"
    with override("en"):
        assert str(texts.best()) == "White Horse Temple"
    with override(None):  # as in a command, where none is active
        assert str(texts.best()) == "White Horse Temple"


@override_settings(LANGUAGE_CODE="zh-hans")
def test_the_default_is_the_catalogues_own():
    texts = LanguageMap({"en": "White Horse Temple", "zh-hans": "白马寺"})
    assert texts.best("fr").language == "zh-hans"


def test_asking_for_no_language_is_an_error():
    with pytest.raises(ValueError, match="is not a language code"):
        LanguageMap({"en": "x"}).best("no language")


def test_a_text_tells_html_what_it_is():
    text = Text("قصر", "ar", True)
    assert (str(text), bool(text), text.lang_tag, text.direction) == ("قصر", True, "ar", "rtl")
    assert Text("龙门", "zh-hans").lang_tag == "zh-Hans"
