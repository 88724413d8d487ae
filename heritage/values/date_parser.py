"""Parses dates as editors write them, in English or Chinese, into EDTF.

It reads all that `date_format` prints, and common spellings beside (AD 68, ca 493, 493-907). An
ambiguous date is refused, never guessed.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from heritage.values import reign_years
from heritage.values.edtf import MAX_LENGTH, EDTFError, parse, printable, year_text
from heritage.values.years import check_range, from_historical, to_historical


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


def _edtf(text: str) -> str:
    """The EDTF of the text, which may still break a rule of EDTF; EDTFError if it has none."""
    if len(text) > MAX_LENGTH:
        return text  # refused by `parse`
    plain = _normalised(text)
    try:
        return parse(plain.upper()).text
    except EDTFError:
        if not plain or re.fullmatch(_NO_SPAN, plain):
            raise
        edtf = _date(plain) or _interval(plain)
        if edtf:
            return edtf
        if re.fullmatch(r"[-+0-9xyzest?~%:/.,\[\]{}]+", plain):
            raise
    raise EDTFError(
        _(
            "“%(text)s” cannot be read as a date. Write a year (68, 493, 1300 BCE), a day "
            "(12 April 1985), a century (5th century BCE, late 16th century), a decade (1920s), "
            "a reign year (万历二十年), a span (493–907, from 1949, until 907, before 68) or EDTF "
            "(0493/0907), with “about” or “?” where needed."
        )
        % {"text": printable(text)}
    )


# Wrong or foreign dates (2004-13, 12/1985) that would pass for two years.
_NO_SPAN = r"-?[0-9]{4}-[0-9]{2}(-[0-9]{2})?[?~%]?|[0-9]{1,2}[-/.][0-9]{4}"
_SIMPLIFIED = str.maketrans("約紀間從來", "约纪间从来")


def _normalised(text: str) -> str:
    """One spelling for what means the same: width, case, script, spaces, B.C., 1,700,000."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLIFIED)
    plain = re.sub(r"\b(b|a|c)\. ?(c|d|e)\.(?: ?(e)\b\.?)?", r"\1\2\3", plain)
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", plain)
    plain = re.sub("(?<=[0-9])万(?!历)", "0000", plain)  # 170万年
    return " ".join(plain.split())


# --- Intervals -------------------------------------------------------------------------------

_BETWEEN = r"(?:from|between) (.+) (?:to|until|and) (.+)|[自从](.+)[至到](.+)"
# Long dashes, words and spaced signs part before a bare hyphen does: 2004-06 – 2006-08.
_SEPARATORS = (r"\s+(?:[-~]|to)\s+|\s*[–—―〜至到/]+\s*", r"[-~]")
# {before} and {after} leave out the year itself.
_ONE_SIDED = (
    (r"(?:before|prior to) (.+)|(.+?)(?:以前|之前)", "../{before}"),
    (r"after (.+)|(.+?)(?:以后|以後|之后|之後)", "{after}/.."),
    (r"(?:from|since) (.+) \(end unknown\)|(.+)起 ?\(终止时间不详\)", "{first}/"),
    (r"until (.+) \(start unknown\)|至(.+?) ?\(起始时间不详\)", "/{last}"),
    (r"(?:from|since) (.+?)(?: onwards?)?", "{first}/.."),
    (r"[自从]?(.+?)(?:起|以来|至今)|(.+?) ?[-–—] ?(?:present)?", "{first}/.."),
    (r"(?:until|till|up to) (.+)|[至到](.+)", "../{last}"),
)


def _interval(plain: str) -> str | None:
    """EDTF of a text with two ends, or with one and nothing on the other side."""
    match = re.fullmatch(_BETWEEN, plain)
    pairs = [list(match.groups())] if match else []
    pairs += [re.split(separator, plain) for separator in _SEPARATORS]
    for pair in pairs:
        ends = [end for end in pair if end]
        edtf = _two_sided(*ends) if len(ends) == 2 else None
        if edtf:
            return edtf
    for shape, form in _ONE_SIDED:
        match = re.fullmatch(shape, plain)
        date = match and _date(next(part for part in match.groups() if part))
        if date:
            first, last = _ends(date)
            begin, finish = _years(date)
            return form.format(
                first=first, last=last, before=year_text(begin - 1), after=year_text(finish + 1)
            )
    return None


def _two_sided(start: str, end: str) -> str | None:
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
    shared = re.fullmatch(rf"{counted}([^-0-9][^0-9]*| [a-z].*)", _unqualified(end)[0])
    return start + shared[1] if shared and re.fullmatch(counted, start) else start


def _check_reckoning(first: str, last: str, end: str) -> None:
    """Refuse "206 BCE – 100": such an end may lie on either side of the turn of the eras."""
    start_year, end_year = _years(first)[0], _years(last)[1]
    is_bare = re.fullmatch("[0-9]+年?", _unqualified(end)[0])
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
    first, _slash, last = edtf.partition("/")
    return first, last or first


# --- One date --------------------------------------------------------------------------------

_UNCERTAIN = r"(.+?) ?(?:\?|\(uncertain\)|\(存疑\))"
_APPROXIMATE = (
    r"(?:c\.|ca\b\.?|c\b|c(?=[0-9])|circa|about|around|大约|约) ?(.+)|(.+?) ?(?:前后|左右|~)"
)


def _date(plain: str) -> str | None:
    """EDTF of one date, or of a century, which is an interval; None for anything else."""
    core, qualifier = _unqualified(plain)
    try:
        date = parse(core.upper())
        return None if date.is_interval else date.text + qualifier
    except EDTFError:
        edtf = _meaning(core)
    if edtf is None:
        return None
    ends = edtf.split("/")
    return "/".join(end.removesuffix("~") + qualifier if qualifier else end for end in ends)


def _meaning(core: str) -> str | None:
    for shape, meaning in _DATES:
        match = re.fullmatch(shape, core)
        if match:
            return meaning(match)
    return _part_of_period(core) or reign_years.parse_reign_year(core)


def _unqualified(plain: str) -> tuple[str, str]:
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


# Thirds and halves of a century: a third is what early, middle and late come to, and no more exact.
_PARTS = {
    "early": (0, 1 / 3), "mid": (1 / 3, 2 / 3), "late": (2 / 3, 1),
    "first half": (0, 1 / 2), "second half": (1 / 2, 1),
}  # fmt: skip
_PARTS_ZH = (
    (r"初叶?|初期|早期|前期", "early"),
    (r"中叶?|中期", "mid"),
    (r"末叶?|末期|晚期|后期|后叶", "late"),
    (r"上半叶|前半叶|前半期", "first half"),
    (r"下半叶|后半叶|后半期", "second half"),
)


def _part_of_period(core: str) -> str | None:
    """The years of “late 16th century”, “16世纪末”, “first half of the 5th century BCE”."""
    match = re.fullmatch(r"(early|mid|late|first half|second half)(?: of)?(?: the |[- ])(.+)", core)
    if match:
        return _share(match[1], match[2])
    for words, part in _PARTS_ZH:
        match = re.fullmatch(rf"(.+世纪)(?:{words})", core)
        if match:
            return _share(part, match[1])
    return None


def _share(part: str, century: str) -> str | None:
    for shape, meaning in _DATES:
        match = re.fullmatch(shape, century)
        if match and meaning is _period:
            begin, finish = _years(meaning(match))
            start, end = _PARTS[part]
            years = finish - begin + 1
            first, last = begin + round(start * years), begin + round(end * years) - 1
            mark = "" if "half" in part else "~"
            return f"{year_text(first)}{mark}/{year_text(last)}{mark}"
    return None


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
    (
        r"(?P<hundred>[0-9]{1,2})00[-–—至](?P=hundred)99年间",
        lambda match: f"{int(match['hundred']):02d}XX",
    ),
    (
        r"(?P<number>[1-9][0-9]?)世纪(?P<tens>[1-9])0年代",
        lambda match: f"{int(match['number']) - 1:02d}{match['tens']}X",
    ),
)
