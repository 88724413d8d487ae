"""heritage.values.normalize: what compares as equal, how Chinese is read, what sorts where."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from heritage.values.normalize import (
    SORT_KEY_LENGTH,
    fold,
    forms,
    pinyin,
    romanise,
    sort_key,
    tokens,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("Longmen", "longmen"),
        ("LÓNGMÉN", "longmen"),
        ("lo\u0301ngme\u0301n", "longmen"),
        ("ＬＯＮＧＭＥＮ", "longmen"),
        ("龙门", "龙门"),
        ("龍門", "龙门"),
        ("乾隆", "干隆"),  # the same in any surroundings, so that 乾 alone is found in it
        ("乾", "干"),
        ("\uf9c4", "龙"),  # a compatibility ideograph
        ("Nǚwā, lǜ", "nuwa lu"),
        ("Đà Nẵng", "da nang"),
        ("Rødovre Łódź", "rodovre lodz"),
        ("Straße", "strasse"),
        ("Ærø, Œuvre", "aero oeuvre"),
        ("Þingvellir", "thingvellir"),
        ("Topkapı İstanbul ISPARTA", "topkapi istanbul isparta"),
        ("ʻIolani", "iolani"),
        ("Xi'an Xi’an Xiʼan Xi`an Xi´an Xi＇an", "xian xian xian xian xian xian"),
        ("Ἀκρόπολις", "ακροπολισ"),
        ("العَرَبِيَّة", "العربية"),
        ("がぎ", "がぎ"),  # not か: voicing tells words apart
        ("दिल्ली", "दिल्ली"),
        ("한국", "한국"),
        ("  a\t\u3000b\n\nc ", "a b c"),
        ("白马寺（洛阳）", "白马寺 洛阳"),
        ("St. Paul's—Church/Hall", "st pauls church hall"),
        ("1-0037-4-004", "1-0037-4-004"),
        ("1\u20110037\u20134", "1-0037-4"),
        ("１－００３７", "1-0037"),
        ("Stratford-upon-Avon - 1-a", "stratford upon avon 1 a"),
        ("547bis", "547bis"),
        ("a\u200fb\u202e\u00ad\ufeff", "ab"),
        ("a\0b", "a b"),
        ("a\ud800b\udfff", "a b"),
        ("❤️🏯 1️⃣", "1"),
        ("!!!", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize("text", ["White  Horse ", "龍門 Cave 20", "㐀鿿AZaz09", " 乾隆"])
def test_a_plain_text_is_folded_as_one_with_what_is_dropped(text):
    assert fold(text) == fold(f"\u2019{text}")


def test_folding_twice_changes_nothing_for_any_character():
    changed = [
        hex(code)
        for code in (*range(0x3400), *range(0x4DC0, 0xA000), *range(0xD7F0, 0x11000))
        if fold(once := fold(f"a{chr(code)}1{chr(code)}1")) != once
    ]
    assert changed == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("White Horse Temple", ["white", "horse", "temple"]),
        ("白馬寺", ["白马寺"]),
        ("莫高窟第220窟", ["莫高窟第", "220", "窟"]),
        ("龙门Longmen", ["龙门", "longmen"]),
        ("1-0037-4-004, 龙门", ["1-0037-4-004", "龙门"]),
    ],
)
def test_tokens(text, words):
    assert tokens(text) == words


# --- Romanising --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spelt", "short"),
    [
        ("白马寺", "bai ma si", "bms"),
        ("白馬寺", "bai ma si", "bms"),
        ("女娲", "nu wa", "nw"),
        ("莫高窟第220窟", "mo gao ku di 220 ku", "mgkd220k"),
        ("白马寺（洛阳）", "bai ma si luo yang", "bms ly"),
        ("White Horse", "white horse", ""),
        ("", "", ""),
        ("🏯", "", ""),
    ],
)
def test_romanising(text, spelt, short):
    assert romanise(text) == spelt
    assert (short in forms(text)) == bool(short)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("繁塔", "Pó Tǎ"),
        ("开封繁塔", "Kāi Fēng Pó Tǎ"),
        ("繁昌窑", "Fán Chāng Yáo"),
        ("龙门", "Lóng Mén"),
        ("龍門石窟", "Lóng Mén Shí Kū"),
        ("登封会善寺", "Dēng Fēng Huì Shàn Sì"),
        ("重庆", "Chóng Qìng"),
        ("长安", "Cháng Ān"),
        ("長安", "Cháng Ān"),
        ("西安市长安区", "Xī Ān Shì Cháng Ān Qū"),
        ("长子县", "Zhǎng Zǐ Xiàn"),
        ("万里长城", "Wàn Lǐ Cháng Chéng"),
        ("乐山大佛", "Lè Shān Dà Fó"),
        ("永乐宫", "Yǒng Lè Gōng"),
        ("洛阳", "Luò Yáng"),
        ("应县木塔", "Yìng Xiàn Mù Tǎ"),
        ("大足石刻", "Dà Zú Shí Kè"),
        ("莫高窟", "Mò Gāo Kū"),
        ("天坛", "Tiān Tán"),
        ("曲阜", "Qū Fù"),
        ("六安", "Lù Ān"),
        ("六和塔", "Liù Hé Tǎ"),
        ("番禺", "Pān Yú"),
        ("蔚县", "Yù Xiàn"),
        ("浚县", "Xùn Xiàn"),
        ("郏县", "Jiá Xiàn"),
        ("缑氏", "Gōu Shì"),
        ("中岳庙", "Zhōng Yuè Miào"),
        ("太室阙", "Tài Shì Què"),
        ("崤函古道", "Xiáo Hán Gǔ Dào"),
        ("元中都遗址", "Yuán Zhōng Dū Yí Zhǐ"),
        ("济渎庙", "Jǐ Dú Miào"),
        ("延庆观", "Yán Qìng Guàn"),
        ("玉皇观", "Yù Huáng Guàn"),
        ("观星台", "Guān Xīng Tái"),
        ("曾侯乙墓", "Zēng Hóu Yǐ Mù"),
        ("華山", "Huà Shān"),
        ("九华山", "Jiǔ Huá Shān"),
        ("乾陵", "Qián Líng"),
        ("乾县", "Qián Xiàn"),
        ("第220窟（北）", "Dì 220 Kū（Běi）"),
        ("White Horse 白马寺", "White Horse Bái Mǎ Sì"),
        ("佐々木", "Zuǒ 々 Mù"),
        ("a\ud800", "a\ufffd"),
    ],
)
def test_pinyin_is_read_as_in_the_field(text, read):
    assert pinyin(text) == read


def test_every_character_has_one_reading():
    # The keys zip characters with readings, strictly: pypinyin must never give one too few.
    rng = random.Random(7)
    characters = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), 0x3007, 0x20000)]
    for start in range(0, len(characters), 50):
        assert sort_key("".join(characters[start : start + 50]), "zh")
        assert sort_key("".join(rng.choices(characters, k=12)), "zh")


# --- What it is found by -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("White Horse Temple", ("white horse temple",)),
        ("白马寺", ("白马寺", "bai ma si", "baimasi", "bms")),
        ("白馬寺", ("白马寺", "bai ma si", "baimasi", "bms")),
        ("Báimǎ Sì", ("baima si",)),
        ("", ()),
        ("!", ()),
    ],
)
def test_the_forms_of_a_text_are_listed_once_its_own_first(text, found):
    assert forms(text) == found


@pytest.mark.parametrize(
    "query", ["luzhou", "lvzhou", "lv zhou", "lu zhou", "绿洲", "綠洲", "lǜzhōu"]
)
def test_u_umlaut_is_found_as_it_is_typed(query):
    assert fold(query) in forms("绿洲")


def test_the_code_of_a_unit_stays_findable():
    assert forms("1-0037-4-004") == ("1-0037-4-004",)


# --- Order -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("en", ["Cave 2", "Cave 10", "Caves"]),
        ("en", ["A Temple", "Abbey", "Émile", "Temple", "The Abbey", "Zeus", "龙门", ""]),
        ("en", ["", "!!!"]),
        ("en", ["1-0037-4-004", "1-0092-3-045", "2-0001-1-001", "10-0001"]),
        ("fr", ["École", "Eglise", "Étang"]),
        # pinyin, tone, character
        ("zh-hans", ["安阳", "八达岭", "白马寺", "白云观", "北京", "龙门", "殷墟"]),
        ("zh-hans", ["妈祖庙", "麻城", "马王堆", "骂"]),
        ("zh-hant", ["白馬寺", "北京", "龍門"]),
        ("zh", ["第2窟", "第10窟", "第10窟北"]),
        ("zh-hans", ["长安", "长城", "重庆", "敦煌", "Dunhuang", "", "🏯"]),
        ("zh-hans", ["罗汉", "绿洲"]),
    ],
)
def test_a_list_sorts_as_its_reader_expects(language, ordered):
    shuffled = sorted(ordered, reverse=True)
    random.Random(7).shuffle(shuffled)
    keys = {text: sort_key(text, language) for text in shuffled}
    by_key = sorted(shuffled, key=lambda text: (keys[text], ordered.index(text)))
    assert by_key == ordered


def test_script_does_not_part_two_names_in_chinese():
    assert sort_key("龍門", "zh-hant") == sort_key("龙门", "zh-hans")
    assert sort_key("白马寺", "zh-hans") == "bai2白 ma3马 si4寺"


# --- Any string is safe ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("莫高窟" * 3400, "a" * 10_000, "1" * 10_000, "é-" * 5000, "😀" * 10_000),
        *("\ud800" * 10_000, "\u0301" * 10_000, "ﷺ" * 1000, "\U0010ffff\uffff"),
        *("\0", "\u202e\u200f", "龙\0\ud800门"),
    ],
    ids=lambda text: ascii(text[:2]),
)
def test_any_string_is_safe(text):
    for made in (fold(text), romanise(text), pinyin(text), *forms(text)):
        made.encode()
    assert not any("\0" in form for form in forms(text))
    for language in ("en", "zh-hans"):
        assert 0 < len(sort_key(text, language)) <= SORT_KEY_LENGTH


def test_the_tools_load_late_and_once_among_threads():
    code = """
import sys
from concurrent.futures import ThreadPoolExecutor
from heritage.values import normalize
assert not {"opencc", "pypinyin"} & set(sys.modules)
normalize.fold("Longmen"), normalize.forms("Longmen"), normalize.sort_key("Longmen", "zh")
assert not {"opencc", "pypinyin"} & set(sys.modules)
with ThreadPoolExecutor(8) as pool:
    found = set(pool.map(normalize.romanise, ["龍門石窟"] * 64))
assert found == {"long men shi ku"}
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def test_threads_share_the_tools():
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fold, ["龍門"] * 200)) == {"龙门"}
