"""Quantities of a site in words, for its page and for comparing sites."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from heritage.models import Quantity
from heritage.web.shared import certainty, language_html
from heritage.web.shared.certainty import Mark
from heritage.web.shared.sources import SourceLine, source_line


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
        language_html.as_html(row.of.best()),
        certainty.of_source(row.source),
        source_line(row.source),
    )
