"""Days of the week as people write them: “Tue–Sun”, “Mon, Wed”, 周二至周日, daily."""

import re

from django.utils.translation import gettext as _

_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HAN = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_ALL = {
    **dict.fromkeys(
        ("daily", "every day", "everyday", "all days", "每天", "每日", "天天"), "1234567"
    ),
    **dict.fromkeys(("workdays", "working days", "工作日"), "12345"),
    **dict.fromkeys(("weekend", "weekends", "周末"), "67"),
}
_TO = re.compile(r"\s*(?:-|–|—|~|～|至|到|\bto\b|\bthrough\b)\s*")
_AND = re.compile(r"\s*(?:,|;|/|、|，|；|&|\+|和|及|\band\b|\s)\s*")
_HAN_DAY = re.compile("(?:星期|礼拜|禮拜|周|週)?([一二三四五六日天])")


def read_weekdays(text: str) -> str:
    """The digits of the days in order, 1 for Monday: “Tue–Sun” is 234567.

    Raises ValueError, in the language of the reader, for what names no days.
    """
    asked = " ".join(text.lower().replace(".", " ").split())
    if asked in _ALL:
        return _ALL[asked]
    if re.fullmatch("[1-7]+", asked):
        return "".join(sorted(set(asked)))
    days: set[int] = set()
    joined = _TO.sub("-", asked)
    for part in filter(None, _AND.split(joined)):
        first, dash, last = part.partition("-")
        begin, end = _day(first), _day(last) if dash else _day(first)
        if begin is None or end is None:
            raise ValueError(
                _("“%(text)s” names no days: write Tue–Sun, 周二至周日 or 234567.") % {"text": text}
            )
        days |= {(begin - 1 + step) % 7 + 1 for step in range((end - begin) % 7 + 1)}
    return "".join(map(str, sorted(days)))


def _day(word: str) -> int | None:
    if found := _HAN_DAY.fullmatch(word):
        return _HAN[found[1]]
    if re.fullmatch("[1-7]", word):
        return int(word)
    for number, (short, full) in enumerate(zip(_ENGLISH, _FULL, strict=True), 1):
        if word.startswith(short) and full.startswith(word.removesuffix("s")):
            return number
    return None
