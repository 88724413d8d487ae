"""A source as pages cite it, and quantities with theirs."""

from dataclasses import dataclass
from typing import overload

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from heritage.models import Quantity, Source
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
