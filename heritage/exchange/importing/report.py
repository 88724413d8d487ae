"""The report of an import as a page, and the rows that failed as a table to be read again."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import capfirst

from heritage.exchange.importing.columns import EntryColumn, ImportColumns
from heritage.exchange.importing.files import REASON
from heritage.exchange.importing.planning import counts
from heritage.models import Import, ImportRow
from heritage.values.cell_text import harmless

Outcome = ImportRow.Outcome
FAILED = (Outcome.ERROR, Outcome.QUESTION, Outcome.LEFT)
# All outcomes but those without a change.
_REPORTED = (*FAILED, Outcome.UPDATE, Outcome.CREATE, Outcome.GONE)
MOST = 5_000  # rows of one outcome on a page


@dataclass(frozen=True, slots=True)
class ReportedDifference:
    label: str
    before: str
    after: str


@dataclass(slots=True)
class ShownRow:
    """A row as a page shows it."""

    row: ImportRow
    differences: list[ReportedDifference]
    problems: list[tuple[str, str]]
    asks: list[str] = field(default_factory=list)


class Shower:
    """Gives rows with the names of their columns and the texts of their questions."""

    def __init__(self, of_import: Import):
        self._columns = ImportColumns(of_import.mapping.values()).by_key
        self._register = of_import.register
        self._asked = {each.key: each.text for each in of_import.questions.only("key", "words")}

    def label(self, key: str) -> str:
        """The label of a column; without the name of the register in a plan of its official
        list."""
        column = self._columns.get(key)
        if isinstance(column, EntryColumn) and column.register.slug == self._register:
            return capfirst(column.label_in_register)
        return column.label if column is not None else key

    def not_taken(self, of_import: Import) -> list[tuple[str, int]]:
        """The label of each column with values of an official list that were not taken over, and
        their number."""
        counts = of_import.options.get("kept", {})
        return [(self.label(key), count) for key, count in counts.items()]

    def rows(self, rows: Iterable[ImportRow]) -> list[ShownRow]:
        return [self._shown(row) for row in rows]

    def _shown(self, row: ImportRow) -> ShownRow:
        return ShownRow(
            row,
            [ReportedDifference(self.label(key), old, new) for key, old, new in row.differences],
            [(header, text) for header, text in row.problems],
            [self._asked.get(key, key) for key in row.asks],
        )


def counted(of_import: Import) -> list[tuple[str, str, int]]:
    """Outcomes with their labels and how many rows have each."""
    return [(key, str(Outcome(key).label), count) for key, count in counts(of_import).items()]


def page(of_import: Import) -> str:
    """The report as a page that needs nothing else, in the language of the import."""
    with translation.override(of_import.language):
        shower = Shower(of_import)
        sections = []
        for key, label, count in counted(of_import):
            if key in _REPORTED:
                rows = of_import.rows.filter(outcome=key).order_by("pk")[:MOST]
                sections.append((label, count, shower.rows(rows), max(0, count - MOST)))
        context: dict[str, Any] = {
            "import": of_import,
            "counts": counted(of_import),
            "not_taken": shower.not_taken(of_import),
            "sections": sections,
            "language": translation.get_language(),
        }
        return render_to_string("imports/report.html", context)


def failed_rows(of_import: Import) -> Iterator[str]:
    """The rows that were not imported as a table (CSV), each with the reason."""
    with translation.override(of_import.language):  # as the problems of its rows
        asked = {each.key: each.text for each in of_import.questions.only("key", "words")}
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")  # tells spreadsheets that the file is UTF-8
    headers = [header for header in of_import.headers if header != REASON]
    writer.writerow([*map(harmless, headers), REASON])
    rows = of_import.rows.filter(outcome__in=FAILED).order_by("pk")
    for row in rows.iterator(1000):
        reasons = [f"{header}: {text}" if header else text for header, text in row.problems]
        reasons += [asked.get(key, key) for key in row.asks]
        cells = [harmless(row.cells.get(header, "")) for header in headers]
        writer.writerow([*cells, harmless(f"{row.line}: {' '.join(reasons)}".strip())])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()
