"""Converts years of Chinese reign titles: 永平十一年, 万历二十年, 东汉建武二年, 康熙年间.

Year n of a title is taken as the western year in which it begins: the first year of the title
plus n - 1. A title that several dynasties used is resolved by the dynasty named before it, or
by the year if only one of them lasted so long; otherwise it is refused with a question.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from heritage.values import normalize
from heritage.values.date_format import phrase
from heritage.values.edtf import EDTFError, parse, year_text
from heritage.values.years import from_historical

_FILE = Path(__file__).with_suffix(".txt")
_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_NUMBER = "[〇零一二三四五六七八九十廿卅]{1,4}|元|[0-9]{1,2}"
_YEAR = re.compile(rf"([{normalize.HAN}]{{2,12}}?) ?({_NUMBER})年")
_WHOLE = re.compile(rf"([{normalize.HAN}]{{2,12}}?)(?:年间|时期|年號|年号)?")
_RULER = re.compile(r"..?[帝宗祖]$")  # 汉明帝永平
_LONGEST_TITLE = 6
_SIMPLE = str.maketrans("漢晉齊陳遼趙吳閩順後劉東國", "汉晋齐陈辽赵吴闽顺后刘东国")


@dataclass(frozen=True, slots=True)
class Reign:
    dynasty: str
    first_year: int  # astronomical
    years: int

    @property
    def last_year(self) -> int:
        return self.first_year + self.years - 1


def parse_reign_year(text: str) -> str | None:
    """The EDTF of a year or of a whole reign; None if the text names no reign title.

    EDTFError, with the dynasties to choose from, if it is ambiguous.
    """
    if found := _YEAR.fullmatch(text):
        number = _number(found[2])
        named = [reign for reign in _named(found[1]) if 1 <= number <= reign.years]
        if not named and (known := _named(found[1])):
            longest = max(reign.years for reign in known)
            raise EDTFError(
                _("“%(text)s”: the title lasted %(years)s years.")
                % {"text": text, "years": longest}
            )
        years = {reign: year_text(reign.first_year + number - 1) for reign in named}
        return _only(text, years)
    if found := _WHOLE.fullmatch(text):
        spans = {
            reign: f"{year_text(reign.first_year)}/{year_text(reign.last_year)}"
            for reign in _named(found[1])
        }
        return _only(text, spans)
    return None


def _only(text: str, dates: dict[Reign, str]) -> str | None:
    if len(set(dates.values())) <= 1:
        return next(iter(dates.values()), None)
    offered = ", ".join(
        f"{reign.dynasty} ({phrase(parse(date))})"
        for reign, date in sorted(dates.items(), key=lambda pair: pair[0].first_year)
    )
    raise EDTFError(
        _("“%(text)s” may be of several dynasties: %(offered)s. Write the dynasty before it.")
        % {"text": text, "offered": offered}
    )


def _named(text: str) -> list[Reign]:
    """The reigns that a title means, with what stands before it."""
    for length in range(min(len(text), _LONGEST_TITLE), 1, -1):
        title, dynasty = text[-length:], text[:-length]
        known = _reigns().get(title, [])
        if known:
            return _of_dynasty(known, dynasty)
    return []


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
        if _base_name(reign.dynasty).endswith(name) or name.endswith(_base_name(reign.dynasty))
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
            reign = Reign(dynasty, from_historical(int(first)), int(years))
            for title in titles.split(" "):
                found[title].append(reign)
    return dict(found)


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    total = 0
    for char in text:
        if char in _TENS:
            total = (total or 1) * 10 if char == "十" else _TENS[char]
        else:
            total += _DIGITS[char]
    return total
