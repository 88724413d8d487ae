"""Statements on pages: events in words, marks beside statements, and their sources.

A statement has marks of certainty, each explained once on its page, and a source, which is cited in
a line, or by a number after a sentence or quantity.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import overload

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from heritage.models import Event, Kind, Quantity, Source, SourcedSentence
from heritage.models.statements import (
    TO_BE_CHECKED,
    Statement,
    StatementKind,
    Trust,
    statements_of,
)
from heritage.search import page_rows
from heritage.values.html import fragment
from heritage.values.language import LazyText, join_words, list_comma
from heritage.values.web_address import safe_url
from heritage.web.shared import language_html


@dataclass(frozen=True, eq=False)  # these are all; to compare texts translates them
class Mark:
    key: str
    label: str | Promise
    explanation: str | Promise
    section: str = ""  # of the page of a site that says more, where there is one

    @cached_property
    def anchor(self) -> str:
        return self.section or f"mark-{self.key}"


TRADITION = Mark(
    "tradition",
    pgettext_lazy("mark beside a date", "by tradition"),
    gettext_lazy(
        "Handed down, in chronicles or by word of mouth; nothing made at the time bears it out."
    ),
)
APPROXIMATE = Mark(
    "approximate",
    pgettext_lazy("mark beside a date or a point", "approximate"),
    gettext_lazy(
        "Near the truth, not exact: sources differ, or name no more than a reign or a district."
    ),
)
UNCERTAIN = Mark(
    "uncertain",
    pgettext_lazy("mark beside a date", "uncertain"),
    gettext_lazy("Given by some sources and doubted by others."),
)
RECALLED = Mark(
    "recalled",
    pgettext_lazy("mark beside a fact", "unchecked"),
    gettext_lazy("Written down from general knowledge and not yet checked against a source."),
)
BLURRED = Mark(
    "blurred",
    pgettext_lazy("mark beside a point", "blurred"),
    gettext_lazy(
        "The exact point is kept back to protect the place; the one shown is the middle of an area."
    ),
)
DIFFERS = Mark(
    "differs",
    pgettext_lazy("mark beside a fact", "sources differ"),
    gettext_lazy("A source has another value; the page tells both, and why this one is shown."),
    section="disagreements",
)
# The text of a date has these already: “c. 493”, “1049 (uncertain)”.
WRITTEN_IN_DATES = (APPROXIMATE, UNCERTAIN)
ALL = (TRADITION, APPROXIMATE, UNCERTAIN, RECALLED, BLURRED, DIFFERS)


def of_event(event: Event) -> list[Mark]:
    """The marks of a dated event, without the mark of its source."""
    date = event.parsed
    marks = []
    if event.certainty == Event.Certainty.TRADITIONAL:
        marks.append(TRADITION)
    if event.certainty == Event.Certainty.APPROXIMATE or (date and date.approximate):
        marks.append(APPROXIMATE)
    if date and date.uncertain:
        marks.append(UNCERTAIN)
    return marks


def of_source(source: Source | None) -> list[Mark]:
    return [RECALLED] if source and source.is_recalled else []


def legend(used: Iterable[Mark]) -> list[Mark]:
    """The marks used on a page that no section explains, each once, in a fixed order."""
    used = set(used)
    return [mark for mark in ALL if mark in used and not mark.section]


# --- Sources -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceLine:
    citation: SafeString
    url: str
    kind: str
    seen_on: str
    licence: SafeString | str
    marks: list[Mark]
    is_worth_a_line: bool  # not if it says only “recalled”, which the mark says already


@overload
def source_line(source: Source) -> SourceLine: ...
@overload
def source_line(source: Source | None) -> SourceLine | None: ...
def source_line(source: Source | None) -> SourceLine | None:
    if source is None:
        return None
    # Many rows of a page have the same source: its line stays with it, one for each language.
    lines = source.__dict__.setdefault("lines", {})
    language = get_language()
    if language not in lines:
        lines[language] = _line_of(source)
    return lines[language]


def _line_of(source: Source) -> SourceLine:
    url, marks = safe_url(source.url), of_source(source)
    return SourceLine(
        citation=language_html.as_html(source.citation),
        url=url,
        kind=source.get_kind_display(),
        seen_on=language_html.day(source.seen_on),
        licence=language_html.as_html(source.licence.label) if source.licence else "",
        marks=marks,
        is_worth_a_line=bool(url or not marks),
    )


@dataclass(frozen=True, slots=True)
class QuantityLine:
    """ "Height", "about 17 m", "the great Buddha", and the mark of one that is only recalled."""

    label: str
    value: str
    of: SafeString | str
    marks: list[Mark]
    source: SourceLine | None


def quantity_line(row: Quantity) -> QuantityLine:
    return QuantityLine(
        row.get_kind_display(),
        row.phrase(),
        language_html.as_html(row.of),
        of_source(row.source),
        source_line(row.source),
    )


_NUMBER = fragment("text/source_number.html")

_NO_BREAK = "\u2060"  # else a number begins a line of Chinese

# Stands in a text for a number while the text becomes HTML: a character without a meaning.
_FIRST = 0xE000
_MOST = 0xF8FF - _FIRST
_NONE = dict.fromkeys(range(_FIRST, 0xF900))


class Numbering:
    """The sources of a page by the numbers under which it lists them, from 1.

    `has_links` tells whether a text that was given to `to_links()` has any.
    """

    def __init__(self, own: Iterable[Source], sentences: Iterable[SourcedSentence]):
        """`own` are the sources of the whole text; those of single sentences are numbered after
        them."""
        self._sentences = [row for row in sentences if not row.source.is_recalled]
        found = {source.pk: source for source in own if not source.is_recalled}
        found |= {row.source.pk: row.source for row in self._sentences}
        self.sources = [*found.values()][:_MOST]
        self._numbers = {source.pk: number for number, source in enumerate(self.sources, 1)}
        self.has_links = False

    def marked(self, text: str, language: str) -> str:
        """The text with a private-use character after each sentence that has a source."""
        text = text.translate(_NONE)
        for row in self._sentences:
            words = row.text.get(language)
            if words and (number := self._numbers.get(row.source_id)):
                text = text.replace(words, words + chr(_FIRST + number), 1)
        return text

    def to_links(self, html: SafeString) -> SafeString:
        """The HTML of a marked text, with links to the list of sources in place of these
        characters."""
        text = str(html)
        for number in range(1, len(self.sources) + 1):
            if (mark := chr(_FIRST + number)) in text:
                text = text.replace(mark, _link(number))
                self.has_links = True
        return SafeString(text)


def _link(number: int) -> SafeString:
    label = _("Source %(number)s") % {"number": number}
    return SafeString(_NO_BREAK + _NUMBER(number=number, label=label))


# --- Events in words -----------------------------------------------------------------------------

# Kinds of what is cut into rock: in Chinese such a place is not 创建 or 开始营造 but 开凿.
_CUT = {
    "grottoes", "rock-cut-place", "rock-cut-architecture", "rock-cut-tomb", "rock-hewn-church",
    "rock-relief",
}  # fmt: skip


def short_marks(event: Event | None) -> list[Mark]:
    """The marks of an event beside its date: “c. 493” needs no “approximate”."""
    if event is None:
        return []
    written = WRITTEN_IN_DATES if event.date else ()
    return [mark for mark in of_event(event) if mark not in written]


def marks_of_beginning(event: Event | None) -> list[Mark]:
    """The marks of the date of an event and of its source."""
    return [*short_marks(event), *of_source(event.source)] if event else []


def event_phrase(event: Event, style: str = "short", kinds: Sequence[Kind] = ()) -> str:
    """ "Founded 68 CE (Eastern Han)"; the word for the event depends on the main kind of the
    site."""
    return capfirst(what_and_when(event, event.when(style), kinds))


def what_and_when(event: Event, when: str, kinds: Sequence[Kind]) -> str:
    words = _words_of_what_and_when(get_language())
    return words % {"what": what_happened(event, kinds), "when": when}


@lru_cache(maxsize=16)  # languages
def _words_of_what_and_when(_language: str | None) -> str:
    return pgettext("what happened, and when", "%(what)s %(when)s")


def what_happened(event: Event, kinds: Sequence[Kind]) -> str:
    """The kind of an event, such as “Founded”, worded for the main kind of the site."""
    is_cut = bool(kinds) and kinds[0].slug in _CUT
    return _name_of_what(event.kind, is_cut, get_language())


@lru_cache(maxsize=512)  # kinds of events in each language
def _name_of_what(kind: str, is_cut: bool, _language: str | None) -> str:
    if is_cut and kind == Event.Kind.FOUNDED:
        return pgettext("of what is cut into rock", "founded")
    if is_cut and kind == Event.Kind.BEGUN:
        return pgettext("of what is cut into rock", "begun")
    return str(Event(kind=kind).get_kind_display())


def event_title(event: Event, kinds: Sequence[Kind]) -> str:
    """“Founded: 68 CE”, in the words for the main kind of the site."""
    words = {"label": what_happened(event, kinds), "value": event.when()}
    return pgettext("a label and its value", "%(label)s: %(value)s") % words


def age_phrase(age: Iterable[Event]) -> str:
    """The dates of what stands or of what a site dates from: “Jin (1115–1234) to Qing”.

    A register that gives years gives more than an era: “1938–1939 (Republic of China)”.
    """
    return join_words(dict.fromkeys(map(_age_of_one, age)))


def _age_of_one(event: Event) -> str:
    if event.role == Event.Role.DATED and event.date:
        return event.when("short")
    return event.era_phrase() or event.date_phrase("short")


# --- what statements rest on, in words -----------------------------------------------------------

EXPLANATIONS: dict[Trust, str | Promise] = {
    Trust.OFFICIAL: gettext_lazy(
        "Said by an authority itself: in a law, a decree, a report, or on the site’s own pages."
    ),
    Trust.REGISTER: gettext_lazy(
        "As the register itself has it: the World Heritage List, a national list of protection."
    ),
    Trust.PUBLISHED: gettext_lazy(
        "In a book, an article, a data set, a newspaper or on a web page, or reported alike by two "
        "guides."
    ),
    Trust.UNCHECKED: RECALLED.explanation,
    Trust.NONE: gettext_lazy("Nobody has said where it comes from."),
}
# Kinds of statements as headings.
KINDS: dict[StatementKind, LazyText] = {
    StatementKind.TEXT: gettext_lazy("Texts"),
    StatementKind.SENTENCE: gettext_lazy("Sentences with a source of their own"),
    StatementKind.EVENT: gettext_lazy("Events"),
    StatementKind.STATUS: gettext_lazy("Entries in registers"),
    StatementKind.REASON: gettext_lazy("Reasons of danger"),
    StatementKind.POINT: gettext_lazy("Points"),
    StatementKind.AREA: gettext_lazy("Areas"),
    StatementKind.QUANTITY: gettext_lazy("Quantities"),
    StatementKind.VISIT: gettext_lazy("Visiting facts"),
    StatementKind.NAME: gettext_lazy("Further names"),
}


def counted(counts: Mapping[Trust, int]) -> str:
    """“14 statements: 9 official, 3 from registers, 2 unchecked”."""
    total = sum(counts.values())
    label = ngettext("%(number)s statement", "%(number)s statements", total) % {
        "number": language_html.number(total)
    }
    parts = [counted_part(trust, counts[trust]) for trust in Trust if counts.get(trust)]
    words = {"label": label, "value": list_comma().join(parts)}
    return pgettext("a label and its value", "%(label)s: %(value)s") % words


def counted_part(trust: Trust, number: int) -> str:
    words = {"number": language_html.number(number)}
    match trust:
        case Trust.OFFICIAL:
            return ngettext("%(number)s official", "%(number)s official", number) % words
        case Trust.REGISTER:
            text = ngettext("%(number)s from a register", "%(number)s from registers", number)
            return text % words
        case Trust.PUBLISHED:
            text = ngettext("%(number)s from a publication", "%(number)s from publications", number)
            return text % words
        case Trust.UNCHECKED:
            return ngettext("%(number)s unchecked", "%(number)s unchecked", number) % words
        case _:
            text = ngettext("%(number)s without a source", "%(number)s without a source", number)
            return text % words


def label_of(statement: Statement, kinds: Sequence[Kind] = ()) -> str:
    """What a statement of a site of these kinds says, or which part of the record it is."""
    row = statement.row
    match statement.kind:
        case StatementKind.TEXT:
            return _("The text")
        case StatementKind.STATUS:
            return str(row.designation.register)  # type: ignore[attr-defined]
        case StatementKind.REASON:
            return _("Why it is in danger")
        case StatementKind.POINT:
            return _("Where it lies")
        case StatementKind.AREA:
            return _("Area")
    return event_title(row, kinds) if isinstance(row, Event) else str(row)


def key_of(statement: Statement) -> str:
    """The key of a statement of a site in addresses: event-longmen-founded, point."""
    is_of_site = statement.kind in (StatementKind.TEXT, StatementKind.POINT, StatementKind.AREA)
    return str(statement.kind) if is_of_site else f"{statement.kind}-{statement.row.uid}"


# --- of one site ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatementToCheck:
    label: str
    url: str  # of the form for a correction, about this statement


@dataclass(frozen=True, slots=True)
class SiteTrust:
    summary: str
    to_check: list[StatementToCheck]


def site_trust(rows: page_rows.SiteRows) -> SiteTrust | None:
    """The counted statements of a site; None if its record has none yet."""
    found = statements_of(rows)
    if not found:
        return None
    form = reverse("web:correction", args=[rows.site.slug])
    return SiteTrust(
        counted(Counter([each.trust for each in found])),
        [
            StatementToCheck(
                str(capfirst(label_of(each, rows.kinds))),
                f"{form}?about={key_of(each)}",
            )
            for each in found
            if each.trust in TO_BE_CHECKED
        ],
    )
