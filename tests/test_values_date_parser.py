"""What editors write, read into EDTF; and every printed phrase read back."""

import random

import pytest
from django.utils.translation import override

from heritage.values.date_format import phrase
from heritage.values.date_parser import parse_date, remarks
from heritage.values.edtf import EDTFError, parse

READ = [
    # EDTF stays
    ("0493", "0493"),
    ("0493~", "0493~"),
    ("2004-06", "2004-06"),
    ("2001-21", "2001-21"),
    ("04xx", "04XX"),
    ("-04XX", "-04XX"),
    ("-1299", "-1299"),
    ("0493/..", "0493/.."),
    ("y-1699999", "Y-1699999"),
    # years
    ("68", "0068"),
    ("68 CE", "0068"),
    ("68CE", "0068"),
    ("AD 68", "0068"),
    ("A.D. 68", "0068"),
    ("068", "0068"),
    ("493", "0493"),
    ("1 BCE", "0000"),
    ("1 CE", "0001"),
    ("1300 BCE", "-1299"),
    ("1300 B.C.E.", "-1299"),
    ("1300 b.c.", "-1299"),
    ("1,700,000 BCE", "Y-1699999"),
    ("公元前170万年", "Y-1699999"),
    ("公元68年", "0068"),
    ("公元前1300年", "-1299"),
    ("前1300年", "-1299"),
    ("４９３", "0493"),
    ("公元６８年", "0068"),
    # about and uncertain
    ("c. 493", "0493~"),
    ("c.493", "0493~"),
    ("c493", "0493~"),
    ("ca 493", "0493~"),
    ("ca. 493", "0493~"),
    ("circa 493", "0493~"),
    ("About  493", "0493~"),
    ("c. 1300 BC", "-1299~"),
    ("493~", "0493~"),
    ("493?", "0493?"),
    ("c. 493?", "0493%"),
    ("493 (uncertain)", "0493?"),
    ("约493年", "0493~"),
    ("約493年", "0493~"),
    ("493年前后", "0493~"),
    ("493年左右", "0493~"),
    ("493年？", "0493?"),
    ("493年（存疑）", "0493?"),
    # intervals
    ("493-907", "0493/0907"),
    ("493–907", "0493/0907"),
    ("493 — 907", "0493/0907"),
    ("493/907", "0493/0907"),
    ("493 to 907", "0493/0907"),
    ("from 493 to 907", "0493/0907"),
    ("1115-1234", "1115/1234"),
    ("25–220 CE", "0025/0220"),
    ("206 BCE – 220 CE", "-0205/0220"),
    ("206 BCE – 1115", "-0205/1115"),
    ("475–221 BCE", "-0474/-0220"),
    ("c. 493 – 907", "0493~/0907"),
    ("25—220年", "0025/0220"),
    ("493～907年", "0493/0907"),
    ("493年至907年", "0493/0907"),
    ("从493年到907年", "0493/0907"),
    ("公元前206年—公元220年", "-0205/0220"),
    ("公元前475—前221年", "-0474/-0220"),
    ("2004-06 – 2006-08", "2004-06/2006-08"),
    ("12–15 April 1985", "1985-04-12/1985-04-15"),
    ("1949—1985年4月12日", "1949/1985-04-12"),
    ("1990–2010s", "199X/201X"),
    ("April 1985 – May 1986", "1985-04/1986-05"),
    ("from 1949", "1949/.."),
    ("since 1949", "1949/.."),
    ("1949-", "1949/.."),
    ("1949–", "1949/.."),
    ("1949–present", "1949/.."),
    ("until 907", "../0907"),
    ("1949年起", "1949/.."),
    ("自1949年至今", "1949/.."),
    ("至907年", "../0907"),
    # periods
    ("5th century", "0401/0500"),
    ("the 5th century CE", "0401/0500"),
    ("5th century BCE", "-0499/-0400"),
    ("c. 5th century", "0401~/0500~"),
    ("5th–7th centuries", "0401/0700"),
    ("5th century BCE – 2nd century CE", "-0499/0200"),
    ("1st century BC", "-0099/0000"),
    ("2nd millennium BCE", "-1999/-1000"),
    ("1920s", "192X"),
    ("1900s", "19XX"),
    ("400s", "04XX"),
    ("公元5世纪", "0401/0500"),
    ("5世紀", "0401/0500"),
    ("公元前5—前4世纪", "-0499/-0300"),
    ("公元前2千纪", "-1999/-1000"),
    ("1920年代", "192X"),
    ("20世纪20年代", "192X"),
    # calendar dates
    ("April 1985", "1985-04"),
    ("Apr. 1985", "1985-04"),
    ("12 April 1985", "1985-04-12"),
    ("12th April 1985", "1985-04-12"),
    ("April 12, 1985", "1985-04-12"),
    ("15 March 44 BCE", "-0043-03-15"),
    ("spring 2001", "2001-21"),
    ("1985年4月", "1985-04"),
    ("1985年4月12日", "1985-04-12"),
    ("2001年春", "2001-21"),
]


@pytest.mark.parametrize(("text", "edtf"), READ)
def test_read(text, edtf):
    assert parse_date(text) == edtf


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("hello", r"“hello” cannot be read as a date. Write a year \(68"),
        ("0", "no year 0"),
        ("0 BCE", "no year 0"),
        ("0th century", "counted from 1"),
        ("-68", "-0067 is 68 BCE"),
        ("2004-13", "no month 13"),
        ("1914-18", "as in 1914/1918"),
        ("12/1985", "A month is written 1985-04"),
        ("12-1985", "A month is written 1985-04"),
        ("12/04/1985", "more than two ends"),
        ("206 BCE – 100", "Write 100 BCE or 100 CE"),
        ("公元前475年—221年", "Write 221 BCE or 221 CE"),
        ("AD 68 BCE", "cannot be read"),
        ("公元前68 CE", "cannot be read"),
        ("500–400", "ends before it starts"),
        ("31 April 1985", "no day 31"),
        ("12345", "between 5,000,001 BCE"),
        ("6000000 BCE", "between 5,000,001 BCE"),
        ("Y170000002", "between 5,000,001 BCE"),
        ("{1667,1668}", "level 2"),
        ("from", "cannot be read"),
        ("1300年前", "before the year 1300, or 1300 years ago. Write 1300年以前, or 距今1300年"),
        ("x" * 10_000, "too long"),
    ],
)
def test_refused_with_a_reason(text, message):
    with pytest.raises(EDTFError, match=message):
        parse_date(text)


def test_reasons_are_translated():
    with override("zh-hans"), pytest.raises(EDTFError, match="无法将“你好”读作日期"):
        parse_date("你好")


ORDINARY = [
    "0000", "0001", "0068", "0493", "0493~", "0493?", "0493%", "-1299", "-1299~", "Y-1699999~",
    "1985-04-12", "1985-04", "1985-05~", "-0043-03-15", "2001-21", "2001-24?",
    "201X", "201X~",
    "0493/0907", "0493~/0907", "0493~/0907~", "0493/0907~", "0960?/1127?", "0025/0220",
    "-0205/0220", "-0474/-0220", "-0205~/0220?", "Y-19999/-4999", "1985-04-12/1985-05",
    "1949/..", "../0907", "0493~/..", "../0068", "201X/..", "1949/", "/0907", "1985-04/..",
    "0401/0500", "0401~/0500~", "0401?/0500?", "-0499/-0400", "-0099/0000", "1801/1900",
    "-1999/-1000", "1001/2000",
    "[0618..0907]", "[0618~..0907]", "[0618..0907?]", "[-0474..-0220]", "[-0205..0220]",
    "[0401..0500]", "[1985-04-12..1985-05]", "[1592,1596]", "[1592,1594,1596~]",
    "[1501..1600,1701..1800]", "[1592,1600..1603]", "[-0205,0009]", "[..0067]", "[..0067~]",
    "[1406..]", "[..0000]", "[..1985-04-11]", "[1985-04..]", "[192X..]", "[..1592,1600]",
]  # fmt: skip


@pytest.mark.parametrize("style", ["long", "short"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_printed_is_read_back(text, language, style):
    assert parse_date(phrase(parse(text), language, style)) == text


def test_any_text_is_edtf_or_an_error():
    chance = random.Random(907)
    pieces = [
        *("c. ", "about ", "from ", "until ", "68", "493", "1300", "0", "2004", " BCE", " CE", "s"),
        *("-", "–", " to ", "/", "th century", "April ", "公元前", "公元", "年", "月", "世纪"),
        *("约", "前后", "至", "起", "年间", "?", "~", "%", "X", "Y", "(", "\x00", "🏯", "４", "②"),
        *("between ", " and ", " or ", "before ", "after ", "之间", "或", "以前", "前", ")", "、"),
        *("early ", " ago", "距今", "万历", "wanli ", "清乾隆", "三月", "十", "built ", "重修"),
    ]
    accepted = 0
    for _ in range(5000):
        text = "".join(chance.choices(pieces, k=chance.randrange(7)))
        try:
            edtf = parse_date(text)
        except EDTFError as error:
            assert str(error)
        else:
            accepted += 1
            assert parse_date(edtf) == edtf == parse(edtf).text
    assert accepted > 50


# --- reign years, parts of a century, what lies before ------------------------------------------


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("永平十一年", "0068"),  # of several titles only one lasted so long
        ("汉明帝永平十一年", "0068"),
        ("万历二十年", "1592"),
        ("萬曆二十年", "1592"),
        ("明万历20年", "1592"),
        ("唐贞观元年", "0627"),
        ("东汉建武二年", "0026"),
        ("大漢建武三十年", "0054"),
        ("北魏太和十七年", "0493"),
        ("約万历二十年", "1592~"),
        ("万历二十年至崇祯三年", "1592/1630"),
        ("万历二十年以前", "[..1591]"),
        ("康熙年间", "1662/1722"),
        ("16世纪末", "1568~/1600~"),
        ("16世纪初", "1501~/1533~"),
        ("公元前5世纪中叶", "-0466~/-0433~"),
        ("20世纪上半叶", "1901/1950"),
        ("late 16th century", "1568~/1600~"),
        ("the early 16th century", "1501~/1533~"),
        ("mid-19th century", "1834~/1867~"),
        ("second half of the 20th century", "1951/2000"),
        ("late 16th century?", "1568?/1600?"),
        ("before 68", "[..0067]"),
        ("before 1 CE", "[..0000]"),
        ("before 1300 BCE", "[..-1300]"),
        ("before the 5th century", "[..0400]"),
        ("68年以前", "[..0067]"),
        ("after 1949", "[1950..]"),
        ("1949年以后", "[1950..]"),
    ],
)
def test_what_chinese_sources_and_captions_give(text, edtf):
    assert parse_date(text) == edtf


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("建武二年", "may be of several dynasties: 东汉 .26 CE., 东晋"),
        ("汉后元二年", "several dynasties: 西汉"),
        ("万历六十年", "lasted 48 years"),
        ("万历零年", "lasted 48 years"),
        ("宋永平十一年", "cannot be read as a date"),
        ("无此年号二年", "cannot be read as a date"),
    ],
)
def test_a_title_that_may_be_several_asks_for_the_dynasty(text, message):
    with pytest.raises(EDTFError, match=message):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        # a dynasty before either or both ends of a span of reigns
        ("明万历至清乾隆", "1573/1795"),
        ("明洪武至清康熙", "1368/1722"),
        ("万历至乾隆", "1573/1795"),
        ("明万历至天启", "1573/1627"),
        ("万历至清乾隆", "1573/1795"),
        ("明万历—清乾隆", "1573/1795"),
        ("明萬曆至清乾隆年間", "1573/1795"),
        ("明万历二十年至清康熙三年", "1592/1664"),
        ("元至元二十年至至正三年", "1283/1343"),
        # an end without its title
        ("清乾隆十三年至十五年", "1748/1750"),
        ("乾隆十三至十五年", "1748/1750"),
        ("东汉建武二年至三十年", "0026/0054"),
        ("东汉建武二年至30年", "0026/0054"),
        ("Qianlong 13–15", "1748/1750"),
        # an unknown date between two others, and all the time between them
        ("between 618 and 907", "[0618..0907]"),
        ("at some time between 618 and 907", "[0618..0907]"),
        ("sometime between c. 618 and 907", "[0618~..0907]"),
        ("between 475 and 221 BCE", "[-0474..-0220]"),
        ("between the 5th and 7th centuries", "[0401..0700]"),
        ("618年至907年之间", "[0618..0907]"),
        ("618—907年之间", "[0618..0907]"),
        ("介于618年与907年之间", "[0618..0907]"),
        ("618年到907年之间某时", "[0618..0907]"),
        ("万历二十年至三十年之间", "[1592..1602]"),
        ("from 618 to 907", "0618/0907"),
        ("618年至907年", "0618/0907"),
        # one of a few
        ("1592 or 1596", "[1592,1596]"),
        ("1596 or 1592", "[1592,1596]"),
        ("either 1592 or c. 1596", "[1592,1596~]"),
        ("1592, 1594 or 1596", "[1592,1594,1596]"),
        ("1592年或1596年", "[1592,1596]"),
        ("1592或1596年", "[1592,1596]"),
        ("16th or 17th century", "[1501..1600,1601..1700]"),
        # before and after
        ("after 1405", "[1406..]"),
        ("1405年后", "[1406..]"),
        ("no later than 1049", "[..1049]"),
        ("by the 5th century", "[..0500]"),
        ("不早于1049年", "[1049..]"),
        ("before c. 68", "[..0067~]"),
        ("before March 1900", "[..1900-02]"),
        ("before 1 March 1900", "[..1900-02-28]"),
        ("after 31 December 1899", "[1900-01-01..]"),
        # centuries and decades
        ("13th–14th c.", "1201/1400"),
        ("late 13th c.", "1268~/1300~"),
        ("13th c. BCE", "-1299/-1200"),
        ("13th and 14th centuries", "1201/1400"),
        ("third quarter of the 12th century", "1151/1175"),
        ("last quarter of the 1st century BCE", "-0024/0000"),
        ("12世纪第三个25年", "1151/1175"),
        ("mid-15th century", "1434~/1467~"),
        ("the early to mid 15th century", "1401~/1467~"),
        ("the end of the 15th century", "1468~/1500~"),
        ("late 15th to early 16th century", "1468~/1533~"),
        ("15世纪末至16世纪初", "1468~/1533~"),
        ("15世纪中晚期", "1434~/1500~"),
        ("early 1920s", "1920~/1922~"),
        ("十九世纪", "1801/1900"),
        ("约十世纪", "0901~/1000~"),
        ("二十世纪五十年代", "195X"),
        # numerals
        ("一九三〇年", "1930"),
        ("一九四九年十月一日", "1949-10-01"),
        ("公元前二百零六年", "-0205"),
        ("公元前二〇六年", "-0205"),
        # years of a title, with what stands beside them
        ("康熙三十一年三月", "1692"),
        ("康熙三十一年闰三月初五日", "1692"),
        ("康熙三十一年十二月", "[1692..1693]"),
        ("约康熙三十一年腊月", "[1692~..1693~]"),
        ("乾隆二十年春", "1755-21"),
        ("民国二十六年", "1937"),
        ("民国26年7月7日", "1937-07-07"),
        ("Wanli 20", "1592"),
        ("Ming Wanli 20", "1592"),
        ("Wanli year 20", "1592"),
        ("the 20th year of Qianlong", "1755"),
        ("Eastern Han Jianwu 2", "0026"),
        ("the Kangxi reign", "1662/1722"),
        ("Kangxi period", "1662/1722"),
        # the same date twice
        ("乾隆二十年（1755）", "1755"),
        ("清乾隆二十年（1755年）", "1755"),
        ("1755 (Qianlong 20)", "1755"),
        ("康熙年间（1692）", "1692"),
        ("康熙年间（1662—1722）", "1662/1722"),
        ("16th century (1592)", "1592"),
        ("康熙三十一年腊月（1693年1月）", "1693-01"),
        # years ago
        ("距今约8000年", "-5999~"),
        ("距今八千年", "-5999~"),
        ("约8000年前", "-5999~"),
        ("8,000 years ago", "-5999~"),
        ("距今8000—7000年", "-5999~/-4999~"),
        ("170万年前", "Y-1699999~"),
        ("8000 BP", "-6049~"),
        ("约公元前5000年", "-4999~"),
        ("probably 1592", "1592?"),
    ],
)
def test_forms_of_bureaus_and_their_sources(text, edtf):
    assert parse_date(text) == edtf


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("乾隆二十年（1756）", "“乾隆二十年” .1755. and “1756” .1756. contradict each other"),
        ("1755–1760 (1757)", "contradict each other"),
        ("万历年间（1680）", "contradict each other"),
        ("618年至907年间", "all that time, or some time in it. Write 618–907 for the one, at some"),
        ("万历年间重修", "“重修” is no part of a date. Write “万历年间” here"),
        ("1954年迁建", "“迁建” is no part of a date. Write “1954年” here"),
        ("rebuilt in 1592", "“rebuilt” is no part of a date. Write “1592” here"),
        ("始建于1592年", "“始建” is no part of a date. Write “1592年” here"),
        ("1903年、1930年", "gives several dates. Record an event for each"),
        ("1903, 1930", "gives several dates"),
        ("Jianwu 2", "several dynasties: 东汉建武 .26 CE."),
        ("建武二年至三十年", "several dynasties"),
        ("early 1900s", "cannot be read"),
        ("before spring 2001", "cannot be read"),
        ("明万历清乾隆", "cannot be read"),
        ("万历六十年三月", "lasted 48 years"),
        ("between 907 and 618", "ends before it starts"),
    ],
)
def test_what_is_ambiguous_is_refused_with_the_way_to_write_it(text, message):
    with pytest.raises(EDTFError, match=message):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("康熙三十一年三月", "Chinese calendar and is not converted"),
        ("约康熙三十一年腊月", "Chinese calendar"),
        ("距今约8000年", "counted back from the year 2000"),
        ("late 15th century", "second and last third"),
        ("16世纪初", "second and last third"),
        ("民国26年7月", ""),
        ("late July 1905", ""),
        ("1592", ""),
    ],
)
def test_what_is_understood_by_a_convention_is_remarked(text, message):
    said = remarks(text)
    assert bool(said) == bool(message)
    assert message in " ".join(said)
