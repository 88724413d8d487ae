"""Parses dates as editors write them, in English or Chinese, into EDTF.

It reads all that `date_format` prints, and common spellings beside (AD 68, ca 493, 493-907). An
ambiguous date is refused, never guessed.
"""

import calendar
import re
from collections.abc import Iterator
from math import inf

from django.utils.translation import gettext as _

from heritage.values import reign_years
from heritage.values.date_format import phrase
from heritage.values.date_words import normalised, without_happening
from heritage.values.edtf import (
    EARLIEST,
    MAX_LENGTH,
    EDTFError,
    HistoricalDate,
    Moment,
    check_range,
    from_historical,
    parse,
    printable,
    to_historical,
    year_text,
)


def parse_date(text: str) -> str:
    """The EDTF of a date as people write it: "c. 1300 BC" -> "-1299~"; EDTF stays as it is.

    Raises EDTFError, with the accepted forms, for a date that cannot be read, is ambiguous, or is
    outside the years of the catalogue.
    """
    try:
        date = parse(_edtf(text.strip()))
        for year in (date.first_year, date.last_year):
            if year is not None:
                check_range(year)
    except EDTFError:
        raise
    except ValueError as error:  # of `years`
        raise EDTFError(str(error)) from None
    return date.text


def remarks(text: str) -> list[str]:
    """What a reader of the text should know of how it is understood."""
    plain = normalised(text)
    found = []
    if reign_years.has_chinese_month(unqualified(plain)[0]):
        found.append(
            _(
                "The month is one of the Chinese calendar and is not converted: only the year is "
                "kept. Put the month into the note."
            )
        )
    if re.search(r"距今|\bago\b|[0-9]{4,}年前", plain):
        found.append(_("Years ago are counted back from the year 2000 and are always approximate."))
    if re.search(r"[0-9](?:st|nd|rd|th) |世纪|[0-9]s\b|年代", plain) and _part(plain):
        found.append(thirds_remark())
    return found


def thirds_remark() -> str:
    return _(
        "Early, middle and late mean the first, second and last third of a period, approximately."
    )


def _edtf(text: str) -> str:
    """The EDTF of the text, which may still break a rule of EDTF; EDTFError if it has none."""
    if len(text) > MAX_LENGTH:
        return text  # refused by `parse`
    plain = normalised(text)
    try:
        return parse(plain.upper()).text
    except EDTFError:
        if not plain or re.fullmatch(_NO_SPAN, plain):
            raise
        edtf = _as_edtf(plain)
        if edtf:
            return edtf
        if re.fullmatch(r"[-+0-9xyzest?~%:/.,\[\]{}]+", plain):
            raise
    _ask_about(text, plain)
    raise EDTFError(
        _(
            "“%(text)s” cannot be read as a date. Write a year (68, 493, 1300 BCE), a day "
            "(12 April 1985), a century (5th century BCE, late 16th century), a decade (1920s), "
            "a reign year (万历二十年, Wanli 20), a span (493–907, from 1949, until 907), a date "
            "that is not known more closely (between 618 and 907, 1592 or 1596, before 68) or EDTF "
            "(0493/0907), with “about” or “?” where needed."
        )
        % {"text": printable(text)}
    )


def _as_edtf(plain: str) -> str | None:
    return _date(plain) or _one_of(plain) or _interval(plain) or _twice(plain)


def _ask_about(text: str, plain: str) -> None:
    """EDTFError for a text that has a date in it, or two meanings: it says how to write either."""
    shown = {"text": printable(text)}
    if match := re.fullmatch(r"约?([0-9]{1,7})年前", plain):
        shown["year"] = match[1]
        raise EDTFError(
            _(
                "“%(text)s” may be before the year %(year)s, or %(year)s years ago. Write "
                "%(year)s年以前, or 距今%(year)s年."
            )
            % shown
        )
    if (match := re.fullmatch("(.+年)间", plain)) and (span := _interval(match[1])):
        shown |= {"span": phrase(parse(span)), "moment": phrase(parse(_within(span)))}
        raise EDTFError(
            _(
                "“%(text)s” may be all that time, or some time in it. Write %(span)s for the one, "
                "%(moment)s for the other."
            )
            % shown
        )
    date, word = without_happening(text)
    if word and _readable(date):
        raise EDTFError(
            _(
                "“%(word)s” is no part of a date. Write “%(date)s” here, and what happened in its "
                "own field or in the note."
            )
            % {"word": printable(word), "date": printable(date)}
        )
    parts = [part for part in re.split(r"\s*[、,;]\s*", plain) if part]
    if len(parts) > 1 and all(map(_readable, parts)):
        raise EDTFError(
            _(
                "“%(text)s” gives several dates. Record an event for each, or write “or” between "
                "them if only one is right, or a span from the first to the last."
            )
            % shown
        )


def _readable(text: str) -> str | None:
    try:
        return parse_date(text)
    except EDTFError:
        return None


# Wrong or foreign dates (2004-13, 12/1985) that would pass for two years.
_NO_SPAN = r"-?[0-9]{4}-[0-9]{2}(-[0-9]{2})?[?~%]?|[0-9]{1,2}[-/.][0-9]{4}"


# --- The same date in two ways ---------------------------------------------------------------


def _twice(plain: str) -> str | None:
    """乾隆二十年(1755): both must agree; a year may make a reign or a century more exact."""
    match = re.fullmatch(r"(.+?) ?[(\[]([^()\[\]]+)[)\]]", plain)
    one, other = (_as_edtf(match[1]), _as_edtf(match[2])) if match else (None, None)
    if not match or not one or not other:
        return None
    (begin, finish), (start, end) = _bounds(parse(one)), _bounds(parse(other))
    if (begin, finish) == (start, end):
        return one
    if begin <= start <= end <= finish and _is_loose(match[1], one):
        return other
    if start <= begin <= finish <= end and _is_loose(match[2], other):
        return one
    raise EDTFError(
        _("“%(one)s” (%(year)s) and “%(other)s” (%(other_year)s) contradict each other: keep one.")
        % {
            "one": printable(match[1]),
            "year": phrase(parse(one)),
            "other": printable(match[2]),
            "other_year": phrase(parse(other)),
        }
    )


def _bounds(date: HistoricalDate) -> tuple[float, float]:
    first, last = date.first_year, date.last_year
    return -inf if first is None else first, inf if last is None else last


def _is_loose(text: str, edtf: str) -> bool:
    """Whether it leaves open which of its years is meant: a reign, a century, one of a set."""
    is_period = not re.search("[0-9]", text) or re.search("centur|millenni|世纪|千纪|年代|s$", text)
    date = parse(edtf)
    return date.is_one_of or "X" in edtf or (date.is_interval and bool(is_period))


# --- One of several dates --------------------------------------------------------------------

_RANGE = (
    r"(?:at )?(?:some ?time |some point |sometime )?between (.+)",
    r"(?:介于|在|于)?(.+?)(?:之间|年?间(?=某))(?:的?某(?:时|年|个时候))?",
)
_BETWEEN = (r"\s+(?:and|to|-|~)\s+|\s*[–—―〜至到和与]\s*", r"[-~]")
_OR = r"\s+or\s+|\s*或者?(?:是|说)?\s*"
_EARLIER = (
    r"(?:before|prior to) (.+)|(.+?)(?:以前|之前)",
    r"(?:by|no later than|not later than) (.+)|(.+) or (?:earlier|before)"
    r"|不晚于(.+)|(.+?)或(?:以前|之前|更早)",
)
_LATER = (
    r"after (.+)|(.+?)(?:以后|之后)|(.+年)后",
    r"(?:no earlier than|not before|not earlier than) (.+)|(.+) or (?:later|after)"
    r"|不早于(.+)|(.+?)或(?:以后|之后|更晚)",
)


def _one_of(plain: str) -> str | None:
    """EDTF of an unknown date: between two others, one of a few, before or after one."""
    member = _range_member(plain) or _open_member(plain)
    if member:
        return f"[{member}]"
    parts = re.split(_OR, plain)
    if len(parts) < 2:
        return None
    parts = [part for each in parts[:-1] for part in re.split(r"\s*[,、]\s*", each)] + parts[-1:]
    members = []
    for part in parts:
        part = part.removeprefix("either ")
        member = _range_member(part) or _open_member(part)
        if not member:
            date = _date(_with_shared_words(part, parts[-1])) or _date(part)
            member = date and date.replace("/", "..")
        if not member:
            return None
        members.append(member)
    members.sort(key=_earliest)
    return f"[{','.join(dict.fromkeys(members))}]" if len(set(members)) > 1 else None


def _earliest(member: str) -> int:
    start = member.partition("..")[0]
    return parse(start).ends[0].years[0] if start else EARLIEST


def _range_member(plain: str) -> str | None:
    for shape in _RANGE:
        if match := re.fullmatch(shape, plain):
            for separator in _BETWEEN:
                for start, end in _splits(match[1], separator):
                    if edtf := _two_sided(start, end):
                        return edtf.replace("/", "..")
    return None


def _open_member(plain: str) -> str | None:
    """What lies before or after a date: with it, or only up to what is next to it."""
    for shapes, side in ((_EARLIER, -1), (_LATER, 1)):
        for shape, step in zip(shapes, (side, 0), strict=True):
            match = re.fullmatch(shape, plain)
            date = match and _date(next(part for part in match.groups() if part))
            if date:
                first, last = _ends(date)
                # Before the 5th century is before its first year, by then is until its last.
                edge = first if (side < 0) == bool(step) else last
                bound = _next_to(parse(edge).ends[0], step)
                return bound and (f"..{bound}" if side < 0 else f"{bound}..")
    return None


def _within(interval: str) -> str:
    return f"[{interval.replace('/', '..')}]"


# --- Intervals -------------------------------------------------------------------------------

_FROM = r"from (.+)|[自从由](.+)"
# Long dashes, words and spaced signs part before a bare hyphen does: 2004-06 – 2006-08.
_SEPARATORS = (r"\s+(?:[-~]|to|until|till)\s+|\s*(?:[–—―]{1,2}|[〜至到/])\s*", r"[-~]")
_ONE_SIDED = (
    (r"(?:from|since) (.+) \(end unknown\)|(.+)起 ?\(终止时间不详\)", "{first}/"),
    (r"until (.+) \(start unknown\)|至(.+?) ?\(起始时间不详\)", "/{last}"),
    (r"(?:from|since) (.+?)(?: onwards?)?", "{first}/.."),
    (r"[自从]?(.+?)(?:起|以来|至今)|(.+?) ?[-–—] ?(?:present)?", "{first}/.."),
    (r"(?:until|till|up to) (.+)|[至到](.+)", "../{last}"),
)


def _interval(plain: str) -> str | None:
    """EDTF of a text with two ends, or with one and nothing on the other side."""
    match = re.fullmatch(_FROM, plain)
    inner = match and next(part for part in match.groups() if part)
    for text in filter(None, (inner, plain)):
        for separator in _SEPARATORS:
            for start, end in _splits(text, separator):
                if edtf := _two_sided(start, end):
                    return edtf
    if match := re.fullmatch(r"(.+(?:st|nd|rd|th)) and (.+ centuries(?: bce?| ce)?)", plain):
        return _two_sided(match[1], match[2])
    for shape, form in _ONE_SIDED:
        match = re.fullmatch(shape, plain)
        date = match and _date(next(part for part in match.groups() if part))
        if date:
            first, last = _ends(date)
            return form.format(first=first, last=last)
    return None


def _splits(plain: str, separator: str) -> Iterator[tuple[str, str]]:
    """All ways to part a text in two: some titles hold 至, as do separators."""
    for match in re.finditer(separator, plain):
        start, end = plain[: match.start()], plain[match.end() :]
        if start and end:
            yield start, end


def _two_sided(start: str, end: str) -> str | None:
    start, end = reign_years.with_shared_title(start, end)
    start_date = _date(_with_shared_words(start, end)) or _date(start)
    end_date = _date(end)
    if not start_date or not end_date:
        return None
    first, last = _ends(start_date)[0], _ends(end_date)[1]
    _check_reckoning(first, last, end)
    return f"{first}/{last}"


def _with_shared_words(start: str, end: str) -> str:
    """The start with what only the end spells out: "12", "15 april 1985" -> "12 april 1985"."""
    counted = r"[^0-9]*[0-9]+(?:st|nd|rd|th)?"
    shared = re.fullmatch(rf"{counted}([^-0-9][^0-9]*| [a-z].*)", unqualified(end)[0])
    return start + shared[1] if shared and re.fullmatch(counted, start) else start


def _check_reckoning(first: str, last: str, end: str) -> None:
    """Refuse "206 BCE – 100": such an end may lie on either side of the turn of the eras."""
    start_year, end_year = _years(first)[0], _years(last)[1]
    is_bare = re.fullmatch("[0-9]+年?", unqualified(end)[0])
    if is_bare and start_year <= 0 and end_year <= -to_historical(start_year):
        raise EDTFError(
            _("Is the year %(year)s before or after 1 CE? Write %(year)s BCE or %(year)s CE.")
            % {"year": end_year}
        )


def _years(edtf: str) -> tuple[int, int]:
    """First and last year of a date without an open end."""
    ends = parse(edtf).ends
    return ends[0].years[0], ends[-1].years[1]


def _ends(edtf: str) -> tuple[str, str]:
    """Both ends of an interval, or of the range of a set; a date is its own start and end."""
    plain = edtf.strip("[]").replace("..", "/")
    first, _slash, last = plain.partition("/")
    return first, last or first


def _next_to(moment: Moment, step: int) -> str | None:
    """The moment itself (0), or the day, month or year before (-1) or after (1) it, as EDTF.

    None for a season, whose neighbours no source counts.
    """
    if not step:
        return moment.text
    if moment.season:
        return None
    qualifier = moment.text[-1] if moment.text[-1] in "~?%" else ""
    year, month, day = moment.years[step > 0], moment.month, moment.day
    if month is None:
        return year_text(year + step) + qualifier
    if day is not None:
        day += step
        if 1 <= day <= calendar.monthrange(2000 + year % 400, month)[1]:
            return f"{year_text(year)}-{month:02d}-{day:02d}{qualifier}"
    month += step
    year, month = (year - 1, 12) if month < 1 else (year + 1, 1) if month > 12 else (year, month)
    if day is None:
        return f"{year_text(year)}-{month:02d}{qualifier}"
    day = 1 if step > 0 else calendar.monthrange(2000 + year % 400, month)[1]
    return f"{year_text(year)}-{month:02d}-{day:02d}{qualifier}"


# --- One date --------------------------------------------------------------------------------

_UNCERTAIN = r"(.+?) ?(?:\?|\(uncertain\)|\(存疑\))|(?:probably|possibly|perhaps|可能) ?(.+)"
_APPROXIMATE = (
    r"(?:c\.|ca\b\.?|c\b|c(?=[0-9])|circa|about|around|approx(?:imately|\.)?|大约|大概|约) ?(.+)"
    r"|(.+?) ?(?:前后|左右|~)"
)


def _date(plain: str) -> str | None:
    """EDTF of one date, or of a century, which is an interval; None for anything else."""
    core, qualifier = unqualified(plain)
    try:
        date = parse(core.upper())
        return None if len(date.ends) > 1 else date.text + qualifier
    except EDTFError:
        edtf = _meaning(core)
    if edtf is None or not qualifier:
        return edtf
    separator = ".." if edtf.startswith("[") else "/"
    ends = (end.removesuffix("~") + qualifier for end in edtf.strip("[]").split(separator))
    return _within("/".join(ends)) if separator == ".." else "/".join(ends)


def _meaning(core: str) -> str | None:
    for shape, meaning in _DATES:
        match = re.fullmatch(shape, core)
        if match:
            return meaning(match)
    return _part(core) or reign_years.parse_reign_year(core)


def unqualified(plain: str) -> tuple[str, str]:
    """The date without its qualifying words, and the EDTF qualifier that they mean."""
    qualifiers = ""
    for qualifier, shape in (("?", _UNCERTAIN), ("~", _APPROXIMATE)):
        match = re.fullmatch(shape, plain)
        if match:
            plain = next(part for part in match.groups() if part)
            qualifiers += qualifier
    return plain.removeprefix("the "), "%" if qualifiers == "?~" else qualifiers


def _year(match: re.Match) -> str:
    number = int(match["year"])
    is_before = match["before"] or match["before_zh"]
    return year_text(from_historical(-number if is_before else number))


def _calendar_date(match: re.Match) -> str:
    """Year with month or season, and day; the numbers are judged by `edtf`."""
    found = match.groupdict()
    month = found["month"]
    number = int(month) if month.isdigit() else _NUMBERS[month[:3]]
    day = f"-{int(found['day']):02d}" if found.get("day") else ""
    return f"{_year(match)}-{number:02d}{day}"


def _period(match: re.Match) -> str:
    """First and last year of a century or millennium."""
    size = 100 if match["unit"] in ("century", "centuries", "世纪") else 1000
    number = int(match["number"])
    if number == 0:
        raise EDTFError(_("Centuries and millennia are counted from 1. Write 1st century BCE."))
    is_before = match["before"] or match["before_zh"]
    last = (1 - number if is_before else number) * size
    return f"{year_text(last - size + 1)}/{year_text(last)}"


# A third is what early, middle and late come to, and no more exact; halves, quarters are counted.
_PARTS = {
    "early": (0, 1 / 3), "mid": (1 / 3, 2 / 3), "late": (2 / 3, 1),
    "early to mid": (0, 2 / 3), "mid to late": (1 / 3, 1),
    "first half": (0, 1 / 2), "second half": (1 / 2, 1),
    "first quarter": (0, 1 / 4), "second quarter": (1 / 4, 1 / 2),
    "third quarter": (1 / 2, 3 / 4), "last quarter": (3 / 4, 1),
}  # fmt: skip
_SAME_PARTS = {
    "middle": "mid", "beginning": "early", "start": "early", "end": "late",
    "latter half": "second half", "early-mid": "early to mid", "mid-late": "mid to late",
    "fourth quarter": "last quarter", "final quarter": "last quarter",
}  # fmt: skip
_PART = "|".join(sorted((*_PARTS, *_SAME_PARTS), key=len, reverse=True))
_PARTS_ZH = (
    (r"[早前]中[期叶]", "early to mid"),
    (r"中[晚后]期", "mid to late"),
    (r"初[叶年]?|初期|早期|前期", "early"),
    (r"中[叶期]", "mid"),
    (r"末[叶年]?|末期|晚期|后期|后叶", "late"),
    (r"上半叶|前半[叶期]?", "first half"),
    (r"下半叶|后半[叶期]?", "second half"),
    (r"第[一1]个?(?:四分之一|25年)", "first quarter"),
    (r"第[二2]个?(?:四分之一|25年)", "second quarter"),
    (r"第[三3]个?(?:四分之一|25年)", "third quarter"),
    (r"(?:第[四4]|最后)个?(?:四分之一|25年)", "last quarter"),
)
PART_ZH = "|".join(words for words, _part in _PARTS_ZH)


def part_of_years(part: str, begin: int, finish: int) -> str:
    """The EDTF of a part of a period, in astronomical years; `part` as in “early” or “晚期”.

    The early, middle and late part are its thirds, about right.
    """
    english = _SAME_PARTS.get(part, part)
    for words, meaning in _PARTS_ZH:
        if re.fullmatch(words, part):
            english = meaning
    start, end = _PARTS[english]
    years = finish - begin + 1
    first, last = begin + round(start * years), begin + round(end * years) - 1
    mark = "" if "half" in english or "quarter" in english else "~"
    return f"{year_text(first)}{mark}/{year_text(last)}{mark}"


def split_part(core: str) -> tuple[str, str] | None:
    """“late 16th century” -> (late, 16th century); “16世纪末” -> (末, 16世纪); None without one."""
    if match := re.fullmatch(rf"({_PART})(?: (?:part )?of)?(?: the |[- ])(.+)", core):
        return match[1], match[2]
    match = re.fullmatch(rf"(.+?)的?({PART_ZH})", core)
    return (match[2], match[1]) if match else None


def _part(core: str) -> str | None:
    """The years of “late 16th century”, “16世纪末”, “third quarter of the 12th century”."""
    found = split_part(core)
    if not found:
        return None
    part, period = found
    for shape, meaning in _DATES:
        match = re.fullmatch(shape, period)
        if match and meaning in (_period, _decade):
            years = _years(meaning(match))
            if meaning is _decade and years[1] - years[0] > 9:
                return None  # the early 1900s are of a decade, or of a century
            return part_of_years(part, *years)
    return None


def _ago(match: re.Match) -> str:
    """A year counted back from 2000, for Before Present from 1950, and always about right.

    Beyond 100,000 years the two thousand since the turn of the eras do not count.
    """
    found = match.groupdict()
    counts = [int(found[name]) for name in ("ago", "until") if found.get(name)]
    present = 0 if max(counts) >= 100_000 else 1950 if found.get("bp") else 2000
    years = [present - count for count in counts]
    return "/".join(year_text(year if year > 0 else year + 1) + "~" for year in years)


def _decade(match: re.Match) -> str:
    """192X of 1920s; 19XX of 1900s, since that is how a whole hundred is printed."""
    year = match["year"].zfill(4)
    return year[:2] + "XX" if year.endswith("00") else year[:3] + "X"


_NUMBERS = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12},
    **{"spr": 21, "sum": 22, "aut": 23, "fal": 23, "win": 24},
    **{"春": 21, "夏": 22, "秋": 23, "冬": 24},
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_BEFORE_ZH = r"(?:(?P<before_zh>公元前|前)|公元)?"
_MARK = r"(?: ?(?:(?P<before>bce?)|ce|ad))?"
# A marker stands before the year or after it; both may contradict each other.
_YEAR = (
    rf"(?!(?:ad|公元前?|前) ?[0-9]+年? ?[a-z])(?:ad ?)?{_BEFORE_ZH}(?P<year>[0-9]{{1,7}})年?{_MARK}"
)
_DAY = r"(?P<day>[0-9]{1,2})"
_ABOUT = "(?:大约|约)?"
_AGO = r"(?P<ago>[0-9]{1,7})"
_UNTIL = r"年?(?: ?[-–—~〜至到] ?(?P<until>[0-9]{1,7}))?"
_DATES = (
    (_YEAR, _year),
    (rf"{_DAY}(?:st|nd|rd|th)? {_MONTH},? {_YEAR}", _calendar_date),
    (rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}", _calendar_date),
    (rf"{_MONTH},? {_YEAR}", _calendar_date),
    (rf"(?P<month>spring|summer|autumn|fall|winter)(?: of)? {_YEAR}", _calendar_date),
    (rf"{_YEAR}(?P<month>[0-9]{{1,2}})月(?:{_DAY}日)?", _calendar_date),
    (rf"{_YEAR}(?P<month>[春夏秋冬])[季天]?", _calendar_date),
    (
        r"(?P<before_zh>)(?P<number>[0-9]{1,5})(?:st|nd|rd|th) "
        rf"(?P<unit>century|centuries|millennium|millennia){_MARK}",
        _period,
    ),
    (rf"{_BEFORE_ZH}第?(?P<number>[0-9]{{1,5}})(?P<unit>世纪|千纪)(?P<before>)", _period),
    (r"(?P<year>[0-9]{2,3}0)(?:'?s|年代)", _decade),
    (rf"{_ABOUT}距今{_ABOUT}{_AGO}{_UNTIL}(?:多|余)?年(?:以?前)?", _ago),
    (rf"{_AGO}{_UNTIL} years ago", _ago),
    (rf"{_AGO}{_UNTIL} (?:cal\.? )?(?P<bp>bp)", _ago),
    # Earlier than any year to come: 8000年前 cannot be before the year 8000.
    (r"(?P<ago>[3-9][0-9]{3}|[0-9]{5,7})(?P<until>)(?:多|余)?年(?:以?前)", _ago),
    (
        r"(?P<hundred>[0-9]{1,2})00[-–—至](?P=hundred)99年间",
        lambda match: f"{int(match['hundred']):02d}XX",
    ),
    (
        r"(?P<number>[1-9][0-9]?)世纪(?P<tens>[1-9])0年代",
        lambda match: f"{int(match['number']) - 1:02d}{match['tens']}X",
    ),
)
