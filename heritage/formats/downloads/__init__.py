"""Lists of sites as files: one set of columns in seven formats, each with its licence and sources.

`Download` names a list, a language and a format, and writes the file; `COLUMNS` explains what is in
it. Files of up to `AT_ONCE` rows are made while their reader waits, larger ones by a job;
`editions` are those of all sites.
"""

from heritage.formats.downloads import editions
from heritage.formats.downloads.columns import COLUMNS, FileColumn
from heritage.formats.downloads.editors import sites_as_table
from heritage.formats.downloads.making import (
    AT_ONCE,
    FORMATS,
    TERMS,
    Download,
    TooMany,
    cited_sources,
    version_of,
)
from heritage.formats.downloads.table import About, FileFormat, FileTable, SourceOfFile

__all__ = [
    "AT_ONCE",
    "COLUMNS",
    "FORMATS",
    "TERMS",
    "About",
    "Download",
    "FileColumn",
    "FileFormat",
    "FileTable",
    "SourceOfFile",
    "TooMany",
    "cited_sources",
    "editions",
    "sites_as_table",
    "version_of",
]
