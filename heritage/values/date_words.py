"""What people write around a date: numerals, abbreviations, and what happened then."""

import re
import unicodedata

_SIMPLIFIED = str.maketrans("約紀間從來後葉時號與於處歲", "约纪间从来后叶时号与于处岁")
_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TENS = {"廿": 20, "卅": 30}
NUMERAL = "[〇○零一二三四五六七八九十百千廿卅]"


def normalised(text: str) -> str:
    """One spelling for what means the same: width, case, script, spaces, B.C., 1,700,000."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLIFIED)
    plain = plain.replace("\N{MINUS SIGN}", "-").replace("\N{NON-BREAKING HYPHEN}", "-")
    plain = re.sub(r"\b(b|a|c)\. ?(c|d|e)\.(?: ?(e)\b\.?)?", r"\1\2\3", plain)
    plain = re.sub(r"(?<=[0-9])(st|nd|rd|th) c(?:ent)?\b\.?", r"\1 century", plain)
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", plain)
    plain = re.sub("(?<=[0-9])万(?!历)", "0000", plain)  # 170万年
    return " ".join(_with_figures(plain).split())


def _with_figures(plain: str) -> str:
    """Western years, centuries and days in figures; years of a reign stay as they are."""

    def figures(match: re.Match) -> str:
        return str(number_of(match[0]))

    plain = re.sub("[〇○零一二三四五六七八九]{4}(?=年|[-–—至到])", figures, plain)
    plain = re.sub(rf"{NUMERAL}+(?=世纪|千纪|年代)", figures, plain)
    plain = re.sub(
        rf"(?<=公元前){NUMERAL}+|(?<=公元){NUMERAL}+|(?<=世纪){NUMERAL}+", figures, plain
    )
    plain = re.sub(rf"(?<=距今){NUMERAL}+|(?<=距今约){NUMERAL}+", figures, plain)
    plain = re.sub(rf"(?<=[0-9]年){NUMERAL}{{1,2}}(?=月)", figures, plain)
    return re.sub(rf"(?<=[0-9]月){NUMERAL}{{1,3}}(?=日)", figures, plain)


def number_of(text: str) -> int:
    """The number of Chinese numerals: 二十 -> 20, 廿一 -> 21, 一九四九 -> 1949, 元 -> 1."""
    if text.isascii():
        return int(text)
    if text == "元":
        return 1
    if not set(text) & (_UNITS.keys() | _TENS.keys()):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _TENS:
            total += _TENS[char]
        else:
            digit = _DIGITS[char]
    return total + digit


def numeral_of(number: int) -> str:
    """The Chinese numeral of a number below 100: 20 -> 二十, 61 -> 六十一."""
    tens, digit = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    before = f"{digits[tens] if tens > 1 else ''}十" if tens else ""
    return before + (digits[digit] if digit or not tens else "")


# What happened, as sources put it beside a date; the kinds of event that say the same.
HAPPENINGS = {
    "built": (
        *("始建", "创建", "初建", "建造", "兴建", "修筑", "建成", "建立", "建", "筑"),
        *("built", "erected"),
    ),
    "founded": ("始建", "创建", "初建", "创立", "建立", "建", "founded", "established"),
    "begun": ("始建", "始凿", "开凿", "begun"),
    "completed": ("建成", "落成", "竣工", "completed"),
    "rebuilt": ("重修", "重建", "再建", "复建", "rebuilt", "reconstructed"),
    "repaired": ("重修", "修缮", "维修", "修葺", "整修", "大修", "修", "repaired", "restored"),
    "enlarged": ("扩建", "增建", "增修", "续建", "enlarged", "extended"),
    "moved": ("迁建", "移建", "迁", "moved"),
    "renamed": ("改名", "更名", "renamed"),
    "damaged": ("受损", "damaged"),
    "destroyed": ("焚毁", "拆毁", "被毁", "毁", "destroyed", "demolished"),
    "abandoned": ("废弃", "废", "abandoned"),
    "excavated": ("发掘", "excavated"),
    "rediscovered": ("发现", "rediscovered", "discovered"),
}  # fmt: skip
_WORDS = sorted({word for words in HAPPENINGS.values() for word in words}, key=len, reverse=True)
_CHINESE = "|".join(word for word in _WORDS if not word.isascii())
_ENGLISH = "|".join(word for word in _WORDS if word.isascii())
_AFTER = re.compile(rf"(.+?)[,, ]*({_CHINESE})")
_BEFORE = re.compile(rf"({_ENGLISH})(?: (?:in|on|during))? (.+)|({_CHINESE})于(.+)")


def without_happening(text: str) -> tuple[str, str]:
    """The date, and the word beside it that tells what happened; both as written.

    “万历年间重修” -> 万历年间, 重修; “rebuilt in 1592” -> 1592, rebuilt. The word is empty if
    there is none.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if match := _AFTER.fullmatch(text):
        return match[1], match[2]
    if match := re.fullmatch(_BEFORE, text.lower()):
        date = match[2] or match[4]
        return text[len(text) - len(date) :], match[1] or match[3]
    return text, ""
