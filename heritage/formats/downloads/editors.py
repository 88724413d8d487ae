"""The table of sites that editors download: drafts, exact points and columns of their own, too."""

import io
from collections.abc import Iterator

from django.utils.translation import get_language

from heritage.formats.addresses import Addresses
from heritage.formats.downloads.columns import EDITORS_COLUMNS, Context
from heritage.formats.downloads.making import about_list, portions
from heritage.formats.downloads.plain_files import csv_text
from heritage.formats.downloads.table import FileTable
from heritage.search import SiteFilter, current_index


def sites_as_table(ids: list[int], addresses: Addresses) -> Iterator[str]:
    """The text of the table as CSV, portion by portion, in the active language."""
    index, language = current_index(), get_language() or "en"
    context = Context(index, language, addresses, for_editors=True)
    about = about_list(SiteFilter(), addresses, "", language)
    out = io.StringIO()
    table = FileTable(about, EDITORS_COLUMNS, len(ids), portions(context, ids))
    for _done in csv_text(out, table, bom=True):
        yield out.getvalue()
        out.seek(0)
        out.truncate()
