"""Sites as a table for spreadsheets (CSV): the columns of `site_fields`, a row for each site."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from heritage.exchange.reading import harmless
from heritage.exchange.site_fields import exported_columns, with_related
from heritage.models import Site, chunks


def _cell(value: Any) -> Any:
    """A text is escaped so that a spreadsheet does not evaluate it as a formula."""
    return harmless(value) if isinstance(value, str) else value


def sites_as_table(ids: list[int]) -> Iterator[str]:
    """The text of the table, portion by portion."""
    columns = exported_columns()
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")  # tells spreadsheets that the file is UTF-8
    writer.writerow(column.key for column in columns)
    for chunk in chunks(ids):
        sites = Site.objects.filter(pk__in=chunk).order_by("pk")
        for site in with_related(sites, columns):
            writer.writerow(_cell(column.exported(site)) for column in columns)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
