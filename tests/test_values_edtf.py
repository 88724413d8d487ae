"""EDTF: every example of the specification, bounds, refusals, and text that is nothing at all."""

import random

import pytest
from django.utils.translation import override

from heritage.values.edtf import EDTFError, parse, year_text

# All examples of levels 0 and 1 in https://www.loc.gov/standards/datetime/ (4 February 2019).
SPECIFICATION = [
    ("1985-04-12", 1985, 1985),
    ("1985-04", 1985, 1985),
    ("1985", 1985, 1985),
    ("1985-04-12T23:20:30", 1985, 1985),
    ("1985-04-12T23:20:30Z", 1985, 1985),
    ("1985-04-12T23:20:30-04", 1985, 1985),
    ("1985-04-12T23:20:30+04:30", 1985, 1985),
    ("1964/2008", 1964, 2008),
    ("2004-06/2006-08", 2004, 2006),
    ("2004-02-01/2005-02-08", 2004, 2005),
    ("2004-02-01/2005-02", 2004, 2005),
    ("2004-02-01/2005", 2004, 2005),
    ("2005/2006-02", 2005, 2006),
    ("Y170000002", 170000002, 170000002),
    ("Y-170000002", -170000002, -170000002),
    ("2001-21", 2001, 2001),
    ("1984?", 1984, 1984),
    ("2004-06~", 2004, 2004),
    ("2004-06-11%", 2004, 2004),
    ("201X", 2010, 2019),
    ("20XX", 2000, 2099),
    ("2004-XX", 2004, 2004),
    ("1985-04-XX", 1985, 1985),
    ("1985-XX-XX", 1985, 1985),
    ("1985-04-12/..", 1985, None),
    ("1985-04/..", 1985, None),
    ("1985/..", 1985, None),
    ("../1985-04-12", None, 1985),
    ("../1985-04", None, 1985),
    ("../1985", None, 1985),
    ("1985-04-12/", 1985, None),
    ("1985-04/", 1985, None),
    ("1985/", 1985, None),
    ("/1985-04-12", None, 1985),
    ("/1985-04", None, 1985),
    ("/1985", None, 1985),
    ("-1985", -1985, -1985),
]
FURTHER = [
    ("0000", 0, 0),
    ("0001", 1, 1),
    ("-0001", -1, -1),
    ("-1299~", -1299, -1299),
    ("Y-1699999~", -1699999, -1699999),
    ("04XX", 400, 499),
    ("-04XX", -499, -400),
    ("00XX", 0, 99),
    ("-020X?", -209, -200),
    ("-0205/0220", -205, 220),
    ("0493~/0907?", 493, 907),
    ("0493~/..", 493, None),
    ("04XX/0450", 400, 450),
    ("1984-06-02?/2004-08-08~", 1984, 2004),
    ("2003-22/2003-23", 2003, 2003),
    ("2003-22/2003-08", 2003, 2003),
    ("2004-06~/2004-06-11%", 2004, 2004),
    ("1985/1985", 1985, 1985),
    ("2004-02-29", 2004, 2004),
    ("0000-02-29", 0, 0),
    ("-0004-02-29", -4, -4),
    ("  0493 ", 493, 493),
    # One of a set, as in level 2 of the specification and in the catalogue.
    ("[1667,1668,1670..1672]", 1667, 1672),
    ("[..1760-12-03]", None, 1760),
    ("[1760-12..]", 1760, None),
    ("[1760-01,1760-02,1760-12..]", 1760, None),
    ("[1667,1760-12]", 1667, 1760),
    ("[0618..0907]", 618, 907),
    ("[0618~..0907?]", 618, 907),
    ("[-0474..-0220]", -474, -220),
    ("[1592,1596~]", 1592, 1596),
    ("[04XX,06XX]", 400, 699),
]


@pytest.mark.parametrize(("text", "first", "last"), SPECIFICATION + FURTHER)
def test_accepted(text, first, last):
    date = parse(text)
    assert (date.text, date.first_year, date.last_year) == (text.strip(), first, last)
    assert str(date) == date.text
    assert date.is_interval == ("/" in text)
    assert date.is_one_of == text.startswith("[")


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("0493", False, False),
        ("0493~", True, False),
        ("0493?", False, True),
        ("0493%", True, True),
        ("0493~/0907?", True, True),
        ("../0907~", True, False),
        ("201X?", False, True),
        ("[0618..0907]", False, False),
        ("[0618~..0907]", True, False),
        ("[1592,1594?,1596]", False, True),
    ],
)
def test_qualifiers(text, approximate, uncertain):
    date = parse(text)
    assert (date.approximate, date.uncertain) == (approximate, uncertain)


def test_parts_of_a_moment():
    start, end = parse("1985-04-12~/2001-21").ends
    assert (start.month, start.day, start.season, start.approximate) == (4, 12, None, True)
    assert (end.month, end.day, end.season, end.approximate) == (None, None, 21, False)
    assert parse("1985-XX-XX").ends[0].month is None
    assert parse("04XX").ends[0].unspecified == 2


def test_dates_are_values():
    assert parse("0493~") == parse("0493~")
    assert parse("[0618..0907]") != parse("0618/0907")
    assert len({parse("0493~"), parse("0493~"), parse("0493")}) == 2
    with pytest.raises(AttributeError):
        parse("0493").text = "0494"


REFUSED = [
    ("", "empty"),
    (" \n", "empty"),
    ("1" * 10_000, "too long"),
    ("493", "needs four digits"),
    ("-68", "-0067 is 68 BCE"),
    ("12/1985", "needs four digits"),
    ("19850412", "lacks hyphens"),
    ("12345", "write Y before it"),
    ("Y1985", "five to nine digits"),
    ("Y1700000020", "five to nine digits"),
    ("Y00001985", "five to nine digits"),
    ("Y-1699999-05", "five to nine digits|stands alone"),
    ("-0000", "no year -0000"),
    ("2004-13", "no month 13 in “2004-13”"),
    ("2004-00", "no month 00"),
    ("2004-20", "no month 20"),
    ("1914-18", "as in 1914/1918"),
    ("2004-06-31", "no day 31 in “2004-06-31”: that month has 30"),
    ("2004-06-00", "no day 00"),
    ("2005-02-29", "has 28 days"),
    ("1900-02-29", "has 28 days"),
    ("-0001-02-29", "has 28 days"),
    ("2001-21-03", "No day can follow the season"),
    ("1985-04-12T24:00:00", "no such time"),
    ("1985-04-12T23:60:00", "no such time"),
    ("1985-04-12T23:20:30+25", "no such time"),
    ("1985-04T23:20:30", "needs a whole date"),
    ("1985-04-12T23:20:30?", r"no \?, ~ or % after it"),
    ("1985-04-12T23:20:30/1986", "no time of day"),
    ("1964/2008/2010", "more than two ends"),
    ("..", "not a date in EDTF"),
    ("../..", "no date at either end"),
    ("/", "no date at either end"),
    ("../", "no date at either end"),
    ("0907/0493", "ends before it starts"),
    ("2004-06/2004-03", "ends before it starts"),
    ("2004-06-12/2004-06-11", "ends before it starts"),
    ("2003-23/2003-22", "ends before it starts"),
    ("Y-20000/Y-30000", "ends before it starts"),
    ("４９３０", "not a date in EDTF"),
    ("٠٤٩٣", "not a date in EDTF"),
    ("1985\x00", "not a date in EDTF"),
    ("🏯", "“🏯” is not a date"),
    ("\ud800", "not a date in EDTF"),
    ("about 493", "not a date in EDTF"),
    ("[]", "not a date in EDTF"),
    ("[1592]", "a set of one date"),
    ("[1592", "no set of dates"),
    ("[..]", "no set of dates"),
    ("[1592..,1596]", "no set of dates"),
    ("[1590,..1596]", "no set of dates"),
    ("[1596,1592]", "ends before it starts"),
    ("[0907..0618]", "ends before it starts"),
    ("[1985-04-12T23:20:30,1986]", "no time of day"),
    ("[0618/0907]", "not a date in EDTF"),
]
# The examples of level 2 in the specification, of each kind.
LEVEL_2 = [
    "Y-17E7",
    "Y17E8",
    "1950S2",
    "Y171010000S3",
    "Y3388E2S3",
    "2001-34",
    "{1667,1668,1670..1672}",
    "{..1984}",
    "2004-06-11%/2004?-06",
    "2004-06~-11",
    "2004?-06-11",
    "?2004-06-~11",
    "2004-%06-11",
    "156X-12-25",
    "15XX-12-25",
    "XXXX-12-XX",
    "1XXX-XX",
    "1XXX-12",
    "1984-1X",
    "1985-04-1X",
    "1985-XX-12",
    "1XXX",
    "1984?~",
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused_with_a_reason(text, message):
    with pytest.raises(EDTFError, match=message):
        parse(text)


@pytest.mark.parametrize("text", LEVEL_2)
def test_level_2_is_refused_by_name(text):
    with pytest.raises(EDTFError, match="level 2"):
        parse(text)


def test_reasons_are_translated():
    with override("zh-hans"), pytest.raises(EDTFError, match="“2004-13”中的13月不存在"):
        parse("2004-13")


@pytest.mark.parametrize(
    ("year", "text"),
    [
        (68, "0068"),
        (0, "0000"),
        (-1, "-0001"),
        (-9999, "-9999"),
        (9999, "9999"),
        (10000, "Y10000"),
        (-1699999, "Y-1699999"),
    ],
)
def test_year_text(year, text):
    assert year_text(year) == text
    assert parse(text).first_year == year


def test_any_text_is_a_date_or_an_error():
    chance = random.Random(493)
    pieces = ["0493", "1985", "04", "12", "2", "XX", "X", "Y", "1699999", "T23:20:30", "Z", "E"]
    signs = ["-", "/", "..", "[", "]", ",", "~", "?", "%", ":", "{", " ", "\x00", "🏯", "４", "年"]
    accepted = 0
    for _ in range(5000):
        text = "".join(chance.choices(pieces + signs[:4] * 3 + signs, k=chance.randrange(7)))
        try:
            date = parse(text)
        except EDTFError as error:
            assert str(error)
        else:
            accepted += 1
            years = [year for year in (date.first_year, date.last_year) if year is not None]
            assert years == sorted(years)
            assert all(-(2**31) < year < 2**31 for year in years)
            assert parse(date.text) == date
    assert accepted > 50
