"""What stands beside a statement: marks of certainty, each explained once on its page, and sources.

A source is cited in a line, or by a number behind a sentence or a quantity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from heritage.models import Event, Quantity, Source, SourcedSentence
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
    """The marks of a dated event, without that of its source."""
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


SENTENCE_SOURCE = 'class="sentence-source"'  # in the HTML of a number

_NO_BREAK = "\u2060"  # else a number begins a line of Chinese

# Stands in a text for a number while the text becomes HTML: a character without a meaning.
_FIRST = 0xE000
_MOST = 0xF8FF - _FIRST
_NONE = dict.fromkeys(range(_FIRST, 0xF900))


class Numbering:
    """The sources of a page by the numbers under which it lists them, from 1."""

    def __init__(self, own: Iterable[Source], sentences: Iterable[SourcedSentence]):
        """`own` are those of the whole text; others that sentences have follow them."""
        self._sentences = [row for row in sentences if not row.source.is_recalled]
        found = {source.pk: source for source in own if not source.is_recalled}
        found |= {row.source.pk: row.source for row in self._sentences}
        self.sources = [*found.values()][:_MOST]
        self._numbers = {source.pk: number for number, source in enumerate(self.sources, 1)}

    def marked(self, text: str, language: str) -> str:
        """The text with a character of ours behind each sentence that has a source."""
        text = text.translate(_NONE)
        for row in self._sentences:
            words = row.text.get(language)
            if words and (number := self._numbers.get(row.source_id)):
                text = text.replace(words, words + chr(_FIRST + number), 1)
        return text

    def to_links(self, html: SafeString) -> SafeString:
        """The same as HTML, with links to the list of sources in place of these characters."""
        text = str(html)
        for number in range(1, len(self.sources) + 1):
            if (mark := chr(_FIRST + number)) in text:
                text = text.replace(mark, _link(number))
        return mark_safe(text)  # noqa: S308 - safe before, and so are the links


def _link(number: int) -> SafeString:
    label = _("Source %(number)s") % {"number": number}
    return format_html(
        '{}<sup class="sentence-source"><a href="#source-{}" aria-label="{}">{}</a></sup>',
        _NO_BREAK,
        number,
        label,
        number,
    )
