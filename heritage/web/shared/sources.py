"""A source as pages cite it, also by a number behind a sentence, and quantities with theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import overload

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.models import Quantity, Source, SourcedSentence
from heritage.values.web_address import safe_url
from heritage.web.shared import certainty, language_html
from heritage.web.shared.certainty import Mark


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
    url, marks = safe_url(source.url), certainty.of_source(source)
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
        certainty.of_source(row.source),
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
            text = text.replace(chr(_FIRST + number), _link(number))
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
