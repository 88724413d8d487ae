"""Reads what editors write into the date of an event: dates, eras, or both.

Ming, 明代, 明清 and 金至清 are eras; early Ming, 西汉晚期 and 明以前 are dates of them; 1755（清）
is a date and its era. What may mean several things, or several events, is a `DateQuestion` that
names what to choose from.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import inf

from django.utils.translation import gettext as _

from heritage.models import Era, Event
from heritage.values import date_parser, date_words, normalize
from heritage.values.date_format import phrase, span_phrase
from heritage.values.edtf import MAX_LENGTH, EDTFError, parse, printable, year_text
from heritage.values.language import inside_brackets, join_words, with_explanation


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means: a date in EDTF, or eras, or both; and how it was understood."""

    date: str = ""
    first: Era | None = None
    last: Era | None = None  # only of a span of eras
    remarks: tuple[str, ...] = ()

    def phrase(self) -> str:
        """The reading in words: “about 1368 – about 1460 (Ming)”."""
        eras = Event(first_era=self.first, last_era=self.last).era_phrase()
        years = phrase(parse(self.date)) if self.date else ""
        if self.first and not self.date:
            years = span_phrase(
                self.first.first_year,
                (self.last or self.first).last_year,
                approximate=self.first.certainty == Era.Certainty.APPROXIMATE,
            )
        return with_explanation(years, [inside_brackets(eras)] if eras else [])


def era_bounds(reading: Reading) -> tuple[int | None, int | None]:
    """First and last year of the eras of a reading."""
    first, last = reading.first, reading.last or reading.first
    return (first.first_year if first else None), (last.last_year if last else None)


class DateQuestion(EDTFError):
    """A text with several meanings, or with more than one event can store; the message asks for
    one."""

    def __init__(self, message: str, eras: Iterable[Era] = ()):
        super().__init__(message)
        self.eras = list(dict.fromkeys(eras))


def read_date(text: str, kind: str = "", names: "EraNames | None" = None) -> Reading:
    """What the text means for an event of that kind; EDTFError if it cannot be read.

    A word for what happened, as in 万历年间重修, must fit the kind. To read many dates, pass the
    same `names`, so that eras are read from the database once.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        return Reading(date_parser.parse_date(text))  # refused as too long
    names = names or EraNames()
    try:
        return _reading(text, names)
    except DateQuestion:
        raise
    except EDTFError as error:
        date, word = date_words.without_happening(text)
        if not word:
            raise
        if word in date_words.HAPPENINGS.get(kind, ()):
            return _reading(date, names)
        _ask_about_happening(date, word, names)
        raise error from None


def _ask_about_happening(date: str, word: str, names: "EraNames") -> None:
    try:
        _reading(date, names)
    except EDTFError:
        return
    raise DateQuestion(
        _(
            "“%(word)s” is no part of a date. Write “%(date)s” here, and what happened in its "
            "own field or in the note."
        )
        % {"word": printable(word), "date": printable(date)}
    )


def _reading(text: str, names: "EraNames") -> Reading:
    date, error = "", None
    try:
        date = date_parser.parse_date(text)
    except EDTFError as refused:
        error = refused
    if not re.search(r"[^\W\d_]", text):  # figures name no era
        return _dated(date, text, error)
    plain = date_words.normalised(text)
    if date:
        named = names.called(plain)
        return _either(text, date, named) if named else _dated(date, text, error)
    return _EraText(names).read(plain) or _dated(date, text, error)


def _dated(date: str, text: str, error: EDTFError | None) -> Reading:
    if error:
        raise error
    return Reading(date, remarks=tuple(date_parser.remarks(text)))


def _either(text: str, date: str, named: list[Era]) -> Reading:
    """A name that is also a date: 民国 is both to the year; 大明 is the Ming, or a reign."""
    years = parse(date)
    bounds = years.first_year, years.last_year
    if [(era.first_year, era.last_year) for era in named] == [bounds]:
        return Reading(first=named[0])
    offered = join_words([*map(_era_and_years, named), phrase(years)])
    raise DateQuestion(
        _("“%(text)s” may be: %(offered)s. Choose an era, or write the years.")
        % {"text": printable(text), "offered": offered},
        named,
    )


def _era_and_years(era: Era) -> str:
    name, years = era.short().text, era.years()
    has_years = any(letter.isdigit() for letter in name)  # Jin (1115–1234)
    return with_explanation(name, [years] if years and not has_years else [])


# --- names -----------------------------------------------------------------------------------

_ENDING = re.compile(r"\s*\b(?:dynasty|dynasties|period|era|times)$|(?:王?朝|代|时期|时代)$")
# Of a label, only what leaves a name: 五 is no name of 五代.
_LONG_ENDING = re.compile(r"(?<=\w)(?:\s+(?:dynasty|period|era)|时期|时代)$")
_HAN = re.compile(f"[{normalize.HAN}]+")
# What sources write, and no vocabulary has as one era: the slugs of those it may mean.
_LOOSE = {
    "近代": ("qing", "republic-of-china"),
    "近现代": ("qing", "republic-of-china", "peoples-republic-of-china"),
    "现代": ("republic-of-china", "peoples-republic-of-china"),
    "青铜时代": ("xia", "shang", "western-zhou", "spring-and-autumn"),
    "bronze age": ("xia", "shang", "western-zhou", "spring-and-autumn"),
    "铁器时代": ("warring-states", "qin", "han"),
    "石器时代": ("palaeolithic", "neolithic"),
    "stone age": ("palaeolithic", "neolithic"),
    "史前": ("palaeolithic", "neolithic"),
    "远古": ("palaeolithic", "neolithic"),
    "更新世": ("palaeolithic",),
    "六朝": ("eastern-wu", "eastern-jin", "southern-dynasties"),
    "盛唐": ("tang",),
}


class EraNames:
    """All eras by their names, as they are compared; read when they are first asked for."""

    @cached_property
    def _eras(self) -> dict[int, Era]:
        return {era.pk: era for era in Era.objects.select_related("region")}

    @cached_property
    def _labels(self) -> dict[str, list[Era]]:
        return self._by_name(lambda era: (*era.label.values(), *era.short_label.values()))

    @cached_property
    def _others(self) -> dict[str, list[Era]]:
        return self._by_name(lambda era: era.other_names)

    @cached_property
    def longest(self) -> int:
        return max(map(len, (*self._labels, *self._others)), default=0)

    def _by_name(self, names_of: Callable[[Era], Iterable[str]]) -> dict[str, list[Era]]:
        found: dict[str, list[Era]] = {}
        for era in self._eras.values():
            folded = {normalize.fold(name) for name in names_of(era)}
            for name in folded | {_LONG_ENDING.sub("", name) for name in folded}:
                found.setdefault(name, []).append(era)
        return found

    def called(self, name: str) -> list[Era]:
        """The eras of this name, with or without words such as “dynasty”.

        DateQuestion for a name that only says about when.
        """
        name = normalize.fold(name)
        tried = list(dict.fromkeys(filter(None, (name, _ENDING.sub("", name)))))
        for each in tried:
            if each in self._labels:
                return self._labels[each]
        if name in _LOOSE:
            slugs = _LOOSE[name]
            if eras := [era for era in self._eras.values() if era.slug in slugs]:
                raise _no_era(name, eras)
        for each in tried:
            if each in self._others:
                return self._others[each]
        if len(name) == 2 and _HAN.fullmatch(name) and not name.startswith("十"):  # 大理 for 大理国
            return self._labels.get(f"{name}国", [])
        return []

    def until_today(self, first: Era) -> list[Era]:
        """The eras of the same region that have no end."""
        return [
            era
            for era in self._eras.values()
            if era.last_year is None and era.region_id == first.region_id
        ]

    def group(self, era: Era) -> int:
        """The id of the broadest era to which an era belongs."""
        while era.parent_id in self._eras:
            era = self._eras[era.parent_id]
        return era.pk


# --- one era, or several ---------------------------------------------------------------------

_LIST = re.compile(r"\s*[、,;&]\s*|\s+and\s+")
_LIST_ZH = re.compile(rf"{_LIST.pattern}|[和与及暨]")  # 中华人民共和国 is no list
_SPAN = re.compile(r"\s*[–—―〜至到/]+\s*|\s+(?:-|~|to|until)\s+|(?<=\w)[-~](?=\w)")
_BEFORE = re.compile(r"(?:before|prior to) (?:the )?(.+)|(.+?)(?:以前|之前)")
_AFTER = re.compile(r"after (?:the )?(.+)|(.+?)(?:以后|之后)")
_TODAY = ("今", "现在", "today", "present", "the present", "now")
# How two eras follow each other in a text, and how many years may lie between them: 唐宋 runs over
# the Five Dynasties, while 唐、宋 does not.
_LISTED, _RUN, _TO = "listed", "run", "to"
_GAPS: dict[str, float] = {_LISTED: 1, _RUN: 60, _TO: inf}
_LONGEST_PART = 4
_EARLY = {"初": "初", "早": "早期", "中": "中期", "晚": "晚期", "末": "末"}


@dataclass(frozen=True, slots=True)
class _Atom:
    """One era of a text, or a part of it, or a date, or today."""

    text: str
    eras: list[Era] = field(default_factory=list)
    part: str = ""
    date: str = ""
    is_today: bool = False

    @property
    def era(self) -> Era:
        return self.eras[0]

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of the era, in whole; far ones where it has no end."""
        first, last = self.era.first_year, self.era.last_year
        return -(10**7) if first is None else first, 10**7 if last is None else last

    def bounds(self) -> tuple[str, str]:
        """The EDTF of its beginning and its end."""
        first, last = self.era.first_year, self.era.last_year
        if self.part and first is not None and last is not None:
            start, _slash, end = date_parser.part_of_years(self.part, first, last).partition("/")
            return start, end
        mark = "~" if self.era.certainty == Era.Certainty.APPROXIMATE else ""
        start, end = (".." if year is None else year_text(year) + mark for year in (first, last))
        return start, end


class _EraText:
    def __init__(self, names: EraNames):
        self.names = names
        self._runs: dict[str, tuple[list[_Atom], DateQuestion | None]] = {}

    def read(self, text: str) -> Reading | None:
        """The eras of a text and the date that they make; None if it names none."""
        self._ask_about_doubt(text)
        if eras := self.names.called(text):
            return Reading(first=_only(text, eras))
        if found := self._in_brackets(text):
            return found
        for shape, form in ((_BEFORE, "[..{}]"), (_AFTER, "[{}..]")):
            match = shape.fullmatch(text)
            inner = match and self._span(next(part for part in match.groups() if part))
            if inner and inner.first:
                return self._beside(form, inner)
        return self._span(text) or self._span(text, _LIST_ZH)

    def _ask_about_doubt(self, text: str) -> None:
        """Refuse “明代?”, “c. Ming” and “Ming or Qing”: an era has no such marks."""
        core, qualifier = date_parser.unqualified(text)
        if qualifier and self._span(core):
            raise DateQuestion(
                _("“%(text)s”: write the era alone, and choose how certain it is in its own field.")
                % {"text": printable(text)}
            )
        several = re.split(r"\s+or\s+|或者?", text)
        eras = [self._span(each) for each in several] if len(several) > 1 else []
        if eras and all(found and None not in era_bounds(found) for found in eras):
            bounds = [year for found in eras if found for year in era_bounds(found)]
            years = [year for year in bounds if year is not None]
            moment = f"[{year_text(min(years))}..{year_text(max(years))}]"
            words = {"text": printable(text), "years": phrase(parse(moment), style="short")}
            raise DateQuestion(
                _(
                    "“%(text)s” leaves open which era it is. Choose one and say so in the note, or "
                    "write “%(years)s”."
                )
                % words,
                [found.first for found in eras if found and found.first],
            )

    def _in_brackets(self, text: str) -> Reading | None:
        """1755（清）, 唐（618—907）: the date must lie in the era."""
        match = re.fullmatch(r"(.+?) ?[(（]([^()（）]+)[)）]", text)
        if not match:
            return None
        one, other = map(self._either_kind, match.groups())
        if not one or not other or bool(one.date) == bool(other.date):
            return None
        era, dated = (one, other) if one.first else (other, one)
        if era.first is None or not dated.date or dated.first:
            return None
        date, (begin, finish) = parse(dated.date), era_bounds(era)
        if (date.first_year, date.last_year) == (begin, finish):
            return replace(era, remarks=())
        if is_after(date.first_year, finish) or is_after(begin, date.last_year):
            words = {"date": phrase(date), "era": era.phrase()}
            raise DateQuestion(
                _("%(date)s lies outside %(era)s: keep one of them, or correct it.") % words
            )
        return replace(era, date=dated.date, remarks=dated.remarks)

    def _either_kind(self, text: str) -> Reading | None:
        try:
            return _reading(text, self.names)
        except DateQuestion:
            raise
        except EDTFError:
            return None

    @staticmethod
    def _beside(form: str, inner: Reading) -> Reading | None:
        """Before the first year of an era, or after its last one."""
        bounds = era_bounds(inner)
        year, step = (bounds[0], -1) if form.startswith("[..") else (bounds[1], 1)
        return None if year is None else Reading(form.format(year_text(year + step)))

    def _span(self, text: str, separator: re.Pattern[str] = _LIST) -> Reading | None:
        """Eras that follow each other, or are named as the two ends of a span."""
        atoms: list[_Atom] = []
        links: list[str] = []  # how two atoms follow each other: listed, run together, or a span
        for group in separator.split(text):
            # “mid-qing” has a hyphen, and so have some names.
            ends = [group] if self._atom(group) else _SPAN.split(group)
            if len(ends) > 2:
                return None
            for number, end in enumerate(ends):
                found = self._atoms(end)
                if not found:
                    if separator is _LIST_ZH or not _LIST_ZH.search(text):
                        self._ask_about_unknown(text, end)
                    return None
                if atoms:
                    links.append(_TO if number else _LISTED)
                links += [_RUN] * (len(found) - 1)
                atoms += found
        return self._joined(text, atoms, links)

    def _ask_about_unknown(self, text: str, part: str) -> None:
        """Say which part of a text is not known, if another one is an era."""
        others = re.split(rf"{_LIST_ZH.pattern}|{_SPAN.pattern}", text)
        if part and any(each != part and self._atoms(each) for each in others if each):
            raise EDTFError(
                _("In “%(text)s”, “%(part)s” is not known as an era or a date.")
                % {"text": printable(text), "part": printable(part)}
            )

    # --- parts of a text

    def _atoms(self, text: str) -> list[_Atom]:
        """The eras of a text without separators: 明, 明初, early ming, 明清, 清末民初."""
        if text in _TODAY:
            return [_Atom(text, is_today=True)]
        if atom := self._atom(text):
            return [atom]
        try:
            return [_Atom(text, date=date_parser.parse_date(text))]
        except EDTFError:
            pass
        if not _HAN.fullmatch(text):
            return []
        return self._run(normalize.fold(text).replace("民初", "民国初"))

    def _atom(self, text: str) -> _Atom | None:
        text = text.removeprefix("the ")
        if eras := self.names.called(text):
            return _Atom(text, eras)
        if found := date_parser.split_part(text):
            part, name = found
            if eras := self.names.called(name):
                return _Atom(text, eras, part)
        if text[:1] in _EARLY and (eras := self.names.called(text[1:])):
            return _Atom(text, eras, _EARLY[text[0]])
        return None

    def _run(self, text: str) -> list[_Atom]:
        """Names without anything between them, each the longest that fits."""
        if text not in self._runs:  # once, however many ways lead to it
            self._runs[text] = self._parted_run(text)
        atoms, question = self._runs[text]
        if question:
            raise question
        return atoms

    def _parted_run(self, text: str) -> tuple[list[_Atom], DateQuestion | None]:
        question = None
        for length in range(min(len(text), self.names.longest + _LONGEST_PART), 0, -1):
            try:
                atom, rest = self._atom(text[:length]), text[length:]
                following = self._run(rest) if atom and rest else []
            except DateQuestion as asked:  # perhaps a shorter name fits
                question = question or asked
                continue
            if atom and (following or not rest):
                return [atom, *following], None
        return [], question

    # --- together

    def _joined(self, text: str, atoms: list[_Atom], links: list[str]) -> Reading | None:
        if not any(atom.eras for atom in atoms):
            return None
        atoms = self._in_one_region(atoms)
        if any(atom.date for atom in atoms):
            raise _mixed(text, atoms)
        if atoms[-1].is_today and links[-1] == _TO and atoms[0].eras:
            if not (open_ended := self.names.until_today(atoms[0].era)):
                return None
            atoms[-1] = _Atom(atoms[-1].text, [_only(text, open_ended)])
        if any(atom.is_today for atom in atoms):
            return None
        atoms, links = self._without_wider(atoms, links)
        _must_follow(text, atoms, links)
        first, last = atoms[0], atoms[-1]
        eras = first.era, (last.era if last.era != first.era else None)
        if not (first.part or last.part):
            return Reading("", *eras)
        date = f"{first.bounds()[0]}/{last.bounds()[1]}"
        return Reading(date, *eras, remarks=(date_parser.thirds_remark(),))

    @staticmethod
    def _in_one_region(atoms: list[_Atom]) -> list[_Atom]:
        """The atoms, where a name of several eras means the era in the region of the others; asks
        if that is unclear."""
        regions = {atom.era.region_id for atom in atoms if len(atom.eras) == 1}
        possible = []
        for atom in atoms:
            eras = [era for era in atom.eras if era.region_id in regions] or atom.eras
            possible.append(replace(atom, eras=[_only(atom.text, eras)]) if eras else atom)
        return possible

    def _without_wider(self, atoms: list[_Atom], links: list[str]) -> tuple[list[_Atom], list[str]]:
        """The atoms without eras that only place the next one: 五代前蜀 is 前蜀."""
        merged, between = [atoms[0]], list[str]()
        for atom, link in zip(atoms[1:], links, strict=True):
            (begin, finish), (start, end) = merged[-1].years, atom.years
            same = self.names.group(merged[-1].era) == self.names.group(atom.era)
            is_mostly_within = begin <= start and min(end, finish) - start > (end - start) / 2
            if link == _RUN and same and is_mostly_within:
                merged[-1] = atom
            else:
                merged.append(atom)
                between.append(link)
        return merged, between


def _must_follow(text: str, atoms: list[_Atom], links: list[str]) -> None:
    """Ask about eras that are apart, or turned round: one event is one time."""
    for (one, other), link in zip(pairwise(atoms), links, strict=True):
        (begin, finish), (start, end) = one.years, other.years
        is_in_order = begin <= start and (link == _TO or finish <= end)
        if one.era == other.era or (is_in_order and start <= finish + _GAPS[link]):
            continue
        named = [atom.era for atom in atoms]
        words = {"text": printable(text), "eras": join_words(map(_era_and_years, named))}
        if not is_in_order:
            raise DateQuestion(
                _(
                    "In “%(text)s” the later era stands first, or one lies within the other: "
                    "%(eras)s. Record an event for each, or write the earlier one first."
                )
                % words,
                named,
            )
        raise DateQuestion(
            _(
                "“%(text)s” names eras that do not follow each other: %(eras)s. Record an event "
                "for each, or write a span from the first to the last."
            )
            % words,
            named,
        )


def is_after(year: int | None, other: int | None) -> bool:
    """Whether a year is known to be later than another; either may be unknown."""
    return year is not None and other is not None and year > other


def _only(text: str, eras: list[Era]) -> Era:
    if len(eras) == 1:
        return eras[0]
    offered = join_words(map(_era_and_years, eras))
    raise DateQuestion(
        _("“%(text)s” may be one of these eras: %(eras)s. Choose one.")
        % {"text": printable(text), "eras": offered},
        eras,
    )


def _no_era(text: str, eras: list[Era]) -> DateQuestion:
    return DateQuestion(
        _("“%(text)s” is no era of the catalogue. Choose among %(eras)s, or write the years.")
        % {"text": printable(text), "eras": join_words(map(_era_and_years, eras))},
        eras,
    )


def _mixed(text: str, atoms: list[_Atom]) -> DateQuestion:
    """The question what to do with an era and a year: the years of both are offered."""
    ends = [
        _ends(atom.date) if atom.date else ("..", "..") if atom.is_today else atom.bounds()
        for atom in atoms
    ]
    words = {"text": printable(text), "years": f"{ends[0][0]}/{ends[-1][1]}"}
    return DateQuestion(
        _(
            "“%(text)s” joins an era and a year. Write years at both ends (%(years)s), or eras at "
            "both, or record an event for each."
        )
        % words,
        [atom.era for atom in atoms if atom.eras],
    )


def _ends(edtf: str) -> tuple[str, str]:
    start, _slash, end = edtf.partition("/")
    return start, end or start
