"""Files of others, read row by row: tables, maps and official lists.

`open_file(path, name)` tells by its content what a file is and gives a `SourceFile`: its sheets,
the names of its columns and an iterator over its `Row`s, each a line number and a `FileCell` for
every column. A cell is a text without spaces around it; numbers of spreadsheets have no “.0”, their
dates are those of ISO 8601, and `problem` says why a cell has no value that can be used. What
cannot be read is an `UnreadableFile`, a sentence for the person who sent it. No file is held in
memory as a whole, and each may only be as large as `Limits` says. A file of the catalogue's own
records (`kind` is "records") has no rows: it is for the loader of records.

`recognise(source)` gives the `OfficialList` that a file is, in the columns of the catalogue.
"""

from heritage.exchange.reading.official import OfficialList
from heritage.exchange.reading.opening import open_file
from heritage.exchange.reading.recognising import recognise
from heritage.exchange.reading.source import (
    FileCell,
    Limits,
    Row,
    SheetInfo,
    SourceFile,
    UnreadableFile,
)

__all__ = [
    "FileCell",
    "Limits",
    "OfficialList",
    "Row",
    "SheetInfo",
    "SourceFile",
    "UnreadableFile",
    "open_file",
    "recognise",
]
