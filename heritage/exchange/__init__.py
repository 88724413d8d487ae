"""Records as files and as texts: what people edit, download and load.

- **The fields of a site**, which `models.SITE_FIELDS` declares: `editable_columns()` gives those
  that a user may write, each a `Column`, which reads, compares and assigns one value as a text;
  `OpenedTexts` has the texts that a page showed when it was opened.
- **Out.** `sites_as_fixture()` gives the text of a file piece by piece; tables are written by
  `formats.downloads`.
- **In.** `reading` gives the rows of files as people have them, tables, maps and official lists;
  `importing` compares them with the catalogue, shows what would change, and writes it.
  `fixtures` loads fixtures without overwriting what people have changed.
- **All of it.** `catalogue_file` writes all records into one file, and reads it without loss.
- **Pictures.** `pictures` matches many files to sites and adds them as drafts; `commons` brings
  free ones from Wikimedia Commons.
- **Backups.** `backups` has the whole catalogue in one file, and restores it.

Other packages import these names and no other module of this package.
"""

from heritage.exchange.columns import AmbiguousName, Column, TermColumn, comparable
from heritage.exchange.opened_texts import OpenedTexts
from heritage.exchange.site_fields import columns_of, editable_columns, fields_for, with_related
from heritage.exchange.site_fixture import sites_as_fixture

__all__ = [
    "AmbiguousName",
    "Column",
    "OpenedTexts",
    "TermColumn",
    "backups",
    "catalogue_file",
    "columns_of",
    "commons",
    "comparable",
    "editable_columns",
    "fields_for",
    "fixtures",
    "importing",
    "pictures",
    "reading",
    "sites_as_fixture",
    "with_related",
]
