"""Converts years of Chinese reign titles: 永平十一年, 明万历二十年, 康熙年间, Wanli 20.

Year n of a title is taken as the western year in which it begins: the first year of the title
plus n - 1. Its first ten months end in that year, the last two may end in the next. A title that
several dynasties used is resolved by the dynasty named before it, or by the year if only one of
them lasted so long; otherwise it is refused with a question.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from heritage.values import normalize
from heritage.values.date_format import phrase
from heritage.values.date_words import NUMERAL, number_of, numeral_of
from heritage.values.edtf import EDTFError, from_historical, parse, year_text

_FILE = Path(__file__).with_suffix(".txt")
_HAN = f"[{normalize.HAN}]"
_NUMBER = f"{NUMERAL}{{1,4}}|元|[0-9]{{1,2}}"
_MONTH_NUMBER = f"[正冬腊]|{NUMERAL}{{1,2}}|[0-9]{{1,2}}"
_DAY = f"初?(?:{NUMERAL}{{1,3}}|[0-9]{{1,2}})日?|朔|望"
_YEAR = re.compile(
    rf"(?P<name>{_HAN}{{2,12}}?) ?(?P<year>{_NUMBER})年"
    rf"(?:(?P<leap>闰?)(?P<month>{_MONTH_NUMBER})月(?P<day>{_DAY})?|(?P<season>[春夏秋冬])[季天]?)?"
)
_ONLY_A_REIGN = re.compile(rf"({_HAN}{{2,12}}?)(?:年间|时期|年号)?")
_SEASONS = {"春": 21, "夏": 22, "秋": 23, "冬": 24}
_MONTHS = {"正": 1, "冬": 11, "腊": 12}
# By the calendars of these, a month of a year is another one than elsewhere, or a western one.
_WU_ZHOU, _REPUBLIC = "武周", "中华民国"
# Titles in Latin script: ming wanli 20, the 20th year of qianlong, the kangxi reign.
_DYNASTY_AND_TITLE = (
    r"(?:the )?(?:(?P<dynasty>[a-z]+(?: [a-z]+)?)(?: dynasty)? )??(?P<title>[a-z']{3,24})"
    r"(?: reign| era| period)?"
)
_ORDINAL = r"(?P<number>[0-9]{1,2})"
_LATIN = (
    rf"{_DYNASTY_AND_TITLE},? (?:year )?{_ORDINAL}",
    rf"(?:the )?{_ORDINAL}(?:st|nd|rd|th) year (?:of )?{_DYNASTY_AND_TITLE}",
    rf"year {_ORDINAL} (?:of )?{_DYNASTY_AND_TITLE}",
    rf"(?:(?:the )?reign of )?{_DYNASTY_AND_TITLE}(?P<number>)",
)
_DIRECTIONS = {
    **{"东": "eastern", "西": "western", "南": "southern", "北": "northern"},
    **{"后": "later", "前": "former"},
}
_RULER = re.compile(r"..?[帝宗祖]$")  # 汉明帝永平
_JOINED = re.compile("[至到与及或、]")  # no name of a dynasty, but what joins two dates
_LONGEST_TITLE = 6
_SIMPLE = str.maketrans("漢晉齊陳遼趙吳閩順後劉東國", "汉晋齐陈辽赵吴闽顺后刘东国")


@dataclass(frozen=True, slots=True)
class Reign:
    dynasty: str
    title: str  # in simplified script
    first_year: int  # astronomical
    years: int

    @property
    def last_year(self) -> int:
        return self.first_year + self.years - 1


@dataclass(frozen=True, slots=True)
class ReignYear:
    """A year of a reign title: 上元三年 of the Tang."""

    reign: Reign
    number: int

    def in_chinese(self) -> str:
        """With its dynasty: 唐上元三年."""
        number = "元" if self.number == 1 else numeral_of(self.number)
        return f"{_base_name(self.reign.dynasty)}{self.reign.title}{number}年"

    def romanised(self) -> str:
        """As the date reader takes it: Tang Shangyuan 3."""
        names = (_base_name(self.reign.dynasty), self.reign.title)
        spelt = (normalize.romanise(name).replace(" ", "").capitalize() for name in names)
        return f"{' '.join(spelt)} {self.number}"


def reign_years_of(year: int) -> list[ReignYear]:
    """The years of Chinese reign titles that begin in an astronomical year, those of the longest
    reign first."""
    reigns = {reign: None for named in _reigns().values() for reign in named}
    found = [
        ReignYear(reign, year - reign.first_year + 1)
        for reign in reigns
        if reign.first_year <= year <= reign.last_year
    ]
    return sorted(found, key=lambda each: (each.reign.first_year, -each.reign.years))


def parse_reign_year(text: str) -> str | None:
    """The EDTF of a year or of a whole reign; None if the text names no reign title.

    EDTFError, with the dynasties to choose from, if it is ambiguous.
    """
    if found := _YEAR.fullmatch(text):
        number = number_of(found["year"])
        known = _named(found["name"])
        named = _lasting(text, known, number)
        return _only(text, {reign: _in_year(reign, number, found) for reign in named})
    if found := _ONLY_A_REIGN.fullmatch(text):
        return _only(text, {reign: _span(reign) for reign in _named(found[1])})
    for shape in _LATIN:
        latin = re.fullmatch(shape, text)
        known = _romanised(latin) if latin else []
        if latin and known:
            if not latin["number"]:
                return _only(text, {reign: _span(reign) for reign in known})
            number = int(latin["number"])
            named = _lasting(text, known, number)
            return _only(text, {reign: year_text(reign.first_year + number - 1) for reign in named})
    return None


def has_chinese_month(text: str) -> bool:
    """Whether it is a year of a reign with a month, which is not of the western calendar."""
    found = _YEAR.fullmatch(text)
    if not found or not found["month"]:
        return False
    return any(reign.dynasty != _REPUBLIC for reign in _named(found["name"]))


def with_shared_title(start: str, end: str) -> tuple[str, str]:
    """Both ends of a span with the dynasty and the title that only the first one names.

    乾隆十三 | 十五年 -> 乾隆十三年 | 乾隆十五年; 明万历 | 天启 -> 明万历 | 明天启. Other texts are
    given back as they are.
    """
    first = _YEAR.fullmatch(start if start.endswith("年") else f"{start}年")
    last = re.fullmatch(rf"({_NUMBER})年", end)
    if first and last and _named(first["name"]):
        return first[0], first["name"] + end
    latin = re.fullmatch(_LATIN[0], start)
    if latin and re.fullmatch("[0-9]{1,2}", end) and _romanised(latin):
        return start, start[: latin.start("number")] + end
    found = _YEAR.match(end) or _ONLY_A_REIGN.fullmatch(end)
    dynasty = _dynasty_of(start)
    if found and dynasty and not _dynasty_of(end) and _named(dynasty + found[1]):
        return start, dynasty + end
    return start, end


def _dynasty_of(text: str) -> str:
    found = _YEAR.match(text) or _ONLY_A_REIGN.fullmatch(text)
    return _parted(found[1])[0] if found else ""


def _lasting(text: str, known: list[Reign], number: int) -> list[Reign]:
    """The reigns that had such a year; EDTFError if there were reigns, but none so long."""
    named = [reign for reign in known if 1 <= number <= reign.years]
    if known and not named:
        longest = max(reign.years for reign in known)
        raise EDTFError(
            _("“%(text)s”: the title lasted %(years)s years.") % {"text": text, "years": longest}
        )
    return named


def _span(reign: Reign) -> str:
    return f"{year_text(reign.first_year)}/{year_text(reign.last_year)}"


def _in_year(reign: Reign, number: int, found: re.Match) -> str:
    """The EDTF of a year, with its season or, of the Republic only, its month and day."""
    year = reign.first_year + number - 1
    if found["season"]:
        return f"{year_text(year)}-{_SEASONS[found['season']]}"
    if not found["month"]:
        return year_text(year)
    month = _MONTHS.get(found["month"]) or number_of(found["month"])
    if reign.dynasty == _REPUBLIC:
        day = re.sub("[初日]", "", found["day"] or "")
        return f"{year_text(year)}-{month:02d}" + (f"-{number_of(day):02d}" if day else "")
    first = year - (reign.dynasty == _WU_ZHOU)
    last = year + (month > 10 or (month == 10 and bool(found["leap"])))
    return year_text(year) if first == last else f"[{year_text(first)}..{year_text(last)}]"


def _only(text: str, dates: dict[Reign, str]) -> str | None:
    if len(set(dates.values())) <= 1:
        return next(iter(dates.values()), None)
    offered = ", ".join(
        f"{reign.dynasty}{reign.title if text.isascii() else ''} ({phrase(parse(date))})"
        for reign, date in sorted(dates.items(), key=lambda pair: pair[0].first_year)
    )
    raise EDTFError(
        _("“%(text)s” may be of several dynasties: %(offered)s. Write the dynasty before it.")
        % {"text": text, "offered": offered}
    )


def _named(text: str) -> list[Reign]:
    """The reigns that a title means, with what stands before it."""
    dynasty, title = _parted(text)
    return _of_dynasty(_reigns().get(title, []), dynasty)


def _parted(text: str) -> tuple[str, str]:
    """What stands before a title, and the title; both empty if it ends with none."""
    for length in range(min(len(text), _LONGEST_TITLE), 1, -1):
        title, dynasty = text[-length:], text[:-length]
        if title in _reigns():
            return ("", "") if _JOINED.search(dynasty) else (dynasty, title)
    return "", ""


def _romanised(found: re.Match) -> list[Reign]:
    """The reigns of a title in pinyin, with the dynasty before it, if any."""
    reigns = _romanised_reigns().get(found["title"].replace("'", ""), [])
    dynasty = found["dynasty"]
    return [
        reign for reign in reigns if not dynasty or dynasty in _spellings(_base_name(reign.dynasty))
    ]


def _spellings(dynasty: str) -> set[str]:
    """北宋 -> beisong, northern song, song."""
    spelt = {normalize.romanise(dynasty).replace(" ", "")}
    if len(dynasty) > 1 and dynasty[0] in _DIRECTIONS:
        rest = normalize.romanise(dynasty[1:]).replace(" ", "")
        spelt |= {rest, f"{_DIRECTIONS[dynasty[0]]} {rest}"}
    return spelt


@cache
def _romanised_reigns() -> dict[str, list[Reign]]:
    found: dict[str, list[Reign]] = defaultdict(list)
    for title, reigns in _reigns().items():
        spelling = normalize.romanise(title).replace(" ", "")
        found[spelling] += [reign for reign in reigns if reign not in found[spelling]]
    return dict(found)


def _of_dynasty(reigns: list[Reign], dynasty: str) -> list[Reign]:
    name = _RULER.sub("", dynasty) if len(dynasty) > 2 else dynasty
    name = name.translate(_SIMPLE).removeprefix("大").removesuffix("朝").removesuffix("代")
    if not name:
        return reigns
    exact = [reign for reign in reigns if _base_name(reign.dynasty) == name]
    if exact and len(name) > 1:
        return exact
    return [
        reign
        for reign in reigns
        if _base_name(reign.dynasty).endswith(name)
        or (name.endswith(base := _base_name(reign.dynasty)) and len(name) - len(base) <= 2)
    ]


def _base_name(dynasty: str) -> str:
    """齐 of 齐（南朝）."""
    return dynasty.partition("（")[0]


@cache
def _reigns() -> dict[str, list[Reign]]:
    found: dict[str, list[Reign]] = defaultdict(list)
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            titles, dynasty, first, years = line.split("\t")
            reign = Reign(dynasty, titles.split(" ")[0], from_historical(int(first)), int(years))
            for title in titles.split(" "):
                found[title].append(reign)
    return dict(found)
