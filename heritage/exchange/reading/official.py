"""Lists that authorities publish, recognised by their columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from heritage.exchange.reading.source import Row, SourceFile


@dataclass
class OfficialList:
    """An official list in the columns of the catalogue, whatever it calls them itself."""

    register: str  # slug: "whl", "cn-national"
    edition: str  # year of the latest entry
    columns: list[str]
    rows: list[Row]
    parts: list[Row] = field(default_factory=list)  # component parts: reference, point, state
    notes: list[str] = field(default_factory=list)  # oddities, counted

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def recognise(source: SourceFile) -> OfficialList | None:
    """The official list that a file is, by its columns; None if it is another table."""
    return None
