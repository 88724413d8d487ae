"""How many minutes words such as “One to two hours” or “约半小时” say."""

import re

_ENGLISH = {
    "half a": 0.5, "half an": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_CHINESE = {"半": 0.5} | {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}
_CHINESE["两"] = 2
_MINUTES = {"minute": 1, "hour": 60, "day": 480, "分": 1, "小时": 60, "天": 480, "日": 480}

_NUMBER = r"\d+(?:[.,]\d+)?|half an?|" + "|".join(sorted(set(_ENGLISH) - {"half a", "half an"}))
_UNIT = r"minutes?|hours?|days?"
_ONE = rf"(?:({_NUMBER})(?:\s+({_UNIT}))?(\s+and a half)?(?:\s+({_UNIT}))?)"
_WORDS = re.compile(rf"\b{_ONE}(?:\s*(?:to|or|–|-)\s*{_ONE})?", re.IGNORECASE)
_HAN = r"(\d+(?:\.\d+)?|[半一二两三四五六七八九十])\s*个?(半)?(?:来)?\s*(分钟?|小时|天|日)?(半)?"
_HAN_WORDS = re.compile(rf"{_HAN}(?:\s*(?:至|到|或|–|-)\s*{_HAN})?")


def minutes_in(words: str) -> int | None:
    """The minutes of the first duration in English or Chinese words; of a range its middle.

    A day is eight hours. None if no number with a unit is found.
    """
    for found in (*_WORDS.finditer(words), *_HAN_WORDS.finditer(words)):
        parts = found.groups()
        read = _english if found.re is _WORDS else _chinese
        first, last = read(parts[:4]), read(parts[4:])
        unit = first[1] or last[1]
        if first[0] is None or not unit:
            continue
        least = first[0] * _MINUTES[unit]
        most = last[0] * _MINUTES[last[1] or unit] if last[0] is not None else least
        return round((least + most) / 2)
    return None


def _english(parts: tuple[str | None, ...]) -> tuple[float | None, str]:
    number, unit, half, unit_after = parts
    if number is None:
        return None, ""
    text = " ".join(number.lower().split())
    value = _ENGLISH.get(text)
    value = float(text.replace(",", ".")) if value is None else value
    return value + (0.5 if half else 0), (unit or unit_after or "").lower().rstrip("s")


def _chinese(parts: tuple[str | None, ...]) -> tuple[float | None, str]:
    number, half, unit, half_after = parts
    if number is None:
        return None, ""
    value = _CHINESE.get(number)
    value = float(number) if value is None else value
    return value + (0.5 if half or half_after else 0), (unit or "").removesuffix("钟")
