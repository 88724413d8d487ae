"""Dates in words: English and Chinese, long and short."""

import pytest
from django.utils.translation import override

from heritage.values.date_format import phrase, span_phrase, year_phrase
from heritage.values.edtf import parse

PHRASES = [
    # EDTF, English long, Chinese long
    ("0068", "68 CE", "公元68年"),
    ("0493", "493", "493年"),
    ("0000", "1 BCE", "公元前1年"),
    ("0001", "1 CE", "公元1年"),
    ("0099", "99 CE", "公元99年"),
    ("0100", "100", "100年"),
    ("-1299", "1300 BCE", "公元前1300年"),
    ("-1299~", "about 1300 BCE", "公元前1300年前后"),
    ("0493~", "about 493", "493年前后"),
    ("0493?", "493 (uncertain)", "493年（存疑）"),
    ("0493%", "about 493 (uncertain)", "493年前后（存疑）"),
    ("Y-1699999~", "about 1,700,000 BCE", "公元前170万年前后"),
    ("-9999", "10,000 BCE", "公元前1万年"),
    ("1985-04-12", "12 April 1985", "1985年4月12日"),
    ("1985-04-12T23:20:30Z", "12 April 1985", "1985年4月12日"),
    ("1985-04", "April 1985", "1985年4月"),
    ("1985-04~", "about April 1985", "1985年4月前后"),
    ("1985-04-XX", "April 1985", "1985年4月"),
    ("1985-XX-XX", "1985", "1985年"),
    ("-0043-03-15", "15 March 44 BCE", "公元前44年3月15日"),
    ("2001-21", "spring 2001", "2001年春季"),
    ("2001-24", "winter 2001", "2001年冬季"),
    # digits left open
    ("201X", "2010s", "2010年代"),
    ("201X~", "about the 2010s", "2010年代前后"),
    ("04XX", "5th century", "公元5世纪"),
    ("11XX~", "about the 12th century", "12世纪前后"),
    ("05XX/07XX", "6th–8th centuries", "6至8世纪"),
    ("05XX~/07XX~", "about the 6th–8th centuries", "6至8世纪前后"),
    ("-04XX", "5th century BCE", "公元前5世纪"),
    ("00XX", "1st century", "公元1世纪"),
    ("002X", "20–29 CE", "公元20—29年"),
    ("190X", "1900–1909", "1900—1909年"),  # "1900s" is 19XX
    ("-020X", "210–201 BCE", "公元前210—前201年"),
    # intervals
    ("0493/0907", "493–907", "493—907年"),
    ("0025/0220", "25–220 CE", "公元25—220年"),
    ("-0205/0220", "206 BCE – 220 CE", "公元前206年—公元220年"),
    ("-0474/-0220", "475–221 BCE", "公元前475—前221年"),
    ("0493~/0907", "about 493 – 907", "493年前后—907年"),
    ("0493~/0907?", "about 493 – 907 (uncertain)", "493年前后—907年（存疑）"),
    ("1985-04-12/1985-05", "12 April 1985 – May 1985", "1985年4月12日—1985年5月"),
    ("0493/0493", "493", "493年"),
    ("1949/..", "from 1949", "1949年起"),
    ("../0907", "until 907", "至907年"),
    ("0493~/..", "from about 493", "493年前后起"),
    ("201X/..", "from the 2010s", "2010年代起"),
    ("1949/", "from 1949 (end unknown)", "1949年起（终止时间不详）"),
    ("/0907", "until 907 (start unknown)", "至907年（起始时间不详）"),
    # centuries and millennia
    ("0401/0500", "5th century", "公元5世纪"),
    ("0401~/0500~", "about the 5th century", "公元5世纪前后"),
    ("0401~/0500", "about 401 – 500", "401年前后—500年"),
    ("-0499/-0400", "5th century BCE", "公元前5世纪"),
    ("0001/0100", "1st century", "公元1世纪"),
    ("-0099/0000", "1st century BCE", "公元前1世纪"),
    ("1001/1100", "11th century", "11世纪"),
    ("1101/1200", "12th century", "12世纪"),
    ("1201/1300", "13th century", "13世纪"),
    ("2001/2100", "21st century", "21世纪"),
    ("0101/0200", "2nd century", "公元2世纪"),
    ("0201/0300", "3rd century", "公元3世纪"),
    ("-1999/-1000", "2nd millennium BCE", "公元前2千纪"),
    ("0400/0499", "400–499", "400—499年"),
]


@pytest.mark.parametrize(("text", "english", "chinese"), PHRASES)
def test_long_phrases(text, english, chinese):
    date = parse(text)
    assert phrase(date, "en") == english
    assert phrase(date, "zh-hans") == chinese


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("0493", "493", "493年"),
        ("0493~", "c. 493", "约493年"),
        ("-1299~", "c. 1300 BCE", "约公元前1300年"),
        ("Y-3600000~", "c. 3,600,000 BCE", "约公元前360万年"),
        ("Y-3599999~", "c. 3,600,000 BCE", "约公元前360万年"),
        ("0493%", "c. 493 (uncertain)", "约493年（存疑）"),
        ("0401~/0500~", "c. 5th century", "约公元5世纪"),
        ("0493~/0907~", "c. 493 – c. 907", "约493年—约907年"),
        ("201X~/..", "from c. 2010s", "约2010年代起"),
    ],
)
def test_short_phrases(text, english, chinese):
    date = parse(text)
    assert phrase(date, "en", style="short") == english
    assert phrase(date, "zh-hans", style="short") == chinese


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("0493", "about 493"),
        ("0493~", "about 493"),
        ("0493?", "about 493 (uncertain)"),
        ("0493/0907", "about 493 – about 907"),
        ("0493~/0907", "about 493 – 907"),
        ("0401/0500", "about the 5th century"),
        ("1949/..", "from about 1949"),
    ],
)
def test_a_date_is_called_approximate_once(text, english):
    assert phrase(parse(text), "en", approximate=True) == english


@pytest.mark.parametrize(
    ("first", "last", "english", "chinese"),
    [
        (25, 220, "25–220 CE", "公元25—220年"),
        (-205, 220, "206 BCE – 220 CE", "公元前206年—公元220年"),
        (1115, 1234, "1115–1234", "1115—1234年"),
        (1949, None, "from 1949", "1949年起"),
        (None, 907, "until 907", "至907年"),
        (None, 0, "until 1 BCE", "至公元前1年"),
        (0, 1, "1 BCE – 1 CE", "公元前1年—公元1年"),
        (401, 500, "401–500", "401—500年"),
        (68, 68, "68 CE", "公元68年"),
        (None, None, "", ""),
    ],
)
def test_spans_of_eras(first, last, english, chinese):
    assert span_phrase(first, last, "en") == english
    assert span_phrase(first, last, "zh-hans") == chinese


def test_single_years_and_styles():
    assert year_phrase(68, "en") == "68 CE"
    assert year_phrase(-1299, "zh-hans", approximate=True) == "公元前1300年前后"
    assert year_phrase(493, "en", style="short", approximate=True) == "c. 493"
    assert span_phrase(960, 1127, "en", approximate=True) == "about 960 – about 1127"


def test_the_active_language_is_the_default():
    with override("zh-hans"):
        assert phrase(parse("0068")) == "公元68年"
        assert phrase(parse("0068"), "en") == "68 CE"
    with override("en"):
        assert phrase(parse("0068")) == "68 CE"
