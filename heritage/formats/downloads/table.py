"""A table that is written to a file: its columns, its rows in portions, and what it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from heritage.formats.downloads.columns import FileColumn, Value
from heritage.values.language import LazyText


@dataclass(frozen=True, slots=True)
class SourceOfFile:
    uid: str
    citation: str
    url: str
    licence: str
    licence_url: str

    @property
    def line(self) -> str:
        return " · ".join(
            filter(None, (self.citation, self.url, self.licence, self.licence_url, self.uid))
        )


@dataclass(frozen=True)
class About:
    """What every file says of itself, in its language."""

    title: str
    address: str  # of the list
    made_at: datetime
    language: str
    terms: str  # what one may do with it, in sentences
    terms_url: str
    columns_url: str
    sources: list[SourceOfFile]
    words: list[str] | None = None  # in place of the lines that follow from the others

    @property
    def lines(self) -> list[str]:
        """The same as lines of text, without the sources."""
        return self.words or [
            self.title,
            self.address,
            _("Made on %(moment)s (UTC)") % {"moment": f"{self.made_at:%Y-%m-%d %H:%M}"},
            self.terms,
            self.terms_url,
            _("The columns are explained at %(address)s") % {"address": self.columns_url},
        ]


# The cells of some rows, column by column, which is how they are made quickest.
type Portion = list[Sequence[Value]]


def rows_of(portion: Portion) -> Iterator[tuple[Value, ...]]:
    return zip(*portion, strict=True)


@dataclass
class FileTable:
    about: About
    columns: tuple[FileColumn, ...]
    total: int
    portions: Iterator[Portion]

    @cached_property
    def keys(self) -> list[str]:
        return [column.key for column in self.columns]

    @cached_property
    def point(self) -> tuple[int, int]:
        """The places of longitude and latitude in a row."""
        return self.keys.index("longitude"), self.keys.index("latitude")


# Writes the file and yields after each portion how many rows it has.
type Write = Callable[[Path, FileTable], Iterator[int]]


@dataclass(frozen=True)
class FileFormat:
    """`most` rows can be written, where programs open no more of them."""

    extension: str
    label: str
    description: str | LazyText
    content_type: str
    write: Write
    most: int | None = None
